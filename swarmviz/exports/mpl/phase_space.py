"""The phase space as a Matplotlib figure: one or two coordinates of every agent, their velocities over them, what these are drawn from."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.coordinates import chosen, names_of
from swarmviz.drawing.style import FEW, MANY, Theme
from swarmviz.exports.mpl.arena import heading
from swarmviz.exports.mpl.arena_plane import agent_entries
from swarmviz.exports.mpl.figure import (
    POINT,
    SMALL,
    counted,
    crowd_map,
    dot,
    dress,
    faint,
    legend,
    new_figure,
    reasons,
    write_title,
)
from swarmviz.frame import Frame
from swarmviz.simulation import Simulation
from swarmviz.theory import VelocityLaw, velocity_law

LAW_POINTS = 121
SHARE = 0.98  # of the agents whose velocities a view holds; of fewer than 50, all
LEAST = 1e-3  # of the view per unit of time: an axis of velocities is never shorter, so that one at rest does not look like a storm
LONGEST = 1e30  # of a velocity; one beyond it is drawn nowhere
NOTE = 50  # letters of a line of a note
ROOM = 1.06  # of the fastest agent that is shown


def speed_reach(v: np.ndarray, width: float) -> float:
    """A speed that nearly all velocities (N,) do not exceed, but at least LEAST views of ``width`` per unit of time."""
    speed = np.abs(v)
    rank = int(SHARE * (len(v) - 1)) if len(v) >= 50 else len(v) - 1
    reach = min(float(np.partition(speed, rank)[rank]), LONGEST)
    return max(reach, LEAST * width) if reach > 0 else width / 2


def band_of(law: VelocityLaw, frame: Frame, i: int, left: float, right: float) -> dict[str, np.ndarray]:
    """The law over coordinate ``i`` of a view, through the focus in the other coordinates: x, low, centre, high, one shape (M,)."""
    middle = np.zeros(frame.d) if frame.focus is None else frame.focus
    grid = np.union1d(np.linspace(left, right, LAW_POINTS), np.clip(middle[i], left, right))
    X = np.tile(middle, (len(grid), 1))
    X[:, i] = grid
    centre, spread = law.centre(X)[:, i], law.spread(X)[:, i]
    return {"x": grid, "low": centre - spread, "centre": centre, "high": centre + spread}


def phase_figure(
    sim: Simulation, dark: bool = False, dpi: float = 150, *, coordinates: Sequence[int] | None = None
) -> Any:
    """The figure, with one plot for each coordinate; velocities are needed."""
    colours, frame = style.theme(dark), sim.frame
    places, law = chosen(coordinates, frame.d), velocity_law(sim)
    figure = new_figure(6.4 if len(places) == 1 else 9.6, 4.8, colours, dpi)
    panels = np.atleast_1d(figure.subplots(1, len(places)))
    with np.errstate(all="ignore"):  # of a swarm that is about to diverge
        for axes, i in zip(panels, places, strict=True):
            _panel(axes, sim, i, law, colours)
    write_title(panels[0], f"{heading(sim).splitlines()[0]}, k = {sim.k:,}, t = {sim.t:.6g}", colours)
    legend(figure, _entries(sim, law, colours), colours, columns=2 + len(places), said=reasons([law]))
    return figure


def _panel(axes: Any, sim: Simulation, i: int, law: VelocityLaw | None, colours: Theme) -> None:
    """One coordinate."""
    frame = sim.frame
    assert frame.v is not None
    at = np.column_stack([frame.x[:, i], frame.v[:, i]])
    low, high = _view(sim, i)
    dress(axes, colours, *names_of(i, frame.d))
    axes.grid(color=colours.grid, linewidth=0.6)
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    if law is not None:
        band = band_of(law, frame, i, low[0], high[0])
        axes.fill_between(
            band["x"], band["low"], band["high"], color=colours.target, alpha=0.16 * faint(law), linewidth=0, zorder=1
        )
        axes.plot(band["x"], band["centre"], color=colours.target, linewidth=1.6, linestyle=":", alpha=faint(law), zorder=2)  # fmt: skip
    if frame.n > MANY:
        extent = (low[0], high[0], low[1], high[1])
        axes.imshow(counted(at, low, high), extent=extent, origin="lower", aspect="auto", cmap=crowd_map(colours), vmin=0, vmax=1,
                    zorder=3)  # fmt: skip
    else:
        axes.scatter(*at.T, s=(style.diameters(frame) * POINT) ** 2, c=style.agent_colours(frame, colours),
                     edgecolors=colours.outline, linewidths=0.7, alpha=0.94, zorder=5)  # fmt: skip
    _marks(axes, sim, i, colours)
    hidden = int(((at < low) | (at > high)).any(axis=1).sum())
    if note := style.remarks(frame, hidden):
        axes.text(0.012, 0.015, textwrap.fill(note, NOTE), transform=axes.transAxes, fontsize=SMALL, color=colours.ink, zorder=20,
                  bbox={"boxstyle": "round,pad=0.25", "facecolor": colours.paper, "edgecolor": "none", "alpha": 0.85})  # fmt: skip


def _view(sim: Simulation, i: int) -> tuple[np.ndarray, np.ndarray]:
    """The corners of the view of coordinate ``i`` and its velocity, (2,) each."""
    frame = sim.frame
    assert frame.v is not None
    low, high = (side[[i]] for side in sim.landscape.limits(frame.d))
    (left,), (right,) = style.view_of(low, high, style.reach(frame.x[:, [i]], low, high))
    reach = ROOM * speed_reach(frame.v[:, i], right - left)
    return np.array([left, -reach]), np.array([right, reach])


def _marks(axes: Any, sim: Simulation, i: int, colours: Theme) -> None:
    """What stands out among the agents: personal bests, known minima, the lowest agent and the consensus."""
    frame = sim.frame
    assert frame.v is not None
    best, shift = int(np.argmin(frame.energy)), 0.0 if frame.shift is None else frame.shift[i]
    goals = np.unique(sim.landscape.minimisers(frame.d)[:, i]) + shift
    if _has_bests(frame):
        axes.plot(frame.memory[:, i], np.zeros(frame.n), "+", color=colours.ink, markersize=5, alpha=0.8, zorder=4)  # type: ignore[index]
    axes.plot(
        goals,
        np.zeros(len(goals)),
        "*",
        markersize=11,
        markerfacecolor="#ffffff",
        markeredgecolor=colours.outline,
        zorder=6,
    )
    axes.plot(frame.x[[best], i], frame.v[[best], i], "o", markersize=12, fillstyle="none", color=colours.ink, markeredgewidth=1.5,
              zorder=7)  # fmt: skip
    if frame.focus is not None:
        axes.plot(
            frame.focus[[i]],
            [0.0],
            "P",
            markersize=10,
            markerfacecolor=colours.focus,
            markeredgecolor=colours.halo,
            zorder=8,
        )


def _has_bests(frame: Frame) -> bool:
    return frame.memory is not None and frame.n <= FEW


def _entries(sim: Simulation, law: VelocityLaw | None, colours: Theme) -> list[Any]:
    from matplotlib.lines import Line2D

    frame = sim.frame
    entries = [*agent_entries(frame, colours), dot("lowest agent", "none", colours.ink, "o", width=1.4)]
    if frame.focus is not None:
        entries.append(dot("consensus, at v = 0", colours.focus, colours.halo, "P"))
    if _has_bests(frame):
        entries.append(dot("personal best, at v = 0", colours.ink, colours.ink, "+"))
    if len(sim.landscape.minimisers(frame.d)):
        entries.append(dot("known minimum, at v = 0", "#ffffff", colours.outline, "*", 9))
    if law is not None:
        label = f"{law.title} ({law.reference})"
        entries.append(Line2D([], [], color=colours.target, linestyle=":", linewidth=2, alpha=faint(law), label=label))
    return entries
