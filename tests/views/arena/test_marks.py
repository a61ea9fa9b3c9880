"""The marks in the arena have the names by which the browser finds them when a symbol is pointed at."""

from __future__ import annotations

import pytest

import swarmviz as sv
from components.views.arena.arena import Arena
from components.views.arena.marks import MARKS
from tests.views.helpers import attached

NAMED = "mark "


def drawn(dynamics, d):
    """The names of the glyphs of the arena that shows a dynamics in ``d`` dimensions."""
    sim = sv.Simulation(sv.dynamics.ALL[dynamics](), sv.landscapes.Ackley(), sv.Swarm(n=20, d=d, seed=1))
    arena = attached(Arena(), sim)
    return {glyph.name.removeprefix(NAMED) for glyph in arena.figure.renderers if (glyph.name or "").startswith(NAMED)}


@pytest.mark.parametrize("dynamics", sv.dynamics.ALL)
def test_every_mark_of_a_symbol_is_drawn_by_the_arena_of_its_dynamics(dynamics):
    marks = {quantity.mark for quantity in sv.dynamics.ALL[dynamics].equations.quantities.values() if quantity.mark}
    assert marks <= set(MARKS)
    assert marks <= drawn(dynamics, 1) | drawn(dynamics, 2)


def test_every_name_of_a_mark_is_given_somewhere():
    assert set(MARKS) == drawn("PSO", 1) | drawn("PSO", 2) | drawn("FiniteSet", 2)
