"""A landscape as heights between 0 and 1 that colours can show, and the values of F that these heights stand for.

See :mod:`swarmviz.drawing.landscape_image` for its image in the plane and :mod:`swarmviz.drawing.line` for its curve.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from swarmviz.drawing.axes import texts_of
from swarmviz.landscapes.base import Landscape
from swarmviz.theory.wording import number_words

CHUNK_COORDINATES = 2_000_000  # coordinates evaluated at once
ROUNDING = 2.0**-46  # of the largest: so far may values that ought to be the same be apart after a few operations
WIDEST = (
    1e6  # (high − low) / (median − low) of a scale; in a wider one, what is above TOP (median − low) has one colour
)
TOP = 100.0
SMALLEST = 1e-305  # a quarter of a range: below, there are not enough numbers for a picture
STRIPES = 60  # about so many along a side of an image
SKEW = 20.0  # (max − min) / (median − min) from which on a logarithmic scale is used


class Scale(NamedTuple):
    """From F to a height in [0, 1]: straight, or log(F − low + soft) where ``soft`` is positive; 0 everywhere where low = high.

    ``above`` says that there is more above ``high``, all in one colour. Differences are taken of quarters, which do not overflow.
    """

    low: float
    high: float
    soft: float
    above: bool = False

    @property
    def flat(self) -> bool:
        """Whether F is one number, as far as numbers can tell."""
        return self.low == self.high

    def height(self, f):
        """The height of values ``f``; what is not finite counts as high, see :func:`undefined`."""
        with np.errstate(invalid="ignore"):
            return np.clip(self.unclipped(np.where(np.isnan(f), self.high, f)), 0, 1)

    def unclipped(self, f):
        """The same for numbers, which may lie below or above the scale."""
        f, low, high = np.asarray(f, float) / 4, self.low / 4, self.high / 4
        if self.flat:
            return np.zeros(np.shape(f))
        if not self.soft:
            return (f - low) / (high - low)
        soft = self.soft / 4
        with np.errstate(over="ignore"):  # of what lies far above
            return np.log1p(np.maximum(f - low, 0) / soft) / math.log1p((high - low) / soft)

    def ticks(self) -> list[float]:
        """A handful of round values of F."""
        if self.flat:
            return [self.low]
        third = self.high / 3 - self.low / 3
        if not self.soft:
            step = 10.0 ** math.floor(math.log10(third))
            step *= next(m for m in (1, 2, 5, 10) if third / (m * step) <= 2)
            found = [step * i for i in range(math.ceil(self.low / step), math.floor(self.high / step) + 1)]
        else:
            first, last = math.ceil(math.log10(self.soft)), math.floor(math.log10(third) + math.log10(3))
            every = max(1, (last - first + 1) // 4)
            found = [self.low, *(self.low + 10.0**p for p in range(min(last, 308), first - 1, -every)[::-1])]
        return sorted({value for value in found if self.low <= value <= self.high}) or [self.low, self.high]

    def marks(self) -> dict[float, str]:
        """Height → text of each tick, with as many digits as tell them apart."""
        values = self.ticks()
        return dict(zip((float(h) for h in self.height(np.array(values))), texts_of(values), strict=True))

    @property
    def said(self) -> str:
        """What the picture cannot show, in words; "" where it shows all."""
        if self.flat:
            return f"F = {number_words(self.low, 6)} all over: it varies by less than numbers of 16 digits can tell"
        return f"F above {number_words(self.high)} in one colour" if self.above else ""


def undefined(f: np.ndarray) -> np.ndarray:
    """Where F is no finite number, for pictures of values ``f`` of any shape: drawn as grey, and no part of any range."""
    return ~np.isfinite(f)


def striped(shape: tuple[int, ...]) -> np.ndarray:
    """Slanted stripes over an image of ``shape`` (rows, columns), bool."""
    rows, columns = np.indices(shape)
    return (rows + columns) // max(2, min(shape) // STRIPES) % 2 == 0


UNDEFINED = "hatched: F is no finite number"


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
    out, rows = np.empty((len(ys), len(xs))), max(1, CHUNK_COORDINATES // (len(xs) * d))
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
    """The scale that suits the values ``f`` of a landscape on its box; those that are not finite do not count."""
    known = f[np.isfinite(f)]
    low, high, median = (float(known.min()), float(known.max()), float(np.median(known))) if known.size else (0, 1, 0.5)
    minimum = landscape.minimum(d)
    if minimum is not None and minimum <= low and low / 4 - minimum / 4 < 0.1 * (high / 4 - low / 4):
        low = minimum  # the grid may have missed it
    if indistinct(low, high):
        return Scale(low, low, 0.0)
    if not landscape.log_colours and high / 4 - low / 4 <= SKEW * (median / 4 - low / 4):
        return Scale(low, high, 0.0)
    middle = median / 4 - low / 4
    if high / 4 / WIDEST - low / 4 / WIDEST > middle and not indistinct(
        low, median
    ):  # else the box were one colour but for a corner
        return Scale(low, low + TOP * 4 * middle, median / 100 - low / 100, above=True)
    return Scale(low, high, max(median / 100 - low / 100, high * 1e-6 - low * 1e-6))


def indistinct(low: float, high: float) -> bool:
    """Whether all numbers from ``low`` to ``high`` are one, but for rounding."""
    return high / 4 - low / 4 <= max(ROUNDING * max(abs(low), abs(high)) / 4, SMALLEST)
