"""The charts of a figure as Bokeh figures that can be zoomed, read off what the papers' modules draw with Matplotlib.

So each chart is defined once. Read are the artists that they use: lines, error bars, bands, bars, colour meshes and tables; any other
becomes an image of itself. Colours are those of the light theme; ``assets/gallery_figure.js`` puts those of the dark one in their place.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from bokeh.embed import json_item
from bokeh.models import (
    ColorBar,
    ColumnDataSource,
    FixedTicker,
    HoverTool,
    Legend,
    LegendItem,
    LinearColorMapper,
    LogColorMapper,
    Range1d,
    Span,
)
from bokeh.plotting import figure as bokeh_figure
from bokeh.themes import Theme as BokehTheme

from components.palette import SMALL_TEXT
from components.views.figures import apply_theme
from swarmviz.drawing.style import LIGHT
from swarmviz.exports.mpl.figure import LOCK, by_hand, need
from swarmviz.papers import Figure

HEIGHT = 320  # pixels
IMAGE, SHADES = 240, 64  # pixels along each side of an artist that is shown as an image, and its colours
DASHES = {"-": "solid", "--": "dashed", ":": "dotted", "-.": "dotdash"}
MARKS = {".": ("circle", 5), "o": ("circle", 7), "X": ("x", 9), "+": ("cross", 11), "*": ("star", 11)}
TOOLS = "pan,wheel_zoom,box_zoom,reset,save"
OVERFLOW = ".bk-tool-overflow { color: inherit; }"  # the sign for tools that have no room: its grey is too pale
PLAIN = BokehTheme(json={})  # else that of the document of whichever visitor is served just then
CYCLE = (*LIGHT.curves, LIGHT.target, LIGHT.focus, "#5b8c5a", "#8a5a44", "#5b6875")


class Panel(NamedTuple):
    """One pair of axes: what Bokeh draws of it (``item``), or rows of cells (text, colour) of a table; ``starts``: the first of a row."""

    title: str
    starts: bool
    item: dict[str, Any] | None = None
    table: dict[str, Any] | None = None


def panels(figure: Figure, data: Any) -> list[Panel]:
    """The charts of a figure, panel by panel; on any thread.

    Parameters
    ----------
    figure : Figure
    data : Dataset
        What its ``compute`` returned.
    """
    matplotlib = need("matplotlib")
    with by_hand(), LOCK, matplotlib.rc_context({"axes.prop_cycle": matplotlib.cycler(color=CYCLE)}):
        drawn = figure.plot(data)
        drawn.set_layout_engine("none")
        axes = drawn.get_axes()
        above = {id(twin): one for i, one in enumerate(axes) for twin in axes[i + 1 :] if _are_twins(one, twin)}
        bar = next(
            (bar for one in axes if (bar := getattr(one, "_colorbar", None)) is not None), None
        )  # of all meshes without their own
        found = []
        for one in axes:
            if id(one) in above or one.get_label() == "<colorbar>":
                continue
            if one.tables:
                found.append(_table(one))
            elif one.axison:
                twins = [twin for twin in axes if above.get(id(twin)) is one]
                found.append(_panel(one, twins, bar))
    return found


def _are_twins(one: Any, other: Any) -> bool:
    """Whether they lie on each other, as by ``twinx``."""
    return one.get_shared_x_axes().joined(one, other) and one.bbox.bounds == other.bbox.bounds


def _table(axes: Any) -> Panel:
    (table,) = axes.tables
    cells: dict[tuple[int, int], Any] = table.get_celld()
    rows = [
        [
            (cell.get_text().get_text(), _hex(cell.get_facecolor()) if cell.get_facecolor()[3] else None)
            if (cell := cells.get((r, c)))
            else ("", None)
            for c in range(-1, 1 + max(c for _, c in cells))
        ]
        for r in range(1 + max(r for r, _ in cells))
    ]
    notes = " ".join(text.get_text() for text in axes.texts)
    return Panel(axes.get_title(), True, table={"head": [text for text, _ in rows[0]], "rows": rows[1:], "note": notes})


def _panel(axes: Any, twins: list[Any], bar: Any) -> Panel:
    ranges = {"x_range": Range1d(*map(float, axes.get_xlim())), "y_range": Range1d(*map(float, axes.get_ylim()))}
    scales = {f"{name}_axis_type": "log" if getattr(axes, f"get_{name}scale")() == "log" else "linear" for name in "xy"}
    shown = bokeh_figure(
        height=HEIGHT, min_width=200, sizing_mode="stretch_width", tools=TOOLS, toolbar_location="above", output_backend="canvas",
        x_axis_label=axes.get_xlabel(), y_axis_label=axes.get_ylabel(), title=axes.get_title(), **ranges, **scales,
    )  # fmt: skip
    shown.toolbar.logo = None
    shown.toolbar.stylesheets = [OVERFLOW]
    for i, twin in enumerate(twins):  # a landscape behind a density
        shown.extra_y_ranges = {f"other{i}": Range1d(*map(float, twin.get_ylim()))}
        _artists(shown, twin, y_range_name=f"other{i}")
    named = _artists(shown, axes)
    for side in "xy":
        _ticks(shown, axes, side)
    for mesh in named.pop("", []):
        _mesh(shown, axes, mesh, bar)
    _legend(shown, axes, named)
    apply_theme(shown, LIGHT)
    item: dict[str, Any] = json_item(shown, theme=PLAIN)
    item["doc"].pop(
        "defs", None
    )  # of every model of the page of the visits, ten times as much as the chart, which has none of them
    return Panel(axes.get_title(), axes.get_subplotspec().colspan.start == 0, item)


def _artists(shown: Any, axes: Any, **more: Any) -> dict[str, Any]:
    """Draw lines, bands, bars and images; label → renderers, and under "" the colour meshes that are yet to be drawn."""
    from matplotlib.collections import LineCollection, PolyCollection, QuadMesh

    named: dict[str, Any] = {}
    bars_of = {id(line): box.get_label() for box in axes.containers for line in [getattr(box, "lines", (None,))[0]]}
    others = []
    for artist in axes.get_children():
        if artist in axes.lines:
            label = str(bars_of.get(id(artist)) or artist.get_label())
            named.setdefault(label, []).extend(_line(shown, axes, artist, label, more))
        elif isinstance(artist, QuadMesh):
            named.setdefault("", []).append(artist)
        elif isinstance(artist, LineCollection):
            parts = [np.asarray(part) for part in artist.get_segments() if len(part)]
            shown.multi_line(
                [part[:, 0] for part in parts],
                [part[:, 1] for part in parts],
                color=_hex(artist.get_color()[0]),
                line_width=1.2,
                **more,
            )
        elif isinstance(artist, PolyCollection):
            parts = [path.vertices for path in artist.get_paths()]
            shown.patches(
                [part[:, 0] for part in parts], [part[:, 1] for part in parts], fill_color=_hex(artist.get_facecolor()[0]),
                fill_alpha=float(artist.get_facecolor()[0][3]), line_color=None, **more,
            )  # fmt: skip
        elif artist in axes.collections:
            others.append(artist)
    if axes.patches:
        sides = np.array(
            [(p.get_x(), p.get_x() + p.get_width(), p.get_y(), p.get_y() + p.get_height()) for p in axes.patches]
        )
        left, right, bottom, top = sides.T
        shown.quad(left=left, right=right, bottom=bottom, top=top, color=_hex(axes.patches[0].get_facecolor()), **more)
    if others:
        _image(shown, axes, others)
    return named


def _line(shown: Any, axes: Any, line: Any, label: str, more: dict[str, Any]) -> list[Any]:
    """A line, its marks, or both."""
    x, y = (np.asarray(values, float) for values in line.get_data(orig=False))
    colour, width = _hex(line.get_color()), float(line.get_linewidth())
    if hasattr(line, "get_xy1"):  # through two points, without end
        x, y = np.array([line.get_xy1(), line.get_xy2()], float).T
    elif line.get_transform() != axes.transData and len(x) == 2 and x[0] == x[1]:
        shown.add_layout(Span(location=float(x[0]), dimension="height", line_color=colour, line_width=width))
        return []
    source = ColumnDataSource({"x": x, "y": y})
    made = []
    if line.get_linestyle() in DASHES and len(x) > 1:
        dash = DASHES[line.get_linestyle()]
        made.append(
            shown.line("x", "y", source=source, color=colour, line_width=max(1.0, width), line_dash=dash, **more)
        )
    if (mark := MARKS.get(str(line.get_marker()))) is not None:
        hollow = str(line.get_markerfacecolor()) == "none"
        made.append(
            shown.scatter("x", "y", source=source, marker=mark[0], size=mark[1], line_color=_hex(line.get_markeredgecolor()),
                          fill_color=None if hollow else _hex(line.get_markerfacecolor()), **more)
        )  # fmt: skip
    if made:
        told = [] if label.startswith("_") else [("", label)]
        shown.add_tools(
            HoverTool(
                renderers=made[:1],
                tooltips=[*told, (_plain(axes.get_xlabel()), "@x"), (_plain(axes.get_ylabel()), "@y")],
                visible=False,
            )
        )
    return made


def _plain(text: str) -> str:
    """A label as the name of a row under the pointer."""
    return text.strip() or "value"


def _mesh(shown: Any, axes: Any, mesh: Any, bar: Any) -> None:
    """A colour mesh whose cells are alike on their axes, as an image."""
    corners = np.asarray(mesh.get_coordinates(), float)
    values = np.ma.filled(np.ma.asarray(mesh.get_array(), float), np.nan).reshape(
        corners.shape[0] - 1, corners.shape[1] - 1
    )
    (left, bottom), (right, top) = corners[0, 0], corners[-1, -1]
    log = type(mesh.norm).__name__ == "LogNorm"
    colours = [_hex(rgba) for rgba in mesh.get_cmap()(np.linspace(0, 1, 256))]
    mapper = (LogColorMapper if log else LinearColorMapper)(
        palette=colours, low=float(mesh.norm.vmin), high=float(mesh.norm.vmax), nan_color=LIGHT.grid
    )
    made = shown.image(
        [values.astype(np.float32)], left, bottom, right - left, top - bottom, color_mapper=mapper, level="image"
    )
    own = getattr(mesh, "colorbar", None) or bar
    shown.add_layout(
        ColorBar(
            color_mapper=mapper,
            width=10,
            title=own.ax.get_ylabel() if own is not None else "",
            title_text_font_size=SMALL_TEXT,
        ),
        "right",
    )
    shown.add_tools(
        HoverTool(
            renderers=[made],
            visible=False,
            tooltips=[(_plain(axes.get_xlabel()), "$x"), (_plain(axes.get_ylabel()), "$y"), ("value", "@image")],
        )
    )


def _image(shown: Any, axes: Any, artists: list[Any]) -> None:
    """Surfaces with many edges, such as filled contours, as an image of what they look like within the limits of the axes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.collections import PathCollection
    from matplotlib.figure import Figure as Canvas
    from PIL import Image

    (left, right), (bottom, top) = (tuple(map(float, ends)) for ends in (axes.get_xlim(), axes.get_ylim()))
    canvas = Canvas(figsize=(IMAGE / 100, IMAGE / 100), dpi=100, facecolor=LIGHT.paper)
    FigureCanvasAgg(canvas)
    whole = canvas.add_axes((0, 0, 1, 1), xlim=(left, right), ylim=(bottom, top), frameon=False)
    opacity = 1.0
    for artist in artists:
        faces = np.array(artist.get_facecolor(), float)
        opacity = float(faces[0, 3]) if len(faces) else opacity
        faces[:, 3] = 1.0
        whole.add_collection(PathCollection(artist.get_paths(), facecolors=faces, edgecolors="none"), autolim=False)
    canvas.canvas.draw()
    seen = Image.fromarray(np.asarray(canvas.canvas.buffer_rgba())[..., :3].copy()).quantize(SHADES)
    colours = np.array(seen.getpalette()[: 3 * SHADES], np.uint8).reshape(-1, 3)
    palette = [f"#{r:02x}{g:02x}{b:02x}{round(255 * opacity):02x}" for r, g, b in colours]
    mapper = LinearColorMapper(palette=palette, low=-0.5, high=len(palette) - 0.5)
    shown.image(
        [np.asarray(seen)[::-1].copy()], left, bottom, right - left, top - bottom, color_mapper=mapper, level="image"
    )


