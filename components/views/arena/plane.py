"""The arena of a swarm in two or more dimensions: landscape, agents, trails, arrows, consensus and minimisers in the plane of x₁ and x₂."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
from bokeh.models import ColorBar, CustomJS, FixedTicker, HoverTool, LegendItem, LinearColorMapper, Range1d

from components.palette import BEST, FOCUS, FONT, MINIMISER, Theme, crowd
from components.views.arena import agents
from components.views.arena.arrows import LEGEND, arrows, dress_key, key_bar, show_key
from components.views.arena.handles import DragHandles
from components.views.arena.relief import MARGIN, SHADES, Relief, margins, palette, relief
from components.views.figures import (
    MOVING,
    Zoom,
    dress,
    finite_f4,
    flat_legend,
    move_range,
    new_figure,
    note,
    placed,
    source,
)
from swarmviz import Frame, Simulation
from swarmviz.drawing.arrows import key_of, width_of
from swarmviz.drawing.density import taking_part
from swarmviz.drawing.landscape import slice_point
from swarmviz.drawing.style import FEW, MANY
from swarmviz.landscapes import Landscape

MOVED = 0.1  # of the view: how far a landscape drifts before its picture is made anew, rather than pushed along
CELLS = 144  # of the density image, along each side
TRAIL_POINTS = 1600  # segments of all trails together
LINKS = 250  # agents up to which the links to companions are strong
TRAIL_LENGTH = 8  # pictures that a trail lasts, at most

# The frame shows the wanted view with equal units on both axes, and more of the landscape on the longer side. Done in the browser, because
# only it knows the size; not synchronised, because the server has no use for the result.
FIT = """
const w = fig.inner_width, h = fig.inner_height
if (!(w > 0 && h > 0)) return
const unit = Math.max((wx.end - wx.start) / w, (wy.end - wy.start) / h)
for (const [range, wanted, size] of [[fig.x_range, wx, w], [fig.y_range, wy, h]]) {
  const centre = (wanted.start + wanted.end) / 2, half = unit * size / 2
  range.setv({start: centre - half, end: centre + half, reset_start: centre - half, reset_end: centre + half}, {sync: false})
}
bar.visible = fig.outer_width > 400
"""


class Plane:
    """A figure of the plane (x₁, x₂); see :mod:`components.views.base` for the three calls it answers."""

    def __init__(self, colours: Theme):
        self.colours = colours
        self.figure = new_figure("x₁", "x₂")
        self.figure.grid.visible = False
        self.wanted = Range1d(0, 1), Range1d(0, 1)
        self.shades, self.scale = LinearColorMapper(low=-0.5, high=SHADES - 0.5), LinearColorMapper(low=0, high=1)
        self.tones = LinearColorMapper(low=0, high=1)
        self.crowd = LinearColorMapper(low=0, high=255)
        self._frame_kind, self._goals, self._corner = agents.Kind(), None, np.zeros(2)
        self._size: dict[str, int] = {}  # pixels, as the browser tells them
        self._frame: tuple[int, int] | None = None
        self._view, self._drifts, self._margin, self._said = np.ones(2), False, MARGIN, ""
        self._add_layers()
        self.bar = ColorBar(color_mapper=self.scale, width=9, padding=4, label_standoff=4, ticker=FixedTicker(ticks=[]),
                            border_line_color=None, background_fill_alpha=0, major_tick_line_color=None)  # fmt: skip
        self.figure.add_layout(self.bar, "right")
        fit = CustomJS(args={"fig": self.figure, "wx": self.wanted[0], "wy": self.wanted[1], "bar": self.bar}, code=FIT)
        self.figure.js_on_change("inner_width", fit)
        self.figure.js_on_change("inner_height", fit)
        for ends in self.wanted:
            ends.js_on_change("start", fit)
            ends.js_on_change("end", fit)
        self.refresh: Callable[[], None] = lambda: None
        self.figure.on_change("inner_width", self._framed)
        self.figure.on_change("inner_height", self._framed)
        self.dress(colours)

    def _framed(self, attr: str, old: Any, new: Any) -> None:
        """The browser tells the size of the frame, which the picture of the landscape has to fill."""
        self._size[attr] = new
        if len(self._size) == 2:  # both are told, one after the other
            self._frame = self._size["inner_width"], self._size["inner_height"]
            if self._margin_now() != self._margin:
                self.refresh()

    def _margin_now(self) -> tuple[float, float]:
        return margins(self._view, self._frame, MOVED if self._drifts else 0.0)

    # ---- what is in the figure -----------------------------------------------------------------------------------------

    def _add_layers(self) -> None:
        fig, add, top = self.figure, source, {"level": MOVING}
        self.ground = add(image=[np.zeros((2, 2), "u1")], x=[0.0], y=[0.0], dw=[1.0], dh=[1.0])
        fig.image("image", "x", "y", "dw", "dh", source=self.ground, color_mapper=self.shades, level="image")
        self.box = add(left=[0.0], right=[1.0], bottom=[0.0], top=[1.0])
        self.edge = fig.quad(source=self.box, fill_color=None, line_dash=[4, 4], line_width=1).glyph
        self.density = add(image=[np.zeros((CELLS, CELLS), "u1")], x=[0.0], y=[0.0], dw=[1.0], dh=[1.0])
        self.cloud = fig.image("image", "x", "y", "dw", "dh", source=self.density, color_mapper=self.crowd, **top)
        self.tail = add(x0=None, y0=None, x1=None, y1=None, alpha=None)
        ends = {"x0": "x0", "y0": "y0", "x1": "x1", "y1": "y1"}
        self.trails = fig.segment(**ends, source=self.tail, line_alpha="alpha", line_width=1.2, line_cap="round", **top)
        self.links = add(x0=None, y0=None, x1=None, y1=None)
        self.partners = fig.segment(**ends, source=self.links, line_alpha=0.75, line_dash=[4, 3], line_width=1.2, **top)
        self.bests = add(x=None, y=None)
        self.memories = fig.scatter(
            "x", "y", source=self.bests, marker="cross", size=6, line_width=1.2, line_alpha=0.7, **top
        )
        self.arrows = add(x0=None, y0=None, x1=None, y1=None)
        self.velocities = fig.segment(**ends, source=self.arrows, line_alpha=0.75, line_width=1.2, **top)
        self.points, self.dots = agents.add_agents(fig, "x", "y", self.tones)
        self.goals = add(x=None, y=None)
        self.stars = fig.scatter("x", "y", source=self.goals, marker=MINIMISER, size=15, line_width=1.4, **top)
        self.marks = add(focus_x=None, focus_y=None, best_x=None, best_y=None)
        self.best = fig.scatter(
            "best_x", "best_y", source=self.marks, marker=BEST, size=17, fill_color=None, line_width=2, **top
        )
        self.focus = fig.scatter("focus_x", "focus_y", source=self.marks, marker=FOCUS, size=20, line_width=1.6, **top)
        self.hand = DragHandles(fig, flat=False)
        self.legend, self.note, self.key = flat_legend(fig), note(fig), key_bar(fig)
        self.hover = HoverTool(
            renderers=[self.dots],
            point_policy="snap_to_data",
            line_policy="nearest",
            attachment="horizontal",
            limit=agents.MOST_TOLD,
        )
        fig.add_tools(self.hover)

    def dress(self, colours: Theme) -> None:
        """The colours of a theme."""
        self.colours = colours
        dress(self.figure, colours)
        self.shades.palette, self.scale.palette = palette(colours), list(colours.landscape)
        self.crowd.palette = crowd(colours)
        self.edge.line_color, self.trails.glyph.line_color = colours.soft, colours.agent
        self.partners.glyph.line_color = self.velocities.glyph.line_color = self.memories.glyph.line_color = colours.ink
        agents.dress(self.figure, self.dots, self.tones, self._frame_kind, colours)
        self.stars.glyph.update(fill_color="#ffffff", line_color=colours.ink)
        self.best.glyph.line_color = colours.ink
        self.hand.dress(colours)
        dress_key(self.key, colours)
        self.focus.glyph.update(fill_color=colours.focus, line_color=colours.halo)
        self.bar.update(
            major_label_text_color=colours.ink, major_label_text_font_size="11px", major_label_text_font=FONT
        )

    def reset(self, sim: Simulation) -> None:
        """Another run: forget the past, name what is drawn."""
        frame = sim.frame
        self._zoom, self._drawn, self._at = Zoom(), None, np.zeros(2)
        self._past = deque(maxlen=max(2, min(TRAIL_LENGTH, TRAIL_POINTS // frame.n) + 1))
        self._frame_kind = kind = agents.kind_of(frame)
        agents.dress(self.figure, self.dots, self.tones, kind, self.colours)
        self.hover.update(
            tooltips=agents.tooltips(kind, [("x", "(@x, @y)")]),
            formatters=agents.hover_formatters(kind),
        )
        self.hover.renderers = [self.dots] if frame.n <= MANY else []
        self.cloud.visible = frame.n > MANY
        items = agents.legend_items(self.figure, kind, self.colours) if frame.n <= MANY else []
        if frame.focus is not None:
            items.append(LegendItem(label="consensus", renderers=[self.focus]))
        items.append(LegendItem(label="lowest agent", renderers=[self.best]))
        if len(sim.landscape.minimisers(frame.d)):
            items.append(LegendItem(label="known minimum", renderers=[self.stars]))
        for label, field, drawn in ((LEGEND, frame.v, self.velocities), ("personal best", frame.memory, self.memories),
                                    ("companion", frame.partner, self.partners)):  # fmt: skip
            if field is not None and frame.n <= FEW:
                items.append(LegendItem(label=label, renderers=[drawn]))
        self.legend.items = items
        self.partners.glyph.line_alpha = 0.75 if frame.n <= LINKS else 0.4
        self._goals, where = None, slice_point(sim.landscape, frame.d)[1]
        more = f", d = {frame.d}: slice through {where}, agents projected" if frame.d > 2 else ""
        self.figure.title.text = f"{sim.landscape.title}{more}"

    # ---- worker thread -------------------------------------------------------------------------------------------------

    def prepare(self, frame: Frame, landscape: Landscape) -> dict[str, Any]:
        """Arrays for the next picture; touches no figure."""
        x = np.ascontiguousarray(frame.x[:, :2])
        out: dict[str, Any] = {"many": frame.n > MANY}
        low, high = (side[:2] for side in landscape.limits(frame.d))
        shift = frame.shift[:2] if frame.shift is not None else np.zeros(2)
        away = agents.distances(x, low, high)
        stepped = self._zoom.step(away)
        view_low, view_high = self._zoom.around(low, high)
        far = (np.abs(shift - self._at) > MOVED * (view_high - view_low)).any()
        self._view, self._drifts = view_high - view_low, frame.shift is not None
        framed = self._margin_now() != self._margin
        if stepped or far or framed or self._drawn is None or not self._drawn.same_as(landscape):
            self._drawn, self._at, self._margin = landscape.copy(), shift, self._margin_now()
            picture = relief(landscape, frame.d, view_low - shift, view_high - shift, self._margin)
            out["ground"], self._said = (picture, (view_low, view_high), (low, high)), picture.said
        out["shift"], out["goals"] = shift, landscape.minimisers(frame.d)[:, :2] + shift
        out["handles"] = landscape.handles(frame.d)[:, :2] + shift
        seen = away <= self._zoom.size
        out["note"] = agents.note_text(frame, int(frame.n - seen.sum()), self._said)
        best = x[int(np.argmin(frame.energy))]
        focus = frame.focus[:2] if frame.focus is not None else (np.nan, np.nan)
        out["marks"] = {name: finite_f4(np.array([value])) for name, value in
                        zip(("focus_x", "focus_y", "best_x", "best_y"), (*focus, *best), strict=True)}  # fmt: skip
        if frame.n > MANY:
            drawn = x[seen & taking_part(frame)]
            out["density"] = agents.density_image(drawn, view_low, view_high, CELLS), view_low, view_high
            return out
        out["points"] = {"x": finite_f4(x[:, 0]), "y": finite_f4(x[:, 1])} | agents.columns(frame, self._frame_kind)
        if frame.n <= FEW:
            out |= self._few(frame, x, width_of(low, high))
        return out

    def _few(self, frame: Frame, x: np.ndarray, width: float) -> dict[str, Any]:
        """Trails, arrows, memories and partners: what can be told apart among few agents."""
        past, out = self._past, {}
        if past and frame.k < past[-1][0]:
            past.clear()
        if not past or frame.k > past[-1][0]:
            past.append((frame.k, finite_f4(x)))
        kept = (
            1 if frame.partner is not None else 3 if frame.v is not None else TRAIL_LENGTH + 1
        )  # links, arrows say the rest
        out["tail"] = _segments([at for _, at in past][-kept:])
        if frame.v is not None:
            out["arrows"], out["key"] = arrows(x, frame.v[:, :2], width), key_of(width)
        if frame.memory is not None:
            out["bests"] = {"x": finite_f4(frame.memory[:, 0]), "y": finite_f4(frame.memory[:, 1])}
        if frame.partner is not None:
            copied = np.flatnonzero((frame.partner != np.arange(frame.n)) & (frame.partner >= 0))
            before = (
                past[-2][1] if len(past) > 1 and past[-2][0] == frame.k - 1 else x
            )  # where they were when they looked
            ends = finite_f4(np.hstack([before[copied], before[frame.partner[copied]]]))
            out["links"] = dict(zip(("x0", "y0", "x1", "y1"), ends.T.copy(), strict=True))
        return out

    # ---- page's thread -------------------------------------------------------------------------------------------------

    def paint(self, payload: dict[str, Any]) -> None:
        """Write a payload to the sources."""
        if "ground" in payload:
            self._paint_ground(*payload["ground"])
        self._paint_shift(payload["shift"], payload["goals"])
        self.hand.show(*payload["handles"].T)
        for name in ("points", "tail", "arrows", "bests", "links"):
            target = getattr(self, name)
            if name in payload:
                target.data = payload[name]
            elif len(next(iter(target.data.values()))):
                target.data = {column: np.zeros(0, "f4") for column in target.data}
        if "density" in payload:
            image, low, high = payload["density"]
            self.density.data = placed(image, low, high - low)
        self.marks.data = payload["marks"]
        show_key(self.key, payload.get("key"))
        if self.note.text != payload["note"]:
            self.note.update(text=payload["note"], visible=bool(payload["note"]))

    def _paint_shift(self, shift: np.ndarray, goals: np.ndarray) -> None:
        """A moving landscape is pushed along, which costs two numbers and not a picture."""
        corner = self._corner + shift
        if self.ground.data["x"][0] != corner[0] or self.ground.data["y"][0] != corner[1]:
            self.ground.patch({"x": [(0, float(corner[0]))], "y": [(0, float(corner[1]))]})
        if not np.array_equal(self._goals, goals):
            self._goals = goals
            self.goals.data = {"x": goals[:, 0].astype("f4"), "y": goals[:, 1].astype("f4")}

    def _paint_ground(self, picture: Relief, view: tuple, box: tuple) -> None:
        (left, bottom), (right, top) = box
        self._corner = np.array([picture.x, picture.y])
        self.ground.data = placed(picture.image, (picture.x, picture.y), (picture.dw, picture.dh))
        self.box.data = {"left": [left], "right": [right], "bottom": [bottom], "top": [top]}
        self.bar.ticker.ticks = list(picture.ticks)  # the browser holds on to the first ticker of a colour bar
        self.bar.major_label_overrides = picture.ticks
        for axis, (low, high) in enumerate(zip(*view, strict=True)):
            move_range(self.wanted[axis], (float(low), float(high)))
            move_range((self.figure.x_range, self.figure.y_range)[axis], (float(low), float(high)))


def _segments(past: list[np.ndarray]) -> dict[str, np.ndarray]:
    """The ways between successive pictures, older ones fainter."""
    if len(past) < 2:
        return {name: np.zeros(0, "f4") for name in ("x0", "y0", "x1", "y1", "alpha")}
    at = np.stack(past)  # (pictures, N, 2)
    age = np.linspace(0.06, 0.5, len(past) - 1, dtype="f4")
    return {"x0": at[:-1, :, 0].ravel(), "y0": at[:-1, :, 1].ravel(), "x1": at[1:, :, 0].ravel(), "y1": at[1:, :, 1].ravel(),
            "alpha": np.repeat(age, at.shape[1])}  # fmt: skip
