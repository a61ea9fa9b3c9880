"""The picture of a map: what is known of a grid of cells by now, as colours over two parameters, with the region that is best.

What is not known yet has the value of the nearest cell that is. *Best* are all cells whose interval of the success rate overlaps that of
the best one, since chance alone may have put that first; the *robust middle* is the cell of their largest connected region that is farthest
from its boundary, and from that of the map.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from scipy import ndimage

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
    columns : dict of ndarray (Y, X)
        The statistics of the nearest cell that has runs.
    outline : tuple of ndarray (segments, 2)
        Ends of the edges of the best region, x and y.
    middle : (float, float), optional
        The robust middle of the largest region; None where no cell has found anything.
    """

    x: np.ndarray
    y: np.ndarray
    x_edges: np.ndarray
    y_edges: np.ndarray
    values: np.ndarray
    lowest: float
    highest: float
    known: np.ndarray
    columns: dict[str, np.ndarray]
    outline: tuple[np.ndarray, np.ndarray]
    middle: tuple[float, float] | None


def map_picture(
    x: np.ndarray, y: np.ndarray, log: tuple[bool, bool], statistics: Statistics, colour: str
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
    """
    if not statistics or not (statistics["runs"] > 0).any():
        return None
    known = (statistics["runs"] > 0).T
    nearest = tuple(ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True))
    columns = {name: values.T[nearest] for name, values in statistics.items()}
    values = coloured(columns, colour)
    scale = (0.0, 1.0) if colour == "found" else _ends(values, COLOURS[colour].log)
    x_edges, y_edges = (edges_of(np.asarray(v, float), on_log) for v, on_log in zip((x, y), log, strict=True))
    best = best_region(columns)
    place = robust_middle(best)
    return MapPicture(
        x=np.asarray(x, float),
        y=np.asarray(y, float),
        x_edges=x_edges,
        y_edges=y_edges,
        values=values,
        lowest=scale[0],
        highest=scale[1],
        known=known,
        columns=columns,
        outline=outline(best, x_edges, y_edges),
        middle=None if place is None else (float(x[place[1]]), float(y[place[0]])),
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
    """The boundaries of the cells around increasing values (m,), (m + 1,): half way to the neighbours, on the axis' scale."""
    at = np.log(values) if log else values
    if len(at) == 1:
        half = 0.5 if log else max(abs(at[0]) / 2, 0.5)
        edges = np.array([at[0] - half, at[0] + half])
    else:
        inner = (at[1:] + at[:-1]) / 2
        edges = np.concatenate([[2 * at[0] - inner[0]], inner, [2 * at[-1] - inner[-1]]])
    return np.exp(edges) if log else edges


def best_region(columns: Statistics) -> np.ndarray:
    """Which cells cannot be told from the best one: their interval reaches its lower end. None where nothing was found."""
    rate, low, high = (columns[name] for name in ("success_rate", "success_low", "success_high"))
    if not (np.nan_to_num(rate) > 0).any():
        return np.zeros(rate.shape, bool)
    best = np.lexsort((np.nan_to_num(low.ravel()), np.nan_to_num(rate.ravel())))[-1]
    with np.errstate(invalid="ignore"):
        return np.asarray(high >= low.flat[best]) & ~np.isnan(rate)


def robust_middle(region: np.ndarray) -> tuple[int, int] | None:
    """The cell (row, column) of a region's largest connected part that is farthest from what is outside; of several the most central."""
    parts, count = ndimage.label(region)
    if not count:
        return None
    sizes = ndimage.sum_labels(region, parts, np.arange(1, count + 1))
    largest = parts == 1 + int(np.argmax(sizes))
    depth = ndimage.distance_transform_edt(np.pad(largest, 1))[1:-1, 1:-1]
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


def progress_words(cells: int, all_cells: int, runs: int, all_runs: int, core_s: float, left_s: float | None) -> str:
    """How far a map has come, in a line."""
    left = "" if left_s is None or runs >= all_runs else f" · about {_seconds(left_s)} left"
    return f"{cells} of {all_cells} cells · {runs:,} of {all_runs:,} runs · {_seconds(core_s)} of one core{left}"


def _seconds(seconds: float) -> str:
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
