"""How far replicas are apart: the 10–90% band and the median of what they recorded, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from swarmviz.record import Record

LEVELS = (0.1, 0.5, 0.9)


class Band(NamedTuple):
    """Quantiles of one observable over ``runs`` runs: at the steps ``k`` the 10%, 50% and 90% quantile, all of shape (K,)."""

    k: np.ndarray
    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray
    runs: int

    @property
    def label(self) -> str:
        """Its name in a legend."""
        return f"{self.runs} replicas, {LEVELS[0]:.0%}–{LEVELS[-1]:.0%}".replace("%–", "–")

    def until(self, k: float) -> Band:
        """The band up to step ``k``."""
        size = int(np.searchsorted(self.k, k, side="right"))
        return Band(*(part[:size] for part in self[:4]), self.runs)


def quantiles(table: np.ndarray) -> np.ndarray:
    """10%, 50% and 90% quantiles of the columns of ``table`` (runs, K), shape (3, K), by numpy's linear rule.

    A run without a value (it has diverged) is left out; where no run has one, the result is NaN.
    """
    out = np.full((len(LEVELS), table.shape[1]), np.nan)
    missing = np.isnan(table).sum(axis=0)
    whole, some = missing == 0, (missing > 0) & (missing < len(table))
    with np.errstate(invalid="ignore"):  # between two infinite values
        out[:, whole] = np.quantile(table[:, whole], LEVELS, axis=0)
        if some.any():
            out[:, some] = np.nanquantile(table[:, some], LEVELS, axis=0)
    return out


class QuantileBands:
    """The quantiles of a growing set of records; quantiles are never computed twice.

    Arrays that were handed out are never changed, so that another thread may draw them.
    """

    def __init__(self) -> None:
        self._k = np.zeros(0, int)
        self._values: dict[str, np.ndarray] = {}

    @property
    def last(self) -> int:
        """The last step; −1 before the first."""
        return int(self._k[-1]) if len(self._k) else -1

    def extend(self, records: Sequence[Record], upto: int) -> None:
        """Take the steps up to ``upto`` that all the records have; one that ends before has diverged."""
        every = max(record.every for record in records)
        begun = [record for record in records if len(record)]
        if not begun:
            return
        self._choose(self._k % every == 0)
        steps = begun[0]["k"] if len(begun) == 1 else np.unique(np.concatenate([r["k"] for r in begun]))
        steps = steps[(steps > self.last) & (steps <= upto) & (steps % every == 0)]
        if not len(steps):
            return
        self._k = np.concatenate([self._k, steps])
        for name in begun[0]:
            if name not in ("k", "t"):
                new = quantiles(_table(name, records, steps))
                self._values[name] = np.concatenate([self._values.get(name, np.empty((len(LEVELS), 0))), new], axis=1)

    def cut(self, k: float) -> None:
        """Forget everything after step ``k``."""
        self._choose(self._k <= k)

    def bands(self, runs: int) -> dict[str, Band]:
        """Observable → its band."""
        return {name: Band(self._k, *rows, runs) for name, rows in self._values.items()}

    def _choose(self, kept: np.ndarray) -> None:
        if not kept.all():
            self._k = self._k[kept]
            self._values = {name: rows[:, kept] for name, rows in self._values.items()}


def _table(name: str, records: Sequence[Record], steps: np.ndarray) -> np.ndarray:
    """The recorded values, shape (runs, steps); NaN where a record has none."""
    table = np.full((len(records), len(steps)), np.nan)
    for row, record in zip(table, records, strict=True):
        if len(record):
            have = np.isin(steps, record["k"])
            row[have] = record[name][np.searchsorted(record["k"], steps[have])]
    return table
