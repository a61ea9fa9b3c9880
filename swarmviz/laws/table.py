"""A distribution function on the line as straight pieces and jumps: what a law is drawn and compared from, made once per State."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Table(NamedTuple):
    """Straight between the places ``x`` (M,), where it is ``value``, flat beyond; with ``atoms`` (A, 2), rows (place, mass), beside it."""

    x: np.ndarray
    value: np.ndarray
    atoms: np.ndarray

    def cdf(self, places: np.ndarray) -> np.ndarray:
        """P(X ≤ x) at ``places``."""
        straight = np.interp(places, self.x, self.value) if len(self.x) else np.zeros(len(places))
        below = np.concatenate(([0.0], np.cumsum(self.atoms[:, 1])))
        return straight + below[np.searchsorted(self.atoms[:, 0], places, side="right")]
