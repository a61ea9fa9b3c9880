"""The events of one run as they are found: what was seen, and what the next steps are compared with.

Events are looked for at the steps that are recorded anyway, so that they cost next to nothing: at multiples of ``every``, and of twice as
many steps whenever a record of ``limit`` values would be full (:func:`spacing_at`). That depends on the step alone, not on how steps were
batched or on what was known before, so a run that is lived again has the same events.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from swarmviz.dynamics.base import Dynamics
from swarmviz.events import CHANGED, DIVERGED, MOST_EVENTS, SCHEDULE, Event, Events, Kind, Looking
from swarmviz.journal import Change, Journal
from swarmviz.landscapes.base import Landscape
from swarmviz.schedules import Begun, Linear, Piecewise


def spacing_at(k: Any, every: int, limit: int | None) -> Any:
    """The spacing of the steps at which events are looked for, at step ``k`` (a number or an array): that of a record that ends there."""
    if limit is None:
        return every + 0 * k
    fold = np.maximum(1, -(-(np.asarray(k) // every + 1) // limit))  # records that the steps up to k would fill
    return every * 2 ** np.ceil(np.log2(fold)).astype(int)


class EventLog:
    """What has happened in a run.

    Parameters
    ----------
    n, d : int
        Agents and dimensions.
    every, limit : int, int or None
        As of the record.
    """

    def __init__(self, n: int, d: int, every: int, limit: int | None):
        self._n, self._d, self.every, self.limit = n, d, every, limit
        self._seen: dict[str, list[Event]] = {}
        self._cut_short: dict[str, int] = {}
        self._diverged: Event | None = None
        self._of: tuple[Dynamics, Landscape] | None = None  # the parameters of ``_looking``
        self._looking = Looking((), np.zeros(0))
        self._before = np.zeros(0)  # the observables at the step that was looked at last

    def copy(self) -> EventLog:
        """Another that grows on its own."""
        other = EventLog(self._n, self._d, self.every, self.limit)
        other.__dict__.update(self.__dict__)
        other._seen = {name: list(events) for name, events in self._seen.items()}
        other._cut_short = dict(self._cut_short)
        return other

    def begin(self, change: Change, rows: Mapping[str, np.ndarray]) -> None:
        """Step 0 has been recorded."""
        self.compare_with(change, rows)
        if len(self._before):
            self._keep(self._looking.at_once(self._before[:, None]), np.zeros(1, int))

    def compare_with(self, change: Change, rows: Mapping[str, np.ndarray]) -> None:
        """What follows has these parameters, and is compared with the last of these rows, which were measured with them."""
        self._looking = Looking.at(change.dynamics, change.landscape, self._n, self._d)
        self._before = self._looking.table(rows, -1) if self._looking.kinds else np.zeros(0)

    def extend(self, rows: Mapping[str, np.ndarray]) -> None:
        """A few more steps have been recorded, all with the same parameters."""
        self._diverged = None
        if not self._looking.kinds or not len(rows["k"]):
            return
        here = rows["k"] % spacing_at(rows["k"], self.every, self.limit) == 0
        if not here.any():
            return
        table = self._looking.table(rows, here)
        before = np.concatenate([self._before[:, None], table[:, :-1]], axis=1)
        self._before = table[:, -1]
        self._keep(self._looking.happened(before, table), rows["k"][here])

    def diverge(self, k: int) -> None:
        """The step after ``k`` cannot be made."""
        self._diverged = Event(k, DIVERGED)

    def cut(self, k: int) -> None:
        """Forget everything after step ``k``."""
        self._diverged = None
        for name, events in self._seen.items():
            self._seen[name] = [event for event in events if event.k <= k]
        self._cut_short = {name: first for name, first in self._cut_short.items() if first <= k}

    def events(self, journal: Journal, furthest: int) -> Events:
        """All of them, with those that the journal tells."""
        told = {kind.name: list(steps) for kind, steps in _told_by(journal, furthest).items()}
        cut_short = dict(self._cut_short)
        found = [event for events in self._seen.values() for event in events]
        for kind in (CHANGED, SCHEDULE):
            steps = told[kind.name]
            found += [Event(k, kind) for k in steps[:MOST_EVENTS]]
            if len(steps) > MOST_EVENTS:
                cut_short[kind.name] = steps[MOST_EVENTS]
        return Events([*found, *([self._diverged] if self._diverged else [])], cut_short)

    def last_look(self, k: int) -> int:
        """The last step ≤ ``k`` at which events were looked for."""
        return int(k - k % spacing_at(k, self.every, self.limit))

    def _keep(self, happened: np.ndarray, k: np.ndarray) -> None:
        """Note the first ones of each kind."""
        for kind, where in zip(self._looking.kinds, happened, strict=True):
            if not where.any():
                continue
            kept, steps = self._seen.setdefault(kind.name, []), k[where].tolist()
            room = 0 if kind.name in self._cut_short else MOST_EVENTS - len(kept)
            kept += [Event(step, kind) for step in steps[:room]]
            if len(steps) > room:
                self._cut_short.setdefault(kind.name, steps[room])


def _told_by(journal: Journal, furthest: int) -> dict[Kind, list[int]]:
    """The steps at which parameters were changed, and those at which a schedule reaches one of its points."""
    changed = [k for k in journal.steps[1:] if k <= furthest]
    points = set()
    for (change, clock), end in zip(journal.clocks(), [*journal.steps[1:], furthest], strict=True):
        for value in change.dynamics.values_now().values():
            for t in breakpoints(value):
                k = int(np.ceil(clock.k0 + (t - clock.t0) / clock.dt - 1e-9)) if np.isfinite(t) else -1
                if max(change.k, 1) <= k <= end:
                    points.add(k)
    return {CHANGED: changed, SCHEDULE: sorted(points)}


def breakpoints(value: Any) -> list[float]:
    """The times at which a schedule reaches one of its points or its end; none of anything else."""
    if not isinstance(value, Begun):
        return []
    if isinstance(value, Piecewise):
        return [float(value.since + t) for t, _ in value.points]
    return [float(value.since + value.duration)] if isinstance(value, Linear) else []
