"""The picture of a map: what is known of a grid of cells by now, as colours over two parameters, with the region that is best.

What is not known yet has the value of the nearest cell that is. *Best* are all cells whose interval of the success rate overlaps that of
the best one, since chance alone may have put that first; the *robust middle* is the cell of their largest connected region that is farthest
from its boundary, and from that of the map.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy import ndimage

from swarmviz.drawing.axes import decimal
from swarmviz.drawing.style import Theme

Statistics = Mapping[str, np.ndarray]


class Colour(NamedTuple):
    """What the colour of a cell says: short name, meaning, whether it is drawn on a logarithmic scale."""

    label: str
    meaning: str
    log: bool = False


COLOURS = {
    "found": Colour("Found", "Share of the runs that have found the minimum by the last step"),
    "gap": Colour("Gap", "Median of the lowest F of a run minus F*", True),
    "cost": Colour(
        "Cost",
        "Evaluations of F until the minimum was found: the median where every run found it, else the expected running time (ERT)",
        True,
    ),
    "rate": Colour("Rate", "Median rate at which the dispersion falls"),
}
FLOOR = 1e-16  # of a gap on a logarithmic scale
SMALL_MAP = 260.0, 160.0  # width and height in pixels of a map whose size is not known
LETTER, LINE = 6.5, 15.0  # width of a letter, height of a line, in pixels
MARK = 16.0  # that of the robust middle, in pixels
ROOM = 0.015  # of the map, between a name and its edge
FINE = 200  # places on a line at which its name may begin
PLACES = 25  # values of each axis at which theory is asked for its thresholds


class Region(NamedTuple):
    """The largest connected part of the cells that are best, or good enough.

    ``x`` and ``y`` are the ends of its values, ``cells`` how many of all ``of`` cells there are, ``least`` its lowest share of runs that
    have found the minimum.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    cells: int
    of: int
    least: float


class MapPicture(NamedTuple):
    """What is drawn of a map.

    Attributes
    ----------
    x, y : ndarray (X,), (Y,)
        The values of the two parameters; ``x_edges`` (X + 1,), ``y_edges`` (Y + 1,) lie between them.
    values : ndarray (Y, X)
        What each colour of ``COLOURS`` shows, NaN where it is not defined; ``lowest`` and ``highest`` are those that the scale spans.
    known : ndarray (Y, X) of bool
        Whether the cell has runs of its own.
    nearest : tuple of ndarray (Y, X)
        Where in the transposed statistics the nearest cell that has runs stands: row and column.
    columns : dict of ndarray (Y, X)
        The statistics of that cell.
    outline : tuple of ndarray (segments, 2)
        Ends of the edges of the best region, x and y.
    middle : (float, float), optional
        The robust middle of the largest region, a cell that has runs; None where no cell has found anything.
    region : Region, optional
        The largest part of the region; None before every cell has runs, and where no cell has found anything.
    """

    x: np.ndarray
    y: np.ndarray
    x_edges: np.ndarray
    y_edges: np.ndarray
    values: np.ndarray
    lowest: float
    highest: float
    known: np.ndarray
    nearest: tuple[np.ndarray, ...]
    columns: dict[str, np.ndarray]
    outline: tuple[np.ndarray, np.ndarray]
    middle: tuple[float, float] | None
    region: Region | None


