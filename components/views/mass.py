"""The masses of a swarm, painted with Bokeh: the strength of the noise over mass with the agents on it, or masses over one coordinate."""

from __future__ import annotations

from html import escape
from typing import Any, NamedTuple

import numpy as np
import panel as pn
from bokeh.models import (
    ColumnDataSource,
    FixedTicker,
    HoverTool,
    LegendItem,
    LinearColorMapper,
    LinearScale,
    LogScale,
)

from components.palette import BEST, Theme, density_palette, theme
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
    placed,
    source,
    text_below,
)
from swarmviz import Frame, Simulation
from swarmviz.drawing.agents import CELLS, points_of
from swarmviz.drawing.axes import decade_ticks, decimal, even_ticks
from swarmviz.drawing.claims import opacity
from swarmviz.drawing.coordinates import names_of
from swarmviz.drawing.law import LAW_NAME, PLANE_ALPHA, DrawnLaw, PlaneLaw
from swarmviz.drawing.law_beside import MASSES
from swarmviz.drawing.mass import (
    CHOICES,
    STRENGTH,
    MassPicture,
    mass_ends,
    mass_picture,
    offered,
    split_of,
    strength_ends,
    strength_of,
)
from swarmviz.drawing.mass_law import has_mass_law
from swarmviz.drawing.style import MANY
from swarmviz.drawing.tables import Column, Table, agents_table
from swarmviz.drawing.zoom import Zoom, distances

LAW = ["law", "law", "The law of places and masses of infinitely many agents, with the Δt of this run"]
MARKS = "cutoff", "share"  # masses that are marked, each by a line across the axis of masses


class Prepared(NamedTuple):
    """What is painted: the picture, the ends of the axis of masses, and the columns of the agents' source."""

    picture: MassPicture
    m_ends: tuple[float, float]
    points: dict[str, np.ndarray]
    law: DrawnLaw | None = None
    plane: PlaneLaw | None = None


