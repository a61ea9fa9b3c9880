"""The arena of a swarm in one dimension, painted by Bokeh: see :mod:`swarmviz.drawing.line` for what is seen in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from bokeh.models import HoverTool, LegendItem, LinearColorMapper

from components.palette import MINIMISER, Theme, density_palette
from components.views.arena import agents
from components.views.arena.arrows import LEGEND, add_key_bar, apply_key_theme, arrow_columns, show_key
from components.views.arena.choosing import choose_by_click
from components.views.arena.drag_handles import DragHandles
from components.views.arena.inset import InsetLayers, InsetNumbers, columns
from components.views.arena.options import ArenaOptions
from components.views.arena.ranges import ArenaRanges
from components.views.arena.slow_arrows import stage_text
from components.views.figures import (
    FURTHEST,
    MOVING,
    apply_theme,
    finite_f4,
    finite_f8,
    flat_legend,
    move_range,
    name_in_legend,
    new_figure,
    note,
    placed,
    source,
)
from swarmviz import Frame, Simulation
from swarmviz.drawing.agents import CELLS, CountImage
from swarmviz.drawing.line import Curve, LinePicture, curve_of, line_picture, shift_of
from swarmviz.drawing.region import View
from swarmviz.drawing.style import FEW, MANY
from swarmviz.drawing.zoom import Zoom, distances, view_around
from swarmviz.landscapes import Landscape

FINE = 1e-3  # of their magnitude: coordinates of a narrower view need more digits than float32 has


class LineRenderer:
    """A figure of F over x.

    Parameters
    ----------
    colours : Theme
    options : ArenaOptions
        Region and layers.

    Attributes
    ----------
    refresh : callable
        Called on the page's thread when the browser's frame has another size and an inset stands in it.
    """

    def __init__(self, colours: Theme, options: ArenaOptions):
        self.colours, self.options, self.look = colours, options, options.look
        self.figure = fig = new_figure("x", "F(x)")
        top = {"level": MOVING}
        self.tones, self.counts = LinearColorMapper(low=0, high=1), LinearColorMapper(low=0, high=255)
        self.curve = source(x=None, f=None, base=None, top=None)
        self.background = fig.varea(x="x", y1="base", y2="f", source=self.curve)
        self.density = source(image=[np.zeros((1, CELLS[1]), "u1")], x=[0.0], y=[0.0], dw=[1.0], dh=[1.0])
        self.cloud = fig.image(
            "image", "x", "y", "dw", "dh", source=self.density, color_mapper=self.counts, name="density", **top
        )
        self.cover = fig.varea(
            x="x", y1="f", y2="top", source=self.curve, **top
        )  # a density is seen under the curve only
        self.missing = source(left=None, right=None, bottom=None, top=None)
        self.gaps = fig.quad(
            "left", "right", "top", "bottom", source=self.missing, line_color=None, hatch_pattern="/", hatch_scale=10
        )
        self.path = fig.line("x", "f", source=self.curve, line_width=2, name="landscape", **top)
        self.marks = source(focus=None, level=None, best_x=None, best_y=None)
        self.level = fig.hspan(y="level", source=self.marks, line_width=2, line_dash=[6, 4], name="level", **top)
        self.focus = fig.vspan(x="focus", source=self.marks, line_width=2.5, name="consensus", **top)
        self.arrows = source(x0=None, y0=None, x1=None, y1=None)
        self.velocities = fig.segment(
            "x0", "y0", "x1", "y1", source=self.arrows, line_alpha=0.75, line_width=1.2, name="arrows", **top
        )
        self.points, self.dots = agents.add_agents(fig, "x", "energy", self.tones)
        self.minimisers = source(x=None, f=None)
        self.stars = fig.scatter(
            "x", "f", source=self.minimisers, marker=MINIMISER, size=15, line_width=1.4, name="minimiser", **top
        )
        self.best = fig.scatter(
            "best_x", "best_y", source=self.marks, size=17, fill_color=None, line_width=2, name="best", **top
        )
        self.handles = DragHandles(fig, flat=True)
        choose_by_click(fig, self.points, "x", "energy")
        self.legend, self.note, self.key = flat_legend(fig), note(fig), add_key_bar(fig)
        self.stage_text = stage_text(fig, self.points, up="energy")
        self.hover = HoverTool(renderers=[self.dots], limit=agents.MAX_HOVERED)
        fig.add_tools(self.hover)
        self._kind = agents.Kind()
        self._curve: Curve | None = None
        self._zoom, self._box, self._inset = Zoom(), np.zeros(0), InsetNumbers()
        self.inset: InsetLayers | None = None
        self.ranges = ArenaRanges(fig, self.handles, flat=True, moved=self._moved, resized=self._resized)
        self.refresh: Callable[[], None] = lambda: None
        self.apply_theme(colours)

    def _resized(self) -> None:
        """The browser has another size of the frame, in whose corner the inset stands."""
        if self.inset is not None and self.inset.is_shown:
            self.refresh()

    def _moved(self, values: list[Any]) -> None:
        """A hand has moved the ranges in the browser; F follows."""
        self.options.move_to(self, values)

    def apply_theme(self, colours: Theme) -> None:
        """Use the colours of a theme."""
        self.colours = colours
        apply_theme(self.figure, colours)
        deep, middle = colours.landscape[0], colours.landscape[len(colours.landscape) // 2]
        self.background.glyph.update(fill_color=middle, fill_alpha=0.35)
        self.path.glyph.line_color = deep
        self.counts.palette = density_palette(colours)
        self.cover.glyph.fill_color = colours.paper
        self.gaps.glyph.update(fill_color=colours.undefined[0], hatch_color=colours.undefined[1])
        agents.apply_theme(self.figure, self.dots, self.tones, self._kind, colours)
        self.focus.glyph.line_color, self.level.glyph.line_color = colours.focus, colours.curves[2]
        self.best.glyph.line_color = self.velocities.glyph.line_color = colours.ink
        self.handles.apply_theme(colours)
        apply_key_theme(self.key, colours)
        self.stars.glyph.update(fill_color=colours.minimiser, line_color=colours.ink)
        if self.inset is not None:
            self.inset.apply_theme(colours)

    def reset(self, frame: Frame, run: Simulation, same_run: bool) -> None:
        """Another run, or the same with another landscape: forget the past, name what is drawn."""
        box = np.concatenate(run.landscape.limits(1))
        if not (same_run and np.array_equal(box, self._box)):  # else the landscape was edited, and nothing shall move
            self._zoom, self._inset, self._curve = Zoom(), InsetNumbers(), None
        self._box = box
        self._drawn: Landscape | None = None
        self._drawn_view: tuple[Any, ...] = ()
        self._kind = kind = agents.kind_of(frame)
        agents.apply_theme(self.figure, self.dots, self.tones, kind, self.colours)
        self.hover.update(tooltips=agents.tooltips(kind, [("position", "@x")]), formatters=agents.hover_formatters(kind),
                          renderers=[self.dots] if frame.n <= MANY else [])  # fmt: skip
        self.cloud.visible = self.cover.visible = frame.n > MANY
        items = agents.legend_items(self.figure, kind, self.colours) if frame.n <= MANY else []
        if frame.focus is not None:
            items.append(LegendItem(label="consensus", renderers=[self.focus]))
        if frame.level is not None:
            items.append(LegendItem(label="provisional minimum", renderers=[self.level]))
        items.append(LegendItem(label="lowest agent", renderers=[self.best]))
        if len(run.landscape.minimisers(1)):
            items.append(LegendItem(label="known minimum", renderers=[self.stars]))
        if frame.v is not None and frame.n <= FEW:
            items.append(LegendItem(label=LEGEND, renderers=[self.velocities]))
        name_in_legend(self.legend, items)
        self.figure.title.text = run.landscape.title

    def prepare(self, frame: Frame, run: Simulation) -> dict[str, Any]:
        """The columns of the sources for the next picture; touches no figure."""
        landscape, look = run.landscape, self.look
        box_low, box_high = landscape.limits(1)
        if not look.frozen:
            self._zoom.step(distances(frame.x, box_low, box_high))
        region, layers = look.region_for(frame, landscape), look.layers
        size = look.shared("view", self, self._box, self._zoom.size)
        look.shown = view = region or view_around(box_low, box_high, size)
        low, high = view
        out: dict[str, Any] = {"view": (low, high, region is not None, region is not None and look.origin is self)}
        if (curve := self._new_curve(landscape, low[0], high[0], shift_of(frame))) is not None:
            out["background"] = self._curve = curve
        assert self._curve is not None
        most = partial(look.shared, "count", self, self._box)
        picture = line_picture(frame, landscape, view, self._curve.unit, self._curve.note, layers, most)
        out |= {"key": picture.key, "note": picture.note}
        if layers.inset:
            out["inset"] = self._inset_columns(frame, landscape, view, picture)
        marks = {
            "focus": picture.focus,
            "level": picture.level,
            "best_x": picture.lowest[0],
            "best_y": picture.lowest[1],
        }
        out["marks"] = {name: finite_f8(np.array([value])) for name, value in marks.items()}
        if isinstance(picture.agents, CountImage):
            out["density"] = picture.agents
        else:
            narrow = high[0] - low[0] < FINE * max(abs(low[0]), abs(high[0]))
            x = picture.agents.x[:, 0]
            out["points"] = {"x": np.clip(x, -FURTHEST, FURTHEST) if narrow else finite_f4(x)} | agents.columns_of(
                picture.agents, frame
            )
        if frame.v is not None and frame.n <= FEW:
            out["arrows"] = arrow_columns(picture.arrows, finite_f8)
        return out

    def _inset_columns(
        self, frame: Frame, landscape: Landscape, view: View, picture: LinePicture
    ) -> dict[str, Any] | None:
        size = self.ranges.frame_size
        common = partial(self.look.shared, "inset", self, self._box)
        drawn = self._inset.of(frame, view, size, flat=True, common=common) if size else None
        if drawn is None or size is None:
            return None
        (left,), (right,) = drawn[0].low, drawn[0].high
        curve = curve_of(landscape, left, right, shift_of(frame))
        ends = np.array([left, curve.bottom]), np.array([right, curve.top])
        points, line = np.column_stack([frame.x[:, 0], frame.energy]), np.column_stack([curve.x, curve.f])
        marks = np.empty((0, 2)), curve.minimisers, picture.lowest
        return columns(frame, drawn, points, ends, marks, size[0], line)

    def _new_curve(self, landscape: Landscape, left: float, right: float, shift: float) -> Curve | None:
        """The curve, where that in the figure does not do any more; its axis stays while wells are edited in the arena."""
        wanted, frozen = (left, right, shift), self.look.frozen
        if self._drawn is not None and self._drawn_view == (*wanted, frozen) and self._drawn.same_as(landscape):
            return None
        self._drawn, self._drawn_view, before = landscape.copy(), (*wanted, frozen), self._curve
        curve = curve_of(landscape, left, right, shift)
        if frozen and before is not None and (before.x[0], before.x[-1]) == (curve.x[0], curve.x[-1]):
            curve = curve._replace(bottom=before.bottom, top=before.top)
        return curve

    def paint(self, payload: dict[str, Any]) -> None:
        """Write a payload to the sources."""
        if "background" in payload:
            self._paint_background(payload["background"])
        self.ranges.show(*payload["view"])
        self._paint_inset(payload.get("inset"))
        for name in ("points", "arrows"):
            drawn = getattr(self, name)
            if name in payload:
                drawn.data = payload[name]
            elif len(next(iter(drawn.data.values()))):
                drawn.data = {column: np.zeros(0, "f4") for column in drawn.data}
        if "density" in payload:
            counted, y = payload["density"], self.figure.y_range
            (left,), (right,) = counted.low, counted.high
            self.density.data = placed(counted.image, (left, y.start), (right - left, y.end - y.start))
        self.marks.data = payload["marks"]
        show_key(self.key, payload["key"])
        if self.note.text != payload["note"]:
            self.note.update(text=payload["note"], visible=bool(payload["note"]))

    def _paint_inset(self, payload: dict[str, Any] | None) -> None:
        if self.inset is None and payload is not None:
            self.inset = InsetLayers(self.figure, self.tones, self.colours)
        if self.inset is not None:
            self.inset.paint(payload)

    def _paint_background(self, curve: Curve) -> None:
        """What does not move: the curve, its gaps, the minimisers, the handles and the ranges."""
        gaps, count = curve.gaps, len(curve.gaps)
        self.missing.data = {"left": gaps[:, 0], "right": gaps[:, 1],
                             "bottom": np.full(count, curve.bottom), "top": np.full(count, curve.top)}  # fmt: skip
        ends = {name: np.full(len(curve.x), end) for name, end in (("base", curve.bottom), ("top", curve.top))}
        self.curve.data = {"x": curve.x, "f": finite_f8(curve.f)} | ends
        x, f = curve.minimisers.T
        self.minimisers.data = {"x": x, "f": f}
        self.handles.show(*curve.handles.T)
        move_range(self.figure.y_range, (curve.bottom, curve.top))
