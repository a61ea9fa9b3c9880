"""Two swarms over the steps as a Matplotlib figure: every observable that both record, of A and of B, and the difference of the two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.style import Theme
from swarmviz.drawing.thinning import thin
from swarmviz.exports.metadata import changes
from swarmviz.exports.mpl.arena import heading
from swarmviz.exports.mpl.curves import ends_of, log_axis
from swarmviz.exports.mpl.figure import FONT, SMALL, TEXT, dress, legend, new_figure
from swarmviz.frame import Observable
from swarmviz.simulation import Simulation

NAMES = "A", "B"
WIDTHS = 2.6, 1.2  # of their curves: where they agree, A is seen on both sides of B
ROUNDING = 1e-9  # of two values: a difference that is shown as none
MOST_TOLD = 6  # parameters in which the two differ
LONGEST = 24  # characters of a value that are told


def common(sims: Sequence[Simulation]) -> list[Observable]:
    """What all swarms record, in the order of the first."""
    names = [{o.name for o in sim.dynamics.observables} for sim in sims]
    return [o for o in sims[0].dynamics.observables if all(o.name in known for known in names)]


def both(sims: Sequence[Simulation], name: str) -> tuple[np.ndarray, list[np.ndarray]]:
    """The steps that all have recorded, shape (K,), and the values of an observable there, each of shape (K,)."""
    steps = sims[0].record["k"]
    for sim in sims[1:]:
        steps = np.intersect1d(steps, sim.record["k"], assume_unique=True)
    return steps, [sim.record[name][np.searchsorted(sim.record["k"], steps)] for sim in sims]


def difference_least(values: Sequence[np.ndarray]) -> float:
    """How wide the axis of a difference is at least, so that what A and B lose to rounding does not look like one."""
    known = [np.abs(v[np.isfinite(v)]).max(initial=0.0) for v in values]
    return ROUNDING * float(max(known, default=0.0))


def told(first: Simulation, second: Simulation) -> str:
    """In which parameters two swarms differ, in a line: ``σ = 0.9 in B, 0.7 in A``; empty where kinds differ, which their titles tell."""
    parts = []
    for a, b in (
        (first.dynamics, second.dynamics),
        (first.landscape, second.landscape),
        (first.initial_swarm, second.initial_swarm),
    ):
        if type(a) is type(b):
            old, names = a.values_now(), a.declared()
            for name, value in changes(a, b).items():
                shown = getattr(names[name], "symbol", "") or name
                parts.append(f"{shown} = {_short(old[name])} in A, {_short(value)} in B")
    rest = f" and {len(parts) - MOST_TOLD} more" if len(parts) > MOST_TOLD else ""
    return "; ".join(parts[:MOST_TOLD]) + rest


def _short(value: Any) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def comparison_figure(sim: Simulation, dark: bool = False, dpi: float = 150, *, other: Simulation) -> Any:
    """The figure: a row for each observable; ``sim`` is A, ``other`` is B.

    Raises
    ------
    ValueError
        When they record nothing that is the same.
    """
    from matplotlib.lines import Line2D

    colours, shared = style.theme(dark), common([sim, other])
    if not shared:
        raise ValueError(f"other = {other!r}: records nothing that {sim!r} records, too")
    figure = new_figure(9.6, 1.75 * len(shared) + 1.3, colours, dpi)
    panels = figure.subplots(len(shared), 2, sharex=True, squeeze=False)
    for row, observable in zip(panels, shared, strict=True):
        _row(row, [sim, other], observable, colours)
    for axes in panels[-1]:
        axes.set_xlabel("step k", color=colours.ink, fontsize=TEXT, family=FONT)
    for axes, text in zip(panels[0], ("A and B", "A − B"), strict=True):
        axes.set_title(text, loc="left", color=colours.soft, fontsize=SMALL, family=FONT)
    lines = [
        f"{name}: {heading(s).splitlines()[0]}, to k = {s.furthest:,}"
        for name, s in zip(NAMES, (sim, other), strict=True)
    ]
    if difference := told(sim, other):
        lines.append(difference)
    figure.suptitle("\n".join(lines), x=0.01, ha="left", color=colours.ink, fontsize=TEXT, family=FONT)
    figure.align_ylabels(panels[:, 0])
    handles = [Line2D([], [], color=colours.curves[i], linewidth=WIDTHS[i], label=name) for i, name in enumerate(NAMES)]
    legend(figure, [*handles, Line2D([], [], color=colours.ink, label="A − B")], colours)
    return figure


def _row(row: Sequence[Any], sims: Sequence[Simulation], observable: Observable, colours: Theme) -> None:
    """One observable: A and B on the left, their difference on the right."""
    left, right = row
    steps, values = both(sims, observable.name)
    marker = "-" if len(steps) > 1 else "."  # a single step has no line
    dress(left, colours, "", observable.symbol)
    dress(right, colours)
    if observable.log:
        log_axis(left, values)
    else:
        left.ticklabel_format(axis="y", useOffset=False)
        left.set_ylim(ends_of(values))
    right.ticklabel_format(axis="y", useOffset=False)
    for place, value in enumerate(values):
        left.plot(*thin(steps, value), marker, color=colours.curves[place], linewidth=WIDTHS[place])
    right.axhline(0.0, color=colours.soft, linewidth=0.8)
    with np.errstate(invalid="ignore", over="ignore"):
        difference = values[0] - values[1]
    right.set_ylim(ends_of([difference, np.zeros(1)], difference_least(values)))
    right.plot(*thin(steps, difference), marker, color=colours.ink, linewidth=1.2)
    for axes in row:
        axes.grid(color=colours.grid, linewidth=0.6)
    left.set_xlim(0, max(int(steps[-1]), 1) if len(steps) else 1)
