"""The points by which a schedule's curve is dragged: where they lie, and which schedule passes through one that was moved.

Times are counted from the schedule's beginning. A formula with two constants has at most two points: its first value and a later one.
"""

from __future__ import annotations

import math
from functools import singledispatch
from typing import Any, NamedTuple

from swarmviz.parameters import Real
from swarmviz.schedules import Begun, Exponential, InverseLogarithmic, Linear, Logarithmic, Piecewise, Power

DIGITS = 6  # of a constant that follows from a point
LEAST_SHARE = 1e-6  # of a curve that never reaches 0: a point at 0 is taken as this
MAX_EXPONENT = 700.0  # e to it is a number


class Handle(NamedTuple):
    """A point that can be dragged: what it is, its time since the beginning, its value, and whether its time can change."""

    label: str
    s: float
    value: float
    in_time: bool = False


@singledispatch
def handles_of(schedule: Any, later: float) -> list[Handle]:
    """The points of a schedule; ``later`` is a time after its beginning, where a formula that has no end is taken hold of."""
    return []


@singledispatch
def through(schedule: Any, place: int, s: float, value: float) -> dict[str, Any]:
    """The constants, by name, with which the formula passes through a point when the handle ``place`` is dragged there."""
    return {}


def moved(schedule: Begun, place: int, s: float, value: float) -> Begun:
    """The schedule of the same kind whose handle ``place`` lies at (s, value), as nearly as the ranges of its constants allow.

    Raises
    ------
    ValueError
        When there is none.
    """
    found = {name: _within(schedule.param[name], x) for name, x in through(schedule, place, s, value).items()}
    return type(schedule)(**schedule.values_now() | found)


def _within(declared: Real, x: float) -> float:
    """A constant rounded, and moved into its range."""
    low, high = declared.bounds
    x = float(f"{min(max(x, low), high):.{DIGITS}g}")
    return x if declared.contains(x) else low + LEAST_SHARE * min(1.0, high - low)


# ---- the kinds -------------------------------------------------------------------------------------------------------------


@handles_of.register
def _(schedule: Linear, later):
    return [
        Handle("first value", 0.0, float(schedule.start)),
        Handle("last value", float(schedule.duration), float(schedule.end), in_time=True),
    ]


@through.register
def _(schedule: Linear, place, s, value):
    return {"start": value} if place == 0 else {"end": value, "duration": s}


def _value(schedule: Begun, s: float) -> float:
    return float(schedule.at(schedule.since + s))


@handles_of.register
def _(schedule: Exponential, later):
    return [Handle("first value", 0.0, float(schedule.start)), Handle("a later value", later, _value(schedule, later))]


@through.register
def _(schedule: Exponential, place, s, value):
    if place == 0:
        return {"start": value}
    if not schedule.start:
        raise ValueError(
            "ratio: the first value is 0, and so are all others; drag the first point or type another value"
        )
    share = max(value / schedule.start, LEAST_SHARE)
    return {"ratio": math.exp(min(math.log(share) / s, MAX_EXPONENT)) if s else schedule.ratio}


@handles_of.register
def _(schedule: Logarithmic, later):
    return [Handle("first value", 0.0, _value(schedule, 0.0))]


@through.register
def _(schedule: Logarithmic, place, s, value):
    return {"c": value * math.log(schedule.t0 + s)}


@handles_of.register
def _(schedule: InverseLogarithmic, later):
    return [Handle("a later value", later, _value(schedule, later))]


@through.register
def _(schedule: InverseLogarithmic, place, s, value):
    return {"c": math.log(schedule.t0 + s) / max(value, LEAST_SHARE)}


@handles_of.register
def _(schedule: Power, later):
    return [Handle("first value", 0.0, _value(schedule, 0.0)), Handle("a later value", later, _value(schedule, later))]


@through.register
def _(schedule: Power, place, s, value):
    above = math.log1p(max(value, 0.0))
    if place == 0:
        return {"t0": math.exp(min(above / schedule.gamma, MAX_EXPONENT))}
    length = math.log(schedule.t0 + s)
    return {"gamma": above / length} if length else {}


@handles_of.register
def _(schedule: Piecewise, later):
    return [Handle(f"point {i}", s, value, in_time=True) for i, (s, value) in enumerate(schedule.points, 1)]
