"""The record of a run: one value per observable and recorded step, from step 0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from swarmviz.summary import summary


class Record(Mapping):
    """Name → array of shape (recorded steps,); "k" and "t" are the steps and times.

    Parameters
    ----------
    every : int
        Steps that are multiples of it are recorded.
    limit : int, optional
        When more values than this have come together, every second one is dropped and ``every`` doubles, so that the
        record of a run of any length stays bounded.
    """

    def __init__(self, every: int = 1, limit: int | None = None):
        self.every, self.limit = every, limit
        self._size = 0
        self._columns: dict[str, np.ndarray] = {}

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._columns:
            raise KeyError(f"{name!r} is not recorded; recorded are {', '.join(self._columns) or 'no observables yet'}")
        view = self._columns[name][: self._size].view()
        view.flags.writeable = False
        return view

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __repr__(self) -> str:
        return f"Record({self._size} steps of {', '.join(self._columns) or 'no observables yet'})"

    def _repr_html_(self) -> str | None:
        """What a notebook shows."""
        return summary(self)

    def extend(self, rows: dict[str, np.ndarray]) -> None:
        """Append the rows of a few more steps, those that are multiples of ``every``."""
        if self._size and self.every > 1 and not (here := rows["k"] % self.every == 0).all():
            rows = {name: new[here] for name, new in rows.items()}
        size = self._size + len(rows["k"])
        for name, new in rows.items():
            old = self._columns.get(name, np.empty(0, new.dtype))
            if size > len(old):
                grown = np.empty(max(2 * len(old), size, 64), new.dtype)
                grown[: self._size] = old[: self._size]
                self._columns[name] = old = grown
            old[self._size : size] = new
        self._size = size
        while self.limit and self._size > self.limit:
            self._thin()

    def copy(self) -> Record:
        """A record with the same values, which grows on its own."""
        other = Record(self.every, self.limit)
        other._size = self._size
        other._columns = {name: column.copy() for name, column in self._columns.items()}
        return other

    def until(self, k: int) -> dict[str, np.ndarray]:
        """Name → what was recorded up to step ``k``."""
        size = int(np.searchsorted(self["k"], k, side="right")) if self._size else 0
        return {name: self[name][:size] for name in self}

    def cut(self, k: int) -> None:
        """Forget everything after step ``k``."""
        if self._size:
            self._size = int(np.searchsorted(self["k"], k, side="right"))

    def _thin(self) -> None:
        self.every *= 2
        keep = self["k"] % self.every == 0
        for name in self._columns:
            self._columns[name] = self[name][keep].copy()
        self._size = int(keep.sum())
