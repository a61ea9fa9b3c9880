"""The arena: where the swarm is seen on its landscape, as a curve in one dimension, as a plane in two or more, or as a graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import panel as pn

from components.palette import theme
from components.views.arena.graph import Graph
from components.views.arena.line import Line
from components.views.arena.plane import Plane
from components.views.base import View
from swarmviz import Frame, Simulation


class Arena(View):
    """The view of the swarm itself; see :class:`components.views.base.View`.

    Parameters
    ----------
    on_event : function (act, handle, place)
        A click or a drag; see :class:`components.views.arena.handles.DragHandles`.
    refresh : function ()
        Called on the page's thread when the browser needs a larger picture of the landscape; a session lets its worker prepare it.

    Attributes
    ----------
    label : str
        The pane's name before the title, when two are compared.
    """

    picture = "arena"

    def __init__(
        self,
        dark: bool = False,
        on_event: Callable[[str, int, np.ndarray], None] = lambda act, handle, place: None,
        refresh: Callable[[], None] = lambda: None,
    ):
        super().__init__(refresh)
        self._colours = theme(dark)
        self.label = ""
        self.on_event = on_event
        self._stages: dict[type, Line | Plane | Graph] = {}
        self._stage: Line | Plane | Graph | None = None
        self._run = object()  # a payload that was prepared for another run is not painted
        self._pane = pn.pane.Bokeh(sizing_mode="stretch_both", min_height=240)

    @property
    def pane(self) -> pn.viewable.Viewable:
        """What is put on the page."""
        return self._pane

    @property
    def stage(self) -> Line | Plane | Graph | None:
        """The figure that is shown now, with its sources."""
        return self._stage

    @property
    def figure(self) -> Any:
        """The Bokeh figure that is shown now."""
        return None if self._stage is None else self._stage.figure

    def attach(self, sim: Simulation) -> None:
        """Draw another landscape, dynamics or swarm, and the present frame."""
        frame = sim.frame
        kind = Graph if frame.links is not None else Line if frame.d == 1 else Plane
        if kind not in self._stages:
            self._stages[kind] = kind(self._colours)
        stage, self._run = self._stages[kind], object()
        stage.reset(sim)
        if self.label:
            stage.figure.title.text = f"{self.label} · {sim.dynamics.title} on {stage.figure.title.text}"
        if hasattr(stage, "hand"):
            stage.hand.on_hand = self.on_event
        if hasattr(stage, "refresh"):
            stage.refresh = self.refresh
        self._stage = stage
        self.paint(self.prepare(frame, sim))
        if self._pane.object is not stage.figure:
            self._pane.object = stage.figure

    def prepare(self, frame: Frame, run: Simulation) -> Any:
        """Arrays for the next picture; safe on a worker thread."""
        token, stage = self._run, self._stage
        return token, stage.prepare(frame, run.landscape)

    def paint(self, payload: Any) -> None:
        """Write a payload to the figure's sources."""
        run, arrays = payload
        if run is self._run:
            self._stage.paint(arrays)

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme."""
        self._colours = theme(dark)
        for stage in self._stages.values():
            stage.dress(self._colours)
