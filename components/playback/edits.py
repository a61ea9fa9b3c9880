"""Edits of the parameters: checked against the other parts, passed on to the active pane's run, and taken back where they cannot act."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from components.controls.controls import Controls
from components.controls.rows import Row
from components.controls.schedule_plot import Lived
from components.playback.bar import Bar
from components.playback.pane import Parts
from components.playback.panes import Panes
from components.playback.transport import Transport
from components.weakly import weakly
from swarmviz import Diverged
from swarmviz.parameters import GROUPS, Described

AGAIN_EVERY_S = 0.3  # between two starts while a slider is dragged; its last value always gets one
FOLLOW_EVERY_S = 0.25  # between two looks of the form at a run that plays what is known


@dataclass
class Hand:
    """A slider that is held, or a value that was typed, which starts the run again; only the run that it found there is kept."""

    released: bool = False
    began_at: float = 0.0  # of the newest start
    kept: bool = False


class Edits:
    """What an edit does.

    Parameters
    ----------
    panes, transport, bar
        The runs, their clock, and where it is shown that something waits for a reset.
    heading, chosen
        As in :class:`components.controls.controls.Controls`.
    check_size : function (n, d)
        Raises ``ValueError`` when a swarm is too large for the page.
    attach : function ()
        Attaches every view anew, on the page's thread: target laws and known minima follow the landscape.
    done : function ()
        Called on the page's thread when an edit is complete or was taken back.
    again : function ()
        Starts the runs again with what the controls say.
    choose_landscape : function (landscape)
        Begins runs on a landscape of another dimension.

    Attributes
    ----------
    controls : Controls
        Where parameters are edited: those of the active pane, or of the run that is being built for it.
    under_way : bool
        Whether a slider or a handle is being dragged, so that the edit is not complete.
    defaults : mapping of str
        What a link holds of it, as of a view (:mod:`components.links.view_options`).
    """

    defaults: ClassVar[dict[str, Any]] = {"start_again": True}

    def __init__(
        self,
        panes: Panes,
        transport: Transport,
        bar: Bar,
        heading: Callable[[Parts], list[Row]],
        chosen: Callable[[str, Any], None],
        check_size: Callable[[int, int], None],
        attach: Callable[[], None],
        done: Callable[[], None],
        again: Callable[[], None] = lambda: None,
        choose_landscape: Callable[[Any], None] = lambda landscape: None,
    ):
        self._panes, self._transport, self._bar = panes, transport, bar
        self._check_size, self._attach, self._done, self._again = check_size, attach, done, again
        self._choose_landscape = choose_landscape
        self._hand: Hand | None = None
        self.under_way = False
        self._start_again = True
        self._followed_at, self._to_attach = -math.inf, False
        accept, check, time, lived = (weakly(method) for method in (self.accept, self._check, self._time, self._lived))
        elsewhere = weakly(self._elsewhere)
        self.controls = Controls(panes.current.parts, heading, accept, chosen, check, time, lived, elsewhere)

    def _time(self) -> float:
        return self._panes.sim.t

    def _lived(self) -> Lived | None:
        """What is known of the run that the controls show; of one that is being built nothing is."""
        panes = self._panes
        return Lived(panes.sim.journal, panes.sim.furthest) if panes.coming is None else None

    def _check(self, prefix: str, part: Any) -> None:
        """Raise ``ValueError`` where an edited part does not fit the others."""
        panes, parts = self._panes, self.controls.parts
        if prefix == "swarm":
            self._check_size(part.n, part.d)
            for every in panes.parts:
                every["landscape"].require_dimension(part.d)  # type: ignore[attr-defined]
                every["dynamics"].require_agents(part.n)  # type: ignore[attr-defined]
        elif prefix == "landscape":
            d = parts["swarm"].d  # type: ignore[attr-defined]
            part.limits(d)  # raises where it does not exist
            if panes.coming is None:
                part.limits(panes.sim.initial_swarm.d)  # another d may wait for a reset
            part.require_defined_in_box(d)  # refused while the row is looked at

    def _elsewhere(self, prefix: str, part: Any) -> bool:
        """Whether an edited landscape has come to be of one dimension, and another than that of the swarm: new runs have begun on it."""
        if prefix != "landscape" or part.dims[0] != part.dims[1] or part.dims == self.controls.parts[prefix].dims:  # type: ignore[attr-defined]
            return False
        self._choose_landscape(part)
        return True

    def accept(self, prefix: str, part: Described, final: bool) -> None:
        """An edited part took its place in the controls."""
        self.under_way = not final
        if prefix == "swarm":
            for parts in self._panes.parts:  # two swarms start as one
                parts["swarm"] = part
            self.show_what_waits()
        elif not (self._acts_at_once(prefix) and self._starts_again(final)):
            self.apply(prefix, part, final)
        if final:
            self._done()

    @property
    def start_again(self) -> bool:
        """Whether an edit starts a swarm again that has drawn together: nothing would be seen of it otherwise."""
        return self._start_again

    @start_again.setter
    def start_again(self, on: bool) -> None:
        if not isinstance(on, bool):
            raise ValueError(f"start_again = {on!r}: must be true or false")
        self._start_again = self._bar.again = on

    def choose_start_again(self, on: bool) -> None:
        """The visitor chose whether it does; the link says so."""
        self.start_again = on
        self._done()

    def keeps_what_it_leaves(self) -> bool:
        """Whether the run that is about to be replaced is to be kept: not where a hand that is still there has begun it."""
        hand = self._hand
        if hand is None:
            return True
        if hand.released:
            self._hand = None
        first, hand.kept = not hand.kept, True
        return first

    def _acts_at_once(self, prefix: str) -> bool:
        """Whether the parameter that was edited acts on a running swarm: another one waits for a reset."""
        owner, _, path = self.controls.edited_row.partition(".")
        declared = self.controls.parts[prefix].declared().get(path.split(".")[0]) if owner == prefix else None
        return declared is not None and getattr(declared, "group", "") != GROUPS[-1]

    def _starts_again(self, final: bool) -> bool:
        """Whether an edit starts the runs again: when they have drawn together, and as long as that hand is there.

        While a slider is dragged it does so a few times a second. What comes between two starts acts on the run that has just begun.
        """
        hand = self._hand
        if hand is None or hand.released:
            if not (self.start_again and self._panes.drawn_together):
                return False
            hand = self._hand = Hand()
        hand.released = final
        soon = self._panes.coming is not None or time.monotonic() < hand.began_at + AGAIN_EVERY_S
        if soon and not final:
            return False
        hand.began_at = time.monotonic()
        self._again()
        return True

    def apply(self, prefix: str, part: Described, final: bool = True) -> None:
        """Let a dynamics or landscape act before the active pane's next step; a run that is being built has it from the start."""
        panes, transport = self._panes, self._transport
        if panes.coming is not None:
            return
        panes.edit(prefix, part, final)
        transport.hurry()
        if not transport.playing or (prefix == "landscape" and final):
            transport.do(panes.apply_edits)
        if prefix == "landscape" and final:
            transport.do(lambda: self._look_over(part))  # so that the page's thread finds it known
            transport.do(lambda: transport.on_page(self._attach))

    def _look_over(self, landscape: Any) -> None:
        """On the worker: what a table knows of itself, which takes a second where it is large."""
        d = self._panes.sim.frame.d
        if landscape.supports(d):
            landscape.separation(d)

    def follow(self, at_once: bool = True) -> None:
        """Show in the controls what acts at the step that is shown; unless ``at_once``, a few times per second.

        On steps that are known other parameters may act than the newest ones: those that were lived.
        """
        panes = self._panes
        soon = not at_once and time.monotonic() < self._followed_at + FOLLOW_EVERY_S
        if panes.coming is not None or soon:  # of a run that is being built they are chosen already
            return
        moved = panes.follow()
        if moved:
            self._followed_at = time.monotonic()
            self.controls.follow()
        self._to_attach |= "landscape" in moved
        if (
            self._to_attach and at_once
        ):  # a swarm that plays has its landscape drawn; what else depends on it waits until it stands
            self._to_attach = False
            self._attach()

    def move_handle(self, landscape: Described, final: bool) -> None:
        """The landscape was edited in the arena."""
        self.under_way = not final
        self.controls.replace("landscape", landscape)
        self.apply("landscape", landscape, final)
        if final:
            self._done()

    def show_what_waits(self) -> None:
        """Show in the bar whether an edit waits for a reset."""
        panes = self._panes
        waits = panes.coming is None and not self.controls.parts["swarm"].same_as(panes.sim.initial_swarm)
        self._bar.pending = waits

    def failed(self, prefix: str, part: Described, error: Exception) -> None:
        """An edit could not act on the running swarm, on any thread."""
        self._transport.on_page(lambda: self._take_back(prefix, part, error))

    def _take_back(self, prefix: str, refused: Described, error: Exception) -> None:
        """The edit stands in its row, with the reason, and what was in force stays in force."""
        panes = self._panes
        if panes.coming is not None or not self.controls.parts[prefix].same_as(refused):
            return  # there is a newer one
        with panes.lock:
            part, x = getattr(panes.sim, prefix).copy(), panes.sim.frame.x
        if isinstance(error, Diverged):
            at = ", ".join(f"{v:.4g}" for v in x[error.agent][:3]) + ", …" * (x.shape[1] > 3)
            reason = f"no finite number at ({at}), where agent {error.agent} is; the swarm goes on as it was"
        else:
            reason = str(error)
        self.controls.take_back(prefix, part, reason)
        self._done()