def _ticks(shown: Any, axes: Any, side: str) -> None:
    """Ticks at places that the chart has chosen, with its words; those of a range that is the chart's own are Bokeh's."""
    from matplotlib.ticker import FixedLocator

    axis = getattr(axes, f"{side}axis")
    if isinstance(axis.get_major_locator(), FixedLocator):
        places = [float(place) for place in axis.get_major_locator().locs]
        target = getattr(shown, f"{side}axis")[0]
        target.ticker = FixedTicker(ticks=places)
        words = [text.get_text() for text in axis.get_ticklabels()]
        target.major_label_overrides = {place: word for place, word in zip(places, words, strict=False) if word}


def _legend(shown: Any, axes: Any, named: dict[str, Any]) -> None:
    """The legend where the chart has one, and in its order."""
    told = axes.get_legend()
    if told is None:
        return
    labels = [text.get_text() for text in told.get_texts()]
    unnamed = [one for label, some in named.items() if label.startswith("_") for one in some]
    signs = iter(
        [one for one in unnamed if not len(one.data_source.data["x"])]
    )  # drawn for the legend alone, in its order
    found = {label: named.get(label) or [one for one in [next(signs, None)] if one] for label in labels}
    items = [LegendItem(label=label, renderers=renderers) for label, renderers in found.items() if renderers]
    if items:
        shown.add_layout(
            Legend(
                items=items,
                click_policy="hide",
                label_text_font_size=SMALL_TEXT,
                orientation="horizontal",
                ncols=3,
                padding=2,
                margin=2,
                spacing=4,
            ),
            "below",
        )


def _hex(colour: Any) -> str:
    from matplotlib.colors import to_hex

    return to_hex(colour)
