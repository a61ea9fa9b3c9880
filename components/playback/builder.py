"""Builds the runs that were asked for beside those that go on; of several requests the newest counts.

A dynamics that is chosen for the first time may have to be compiled, and the run of a link has to be replayed up to its step: neither may
hold the page up. A visitor has one thread for it, while there is anything to build, and it computes when it is its turn among those of all
visitors (:mod:`components.playback.build_pool`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from components.playback.build_pool import POOL, Job, Pool, Unwanted
from components.playback.transport import Transport
from swarmviz import Simulation
from swarmviz.replay import RunSpec, ignore

SOON = 0.3  # seconds after which the page says that a new run is being prepared
TELL_EVERY = 0.5  # seconds between two words on how far a replay has come
RECORD_LIMIT = 20_000  # recorded steps; a longer run is thinned
MOST_SECONDS = 300.0  # of processor time for the runs of one wish, whatever their landscape costs


class Wish(NamedTuple):
    """Runs to be built, and what becomes of them."""

    runs: Sequence[RunSpec]
    adopt: Callable[[list[Simulation]], None]
    refuse: Callable[[Exception], None]

    @property
    def work(self) -> int:
        """Coordinates times steps to be replayed."""
        return sum(run.work for run in self.runs)


class Builder:
    """Makes simulations of runs.

    Parameters
    ----------
    visit : Transport
        Carries functions out on the page's thread, and knows whether a browser is there and how late its pictures come.
    say : function (text)
        Tells a person what is being done.
    lock : context manager
        Guards what is adopted, so that nothing is said of a run that is there already.
    pool : Pool
        Where builds wait for their turn.
    """

    def __init__(self, visit: Transport, say: Callable[[str], None], lock: Any, pool: Pool = POOL):
        self._visit, self._say, self._lock, self._pool = visit, say, lock, pool
        self._hand = threading.Lock()  # guards the two below
        self._wish: Wish | None = None  # the newest
        self._thread: threading.Thread | None = None
        self._later: threading.Timer | None = None
        pool.enter(visit)

    @staticmethod
    def at_once(runs: Sequence[RunSpec]) -> list[Simulation]:
        """The simulations of runs, at step 0."""
        return [_built(run.restarted()) for run in runs]

    def start(
        self,
        runs: Sequence[RunSpec],
        adopt: Callable[[list[Simulation]], None],
        refuse: Callable[[Exception], None],
    ) -> None:
        """Build these runs and hand them to ``adopt``, or what prevents it to ``refuse``, on the page's thread.

        What was wished before is forgotten. Returns at once: other visitors share this thread.
        """
        wish = Wish(runs, adopt, refuse)
        if self._later is not None:
            self._later.cancel()
        with self._hand:
            self._wish = wish
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="swarmviz build", daemon=True)
                self._thread.start()
        self._pool.look()
        self._later = threading.Timer(SOON, lambda: self._visit.on_page(lambda: self._tell(_what(runs), wish)))
        self._later.daemon = True
        self._later.start()

    def wait(self, seconds: float) -> None:
        """Wait until what is being built is there."""
        if (thread := self._thread) is not None:
            thread.join(seconds)

    def forget(self) -> None:
        """Nothing is waited for any more; a replay under way ends."""
        self._wish = None
        self._pool.look()

    # ---- the builder's thread ------------------------------------------------------------------------------------------

    def _work(self) -> None:
        """Build the newest wish, and the one that came meanwhile, until nothing is left."""
        done: Wish | None = None
        while True:
            with self._hand:
                wish = self._wish
                if wish is None or wish is done:
                    self._thread = None
                    return
            self._build(wish)
            done = wish

    def _build(self, wish: Wish) -> None:
        try:
            with self._pool.job(self._visit, lambda: wish is self._wish, wish.work) as job:
                sims = [_built(run, self._watch(run, wish, job)) for run in wish.runs]
        except Unwanted:
            return
        except Exception as error:
            self._visit.on_page(lambda error=error: self._end(wish, wish.refuse, error))
        else:
            self._visit.on_page(lambda: self._end(wish, wish.adopt, sims))

    def _watch(self, run: RunSpec, wish: Wish, job: Job) -> Callable[[int], None]:
        """Gives others their turn, and tells now and then how far a replay has come."""
        told = time.monotonic()

        def check(k: int) -> None:
            nonlocal told
            job.pause()
            if job.used > MOST_SECONDS:
                raise ValueError(
                    f"living {run.k} steps again was given up at step {k}: it took more than {MOST_SECONDS:.0f} s of the processor"
                )
            if run.k and time.monotonic() - told > TELL_EVERY:
                told, others = time.monotonic(), job.waiting
                beside = f", in turn with {others} other{'s' * (others > 1)}" if others else ""
                text = f"Replaying {run.k} steps … {k / run.k:.0%}{beside}"
                self._visit.on_page(lambda: self._tell(text, wish))

        return check

    # ---- the page's thread ---------------------------------------------------------------------------------------------

    def _end(self, wish: Wish, function: Callable[[Any], None], value: Any) -> None:
        if wish is self._wish:  # else something else was chosen meanwhile
            with self._lock:
                function(value)
                with self._hand:
                    if wish is self._wish:
                        self._wish = None

    def _tell(self, text: str, wish: Wish) -> None:
        with self._lock:  # it may be there by now, and then nothing is said
            if wish is self._wish:
                self._say(text)


def _built(run: RunSpec, check: Callable[[int], None] = ignore) -> Simulation:
    return run._replace(options={"record_limit": RECORD_LIMIT}).replay(check)


def _what(runs: Sequence[RunSpec]) -> str:
    if any(run.k for run in runs):
        return f"Replaying {runs[0].k} steps …"
    names = (f"{type(run.now.dynamics).title} on {type(run.now.landscape).title}" for run in runs)
    return f"Preparing {' and '.join(names)}: compiled once, then kept."
