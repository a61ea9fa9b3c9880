"""The inset of an arena, painted by Matplotlib: see :mod:`swarmviz.drawing.inset` for when there is one and what it shows."""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.inset import SIDE, InsetState
from swarmviz.drawing.line import LinePicture, curve_of, shift_of
from swarmviz.drawing.plane import PlanePicture
from swarmviz.drawing.region import View
from swarmviz.drawing.style import Theme
from swarmviz.exports.mpl.figure import FONT, POINT, SMALL
from swarmviz.simulation import Simulation

EDGE, BELOW_CLOCK = 0.02, 0.075  # of the frame: from its sides, and from its top where the clock stands
BELOW_INSET = 4  # points from the inset to its text, which stands where no agent of it is
ABOVE_ALL = 15  # drawn over the swarm, under the clock


class InsetAxes:
    """Axes in a corner of ``axes`` that follow the swarm once it is small."""

    def __init__(self, axes: Any, colours: Theme):
        self.outer, self.colours, self._state = axes, colours, InsetState()
        self.axes = axes.inset_axes([0.0, 0.0, SIDE, SIDE], zorder=ABOVE_ALL, visible=False)
        self.axes.set(xticks=[], yticks=[], facecolor=colours.paper)
        self.axes.patch.set_alpha(0.92)
        for spine in self.axes.spines.values():
            spine.set(color=colours.soft, linewidth=0.8)
        ink, edge = colours.ink, colours.outline
        self.curve = self.axes.plot([], [], color=colours.landscape[0], linewidth=1.2)[0]
        self.dots = self.axes.scatter([], [], edgecolors=edge, linewidths=0.6, alpha=0.94, zorder=3)
        self.focus = self.axes.plot(
            [], [], "P", markersize=7, markerfacecolor="none", markeredgecolor=colours.focus, zorder=4
        )[0]
        self.minimisers = self.axes.plot([], [], "*", markersize=10, markerfacecolor=colours.minimiser, markeredgecolor=edge,
                                         zorder=5)[0]  # fmt: skip
        self.best = self.axes.plot(
            [], [], "o", markersize=11, fillstyle="none", color=ink, markeredgewidth=1.3, zorder=6
        )[0]
        paper = {
            "boxstyle": "square,pad=0.25",
            "facecolor": colours.paper,
            "alpha": 0.92,
            "edgecolor": colours.soft,
            "linewidth": 0.8,
        }
        place = {"xycoords": "axes fraction", "textcoords": "offset points", "annotation_clip": False}
        text = {"fontsize": SMALL - 1.5, "family": FONT, "color": ink, "va": "top", "bbox": paper, "zorder": 7}
        self.label = self.axes.annotate("", (0.0, 0.0), (0, -BELOW_INSET), **place, **text)

    @property
    def moving(self) -> list[Any]:
        """The artists that change from frame to frame."""
        return [self.axes] if self.axes.get_visible() else []

    def move(self, sim: Simulation, view: View, picture: PlanePicture | LinePicture) -> None:
        """The swarm of the present frame, where it is small."""
        low, high = view
        inset = self._state.step(sim.frame, low, high)
        self.axes.set_visible(inset is not None)
        if inset is None:
            return
        size = SIDE * (high - low).min() / (high - low)
        wide, tall = (float(size[0]), float(size[1])) if len(size) == 2 else (SIDE, SIDE)
        left, top = (1 - EDGE - wide, 1 - EDGE) if inset.right else (EDGE, 1 - BELOW_CLOCK)
        self.axes.set_axes_locator(_Place(self.outer, (left, top - tall, wide, tall)))
        frame = sim.frame
        points = np.column_stack([frame.x[:, 0], frame.energy]) if isinstance(picture, LinePicture) else frame.x[:, :2]
        if isinstance(picture, LinePicture):
            curve = curve_of(sim.landscape, inset.low[0], inset.high[0], shift_of(frame))
            self.curve.set_data(curve.x, curve.f)
            self.minimisers.set_data(*curve.minimisers.T)
            bottom, top_f = curve.bottom, curve.top
            self.focus.set_data([], [])
        else:
            (bottom, top_f) = float(inset.low[1]), float(inset.high[1])
            self.minimisers.set_data(*picture.minimisers.T)
            self.focus.set_data(*picture.focus[:, None])
        self.best.set_data(*picture.lowest[:, None])
        roles = frame.roles if frame.role is not None else ()
        self.dots.set_offsets(points[inset.chosen])
        self.dots.set_sizes((style.diameters(frame)[inset.chosen] * POINT) ** 2)
        tones = style.tone_colours(roles, frame.weight is not None, self.colours)
        self.dots.set_facecolors(tones.of(style.agent_tones(frame)[inset.chosen]))
        self.axes.set(xlim=(inset.low[0], inset.high[0]), ylim=(bottom, top_f))
        self.label.set_text(inset.label)
        self.label.xy = (float(inset.right), 0.0)
        self.label.set_horizontalalignment("right" if inset.right else "left")


class _Place:
    """Where an inset lies: ``at`` is left, bottom, width and height in shares of the outer axes."""

    def __init__(self, outer: Any, at: tuple[float, float, float, float]):
        self._outer, self._at = outer, at

    def __call__(self, axes: Any, renderer: Any) -> Any:
        from matplotlib.transforms import Bbox

        box = self._outer.transAxes.transform_bbox(Bbox.from_bounds(*self._at))
        return axes.figure.transSubfigure.inverted().transform_bbox(box)
