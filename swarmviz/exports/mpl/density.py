"""Where the agents are, as a Matplotlib figure: histograms of one or two coordinates, their plane, a smooth estimate, the target law."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.claims import opacity, reasons
from swarmviz.drawing.density import (
    BINS,
    DensityPicture,
    JointDensity,
    LawOnBars,
    Marginal,
    contours_name,
    density_picture,
)
from swarmviz.drawing.law import LAW_NAME
from swarmviz.drawing.law_beside import DENSITY
from swarmviz.drawing.style import Theme
from swarmviz.exports.mpl.arena import heading
from swarmviz.exports.mpl.figure import SMALL, apply_theme, density_map, legend, new_figure, write_title
from swarmviz.exports.mpl.law import Given, drawn_of, said_of
from swarmviz.simulation import Simulation
from swarmviz.theory import Target
from swarmviz.theory.wording import number_words


def density_figure(
    sim: Simulation,
    dark: bool = False,
    dpi: float = 150,
    *,
    coordinates: Sequence[int] | None = None,
    bins: int = BINS,
    smooth: bool = True,
    law: Given = False,
) -> Any:
    """The figure; the bars of a histogram have area 1 together with what lies outside the box.

    Two coordinates are drawn as an image of their plane, too, except on a finite set. ``law``: whether the law of infinitely many agents
    is drawn, for d = 1; where it is not given as :func:`swarmviz.exports.mpl.law.law_of` has it, it is computed here, from step 0 on.

    Raises
    ------
    ValueError
        When ``coordinates``, ``bins``, ``smooth`` or ``law`` is out of its range.
    """
    if not isinstance(smooth, bool):
        raise ValueError(f"smooth = {smooth!r}: must be True or False")
    colours = style.theme(dark)
    beside = drawn_of(law, sim, DENSITY)
    drawn = density_picture(sim.frame, sim, coordinates, bins, smooth, joint=True, law=beside and beside.law)
    figure, panels = _panels(len(drawn.names), drawn.joint is not None, colours, dpi)
    for axes, m, name in zip(panels, drawn.marginals, drawn.names, strict=False):
        _histogram(axes, m, name, drawn, sim.k, colours)
    if drawn.joint is not None:
        _joint(panels[-1], drawn.joint, drawn.names, drawn.target, colours)
    write_title(panels[0], f"{heading(sim).splitlines()[0]}, k = {sim.k:,}, t = {number_words(sim.t, 6)}", colours)
    said = said_of(drawn.law.law, None, sim.k) if drawn.law is not None else []
    legend(figure, _entries(drawn, colours), colours, said=reasons([drawn.target]) + said)
    return figure


def _panels(count: int, plane: bool, colours: Theme, dpi: float) -> tuple[Any, list[Any]]:
    """The figure and its axes: of the histograms, then of the plane."""
    if not plane:
        figure = new_figure(5.6 if count == 1 else 8.8, 3.8, colours, dpi)
        return figure, list(np.atleast_1d(figure.subplots(1, count)))
    figure = new_figure(9.6, 5.0, colours, dpi)
    grid = figure.add_gridspec(2, 2, width_ratios=[1, 1.05])
    return figure, [figure.add_subplot(place) for place in (grid[0, 0], grid[1, 0], grid[:, 1])]


def _histogram(axes: Any, m: Marginal, label: str, drawn: DensityPicture, k: int, colours: Theme) -> None:
    """One coordinate."""
    apply_theme(axes, colours, label, "density")
    axes.stairs(m.top, m.edges, fill=True, facecolor=colours.bars, edgecolor=colours.paper, linewidth=0.4)
    if drawn.smooth:
        axes.plot(m.grid, m.smooth, color=colours.ink, linewidth=1.4)
    if drawn.target is not None:
        alpha = opacity(drawn.target)
        axes.plot(m.grid, m.target, color=colours.target, linewidth=2, linestyle=":", alpha=alpha)
    if drawn.law is not None:
        _law(axes, m, drawn.law, colours)
    axes.set(xlim=(m.edges[0], m.edges[-1]), ylim=(0, None))
    axes.grid(axis="y", color=colours.grid, linewidth=0.7)
    behind = drawn.law is not None and drawn.law.law.k != k  # where it could not be followed to the end
    _note(axes, " · ".join(filter(None, (m.note, drawn.law.law.note if behind and drawn.law else ""))), colours)


def _law(axes: Any, m: Marginal, over: LawOnBars, colours: Theme) -> None:
    """The law of infinitely many agents as a line, and its atoms as stems with their mass."""
    alpha = opacity(over.law)
    if over.law.k >= 0:
        axes.plot(m.grid, over.density, color=colours.target, linewidth=1.8, alpha=alpha)
    for x, height, text in zip(*over.atoms, strict=True):
        axes.plot([x, x], [0, height], color=colours.target, linewidth=1.8, alpha=alpha, marker="D", markevery=[1],
                  markersize=5, clip_on=False)  # fmt: skip
        right = x > (m.edges[0] + m.edges[-1]) / 2
        axes.annotate(text, (x, height), (-7 if right else 7, 0), textcoords="offset points", va="center",
                      ha="right" if right else "left", fontsize=SMALL, color=colours.ink)  # fmt: skip


def _joint(axes: Any, p: JointDensity, labels: Sequence[str], target: Target | None, colours: Theme) -> None:
    """Two coordinates: an image of the agents, and the target as contours."""
    apply_theme(axes, colours, *labels)
    axes.set_box_aspect(1)
    (left, bottom), (right, top) = p.low, p.high
    shades = density_map(colours, 0.0 if p.smooth else style.LEAST_OPACITY)
    axes.imshow(p.image, extent=(left, right, bottom, top), origin="lower", aspect="auto", vmin=0, vmax=255, zorder=1,
                cmap=shades, interpolation="bilinear" if p.smooth else "nearest")  # fmt: skip
    if target is not None and p.target is not None and len(p.target.levels):
        axes.contour(*p.target[:3], levels=p.target.levels, colors=colours.target, linestyles=":", linewidths=1.6,
                     alpha=opacity(target), zorder=2)  # fmt: skip
    axes.grid(color=colours.grid, linewidth=0.6, zorder=0)
    _note(axes, p.note, colours)


def _note(axes: Any, text: str, colours: Theme) -> None:
    if text:
        style = {"transform": axes.transAxes, "va": "top", "fontsize": SMALL, "color": colours.ink}
        axes.text(0.02, 0.97, text, **style)


def _entries(drawn: DensityPicture, colours: Theme) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    entries: list[Any] = [Patch(facecolor=colours.bars, label=f"{drawn.n:,} agents")]
    if drawn.smooth:
        entries.append(Line2D([], [], color=colours.ink, label="smooth"))
    if (target := drawn.target) is not None:
        label = target.title if drawn.joint is None else contours_name(target)
        dotted: dict[str, Any] = {"linestyle": ":", "linewidth": 2, "alpha": opacity(target)}
        entries.append(Line2D([], [], color=colours.target, label=label, **dotted))
    if drawn.law is not None and drawn.law.law.k >= 0:
        entries.append(
            Line2D([], [], color=colours.target, linewidth=1.8, alpha=opacity(drawn.law.law), label=LAW_NAME)
        )
    return entries