class Mass(View):
    """The view of masses; see :class:`components.views.base.View`.

    Attributes
    ----------
    mass_over : {"strength"} or int
        What the masses are drawn over: the strength of the noise, or a coordinate, from 0.
    mass_law : bool
        Whether the law of places and masses is drawn behind the agents over a coordinate, which SSA has for d = 1.
    """

    label = "Mass"
    picture = "mass"
    every = 2

    def __init__(self, dark: bool = False, **wiring: Any):
        super().__init__(**wiring)
        self._colours, self._kind, self._named = theme(dark), agents.Kind(), None
        self._over: str | int = STRENGTH
        self._wanted: str | int = STRENGTH  # what was chosen, which a run may not have
        self._offered: list[tuple[str | int, str]] = []
        self._mass_law = False
        self._restart_ranges()
        self.tones, self.shades = LinearColorMapper(low=0, high=1), LinearColorMapper(low=0, high=255)
        self.law_shades = LinearColorMapper(low=0, high=255)
        self.figure = new_figure("m", "σ(m)")
        self._add_layers()
        self._add_tickers()
        self._buttons = ButtonRow(
            self._pressed,
            label="masses over",
            sizing_mode=None,
            css_classes=["options"],
        )
        self.note = text_below()
        self._pane = pn.Column(
            pn.pane.Bokeh(self.figure, sizing_mode="stretch_both", min_height=140),
            pn.pane.Bokeh(self.note, sizing_mode="stretch_width", margin=0),
            sizing_mode="stretch_both",
            min_height=150,
        )
        self._dress()

    def _add_layers(self) -> None:
        fig = self.figure
        self.law_cells = ColumnDataSource(placed(np.zeros((1, 1), "u1"), (1.0, 1.0), (1.0, 1.0)))
        self.law = fig.image(
            "image", "x", "y", "dw", "dh", source=self.law_cells, color_mapper=self.law_shades, level=MOVING
        )
        # an image has no mark in a legend: a bar without height lends it one
        self.law_key = fig.quad([1.0], [1.0], [1.0], [1.0], line_color=None, fill_alpha=PLANE_ALPHA)
        self.density = ColumnDataSource(placed(np.zeros((CELLS[2], CELLS[2]), "u1"), (1.0, 1.0), (1.0, 1.0)))
        self.cloud = fig.image(
            "image", "x", "y", "dw", "dh", source=self.density, color_mapper=self.shades, level=MOVING
        )
        self.goals = source(x=None)
        self.minima = fig.vspan("x", source=self.goals, line_width=1.4, level=MOVING)
        self.masses = {name: source(at=None) for name in MARKS}
        self.across = {  # of the axis of masses: x under the noise, y over a coordinate
            name: (
                fig.vspan("at", source=self.masses[name], line_dash=dash, line_width=width, level=MOVING),
                fig.hspan("at", source=self.masses[name], line_dash=dash, line_width=width, level=MOVING),
            )
            for name, dash, width in zip(MARKS, ("dashed", "dotted"), (1.8, 1.4), strict=True)
        }
        self.strengths = source(m=None, strength=None)
        self.curve = fig.line("m", "strength", source=self.strengths, line_width=2, level=MOVING)
        self.points, self.dots = agents.add_agents(fig, "x", "y", self.tones)
        self.lowest = source(x=None, y=None)
        self.best = fig.scatter(
            "x", "y", source=self.lowest, marker=BEST, size=17, fill_color=None, line_width=2, level=MOVING
        )
        self.legend = flat_legend(fig, rows=1)
        self.hover = HoverTool(renderers=[self.dots], limit=agents.MAX_HOVERED)
        fig.add_tools(self.hover)

    def _add_tickers(self) -> None:
        """Tickers of both axes that are never replaced: a new one would cost a search through the whole document."""
        fig = self.figure
        self.tickers = FixedTicker(ticks=[]), FixedTicker(ticks=[])
        for axis, grid, ticker in zip((fig.xaxis, fig.yaxis), (fig.xgrid, fig.ygrid), self.tickers, strict=True):
            axis.ticker = grid.ticker = ticker

    def _dress(self) -> None:
        colours = self._colours
        apply_theme(self.figure, colours)
        agents.apply_theme(self.figure, self.dots, self.tones, self._kind, colours)
        self.shades.palette = density_palette(colours)
        self.law_key.glyph.fill_color = colours.target
        self.law_shades.palette = [f"{colours.target}{round(PLANE_ALPHA * shade):02x}" for shade in range(256)]
        self.curve.glyph.line_color = colours.curves[0]
        self.best.glyph.line_color = colours.ink
        self.minima.glyph.line_color = colours.curves[2]
        for name, colour in zip(MARKS, (colours.target, colours.soft), strict=True):
            for span in self.across[name]:
                span.glyph.line_color = colour
        apply_text_theme(self.note, colours)

    # ---- the view ------------------------------------------------------------------------------------------------------

    @staticmethod
    def fits(frame: Frame, panes: int = 1) -> bool:
        """Whether the agents of a frame have masses."""
        return frame.mass is not None

    def export_options(self, frame: Frame) -> dict[str, Any]:
        """The coordinate of the masses and the law that is seen; without a coordinate, the picture takes the noise, if there is some."""
        law = {"law": True} if self.law_parts else {}
        return {"over": self._over, **law} if isinstance(self._over, int) and self._over < frame.d else {}

    @property
    def pane(self) -> pn.viewable.Viewable:
        """What is put on the page."""
        return self._pane

    @property
    def options(self) -> pn.viewable.Viewable:
        """The buttons that choose what the masses are drawn over."""
        return self._buttons

    @classmethod
    def option_names(cls) -> frozenset[str]:
        """What the masses are drawn over, and whether their law is."""
        return frozenset({"mass_over", "mass_law"})

    @property
    def defaults(self) -> dict[str, Any]:  # type: ignore[override]  # it depends on whether there is noise over mass
        """The first of what is offered, without the law."""
        return {"mass_over": self._offered[0][0] if self._offered else STRENGTH, "mass_law": False}

    @property
    def mass_over(self) -> str | int:
        """What the masses are drawn over."""
        return self._over

    @mass_over.setter
    def mass_over(self, over: str | int) -> None:
        known = [name for name, _ in self._offered] or [
            STRENGTH,
            *range(CHOICES),
        ]  # not attached yet: the run limits it then
        if isinstance(over, bool) or not isinstance(over, str | int) or over not in known:
            raise ValueError(f"mass_over = {over!r}: must be one of {', '.join(map(str, known))}")
        self._choose(over)

    @property
    def mass_law(self) -> bool:
        """Whether the law of places and masses is drawn, where there is one."""
        return self._mass_law

    @mass_law.setter
    def mass_law(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise ValueError(f"mass_law = {value!r}: must be true or false")
        self._mass_law = value
        self._show_switches()
        self.refresh()

    @property
    def _has_law(self) -> bool:
        """Whether the run has a law of what is chosen."""
        run = self._sim
        return self._over != STRENGTH and run is not None and run.initial_swarm.d == 1 and has_mass_law(run.dynamics)

    @property
    def law_parts(self) -> frozenset[str]:
        """The law of places and masses, where it is chosen and there is one."""
        return frozenset({MASSES}) if self._mass_law and self._has_law else frozenset()

    def _show_switches(self) -> None:
        self._buttons.param.update(switches=[LAW] if self._has_law else [], active=["law"] if self._mass_law else [])

    def _pressed(self, what: str) -> None:
        """Another choice of what masses are drawn over, or the switch of the law."""
        if what == "value":
            self._choose(_plain(self._buttons.value))
        else:
            self.mass_law = "law" in self._buttons.active

    def _choose(self, over: str | int) -> None:
        self._over = self._wanted = over
        self._buttons.value = str(over)
        self._show_switches()
        self._restart_ranges()
        self.refresh()

    def _restart_ranges(self) -> None:
        """Ranges start anew."""
        self._zoom, self._m_now, self._strength_now = Zoom(), None, None

    def attach(self, run: Simulation) -> None:
        """Another dynamics, landscape or swarm; the choice is kept where it exists, and comes back where it exists again.

        Raises
        ------
        ValueError
            When the agents have no masses.
        """
        frame = run.frame
        if not self.fits(frame):
            raise ValueError(f"dynamics = {run.dynamics!r}: its agents have no masses")
        self._sim, self._named, self._offered = run, None, offered(frame, run)
        names = [name for name, _ in self._offered]
        self._over = self._wanted if self._wanted in names else names[0]
        tips = {STRENGTH: "The strength of the noise as a function of mass, with the agents on it"}
        choices = [[str(name), label, tips.get(name, "Masses over a coordinate")] for name, label in self._offered]
        self._buttons.param.update(choices=choices, value=str(self._over))
        self._show_switches()
        self._kind = agents.kind_of(frame)
        self._restart_ranges()
        self._dress()
        self.hover.renderers = [self.dots] if frame.n <= MANY else []
        self.cloud.visible = frame.n > MANY
        self.paint(self.prepare(frame, run))

    def prepare(self, frame: Frame, run: Simulation) -> Prepared:
        """Masses over what is chosen; safe on a worker thread."""
        over = self._over
        self._m_now = m_ends = mass_ends(frame, run.dynamics.noise_cutoff, self._m_now)
        if over == STRENGTH:
            self._strength_now = ends = strength_ends(run, frame.t, self._strength_now)
        else:
            low, high = (float(side[int(over)]) for side in run.landscape.limits(frame.d))
            self._zoom.step(distances(frame.x[:, int(over)], low, high))
            ends = self._zoom.around(low, high)
        drawn, law, plane = mass_picture(frame, run, over, m_ends, ends), None, None
        if self._law is not None and self.law_parts:
            law, plane = self._law.law(run), self._law.plane(run, MASSES, drawn.x_ends, m_ends)
        if drawn.image is not None:
            return Prepared(drawn, m_ends, {name: np.zeros(0, "f4") for name in self.points.data}, law, plane)
        columns = agents.columns_of(points_of(frame, frame.x), frame)
        return Prepared(drawn, m_ends, {"x": finite_f4(drawn.x), "y": finite_f4(drawn.y)} | columns, law, plane)

    def tables(self, frame: Frame, run: Simulation) -> list[Table]:
        """Mass of each agent, and its noise or the coordinate over which masses are seen."""
        assert frame.mass is not None
        columns, cutoff = [Column("m", frame.mass, "Mass")], run.dynamics.noise_cutoff
        if self._over == STRENGTH:
            columns.append(Column("σ(m)", strength_of(run, frame.mass, frame.t), "Strength of the noise"))
        else:
            columns.append(Column(names_of(int(self._over), frame.d)[0], frame.x[:, int(self._over)]))
        split = "" if cutoff is None else split_of(frame.mass, cutoff).text
        return [agents_table("Masses", columns, frame, split)]

    def paint(self, payload: Prepared) -> None:
        """Write a picture to the sources; one that was prepared for another choice is left out."""
        p = payload.picture
        if p.over != self._over:
            return
        law, plane = payload.law, payload.plane
        drawn = law if plane is not None and plane.image.size else None
        named = p.over, p.cutoff, len(p.goals) > 0, drawn and drawn.applies
        if named != self._named:
            self._named = named
            self._name(p, drawn)
        self._move_axes(p, payload.m_ends)
        if drawn is not None and plane is not None:
            (left, right), (bottom, top) = plane.x_ends, plane.y_ends
            self.law_cells.data = placed(plane.image, (left, bottom), (right - left, top - bottom))
        self.points.data = payload.points
        self.strengths.data = {"m": finite_f4(p.curve[0]), "strength": finite_f4(p.curve[1])}
        self.lowest.data = {"x": finite_f4(p.best[:1]), "y": finite_f4(p.best[1:])}
        for target, column, value in (
            (self.goals, "x", p.goals),
            (self.masses["cutoff"], "at", [] if p.cutoff is None else [p.cutoff]),
            (self.masses["share"], "at", [p.share]),
        ):
            if not np.array_equal(target.data[column], drawn := finite_f4(np.array(value))):
                target.data = {column: drawn}
        if p.image is not None:
            (left, right), (bottom, top) = p.x_ends, p.y_ends
            self.density.data = placed(p.image, (left, bottom), (right - left, top - bottom))
        text = escape(" · ".join(filter(None, (p.note, plane and plane.note, law and law.sentence))))
        if self.note.text != text:
            self.note.update(text=text, visible=bool(text))

    def _move_axes(self, p: MassPicture, m_ends: tuple[float, float]) -> None:
        """Ranges and ticks, where a step is due."""
        fig, on_x = self.figure, p.over == STRENGTH
        pairs = ((fig.x_range, p.x_ends, fig.xaxis), (fig.y_range, p.y_ends, fig.yaxis))
        for place, (moved, ends, axis) in enumerate(pairs):
            if (moved.start, moved.end) == ends:
                continue
            of_mass = (place == 0) == on_x
            ticks = decade_ticks(*m_ends) if of_mass else even_ticks(*ends)
            axis.major_label_overrides = {tick: decimal(tick) for tick in ticks} if of_mass else {}
            self.tickers[place].ticks = ticks
            move_range(moved, ends)

    def _name(self, p: MassPicture, law: DrawnLaw | None) -> None:
        """Axes, scales, legend and tool tips of another choice, another cutoff or another law."""
        fig, on_x = self.figure, p.over == STRENGTH
        if isinstance(fig.x_scale, LogScale) != on_x or isinstance(fig.y_scale, LogScale) == on_x:
            move_range(fig.x_range, (0.5, 1.0))  # which both scales know
            move_range(fig.y_range, (0.5, 1.0))
            fig.update(x_scale=LogScale() if on_x else LinearScale(), y_scale=LinearScale() if on_x else LogScale())
        fig.xaxis.axis_label, fig.yaxis.axis_label = p.x_label, p.y_label
        self.hover.update(tooltips=agents.tooltips(self._kind, [(p.y_label, "@y")] if on_x else [(p.x_label, "@x")]),
                          formatters=agents.hover_formatters(self._kind))  # fmt: skip
        items = agents.legend_items(fig, self._kind, self._colours) if p.image is None else []
        if on_x:
            items.append(LegendItem(label="σ(m)", renderers=[self.curve]))
        if p.cutoff is not None:
            label = f"cutoff {decimal(p.cutoff, 4)}"
            items.append(LegendItem(label=label, renderers=[self.across["cutoff"][not on_x]]))
        items.append(LegendItem(label="1/N", renderers=[self.across["share"][not on_x]]))
        if len(p.goals):
            items.append(LegendItem(label="known minimum", renderers=[self.minima]))
        if law is not None:
            items.append(LegendItem(label=LAW_NAME, renderers=[self.law_key]))
            self.law.glyph.global_alpha = opacity(law)
        self.law.visible = law is not None
        name_in_legend(self.legend, items)
        describe(self.figure, "Masses of the agents")
        for name in MARKS:
            for span, seen in zip(self.across[name], (on_x, not on_x), strict=True):
                span.visible = seen

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme."""
        self._colours: Theme = theme(dark)
        self._dress()


def _plain(name: str) -> str | int:
    """What a button is called, as an option: a coordinate is a number."""
    return int(name) if name.isdecimal() else name
