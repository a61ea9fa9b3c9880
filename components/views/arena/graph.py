"""The arena of a swarm on a finite set: the states with their heights, and a bar for the share of agents on each, beside theory's laws."""

from __future__ import annotations

from typing import Any

import numpy as np
from bokeh.models import (
    BasicTicker,
    ColorBar,
    CustomJS,
    FixedTicker,
    HoverTool,
    LegendItem,
    LinearAxis,
    LinearColorMapper,
    Range1d,
    Title,
)

from components.palette import FONT, MINIMISER, SMALL_TEXT, Theme, crowd
from components.views.arena.graph_layout import BAND, BARS, BASE, FEW, REACH, STRIP, TOP, Layout
from components.views.arena.graph_picture import Picture
from components.views.figures import MOVING, dress, flat_legend, move_range, new_figure, source
from swarmviz import Frame, Simulation
from swarmviz.drawing.axes import even_ticks
from swarmviz.landscapes import Landscape

FAINT = 0.35  # a law whose hypotheses do not hold
LABELLED = 60  # states of a ring up to which they are numbered

# A ring needs equal units on both axes, the others fill the frame; numbers are left out where they would not fit. Done in the browser,
# because only it knows the size.
FIT = """
const w = fig.inner_width, h = fig.inner_height
if (!(w > 0 && h > 0)) return
const ends = [wx, wy].map((r) => [r.start, r.end]), unit = Math.max((wx.end - wx.start) / w, (wy.end - wy.start) / h);
[fig.x_range, fig.y_range].forEach((range, i) => {
  const [a, b] = ends[i], half = ring.visible ? unit * [w, h][i] / 2 : (b - a) / 2, middle = (a + b) / 2
  range.setv({start: middle - half, end: middle + half, reset_start: middle - half, reset_end: middle + half}, {sync: false})
})
const bars = numbers.data_source.data.text.length
numbers.glyph.text_alpha = 2 * Math.PI * 0.95 / (unit * bars) > 17 && 0.1 / unit > 11 ? 1 : 0
bar.visible = !row.visible && fig.outer_width > 400
"""


