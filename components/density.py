"""Where the agents are: histograms of the first one or two coordinates, a smooth estimate, and the law the swarm is said to tend to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, LegendItem

from components.figures import MOVING, dress, flat_legend, move_range, new_figure, nice_above, note, source
from components.palette import Theme, theme
from swarmviz import Simulation
from swarmviz.theory import Target
from swarmviz.theory import target as theory_target

GRID = 256  # points of the smooth estimate and of the target in one dimension
PLANE_GRID = 96  # points per side of the grid on which a target in the plane is marginalised
NAMES = "x₁", "x₂"


class Marginal(NamedTuple):
    """One histogram ready to be painted; ``smooth`` and ``target`` are taken at ``grid``."""

    top: np.ndarray
    edges: np.ndarray
    grid: np.ndarray
    smooth: np.ndarray
    target: np.ndarray
    outside: int
    n: int


def histogram(x: np.ndarray, low: float, high: float, bins: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Density of ``x`` (N,) in equal bins, their edges, and how many lie outside [low, high]; Σ density · width + outside/N = 1."""
    inside = x[(x >= low) & (x <= high)]
    place = np.minimum((inside - low) * (bins / (high - low)), bins - 1).astype(np.intp)
    count = np.bincount(place, minlength=bins)
    return count * (bins / ((high - low) * len(x))), np.linspace(low, high, bins + 1), len(x) - len(inside)


def smooth_density(x: np.ndarray, low: float, high: float) -> np.ndarray:
    """Gaussian kernel estimate of the density of ``x`` at GRID points, Silverman's bandwidth, from counts on a fine grid."""
    step = (high - low) / (GRID - 1)
    inside = x[(x >= low) & (x <= high)]
    if len(inside) < 2:
        return np.zeros(GRID)
    count = np.bincount(((inside - low) / step + 0.5).astype(np.intp), minlength=GRID)
    first, third = np.searchsorted(np.cumsum(count), (0.25 * len(inside), 0.75 * len(inside)))
    spread = min(float(inside.std()), float(third - first) * step / 1.34) or float(inside.std())
    width = max(0.9 * spread * len(inside) ** -0.2, step)
    reach = min(GRID - 1, int(np.ceil(4 * width / step)))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / width) ** 2)
    kernel /= kernel.sum()
    return np.convolve(count, kernel)[reach : reach + GRID] / (len(x) * step)


def target_marginals(target: Target, low: np.ndarray, high: np.ndarray) -> list[np.ndarray]:
    """The target at GRID points of each of the d ≤ 2 coordinates, normalised over the box."""
    d = len(low)
    count = GRID if d == 1 else PLANE_GRID
    axes = [np.linspace(a, b, count) for a, b in zip(low, high, strict=True)]
    X = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, d)
    rho = np.nan_to_num(np.asarray(target.density(X), float).reshape((count,) * d))
    out = []
    for i, axis in enumerate(axes):
        marginal = rho if d == 1 else rho.sum(axis=1 - i)
        mass = np.trapezoid(marginal, axis)
        fine = np.linspace(axis[0], axis[-1], GRID)
        out.append(np.interp(fine, axis, marginal / mass if mass > 0 else marginal))
    return out


class Plot:
    """The figure of one coordinate."""

    def __init__(self, colours: Theme):
        self.figure = fig = new_figure("x")
        self.bars, self.lines = source(top=None, left=None, right=None), source(x=None, smooth=None, target=None)
        self.quads = fig.quad(
            top="top", bottom=0, left="left", right="right", source=self.bars, line_width=0.5, level=MOVING
        )
        self.smooth = fig.line("x", "smooth", source=self.lines, line_width=2, level=MOVING)
        self.target = fig.line("x", "target", source=self.lines, line_width=2.5, line_dash="dotted", level=MOVING)
        self.legend, self.note = flat_legend(fig), note(fig)
        self.note.update(
            x_units="data", y_units="data", text_baseline="top", x_offset=6, y_offset=-6
        )  # the upper left stays free longest
        fig.xgrid.visible = False
        fig.yaxis.ticker.desired_num_ticks = 4
        self.dress(colours)

    def dress(self, colours: Theme) -> None:
        """The colours of a theme."""
        dress(self.figure, colours)
        self.quads.glyph.update(fill_color=colours.bars, line_color=colours.paper)
        self.smooth.glyph.line_color, self.target.glyph.line_color = colours.ink, colours.target

    def name(self, label: str, target: Target | None, kde: bool) -> None:
        """Another coordinate or another target."""
        items = [LegendItem(label="density", renderers=[self.quads])]
        if kde:
            items.append(LegendItem(label="smoothed", renderers=[self.smooth]))
        if target is not None:
            items.append(LegendItem(label=target.title, renderers=[self.target]))
        self.figure.xaxis.axis_label = label
        self.legend.items = items
        self.smooth.visible, self.target.visible = kde, target is not None
        self.target.glyph.line_alpha = 1.0 if target is None or target.applies else 0.35

    def paint(self, m: Marginal) -> None:
        """Write a histogram to the sources, and move the axis where a step is due."""
        self.bars.data = {
            "top": m.top.astype("f4"),
            "left": m.edges[:-1].astype("f4"),
            "right": m.edges[1:].astype("f4"),
        }
        self.lines.data = {"x": m.grid.astype("f4"), "smooth": m.smooth.astype("f4"), "target": m.target.astype("f4")}
        move_range(self.figure.x_range, (float(m.edges[0]), float(m.edges[-1])))
        highest = float(max(m.top.max(initial=0.0), m.target.max(initial=0.0), 1e-9)) * 1.05
        now = self.figure.y_range.end
        if highest > now or highest < now / 4 or self.figure.y_range.start != 0:
            move_range(self.figure.y_range, (0.0, nice_above(highest)))
            self.note.update(x=self.figure.x_range.start, y=self.figure.y_range.end)
        text = f"{m.outside:,} outside" if m.outside else ""
        if self.note.text != text:
            self.note.update(text=text, visible=bool(text))


