"""How much of the surroundings of a box a view shows: in steps, so that it never moves with a single agent. NumPy only; any thread.

Distances are measured from the middle of the box, in half widths of it (maximum norm).
"""

from __future__ import annotations

from typing import Any

import numpy as np

EDGE = 1.06  # half widths of the box that a view shows: agents at a wall are whole, in a frame of 250 pixels too
ZOOMS = (EDGE, 1.25, 1.6, 2.0, 3.0)  # half widths of the box that a view may show
SHARE = 0.9  # of the agents that a view shows; of fewer than 20, all
CALM_PICTURES = 60  # for which all agents are well inside, before a view shrinks
WELL_INSIDE = 0.9  # of the next smaller view


def distances(x: np.ndarray, low: Any, high: Any) -> np.ndarray:
    """How far agents (N, d) or (N,) are from the middle of a box, (N,)."""
    columns = x.reshape(len(x), -1).T
    pairs = zip(columns, np.atleast_1d(low), np.atleast_1d(high), strict=True)
    with np.errstate(over="ignore"):  # of a diverging swarm: infinitely far is far enough
        return np.maximum.reduce([np.abs(column - (a + b) / 2) * (2 / (b - a)) for column, a, b in pairs])


def reach(x: np.ndarray, low: Any, high: Any) -> float:
    """How far from the middle of a box most of the agents ``x`` (N, d) are."""
    return reach_of(distances(x, low, high))


def reach_of(away: np.ndarray) -> float:
    """The distance that SHARE of the distances ``away`` (N,) do not exceed; of fewer than 20, the largest."""
    rank = int(SHARE * (len(away) - 1)) if len(away) >= 20 else len(away) - 1
    return float(np.partition(away, rank)[rank])


def zoom_of(far: float) -> float:
    """The half width, in half widths of the box, of the view that shows what is up to ``far`` from its middle."""
    return next((step for step in ZOOMS if far <= step), ZOOMS[-1])


def view_around(low: Any, high: Any, zoom: float) -> tuple[Any, Any]:
    """The ends of the view of half width ``zoom`` around a box (numbers or arrays)."""
    centre, half = (low + high) / 2, (high - low) / 2 * zoom
    return centre - half, centre + half


def view_of(low: Any, high: Any, far: float) -> tuple[Any, Any]:
    """The ends of the view that shows what is up to ``far`` half widths from the middle of a box."""
    return view_around(low, high, zoom_of(far))


def in_view(x: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Which agents ``x`` (N, d) a view shows, (N,) bool."""
    return np.logical_and.reduce([(c >= a) & (c <= b) for c, a, b in zip(x.T, low, high, strict=True)])


class Zoom:
    """The zoom of a view that follows a run.

    It grows at once when too many agents are outside, and shrinks by one step only after all of them have been well inside for
    CALM_PICTURES pictures.

    Attributes
    ----------
    place : int
        Index into ZOOMS.
    """

    def __init__(self) -> None:
        self.place, self._calm = 0, 0

    @property
    def size(self) -> float:
        """Half the width of the view, in half widths of the box."""
        return ZOOMS[self.place]

    def step(self, away: np.ndarray) -> bool:
        """Follow the agents at distances ``away`` (N,) from the middle of the box; whether the view changed."""
        before = self.place
        wanted = ZOOMS.index(zoom_of(reach_of(away)))
        if wanted > self.place:
            self.place, self._calm = wanted, 0
        inside = self.place > 0 and away.max() <= WELL_INSIDE * ZOOMS[self.place - 1]
        self._calm = self._calm + 1 if inside else 0
        if self._calm > CALM_PICTURES:
            self.place, self._calm = self.place - 1, 0
        return self.place != before

    def around(self, low: Any, high: Any) -> tuple[Any, Any]:
        """The ends of the view around a box (numbers or arrays)."""
        return view_around(low, high, self.size)
