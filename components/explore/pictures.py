"""The pictures of a table of runs, made of the elements of :mod:`swarmviz.plot`; on any thread.

Each comes with the way back: which rows a box in it means, which row or cell a tap, and what is highlighted when rows were chosen
elsewhere. HoloViews' own ``link_selections`` knows none of that: it follows the rows of an element through selections, but the curves'
bands, the shares of runs and the cells of a map are statistics of rows, and it draws on the thread that all visitors share.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from bokeh.document import Document
from bokeh.models import BasicTicker, BoxSelectTool, ColorBar, GlyphRenderer, HoverTool, Legend

from components.explore.look import MOST_TARGETS, Look, targets_of, value_words, words_of
from components.palette import SMALL_TEXT, TINY_TEXT, Theme, theme
from components.views.figures import apply_theme
from components.views.map.figure import ONE_AT_A_TIME
from swarmviz import plot
from swarmviz.drawing.abscissa import LABELS
from swarmviz.drawing.map import edges_of
from swarmviz.ensembles import hitting
from swarmviz.ensembles.units import is_shown
from swarmviz.explore import RunTable
from swarmviz.explore.selection import Box, between, inside, nearest, passing
from swarmviz.explore.table import thinned
from swarmviz.plot.elements import dimension, dimension_of

MOST_POINTS = 5000  # rows that are drawn as points
MOST_LINES = 60  # rows that are drawn as lines of their own
REACH_PX = 14.0  # within which a tap means a point
FADED = 0.25  # cells that are not chosen
FEW_TICKS, LONGEST_DIGITS = 4, 6  # along a horizontal axis, where long numbers lie beside each other
DECADES = 3.0  # from which on a curve of positive numbers has a logarithmic axis

Picks = Callable[[Box], np.ndarray]  # a box → which rows (rows,)
Taps = Callable[[float, float], "int | np.ndarray | None"]  # a tap → a row, several, or none


class Picture(NamedTuple):
    """A figure and the way back from it to the rows.

    Attributes
    ----------
    figure : bokeh.plotting.figure, optional
        None where there is nothing to be drawn.
    said : str
        A sentence under it.
    picks, taps
        See above.
    marks : function (rows,) bool → indices, optional
        What of ``source`` is highlighted for so chosen rows.
    source : ColumnDataSource, optional
    """

    figure: Any
    said: str
    picks: Picks
    taps: Taps
    marks: Callable[[np.ndarray], list[int]] | None = None
    source: Any = None


def nothing(said: str) -> Picture:
    """A sentence in the place of a picture."""
    return Picture(None, said, lambda box: np.zeros(0, bool), lambda x, y: None)


def draw(name: str, table: RunTable, look: Look, chosen: np.ndarray, colours: Theme) -> Picture:
    """The picture ``map``, ``curves`` or ``ecdf`` of the chosen rows, (rows,) bool; one at a time."""
    import holoviews as hv
    import holoviews.plotting.bokeh

    with ONE_AT_A_TIME:
        if hv.Store.current_backend != "bokeh":
            hv.Store.set_current_backend("bokeh")
        if name == "map":
            return _map(table, look, colours)
        return (_curves if name == "curves" else _ecdf)(table, look, chosen, colours)


# ---- the map ---------------------------------------------------------------------------------------------------------------


def _map(table: RunTable, look: Look, colours: Theme) -> Picture:
    """The cells of a sweep over two of its axes, or a point for each row."""
    return _cells(table, look, colours) if look.is_map(table) else _points(table, look, colours)


def _cells(table: RunTable, look: Look, colours: Theme) -> Picture:
    others = {axis: look.at.get(axis, 0) for axis in table.axes if axis not in (look.x, look.y)}
    data = _with_colour(table, look.colour).isel(others, drop=True).assign_attrs(axes=f"{look.x}, {look.y}")
    try:
        element = plot.map(data, look.x, look.y, look.colour)
    except ValueError as error:
        return nothing(str(error))
    figure, renderers = _figure(element, colours, BoxSelectTool())
    places = np.unravel_index(np.arange(table.rows), table.shape)
    where = dict(zip(table.dims, places, strict=True))
    here = np.all([where[axis] == i for axis, i in others.items()] or [np.ones(table.rows, bool)], axis=0)
    across, up = (
        _positions(figure, side, data[axis].values)[where[axis]] for side, axis in (("x", look.x), ("y", look.y))
    )
    source = renderers[0].data_source
    renderers[0].nonselection_glyph.fill_alpha = FADED
    columns, lines = _cells_of(source, figure, data[look.x].values, data[look.y].values)

    def taps(x: float, y: float) -> np.ndarray | None:
        column, line = (
            _cells_at(figure, side, data[axis].values, np.array([at]))[0]
            for side, axis, at in (("x", look.x, x), ("y", look.y, y))
        )
        if column < 0 or line < 0:
            return None
        return here & (where[look.x] == column) & (where[look.y] == line)

    def marks(chosen: np.ndarray) -> list[int]:
        held = np.zeros((data.sizes[look.x], data.sizes[look.y]), bool)
        held[where[look.x][chosen & here], where[look.y][chosen & here]] = True
        return np.flatnonzero((columns >= 0) & (lines >= 0) & held[columns, lines]).tolist()

    said = "".join(
        f"{table.columns[axis].label} = {value_words(table.data[axis].values[i])}. "
        for axis, i in others.items()
        if table.data.sizes[axis] > 1
    )
    said += _about(table, look, source.data.get(look.colour, ()), "cells")
    return Picture(figure, said, lambda box: here & inside(box, across, up), taps, marks, source)


def _with_colour(table: RunTable, name: str) -> Any:
    """The Dataset with a column of the table as a variable, and with all runs as finished where it does not say."""
    data = table.data
    if name in table.columns and name not in data.data_vars:
        column = table.columns[name]
        about = {"long_name": column.meaning, "symbol": column.label, "units": column.units}
        data = data.drop_vars(name, errors="ignore").assign(
            {name: (table.dims, column.values.reshape(table.shape), about)}
        )
    return (
        data
        if "finished" in data or not table.of_runs
        else data.assign(finished=(table.dims, np.ones(table.shape, bool)))
    )


def _about(table: RunTable, look: Look, values: Any, what: str) -> str:
    """What the colour is, of the ``values`` that are drawn; of a step that never came it is ∞, which no scale of colours has."""
    if not look.colour:
        return ""
    words, never = words_of(table, look.colour), int(np.isposinf(np.asarray(values, float)).sum())
    if look.colour in table.columns and is_shown(units := table.columns[look.colour].units):
        words += f" ({units})"
    of = f"{value_words(never)} of {value_words(len(values))} {what}"
    told = f" It is ∞ for {of}, which have the colour of the highest number." if never else ""
    return f"Colour: {words}{'' if words.endswith('…') else '.'}{told}"


def _positions(figure: Any, side: str, values: np.ndarray) -> np.ndarray:
    """Where the values of an axis are in a figure: the numbers themselves, words at the middles of their places."""
    factors = getattr(getattr(figure, f"{side}_range"), "factors", None)
    if factors is None:
        return np.asarray(values, float)
    at = {factor: i + 0.5 for i, factor in enumerate(factors)}
    return np.array([at[_word(value)] for value in values])


def _word(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _cells_at(figure: Any, side: str, values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The numbers along an axis of the cells at some places of the figure, (places,); -1: there is none."""
    if getattr(getattr(figure, f"{side}_range"), "factors", None) is None:
        order = np.argsort(values)
        log = type(getattr(figure, f"{side}_scale")).__name__ == "LogScale"
        found = np.searchsorted(edges_of(np.asarray(values, float)[order], log), at, side="right") - 1
        return np.where((found >= 0) & (found < len(order)), order[np.clip(found, 0, len(order) - 1)], -1)
    away = np.abs(_positions(figure, side, values) - at[:, None])
    return np.where(away.min(axis=1) <= 0.5, away.argmin(axis=1), -1)


