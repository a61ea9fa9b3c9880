"""The figure of a map: HoloViews draws it once for its two axes, afterwards its sources are written about once a second.

It is built on a thread of its own, since HoloViews takes some tenths of a second for it; ``server/warm.py`` has loaded that.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from html import escape
from typing import Any, NamedTuple

import numpy as np
from bokeh.document import Document

from components.maps.order import MapOrder
from components.maps.work import Known
from components.palette import SMALL_TEXT, TINY_TEXT, Theme, ramp
from components.views.figures import apply_theme
from swarmviz.drawing.map import (
    COLOURS,
    SMALL_MAP,
    MapPicture,
    axis_label,
    name_places,
    shades,
    zero_lines,
)
from swarmviz.theory.thresholds import ThresholdLine

SHADES = 128
LEAST_PX = 100  # height of the figure where there is little room: its fields above and the line below are seen, too
DASHES = ("solid", "dashed", "dotted", "dotdash")
ONE_AT_A_TIME = threading.Lock()  # HoloViews keeps options of all plots in one place
RENDERERS_AT_ONCE = 3  # of seven, that come to a page in one piece of work
STALE_ALPHA = 0.35  # of cells that belong to other parameters
COLUMNS = ("shown", "runs", "found", "gap", "until", "ert", "rate", "seeds")
TELLS = (
    ("found", "@found"),
    ("F − F*", "@gap"),
    ("evaluations", "@until"),
    ("ERT", "@ert"),
    ("rate", "@rate"),
    ("seeds", "@seeds"),
)
CLICKS = "Click: the swarm goes there. With Shift: a second one."
TOLD = '<div style="max-width: min(300px, 42vw); font: 400 11px/1.4 sans-serif">{}</div>'  # in the type of the page's notes
LINE_TOLD = TOLD.format("<b>@line</b><br>@source<br>@needs")
NOT_RUN = "not run yet; the nearest cell: "


class Piece(NamedTuple):
    """A part of a figure: the value of a property, and of that the models that were not there before."""

    owner: Any
    name: str
    value: list[Any]
    new: list[Any]


class MapFigure(NamedTuple):
    """A Bokeh figure and what is written of it."""

    figure: Any
    cells: Any  # renderer of the cells
    mapper: Any  # value → colour
    bar: Any  # the colour bar
    order: tuple[np.ndarray, np.ndarray]  # row and column of each cell in the source
    sources: dict[str, Any]  # outline, middle, here, names
    lines: tuple[
        list[str], list[list[np.ndarray]], tuple[bool, bool]
    ]  # of theory: names, pieces, and which axes are logarithmic
    pieces: tuple[Piece, ...]  # what the figure is without until :func:`grow` puts it back, one after the other


def build(known: Known, picture: MapPicture, colour: str, colours: Theme) -> MapFigure:
    """The figure of a map, with its first picture; on any thread."""
    import holoviews as hv
    import holoviews.plotting.bokeh

    with ONE_AT_A_TIME:
        if hv.Store.current_backend != "bokeh":
            hv.Store.set_current_backend("bokeh")
        # a document of its own, which only a renderer for a server takes: on a thread, "the current one" is that of whichever visitor is
        # served just then
        renderer = hv.renderer("bokeh").instance(mode="server")
        plot = renderer.get_plot(_overlay(hv, known, picture, colour, colours), doc=Document())
        return _taken(plot, picture, _lines(known.order, known.thresholds), colours)


def _overlay(hv: Any, known: Known, picture: MapPicture, colour: str, colours: Theme) -> Any:
    """All that is drawn, as HoloViews elements."""
    from bokeh.models import HoverTool

    kdims, order = ["x", "y"], known.order
    log = {"logx": order.log[0], "logy": order.log[1]}
    table = columns_of(picture, known.said)
    vdims = list(COLUMNS)
    cells = hv.QuadMesh((picture.x_edges, picture.y_edges, *(table[name] for name in vdims)), kdims, vdims).opts(
        cmap=list(palette(colour, colours)), colorbar=True, cnorm="log" if COLOURS[colour].log else "linear",
        clim=(picture.lowest, picture.highest), clipping_colors={"NaN": colours.grid}, line_alpha=0,
        tools=[HoverTool(tooltips=told_of(order))],
    )  # fmt: skip
    lines = _thresholds(hv, order, picture, known.thresholds, colours)
    segments = hv.Segments(_segments(picture), ["x0", "y0", "x1", "y1"]).opts(color=colours.ink, line_width=2)
    middle = hv.Points(_points(picture.middle), kdims).opts(
        marker="diamond", size=12, color=colours.paper, line_color=colours.ink
    )
    here = hv.Points(_points(None), kdims).opts(marker="cross", size=18, color=colours.focus, line_width=3)
    return hv.Overlay([cells, *lines, segments, middle, here]).opts(
        responsive=True, min_height=LEAST_PX, toolbar=None, default_tools=[], show_legend=False, title="",
        xlabel=axis_label(order.declared(order.x)), ylabel=axis_label(order.declared(order.y)),
        xlim=(picture.x_edges[0], picture.x_edges[-1]), ylim=(picture.y_edges[0], picture.y_edges[-1]), **log,
    )  # fmt: skip


def _thresholds(
    hv: Any, order: MapOrder, picture: MapPicture, thresholds: tuple[ThresholdLine, ...], colours: Theme
) -> list[Any]:
    """Lines of theory: where their margin is 0, with source and hypotheses under the pointer; their names where there is room for them."""
    from bokeh.models import HoverTool

    titles, paths, log = _lines(order, thresholds)
    drawn = []
    for line, pieces, dash in zip(thresholds, paths, DASHES, strict=False):
        if not pieces:
            continue
        said = {"line": line.title, "source": line.source or "–", "needs": "; ".join(line.hypotheses) or line.remark}
        data = [{"x": p[:, 0], "y": p[:, 1]} | said for p in pieces]
        drawn.append(
            hv.Path(data, ["x", "y"], list(said)).opts(
                color=colours.target, line_width=2.5, line_dash=dash, tools=[HoverTool(tooltips=LINE_TOLD)]
            )
        )
    where = name_places(titles, paths, picture, log)
    named = [(*at, title) for at, title in zip(where, titles, strict=True) if at is not None]
    names = hv.Labels(named, ["x", "y"], "line").opts(
        text_color=colours.ink, text_font_size=SMALL_TEXT, text_align="left", text_baseline="bottom"
    )
    return [*drawn, names]


def _lines(order: MapOrder, thresholds: tuple[ThresholdLine, ...]) -> Any:
    """Names and pieces of the lines that are drawn, and which axes are logarithmic."""
    seen = thresholds[: len(DASHES)]
    return [line.title for line in seen], [zero_lines(line.x, line.y, line.margin) for line in seen], order.log


def told_of(order: MapOrder) -> str:
    """What is said of a cell under the pointer: the ranges that it covers, what its runs gave, and what a click does; Bokeh escapes it."""
    sides = (order.x, "@left", "@right"), (order.y, "@bottom", "@top")
    ranges = [
        f"{escape(order.declared(axis).symbol or axis[1])} {low}{{0.000}} – {high}{{0.000}}"
        for axis, low, high in sides
    ]
    lines = [", ".join(ranges), *(f"{name}: {column}" for name, column in TELLS), f"<i>{CLICKS}</i>"]
    return TOLD.format("<br>".join(lines))


def _taken(plot: Any, picture: MapPicture, lines: Any, colours: Theme) -> MapFigure:
    """What is written of a plot."""
    from bokeh.models import HoverTool

    parts = list(plot.subplots.values())
    handles = [part.handles for part in parts]
    cells = handles[0]
    figure = plot.state
    figure.update(min_border_right=8, min_border_top=4, lod_threshold=None, output_backend="canvas")
    apply_theme(figure, colours)
    figure.toolbar.tools = [
        tool for tool in figure.toolbar.tools if isinstance(tool, HoverTool)
    ]  # no pan: a click means a cell
    glyph = cells["glyph_renderer"].glyph
    glyph.update(line_color=glyph.fill_color, line_width=1, line_alpha=1.0)  # else the paper shows between the cells
    if (bar := cells.get("colorbar")) is not None:
        bar.update(
            title="",
            background_fill_color=None,
            major_label_text_color=colours.ink,
            major_label_text_font_size=TINY_TEXT,
            width=12,
        )
    # nothing is selected here: with its own glyphs for that, a figure has a third more models
    for renderer in figure.renderers:
        renderer.update(selection_glyph=None, nonselection_glyph=None, muted_glyph=None)
    source = cells["source"].data
    column, row = (
        np.searchsorted(edges, (np.asarray(source[low]) + np.asarray(source[high])) / 2, side="right") - 1
        for edges, low, high in ((picture.x_edges, "left", "right"), (picture.y_edges, "bottom", "top"))
    )
    named = {"names": handles[-4], "outline": handles[-3], "middle": handles[-2], "here": handles[-1]}
    named["names"]["glyph"].update(background_fill_color=colours.paper, background_fill_alpha=0.8, border_radius=3)
    return MapFigure(
        figure, cells["glyph_renderer"], cells["color_mapper"], cells.get("colorbar"), (row, column),
        {name: handle["source"] for name, handle in named.items()}, lines, _pieces(figure),
    )  # fmt: skip


def _pieces(figure: Any) -> tuple[Piece, ...]:
    """Take a figure apart: to bring all of it to a page at once holds up the thread that visitors share for some 40 ms."""
    renderers, tools = list(figure.renderers), list(figure.toolbar.tools)
    figure.renderers, figure.toolbar.tools = [], []
    ends = [*range(RENDERERS_AT_ONCE, len(renderers), RENDERERS_AT_ONCE), len(renderers)]
    drawn = [Piece(figure, "renderers", renderers[:end], renderers[end - RENDERERS_AT_ONCE : end]) for end in ends]
    return (*drawn, Piece(figure.toolbar, "tools", tools, tools))  # the tools last: they refer to renderers


def grow(piece: Piece) -> None:
    """Put a part of a figure back."""
    setattr(piece.owner, piece.name, piece.value)


def palette(colour: str, colours: Theme) -> tuple[str, ...]:
    """The colours of the cells."""
    return ramp(shades(colour, colours), SHADES)


def columns_of(picture: MapPicture, said: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The columns of the cells, each (Y, X); ``said`` are the words of the cells (X, Y), of which one without a run has none of its own."""
    runs = np.where(picture.known, picture.columns["runs"], 0).astype(int)
    words = {name: values.T[picture.nearest] for name, values in said.items()}
    found = np.where(picture.known, words["found"], NOT_RUN + words["found"])
    words = {name: np.where(picture.known, values, "–") for name, values in words.items()}
    return {"shown": picture.values, "runs": runs} | words | {"found": found}


