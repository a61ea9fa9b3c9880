"""The events of one run as they are found: what was seen, and what the next steps are compared with.

Events are looked for at the steps that are recorded anyway, so that they cost next to nothing: at multiples of ``every``, and of twice as
many steps whenever a record of ``limit`` values would be full (:func:`spacing_at`). That depends on the step alone, not on how steps were
batched or on what was known before, so a run that is lived again has the same events.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

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


class Seen(NamedTuple):
    """The steps of the events of a kind, in order, and the values of its observable there."""

    steps: array[int]
    values: array[float]

    @classmethod
    def nothing(cls) -> Seen:
        """Of a kind that has not happened."""
        return cls(array("q"), array("d"))

    def between(self, first: int, last: int) -> Seen:
        """A copy of those from place ``first`` to ``last``, which is left out."""
        return Seen(self.steps[first:last], self.values[first:last])

    def cut(self, k: int) -> None:
        """Forget those after step ``k``."""
        place = bisect_right(self.steps, k)
        del self.steps[place:], self.values[place:]


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
        # All events of each kind: fewer numbers than the record has. The record is thinned, so that it may have lost their values.
        self._seen: dict[Kind, Seen] = {}
        self._diverged: Event | None = None
        self._of: tuple[Dynamics, Landscape] | None = None  # the parameters of ``_looking``
        self._looking = Looking((), np.zeros(0))
        self._before = np.zeros(0)  # the observables at the step that was looked at last

    def copy(self) -> EventLog:
        """Another that grows on its own."""
        other = EventLog(self._n, self._d, self.every, self.limit)
        other.__dict__.update(self.__dict__)
        other._seen = {kind: seen.between(0, len(seen.steps)) for kind, seen in self._seen.items()}
        return other

    def begin(self, change: Change, rows: Mapping[str, np.ndarray]) -> None:
        """Step 0 has been recorded."""
        self.compare_with(change, rows)
        if len(self._before):
            table = self._before[:, None]
            self._keep(self._looking.at_once(table), np.zeros(1, int), table)

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
        self._keep(self._looking.happened(before, table), rows["k"][here], table)

    def diverge(self, k: int) -> None:
        """The step after ``k`` cannot be made."""
        self._diverged = Event(k, DIVERGED)

    def cut(self, k: int) -> None:
        """Forget everything after step ``k``."""
        self._diverged = None
        for seen in self._seen.values():
            seen.cut(k)

    def events(self, journal: Journal, furthest: int) -> Events:
        """The first ``MOST_EVENTS`` of each kind, with those that the journal tells."""
        found, cut_short = [self._diverged] if self._diverged else [], {}
        for kind, seen in self._seen.items():
            kept = seen.between(0, MOST_EVENTS)
            found += [Event(k, kind, value) for k, value in zip(kept.steps, kept.values, strict=True)]
            if len(seen.steps) > MOST_EVENTS:
                cut_short[kind.name] = seen.steps[MOST_EVENTS]
        for kind, steps in _told_by(journal, -1, furthest).items():
            found += [Event(k, kind) for k in steps[:MOST_EVENTS]]
            if len(steps) > MOST_EVENTS:
                cut_short[kind.name] = steps[MOST_EVENTS]
        return Events(found, cut_short)

    def first(self, names: Collection[str], journal: Journal, after: int, until: int) -> tuple[Event, ...]:
        """The earliest events of some kinds at the steps ``after`` < k ≤ ``until``: all of that step, or none; also of those beyond the
        first ``MOST_EVENTS``. ``until`` is known.
        """
        told = _told_by(journal, after, until) if {CHANGED.name, SCHEDULE.name} & set(names) else {}
        found: list[Event] = []
        for kind, seen in self._seen.items():
            place = bisect_right(seen.steps, after) if kind.name in names else len(seen.steps)
            if place < len(seen.steps) and seen.steps[place] <= until:
                found.append(Event(seen.steps[place], kind, seen.values[place]))
        found += [Event(steps[0], kind) for kind, steps in told.items() if kind.name in names and steps]
        return tuple(event for event in found if event.k == min(other.k for other in found))

    def steps(self, kind: Kind, after: int, until: int) -> array[int]:
        """The steps ``after`` < k ≤ ``until`` of all events of a kind that is found in the record; empty for one that the journal tells."""
        steps = self._seen.get(kind, Seen.nothing()).steps
        return steps[bisect_right(steps, after) : bisect_right(steps, until)]

    def last_look(self, k: int) -> int:
        """The last step ≤ ``k`` at which events were looked for."""
        return int(k - k % spacing_at(k, self.every, self.limit))

    def _keep(self, happened: np.ndarray, k: np.ndarray, table: np.ndarray) -> None:
        """Note the steps of each kind, and the values of ``table`` there."""
        for kind, where, values in zip(self._looking.kinds, happened, table, strict=True):
            if where.any():
                seen = self._seen.setdefault(kind, Seen.nothing())
                seen.steps.extend(k[where].tolist())
                seen.values.extend(values[where].tolist())


def _told_by(journal: Journal, after: int, until: int) -> dict[Kind, list[int]]:
    """Steps ``after`` < k ≤ ``until`` at which parameters were changed, and at which a schedule reaches one of its points."""
    changed = [k for k in journal.steps[1:] if after < k <= until]
    points = set()
    for (change, clock), end in zip(journal.clocks(), [*journal.steps[1:], until], strict=True):
        if end <= after or change.k > until:
            continue
        for value in change.dynamics.values_now().values():
            for t in breakpoints(value):
                k = int(np.ceil(clock.k0 + (t - clock.t0) / clock.dt - 1e-9)) if np.isfinite(t) else -1
                if max(change.k, after + 1, 1) <= k <= min(end, until):
                    points.add(k)
    return {CHANGED: changed, SCHEDULE: sorted(points)}


def breakpoints(value: Any) -> list[float]:
    """The times at which a schedule reaches one of its points or its end; none of anything else."""
    if not isinstance(value, Begun):
        return []
    if isinstance(value, Piecewise):
        return [float(value.since + t) for t, _ in value.points]
    return [float(value.since + value.duration)] if isinstance(value, Linear) else []
