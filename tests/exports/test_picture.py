"""Pictures, films and replays: they open, they show the swarm where it is, they say where they come from, and they are small enough."""

import base64
import gzip
import io
import itertools
import json
import re
import subprocess
import sys
from html import unescape
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

import swarmviz as sv
from components import palette
from swarmviz import exports, presets
from swarmviz.drawing import style
from swarmviz.drawing.density import density_picture
from swarmviz.exports.mpl.arena import Arena
from swarmviz.exports.run import Cancelled, Run
from swarmviz.exports.take import MOST_GROUNDS, Take

TEXT = "{http://purl.org/dc/elements/1.1/}"
KINDS = {
    "plane": lambda: sv.Simulation(sv.PSO(), sv.landscapes.SixHumpCamel(), sv.Swarm(n=30, seed=1)),
    "projected": lambda: sv.Simulation(sv.BGK(), sv.landscapes.Rastrigin(), sv.Swarm(n=30, d=5, seed=1)),
    "line": lambda: sv.Simulation(sv.SSA(), sv.landscapes.Ackley(), sv.Swarm(n=8, d=1, seed=1)),
    "drifting": lambda: sv.Simulation(sv.FMC(motion=MOTION), sv.landscapes.Rastrigin(), sv.Swarm(n=30, seed=1)),
    "drifting line": lambda: sv.Simulation(sv.FMC(motion=MOTION), sv.landscapes.Rastrigin(), sv.Swarm(n=30, d=1)),
    "bars": lambda: sv.Simulation(*presets.ALL["finite-set"].build()),
    "sites": lambda: sv.Simulation(sv.FiniteSet(states=30), sv.landscapes.Rastrigin(), sv.Swarm(n=50, seed=1)),
    "many": lambda: sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=3000, seed=1)),
    "many on a line": lambda: sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=3000, d=1, seed=1)),
    "nothing known": lambda: sv.Simulation(sv.CBO(), sv.landscapes.Formula("x + y"), sv.Swarm(n=20, seed=1)),
}
MOTION = next(name for name in sv.FMC.param.motion.objects if name != "none")


def made(kind, steps=6):
    sim = KINDS[kind]()
    sim.advance(steps)
    return sim


# ---- pictures --------------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("kind", ["plane", "line", "drifting"])
def test_agents_are_drawn_where_they_are(kind):
    sim = made(kind)
    arena = Arena(sim)
    arena.show(sim)
    places = sim.frame.x if sim.frame.d > 1 else np.column_stack([sim.frame.x[:, 0], sim.frame.energy])
    np.testing.assert_array_equal(arena.kind.dots.get_offsets(), places)
    goals = sim.landscape.minimisers(sim.frame.d)[:, 0] + (0.0 if sim.frame.shift is None else sim.frame.shift[0])
    np.testing.assert_array_equal(np.sort(arena.kind.goals.get_xdata()), np.sort(goals))


def test_bars_have_the_height_of_the_occupation():
    sim = made("bars", 30)
    arena = Arena(sim)
    arena.show(sim)
    heights = [path.vertices[:, 1].max() for path in arena.kind.bars.get_paths()]
    np.testing.assert_array_equal(heights, sim.frame.occupation)
    assert arena.kind.eta.get_data().values.sum() == pytest.approx(1.0)


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


