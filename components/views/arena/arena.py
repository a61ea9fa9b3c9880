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
from swarmviz import Simulation


class Arena:
    """The view of the swarm itself; see :class:`components.views.base.View`.

    Attributes
    ----------
    every : int
        Painted with every frame.
    label : str
        The pane's name before the title, when two are compared.
    on_hand : function (act, handle, place)
        What a person does in it; see :class:`components.views.arena.handles.DragHandles`.
    refresh : callable
        Called on the page's thread when the browser needs a larger picture of the landscape; a session lets its worker prepare it.
    """

    every = 1

    def __init__(self, dark: bool = False):
        self._colours = theme(dark)
        self.label = ""
        self.on_hand: Callable[[str, int, np.ndarray], None] = lambda act, handle, place: None
        self.refresh: Callable[[], None] = lambda: None
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
            stage.hand.on_hand = self.on_hand
        if hasattr(stage, "refresh"):
            stage.refresh = self.refresh
        self._stage = stage
        self.paint(self.prepare(sim))
        if self._pane.object is not stage.figure:
            self._pane.object = stage.figure

    def prepare(self, sim: Simulation) -> Any:
        """Arrays for the next picture; safe on a worker thread."""
        run, stage = self._run, self._stage
        return run, stage.prepare(sim.frame, sim.landscape)

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
