"""The colour bar beside an arena, and over it the name of what it shows: BokehJS writes a bar's own title sideways at its foot."""

from __future__ import annotations

from bokeh.models import ColorBar, FixedTicker, Label, LinearColorMapper
from bokeh.plotting import figure

from components.palette import FONT, TINY_TEXT, Theme
from components.views.figures import MOVING

# Where the frame ends only the browser knows; part of the script that fits a figure, with ``w`` and ``h`` the size of its frame.
PLACE = """
if (bar) {
  name.setv({x: w + 7, y: h + 2, visible: bar.visible}, {sync: false})
}
"""


def add_colour_bar(fig: figure, colours: LinearColorMapper, text: str) -> tuple[ColorBar, Label]:
    """A bar at the right of the figure, without ticks as yet, and its name."""
    bar = ColorBar(color_mapper=colours, width=9, padding=4, label_standoff=4, ticker=FixedTicker(ticks=[]), border_line_color=None,
                   background_fill_alpha=0, major_tick_line_color=None)  # fmt: skip
    name = Label(x=0, y=0, x_units="screen", y_units="screen", text=text, text_font_size=TINY_TEXT, text_font=FONT, visible=False,
                 level=MOVING)  # fmt: skip  # else it were cut off at the frame
    fig.add_layout(bar, "right")
    fig.add_layout(name)
    return bar, name


def apply_bar_theme(bar: ColorBar, colours: Theme) -> None:
    """Use the colours of a theme."""
    bar.update(major_label_text_color=colours.ink, major_label_text_font_size=TINY_TEXT, major_label_text_font=FONT)
