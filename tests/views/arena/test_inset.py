"""The inset as Bokeh gets it: in pixels of the frame, in a corner, and not made before it is needed."""

import numpy as np
import pytest

import swarmviz as sv
from components.palette import BEST, MINIMISER
from components.views.arena.arena import Arena
from components.views.arena.ranges import EDGE_PX
from swarmviz.drawing.inset import times
from swarmviz.drawing.zoom import EDGE
from tests.views.arena.runs import attached, paint


def collapsed(n=30, d=2, steps=100):
    sim = sv.Simulation(sv.CBO(sigma=0.0, lam=5.0), sv.landscapes.Rastrigin(), sv.Swarm(n=n, d=d, seed=1))
    sim.advance(steps)
    return sim


def shown(sim, width=600, height=400):
    arena = attached(Arena(), sim)
    arena._options.attach(sim)
    for name, value in (("inner_width", width), ("inner_height", height)):
        arena.renderer.ranges._measure(name, None, value)
    paint(arena, sim)
    return arena


@pytest.mark.parametrize("d", [1, 2])
def test_a_small_swarm_is_in_a_corner_of_the_frame(d):
    sim = collapsed(d=d)
    inset = shown(sim).renderer.inset
    left, right, bottom, top = (inset.box.data[name][0] for name in ("left", "right", "bottom", "top"))
    assert 300 < left < right < 600 and 200 < bottom < top < 400 and inset.box.data["text"][0].startswith("×")
    x, y = inset.agents.data["x"], inset.agents.data["y"]
    assert len(x) == sim.frame.n and x.min() >= left and x.max() <= right and y.min() >= bottom and y.max() <= top
    away = sim.frame.x[:, 0] - sim.frame.x[0, 0]
    scale = np.polyfit(away, x.astype(float), 1)[0]  # pixels per unit in the inset, and in the arena below
    unit = (600 if d == 1 else 400 - 2 * EDGE_PX) / (2 * EDGE * 5.12)
    np.testing.assert_allclose(x, x[0] + away * scale, atol=0.1)
    assert inset.box.data["text"] == [times(scale / unit)]


def test_a_swarm_that_is_large_has_none_and_costs_no_model():
    sim = collapsed(steps=0)
    arena = shown(sim)
    assert arena.renderer.inset is None
    sim.advance(100)
    paint(arena, sim)
    assert arena.renderer.inset is not None and len(arena.renderer.inset.agents.data["x"]) == 30
    sim.goto(0)
    for _ in range(2):
        paint(arena, sim)
    assert len(arena.renderer.inset.agents.data["x"]) == 0 and len(arena.renderer.inset.box.data["text"]) == 0


def test_marks_that_are_in_its_range_are_in_it():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=30, seed=1))
    sim.advance(150)
    markers = list(shown(sim).renderer.inset.marks.data["marker"])
    assert BEST in markers and markers.count(MINIMISER) <= 1


def test_it_is_switched_off_and_does_not_fit_a_small_frame():
    sim = collapsed()
    arena = shown(sim)
    arena._options.layers = ["trails"]
    paint(arena, sim)
    assert len(arena.renderer.inset.agents.data["x"]) == 0
    assert shown(sim, 140, 300).renderer.inset is None


def test_of_a_large_swarm_a_few_hundred_agents_are_sent():
    inset = shown(collapsed(n=5000)).renderer.inset
    assert 200 < len(inset.agents.data["x"]) <= 300 and "of 5,000 agents" in inset.box.data["text"][0]


@pytest.mark.parametrize("d", [1, 2])
def test_it_follows_the_corner_of_a_frame_that_is_resized_while_the_run_stands(d):
    sim, asked = collapsed(d=d), []
    arena = shown(sim)
    arena.renderer.refresh = lambda: asked.append(1)
    arena.renderer.ranges._measure("inner_width", 600, 420)
    assert asked
    paint(arena, sim)
    assert 300 < arena.renderer.inset.box.data["right"][0] < 420


def test_both_themes_are_followed():
    arena = shown(collapsed())
    arena.set_dark(True)
    assert arena.renderer.inset.back.glyph.fill_color == arena.renderer.colours.paper
