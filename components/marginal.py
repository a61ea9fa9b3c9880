"""The density of one coordinate: its histogram, a smooth estimate, and the law that the swarm is said to tend to."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from bokeh.models import LegendItem

from components.figures import (
    MOVING,
    dress,
    flat_legend,
    hover_claims,
    move_range,
    new_figure,
    nice_above,
    note,
    source,
)
from components.palette import Theme
from swarmviz.theory import Target

GRID = 256  # points of the smooth estimate and of the target in one dimension
PLANE_GRID = 96  # points per side of the grid on which a target in the plane is marginalised


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


def smooth_density(x: np.ndarray, low: float, high: float, least: float = 0.0) -> np.ndarray:
    """Gaussian kernel estimate of the density of ``x`` at GRID points, from counts on a fine grid.

    The bandwidth is Silverman's, but at least ``least``, so that a collapsed swarm is no needle.
    """
    step = (high - low) / (GRID - 1)
    inside = x[(x >= low) & (x <= high)]
    if len(inside) < 2:
        return np.zeros(GRID)
    count = np.bincount(((inside - low) / step + 0.5).astype(np.intp), minlength=GRID)
    first, third = np.searchsorted(np.cumsum(count), (0.25 * len(inside), 0.75 * len(inside)))
    spread = min(float(inside.std()), float(third - first) * step / 1.34) or float(inside.std())
    width = max(0.9 * spread * len(inside) ** -0.2, step, least)
    reach = min(GRID - 1, int(np.ceil(4 * width / step)))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / width) ** 2)
    kernel /= kernel.sum()
    return np.convolve(count, kernel)[reach : reach + GRID] / (len(x) * step)


def claim_of(target: Target) -> str:
    """A law in words: its name, its source, and under which conditions it holds or why it does not."""
    return f"{target.title} ({target.reference}) — {target.reason}"


def target_on_grid(target: Target, low: np.ndarray, high: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """The d ≤ 2 axes of a grid over the box, and the target on it, not normalised; the first index is that of the first axis."""
    d = len(low)
    count = GRID if d == 1 else PLANE_GRID
    axes = [np.linspace(a, b, count) for a, b in zip(low, high, strict=True)]
    X = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, d)
    return axes, np.nan_to_num(np.asarray(target.density(X), float).reshape((count,) * d))


def target_marginals(target: Target, low: np.ndarray, high: np.ndarray) -> list[np.ndarray]:
    """The target at GRID points of each of the d ≤ 2 coordinates, normalised over the box."""
    d, out = len(low), []
    axes, rho = target_on_grid(target, low, high)
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
        self.hover = hover_claims(fig)
        self.hover.renderers = [self.target]
        self.legend, self.note = flat_legend(fig, rows=1), note(fig)
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
            self.target.name = claim_of(target)
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
        highest = float(max(m.top.max(initial=0.0), m.target.max(initial=0.0), m.smooth.max(initial=0.0), 1e-9)) * 1.05
        now = self.figure.y_range.end
        if highest > now or highest < now / 4 or self.figure.y_range.start != 0:
            move_range(self.figure.y_range, (0.0, nice_above(highest)))
            self.note.update(x=self.figure.x_range.start, y=self.figure.y_range.end)
        text = f"{m.outside:,} outside" if m.outside else ""
        if self.note.text != text:
            self.note.update(text=text, visible=bool(text))
