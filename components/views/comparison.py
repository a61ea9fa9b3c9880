"""Two to four swarms over the steps, painted with Bokeh: one observable of each, and the difference of two of them.

All are drawn alike, in the colours of the frames of their arenas, and where they lie on each other they take turns: four curves are read
well enough, and it is the others that the marked one is compared with. The difference is that of the marked one and one other, the earlier
letter less the later, so that its sign stays when the other one is marked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import panel as pn

from components.palette import Theme, theme
from components.views.base import View
from components.views.buttons import ButtonRow
from components.views.curves.curve_plot import CurvePlot
from swarmviz import Frame, Simulation
from swarmviz.drawing.comparison import (
    NAMES,
    ComparisonPicture,
    at_common_steps,
    common,
    comparison_picture,
    difference_name,
)
from swarmviz.drawing.tables import Table, curves_table, steps_told

LOG = ["log", "log", "Logarithmic axis for all swarms"]
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
    """The view of the records of two to four swarms; see :class:`components.views.base.View`.

    Parameters
    ----------
    runs : function () → sequence of Simulation
        The swarms that are shown; the view fits when there are at least two.
    """

    label = "A and B"
    picture = "comparison"
    every = 3

    def __init__(self, runs: Callable[[], Sequence[Simulation]], dark: bool = False, **wiring: Any):
        super().__init__(runs=runs, **wiring)
        self._plots = [CurvePlot(colours) for colours in _colours(dark)]
        together = self._plots[0]
        self._buttons = buttons = ButtonRow(lambda what: self._pressed(), together.toggle, switches=[LOG])
        together.on_lines = lambda: buttons.param.update(lines=[list(line) for line in together.lines])
        self._choice, self._pair, self._marked = ("", False), (0, 1), 0
        self._others = ButtonRow(lambda what: self._chose_other(), label="whose difference is drawn", visible=False)
        for plot in self._plots:
            plot.figure.update(min_width=60, min_height=60)
            plot.figure.xaxis.ticker.desired_num_ticks = 4
        panes = [pn.pane.Bokeh(p.figure, sizing_mode="stretch_both", min_height=60, margin=0) for p in self._plots]
        plots = pn.Column(*panes, sizing_mode="stretch_both", margin=0, stylesheets=[BESIDE])
        reasons = pn.pane.Bokeh(self._plots[0].reasons, sizing_mode="stretch_width", margin=0)
        self._pane = pn.Column(
            self._buttons, self._others, plots, reasons, sizing_mode="stretch_both", margin=0, stylesheets=[SIZED]
        )

    @property
    def pane(self) -> pn.viewable.Viewable:
        """What is put on the page."""
        return self._pane

    @classmethod
    def option_names(cls) -> frozenset[str]:
        """What is compared, and the difference of which two is drawn."""
        return frozenset({"compared", "difference"})

    @property
    def defaults(self) -> dict[str, Any]:  # type: ignore[override]  # it depends on what all swarms record
        """What is compared as long as nothing else is chosen."""
        if len(self._runs()) < 2:
            return {}
        first = common(self._runs())[0]
        return {"compared": [first.name, first.log], "difference": [0, 1]}

    @property
    def difference(self) -> list[int]:
        """The places of the two whose difference is drawn, the earlier first."""
        return list(self._pair) if self._pair[1] < len(self._runs()) else [0, 1]

    @difference.setter
    def difference(self, value: Any) -> None:
        count = len(self._runs())
        whole = isinstance(value, list) and all(type(place) is int for place in value)
        if not whole or len(value) != 2 or not 0 <= value[0] < value[1] < count:
            raise ValueError(f"difference = {str(value)[:80]}: must be two places from 0 to {count - 1}, in order")
        self._pair = value[0], value[1]
        self._chose()

    @property
    def compared(self) -> list:
        """The observable that is drawn of all, and whether its axis is logarithmic."""
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
        """All swarms; the difference of two."""
        return self._plots

    @classmethod
    def label_of(cls, panes: int) -> str:
        """Its label names the swarms."""
        return cls.label if panes < 3 else f"A to {NAMES[panes - 1]}"

    @staticmethod
    def fits(frame: Frame, panes: int = 1) -> bool:
        """Whether there are swarms to compare."""
        return panes > 1

    def export_options(self, frame: Frame) -> dict[str, Any]:
        """The difference that is seen, where it is not A − B."""
        return {} if self.difference == [0, 1] else {"pair": self.difference}

    def attach(self, run: Simulation) -> None:
        """Other swarms, or another one is marked; the chosen observable is kept where all record it."""
        self._sim = run
        runs = self._runs()
        if len(runs) < 2:
            return
        self._mark(next((place for place, one in enumerate(runs) if one is run), 0))
        shared = common(runs)
        self._buttons.choices = [[o.name, o.symbol, o.meaning] for o in shared]
        if self._choice[0] not in [o.name for o in shared]:
            self._choose(shared[0].name, shared[0].log)
        self._show_pair()
        for plot in self._plots:
            plot.forget()
        self.paint(self.prepare(run.frame, run))

    def _choose(self, name: str, log: bool) -> None:
        self._choice = name, log
        self._buttons.param.update(value=name, active=["log"] if log else [])

    def _pressed(self) -> None:
        self._choice = self._buttons.value, "log" in self._buttons.active
        self._chose()

    def _mark(self, place: int) -> None:
        """Another one is marked: the difference is its own."""
        pair = self.difference
        if place != self._marked and place not in pair:
            pair = sorted((place, pair[0]))
        self._marked, self._pair = place, (pair[0], pair[1])

    def _chose_other(self) -> None:
        first, second = sorted((self._marked, int(self._others.value)))
        self._pair = first, second
        self._chose()

    def _show_pair(self) -> None:
        """The choice of the other one, where there is any."""
        count, (first, second) = len(self._runs()), self.difference
        others = [place for place in range(count) if place != self._marked]
        pairs = [(min(place, self._marked), max(place, self._marked)) for place in others]
        choices = [
            [str(place), text := difference_name(pair), f"Draw {text}"]
            for place, pair in zip(others, pairs, strict=True)
        ]
        other = second if first == self._marked else first
        self._others.param.update(choices=choices, value=str(other), visible=count > 2)

    def _chose(self) -> None:
        self._show_pair()
        for plot in self._plots:
            plot.forget()
        self.refresh()

    def prepare(self, frame: Frame, run: Simulation) -> ComparisonPicture | None:
        """The curves; safe on a worker thread."""
        runs, (name, log) = self._runs(), self._choice
        chosen = [o for o in common(runs) if o.name == name]
        if len(runs) < 2 or not chosen:
            return None
        first, second = self.difference
        return comparison_picture(runs, chosen[0], log, (first, second))

    def tables(self, frame: Frame, run: Simulation) -> list[Table]:
        """All swarms, and the difference of two."""
        runs, (name, log) = self._runs(), self._choice
        chosen = [o for o in common(runs) if o.name == name]
        if len(runs) < 2 or not chosen:
            return []
        at, total = steps_told(*at_common_steps(runs, name))
        first, second = self.difference
        drawn = comparison_picture(runs, chosen[0], log, (first, second), at)
        hidden = self._plots[0].hidden
        return [curves_table(drawn.together, total, hidden), curves_table(drawn.difference, total)]

    def paint(self, payload: ComparisonPicture | None) -> None:
        """Write a picture to the sources; one that was prepared for another choice is left out."""
        if payload is not None and self._is_chosen(payload):
            for plot, drawn in zip(self._plots, payload, strict=True):
                plot.paint(drawn)

    def _is_chosen(self, payload: ComparisonPicture) -> bool:
        together, (of_two,) = payload.together, payload.difference.curves
        first, second = self.difference
        return (together.group, together.log) == self._choice and of_two.label == difference_name((first, second))

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme."""
        for plot, colours in zip(self._plots, _colours(dark), strict=True):
            plot.apply_theme(colours)


def _colours(dark: bool) -> tuple[Theme, Theme]:
    """Of the swarms, and of the difference of two: it has the colour of none."""
    colours = theme(dark)
    return colours, colours._replace(curves=(colours.ink,))
