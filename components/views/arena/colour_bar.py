"""The colour bar beside an arena. Its highest tick names what it shows: BokehJS writes a bar's own title sideways at its foot."""

from __future__ import annotations

from bokeh.models import ColorBar, FixedTicker, LinearColorMapper
from bokeh.plotting import figure

from components.palette import FONT, TINY_TEXT, Theme


def add_colour_bar(fig: figure, colours: LinearColorMapper) -> ColorBar:
    """A bar at the right of the figure, without ticks as yet."""
    bar = ColorBar(color_mapper=colours, width=9, padding=4, label_standoff=4, ticker=FixedTicker(ticks=[]), border_line_color=None,
                   background_fill_alpha=0, major_tick_line_color=None)  # fmt: skip
    fig.add_layout(bar, "right")
    return bar


def show_ticks(bar: ColorBar, ticks: dict[float, str], name: str) -> None:
    """Other ticks: place on the bar → text."""
    bar.ticker.ticks = list(ticks)  # of the same ticker: a colour bar ignores another one
    bar.major_label_overrides = name_highest(ticks, name, "\n")  # in words, which one line beside a bar has no room for


def name_highest(ticks: dict[float, str], name: str, between: str = " = ") -> dict[float, str]:
    """The ticks of an axis without room for a label; the highest says what it is of."""
    highest = max(ticks)
    return ticks | {highest: f"{name}{between}{ticks[highest]}"}


def apply_bar_theme(bar: ColorBar, colours: Theme) -> None:
    """Use the colours of a theme."""
    bar.update(major_label_text_color=colours.ink, major_label_text_font_size=TINY_TEXT, major_label_text_font=FONT)
