"""How every figure is made: its frame, its steps of range, its text sizes, and its notes. Bokeh only; no equation, no frame.

The figures are Bokeh's own, not built by HoloViews: a view writes every array into a source, moves every range in steps and changes
landscape, dimension and theme without being rebuilt. HoloViews would be left with the building alone, for which it takes 80 ms per plot of
four curves against 10; what is painted afterwards is the same Bokeh either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from bokeh.models import (
    Axis,
    ColorBar,
    ColumnDataSource,
    CustomJS,
    Div,
    Grid,
    HoverTool,
    Label,
    Legend,
    LegendItem,
    LogScale,
    Plot,
    Range1d,
    Title,
)
from bokeh.plotting import figure
from bokeh.themes import Theme as BokehTheme

from components.assets import style
from components.palette import FONT, SMALL_TEXT, TEXT, TITLE_TEXT, Theme
from components.server.bokeh_patches.figure_painting import patch_painting

LOW_PX, HIGH_PX = (
    150,
    300,
)  # height of a figure below which its legend has one row, and above which there is room for another
MOVING = "overlay"  # the level of all that changes with each picture: painted without axes, legend and landscape

# As many columns as there is room for: what is around a label takes its glyph and 12 pixels, and a column as much as its widest. A low plot
# has one row, so that it keeps its height. Where the rows are not enough, the legend begins left of the frame, over the axis; where that is
# not enough either, labels are cut short; hovering over a line tells its whole name.
# In a legend of one row everywhere the first names give way: those of a small plot that its heading and its switches tell as well.
LEGEND_COLUMNS = """
const room = fig.inner_width + 16, around = legend.glyph_width + 12, sum = (numbers) => numbers.reduce((a, b) => a + b, 0)
const pen = (window.swarmviz_pen ??= document.createElement("canvas").getContext("2d"))
pen.font = `${parseFloat(legend.label_text_font_size) * (window.swarmviz_type ?? 1)}px ${legend.label_text_font}`
let widths = legend.items.map((item) => Math.ceil(pen.measureText(item.label.value).width) + around)
while (rows == 1 && widths.length > 1 && sum(widths) > room) widths.shift()
const first = legend.items.length - widths.length
if (fig.inner_width > 0) legend.items.forEach((item, i) => { if (item.visible != (i >= first)) item.visible = i >= first })
const columns = (n) => widths.slice(0, n).map((_, i) => Math.max(...widths.filter((_, j) => j % n == i)))
const taken = (n) => sum(columns(n))
let n = widths.length
const most_lines = fig.outer_height < low ? 1 : rows > 1 && fig.outer_height > high ? rows + 1 : rows
while (n > Math.ceil(widths.length / most_lines) && taken(n) > room) n -= 1
const even = Math.ceil(widths.length / Math.ceil(widths.length / n)) // as many rows, filled evenly
if (n > 0 && taken(even) <= Math.max(room, taken(n))) n = even
if (n > 0 && fig.inner_width > 0) {
  const wanted = rows == 1 ? legend.items.length : n // one row, also for the moment in which new names are all visible: it is laid out then
  if (legend.ncols != wanted) legend.ncols = wanted
  const over = taken(n) > room ? Math.max(0, (Bokeh.index.find_one_by_id(fig.id)?.frame.bbox.left ?? 0) - 4) : 0
  let left = room + over // the widest columns give way, all to the same width
  const given = columns(n).sort((a, b) => a - b).map((width, i) => { const w = Math.min(width, left / (n - i)); left -= w; return w })
  const most = taken(n) > room + over ? `${Math.max(Math.floor(given.at(-1)) - around, 8)}px` : "none"
  const fitted = `${most} ${over}`
  if (legend.tags[0] != fitted) {
    const cut = "display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap"
    legend.tags = [fitted]
    legend.stylesheets = [`:host { margin-left: -${over}px } .bk-label { max-width: ${most}; ${cut} }`]
  }
}
"""

# Panel-material-ui paints over every figure in the browser, except for what the document's theme names: a page gives its document this one.
OWN_LOOKS = BokehTheme(json={"attrs": {model.__name__: {} for model in (Plot, Axis, Grid, Legend, ColorBar, Title)}})


def new_figure(x_label: str = "", y_label: str = "", **options: Any) -> figure:
    """A figure without toolbar, with ranges that the server moves, filling what it is put into."""
    fig = figure(
        x_range=Range1d(0, 1),
        y_range=Range1d(0, 1),
        tools="",
        toolbar_location=None,
        output_backend="canvas",
        sizing_mode="stretch_both",
        min_width=120,
        min_height=120,
        min_border_top=4,
        min_border_right=20,
        x_axis_label=x_label,
        y_axis_label=y_label,
        lod_threshold=None,
        **options,
    )
    fig.axis.axis_label_standoff = 3
    patch_painting(fig)
    return fig


def flat_legend(fig: figure, rows: int = 2) -> Legend:
    """An empty legend in at most so many rows above the frame, 1 or 2 (3 in a high figure). Painted with what it names."""
    legend = Legend(items=[], orientation="horizontal", location=(0, 0), spacing=6, padding=0, margin=0, ncols=4, label_height=16,
                    border_line_color=None, background_fill_alpha=0, label_standoff=2, glyph_width=22, glyph_height=18,
                    label_text_font_size=SMALL_TEXT, click_policy="hide", level=MOVING)  # fmt: skip
    fig.add_layout(legend, "above")
    fit = CustomJS(
        args={"fig": fig, "legend": legend, "rows": rows, "low": LOW_PX, "high": HIGH_PX}, code=LEGEND_COLUMNS
    )
    fig.js_on_change("inner_width", fit)
    fig.js_on_change("outer_height", fit)
    legend.js_on_change("items", fit)
    return legend


def name_in_legend(legend: Legend, items: Sequence[LegendItem]) -> None:
    """Show these items; where the same are there already nothing is written, since other ones are another layout of the whole figure."""
    names = [[(item.label, item.renderers) for item in each] for each in (legend.items, items)]
    if names[0] != names[1]:
        legend.items = list(items)


def note(fig: figure) -> Label:
    """A line of text at the lower left of the frame."""
    label = Label(x=6, y=6, x_units="screen", y_units="screen", text="", text_font_size=SMALL_TEXT, text_font=FONT,
                  background_fill_alpha=0.85, padding=3, border_radius=3, visible=False, level=MOVING)  # fmt: skip
    fig.add_layout(label)
    return label


def text_below() -> Div:
    """Text under a figure, hidden while it is empty. Two lines are seen, the rest is scrolled to: a plot keeps its height.

    A shade at its edge says that there is more; the keyboard gets to it, and scrolls it with the arrows.
    """
    shade = {"css_classes": ["scrolled-down"], "stylesheets": [style("scrolled")]}
    reached = {"tabindex": "0", "role": "note", "aria-label": "Notes on the plot"}
    return Div(text="", disable_math=True, sizing_mode="stretch_width", visible=False, html_attributes=reached, **shade)


def apply_text_theme(text: Div, colours: Theme) -> None:
    """The colours and the type of a theme for text under a figure."""
    look = {"color": colours.soft, "font": f"calc({SMALL_TEXT} * var(--sv-type, 1)) {FONT}", "padding": "0 8px"}
    text.styles = look | {
        "line-height": "calc(15px * var(--sv-type, 1))",
        "height": "calc(30px * var(--sv-type, 1))",
        "overflow-y": "auto",
    }  # two whole lines, whatever it says: nothing moves


def describe(fig: figure, shown: str, names: Sequence[str] | None = None) -> None:
    """Say what a figure shows, for screen readers: ``shown``, its axes, and what is drawn. Called when these change, not with each picture.

    The text is the figure's ``name``, which the browser gives to the element of the figure (``assets/figure.js``).

    Parameters
    ----------
    names : sequence of str, optional
        Of what is drawn; without them those of the legends.
    """
    axes = [
        f"{side} axis: {axis.axis_label}{', logarithmic' * isinstance(scale, LogScale)}"
        for side, axis, scale in (("Horizontal", fig.below[0], fig.x_scale), ("vertical", fig.left[0], fig.y_scale))
        if axis.visible and axis.axis_label
    ]
    if names is None:
        legends = [part for part in fig.above if isinstance(part, Legend)]
        names = [item.label.value for legend in legends for item in legend.items]
    said = [shown, "; ".join(axes), names and f"Drawn: {', '.join(names)}"]
    if fig.name != (text := ". ".join(filter(None, said)) + "."):
        fig.name = text


def apply_theme(fig: figure, colours: Theme) -> None:
    """The colours and the type of a theme for all that every figure has."""
    fig.background_fill_color = None
    fig.border_fill_color = None
    fig.outline_line_color = colours.grid
    for axis in fig.axis:
        axis.update(axis_line_color=colours.soft, major_tick_line_color=colours.soft, minor_tick_line_color=None,
                    axis_label_text_color=colours.ink, major_label_text_color=colours.ink,
                    axis_label_text_font_size=TEXT, major_label_text_font_size=SMALL_TEXT,
                    axis_label_text_font_style="normal", axis_label_text_font=FONT, major_label_text_font=FONT)  # fmt: skip
    fig.title.update(text_color=colours.ink, text_font_size=TITLE_TEXT, text_font=FONT, text_font_style="normal")
    around = [
        *fig.center,
        *fig.above,
        *fig.below,
        *fig.left,
        *fig.right,
    ]  # Bokeh's select would walk through the models of all glyphs
    for grid in (part for part in around if isinstance(part, Grid)):
        grid.grid_line_color = colours.grid
    for legend in (part for part in around if isinstance(part, Legend)):
        legend.update(
            label_text_color=colours.ink,
            label_text_font=FONT,
            label_text_font_size=SMALL_TEXT,
            inactive_fill_color=colours.paper,
        )
    for label in (part for part in around if isinstance(part, Label)):
        label.update(text_color=colours.ink, background_fill_color=colours.paper)


def source(**columns: Any) -> ColumnDataSource:
    """A source with empty float32 columns, or with those given."""
    return ColumnDataSource({name: np.zeros(0, "f4") if value is None else value for name, value in columns.items()})


CLAIM = '<div style="max-width: min(300px, 42vw); font: 400 12px/1.35 sans-serif">$name{}</div>'  # hovering over a line tells what it says


def hover_claims(fig: figure, values: str = "") -> HoverTool:
    """Hovering over the lines in ``renderers`` tells their names, and under them ``values``, a template of columns."""
    hover = HoverTool(
        tooltips=CLAIM.format(values and f"<br>{values}"), renderers=[], mode="mouse", line_policy="nearest"
    )
    fig.add_tools(hover)
    return hover


FURTHEST = 1e30  # what is written for a number beyond it: far outside of every frame, and still a float32


def finite_f4(values: Any) -> np.ndarray:
    """Numbers as float32; those that it cannot hold, of a diverging swarm, end far outside of every frame. NaN stays NaN."""
    return np.clip(values, -FURTHEST, FURTHEST).astype("f4")


def finite_f8(values: Any) -> np.ndarray:
    """The same for values of F, which may be of any size or differ in their last digits only, as float64."""
    return np.clip(np.asarray(values, "f8"), -1e308, 1e308)


def placed(image: np.ndarray, corner: Any, size: Any) -> dict[str, list]:
    """The columns of a source for an image with its lower left ``corner`` (2,) and its ``size`` (2,)."""
    (x, y), (dw, dh) = corner, size
    return {"image": [image], "x": [float(x)], "y": [float(y)], "dw": [float(dw)], "dh": [float(dh)]}


# ---- ranges in steps -------------------------------------------------------------------------------------------------


def move_range(target: Range1d, ends: tuple[float, float]) -> None:
    """Write the ends to a range only where they changed."""
    if (target.start, target.end) != ends:
        target.update(start=ends[0], end=ends[1], reset_start=ends[0], reset_end=ends[1])
