"""Clicks in the arena, and handles (the wells of a landscape) that can be dragged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from bokeh.events import Pan, PanEnd, PanStart, Tap
from bokeh.plotting import figure

from components.palette import Theme
from components.views.figures import MOVING, source

RING, CHOSEN_RING = 2.0, 5.0  # width of the line around a handle, in pixels
HIT_RADIUS = 0.035  # of the view's width: how near to a handle one must press


class DragHandles:
    """The handles of a figure, and what is done to them with a mouse or a finger.

    Parameters
    ----------
    fig : figure
        With the coordinates x (and y) on its axes.
    flat : bool
        One dimension: the vertical axis is not a coordinate.

    Attributes
    ----------
    held : int
        The handle that is being dragged, −1 where none is.
    chosen : int
        The handle that keys move, which has a stronger ring, −1 where none is.
    width : float
        Of the view, in coordinates.
    on_event : function (act, handle, place)
        ``clicked`` (handle −1 where there is none), ``dragged`` and ``dropped``; ``place`` has shape (1,) or (2,).
    """

    def __init__(self, fig: figure, flat: bool):
        self._fig, self._flat = fig, flat
        self.held, self.chosen, self.width = -1, -1, 1.0
        self.at = source(x=None, y=None, width=None)
        self.rings = fig.scatter(
            "x",
            "y",
            source=self.at,
            marker="circle_dot",
            size=22,
            fill_color=None,
            line_width="width",
            level=MOVING,
            name="handles",
        )
        self.on_event: Callable[[str, int, np.ndarray], None] = lambda act, handle, place: None
        for event, handler in ((Tap, self._tap), (PanStart, self._grab), (Pan, self._drag), (PanEnd, self._drop)):
            fig.on_event(event, handler)

    def apply_theme(self, colours: Theme) -> None:
        """Use the colours of a theme."""
        self.rings.glyph.line_color = colours.ink

    def show(self, x: np.ndarray, y: np.ndarray) -> None:
        """Where the handles are; nothing is sent when they did not move."""
        x, y = x.astype("f8"), y.astype("f8")  # y may be a value of F, and a narrow view needs all digits of x
        if not (np.array_equal(self.at.data["x"], x) and np.array_equal(self.at.data["y"], y)):
            self._write(x, y)

    def choose(self, handle: int) -> None:
        """Mark the one that keys move; −1: none."""
        if handle != self.chosen:
            self.chosen = handle
            self._write(self.at.data["x"], self.at.data["y"])

    def _write(self, x: np.ndarray, y: np.ndarray) -> None:
        width = np.full(len(x), RING)
        if 0 <= self.chosen < len(x):
            width[self.chosen] = CHOSEN_RING
        self.at.data = {"x": x, "y": y, "width": width}

    def hit_test(self, x: float, y: float) -> int:
        """The handle at a place, −1 where there is none."""
        away = np.abs(self.at.data["x"] - x)
        if not self._flat:
            away = np.hypot(away, self.at.data["y"] - y)
        return int(away.argmin()) if len(away) and away.min() < HIT_RADIUS * self.width else -1

    def _notify(self, act: str, handle: int, event: Any) -> None:
        if event.x is not None and event.y is not None:
            self.on_event(act, handle, np.array([event.x] if self._flat else [event.x, event.y], float))

    def _tap(self, event: Any) -> None:
        self._notify("clicked", self.hit_test(event.x, event.y), event)

    def _grab(self, event: Any) -> None:
        self.held = self.hit_test(event.x, event.y)

    def _drag(self, event: Any) -> None:
        if self.held >= 0:
            self._notify("dragged", self.held, event)

    def _drop(self, event: Any) -> None:
        held, self.held = self.held, -1
        if held >= 0:
            self._notify("dropped", held, event)
