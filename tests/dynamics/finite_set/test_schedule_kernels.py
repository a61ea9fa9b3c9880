"""Schedules inside the kernels of the finite set: the same values as in Python, and their range within a step."""

import numpy as np
import pytest

from swarmviz import schedules
from swarmviz.dynamics.finite_set.schedule_kernels import course_of, range_within, turning_points, value_at
from swarmviz.kernels.compiled import inner

EXAMPLES = [
    3.5,
    schedules.Constant(value=-2.0),
    schedules.Linear(start=0.5, end=6.0, duration=30.0),
    schedules.Linear(start=6.0, end=0.5, duration=3.0, since=4.0),
    schedules.Exponential(start=20.0, ratio=0.9),
    schedules.Exponential(start=0.1, ratio=1.1, since=11.0),
    schedules.Logarithmic(c=3.0, t0=2.5, since=7.0),
    schedules.InverseLogarithmic(c=0.7, t0=1.0),
    schedules.Power(gamma=0.25, t0=1.1, since=3.0),
    schedules.Piecewise(((0.0, 1.0), (3.0, 5.0), (7.0, 2.0))),
    schedules.Piecewise(((2.0, 4.0),), since=1.0),
]


@inner
def _value(course, t):
    return value_at(course, t)


@inner
def _range(course, begin, end, at_begin, at_end):
    return range_within(course, begin, end, at_begin, at_end)


def at(value, t):
    return value.at(t) if isinstance(value, schedules.Schedule) else np.full(np.shape(t), value)


def test_there_is_an_example_of_every_kind():
    assert {type(example) for example in EXAMPLES} == {float, *schedules.ALL.values()}


@pytest.mark.parametrize("value", EXAMPLES, ids=repr)
def test_a_kernel_sees_the_values_that_python_sees(value):
    t = np.concatenate([np.linspace(0, 40, 401), [0.0, 3.0, 7.0, 11.0, 400.0]])
    steps = np.arange(41.0)
    course = course_of(value, steps, at(value, steps))
    np.testing.assert_allclose([_value(course, s) for s in t], at(value, t), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("value", EXAMPLES, ids=repr)
def test_the_range_within_a_step_is_that_of_many_values_in_it(value):
    steps = np.arange(41.0)
    course = course_of(value, steps, at(value, steps))
    for begin, end in [(0.0, 40.0), (2.0, 8.0), (3.0, 7.0), (20.0, 21.0), (0.5, 12.5)]:
        inside = at(value, np.linspace(begin, end, 2401))  # the points of the examples are among them
        low, high = _range(course, begin, end, inside[0], inside[-1])
        assert (low, high) == pytest.approx((inside.min(), inside.max()), rel=1e-12)
        checked = at(value, np.concatenate([[begin, end], turning_points(value, begin, end)]))
        assert (checked.min(), checked.max()) == pytest.approx((low, high), rel=1e-12)


def test_a_schedule_of_ones_own_is_linear_between_the_steps():
    class Square(schedules.Schedule):
        def _values(self, t):
            return t**2

    steps = np.array([0.0, 2.0, 4.0])
    course = course_of(Square(), steps, Square().at(steps))
    np.testing.assert_allclose([_value(course, t) for t in (0.0, 1.0, 2.0, 3.0, 4.0)], [0.0, 2.0, 4.0, 10.0, 16.0])
