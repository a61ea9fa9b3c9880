"""Which pictures can be made of which run, with which options; each is the same bytes for the same run, with its origin inside."""

from __future__ import annotations

import io
import json
import threading
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

import swarmviz as sv
from swarmviz import exports
from swarmviz.drawing import style
from swarmviz.exports.mpl.figure import LOCK
from swarmviz.exports.mpl.picture import VIEWS
from swarmviz.replay import Cancelled
from tests.exports.mpl.helpers import EVERY_THEME, on_states, simulation

FITTING = {
    "phase": lambda: (simulation("PSO"), {}),
    "mass": lambda: (simulation("SSA"), {"over": 1}),
    "occupation": lambda: (on_states(), {}),
    "density": lambda: (simulation("FMC", n=60), {"bins": 12}),
    "comparison": lambda: (simulation("CBO"), {"other": simulation("FMC")}),
    "map": lambda: (simulation("CBO"), {"table": mapped()}),
}


def mapped():
    """A table over two parameters of such a run."""
    sim, grid = simulation("CBO"), {"sigma": [0.3, 1.0, 2.0], "lam": [0.5, 1.0]}
    *_, table = sv.refine(sim.dynamics, sim.landscape, sim.initial_swarm, grid, runs=8, steps=10)
    return table


@pytest.mark.parametrize("name", sv.dynamics.ALL)
def test_the_pictures_that_fit_a_run_are_those_that_can_be_made(name):
    sim = on_states() if name == "FiniteSet" else simulation(name, n=10)
    fitting = exports.views_of(sim.frame)
    assert ("phase" in fitting) == (sim.frame.v is not None) and ("occupation" in fitting) == (name == "FiniteSet")
    assert ("mass" in fitting) == (sim.frame.mass is not None)
    assert exports.views_of(sim.frame, comparing=True) == [*fitting, "comparison"]
    assert exports.views_of(sim.frame, mapped=True) == [*fitting, "map"]
    for view in set(VIEWS) - {*fitting, "comparison", "map"}:
        with pytest.raises(ValueError, match=f"view = '{view}': the agents of {sim.dynamics.title} (have|do not)"):
            exports.picture(sim, view)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"view": "phase"}, "view = 'phase': the agents of CBO have no velocities"),
        ({"view": "mass"}, "view = 'mass': the agents of CBO have no masses"),
        ({"view": "occupation"}, "view = 'occupation': the agents of CBO do not live on a finite set of states"),
        ({"view": "comparison"}, "view = 'comparison': needs a second run, other"),
        ({"view": "curves", "other": "a second run"}, "other = .*: is for the view comparison, not for curves"),
        ({"over": 0}, "over = 0: is for the view curves or mass, not for arena"),
        ({"bins": 60}, "bins = 60: is for the view density, not for arena"),
        ({"coordinates": [0]}, r"coordinates = \[0\]: is for the view density or phase, not for arena"),
        ({"view": "density", "bins": 1}, "bins = 1: must be a whole number from 2 to 1000"),
        ({"view": "density", "bins": 2.5}, "bins = 2.5: must be"),
        ({"view": "density", "bins": "7"}, "bins = '7': must be"),
        ({"view": "density", "smooth": 1}, "smooth = 1: must be True or False"),
        *(
            ({"view": "density", "coordinates": bad}, "coordinates = .*: must be one or two different whole numbers from 0 to 1")
            for bad in ([], [0, 2], [-1], [0, 0], [0, 1, 0], 2, [0.5], [True, False], "01")
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_name(wrong, reason):
    with pytest.raises(ValueError, match=reason):
        exports.picture(simulation("CBO"), **wrong)


def test_an_option_that_no_view_has_is_no_argument():
    with pytest.raises(TypeError, match=r"picture\(\) got an unexpected keyword argument 'tint'"):
        exports.picture(simulation("CBO"), "density", tint="red")
    sim = simulation("CBO", n=5)
    same = exports.picture(sim, "curves", dpi=50, other=None, bins=None, coordinates=None, smooth=None)
    assert same == exports.picture(sim, "curves", dpi=50), "None is as if absent"


def test_every_view_checks_its_own_options():
    assert {name: view.options for name, view in VIEWS.items() if view.options} == {
        "arena": ("region", "trails", "arrows", "links", "contours", "inset", "label"),
        "density": ("coordinates", "bins", "smooth", "law"),
        "curves": ("log", "lines", "hidden", "overlays", "log_steps", "law", "over"),
        "phase": ("coordinates", "law"),
        "mass": ("over", "law"),
        "comparison": ("other", "pair"),
        "map": ("table", "colour", "goal"),
    }


@pytest.mark.filterwarnings("error::UserWarning")  # a glyph that no font has
@EVERY_THEME
@pytest.mark.parametrize("view", FITTING)
def test_every_view_is_a_picture_with_its_origin_inside(view, dark):
    sim, options = FITTING[view]()
    with Image.open(io.BytesIO(exports.picture(sim, view, dpi=50, dark=dark, **options))) as image:
        about = json.loads(image.text["Description"])
        corner = image.convert("RGB").getpixel((0, 0))
    assert corner == tuple(round(255 * c) for c in style.ramp((style.theme(dark).paper,), 1)[0])
    second, table = about.pop("other", None), about.pop("table", None)
    assert (table is not None) == (view == "map")
    if view == "comparison":
        assert second == exports.metadata(options["other"]) and about["title"].startswith("A: CBO on Rastrigin")
        about["title"] = exports.metadata(sim)["title"]
    assert about == exports.metadata(sim)


@pytest.mark.parametrize("view", FITTING)
def test_the_same_run_gives_the_same_bytes_and_a_well_formed_svg(view):
    for kind in ("png", "svg"):
        (first, options), (second, again) = FITTING[view](), FITTING[view]()
        data = exports.picture(first, view, kind, dpi=50, **options)
        assert data == exports.picture(second, view, kind, dpi=50, **again)
    (about,) = ElementTree.fromstring(data).iter("{http://purl.org/dc/elements/1.1/}description")
    assert json.loads(about.text)["version"] == sv.__version__


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("view", ["phase", "density", "comparison"])
def test_a_diverged_swarm_is_drawn_as_it_stood_at_its_last_finite_step(view):
    dynamics = sv.PSO(sigma_own=60.0, sigma_common=60.0, boundary="none")
    sim = sv.Simulation(dynamics, sv.landscapes.Sphere(), sv.Swarm(n=30, d=2))
    with pytest.raises(sv.Diverged):
        sim.advance(5000)
    assert np.abs(sim.frame.x).max() > 1e60
    assert exports.picture(sim, view, dpi=50, other=simulation("CBO") if view == "comparison" else None)


@pytest.mark.parametrize(
    ("dynamics", "view"), [("CBO", "density"), ("CBO", "curves"), ("BGK", "phase"), ("SSA", "mass")]
)
def test_a_law_is_computed_before_matplotlib_is_taken_from_the_pictures_of_others_and_can_be_cancelled(dynamics, view):
    sim, free = simulation(dynamics, n=20, d=1), []

    def look():
        free.append(LOCK.acquire(blocking=False))
        if free[-1]:
            LOCK.release()

    def cancelled():
        other = threading.Thread(target=look)  # the lock is one that its own thread may take again
        other.start()
        other.join()
        return len(free) == 2

    sim.advance(1000)
    with pytest.raises(Cancelled):
        exports.picture(sim, view, law=True, cancelled=cancelled)
    assert free == [True, True]
