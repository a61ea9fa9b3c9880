"""Where the agents are: the densities of the first one or two coordinates or of their plane, beside the target law."""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar, NamedTuple

import panel as pn
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

from components.palette import theme
from components.views.base import View
from components.views.buttons import ButtonRow
from components.views.density.joint import JointPlot, contours
from components.views.density.marginal import MarginalPlot
from components.views.figures import apply_text_theme, text_below
from swarmviz import Frame, Simulation
from swarmviz.drawing.claims import claim_of
from swarmviz.drawing.density import BINS, DensityPicture, density_picture, taking_part, whole_bins
from swarmviz.drawing.law_beside import DENSITY
from swarmviz.drawing.tables import Table, density_tables, plane_table

MENU = 10, 20, 40, 60, 100, 200  # bins
SMOOTH = ["kde", "smooth", "A smooth estimate of the density"]
LAW = ["law", "law", "The law of infinitely many agents, with the Δt of this run"]
PLANE = ["plane", "2D", "The plane of x₁ and x₂ instead of each of them"]


class Options(NamedTuple):
    """What is chosen."""

    bins: int
    kde: bool
    plane: bool
    law: bool


class Prepared(NamedTuple):
    """What is painted: the picture, the contours of its target, and the options that it was made for."""

    options: Options
    picture: DensityPicture
    contours: dict[str, list]


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
    law : bool
        Whether the law of infinitely many agents is drawn, which there is for d = 1.
    """

    label = "Density"
    picture = "density"
    every = 3
    defaults: ClassVar = {"bins": BINS, "kde": True, "plane": False, "law": False}

    def __init__(self, dark: bool = False, bins: int = BINS, **wiring: Any):
        super().__init__(**wiring)
        self._chosen, self._named, self._dark = Options(whole_bins(bins), True, False, False), None, dark
        self._plots = [MarginalPlot(theme(dark)), MarginalPlot(theme(dark))]
        self._joint: JointPlot | None = None  # made when the plane is first seen
        self._panes = [_pane_of(plot.figure) for plot in self._plots]
        self._row = pn.Row(*self._panes, sizing_mode="stretch_both", margin=0)
        self.reasons = text_below()
        reasons = pn.pane.Bokeh(self.reasons, sizing_mode="stretch_width", margin=0)
        self._pane = pn.Column(self._row, reasons, sizing_mode="stretch_both", min_height=150)
        self.set_dark(dark)
        self._buttons = ButtonRow(self._pressed, label="bins", sizing_mode=None, css_classes=["options"])
        self._show_options()

    @staticmethod
    def fits(frame: Frame, panes: int = 1) -> bool:
        """Whether positions are spread over a box, and not tied to the states of a finite set."""
        return frame.links is None

    def export_options(self, frame: Frame) -> dict[str, Any]:
        """Bins, smooth estimate and law as they are drawn."""
        return {"bins": self.bins, "smooth": self.kde} | ({"law": True} if self.law and frame.d == 1 else {})

    @property
    def pane(self) -> pn.viewable.Viewable:
        """What is put on the page."""
        return self._pane

    @property
    def options(self) -> pn.viewable.Viewable:
        """The menu of bins and the switches."""
        return self._buttons

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
        self._choose(kde=_checked_switch("kde", value))

    @property
    def plane(self) -> bool:
        """Whether the plane of two coordinates is drawn; a swarm in one dimension has none."""
        return self._chosen.plane

    @plane.setter
    def plane(self, value: bool) -> None:
        self._choose(plane=_checked_switch("plane", value))

    @property
    def law(self) -> bool:
        """Whether the law of infinitely many agents is drawn."""
        return self._chosen.law

    @law.setter
    def law(self, value: bool) -> None:
        self._choose(law=_checked_switch("law", value))

    @property
    def law_parts(self) -> frozenset[str]:
        """The density of the law where it is chosen, and the swarm moves on a line."""
        seen = self.law and self._sim is not None and self._sim.initial_swarm.d == 1
        return frozenset({DENSITY}) if seen else frozenset()

    def _choose(self, **changed: Any) -> None:
        self._chosen = self._chosen._replace(**changed)
        self._show_options()
        self.refresh()

    def _show_options(self) -> None:
        """Menu and switches as the options are, and the panes that they ask for."""
        bins, kde, plane, law = self._chosen
        d = self._sim.initial_swarm.d if self._sim is not None else 1
        offered = [[str(b), f"{b} bins", "Bins over the box"] for b in sorted({*MENU, bins})]
        on = [name for name, chosen in (("kde", kde), ("plane", plane), ("law", law)) if chosen]
        switches = [SMOOTH, PLANE if d > 1 else LAW]
        self._buttons.param.update(choices=offered, value=str(bins), switches=switches, active=on)
        if plane and d > 1 and self._joint is None:
            self._joint = JointPlot(theme(self._dark))
            self._panes.append(_pane_of(self._joint.figure))
            self._row.append(self._panes[-1])
        panes_seen = not (plane and d > 1), d > 1 and not plane, d > 1 and plane
        for pane, seen in zip(self._panes, panes_seen, strict=False):
            pane.object.visible = seen  # first, because a pane of Panel's that is shown again asks its figure
            pane.visible = seen

    def _pressed(self, what: str) -> None:
        """Another choice from the menu, or a switch."""
        on = self._buttons.active
        self._choose(bins=int(self._buttons.value), kde="kde" in on, plane="plane" in on, law="law" in on)

    def attach(self, run: Simulation) -> None:
        """Another landscape, dynamics or swarm."""
        self._sim, self._named = run, None
        self._show_options()
        for plot in self._plots:
            plot.figure.y_range.update(start=0, end=0)
        self.paint(self.prepare(run.frame, run))

    def prepare(self, frame: Frame, run: Simulation) -> Prepared:
        """The picture, and the contours of its target; safe on a worker thread."""
        options = self._chosen
        drawn = self._picture(options, frame, run)
        return Prepared(options, drawn, contours(drawn.joint.target if drawn.joint else None))

    def _picture(self, options: Options, frame: Frame, run: Simulation) -> DensityPicture:
        plane = options.plane and frame.d > 1
        law = self._law.law(run) if self._law is not None and options.law else None
        return density_picture(frame, run, None, options.bins, options.kde, marginals=not plane, joint=plane, law=law)

    def tables(self, frame: Frame, run: Simulation) -> list[Table]:
        """The histograms, or the plane in cells that are few enough to be read."""
        drawn = self._picture(self._chosen, frame, run)
        if drawn.joint is not None:
            return [plane_table(drawn, frame.x[taking_part(frame), :2])]
        return density_tables(drawn)

    def paint(self, payload: Prepared) -> None:
        """Write a picture to the sources; one that was prepared for other options is left out."""
        if payload.options != self._chosen:
            return
        drawn = payload.picture
        target, over = drawn.target, drawn.law
        law = over and (over.law.k >= 0, over.law.title, over.law.sentence)
        named = drawn.joint is not None, target and (target.title, target.applies, target.reason), drawn.smooth, law
        if named != self._named:
            self._named = named
            self._name(drawn)
        if drawn.joint is not None and self._joint is not None:
            self._joint.paint(drawn.joint, payload.contours)
        for plot, marginal in zip(self._plots, drawn.marginals, strict=False):
            plot.paint(marginal, over)

    def _name(self, drawn: DensityPicture) -> None:
        """Axes, legends and reasons of another target or of other options."""
        target, law = drawn.target, drawn.law and drawn.law.law
        said = [law.sentence] if law is not None and law.sentence else []  # first: of a text, two lines are seen
        said += [claim_of(target)] if target is not None and not target.applies else []
        self.reasons.update(text="<br>".join(map(escape, said)), visible=bool(said))
        if drawn.joint is not None and self._joint is not None:
            self._joint.name(target)
            return
        for plot, name in zip(self._plots, drawn.names, strict=False):
            plot.name(name, target, drawn.smooth, law)

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme."""
        self._dark = dark
        for plot in (*self._plots, self._joint):
            if plot is not None:
                plot.apply_theme(theme(dark))
        apply_text_theme(self.reasons, theme(dark))


def _pane_of(fig: figure) -> pn.pane.Bokeh:
    """The place of a figure in the row of figures."""
    fig.min_width = 60  # Panel adds those up, that of the one which is not seen too
    return pn.pane.Bokeh(fig, sizing_mode="stretch_both", min_height=140)


def _checked_switch(name: str, value: Any) -> bool:
    """A switch, checked."""
    if not isinstance(value, bool):
        raise ValueError(f"{name} = {value!r}: must be true or false")
    return value
