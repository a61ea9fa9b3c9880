"""The arena in two or more dimensions, painted by Matplotlib: see :mod:`swarmviz.drawing.plane` for what is seen in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.agents import CountImage, Points
from swarmviz.drawing.arrows import width_of
from swarmviz.drawing.landscape import Scale, pixels, striped
from swarmviz.drawing.landscape_image import CONTOUR_HEIGHTS, LandscapeImage, landscape_image, pixel_centres
from swarmviz.drawing.layers import ALL, Layers
from swarmviz.drawing.plane import PlanePicture, RecentPositions, plane_picture, shift_of
from swarmviz.drawing.region import Region, View
from swarmviz.drawing.style import FEW, MANY, Theme, ramp
from swarmviz.exports.mpl.figure import (
    FONT,
    POINT,
    SMALL,
    apply_theme,
    arrow_key,
    colour_map,
    density_map,
    dot,
    legend,
)
from swarmviz.frame import Frame
from swarmviz.simulation import Simulation

PIXELS = 480  # of the landscape along each side
WIDER = 1.5  # a landscape that drifts is drawn over so many times the view
MAX_DRIFT = 0.25  # of the view: how far a landscape drifts before its picture is made anew, rather than pushed along


class Plane:
    """See :class:`swarmviz.exports.mpl.arena.Arena`, which calls ``background`` and ``move``."""

    def __init__(self, axes: Any, colours: Theme, layers: Layers = ALL):
        from matplotlib.collections import LineCollection
        from matplotlib.transforms import Affine2D

        self.axes, self.colours, self.layers_shown = axes, colours, layers
        self.recent = RecentPositions()
        apply_theme(axes, colours, "x₁", "x₂")
        axes.set_aspect("equal")
        self.drift = Affine2D()
        self.layers: list[Any] = []  # of the landscape
        self.bar: Any = None
        blank, edge = np.empty((0, 2)), colours.outline
        self.cloud = axes.imshow(
            np.zeros((2, 2)), cmap=density_map(colours), vmin=0, vmax=1, origin="lower", zorder=3, visible=False
        )
        self.trails = LineCollection([], linewidths=0.9, zorder=3.5, capstyle="round")
        axes.add_collection(self.trails, autolim=False)
        self.links = LineCollection([], colors=colours.ink, alpha=0.5, linestyles=":", linewidths=0.8, zorder=4)
        self.arrows = LineCollection([], colors=colours.ink, alpha=0.75, linewidths=0.8, zorder=5)
        axes.add_collection(self.links, autolim=False)
        axes.add_collection(self.arrows, autolim=False)
        self.memory = axes.plot([], [], "+", color=colours.ink, markersize=4, alpha=0.7, zorder=5)[0]
        self.dots = axes.scatter(*blank.T, edgecolors=edge, linewidths=0.7, alpha=0.94, zorder=6)
        self.focus = axes.plot(
            [],
            [],
            "P",
            markersize=7,
            markerfacecolor="none",
            markeredgecolor=colours.focus,
            markeredgewidth=1.2,
            zorder=7,
        )[0]  # an outline, under the other marks: it hides nothing of what it says
        self.minimisers = axes.plot(
            [], [], "*", markersize=11, markerfacecolor=colours.minimiser, markeredgecolor=edge, zorder=8
        )[0]
        self.best = axes.plot(
            [], [], "o", markersize=12, fillstyle="none", color=colours.ink, markeredgewidth=1.5, zorder=9
        )[0]
        self._at, self._size, self._drifts = np.zeros(2), np.ones(2), False
        self.remarks: Sequence[str] = ()  # what the background cannot show

    @property
    def moving(self) -> list[Any]:
        """The artists that change from frame to frame."""
        still = () if not self._drifts else self.layers
        marks = self.minimisers, self.best, self.focus
        return [*still, self.cloud, self.trails, self.links, self.arrows, self.memory, self.dots, *marks]

    def depends_on(self, sim: Simulation) -> tuple[float, ...]:
        """What else makes the background stale: a landscape that has drifted far."""
        shift = shift_of(sim.frame)
        if (np.abs(shift - self._at) > MAX_DRIFT * self._size).any():
            self._at = shift
        return tuple(self._at)

    def background(self, sim: Simulation, view: View) -> None:
        """Landscape, contours, colour bar and legend for a view."""
        low, high = view
        for artist in self.layers:
            artist.remove()
        frame, landscape = sim.frame, sim.landscape
        self._size, self._drifts = high - low, frame.shift is not None
        count, size = pixels(frame.d, PIXELS), WIDER if self._drifts else 1.0
        middle, half = (low + high) / 2, (high - low) / 2 * size
        drawn = landscape_image(landscape, frame.d, middle - half - self._at, middle + half - self._at, count, count)
        self._paint_landscape(drawn)
        self.remarks = drawn.remarks
        self.axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        self._colour_bar(self.layers[0], drawn.scale)
        with_arrows = frame.v is not None and frame.n <= FEW and self.layers_shown.arrows
        width = width_of(low, high) if isinstance(view, Region) else width_of(*landscape.limits(frame.d))
        arrow_key(self.axes, width if with_arrows else None, self.colours)
        if not self.axes.figure.legends:
            legend(self.axes.figure, self._entries(sim), self.colours)

    def _paint_landscape(self, drawn: LandscapeImage) -> None:
        """Heights, stripes where F is no finite number, and contour lines, all of which a drift carries along."""
        axes, colours, carried = self.axes, self.colours, self.drift + self.axes.transData
        (left, bottom), (right, top) = drawn.low, drawn.high
        place = {"extent": (left, right, bottom, top), "origin": "lower"}
        self.layers = [
            axes.imshow(drawn.heights, cmap=colour_map(colours.landscape), vmin=0, vmax=1, zorder=0, interpolation="bilinear", **place)
        ]  # fmt: skip
        if drawn.missing.any():
            look = np.zeros((*drawn.missing.shape, 4))
            look[..., 3] = drawn.missing
            look[..., :3] = ramp(colours.undefined, 2)[striped(drawn.missing.shape).astype(int)]
            self.layers.append(axes.imshow(look, zorder=1.5, interpolation="nearest", **place))
        if self.layers_shown.contours and drawn.heights.min() < drawn.heights.max():
            rows, columns = drawn.heights.shape
            xs, ys = pixel_centres(drawn.low, drawn.high, columns, rows)
            lines = axes.contour(
                xs,
                ys,
                drawn.heights,
                levels=CONTOUR_HEIGHTS,
                colors=colours.ink,
                linewidths=0.5,
                alpha=1.2 * colours.contour,
                zorder=1,
            )
            self.layers.append(lines)
        for layer in self.layers:
            layer.set_transform(carried)

    def _colour_bar(self, image: Any, scale: Scale) -> None:
        marks = scale.marks()
        if self.bar is None:
            self.bar = self.axes.figure.colorbar(image, ax=self.axes, shrink=0.82, aspect=34, pad=0.02)
            self.bar.outline.set_visible(False)
            self.bar.ax.set_title("value F", fontsize=SMALL, family=FONT, color=self.colours.ink)
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
            entries.append(dot("consensus", "none", colours.focus, "P", width=1.2))
        entries.append(dot("lowest agent", "none", colours.ink, "o", width=1.4))
        if len(sim.landscape.minimisers(frame.d)):
            entries.append(dot("known minimum", colours.minimiser, colours.outline, "*", 9))
        return entries

    def move(self, sim: Simulation, view: View) -> PlanePicture:
        """The swarm of the present frame; returns what is seen of it."""
        low, high = view
        recent, said = self.recent.with_frame(sim.frame), " · ".join(self.remarks)
        picture = plane_picture(sim.frame, sim.landscape, view, recent, said, self.layers_shown)
        self.drift.clear().translate(*picture.shift)
        self.minimisers.set_data(*picture.minimisers.T)
        self.best.set_data(*picture.lowest[:, None])
        self.focus.set_data(*picture.focus[:, None])
        paint_agents(picture.agents, sim.frame, self.cloud, self.dots, self.colours)
        if isinstance(picture.agents, CountImage):
            self.cloud.set_extent((low[0], high[0], low[1], high[1]))
            self.axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        self.arrows.set_segments(list(picture.arrows.reshape(-1, 2, 2)))
        self.trails.set_segments(list(picture.trails.segments.reshape(-1, 2, 2)))
        self.trails.set_color([(*ramp((self.colours.agent,), 1)[0], alpha) for alpha in picture.trails.alpha])
        self.memory.set_data(*picture.memory.T)
        self.links.set_segments(list(picture.links.reshape(-1, 2, 2)))
        return picture


def paint_agents(agents: Points | CountImage, frame: Frame, cloud: Any, dots: Any, colours: Theme) -> None:
    """Write agents to the artist that draws their density, or to that which draws each of them."""
    many = isinstance(agents, CountImage)
    cloud.set_visible(many)
    dots.set_visible(not many)
    if isinstance(agents, CountImage):
        cloud.set_data(agents.image / 255)
    else:
        dots.set_offsets(agents.x)
        dots.set_sizes((agents.diameter * POINT) ** 2)
        roles = frame.roles if frame.role is not None else ()
        dots.set_facecolors(style.tone_colours(roles, frame.weight is not None, colours).of(agents.tone))


def agent_entries(frame: Frame, colours: Theme) -> list[Any]:
    """Entries of the legend for the agents, one per role."""
    if frame.n > MANY:
        return [dot("density of agents", colours.agent, "none", "s")]
    names = frame.roles if frame.role is not None and frame.roles else ("agent",)
    return [
        dot(name, colour, colours.outline)
        for name, colour in zip(names, style.role_colours(frame, colours), strict=False)
    ]
