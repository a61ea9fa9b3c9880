"""How many agents there are in equal cells of a box, on a line and in the plane, and as the shades of an image.

For the page (ten times a second) and for pictures. NumPy only; safe on any thread.
"""

from __future__ import annotations

import numpy as np


def histogram(x: np.ndarray, low: float, high: float, bins: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Density of ``x`` (N,) in equal bins, their edges, and how many lie outside [low, high]; Σ density · width + outside/N = 1."""
    inside = x[(x >= low) & (x <= high)]
    count = counts(inside, low, high, bins)
    return count * (bins / ((high - low) * max(len(x), 1))), np.linspace(low, high, bins + 1), len(x) - len(inside)


def counts(inside: np.ndarray, low: float, high: float, cells: int) -> np.ndarray:
    """How many of ``inside`` (M,), all in [low, high], lie in each of ``cells`` equal cells."""
    place = np.minimum((inside - low) * (cells / (high - low)), cells - 1).astype(np.intp)
    return np.bincount(place, minlength=cells)


def cells_of(x: np.ndarray, low: np.ndarray, high: np.ndarray, cells: int) -> tuple[np.ndarray, np.ndarray]:
    """The cells (N, 2) of agents ``x`` (N, 2), all of them in the box, and how many there are in each, (rows, columns)."""
    at = np.minimum((x - low) * (cells / (high - low)), cells - 1).astype(np.intp)
    return at, np.bincount(at[:, 1] * cells + at[:, 0], minlength=cells * cells).reshape(cells, cells)


def shades(count: np.ndarray, most: float = 0) -> np.ndarray:
    """Counts as uint8 on a logarithmic scale, the largest, or ``most`` where that is more, as 255; 0 is an empty cell."""
    most = max(int(count.max()), most, 2)
    shaded = np.ceil(np.log1p(count) * (255 / np.log1p(most)))
    return np.minimum(shaded, 255).astype("u1")  # rounding may lead above, which would be an empty cell
