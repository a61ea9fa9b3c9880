"""A schedule as a curve over time: what acted until now by the journal, and what is scheduled. Numbers only; safe on any thread.

The time axis begins at 0 and ends at a round number: a fifth beyond what is known of the run, and beyond the end of a schedule that has
one, if that is at most MAX_REACH times as far. The value axis holds the curve with room above it; it is logarithmic where all values are
above 0 and differ by more than a factor of DECADES (STRAIGHT_DECADES where the schedule consists of straight lines).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from swarmviz.drawing.axes import decades_around, nice_above, steps_around
from swarmviz.frame import Clock
from swarmviz.journal import Change
from swarmviz.parameters import Real
from swarmviz.schedules import Linear, Piecewise, Schedule

POINTS = 120  # of a curve, evenly spaced
MIN_STEPS = 100  # on the time axis
MAX_REACH = 100  # times the run so far: a schedule that lasts longer is not shown to its end
DECADES = 30.0  # the ratio from which on a logarithmic axis is better
STRAIGHT_DECADES = (
    3000.0  # the same of straight lines; no drag on a linear axis reaches it, so that a drag towards 0 keeps the axis
)
ROOM = 1.25  # times the largest value: a point can be dragged so far at once
MAX_CORNERS = 100  # changes of a run, or points of a schedule: of more, even times alone are drawn


class ScheduleCurve(NamedTuple):
    """What is drawn of a parameter that follows a schedule.

    Attributes
    ----------
    t, y : numpy.ndarray, shapes (M,)
        The schedule as it is now, from t = 0 to ``last``.
    acted_t, acted_y : numpy.ndarray, shapes (P,)
        What acted, by the journal, from t = 0 to the end of what is known of the run; both are empty where nothing is.
    last, low, high : float
        The end of the time axis, and those of the value axis.
    log : bool
        Whether the value axis is logarithmic.
    """

    t: np.ndarray
    y: np.ndarray
    acted_t: np.ndarray
    acted_y: np.ndarray
    last: float
    low: float
    high: float
    log: bool


def corners_of(schedule: Schedule) -> list[float]:
    """The times at which a schedule has a corner: where it begins, and where a straight line ends."""
    since = float(getattr(schedule, "since", 0.0))
    if isinstance(schedule, Linear):
        return [since, since + float(schedule.duration)]
    return [since, *(since + t for t, _ in schedule.points)] if isinstance(schedule, Piecewise) else [since]


def settles_at(schedule: Schedule) -> float:
    """The time from which on a schedule is constant; −∞ where it never is, or always."""
    return corners_of(schedule)[-1] if isinstance(schedule, Linear | Piecewise) else -math.inf


def horizon(schedule: Schedule, known: float, time_step: float) -> float:
    """The end of the time axis of a run that is known until the time ``known``."""
    run, settles = max(known, MIN_STEPS * time_step), settles_at(schedule)
    return nice_above(max(1.2 * run, 1.1 * settles if settles <= MAX_REACH * run else 0.0))


def acted(name: str, changes: Sequence[tuple[Change, Clock]], t: np.ndarray) -> np.ndarray:
    """The values of parameter ``name`` at times ``t``, by the changes of a journal with their clocks, both of shape (M,)."""
    began = [float(clock.at(change.k)) for change, clock in changes]
    return _in_force(name, changes, np.searchsorted(began, t, side="right") - 1, t)


def acted_at_steps(name: str, changes: Sequence[tuple[Change, Clock]], k: np.ndarray) -> np.ndarray:
    """The same at the steps ``k``, of which the last change goes on."""
    place = np.searchsorted([change.k for change, _ in changes], k, side="right") - 1
    k0, t0, dt = np.array([clock for _, clock in changes], float).T
    return _in_force(name, changes, place, t0[place] + (k - k0[place]) * dt[place])


def _in_force(name: str, changes: Sequence[tuple[Change, Clock]], place: np.ndarray, t: np.ndarray) -> np.ndarray:
    """The values at times ``t`` of the changes that are at ``place``, all of shape (M,)."""
    out = np.empty(np.shape(t))
    with np.errstate(all="ignore"):
        for i in np.unique(place):  # as many as there are times, whatever the journal holds
            value, here = getattr(changes[i][0].dynamics, name), place == i
            out[here] = value.at(t[here]) if isinstance(value, Schedule) else float(value)
    return out


def schedule_curve(
    declared: Real, schedule: Schedule, changes: Sequence[tuple[Change, Clock]], known: float, time_step: float
) -> ScheduleCurve:
    """The curve of a parameter.

    Parameters
    ----------
    declared : Real
        The parameter: no axis leaves its range.
    schedule : Schedule
        What it follows now.
    changes : sequence of (Change, Clock)
        The journal of the run, empty where it has not begun.
    known : float
        The time until which the run is known.
    time_step : float
        Δt, by which a run that has hardly begun is measured.
    """
    last = horizon(schedule, known, time_step)
    t = _times(last, _few(corners_of(schedule)))
    acted_t = np.empty(0)
    if changes and known > 0:
        began = [float(clock.at(change.k)) for change, clock in changes[1:]]
        jumps = [time for b in _few(began) for time in (np.nextafter(b, -math.inf), b)]
        acted_t = _times(known, [*jumps, *_few(_corners_in(changes[-1][0], declared.name))])
    y = schedule.at(t)
    acted_y = acted(declared.name, changes, acted_t) if len(acted_t) else np.empty(0)
    ratio = STRAIGHT_DECADES if isinstance(schedule, Linear | Piecewise) else DECADES
    low, high, log = _value_axis(declared, np.concatenate([y, acted_y]), ratio)
    return ScheduleCurve(t, y, acted_t, acted_y, last, low, high, log)


def _few(times: list[float]) -> list[float]:
    return times if len(times) <= MAX_CORNERS else []


def _corners_in(change: Change, name: str) -> list[float]:
    value = getattr(change.dynamics, name)
    return corners_of(value) if isinstance(value, Schedule) else []


def _times(last: float, more: Sequence[float]) -> np.ndarray:
    return np.unique(np.concatenate([np.linspace(0.0, last, POINTS), [time for time in more if 0 <= time <= last]]))


def _value_axis(declared: Real, values: np.ndarray, ratio: float) -> tuple[float, float, bool]:
    """The ends of the value axis, and whether it is logarithmic."""
    least, most = (
        end if end is not None else math.copysign(math.inf, i - 0.5)
        for i, end in enumerate(declared.bounds or (None, None))
    )
    inside = values[np.isfinite(values) & (values >= least) & (values <= most)]
    lowest, highest = (float(inside.min()), float(inside.max())) if inside.size else (0.0, 0.0)
    if 0 < lowest < highest / ratio:
        return *decades_around(lowest, highest * ROOM), True
    if lowest == highest == 0.0:
        highest = min(1.0, most) if most > 0 else 0.0
    low, high = steps_around(min(lowest * ROOM, 0.0), max(highest * ROOM, 0.0))
    return max(low, least), min(high, most), False
