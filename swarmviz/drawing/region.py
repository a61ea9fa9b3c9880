"""The part of the arena that is looked at in place of the whole box: checked, zoomed, moved, and laid around a swarm.

A region is x₀, x₁ of a swarm in one dimension and x₀, x₁, y₀, y₁ of its first two coordinates otherwise; the functions below take and
give its corners ``low`` and ``high``. NumPy only; safe on any thread.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from swarmviz.drawing.zoom import SHARE, view_around
from swarmviz.frame import Frame
from swarmviz.landscapes.base import Landscape

NARROWEST = 1e-9  # of the box, along each side: a narrower region has no more numbers to show
WIDEST = 10.0  # half widths of the box from its middle: how far a region reaches
ROOM = 1.25  # of a region over the swarm that it is laid around
STEP = 1.5  # by which one press zooms
SHIFT = 0.2  # of a region: how far one press moves it
ENOUGH = 4000  # agents that tell where a swarm is
NAMES = "x₀", "x₁", "y₀", "y₁"


class Region(NamedTuple):
    """The corners of a region, (1,) or (2,) each."""

    low: np.ndarray
    high: np.ndarray

    @property
    def values(self) -> list[float]:
        """x₀, x₁ and, of a plane, y₀, y₁."""
        return [float(end) for pair in zip(self.low, self.high, strict=True) for end in pair]


View = Region | tuple[np.ndarray, np.ndarray]  # what is shown: a region, or the box with some of its surroundings


def region_of(values: Any, low: Any, high: Any) -> Region:
    """A region, checked.

    Parameters
    ----------
    values : sequence of float
        x₀, x₁ and, of a plane, y₀, y₁.
    low, high : numpy.ndarray, shape (d,)
        The box; its first two coordinates count.

    Raises
    ------
    ValueError
        When they are not two or four finite numbers, not in order, narrower than ``NARROWEST`` of the box, or further than ``WIDEST``
        half widths of the box from its middle.
    """
    low, high = (np.asarray(side, float)[:2] for side in (low, high))
    names = NAMES[: 2 * len(low)]
    wanted: list[Any] = (
        list(values) if isinstance(values, Sequence | np.ndarray) and not isinstance(values, str) else []
    )
    if len(wanted) != len(names) or not all(map(_is_finite, wanted)):
        raise ValueError(f"region = {_brief(values)}: must be {len(names)} finite numbers {', '.join(names)}")
    ends = np.array(wanted, float).reshape(-1, 2)
    first, last = view_around(low, high, WIDEST)
    for axis, (a, b) in enumerate(ends):
        least = NARROWEST * (high[axis] - low[axis])
        if not b - a >= least:
            what = f"{names[2 * axis + 1]} − {names[2 * axis]} must be at least {least:.3g}"
        elif a < first[axis] or b > last[axis]:
            what = f"{names[2 * axis]} and {names[2 * axis + 1]} must be from {first[axis]:.6g} to {last[axis]:.6g}"
        else:
            continue
        raise ValueError(f"region = {_brief(values)}: {what}")
    return Region(ends[:, 0], ends[:, 1])


def checked_region(values: Any, frame: Frame, landscape: Landscape) -> Region | None:
    """The region that a picture of ``frame`` shows in place of the box, checked; None for the box, as of a finite set always.

    Raises
    ------
    ValueError
        As :func:`region_of`, and for a finite set, which is shown whole.
    """
    if values is None:
        return None
    if frame.occupation is not None:
        raise ValueError(f"region = {_brief(values)}: a finite set is shown whole")
    return region_of(values, *landscape.limits(frame.d))


def _is_finite(value: Any) -> bool:
    """Whether a value is a number that a float can hold."""
    try:
        return isinstance(value, int | float | np.number) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False


def _brief(values: Any) -> str:
    text = str(values)
    return text if len(text) <= 80 else f"{text[:80]}…"


def fitted(middle: np.ndarray, half: np.ndarray, low: np.ndarray, high: np.ndarray) -> Region:
    """The region around ``middle`` of half widths ``half``, made as wide and pushed as far as :func:`region_of` asks for in a box."""
    first, last = view_around(low, high, WIDEST)
    half = np.clip(half, 0.5000001 * NARROWEST * (high - low), (last - first) / 2)
    middle = np.clip(middle, first + half, last - half)
    return Region(np.maximum(middle - half, first), np.minimum(middle + half, last))


def zoomed(region: Region, factor: float, low: np.ndarray, high: np.ndarray) -> Region:
    """The region zoomed in by ``factor`` (out below 1) around its middle; it keeps its shape where a limit stops it."""
    half = (region.high - region.low) / 2
    width = high - low
    most, least = (WIDEST * width / 2 / half).min(), (0.5000001 * NARROWEST * width / half).max()
    return fitted((region.low + region.high) / 2, half * float(np.clip(1 / factor, least, most)), low, high)


def moved(region: Region, along: Sequence[float], low: np.ndarray, high: np.ndarray) -> Region:
    """The region moved by ``along`` of its own size."""
    size = region.high - region.low
    return fitted((region.low + region.high) / 2 + np.asarray(along, float)[: len(size)] * size, size / 2, low, high)


def extent_of(frame: Frame) -> tuple[np.ndarray, np.ndarray]:
    """Middle and half widths (1,) or (2,) of where the swarm is: the median, and what SHARE of the agents that take part are within.

    Of fewer than 20 agents, all are; of more than ``ENOUGH``, every so-manieth is looked at.
    """
    every = max(1, frame.n // ENOUGH)
    x, mass = frame.x[::every, :2], frame.mass[::every] if frame.mass is not None else None
    if mass is not None and (mass > 0).any():
        x = x[mass > 0]
    x = x[np.isfinite(x).all(axis=1)]
    if not len(x):
        return np.zeros(min(frame.d, 2)), np.zeros(min(frame.d, 2))
    middle = np.median(x, axis=0)
    if len(x) < 20:
        middle = (x.min(axis=0) + x.max(axis=0)) / 2
        return middle, np.abs(x - middle).max(axis=0)
    rank = int(SHARE * (len(x) - 1))
    return middle, np.partition(np.abs(x - middle), rank, axis=0)[rank]


def around_swarm(frame: Frame, low: np.ndarray, high: np.ndarray) -> Region:
    """The region that the swarm fills, in the box from ``low`` to ``high``; no side is thinner than a tenth of the other."""
    middle, half = extent_of(frame)
    half = np.maximum(half, half.max() / 10)
    return fitted(middle, ROOM * half, low, high)
