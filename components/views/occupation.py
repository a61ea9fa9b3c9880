"""How far the occupation of a finite set is from its target law, state by state, and whether chance alone explains it."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import Div, HoverTool, LegendItem, NumeralTickFormatter

from components.palette import FONT, SMALL_TEXT, Theme, theme
from components.views.arena.graph_picture import even_above
from components.views.base import View
from components.views.figures import MOVING, dress, flat_legend, move_range, new_figure, source
from swarmviz import Frame, Simulation
from swarmviz.drawing.finite_set import ERRORS, Laws, departure


class Occupation(View):
    """The view of occupation minus target law; see :class:`components.views.base.View`.

    The bars are what the agents do, the dashed line what infinitely many would do by now. The band around it, ± 2 √(p (1 − p)/N), is where
    the bars of N agents that know nothing of each other lie in 95 of 100 states; agents that avoid crowds scatter less in the end.
    """

    label = "Occupation"
    picture = "occupation"
    every = 3

    def __init__(self, dark: bool = False, **wiring: Any):
        super().__init__(**wiring)
        self._run, self._named = object(), None
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
        self.reasons = Div(text="", disable_math=True, sizing_mode="stretch_width", visible=False)
        self._pane = pn.Column(
            pn.pane.Bokeh(fig, sizing_mode="stretch_both", min_height=140),
            pn.pane.Bokeh(self.reasons, sizing_mode="stretch_width"),
            sizing_mode="stretch_both",
            min_height=150,
        )
        self._dress(theme(dark))

    def fits(self, frame: Frame) -> bool:
        """Whether there are states to show."""
        return frame.occupation is not None and frame.sites is not None

    @property
    def pane(self) -> pn.viewable.Viewable:
        """What is put on the page."""
        return self._pane

    def attach(self, sim: Simulation) -> None:
        """Another landscape, dynamics or swarm; without states, nothing is shown."""
        self._run, self._named, self._scale = object(), None, 0.0
        frame = sim.frame
        if self.fits(frame):
            self.paint(self.prepare(frame, sim))

    def prepare(self, frame: Frame, run: Simulation) -> Any:
        """Differences, band and names; safe on a worker thread."""
        if not self.fits(frame):
            return None
        d = departure(run, frame)
        bars = {"left": d.edges[:-1], "right": d.edges[1:], "top": d.share - d.target, "state": d.first}
        bars |= {"share": d.share, "target": d.target, "law": d.law}
        x, middle, wide = (
            np.stack([d.edges[:-1], d.edges[1:]], 1).ravel(),
            np.repeat(d.expected - d.target, 2),
            np.repeat(d.error, 2),
        )
        if not d.most <= self._scale <= 3 * d.most:
            self._scale = even_above(d.most)
        return (
            self._run,
            _singles(bars),
            _singles({"x": x, "low": middle - wide, "high": middle + wide}),
            middle,
            d.laws,
            self._scale,
        )

    def paint(self, payload: Any) -> None:
        """Write a payload to the sources."""
        if payload is None or payload[0] is not self._run:
            return
        _, bars, band, middle, laws, scale = payload
        self.points.data, self.band.data = bars, band
        self.line.data = {"x": band["x"], "y": middle.astype("f4")}
        move_range(self.figure.x_range, (float(bars["left"][0]), float(bars["right"][-1])))
        move_range(self.figure.y_range, (-scale, scale))
        if (laws.titles, laws.reasons) != self._named:
            self._named = laws.titles, laws.reasons
            self._name(laws)

    def _name(self, laws: Laws) -> None:
        """The legend, and in words why a law does not apply."""
        target, law = laws.titles
        items = [("agents", self._bars), (target, self._zero), (law, self._law if law else None)]
        items.append((f"± {ERRORS:g}σ", self._chance))
        self._law.visible = bool(law)
        self.legend.items = [LegendItem(label=label, renderers=[drawn]) for label, drawn in items if label]
        text = "<br>".join(escape(reason) for reason in laws.reasons)
        self.reasons.update(text=text, visible=bool(text))

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme."""
        self._dress(theme(dark))

    def _dress(self, colours: Theme) -> None:
        dress(self.figure, colours)
        self._bars.glyph.update(fill_color=colours.bars, line_color=colours.paper)
        self._law.glyph.line_color, self._zero.glyph.line_color = colours.ink, colours.target
        self._chance.glyph.fill_color = colours.soft
        self.reasons.styles = {"color": colours.soft, "font": f"{SMALL_TEXT} {FONT}", "padding": "0 8px 2px 8px"}


def _singles(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.asarray(column, "f4") for name, column in columns.items()}
