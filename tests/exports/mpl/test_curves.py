"""The picture of the curves has what is seen on the page: its axes, its lines, what a legend hides, other runs, the distance to the law."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from components.views.curves.curves import Curves
from swarmviz import exports
from swarmviz.drawing.curves import OVERLAYS, Overlay
from swarmviz.drawing.law_beside import DISTANCE, LawBesideRun
from swarmviz.exports.mpl.curves import curves_figure
from swarmviz.replay import RunSpec
from swarmviz.theory import all_claims
from tests.exports.mpl import helpers
from tests.views.helpers import attached, simulation

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
    sim = helpers.simulation("CBO", d=1, n=50, steps=150)
    known, panels = followed(sim, 150), plotted(curves_figure(sim, law=True))
    (k, measured), (again, expected) = panels["W₁"]
    np.testing.assert_array_equal(k, known.k)
    np.testing.assert_array_equal(again, np.arange(0, 151, 2))
    np.testing.assert_array_equal(measured, known.measured)
    np.testing.assert_array_equal(expected, known.expected)
    assert "W₁" not in plotted(curves_figure(sim)) and len(panels) == len(plotted(curves_figure(sim))) + 1


def test_a_swarm_that_is_too_small_is_told_below():
    figure = curves_figure(helpers.simulation("FMC", d=1, n=40, steps=20), law=True)
    assert "here N = 40" in " ".join(figure._supxlabel.get_text().split())


def test_in_the_plane_there_is_none():
    assert "W₁" not in plotted(curves_figure(helpers.simulation("CBO"), law=True))
    with pytest.raises(ValueError, match="law = None: must be True or False"):
        curves_figure(helpers.simulation("CBO"), law=None)


def panels(figure):
    """Label of the vertical axis → axes."""
    return {axes.get_ylabel(): axes for axes in figure.axes if axes.get_visible()}


def labels(axes):
    return [line.get_label() for line in axes.lines if not line.get_label().startswith("_")]


@pytest.fixture
def sim():
    sim = simulation()
    sim.advance(40)
    return sim


def test_the_axes_are_those_of_the_page(sim):
    view = attached(Curves(), sim)
    assert panels(curves_figure(sim, **view.export_options(sim.frame))).keys() == panels(curves_figure(sim)).keys()
    view.choose(0, "value", log=True)
    view.choose(1, "dispersion", log=False)
    shown = panels(curves_figure(sim, **view.export_options(sim.frame)))
    assert shown["F − min F"].get_yscale() == "log" and shown["dispersion"].get_yscale() == "linear"
    assert panels(curves_figure(sim))["dispersion"].get_yscale() == "log"


def test_what_a_legend_hides_is_left_out_and_the_others_keep_colour_and_axis(sim):
    view = attached(Curves(), sim)
    view.choose(0, "value", log=False)
    whole = panels(curves_figure(sim, **view.export_options(sim.frame)))["F"]
    view.plots[0].toggle(view.plots[0].lines[0][0])
    seen = panels(curves_figure(sim, **view.export_options(sim.frame)))["F"]
    assert labels(seen) == labels(whole)[1:] and seen.get_ylim() == whole.get_ylim()
    assert [line.get_color() for line in seen.lines] == [line.get_color() for line in whole.lines][1:]


def labels_of_legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_a_legend_repeats_no_line_that_its_short_name_tells(sim):
    """It lay over the names that stand at the right."""
    axes = panels(curves_figure(sim))["dispersion"]
    assert "identity (mean)" in {text.get_text() for text in axes.texts}
    assert axes.get_legend() is None or "finite-N identity for the mean" not in labels_of_legend(axes)


def test_lines_of_claims_are_those_that_are_drawn(sim):
    claim = next(c for claims in all_claims().values() for c in claims if c.curve and not c.drawn and c.observable in sim.record
                 and type(sim.dynamics).__name__ == "CBO" and c in all_claims()[type(sim.dynamics)])  # fmt: skip
    view = attached(Curves(), sim)
    before = sum(map(len, map(labels, panels(curves_figure(sim, **view.export_options(sim.frame))).values())))
    view.draw(claim.name, True)
    after = sum(map(len, map(labels, panels(curves_figure(sim, **view.export_options(sim.frame))).values())))
    assert after == before + 1


def test_other_runs_lie_behind_with_the_numbers_of_the_page(sim):
    other = simulation(seed=9)
    other.advance(90)
    view = attached(Curves(), sim)
    view.choose(0, "value", log=True)
    view.overlays = [Overlay.of(other, "run 1")]
    axes = panels(curves_figure(sim, **view.export_options(sim.frame)))["F − min F"]
    drawn = view.plots[0].behind[0].data
    for place, (k, y) in enumerate(zip(drawn["k"], drawn["y"], strict=True)):
        np.testing.assert_array_equal(axes.lines[place].get_xdata(), k)
        np.testing.assert_array_equal(axes.lines[place].get_ydata(), y)
    assert "run 1" in labels(axes) and axes.get_xlim()[1] > 93, "the axis reaches to their end"
    view.plots[0].toggle(OVERLAYS)
    assert not view.plots[0].behind[1].visible and "run 1" not in view.plots[0].names.data["text"]
    assert OVERLAYS in view.export_options(sim.frame)["hidden"]
    assert "run 1" not in labels(panels(curves_figure(sim, **view.export_options(sim.frame)))["F − min F"])


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"log": {"nothing": True}}, "log = "),
        ({"log": {"value": 1}}, "log = "),
        ({"log": True}, "log = True"),
        ({"log_steps": {"value": 1}}, "log_steps = "),
        ({"over": {"value": "soon"}}, "over = "),
        ({"over": {"no group": "time"}}, "over = "),
        ({"lines": ["no claim"]}, "lines = "),
        ({"lines": [3]}, "lines = "),
        ({"hidden": "best"}, "hidden = 'best'"),
        ({"hidden": [1]}, "hidden = "),
        ({"overlays": [1]}, "overlays = "),
    ],
)
def test_options_that_mean_nothing_are_refused(sim, options, named):
    with pytest.raises(ValueError, match=named):
        exports.picture(sim, "curves", **options)
