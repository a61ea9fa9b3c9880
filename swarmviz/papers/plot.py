"""An entry's views, one under the other in a Matplotlib figure."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from swarmviz.papers.figure import Entry

if TYPE_CHECKING:
    import xarray

WIDTH, COLUMN = 9.0, 2.8  # inches


def picture(entry: Entry, data: xarray.Dataset) -> Any:
    """See :meth:`Entry.plot`."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("pictures need Matplotlib: pip install 'swarmviz[pictures]'") from None

    shapes = [view.shape(data) for view in entry.views]
    heights = [
        view.height * (1.0 if rows == 1 else rows * 0.75) for view, (rows, _) in zip(entry.views, shapes, strict=True)
    ]
    width = max(WIDTH, COLUMN * max(columns for _, columns in shapes))
    figure = Figure(figsize=(width, sum(heights) + 1.2), layout="constrained", dpi=110)
    FigureCanvasAgg(figure)
    runs, quick = int(data.attrs["runs"]), ", quick: not the paper's settings" if data.attrs["quick"] else ""
    agents = ", the agents are those of the first one" if runs > 1 and "snapshot" in data.dims else ""
    about = (
        f"{entry.question} ({entry.reference}; {runs} run{'s' * (runs != 1)}{agents}{quick}) {entry.criterion}".strip()
    )
    subtitle = "\n".join(textwrap.wrap(about, int(width * 11)))
    figure.suptitle(f"{entry.title}\n{subtitle}", fontsize="medium")
    strips = figure.subfigures(len(entry.views), 1, height_ratios=heights, squeeze=False).ravel()
    for strip, view, (rows, columns) in zip(strips, entry.views, shapes, strict=True):
        view.draw(strip.subplots(rows, columns, squeeze=False), data)
    return figure
