"""The step of an agent as Bokeh paints it: an arrow for each term that moves it, in its colour, and none of a former step."""

from __future__ import annotations

import numpy as np
import pytest

from components.palette import DARK, LIGHT
from components.views.arena.arena import Arena
from swarmviz.drawing.step import step_picture
from tests.views.arena.runs import attached, simulation


def shown(arena, flat=False):
    """The glyphs that were made for the present renderer."""
    return arena._steps[type(arena.renderer)]


@pytest.fixture
def plane():
    sim = simulation("CBO", "Rastrigin", n=20, d=2)
    return attached(Arena(), sim), sim, step_picture(sim.explain(4), float(sim.frame.energy[4]))


def test_nothing_is_made_until_an_agent_is_chosen():
    arena = attached(Arena(), simulation("CBO", "Rastrigin", n=20, d=2))
    count = len(arena.figure.renderers)
    arena.show_step(None)
    assert len(arena.figure.renderers) == count and not arena._steps


def test_the_arrows_are_the_ways_in_the_colours_of_their_terms(plane):
    arena, _, picture = plane
    arena.show_step(picture)
    data = shown(arena).arrows.data
    np.testing.assert_array_equal(np.column_stack([data[name] for name in ("x0", "y0", "x1", "y1")]), picture.ways)
    assert data["colour"] == list(LIGHT.curves[: len(picture.ways)])
    along = picture.ways[:, 2:] - picture.ways[:, :2]
    heads = data["angle"] + np.pi / 2  # a triangle points upwards
    np.testing.assert_allclose(
        np.column_stack([np.cos(heads), np.sin(heads)]), along / np.hypot(*along.T)[:, None], atol=1e-12
    )
    places = shown(arena).places.data
    np.testing.assert_array_equal(np.column_stack([places["x"], places["y"]]), [picture.start, picture.end])


def test_a_term_that_does_not_move_the_agent_has_no_arrow_and_the_others_keep_their_colours(plane):
    arena, _, picture = plane
    ways = np.vstack([np.tile(picture.start, 2), picture.ways])
    arena.show_step(picture._replace(ways=ways))
    assert shown(arena).arrows.data["colour"] == list(LIGHT.curves[1 : len(ways)])


def test_arrows_go_with_the_choice_and_take_the_colours_of_the_theme(plane):
    arena, _, picture = plane
    arena.show_step(picture)
    arena.set_dark(True)
    assert shown(arena).arrows.data["colour"] == list(DARK.curves[: len(picture.ways)])
    arena.show_step(None)
    assert len(shown(arena).arrows.data["x0"]) == len(shown(arena).places.data["x"]) == 0
    arena.set_dark(False)
    assert len(shown(arena).arrows.data["x0"]) == 0


@pytest.mark.parametrize("lowest", [True, False])
def test_in_one_dimension_arrows_lie_over_each_other_within_the_frame(lowest):
    sim = simulation("PSO", "Rastrigin", n=20, d=1)
    arena, energy = attached(Arena(), sim), sim.frame.energy
    agent = int(energy.argmin() if lowest else energy.argmax())
    picture = step_picture(sim.explain(agent), float(energy[agent]))
    arena.show_step(picture)
    data, axis = shown(arena).arrows.data, arena.figure.y_range
    np.testing.assert_array_equal(data["y0"], data["y1"])
    assert len(set(data["y0"])) == len(data["y0"]) >= 2 and picture.level not in data["y0"]
    assert axis.start < min(data["y0"]) and max(data["y0"]) < axis.end
    np.testing.assert_array_equal(data["x1"][:-1], data["x0"][1:])


def test_a_finite_set_has_no_place_for_arrows(plane):
    _, _, picture = plane
    arena = attached(Arena(), simulation("FiniteSet", "Rastrigin", n=20, d=1))
    arena.show_step(picture)
    assert not arena._steps
