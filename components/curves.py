"""What is recorded over the steps, on two plots: the values, and how far the swarm is spread; any other group through a selector."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
from panel_material_ui import Checkbox, Select

from components.curve_plot import GROUP_LABELS, CurvePlot, groups_of, picture
from components.palette import theme
from swarmviz import Simulation

FIRST_CHOICE = "value", "dispersion"


class Curves:
    """The view of the record; see :class:`components.view.View`.

    Attributes
    ----------
    groups : list of str
        The group of observables on each of the two plots.
    log : list of bool
        Whether each plot has a logarithmic axis.
    refresh : callable
        Called when an option changed; a session replaces it so that its worker prepares the picture.
    """

    every = 3

    def __init__(self, dark: bool = False):
        self._plots = [CurvePlot(theme(dark)) for _ in FIRST_CHOICE]
        self._selectors = [Select(options={}, size="small", width=130, margin=(0, 4, 0, 8)) for _ in self._plots]
        self._switches = [Checkbox(label="log", size="small", margin=(0, 0), width=70) for _ in self._plots]
        self._run, self._sim, self._quiet = object(), None, True
        self.refresh: Callable[[], None] = self._refresh
        for place, (selector, switch) in enumerate(zip(self._selectors, self._switches, strict=True)):
            selector.param.watch(lambda _, place=place: self._chosen(place), "value")
            switch.param.watch(lambda _: self._quiet or self.refresh(), "value")
        self._pane = pn.Column(*(self._block(i) for i in range(len(self._plots))), sizing_mode="stretch_both", min_height=300)

    def _block(self, i: int) -> pn.Column:
        plot = self._plots[i]
        row = pn.Row(self._selectors[i], self._switches[i], sizing_mode="stretch_width", height=34, margin=0)
        figure = pn.pane.Bokeh(plot.figure, sizing_mode="stretch_both", min_height=120)
        return pn.Column(row, figure, pn.pane.Bokeh(plot.reasons, sizing_mode="stretch_width"), sizing_mode="stretch_both", margin=0)

    @property
    def pane(self) -> pn.viewable.Viewable:
        """What is put on the page."""
        return self._pane

    @property
    def groups(self) -> list[str]:
        """The group of observables on each plot."""
        return [selector.value for selector in self._selectors]

    @property
    def log(self) -> list[bool]:
        """Whether each plot has a logarithmic axis."""
        return [switch.value for switch in self._switches]

    def choose(self, place: int, group: str, log: bool | None = None) -> None:
        """Put another group on a plot; its usual scale unless ``log`` is given."""
        self._selectors[place].value = group
        if log is not None:
            self._switches[place].value = log

    def _chosen(self, place: int) -> None:
        """Another group was chosen: take the scale that suits it, and draw it."""
        if self._quiet or self._sim is None:
            return
        self._quiet = True
        self._switches[place].value = self._suits_log(self._selectors[place].value)
        self._quiet = False
        self._plots[place].forget()
        self.refresh()

    def _suits_log(self, group: str) -> bool:
        return any(o.log for o in self._sim.dynamics.observables if o.panel == group)

    def _refresh(self) -> None:
        if self._sim is not None:
            self.paint(self.prepare(self._sim))

    def attach(self, sim: Simulation) -> None:
        """Another dynamics, landscape or swarm; what a person chose is kept where it still exists."""
        groups = groups_of(sim.dynamics.observables)
        known = set(groups) == {g for s in self._selectors for g in s.options.values()} if self._sim is not None else False
        self._sim, self._run, self._quiet = sim, object(), True
        for place, (selector, switch) in enumerate(zip(self._selectors, self._switches, strict=True)):
            wanted = selector.value if known else FIRST_CHOICE[place]
            wanted = wanted if wanted in groups else groups[min(place, len(groups) - 1)]
            if not known:
                selector.param.update(options={GROUP_LABELS.get(g, g): g for g in groups}, value=wanted)
                switch.value = self._suits_log(wanted)
            self._plots[place].forget()
        self._quiet = False
        self.paint(self.prepare(sim))

    def prepare(self, sim: Simulation) -> Any:
        """The curves of both plots; safe on a worker thread."""
        return self._run, [picture(sim, group, log) for group, log in zip(self.groups, self.log, strict=True)]

    def paint(self, payload: Any) -> None:
        """Write a payload to the sources; one that was prepared for another run or choice is left out."""
        run, pictures = payload
        if run is not self._run:
            return
        for plot, drawn, group, log in zip(self._plots, pictures, self.groups, self.log, strict=True):
            if (drawn.group, drawn.log) == (group, log):
                plot.paint(drawn)

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme."""
        for plot in self._plots:
            plot.dress(theme(dark))
        self.refresh()
