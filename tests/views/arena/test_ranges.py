"""Ranges of an arena on the server's side: what is written to the browser, and what is taken from it."""

from types import SimpleNamespace

import numpy as np
import pytest

import swarmviz as sv
from components.views.arena.arena import Arena
from tests.views.arena.runs import attached, paint, simulation


def moved(renderer, *ends):
    """A wheel or a hand has moved the ranges in the browser."""
    renderer.ranges._tell(SimpleNamespace(**dict(zip(("x0", "x1", "y0", "y1"), ends, strict=True))))


def wanted(renderer):
    return [
        end
        for ends in renderer.ranges.wanted[: 2 if renderer.ranges._flat is False else 1]
        for end in (ends.start, ends.end)
    ]


@pytest.mark.parametrize(("d", "region"), [(2, [-1.0, 1.0, 0.5, 2.0]), (1, [-1.0, 1.5])])
def test_a_region_is_shown_and_counted_once_and_the_box_comes_back(d, region):
    sim = simulation(d=d)
    arena = attached(Arena(), sim)
    options, ranges = arena._options, arena.renderer.ranges
    options.attach(sim)
    box, count = wanted(arena.renderer), ranges.wanted[0].tags[0]
    options.region = region
    for _ in range(2):
        paint(arena, sim)
        assert wanted(arena.renderer) == region and ranges.wanted[0].tags == [count + 1, True]
    options.region = None
    paint(arena, sim)
    assert wanted(arena.renderer) == box and ranges.wanted[0].tags == [count + 2, False]


def test_what_the_browser_tells_is_noted_and_not_sent_back_under_the_hand():
    sim = simulation()
    arena = attached(Arena(), sim)
    arena._options.attach(sim)
    ranges, count = arena.renderer.ranges, arena.renderer.ranges.wanted[0].tags
    moved(arena.renderer, -1.0, 1.0, 0.0, 1.0)
    paint(arena, sim)
    assert wanted(arena.renderer) == [-1.0, 1.0, 0.0, 1.0] and ranges.wanted[0].tags == count, "a later fit knows it"
    other = attached(Arena(options=arena._options), sim)
    paint(other, sim)
    assert other.renderer.ranges.wanted[0].tags[1] and wanted(other.renderer) == [-1.0, 1.0, 0.0, 1.0], (
        "the other pane follows"
    )
    arena._options._handle_msg("box")
    paint(arena, sim)
    assert ranges.wanted[0].tags[0] == count[0] + 1, "even where the box is what was sent last"


def test_a_handle_that_is_dragged_moves_no_range():
    sim = simulation(landscape="GaussianMixture")
    arena = attached(Arena(), sim)
    arena._options.attach(sim)
    arena.renderer.handles.held = 0
    moved(arena.renderer, -1.0, 1.0, 0.0, 1.0)
    assert arena._options.region is None


def test_the_landscape_waits_until_the_hand_rests():
    sim = simulation()
    arena = attached(Arena(), sim)
    options = arena._options
    options.attach(sim)
    options.look.moving, options.look.region = True, None
    moved(arena.renderer, -1.0, 1.0, 0.0, 1.0)
    options.look.moving = True
    assert "background" not in arena.prepare(sim.frame, sim)
    options.look.moving = False
    drawn = arena.prepare(sim.frame, sim)["background"].background
    assert (drawn.low <= [-1, 0]).all() and (drawn.high >= [1, 1]).all() and (drawn.high - drawn.low < 6).all()
    assert "background" not in arena.prepare(sim.frame, sim)


@pytest.mark.parametrize("d", [1, 2])
def test_wells_that_are_edited_move_no_range(d):
    landscape = sv.landscapes.GaussianMixture()
    sim = sv.Simulation(sv.CBO(), landscape, sv.Swarm(n=20, d=d, seed=1))
    arena = attached(Arena(), sim)
    options = arena._options
    options.attach(sim)
    options.set_mode("wells")
    paint(arena, sim)
    fig = arena.figure
    before = wanted(arena.renderer), (fig.y_range.start, fig.y_range.end)
    sim.landscape = landscape.with_well_changed(0, depth=50.0)
    sim.apply()
    arena.attach(sim)
    x = np.full((20, d), 1.9 * landscape.high)  # as far as a view goes
    far = sv.Frame(sim.k, 0.0, x, sim.landscape.values(x))
    arena.paint(arena.prepare(far, sim))
    assert before == (wanted(arena.renderer), (fig.y_range.start, fig.y_range.end))
    options.set_mode("look")
    arena.paint(arena.prepare(far, sim))
    assert wanted(arena.renderer)[1] > 1.9 * landscape.high, "then all of it follows"
    if d == 1:
        assert fig.y_range.start < -40


def test_an_edited_landscape_keeps_the_view_of_a_swarm_that_is_far_out():
    landscape = sv.landscapes.GaussianMixture()
    sim = sv.Simulation(sv.CBO(), landscape, sv.Swarm(n=20, seed=1))
    arena = attached(Arena(), sim)
    arena._options.attach(sim)
    arena.renderer._zoom.place = 3
    sim.landscape = landscape.with_well_changed(0, depth=5.0)
    sim.apply()
    arena.attach(sim)
    assert arena.renderer._zoom.place == 3
    arena.attach(sv.Simulation(sv.CBO(), landscape, sv.Swarm(n=20, seed=1)))
    assert arena.renderer._zoom.place == 0


def test_a_narrow_view_has_all_the_digits_of_its_agents():
    sim = sv.Simulation(sv.CBO(sigma=0.0, lam=5.0), sv.landscapes.Rosenbrock(), sv.Swarm(n=30, seed=1))
    sim.advance(60)
    arena = attached(Arena(), sim)
    options, x = arena._options, sim.frame.x
    options.attach(sim)
    paint(arena, sim)
    assert arena.renderer.points.data["x"].dtype == np.float32
    options._handle_msg("fit")
    paint(arena, sim)
    drawn = arena.renderer.points.data
    np.testing.assert_array_equal(np.column_stack([drawn["x"], drawn["y"]]), x)
