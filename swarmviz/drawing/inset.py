"""A small swarm at its own scale, in a corner of the arena where the swarm is not.

It appears once the swarm takes less than ``APPEARS`` of the view and goes above ``GOES``; its width is a round number that changes in
steps, its middle follows the swarm. NumPy only; safe on any thread.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from swarmviz.drawing.axes import decimal, nice_above
from swarmviz.drawing.region import extent_of
from swarmviz.frame import Frame

APPEARS, GOES = 0.05, 0.08  # the swarm's width over that of the view, along its longer side
SIDE = 0.3  # of an inset over the shorter side of the frame
CLEAR = 0.15  # of the view, between the swarm and an inset
FILLED = 0.8  # of an inset that the swarm fills at most
NARROWEST = 1e-14  # of the view: numbers are not so dense that a narrower inset showed more than rounding
MOST_AGENTS = 300  # that are drawn in an inset: evenly chosen of more


class Inset(NamedTuple):
    """What an inset shows.

    Attributes
    ----------
    low, high : (1,) or (2,)
        Its corners.
    chosen : (A,) int
        The agents that are drawn, some of which may lie outside.
    magnification : float
        How much larger it shows lengths than the arena.
    right : bool
        Whether it stands in the upper right corner of the arena, else in the upper left.
    n : int
        Number of agents of the swarm.
    """

    low: np.ndarray
    high: np.ndarray
    chosen: np.ndarray
    magnification: float
    right: bool
    n: int

    @property
    def width(self) -> float:
        """Of its sides, in the coordinates of the arena."""
        return float((self.high - self.low)[0])

    def with_width(self, width: float) -> Inset:
        """The same around its middle with sides of another width."""
        if width == self.width:
            return self
        middle, half = (self.low + self.high) / 2, width / 2
        return self._replace(
            low=middle - half, high=middle + half, magnification=self.magnification * self.width / width
        )

    @property
    def label(self) -> str:
        """Its scale in words, and how many agents it leaves out."""
        part = "" if len(self.chosen) == self.n else f" · {len(self.chosen):,} of {self.n:,} agents"
        return f"{times(self.magnification)}{part}"


def times(factor: float) -> str:
    """A magnification in two digits: ×3.5, ×24, ×1,200, ×3.1·10⁸."""
    digits = float(f"{factor:.2g}")
    if digits >= 1e6:
        return f"×{decimal(digits)}"
    return f"×{digits:,.0f}" if digits >= 10 else f"×{digits:g}"


class InsetState:
    """Whether there is an inset, on which side and how wide: both change late, so that nothing flickers."""

    def __init__(self) -> None:
        self._on, self._width, self._right = False, 0.0, True

    def step(self, frame: Frame, low: np.ndarray, high: np.ndarray) -> Inset | None:
        """The inset of a frame in the view from ``low`` to ``high``, (1,) or (2,); None where the swarm is large enough to be seen."""
        middle, half = extent_of(frame)
        view = high - low
        share = float((2 * half / view).max())
        self._on = np.isfinite(middle).all() and share < (GOES if self._on else APPEARS)
        if not self._on:
            self._width = 0.0
            return None
        wanted = max(
            2 * float(half.max()) / FILLED, NARROWEST * float(view.max()), NARROWEST * float(np.abs(middle).max())
        )
        if not wanted <= self._width <= 4 * wanted:
            self._width = nice_above(wanted)
        self._right = self._free_side((middle - low) / view)
        chosen = np.unique(np.linspace(0, frame.n - 1, min(frame.n, MOST_AGENTS)).round().astype(int))
        size = np.full(len(view), self._width)
        magnification = SIDE * float(view.min()) / self._width
        return Inset(middle - size / 2, middle + size / 2, chosen, magnification, self._right, frame.n)

    def _free_side(self, place: np.ndarray) -> bool:
        """Right or left, away from the swarm at ``place`` in [0, 1]; as in the last picture while the swarm is not near."""
        x, y = float(place[0]), float(place[1]) if len(place) > 1 else 0.0
        near = y > 1 - SIDE - CLEAR and (x > 1 - SIDE - CLEAR if self._right else x < SIDE + CLEAR)
        return self._right != near