def test_the_colours_are_those_of_the_page():
    for ours, theirs in ((style.LIGHT, palette.LIGHT), (style.DARK, palette.DARK)):
        for name in set(ours._fields) - {"landscape"}:
            assert getattr(ours, name) == getattr(theirs, name), name
        ends = [[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in theirs.landscape]
        np.testing.assert_allclose(style.ramp(ours.landscape, len(ends)), ends, atol=0.03)


def test_without_the_extra_the_rest_works_and_a_picture_says_what_is_missing(monkeypatch):
    """That nothing of the extra is imported before it is needed is a test of the architecture."""
    sim = made("line")
    for module in ("matplotlib", "imageio_ffmpeg"):
        monkeypatch.setitem(sys.modules, module, None)
    for make in (exports.picture, exports.film):
        with pytest.raises(ImportError, match=r"pip install 'swarmviz\[pictures\]'"):
            make(sim)
    assert exports.csv(sim) and exports.python_lines(sim) and exports.netcdf(sim) and exports.replay(sim)


# ---- films -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["plane", "drifting", "bars", "many on a line"])
def test_a_gif_has_the_frames_and_the_metadata(kind):
    sim, seen = made(kind), []
    data = exports.film(sim, "gif", start=2, every=2, fps=20, progress=lambda *done: seen.append(done))
    with Image.open(io.BytesIO(data)) as image:
        assert image.n_frames == 3 and image.info["duration"] == 50
        about = json.loads(image.info["comment"])
        frames = []
        for i in range(3):
            image.seek(i)
            frames.append(np.asarray(image.convert("RGB")))
    assert about.pop("frames") == {"start": 2, "stop": 6, "every": 2} and about == exports.metadata(sim)
    assert seen == [(1, 3), (2, 3), (3, 3)] and sim.k == 6
    assert (frames[0] != frames[1]).any() and (frames[1] != frames[2]).any()


def test_an_mp4_has_the_frames_and_the_last_is_the_picture(tmp_path):
    import imageio.v3
    import imageio_ffmpeg

    sim, path = made("line"), tmp_path / "film.mp4"
    path.write_bytes(exports.film(sim, "mp4", dark=True))
    frames = imageio.v3.imread(path, plugin="FFMPEG")
    assert len(frames) == 7
    arena = Arena(sim, dark=True, dpi=120)
    arena.show(sim)
    arena.figure.canvas.draw()
    still = np.asarray(arena.figure.canvas.buffer_rgba())[..., :3]
    assert np.abs(frames[-1].astype(int) - still).mean() < 6, "beyond what compression does"
    read = subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-i", str(path)], capture_output=True, text=True)
    assert f"title           : {exports.metadata(sim)['title']}" in read.stderr and '"version": ' in read.stderr


def test_a_film_goes_through_changes_in_mid_run_and_stops_when_asked():
    sim = made("plane")
    sim.landscape = sv.landscapes.Himmelblau()
    sim.advance(2)
    with Image.open(io.BytesIO(exports.film(sim, "gif", start=5))) as image:
        shown = [np.asarray(image.convert("RGB")) for i in range(4) if image.seek(i) is None]
    changed = [np.mean(a != b) for a, b in itertools.pairwise(shown)]
    assert changed[1] > 5 * max(changed[0], changed[2]), "another landscape, and not only the agents"
    with pytest.raises(Cancelled):
        exports.film(sim, "gif", cancelled=lambda: True)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "avi"}, "kind = 'avi'"),
        ({"fps": 0}, "fps = 0"),
        ({"every": 9}, "every = 9"),
        ({"stop": 99}, "stop = 99"),
    ],
)
def test_a_film_that_cannot_be_made_is_refused_by_name(wrong, said):
    with pytest.raises(ValueError, match=said):
        exports.film(made("plane"), **{"kind": "gif", **wrong})


# ---- replays ---------------------------------------------------------------------------------------------------------


def opened(page):
    """Header, metadata and arrays of a replay."""
    parts = dict(re.findall(r'<script type="\S+" id="(\w+)">(.*?)</script>', page, re.DOTALL))
    header, block = json.loads(parts["run"]), gzip.decompress(base64.b64decode(parts["data"]))
    arrays = {
        name: np.frombuffer(block, f"<{a['type']}", int(np.prod(a["shape"])), a["at"]).reshape(a["shape"])
        for name, a in header["arrays"].items()
    }
    return header, json.loads(parts["metadata"]), arrays


def test_300_frames_of_200_agents_are_at_most_3_MB():
    sim = sv.Simulation(sv.BGK(sigma=0.9), sv.landscapes.Rastrigin(), sv.Swarm(n=200, seed=1))
    sim.advance(299)
    page = exports.replay(sim)
    arrays = opened(page)[2]
    assert arrays["x"].shape == (300, 200, 2) and len(page.encode()) <= 3_000_000
    assert not re.search(r"(?:src|href)\s*=|https?://|@@", page), "it may ask for nothing"


