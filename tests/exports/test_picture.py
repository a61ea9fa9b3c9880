"""Pictures: they open, and they say where they come from."""

import io
import json
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

import swarmviz as sv
from swarmviz import exports
from swarmviz.drawing.density import density_picture
from swarmviz.exports import Run
from tests.exports.kinds import KINDS, made

TEXT = "{http://purl.org/dc/elements/1.1/}"


@pytest.mark.filterwarnings("error::UserWarning")  # a glyph that no font has
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_swarm_is_a_picture_with_its_origin_inside(kind):
    sim = made(kind)
    for view in exports.views_of(sim.frame) if kind in ("line", "sites", "projected") else ("arena",):
        with Image.open(io.BytesIO(exports.picture(sim, view, dpi=50))) as image:
            image.load()
            assert json.loads(image.text["Description"]) == exports.metadata(sim)
            assert image.text["Software"] == f"swarmviz {sv.__version__}" and image.text["Title"]
            assert len(np.unique(np.asarray(image).reshape(-1, 4), axis=0)) > 20, "an empty picture"


@pytest.mark.parametrize(("kind", "view"), [("plane", "arena"), ("bars", "curves"), ("projected", "density")])
def test_an_svg_is_well_formed_and_holds_the_metadata(kind, view):
    sim = made(kind)
    root = ElementTree.fromstring(exports.picture(sim, view, "svg", dark=True))
    (about,) = root.iter(f"{TEXT}description")
    assert json.loads(about.text) == exports.metadata(sim)
    assert not list(root.iter(f"{TEXT}date"))


@pytest.mark.parametrize("form", ["png", "svg"])
def test_the_same_run_gives_the_same_bytes(form):
    first, second = (exports.picture(made("line"), "arena", form, dpi=50) for _ in range(2))
    assert first == second
    assert exports.picture(made("line", 7), "arena", form, dpi=50) != first


def test_a_density_has_as_much_ink_as_there_are_agents_inside():
    sim = made("many", 0)
    for marginal in density_picture(sim.frame, sim).marginals:
        assert marginal.top @ np.diff(marginal.edges) == pytest.approx(1 - marginal.outside / sim.frame.n)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"view": "sky"}, "view = 'sky'"), ({"kind": "pdf"}, "kind = 'pdf'"), ({"dpi": 6000}, "dpi = 6000")],
)
def test_a_picture_that_does_not_exist_is_refused_by_name(wrong, said):
    with pytest.raises(ValueError, match=said):
        exports.picture(made("plane"), **wrong)


def test_without_the_extra_the_rest_works_and_a_picture_says_what_is_missing(monkeypatch):
    """That nothing of the extra is imported before it is needed is a test of the architecture."""
    sim = made("line")
    for module in ("matplotlib", "imageio_ffmpeg"):
        monkeypatch.setitem(sys.modules, module, None)
    for make in (exports.picture, exports.film):
        with pytest.raises(ImportError, match=r"pip install 'swarmviz\[pictures\]'"):
            make(sim)
    assert exports.csv(sim) and exports.python_lines(sim) and exports.netcdf(sim) and exports.replay(sim)


def test_without_ffmpeg_there_are_pictures_and_gifs_and_an_mp4_says_what_is_missing(monkeypatch):
    sim = made("line")
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    assert exports.picture(sim) and exports.film(sim, "gif")
    monkeypatch.setattr(Run, "frames", None)  # no frame is made first
    with pytest.raises(ImportError, match=r"MP4 need the extra, pip install 'swarmviz\[films\]'"):
        exports.film(sim, "mp4")