def _cells_of(source: Any, figure: Any, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which cell each entry of the source is: its numbers along both axes, (entries,) each; -1: none of them."""
    columns = source.data
    if "left" in columns:
        middles = (
            (np.asarray(columns[a], float) + np.asarray(columns[b], float)) / 2
            for a, b in (("left", "right"), ("bottom", "top"))
        )
        across, up = (_cells_at(figure, side, of, at) for side, of, at in zip(("x", "y"), (x, y), middles, strict=True))
        return across, up
    across, up = (
        np.array([words.get(str(word), -1) for word in columns[name]], int)
        for name, words in zip(
            list(columns)[:2], ({_word(value): i for i, value in enumerate(of)} for of in (x, y)), strict=True
        )
    )
    return across, up


def _points(table: RunTable, look: Look, colours: Theme) -> Picture:
    import holoviews as hv

    x, y, colour = table.columns[look.x], table.columns[look.y], table.columns.get(look.colour)
    if not (x.is_number and y.is_number):
        return nothing("A point needs a number on each axis: choose two axes of the sweep, or two numbers.")
    known = np.flatnonzero(np.isfinite(x.values.astype(float)) & np.isfinite(y.values.astype(float)))
    taken = thinned(known, MOST_POINTS)
    if not len(taken):
        return nothing("No row has a number on both axes.")
    xs, ys = x.values.astype(float), y.values.astype(float)
    data: dict[str, Any] = {"x": xs[taken], "y": ys[taken], "row": taken}
    about = ["row"]
    if colour is not None:
        data["colour"] = colour.values.astype(float)[taken]
        about.append(dimension("colour", colour.label, colour.units))
    options: dict[str, Any] = {
        "size": 7,
        "line_color": None,
        "alpha": 0.8,
        "tools": ["hover"],
        "nonselection_alpha": 0.12,
    }
    options |= (
        {"color": "colour", "cmap": "viridis", "colorbar": True}
        if colour is not None
        else {"color": theme(False).curves[0]}
    )
    element = hv.Points(data, [dimension("x", x.label, x.units), dimension("y", y.label, y.units)], about)
    figure, renderers = _figure(element.opts(backend="bokeh", **options), colours, BoxSelectTool())
    source, order = renderers[0].data_source, {int(row): i for i, row in enumerate(taken)}

    def taps(at: float, up: float) -> int | None:
        scale = _pixels_per_unit(figure, xs[taken], ys[taken])
        found = nearest(at, up, xs[taken], ys[taken], scale, REACH_PX)
        return None if found is None else int(taken[found])

    drawn = (
        "" if len(taken) == len(known) else f"{value_words(len(taken))} of {value_words(len(known))} rows are drawn. "
    )
    if away := table.rows - len(known):
        drawn += f"{value_words(away)} of {value_words(table.rows)} rows have no finite number on both axes. "
    return Picture(
        figure, drawn + _about(table, look, data.get("colour", ()), "points"), lambda box: inside(box, xs, ys), taps,
        lambda chosen: [order[int(row)] for row in taken[chosen[taken]]], source,
    )  # fmt: skip


def _pixels_per_unit(figure: Any, xs: np.ndarray, ys: np.ndarray) -> tuple[float, float]:
    """About how many pixels a unit of each axis has, as the browser has laid the figure out."""
    try:
        size = float(figure.inner_width), float(figure.inner_height)
    except ValueError:  # Bokeh's, for a property that nobody has written yet
        size = 400.0, 300.0
    return tuple(
        pixels / max(float(np.ptp(values)) * 1.1, 1e-300) for pixels, values in zip(size, (xs, ys), strict=True)
    )  # type: ignore[return-value]


# ---- curves ------------------------------------------------------------------------------------------------------------------


def _curves(table: RunTable, look: Look, chosen: np.ndarray, colours: Theme) -> Picture:
    """A series of the chosen rows: its median and bands, and each run's own line where they are few."""
    import holoviews as hv

    name = look.curve
    if not name:
        return nothing("This file holds no curves: no observable was recorded along the steps.")
    of_runs = "run" in table.data[name].dims
    rows = np.flatnonzero(chosen)
    if not of_runs and table.of_runs:  # a mean over the runs: one line for each cell
        rows = rows[np.unique(rows // table.data.sizes["run"], return_index=True)[1]]
    flat = table.flat([name, *(["evaluations"] if look.over == "evaluations" else [])], rows)
    taken = thinned(rows, flat.shown)
    over = look.over if look.over != "time" or "t" in flat.data.coords else "steps"
    values = flat.data[name].transpose("run", "step").values.astype(float)
    at = _abscissa(flat.data, over)
    known = values[np.isfinite(values)]
    if not known.size:
        return nothing("None of these runs has a number here.")
    few = thinned(np.arange(len(taken)), MOST_LINES)
    y = dimension_of(flat.data[name], name)
    log = bool((known > 0).all() and np.log10(known.max() / known.min()) > DECADES)
    lines = hv.Path(
        [np.column_stack([_row_of(at, i), values[i]]) for i in few], [dimension(look.over, LABELS[over]), y]
    )
    look_of_lines = {"color": theme(False).curves[1], "line_width": 1, "alpha": 0.45}
    if of_runs and len(rows) > 1:
        bands = plot.curves(flat.data, name, over=over)
        element = bands * lines.opts(backend="bokeh", **look_of_lines) if len(rows) <= MOST_LINES else bands
    else:
        element = hv.Overlay([lines.opts(backend="bokeh", **look_of_lines | {"line_width": 2, "alpha": 0.8})])
    figure, _ = _figure(
        element.opts(backend="bokeh", logy=log, legend_position="top", legend_cols=3),
        colours,
        BoxSelectTool(renderers=[]),
    )
    drawn_lines = few if not of_runs or len(rows) <= MOST_LINES else few[:0]

    def picks(box: Box) -> np.ndarray:
        return _of_rows(table, taken[passing(box, at, values)], not of_runs)

    def taps(x: float, up: float) -> int | None:
        if not len(drawn_lines) or not of_runs:
            return None
        shown = values[drawn_lines]
        xs = np.broadcast_to(at, values.shape)[drawn_lines]
        lift = np.log10 if log else np.asarray
        with np.errstate(invalid="ignore", divide="ignore"):
            heights, height = lift(shown), float(lift(np.float64(up)))
        finite = np.isfinite(heights)
        scale = _pixels_per_unit(figure, xs[finite], heights[finite])
        found = nearest(x, height, xs.ravel(), heights.ravel(), scale, 2 * REACH_PX)
        return None if found is None else int(taken[drawn_lines[found // shown.shape[1]]])

    what = "runs" if of_runs else "cells"
    said = f"{words_of(table, name)}; {value_words(len(rows))} {what}"
    said += f", of which {value_words(flat.shown)} are drawn." if flat.shown < flat.of else "."
    if over != look.over:
        said += " Their steps are not at the same times, so they are drawn over the steps."
    return Picture(figure, said, picks, taps)


def _of_rows(table: RunTable, rows: np.ndarray, whole_cells: bool) -> np.ndarray:
    """The rows as a mask; with all runs of their cells where a row stood for a cell."""
    found = np.zeros(table.rows, bool)
    if whole_cells and table.of_runs:
        found.reshape(-1, table.data.sizes["run"])[rows // table.data.sizes["run"]] = True
    else:
        found[rows] = True
    return found


def _abscissa(data: Any, over: str) -> np.ndarray:
    """Where the steps are, (steps,) or (runs, steps)."""
    if over == "evaluations":
        return np.asarray(data["evaluations"].transpose("run", "step").values, float)
    return np.asarray(data["t" if over == "time" else "step"].values, float)


def _row_of(at: np.ndarray, i: int) -> np.ndarray:
    return at if at.ndim == 1 else at[i]


# ---- shares of runs ------------------------------------------------------------------------------------------------------------


def _ecdf(table: RunTable, look: Look, chosen: np.ndarray, colours: Theme) -> Picture:
    """The share of the chosen runs that reach each target within so many evaluations."""
    rows = np.flatnonzero(chosen)
    try:
        if "reached" in table.data and "spent" in table.data and "target" in table.data.dims:
            flat = table.flat(["spent", "reached"], rows)
            hits = flat.data.isel(target=slice(0, MOST_TARGETS))
        else:
            missing = [
                name
                for name in ("best", "evaluations")
                if name not in table.series or "run" not in table.data[name].dims
            ]
            if missing:
                return nothing(
                    f"No shares of runs that reach a target: {' and '.join(missing)} {'were' if len(missing) > 1 else 'was'} not kept for "
                    "every run and step. Run it with --target, or with record = ('best', 'evaluations')."
                )
            flat = table.flat(["best", "evaluations"], rows)
            hits = hitting(flat.data, targets_of(look.targets))
        element = plot.ecdf(hits)
    except ValueError as error:
        return nothing(f"No shares of runs that reach a target: {error}")
    taken = thinned(rows, flat.shown)
    figure, _ = _figure(
        element.opts(backend="bokeh", legend_position="top", legend_cols=3),
        colours,
        BoxSelectTool(renderers=[], dimensions="width"),
    )
    spent, reached = (
        hits["spent"].transpose("run", "target").values,
        hits["reached"].transpose("run", "target").values.astype(bool),
    )

    def picks(box: Box) -> np.ndarray:
        return _of_rows(table, taken[between(box.x0, box.x1, spent, reached).any(axis=1)], False)

    said = f"Runs that reach F* + target; {value_words(len(rows))} runs" + (
        f", of which {value_words(flat.shown)} are drawn." if flat.shown < flat.of else "."
    )
    return Picture(figure, said, picks, lambda x, y: None)


# ---- figures -------------------------------------------------------------------------------------------------------------------


def _figure(element: Any, colours: Theme, box: BoxSelectTool) -> tuple[Any, list[GlyphRenderer]]:
    """The Bokeh figure of an element, in the page's looks, and its renderers."""
    import holoviews as hv

    # a document of its own: on a thread, "the current one" is that of whichever visitor is served just then
    figure = hv.renderer("bokeh").instance(mode="server").get_plot(element, doc=Document()).state
    hovers = [tool for tool in figure.toolbar.tools if isinstance(tool, HoverTool)]
    figure.toolbar.tools = [*hovers, box]
    figure.toolbar.active_drag = box
    figure.update(
        width=None, height=None, frame_width=None, frame_height=None, sizing_mode="stretch_both", min_width=120, min_height=120,
        toolbar_location=None, output_backend="canvas", min_border_right=12, min_border_top=4, lod_threshold=None,
    )  # fmt: skip
    figure.title.text = ""
    for axis in figure.below:
        if isinstance(axis.ticker, BasicTicker):  # a hundred thousand runs beside each other on a phone
            axis.ticker.desired_num_ticks, axis.formatter.power_limit_high = FEW_TICKS, LONGEST_DIGITS
    apply_theme(figure, colours)
    if colours.name != theme(False).name:
        _recolour(figure, theme(False), colours)
    for part in (*figure.above, *figure.right, *figure.center):
        if isinstance(part, Legend):
            part.update(orientation="horizontal", border_line_color=None, background_fill_alpha=0, padding=0, margin=0, spacing=8,
                        label_text_font_size=SMALL_TEXT, label_text_color=colours.ink, click_policy="hide")  # fmt: skip
        if isinstance(part, ColorBar):
            part.update(title="", background_fill_color=None, major_label_text_color=colours.ink,
                        major_label_text_font_size=TINY_TEXT, width=12)  # fmt: skip
    return figure, [renderer for renderer in figure.renderers if isinstance(renderer, GlyphRenderer)]


def _recolour(figure: Any, before: Theme, now: Theme) -> None:
    """Colours of one theme as those of another: the elements of :mod:`swarmviz.plot` are drawn for paper."""
    same = dict(zip(before.curves, now.curves, strict=True)) | {
        before.target: now.target,
        before.ink: now.ink,
        before.grid: now.grid,
    }
    for renderer in figure.renderers:
        for glyph in (
            getattr(renderer, name, None)
            for name in ("glyph", "nonselection_glyph", "selection_glyph", "muted_glyph", "hover_glyph")
        ):
            if glyph is None or isinstance(glyph, str):
                continue
            for name in ("line_color", "fill_color", "text_color"):
                colour = glyph.properties_with_values(include_defaults=False).get(name)
                if isinstance(colour, str) and colour in same:
                    glyph.update(**{name: same[colour]})
