"""Two swarms over the steps, painted with Bokeh: one observable of A and of B, and the difference of the two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import panel as pn

from components.palette import Theme, theme
from components.views.base import View
from components.views.buttons import ButtonRow
from components.views.curves.curve_plot import CurvePlot
from swarmviz import Frame, Simulation
from swarmviz.drawing.comparison import ComparisonPicture, common, comparison_picture

LOG = ["log", "log", "Logarithmic axis for A and B"]
SIZED = ":host { container-type: size; }"
# Too low for one plot above the other: beside each other; where that is too narrow for their ticks, they are scrolled.
BESIDE = """
@container (max-height: 300px) and (min-width: 440px) { :host { flex-direction: row !important; } }
@container (max-height: 300px) and (max-width: 439.9px) {
  :host { overflow-y: auto; }
  :host > * { flex: 0 0 150px !important; height: 150px !important; }
}
"""


class Comparison(View):
    """The view of two swarms' records; see :class:`components.views.base.View`.

    Parameters
    ----------
    runs : function () → sequence of Simulation
        The swarms that are shown; the view fits when there are two.
    """

    label = "A and B"
    picture = "comparison"
    every = 3

    def __init__(self, runs: Callable[[], Sequence[Simulation]], dark: bool = False, **wiring: Any):
        super().__init__(runs=runs, **wiring)
        self._plots = [CurvePlot(colours) for colours in _colours(dark)]
        both = self._plots[0]
        self._buttons = buttons = ButtonRow(lambda what: self._pressed(), both.toggle, switches=[LOG])
        both.on_lines = lambda: buttons.param.update(lines=[list(line) for line in both.lines])
        self._choice = "", False
        for plot in self._plots:
            plot.figure.update(min_width=60, min_height=60)
            plot.figure.xaxis.ticker.desired_num_ticks = 4
        panes = [pn.pane.Bokeh(p.figure, sizing_mode="stretch_both", min_height=60, margin=0) for p in self._plots]
        plots = pn.Column(*panes, sizing_mode="stretch_both", margin=0, stylesheets=[BESIDE])
        reasons = pn.pane.Bokeh(self._plots[0].reasons, sizing_mode="stretch_width", margin=0)
        self._pane = pn.Column(self._buttons, plots, reasons, sizing_mode="stretch_both", margin=0, stylesheets=[SIZED])

    @property
    def pane(self) -> pn.viewable.Viewable:
        """What is put on the page."""
        return self._pane

    @classmethod
    def option_names(cls) -> frozenset[str]:
        """One option."""
        return frozenset({"compared"})

    @property
    def defaults(self) -> dict[str, Any]:  # type: ignore[override]  # it depends on what both swarms record
        """What is compared as long as no other observable or axis is chosen."""
        if len(self._runs()) != 2:
            return {}
        first = common(self._runs())[0]
        return {"compared": [first.name, first.log]}

    @property
    def compared(self) -> list:
        """The observable that is drawn of both, and whether its axis is logarithmic."""
        known = [o.name for o in common(self._runs())]
        return list(self._choice) if self._choice[0] in known else self.defaults["compared"]

    @compared.setter
    def compared(self, value: Any) -> None:
        known = [o.name for o in common(self._runs())]
        if not isinstance(value, list) or len(value) != 2 or value[0] not in known or not isinstance(value[1], bool):
            raise ValueError(
                f"compared = {value!r}: must be one of {', '.join(known)}, and whether its axis is logarithmic"
            )
        self._choose(*value)
        self._chose()

    @property
    def plots(self) -> list[CurvePlot]:
        """A and B; A − B."""
        return self._plots

    @staticmethod
    def fits(frame: Frame, panes: int = 1) -> bool:
        """Whether there are two swarms to compare."""
        return panes == 2

    def attach(self, run: Simulation) -> None:
        """Other swarms; the chosen observable is kept where both record it."""
        self._sim = run
        if len(self._runs()) != 2:
            return
        shared = common(self._runs())
        self._buttons.choices = [[o.name, o.symbol, o.meaning] for o in shared]
        if self._choice[0] not in [o.name for o in shared]:
            self._choose(shared[0].name, shared[0].log)
        for plot in self._plots:
            plot.forget()
        self.paint(self.prepare(run.frame, run))

    def _choose(self, name: str, log: bool) -> None:
        self._choice = name, log
        self._buttons.param.update(value=name, active=["log"] if log else [])

    def _pressed(self) -> None:
        self._choice = self._buttons.value, "log" in self._buttons.active
        self._chose()

    def _chose(self) -> None:
        for plot in self._plots:
            plot.forget()
        self.refresh()

    def prepare(self, frame: Frame, run: Simulation) -> ComparisonPicture | None:
        """The curves; safe on a worker thread."""
        runs, (name, log) = self._runs(), self._choice
        chosen = [o for o in common(runs) if o.name == name]
        return comparison_picture(runs, chosen[0], log) if len(runs) == 2 and chosen else None

    def paint(self, payload: ComparisonPicture | None) -> None:
        """Write a picture to the sources; one that was prepared for another choice is left out."""
        if payload is not None and (payload.both.group, payload.both.log) == self._choice:
            for plot, drawn in zip(self._plots, payload, strict=True):
                plot.paint(drawn)

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme."""
        for plot, colours in zip(self._plots, _colours(dark), strict=True):
            plot.apply_theme(colours)


def _colours(dark: bool) -> tuple[Theme, Theme]:
    """Of A and B, and of their difference: it has the colour of neither."""
    colours = theme(dark)
    return colours, colours._replace(curves=(colours.ink,))
