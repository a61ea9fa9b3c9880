"""What the buttons and the browser's messages of the bar do; those that play the swarms are in :mod:`components.playback.player`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from components.page.replica_panel import ReplicaPanel
from components.playback.bar import Bar
from components.playback.edits import Edits
from components.playback.panes import Panes
from components.playback.player import Player
from components.playback.replacement import RunReplacement
from components.playback.transport import Transport

log = logging.getLogger(__name__)

MAX_LOGGED = 5  # refusals of one visit: its messages must not fill the server's log


class BarActions:
    """Carries out what the bar asks for; what it may ask for are the names in ``actions``.

    Parameters
    ----------
    panes, transport, player, edits, replacement, replicas, bar
        What the actions work on.
    copy_link : function ()
        Puts the link of this moment on the clipboard.
    close_choices : function ()
        Closes the choices of a page that became narrow.
    set_dark : function (dark)
        Gives the page the dark theme or the light one.
    leave_alone : function ()
        Called when a browser says that its person only looks: see :class:`components.page.arrival.Arrival`.
    more : mapping of str to function (value)
        What other parts of the page do at a press of a button of the bar.
    """

    def __init__(
        self,
        panes: Panes,
        transport: Transport,
        player: Player,
        edits: Edits,
        replacement: RunReplacement,
        replicas: ReplicaPanel,
        bar: Bar,
        copy_link: Callable[[], None],
        close_choices: Callable[[], None],
        set_dark: Callable[[bool], None],
        leave_alone: Callable[[], None],
        more: Mapping[str, Callable[[Any], None]] = MappingProxyType({}),
    ):
        self._panes, self._transport, self._player, self._edits = panes, transport, player, edits
        self._replacement, self._replicas, self._bar = replacement, replicas, bar
        self._early: list[tuple[str, Any]] = []  # what was asked for before the page was there
        self._refused = 0  # names that were no action
        self.actions: dict[str, Callable[[Any], None]] = player.actions | {
            "copy": lambda value: copy_link(),
            "reset": self._reset,
            "seed": lambda value: self.start_next(),
            "hidden": self._set_hidden,
            "narrow": lambda value: close_choices(),
            "calm": self._pause_for_calm,
            "again": lambda value: edits.choose_start_again(value is True),
            "touched": lambda value: None,  # by whoever passes it on
            "unattended": lambda value: leave_alone(),
            "dark": lambda value: set_dark(value is True),
            **more,
        }

    def act(self, name: str, value: Any) -> None:
        """Carry out an action; before the page is there it waits, because Panel would not send the answer."""
        if not self._transport.started:
            self._early.append((name, value))
        elif name in self.actions:
            self.actions[name](value)
        elif self._refused < MAX_LOGGED:
            self._refused += 1
            log.warning("the bar asked for %r, which is no action", name[:40])

    def act_on_what_came_early(self) -> None:
        """Carry out what was asked for before the page was there."""
        early, self._early = self._early, []
        for name, value in early:
            self._transport.on_page(partial(self.act, name, value))

    def set_connected(self, on: bool) -> None:
        """The browser's connection broke, or is back."""
        self._transport.alone = not on
        self._rest_replicas()

    def _set_hidden(self, value: Any) -> None:
        """Whether the page cannot be seen."""
        self._transport.hidden = bool(value)
        self._rest_replicas()

    def _rest_replicas(self) -> None:
        self._replicas.worker.hidden = self._replicas.other.hidden = self._transport.unseen

    def start_again(self, playing: bool | None = None) -> None:
        """Build the runs anew from the same start with what the controls say; ``playing`` None: as it is now."""
        self._edits.controls.restart_schedules()
        self._replacement.restart(playing)

    def _reset(self, value: Any) -> None:
        self.start_again()

    def start_next(self, playing: bool | None = None) -> None:
        """The same with the next seed."""
        swarm = self._edits.controls.parts["swarm"].copy()
        largest = swarm.declared()["seed"].bounds[1]
        swarm.seed = (swarm.seed + 1) % (largest + 1)
        for parts in self._panes.parts:
            parts["swarm"] = swarm
        self.start_again(playing)

    def _pause_for_calm(self, value: Any) -> None:
        """The visitor's system asks for less motion: nothing moves before Play is pressed."""
        self._player.pause()
        self._bar.say("Paused, because your system asks for less motion. Press Play or the space bar.")
