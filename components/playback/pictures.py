"""The pictures of a visit: all views of the runs that are shown, prepared on the worker's thread and painted on the page's thread."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Protocol

import panel as pn

from components.playback.pane import Pane
from components.playback.panes import Panes
from components.playback.transport import Moment, PictureRequest
from components.server.bokeh_patches.frozen_models import frozen_models
from components.text import cut_short
from components.views.base import View
from swarmviz import Simulation
from swarmviz.drawing.comparison import NAMES
from swarmviz.drawing.differences import Difference, titles
from swarmviz.replay import ignore

Key = tuple[int, int, str]  # generation and place of a view; the part that it prepares once, "" for all the rest


class Attached(Protocol):
    """A part of the page that shows something of a run, which does not move."""

    def attach(self, run: Simulation) -> None:
        """Another dynamics, landscape or swarm is shown."""


class Pictures:
    """The arena of every pane, and the views of the active one.

    Parameters
    ----------
    panes : Panes
        What is shown; their lock is held while views are attached or prepared.
    views : sequence of View
        The views of the active pane.
    cards : sequence of Attached
        What else of the page shows the active pane's run, without being painted.
    report : function (text)
        Called on any thread, once for each view that fails at a run.
    told : function (differences)
        Called on the page's thread with what runs that are compared differ in, whenever it has changed; with one run: nothing.
    """

    def __init__(
        self,
        panes: Panes,
        views: Sequence[View],
        cards: Sequence[Attached],
        report: Callable[[str], None],
        told: Callable[[Sequence[Difference]], None] = ignore,
    ):
        self._panes, self._side, self._cards, self._report = panes, tuple(views), tuple(cards), report
        self._told, self._differences = told, None
        self._generation = 0  # counts attachments: what was prepared before the last one is not painted
        self._failing: set[str] = set()  # views that have failed at the present run, each reported once

    @property
    def views(self) -> tuple[View, ...]:
        """What is painted: an arena per pane, then the views of the active one."""
        return (*(pane.arena for pane in self._panes), *self._side)

    def attach(self) -> None:
        """Draw what does not move of every run, on the page's thread."""
        panes = self._panes
        with panes.lock, pn.io.hold(pn.state.curdoc), frozen_models(pn.state.curdoc):
            self._failing.clear()
            self._generation += 1
            self.name_panes()
            for pane in panes:
                self._guarded(pane.arena, pane.arena.attach, pane.sim)
            for part in (*self._side, *self._cards):
                self._guarded(part, part.attach, panes.sim)

    def name_panes(self) -> None:
        """Say in the titles of arenas what their runs differ in, and which the controls belong to; on the page's thread."""
        panes, differences = self._panes, self._panes.differences()
        own = any("landscape" in (d.key[0], d.key[2]) and len(set(d.now)) > 1 for d in differences)
        for place, (name, said, pane) in enumerate(zip(NAMES, titles(differences, len(panes)), panes, strict=False)):
            pane.arena.name_pane(name if panes.comparing else "", said, place == panes.active, own)
        if differences is not self._differences:
            self._differences = differences
            self._told(differences)

    def prepare(self, request: PictureRequest) -> tuple[Moment, dict[Key, Any]]:
        """The picture of this moment, on the worker's thread: of every view that is asked for.

        One frame is taken of each run, and all views of the run are given that one. What a view prepares only once has a key of its own:
        a newer picture that takes the place of this one lacks it, and inherits it (:class:`components.playback.frame_gate.FrameGate`).
        """
        panes = self._panes
        with panes.lock:
            frames = {id(pane): pane.sim.frame for pane in panes}
            payloads: dict[Key, Any] = {}
            for place, (view, pane) in enumerate(self._pairs()):
                if request.includes(view.every, view.background):
                    payload = self._guarded(view, partial(view.prepare, frames[id(pane)]), pane.sim)
                    if payload is not None:
                        parts = _parted(payload, view.once)
                        payloads |= {(self._generation, place, part): prepared for part, prepared in parts.items()}
            return Moment(panes.k, panes.sim.t, panes.furthest), payloads

    def _pairs(self) -> Iterator[tuple[View, Pane]]:
        """Every view and the pane that it shows."""
        yield from ((pane.arena, pane) for pane in self._panes)
        yield from ((view, self._panes.current) for view in self._side)

    def paint(self, payloads: dict[Key, Any]) -> None:
        """Write what was prepared to the figures, on the page's thread; what was made for other runs is left out."""
        if self._panes.comparing:
            self.name_panes()
        views, own = self.views, {key[1:]: prepared for key, prepared in payloads.items() if key[0] == self._generation}
        for place, payload in [(place, payload) for (place, part), payload in own.items() if not part]:
            once = {part: own[place, part] for part in views[place].once if (place, part) in own}
            views[place].paint(payload | once if once else payload)

    def _guarded(self, part: Any, call: Callable[[Simulation], Any], run: Simulation) -> Any:
        """Let a view do its part; a failure is reported once, and keeps no other view from being shown."""
        try:
            return call(run)
        except Exception as error:
            name = type(part).__name__
            if name not in self._failing:
                self._failing.add(name)
                traceback.print_exception(error, file=sys.stderr)
                why = f"{type(error).__name__}: {cut_short(str(error))}"
                self._report(f"{name} cannot be shown ({why}); everything else goes on.")
            return None


def _parted(payload: Any, once: tuple[str, ...]) -> dict[str, Any]:
    """The parts of a payload that are prepared once, each under its name, and the rest under ""."""
    parts = {part: payload[part] for part in once if part in payload}
    return parts | {"": {name: payload[name] for name in payload if name not in parts} if parts else payload}
