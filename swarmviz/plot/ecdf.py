"""How many runs reach a target with so many evaluations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from swarmviz.ensembles.hitting_times import hitting, runtime_ecdf
from swarmviz.plot import parts
from swarmviz.plot.elements import (
    COLOURS,
    axes_of,
    by_menu,
    dimension,
    holoviews,
    require_axis,
    styled,
    symbol_of,
    value_words,
)

if TYPE_CHECKING:
    import xarray

DASHES = tuple(parts.DASHES)


def ecdf(data: xarray.Dataset, targets: Any = 1e-3, *, by: str | None = None, confidence: float = 0.95) -> Any:
    """The share of the runs that reach F* + target within so many evaluations, with its confidence band (Kaplan–Meier).

    Parameters
    ----------
    data : Dataset
        From :func:`swarmviz.run_ensemble` or :func:`swarmviz.sweep`, with ``best`` and ``evaluations`` recorded; or from
        :func:`swarmviz.ensembles.hitting`.
    targets : float or sequence of float
        Distances to the lowest known value; a line each. Not used of hitting times, which have theirs.
    by : str, optional
        An axis of a sweep of which every value has lines of its own; the other axes have menus.
    confidence : float
        Level of the band, 0 < confidence < 1.

    Returns
    -------
    holoviews.Overlay or HoloMap

    Raises
    ------
    ValueError
        When a target is out of its range, or ``by`` is no axis.
    ImportError
        Without HoloViews.
    """
    hits = data if "reached" in data else hitting(data, targets)
    axes = axes_of(hits)
    if by is not None:
        require_axis("by", by, axes)
    shares = runtime_ecdf(hits, confidence=confidence)

    def plot(one: xarray.Dataset) -> Any:
        cells = [("", one)] if by is None else [
            (f"{symbol_of(hits[by])} = {value_words(value)}, ", one.isel({by: i}))
            for i, value in enumerate(hits[by].values)
        ]  # fmt: skip
        layers = []
        for i, (words, cell) in enumerate(cells):
            for j, target in enumerate(cell["target"].values):
                # colours tell the targets apart, or, where an axis is drawn, its values, and dashes the targets
                look = (j, 0) if by is None else (i, j)
                layers += _steps(cell.isel(target=j), f"{words}F ≤ F* + {value_words(target)}", *look)
        return styled(
            holoviews().Overlay(layers),
            {"width": 560, "height": 320, "legend_position": "right", "ylim": (0, 1.02)},
            {"fig_inches": (7, 3.6), "aspect": 1.9, "ylim": (0, 1.02), "legend_position": "right"},
        )

    return by_menu(shares, [axis for axis in axes if axis != by], plot)


def _steps(one: xarray.Dataset, label: str, place: int, dash: int) -> list[Any]:
    """The share of one set of runs with one target, and its band."""
    colour = COLOURS.curves[place % len(COLOURS.curves)]
    x, y = dimension("evaluations", "evaluations of F"), dimension("share", "share of the runs")
    at, share = one["evaluations"].values, one["ecdf"].values
    known = np.isfinite(share)
    low, high = (np.where(np.isfinite(one[end].values), one[end].values, share) for end in ("ecdf_low", "ecdf_high"))
    return [
        parts.band(at[known], low[known], high[known], (x, y), colour, alpha=0.15),
        parts.line(at[known], share[known], (x, y), colour, label=label, dash=DASHES[dash % len(DASHES)], steps=True),
    ]
