"""A figure's charts, one under the other in a figure of Matplotlib."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from swarmviz.papers.spec import FigureSpec

if TYPE_CHECKING:
    import xarray

WIDTH, COLUMN = 9.0, 2.8  # inches


def plot(spec: FigureSpec, data: xarray.Dataset) -> Any:
    """A Matplotlib figure of what :func:`swarmviz.papers.compute.compute` returned.

    Raises
    ------
    ImportError
        Without Matplotlib.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("pictures need Matplotlib: pip install 'swarmviz[pictures]'") from None

    shapes = [chart.shape(data) for chart in spec.charts]
    heights = [
        chart.height * (1.0 if rows == 1 else rows * 0.75) for chart, (rows, _) in zip(spec.charts, shapes, strict=True)
    ]
    width = max(WIDTH, COLUMN * max(columns for _, columns in shapes))
    figure = Figure(figsize=(width, sum(heights) + 1.2), layout="constrained", dpi=110)
    FigureCanvasAgg(figure)
    runs, quick = int(data.attrs["runs"]), ", quick: not the paper's settings" if data.attrs["quick"] else ""
    agents = ", the agents are those of the first one" if runs > 1 and "snapshot" in data.dims else ""
    about = f"{spec.question} ({spec.reference}; {runs} run{'s' * (runs != 1)}{agents}{quick}) {spec.criterion}".strip()
    subtitle = "\n".join(textwrap.wrap(about, int(width * 11)))
    figure.suptitle(f"{spec.title}\n{subtitle}", fontsize="medium")
    strips = figure.subfigures(len(spec.charts), 1, height_ratios=heights, squeeze=False).ravel()
    for strip, chart, (rows, columns) in zip(strips, spec.charts, shapes, strict=True):
        chart.draw(strip.subplots(rows, columns, squeeze=False), data)
    return figure
