"""Where agents are, in numbers: histograms, smooth estimates, target laws on a grid, for the page (ten times a second) and for pictures.

NumPy only; safe on any thread.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from scipy.fft import dct, idct
from scipy.ndimage import gaussian_filter
from scipy.optimize import brentq

from swarmviz.frame import Frame
from swarmviz.theory import Target

BINS, MOST_BINS = 40, 1000  # over the box: usual, and at most
GRID = 256  # points of a smooth estimate and of a target in one dimension, at least
CELLS_PER_BIN = 8  # on which a smooth estimate is made
NARROW = 0.4  # bins: a normal law of this deviation is as high as a bar that holds all of it
AGENTS = 10  # for each, a bin of smoothing
PLANE_GRID = 96  # points per side of the grid on which a target in the plane is known
FINE = 96  # cells per side of a smooth image
MASSES = 0.9, 0.5  # shares of a target's mass that its contours hold


class Marginal(NamedTuple):
    """One coordinate: densities ``top`` between ``edges``; ``smooth`` and ``target`` at ``grid``, 0 where there is none.

    Both densities are of the agents that are there, of which ``outside`` are not in the box: the area under each is the share inside.
    ``removed`` agents no longer take part and are not counted.
    """

    top: np.ndarray
    edges: np.ndarray
    grid: np.ndarray
    smooth: np.ndarray
    target: np.ndarray
    outside: int
    removed: int = 0

    @property
    def note(self) -> str:
        """What the densities do not count, in words."""
        return note_of(self.outside, self.removed)


def note_of(outside: int, removed: int) -> str:
    """What a density does not count, in words; "" where it counts all."""
    return " · ".join(f"{count:,} {where}" for count, where in ((outside, "outside"), (removed, "removed")) if count)


def taking_part(frame: Frame) -> np.ndarray:
    """Which agents take part, (N,) bool: one that has lost all its mass stands where it lost it and is no longer of the swarm."""
    return np.ones(frame.n, bool) if frame.mass is None else frame.mass > 0


def marginal_of(
    x: np.ndarray, low: float, high: float, bins: int, smooth: bool, law: np.ndarray | None, removed: int = 0
) -> Marginal:
    """The density of ``x`` (N,) in [low, high] beside a ``law`` (GRID,)."""
    top, edges, outside = histogram(x, low, high, bins)
    grid = np.linspace(low, high, max(GRID, CELLS_PER_BIN * bins // 2 + 1))
    none = np.zeros(len(grid))
    line = smooth_density(x, low, high, bins, grid) if smooth else none
    target = none if law is None else np.interp(grid, np.linspace(low, high, len(law)), law)
    return Marginal(top, edges, grid, line, target, outside, removed)


def histogram(x: np.ndarray, low: float, high: float, bins: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Density of ``x`` (N,) in equal bins, their edges, and how many lie outside [low, high]; Σ density · width + outside/N = 1."""
    inside = x[(x >= low) & (x <= high)]
    count = counts(inside, low, high, bins)
    return count * (bins / ((high - low) * max(len(x), 1))), np.linspace(low, high, bins + 1), len(x) - len(inside)


def counts(inside: np.ndarray, low: float, high: float, cells: int) -> np.ndarray:
    """How many of ``inside`` (M,), all in [low, high], lie in each of ``cells`` equal cells."""
    place = np.minimum((inside - low) * (cells / (high - low)), cells - 1).astype(np.intp)
    return np.bincount(place, minlength=cells)


# ---- the smooth estimate -------------------------------------------------------------------------------------------------------


def smooth_density(x: np.ndarray, low: float, high: float, bins: int, grid: np.ndarray) -> np.ndarray:
    """Gaussian kernel estimate of the density of ``x`` (N,) in [low, high] at ``grid``; its area is that of the histogram with ``bins``.

    Mass does not leak through the walls: the estimate is the counts after some time of diffusion between reflecting walls, which away
    from them is a Gaussian kernel (Botev, Grotowski and Kroese 2010, section 4).
    """
    inside = x[(x >= low) & (x <= high)]
    if not len(inside):
        return np.zeros(len(grid))
    cells = max(2 * GRID, CELLS_PER_BIN * bins)
    count = counts(inside, low, high, cells)
    width = kernel_width(inside, low, high, bins)
    dense = idct(dct(count.astype(float)) * np.exp(-0.5 * (np.pi * width * np.arange(cells)) ** 2))
    at = low + (high - low) * (np.arange(cells) + 0.5) / cells
    return np.interp(grid, at, np.maximum(dense, 0.0) * (cells / ((high - low) * len(x))))


