r"""What is computed of a landscape in one dimension only: slopes, basins, barriers, and the eigenvalues that go with a temperature.

    L      = max |F″| on the box, from differences of F′                                     (1)
    Q      the interval around x* between the neighbouring local maxima                      (2)  002 Thm 4.1
    depth  max over local minima y that are not global of (the lowest pass from y to a lower place) − F(y)      (3)
    A w    = −T w″ − (F′w)′ + V w                                                              (4)  T a temperature, V a killing

On K cells of width h, (4) is made of the reversible chain that jumps from cell a to a neighbour b at the rate
T/h² · exp(−(F_b − F_a)/2T), which tends to the diffusion as h → 0; √(rate · rate back) = T/h² makes it symmetric. No agent leaves the
interval: it is the box with walls, and without walls one so wide that hardly any agent is near its ends.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

import numpy as np
from scipy import linalg, optimize

from swarmviz.landscapes.base import Landscape

GRID = 20_001  # points of a line on which extrema are looked for
CELLS = 2_000  # of (4)
FAR = 40.0  # of (F − min F)/T: beyond, no agent is seen
WIDEST = 4.0  # half widths of the box, to which a line without walls is followed
KNOWN = 64  # landscapes and parameters that are remembered


def remembered(function: Callable) -> Callable:
    """Remember what ``function(landscape, *numbers)`` found: the page asks with every picture."""
    known: dict[tuple, Any] = {}

    @wraps(function)
    def found(landscape: Landscape, *numbers: Any) -> Any:
        key = (type(landscape), repr(landscape), *numbers)
        if key not in known:
            if len(known) >= KNOWN:
                known.clear()
            with np.errstate(all="ignore"):
                known[key] = function(landscape, *numbers)
        return known[key]

    return found


class Line(NamedTuple):
    """F and F′ at ``x`` (GRID,) from end to end of the box."""

    x: np.ndarray
    f: np.ndarray
    slope: np.ndarray


@remembered
def line_of(landscape: Landscape) -> Line:
    """The landscape on its box."""
    (low,), (high,) = landscape.limits(1)
    x = np.linspace(low, high, GRID)
    return Line(x, landscape.values(x[:, None]), landscape.gradient(x[:, None])[:, 0])


@remembered
def curvatures(landscape: Landscape) -> np.ndarray:
    """F″ between neighbouring grid points, (GRID − 1,)."""
    line = line_of(landscape)
    return np.diff(line.slope) / np.diff(line.x)


def lipschitz(landscape: Landscape) -> float:
    """L of (1); very large where F′ jumps."""
    return float(np.abs(curvatures(landscape)).max())


@remembered
def basin(landscape: Landscape) -> tuple[float, float]:
    """Q of (2): the interval around the global minimiser up to the nearest local maxima (or the edge of the box).

    Raises
    ------
    ValueError
        When the landscape has no known minimiser in one dimension.
    """
    (low,), (high,) = landscape.limits(1)
    known = landscape.minimisers(1)
    if len(known) == 0:
        raise ValueError(f"{landscape.title}: no minimiser is known for d = 1")
    x, f, _ = line_of(landscape)
    at = int(np.clip(np.searchsorted(x, known[0, 0]), 1, GRID - 2))
    tops = np.flatnonzero((f[1:-1] >= f[:-2]) & (f[1:-1] >= f[2:])) + 1
    left, right = tops[tops < at], tops[tops > at]
    edges = [
        low if len(left) == 0 else _top(landscape, x, left[-1]),
        high if len(right) == 0 else _top(landscape, x, right[0]),
    ]
    return float(edges[0]), float(edges[1])


def _top(landscape: Landscape, x: np.ndarray, i: int) -> float:
    """The local maximum near grid point ``i``, refined."""
    found = optimize.minimize_scalar(
        lambda y: -landscape.values(np.array([[y]]))[0],
        bounds=(x[i - 1], x[i + 1]),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return float(found.x)


@remembered
def lowest_outside_basin(landscape: Landscape) -> float:
    """A value that F does not fall below in the box outside Q, the lowest but for what a grid can miss; ∞ where Q is the box."""
    left, right = basin(landscape)
    x, f, _ = line_of(landscape)
    outside = (x < left) | (x > right)
    missed = lipschitz(landscape) * (x[1] - x[0]) ** 2 / 8
    return float(f[outside].min() - missed) if outside.any() else math.inf


@remembered
def local_minima(landscape: Landscape) -> np.ndarray:
    """The local minima inside the box, (m,), to the width of the grid."""
    x, f, _ = line_of(landscape)
    return x[np.flatnonzero((f[1:-1] < f[:-2]) & (f[1:-1] <= f[2:])) + 1]


@remembered
def critical_depth(landscape: Landscape) -> float:
    """(3), inside the box; 0 where every local minimum is global."""
    x, f, _ = line_of(landscape)
    lowest, depth = f.min(), 0.0
    for place in local_minima(landscape):
        i = int(np.searchsorted(x, place))
        if f[i] - lowest <= 1e-9 * (f.max() - lowest):
            continue
        passes = []
        left, right = np.flatnonzero(f[:i] < f[i]), np.flatnonzero(f[i + 1 :] < f[i])
        if len(left):
            passes.append(f[left[-1] : i + 1].max())
        if len(right):
            passes.append(f[i : i + right[0] + 2].max())
        if passes:
            depth = max(depth, float(min(passes) - f[i]))
    return depth


ROUNDED = 1e-6  # of the range of F and of T: an eigenvalue that rounding moves by more is not known


def interval(landscape: Landscape, temperature: float, walls: bool) -> tuple[float, float]:
    """Where agents at this temperature are."""
    (low,), (high,) = landscape.limits(1)
    if walls:
        return float(low), float(high)
    middle, half, lowest = (low + high) / 2, (high - low) / 2, line_of(landscape).f.min()
    ends = []
    for side in (-1.0, 1.0):
        out = middle + side * half * np.linspace(1.0, WIDEST, 301)
        far = np.flatnonzero(landscape.values(out[:, None]) - lowest > FAR * max(temperature, 1.0))
        ends.append(float(out[far[0]] if len(far) else out[-1]))
    return ends[0], ends[1]


def _chain(f: np.ndarray, width: float, temperature: float) -> tuple[np.ndarray, np.ndarray]:
    """Diagonal (K,) and off-diagonal (K − 1,) of (4) without V, made symmetric."""
    rate = temperature / width**2
    up = rate * np.exp(np.clip(-np.diff(f) / (2 * temperature), -700, 700))
    down = rate * np.exp(np.clip(np.diff(f) / (2 * temperature), -700, 700))
    leaving = np.zeros(len(f))
    leaving[:-1] += up
    leaving[1:] += down
    return leaving, np.full(len(f) - 1, -rate)


@remembered
def relaxation_rate(landscape: Landscape, temperature: float, walls: bool) -> float:
    """The second eigenvalue of (4) with V = 0: how fast agents at this temperature forget where they were; NaN where there is none."""
    return _lowest(landscape, temperature, walls, killing=False)[1]


@remembered
def weighted_eigenvalues(landscape: Landscape, temperature: float, walls: bool) -> tuple[float, float]:
    """The two lowest eigenvalues of (4) with V = F: where F̄ of infinitely many agents ends, and how fast (their difference)."""
    return _lowest(landscape, temperature, walls, killing=True)


def _lowest(landscape: Landscape, temperature: float, walls: bool, killing: bool) -> tuple[float, float]:
    low, high = interval(landscape, temperature, walls)
    width = (high - low) / CELLS
    f = landscape.values((low + width * (np.arange(CELLS) + 0.5))[:, None])
    if not temperature > 0 or not np.isfinite(f).all():
        return math.nan, math.nan
    with np.errstate(over="ignore"):
        diagonal, beside = _chain(f, width, temperature)
        rounded = np.finfo(float).eps * diagonal.max()  # what an eigenvalue is known to
    if not rounded <= ROUNDED * (np.ptp(f) + temperature):  # F falls by many T from one cell to the next
        return math.nan, math.nan
    shift = f.min()  # the eigenvalues are small beside the diagonal
    found = linalg.eigh_tridiagonal(
        diagonal + (f - shift if killing else 0.0), beside, eigvals_only=True, select="i", select_range=(0, 1)
    )
    first, second = (float(x) for x in found)
    return (first + shift, second + shift) if killing else (first, max(second, 0.0))
