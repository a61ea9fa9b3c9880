"""The phase space of a swarm with velocities, painted with Bokeh: one coordinate of every agent, its velocity over it, and their law."""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar, NamedTuple

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, HoverTool, LegendItem, LinearColorMapper

from components.palette import BEST, FOCUS, MINIMISER, Theme, density_palette, theme
from components.views.arena import agents
from components.views.base import View
from components.views.buttons import ButtonRow
from components.views.figures import (
    MOVING,
    apply_text_theme,
    apply_theme,
    describe,
    finite_f4,
    flat_legend,
    move_range,
    name_in_legend,
    new_figure,
    note,
    placed,
    source,
    text_below,
)
from swarmviz import Frame, Simulation
from swarmviz.drawing.agents import CELLS, points_of
from swarmviz.drawing.axes import steps_around
from swarmviz.drawing.claims import FAINT, opacity
from swarmviz.drawing.coordinates import names_of
from swarmviz.drawing.law import LAW_NAME, PLANE_ALPHA, DrawnLaw, PlaneLaw, has_phase_law
from swarmviz.drawing.law_beside import PHASE
from swarmviz.drawing.phase_space import PhasePicture, VelocityBand, phase_picture, speed_reach
from swarmviz.drawing.style import MANY
from swarmviz.drawing.tables import Column, Table, agents_table
from swarmviz.drawing.zoom import Zoom, distances

CHOICES = 5  # coordinates that can be chosen
BAND_ALPHA = 0.16  # opacity of the band of velocities
LAW = ["law", "law", "The law f(t, x, v) of infinitely many agents, with the Δt of this run"]


