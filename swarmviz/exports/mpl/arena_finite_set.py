"""The arena of a finite set, painted by Matplotlib: how many agents are on each state, beside the law that they are said to tend to."""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.drawing.finite_set import StatesPicture, share_axis_end, states_picture
from swarmviz.drawing.landscape import scale_of
from swarmviz.drawing.layers import ALL, Layers
from swarmviz.drawing.line import curve_of
from swarmviz.drawing.region import View
from swarmviz.drawing.style import Theme
from swarmviz.exports.mpl.figure import FONT, SMALL, TEXT, apply_theme, colour_map, dot, legend
from swarmviz.simulation import Simulation

FRAME = 330.0  # points along a side of the plane; a disc with all the agents is a quarter of its area


class Bars:
    """States in a row: bars for the agents, steps for the target law, and U on an axis of its own."""

    def __init__(self, axes: Any, colours: Theme, layers: Layers = ALL):
        from matplotlib.collections import PolyCollection

        self.axes, self.colours = axes, colours
        apply_theme(axes, colours, "x", "share of the agents")
        self.heights = axes.twinx()
        apply_theme(self.heights, colours, "", "U(x)")
        axes.set_zorder(self.heights.get_zorder() + 1)
        axes.patch.set_visible(False)
        self.still: list[Any] = []
        self.bars = PolyCollection([], facecolors=colours.agent, edgecolors=colours.outline, alpha=0.85, zorder=3)
        axes.add_collection(self.bars, autolim=False)
        self.target = axes.stairs([0.0], [0.0, 1.0], color=colours.target, linewidth=1.8, zorder=6, baseline=None)
        self._top = 0.0

    @property
    def moving(self) -> list[Any]:
        """The artists that change from frame to frame."""
        return [self.bars, self.target]

    def depends_on(self, sim: Simulation) -> tuple[float, ...]:
        """What else makes the background stale: the number of states, and the end of the axis, in steps that only grow."""
        self._picture = picture = states_picture(sim.frame, sim)
        highest = max(float(picture.share.max()), float(np.nanmax(picture.target, initial=0.0)))
        self._top = max(self._top, share_axis_end(highest))
        return len(picture.sites), self._top

    def background(self, sim: Simulation, view: View) -> None:
        """The curve U with its states, the axes and the legend."""
        for artist in self.still:
            artist.remove()
        axes, colours, (sites, U, lowest, *_) = self.axes, self.colours, self._picture
        low, high = sim.landscape.limits(1)
        curve = curve_of(sim.landscape, low[0], high[0])
        self.still = [
            self.heights.plot(curve.x, curve.f, color=colours.landscape[0], linewidth=1.2, alpha=0.8)[0],
            self.heights.plot(sites[:, 0], U, ".", color=colours.landscape[0], markersize=4)[0],
            self.heights.plot(
                sites[lowest, 0],
                U[lowest],
                "*",
                markersize=11,
                markerfacecolor=colours.minimiser,
                markeredgecolor=colours.outline,
            )[0],
        ]
        self.bars.set_linewidth(0.5 if len(sites) <= 100 else 0.0)
        axes.set(xlim=(low[0], high[0]), ylim=(0, self._top))
        self.heights.set_ylim(curve.bottom, curve.top)
        self._edges = np.linspace(low[0], high[0], len(sites) + 1)
        self._width = 0.8 * (high[0] - low[0]) / len(sites)
        if not axes.figure.legends:
            legend(axes.figure, self._entries(), colours)

    def _entries(self) -> list[Any]:
        from matplotlib.lines import Line2D

        colours = self.colours
        entries = [
            dot("agents", colours.agent, colours.outline, "s"),
            Line2D([], [], color=colours.landscape[0], label="U"),
        ]
        if (claim := self._picture.claim) is not None:
            entries.append(Line2D([], [], color=colours.target, linewidth=1.8, label=claim.title.split(" at ")[0]))
        return [*entries, dot("lowest state", colours.minimiser, colours.outline, "*", 9)]

    def move(self, sim: Simulation, view: View) -> StatesPicture:
        """The occupation and the target of the present frame; returns what is seen of it."""
        picture = self._picture
        left, tops = picture.sites[:, 0] - self._width / 2, picture.share
        zero = np.zeros(len(tops))
        corners = [(left, zero), (left, tops), (left + self._width, tops), (left + self._width, zero)]
        self.bars.set_verts(list(np.stack([np.column_stack(corner) for corner in corners], axis=1)))
        self.target.set_data(picture.target, self._edges)
        self.target.set_visible(picture.claim is not None)
        return picture


