"""The phase space of a swarm with velocities: one coordinate of every agent, its velocity over it, and what velocities are drawn from."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, HoverTool, LegendItem, LinearColorMapper

from components.palette import BEST, FOCUS, MINIMISER, Theme, crowd, theme
from components.views.arena import agents
from components.views.base import View
from components.views.buttons import ButtonRow
from components.views.figures import (
    MOVING,
    Zoom,
    dress,
    finite_f4,
    flat_legend,
    move_range,
    new_figure,
    note,
    placed,
    source,
)
from swarmviz import Frame, Simulation
from swarmviz.drawing.axes import steps_around
from swarmviz.drawing.coordinates import names_of
from swarmviz.drawing.style import FEW, MANY
from swarmviz.exports.mpl.phase_space import band_of, speed_reach
from swarmviz.theory import VelocityLaw, velocity_law

CHOICES = 5  # coordinates that can be chosen
CELLS = 120  # of the density image, along each side


class Picture(NamedTuple):
    """All that one painting needs; ``i`` is the coordinate it was made for."""

    i: int
    x_ends: tuple[float, float]
    v_ends: tuple[float, float]
    points: dict[str, np.ndarray]
    image: np.ndarray | None
    bests: np.ndarray
    marks: dict[str, np.ndarray]
    goals: np.ndarray
    law: VelocityLaw | None
    band: dict[str, np.ndarray]
    note: str


def speed_range(v: np.ndarray, width: float, now: tuple[float, float] | None) -> tuple[float, float]:
    """A range around 0 that holds nearly all velocities (N,); ``now`` is kept while it fits, ``width`` is for a swarm at rest."""
    reach = speed_reach(v, width)
    low, high = steps_around(-reach, reach, now)
    end = max(-low, high)
    return -end, end


class PhaseSpace(View):
    """The view of positions and velocities; see :class:`components.views.base.View`.

    Attributes
    ----------
    coordinate : int
        Which coordinate is drawn, from 0.
    """

    label = "Phase space"
    picture = "phase"
    every = 2
    defaults: ClassVar = {"coordinate": 0}

    def __init__(self, dark: bool = False, **wiring: Any):
        super().__init__(**wiring)
        self._colours, self._i, self._run = theme(dark), 0, object()
        self._kind, self._shown = agents.Kind(), None
        self.tones, self.crowd = LinearColorMapper(low=0, high=1), LinearColorMapper(low=0, high=255)
        self.figure = new_figure("x", "v")
        self._add_layers()
        self._chips = ButtonRow(
            lambda what: self._choose(int(self._chips.value)),
            label="coordinate",
            sizing_mode=None,
            css_classes=["options"],
        )
        self._pane = pn.pane.Bokeh(self.figure, sizing_mode="stretch_both", min_height=140)
        self._dress()

    def _add_layers(self) -> None:
        fig = self.figure
        self.density = ColumnDataSource(placed(np.zeros((CELLS, CELLS), "u1"), (0.0, 0.0), (1.0, 1.0)))
        self.cloud = fig.image(
            "image", "x", "y", "dw", "dh", source=self.density, color_mapper=self.crowd, level=MOVING
        )
        self.band = source(x=None, low=None, centre=None, high=None)
        self.spread = fig.varea("x", "low", "high", source=self.band, fill_alpha=0.16, level=MOVING)
        self.centre = fig.line("x", "centre", source=self.band, line_width=2, line_dash="dotted", level=MOVING)
        self.bests = source(x=None, v=None)
        self.memories = fig.scatter("x", "v", source=self.bests, marker="cross", size=8, line_width=1.4, level=MOVING)
        self.points, self.dots = agents.add_agents(fig, "x", "v", self.tones)
        self.goals = source(x=None, v=None)
        self.stars = fig.scatter("x", "v", source=self.goals, marker=MINIMISER, size=15, line_width=1.4, level=MOVING)
        self.marks = source(focus=None, best_x=None, best_v=None, zero=None)
        self.best = fig.scatter(
            "best_x", "best_v", source=self.marks, marker=BEST, size=17, fill_color=None, line_width=2, level=MOVING
        )
        self.focus = fig.scatter(
            "focus", "zero", source=self.marks, marker=FOCUS, size=20, line_width=1.6, level=MOVING
        )
        self.legend, self.note = flat_legend(fig), note(fig)
        self.hover = HoverTool(renderers=[self.dots], limit=agents.MOST_TOLD)
        fig.add_tools(self.hover)

    def _dress(self) -> None:
        colours = self._colours
        dress(self.figure, colours)
        agents.dress(self.figure, self.dots, self.tones, self._kind, colours)
        self.crowd.palette = crowd(colours)
        self.spread.glyph.fill_color = self.centre.glyph.line_color = colours.target
        self.memories.glyph.line_color = self.best.glyph.line_color = colours.ink
        self.stars.glyph.update(fill_color="#ffffff", line_color=colours.ink)
        self.focus.glyph.update(fill_color=colours.focus, line_color=colours.halo)

    # ---- the view ------------------------------------------------------------------------------------------------------

    def fits(self, frame: Frame) -> bool:
        """Whether the agents of a frame have velocities."""
        return frame.v is not None

    def export_options(self, frame: Frame) -> dict[str, Any]:
        """The coordinate that is drawn."""
        return {"coordinates": [min(self.coordinate, frame.d - 1)]}

    @property
    def pane(self) -> pn.viewable.Viewable:
        """What is put on the page."""
        return self._pane

    @property
    def options(self) -> pn.viewable.Viewable:
        """The chips that choose the coordinate."""
        return self._chips

    @property
    def coordinate(self) -> int:
        """Which coordinate is drawn, from 0."""
        return self._i

    @coordinate.setter
    def coordinate(self, i: int) -> None:
        count = len(self._chips.choices) or CHOICES  # nobody has looked at it yet: the run will tell
        if isinstance(i, bool) or not isinstance(i, int) or not 0 <= i < count:
            raise ValueError(f"coordinate = {i!r}: must be from 0 to {count - 1}")
        self._choose(i)

    def _choose(self, i: int) -> None:
        self._i, self._chips.value = i, str(i)
        self._start()
        self.refresh()

    def _start(self) -> None:
        """Ranges start anew."""
        self._zoom, self._v_now = Zoom(), None

    def attach(self, sim: Simulation) -> None:
        """Another dynamics, landscape or swarm; the coordinate is kept where it exists.

        Raises
        ------
        ValueError
            When the agents have no velocities.
        """
        frame = sim.frame
        if not self.fits(frame):
            raise ValueError(f"dynamics = {sim.dynamics!r}: a phase space needs velocities")
        self._sim, self._run, self._shown = sim, object(), None
        self._i = min(self._i, min(frame.d, CHOICES) - 1)
        pairs = [", ".join(names_of(i, frame.d)) for i in range(min(frame.d, CHOICES))]
        self._chips.param.update(choices=[[str(i), pair, ""] for i, pair in enumerate(pairs)], value=str(self._i))
        self._kind = agents.kind_of(frame)
        self._start()
        self._dress()
        self.hover.renderers = [self.dots] if frame.n <= MANY else []
        self.cloud.visible = frame.n > MANY
        self.paint(self.prepare(frame, sim))

    def prepare(self, frame: Frame, run: Simulation) -> Any:
        """Positions and velocities in one coordinate, and the law of velocities; safe on a worker thread."""
        token, i, zoom = self._run, self._i, self._zoom
        x, v = frame.x[:, i], frame.v[:, i]
        low, high = (float(side[i]) for side in run.landscape.limits(frame.d))
        away = agents.distances(x, low, high)
        zoom.step(away)
        left, right = zoom.around(low, high)
        self._v_now = bottom, top = speed_range(v, right - left, self._v_now)
        seen = (away <= zoom.size) & (np.abs(v) <= top)
        points, image = {name: np.zeros(0, "f4") for name in self.points_columns(frame)}, None
        if frame.n > MANY:
            ends = np.array([left, bottom]), np.array([right, top])
            image = agents.density_image(np.column_stack([x[seen], v[seen]]), *ends, CELLS)
        else:
            points = {"x": finite_f4(x), "v": finite_f4(v)} | agents.columns(frame, self._kind)
        bests = frame.memory[:, i] if frame.memory is not None and frame.n <= FEW else np.zeros(0)
        best, shift = int(np.argmin(frame.energy)), 0.0 if frame.shift is None else frame.shift[i]
        focus = np.nan if frame.focus is None else frame.focus[i]
        marks = {"focus": focus, "best_x": x[best], "best_v": v[best], "zero": 0.0}
        law = velocity_law(run)
        picture = Picture(
            i, (left, right), (bottom, top), points, image, finite_f4(bests),
            {name: finite_f4(np.array([value])) for name, value in marks.items()},
            finite_f4(np.unique(run.landscape.minimisers(frame.d)[:, i]) + shift), law,
            _band(law, frame, i, left, right), agents.note_text(frame, int(frame.n - seen.sum())),
        )  # fmt: skip
        return token, picture

    @staticmethod
    def points_columns(frame: Frame) -> list[str]:
        """The columns of the points' source."""
        return ["x", "v", "size", "tone", "energy", *(n for n in ("mass", "weight") if getattr(frame, n) is not None)]

    def paint(self, payload: Any) -> None:
        """Write a payload to the sources; one that was prepared for another run or coordinate is left out."""
        token, p = payload
        if token is not self._run or p.i != self._i:
            return
        shown = p.i, p.law and (p.law.title, p.law.applies), len(p.goals) > 0, len(p.bests) > 0
        if shown != self._shown:
            self._shown = shown
            self._name(p)
        move_range(self.figure.x_range, p.x_ends)
        move_range(self.figure.y_range, p.v_ends)
        self.points.data, self.marks.data, self.band.data = p.points, p.marks, p.band
        for target, x in ((self.bests, p.bests), (self.goals, p.goals)):
            if not np.array_equal(target.data["x"], x):
                target.data = {"x": x, "v": np.zeros(len(x), "f4")}
        if p.image is not None:
            (left, right), (bottom, top) = p.x_ends, p.v_ends
            self.density.data = placed(p.image, (left, bottom), (right - left, top - bottom))
        if self.note.text != p.note:
            self.note.update(text=p.note, visible=bool(p.note))

    def _name(self, p: Picture) -> None:
        """Axes, legend and tool tips of another coordinate or another law."""
        x, v = names_of(p.i, self._sim.frame.d)
        self.figure.xaxis.axis_label, self.figure.yaxis.axis_label = x, v
        self.hover.update(tooltips=agents.tooltips(self._kind, [(x, "@x"), (v, "@v")]),
                          formatters=agents.hover_formatters(self._kind))  # fmt: skip
        items = agents.legend_items(self.figure, self._kind, self._colours) if p.image is None else []
        if p.law is not None:
            label = f"{p.law.title} ({p.law.reference})"
            items.append(LegendItem(label=label, renderers=[self.spread, self.centre]))
        if len(p.bests):
            items.append(LegendItem(label="personal best, at v = 0", renderers=[self.memories]))
        self.legend.items = items
        self.centre.visible = self.spread.visible = p.law is not None

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme."""
        self._colours: Theme = theme(dark)
        self._dress()


def _band(law: VelocityLaw | None, frame: Frame, i: int, left: float, right: float) -> dict[str, np.ndarray]:
    """The columns of a source for the law over coordinate ``i`` of the view."""
    if law is None:
        return {name: np.zeros(0, "f4") for name in ("x", "low", "centre", "high")}
    return {name: finite_f4(y) for name, y in band_of(law, frame, i, left, right).items()}
