"""A hand in the arena: clicks, and handles (the wells of a landscape) that can be dragged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from bokeh.events import Pan, PanEnd, PanStart, Tap
from bokeh.plotting import figure

from components.palette import Theme
from components.views.figures import MOVING, source

REACH = 0.035  # of the view's width: how near to a handle one must press


class DragHandles:
    """The handles of a figure, and what a person does with the mouse or a finger.

    Parameters
    ----------
    fig : figure
        With the coordinates x (and y) on its axes.
    flat : bool
        One dimension: the vertical axis is not a coordinate.

    Attributes
    ----------
    on_hand : function (act, handle, place)
        ``clicked`` (handle −1 where there is none), ``dragged`` and ``dropped``; ``place`` has shape (1,) or (2,).
    """

    def __init__(self, fig: figure, flat: bool):
        self._fig, self._flat = fig, flat
        self._held = -1
        self.at = source(x=None, y=None)
        self.rings = fig.scatter(
            "x", "y", source=self.at, marker="circle_dot", size=22, fill_color=None, line_width=2, level=MOVING
        )
        self.on_hand: Callable[[str, int, np.ndarray], None] = lambda act, handle, place: None
        for event, heard in ((Tap, self._tap), (PanStart, self._take), (Pan, self._drag), (PanEnd, self._drop)):
            fig.on_event(event, heard)

    def dress(self, colours: Theme) -> None:
        """The colours of a theme."""
        self.rings.glyph.line_color = colours.ink

    def show(self, x: np.ndarray, y: np.ndarray) -> None:
        """Where the handles are; nothing is sent when they did not move."""
        x, y = x.astype("f4"), y.astype("f8")  # y may be a value of F
        if not (np.array_equal(self.at.data["x"], x) and np.array_equal(self.at.data["y"], y)):
            self.at.data = {"x": x, "y": y}

    def near(self, x: float, y: float) -> int:
        """The handle at a place, −1 where there is none."""
        away = np.abs(self.at.data["x"] - x)
        if not self._flat:
            away = np.hypot(away, self.at.data["y"] - y)
        width = self._fig.x_range.end - self._fig.x_range.start
        return int(away.argmin()) if len(away) and away.min() < REACH * width else -1

    def _tell(self, act: str, handle: int, event: Any) -> None:
        if event.x is not None and event.y is not None:
            self.on_hand(act, handle, np.array([event.x] if self._flat else [event.x, event.y], float))

    def _tap(self, event: Any) -> None:
        self._tell("clicked", self.near(event.x, event.y), event)

    def _take(self, event: Any) -> None:
        self._held = self.near(event.x, event.y)

    def _drag(self, event: Any) -> None:
        if self._held >= 0:
            self._tell("dragged", self._held, event)

    def _drop(self, event: Any) -> None:
        held, self._held = self._held, -1
        if held >= 0:
            self._tell("dropped", held, event)
