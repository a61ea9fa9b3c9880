"""The address of a visit: it follows what is shown, can be copied, and each run that is replaced is remembered under its own."""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

from components import state as visit
from components.compiling import NotReady
from components.links import permalink
from components.links.budget import is_quick
from components.links.permalink import BadLink, Link, Unlinkable
from components.links.qr_code import qr_code, require_base
from components.links.readable import Asked
from components.page.history import History
from components.playback.bar import Bar
from components.playback.builder import Builder
from components.playback.panes import Panes
from components.playback.transport import Transport
from components.state import VisitState
from swarmviz import Simulation
from swarmviz.presets import ALL as PRESETS
from swarmviz.replay import RunSpec


class Opening(NamedTuple):
    """What a visit begins with.

    Attributes
    ----------
    state : VisitState
        What is shown at first.
    sims : list of Simulation
        Its runs, at step 0.
    awaited : VisitState, optional
        What is still to be built.
    complaint : str
        Why the link cannot be opened; "" when it can.
    """

    state: VisitState
    sims: list[Simulation]
    awaited: VisitState | None = None
    complaint: str = ""


def opening(link: str | None) -> Opening:
    """What a visit begins with that followed this link.

    What takes long (a large swarm, steps to be replayed, a kernel to be compiled) is left to the builder: all visitors share this thread.
    """
    complaint = ""
    if link is not None:
        try:
            return beginning_with(permalink.read(link))
        except ValueError as error:
            complaint = str(error) if isinstance(error, BadLink) else f"The link cannot be opened ({error})."
    return first_preset()._replace(complaint=complaint)


def beginning_with(state: VisitState) -> Opening:
    """What a visit begins with that is to show this.

    Raises
    ------
    ValueError
        When its parts do not go together.
    """
    if all(is_quick(run) for run in state.runs) and (found := at_once(state)):
        return found._replace(awaited=state if any(run.k for run in state.runs) else None)
    return first_preset()._replace(awaited=state)


def opening_asked(asked: Asked) -> Opening:
    """What a visit begins with that followed a link which a person has written."""
    try:
        found = first_preset() if asked.state is None else beginning_with(asked.state)
    except ValueError as error:
        return first_preset()._replace(
            complaint=f"The link cannot be opened ({error}); the opening example is shown instead."
        )
    return found._replace(complaint=asked.complaint)


def at_once(state: VisitState) -> Opening | None:
    """A visit that begins with these runs at step 0; None where a kernel is still to be compiled, which is left to the builder, too."""
    try:
        return Opening(state, Builder.at_once(state.runs))
    except NotReady:
        return None


def first_preset() -> Opening:
    """What is shown where nothing else was chosen, or what was chosen takes a while."""
    first = visit.state_of(visit.of_preset(next(iter(PRESETS.values()))))
    return Opening(first, Builder.at_once(first.runs))


class Kept(NamedTuple):
    """A run that is about to be left: its row in the history, its link ("" when none can hold it), and a sentence about both."""

    row: dict[str, Any]
    link: str
    message: str


