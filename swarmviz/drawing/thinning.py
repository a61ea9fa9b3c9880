"""Fewer points of a long series that look the same: of every stretch its lowest and its highest value, so that no peak is lost.

For the page, pictures and replays. NumPy only; safe on any thread.
"""

from __future__ import annotations

import numpy as np

# Points of a thinned curve. Its stretches are then at least 1/500 of the width of a plot: no wider than a printed line.
MOST_POINTS = 1000
STRETCHES = 32  # of each doubling of the step on a logarithmic axis: a pixel or less


def thin(k: np.ndarray, y: np.ndarray, most: int = MOST_POINTS) -> tuple[np.ndarray, np.ndarray]:
    """A series with at most ``most`` points that keeps the lowest and the highest value of every stretch.

    A stretch is a power of two of points, counted from the first, so that the drawn past stays as it is while the series grows. A gap
    stays a gap: a stretch with NaN among its values keeps one of them, too, for which there may be half as many points more.

    Parameters
    ----------
    k, y : numpy.ndarray, shape (M,)
        Steps and values. Values may be infinite or NaN.
    most : int
        At least 8. A series that has no more points is returned as it is.

    Returns
    -------
    k, y : numpy.ndarray, shape (P,)
        In their order, with the first and the last point.
    """
    n = len(k)
    if n <= most:
        return k, y
    size = 1 << int(np.ceil(np.log2(2 * n / (most - 4))))
    full = n // size * size
    values = np.asarray(y, float)
    kept = [
        np.array([0, n - 1]),
        (_extremes(values[:full].reshape(-1, size)) + np.arange(0, full, size)[:, None]).ravel(),
    ]
    if full < n:
        kept.append(full + _extremes(values[None, full:]).ravel())
    places = np.unique(np.concatenate(kept))
    return k[places], y[places]


def thin_by_doublings(k: np.ndarray, y: np.ndarray, most: int = MOST_POINTS) -> tuple[np.ndarray, np.ndarray]:
    """The same for a logarithmic axis of steps: a stretch is a fixed share of its step, so that the first steps are as fine as they were.

    A series that has no more than ``most`` points is returned as it is; of a longer one each doubling of the step has at most STRETCHES
    stretches, of three points at most.
    """
    n = len(k)
    if n <= most:
        return k, y
    edges = np.ceil(2 ** (np.arange(int(STRETCHES * np.log2(max(k[-1], 2))) + 2) / STRETCHES))
    starts = np.unique(np.append(0, np.searchsorted(k, edges)))
    starts = starts[starts < n]
    values = np.asarray(y, float)
    kept = [np.array([0, n - 1])]
    sizes = np.diff(np.append(starts, n))
    for size in np.unique(sizes):  # stretches of one size together
        begins = starts[sizes == size]
        kept.append((_extremes(values[begins[:, None] + np.arange(size)]) + begins[:, None]).ravel())
    places = np.unique(np.concatenate(kept))
    return k[places], y[places]


def _extremes(stretches: np.ndarray) -> np.ndarray:
    """Where the rows (B, size) have their lowest value, their highest, and their first NaN if there is one, (B, 3)."""
    missing = np.isnan(stretches)
    lowest = np.where(missing, np.inf, stretches).argmin(axis=1)
    highest = np.where(missing, -np.inf, stretches).argmax(axis=1)
    gap = np.where(missing.any(axis=1), missing.argmax(axis=1), lowest)
    return np.stack([lowest, highest, gap], axis=1)