@pytest.mark.parametrize("kind", KINDS)
def test_a_replay_has_the_positions_to_within_half_a_step_of_its_grid(kind):
    sim = made(kind)
    header, about, arrays = opened(exports.replay(sim, every=2))
    assert header["k"] == [0, 2, 4, 6] and about["seed"] == sim.initial_swarm.seed
    (low, high), frames = np.array(header["range"]), len(header["k"])
    half = (high - low) / 65535 / 2 * (1 + 1e-9)
    for place, k in enumerate(header["k"]):
        frame = sim.goto(k)
        if frame.occupation is not None:
            assert (
                np.abs(arrays["share"][place] * header["top"] / 65535 - frame.occupation).max() <= header["top"] / 65535
            )
            continue
        chosen = np.linspace(0, frame.n - 1, arrays["x"].shape[1]).round().astype(int)
        x = frame.x[:, :2] if frame.d > 1 else np.column_stack([frame.x[:, 0], frame.energy])
        there = low + (high - low) * arrays["x"][place] / 65535
        inside = ((x[chosen] >= low) & (x[chosen] <= high)).all(axis=1)
        assert inside.mean() > 0.9 and (np.abs(there - x[chosen])[inside] <= half).all()
    assert frames == 4
    assert unescape(header["title"]) == about["title"]


def test_a_large_swarm_is_thinned_and_the_page_says_so():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=100_000, seed=1))
    sim.advance(4)
    page = exports.replay(sim)
    assert "1,000 of the 100,000 agents are drawn" in opened(page)[0]["notes"]
    assert len(exports.picture(sim, dpi=50)) > 1000 and len(exports.film(sim, "gif", every=4)) > 1000


def test_the_longest_replay_is_still_at_most_3_MB():
    """As many frames as there may be, of positions that no packing makes smaller."""
    take, sim = Take(3000), sv.Simulation(sv.PSO(), sv.landscapes.Rastrigin(), sv.Swarm(n=1000, seed=1))
    take.add(sim)
    each = sum(
        values[0].nbytes // 4 if values[0].dtype == float else values[0].nbytes for values in take._columns.values()
    )
    assert 4 / 3 * 3000 * each + 400_000 < 3_000_000


def test_a_landscape_that_changes_often_is_kept_a_few_times():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.GaussianMixture(), sv.Swarm(n=20, seed=1))
    for i in range(40):
        sim.landscape = sim.landscape.with_well_changed(0, depth=1.0 + i)
        sim.advance(1)
    header, _, arrays = opened(exports.replay(sim))
    assert len(header["grounds"]) == MOST_GROUNDS
    assert f"{MOST_GROUNDS} of the 40 landscapes" in " ".join(header["notes"]) and f"ground{MOST_GROUNDS - 1}" in arrays


def test_a_formula_cannot_leave_the_page_s_data():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=20))
    sim.advance(2)
    type(sim.landscape).title, kept = "</script><b>@@DATA@@", type(sim.landscape).title
    try:
        page = exports.replay(Run.of(sim))
    finally:
        type(sim.landscape).title = kept
    assert "</script><b>" not in page and opened(page)[0]["title"].startswith("CBO on </script><b>@@DATA@@")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("d", [1, 2])
def test_a_diverged_swarm_can_be_taken_out_as_it_stood_at_its_last_finite_step(d):
    sim = sv.Simulation(sv.CBO(sigma=50.0, dt=1.0), sv.landscapes.Rastrigin(), sv.Swarm(n=50, d=d))
    with pytest.raises(sv.Diverged):
        sim.advance(1000)
    for view in ("arena", "curves"):
        assert exports.picture(sim, view, dpi=50)
    assert exports.film(sim, "gif", every=sim.k // 2) and "agents" in opened(exports.replay(sim, every=sim.k // 2))[0]
