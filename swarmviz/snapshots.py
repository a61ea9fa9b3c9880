"""Snapshots: states of a run that are kept, so that going back need not begin at step 0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


class Snapshots:
    """The first state, and later ones at the multiples of a spacing; the spacing doubles when they are too many.

    Parameters
    ----------
    first : State
        The state at step 0.
    spacing : int
        Steps between two snapshots at first.
    """

    def __init__(self, first: Any, spacing: int):
        self._states, self._spacing = [first], spacing

    def __len__(self) -> int:
        return len(self._states)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._states)

    @property
    def first(self) -> Any:
        """The state at step 0."""
        return self._states[0]

    @property
    def last(self) -> Any:
        """The latest."""
        return self._states[-1]

    def next_after(self, k: int) -> int:
        """The step after ``k`` at which the next one is due."""
        return (k // self._spacing + 1) * self._spacing

    def is_due(self, k: int) -> bool:
        """Whether the state at step ``k`` is to be kept."""
        return k % self._spacing == 0 and k > self.last.k

    def add(self, state: Any, most: int) -> None:
        """Keep a copy of a state where one is due, and of all at most ``most``, but never fewer than two."""
        if self.is_due(state.k):
            self._states.append(_compact(state))
        while len(self._states) > max(most, 2):
            self._spacing *= 2
            self._states = [state for state in self._states if state.k % self._spacing == 0]

    def cut(self, k: float) -> None:
        """Forget those after step ``k``."""
        self._states = [state for state in self._states if state.k <= k]

    def nearest(self, k: int, *others: Any) -> Any:
        """The latest state at a step ≤ ``k``, of these and ``others``."""
        return max((state for state in (*self._states, *others) if state.k <= k), key=lambda state: state.k)

    def copy(self) -> Snapshots:
        """Others that grow on their own; the states, which never change, are shared."""
        other = Snapshots(self.first, self._spacing)
        other._states = list(self._states)
        return other


def state_bytes(state: Any) -> int:
    """Memory of the arrays of a state, and of the states in it."""
    return sum(
        part.nbytes if isinstance(part, np.ndarray) else state_bytes(part)
        for part in state
        if isinstance(part, (np.ndarray, tuple))
    )


def _compact(state: Any) -> Any:
    """A copy without the padding that kernels want around their arrays."""
    arrays = {name: value.copy() for name, value in state._asdict().items() if isinstance(value, np.ndarray)}
    return state._replace(**arrays)
