"""A landscape as heights between 0 and 1 that colours can show, and the values of F that these heights stand for."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from swarmviz.landscapes.base import Landscape
from swarmviz.simulation import Simulation

CHUNK = 2_000_000  # coordinates evaluated at once
SKEW = 20.0  # (max − min) / (median − min) from which on a logarithmic scale is used


class Scale(NamedTuple):
    """From F to a height in [0, 1]: straight, or log(F − low + soft) where ``soft`` is positive."""

    low: float
    high: float
    soft: float

    def height(self, f):
        """The height of values ``f``; what is not finite counts as high."""
        with np.errstate(invalid="ignore"):
            return np.clip(self.unclipped(np.where(np.isnan(f), self.high, f)), 0, 1)

    def unclipped(self, f):
        """The same for numbers, which may lie below or above the scale."""
        if not self.soft:
            return (f - self.low) / (self.high - self.low)
        return np.log1p(np.maximum(f - self.low, 0) / self.soft) / math.log1p((self.high - self.low) / self.soft)

    def ticks(self) -> list[float]:
        """A handful of round values of F."""
        if not self.soft:
            step = 10.0 ** math.floor(math.log10((self.high - self.low) / 3))
            step *= next(m for m in (1, 2, 5, 10) if (self.high - self.low) / (m * step) <= 6)
            return [step * i for i in range(math.ceil(self.low / step), math.floor(self.high / step) + 1)]
        first, last = math.ceil(math.log10(self.soft)), math.floor(math.log10(self.high - self.low))
        every = max(1, (last - first + 1) // 4)
        return [self.low, *(self.low + 10.0**p for p in range(last, first - 1, -every)[::-1])]


def slice_point(landscape: Landscape, d: int) -> tuple[np.ndarray, str]:
    """The point (d,) through which a slice is laid, and its name: the first known minimiser, else the centre of the box."""
    at = landscape.minimisers(d)
    if len(at):
        return at[0], "the minimiser"
    low, high = landscape.limits(d)
    return (low + high) / 2, "the centre of the box"


def values_on_plane(landscape: Landscape, d: int, xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    """F where the first two coordinates run over a grid and the others are those of the slice; shape (len(ys), len(xs))."""
    point, _ = slice_point(landscape, d)
    out, rows = np.empty((len(ys), len(xs))), max(1, CHUNK // (len(xs) * d))
    for first in range(0, len(ys), rows):
        part = ys[first : first + rows]
        X = np.repeat(point[None], len(part) * len(xs), axis=0)
        X[:, 0], X[:, 1] = np.tile(xs, len(part)), np.repeat(part, len(xs))
        with np.errstate(all="ignore"):  # a landscape may leave the numbers far outside its box
            out[first : first + rows] = landscape.values(X).reshape(len(part), len(xs))
    return out


def pixels(d: int, most: int) -> int:
    """Points along a side of the picture: fewer where each costs more."""
    return max(64, round(most * min(1.0, math.sqrt(16 / d))))


def scale_of(f: np.ndarray, landscape: Landscape, d: int) -> Scale:
    """The scale that suits the values ``f`` of a landscape on its box."""
    known = f[np.isfinite(f)]
    low, high, median = (float(known.min()), float(known.max()), float(np.median(known))) if known.size else (0, 1, 0.5)
    minimum = landscape.minimum(d)
    if minimum is not None and minimum <= low and low - minimum < 0.1 * (high - low):  # the grid may have missed it
        low = minimum
    log = landscape.log_colours or (high - low) > SKEW * (median - low)
    high = high if high > low else low + 1.0
    return Scale(low, high, max((median - low) / 100, (high - low) * 1e-6) if log else 0.0)


def sites_of(sim: Simulation) -> np.ndarray:
    """Where the states of a finite set lie, (S, d)."""
    d = sim.frame.d
    return sim.dynamics.space(d).positions(*sim.landscape.limits(d))
