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
from swarmviz.drawing.plane import PlanePicture, plane_picture, shift_of
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
MAX_DRIFT = 0.4  # of the box: how far a landscape drifts before its picture is made anew, rather than pushed along


class Plane:
    """See :class:`swarmviz.exports.mpl.arena.Arena`, which calls ``background`` and ``move``."""

    def __init__(self, axes: Any, colours: Theme):
        from matplotlib.collections import LineCollection
        from matplotlib.transforms import Affine2D

        self.axes, self.colours = axes, colours
        apply_theme(axes, colours, "x₁", "x₂")
        axes.set_aspect("equal")
        self.drift = Affine2D()
        self.layers: list[Any] = []  # of the landscape
        self.bar: Any = None
        blank, edge = np.empty((0, 2)), colours.outline
        self.cloud = axes.imshow(
            np.zeros((2, 2)), cmap=density_map(colours), vmin=0, vmax=1, origin="lower", zorder=3, visible=False
        )
        self.links = LineCollection([], colors=colours.ink, alpha=0.5, linestyles=":", linewidths=0.8, zorder=4)
        self.arrows = LineCollection([], colors=colours.ink, alpha=0.75, linewidths=0.8, zorder=5)
        axes.add_collection(self.links, autolim=False)
        axes.add_collection(self.arrows, autolim=False)
        self.memory = axes.plot([], [], "+", color=colours.ink, markersize=4, alpha=0.7, zorder=5)[0]
        self.dots = axes.scatter(*blank.T, edgecolors=edge, linewidths=0.7, alpha=0.94, zorder=6)
        self.minimisers = axes.plot(
            [], [], "*", markersize=11, markerfacecolor=colours.minimiser, markeredgecolor=edge, zorder=7
        )[0]
        self.best = axes.plot(
            [], [], "o", markersize=12, fillstyle="none", color=colours.ink, markeredgewidth=1.5, zorder=8
        )[0]
        self.focus = axes.plot(
            [], [], "P", markersize=10, markerfacecolor=colours.focus, markeredgecolor=colours.halo, zorder=9
        )[0]
        self._at, self._drifts = np.zeros(2), False
        self.remarks: Sequence[str] = ()  # what the background cannot show

    @property
    def moving(self) -> list[Any]:
        """The artists that change from frame to frame."""
        still = () if not self._drifts else self.layers
        marks = self.minimisers, self.best, self.focus
        return [*still, self.cloud, self.links, self.arrows, self.memory, self.dots, *marks]

    def depends_on(self, sim: Simulation) -> tuple[float, ...]:
        """What else makes the background stale: a landscape that has drifted far."""
        shift = shift_of(sim.frame)
        low, high = (side[:2] for side in sim.landscape.limits(sim.frame.d))
        if (np.abs(shift - self._at) > MAX_DRIFT * (high - low)).any():
            self._at = shift
        return tuple(self._at)

    def background(self, sim: Simulation, low: np.ndarray, high: np.ndarray) -> None:
        """Landscape, contours, colour bar and legend for the view from ``low`` to ``high``."""
        for artist in self.layers:
            artist.remove()
        frame, landscape = sim.frame, sim.landscape
        self._drifts = frame.shift is not None
        count, size = pixels(frame.d, PIXELS), WIDER if self._drifts else 1.0
        middle, half = (low + high) / 2, (high - low) / 2 * size
        drawn = landscape_image(landscape, frame.d, middle - half - self._at, middle + half - self._at, count, count)
        self._paint_landscape(drawn)
        self.remarks = drawn.remarks
        self.axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        self._colour_bar(self.layers[0], drawn.scale)
        width = width_of(*landscape.limits(frame.d))
        arrow_key(self.axes, width if frame.v is not None and frame.n <= FEW else None, self.colours)
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
        if drawn.heights.min() < drawn.heights.max():
            rows, columns = drawn.heights.shape
            xs, ys = pixel_centres(drawn.low, drawn.high, columns, rows)
            lines = axes.contour(
                xs, ys, drawn.heights, levels=CONTOUR_HEIGHTS, colors=colours.ink, linewidths=0.5, alpha=0.28, zorder=1
            )
            self.layers.append(lines)
        for layer in self.layers:
            layer.set_transform(carried)

    def _colour_bar(self, image: Any, scale: Scale) -> None:
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
            entries.append(dot("known minimum", colours.minimiser, colours.outline, "*", 9))
        return entries

    def move(self, sim: Simulation, low: np.ndarray, high: np.ndarray) -> PlanePicture:
        """The swarm of the present frame; returns what is seen of it."""
        picture = plane_picture(sim.frame, sim.landscape, (low, high), background=" · ".join(self.remarks))
        self.drift.clear().translate(*picture.shift)
        self.minimisers.set_data(*picture.minimisers.T)
        self.best.set_data(*picture.lowest[:, None])
        self.focus.set_data(*picture.focus[:, None])
        paint_agents(picture.agents, sim.frame, self.cloud, self.dots, self.colours)
        if isinstance(picture.agents, CountImage):
            self.cloud.set_extent((low[0], high[0], low[1], high[1]))
            self.axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        self.arrows.set_segments(list(picture.arrows.reshape(-1, 2, 2)))
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
