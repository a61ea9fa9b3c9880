"""The charts of a figure as Bokeh figures that can be zoomed: the elements that its paper's module is made of, as HoloViews draws them.

Colours are those of the light theme; ``assets/gallery_figure.js`` puts those of the dark one in their place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from bokeh.document import Document
from bokeh.embed import json_item
from bokeh.models import ColorBar, GlyphRenderer, HoverTool, Legend, Scatter
from bokeh.themes import Theme as BokehTheme

from components.palette import SMALL_TEXT
from components.views.figures import apply_theme
from components.views.map.figure import ONE_AT_A_TIME
from swarmviz import papers
from swarmviz.drawing.style import LIGHT
from swarmviz.papers import Figure
from swarmviz.papers.charts import SHADED, TableText

HEIGHT = 320  # pixels
OVERFLOW = ".bk-tool-overflow { color: inherit; }"  # the sign for tools that have no room: its grey is too pale
PLAIN = BokehTheme(json={})  # else that of the document of whichever visitor is served just then
ALWAYS_WHITE = "white"  # in both themes: "#ffffff" is the paper, which is dark in the dark one


class Panel(NamedTuple):
    """One pair of axes: what Bokeh draws of it (``item``), or rows of cells (text, colour) of a table; ``starts``: the first of a row."""

    title: str
    starts: bool
    item: dict[str, Any] | None = None
    table: dict[str, Any] | None = None


def panels(figure: Figure, data: Any) -> Iterator[Panel]:
    """The charts of a figure, panel by panel; on any thread. Each is drawn when it is asked for, which takes about a tenth of a second.

    Parameters
    ----------
    figure : Figure
    data : Dataset
        What its ``compute`` returned.
    """
    for chart in figure.charts:
        drawn = iter(chart.drawn(data))
        while True:
            with ONE_AT_A_TIME:
                _use_bokeh()  # before an element is made: its options are those of the back ends that are loaded
                if (panel := next(drawn, None)) is None:
                    break
                shown = _item(panel) if not isinstance(panel.shown, TableText) else _table(panel)
            yield shown


def _use_bokeh() -> Any:
    """HoloViews with its Bokeh back end; loaded with the first figure, not with the page."""
    import holoviews as hv
    import holoviews.plotting.bokeh

    if hv.Store.current_backend != "bokeh":
        hv.Store.set_current_backend("bokeh")
    return hv.renderer("bokeh").instance(mode="server")


def _table(panel: papers.charts.Panel) -> Panel:
    text = panel.shown
    rows = [[(words, SHADED if shaded else None) for words, shaded in row] for row in text.rows]
    return Panel(panel.title, True, table={"head": text.head, "rows": rows, "note": text.note})


def _item(panel: papers.charts.Panel) -> Panel:
    # a document of its own, which only a renderer for a server takes: on a thread, "the current one" is that of whichever visitor is
    # served just then
    figure = _use_bokeh().get_plot(panel.shown, doc=Document()).state
    _frame(figure)
    for renderer in figure.renderers:
        if isinstance(renderer, GlyphRenderer):
            _lighten(renderer)
    apply_theme(figure, LIGHT)
    item: dict[str, Any] = json_item(figure, theme=PLAIN)
    # of every model of the page of the visits, ten times as much as the chart, which has none of them
    item["doc"].pop("defs", None)
    return Panel(panel.title, panel.place[1] == 0, item)


def _frame(figure: Any) -> None:
    """What stands around a chart, in the looks of the gallery."""
    figure.update(
        width=None, frame_width=None, frame_height=None, height=HEIGHT, min_width=200, sizing_mode="stretch_width",
        toolbar_location="above", output_backend="canvas", lod_threshold=None,
    )  # fmt: skip
    figure.toolbar.update(
        logo=None, stylesheets=[OVERFLOW], active_scroll=None
    )  # the wheel scrolls the page, unless it is told otherwise
    for tool in figure.toolbar.tools:
        if isinstance(tool, HoverTool):
            tool.visible = False
    for part in (*figure.above, *figure.below, *figure.right, *figure.center):
        if isinstance(part, Legend):
            part.update(
                orientation="horizontal", ncols=3, padding=2, margin=2, spacing=4, click_policy="hide", border_line_color=LIGHT.grid,
                background_fill_color=None,
            )  # fmt: skip
        elif isinstance(part, ColorBar):
            part.update(
                width=10, title_text_font_size=SMALL_TEXT, title_text_color=LIGHT.ink, title_text_font_style="normal",
                major_label_text_color=LIGHT.ink, background_fill_color=None,
            )  # fmt: skip


def _lighten(renderer: GlyphRenderer) -> None:
    """Images in single precision, which take half the way; minimisers that stay white."""
    columns = renderer.data_source.data
    if "image" in columns:
        columns["image"] = [np.asarray(image, np.float32) for image in columns["image"]]
    glyph = renderer.glyph
    if isinstance(glyph, Scatter) and glyph.fill_color == LIGHT.minimiser:
        glyph.fill_color = ALWAYS_WHITE
