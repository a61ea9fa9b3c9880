"""The small pictures on the cards, as WebP: the arena of a preset, one or two charts of a figure without their words."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.layers import Layers
from swarmviz.drawing.style import Theme
from swarmviz.exports.mpl.arena import Arena
from swarmviz.exports.mpl.figure import LOCK, by_hand, need
from swarmviz.papers import Figure
from swarmviz.papers.charts import Chart, Table, flat
from swarmviz.papers.plot import draw
from swarmviz.papers.snapshots import Densities, Occupations, Positions
from swarmviz.presets.preset import Preset
from swarmviz.simulation import Simulation

if TYPE_CHECKING:
    import xarray

WIDTH, HEIGHT, DPI = 320, 240, 100  # pixels, and dots per inch: the charts are drawn as on a page of 3.2 × 2.4 inches
MARGIN, GAP = 0.03, 0.05  # of the picture
QUALITY = 70
EARLY = 0.1  # of a preset's steps: the swarm is seen while it searches
FEW_SNAPSHOTS = 4


def step_of(preset: Preset) -> int:
    """The step at which a preset is shown."""
    return max(1, round(EARLY * preset.steps))


def of_preset(preset: Preset) -> list[bytes]:
    """The arena of a preset, light and dark."""
    sim = Simulation(*preset.build())
    sim.advance(step_of(preset))
    found = []
    with by_hand(), LOCK:
        for dark in (False, True):
            region = _region(sim) if sim.frame.d > 1 and sim.frame.occupation is None else None
            arena = Arena(sim, dark, DPI, region, Layers(inset=False))
            arena.look_back(sim)
            arena.show(sim)
            found.append(_webp(_stripped(arena)))
    return found


def _region(sim: Simulation) -> list[float]:
    """The box in the shape of the picture."""
    low, high = (side[:2] for side in sim.landscape.limits(sim.frame.d))
    middle, half = (low + high) / 2, (high - low) / 2
    half = (
        half.max() * np.array([WIDTH / HEIGHT, 1.0])
        if half[0] * HEIGHT < half[1] * WIDTH
        else half * (1.0, HEIGHT / WIDTH)
    )
    return [middle[0] - half[0], middle[0] + half[0], middle[1] - half[1], middle[1] + half[1]]


def _stripped(arena: Arena) -> Any:
    """The figure of an arena without its words."""
    figure, axes = arena.figure, arena.axes
    figure.set_layout_engine("none")
    for legend in [*figure.legends]:
        legend.remove()
    for other in [*figure.axes]:
        if other is not axes:
            other.remove()
    keys = (child for child in axes.get_children() if isinstance(child, need("matplotlib.offsetbox").AnchoredOffsetbox))
    for words in [*axes.texts, *keys]:
        words.set_visible(False)
    for legend in filter(None, [axes.get_legend()]):
        legend.remove()
    axes.set_title("", loc="left")
    axes.set(xlabel="", ylabel="", xticks=[], yticks=[])
    axes.minorticks_off()
    whole = axes.get_aspect() != "auto"  # of a plane
    axes.set_aspect("auto")
    axes.set_position((0, 0, 1, 1) if whole else (MARGIN, MARGIN, 1 - 2 * MARGIN, 1 - 2 * MARGIN))
    figure.set_size_inches(WIDTH / DPI, HEIGHT / DPI)
    return figure


def of_figure(figure: Figure, data: xarray.Dataset) -> list[bytes]:
    """The last chart of a figure where it shows agents, else the first; light and dark."""
    matplotlib = need("matplotlib")
    chart, shown = _chosen(figure.charts[-1] if isinstance(figure.charts[-1], Positions) else figure.charts[0], data)
    found = []
    for colours in (style.LIGHT, style.DARK):
        with by_hand(), LOCK, matplotlib.rc_context(_looks(colours)):
            found.append(_webp(_drawn(matplotlib, chart, shown, colours)))
    return found


def _chosen(chart: Chart, data: xarray.Dataset) -> tuple[Chart, xarray.Dataset]:
    """A chart with few panels, and what it shows."""
    rows, columns = chart.panels
    if rows in data.dims:
        data = data.isel({rows: [min(1, data.sizes[rows] - 1)]})
    if isinstance(chart, Occupations):
        shots = np.unique(np.linspace(0, data.sizes["snapshot"] - 1, FEW_SNAPSHOTS).round().astype(int))
        return replace(chart, columns=2), data.isel(snapshot=shots)
    if columns in data.dims and data.sizes[columns] > 1:
        size = data.sizes[columns]
        places = [size // 3, 2 * size // 3] if isinstance(chart, Positions | Densities) else [0, -1]
        if isinstance(chart, Positions) and data.sizes["coordinate"] > 1:  # a square has more room alone
            places = places[:1]
        data = data.isel({columns: places})
    return chart, data


def _looks(colours: Theme) -> dict[str, Any]:
    return {
        "axes.facecolor": colours.paper,
        "axes.edgecolor": colours.soft,
        "text.color": colours.ink,
    }


def _drawn(matplotlib: Any, chart: Chart, data: xarray.Dataset, colours: Theme) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    figure = Canvas(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor=colours.paper)
    FigureCanvasAgg(figure)
    rows, columns = (1, 1) if isinstance(chart, Table) else chart.shape(data)
    axes = figure.subplots(rows, columns, squeeze=False)
    if isinstance(chart, Table):
        _shares(axes[0, 0], chart, data, colours)
    else:
        draw(chart, axes, data, colours)
    wanted = set(axes.ravel())
    for other in [*figure.axes]:
        if other not in wanted:  # a scale of colours
            other.remove()
    for one, place in zip(axes.ravel(), _places(rows, columns), strict=True):
        _wordless(one, place)
    return figure


def _places(rows: int, columns: int) -> Iterator[tuple[float, float, float, float]]:
    """Left, bottom, width and height of each panel, row by row from the top."""
    width, height = ((1 - 2 * MARGIN - (n - 1) * GAP) / n for n in (columns, rows))
    for row in range(rows):
        for column in range(columns):
            yield MARGIN + column * (width + GAP), MARGIN + (rows - 1 - row) * (height + GAP), width, height


def _wordless(axes: Any, place: tuple[float, float, float, float]) -> None:
    if axes.get_legend():
        axes.get_legend().remove()
    axes.set(title="", xlabel="", ylabel="")
    axes.grid(False)
    axes.minorticks_off()
    axes.tick_params(bottom=False, left=False, labelbottom=False, labelleft=False, which="both")
    axes.set_position(place)


def _shares(axes: Any, table: Table, data: xarray.Dataset, colours: Theme) -> None:
    """A table as colours: its first number, one row and one column for each of the table's."""
    metric = table.metrics[0][0]
    rows = [flat(data[metric].isel({table.rows: i}), *table.columns).ravel() for i in range(data.sizes[table.rows])]
    palette = need("matplotlib.colors").LinearSegmentedColormap.from_list("shares", [colours.grid, colours.curves[0]])
    axes.pcolormesh(np.array(rows)[::-1], cmap=palette, vmin=0, vmax=1, edgecolors=colours.paper, linewidth=2)


def _webp(figure: Any) -> bytes:
    """The smaller of a lossy and an exact file: charts are flat, landscapes are not."""
    from PIL import Image

    figure.canvas.draw()
    picture = Image.fromarray(np.asarray(figure.canvas.buffer_rgba())[..., :3].copy())
    files = []
    for options in ({"quality": QUALITY}, {"lossless": True}):
        out = io.BytesIO()
        picture.save(out, "WEBP", method=6, **options)
        files.append(out.getvalue())
    return min(files, key=len)
