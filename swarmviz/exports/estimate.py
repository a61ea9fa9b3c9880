"""Where agents are, in numbers: histograms, smooth estimates, target laws on a grid, for the page (ten times a second) and for pictures.

NumPy only; safe on any thread.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter

from swarmviz.theory import Target

BINS, MOST_BINS = 40, 1000  # over the box: usual, and at most
GRID = 256  # points of a smooth estimate and of a target in one dimension
PLANE_GRID = 96  # points per side of the grid on which a target in the plane is known
FINE = 96  # cells per side of a smooth image
MASSES = 0.9, 0.5  # shares of a target's mass that its contours hold


class Marginal(NamedTuple):
    """One coordinate: densities ``top`` between ``edges``; ``smooth`` and ``target`` at ``grid``, 0 where there is none."""

    top: np.ndarray
    edges: np.ndarray
    grid: np.ndarray
    smooth: np.ndarray
    target: np.ndarray
    outside: int


def marginal_of(x: np.ndarray, low: float, high: float, bins: int, smooth: bool, law: np.ndarray | None) -> Marginal:
    """The density of ``x`` (N,) in [low, high] beside a ``law`` (GRID,); the smooth estimate is never narrower than half a bin."""
    top, edges, outside = histogram(x, low, high, bins)
    none = np.zeros(GRID)
    line = smooth_density(x, low, high, 0.5 * (high - low) / bins) if smooth else none
    return Marginal(top, edges, np.linspace(low, high, GRID), line, none if law is None else law, outside)


def histogram(x: np.ndarray, low: float, high: float, bins: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Density of ``x`` (N,) in equal bins, their edges, and how many lie outside [low, high]; Σ density · width + outside/N = 1."""
    inside = x[(x >= low) & (x <= high)]
    place = np.minimum((inside - low) * (bins / (high - low)), bins - 1).astype(np.intp)
    count = np.bincount(place, minlength=bins)
    return count * (bins / ((high - low) * len(x))), np.linspace(low, high, bins + 1), len(x) - len(inside)


def smooth_density(x: np.ndarray, low: float, high: float, least: float = 0.0) -> np.ndarray:
    """Gaussian kernel estimate of the density of ``x`` at GRID points, from counts on a fine grid.

    The bandwidth is Silverman's, but at least ``least``, so that a collapsed swarm is no needle.
    """
    step = (high - low) / (GRID - 1)
    inside = x[(x >= low) & (x <= high)]
    if len(inside) < 2:
        return np.zeros(GRID)
    count = np.bincount(((inside - low) / step + 0.5).astype(np.intp), minlength=GRID)
    first, third = np.searchsorted(np.cumsum(count), (0.25 * len(inside), 0.75 * len(inside)))
    spread = min(float(inside.std()), float(third - first) * step / 1.34) or float(inside.std())
    width = max(0.9 * spread * len(inside) ** -0.2, step, least)
    reach = min(GRID - 1, int(np.ceil(4 * width / step)))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / width) ** 2)
    kernel /= kernel.sum()
    return np.convolve(count, kernel)[reach : reach + GRID] / (len(x) * step)


# ---- the plane of two coordinates --------------------------------------------------------------------------------------


def plane_density(x: np.ndarray, low: np.ndarray, high: np.ndarray, bins: int, smooth: bool) -> tuple[np.ndarray, int]:
    """The density of ``x`` (N, 2) in a box as uint8, rows along the second coordinate, and how many agents lie outside.

    Agents per cell on a logarithmic scale, ``bins`` cells along each side; or a smooth estimate on a linear one, FINE cells.
    """
    inside = x[((x >= low) & (x <= high)).all(axis=1)]
    at, count = cells_of(inside, low, high, FINE if smooth else bins)
    return (_smoothed(count, at) if smooth else shades(count)), len(x) - len(inside)


def cells_of(x: np.ndarray, low: np.ndarray, high: np.ndarray, cells: int) -> tuple[np.ndarray, np.ndarray]:
    """The cells (N, 2) of agents ``x`` (N, 2), all of them in the box, and how many there are in each, (rows, columns)."""
    at = np.minimum((x - low) * (cells / (high - low)), cells - 1).astype(np.intp)
    return at, np.bincount(at[:, 1] * cells + at[:, 0], minlength=cells * cells).reshape(cells, cells)


def shades(count: np.ndarray) -> np.ndarray:
    """Counts as uint8 on a logarithmic scale, the largest as 255; 0 is an empty cell."""
    most = max(int(count.max()), 2)
    return np.ceil(np.log1p(count) * (255 / np.log1p(most))).astype("u1")


def _smoothed(count: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Counts smoothed with Silverman's bandwidth in the plane, as uint8, the largest as 255."""
    if not len(at):
        return count.astype("u1")
    width = np.maximum(at.std(axis=0) * len(at) ** (-1 / 6), 1.0)[::-1]
    dense = gaussian_filter(count.astype(float), width, mode="constant")
    return np.rint(dense * (255 / dense.max())).astype("u1")


# ---- target laws -----------------------------------------------------------------------------------------------------------


def target_on_grid(target: Target, low: np.ndarray, high: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """The d ≤ 2 axes of a grid over the box, and the target on it, not normalised; the first index is that of the first axis."""
    d = len(low)
    count = GRID if d == 1 else PLANE_GRID
    axes = [np.linspace(a, b, count) for a, b in zip(low, high, strict=True)]
    X = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, d)
    return axes, np.nan_to_num(np.asarray(target.density(X), float).reshape((count,) * d))


def target_marginals(target: Target, low: np.ndarray, high: np.ndarray) -> list[np.ndarray]:
    """The target at GRID points of each of the d ≤ 2 coordinates, normalised over the box."""
    d, out = len(low), []
    axes, rho = target_on_grid(target, low, high)
    for i, axis in enumerate(axes):
        marginal = rho if d == 1 else rho.sum(axis=1 - i)
        mass = np.trapezoid(marginal, axis)
        fine = np.linspace(axis[0], axis[-1], GRID)
        out.append(np.interp(fine, axis, marginal / mass if mass > 0 else marginal))
    return out


def levels_of(rho: np.ndarray) -> np.ndarray:
    """The increasing densities above which a law on a grid has the shares MASSES of its mass; none where it has no mass."""
    falling = np.sort(rho.ravel())[::-1]
    mass = np.cumsum(falling)
    if not mass[-1] > 0:
        return np.zeros(0)
    return np.unique([falling[np.searchsorted(mass, share * mass[-1])] for share in MASSES])


def contours_name(target: Target) -> str:
    """What the contours of a target are called in a legend."""
    held = " and ".join(f"{share:.0%}" for share in sorted(MASSES))
    return f"{target.title}: where {held} of it lie"


def whole_bins(bins: Any) -> int:
    """A number of bins, checked.

    Raises
    ------
    ValueError
        When it is not a whole number from 2 to MOST_BINS.
    """
    number = isinstance(bins, int | float | np.integer) and not isinstance(bins, bool)
    if not number or not 2 <= bins <= MOST_BINS or int(bins) != bins:
        raise ValueError(f"bins = {bins!r}: must be a whole number from 2 to {MOST_BINS}")
    return int(bins)
