"""What the plots are put together of: lines, bands, marks, error bars and bars, each once for both back ends."""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.plot.elements import COLOURS, dimension, holoviews, styled

DASHES = {"solid": "-", "dashed": "--", "dotted": ":", "dotdash": "-."}  # in Bokeh and in Matplotlib
MARKERS = {"circle": "o", "dot": ".", "x": "X", "cross": "P", "star": "*"}
MARK_PX = 6.0
POINTS = 0.8  # of a pixel of the page in Matplotlib's points


def series_colours(colours: style.Theme) -> tuple[str, ...]:
    """Colours of lines beside each other: those of curves, and some more where there are many."""
    return (*colours.curves, colours.target, colours.focus, "#5b8c5a", "#8a5a44", colours.soft)


def line(
    at: np.ndarray,
    values: np.ndarray,
    dims: tuple[Any, Any],
    colour: str,
    *,
    label: str = "",
    dash: str = "solid",
    width: float = 2.0,
    alpha: float = 1.0,
    steps: bool = False,
) -> Any:
    """A line, whose values the pointer tells; ``dash`` as Bokeh calls it, ``steps`` for a value that holds until the next."""
    look: dict[str, Any] = {"color": colour, "alpha": alpha, "interpolation": "steps-post" if steps else "linear"}
    told = [("", label)] * bool(label) + [(of.pprint_label, f"@{{{of.name}}}") for of in dims]
    return styled(
        holoviews().Curve((at, values), *dims, label=label),
        {**look, "line_width": width, "line_dash": dash, "tools": ["hover"], "hover_tooltips": told},
        {**look, "linewidth": POINTS * width, "linestyle": DASHES[dash]},
    )


def band(
    at: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    dims: tuple[Any, Any],
    colour: str,
    *,
    label: str = "",
    alpha: float = 0.2,
) -> Any:
    """What lies between two lines."""
    x, y = dims
    return styled(
        holoviews().Area((at, low, high), x, [y, dimension(f"{y.name}_top")], label=label),
        {"color": colour, "alpha": alpha, "line_alpha": 0},
        {"color": colour, "facecolor": colour, "alpha": alpha, "linewidth": 0},
    )


def marks(
    at: np.ndarray,
    values: np.ndarray,
    dims: tuple[Any, Any],
    colour: str,
    *,
    label: str = "",
    hollow: bool = False,
    marker: str = "circle",
    size: float = MARK_PX,
    rim: str | None = None,
) -> Any:
    """Marks at points; of ``hollow`` ones the rim alone is seen."""
    edge = rim or colour
    return styled(
        holoviews().Scatter((at, values), *dims, label=label),
        {
            "marker": marker, "size": size, "line_color": edge, "fill_color": None if hollow else colour, "tools": ["hover"],
        },
        {
            "marker": MARKERS[marker], "s": (POINTS * size) ** 2, "edgecolor": edge, "facecolors": "none" if hollow else colour,
            "linewidth": 1.0,
        },
    )  # fmt: skip


def error_bars(at: np.ndarray, values: np.ndarray, errors: np.ndarray, dims: tuple[Any, Any], colour: str) -> Any:
    """An error to both sides of each value."""
    x, y = dims
    return styled(
        holoviews().ErrorBars((at, values, errors), x, [y, dimension(f"{y.name}_error")]),
        {"line_color": colour, "upper_head": None, "lower_head": None, "line_width": 1.5},
        {"edgecolor": colour, "capsize": 0, "linewidth": 1.2},
    )


def bars(edges: np.ndarray, heights: np.ndarray, dims: tuple[Any, Any], colours: style.Theme = COLOURS) -> Any:
    """A bar between every two edges."""
    x, y = dims
    return styled(
        holoviews().Histogram((edges, heights), kdims=[x], vdims=[y]),
        {"fill_color": colours.bars, "line_color": colours.paper, "tools": ["hover"]},
        {"facecolor": colours.bars, "edgecolor": colours.paper},
    )
