"""The ranges of an arena's figure: fitted to its frame, written by the server, zoomed and panned with mouse and fingers.

The server writes the view that it wants to ``wanted`` and counts in the first of their tags; the browser, which alone knows the frame,
shows it with equal units on both axes and more of the landscape on the longer side. Bokeh's tools move the figure's own ranges in the
browser, which tells where they have got to; the server writes that to ``wanted`` without counting, so that nothing jumps back under a hand
that goes on. What the browser writes to ranges is of use there alone (:mod:`components.server.writable`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from bokeh.events import Pan as Panned
from bokeh.events import PanEnd, PanStart, RangesUpdate
from bokeh.models import ColorBar, CustomJS, PanTool, Range1d, WheelZoomTool
from bokeh.plotting import figure

from components.views.arena.drag_handles import HIT_RADIUS, DragHandles
from components.views.figures import move_range

EDGE_PX = (
    8  # at least so much of the frame lies beyond each end of the view of the box: what sits on its wall is seen whole
)
LEAST_POWER = -6  # of ten, below which coordinates have an exponent
PIXELS = "pixels"  # the name of ranges that count the pixels of the frame, from its lower left corner

# Ranges that a hand has moved, which the server may not know yet, keep their middle and their unit in a frame of another size: it changes
# while they move, because other ticks need another width.
FIT = """
const w = fig.inner_width, h = fig.inner_height
if (!(w > 0 && h > 0)) return
for (const [range, size] of [[px, w], [py, h]]) { range.setv({start: 0, end: size}, {sync: false}) }
const edge = wx.tags[1] ? 0 : 2 * edge_px // a region is shown as it was chosen
const axes = flat ? [[fig.x_range, wx, w]] : [[fig.x_range, wx, w], [fig.y_range, wy, h]]
const ends = () => axes.flatMap(([range]) => [range.start, range.end]), fitted = fig.fitted
const by_hand = fitted != null && cb_obj !== wx && ends().some((end, i) => end !== fitted.ends[i])
const unit = by_hand ? (fig.x_range.end - fig.x_range.start) / fitted.w
  : flat ? (wx.end - wx.start) / w : Math.max((wx.end - wx.start) / Math.max(w - edge, 1), (wy.end - wy.start) / Math.max(h - edge, 1))
