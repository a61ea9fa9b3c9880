"""The arena of a swarm in two or more dimensions, painted by Bokeh: see :mod:`swarmviz.drawing.plane` for what is seen in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from bokeh.models import HoverTool, LegendItem, LinearColorMapper

from components.palette import BEST, FOCUS, FOCUS_SIZE, MINIMISER, Theme, density_palette
from components.views.arena import agents
from components.views.arena.arrows import LEGEND, add_key_bar, apply_key_theme, arrow_columns, show_key
from components.views.arena.background import Background, background, margins
from components.views.arena.choosing import choose_by_click
from components.views.arena.colour_bar import add_colour_bar, apply_bar_theme, show_ticks
from components.views.arena.drag_handles import DragHandles
from components.views.arena.inset import InsetLayers, InsetNumbers, columns
from components.views.arena.options import ArenaOptions
from components.views.arena.ranges import EDGE_PX, ArenaRanges
from components.views.arena.slow_arrows import stage_text
from components.views.figures import (
    FURTHEST,
    MOVING,
    apply_theme,
    finite_f4,
    flat_legend,
    name_in_legend,
    new_figure,
    note,
    placed,
    source,
)
from swarmviz import Frame, Simulation
from swarmviz.drawing.agents import CELLS, CountImage
from swarmviz.drawing.landscape import slice_point
from swarmviz.drawing.landscape_image import SHADES, shade_colours
from swarmviz.drawing.plane import PlanePicture, RecentPositions, plane_picture, shift_of
from swarmviz.drawing.region import View
from swarmviz.drawing.style import FEW, MANY, hex_colours
from swarmviz.drawing.zoom import Zoom, distances, view_around
from swarmviz.landscapes import Landscape

MAX_DRIFT = 0.1  # of the view: how far a landscape drifts before its picture is made anew, rather than pushed along
STRONG_LINKS = 250  # agents up to which the links to companions are strong
ENDS = ("x0", "y0", "x1", "y1")
OWN_COLOURS = "own colour scale of F"  # of landscapes that are compared and are not the same

FINE = 1e-3  # of their magnitude: coordinates of a narrower view need more digits than float32 has


class DrawnBackground(NamedTuple):
    """A picture of a landscape in ``d`` dimensions, pushed along by ``shift`` (2,), for a view whose ends are two arrays of shape (2,)."""

    background: Background
    landscape: Landscape
    d: int
    view: View
    shift: np.ndarray
    margin: tuple[float, float]


class PlaneRenderer:
    """A figure of the plane (x₁, x₂).

    Parameters
    ----------
    colours : Theme
    options : ArenaOptions
        Region and layers.

    Attributes
    ----------
    refresh : callable
        Called on the page's thread when the browser's frame needs a larger picture of the landscape.
    """

    def __init__(self, colours: Theme, options: ArenaOptions):
        self.colours, self.options, self.look = colours, options, options.look
        self.figure = new_figure("x₁", "x₂")
        self.figure.grid.visible = False
        self.shades, self.scale = LinearColorMapper(low=-0.5, high=SHADES - 0.5), LinearColorMapper(low=0, high=1)
        self.tones = LinearColorMapper(low=0, high=1)
        self.counts = LinearColorMapper(low=0, high=255)
        self._kind, self._drawn_minimisers, self._corner = agents.Kind(), None, np.zeros(2)
        self._view_size, self._drifts = np.ones(2), False
        self._prepared: DrawnBackground | None = None
        self._painted: DrawnBackground | None = None
        self._zoom, self._box, self._inset = Zoom(), np.zeros(0), InsetNumbers()
        self._contours = True
        self.inset: InsetLayers | None = None
        self._add_layers()
        self.bar = add_colour_bar(self.figure, self.scale)
        self.ranges = ArenaRanges(
            self.figure,
            self.handles,
            flat=False,
            moved=self._moved,
            bar=self.bar,
            resized=self._resized,
        )
        self.refresh: Callable[[], None] = lambda: None
        self.apply_theme(colours)

    def _resized(self) -> None:
        """The browser has another size of the frame, which the picture of the landscape has to fill."""
        inset = self.inset is not None and self.inset.is_shown
        if inset or (self._prepared is None or self._wanted_margin() != self._prepared.margin):
            self.refresh()

    def _moved(self, values: list[Any]) -> None:
        """A hand has moved the ranges in the browser."""
        self.options.move_to(self, values)

    def _wanted_margin(self) -> tuple[float, float]:
        return margins(self._view_size, self.ranges.frame_size, MAX_DRIFT if self._drifts else 0.0, EDGE_PX)

    # ---- what is in the figure -----------------------------------------------------------------------------------------

    def _add_layers(self) -> None:
        fig, add, top = self.figure, source, {"level": MOVING}
        self.background = add(image=[np.zeros((2, 2), "u1")], x=[0.0], y=[0.0], dw=[1.0], dh=[1.0])
        fig.image(
            "image",
            "x",
            "y",
            "dw",
            "dh",
            source=self.background,
            color_mapper=self.shades,
            level="image",
            name="landscape",
        )
        self.box = add(left=[0.0], right=[1.0], bottom=[0.0], top=[1.0])
        self.edge = fig.quad(source=self.box, fill_color=None, line_dash=[4, 4], line_width=1, name="box").glyph
        self.density = add(image=[np.zeros((CELLS[2], CELLS[2]), "u1")], x=[0.0], y=[0.0], dw=[1.0], dh=[1.0])
        self.cloud = fig.image(
            "image", "x", "y", "dw", "dh", source=self.density, color_mapper=self.counts, name="density", **top
        )
        self.trails = add(**dict.fromkeys((*ENDS, "alpha")))
        ends = {name: name for name in ENDS}
        self.paths = fig.segment(
            **ends, source=self.trails, line_alpha="alpha", line_width=1.2, line_cap="round", name="trails", **top
        )
        self.links = add(**dict.fromkeys(ENDS))
        self.partners = fig.segment(
            **ends, source=self.links, line_alpha=0.75, line_dash=[4, 3], line_width=1.2, name="links", **top
        )
        self.memory = add(x=None, y=None)
        self.memories = fig.scatter(
            "x", "y", source=self.memory, marker="cross", size=6, line_width=1.2, line_alpha=0.7, name="memory", **top
        )
        self.arrows = add(**dict.fromkeys(ENDS))
        self.velocities = fig.segment(**ends, source=self.arrows, line_alpha=0.75, line_width=1.2, name="arrows", **top)
        self.points, self.dots = agents.add_agents(fig, "x", "y", self.tones)
        self.marks = add(focus_x=None, focus_y=None, best_x=None, best_y=None)
        self.focus = fig.scatter("focus_x", "focus_y", source=self.marks, marker=FOCUS, size=FOCUS_SIZE, fill_color=None,
                                 line_width=1.8, name="consensus", **top)  # fmt: skip
        self.minimisers = add(x=None, y=None)
        self.stars = fig.scatter(
            "x", "y", source=self.minimisers, marker=MINIMISER, size=15, line_width=1.4, name="minimiser", **top
        )
        self.best = fig.scatter("best_x", "best_y", source=self.marks, marker=BEST, size=17, fill_color=None, line_width=2,
                                name="best", **top)  # fmt: skip
        self.handles = DragHandles(fig, flat=False)
        choose_by_click(fig, self.points, "x", "y")
        self.legend, self.note, self.key = flat_legend(fig), note(fig), add_key_bar(fig)
        self.stage_text = stage_text(fig, self.points)
        self.hover = HoverTool(
            renderers=[self.dots],
            point_policy="snap_to_data",
            line_policy="nearest",
            attachment="horizontal",
            limit=agents.MAX_HOVERED,
        )
        fig.add_tools(self.hover)

    def apply_theme(self, colours: Theme) -> None:
        """Use the colours of a theme."""
        self.colours = colours
        apply_theme(self.figure, colours)
        self.shades.palette = list(hex_colours(shade_colours(colours, self._contours)))
        self.scale.palette = list(colours.landscape)
        self.counts.palette = density_palette(colours)
        self.edge.line_color, self.paths.glyph.line_color = colours.soft, colours.agent
        self.partners.glyph.line_color = self.velocities.glyph.line_color = self.memories.glyph.line_color = colours.ink
        agents.apply_theme(self.figure, self.dots, self.tones, self._kind, colours)
        self.stars.glyph.update(fill_color=colours.minimiser, line_color=colours.ink)
        self.best.glyph.line_color = colours.ink
        self.handles.apply_theme(colours)
        apply_key_theme(self.key, colours)
        self.focus.glyph.line_color = colours.focus
        apply_bar_theme(self.bar, colours)
        if self.inset is not None:
            self.inset.apply_theme(colours)

    def reset(self, frame: Frame, run: Simulation, same_run: bool) -> None:
        """Another run, or the same with another landscape: forget the past, name what is drawn."""
        box = np.concatenate([side[:2] for side in run.landscape.limits(frame.d)])
        if not (same_run and np.array_equal(box, self._box)):  # else the landscape was edited, and nothing shall move
            self._zoom, self._inset = Zoom(), InsetNumbers()
        self._box, self._recent = box, RecentPositions()
        self._prepared = self._painted  # what was prepared for the run before, and is not painted, never will be
        self._kind = kind = agents.kind_of(frame)
        agents.apply_theme(self.figure, self.dots, self.tones, kind, self.colours)
        self.hover.update(
            tooltips=agents.tooltips(kind, [("position", "(@x, @y)")]),
            formatters=agents.hover_formatters(kind),
        )
        self.hover.renderers = [self.dots] if frame.n <= MANY else []
        self.cloud.visible = frame.n > MANY
        items = agents.legend_items(self.figure, kind, self.colours) if frame.n <= MANY else []
        if frame.focus is not None:
            items.append(LegendItem(label="consensus", renderers=[self.focus]))
        items.append(LegendItem(label="lowest agent", renderers=[self.best]))
        if len(run.landscape.minimisers(frame.d)):
            items.append(LegendItem(label="known minimum", renderers=[self.stars]))
        for label, field, drawn in ((LEGEND, frame.v, self.velocities), ("personal best", frame.memory, self.memories),
                                    ("companion", frame.partner, self.partners)):  # fmt: skip
            if field is not None and frame.n <= FEW:
                items.append(LegendItem(label=label, renderers=[drawn]))
        name_in_legend(self.legend, items)
        self.partners.glyph.line_alpha = 0.75 if frame.n <= STRONG_LINKS else 0.4
        self._drawn_minimisers, where = None, slice_point(run.landscape, frame.d)[1]
        more = f", d = {frame.d}: slice through {where}, agents projected" if frame.d > 2 else ""
        self.figure.title.text = f"{run.landscape.title}{more}"

    # ---- worker thread -------------------------------------------------------------------------------------------------

    def prepare(self, frame: Frame, run: Simulation) -> dict[str, Any]:
        """The columns of the sources for the next picture; touches no figure."""
        landscape, look = run.landscape, self.look
        low, high = (side[:2] for side in landscape.limits(frame.d))
        if not look.frozen:
            self._zoom.step(distances(frame.x[:, :2], low, high))
        region, layers = look.region_for(frame, landscape), look.layers
        look.shown = view = region or view_around(low, high, look.shared("view", self, self._box, self._zoom.size))
        told = region is not None and look.origin is self
        out: dict[str, Any] = {"view": (*view, region is not None, told), "contours": layers.contours}
        if (drawn := self._new_background(frame, landscape, view, region is not None)) is not None:
            out["background"] = drawn
        recent, prepared = self._recent.with_frame(frame), self._prepared
        said = " · ".join(filter(None, (OWN_COLOURS * look.own_colours, prepared.background.note if prepared else "")))
        most = partial(look.shared, "count", self, self._box)
        picture = plane_picture(
            frame, landscape, view, recent, said, layers, most, self.ranges.ends(view, region is not None)
        )
        if layers.inset:
            out["inset"] = self._inset_columns(frame, view, picture, 0 if region is not None else EDGE_PX)
        narrow = (view[1] - view[0]).max() < FINE * np.abs(view).max()
        finite = _finite_f8 if narrow else finite_f4
        made = partial(_as_columns, finite=finite)
        out |= {name: getattr(picture, name) for name in ("shift", "minimisers", "handles", "key", "note")}
        out["marks"] = made(("focus_x", "focus_y", "best_x", "best_y"), [*picture.focus, *picture.lowest])
        if isinstance(picture.agents, CountImage):
            out["density"] = picture.agents
            return out
        out["points"] = made("xy", picture.agents.x) | agents.columns_of(picture.agents, frame)
        if frame.n <= FEW:
            out["trails"] = made(ENDS, picture.trails.segments) | {"alpha": picture.trails.alpha.astype("f4")}
            if frame.v is not None:
                out["arrows"] = arrow_columns(picture.arrows, finite)
            if frame.memory is not None:
                out["memory"] = made("xy", picture.memory)
            if frame.partner is not None:
                out["links"] = made(ENDS, picture.links)
        return out

    def _inset_columns(self, frame: Frame, view: View, picture: PlanePicture, edge: int) -> dict[str, Any] | None:
        size, common = self.ranges.frame_size, partial(self.look.shared, "inset", self, self._box)
        drawn = self._inset.of(frame, view, size, flat=False, edge=edge, common=common) if size else None
        if drawn is None or size is None:
            return None
        marks = picture.focus, picture.minimisers, picture.lowest
        return columns(frame, drawn, frame.x[:, :2], (drawn[0].low, drawn[0].high), marks, size[0])

    def _new_background(self, frame: Frame, landscape: Landscape, view: View, zoomed: bool) -> DrawnBackground | None:
        """The picture of the landscape, where that in the figure does not do any more; of a region not before the hand rests."""
        (low, high), shift = view, shift_of(frame)
        self._view_size, self._drifts = high - low, frame.shift is not None
        before, margin = self._prepared, self._wanted_margin()
        if before is not None and before.d == frame.d and before.landscape.same_as(landscape):
            far = (np.abs(shift - before.shift) > MAX_DRIFT * (high - low)).any()
            same_view = margin == before.margin and np.array_equal(view, before.view)
            if self.look.moving or (same_view and not far):
                return None
        drawn = background(landscape, frame.d, low - shift, high - shift, margin, keep=not zoomed)
        self._prepared = DrawnBackground(drawn, landscape.copy(), frame.d, view, shift, margin)
        return self._prepared

    # ---- page's thread -------------------------------------------------------------------------------------------------

    def paint(self, payload: dict[str, Any]) -> None:
        """Write a payload to the sources."""
        if "background" in payload:
            self._paint_background(payload["background"])
        self.ranges.show(*payload["view"])
        self._paint_contours(payload["contours"])
        self._paint_inset(payload.get("inset"))
        self._paint_shift(payload["shift"], payload["minimisers"])
        self.handles.show(*payload["handles"].T)
        for name in ("points", "trails", "arrows", "memory", "links"):
            target = getattr(self, name)
            if name in payload:
                if len(_first(payload[name])) or len(_first(target.data)):
                    target.data = payload[name]
            elif len(_first(target.data)):
                target.data = {column: np.zeros(0, "f4") for column in target.data}
        if "density" in payload:
            counted = payload["density"]
            self.density.data = placed(counted.image, counted.low, counted.high - counted.low)
        self.marks.data = payload["marks"]
        show_key(self.key, payload["key"])
        if self.note.text != payload["note"]:
            self.note.update(text=payload["note"], visible=bool(payload["note"]))

    def _paint_shift(self, shift: np.ndarray, minimisers: np.ndarray) -> None:
        """A moving landscape is pushed along, which costs two numbers and not a picture."""
        corner = self._corner + shift
        if self.background.data["x"][0] != corner[0] or self.background.data["y"][0] != corner[1]:
            self.background.patch({"x": [(0, float(corner[0]))], "y": [(0, float(corner[1]))]})
        if not np.array_equal(self._drawn_minimisers, minimisers):
            self._drawn_minimisers = minimisers
            self.minimisers.data = {"x": minimisers[:, 0], "y": minimisers[:, 1]}

    def _paint_background(self, painted: DrawnBackground) -> None:
        drawn, box = painted.background, painted.landscape.limits(painted.d)
        (left, bottom), (right, top) = (side[:2] for side in box)
        self._painted, self._corner = painted, drawn.low
        self.background.data = placed(drawn.image, drawn.low, drawn.high - drawn.low)
        self.box.data = {"left": [left], "right": [right], "bottom": [bottom], "top": [top]}
        show_ticks(self.bar, drawn.ticks, "value F")

    def _paint_contours(self, shown: bool) -> None:
        """Contours come and go with the colours of the image's numbers."""
        if shown != self._contours:
            self._contours = shown
            self.shades.palette = list(hex_colours(shade_colours(self.colours, shown)))

    def _paint_inset(self, payload: dict[str, Any] | None) -> None:
        if self.inset is None and payload is not None:
            self.inset = InsetLayers(self.figure, self.tones, self.colours)
        if self.inset is not None:
            self.inset.paint(payload)


def _first(columns: dict[str, Any]) -> Any:
    return next(iter(columns.values()))


def _finite_f8(values: Any) -> np.ndarray:
    return np.clip(np.asarray(values, float), -FURTHEST, FURTHEST)


def _as_columns(names: Any, values: Any, finite: Callable[[Any], np.ndarray]) -> dict[str, np.ndarray]:
    """The columns of values (M, C), or of C values, made by ``finite``."""
    return dict(zip(names, finite(np.ascontiguousarray(np.atleast_2d(values).T)), strict=True))
