"""The arena in two or more dimensions: relief and contours, agents, velocities, links, consensus and minimisers in the plane of x₁, x₂."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.arrows import strokes, width_of
from swarmviz.drawing.density import taking_part
from swarmviz.drawing.landscape import UNDEFINED, pixels, scale_of, striped, undefined, values_on_plane
from swarmviz.drawing.style import FEW, MANY, Theme, ramp
from swarmviz.exports.mpl.figure import (
    FONT,
    POINT,
    SMALL,
    arrow_key,
    colour_map,
    counted,
    crowd_map,
    dot,
    dress,
    legend,
)
from swarmviz.frame import Frame
from swarmviz.simulation import Simulation

GRID = 480  # points of the relief along the view
CONTOURS = 10
WIDER = 1.5  # a landscape that drifts is drawn over so many times the view
DRIFTED = 0.4  # of the view: then it is drawn anew


class Plane:
    """See :class:`swarmviz.exports.mpl.arena.Arena`, which calls ``ground`` and ``move``."""

    def __init__(self, axes: Any, colours: Theme):
        from matplotlib.collections import LineCollection
        from matplotlib.transforms import Affine2D

        self.axes, self.colours = axes, colours
        dress(axes, colours, "x₁", "x₂")
        axes.set_aspect("equal")
        self.drift = Affine2D()
        self.relief: list[Any] = []
        self.bar: Any = None
        blank, edge = np.empty((0, 2)), colours.outline
        self.cloud = axes.imshow(
            np.zeros((2, 2)), cmap=crowd_map(colours), vmin=0, vmax=1, origin="lower", zorder=3, visible=False
        )
        self.links = LineCollection([], colors=colours.ink, alpha=0.5, linestyles=":", linewidths=0.8, zorder=4)
        self.arrows = LineCollection([], colors=colours.ink, alpha=0.75, linewidths=0.8, zorder=5)
        axes.add_collection(self.links, autolim=False)
        axes.add_collection(self.arrows, autolim=False)
        self.bests = axes.plot([], [], "+", color=colours.ink, markersize=4, alpha=0.7, zorder=5)[0]
        self.dots = axes.scatter(*blank.T, edgecolors=edge, linewidths=0.7, alpha=0.94, zorder=6)
        self.goals = axes.plot([], [], "*", markersize=11, markerfacecolor="#ffffff", markeredgecolor=edge, zorder=7)[0]
        self.best = axes.plot(
            [], [], "o", markersize=12, fillstyle="none", color=colours.ink, markeredgewidth=1.5, zorder=8
        )[0]
        self.focus = axes.plot(
            [], [], "P", markersize=10, markerfacecolor=colours.focus, markeredgecolor=colours.halo, zorder=9
        )[0]
        self._at = np.zeros(2)

    @property
    def moving(self) -> list[Any]:
        """The artists that change from frame to frame."""
        still = () if not self._drifts else self.relief
        return [*still, self.cloud, self.links, self.arrows, self.bests, self.dots, self.goals, self.best, self.focus]

    _drifts = False
    _said: Sequence[str] = ()

    @property
    def said(self) -> Sequence[str]:
        """What the ground cannot show, in words."""
        return self._said

    def depends_on(self, sim: Simulation) -> tuple[float, ...]:
        """What else makes the ground stale: a landscape that has drifted far."""
        shift = _shift(sim.frame)
        low, high = (side[:2] for side in sim.landscape.limits(sim.frame.d))
        if (np.abs(shift - self._at) > DRIFTED * (high - low)).any():
            self._at = shift
        return tuple(self._at)

    def ground(self, sim: Simulation, low: np.ndarray, high: np.ndarray) -> None:
        """Relief, contours, box, colour bar and legend for the view from ``low`` to ``high``."""
        for artist in self.relief:
            artist.remove()
        axes, colours, (frame, landscape) = self.axes, self.colours, (sim.frame, sim.landscape)
        self._drifts = frame.shift is not None
        count, size = pixels(frame.d, GRID), WIDER if self._drifts else 1.0
        middle, half = (low + high) / 2, (high - low) / 2 * size
        start, end = middle - half - self._at, middle + half - self._at  # in the landscape's own coordinates
        xs, ys = (a + (b - a) * (np.arange(count) + 0.5) / count for a, b in zip(start, end, strict=True))
        f = values_on_plane(landscape, frame.d, xs, ys)
        box_low, box_high = (side[:2] for side in landscape.limits(frame.d))
        inside = f[np.ix_((ys >= box_low[1]) & (ys <= box_high[1]), (xs >= box_low[0]) & (xs <= box_high[0]))]
        scale = scale_of(inside if inside.size else f, landscape, frame.d)
        h, carried = scale.height(f), self.drift + axes.transData
        extent = (start[0], end[0], start[1], end[1])
        image = axes.imshow(h, extent=extent, origin="lower", cmap=colour_map(colours.landscape), vmin=0, vmax=1, zorder=0,
                            interpolation="bilinear")  # fmt: skip
        image.set_transform(carried)
        self.relief, missing = [image], undefined(f)
        self._said = [scale.said] * bool(scale.said) + [UNDEFINED] * bool(missing.any())
        if missing.any():
            look = np.zeros((*f.shape, 4))
            look[..., 3] = missing
            look[..., :3] = ramp(colours.undefined, 2)[striped(f.shape).astype(int)]
            self.relief.append(axes.imshow(look, extent=extent, origin="lower", zorder=1.5, interpolation="nearest"))
            self.relief[-1].set_transform(carried)
        if h.min() < h.max():
            levels = np.arange(1, CONTOURS) / CONTOURS
            lines = axes.contour(xs, ys, h, levels=levels, colors=colours.ink, linewidths=0.5, alpha=0.28, zorder=1)
            lines.set_transform(carried)
            self.relief.append(lines)
        axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        self._colour_bar(image, scale)
        self._width = width_of(*landscape.limits(frame.d))
        arrow_key(axes, self._width if frame.v is not None and frame.n <= FEW else None, colours)
        if not self.axes.figure.legends:
            legend(axes.figure, self._entries(sim), colours)

    def _colour_bar(self, image: Any, scale: Any) -> None:
        marks = scale.marks()
        if self.bar is None:
            self.bar = self.axes.figure.colorbar(image, ax=self.axes, shrink=0.82, aspect=34, pad=0.02)
            self.bar.outline.set_visible(False)
            self.bar.ax.set_title("F", fontsize=SMALL, family=FONT, color=self.colours.ink)
        else:
            self.bar.update_normal(image)
        self.bar.set_ticks(list(marks), labels=list(marks.values()))
        self.bar.ax.tick_params(
            colors=self.colours.soft, labelcolor=self.colours.ink, labelsize=SMALL, labelfontfamily=FONT
        )

    def _entries(self, sim: Simulation) -> list[Any]:
        frame, colours = sim.frame, self.colours
        entries = agent_entries(frame, colours)
        if frame.focus is not None:
            entries.append(dot("consensus", colours.focus, colours.halo, "P"))
        entries.append(dot("lowest agent", "none", colours.ink, "o", width=1.4))
        if len(sim.landscape.minimisers(frame.d)):
            entries.append(dot("known minimum", "#ffffff", colours.outline, "*", 9))
        return entries

    def move(self, sim: Simulation, low: np.ndarray, high: np.ndarray) -> None:
        """The swarm of the present frame."""
        frame, x, shift = sim.frame, sim.frame.x[:, :2], _shift(sim.frame)
        self.drift.clear().translate(*shift)
        goals = sim.landscape.minimisers(frame.d)[:, :2] + shift
        self.goals.set_data(*goals.T)
        self.best.set_data(*x[[np.argmin(frame.energy)]].T)
        self.focus.set_data(*(frame.focus[None, :2] if frame.focus is not None else np.empty((0, 2))).T)
        many, few = frame.n > MANY, frame.n <= FEW
        self.cloud.set_visible(many)
        self.dots.set_visible(not many)
        if many:
            self.cloud.set_data(counted(x[taking_part(frame)], low, high))
            self.cloud.set_extent((low[0], high[0], low[1], high[1]))
            self.axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        else:
            self.dots.set_offsets(x)
            self.dots.set_sizes((style.diameters(frame) * POINT) ** 2)
            self.dots.set_facecolors(style.agent_colours(frame, self.colours))
        self.arrows.set_segments(
            list(strokes(x, frame.v[:, :2], self._width).reshape(-1, 2, 2)) if few and frame.v is not None else []
        )
        self.bests.set_data(*(frame.memory[:, :2] if few and frame.memory is not None else np.empty((0, 2))).T)
        self.links.set_segments(list(_links(x, frame.partner)) if few and frame.partner is not None else [])


def agent_entries(frame: Frame, colours: Theme) -> list[Any]:
    """Entries of the legend for the agents, one per role."""
    if frame.n > MANY:
        return [dot("density of agents", colours.agent, "none", "s")]
    names = frame.roles if frame.role is not None and frame.roles else ("agent",)
    return [
        dot(name, colour, colours.outline)
        for name, colour in zip(names, style.role_colours(frame, colours), strict=False)
    ]


def _links(x: np.ndarray, partner: np.ndarray) -> np.ndarray:
    copied = np.flatnonzero((partner != np.arange(len(x))) & (partner >= 0))
    return np.stack([x[copied], x[partner[copied]]], axis=1)


def _shift(frame: Frame) -> np.ndarray:
    return frame.shift[:2] if frame.shift is not None else np.zeros(2)