def map_picture(
    x: np.ndarray, y: np.ndarray, log: tuple[bool, bool], statistics: Statistics, colour: str, goal: float = 0.0
) -> MapPicture | None:
    """The picture of what is known; None before anything is.

    Parameters
    ----------
    x, y : ndarray (X,), (Y,)
        The values on the axes, increasing.
    log : (bool, bool)
        Whether each axis is logarithmic.
    statistics : mapping of str to ndarray (X, Y)
        See :mod:`swarmviz.ensembles.cell_statistics`.
    colour : str
        One of ``COLOURS``.
    goal : float
        The share of runs that makes a cell good enough; 0: the best cells are looked for.
    """
    if not statistics or not (statistics["runs"] > 0).any():
        return None
    known = (statistics["runs"] > 0).T
    nearest = tuple(ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True))
    columns = {name: values.T[nearest] for name, values in statistics.items()}
    values = coloured(columns, colour)
    scale = (0.0, 1.0) if colour == "found" else _ends(values, COLOURS[colour].log)
    x_edges, y_edges = (edges_of(np.asarray(v, float), on_log) for v, on_log in zip((x, y), log, strict=True))
    best = best_region(columns, goal)
    place = robust_middle(best, known)
    return MapPicture(
        x=np.asarray(x, float),
        y=np.asarray(y, float),
        x_edges=x_edges,
        y_edges=y_edges,
        values=values,
        lowest=scale[0],
        highest=scale[1],
        known=known,
        nearest=nearest,
        columns=columns,
        outline=outline(best, x_edges, y_edges),
        middle=None if place is None else (float(x[place[1]]), float(y[place[0]])),
        region=_region(best, columns, x, y) if known.all() else None,
    )


def coloured(columns: Statistics, colour: str) -> np.ndarray:
    """What a colour shows of each cell."""
    if colour == "found":
        return np.asarray(columns["success_rate"], float)
    if colour == "gap":
        return np.maximum(columns["median_gap"], FLOOR)
    if colour == "rate":
        return np.asarray(columns.get("median_rate", np.full(columns["runs"].shape, np.nan)), float)
    if "ert_evaluations" not in columns:
        return np.full(columns["runs"].shape, np.nan)
    cost = np.where(columns["hits"] == columns["runs"], columns["median_hit_evaluations"], columns["ert_evaluations"])
    return np.where(np.isfinite(cost), np.maximum(cost, 1.0), np.nan)


def shades(colour: str, colours: Theme) -> tuple[str, ...]:
    """The colours through which the scale runs, from its lowest value to its highest: what is better is stronger."""
    return colours.landscape if colour in ("gap", "cost") else colours.landscape[::-1]


def axis_label(declared: Any) -> str:
    """The label of an axis: symbol and name of its parameter."""
    return f"{declared.symbol or declared.name}  {declared.label or declared.name}".strip()


def is_log(declared: Any, values: Sequence[float] | np.ndarray) -> bool:
    """Whether the axis of a parameter is logarithmic."""
    return bool(declared.scale == "log" and values[0] > 0)


def places(owner: str, values: Sequence[float], log: bool) -> list[float]:
    """Where on an axis theory is asked: between its first and last value, evenly on its scale; of N and d at the values themselves."""
    if owner == "swarm":
        return list(values)
    return [float(value) for value in (np.geomspace if log else np.linspace)(values[0], values[-1], PLACES)]


