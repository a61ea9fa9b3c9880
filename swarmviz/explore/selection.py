"""Which rows of a table are meant by what a hand has drawn in a picture of it; functions of arrays alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Box(NamedTuple):
    """A rectangle of a picture, in the numbers of its axes."""

    x0: float
    x1: float
    y0: float
    y1: float

    @classmethod
    def of(cls, x0: float, x1: float, y0: float, y1: float) -> Box:
        """From two corners in any order."""
        return cls(min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1))


def inside(box: Box, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Which points lie in a box, its edges included; NaN lies nowhere. Shapes (rows,)."""
    return np.asarray((x >= box.x0) & (x <= box.x1) & (y >= box.y0) & (y <= box.y1))


def passing(box: Box, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Which curves have a point in a box.

    Parameters
    ----------
    x : ndarray, shape (steps,) or (rows, steps)
    y : ndarray, shape (rows, steps)

    Returns
    -------
    ndarray of bool, shape (rows,)
    """
    return np.asarray(inside(box, np.broadcast_to(x, y.shape), y).any(axis=1))


def between(low: float, high: float, values: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Which rows have a value in a range, of those that have one at all. Shapes (rows,)."""
    return np.asarray(there & (values >= min(low, high)) & (values <= max(low, high)))


def nearest(x: float, y: float, xs: np.ndarray, ys: np.ndarray, scale: tuple[float, float], reach: float) -> int | None:
    """The point that is nearest to a tap, None where none is as near as ``reach``.

    Parameters
    ----------
    x, y : float
        Where the tap was.
    xs, ys : ndarray, shape (points,)
    scale : tuple of float
        Pixels of a unit along each axis.
    reach : float
        Pixels.
    """
    if not len(xs):
        return None
    with np.errstate(invalid="ignore", over="ignore"):
        away = np.hypot((xs - x) * scale[0], (ys - y) * scale[1])
    away = np.where(np.isfinite(away), away, np.inf)
    best = int(away.argmin())
    return best if away[best] <= reach else None
