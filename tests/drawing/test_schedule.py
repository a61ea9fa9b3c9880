"""The curve of a schedule: what acted to the last bit, what is scheduled by the formula, and axes by a rule."""

from __future__ import annotations

import math

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.drawing.schedule import (
    DECADES,
    MAX_CORNERS,
    MAX_REACH,
    POINTS,
    STRAIGHT_DECADES,
    acted,
    horizon,
    schedule_curve,
    settles_at,
)
from swarmviz.schedules import Exponential, Linear, Logarithmic, Piecewise, Power

SIGMA = sv.CBO.param.sigma


def drawn(schedule, declared=SIGMA, known=0.0, dt=0.1):
    return schedule_curve(declared, schedule, [], known, dt)


def by_hand(t):
    """The value of each schedule of the test below at time t, from its formula alone."""
    s = max(t - 3.0, 0.0)
    return {
        "Linear": 2.0 + (0.5 - 2.0) * min(s / 4.0, 1.0),
        "Exponential": 2.0 * 0.7**s,
        "Logarithmic": 1.5 / math.log(2.5 + s),
        "Power": (1.5 + s) ** 0.3 - 1.0,
        "Piecewise": 2.0 - s / 2 if s <= 2 else max(1.0 - (s - 2) * 0.25, 0.5),
    }


SCHEDULES = [
    Linear(start=2.0, end=0.5, duration=4.0, since=3.0),
    Exponential(start=2.0, ratio=0.7, since=3.0),
    Logarithmic(c=1.5, t0=2.5, since=3.0),
    Power(gamma=0.3, t0=1.5, since=3.0),
    Piecewise(((0, 2.0), (2, 1.0), (4, 0.5)), since=3.0),
]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: type(s).__name__)
def test_the_curve_is_the_formula_over_the_whole_axis_with_its_corners(schedule):
    curve = drawn(schedule)
    assert curve.t[0] == 0.0 and curve.t[-1] == curve.last and (np.diff(curve.t) > 0).all()
    expected = [by_hand(t)[type(schedule).__name__] for t in curve.t]
    np.testing.assert_allclose(curve.y, expected, rtol=1e-14)
    assert 3.0 in curve.t, "the beginning is a corner"
    if isinstance(schedule, Piecewise):
        assert {3.0, 5.0, 7.0} <= set(curve.t)
        joined = np.interp(np.linspace(0, curve.last, 10_001), curve.t, curve.y)
        np.testing.assert_allclose(joined, schedule.at(np.linspace(0, curve.last, 10_001)), atol=1e-12)


def test_what_acted_is_what_the_kernels_were_given_step_by_step():
    first, second = Linear(start=3.0, end=0.0, duration=4.0), Exponential(start=1.0, ratio=0.8)
    sim = sv.Simulation(sv.CBO(sigma=first, dt=0.1), sv.landscapes.Rastrigin(), sv.Swarm(n=5, d=1))
    sim.advance(20)
    sim.dynamics.dt = 0.05
    sim.advance(15)
    sim.dynamics.sigma = 0.7
    sim.advance(5)
    sim.dynamics.sigma = second
    sim.advance(10)
    k, t = sim.record["k"], sim.record["t"]
    in_force = [float(v.at(time)) if k < 35 or k >= 40 else v for k, time in zip(k, t, strict=True)
                for v in [first if k < 35 else 0.7 if k < 40 else second]]  # fmt: skip
    np.testing.assert_array_equal(acted("sigma", sim.journal.clocks(), t), in_force)
    curve = schedule_curve(SIGMA, second, sim.journal.clocks(), sim.t, 0.05)
    jump = t[list(k).index(35)]
    at = int(np.searchsorted(curve.acted_t, jump))
    assert curve.acted_t[at] == jump and curve.acted_y[at] == 0.7, "a jump is drawn where it was"
    assert curve.acted_y[at - 1] == pytest.approx(float(first.at(jump)), rel=1e-12)
    assert curve.acted_t[-1] == sim.t and curve.y[-1] == second.at(curve.last)


def test_the_time_axis_reaches_beyond_the_run_and_to_the_end_of_a_schedule_that_is_not_too_far():
    assert horizon(Exponential(), known=0.0, time_step=0.1) == 20.0, "100 steps and a fifth, as a round number"
    assert horizon(Exponential(), known=30.0, time_step=0.1) == 50.0
    assert settles_at(Linear(duration=40.0, since=6.0)) == 46.0 and settles_at(Power()) == -math.inf
    assert horizon(Linear(duration=40.0, since=6.0), known=1.0, time_step=0.1) == 100.0
    run = 10.0
    assert horizon(Linear(duration=MAX_REACH * run), 1.0, 0.1) >= 1.1 * MAX_REACH * run
    assert horizon(Linear(duration=MAX_REACH * run * 1.01), 1.0, 0.1) == 20.0


def test_the_value_axis_has_room_keeps_the_range_and_is_logarithmic_over_decades():
    curve = drawn(Linear(start=2.0, end=0.5, duration=4.0))
    assert curve.low == 0.0 and curve.high >= 1.25 * 2.0 and not curve.log
    assert drawn(Linear(start=0.0, end=0.0)).high > 0, "a curve along zero can be lifted"
    assert drawn(Linear(start=90.0, end=0.0)).high == 100.0, "σ ≤ 100"
    steep = drawn(Exponential(start=1.0, ratio=0.5))
    assert steep.log and steep.low <= steep.y.min() and steep.high >= 1.0
    wide, narrow = (2.0 / STRAIGHT_DECADES * factor for factor in (0.9, 1.1))
    assert drawn(Linear(start=2.0, end=wide)).log and not drawn(Linear(start=2.0, end=narrow)).log
    wide, narrow = ((factor / DECADES) ** (1 / 20.0) for factor in (0.9, 1.1))  # over an axis of 20
    assert drawn(Exponential(ratio=wide)).log and not drawn(Exponential(ratio=narrow)).log
    grows = drawn(Exponential(start=1.0, ratio=1e3), known=1e4)
    assert grows.high <= 100.0 and np.isinf(grows.y).any(), "what leaves the range has no place on the axis"


def test_of_a_schedule_with_thousands_of_points_no_more_numbers_are_drawn_than_of_any_other():
    """With every edit the browser was sent all of them, up to 12,000."""
    for count in (MAX_CORNERS - 1, 5000):  # the beginning is a corner, too
        curve = drawn(Piecewise(tuple((0.002 * i, 1.0 + i % 2) for i in range(count))))
        assert len(curve.t) <= POINTS + MAX_CORNERS
    assert len(curve.t) == POINTS
