"""The arena in one dimension: the curve F, the agents on it, consensus and provisional minimum as lines across it."""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.arrows import SHAPE, strokes, width_of
from swarmviz.drawing.axes import FURTHEST
from swarmviz.drawing.density import taking_part
from swarmviz.drawing.landscape import UNDEFINED, Scale, indistinct, undefined
from swarmviz.drawing.style import FEW, MANY, Theme
from swarmviz.exports.mpl.arena_plane import agent_entries
from swarmviz.exports.mpl.figure import (
    POINT,
    arrow_key,
    counted,
    crowd_map,
    dot,
    dress,
    legend,
    undefined_entry,
    undefined_look,
)
from swarmviz.landscapes.base import Landscape
from swarmviz.simulation import Simulation

POINTS = 1200  # of the curve
PAD = 0.06  # of the curve's height, above and below it
CELLS = 240  # of the density of a large swarm


def curve_of(
    landscape: Landscape, low: float, high: float, shift: float = 0.0
) -> tuple[np.ndarray, np.ndarray, float, float]:
    """Points of F(x − shift) on [low, high], NaN where it is no finite number, and the ends of an axis for them."""
    x = np.linspace(low, high, POINTS)
    with np.errstate(all="ignore"):
        f = landscape.values(x[:, None] - shift)
    f = np.where(undefined(f), np.nan, f)
    known = np.clip(f[~np.isnan(f)], -FURTHEST, FURTHEST)
    bottom, top = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    pad = PAD * (max(abs(bottom), 1.0) if indistinct(bottom, top) else top - bottom)
    return x, f, bottom - pad, top + pad


def gaps_of(x: np.ndarray, f: np.ndarray) -> np.ndarray:
    """The stretches of ``x`` (M,) on which ``f`` is NaN, (G, 2)."""
    half = (x[1] - x[0]) / 2
    edges = np.diff(np.concatenate([[0], np.isnan(f).astype(int), [0]]))
    return np.column_stack([x[np.flatnonzero(edges == 1)] - half, x[np.flatnonzero(edges == -1) - 1] + half])


def ground_note(f: np.ndarray) -> str:
    """What the curve of values ``f`` (M,) cannot show, in words; "" where it shows all."""
    known = f[~np.isnan(f)]
    flat = known.size > 0 and indistinct(float(known.min()), float(known.max()))
    said = [Scale(float(known[0]), float(known[0]), 0.0).said if flat else "", UNDEFINED * bool(np.isnan(f).any())]
    return " · ".join(filter(None, said))


