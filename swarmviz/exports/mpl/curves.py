"""The record as a Matplotlib figure: one plot for each group of observables, theory beside it, and why a claim does not hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.axes import FURTHEST, LEAST, decade_ticks, decades_around, decimal, wide_enough
from swarmviz.drawing.claims import opacity, reasons
from swarmviz.drawing.curves import Curve, CurvesPicture, curves_picture, groups_of, suits_log
from swarmviz.drawing.law import distances_picture
from swarmviz.drawing.law_beside import DISTANCE
from swarmviz.drawing.log_axis import BELOW
from swarmviz.drawing.style import Theme
from swarmviz.exports.mpl.arena import heading
from swarmviz.exports.mpl.figure import FONT, SMALL, apply_theme, new_figure, room_for
from swarmviz.exports.mpl.law import Given, drawn_of, said_of
from swarmviz.simulation import Simulation
from swarmviz.theory import lines as theory_lines

HIGHEST = 1e290  # of a logarithmic axis, which Matplotlib makes a little longer
PAD = 0.05  # of an axis, above and below what was measured


def curves_figure(sim: Simulation, dark: bool = False, dpi: float = 150, *, law: Given = False) -> Any:
    """The figure, with two plots in a row.

    ``law``: whether one of them is the W₁ distance to the law of infinitely many agents, for d = 1, as in :func:`.density_figure`.

    Raises
    ------
    ValueError
        When ``law`` is neither True nor False.
    """
    colours, frame, observables = style.theme(dark), sim.frame, sim.dynamics.observables
    groups = groups_of(observables)
    with np.errstate(all="ignore"):  # of a swarm that is about to diverge
        lines = theory_lines(sim)
        pictures = [curves_picture(frame, sim, g, suits_log(observables, g), lines=lines) for g in groups]
        beside = drawn_of(law, sim, DISTANCE)
    if beside is not None:
        pictures.append(distances_picture("W₁", beside.distances, frame.n, sim.k, True, ""))
    columns = 1 if len(pictures) == 1 else 2
    rows = -(-len(pictures) // columns)
    figure = new_figure(4.6 * columns, 2.5 * rows + 0.4, colours, dpi)
    panels = np.ravel(np.atleast_1d(figure.subplots(rows, columns, sharex=True)))
    for axes, drawn in zip(panels, pictures, strict=False):
        _panel(axes, drawn, colours)
        axes.set_xlim(0, max(sim.furthest, 1))
    for axes in panels[len(pictures) :]:
        axes.set_visible(False)
    for axes in panels[max(0, len(pictures) - columns) : len(pictures)]:
        axes.set_xlabel("step k", color=colours.ink, family=FONT)
        axes.tick_params(labelbottom=True)
    title = f"{heading(sim).splitlines()[0]}, to k = {sim.furthest:,}"
    figure.suptitle(title, x=0.01, ha="left", color=colours.ink, fontsize=10, family=FONT)
    if failed := reasons(lines) + (said_of(beside.law, None, sim.k) if beside is not None else []):
        figure.supxlabel(room_for(figure, failed), x=0.01, ha="left", color=colours.soft, fontsize=SMALL, family=FONT)
    return figure


def _panel(axes: Any, drawn: CurvesPicture, colours: Theme) -> None:
    """One group: what was measured in colour, theory dotted (claims) and dashed (exact at finite N)."""
    apply_theme(axes, colours, "", drawn.y_label)
    axes.grid(color=colours.grid, linewidth=0.6)
    measured = [curve for curve in drawn.curves if curve.measured]
    claimed = drawn.curves[len(measured) :]
    if drawn.log:
        log_axis(axes, [curve.y for curve in measured])
    for place, curve in enumerate(measured):
        colour = colours.curves[place % len(colours.curves)]
        axes.plot(curve.k, above_zero(curve.y), color=colour, linewidth=1.4, label=curve.label)
    if not drawn.log:
        axes.ticklabel_format(axis="y", useOffset=False)
        axes.set_ylim(_around(ends_of([curve.y for curve in measured]), claimed))
    for curve in claimed:
        colour = colours.target if curve.style == "dotted" else colours.ink
        dash, alpha = ":" if curve.style == "dotted" else "--", opacity(curve)
        axes.plot(curve.k, above_zero(curve.y), dash, color=colour, linewidth=1.3, alpha=alpha, label=curve.label)
    axes.legend(loc="best", frameon=True, framealpha=0.8, edgecolor="none", facecolor=colours.paper, labelcolor=colours.ink,
                prop={"size": SMALL - 1, "family": FONT})  # fmt: skip


def above_zero(y: np.ndarray) -> np.ndarray:
    """Values for an axis, NaN where a logarithmic one has no place for them: the line has a gap there."""
    return np.where(y == BELOW, np.nan, y)


def _around(ends: tuple[float, float], claims: list[Curve]) -> tuple[float, float]:
    """Ends of an axis for what was measured, made wider for theory, but not so much that the measured is lost."""
    known = np.concatenate([[*ends], *(curve.y for curve in claims)])
    known, room = known[np.isfinite(known)], ends[1] - ends[0]
    low, high = max(float(known.min()), ends[0] - room), min(float(known.max()), ends[1] + room)
    return max(low, -FURTHEST), min(high, FURTHEST)


def ends_of(columns: list[np.ndarray]) -> tuple[float, float]:
    """Ends of a linear axis: what was measured and a little more, but no narrower than numbers can be told apart."""
    known = np.concatenate(columns)
    known = np.clip(known[np.isfinite(known)], -FURTHEST, FURTHEST)
    if not known.size:
        return 0.0, 1.0
    low, high = wide_enough(float(known.min()), float(known.max()))
    pad = PAD * (high - low)
    return low - pad, high + pad


def decades(columns: list[np.ndarray]) -> tuple[float, float]:
    """Ends of a logarithmic axis: all that was measured."""
    known = np.concatenate(columns)
    known = np.clip(known[np.isfinite(known) & (known >= LEAST)], LEAST, HIGHEST)
    return decades_around(float(known.min()), float(known.max())) if known.size else (1e-3, 1.0)


def log_axis(axes: Any, columns: list[np.ndarray]) -> None:
    """A logarithmic axis for values, with the ticks of the page; Matplotlib's own overflow where there are hundreds of decades."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    ends = decades(columns)
    axes.set_yscale("log", nonpositive="mask")
    axes.yaxis.set_major_locator(FixedLocator(decade_ticks(*ends)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, place: decimal(value)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_ylim(ends)
