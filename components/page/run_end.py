"""What happens on the page when a run has come to its end: it stopped, drew together, or failed."""

from __future__ import annotations

import weakref
from collections.abc import Callable

from components.page.arrival import Arrival
from components.page.history import History
from components.page.messages import Messages
from components.playback.bar import Bar
from components.playback.panes import Panes
from components.playback.player import Player
from swarmviz import Diverged


class RunEnd:
    """Tells of the end of a run, or lets another begin where nobody has touched anything yet.

    Parameters
    ----------
    panes, player, arrival, messages, bar, history : Panes, Player, Arrival, Messages, Bar, History
        The parts of the session.
    done : function ()
        Called when the run has stopped and that was said.
    """

    def __init__(
        self,
        panes: Panes,
        player: Player,
        arrival: Arrival,
        messages: Messages,
        bar: Bar,
        history: History,
        done: Callable[[], None],
    ):
        self._panes, self._player, self._arrival = panes, player, arrival
        self._messages, self._bar, self._history, self._done = messages, bar, history, done

    def standing_there(self) -> Callable[[], bool]:
        """A function that says whether the runs of now are still shown, at the step of now; it keeps none of them alive."""
        runs, k, panes = [weakref.ref(sim) for sim in self._panes.sims], self._panes.k, weakref.ref(self._panes)

        def there() -> bool:
            now = panes()
            return now is not None and now.k == k and [weakref.ref(sim) for sim in now.sims] == runs

        return there

    def drawn_together(self) -> None:
        """The swarm has drawn together, unless it makes room for another already."""
        if self._panes.drawn_together:
            self._arrival.finished()

    def stopped(self, reason: str, there: Callable[[], bool]) -> None:
        """The run stopped for a reason, which holds while it stands there."""
        self._player.end()
        if self._arrival.finished():
            return
        self._messages.say(reason, there)
        self._done()

    def failed(self, error: Exception) -> None:
        """A command of the worker failed, and playing has stopped."""
        self._player.fail()
        if isinstance(error, Diverged) and not isinstance(error, ValueError):
            with self._panes.lock:
                self._history.diverged(self._panes.sim, error.step)
        happened = isinstance(error, Diverged | ValueError)
        self._messages.report(error, holds=self.standing_there() if happened else None)
