"""All axes of a sweep side by side, and a line through them for each cell."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from swarmviz.plot.elements import (
    COLOURS,
    are_numbers,
    axes_of,
    dimension,
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
        Contours of the cells, and labels of the ends of the axes.

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
    low, high = ends_of(found, value)
    cells = []
    for place in itertools.product(*(range(size) for size in shape)):
        last = (found[place] - low) / (high - low) if high > low else 0.5
        heights = [*(at[i] for at, i in zip(places, place, strict=True)), last]
        if np.isfinite(last):
            chosen = {name: table[name].values[i].item() for name, i in zip(axes, place, strict=True)}
            cells.append({"axis": np.arange(len(heights)), "height": np.array(heights), value: found[place], **chosen})
    x, y = dimension("axis"), dimension("height")
    about = [dimension_of(values, value), *(dimension_of(table[name]) for name in axes)]
    names = [*(symbol_of(table[name]) for name in axes), about[0].pprint_label]
    ends = [*((table[name].values.min(), table[name].values.max()) if are_numbers(table[name].values) else
              (table[name].values[0], table[name].values[-1]) for name in axes), (low, high)]  # fmt: skip
    labels = hv.Labels(
        [
            (i, height, value_words(end))
            for i, pair in enumerate(ends)
            for height, end in zip((-0.06, 1.06), pair, strict=True)
        ],
        [x, y],
        "text",
    )
    lines = hv.Contours(cells, [x, y], about)
    ticks = list(enumerate(names))
    frame: dict[str, Any] = {"xticks": ticks, "yaxis": None, "xlabel": "", "ylim": (-0.15, 1.15)}
    return styled(
        styled(
            lines,
            {"color": hv.dim(value), "cmap": "viridis", "line_width": 1.5, "colorbar": True, "tools": ["hover"]},
            {"color": hv.dim(value), "cmap": "viridis", "linewidth": 1.2},
        )
        * styled(labels, {"text_font_size": "9pt", "text_color": COLOURS.ink}, {"size": 9, "color": COLOURS.ink}),
        {**frame, "width": 140 + 130 * len(axes), "height": 360},
        {**frame, "fig_inches": (2 + 1.4 * len(axes), 4), "aspect": "auto"},
    )


def _places(values: np.ndarray) -> np.ndarray:
    """Heights in [0, 1] of the values of an axis: by their numbers, or evenly where they are words or only one."""
    if len(values) == 1:
        return np.array([0.5])
    if not are_numbers(values):
        return np.linspace(0, 1, len(values))
    at = np.log(values) if grows_by_factors(np.sort(values)) else values.astype(float)
    return np.asarray((at - at.min()) / np.ptp(at))
