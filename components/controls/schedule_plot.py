"""The schedules in use as the browser draws them under their menus: curve, axes and points that can be dragged.

A plot is made when its schedule, the journal or the end of its time axis has changed, never because time has passed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from components.controls.schedule_drag import MAX_POINTS
from swarmviz.drawing.axes import decade_ticks, even_ticks, texts_of
from swarmviz.drawing.schedule import ScheduleCurve, horizon, schedule_curve
from swarmviz.drawing.schedule_handles import handles_of
from swarmviz.frame import Clock
from swarmviz.journal import Change, Journal
from swarmviz.parameters import Described, Real, is_used
from swarmviz.schedules import Begun, Piecewise

DIGITS = 5  # of a drawn number
FURTHEST = 1e300  # a larger number is drawn as this
LATER_SHARE = 0.5  # of the time axis after the beginning: where a curve without an end is taken hold of


class Lived(NamedTuple):
    """What is known of a run: its journal, and the latest step that is known."""

    journal: Journal
    furthest: int


class SchedulePlots:
    """The plots of the schedules in use, each made anew only where something in it has changed."""

    def __init__(self) -> None:
        self._journal: Journal | None = None
        self._clocks: list[tuple[Change, Clock]] = []
        self._made: dict[str, tuple[Any, dict[str, Any]]] = {}  # row → what its plot was made of, and the plot
        self._plots: dict[str, dict[str, Any]] = {}

    def of(self, parts: Mapping[str, Described], lived: Lived | None) -> dict[str, dict[str, Any]]:
        """Row name → plot, of every parameter of ``parts`` that follows a schedule and matters; ``lived`` is None before a run began.

        The same dict as before where nothing has changed: to compare hundreds of numbers takes longer than to see that it is the same.
        """
        in_use = [
            (f"{prefix}.{name}.curve", declared, schedule, getattr(part, "time_step", 1.0))
            for prefix, part in parts.items()
            for name, declared in part.declared().items()
            if isinstance(schedule := getattr(part, name), Begun) and is_used(part, declared)
        ]
        if not in_use and not self._made:
            return self._plots
        journal = lived.journal if lived else None
        if journal is not self._journal:
            self._journal, self._clocks = journal, journal.clocks() if journal else []
        known = float(self._clocks[-1][1].at(lived.furthest)) if lived else 0.0
        before, self._made = self._made, {row: self._plot(row, *rest, known) for row, *rest in in_use}
        if before.keys() != self._made.keys() or any(self._made[row] is not before[row] for row in before):
            self._plots = {row: plot for row, (_, plot) in self._made.items()}
        return self._plots

    def _plot(
        self, row: str, declared: Real, schedule: Begun, time_step: float, known: float
    ) -> tuple[Any, dict[str, Any]]:
        """What a plot is made of, and the plot; the one that there is, where that is the same."""
        source = (schedule, time_step, self._journal, horizon(schedule, known, time_step))
        old = self._made.get(row)
        if old and all(a is b or (i != 2 and a == b) for i, (a, b) in enumerate(zip(old[0], source, strict=True))):
            return old
        return source, plot_of(declared, schedule, schedule_curve(declared, schedule, self._clocks, known, time_step))


def plot_of(declared: Real, schedule: Begun, curve: ScheduleCurve) -> dict[str, Any]:
    """What the browser draws of a curve."""
    later = max(LATER_SHARE * (curve.last - schedule.since), 0.0) or curve.last
    handles = handles_of(schedule, float(f"{later:.3g}"))
    grows = isinstance(schedule, Piecewise) and len(schedule.points) <= MAX_POINTS
    ticks = decade_ticks(curve.low, curve.high) if curve.log else even_ticks(curve.low, curve.high)
    return {
        "symbol": declared.symbol or declared.name,
        "t": _rounded(curve.t),
        "y": _rounded(curve.y),
        "acted": [_rounded(curve.acted_t), _rounded(curve.acted_y)],
        "since": schedule.since,
        "last": curve.last,
        "low": curve.low,
        "high": curve.high,
        "log": curve.log,
        "ticks": [_ticks(even_ticks(0.0, curve.last)), _ticks([v for v in ticks if curve.low <= v <= curve.high])],
        "range": _range(declared),
        "handles": [h._asdict() for h in handles if np.isfinite(h.value)] if len(handles) <= MAX_POINTS else [],
        "most": MAX_POINTS if grows else 0,
    }


def _rounded(values: np.ndarray) -> list[float]:
    kept = np.clip(np.nan_to_num(values, posinf=FURTHEST, neginf=-FURTHEST), -FURTHEST, FURTHEST)
    return [float(f"{v:.{DIGITS}g}") for v in kept.tolist()]


def _ticks(values: Sequence[float]) -> list[tuple[float, str]]:
    return list(zip(values, texts_of(values), strict=True)) if values else []


def _range(declared: Real) -> list[float | None]:
    """The least and the largest value that a point may have; None where there is no limit."""
    low, high = declared.bounds or (None, None)
    ends: list[float | None] = []
    for end, other in ((low, high), (high, low)):
        inside = end is None or declared.contains(end)
        ends.append(end if inside else float(np.nextafter(end, 0.0 if other is None else other)))
    return ends
