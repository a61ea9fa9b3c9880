"""The figure of a finite set: its layers, its axes and its colours. What is written to it: :mod:`components.views.arena.finite_set`."""

from __future__ import annotations

import numpy as np
from bokeh.models import CustomJS, FixedTicker, HoverTool, LinearAxis, LinearColorMapper, Range1d, Title

from components.palette import FONT, MINIMISER, SMALL_TEXT, TINY_TEXT, Theme, density_palette
from components.views.arena.colour_bar import add_colour_bar, apply_bar_theme
from components.views.arena.slow_arrows import stage_text
from components.views.figures import MOVING, apply_theme, flat_legend, new_figure, source

ENDS = ("x0", "y0", "x1", "y1")

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


class FiniteSetFigure:
    """The figure with the layers of every layout, of which a painter shows some."""

    def __init__(self, colours: Theme):
        self.colours = colours
        self.figure = new_figure()
        self.figure.grid.visible = False
        self.wanted = Range1d(0, 1), Range1d(0, 1)
        self.shades = LinearColorMapper(low=0, high=1, nan_color="#00000000")
        self.counts = LinearColorMapper(low=0, high=255)
        self._add_layers()
        self.heights = LinearAxis(ticker=FixedTicker(ticks=[]))
        self.figure.add_layout(self.heights, "right")
        self.bar = add_colour_bar(self.figure, self.shades)
        ends = {"wx": self.wanted[0], "wy": self.wanted[1]}
        layers = {
            "bar": self.bar,
            "row": self.heights,
            "ring": self.circles,
            "numbers": self.numbers,
        }
        fit = CustomJS(args={"fig": self.figure} | ends | layers, code=FIT)
        self.figure.js_on_change("inner_width", fit)
        self.figure.js_on_change("inner_height", fit)
        self.circles.js_on_change("visible", fit)
        self.numbers.data_source.js_on_change("data", fit)
        for wanted in self.wanted:
            wanted.js_on_change("start", fit)
            wanted.js_on_change("end", fit)
        self.apply_theme(colours)

    def _add_layers(self) -> None:
        fig, tone = self.figure, {"field": "h", "transform": self.shades}
        self.heights_image = source(image=[np.zeros((1, 1), "f4")], x=[0.0], y=[0.0], dw=[1.0], dh=[1.0])
        self.cells = fig.image(
            "image", "x", "y", "dw", "dh", source=self.heights_image, color_mapper=self.shades, level="image"
        )
        self.density = source(image=[np.zeros((1, 1), "u1")], x=[0.0], y=[0.0], dw=[1.0], dh=[1.0])
        self.cloud = fig.image(
            "image", "x", "y", "dw", "dh", source=self.density, color_mapper=self.counts, level=MOVING
        )
        self.scale_marks = source(r=None, y=None, text=[])
        centre = {"x": 0, "y": 0, "source": self.scale_marks}
        self.circles = fig.arc(**centre, radius="r", start_angle=0, end_angle=2 * np.pi, line_width=1)
        self.tints = source(a=None, b=None, base=None, end=None, h=None)
        self.strip = fig.quad("a", "b", "end", "base", source=self.tints, fill_color=tone, line_width=0.5)
        self.rim = fig.annular_wedge(0, 0, "base", "end", "a", "b", source=self.tints, fill_color=tone, line_width=0.5)
        self.links = source(**dict.fromkeys(ENDS))
        self.edges = fig.segment(*ENDS, source=self.links, line_width=1.3)
        self.jumps = source(**dict.fromkeys((*ENDS, "width", "alpha")))
        self.paths = fig.segment(
            *ENDS, source=self.jumps, line_width="width", line_alpha="alpha", line_cap="round", level=MOVING
        )
        columns = ("a", "b", "base", "end", "x", "y", "size", "state", "height", "count", "share", "target", "law")
        self.points = source(**dict.fromkeys(columns), h=None)
        self.quads = fig.quad("a", "b", "end", "base", source=self.points, line_width=0.8, level=MOVING)
        self.wedges = fig.annular_wedge(0, 0, "base", "end", "a", "b", source=self.points, line_width=0.8, level=MOVING)
        self.nodes = fig.scatter("x", "y", source=self.points, size=6, fill_color=tone, line_width=1, level=MOVING)
        self.discs = fig.scatter("x", "y", source=self.points, size="size", fill_alpha=0.85, line_width=1, level=MOVING)
        self.lines = source(x=None, y=None), source(x=None, y=None)
        self.law = fig.line("x", "y", source=self.lines[1], line_width=1.8, line_dash="dashed", level=MOVING)
        self.target = fig.line("x", "y", source=self.lines[0], line_width=2.5, line_dash=[2, 2], level=MOVING)
        self.scale_text = fig.text(0, "y", "text", source=self.scale_marks, text_baseline="top", text_align="center",
                                   background_fill_alpha=0.75)  # fmt: skip
        self.numbers = fig.text("x", "y", "text", source=source(x=None, y=None, text=[], ink=[]), text_color="ink",
                                text_align="center", text_baseline="middle")  # fmt: skip
        self.minimisers, self.marks = source(x=None, y=None), source(x=None, y=None)
        self.stars = fig.scatter(
            "x", "y", source=self.minimisers, marker=MINIMISER, size=15, line_width=1.4, level=MOVING, name="minimiser"
        )
        self.fullest = fig.scatter(
            "x", "y", source=self.marks, marker="inverted_triangle", size=10, line_width=1, level=MOVING, name="fullest"
        )
        self.legend, self.stage_text = flat_legend(fig), stage_text(fig)
        self.note = Title(text="", visible=False, text_font=FONT, text_font_size=SMALL_TEXT, text_font_style="normal")
        fig.add_layout(self.note, "below")  # beside the picture: on a phone it would cover it
        self.hover = HoverTool(
            renderers=[self.quads, self.wedges, self.nodes],
            point_policy="follow_mouse",
            attachment="horizontal",
            formatters={"@height": "printf"},
        )
        fig.add_tools(self.hover)

    def apply_theme(self, colours: Theme) -> None:
        """Use the colours of a theme."""
        self.colours = colours
        apply_theme(self.figure, colours)
        self.shades.palette, self.counts.palette = list(colours.landscape), density_palette(colours)
        self.strip.glyph.line_color = self.rim.glyph.line_color = colours.soft
        self.edges.glyph.line_color, self.circles.glyph.line_color = colours.soft, colours.grid
        self.nodes.glyph.line_color = colours.soft
        for bars in (self.quads, self.wedges):
            bars.glyph.update(fill_color=colours.agent, line_color=colours.outline)
        self.discs.glyph.update(fill_color=colours.agent, line_color=colours.outline)
        self.paths.glyph.line_color = colours.heavy_agent
        self.target.glyph.line_color, self.law.glyph.line_color = colours.target, colours.ink
        self.stars.glyph.update(fill_color=colours.minimiser, line_color=colours.ink)
        self.fullest.glyph.update(fill_color=colours.focus, line_color=colours.paper)
        self.scale_text.glyph.update(
            text_color=colours.ink,
            text_font={"value": FONT},
            text_font_size=SMALL_TEXT,
            background_fill_color=colours.paper,
        )
        self.numbers.glyph.update(text_font={"value": FONT}, text_font_size=TINY_TEXT)
        self.ink_numbers()
        self.note.text_color = colours.soft
        apply_bar_theme(self.bar, colours)

    def ink_numbers(self) -> None:
        """Numbers on the rim are light on a dark tint and dark on a light one."""
        h = self.tints.data["h"]
        known = self.numbers.data_source.data
        if len(known["text"]):
            shades = self.colours.landscape
            inks = [_readable(shades[min(int(v * len(shades)), len(shades) - 1)]) for v in h]
            self.numbers.data_source.data = dict(known) | {"ink": inks}


def _readable(shade: str) -> str:
    """Black or white, whichever stands out more on a colour ``#rrggbb``."""
    linear = [(int(shade[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5)]
    return "#000000" if 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.18 else "#ffffff"