def _ends(values: np.ndarray, log: bool) -> tuple[float, float]:
    """The ends of a scale, never the same."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return (1.0, 10.0) if log else (0.0, 1.0)
    low, high = float(finite.min()), float(finite.max())
    if low < high:
        return low, high
    return (low / 2, high * 2) if log else (low - 0.5, high + 0.5)


def edges_of(values: np.ndarray, log: bool) -> np.ndarray:
    """The boundaries of the cells around increasing values (m,), (m + 1,): half way to the neighbours, on the axis' scale.

    The cell of a single value reaches from half of it to one and a half, of 0 from −½ to ½; on a logarithmic scale by a factor √e.
    """
    at = np.log(values) if log else values.astype(float)
    if len(at) == 1:
        half = 0.5 if log else 0.5 * abs(at[0]) or 0.5
        edges = np.array([at[0] - half, at[0] + half])
    else:
        inner = (at[1:] + at[:-1]) / 2
        edges = np.concatenate([[2 * at[0] - inner[0]], inner, [2 * at[-1] - inner[-1]]])
    return np.exp(edges) if log else edges


def best_region(columns: Statistics, goal: float = 0.0) -> np.ndarray:
    """Which cells cannot be told from the best one: their interval reaches its lower end. None where nothing was found.

    With a ``goal`` those of whose runs at least that share has found the minimum.
    """
    if goal > 0:
        return np.asarray(np.nan_to_num(columns["success_rate"]) >= goal)
    rate, low, high = (columns[name] for name in ("success_rate", "success_low", "success_high"))
    if not (np.nan_to_num(rate) > 0).any():
        return np.zeros(rate.shape, bool)
    best = np.lexsort((np.nan_to_num(low.ravel()), np.nan_to_num(rate.ravel())))[-1]
    with np.errstate(invalid="ignore"):
        return np.asarray(high >= low.flat[best]) & ~np.isnan(rate)


def largest_part(region: np.ndarray) -> np.ndarray:
    """The largest part of a region whose cells are connected by their sides."""
    parts, count = ndimage.label(region)
    if not count:
        return np.zeros(region.shape, bool)
    return np.asarray(parts == 1 + int(np.argmax(ndimage.sum_labels(region, parts, np.arange(1, count + 1)))))


def _region(region: np.ndarray, columns: Statistics, x: np.ndarray, y: np.ndarray) -> Region | None:
    part = largest_part(region)
    if not part.any():
        return None
    rows, across = np.nonzero(part)
    return Region(
        (float(x[across.min()]), float(x[across.max()])),
        (float(y[rows.min()]), float(y[rows.max()])),
        len(rows),
        part.size,
        float(columns["success_rate"][part].min()),
    )


def region_words(picture: MapPicture, symbols: tuple[str, str]) -> str:
    """The region and its robust middle, in a line; "" where there is none."""
    said = []
    if (region := picture.region) is not None:
        ends = zip(symbols, (region.x, region.y), strict=True)
        ranges = ", ".join(f"{symbol} from {decimal(low, 3)} to {decimal(high, 3)}" for symbol, (low, high) in ends)
        said.append(
            f"{ranges}: {region.cells} of {region.of} cells, each with at least {math.floor(100 * region.least + 1e-9)}% of its runs"
        )
    if picture.middle is not None:
        place = ", ".join(f"{s} = {decimal(v, 4)}" for s, v in zip(symbols, picture.middle, strict=True))
        said.append(f"{'robust' if said else 'Robust'} middle {place}")
    return " · ".join(said)


def robust_middle(region: np.ndarray, known: np.ndarray | None = None) -> tuple[int, int] | None:
    """The cell (row, column) of a region's largest connected part that is farthest from what is outside; of several the most central.

    ``known``: of the cells that count; a place where nothing has been run is no proposal.
    """
    largest = largest_part(region)
    if not largest.any():
        return None
    depth = ndimage.distance_transform_edt(np.pad(largest, 1))[1:-1, 1:-1]
    if known is not None:
        depth = np.where(known, depth, 0.0)
        if not depth.any():
            return None
    deepest = np.argwhere(depth >= depth.max() - 1e-9)
    off = ((deepest - np.argwhere(largest).mean(axis=0)) ** 2).sum(axis=1)
    row, column = deepest[int(np.argmin(off))]
    return int(row), int(column)


def outline(region: np.ndarray, x_edges: np.ndarray, y_edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The edges between a region (Y, X) and what is outside of it, as ends of segments: x (S, 2) and y (S, 2)."""
    padded = np.pad(region, 1)
    rows, columns = np.nonzero(padded[1:-1, 1:] != padded[1:-1, :-1])  # upright edges
    upright_x, upright_y = x_edges[columns], np.stack([y_edges[rows], y_edges[rows + 1]], axis=1)
    flat_rows, flat_columns = np.nonzero(padded[1:, 1:-1] != padded[:-1, 1:-1])
    flat_x, flat_y = np.stack([x_edges[flat_columns], x_edges[flat_columns + 1]], axis=1), y_edges[flat_rows]
    xs = np.concatenate([np.stack([upright_x, upright_x], axis=1), flat_x])
    ys = np.concatenate([upright_y, np.stack([flat_y, flat_y], axis=1)])
    return xs, ys