for (const [range, wanted, size] of axes) {
  const {start, end} = by_hand ? range : wanted, centre = (start + end) / 2, half = unit * size / 2
  range.setv({start: centre - half, end: centre + half, reset_start: centre - half, reset_end: centre + half}, {sync: false})
}
fig.fitted = {w, ends: by_hand ? fitted.ends : ends()}
pan.active = by_hand || wx.tags[1] // where the whole box is seen, a finger scrolls the page
if (bar) { bar.visible = fig.outer_width > 400 }
"""

# Wheel and hand move every range of the frame; those that count its pixels go back.
PIN = """
for (const [range, size] of [[px, fig.inner_width], [py, fig.inner_height]]) {
  if (range.start !== 0 || range.end !== size) { range.setv({start: 0, end: size}, {sync: false}) }
}
"""

# A hand that drags a handle does not move the ranges: they go back after each move of the tool.
HOLD = """
const kind = cb_obj.event_name, ends = (range) => ({start: range.start, end: range.end})
if (kind === "panstart") {
  const {x, y} = handles.data, reach = radius * (fig.x_range.end - fig.x_range.start)
  const near = (i) => flat ? Math.abs(x[i] - cb_obj.x) : Math.hypot(x[i] - cb_obj.x, y[i] - cb_obj.y)
  fig.held_ends = Array.from(x).some((_, i) => near(i) < reach) ? [ends(fig.x_range), ends(fig.y_range)] : null
} else if (fig.held_ends) {
  fig.x_range.setv(fig.held_ends[0], {sync: false})
  fig.y_range.setv(fig.held_ends[1], {sync: false})
  if (kind === "panend") { fig.held_ends = null }
} else if (kind === "rangesupdate") { pan.active = true }
"""


class ArenaRanges:
    """The ranges of a figure.

    Parameters
    ----------
    fig : figure
    handles : DragHandles
        What is dragged in it rather than its ranges.
    flat : bool
        One dimension: the vertical axis is not a coordinate, and follows.
    moved : function (values)
        Called with x₀, x₁, y₀, y₁ when a hand has moved the ranges.
    bar : ColorBar, optional
        Hidden where there is no room for it.
    resized : function ()
        Called when the browser's frame has another size.

    Attributes
    ----------
    frame_size : (width, height), optional
        Pixels of the frame; None as long as the browser has not told them.
    """

    def __init__(
        self,
        fig: figure,
        handles: DragHandles,
        flat: bool,
        moved: Callable[[list[Any]], None],
        bar: ColorBar | None = None,
        resized: Callable[[], None] = lambda: None,
    ):
        self._fig, self._handles, self._flat, self._moved, self._count = fig, handles, flat, moved, 0
        self._resized, self._size = resized, dict[str, int]()
        self.frame_size: tuple[int, int] | None = None
        self.wanted = Range1d(0, 1, tags=[0, False]), Range1d(0, 1)
        pixels = Range1d(0, 1), Range1d(0, 1)
        fig.extra_x_ranges, fig.extra_y_ranges = {PIXELS: pixels[0]}, {PIXELS: pixels[1]}
        dimensions = "width" if flat else "both"
        wheel, pan = WheelZoomTool(dimensions=dimensions, zoom_on_axis=False), PanTool(dimensions=dimensions)
        fig.add_tools(wheel, pan)
        fig.toolbar.update(active_scroll=wheel, active_drag=None)
        for axis in fig.axis:
            axis.formatter.power_limit_low = LEAST_POWER
        args = {"fig": fig, "px": pixels[0], "py": pixels[1], "pan": pan, "flat": flat, "edge_px": EDGE_PX}
        fit = CustomJS(args=args | {"wx": self.wanted[0], "wy": self.wanted[1]} | {"bar": bar}, code=FIT)
        fig.js_on_change("inner_width", fit)
        fig.js_on_change("inner_height", fit)
        self.wanted[0].js_on_change("tags", fit)
        pin = CustomJS(args=args, code=PIN)
        for range_ in pixels:
            range_.js_on_change("start", pin)
            range_.js_on_change("end", pin)
        hold = CustomJS(args=args | {"handles": handles.at, "radius": HIT_RADIUS}, code=HOLD)
        for event in (PanStart, Panned, PanEnd, RangesUpdate):
            fig.js_on_event(event, hold)
        fig.on_event(RangesUpdate, self._tell)
        fig.on_change("inner_width", self._measure)
        fig.on_change("inner_height", self._measure)

    def _measure(self, attr: str, old: Any, new: Any) -> None:
        self._size[attr] = new
        if len(self._size) == 2 and min(self._size.values()) > 0:  # the browser sends one after the other
            self.frame_size = self._size["inner_width"], self._size["inner_height"]
            self._resized()

    def _tell(self, event: Any) -> None:
        if self._handles.held < 0:
            self._moved([event.x0, event.x1, event.y0, event.y1])

    def ends(self, view: tuple[np.ndarray, np.ndarray], zoomed: bool) -> tuple[np.ndarray, np.ndarray] | None:
        """The ends of the frame in which a view is shown, as ``FIT`` has them; None as long as its size is not known."""
        if self.frame_size is None:
            return None
        size, (low, high) = np.array(self.frame_size, float)[: len(view[0])], view
        half = ((high - low) / np.maximum(size - (0 if zoomed else 2 * EDGE_PX), 1)).max() * size / 2
        return (low + high) / 2 - half, (low + high) / 2 + half

    def show(self, low: np.ndarray, high: np.ndarray, zoomed: bool, told: bool) -> None:
        """Show the view from ``low`` to ``high``; ``told``: it is the browser that has told it, and may be further by now."""
        before = [(ends.start, ends.end) for ends in self.wanted] + [self.wanted[0].tags[1:]]
        for axis, pair in enumerate(zip(low, high, strict=True)):
            ends = float(pair[0]), float(pair[1])
            move_range(self.wanted[axis], ends)
            if not told:
                move_range((self._fig.x_range, self._fig.y_range)[axis], ends)
        self._handles.width = float(high[0] - low[0])
        if not told and before != [(ends.start, ends.end) for ends in self.wanted] + [[zoomed]]:
            self._count += 1
            self.wanted[0].tags = [self._count, zoomed]