class Prepared(NamedTuple):
    """What is painted: the picture, and the columns of the agents' source."""

    picture: PhasePicture
    points: dict[str, np.ndarray]
    law: DrawnLaw | None = None
    phase: PlaneLaw | None = None


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
    phase_law : bool
        Whether the law f(t, x, v) of infinitely many agents is drawn behind the agents, which there is for d = 1.
    """

    label = "Phase space"
    picture = "phase"
    every = 2
    defaults: ClassVar = {"coordinate": 0, "phase_law": False}

    def __init__(self, dark: bool = False, **wiring: Any):
        super().__init__(**wiring)
        self._colours, self._i, self._phase_law = theme(dark), 0, False
        self._kind, self._named = agents.Kind(), None
        self._restart_ranges()
        self.tones, self.shades = LinearColorMapper(low=0, high=1), LinearColorMapper(low=0, high=255)
        self.law_shades = LinearColorMapper(low=0, high=255)
        self.figure = new_figure("x", "v")
        self._add_layers()
        self._buttons = ButtonRow(
            self._pressed,
            label="coordinate",
            sizing_mode=None,
            css_classes=["options"],
        )
        plot = pn.pane.Bokeh(self.figure, sizing_mode="stretch_both", min_height=140)
        self.reasons = text_below()
        reasons = pn.pane.Bokeh(self.reasons, sizing_mode="stretch_width", margin=0)
        self._pane = pn.Column(plot, reasons, sizing_mode="stretch_both", min_height=150)
        self._dress()

    def _add_layers(self) -> None:
        fig = self.figure
        self.law_cells = ColumnDataSource(placed(np.zeros((1, 1), "u1"), (0.0, 0.0), (1.0, 1.0)))
        self.law = fig.image(
            "image", "x", "y", "dw", "dh", source=self.law_cells, color_mapper=self.law_shades, level=MOVING
        )
        # an image has no mark in a legend: a bar without height lends it one
        self.law_key = fig.quad([0.0], [0.0], [0.0], [0.0], line_color=None, fill_alpha=PLANE_ALPHA)
        self.density = ColumnDataSource(placed(np.zeros((CELLS[2], CELLS[2]), "u1"), (0.0, 0.0), (1.0, 1.0)))
        self.cloud = fig.image(
            "image", "x", "y", "dw", "dh", source=self.density, color_mapper=self.shades, level=MOVING
        )
        self.band = source(x=None, low=None, centre=None, high=None)
        self.spread = fig.varea("x", "low", "high", source=self.band, fill_alpha=BAND_ALPHA, level=MOVING)
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
        self.hover = HoverTool(renderers=[self.dots], limit=agents.MAX_HOVERED)
        fig.add_tools(self.hover)

    def _dress(self) -> None:
        colours = self._colours
        apply_theme(self.figure, colours)
        agents.apply_theme(self.figure, self.dots, self.tones, self._kind, colours)
        self.shades.palette = density_palette(colours)
        self.law_key.glyph.fill_color = colours.target
        self.law_shades.palette = [f"{colours.target}{round(PLANE_ALPHA * shade):02x}" for shade in range(256)]
        apply_text_theme(self.reasons, colours)
        self.spread.glyph.fill_color = self.centre.glyph.line_color = colours.target
        self.memories.glyph.line_color = self.best.glyph.line_color = colours.ink
        self.stars.glyph.update(fill_color=colours.minimiser, line_color=colours.ink)
        self.focus.glyph.update(fill_color=colours.focus, line_color=colours.halo)

    # ---- the view ------------------------------------------------------------------------------------------------------

    @staticmethod
    def fits(frame: Frame, panes: int = 1) -> bool:
        """Whether the agents of a frame have velocities."""
        return frame.v is not None

    def export_options(self, frame: Frame) -> dict[str, Any]:
        """The coordinate and the law that are drawn."""
        return {"coordinates": [min(self.coordinate, frame.d - 1)]} | ({"law": True} if self.law_parts else {})

    @property
    def pane(self) -> pn.viewable.Viewable:
        """What is put on the page."""
        return self._pane

    @property
    def options(self) -> pn.viewable.Viewable:
        """The buttons that choose the coordinate."""
        return self._buttons

    @property
    def coordinate(self) -> int:
        """Which coordinate is drawn, from 0."""
        return self._i

    @coordinate.setter
    def coordinate(self, i: int) -> None:
        count = len(self._buttons.choices) or CHOICES  # it is not attached yet: the run limits it then
        if isinstance(i, bool) or not isinstance(i, int) or not 0 <= i < count:
            raise ValueError(f"coordinate = {i!r}: must be from 0 to {count - 1}")
        self._choose(i)

    @property
    def phase_law(self) -> bool:
        """Whether the law of positions and velocities is drawn."""
        return self._phase_law

    @phase_law.setter
    def phase_law(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise ValueError(f"phase_law = {value!r}: must be true or false")
        self._phase_law = value
        self._show_switches()
        self.refresh()

    @property
    def _has_law(self) -> bool:
        """Whether the run has a law of positions and velocities."""
        return self._sim is not None and self._sim.initial_swarm.d == 1 and has_phase_law(self._sim.dynamics)

    @property
    def law_parts(self) -> frozenset[str]:
        """The phase space of the law, where it is chosen and there is one."""
        return frozenset({PHASE}) if self._phase_law and self._has_law else frozenset()

    def _show_switches(self) -> None:
        self._buttons.param.update(switches=[LAW] if self._has_law else [], active=["law"] if self._phase_law else [])

    def _pressed(self, what: str) -> None:
        """Another coordinate, or the switch of the law."""
        if what == "value":
            self._choose(int(self._buttons.value))
        else:
            self.phase_law = "law" in self._buttons.active

    def _choose(self, i: int) -> None:
        self._i, self._buttons.value = i, str(i)
        self._restart_ranges()
        self.refresh()

    def _restart_ranges(self) -> None:
        """Ranges start anew."""
        self._zoom, self._v_now = Zoom(), None

    def attach(self, run: Simulation) -> None:
        """Another dynamics, landscape or swarm; the coordinate is kept where it exists.

        Raises
        ------
        ValueError
            When the agents have no velocities.
        """
        frame = run.frame
        if not self.fits(frame):
            raise ValueError(f"dynamics = {run.dynamics!r}: a phase space needs velocities")
        self._sim, self._named = run, None
        self._i = min(self._i, min(frame.d, CHOICES) - 1)
        pairs = [", ".join(names_of(i, frame.d)) for i in range(min(frame.d, CHOICES))]
        self._buttons.param.update(choices=[[str(i), pair, ""] for i, pair in enumerate(pairs)], value=str(self._i))
        self._show_switches()
        self._kind = agents.kind_of(frame)
        self._restart_ranges()
        self._dress()
        self.hover.renderers = [self.dots] if frame.n <= MANY else []
        self.cloud.visible = frame.n > MANY
        self.paint(self.prepare(frame, run))

    def prepare(self, frame: Frame, run: Simulation) -> Prepared:
        """Positions and velocities in one coordinate, and the law of velocities; safe on a worker thread."""
        assert frame.v is not None
        i, zoom = self._i, self._zoom
        low, high = (float(side[i]) for side in run.landscape.limits(frame.d))
        zoom.step(distances(frame.x[:, i], low, high))
        left, right = zoom.around(low, high)
        self._v_now = speed_range(frame.v[:, i], right - left, self._v_now)
        drawn = phase_picture(frame, run, i, (left, right), self._v_now)
        law, phase = None, None
        if self._law is not None and self.law_parts:
            law, phase = self._law.law(run), self._law.plane(run, PHASE, drawn.x_ends, drawn.v_ends)
        if drawn.image is not None:
            return Prepared(drawn, {name: np.zeros(0, "f4") for name in self.points_columns(frame)}, law, phase)
        points = {"x": finite_f4(drawn.x), "v": finite_f4(drawn.v)}
        return Prepared(drawn, points | agents.columns_of(points_of(frame, frame.x), frame), law, phase)

    def tables(self, frame: Frame, run: Simulation) -> list[Table]:
        """Position and velocity of each agent in the coordinate that is seen."""
        assert frame.v is not None
        i = self._i
        x, v = names_of(i, frame.d)
        columns = [Column(x, frame.x[:, i]), Column(v, frame.v[:, i])]
        if frame.memory is not None:
            columns.append(Column("personal best", frame.memory[:, i], f"{x} of the agent's personal best"))
        return [agents_table(f"Phase space: {x} and {v}", columns, frame)]

    @staticmethod
    def points_columns(frame: Frame) -> list[str]:
        """The columns of the points' source."""
        return ["x", "v", "size", "tone", "energy", *(n for n in ("mass", "weight") if getattr(frame, n) is not None)]

    def paint(self, payload: Prepared) -> None:
        """Write a picture to the sources; one that was prepared for another coordinate is left out."""
        p = payload.picture
        if p.i != self._i:
            return
        law = payload.law
        told = law and (payload.phase is not None, law.sentence)
        named = p.i, p.law and (p.law.title, p.law.applies), len(p.goals) > 0, len(p.bests) > 0, told
        if named != self._named:
            self._named = named
            self._name(p, law, payload.phase is not None)
        self._paint_law(payload.phase)
        move_range(self.figure.x_range, p.x_ends)
        move_range(self.figure.y_range, p.v_ends)
        self.points.data, self.band.data = payload.points, _columns(p.band)
        best_x, best_v = p.best
        marks = {"focus": p.focus, "best_x": best_x, "best_v": best_v, "zero": 0.0}
        self.marks.data = {name: finite_f4(np.array([value])) for name, value in marks.items()}
        for target, drawn in ((self.bests, p.bests), (self.goals, p.goals)):
            if not np.array_equal(target.data["x"], x := finite_f4(drawn)):
                target.data = {"x": x, "v": np.zeros(len(x), "f4")}
        if p.image is not None:
            (left, right), (bottom, top) = p.x_ends, p.v_ends
            self.density.data = placed(p.image, (left, bottom), (right - left, top - bottom))
        note = " · ".join(filter(None, (p.note, payload.phase.note if payload.phase else "")))
        if self.note.text != note:
            self.note.update(text=note, visible=bool(note))

    def _paint_law(self, phase: PlaneLaw | None) -> None:
        """Write the law of positions and velocities to its source."""
        if phase is not None:
            (left, right), (bottom, top) = phase.x_ends, phase.y_ends
            self.law_cells.data = placed(phase.image, (left, bottom), (right - left, top - bottom))

    def _name(self, p: PhasePicture, law: DrawnLaw | None, drawn: bool) -> None:
        """Axes, legend and tool tips of another coordinate or another law."""
        assert self._sim is not None
        x, v = names_of(p.i, self._sim.initial_swarm.d)
        self.figure.xaxis.axis_label, self.figure.yaxis.axis_label = x, v
        self.hover.update(tooltips=agents.tooltips(self._kind, [(x, "@x"), (v, "@v")]),
                          formatters=agents.hover_formatters(self._kind))  # fmt: skip
        items = agents.legend_items(self.figure, self._kind, self._colours) if p.image is None else []
        if p.law is not None:
            label = f"{p.law.title} ({p.law.reference})"
            items.append(LegendItem(label=label, renderers=[self.spread, self.centre]))
            self.spread.glyph.fill_alpha = BAND_ALPHA * opacity(p.law)
            self.centre.glyph.line_alpha = opacity(p.law)
        if len(p.bests):
            items.append(LegendItem(label="personal best, at v = 0", renderers=[self.memories]))
        if drawn:
            items.append(LegendItem(label=LAW_NAME, renderers=[self.law_key]))
            self.law.glyph.global_alpha = 1.0 if law is None or law.applies else FAINT
        self.law.visible = drawn
        said = law.sentence if law is not None else ""
        self.reasons.update(text=escape(said), visible=bool(said))
        name_in_legend(self.legend, items)
        describe(self.figure, f"Phase space: the agents by {x} and {v}")
        self.centre.visible = self.spread.visible = p.law is not None

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme."""
        self._colours: Theme = theme(dark)
        self._dress()


def _columns(band: VelocityBand | None) -> dict[str, np.ndarray]:
    """The columns of a source for a law of velocities, empty without one."""
    if band is None:
        return {name: np.zeros(0, "f4") for name in VelocityBand._fields}
    return {name: finite_f4(values) for name, values in band._asdict().items()}
