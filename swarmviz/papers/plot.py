"""A figure's charts, one under the other in a figure of Matplotlib: what the back end of HoloViews for it draws of their elements."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from swarmviz.drawing.style import LIGHT, Theme
from swarmviz.papers.charts import SHADED, Chart, Heat, TableText
from swarmviz.papers.spec import FigureSpec
from swarmviz.plot.axes import draw_on, load_matplotlib

if TYPE_CHECKING:
    import xarray

WIDTH, COLUMN = 9.0, 2.8  # inches
MANY = 5  # lines of which a legend has no room within axes


def plot(spec: FigureSpec, data: xarray.Dataset) -> Any:
    """A Matplotlib figure of what :func:`swarmviz.papers.compute.compute` returned.

    Raises
    ------
    ImportError
        Without Matplotlib or HoloViews.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("pictures of figures need Matplotlib: pip install 'swarmviz[pictures,plots]'") from None

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
        draw(chart, strip.subplots(rows, columns, squeeze=False), data)
    return figure


def draw(chart: Chart, axes: np.ndarray, data: xarray.Dataset, colours: Theme = LIGHT) -> None:
    """Draw the panels of a chart; ``axes`` has the shape of :meth:`Chart.shape`."""
    load_matplotlib()
    left, meshes = set(axes.ravel()), []
    for panel in chart.drawn(data, colours):
        ax = axes[panel.place]
        left.discard(ax)
        if isinstance(panel.shown, TableText):
            _draw_table(ax, panel.shown)
        else:
            meshes += draw_on(ax, panel.shown)
            ax.spines[:].set_visible(True)
            _legend(ax)
        if panel.title:
            ax.set_title(panel.title, fontsize="medium")
    for ax in left:
        ax.axis("off")
    for row in axes:
        _once(row)
    _name_colours(chart, axes, meshes, data)


def _legend(ax: Any) -> None:
    """A legend where the panel has one: within the axes where its lines are few."""
    if ax.get_legend() is None:
        return
    handles, labels = ax.get_legend_handles_labels()
    beside = {"loc": "center left", "bbox_to_anchor": (1.0, 0.5)} if len(labels) >= MANY else {}
    ax.legend(handles, labels, fontsize="small", **beside)


def _once(row: np.ndarray) -> None:
    """One legend, on the right, where axes side by side have the same."""

    def said(ax):
        return [text.get_text() for text in ax.get_legend().get_texts()] if ax.get_legend() else None

    for ax in row[:-1]:
        if ax.get_legend() and said(ax) == said(row[-1]):
            ax.get_legend().remove()


def _name_colours(chart: Chart, axes: np.ndarray, meshes: list[Any], data: xarray.Dataset) -> None:
    """A scale beside each mesh that has colours of its own, or one for all that share them."""
    if isinstance(chart, Heat) and meshes:
        axes[0, 0].figure.colorbar(meshes[-1][1], ax=axes.ravel().tolist(), label=meshes[-1][2])
        return
    for ax, mesh, label in meshes:
        ax.figure.colorbar(mesh, ax=ax, label=label)


def _draw_table(ax: Any, text: TableText) -> None:
    ax.axis("off")
    cells = [[words for words, _ in row[1:]] for row in text.rows]
    shades = [[SHADED if shaded else "none" for _, shaded in row[1:]] for row in text.rows]
    names = [row[0][0] for row in text.rows]
    table = ax.table(cells, cellColours=shades, rowLabels=names, colLabels=text.head[1:], bbox=(0.1, 0, 0.9, 1))
    table.auto_set_font_size(False)
    table.set_fontsize(7.5)
    ax.annotate(text.note, (0, 0), (0, -6), "axes fraction", "offset points", va="top", fontsize="small")
