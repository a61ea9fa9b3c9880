"""A map as a Matplotlib figure: colours of its cells over two parameters, the lines of theory, the best region, and where the run is."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.axes import decimal
from swarmviz.drawing.map import COLOURS, MapPicture, axis_label, best_region, is_log, map_picture, places, shades
from swarmviz.drawing.style import Theme
from swarmviz.ensembles.axes import axes_of
from swarmviz.ensembles.settings import Problem
from swarmviz.exports.mpl.arena import heading
from swarmviz.exports.mpl.figure import FONT, SMALL, apply_theme, colour_map, dot, legend, new_figure, write_title
from swarmviz.simulation import Simulation
from swarmviz.theory.thresholds import Coordinate, ThresholdLine, threshold_lines
from swarmviz.theory.wording import number_words

DASHES = ("-", "--", ":", "-.")


class Side(NamedTuple):
    """An axis of a map: name in the table, whose parameter it is, its declaration and its values, whether it is logarithmic."""

    name: str
    owner: str
    parameter: str
    declared: Any
    values: np.ndarray
    log: bool

    def value_in(self, sim: Simulation) -> float | None:
        """What the run has there; None where it is no number, but a schedule."""
        value = getattr(getattr(sim, "initial_swarm" if self.owner == "swarm" else self.owner), self.parameter)
        return float(value) if isinstance(value, int | float) else None


def map_figure(
    sim: Simulation,
    dark: bool = False,
    dpi: float = 150,
    *,
    table: Any = None,
    colour: str = "found",
    goal: float = 0.0,
) -> Any:
    """The figure of a ``table`` of :func:`swarmviz.refine` over two numbers.

    Raises
    ------
    ValueError
        Without a table, when it is not one over two numbers of such a run, none of its runs has come to its end, there is no such
        colour, or ``goal``, the share of runs that makes a cell good enough (0: the best cells are outlined), is not within 0 and 1.
    """
    if isinstance(goal, bool) or not isinstance(goal, int | float) or not 0 <= goal <= 1:
        raise ValueError(f"goal = {goal!r}: must be a share of the runs, 0 ≤ goal ≤ 1")
    if colour not in COLOURS:
        raise ValueError(f"colour = {colour!r}: must be one of {', '.join(COLOURS)}")
    x, y = _sides(sim, table)
    statistics = {
        str(name): values.transpose(x.name, y.name).values
        for name, values in table.data_vars.items()
        if set(values.dims) == {x.name, y.name}
    }
    drawn = map_picture(x.values, y.values, (x.log, y.log), statistics, colour, goal)
    if drawn is None:
        raise ValueError("table: none of its runs has come to its end")
    swarm = sim.initial_swarm
    lines = threshold_lines(sim.dynamics, sim.landscape, swarm, *(_coordinate(side) for side in (x, y)))
    colours, kind = style.theme(dark), COLOURS[colour]
    figure = new_figure(6.4, 5.0, colours, dpi)
    axes = figure.add_subplot()
    apply_theme(axes, colours, axis_label(x.declared), axis_label(y.declared))
    _scale(axes, x, y, drawn)
    _colour_bar(figure, axes, _cells(axes, drawn, colour, colours), kind.meaning, colours)
    entries = [*_thresholds(axes, lines, colours), *_marks(axes, drawn, colours, goal, (x, y))]
    here = x.value_in(sim), y.value_in(sim)
    if None not in here:
        axes.plot(*here, "+", color=colours.focus, markersize=14, markeredgewidth=2.5, zorder=7)
        entries.append(dot("the run", colours.focus, colours.focus, "+", size=10, width=2.5))
    runs, K = int(statistics["runs"].sum()), int(json.loads(table.attrs["settings"])["steps"])
    write_title(axes, f"{heading(sim).splitlines()[0]}, {runs:,} runs, K = {K:,}", colours)
    legend(figure, entries, colours, columns=1 if goal else 3)  # the ends of a region take a line
    return figure


def _sides(sim: Simulation, table: Any) -> tuple[Side, Side]:
    """The two axes of a table."""
    if table is None:
        raise ValueError("view = 'map': needs a table of sv.refine, table")
    rate = getattr(table, "data_vars", {}).get("success_rate")
    if (
        rate is None
        or len(rate.dims) != 2
        or "runs" not in table
        or any(table[dim].dtype.kind not in "if" for dim in rate.dims)
    ):
        raise ValueError("table: must be a Dataset of sv.refine whose axes are two numbers")
    table = table.sortby(list(rate.dims))
    grid = {str(dim): table[dim].values.tolist() for dim in rate.dims}
    problem = Problem(sim.dynamics, sim.landscape, sim.initial_swarm)
    sides = []
    for axis in axes_of(problem, grid):
        declared = getattr(problem, axis.owner).declared()[axis.parameter]
        values = np.asarray(axis.values, float)
        sides.append(Side(axis.name, axis.owner, axis.parameter, declared, values, is_log(declared, values)))
    return sides[0], sides[1]


def _coordinate(side: Side) -> Coordinate:
    return Coordinate(side.owner, side.parameter, places(side.owner, side.values.tolist(), side.log))


def _scale(axes: Any, x: Side, y: Side, drawn: MapPicture) -> None:
    if x.log:
        axes.set_xscale("log")
    if y.log:
        axes.set_yscale("log")
    axes.set(xlim=(drawn.x_edges[0], drawn.x_edges[-1]), ylim=(drawn.y_edges[0], drawn.y_edges[-1]))


def _cells(axes: Any, drawn: MapPicture, colour: str, colours: Theme) -> Any:
    from matplotlib.colors import LogNorm, Normalize

    scale = (LogNorm if COLOURS[colour].log else Normalize)(drawn.lowest, drawn.highest)
    look = colour_map(shades(colour, colours))
    look.set_bad(colours.grid)
    values = np.ma.masked_invalid(drawn.values)
    return axes.pcolormesh(drawn.x_edges, drawn.y_edges, values, cmap=look, norm=scale, zorder=1, rasterized=True)


def _colour_bar(figure: Any, axes: Any, mesh: Any, meaning: str, colours: Theme) -> None:
    import textwrap

    bar = figure.colorbar(mesh, ax=axes, pad=0.02)
    bar.ax.tick_params(colors=colours.soft, labelcolor=colours.ink, labelsize=SMALL, labelfontfamily=FONT)
    bar.outline.set_edgecolor(colours.soft)
    bar.set_label("\n".join(textwrap.wrap(meaning, 60)), color=colours.ink, fontsize=SMALL, family=FONT)


def _thresholds(axes: Any, lines: list[ThresholdLine], colours: Theme) -> list[Any]:
    """The lines of theory; what stands for them in the legend."""
    from matplotlib.lines import Line2D

    entries = []
    for line, dash in zip(lines, DASHES, strict=False):
        look = {"colors": [colours.target], "linestyles": [dash], "linewidths": 1.8, "zorder": 4}
        axes.contour(line.x, line.y, np.ma.masked_invalid(line.margin), levels=[0.0], **look)
        label = f"{line.title} ({line.source})" if line.source else line.title
        entries.append(Line2D([], [], color=colours.target, linestyle=dash, linewidth=1.8, label=label))
    return entries


def _marks(axes: Any, drawn: MapPicture, colours: Theme, goal: float, sides: tuple[Side, Side]) -> list[Any]:
    """The best region and its robust middle; what stands for them in the legend."""
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D

    if drawn.middle is None:
        return []
    axes.add_collection(
        LineCollection(list(np.stack(drawn.outline, axis=-1)), colors=colours.ink, linewidths=1.6, zorder=5)
    )
    axes.plot(*drawn.middle, "D", markersize=8, markerfacecolor=colours.paper, markeredgecolor=colours.ink, zorder=6)
    label = "cells that chance cannot tell from the best"
    if goal:
        label = f"at least {decimal(100 * goal, 4)}% of the runs"
        if drawn.region is not None:
            ends = zip(sides, (drawn.region.x, drawn.region.y), strict=True)
            ranges = ", ".join(
                f"{s.declared.symbol or s.parameter} {decimal(a, 3)}–{decimal(b, 3)}" for s, (a, b) in ends
            )
            label += f": {ranges}"
            if drawn.region.cells < int(best_region(drawn.columns, goal).sum()):
                label += " in the largest part"
    middle = f"robust middle: {', '.join(number_words(value) for value in drawn.middle)}"
    return [
        Line2D([], [], color=colours.ink, linewidth=1.6, label=label),
        dot(middle, colours.paper, colours.ink, "D"),
    ]
