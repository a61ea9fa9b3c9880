"""A point that is dragged lies on the curve of the schedule that comes of it; what it does not concern stays to the last bit."""

from __future__ import annotations

import itertools

import pytest

from swarmviz.drawing.schedule_handles import handles_of, moved
from swarmviz.schedules import (
    ALL,
    Constant,
    Exponential,
    InverseLogarithmic,
    Linear,
    Logarithmic,
    Piecewise,
    Power,
)

BEGUN = [
    Linear(start=2.0, end=0.5, duration=4.0, since=3.0),
    Exponential(start=2.0, ratio=0.7, since=3.0),
    Logarithmic(c=1.5, t0=2.5, since=3.0),
    InverseLogarithmic(c=1.5, t0=2.5, since=3.0),
    Power(gamma=0.3, t0=1.5, since=3.0),
]


def test_every_schedule_but_a_constant_has_points():
    assert {type(schedule) for schedule in BEGUN} | {Piecewise, Constant} == set(ALL.values())
    assert all(handles_of(schedule, 7.0) for schedule in BEGUN) and not handles_of(Constant(), 7.0)


@pytest.mark.parametrize("schedule", BEGUN, ids=lambda s: type(s).__name__)
def test_every_point_lies_on_the_curve(schedule):
    for handle in handles_of(schedule, 7.0):
        assert handle.value == schedule.at(3.0 + handle.s)
    piecewise = Piecewise(((0, 1), (2, 3.5)), since=3.0)
    assert [(h.s, h.value, h.in_time) for h in handles_of(piecewise, 7.0)] == [(0, 1, True), (2, 3.5, True)]


@pytest.mark.parametrize("schedule", BEGUN, ids=lambda s: type(s).__name__)
def test_the_new_curve_passes_through_a_point_that_was_moved_and_keeps_its_other_constants(schedule):
    for place, handle in enumerate(handles_of(schedule, 7.0)):
        for value, later in itertools.product((0.3, 1.1, 4.0), (0.0, 2.0)):
            s = handle.s + later * handle.in_time
            new = moved(schedule, place, s, value)
            assert type(new) is type(schedule) and new.since == schedule.since
            assert float(new.at(schedule.since + s)) == pytest.approx(value, rel=1e-4), "constants have six digits"
            before, after = schedule.values_now(), new.values_now()
            changed = {name for name in before if before[name] != after[name]}
            assert len(changed) <= (2 if handle.in_time else 1) and "since" not in changed


def test_a_point_where_no_curve_leads_gives_the_nearest_that_the_ranges_allow():
    assert 0 < moved(Exponential(start=2.0), 1, 7.0, 0.0).ratio < 0.2, "never 0"
    assert moved(Exponential(start=1e-12), 1, 0.001, 100.0).ratio == 1e3
    assert moved(Logarithmic(), 0, 0.0, -1.0).c == 0.0
    assert moved(Power(), 0, 0.0, 0.0).t0 == 1.0 and 0 < moved(Power(), 1, 7.0, 0.0).gamma < 1e-5
    assert moved(InverseLogarithmic(), 0, 7.0, 0.0).c > 1e5
    with pytest.raises(ValueError, match="first value is 0"):
        moved(Exponential(start=0.0), 1, 7.0, 1.0)
    assert moved(Linear(), 1, 0.0, 1.0).duration > 0
