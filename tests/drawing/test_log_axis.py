"""A logarithmic axis shows all that is above its zero, and says in words what it cannot show."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from components.replicas.bands import Band
from components.views.curves.curves import Curves
from components.views.curves.schedule_curves import schedule_picture
from swarmviz.drawing.comparison import comparison_picture
from swarmviz.drawing.curves import curves_picture
from swarmviz.drawing.log_axis import BELOW, Zero, left_out, zero_of

FORMULA = "x^2 + y^2 - 7"  # a person's own: nobody tells its minimum, and its values are negative


def run(steps=30, landscape=None, **parameters):
    sim = sv.Simulation(
        sv.dynamics.CBO(**parameters), landscape or sv.landscapes.Formula(FORMULA), sv.Swarm(n=20, d=2, seed=4)
    )
    sim.advance(steps)
    return sim


def band_of(sim, name, lower):
    """Replicas that lie ``lower`` below the visible run at their median, half and twice as much at their ends."""
    y = np.asarray(sim.record[name], float)
    return Band(np.asarray(sim.record["k"]), y - 2 * lower, y - lower, y - lower / 2, 20)


def test_without_a_known_minimum_every_value_but_the_lowest_is_drawn_and_that_is_said():
    sim = run()
    p = curves_picture(sim.frame, sim, "value", True)
    names = [o.name for o in sim.dynamics.observables if o.panel == "value"]
    lowest = min(sim.record[name].min() for name in names)
    assert lowest < 0 and p.y_label == "F − lowest met"
    for name, curve in zip(names, p.curves, strict=False):
        expected = sim.record[name] - lowest
        assert np.array_equal(curve.y > BELOW, expected > 0)
        np.testing.assert_allclose(curve.y[expected > 0], expected[expected > 0])
    reached = [curve.label for curve in p.curves if (curve.y == BELOW).any()]
    assert reached and p.note.startswith("No minimum of F is known")
    assert f"{lowest:.6g}".replace("-", "−") in p.note and f"({', '.join(reached)})" in p.note


def test_replicas_that_went_lower_than_the_run_are_wholly_on_the_axis():
    """Measured from the lowest of the run itself, two thirds of this band would have no logarithm."""
    sim = run()
    p = curves_picture(sim.frame, sim, "value", True, {"best": band_of(sim, "best", 5.0)})
    (area,) = p.areas
    parts = np.concatenate([area.low, area.middle, area.high])
    assert (parts == BELOW).sum() == (sim.record["best"] == sim.record["best"].min()).sum() > 0, (
        "only the lowest itself"
    )
    assert p.low <= parts[parts > BELOW].min() and p.high >= parts.max()
    assert "the band of best F" in p.note and "best F," not in p.note, "the run itself is above the zero now"


def test_the_median_of_a_band_is_in_the_frame_where_its_lower_end_is_not():
    sim = run(landscape=sv.landscapes.Rastrigin())
    k, none = np.asarray(sim.record["k"]), np.zeros(31)
    p = curves_picture(sim.frame, sim, "value", True, {"best": Band(k, none, none + 1e-9, none + 1.0, 20)})
    assert p.low <= 1e-9 and (p.areas[0].low == BELOW).all() and "equal to min F" in p.note


def test_the_words_are_under_the_plot_and_go_with_the_axis():
    view, sim = Curves(), run()
    view.attach(sim)
    view.choose(0, "value", log=True)
    reasons = view.plots[0].reasons
    assert reasons.visible and "No minimum of F is known" in reasons.text
    view.choose(0, "value", log=False)
    assert not reasons.text
    view.attach(run(2, sv.landscapes.Rastrigin()))
    view.choose(0, "value", log=True)
    assert not reasons.text, "above the known minimum all has its place"


def test_a_dispersion_of_zero_is_told():
    sim = run(landscape=sv.landscapes.Rastrigin(), sigma=0.0, lam=20.0, dt=0.05)  # one step to the consensus
    p = curves_picture(sim.frame, sim, "dispersion", True)
    assert "values of 0 or less" in p.note and curves_picture(sim.frame, sim, "dispersion", False).note == ""


def test_two_swarms_below_zero_are_compared_on_a_logarithmic_axis():
    sims = [run(), run(sigma=0.1)]
    best = next(o for o in sims[0].dynamics.observables if o.name == "best")
    upper, _ = comparison_picture(sims, best, True)
    lowest = min(sim.record["best"].min() for sim in sims)
    for sim, curve in zip(sims, upper.curves, strict=True):
        expected = sim.record["best"] - lowest
        np.testing.assert_allclose(curve.y[expected > 0], expected[expected > 0])
        assert (curve.y[expected == 0] == BELOW).all()
    assert upper.y_label == "best F − lowest met" and "No minimum" in upper.note


def test_the_lowest_of_two_known_minima_is_the_zero_and_numbers_that_are_none_do_not_count():
    known = [run(1, sv.landscapes.Rastrigin()), run(1, sv.landscapes.Himmelblau())]
    minima = [sim.landscape.minimum(2) for sim in known]
    assert zero_of(minima, []) == Zero(min(minima), "min F")
    unknown = [run(1).landscape.minimum(2)]
    assert zero_of(unknown, [np.array([np.nan, np.inf, 3.0, -2.0]), np.array([np.nan])]) == Zero(-2.0, "lowest met")
    assert zero_of(unknown, []) == Zero(0.0, "lowest met")
    assert zero_of([*unknown, *minima], [np.array([4.0])]) == Zero(4.0, "lowest met"), "one that is known is not enough"


def test_a_schedule_that_reaches_zero_says_so():
    sim = run(3, sigma=sv.schedules.Linear(start=1.0, end=0.0, duration=1.0))
    assert "σ" in schedule_picture(sim, True).note and schedule_picture(sim, False).note == ""


@pytest.mark.parametrize("zero", [Zero(), Zero(1.0, "min F"), Zero(-1.0, "lowest met")])
def test_nothing_is_said_where_everything_is_shown(zero):
    assert left_out(zero, {"best F": np.array([1e-300, np.nan, 2.0])}) == ""
