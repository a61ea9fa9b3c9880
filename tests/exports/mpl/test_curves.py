"""A picture of the curves has the distance to the law where it is wanted, at the steps and with the values that the page has."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.drawing.law_beside import DISTANCE, LawBesideRun
from swarmviz.exports.mpl.curves import curves_figure
from swarmviz.replay import RunSpec
from tests.exports.mpl.helpers import simulation

PARTS = frozenset({DISTANCE})


def followed(sim, steps):
    """The distances that a page has which followed the run from the start."""
    law, seen = LawBesideRun(), sv.Simulation(sim.dynamics.copy(), sim.landscape, sim.initial_swarm)
    for _ in range(steps):
        seen.advance(1)
        law.follow(RunSpec.of(seen))
        while law.work(PARTS, 0.05):
            pass
    return law.beside(PARTS).distances


def plotted(figure):
    return {
        axes.get_ylabel(): [line.get_xydata().T for line in axes.lines] for axes in figure.axes if axes.get_visible()
    }


def test_the_distance_to_the_law_is_a_plot_of_its_own_when_it_is_wanted():
    sim = simulation("CBO", d=1, n=50, steps=150)
    known, panels = followed(sim, 150), plotted(curves_figure(sim, law=True))
    (k, measured), (again, expected) = panels["W₁"]
    np.testing.assert_array_equal(k, known.k)
    np.testing.assert_array_equal(again, np.arange(0, 151, 2))
    np.testing.assert_array_equal(measured, known.measured)
    np.testing.assert_array_equal(expected, known.expected)
    assert "W₁" not in plotted(curves_figure(sim)) and len(panels) == len(plotted(curves_figure(sim))) + 1


def test_a_swarm_that_is_too_small_is_told_below():
    figure = curves_figure(simulation("FMC", d=1, n=40, steps=20), law=True)
    assert "here N = 40" in " ".join(figure._supxlabel.get_text().split())


def test_in_the_plane_there_is_none():
    assert "W₁" not in plotted(curves_figure(simulation("CBO"), law=True))
    with pytest.raises(ValueError, match="law = None: must be True or False"):
        curves_figure(simulation("CBO"), law=None)
