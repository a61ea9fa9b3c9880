"""Edits of the parameters: checked against the other parts, passed on to the active pane's run, and taken back where they cannot act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from components.controls.controls import Controls
from components.controls.rows import Row
from components.playback.bar import Bar
from components.playback.panes import Panes, Parts
from components.playback.transport import Transport
from components.weakly import weakly
from swarmviz import Diverged
from swarmviz.parameters import Described


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

    Attributes
    ----------
    controls : Controls
        Where parameters are edited: those of the active pane, or of the run that is being built for it.
    """

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
    ):
        self._panes, self._transport, self._bar = panes, transport, bar
        self._check_size, self._attach, self._done = check_size, attach, done
        accept, check, time = (weakly(method) for method in (self.accept, self._check, self._time))
        self.controls = Controls(panes.current.parts, heading, accept, chosen, check, time)

    def _time(self) -> float:
        return self._panes.sim.t

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

    def accept(self, prefix: str, part: Described, final: bool) -> None:
        """An edited part took its place in the controls."""
        if prefix == "swarm":
            for parts in self._panes.parts:  # two swarms start as one
                parts["swarm"] = part
            self.show_what_waits()
        else:
            self.apply(prefix, part, final)
        if final:
            self._done()

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
            transport.do(lambda: transport.on_page(self._attach))

    def move_handle(self, landscape: Described, final: bool) -> None:
        """The landscape was edited in the arena."""
        self.controls.replace("landscape", landscape)
        self.accept("landscape", landscape, final)

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
