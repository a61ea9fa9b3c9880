"""The states of runs that differ in nothing but their seeds and initial positions, as one State.

To make a State for each run, pass it to a kernel and read the results takes Python longer than a kernel needs for a hundred steps of
a small swarm, and while one thread runs Python the others wait. So the states of many runs are one State whose arrays have the run as
their first axis, and a dynamics takes and returns them in one piece.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Number
from typing import Any

import numpy as np

from swarmviz.frame import Clock, Diverged, Observable
from swarmviz.kernels.blocks import agent_of, aligned_rows, to_blocks
from swarmviz.kernels.packs import FINE

RecordRows = dict[str, np.ndarray]  # step, time and each observable → one value per recorded step
COMMON = ("k", "clock", "n", "d")  # fields of a State that are the same for all


class StateBatch(Sequence):
    """The states of some runs; ``batch[r]`` is that of run r.

    Attributes
    ----------
    all : State
        Each of its arrays has the run as its first axis, also where the field of a single State is a number or an object; what is
        no array is the same for all.
    """

    def __init__(self, states: Any):
        self.all = states

    @classmethod
    def initial(cls, kind: Any, clock: Clock, x: np.ndarray, seeds: np.ndarray, **fields: np.ndarray) -> StateBatch:
        """At step 0, from positions (runs, N, d), seeds (runs,) and the further fields of a ``kind`` of State."""
        _, n, d = x.shape
        return cls(kind(k=0, clock=clock, seed=seeds, n=n, d=d, x=to_blocks(x), **fields))

    @classmethod
    def of(cls, states: Sequence[Any]) -> StateBatch:
        """From the states of single runs."""
        if isinstance(states, StateBatch):
            return states
        first = states[0]
        columns = zip(first._fields, zip(*states, strict=True), strict=True)
        return cls(type(first)(*(values[0] if name in COMMON else _rows(values) for name, values in columns)))

    def select(self, which: np.ndarray) -> StateBatch:
        """The states of the runs that a mask (runs,) marks."""
        if which.all():
            return self
        return StateBatch(
            type(self.all)(*(value[which] if isinstance(value, np.ndarray) else value for value in self.all))
        )

    def __len__(self) -> int:
        return len(self.all.seed)

    def __getitem__(self, r: Any) -> Any:
        return type(self.all)(*(_row(value, r) if isinstance(value, np.ndarray) else value for value in self.all))


class BatchResult(Sequence):
    """What became of some runs; ``outcomes[r]`` is (State, RecordRows) of run r, or how it diverged.

    Attributes
    ----------
    after : StateBatch
        The states; those of runs that diverged mean nothing.
    failures : (runs, 2) int
        Step and agent of the first energy that is not finite, (−1, −1) when all are.
    k : (recorded steps,) int
    tables : (runs, observables, recorded steps)
    """

    def __init__(
        self,
        after: StateBatch,
        failures: np.ndarray,
        k: np.ndarray,
        tables: np.ndarray,
        observables: Sequence[Observable],
        why: Mapping[tuple[int, int], Diverged] | None = None,
    ):
        self.after, self.failures, self.k, self.tables = after, failures, k, tables
        self._observables = observables
        self._why = why or {}  # by seed and step, where another reason is known than F

    @classmethod
    def of(cls, states: StateBatch, outcomes: Sequence[Any], observables: Sequence[Observable]) -> BatchResult:
        """From what became of each of some states, where a dynamics took them one by one."""
        if isinstance(outcomes, BatchResult):
            return outcomes
        fine = [outcome for outcome in outcomes if not isinstance(outcome, Diverged)]
        blank = fine[0] if fine else (states[0], {"k": np.empty(0, int)} | {o.name: np.empty(0) for o in observables})
        failures = [(o.step, o.agent) if isinstance(o, Diverged) else (FINE, FINE) for o in outcomes]
        pairs = [blank if isinstance(outcome, Diverged) else outcome for outcome in outcomes]
        tables = np.array([[rows[o.name] for o in observables] for _, rows in pairs])
        return cls(StateBatch.of([state for state, _ in pairs]), np.array(failures), blank[1]["k"], tables, observables)

    @property
    def fine(self) -> np.ndarray:
        """Which runs did not diverge, (runs,)."""
        return self.failures[:, 0] == FINE

    def select(self, which: np.ndarray) -> BatchResult:
        """What became of the runs that a mask (runs,) marks."""
        if which.all():
            return self
        return BatchResult(
            self.after.select(which), self.failures[which], self.k, self.tables[which], self._observables, self._why
        )

    def series(self, name: str) -> np.ndarray:
        """An observable of all runs, (runs, recorded steps)."""
        return self.tables[:, [o.name for o in self._observables].index(name)]

    def __len__(self) -> int:
        return len(self.after)

    def __getitem__(self, r: Any) -> Any:
        step, agent = self.failures[r].tolist()
        if step != FINE:
            return self._why.get((int(self.after.all.seed[r]), step)) or Diverged(step, agent)
        return self.after[r], named(self.k, self.after.all.clock, self._observables, self.tables[r])


def lowest_agents(states: Any) -> np.ndarray:
    """Where the lowest agent of each run is, (runs, d), from the State of a batch: its first one, if several are as low."""
    return agent_of(states.x, states.n, states.d, states.energy.argmin(axis=1))


def named(k: np.ndarray, clock: Clock, observables: Sequence[Observable], table: np.ndarray) -> RecordRows:
    """The rows of a table under the names of the observables, with step and time."""
    return {"k": k, "t": clock.at(k)} | {o.name: row for o, row in zip(observables, table, strict=True)}


def _rows(values: Sequence[Any]) -> np.ndarray:
    """The values of a field in all runs, (runs, …)."""
    first = values[0]
    if not isinstance(first, np.ndarray):
        return np.array(values) if isinstance(first, Number) else np.fromiter(values, object, len(values))
    if len(values) == 1:
        return first[None]
    if first.dtype != np.float64 or first.ndim != 1:
        return np.stack(values)
    rows = aligned_rows(len(values), first.size)
    for row, value in zip(rows, values, strict=True):
        row[:] = value
    return rows


def _row(values: np.ndarray, r: int) -> Any:
    """The value in run ``r``."""
    return values[r] if values.ndim > 1 else values.item(r)
