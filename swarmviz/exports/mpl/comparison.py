"""Two to four swarms over the steps as a Matplotlib figure: every observable that all record, and the difference of two of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.comparison import (
    MAX_COMPARED,
    NAMES,
    ComparisonPicture,
    common,
    comparison_picture,
    difference_name,
    named,
)
from swarmviz.drawing.differences import ABSENT, Difference, differing, names, shortened
from swarmviz.drawing.style import Theme
from swarmviz.exports.mpl.arena import heading
from swarmviz.exports.mpl.curves import above_zero, ends_of, log_axis
from swarmviz.exports.mpl.figure import FONT, SMALL, TEXT, apply_theme, legend, new_figure
from swarmviz.simulation import Simulation

WIDTHS = {
    2: (2.6, 1.2),
    3: (3.4, 2.2, 1.1),
    4: (4.2, 3.0, 2.0, 1.0),
}  # of their curves: where they agree, A is seen on both sides of B
MOST_DIFFERENCES = 6  # parameters that are named
MOST_VALUE_CHARS = 24  # of a value that is named


def told(differences: Sequence[Difference]) -> str:
    """What swarms differ in, in a line: "σ = 0.9 in A, 0.7 in B". Empty: the same, or only the kinds, which the titles tell."""
    own = [d for d in differences if d.key[0]]
    parts = [f"{d.symbol} = {', '.join(_values(d))}" for d in own[:MOST_DIFFERENCES]]
    rest = f" and {len(own) - MOST_DIFFERENCES} more" if len(own) > MOST_DIFFERENCES else ""
    return "; ".join(parts) + rest


def _values(difference: Difference) -> list[str]:
    """Each value with the swarms that have it."""
    having: dict[str, list[str]] = {}
    for name, text in zip(NAMES, difference.values, strict=False):
        if text != ABSENT:
            having.setdefault(shortened(text, MOST_VALUE_CHARS), []).append(name)
    return [f"{text} in {named(which)}" for text, which in having.items()]


def comparison_figure(
    sim: Simulation,
    dark: bool = False,
    dpi: float = 150,
    *,
    other: Simulation | Sequence[Simulation] | None = None,
    pair: Sequence[int] | None = None,
) -> Any:
    """The figure: a row for each observable; ``sim`` is A, ``other`` is B, or B, C and D.

    Raises
    ------
    ValueError
        Without ``other``, when they record nothing that is the same, and when ``pair`` names no two of them.
    """
    from matplotlib.lines import Line2D

    if other is None:
        raise ValueError("view = 'comparison': needs a second run, other")
    runs = [sim, *others_of(other)]
    colours, shared, found = style.theme(dark), common(runs), differing(*runs)
    if not shared:
        raise ValueError(f"other = {other!r}: records nothing that {sim!r} records, too")
    pair, letters = _pair_of(pair, len(runs)), NAMES[: len(runs)]
    figure = new_figure(9.6, 1.75 * len(shared) + 0.7 + 0.3 * len(runs), colours, dpi)
    panels = figure.subplots(len(shared), 2, sharex=True, squeeze=False)
    for row, observable in zip(panels, shared, strict=True):
        _row(row, comparison_picture(runs, observable, observable.log, pair), colours)
    for axes in panels[-1]:
        axes.set_xlabel("step k", color=colours.ink, fontsize=TEXT, family=FONT)
    for axes, text in zip(panels[0], (named(letters), difference_name(pair)), strict=True):
        axes.set_title(text, loc="left", color=colours.soft, fontsize=SMALL, family=FONT)
    lines = [
        f"{name} · {heading(s).splitlines()[0]}, to k = {s.furthest:,}"
        for name, s in zip(names(found, len(runs)), runs, strict=True)
    ]
    if difference := told(found):
        lines.append(difference)
    figure.suptitle(
        "\n".join(lines), x=0.01, ha="left", color=colours.ink, fontsize=TEXT, family=FONT, parse_math=False
    )
    figure.align_ylabels(panels[:, 0])
    widths = WIDTHS[len(runs)]
    handles = [
        Line2D([], [], color=colours.curves[i], linewidth=widths[i], label=name) for i, name in enumerate(letters)
    ]
    legend(figure, [*handles, Line2D([], [], color=colours.ink, label=difference_name(pair))], colours)
    return figure


def others_of(other: Simulation | Sequence[Simulation]) -> list[Simulation]:
    """The second run, or the second to the fourth, as a list.

    Raises
    ------
    ValueError
        When there are too many.
    """
    others = [other] if isinstance(other, Simulation) else list(other)
    if not 1 <= len(others) < MAX_COMPARED:
        raise ValueError(f"other = {len(others)} runs: must be one to {MAX_COMPARED - 1}")
    return others


def _pair_of(pair: Sequence[int] | None, count: int) -> tuple[int, int]:
    """The places of the two whose difference is drawn; A and B when none are given."""
    places = [0, 1] if pair is None else list(pair)
    if len(places) != 2 or places[0] == places[1] or any(place not in range(count) for place in places):
        raise ValueError(f"pair = {pair!r}: must be two different places from 0 to {count - 1}")
    return places[0], places[1]


def _row(row: Sequence[Any], drawn: ComparisonPicture, colours: Theme) -> None:
    """One observable: the swarms on the left, the difference of two on the right."""
    left, right = row
    upper, (difference,) = drawn.together, drawn.difference.curves
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
        left.plot(
            curve.k,
            above_zero(curve.y),
            marker,
            color=colours.curves[place],
            linewidth=WIDTHS[len(upper.curves)][place],
        )
    right.axhline(0.0, color=colours.soft, linewidth=0.8)
    right.set_ylim(ends_of([np.array([drawn.difference.low, drawn.difference.high, 0.0])]))
    right.plot(difference.k, difference.y, marker, color=colours.ink, linewidth=1.2)
    for axes in row:
        axes.grid(color=colours.grid, linewidth=0.6)
    left.set_xlim(0, max(upper.last, 1))