class Sites:
    """States in the plane: discs whose area is the share of the agents, rings for the target law, colours for U."""

    def __init__(self, axes: Any, colours: Theme, layers: Layers = ALL):
        self.axes, self.colours = axes, colours
        self.bar: Any = None
        apply_theme(axes, colours, "x₁", "x₂")
        axes.set_aspect("equal")
        self.still: list[Any] = []
        self.discs = axes.scatter([], [], color=colours.agent, edgecolors=colours.outline, linewidths=0.7, zorder=3)
        self.rings = axes.scatter([], [], facecolors="none", edgecolors=colours.target, linewidths=1.2, zorder=4)

    @property
    def moving(self) -> list[Any]:
        """The artists that change from frame to frame."""
        return [self.discs, self.rings]

    def depends_on(self, sim: Simulation) -> tuple[float, ...]:
        """What else makes the background stale: the number of states."""
        self._picture = states_picture(sim.frame, sim)
        return (len(self._picture.sites),)

    def background(self, sim: Simulation, view: View) -> None:
        """The states coloured by U, the colour bar and the legend."""
        for artist in self.still:
            artist.remove()
        axes, colours, landscape = self.axes, self.colours, sim.landscape
        sites, U, lowest, *_ = self._picture
        low, high = (side[:2] for side in landscape.limits(sim.frame.d))
        scale = scale_of(U, landscape, sim.frame.d)
        cell = FRAME / np.sqrt(len(sites))
        tiles = axes.scatter(*sites[:, :2].T, c=scale.height(U), s=(0.8 * cell) ** 2, marker="s", linewidths=0, zorder=0,
                             cmap=colour_map(colours.landscape), vmin=0, vmax=1)  # fmt: skip
        stars = axes.plot(
            *sites[lowest, :2].T,
            "*",
            markersize=11,
            markerfacecolor=colours.minimiser,
            markeredgecolor=colours.outline,
            zorder=5,
        )
        self.still = [tiles, *stars]
        axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        if self.bar is None:
            self.bar = axes.figure.colorbar(tiles, ax=axes, shrink=0.82, aspect=34, pad=0.02)
            self.bar.ax.set_title("cost U", fontsize=TEXT, family=FONT, color=colours.ink)
            self.bar.outline.set_visible(False)
        self.bar.update_normal(tiles)
        marks = scale.marks()
        self.bar.set_ticks(list(marks), labels=list(marks.values()))
        self.bar.ax.tick_params(colors=colours.soft, labelcolor=colours.ink, labelsize=SMALL, labelfontfamily=FONT)
        if not axes.figure.legends:
            legend(axes.figure, self._entries(), colours)

    def _entries(self) -> list[Any]:
        entries = [dot("share of the agents (area)", self.colours.agent, self.colours.outline)]
        if (claim := self._picture.claim) is not None:
            entries.append(dot(claim.title.split(" at ")[0], "none", self.colours.target))
        return [*entries, dot("lowest state", self.colours.minimiser, self.colours.outline, "*", 9)]

    def move(self, sim: Simulation, view: View) -> StatesPicture:
        """The occupation and the target of the present frame; returns what is seen of it."""
        picture = self._picture
        for artist, share in ((self.discs, picture.share), (self.rings, np.nan_to_num(picture.target))):
            some = share > 0
            artist.set_offsets(picture.sites[some, :2])
            artist.set_sizes(share[some] * (FRAME / 2) ** 2)
        return picture
