"""The address of a visit: it follows what a person does, can be copied, and each run that is replaced is remembered under its own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from components import permalink
from components.bar import Bar
from components.bench import Bench
from components.builder import Builder
from components.history import History
from components.permalink import BadLink, Run, State, Unlinkable
from components.transport import Transport
from swarmviz import Simulation
from swarmviz.presets import ALL as PRESETS


def opening(link: str | None) -> tuple[State, list[Simulation], State | None, str]:
    """What a visit begins with, its swarms at step 0, what is still to be built, and what there is to say about the link.

    What takes long (a large swarm, a formula to be compiled, steps to be lived again) is left to the builder: here every visitor
    would wait.
    """
    first, awaited, said = permalink.state_of(permalink.of_preset(next(iter(PRESETS.values())))), None, ""
    if link is not None:
        try:
            state = permalink.read(link)
            if all(run.quick for run in state.runs):
                return state, Builder.at_once(state.runs), state if any(run.k for run in state.runs) else None, ""
            awaited = state
        except ValueError as error:
            said = str(error) if isinstance(error, BadLink) else f"The link cannot be opened ({error})."
    return first, Builder.at_once(first.runs), awaited, said


class Links:
    """Writes links to what is shown.

    Parameters
    ----------
    bench, transport, bar, history
        The swarms, how they are played, where the address is shown, and the runs of the visit.
    views : function () → dict
        The options of views that are not as usual.
    """

    def __init__(
        self, bench: Bench, transport: Transport, bar: Bar, history: History, views: Callable[[], dict[str, Any]]
    ):
        self._views = views
        self._bench, self._transport, self._bar, self._history = bench, transport, bar, history

    def state(self) -> State:
        """All that a link holds, as it is now."""
        bench = self._bench
        with bench.lock:
            runs = tuple(Run.of(sim, edits) for sim, edits in zip(bench.sims, bench.edits, strict=True))
        stop = bench.stop.kind, bench.stop.at
        return State(runs, self._transport.speed, self._transport.draw_every, stop, self._views())

    def begin(self) -> None:
        """The link with which the visit began, for a page that loses its connection."""
        with contextlib.suppress(Unlinkable):
            self._bar.base = f"?{permalink.KEY}={permalink.fitting(self.state()).code}"

    def write(self) -> None:
        """The address follows what a person does, but not every step of a running swarm."""
        with contextlib.suppress(Unlinkable):
            self._bar.link = f"?{permalink.KEY}={permalink.fitting(self.state()).code}"

    def copy(self) -> None:
        """The link of this moment, for the browser to put on the clipboard."""
        try:
            link = permalink.fitting(self.state())
        except Unlinkable as error:
            self._bar.say(f"There is no link to this run, because {error}.", "warning")
        else:
            self._bar.link = f"?{permalink.KEY}={link.code}"
            count = self._bar.copied.get("count", 0) + 1
            self._bar.copied = {"link": self._bar.link, "note": link.lost, "count": count}

    def remember(self) -> None:
        """Put the run that is about to be replaced into the history."""
        if self._bench.k == 0:
            return
        with contextlib.suppress(Unlinkable), self._bench.lock:
            link = permalink.fitting(self.state()._replace(views=None))  # its row opens it under the views of the day
            self._history.add(self._bench.sim, link.code, exact=not link.lost)
