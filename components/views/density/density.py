"""Where the agents are: the densities of the first one or two coordinates or of their plane, and the law the swarm is said to tend to."""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar, NamedTuple

import panel as pn
from bokeh.models import ColumnDataSource, Div

from components.palette import FONT, SMALL_TEXT, theme
from components.views.base import View
from components.views.buttons import ButtonRow
from components.views.density import joint, marginal
from components.views.density.marginal import claim_of
from swarmviz import Frame, Simulation
from swarmviz.drawing.density import marginal_of, taking_part, target_marginals, whole_bins
from swarmviz.theory import target as theory_target

NAMES = "x₁", "x₂"
BINS = 10, 20, 40, 60, 100, 200  # that the menu offers
SMOOTH = ["kde", "smooth", "A smooth estimate of the density"]
PLANE = ["plane", "2D", "The plane of x₁ and x₂ instead of each of them"]


class Options(NamedTuple):
    """What a person chose; a payload that was prepared for other options is not painted."""

    bins: int
    kde: bool
    plane: bool


class Density(View):
    """The view of where agents are; see :class:`components.views.base.View`.

    Attributes
    ----------
    bins : int
        Bins over the box, from 2 to 1000.
    kde : bool
        Whether the smooth estimate is drawn.
    plane : bool
        Whether two coordinates are drawn as an image of their plane, rather than as two histograms.
    """

    label = "Density"
    picture = "density"
    every = 3
    defaults: ClassVar = {"bins": 40, "kde": True, "plane": False}

    def __init__(self, dark: bool = False, bins: int = 40, **wiring: Any):
        super().__init__(**wiring)
        self._chosen, self._run, self._shown = Options(whole_bins(bins), True, False), object(), None
        self._plots = [marginal.Plot(theme(dark)), marginal.Plot(theme(dark))]
        self._joint = joint.Plot(theme(dark))
        figures = [*(plot.figure for plot in self._plots), self._joint.figure]
        for fig in figures:
            fig.min_width = 60  # Panel adds those up, that of the one which is not seen too
        self._panes = [pn.pane.Bokeh(fig, sizing_mode="stretch_both", min_height=140) for fig in figures]
        plots = pn.Row(*self._panes, sizing_mode="stretch_both", margin=0)
        self.reasons = Div(text="", disable_math=True, sizing_mode="stretch_width", visible=False)
        reasons = pn.pane.Bokeh(self.reasons, sizing_mode="stretch_width", margin=0)
        self._pane = pn.Column(plots, reasons, sizing_mode="stretch_both", min_height=150)
        self.set_dark(dark)
        self._chips = ButtonRow(self._pressed, label="bins", sizing_mode=None, css_classes=["options"])
        self._say()

    def fits(self, frame: Frame) -> bool:
        """Whether positions are spread over a box, and not tied to the states of a finite set."""
        return frame.links is None

    def export_options(self, frame: Frame) -> dict[str, Any]:
        """Bins and smooth estimate as they are drawn."""
        return {"bins": self.bins, "smooth": self.kde}

    @property
    def pane(self) -> pn.viewable.Viewable:
        """What is put on the page."""
        return self._pane

    @property
    def options(self) -> pn.viewable.Viewable:
        """The menu of bins and the switches."""
        return self._chips

    @property
    def sources(self) -> list[ColumnDataSource]:
        """The sources of the histograms, one per drawn coordinate."""
        return [plot.bars for plot, pane in zip(self._plots, self._panes, strict=False) if pane.visible]

    @property
    def bins(self) -> int:
        """Bins over the box."""
        return self._chosen.bins

    @bins.setter
    def bins(self, value: int) -> None:
        self._choose(bins=whole_bins(value))

    @property
    def kde(self) -> bool:
        """Whether the smooth estimate is drawn."""
        return self._chosen.kde

    @kde.setter
    def kde(self, value: bool) -> None:
        self._choose(kde=_truth("kde", value))

    @property
    def plane(self) -> bool:
        """Whether the plane of two coordinates is drawn; a swarm in one dimension has none."""
        return self._chosen.plane

    @plane.setter
    def plane(self, value: bool) -> None:
        self._choose(plane=_truth("plane", value))

    def _choose(self, **changed: Any) -> None:
        self._chosen = self._chosen._replace(**changed)
        self._say()
        self.refresh()

    def _say(self) -> None:
        """Menu and switches, as the options are, and the panes that they ask for."""
        bins, kde, plane = self._chosen
        d = self._sim.frame.d if self._sim is not None else 1
        offered = [[str(b), f"{b} bins", "Bins over the box"] for b in sorted({*BINS, bins})]
        lit = [name for name, on in (("kde", kde), ("plane", plane)) if on]
        self._chips.param.update(
            choices=offered, value=str(bins), switches=[SMOOTH, PLANE] if d > 1 else [SMOOTH], lit=lit
        )
        for pane, seen in zip(self._panes, (not (plane and d > 1), d > 1 and not plane, d > 1 and plane), strict=True):
            pane.object.visible = seen  # first, because a pane of Panel's that is shown again asks its figure
            pane.visible = seen

    def _pressed(self, what: str) -> None:
        """A person chose from the menu or pressed a switch."""
        lit = self._chips.lit
        self._choose(bins=int(self._chips.value), kde="kde" in lit, plane="plane" in lit)

    def attach(self, sim: Simulation) -> None:
        """Another landscape, dynamics or swarm."""
        self._sim, self._run, self._shown = sim, object(), None
        self._say()
        for plot in self._plots:
            plot.figure.y_range.update(start=0, end=0)
        self.paint(self.prepare(sim.frame, sim))

    def prepare(self, frame: Frame, run: Simulation) -> Any:
        """Histograms, smooth estimates, image and target; safe on a worker thread."""
        token, chosen = self._run, self._chosen
        low, high = run.landscape.limits(frame.d)
        there = taking_part(frame)
        x, removed = frame.x[there], int(frame.n - there.sum())
        target = theory_target(run) if frame.d <= 2 else None
        if chosen.plane and frame.d > 1:
            drawn: Any = joint.joint(x[:, :2], low[:2], high[:2], chosen.bins, chosen.kde, target, removed)
            return token, chosen, drawn, target
        laws = target_marginals(target, low, high) if target is not None else [None, None]
        drawn = [
            marginal_of(x[:, i], float(low[i]), float(high[i]), chosen.bins, chosen.kde, laws[i], removed)
            for i in range(min(frame.d, 2))
        ]
        return token, chosen, drawn, target

    def paint(self, payload: Any) -> None:
        """Write a payload to the sources; one that was prepared for another run or other options is left out."""
        token, chosen, drawn, target = payload
        if token is not self._run or chosen != self._chosen:
            return
        plane = isinstance(drawn, joint.Joint)
        shown = plane, target and (target.title, target.applies, target.reason), chosen.kde
        if shown != self._shown:
            self._shown = shown
            failed = "" if target is None or target.applies else escape(claim_of(target))
            self.reasons.update(text=failed, visible=bool(failed))
            if plane:
                self._joint.name(target)
            else:
                for plot, label in zip(self._plots, NAMES if len(drawn) > 1 else ("x",), strict=False):
                    plot.name(label, target, chosen.kde)
        for plot, part in zip([self._joint] if plane else self._plots, [drawn] if plane else drawn, strict=False):
            plot.paint(part)

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme."""
        for plot in (*self._plots, self._joint):
            plot.dress(theme(dark))
        self.reasons.styles = {"color": theme(dark).soft, "font": f"{SMALL_TEXT} {FONT}", "padding": "0 8px 2px 8px"}


def _truth(name: str, value: Any) -> bool:
    """A switch, checked."""
    if not isinstance(value, bool):
        raise ValueError(f"{name} = {value!r}: must be true or false")
    return value