def write(
    drawn: MapFigure, picture: MapPicture, columns: dict[str, np.ndarray], colour: str, colours: Theme, stale: bool
) -> None:
    """Write a picture and its columns into the figure, on the page's thread."""
    row, column = drawn.order
    data = dict(drawn.cells.data_source.data)
    for name, values in columns.items():
        data[name] = values[row, column]
    drawn.cells.data_source.data = data
    drawn.mapper.update(low=picture.lowest, high=picture.highest, palette=list(palette(colour, colours)))
    x, y = picture.outline
    drawn.sources["outline"].data = {"x0": x[:, 0], "y0": y[:, 0], "x1": x[:, 1], "y1": y[:, 1]}
    drawn.sources["middle"].data = _data_of(picture.middle)
    _place_names(drawn, picture)
    fade(drawn, stale)


def size_of(drawn: MapFigure | None) -> tuple[float, float] | None:
    """Width and height of the map in pixels, as the browser has laid it out; None before it has."""
    try:
        return None if drawn is None else (drawn.figure.inner_width, drawn.figure.inner_height)
    except ValueError:  # Bokeh's, for a property that nobody has written yet
        return None


def _place_names(drawn: MapFigure, picture: MapPicture) -> None:
    """Put the names of the lines where they have room in the map as it is laid out now."""
    source, (titles, paths, log) = drawn.sources["names"], drawn.lines
    where = name_places(titles, paths, picture, log, size_of(drawn) or SMALL_MAP)
    named = [(*at, title) for at, title in zip(where, titles, strict=True) if at is not None]
    columns = (
        dict(zip(("x", "y", "line"), map(list, zip(*named, strict=True)), strict=True))
        if named
        else {"x": [], "y": [], "line": []}
    )
    if any(list(source.data[name]) != values for name, values in columns.items()):
        source.data = columns


def fade(drawn: MapFigure, stale: bool) -> None:
    """Whether the cells belong to other parameters than those that are set."""
    drawn.cells.glyph.update(fill_alpha=STALE_ALPHA if stale else 1.0, line_alpha=0.0 if stale else 1.0)


def place(drawn: MapFigure, at: tuple[float, float] | None) -> None:
    """Where the live swarm is."""
    drawn.sources["here"].data = _data_of(at)


def _segments(picture: MapPicture) -> Any:
    x, y = picture.outline
    return (x[:, 0], y[:, 0], x[:, 1], y[:, 1])


def _points(at: tuple[float, float] | None) -> list[tuple[float, float]]:
    return [] if at is None else [at]


def _data_of(at: tuple[float, float] | None) -> dict[str, list[float]]:
    return {"x": [], "y": []} if at is None else {"x": [at[0]], "y": [at[1]]}


__all__ = ["MapFigure", "build", "fade", "place", "write"]
