"""The arena as a Matplotlib figure: what stands still is drawn once, what moves is set anew for each frame of a film.

Three kinds, chosen by what a frame holds: the plane of the first two coordinates, the curve of one dimension, and the states of a
finite set.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.landscape import slice_point
from swarmviz.drawing.layers import ALL, Layers
from swarmviz.drawing.plane import TRAIL_PICTURES
from swarmviz.drawing.region import View, checked_region
from swarmviz.drawing.zoom import reach, view_of
from swarmviz.exports.metadata import checked_label
from swarmviz.exports.mpl.arena_finite_set import Bars, Sites
from swarmviz.exports.mpl.arena_inset import InsetAxes
from swarmviz.exports.mpl.arena_line import Line
from swarmviz.exports.mpl.arena_plane import Plane
from swarmviz.exports.mpl.figure import FONT, SMALL, new_figure, write_title
from swarmviz.simulation import Simulation
from swarmviz.theory.wording import number_words

SIZES = {1: (7.2, 4.8), 2: (6.4, 6.4)}  # inches; at 120 dots per inch films have sides that are multiples of 16


class Arena:
    """A figure of the swarm; ``show`` moves it to another frame.

    Parameters
    ----------
    sim : Simulation
    dark : bool
    dpi : float
        Dots per inch.
    region : sequence of float, optional
        What is shown in place of the box, see :func:`swarmviz.drawing.region.region_of`.
    layers : Layers
    label : str
        What the title begins with, such as what one of two runs has otherwise than the other.

    Raises
    ------
    ValueError
        When the label is no text or longer than :func:`checked_label` allows, the region is out of range, or the swarm
        lives on a finite set, which has none.
    """

    def __init__(
        self,
        sim: Simulation,
        dark: bool = False,
        dpi: float = 150,
        region: Sequence[float] | None = None,
        layers: Layers = ALL,
        label: str = "",
    ):
        self._label = f"{checked_label(label)} · " if label else ""
        self.region, self.layers = checked_region(region, sim.frame, sim.landscape), layers
        self.colours = style.theme(dark)
        self.figure = new_figure(*SIZES[min(sim.frame.d, 2)], self.colours, dpi)
        self.axes = self.figure.add_subplot()
        self.painter: Any = painter_of(sim)(self.axes, self.colours, layers)
        self.inset = InsetAxes(self.axes, self.colours) if layers.inset and sim.frame.occupation is None else None
        self._far = 0.0
        self._background: tuple[Any, ...] | None = None
        text = {"fontsize": SMALL, "family": FONT, "color": self.colours.ink, "transform": self.axes.transAxes}
        box = {"boxstyle": "round,pad=0.25", "facecolor": self.colours.paper, "edgecolor": "none", "alpha": 0.85}
        self.clock = self.axes.text(0.012, 0.985, "", va="top", zorder=20, bbox=box, **text)
        self.note = self.axes.text(0.012, 0.015, "", va="bottom", zorder=20, bbox=box, **text)

    @property
    def moving(self) -> list[Any]:
        """The artists that change from frame to frame, in the order in which they are drawn."""
        inset = [] if self.inset is None else self.inset.moving
        return sorted([*self.painter.moving, *inset, self.clock, self.note], key=lambda artist: artist.get_zorder())

    def look_back(self, sim: Simulation) -> None:
        """Let the run go through its last steps, from which trails and links are drawn; it ends where it stands."""
        shown, k = self.layers, sim.k
        if isinstance(self.painter, Plane) and sim.frame.n <= style.FEW and (shown.trails or shown.links):
            for step in range(max(0, k - TRAIL_PICTURES), k):
                self.painter.recent.with_frame(sim.goto(step))
            sim.goto(k)

    def show(self, sim: Simulation) -> bool:
        """Draw the present frame of ``sim``; returns whether what stands still has changed, too."""
        frame, landscape = sim.frame, sim.landscape
        low, high = landscape.limits(frame.d)
        low, high = low[:2], high[:2]
        self._far = max(self._far, reach(frame.x[:, :2], low, high))
        view: View = self.region or view_of(low, high, self._far)
        wanted = (landscape.copy(), *np.concatenate(view), *self.painter.depends_on(sim))
        fresh = self._background is None or not (
            self._background[0].same_as(landscape) and np.array_equal(self._background[1:], wanted[1:])
        )
        if fresh:
            self._background = wanted
            self.painter.background(sim, view)
            write_title(self.axes, self._label + heading(sim), self.colours)
        picture = self.painter.move(sim, view)
        if self.inset is not None:
            self.inset.move(sim, view, picture)
        self.clock.set_text(f"k = {frame.k:,}   t = {number_words(frame.t, 6)}")
        self.note.set_text(picture.note)
        self.note.set_visible(bool(self.note.get_text()))
        return fresh


def painter_of(sim: Simulation) -> type:
    """What paints such a frame."""
    frame = sim.frame
    if frame.occupation is not None:
        return Bars if frame.d == 1 else Sites
    return Line if frame.d == 1 else Plane


def heading(sim: Simulation) -> str:
    """The title: dynamics and landscape, and which slice of it is seen."""
    d = sim.frame.d
    text = f"{sim.dynamics.title} on {sim.landscape.title}"
    return f"{text}\nd = {d}: slice through {slice_point(sim.landscape, d)[1]}, agents projected" if d > 2 else text
