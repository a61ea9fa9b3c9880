r"""Schedules as kernels see them: the value at any time within a step, and the range of the values in it.

    s = max(t − since, 0);  the formulas are those of :mod:`swarmviz.schedules`

All kinds are monotone in time but the piecewise linear one, which is so between its points: the values within a step lie between those at
its ends and at the points within it. A schedule of another class, written in Python, has no formula here: it is taken as linear between
the steps.

Code      shape   meaning
kind              which formula, CONSTANT to POINTS
since             the time at which it begins
numbers   (p,)    its parameters; of POINTS the p/2 times, then the p/2 values
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from swarmviz import schedules
from swarmviz.kernels.compiled import Reals
from swarmviz.kernels.elementary import elementary, log, power
from swarmviz.parameters import TimeDependent

CONSTANT, LINEAR, EXPONENTIAL, LOGARITHMIC, INVERSE_LOGARITHMIC, POWER, POINTS = range(7)
PARAMETERS: dict[type, tuple[int, tuple[str, ...]]] = {
    schedules.Constant: (CONSTANT, ("value",)),
    schedules.Linear: (LINEAR, ("start", "end", "duration")),
    schedules.Exponential: (EXPONENTIAL, ("start", "ratio")),
    schedules.Logarithmic: (LOGARITHMIC, ("c", "t0")),
    schedules.InverseLogarithmic: (INVERSE_LOGARITHMIC, ("c", "t0")),
    schedules.Power: (POWER, ("gamma", "t0")),
}


class Course(NamedTuple):
    """A parameter as a function of time."""

    kind: int
    since: float
    numbers: Reals


def course_of(value: Any, times: np.ndarray, values: np.ndarray) -> Course:
    """The course of a parameter with ``value``, a number or a schedule, which is ``values`` at the ``times`` of the steps, increasing."""
    if not isinstance(value, TimeDependent):
        return Course(CONSTANT, 0.0, np.array([float(value)]))
    if isinstance(value, schedules.Piecewise):
        return Course(POINTS, float(value.since), np.array(value.points).T.ravel())
    if type(value) not in PARAMETERS:
        return Course(POINTS, 0.0, np.append(times, values))
    kind, names = PARAMETERS[type(value)]
    since = float(getattr(value, "since", 0.0))
    return Course(kind, since, np.array([float(getattr(value, name)) for name in names]))


def turning_points(value: Any, begin: float, end: float) -> np.ndarray:
    """The times in (begin, end) at which a parameter with ``value`` may be outside the range of its values at both ends."""
    if not isinstance(value, schedules.Piecewise):
        return np.empty(0)
    times = value.since + np.array(value.points)[:, 0]
    return times[(begin < times) & (times < end)]


@elementary
def value_at(course, t):
    """The value at time ``t``."""
    kind, a, s = course.kind, course.numbers, max(t - course.since, 0.0)
    if kind == CONSTANT:
        return a[0]
    if kind == LINEAR:
        return a[0] + (a[1] - a[0]) * min(s / a[2], 1.0)
    if kind == EXPONENTIAL:
        return a[0] * power(a[1], s)
    if kind == LOGARITHMIC:
        return a[0] / log(a[1] + s)
    if kind == INVERSE_LOGARITHMIC:
        return log(a[1] + s) / a[0]
    if kind == POWER:
        return power(a[1] + s, a[0]) - 1.0
    points = a.size // 2
    below, above = -1, points  # the points before and after s
    while above - below > 1:
        middle = (below + above) // 2
        if a[middle] <= s:
            below = middle
        else:
            above = middle
    if below < 0:
        return a[points]
    if above == points:
        return a[2 * points - 1]
    share = (s - a[below]) / (a[above] - a[below])
    return a[points + below] + share * (a[points + above] - a[points + below])


@elementary
def range_within(course, begin, end, at_begin, at_end):
    """(lowest, highest) value at times from ``begin`` to ``end``, where it is ``at_begin`` and ``at_end``."""
    low, high = min(at_begin, at_end), max(at_begin, at_end)
    if course.kind == POINTS:
        points = course.numbers.size // 2
        for i in range(points):
            t = course.since + course.numbers[i]
            if begin < t < end:
                value = course.numbers[points + i]
                low, high = min(low, value), max(high, value)
    return low, high