def kernel_width(inside: np.ndarray, low: float, high: float, bins: int) -> float:
    """The standard deviation of the kernel for agents ``inside`` (M,) a box, in widths of the box.

    The smaller of Silverman's rule, which suits one heap, and the rule of Sheather and Jones as improved by Botev and others, which finds
    several. At least NARROW bins, so that a collapsed swarm has a line as high as its bar and no needle; and, because a line that is much
    smoother than the bars of a few agents would lie flat through them, at most a bin for every AGENTS agents.
    """
    share = (inside - low) / (high - low)
    first, third = np.percentile(share, (25, 75))
    spread = min(float(share.std()), float(third - first) / 1.34) or float(share.std())
    width = 0.9 * spread * len(share) ** -0.2
    found = sheather_jones(counts(inside, low, high, 2 * GRID), len(np.unique(share)))
    most = max(1.0, len(share) / AGENTS) / bins
    return max(min(width, found, most), NARROW / bins)


def sheather_jones(count: np.ndarray, distinct: int) -> float:
    """The improved bandwidth of Sheather and Jones for ``count`` (M,) agents per cell, in widths of the box; infinite where it has none.

    The smallest t = ξ γ^[5](t) of Botev, Grotowski and Kroese, "Kernel density estimation via diffusion", Annals of Statistics 38 (2010),
    algorithm 1; the bandwidth is √t.
    """
    if distinct < 3:
        return np.inf
    squares = np.arange(1.0, len(count)) ** 2
    energy = (dct(count / count.sum())[1:] / 2) ** 2

    def norm(s: int, t: Any) -> Any:
        """‖f^(s)‖² of the estimate at time t."""
        decay = np.exp(-(np.pi**2) * squares * np.asarray(t)[..., None])
        return 2 * np.pi ** (2 * s) * (squares**s * energy * decay).sum(axis=-1)

    def excess(t: Any) -> Any:
        f = norm(7, t)
        for s in range(6, 1, -1):
            odd = np.prod(np.arange(1.0, 2 * s, 2.0)) / math.sqrt(2 * np.pi)
            f = norm(s, (2 * (1 + 0.5 ** (s + 0.5)) / 3 * odd / (distinct * f)) ** (2 / (3 + 2 * s)))
        return t - (2 * distinct * math.sqrt(np.pi) * f) ** -0.4

    times = np.geomspace(1e-8, 0.1, 29)
    with np.errstate(all="ignore"):
        over = excess(times) >= 0
        starts = np.flatnonzero(~over[:-1] & over[1:])
        if not len(starts):
            return np.inf
        return math.sqrt(brentq(excess, times[starts[0]], times[starts[0] + 1]))


# ---- the plane of two coordinates --------------------------------------------------------------------------------------


def plane_density(x: np.ndarray, low: np.ndarray, high: np.ndarray, bins: int, smooth: bool) -> tuple[np.ndarray, int]:
    """The density of ``x`` (N, 2) in a box as uint8, rows along the second coordinate, and how many agents lie outside.

    Agents per cell on a logarithmic scale, ``bins`` cells along each side; or a smooth estimate on a linear one, FINE cells.
    """
    inside = x[((x >= low) & (x <= high)).all(axis=1)]
    _, count = cells_of(inside, low, high, FINE if smooth else bins)
    return (_smoothed(count, inside, low, high, bins) if smooth else shades(count)), len(x) - len(inside)


def cells_of(x: np.ndarray, low: np.ndarray, high: np.ndarray, cells: int) -> tuple[np.ndarray, np.ndarray]:
    """The cells (N, 2) of agents ``x`` (N, 2), all of them in the box, and how many there are in each, (rows, columns)."""
    at = np.minimum((x - low) * (cells / (high - low)), cells - 1).astype(np.intp)
    return at, np.bincount(at[:, 1] * cells + at[:, 0], minlength=cells * cells).reshape(cells, cells)


def shades(count: np.ndarray) -> np.ndarray:
    """Counts as uint8 on a logarithmic scale, the largest as 255; 0 is an empty cell."""
    most = max(int(count.max()), 2)
    return np.minimum(np.ceil(np.log1p(count) * (255 / np.log1p(most))), 255).astype(
        "u1"
    )  # rounding may lead above, to an empty cell


def _smoothed(count: np.ndarray, inside: np.ndarray, low: np.ndarray, high: np.ndarray, bins: int) -> np.ndarray:
    """Counts smoothed between reflecting walls, each axis by its own width for two coordinates, as uint8, the largest as 255."""
    if not len(inside):
        return count.astype("u1")
    both = len(inside) ** (1 / 5 - 1 / 6)  # from the rate of one coordinate to that of two
    widths = [both * kernel_width(inside[:, i], low[i], high[i], bins) for i in (1, 0)]
    dense = gaussian_filter(count.astype(float), [max(FINE * width, 1.0) for width in widths], mode="reflect")
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
