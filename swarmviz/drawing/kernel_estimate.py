"""Smooth estimates of where agents are: a Gaussian kernel between reflecting walls, whose width the agents choose.

For the page (ten times a second) and for pictures; safe on any thread.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from scipy.fft import dct, idct
from scipy.ndimage import gaussian_filter
from scipy.optimize import brentq

from swarmviz.drawing.histogram import cells_of, counts
from swarmviz.kernels.bandwidth import excess_time

GRID = 256  # points of a smooth estimate and of a target in one dimension, at least
CELLS_PER_BIN = 8  # on which a smooth estimate is made
NARROW = 0.4  # bins: a normal law of this deviation is as high as a bar that holds all of it
AGENTS_PER_BIN = 10  # for each so many agents, a bin of smoothing
MANY = 50_000  # of more agents, the numbers that differ are counted among so many: sorting all takes longer than all the rest
FINE = 96  # cells per side of a smooth image
TIMES = np.geomspace(
    1e-8, 0.1, 29
).tolist()  # squares of bandwidths, in widths of the box squared, between which a root is looked for


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
    smoother than the bars of a few agents would lie flat through them, at most a bin for every AGENTS_PER_BIN agents.
    """
    share = (inside - low) / (high - low)
    first, third = np.percentile(share, (25, 75))
    spread = min(float(share.std()), float(third - first) / 1.34) or float(share.std())
    width = 0.9 * spread * len(share) ** -0.2
    found = sheather_jones(counts(inside, low, high, 2 * GRID), distinct_of(share))
    most = max(1.0, len(share) / AGENTS_PER_BIN) / bins
    return max(min(width, found, most), NARROW / bins)


def distinct_of(numbers: np.ndarray) -> int:
    """How many of the numbers (M,) differ; of more than ``MANY`` estimated by evenly spaced ones of them.

    Where fewer than half of these differ, the numbers are few, and all of them are taken to have been met.
    """
    some = numbers[:: -(-len(numbers) // MANY)]
    found = len(np.unique(some))
    return found if 2 * found < len(some) else found * len(numbers) // len(some)


def sheather_jones(count: np.ndarray, distinct: int) -> float:
    """The improved bandwidth of Sheather and Jones for ``count`` (M,) agents per cell, in widths of the box; infinite where it has none.

    The smallest t = ξ γ^[5](t) of Botev, Grotowski and Kroese, "Kernel density estimation via diffusion", Annals of Statistics 38 (2010),
    algorithm 1; the bandwidth is √t.
    """
    if distinct < 3:
        return np.inf
    energy = (dct(count / count.sum())[1:] / 2) ** 2
    excess = partial(excess_time, energy, float(distinct))
    under = False  # whether the equation has a value below zero, or none, at the time before
    for before, t in zip((0.0, *TIMES), TIMES, strict=False):
        over = excess(t) >= 0
        if under and over:
            return math.sqrt(brentq(excess, before, t))
        under = not over
    return np.inf


def smooth_image(inside: np.ndarray, low: np.ndarray, high: np.ndarray, bins: int) -> np.ndarray:
    """The density of ``inside`` (M, 2), all in the box [low, high], in FINE² cells as uint8, rows along the second coordinate.

    Counts smoothed between reflecting walls, each axis by its own width for two coordinates; the largest is 255.
    """
    _, count = cells_of(inside, low, high, FINE)
    if not len(inside):
        return count.astype("u1")
    both = len(inside) ** (1 / 5 - 1 / 6)  # from the rate of one coordinate to that of two
    widths = [both * kernel_width(inside[:, i], low[i], high[i], bins) for i in (1, 0)]
    dense = gaussian_filter(count.astype(float), [max(FINE * width, 1.0) for width in widths], mode="reflect")
    return np.rint(dense * (255 / dense.max())).astype("u1")
