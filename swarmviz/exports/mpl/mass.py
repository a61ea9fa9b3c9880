"""The masses of a swarm as a Matplotlib figure: the noise over mass with the agents on it, or masses over one coordinate."""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.drawing import style, zoom
from swarmviz.drawing.axes import decade_ticks, decimal
from swarmviz.drawing.law_beside import MASSES
from swarmviz.drawing.mass import (
    STRENGTH,
    MassPicture,
    mass_ends,
    mass_picture,
    offered,
    strength_ends,
)
from swarmviz.drawing.style import Theme
from swarmviz.exports.mpl.arena import heading
from swarmviz.exports.mpl.arena_plane import agent_entries
from swarmviz.exports.mpl.figure import (
    POINT,
    apply_theme,
    density_map,
    dot,
    legend,
    new_figure,
    write_title,
)
from swarmviz.exports.mpl.law import Given, drawn_of, paint_plane, plane_entry, said_of
from swarmviz.frame import Frame
from swarmviz.simulation import Simulation
from swarmviz.theory.wording import number_words


def mass_figure(
    sim: Simulation, dark: bool = False, dpi: float = 150, *, over: str | int | None = None, law: Given = False
) -> Any:
    """The figure; masses are needed.

    ``law``: whether the law of infinitely many agents is drawn behind them, over a coordinate and for d = 1, as in :func:`.density_figure`.

    Raises
    ------
    ValueError
        When ``over`` is neither "strength", where the dynamics has noise as a function of mass, nor a coordinate of the swarm, or ``law``
        is neither True nor False.
    """
    colours, frame = style.theme(dark), sim.frame
    known = [name for name, _ in offered(frame, sim, most=frame.d)]
    if over is None:
        over = known[0]
    if isinstance(over, bool) or not isinstance(over, str | int) or over not in known:
        raise ValueError(f"over = {over!r}: must be one of {', '.join(map(repr, known))}")
    m_ends = mass_ends(frame, sim.dynamics.noise_cutoff)
    drawn = mass_picture(frame, sim, over, m_ends, _ends_of(over, sim))
    beside = drawn_of(law, sim, MASSES, (drawn.x_ends, m_ends))
    figure = new_figure(6.4, 4.8, colours, dpi)
    axes = figure.add_subplot()
    apply_theme(axes, colours, drawn.x_label, drawn.y_label)
    _scale(axes, drawn, m_ends)
    _paint(axes, drawn, frame, colours)
    write_title(axes, f"{heading(sim).splitlines()[0]}, k = {sim.k:,}, t = {number_words(sim.t, 6)}", colours)
    entries, said = _entries(drawn, frame, colours), [drawn.note] if drawn.note else []
    if beside is not None and over != STRENGTH:
        plane = beside.planes.get(MASSES)
        if plane is not None:
            paint_plane(axes, beside.law, plane, colours, log_y=True)
            entries += [plane_entry(beside.law, colours)] if plane.image.size else []
        said += said_of(beside.law, plane, sim.k)
    legend(figure, entries, colours, columns=4, said=said)
    return figure


def _ends_of(over: str | int, sim: Simulation) -> tuple[float, float]:
    """The ends of the axis that is not that of masses."""
    if over == STRENGTH:
        return strength_ends(sim, sim.t)
    frame, i = sim.frame, int(over)
    low, high = (side[[i]] for side in sim.landscape.limits(frame.d))
    (left,), (right,) = zoom.view_of(low, high, zoom.reach(frame.x[:, [i]], low, high))
    return float(left), float(right)


def _scale(axes: Any, p: MassPicture, m_ends: tuple[float, float]) -> None:
    """A logarithmic axis of masses with the ticks of the page."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    axis = axes.xaxis if p.over == STRENGTH else axes.yaxis
    (axes.set_xscale if p.over == STRENGTH else axes.set_yscale)("log")
    axis.set_major_locator(FixedLocator(decade_ticks(*m_ends)))
    axis.set_major_formatter(FuncFormatter(lambda value, place: decimal(value)))
    axis.set_minor_locator(NullLocator())
    axes.set(xlim=p.x_ends, ylim=p.y_ends)


def _paint(axes: Any, p: MassPicture, frame: Frame, colours: Theme) -> None:
    """All that is in the frame."""
    axes.grid(color=colours.grid, linewidth=0.6)
    across = axes.axvline if p.over == STRENGTH else axes.axhline
    across(p.share, color=colours.soft, linewidth=1.2, linestyle=":", zorder=2)
    if p.cutoff is not None:
        across(p.cutoff, color=colours.target, linewidth=1.4, linestyle="--", zorder=2)
    for place in p.goals:
        axes.axvline(place, color=colours.curves[2], linewidth=1.2, zorder=2)
    if p.curve.size:
        axes.plot(*p.curve, color=colours.curves[0], linewidth=1.8, zorder=3)
    if p.image is not None:
        _crowd(axes, p, colours)
    else:
        axes.scatter(p.x, p.y, s=(style.diameters(frame) * POINT) ** 2, c=style.agent_colours(frame, colours),
                     edgecolors=colours.outline, linewidths=0.7, alpha=0.94, zorder=5)  # fmt: skip
    axes.plot(*p.best[:, None], "o", markersize=12, fillstyle="none", color=colours.ink, markeredgewidth=1.5, zorder=7)


def _crowd(axes: Any, p: MassPicture, colours: Theme) -> None:
    """Many agents: equal cells of the logarithm of mass, which only a mesh can draw on a logarithmic axis."""
    assert p.image is not None
    rows, columns = p.image.shape
    under_noise = p.over == STRENGTH
    x = np.geomspace(*p.x_ends, columns + 1) if under_noise else np.linspace(*p.x_ends, columns + 1)
    y = np.linspace(*p.y_ends, rows + 1) if under_noise else np.geomspace(*p.y_ends, rows + 1)
    axes.pcolormesh(x, y, p.image, cmap=density_map(colours), vmin=0, vmax=255, zorder=1, rasterized=True)


def _entries(p: MassPicture, frame: Frame, colours: Theme) -> list[Any]:
    from matplotlib.lines import Line2D

    entries = [*agent_entries(frame, colours), dot("lowest agent", "none", colours.ink, "o", width=1.4)]
    if p.curve.size:
        entries.append(Line2D([], [], color=colours.curves[0], linewidth=1.8, label="σ(m)"))
    if p.cutoff is not None:
        label = f"cutoff {decimal(p.cutoff, 4)}"
        entries.append(Line2D([], [], color=colours.target, linestyle="--", linewidth=1.4, label=label))
    entries.append(Line2D([], [], color=colours.soft, linestyle=":", linewidth=1.2, label="1/N"))
    if len(p.goals):
        entries.append(Line2D([], [], color=colours.curves[2], linewidth=1.2, label="known minimum"))
    return entries