class Graph:
    """A figure of a finite set; see :mod:`components.views.base` for the calls it answers."""

    def __init__(self, colours: Theme):
        self.colours = colours
        self.figure = new_figure()
        self.figure.grid.visible = False
        self.wanted = Range1d(0, 1), Range1d(0, 1)
        self.shades, self.crowd = (
            LinearColorMapper(low=0, high=1, nan_color="#00000000"),
            LinearColorMapper(low=0, high=255),
        )
        self._legend: Any = None
        self._add_layers()
        self.heights = LinearAxis(ticker=FixedTicker(ticks=[]))
        self.figure.add_layout(self.heights, "right")
        self.bar = ColorBar(color_mapper=self.shades, width=9, padding=4, label_standoff=4, ticker=FixedTicker(ticks=[]),
                            border_line_color=None, background_fill_alpha=0, major_tick_line_color=None)  # fmt: skip
        self.figure.add_layout(self.bar, "right")
        fit = CustomJS(args={"fig": self.figure, "wx": self.wanted[0], "wy": self.wanted[1], "bar": self.bar, "row": self.heights,
                             "ring": self.circles, "numbers": self.numbers}, code=FIT)  # fmt: skip
        self.figure.js_on_change("inner_width", fit)
        self.figure.js_on_change("inner_height", fit)
        self.circles.js_on_change("visible", fit)
        self.numbers.data_source.js_on_change("data", fit)
        for ends in self.wanted:
            ends.js_on_change("start", fit)
            ends.js_on_change("end", fit)
        self.dress(colours)

    # ---- what is in the figure -----------------------------------------------------------------------------------------

    def _add_layers(self) -> None:
        fig, tone = self.figure, {"field": "h", "transform": self.shades}
        self.ground = source(image=[np.zeros((1, 1), "f4")], x=[0.0], y=[0.0], dw=[1.0], dh=[1.0])
        self.cells = fig.image(
            "image", "x", "y", "dw", "dh", source=self.ground, color_mapper=self.shades, level="image"
        )
        self.density = source(image=[np.zeros((1, 1), "u1")], x=[0.0], y=[0.0], dw=[1.0], dh=[1.0])
        self.cloud = fig.image(
            "image", "x", "y", "dw", "dh", source=self.density, color_mapper=self.crowd, level=MOVING
        )
        self.scale_marks = source(r=None, y=None, text=[])
        centre = {"x": 0, "y": 0, "source": self.scale_marks}
        self.circles = fig.arc(**centre, radius="r", start_angle=0, end_angle=2 * np.pi, line_width=1)
        self.tints = source(a=None, b=None, base=None, end=None, h=None)
        self.strip = fig.quad("a", "b", "end", "base", source=self.tints, fill_color=tone, line_width=0.5)
        self.rim = fig.annular_wedge(0, 0, "base", "end", "a", "b", source=self.tints, fill_color=tone, line_width=0.5)
        self.ways = source(x0=None, y0=None, x1=None, y1=None)
        self.links = fig.segment("x0", "y0", "x1", "y1", source=self.ways, line_width=1.3)
        self.moves = source(x0=None, y0=None, x1=None, y1=None, width=None, alpha=None)
        self.jumps = fig.segment(
            "x0",
            "y0",
            "x1",
            "y1",
            source=self.moves,
            line_width="width",
            line_alpha="alpha",
            line_cap="round",
            level=MOVING,
        )
        columns = ("a", "b", "base", "end", "x", "y", "size", "state", "height", "count", "share", "target", "law")
        self.points = source(**dict.fromkeys(columns), h=None)
        self.quads = fig.quad("a", "b", "end", "base", source=self.points, line_width=0.8, level=MOVING)
        self.wedges = fig.annular_wedge(0, 0, "base", "end", "a", "b", source=self.points, line_width=0.8, level=MOVING)
        self.nodes = fig.scatter("x", "y", source=self.points, size=6, fill_color=tone, line_width=1, level=MOVING)
        self.crowds = fig.scatter(
            "x", "y", source=self.points, size="size", fill_alpha=0.85, line_width=1, level=MOVING
        )
        self.lines = source(x=None, y=None), source(x=None, y=None)
        self.law = fig.line("x", "y", source=self.lines[1], line_width=1.8, line_dash="dashed", level=MOVING)
        self.target = fig.line("x", "y", source=self.lines[0], line_width=2.5, line_dash=[2, 2], level=MOVING)
        self.scale_text = fig.text(0, "y", "text", source=self.scale_marks, text_baseline="top", text_align="center",
                                   background_fill_alpha=0.75)  # fmt: skip
        self.numbers = fig.text("x", "y", "text", source=source(x=None, y=None, text=[], ink=[]), text_color="ink",
                                text_align="center", text_baseline="middle")  # fmt: skip
        self.goals, self.marks = source(x=None, y=None), source(x=None, y=None)
        self.stars = fig.scatter("x", "y", source=self.goals, marker=MINIMISER, size=15, line_width=1.4, level=MOVING)
        self.fullest = fig.scatter(
            "x", "y", source=self.marks, marker="inverted_triangle", size=10, line_width=1, level=MOVING
        )
        self.legend = flat_legend(fig)
        self.note = Title(text="", visible=False, text_font=FONT, text_font_size=SMALL_TEXT, text_font_style="normal")
        fig.add_layout(self.note, "below")  # beside the picture: on a phone it would cover it
        self.hover = HoverTool(
            renderers=[self.quads, self.wedges, self.nodes],
            point_policy="follow_mouse",
            attachment="horizontal",
            formatters={"@height": "printf"},
        )
        fig.add_tools(self.hover)

    def dress(self, colours: Theme) -> None:
        """The colours of a theme."""
        self.colours = colours
        dress(self.figure, colours)
        self.shades.palette, self.crowd.palette = list(colours.landscape), crowd(colours)
        self.strip.glyph.line_color = self.rim.glyph.line_color = colours.soft
        self.links.glyph.line_color, self.circles.glyph.line_color = colours.soft, colours.grid
        self.nodes.glyph.line_color = colours.soft
        for bars in (self.quads, self.wedges):
            bars.glyph.update(fill_color=colours.agent, line_color=colours.outline)
        self.crowds.glyph.update(fill_color=colours.agent, line_color=colours.outline)
        self.jumps.glyph.line_color = colours.heavy_agent
        self.target.glyph.line_color, self.law.glyph.line_color = colours.target, colours.ink
        self.stars.glyph.update(fill_color="#ffffff", line_color=colours.ink)
        self.fullest.glyph.update(fill_color=colours.focus, line_color=colours.paper)
        self.scale_text.glyph.update(
            text_color=colours.ink,
            text_font={"value": FONT},
            text_font_size=SMALL_TEXT,
            background_fill_color=colours.paper,
        )
        self.numbers.glyph.update(text_font={"value": FONT}, text_font_size="11px")
        self._ink_numbers()
        self.note.text_color = colours.soft
        self.bar.update(
            major_label_text_color=colours.ink, major_label_text_font_size="11px", major_label_text_font=FONT
        )

    def _ink_numbers(self) -> None:
        """Numbers on the rim are light on a dark tint and dark on a light one."""
        h = self.tints.data["h"]
        known = self.numbers.data_source.data
        if len(known["text"]):
            shades = self.colours.landscape
            inks = [_readable(shades[min(int(v * len(shades)), len(shades) - 1)]) for v in h]
            self.numbers.data_source.data = dict(known) | {"ink": inks}

    def reset(self, sim: Simulation) -> None:
        """Another run: forget the past."""
        self._picture, self._legend = Picture(sim), None

    def prepare(self, frame: Frame, landscape: Landscape) -> dict[str, Any]:
        """Arrays for the next picture; touches no figure."""
        return self._picture.prepare(frame, landscape)

    # ---- page's thread -------------------------------------------------------------------------------------------------

    def paint(self, payload: dict[str, Any]) -> None:
        """Write a payload to the sources."""
        if "ground" in payload:
            self._paint_ground(payload["ground"])
        if "scale" in payload:
            self._paint_scale(payload["scale"], payload["kind"])
        if payload["legend"] != self._legend:
            self._legend = payload["legend"]
            self._name(*payload["legend"])
        if "points" in payload:
            self.points.data = payload["points"]
        if "density" in payload:
            self.density.data = self.density.data | {"image": [payload["density"]]}
        for data, line in zip(self.lines, payload["laws"] or [], strict=False):
            data.data = dict(zip("xy", (c.astype("f4") for c in line), strict=True))
        self.marks.data = payload["marks"]
        if len(payload["moves"]["x0"]) or len(self.moves.data["x0"]):
            self.moves.data = payload["moves"]
        if self.note.text != payload["note"]:
            self.note.update(text=payload["note"], visible=bool(payload["note"]))

    def _paint_ground(self, g: dict[str, Any]) -> None:
        """What does not move, another layout included."""
        layout: Layout = g["layout"]
        row, ring, lattice = (layout.kind == kind for kind in ("row", "ring", "lattice"))
        self.strip.visible, self.rim.visible, self.cells.visible = row, ring, lattice
        self.quads.visible, self.wedges.visible, self.cloud.visible = (
            not ring and not layout.shaded,
            ring,
            layout.shaded,
        )
        self.circles.visible = self.scale_text.visible = self.numbers.visible = ring
        self.nodes.visible = self.crowds.visible = not lattice and layout.bars <= FEW
        self.target.visible = self.law.visible = not layout.shaded
        few = layout.bars <= FEW or lattice
        self.quads.glyph.line_alpha = self.wedges.glyph.line_alpha = 1.0 if few else 0.0
        self.strip.glyph.line_alpha = self.rim.glyph.line_alpha = 1.0 if few else 0.0
        self.target.glyph.line_width = 1.6 if lattice and layout.bars > FEW else 2.5
        self.links.glyph.update(line_alpha=0.35 if lattice else 0.8, line_width=1.3 if few else 2.5)
        self.hover.mode = "vline" if row else "mouse"
        self.ways.data, self.goals.data = _single(g["ways"]), _single(g["goals"])
        if lattice:
            (left, bottom), (right, top) = layout.ends
            place = {"x": [left], "y": [bottom], "dw": [right - left], "dh": [top - bottom]}
            self.ground.data = place | {"image": [g["image"]]}
            self.density.data = place | {"image": [np.zeros_like(g["image"], "u1")]}
        else:
            self.tints.data = _single(g["tints"])
        x, y = layout.labels() if ring and layout.bars <= LABELLED else (np.zeros(0),) * 2
        self.numbers.data_source.data = _single({"x": x, "y": y}) | {
            "text": [str(i) for i in range(len(x))],
            "ink": [""] * len(x),
        }
        self._ink_numbers()
        self.figure.title.text = g["title"]
        self._paint_axes(layout, g)

    def _paint_axes(self, layout: Layout, g: dict[str, Any]) -> None:
        row, lattice, fig = layout.kind == "row", layout.kind == "lattice", self.figure
        plain = lattice and g["d"] == 2
        fig.xaxis.visible, fig.yaxis.visible, self.heights.visible = row or plain, row or plain, row
        fig.ygrid.visible = row
        fig.xaxis.axis_label, fig.left[0].axis_label = "x₁" if plain else "x", "x₂" if plain else "share of agents"
        low, high = BAND
        places = {low + (high - low) * place: text for place, text in g["ticks"].items()}
        self.heights.update(ticker=FixedTicker(ticks=list(places)), major_label_overrides=places)
        self.bar.ticker.ticks = list(g["ticks"])  # of the same ticker: a colour bar does not hear of another one
        self.bar.major_label_overrides = g["ticks"]
        if lattice:
            fig.left[0].update(ticker=BasicTicker(), major_label_overrides={})
            ends = layout.ends.T
        else:
            ends = ((*layout.ends,), (STRIP[0] - 0.02, TOP)) if row else ((-REACH, REACH),) * 2
        for axis, (start, end) in enumerate(ends):
            move_range(self.wanted[axis], (float(start), float(end)))
            move_range((fig.x_range, fig.y_range)[axis], (float(start), float(end)))

    def _paint_scale(self, scale: float, kind: str) -> None:
        """The ticks of the bars."""
        values = even_ticks(0.0, scale)
        texts = [f"{100 * value:g}%" for value in values]
        if kind == "row":
            ticks = [value / scale for value in values]
            ticker = FixedTicker(ticks=ticks)
            self.figure.left[0].update(ticker=ticker, major_label_overrides=dict(zip(ticks, texts, strict=True)))
            self.figure.ygrid.ticker = ticker
        r = BASE + BARS * np.array(values) / scale
        every = 2 if len(texts) > 4 else 1  # numbers of a small ring would touch
        self.scale_marks.data = _single({"r": r, "y": r}) | {
            "text": [t if i and i % every == 0 else "" for i, t in enumerate(texts)]
        }

    def _name(self, bars: str, per_bar: int, titles: tuple[str, str], applies: list[bool]) -> None:
        """Legend, strength of the laws, and what hovering over a bar or a state tells."""
        shaded = self.cloud.visible
        drawn = self.wedges if self.wedges.visible else self.quads
        items = [] if shaded else [LegendItem(label=bars, renderers=[drawn])]
        for renderer, title, holds in zip((self.target, self.law), titles, applies, strict=True):
            renderer.glyph.line_alpha = 1.0 if holds else FAINT
            if title and not shaded:
                items.append(LegendItem(label=title, renderers=[renderer]))
        items.append(LegendItem(label="fullest state", renderers=[self.fullest]))
        self.legend.items = [*items, LegendItem(label="lowest U", renderers=[self.stars])]
        tips = [("state" if per_bar == 1 else f"first of {per_bar} states", "@state{0}"), ("U", "@height{%.5g}")]
        tips += [("agents", "@count{0,0}"), ("share", "@share{0.00%}")]
        fields = ("@target{0.00%}", "@law{0.00%}")
        self.hover.tooltips = [*tips, *((title, field) for title, field in zip(titles, fields, strict=True) if title)]


def _single(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.asarray(column, "f4") for name, column in columns.items()}


def _readable(shade: str) -> str:
    """Black or white, whichever stands out more on a colour ``#rrggbb``."""
    linear = [(int(shade[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5)]
    return "#000000" if 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.18 else "#ffffff"
