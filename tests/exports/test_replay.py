"""Replays: one page with the positions of a run, small, and closed to the network."""

import re
from html import unescape
from types import SimpleNamespace

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import exports
from swarmviz.drawing.style import DARK
from swarmviz.exports import Run
from swarmviz.exports.replay import MAX_POINTS, run_curve
from swarmviz.exports.take import MAX_LANDSCAPES
from tests.exports.kinds import KINDS, made, opened


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


def test_a_landscape_that_changes_often_is_kept_a_few_times():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.GaussianMixture(), sv.Swarm(n=20, seed=1))
    for i in range(40):
        sim.landscape = sim.landscape.with_well_changed(0, depth=1.0 + i)
        sim.advance(1)
    header, _, arrays = opened(exports.replay(sim))
    assert len(header["backgrounds"]) == MAX_LANDSCAPES
    assert (
        f"{MAX_LANDSCAPES} of the 40 landscapes" in " ".join(header["notes"])
        and f"background{MAX_LANDSCAPES - 1}" in arrays
    )


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


def test_the_curve_of_a_replay_keeps_its_peaks():
    """Every tenth value of a long record was left out, and with it a peak of one step."""
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Ackley(), sv.Swarm(n=4))
    name = sim.dynamics.observables[0].name
    y = 2.0 + np.sin(np.arange(6001.0))
    y[3001], y[4003] = 1000.0, 1e-3
    record = {"k": np.arange(6001), name: y}
    curve = run_curve(
        SimpleNamespace(dynamics=sim.dynamics, landscape=sim.landscape, frame=sim.frame, journal=(), record=record)
    )
    drawn = dict(zip(curve["k"], curve["y"], strict=True))
    assert curve["log"] and drawn[3001] == 1000.0 and drawn[4003] == pytest.approx(1e-3)
    assert len(drawn) <= MAX_POINTS and curve["k"][0] == 0 and curve["k"][-1] == 6000


@pytest.mark.parametrize("kind", ["plane", "line"])
def test_a_replay_of_a_region_has_it_as_its_view_and_positions_as_fine_as_it_is(kind):
    sim = made(kind)
    region = [end for at in sim.frame.x[0] for end in (float(at) - 0.3, float(at) + 0.2)]
    header, _, arrays = opened(exports.replay(sim, region=region))
    (left, bottom), (right, top) = header["view"]
    assert header["part"] and [left, right, *([bottom, top] if kind == "plane" else [])] == region
    (low, high), frame = np.array(header["range"]), sim.goto(6)
    assert np.allclose(high - low, 2 * (np.array([right, top]) - [left, bottom]))
    x = frame.x[:, 0]
    inside = (x >= low[0]) & (x <= high[0])
    there = low[0] + (high[0] - low[0]) * arrays["x"][-1, :, 0] / 65535
    assert 0 < inside.sum() and np.abs(there - x)[inside].max() <= (high[0] - low[0]) / 65535 / 2 * (1 + 1e-9)
    assert not opened(exports.replay(sim))[0]["part"]


def test_arrows_trails_and_links_of_a_replay_are_those_of_the_arena_and_can_be_left_out():
    """An arrow is the way in 0.05 units of time, at most 15% of the box; FMC has links in the place of trails, PSO has both others."""
    sim = made("plane")
    header, _, arrays = opened(exports.replay(sim))
    low, high = np.array(header["range"])
    at = lambda name, frame: low + (high - low) * arrays[name][frame] / 65535  # noqa: E731
    width = float(np.subtract(*sim.landscape.limits(2)[::-1]).max())
    for place, k in enumerate(header["k"]):
        v = sim.goto(k).v
        size = np.linalg.norm(0.05 * v, axis=1)
        way = 0.05 * v * np.minimum(1.0, 0.15 * width / np.maximum(size, 1e-300))[:, None]
        way[size < 1e-3 * width] = 0.0
        assert np.abs(at("tip", place) - at("x", place) - way).max() <= (high - low).max() / 65535 * (1 + 1e-6)
    assert (
        header["trail"] == 2 and header["arrows"]["longest"] == pytest.approx(0.15 * width) and "partner" not in arrays
    )
    plain, _, without = opened(exports.replay(sim, arrows=False, trails=False, contours=False))
    assert (
        plain["trail"] == 0
        and plain["arrows"] is None
        and "tip" not in without
        and header["contours"]
        and not plain["contours"]
    )
    assert plain["themes"][DARK.name]["shades"] != header["themes"][DARK.name]["shades"]
    copying = sv.Simulation(sv.FMC(), sv.landscapes.Rastrigin(), sv.Swarm(n=30, seed=1))
    copying.advance(6)
    header, _, arrays = opened(exports.replay(copying))
    partner = copying.frame.partner
    assert (arrays["partner"][-1] == np.where(partner >= 0, partner, np.arange(30))).all() and header["trail"] == 0
    assert "partner" not in opened(exports.replay(copying, links=False))[2]


def test_the_curve_of_a_replay_is_one_that_is_not_hidden():
    sim = made("plane")
    names = [o.name for o in sim.dynamics.observables]
    usual = opened(exports.replay(sim))[0]["curve"]["label"]
    other = opened(exports.replay(sim, hidden=names[:1]))[0]["curve"]["label"]
    assert usual.startswith(sim.dynamics.observables[0].symbol) and other.startswith(sim.dynamics.observables[1].symbol)
    assert opened(exports.replay(sim, hidden=names))[0]["curve"] is None


@pytest.mark.parametrize(
    ("kind", "options", "error", "words"),
    [
        ("bars", {"region": [0.0, 1.0]}, ValueError, "region"),
        ("plane", {"region": [0.0, 1.0]}, ValueError, "region"),
        ("plane", {"links": 1}, ValueError, "links = 1"),
        ("plane", {"hidden": "best"}, ValueError, "hidden = 'best'"),
        ("plane", {"label": "x" * 300}, ValueError, "label"),
        ("plane", {"colour": True}, TypeError, "colour"),
    ],
)
def test_a_replay_refuses_what_it_cannot_show(kind, options, error, words):
    with pytest.raises(error, match=words):
        exports.replay(made(kind), **options)


@pytest.mark.parametrize("limit", [None, 9])
def test_what_happened_until_the_last_frame_is_told(limit):
    sim = sv.Simulation(sv.CBO(sigma=1.4), sv.landscapes.Rastrigin(), sv.Swarm(n=40, seed=5), record_limit=limit)
    sim.advance(40)
    sim.dynamics.sigma = 0.1
    sim.advance(40)
    told = opened(exports.replay(sim, start=10, stop=60, every=10))[0]["events"]
    happened = sorted((event.kind.title, event.k) for event in sim.events if event.k <= 60)
    assert sorted((kind["title"], k) for kind in told for k in kind["k"]) == happened
    assert ("parameter changed", 40) in happened
