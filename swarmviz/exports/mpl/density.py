"""Where the agents are, as a Matplotlib figure: histograms of one or two coordinates, their plane, a smooth estimate, the target law."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.coordinates import chosen, names_of
from swarmviz.drawing.density import (
    BINS,
    GRID,
    Marginal,
    contours_name,
    levels_of,
    marginal_of,
    note_of,
    plane_density,
    taking_part,
    target_marginals,
    target_on_grid,
    whole_bins,
)
from swarmviz.drawing.landscape import sites_of
from swarmviz.drawing.style import Theme
from swarmviz.exports.mpl.arena import heading
from swarmviz.exports.mpl.arena_states import law_of
from swarmviz.exports.mpl.figure import SMALL, crowd_map, dress, faint, legend, new_figure, reasons, write_title
from swarmviz.simulation import Simulation
from swarmviz.theory import Target
from swarmviz.theory import target as theory_target


def marginals(
    sim: Simulation, coordinates: Sequence[int] | None = None, bins: int = BINS, smooth: bool = True
) -> tuple[list[Marginal], Target | None]:
    """The histograms of one or two coordinates over the box, and the target law, which needs d ≤ 2; on a finite set, bars of states."""
    frame, places = sim.frame, chosen(coordinates, sim.frame.d)
    low, high = sim.landscape.limits(frame.d)
    if frame.occupation is not None:
        return _of_states(sim, places, low, high)
    target = theory_target(sim) if frame.d <= 2 else None
    laws = target_marginals(target, low, high) if target is not None else [None] * frame.d
    there = taking_part(frame)
    x, removed = frame.x[there], int(frame.n - there.sum())
    drawn = [marginal_of(x[:, i], float(low[i]), float(high[i]), bins, smooth, laws[i], removed) for i in places]
    return drawn, target


def _of_states(
    sim: Simulation, places: Sequence[int], low: np.ndarray, high: np.ndarray
) -> tuple[list[Marginal], Target | None]:
    """Of a finite set: one bar per row of states."""
    sites = sites_of(sim)
    target, eta = law_of(sim, sites)
    out = []
    for i in places:
        at, row = np.unique(sites[:, i], return_inverse=True)
        width = (high[i] - low[i]) / len(at)
        share, law = (np.bincount(row, weights) / width for weights in (sim.frame.occupation, eta))
        edges, grid = np.linspace(low[i], high[i], len(at) + 1), np.linspace(low[i], high[i], GRID)
        cell = np.clip(((grid - low[i]) / width).astype(int), 0, len(at) - 1)
        out.append(Marginal(share, edges, grid, np.zeros(GRID), law[cell], 0))
    return out, target


def density_figure(
    sim: Simulation,
    dark: bool = False,
    dpi: float = 150,
    *,
    coordinates: Sequence[int] | None = None,
    bins: int = BINS,
    smooth: bool = True,
) -> Any:
    """The figure; the bars of a histogram have area 1 together with what lies outside the box.

    Two coordinates are drawn as an image of their plane, too, except on a finite set.
    """
    colours, places = style.theme(dark), chosen(coordinates, sim.frame.d)
    continuous = sim.frame.occupation is None
    drawn, target = marginals(sim, places, whole_bins(bins), smooth)
    plane = len(places) == 2 and continuous
    figure, panels = _panels(len(places), plane, colours, dpi)
    for axes, m, i in zip(panels, drawn, places, strict=False):
        _histogram(axes, m, names_of(i, sim.frame.d)[0], target, smooth and continuous, colours)
    if plane:
        _plane(panels[-1], sim, places, bins, smooth, target, colours)
    write_title(panels[0], f"{heading(sim).splitlines()[0]}, k = {sim.k:,}, t = {sim.t:.6g}", colours)
    legend(figure, _entries(sim, target, smooth and continuous, plane, colours), colours, said=reasons([target]))
    return figure


def _panels(count: int, plane: bool, colours: Theme, dpi: float) -> tuple[Any, list[Any]]:
    """The figure and its axes: of the histograms, then of the plane."""
    if not plane:
        figure = new_figure(5.6 if count == 1 else 8.8, 3.8, colours, dpi)
        return figure, list(np.atleast_1d(figure.subplots(1, count)))
    figure = new_figure(9.6, 5.0, colours, dpi)
    grid = figure.add_gridspec(2, 2, width_ratios=[1, 1.05])
    return figure, [figure.add_subplot(place) for place in (grid[0, 0], grid[1, 0], grid[:, 1])]


def _histogram(axes: Any, m: Marginal, label: str, target: Target | None, smooth: bool, colours: Theme) -> None:
    """One coordinate."""
    dress(axes, colours, label, "density")
    axes.stairs(m.top, m.edges, fill=True, facecolor=colours.bars, edgecolor=colours.paper, linewidth=0.4)
    if smooth:
        axes.plot(m.grid, m.smooth, color=colours.ink, linewidth=1.4)
    if target is not None:
        axes.plot(m.grid, m.target, color=colours.target, linewidth=2, linestyle=":", alpha=faint(target))
    axes.set(xlim=(m.edges[0], m.edges[-1]), ylim=(0, None))
    axes.grid(axis="y", color=colours.grid, linewidth=0.7)
    _note(axes, m.note, colours)


def _plane(
    axes: Any, sim: Simulation, places: Sequence[int], bins: int, smooth: bool, target: Target | None, colours: Theme
) -> None:
    """Two coordinates: an image of the agents, and the target as contours."""
    low, high = (side[list(places)] for side in sim.landscape.limits(sim.frame.d))
    dress(axes, colours, *(names_of(i, sim.frame.d)[0] for i in places))
    axes.set_box_aspect(1)
    frame = sim.frame
    there = taking_part(frame)
    image, outside = plane_density(frame.x[there][:, list(places)], low, high, bins, smooth)
    axes.imshow(image, extent=(low[0], high[0], low[1], high[1]), origin="lower", aspect="auto", vmin=0, vmax=255, zorder=1,
                cmap=crowd_map(colours, 0.0 if smooth else style.LEAST), interpolation="bilinear" if smooth else "nearest")  # fmt: skip
    if target is not None:
        (first, second), rho = target_on_grid(target, *sim.landscape.limits(sim.frame.d))
        rho = rho.T if places[0] < places[1] else rho
        grids = (first, second) if places[0] < places[1] else (second, first)
        if len(levels := levels_of(rho)):
            axes.contour(*grids, rho, levels=levels, colors=colours.target, linestyles=":", linewidths=1.6,
                         alpha=faint(target), zorder=2)  # fmt: skip
    axes.grid(color=colours.grid, linewidth=0.6, zorder=0)
    _note(axes, note_of(outside, int(frame.n - there.sum())), colours)


def _note(axes: Any, text: str, colours: Theme) -> None:
    if text:
        style = {"transform": axes.transAxes, "va": "top", "fontsize": SMALL, "color": colours.ink}
        axes.text(0.02, 0.97, text, **style)


def _entries(sim: Simulation, target: Target | None, smooth: bool, plane: bool, colours: Theme) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    entries: list[Any] = [Patch(facecolor=colours.bars, label=f"{taking_part(sim.frame).sum():,} agents")]
    if smooth:
        entries.append(Line2D([], [], color=colours.ink, label="smoothed"))
    if target is not None:
        label = contours_name(target) if plane else target.title
        dotted: dict[str, Any] = {"linestyle": ":", "linewidth": 2, "alpha": faint(target)}
        entries.append(Line2D([], [], color=colours.target, label=label, **dotted))
    return entries
