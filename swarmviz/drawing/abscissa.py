"""What curves are drawn over: the steps, the time, or the evaluations of F that a run has spent by then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

STEPS = "steps"
COLUMNS = {STEPS: "k", "time": "t", "evaluations": "evaluations"}  # of a record
LABELS = {STEPS: "step k", "time": "time t", "evaluations": "evaluations of F"}


class Abscissa(NamedTuple):
    """Where a run stands on the axis at its recorded steps ``k`` (K,): at ``x`` (K,), which never falls."""

    over: str
    k: np.ndarray
    x: np.ndarray

    @classmethod
    def of(cls, over: str, record: Mapping[str, Any]) -> Abscissa:
        """Of the record of a run; over the steps where it does not hold what is asked for."""
        over = over if COLUMNS[over] in record else STEPS
        k = np.asarray(record["k"], float)
        return cls(over, k, np.asarray(record[COLUMNS[over]], float)[: len(k)])

    def at(self, k: np.ndarray) -> np.ndarray:
        """Where the steps ``k`` (P,) are; NaN beyond what is recorded."""
        if self.over == STEPS or not len(self.k):
            return np.asarray(k, float)
        return np.interp(k, self.k, self.x, left=np.nan, right=np.nan)

    def step_at(self, x: float) -> int:
        """The step at a place of the axis."""
        return round(x if self.over == STEPS or not len(self.k) else float(np.interp(x, self.x, self.k)))
