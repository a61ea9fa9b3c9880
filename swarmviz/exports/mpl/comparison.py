"""Two swarms over the steps as a Matplotlib figure: every observable that both record, of A and of B, and the difference of the two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.comparison import DIFFERENCE, NAMES, ComparisonPicture, common, comparison_picture
from swarmviz.drawing.differences import Difference, differing, names, shortened
from swarmviz.drawing.style import Theme
from swarmviz.exports.mpl.arena import heading
from swarmviz.exports.mpl.curves import above_zero, ends_of, log_axis
from swarmviz.exports.mpl.figure import FONT, SMALL, TEXT, apply_theme, legend, new_figure
from swarmviz.simulation import Simulation

WIDTHS = 2.6, 1.2  # of their curves: where they agree, A is seen on both sides of B
MOST_DIFFERENCES = 6  # parameters that are named
MOST_VALUE_CHARS = 24  # of a value that is named


def told(differences: Sequence[Difference]) -> str:
    """What two swarms differ in, in a line: "σ = 0.9 in A, 0.7 in B". Empty: the same, or only the kinds, which the titles tell."""
    own = [d for d in differences if d.key[0]]
    parts = [
        f"{d.symbol} = {shortened(d.of_a, MOST_VALUE_CHARS)} in A, {shortened(d.of_b, MOST_VALUE_CHARS)} in B"
        for d in own[:MOST_DIFFERENCES]
    ]
    rest = f" and {len(own) - MOST_DIFFERENCES} more" if len(own) > MOST_DIFFERENCES else ""
    return "; ".join(parts) + rest


def comparison_figure(sim: Simulation, dark: bool = False, dpi: float = 150, *, other: Simulation | None = None) -> Any:
    """The figure: a row for each observable; ``sim`` is A, ``other`` is B.

    Raises
    ------
    ValueError
        Without ``other``, and when the two record nothing that is the same.
    """
    from matplotlib.lines import Line2D

    if other is None:
        raise ValueError("view = 'comparison': needs a second run, other")
    colours, shared = style.theme(dark), common([sim, other])
    if not shared:
        raise ValueError(f"other = {other!r}: records nothing that {sim!r} records, too")
    figure = new_figure(9.6, 1.75 * len(shared) + 1.3, colours, dpi)
    panels = figure.subplots(len(shared), 2, sharex=True, squeeze=False)
    for row, observable in zip(panels, shared, strict=True):
        _row(row, comparison_picture([sim, other], observable, observable.log), colours)
    for axes in panels[-1]:
        axes.set_xlabel("step k", color=colours.ink, fontsize=TEXT, family=FONT)
    for axes, text in zip(panels[0], (" and ".join(NAMES), DIFFERENCE), strict=True):
        axes.set_title(text, loc="left", color=colours.soft, fontsize=SMALL, family=FONT)
    found = differing(sim, other)
    lines = [
        f"{name} · {heading(s).splitlines()[0]}, to k = {s.furthest:,}"
        for name, s in zip(names(found), (sim, other), strict=True)
    ]
    if difference := told(found):
        lines.append(difference)
    figure.suptitle(
        "\n".join(lines), x=0.01, ha="left", color=colours.ink, fontsize=TEXT, family=FONT, parse_math=False
    )
    figure.align_ylabels(panels[:, 0])
    handles = [Line2D([], [], color=colours.curves[i], linewidth=WIDTHS[i], label=name) for i, name in enumerate(NAMES)]
    legend(figure, [*handles, Line2D([], [], color=colours.ink, label=DIFFERENCE)], colours)
    return figure


def _row(row: Sequence[Any], drawn: ComparisonPicture, colours: Theme) -> None:
    """One observable: A and B on the left, their difference on the right."""
    left, right = row
    upper, (difference,) = drawn.both, drawn.difference.curves
    marker = "-" if len(difference.k) > 1 else "."  # a single step has no line
    apply_theme(left, colours, "", upper.y_label)
    apply_theme(right, colours)
    if upper.log:
        log_axis(left, [curve.y for curve in upper.curves])
    else:
        left.ticklabel_format(axis="y", useOffset=False)
        left.set_ylim(ends_of([curve.y for curve in upper.curves]))
    right.ticklabel_format(axis="y", useOffset=False)
    for place, curve in enumerate(upper.curves):
        left.plot(curve.k, above_zero(curve.y), marker, color=colours.curves[place], linewidth=WIDTHS[place])
    right.axhline(0.0, color=colours.soft, linewidth=0.8)
    right.set_ylim(ends_of([np.array([drawn.difference.low, drawn.difference.high, 0.0])]))
    right.plot(difference.k, difference.y, marker, color=colours.ink, linewidth=1.2)
    for axes in row:
        axes.grid(color=colours.grid, linewidth=0.6)
    left.set_xlim(0, max(upper.last, 1))
