"""The phase space as a Matplotlib figure: one or two coordinates of every agent, their velocities over them, what these are drawn from."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from swarmviz.drawing import style, zoom
from swarmviz.drawing.claims import opacity, reasons
from swarmviz.drawing.coordinates import chosen, names_of
from swarmviz.drawing.law_beside import PHASE
from swarmviz.drawing.phase_space import PhasePicture, phase_picture, speed_reach
from swarmviz.drawing.style import Theme
from swarmviz.exports.mpl.arena import heading
from swarmviz.exports.mpl.arena_plane import agent_entries
from swarmviz.exports.mpl.figure import (
    POINT,
    SMALL,
    apply_theme,
    density_map,
    dot,
    legend,
    new_figure,
    write_title,
)
from swarmviz.exports.mpl.law import Given, drawn_of, paint_plane, plane_entry, said_of
from swarmviz.frame import Frame
from swarmviz.landscapes.base import Landscape
from swarmviz.simulation import Simulation
from swarmviz.theory.wording import number_words

MOST_LINE_CHARS = 50  # of a note
MARGIN = 1.06  # of the fastest agent that is shown


def phase_figure(
    sim: Simulation,
    dark: bool = False,
    dpi: float = 150,
    *,
    coordinates: Sequence[int] | None = None,
    law: Given = False,
) -> Any:
    """The figure, with one plot for each coordinate; velocities are needed.

    ``law``: whether the law of infinitely many agents is drawn behind them, for d = 1, as in :func:`.density_figure`.

    Raises
    ------
    ValueError
        When ``coordinates`` are not one or two of the swarm's, or ``law`` is neither True nor False.
    """
    colours, frame = style.theme(dark), sim.frame
    places = chosen(coordinates, frame.d)
    figure = new_figure(6.4 if len(places) == 1 else 9.6, 4.8, colours, dpi)
    panels = np.atleast_1d(figure.subplots(1, len(places)))
    with np.errstate(all="ignore"):  # of a swarm that is about to diverge
        pictures = [phase_picture(frame, sim, i, *view_of(frame, sim.landscape, i)) for i in places]
        beside = drawn_of(law, sim, PHASE, pictures[0][1:3])
        for axes, drawn in zip(panels, pictures, strict=True):
            _panel(axes, drawn, frame, colours)
            if beside is not None and PHASE in beside.planes:
                paint_plane(axes, beside.law, beside.planes[PHASE], colours)
    write_title(panels[0], f"{heading(sim).splitlines()[0]}, k = {sim.k:,}, t = {number_words(sim.t, 6)}", colours)
    entries, said = _entries(pictures[0], frame, colours), reasons([pictures[0].law])
    if beside is not None:
        plane = beside.planes.get(PHASE)
        entries += [plane_entry(beside.law, colours)] if plane is not None else []
        said = said + said_of(beside.law, plane, sim.k)
    legend(figure, entries, colours, columns=2 + len(places), said=said)
    return figure


def view_of(frame: Frame, landscape: Landscape, i: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """The ends of coordinate ``i`` and of its velocity that hold nearly all agents."""
    assert frame.v is not None
    low, high = (side[[i]] for side in landscape.limits(frame.d))
    (left,), (right,) = zoom.view_of(low, high, zoom.reach(frame.x[:, [i]], low, high))
    reach = MARGIN * speed_reach(frame.v[:, i], right - left)
    return (left, right), (-reach, reach)


def _panel(axes: Any, p: PhasePicture, frame: Frame, colours: Theme) -> None:
    """One coordinate."""
    apply_theme(axes, colours, *names_of(p.i, frame.d))
    axes.grid(color=colours.grid, linewidth=0.6)
    axes.set(xlim=p.x_ends, ylim=p.v_ends)
    if p.law is not None and p.band is not None:
        x, low, centre, high = p.band
        alpha = opacity(p.law)
        axes.fill_between(x, low, high, color=colours.target, alpha=0.16 * alpha, linewidth=0, zorder=1)
        axes.plot(x, centre, color=colours.target, linewidth=1.6, linestyle=":", alpha=alpha, zorder=2)
    if p.image is not None:
        axes.imshow(p.image, extent=(*p.x_ends, *p.v_ends), origin="lower", aspect="auto", cmap=density_map(colours), vmin=0, vmax=255,
                    zorder=3)  # fmt: skip
    else:
        axes.scatter(p.x, p.v, s=(style.diameters(frame) * POINT) ** 2, c=style.agent_colours(frame, colours),
                     edgecolors=colours.outline, linewidths=0.7, alpha=0.94, zorder=5)  # fmt: skip
    _marks(axes, p, colours)
    if p.note:
        box = {"boxstyle": "round,pad=0.25", "facecolor": colours.paper, "edgecolor": "none", "alpha": 0.85}
        look = {"fontsize": SMALL, "color": colours.ink, "zorder": 20, "bbox": box}
        axes.text(0.012, 0.015, textwrap.fill(p.note, MOST_LINE_CHARS), transform=axes.transAxes, **look)


def _marks(axes: Any, p: PhasePicture, colours: Theme) -> None:
    """What stands out among the agents: personal bests, known minima, the lowest agent and the consensus."""
    if len(p.bests):
        axes.plot(p.bests, np.zeros(len(p.bests)), "+", color=colours.ink, markersize=5, alpha=0.8, zorder=4)
    star = {"markersize": 11, "markerfacecolor": colours.minimiser, "markeredgecolor": colours.outline}
    axes.plot(p.goals, np.zeros(len(p.goals)), "*", **star, zorder=6)
    axes.plot(*p.best[:, None], "o", markersize=12, fillstyle="none", color=colours.ink, markeredgewidth=1.5, zorder=7)
    if not np.isnan(p.focus):
        plus = {"markersize": 10, "markerfacecolor": colours.focus, "markeredgecolor": colours.halo}
        axes.plot([p.focus], [0.0], "P", **plus, zorder=8)


def _entries(p: PhasePicture, frame: Frame, colours: Theme) -> list[Any]:
    from matplotlib.lines import Line2D

    entries = [*agent_entries(frame, colours), dot("lowest agent", "none", colours.ink, "o", width=1.4)]
    if not np.isnan(p.focus):
        entries.append(dot("consensus, at v = 0", colours.focus, colours.halo, "P"))
    if len(p.bests):
        entries.append(dot("personal best, at v = 0", colours.ink, colours.ink, "+"))
    if len(p.goals):
        entries.append(dot("known minimum, at v = 0", colours.minimiser, colours.outline, "*", 9))
    if p.law is not None:
        label = f"{p.law.title} ({p.law.reference})"
        alpha = opacity(p.law)
        entries.append(Line2D([], [], color=colours.target, linestyle=":", linewidth=2, alpha=alpha, label=label))
    return entries
