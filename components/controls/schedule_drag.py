"""A drag of a schedule's curve, as the browser sends it: checked before it costs anything."""

from __future__ import annotations

from typing import Any

from swarmviz.drawing.schedule_handles import handles_of, moved
from swarmviz.parameters import Real
from swarmviz.schedules import Begun, Piecewise

MAX_POINTS = 64  # that can be dragged; a piecewise linear schedule with more is edited as text


def dragged(declared: Real, schedule: Any, message: Any) -> Begun:
    """The schedule after a drag.

    Parameters
    ----------
    declared : Real
        The parameter, whose range holds for the points.
    schedule : Schedule
        What it followed before.
    message : dict
        As the browser sent it: ``moved``, the place of the handle, and ``points``, the pairs (time since the beginning, value) of all.

    Raises
    ------
    ValueError
        When it is no such message, a time is below 0, times do not increase, or a value is out of the parameter's range.
    """
    if not isinstance(schedule, Begun):
        raise ValueError(f"{declared.name} = {schedule!r}: follows no schedule whose points could be dragged")
    points = _points(declared, message)
    if isinstance(schedule, Piecewise):
        return Piecewise(points, since=schedule.since)
    place, count = message.get("moved"), len(handles_of(schedule, 1.0))
    if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < count == len(points):
        raise ValueError(f"moved = {place!r:.40}: must be the place of one of {count} points of {declared.name}")
    return moved(schedule, place, *points[place])


def _points(declared: Real, message: Any) -> list[tuple[float, float]]:
    """The points of a message, checked."""
    points = message.get("points") if isinstance(message, dict) else None
    if not isinstance(points, list) or not 1 <= len(points) <= MAX_POINTS:
        raise ValueError(f"points of {declared.name}: must be 1 to {MAX_POINTS} pairs (t, value)")
    most = Begun.param.since.bounds[1]
    for pair in points:
        if not isinstance(pair, list | tuple) or len(pair) != 2 or not all(map(_is_number, pair)):
            raise ValueError(f"points of {declared.name}: must be pairs of finite numbers, not {pair!r:.60}")
        if not 0 <= pair[0] <= most:
            raise ValueError(f"points of {declared.name}: time {pair[0]:g} must be from 0 to {most:g}")
        if not declared.contains(pair[1]):
            declared.refuse(pair[1], f"a point of its schedule must keep {declared.range_text}")
    return [(float(s), float(value)) for s, value in points]


def _is_number(x: Any) -> bool:
    return isinstance(x, int | float) and not isinstance(x, bool) and abs(x) <= 1e300  # NaN is not
