"""Runs that differ in nothing but their seeds and starts, kept together.

To make a State for each run, hand it to a kernel and read the results takes Python longer than a kernel needs for a hundred steps of
a small swarm, and while one thread runs Python the others wait. So a dynamics of small swarms keeps the states of many runs as one State
whose arrays have the run as their first axis, and takes and returns them in one piece.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from swarmviz.blocks import agent_of, aligned_rows, to_blocks
from swarmviz.dynamics.base import FINE, Dynamics, named
from swarmviz.frame import Clock, Diverged, Observable

COMMON = ("k", "clock", "n", "d")  # fields of a State that are the same for all


class Stack(Sequence):
    """The states of some runs; ``stack[r]`` is that of run r.

    Attributes
    ----------
    all : State
        Each of its arrays has the run as its first axis, also where the field of a single State is a number; what is no array
        is the same for all.
    """

    def __init__(self, states: Any):
        self.all = states

    @classmethod
    def born(cls, kind: Any, clock: Clock, x: np.ndarray, seeds: np.ndarray, **fields: np.ndarray) -> Stack:
        """At step 0, from positions (runs, N, d), seeds (runs,) and the further fields of a ``kind`` of State."""
        _, n, d = x.shape
        return cls(kind(k=0, clock=clock, seed=seeds, n=n, d=d, x=to_blocks(x), **fields))

    @classmethod
    def of(cls, states: Sequence[Any]) -> Stack:
        """From the states of single runs."""
        if isinstance(states, Stack):
            return states
        first = states[0]
        columns = zip(first._fields, zip(*states, strict=True), strict=True)
        return cls(type(first)(*(values[0] if name in COMMON else _rows(values) for name, values in columns)))

    def __len__(self) -> int:
        return len(self.all.seed)

    def __getitem__(self, r: Any) -> Any:
        return type(self.all)(*(_row(value, r) if isinstance(value, np.ndarray) else value for value in self.all))


class Outcomes(Sequence):
    """What became of some runs; ``outcomes[r]`` is (State, Record) of run r, or how it diverged.

    Attributes
    ----------
    after : Stack
        The states; those of runs that diverged mean nothing.
    ends : (runs, 2) int
        Step and agent of the first energy that is not finite, (−1, −1) when all are.
    tables : (runs, observables, recorded steps)
    """

    def __init__(
        self, after: Stack, ends: np.ndarray, k: np.ndarray, tables: np.ndarray, observables: Sequence[Observable]
    ):
        self.after, self.ends, self.tables = after, ends, tables
        self._k, self._observables = k, observables

    @property
    def fine(self) -> bool:
        """Whether no run diverged."""
        return bool((self.ends[:, 0] == FINE).all())

    def course(self, name: str) -> np.ndarray:
        """An observable of all runs, (runs, recorded steps)."""
        return self.tables[:, [o.name for o in self._observables].index(name)]

    def __len__(self) -> int:
        return len(self.after)

    def __getitem__(self, r: Any) -> Any:
        step, agent = self.ends[r].tolist()
        if step != FINE:
            return Diverged(step, agent)
        return self.after[r], named(self._k, self.after.all.clock, self._observables, self.tables[r])


class Together(Dynamics):
    """A dynamics that takes runs together; a single one is a Stack of one."""

    def init(self, x, landscape, seed):
        return self.init_many(x[None], landscape, np.array([seed]))[0]

    def init_many(self, x, landscape, seeds):
        raise NotImplementedError

    def advance(self, state, landscape, steps, every=1, start=False):
        outcome = self.advance_many([state], landscape, steps, every, start)[0]
        if isinstance(outcome, Diverged):
            raise outcome
        return outcome

    def advance_many(self, states, landscape, steps, every=1, start=False):
        raise NotImplementedError


def lowest_agents(states: Any) -> np.ndarray:
    """Where the lowest agent of each run is, (runs, d), from the State of a Stack: its first one, if several are as low."""
    return agent_of(states.x, states.n, states.d, states.energy.argmin(axis=1))


def _rows(values: Sequence[Any]) -> np.ndarray:
    """The values of a field in all runs, (runs, …)."""
    if not isinstance(values[0], np.ndarray):
        return np.array(values)
    if len(values) == 1:
        return values[0][None]
    rows = aligned_rows(len(values), values[0].size) if values[0].dtype == np.float64 else np.stack(values)
    for row, value in zip(rows, values, strict=True):
        row[:] = value
    return rows


def _row(values: np.ndarray, r: int) -> Any:
    """The value in run ``r``."""
    return values[r] if values.ndim > 1 else values[r].item()