def cell_at(picture: MapPicture, x: float, y: float) -> tuple[int, int] | None:
    """The place (column, row) of the cell that lies under a point; None beside the map."""
    if not (np.isfinite(x) and np.isfinite(y)):
        return None
    place = []
    for at, edges in ((x, picture.x_edges), (y, picture.y_edges)):
        i = int(np.searchsorted(edges, at, side="right")) - 1
        if not 0 <= i < len(edges) - 1:
            return None
        place.append(i)
    return place[0], place[1]


def cell_words(columns: Statistics, seed: int) -> dict[str, np.ndarray]:
    """What is said of each cell, in words: arrays of text in the shape of the statistics.

    ``found`` is n of N runs with Wilson's interval; ``gap`` and ``until``, the evaluations until found, are medians with the quantiles of
    10% and 90%; ``ert`` the expected running time; ``rate`` the median; ``seeds`` the first and the last one.
    """
    blank = np.full(columns["runs"].shape, np.nan)
    flat = {name: np.broadcast_to(values, blank.shape).ravel() for name, values in columns.items()}
    of = lambda name: flat.get(name, blank.ravel()).tolist()  # noqa: E731
    counts = [f"{end}_hit_evaluations" for end in ("low", "median", "high")]
    words = {
        "found": [
            f"{int(n)} of {int(N)} (95%: {round(100 * low)}–{round(100 * high)}%)" if N else "not known"
            for n, N, low, high in zip(of("found"), of("judged"), of("success_low"), of("success_high"), strict=True)
        ],
        "gap": [_spread(ends, _number) for ends in zip(of("low_gap"), of("median_gap"), of("high_gap"), strict=True)],
        "until": [_spread(ends, _count) for ends in zip(*(of(name) for name in counts), strict=True)],
        "ert": [_count(value) for value in of("ert_evaluations")],
        "rate": [_number(value) for value in of("median_rate")],
        "seeds": [f"{seed} to {seed + int(n) - 1}" if n else "none" for n in of("runs")],
    }
    return {name: np.array(texts, object).reshape(blank.shape) for name, texts in words.items()}


class CellWords:
    """The same of cells of which ever more is known: words are made anew only where a statistic has changed since they were asked for."""

    def __init__(self, seed: int):
        self._seed = seed
        self._of: dict[str, np.ndarray] = {}
        self._words: dict[str, np.ndarray] = {}

    def of(self, statistics: Statistics) -> dict[str, np.ndarray]:
        """The words of all cells, in arrays of their own."""
        if not statistics:
            return {}
        if self._of.keys() != statistics.keys():
            self._words = cell_words(statistics, self._seed)
        else:
            changed = np.zeros(statistics["runs"].shape, bool)
            for name, values in statistics.items():
                before = self._of[name]
                changed |= (values != before) & ~(np.isnan(values) & np.isnan(before))
            for name, words in cell_words({n: v[changed] for n, v in statistics.items()}, self._seed).items():
                self._words[name][changed] = words
        self._of = {name: values.copy() for name, values in statistics.items()}
        return {name: words.copy() for name, words in self._words.items()}


def _spread(ends: tuple[float, ...], words: Callable[[float], str]) -> str:
    low, median, high = ends
    return "not known" if np.isnan(median) else f"{words(median)} (10–90%: {words(low)} to {words(high)})"


def _number(value: float) -> str:
    return "not known" if np.isnan(value) else decimal(value, 3)


def _count(value: float) -> str:
    if np.isnan(value):
        return "not known"
    return "never" if np.isinf(value) else decimal(float(round(value)), 6)


