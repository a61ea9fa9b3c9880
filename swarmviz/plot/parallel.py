"""All axes of a sweep side by side, and a line through them for each cell."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from swarmviz.plot.elements import (
    COLOURS,
    are_numbers,
    axes_of,
    dimension_of,
    ends_of,
    holoviews,
    one_per_cell,
    styled,
    symbol_of,
    value_words,
)
from swarmviz.plot.map import grows_by_factors

if TYPE_CHECKING:
    import xarray

MOST_LINES = 5000


def parallel(table: xarray.Dataset, value: str = "success_rate") -> Any:
    """Parallel coordinates: each cell of a sweep is a line through its values of all axes, and ``value`` its colour and its last place.

    Parameters
    ----------
    table : Dataset
        From :func:`swarmviz.sweep`, or a statistic of it, with at most 5,000 cells.
    value : str
        As in :func:`map`.

    Returns
    -------
    holoviews.Overlay
        Segments of the lines, which know the cell they belong to, and the ends of the axes in words.

    Raises
    ------
    ValueError
        When the table has no axes or too many cells, or ``value`` is no number of a cell.
    ImportError
        Without HoloViews.
    """
    hv, axes = holoviews(), axes_of(table)
    if not axes:
        raise ValueError("table: has no axes, because it is of no sweep")
    values = one_per_cell(table, value)
    shape = [table.sizes[name] for name in axes]
    if int(np.prod(shape)) > MOST_LINES:
        raise ValueError(f"table: has {int(np.prod(shape)):,} cells, must be at most {MOST_LINES:,}")
    found = values.broadcast_like(table[axes].reset_coords(drop=True)).transpose(*axes).values.astype(float)
    places = [_places(table[name].values) for name in axes]
    ends = ends_of(found, value)
    about = [dimension_of(values, value), *(dimension_of(table[name]) for name in axes)]
    names = [*(symbol_of(table[name]) for name in axes), about[0].pprint_label]
    frame: dict[str, Any] = {"xticks": list(enumerate(names)), "yaxis": None, "xlabel": "", "ylim": (-0.15, 1.15)}
    return styled(
        hv.Overlay(
            [
                _lines(table, axes, places, found, ends, about),
                *_ends([*(table[name].values for name in axes), np.array(ends)]),
            ]
        ),
        {**frame, "width": 140 + 130 * len(axes), "height": 360},
        {**frame, "fig_inches": (2 + 1.4 * len(axes), 4), "aspect": "auto"},
    )


def _lines(
    table: xarray.Dataset,
    axes: list[str],
    places: list[np.ndarray],
    found: np.ndarray,
    ends: tuple[float, float],
    about: list[Any],
) -> Any:
    """A line for each cell with a value: a segment between every two axes, as only these can be chosen by HoloViews' selections."""
    low, high = ends
    cells = [place for place in itertools.product(*map(range, found.shape)) if np.isfinite(found[place])]
    index = np.array(cells, dtype=int).reshape(len(cells), len(axes))
    told = found[tuple(index.T)]
    last = (told - low) / (high - low) if high > low else np.full(len(cells), 0.5)
    heights = np.column_stack([*(at[i] for at, i in zip(places, index.T, strict=True)), last])
    gaps = len(axes)
    columns = {about[0].name: told} | {name: table[name].values[i] for name, i in zip(axes, index.T, strict=True)}
    data = {
        "axis": np.tile(np.arange(gaps), len(cells)),
        "height": heights[:, :-1].ravel(),
        "axis_end": np.tile(np.arange(1, gaps + 1), len(cells)),
        "height_end": heights[:, 1:].ravel(),
    } | {name: np.repeat(column, gaps) for name, column in columns.items()}
    lines = holoviews().Segments(data, ["axis", "height", "axis_end", "height_end"], about)
    look: dict[str, Any] = {
        "color": about[0].name,
        "cmap": "viridis",
        "colorbar": True,
        "clabel": about[0].pprint_label,
    }
    look |= {"clim": ends} if high > low else {}
    told_of = [(of.pprint_label, f"@{{{of.name}}}") for of in about]
    return styled(
        lines,
        {**look, "line_width": 1.5, "tools": ["hover"], "hover_tooltips": told_of},
        {**look, "linewidth": 1.2},
    )


def _ends(values: list[np.ndarray]) -> list[Any]:
    """What each axis begins and ends with, below and above it; as texts, because link_selections fails on labels."""
    hv, texts = holoviews(), []
    for i, along in enumerate(values):
        pair = (along.min(), along.max()) if are_numbers(along) else (along[0], along[-1])
        texts += [
            hv.Text(i, height, value_words(end), fontsize=9) for height, end in zip((-0.06, 1.06), pair, strict=True)
        ]
    return [styled(text, {"text_color": COLOURS.ink}, {"color": COLOURS.ink}) for text in texts]


def _places(values: np.ndarray) -> np.ndarray:
    """Heights in [0, 1] of the values of an axis: by their numbers, or evenly where they are words or only one."""
    if len(values) == 1:
        return np.array([0.5])
    if not are_numbers(values):
        return np.linspace(0, 1, len(values))
    at = np.log(values) if grows_by_factors(np.sort(values)) else values.astype(float)
    return np.asarray((at - at.min()) / np.ptp(at))
