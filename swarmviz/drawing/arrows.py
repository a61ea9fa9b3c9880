"""Velocities as arrows, for the page and for pictures: an arrow is the way that an agent goes in a fixed time at its velocity.

The scale belongs to the box and never to the swarm, so that a swarm that slows down has shorter arrows, one at rest has none, and two
runs on one box can be compared.

    arrow = TIME · v, but no longer than MAX_WIDTHS widths of the box (then it has two heads) and none below MIN_WIDTHS widths      (1)

NumPy only; safe on any thread.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from swarmviz.drawing.axes import decimal, nice_above

TIME = 0.05  # units of time
MAX_WIDTHS, MIN_WIDTHS = 0.15, 1e-3  # widths of the box: the longest arrow, and what is no longer drawn
BACK, ACROSS = 0.3, 0.16  # of a head, in shares of its arrow
SECOND = 0.3  # of the arrow: how far behind the tip the second head of an arrow is that was cut short
SHAPE = 1.2  # width over height of a usual frame, for heads where the axes have different units
CUT = "two heads: faster"


class Key(NamedTuple):
    """The legend of arrows: one of ``length``, in coordinates, stands for ``speed``, a round number."""

    speed: float
    length: float

    @property
    def label(self) -> str:
        """In words, for a bar of that length."""
        return f"|v| = {decimal(self.speed)}"


def width_of(low: np.ndarray, high: np.ndarray) -> float:
    """The largest side of a box in its first two coordinates, which arrows are measured by."""
    return float(np.max(np.asarray(high, float)[:2] - np.asarray(low, float)[:2]))


def key_of(width: float) -> Key:
    """The legend over a box that is ``width`` wide: 1, 2 or 5 × 10ⁿ, with an arrow of 4% to 10% of the box."""
    speed = nice_above(0.04 * width / TIME)
    return Key(speed, speed * TIME)


def strokes(x: np.ndarray, v: np.ndarray, width: float, unit: float = 1.0) -> np.ndarray:
    """The arrows (1) as segments: shafts, then the strokes of heads.

    Parameters
    ----------
    x, v : numpy.ndarray, shape (N, 2)
        Where the arrows begin, and the velocities. Those that are no numbers are left out.
    width : float
        Of the box, see :func:`width_of`.
    unit : float
        What a length along the first axis is multiplied by to look as long along the second; for axes with different units and arrows
        along the first.

    Returns
    -------
    numpy.ndarray, shape (S, 4)
        x₀, y₀, x₁, y₁ of each segment: M shafts, 2 M strokes that end at the tips, and 2 more for each arrow that was cut short.
    """
    x = np.asarray(x, float)
    along, drawn, cut = shafts(x, v, width)
    x, along, cut = x[drawn], along[drawn], cut[drawn]
    tip, across = x + along, np.column_stack([-along[:, 1] / unit, along[:, 0] * unit])
    parts = [np.hstack([x, tip])]
    for end, arrow, side in ((tip, along, across), (tip - SECOND * along, along, across)):
        kept = slice(None) if end is tip else cut
        parts += [np.hstack([end - BACK * arrow + sign * ACROSS * side, end])[kept] for sign in (1, -1)]
    return np.concatenate(parts)


def shafts(x: np.ndarray, v: np.ndarray, width: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The way (1) from the beginning of each arrow to its tip, (N, 2); which are drawn, (N,) bool; and which were cut short, (N,) bool."""
    x, v = np.asarray(x, float), np.asarray(v, float)
    most = np.abs(v).max(axis=1, initial=0.0)
    with np.errstate(all="ignore"):
        course = v / np.where(most > 0, most, 1.0)[:, None]  # no square of a large velocity overflows
        size = np.hypot(*course.T)
        length = TIME * most * size
        drawn = np.isfinite(most) & (length >= MIN_WIDTHS * width) & np.isfinite(x).all(axis=1)
        along = course * (np.minimum(length, MAX_WIDTHS * width) / size)[:, None]
    return np.where(drawn[:, None], along, 0.0), drawn, length > MAX_WIDTHS * width
