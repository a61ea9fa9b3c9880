"""A logarithmic axis over the steps: what values are measured from, where those without a logarithm go, and a note that says so.

For the page and for pictures. NumPy only; safe on any thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from swarmviz.drawing.axes import LEAST, decimal

BELOW = 1e-305  # where a zero is put: below every frame


class Zero(NamedTuple):
    """What is subtracted before a logarithm is taken, and its name on the axis ("" where nothing is)."""

    value: float = 0.0
    name: str = ""

    def label(self, symbol: str) -> str:
        """An axis label that says what is subtracted from ``symbol``."""
        return f"{symbol} − {self.name}" if self.name else symbol


def zero_of(minima: Sequence[float | None], values: Iterable[np.ndarray]) -> Zero:
    """The zero of a logarithmic axis of F: the lowest of the known ``minima``, else of all the ``values`` that are drawn on it.

    Parameters
    ----------
    minima : sequence of float or None
        The minimum of each landscape that F is drawn of, None where it is not known.
    values : iterable of numpy.ndarray
        What is drawn, of any shapes; infinite values and NaN do not count.
    """
    known = [m for m in minima if m is not None]
    if len(known) == len(minima):
        return Zero(min(known), "min F")
    lowest = min((float(v[np.isfinite(v)].min()) for v in values if np.isfinite(v).any()), default=0.0)
    return Zero(lowest, "lowest met")


def placed(values: np.ndarray) -> np.ndarray:
    """Values for a logarithmic axis: those that are not above 0, or closer to it than LEAST, lie below every frame; NaN stays NaN."""
    return np.where((values >= LEAST) | np.isnan(values), values, BELOW)


def left_out(zero: Zero, curves: Mapping[str, np.ndarray]) -> str:
    """In words, which of the ``curves``, as they were :func:`placed`, a logarithmic axis cannot show throughout; "" when none."""
    names = [name for name, values in curves.items() if (values == BELOW).any()]
    if not names:
        return ""
    if zero.name == "lowest met":
        value = decimal(zero.value)
        return (
            f"No minimum of F is known: it is measured from the lowest value met, {value}, "
            f"which itself has no place on a logarithmic axis ({', '.join(names)})."
        )
    what = f"equal to {zero.name}" if zero.name else f"of 0 or less (under {decimal(LEAST)})"
    return f"A logarithmic axis has no place for values {what}: those of {', '.join(names)}."
