"""The record as a Matplotlib figure: one plot for each group of observables, theory beside it, and why a claim does not hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.axes import FURTHEST, LEAST, decade_ticks, decades_around, decimal, wide_enough
from swarmviz.drawing.style import Theme
from swarmviz.drawing.thinning import thin
from swarmviz.exports.mpl.arena import heading
from swarmviz.exports.mpl.figure import FONT, SMALL, dress, faint, new_figure, reasons, room_for
from swarmviz.frame import Observable
from swarmviz.simulation import Simulation
from swarmviz.theory import Line
from swarmviz.theory import lines as theory_lines

HIGHEST = 1e290  # of a logarithmic axis, which Matplotlib makes a little longer
PAD = 0.05  # of an axis, above and below what was measured
NAMES = {"value": "F"}  # of groups; others are called what they are


def curves_figure(sim: Simulation, dark: bool = False, dpi: float = 150) -> Any:
    """The figure, with two plots in a row."""
    colours = style.theme(dark)
    with np.errstate(all="ignore"):  # of a swarm that is about to diverge
        lines = theory_lines(sim)
    groups: dict[str, list[Observable]] = {}
    for observable in sim.dynamics.observables:
        groups.setdefault(observable.panel, []).append(observable)
    columns = 1 if len(groups) == 1 else 2
    rows = -(-len(groups) // columns)
    figure = new_figure(4.6 * columns, 2.5 * rows + 0.4, colours, dpi)
    panels = np.ravel(np.atleast_1d(figure.subplots(rows, columns, sharex=True)))
    for axes, (group, observables) in zip(panels, groups.items(), strict=False):
        names = {o.name for o in observables}
        _panel(axes, sim, group, observables, [line for line in lines if line.observable in names], colours)
    for axes in panels[len(groups) :]:
        axes.set_visible(False)
    for axes in panels[max(0, len(groups) - columns) : len(groups)]:
        axes.set_xlabel("step k", color=colours.ink, family=FONT)
        axes.tick_params(labelbottom=True)
    figure.suptitle(
        f"{heading(sim).splitlines()[0]}, to k = {sim.furthest:,}",
        x=0.01,
        ha="left",
        color=colours.ink,
        fontsize=10,
        family=FONT,
    )
    if said := reasons(lines):
        figure.supxlabel(room_for(figure, said), x=0.01, ha="left", color=colours.soft, fontsize=SMALL, family=FONT)
    return figure


def _panel(
    axes: Any, sim: Simulation, group: str, observables: list[Observable], lines: list[Line], colours: Theme
) -> None:
    """One group: what was measured in colour, theory dotted (claims) and dashed (exact at finite N)."""
    log = any(o.log for o in observables)
    dress(axes, colours, "", NAMES.get(group, group))
    axes.grid(color=colours.grid, linewidth=0.6)
    record = sim.record
    if log:
        log_axis(axes, [record[o.name] for o in observables])
    for place, o in enumerate(observables):
        colour = colours.curves[place % len(colours.curves)]
        axes.plot(*thin(record["k"], record[o.name]), color=colour, linewidth=1.4, label=o.symbol)
    if not log:
        axes.ticklabel_format(axis="y", useOffset=False)
        axes.set_ylim(_around(ends_of([record[o.name] for o in observables]), lines))
    for line in lines:
        colour = colours.target if line.style == "dotted" else colours.ink
        dash = ":" if line.style == "dotted" else "--"
        axes.plot(
            *thin(line.k, line.y),
            dash,
            color=colour,
            linewidth=1.3,
            alpha=faint(line),
            label=line.title,
        )
    axes.set_xlim(0, max(sim.furthest, 1))
    axes.legend(loc="best", frameon=True, framealpha=0.8, edgecolor="none", facecolor=colours.paper, labelcolor=colours.ink,
                prop={"size": SMALL - 1, "family": FONT})  # fmt: skip


def _around(ends: tuple[float, float], lines: list[Line]) -> tuple[float, float]:
    """Ends of an axis for what was measured, made wider for the lines of theory, but not so much that the measured is lost."""
    known = np.concatenate([[*ends], *(np.asarray(line.y, float) for line in lines)])
    known, room = known[np.isfinite(known)], ends[1] - ends[0]
    low, high = max(float(known.min()), ends[0] - room), min(float(known.max()), ends[1] + room)
    return max(low, -FURTHEST), min(high, FURTHEST)


def ends_of(columns: list[np.ndarray], least: float = 0.0) -> tuple[float, float]:
    """Ends of a linear axis: what was measured and a little more, but no narrower than ``least`` or than numbers can be told apart."""
    known = np.concatenate(columns)
    known = np.clip(known[np.isfinite(known)], -FURTHEST, FURTHEST)
    if not known.size:
        return 0.0, 1.0
    low, high = wide_enough(float(known.min()), float(known.max()), least)
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
