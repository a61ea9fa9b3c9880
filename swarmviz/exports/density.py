"""Where the agents are, as a Matplotlib figure: histograms of the first one or two coordinates, a smooth estimate, the target law."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter1d

from swarmviz.exports import looks
from swarmviz.exports.arena import heading
from swarmviz.exports.arena_states import law_of
from swarmviz.exports.drawing import SMALL, dress, legend, new_figure, write_title
from swarmviz.exports.ground import sites_of
from swarmviz.simulation import Simulation
from swarmviz.theory import Target
from swarmviz.theory import target as theory_target

BINS = 40  # over the box
GRID = 512  # points of the smooth estimate
PLANE_GRID = 96  # points per side of the grid on which a target in the plane is marginalised


class Marginal(NamedTuple):
    """One histogram: densities ``top`` between ``edges``; ``smooth`` and ``target`` at ``grid`` (NaN where there is none)."""

    top: np.ndarray
    edges: np.ndarray
    grid: np.ndarray
    smooth: np.ndarray
    target: np.ndarray
    outside: int


def marginals(sim: Simulation) -> tuple[list[Marginal], Target | None]:
    """The histograms of the first one or two coordinates over the box, and the target law, which needs d ≤ 2."""
    frame, d = sim.frame, sim.frame.d
    low, high = sim.landscape.limits(d)
    if frame.occupation is not None:
        return _of_states(sim, low, high)
    target = theory_target(sim) if d <= 2 else None
    laws = _target_marginals(target, low, high) if target is not None else [np.full(GRID, np.nan)] * 2
    out = []
    for i in range(min(d, 2)):
        x, a, b = frame.x[:, i], float(low[i]), float(high[i])
        count, edges = np.histogram(x, BINS, (a, b))
        top = count * (BINS / ((b - a) * len(x)))
        grid = np.linspace(a, b, GRID)
        out.append(Marginal(top, edges, grid, smooth_density(x, a, b), laws[i], len(x) - int(count.sum())))
    return out, target


def smooth_density(x: np.ndarray, low: float, high: float) -> np.ndarray:
    """Gaussian kernel estimate of the density of ``x`` (N,) at GRID points, Silverman's bandwidth, from counts on a fine grid."""
    inside = x[(x >= low) & (x <= high)]
    step = (high - low) / (GRID - 1)
    if len(inside) < 2:
        return np.zeros(GRID)
    count = np.bincount(((inside - low) / step + 0.5).astype(np.intp), minlength=GRID).astype(float)
    quartile = np.subtract(*np.percentile(inside, [75, 25])) / 1.34
    spread = min(float(inside.std()), quartile) or float(inside.std())
    width = max(0.9 * spread * len(inside) ** -0.2 / step, 1.0)
    return gaussian_filter1d(count, width, mode="constant") / (len(x) * step)


def _target_marginals(target: Target, low: np.ndarray, high: np.ndarray) -> list[np.ndarray]:
    """The target at GRID points of each of the d ≤ 2 coordinates, normalised over the box."""
    d = len(low)
    axes = [np.linspace(a, b, GRID if d == 1 else PLANE_GRID) for a, b in zip(low, high, strict=True)]
    X = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, d)
    rho = np.nan_to_num(np.asarray(target.density(X), float).reshape([len(axis) for axis in axes]))
    out = []
    for i, axis in enumerate(axes):
        marginal = rho if d == 1 else rho.sum(axis=1 - i)
        mass = np.trapezoid(marginal, axis)
        out.append(np.interp(np.linspace(axis[0], axis[-1], GRID), axis, marginal / mass if mass > 0 else marginal))
    return out


def _of_states(sim: Simulation, low: np.ndarray, high: np.ndarray) -> tuple[list[Marginal], Target | None]:
    """Of a finite set: one bar per row of states."""
    sites = sites_of(sim)
    target, eta = law_of(sim, sites)
    out = []
    for i in range(min(sim.frame.d, 2)):
        at, row = np.unique(sites[:, i], return_inverse=True)
        width = (high[i] - low[i]) / len(at)
        share, law = (np.bincount(row, weights) / width for weights in (sim.frame.occupation, eta))
        edges, grid = np.linspace(low[i], high[i], len(at) + 1), np.linspace(low[i], high[i], GRID)
        cell = np.clip(((grid - low[i]) / width).astype(int), 0, len(at) - 1)
        out.append(Marginal(share, edges, grid, np.full(GRID, np.nan), law[cell], 0))
    return out, target


def density_figure(sim: Simulation, dark: bool = False, dpi: float = 150) -> Any:
    """The figure; its bars have area 1 together with what lies outside the box."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    colours = looks.theme(dark)
    drawn, target = marginals(sim)
    figure = new_figure(5.6 if len(drawn) == 1 else 8.8, 3.8, colours, dpi)
    panels = np.atleast_1d(figure.subplots(1, len(drawn)))
    for axes, m, label in zip(panels, drawn, ("x₁", "x₂") if len(drawn) > 1 else ("x",), strict=False):
        dress(axes, colours, label, "density")
        axes.stairs(m.top, m.edges, fill=True, facecolor=colours.bars, edgecolor=colours.paper, linewidth=0.4)
        axes.plot(m.grid, m.smooth, color=colours.ink, linewidth=1.4)
        alpha = 1.0 if target is None or target.applies else 0.35
        axes.plot(m.grid, m.target, color=colours.target, linewidth=2, linestyle=":", alpha=alpha)
        axes.set(xlim=(m.edges[0], m.edges[-1]), ylim=(0, None))
        axes.grid(axis="y", color=colours.grid, linewidth=0.7)
        if m.outside:
            axes.text(
                0.02,
                0.97,
                f"{m.outside:,} outside",
                transform=axes.transAxes,
                va="top",
                fontsize=SMALL,
                color=colours.ink,
            )
    write_title(panels[0], f"{heading(sim).splitlines()[0]}, k = {sim.k:,}, t = {sim.t:.6g}", colours)
    entries: list[Any] = [Patch(facecolor=colours.bars, label=f"{sim.frame.n:,} agents")]
    if sim.frame.occupation is None:
        entries.append(Line2D([], [], color=colours.ink, label="smoothed"))
    if target is not None:
        entries.append(Line2D([], [], color=colours.target, linestyle=":", linewidth=2, label=target.title))
    legend(figure, entries, colours)
    return figure
