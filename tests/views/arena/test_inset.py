"""The inset as Bokeh gets it: in pixels of the frame, in a corner, and not made before it is needed."""

import numpy as np
import pytest

import swarmviz as sv
from components.palette import BEST, MINIMISER
from components.views.arena.arena import Arena
from components.views.arena.options import ArenaOptions
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


@pytest.mark.parametrize(("width", "height"), [(600, 400), (300, 300), (170, 160)])
def test_its_text_stands_below_it_on_paper_in_the_frame_where_no_agent_of_it_is(width, height):
    for n, parts in ((30, 1), (5000, 2)):
        inset = shown(collapsed(n=n), width, height).renderer.inset
        box, glyph = inset.box.data, inset.text.glyph
        assert glyph.text_baseline == "top" and inset.agents.data["y"].min() >= box["bottom"][0], "no agent is below"
        assert box["bottom"][0] > 40, "two lines have room"
        lines = box["text"][0].split("\n")
        wide = max(len(line) for line in lines) * 0.6 * 12 + 6
        left = box["side"][0] - (wide if box["align"] == ["right"] else 0)
        assert 0 <= left and left + wide <= width and " · ".join(lines).count("·") == parts
        assert glyph.background_fill_color == inset.back.glyph.fill_color and glyph.background_fill_alpha > 0.9


def test_both_themes_are_followed():
    arena = shown(collapsed())
    arena.set_dark(True)
    inset, colours = arena.renderer.inset, arena.renderer.colours
    assert inset.back.glyph.fill_color == inset.text.glyph.background_fill_color == colours.paper
    assert inset.text.glyph.text_color == colours.ink


def swarm_of(width, n=30, d=2, landscape=None):
    """A swarm that takes about a width, at the middle of the box."""
    start = sv.Swarm(n=n, d=d, seed=1, initial="gaussian", spread=width / 4)
    return sv.Simulation(sv.CBO(), landscape or sv.landscapes.Rastrigin(), start)


def beside_each_other(*sims):
    """Arenas of swarms that are compared, painted twice: each then knows what the others need."""
    options = ArenaOptions(lambda: None)
    arenas = [Arena(options=options) for _ in sims]
    for arena, sim in zip(arenas, sims, strict=True):
        arena.attach(sim)
        for name, value in (("inner_width", 600), ("inner_height", 400)):
            arena.renderer.ranges._measure(name, None, value)
    for _ in range(2):
        for arena, sim in zip(arenas, sims, strict=True):
            arena.paint(arena.prepare(sim.frame, sim))
    return arenas


@pytest.mark.parametrize("d", [1, 2])
def test_insets_beside_each_other_have_one_zoom_where_the_boxes_are_the_same(d):
    wide, narrow, whole = swarm_of(0.1, d=d), swarm_of(1e-4, d=d), swarm_of(8.0, d=d)
    alone = [beside_each_other(sim)[0].renderer.inset.box.data["text"][0] for sim in (wide, narrow)]
    assert alone[0] != alone[1]
    arenas = beside_each_other(wide, narrow, whole)
    assert [arena.renderer.inset.box.data["text"][0] for arena in arenas[:2]] == [alone[0]] * 2
    assert arenas[2].renderer.inset is None
    spread = [np.ptp(arena.renderer.inset.agents.data["x"]) for arena in arenas[:2]]
    assert spread[1] < 0.01 * spread[0]
    elsewhere = swarm_of(1e-4, d=d, landscape=sv.landscapes.Ackley())
    texts = [arena.renderer.inset.box.data["text"][0] for arena in beside_each_other(wide, elsewhere)]
    assert texts[0] == alone[0] != texts[1], "another box: another zoom"


@pytest.mark.parametrize("d", [1, 2])
def test_densities_beside_each_other_have_one_scale_of_counts(d):
    """A swarm on one cell of its image, and one that is spread over all of them."""
    dense, spread = swarm_of(1e-3, n=5000, d=d), swarm_of(8.0, n=5000, d=d)
    deepest = lambda arena: int(arena.renderer.density.data["image"][0].max())  # noqa: E731
    assert deepest(beside_each_other(spread)[0]) == 255
    first, second = beside_each_other(spread, dense)
    assert deepest(second) == 255 and deepest(first) < 200
    counts = counts_of(second), counts_of(first)
    assert counts[0] == pytest.approx(5000, rel=0.05) and counts[1] < 500


def counts_of(arena):
    """The largest count that its deepest shade stands for, where 255 is all 5000 agents."""
    shade = int(arena.renderer.density.data["image"][0].max())
    return np.expm1(shade / 255 * np.log1p(5000))


def test_landscapes_that_are_not_the_same_have_colours_of_their_own_and_the_arenas_say_so():
    a, b = swarm_of(1.0), swarm_of(1.0, landscape=sv.landscapes.Ackley())
    arenas = beside_each_other(a, b)
    assert not any("colour scale" in arena.renderer.note.text for arena in arenas)
    for arena, sim in zip(arenas, (a, b), strict=True):
        arena.name_pane("A", "", False, own_colours=True)
        arena.paint(arena.prepare(sim.frame, sim))
    assert all("own colour scale of F" in arena.renderer.note.text for arena in arenas)
