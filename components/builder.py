"""Builds the runs that a person asked for on a thread of its own, beside those that go on; of several wishes the newest counts.

A dynamics that nobody has chosen yet may have to be compiled first, and the run of a link has to be lived again up to its step: neither may
hold the page up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from components.permalink import Run
from swarmviz import Simulation

SOON = 0.3  # seconds after which the page says that a new run is being prepared
TELL_EVERY = 0.5  # seconds between two words on how far a replay has come
RECORD_LIMIT = 20_000  # recorded steps; a longer run is thinned


class Unwanted(Exception):
    """Ends a replay that nobody waits for any more."""


class Builder:
    """Makes simulations of runs.

    Parameters
    ----------
    on_page : function (function)
        Carries a function out on the page's thread.
    say : function (text)
        Tells a person what is being done.
    lock : context manager
        Guards what is adopted, so that nothing is said of a run that is there already.
    """

    def __init__(self, on_page: Callable[[Callable[[], None]], None], say: Callable[[str], None], lock: Any):
        self._on_page, self._say, self._lock = on_page, say, lock
        self._thread: threading.Thread | None = None

    @staticmethod
    def at_once(runs: Sequence[Run]) -> list[Simulation]:
        """The simulations of runs, at step 0."""
        return [run.afresh().live(RECORD_LIMIT) for run in runs]

    def start(
        self,
        runs: Sequence[Run],
        adopt: Callable[[list[Simulation]], None],
        refuse: Callable[[Exception], None],
    ) -> None:
        """Build these runs and hand them to ``adopt``, or what prevents it to ``refuse``, on the page's thread.

        What was begun before is forgotten. Returns at once: other visitors share this thread.
        """

        def work() -> None:
            try:
                sims = [run.live(RECORD_LIMIT, self._watch(run, mine)) for run in runs]
            except Unwanted:
                return
            except Exception as error:
                self._on_page(lambda error=error: self._end(mine, refuse, error))
            else:
                self._on_page(lambda: self._end(mine, adopt, sims))

        self._thread = mine = threading.Thread(target=work, name="swarmviz build", daemon=True)
        mine.start()
        later = threading.Timer(SOON, lambda: self._on_page(lambda: self._tell(_what(runs), mine)))
        later.daemon = True
        later.start()

    def wait(self, seconds: float) -> None:
        """Wait until what is being built is there."""
        if (thread := self._thread) is not None:
            thread.join(seconds)

    def forget(self) -> None:
        """Nothing is waited for any more; a replay under way ends."""
        self._thread = None

    def _end(self, thread: threading.Thread, function: Callable[[Any], None], value: Any) -> None:
        if thread is self._thread:  # else something else was chosen meanwhile
            with self._lock:
                function(value)
                if thread is self._thread:
                    self._thread = None

    def _tell(self, text: str, thread: threading.Thread) -> None:
        with self._lock:  # it may be there by now, and then nothing is said
            if thread is self._thread and thread.is_alive():
                self._say(text)

    def _watch(self, run: Run, thread: threading.Thread) -> Callable[[int], None]:
        """Tells how far a replay has come, now and then, and ends one that nobody waits for any more."""
        told = time.monotonic()

        def check(k: int) -> None:
            nonlocal told
            if thread is not self._thread:
                raise Unwanted
            if run.k and time.monotonic() - told > TELL_EVERY:
                told = time.monotonic()
                self._on_page(lambda: self._tell(f"Replaying {run.k} steps … {k / run.k:.0%}", thread))

        return check


def _what(runs: Sequence[Run]) -> str:
    if any(run.k for run in runs):
        return f"Replaying {runs[0].k} steps …"
    names = (f"{type(run.now.dynamics).title} on {type(run.now.landscape).title}" for run in runs)
    return f"Preparing {' and '.join(names)}: compiled once, then kept."
