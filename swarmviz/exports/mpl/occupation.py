"""The occupation of a finite set minus its target law as a Matplotlib figure, with the room that chance has."""

from __future__ import annotations

from typing import Any

from swarmviz.drawing import style
from swarmviz.drawing.occupation import ERRORS, OccupationPicture, occupation_picture
from swarmviz.drawing.style import Theme
from swarmviz.exports.mpl.arena import heading
from swarmviz.exports.mpl.figure import apply_theme, legend, new_figure, write_title
from swarmviz.simulation import Simulation
from swarmviz.theory.wording import number_words

PAD = 1.08  # of what is drawn
DETAILED = 120  # bars up to which they have rims


def occupation_figure(sim: Simulation, dark: bool = False, dpi: float = 150) -> Any:
    """The figure: bars for the agents, a dashed line for infinitely many of them by now, both less the target law; states are needed."""
    from matplotlib.ticker import MaxNLocator

    colours, d = style.theme(dark), occupation_picture(sim.frame, sim)
    figure = new_figure(8.0, 4.2, colours, dpi)
    axes = figure.add_subplot()
    apply_theme(axes, colours, "state", "share − target law")
    middle, edges = d.middle, d.edges
    if d.banded:
        axes.stairs(middle + d.error, edges, baseline=middle - d.error, fill=True, color=colours.soft, alpha=0.25,
                    linewidth=0, zorder=1)  # fmt: skip
    axes.stairs(d.bars, edges, fill=True, facecolor=colours.bars, edgecolor=colours.paper, zorder=2,
                linewidth=0.5 if len(d.bars) <= DETAILED else 0.0)  # fmt: skip
    axes.axhline(0.0, color=colours.target, linewidth=1.6, linestyle=":", zorder=3)
    if d.laws.titles[1]:
        axes.stairs(middle, edges, baseline=None, color=colours.ink, linewidth=1.4, linestyle="--", zorder=4)
    axes.set(xlim=(edges[0], edges[-1]), ylim=(-PAD * d.most, PAD * d.most))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(lambda share, place: f"{number_words(100 * share, 6)}%")
    axes.grid(axis="y", color=colours.grid, linewidth=0.6)
    write_title(axes, f"{heading(sim).splitlines()[0]}, k = {sim.k:,}, t = {number_words(sim.t, 6)}", colours)
    legend(figure, _entries(sim, d, colours), colours, said=d.laws.reasons)
    return figure


def _entries(sim: Simulation, d: OccupationPicture, colours: Theme) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    target, law = d.laws.titles
    entries: list[Any] = [Patch(facecolor=colours.bars, label=f"{sim.frame.n:,} agents")]
    if target:
        entries.append(Line2D([], [], color=colours.target, linestyle=":", linewidth=1.6, label=target))
    if law:
        entries.append(Line2D([], [], color=colours.ink, linestyle="--", linewidth=1.4, label=law))
    if d.banded:
        label = f"± {number_words(ERRORS)}σ of {sim.frame.n:,} agents, linear noise"
        entries.append(Patch(facecolor=colours.soft, alpha=0.25, label=label))
    return entries