class Line:
    """See :class:`swarmviz.exports.mpl.arena.Arena`, which calls ``ground`` and ``move``."""

    def __init__(self, axes: Any, colours: Theme):
        from matplotlib.collections import LineCollection

        self.axes, self.colours = axes, colours
        self.still: list[Any] = []
        dress(axes, colours, "x", "F(x)")
        edge = colours.outline
        self.cloud = axes.imshow(np.zeros((1, 2)), cmap=crowd_map(colours), vmin=0, vmax=1, origin="lower", aspect="auto", zorder=1,
                                 visible=False)  # fmt: skip
        self.level = axes.axhline(
            0, color=colours.curves[2], linewidth=1.5, linestyle=(0, (5, 3)), zorder=4, visible=False
        )
        self.focus = axes.axvline(0, color=colours.focus, linewidth=1.8, zorder=4, visible=False)
        self.arrows = LineCollection([], colors=colours.ink, alpha=0.75, linewidths=0.9, zorder=5)
        axes.add_collection(self.arrows, autolim=False)
        self.dots = axes.scatter([], [], edgecolors=edge, linewidths=0.7, alpha=0.94, zorder=6)
        self.goals = axes.plot([], [], "*", markersize=11, markerfacecolor="#ffffff", markeredgecolor=edge, zorder=7)[0]
        self.best = axes.plot(
            [], [], "o", markersize=12, fillstyle="none", color=colours.ink, markeredgewidth=1.5, zorder=8
        )[0]

    @property
    def moving(self) -> list[Any]:
        """The artists that change from frame to frame; the cloud lies under the curve, so it brings the curve along."""
        above = self.still if self.cloud.get_visible() else []
        return [self.cloud, *above, self.level, self.focus, self.arrows, self.dots, self.goals, self.best]

    def depends_on(self, sim: Simulation) -> tuple[float, ...]:
        """What else makes the ground stale: where a moving landscape has got to."""
        return tuple(sim.frame.shift) if sim.frame.shift is not None else ()

    def ground(self, sim: Simulation, low: np.ndarray, high: np.ndarray) -> None:
        """The curve over [low, high] and the legend."""
        for artist in self.still:
            artist.remove()
        axes, colours, shift = self.axes, self.colours, _shift(sim)
        x, f, bottom, top = curve_of(sim.landscape, low[0], high[0], shift)
        middle = colours.landscape[len(colours.landscape) // 2]
        fill = axes.fill_between(x, bottom, f, color=middle, alpha=0.35, linewidth=0, zorder=0)
        over = axes.fill_between(
            x, f, top, color=colours.paper, linewidth=0, zorder=2
        )  # a density is seen under the curve only
        curve = axes.plot(x, f, color=colours.landscape[0], linewidth=1.8, zorder=3)[0]
        gaps = [axes.axvspan(*gap, zorder=3, **undefined_look(colours)) for gap in gaps_of(x, f)]
        self.still = [fill, over, curve, *gaps]
        self.gaps, self.said = bool(gaps), [ground_note(f)]
        axes.set(xlim=(low[0], high[0]), ylim=(bottom, top))
        self._ends = (low[0], high[0], bottom, top)
        self._width, self._unit = width_of(*sim.landscape.limits(1)), SHAPE * (top - bottom) / (high[0] - low[0])
        arrow_key(axes, self._width if sim.frame.v is not None and sim.frame.n <= FEW else None, colours)
        if not axes.figure.legends:
            legend(axes.figure, self._entries(sim), colours)

    def _entries(self, sim: Simulation) -> list[Any]:
        from matplotlib.lines import Line2D

        frame, colours = sim.frame, self.colours
        entries = agent_entries(frame, colours)
        if frame.focus is not None:
            entries.append(Line2D([], [], color=colours.focus, linewidth=1.8, label="consensus"))
        if frame.level is not None:
            dashed: dict[str, Any] = {"color": colours.curves[2], "linestyle": (0, (5, 3))}
            entries.append(Line2D([], [], linewidth=1.5, label="provisional minimum", **dashed))
        entries.append(dot("lowest agent", "none", colours.ink, "o", width=1.4))
        if len(sim.landscape.minimisers(1)):
            entries.append(dot("known minimum", "#ffffff", colours.outline, "*", 9))
        if self.gaps:
            entries.append(undefined_entry(colours))
        return entries

    def move(self, sim: Simulation, low: np.ndarray, high: np.ndarray) -> None:
        """The swarm of the present frame."""
        frame, x, many = sim.frame, sim.frame.x[:, 0], sim.frame.n > MANY
        energy = np.clip(frame.energy, -2 * FURTHEST, 2 * FURTHEST)
        goals = sim.landscape.minimisers(1)
        self.goals.set_data(goals[:, 0] + _shift(sim), sim.landscape.values(goals) if len(goals) else [])
        lowest = int(np.argmin(frame.energy))
        self.best.set_data([x[lowest]], [energy[lowest]])
        for line, value, place in ((self.focus, frame.focus, "set_xdata"), (self.level, frame.level, "set_ydata")):
            line.set_visible(value is not None)
            if value is not None:
                getattr(line, place)([float(np.ravel(value)[0])] * 2)
        self.cloud.set_visible(many)
        self.dots.set_visible(not many)
        if many:
            self.cloud.set_data(counted(frame.x[taking_part(frame)], low, high, CELLS)[None])
            self.cloud.set_extent(self._ends)
        else:
            self.dots.set_offsets(np.column_stack([x, energy]))
            self.dots.set_sizes((style.diameters(frame) * POINT) ** 2)
            self.dots.set_facecolors(style.agent_colours(frame, self.colours))
        if frame.v is not None and frame.n <= FEW:
            v = np.column_stack([frame.v[:, 0], np.zeros(frame.n)])
            segments = strokes(np.column_stack([x, energy]), v, self._width, self._unit)
            self.arrows.set_segments(list(segments.reshape(-1, 2, 2)))


def _shift(sim: Simulation) -> float:
    return float(sim.frame.shift[0]) if sim.frame.shift is not None else 0.0
