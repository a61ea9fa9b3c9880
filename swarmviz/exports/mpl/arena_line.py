"""The arena in one dimension, painted by Matplotlib: see :mod:`swarmviz.drawing.line` for what is seen in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from swarmviz.drawing.agents import CountImage
from swarmviz.drawing.arrows import width_of
from swarmviz.drawing.axes import FURTHEST
from swarmviz.drawing.layers import ALL, Layers
from swarmviz.drawing.line import LinePicture, curve_of, line_picture, shift_of
from swarmviz.drawing.region import Region, View
from swarmviz.drawing.style import FEW, Theme
from swarmviz.exports.mpl.arena_plane import agent_entries, paint_agents
from swarmviz.exports.mpl.figure import (
    apply_theme,
    arrow_key,
    density_map,
    dot,
    legend,
    undefined_entry,
    undefined_look,
)
from swarmviz.simulation import Simulation


class Line:
    """See :class:`swarmviz.exports.mpl.arena.Arena`, which calls ``background`` and ``move``."""

    def __init__(self, axes: Any, colours: Theme, layers: Layers = ALL):
        from matplotlib.collections import LineCollection

        self.axes, self.colours, self.layers_shown = axes, colours, layers
        self.still: list[Any] = []
        self.remarks: Sequence[str] = ()  # what the background cannot show
        apply_theme(axes, colours, "x", "F(x)")
        edge = colours.outline
        self.cloud = axes.imshow(np.zeros((1, 2)), cmap=density_map(colours), vmin=0, vmax=1, origin="lower", aspect="auto", zorder=1,
                                 visible=False)  # fmt: skip
        self.level = axes.axhline(
            0, color=colours.curves[2], linewidth=1.5, linestyle=(0, (5, 3)), zorder=4, visible=False
        )
        self.focus = axes.axvline(0, color=colours.focus, linewidth=1.8, zorder=4, visible=False)
        self.arrows = LineCollection([], colors=colours.ink, alpha=0.75, linewidths=0.9, zorder=5)
        axes.add_collection(self.arrows, autolim=False)
        self.dots = axes.scatter([], [], edgecolors=edge, linewidths=0.7, alpha=0.94, zorder=6)
        self.minimisers = axes.plot(
            [], [], "*", markersize=11, markerfacecolor=colours.minimiser, markeredgecolor=edge, zorder=7
        )[0]
        self.best = axes.plot(
            [], [], "o", markersize=12, fillstyle="none", color=colours.ink, markeredgewidth=1.5, zorder=8
        )[0]

    @property
    def moving(self) -> list[Any]:
        """The artists that change from frame to frame; the cloud lies under the curve, so it brings the curve along."""
        above = self.still if self.cloud.get_visible() else []
        return [self.cloud, *above, self.level, self.focus, self.arrows, self.dots, self.minimisers, self.best]

    def depends_on(self, sim: Simulation) -> tuple[float, ...]:
        """What else makes the background stale: where a moving landscape has got to."""
        return tuple(sim.frame.shift) if sim.frame.shift is not None else ()

    def background(self, sim: Simulation, view: View) -> None:
        """The curve over a view and the legend."""
        low, high = view
        for artist in self.still:
            artist.remove()
        axes, colours = self.axes, self.colours
        self._curve = curve = curve_of(sim.landscape, low[0], high[0], shift_of(sim.frame))
        middle = colours.landscape[len(colours.landscape) // 2]
        fill = axes.fill_between(curve.x, curve.bottom, curve.f, color=middle, alpha=0.35, linewidth=0, zorder=0)
        over = axes.fill_between(
            curve.x, curve.f, curve.top, color=colours.paper, linewidth=0, zorder=2
        )  # a density is seen under the curve only
        line = axes.plot(curve.x, curve.f, color=colours.landscape[0], linewidth=1.8, zorder=3)[0]
        gaps = [axes.axvspan(*gap, zorder=3, **undefined_look(colours)) for gap in curve.gaps]
        self.still = [fill, over, line, *gaps]
        self.remarks = [curve.note]
        self.minimisers.set_data(*curve.minimisers.T)
        axes.set(xlim=(low[0], high[0]), ylim=(curve.bottom, curve.top))
        with_arrows = sim.frame.v is not None and sim.frame.n <= FEW and self.layers_shown.arrows
        width = width_of(low, high) if isinstance(view, Region) else width_of(*sim.landscape.limits(1))
        arrow_key(axes, width if with_arrows else None, colours)
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
            entries.append(dot("known minimum", colours.minimiser, colours.outline, "*", 9))
        if len(self._curve.gaps):
            entries.append(undefined_entry(colours))
        return entries

    def move(self, sim: Simulation, view: View) -> LinePicture:
        """The swarm of the present frame; returns what is seen of it."""
        (low, high), frame, curve = view, sim.frame, self._curve
        picture = line_picture(frame, sim.landscape, view, curve.unit, curve.note, self.layers_shown)
        x, energy = picture.lowest
        self.best.set_data([x], [_drawable(energy)])
        for line, value, place in ((self.focus, picture.focus, "set_xdata"), (self.level, picture.level, "set_ydata")):
            line.set_visible(not np.isnan(value))
            if not np.isnan(value):
                getattr(line, place)([value] * 2)
        agents = picture.agents
        if isinstance(agents, CountImage):
            self.cloud.set_extent((low[0], high[0], curve.bottom, curve.top))
        else:
            agents = agents._replace(x=_drawable(agents.x))
        paint_agents(agents, frame, self.cloud, self.dots, self.colours)
        self.arrows.set_segments(list(_drawable(picture.arrows).reshape(-1, 2, 2)))
        return picture


def _drawable(values: Any) -> Any:
    """Numbers that Matplotlib can draw, far outside of every frame where they are too large."""
    return np.clip(values, -2 * FURTHEST, 2 * FURTHEST)