class Links:
    """Writes links to what is shown.

    Parameters
    ----------
    panes, transport, bar, history
        The swarms, how they are played, where the address is shown, and the runs of the visit.
    views : function () → dict
        The options of views that are not the defaults.
    more : function () → str
        What else the address holds, such as the step of a lesson; it stands before the run, to which a page that loses its connection
        adds the step.
    """

    def __init__(
        self,
        panes: Panes,
        transport: Transport,
        bar: Bar,
        history: History,
        views: Callable[[], dict[str, Any]],
        more: Callable[[], str] = str,
    ):
        self._views, self._more = views, more
        self._panes, self._transport, self._bar, self._history = panes, transport, bar, history
        self._refusal = ""  # the last message that there is no link

    def state(self, views: Any = None) -> VisitState:
        """All that a link holds, as it is now, but for the ``views``."""
        panes = self._panes
        with panes.lock:
            runs = tuple(RunSpec.of(pane.sim, pane.pending) for pane in panes)
        stop = panes.pause_at.kind, panes.pause_at.at
        return VisitState(runs, self._transport.speed, self._transport.draw_every, stop, views)

    def begin(self) -> None:
        """The link with which the visit began, for a page that loses its connection."""
        with contextlib.suppress(Unlinkable):
            self._bar.base = self._address(permalink.fitting(self.state(self._views())).code)

    def write(self) -> None:
        """The address follows what is shown, but not every step of a running swarm; no failure of it ends the run."""
        try:
            self._bar.link = self._address(permalink.fitting(self.state(self._views())).code)
        except Unlinkable:
            pass
        except Exception as error:
            traceback.print_exception(error, file=sys.stderr)

    def copy(self) -> None:
        """The link of this moment, for the browser to put on the clipboard."""
        link = self._of_this_moment()
        if link is not None:
            count = self._bar.copied.get("count", 0) + 1
            self._bar.copied = {"link": self._bar.link, "note": link.lost, "count": count}

    def show_code(self, base: Any) -> None:
        """The link of this moment as a QR code; ``base`` is the page's address as its browser has sent it."""
        link = self._of_this_moment()
        if link is None:
            return
        try:
            code = qr_code(require_base(base) + self._bar.link)
        except ValueError as error:
            self._refuse(f"There is no QR code of this run, because {error}.")
        else:
            count = self._bar.code.get("count", 0) + 1
            self._bar.code = code._asdict() | {"note": link.lost, "count": count}

    def _of_this_moment(self) -> Link | None:
        """The link of this moment, which the bar then has; where there is none, that is said."""
        try:
            link = permalink.fitting(self.state(self._views()))
        except Unlinkable as error:
            self._refuse(f"There is no link to this run, because {error}.")
            return None
        self._bar.take_back(self._refusal)
        self._bar.link = self._address(link.code)
        return link

    def _refuse(self, text: str) -> None:
        self._refusal = text
        self._bar.say(text, "warning")

    def _address(self, code: str) -> str:
        more = self._more()
        return f"?{more}&{permalink.KEY}={code}" if more else f"?{permalink.KEY}={code}"

    def kept(self) -> Kept | None:
        """What the history is to hold of the present run, which is about to be replaced or to be continued otherwise from an earlier step.

        Its link leads to the furthest step that is known, not to the one at which the swarm stands. None where no step was taken yet.
        Touches nothing of the page, so that any thread may ask; no failure ends the run that follows.
        """
        try:
            with self._panes.lock:
                return self._kept()
        except Exception as error:
            traceback.print_exception(error, file=sys.stderr)
            return None

    def whole(self) -> VisitState:
        """The same up to the furthest step that is known, wherever the swarms stand."""
        panes = self._panes
        with panes.lock:
            state, k = self.state(), panes.furthest
            if panes.k < k:
                state = state._replace(runs=tuple(RunSpec.of(sim).until(k) for sim in panes.sims))
        return state

    def _kept(self) -> Kept | None:
        panes, k = self._panes, self._panes.furthest
        if k == 0:
            return None
        state, row = self.whole(), self._history.row(*panes.sims, active=panes.active)
        try:
            link = permalink.fitting(state)  # its row opens it under the views of the day
        except Unlinkable as error:
            return Kept(row, "", f"The run to step {k} could not be kept in Runs, because {error}.")
        if link.lost:
            return Kept(
                row | {"exact": False},
                link.code,
                f"The run to step {k} is kept in Runs, but only from its start. {link.lost}",
            )
        return Kept(row, link.code, f"The run to step {k} is kept in Runs.")

    def remember(self, kept: Kept | None, aloud: bool) -> str:
        """Put a run into the history. Returns what to report: that it is there where ``aloud``, and always that it is not; else ""."""
        if kept is None:
            return ""
        if kept.link:
            self._history.add(kept.row, kept.link)
        return kept.message if aloud or not kept.link else ""