def zero_lines(x: np.ndarray, y: np.ndarray, margin: np.ndarray) -> list[np.ndarray]:
    """Where a margin (Y, X) is 0, as lines (points, 2)."""
    from contourpy import contour_generator

    found = contour_generator(x, y, np.ma.masked_invalid(margin)).lines(0.0)
    return [np.asarray(line) for line in found if len(line) > 1]


def name_places(
    names: Sequence[str],
    lines: Sequence[Sequence[np.ndarray]],
    picture: MapPicture,
    log: tuple[bool, bool],
    size: tuple[float, float] = SMALL_MAP,
) -> list[tuple[float, float] | None]:
    """Where the names of lines begin, lower left corners on the lines: inside a map of a ``size`` in pixels, and apart from each other.

    Each is as near to the middle of its longest line as it can be, and off the mark of the robust middle where it can; None where there
    is no room for it.
    """
    ends = [edges[[0, -1]] for edges in (picture.x_edges, picture.y_edges)]
    taken: list[np.ndarray] = []  # left, bottom, right, top, in shares of the map
    mark = _mark(picture, ends, log, size)
    found: list[tuple[float, float] | None] = []
    for name, pieces in zip(names, lines, strict=True):
        taken_up = np.array([len(name) * LETTER, LINE]) / np.array(size)
        place = None
        for points in sorted(pieces, key=len, reverse=True):
            fine = _between(points)
            corners = np.stack([_share(fine[:, i], ends[i], log[i]) for i in (0, 1)], axis=1)
            boxes = np.concatenate([corners, corners + taken_up], axis=1)
            free = ((boxes[:, :2] >= ROOM) & (boxes[:, 2:] <= 1 - ROOM)).all(axis=1)
            for other in taken:
                free &= _apart(boxes, other)
            if mark is not None and (off := free & _apart(boxes, mark)).any():
                free = off
            if free.any():
                open_to_it = np.flatnonzero(free)
                at = open_to_it[np.abs(open_to_it - len(fine) // 2).argmin()]
                taken.append(boxes[at])
                place = float(fine[at, 0]), float(fine[at, 1])
                break
        found.append(place)
    return found


def _mark(
    picture: MapPicture, ends: list[np.ndarray], log: tuple[bool, bool], size: tuple[float, float]
) -> np.ndarray | None:
    """The box of the mark of the robust middle, in shares of the map."""
    if picture.middle is None:
        return None
    at = np.array([float(_share(np.array(place), ends[i], log[i])) for i, place in enumerate(picture.middle)])
    return np.concatenate([at - MARK / 2 / np.array(size), at + MARK / 2 / np.array(size)])


def _apart(boxes: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Which boxes (boxes, 4) do not overlap another one."""
    return np.asarray((boxes[:, :2] >= other[2:]).any(axis=1) | (boxes[:, 2:] <= other[:2]).any(axis=1))


def _between(points: np.ndarray) -> np.ndarray:
    """A line (points, 2) with further points on its way, (FINE, 2)."""
    at = np.linspace(0, len(points) - 1, FINE)
    return np.stack([np.interp(at, np.arange(len(points)), column) for column in points.T], axis=1)


def _share(values: np.ndarray, ends: np.ndarray, log: bool) -> np.ndarray:
    low, high = np.log(ends) if log else ends
    return np.asarray(((np.log(values) if log else values) - low) / (high - low))


def progress_words(cells: int, all_cells: int, runs: int, all_runs: int, core_s: float, left_s: float | None) -> str:
    """How far a map has come, in a line."""
    left = "" if left_s is None or runs >= all_runs else f" · about {_seconds(left_s)} left"
    return f"{cells} of {all_cells} cells · {runs:,} of {all_runs:,} runs · {_seconds(core_s)} of one core{left}"


def _seconds(seconds: float) -> str:
    if seconds < 9.95:
        return f"{decimal(round(seconds, 1))} s"
    return f"{round(seconds)} s" if seconds < 100 else f"{round(seconds / 60)} min"
