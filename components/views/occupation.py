"""How far the occupation of a finite set is from its target law, state by state, and whether chance alone explains it."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import HoverTool, LegendItem, NumeralTickFormatter

from components.palette import Theme, theme
from components.views.base import View
from components.views.figures import (
    MOVING,
    apply_text_theme,
    apply_theme,
    describe,
    flat_legend,
    move_range,
    name_in_legend,
    new_figure,
    source,
    text_below,
)
from swarmviz import Frame, Simulation
from swarmviz.drawing.finite_set import Laws, even_above
from swarmviz.drawing.occupation import ERRORS, OccupationPicture, occupation_picture
from swarmviz.drawing.tables import Table, occupation_table
from swarmviz.theory.wording import number_words


class Occupation(View):
    """The view of occupation minus target law; see :class:`components.views.base.View`.

    The bars are what the agents do, the dashed line what infinitely many would do by now. The band around it, ± 2σ, is where the bars of N
    agents lie in 95 of 100 states, if many agents are on each: σ is that of the generator in use, which may be far from that of independent
    agents, to either side.
    """

    label = "Occupation"
    picture = "occupation"
    every = 3

    def __init__(self, dark: bool = False, **wiring: Any):
        super().__init__(**wiring)
        self._named: Any = None
        self._scale = 0.0
        self.figure = fig = new_figure("state", "share − target law")
        self.points = source(left=None, right=None, top=None, state=None, share=None, target=None, law=None)
        self.band, self.line = source(x=None, low=None, high=None), source(x=None, y=None)
        self._chance = fig.varea("x", "low", "high", source=self.band, fill_alpha=0.25, level=MOVING)
        self._bars = fig.quad("left", "right", "top", 0, source=self.points, line_width=0.5, level=MOVING)
        self._law = fig.line("x", "y", source=self.line, line_width=1.8, line_dash="dashed", level=MOVING)
        self._zero = fig.hspan(y=0, line_width=2, line_dash=[2, 2], level=MOVING)
        self.legend = flat_legend(fig)
        fig.xgrid.visible = False
        fig.yaxis.formatter = NumeralTickFormatter(format="0.[00]%")
        fig.yaxis.ticker.desired_num_ticks = 4
        tips = [
            ("state", "@state{0}"),
            ("share", "@share{0.00%}"),
            ("target law", "@target{0.00%}"),
            ("exact law", "@law{0.00%}"),
        ]
        fig.add_tools(HoverTool(renderers=[self._bars], mode="vline", attachment="horizontal", tooltips=tips))
        self.reasons = text_below()
        self._pane = pn.Column(
            pn.pane.Bokeh(fig, sizing_mode="stretch_both", min_height=140),
            pn.pane.Bokeh(self.reasons, sizing_mode="stretch_width"),
            sizing_mode="stretch_both",
            min_height=150,
        )
        self._dress(theme(dark))

    @staticmethod
    def fits(frame: Frame, panes: int = 1) -> bool:
        """Whether there are states to show."""
        return frame.occupation is not None and frame.sites is not None

    @property
    def pane(self) -> pn.viewable.Viewable:
        """What is put on the page."""
        return self._pane

    def attach(self, run: Simulation) -> None:
        """Another landscape, dynamics or swarm: nothing is shown until its first picture, which may take a second."""
        self._sim, self._named, self._scale = run, None, 0.0
        for drawn in (self.points, self.band, self.line):
            drawn.data = {name: np.zeros(0, "f4") for name in drawn.data}
        name_in_legend(self.legend, [])
        self.reasons.update(text="", visible=False)

    def prepare(self, frame: Frame, run: Simulation) -> OccupationPicture | None:
        """The picture of a frame with states; on the worker's thread, for the law and its scatter are integrated here."""
        return occupation_picture(frame, run) if self.fits(frame) else None

    def tables(self, frame: Frame, run: Simulation) -> list[Table]:
        """The bars beside their laws."""
        return [occupation_table(occupation_picture(frame, run))] if self.fits(frame) else []

    def paint(self, payload: OccupationPicture | None) -> None:
        """Write a picture to the sources, and move the axis where a step is due."""
        if payload is None:
            return
        p = payload
        ends = np.stack([p.edges[:-1], p.edges[1:]], axis=1).ravel()
        middle, wide = np.repeat(p.middle, 2), np.repeat(p.error, 2)
        self.points.data = _singles(left=p.edges[:-1], right=p.edges[1:], top=p.bars, state=p.first, share=p.share,
                                    target=p.target, law=p.law)  # fmt: skip
        self.band.data = _singles(x=ends, low=middle - wide, high=middle + wide)
        self.line.data = _singles(x=ends, y=middle)
        if not p.most <= self._scale <= 3 * p.most:
            self._scale = even_above(p.most)
        move_range(self.figure.x_range, (float(p.edges[0]), float(p.edges[-1])))
        move_range(self.figure.y_range, (-self._scale, self._scale))
        if (p.laws.titles, p.laws.reasons, p.banded) != self._named:
            self._named = p.laws.titles, p.laws.reasons, p.banded
            self._name(p.laws, p.banded)

    def _name(self, laws: Laws, banded: bool) -> None:
        """The legend, and in words why a law does not apply."""
        target, law = laws.titles
        items = [("agents", self._bars), (target, self._zero), (law, self._law if law else None)]
        items.append((f"± {number_words(ERRORS)}σ" if banded else "", self._chance))
        self._law.visible, self._chance.visible = bool(law), banded
        name_in_legend(self.legend, [LegendItem(label=label, renderers=[drawn]) for label, drawn in items if label])
        describe(self.figure, "Occupation: the share of agents on each state minus the target law")
        text = "<br>".join(escape(reason) for reason in laws.reasons)
        self.reasons.update(text=text, visible=bool(text))

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme."""
        self._dress(theme(dark))

    def _dress(self, colours: Theme) -> None:
        apply_theme(self.figure, colours)
        self._bars.glyph.update(fill_color=colours.bars, line_color=colours.paper)
        self._law.glyph.line_color, self._zero.glyph.line_color = colours.ink, colours.target
        self._chance.glyph.fill_color = colours.soft
        apply_text_theme(self.reasons, colours)


def _singles(**columns: np.ndarray) -> dict[str, np.ndarray]:
    """The columns of a source, as float32."""
    return {name: np.asarray(column, "f4") for name, column in columns.items()}
