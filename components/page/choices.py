"""What leads to other runs: the menus of the heading, the buttons of a comparison, and a click in an arena."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from components.controls import heading
from components.page.compare import REPLACING, rearranged
from components.page.messages import Messages
from components.playback.edits import Edits
from components.playback.pane import Parts
from components.playback.panes import Panes
from components.playback.replacement import RunReplacement
from components.playback.transport import Transport
from components.state import swarm_on
from components.text import sentence
from components.views.arena.mouse_modes import MouseModes
from components.views.arena.well_keys import WellKeys
from components.weakly import weakly
from swarmviz import Simulation, Swarm
from swarmviz.replay import ignore


class Choices:
    """Carries out what is chosen, on the page's thread.

    Parameters
    ----------
    panes, transport, edits, replacement, messages
        The runs, their clock, their parameters, how others take their place, and where it is said what went wrong.
    keep : function () → function ()
        Takes note of the present runs, which may be left; what it returns puts them into the history.
    show_runs : function (runs, active)
        Shows runs, each with its parts, of which the one at place ``active`` is edited.
    show_comparison : function ()
        Brings the view of all runs in sight.
    done : function ()
        Called when the panes were rearranged.
    check_size : function (n, d, runs)
        Raises ``ValueError`` where so many swarms of that size beside each other are too much.

    Attributes
    ----------
    mouse : MouseModes
        What a click in an arena means.
    wells : WellKeys
        What keys do with the wells of the active arena.
    """

    def __init__(
        self,
        panes: Panes,
        transport: Transport,
        edits: Edits,
        replacement: RunReplacement,
        messages: Messages,
        keep: Callable[[], Callable[[], None]],
        show_runs: Callable[[Sequence[tuple[Simulation, Parts]], int], None],
        show_comparison: Callable[[], None],
        done: Callable[[], None],
        check_size: Callable[[int, int, int], None] = ignore,
    ):
        self._panes, self._transport, self._edits, self._replacement = panes, transport, edits, replacement
        self._messages, self._keep, self._show_runs = messages, keep, show_runs
        self._check_size = check_size
        self._refusal = ""  # the last message about the mouse
        self._show_comparison, self._done = show_comparison, done
        self.mouse = MouseModes(weakly(self._place_swarm), weakly(edits.move_handle))
        self.wells = WellKeys(
            weakly(self.use_keys), weakly(self.handles), weakly(self.mouse.begin_wells), weakly(self.mark_handle)
        )

    def choose(self, name: str, value: Any) -> None:
        """Another dynamics, preset or landscape, from a menu of the heading."""
        panes, selections = self._panes, self._replacement.selections
        try:
            chosen = heading.chosen(name, str(value), selections[panes.place], comparing=panes.comparing)
        except Exception as error:  # a preset that does not fit its dynamics
            self._messages.refused(error)
            return
        if chosen is not None:
            selections = [selection._replace(swarm=chosen.swarm) for selection in selections]
            selections[panes.place] = chosen
            self._replacement.choose(selections)

    def choose_landscape(self, landscape: Any) -> None:
        """A landscape that was made elsewhere than in a menu of the heading; the swarms start as they can on it."""
        panes, selections = self._panes, self._replacement.selections
        now = selections[panes.place]
        swarm = swarm_on(landscape, now.swarm)
        selections = [selection._replace(swarm=swarm) for selection in selections]
        selections[panes.place] = now._replace(landscape=landscape, swarm=swarm)
        self._replacement.choose(selections)

    def compare(self, act: str, value: Any) -> None:
        """A button of the comparison: what it does, see :func:`components.page.compare.rearranged`."""
        panes = self._panes
        if self._must_wait():
            return
        if act == "start":
            try:
                swarm = panes.sim.initial_swarm
                self._check_size(swarm.n, swarm.d, len(panes) + 1)
            except ValueError as error:
                self._messages.warn(sentence(str(error)))
                return
        with panes.lock:
            panes.take_edits()  # else they would be forgotten with the pane they were meant for
            remember = self._keep() if act in REPLACING else ignore
            rearrangement = rearranged(act, value, panes.runs, panes.active)
        if rearrangement is None:
            return
        remember()
        self._show_runs(*rearrangement)
        self._edits.controls.show(panes.current.parts)
        if act == "start" and len(panes) == 2:  # later ones are seen in whatever view was chosen
            self._show_comparison()
        self._done()

    def go_to(self, values: Mapping[str, Any], beside: bool) -> None:
        """Take the active swarm to these values, by row of the form, as if they were typed; ``beside``: a second swarm."""
        if self._must_wait():
            return
        if beside:
            before = len(self._panes)
            self.compare("start", None)
            if len(self._panes) == before:
                return
        try:
            self._edits.controls.enter(values)
        except (ValueError, TypeError, KeyError) as error:
            self._messages.warn(sentence(str(error)))

    def use_mouse(self, place: int, act: str, handle: int, at: Any) -> None:
        """A click or a drag in the arena of a pane, which thereby becomes the active one."""
        if self._must_wait():
            return
        if place != self._panes.active:
            self.compare("show", place)
        shift = self._panes.sim.frame.shift
        try:
            self.mouse.handle_event(
                self._edits.controls.parts, act, handle, at if shift is None else at - shift[: len(at)]
            )
        except ValueError as error:
            self._refusal = sentence(str(error))
            self._messages.warn(self._refusal)
        else:
            self._messages.take_back(self._refusal)

    def use_keys(self, act: str, handle: int, at: Any) -> None:
        """What keys do with a handle of the active arena."""
        self.use_mouse(self._panes.active, act, handle, at)

    def handles(self) -> np.ndarray:
        """Where the handles of the active arena are, (m, 1) or (m, 2), with what was edited a moment ago."""
        frame = self._panes.sim.frame
        at = self._edits.controls.parts["landscape"].handles(frame.d)[:, :2]
        return at if frame.shift is None else at + frame.shift[: at.shape[1]]

    def mark_handle(self, handle: int) -> None:
        """Mark one of them in its arena, −1: none."""
        for place, arena in enumerate(self._panes.arenas):
            arena.mark_handle(handle if place == self._panes.active else -1)

    def _must_wait(self) -> bool:
        """Whether runs are being built, which is then said."""
        building = self._panes.coming is not None
        if building:
            panes = self._panes
            self._messages.say("Wait until the new run is there.", lambda: panes.coming is not None)
        return building

    def _place_swarm(self, swarm: Swarm, playing: bool) -> None:
        selections = [selection._replace(swarm=swarm) for selection in self._replacement.selections]
        self._replacement.choose(selections, playing=playing and self._transport.playing)