class Density:
    """The view of where agents are; see :class:`components.view.View`.

    Attributes
    ----------
    bins : int
        Bins over the box.
    kde : bool
        Whether the smooth estimate is drawn.
    refresh : callable
        Called when an option changed; a session replaces it so that its worker prepares the picture.
    """

    every = 3

    def __init__(self, dark: bool = False, bins: int = 40):
        self._bins, self._kde, self._run, self._sim = bins, True, object(), None
        self._plots = [Plot(theme(dark)), Plot(theme(dark))]
        self._panes = [pn.pane.Bokeh(plot.figure, sizing_mode="stretch_both", min_height=140) for plot in self._plots]
        self._pane = pn.Row(*self._panes, sizing_mode="stretch_both", min_height=150)
        self._shown: Any = None
        self.refresh: Callable[[], None] = self._refresh

    @property
    def pane(self) -> pn.viewable.Viewable:
        """What is put on the page."""
        return self._pane

    @property
    def sources(self) -> list[ColumnDataSource]:
        """The sources of the histograms, one per drawn coordinate."""
        return [plot.bars for plot, pane in zip(self._plots, self._panes, strict=True) if pane.visible]

    @property
    def bins(self) -> int:
        """Bins over the box."""
        return self._bins

    @bins.setter
    def bins(self, value: int) -> None:
        self._bins = max(2, int(value))
        self.refresh()

    @property
    def kde(self) -> bool:
        """Whether the smooth estimate is drawn."""
        return self._kde

    @kde.setter
    def kde(self, value: bool) -> None:
        self._kde = bool(value)
        self.refresh()

    def _refresh(self) -> None:
        if self._sim is not None:
            self.paint(self.prepare(self._sim))

    def attach(self, sim: Simulation) -> None:
        """Another landscape, dynamics or swarm."""
        self._sim, self._run, self._shown = sim, object(), None
        self._panes[1].visible = sim.frame.d > 1
        for plot in self._plots:
            plot.figure.y_range.update(start=0, end=0)
        self.paint(self.prepare(sim))

    def prepare(self, sim: Simulation) -> Any:
        """Histograms, smooth estimates and target; safe on a worker thread."""
        run, bins, kde, frame = self._run, self._bins, self._kde, sim.frame
        low, high = sim.landscape.limits(frame.d)
        target = theory_target(sim) if frame.d <= 2 else None
        laws = target_marginals(target, low, high) if target is not None else [np.zeros(GRID)] * 2
        marginals = []
        for i in range(min(frame.d, 2)):
            x, a, b = frame.x[:, i], float(low[i]), float(high[i])
            smooth = smooth_density(x, a, b) if kde else np.zeros(GRID)
            top, edges, outside = histogram(x, a, b, bins)
            marginals.append(Marginal(top, edges, np.linspace(a, b, GRID), smooth, laws[i], outside, frame.n))
        return run, marginals, target, kde

    def paint(self, payload: Any) -> None:
        """Write a payload to the sources."""
        run, marginals, target, kde = payload
        if run is not self._run:
            return
        shown = len(marginals), target and (target.title, target.applies), kde
        if shown != self._shown:
            self._shown = shown
            for plot, label in zip(self._plots, NAMES if len(marginals) > 1 else ("x",), strict=False):
                plot.name(label, target, kde)
        for plot, marginal in zip(self._plots, marginals, strict=False):
            plot.paint(marginal)

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme."""
        for plot in self._plots:
            plot.dress(theme(dark))
