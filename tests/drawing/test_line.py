"""What is seen of a swarm on a line: the same numbers on the page, in pictures and in replays."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.drawing.style import MANY
from tests.drawing.three import ends, on_page, printed, replayed


def simulation(landscape=None, n=12, dynamics="SSA"):
    landscape = landscape or sv.landscapes.Rastrigin()
    where = {"initial": "box", "low": 0.05, "high": 0.9}
    sim = sv.Simulation(sv.dynamics.ALL[dynamics](), landscape, sv.Swarm(n=n, d=1, seed=2, **where))
    sim.advance(2)
    return sim


@pytest.mark.parametrize("formula", ["x^2", "sqrt(x) + x^2", "7 + 0*x"])
def test_page_picture_and_replay_have_the_same_curve_gaps_and_ends(formula):
    sim = simulation(sv.landscapes.Formula(formula))
    page, paper, (header, arrays) = on_page(sim), printed(sim), replayed(sim)
    x_ends, y_ends = ends(page.figure.x_range), ends(page.figure.y_range)
    assert (x_ends, y_ends) == (paper.axes.get_xlim(), paper.axes.get_ylim())
    np.testing.assert_array_equal(np.transpose(header["view"]), [x_ends, y_ends])
    line = next(artist for artist in paper.painter.still if hasattr(artist, "get_ydata"))
    np.testing.assert_array_equal(page.curve.data["f"], line.get_ydata())
    assert len(page.missing.data["left"]) == len(paper.painter.still) - 3 == ("sqrt" in formula)
    assert page.note.text == paper.note.get_text()
    assert arrays["background0"].shape == (len(page.curve.data["x"]), 2)


def test_page_and_picture_mark_the_same_places():
    sim = simulation()
    page, paper = on_page(sim).marks.data, printed(sim).painter
    assert page["level"][0] == paper.level.get_ydata()[0]
    assert (page["best_x"][0], page["best_y"][0]) == (paper.best.get_xdata()[0], paper.best.get_ydata()[0])


def test_of_a_large_swarm_page_and_picture_count_the_same_agents_in_the_same_cells():
    sim = simulation(n=MANY + 1, dynamics="CBO")
    np.testing.assert_allclose(printed(sim).painter.cloud.get_array(), on_page(sim).density.data["image"][0] / 255)
