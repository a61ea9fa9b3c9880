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

from components.compiling import COMPILING, Waiting, while_waiting, without_waiting
from components.playback.build_pool import POOL, Job, Pool, Unwanted
from components.playback.transport import Transport
from components.under_way import UNDER_WAY
from swarmviz import Simulation
from swarmviz.replay import PAGE_RECORD_LIMIT, RunSpec, ignore
from swarmviz.threads import THREADS

ANNOUNCE_AFTER_S = 0.3  # until the page says that a new run is being prepared
REPORT_EVERY_S = 0.5  # on the progress of a replay
MAX_BUILD_S = 300.0  # of processor time for the runs of one request, whatever their landscape costs


class Request(NamedTuple):
    """Runs to be built, and the functions that take them, or the error."""

    runs: Sequence[RunSpec]
    adopt: Callable[[list[Simulation]], None]
    refuse: Callable[[Exception], None]
    stand: int | None = None

    @property
    def work(self) -> int:
        """Coordinates times steps to be replayed."""
        return sum(run.work for run in self.runs)


class Builder:
    """Makes simulations of runs.

    Parameters
    ----------
    visit : Transport
        Runs functions on the page's thread, and knows whether a browser is there and how late its pictures come.
    notify : function (text)
        Shows what is being done.
    lock : context manager
        Guards what is adopted, so that no progress is shown of a run that is there already.
    pool : Pool
        Where builds wait for their turn.
    """

    def __init__(self, visit: Transport, notify: Callable[[str], None], lock: Any, pool: Pool = POOL):
        self._visit, self._notify, self._lock, self._pool = visit, notify, lock, pool
        self._guard = threading.Lock()  # guards the two below
        self._request: Request | None = None  # the newest
        self._thread: threading.Thread | None = None
        self._announcement: threading.Timer | None = None
        pool.enter(visit)

    @staticmethod
    def at_once(runs: Sequence[RunSpec]) -> list[Simulation]:
        """The simulations of runs, at step 0.

        Raises
        ------
        NotReady
            When a kernel is still to be compiled; to be called by the page's thread.
        """
        with without_waiting():
            return _ready([run.restarted() for run in runs], lambda run: _built(run))

    def start(
        self,
        runs: Sequence[RunSpec],
        adopt: Callable[[list[Simulation]], None],
        refuse: Callable[[Exception], None],
        stand: int | None = None,
    ) -> None:
        """Build these runs and hand them to ``adopt``, or what prevents it to ``refuse``, on the page's thread.

        They stand at their last step, or at the earlier step ``stand``, beyond which they stay known.

        An earlier request is dropped. Returns at once: other visitors share this thread.
        """
        request = Request(runs, adopt, refuse, stand)
        if self._announcement is not None:
            self._announcement.cancel()
        with self._guard:
            self._request = request
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="swarmviz build", daemon=True)
                self._thread.start()
        self._pool.look()
        self._announcement = threading.Timer(
            ANNOUNCE_AFTER_S, lambda: self._visit.on_page(lambda: self._report(_what(runs), request))
        )
        self._announcement.daemon = True
        self._announcement.start()

    def wait(self, seconds: float) -> None:
        """Wait until what is being built is there."""
        if (thread := self._thread) is not None:
            thread.join(seconds)

    def forget(self) -> None:
        """Drop the request; a replay under way ends."""
        self._request = None
        self._pool.look()

    # ---- the builder's thread ------------------------------------------------------------------------------------------

    @THREADS.at_most(1)
    def _work(self) -> None:
        """Build the newest request, and the one that came meanwhile, until nothing is left."""
        done: Request | None = None
        while True:
            with self._guard:
                request = self._request
                if request is None or request is done:
                    self._thread = None
                    return
            self._build(request)
            done = request

    def _build(self, request: Request) -> None:
        under_way = UNDER_WAY.begin("build")
        try:
            with (
                self._pool.job(self._visit, lambda: request is self._request, request.work) as job,
                while_waiting(Waiting(self._watch_compiling(request, job), job.aside)),
            ):
                sims = _ready(request.runs, lambda run: _built(run, self._watch(run, request, job)))
                for sim in sims:
                    if request.stand is not None and request.stand < sim.k:
                        sim.retrace(request.stand)
        except Unwanted:
            return
        except Exception as error:
            self._visit.on_page(lambda error=error: self._end(request, request.refuse, error))
        else:
            self._visit.on_page(lambda: self._end(request, request.adopt, sims))
        finally:
            under_way.end()

    def _watch_compiling(self, request: Request, job: Job) -> Callable[[float], None]:
        """Says how far it is while a kernel is compiled."""

        def check(seconds: float) -> None:
            if not job.wanted():
                raise Unwanted
            if seconds > 0:
                text = f"{_what(request.runs)} {seconds:.0f} s so far, {COMPILING.words}; it begins by itself."
                self._visit.on_page(lambda: self._report(text, request))

        return check

    def _watch(self, run: RunSpec, request: Request, job: Job) -> Callable[[int], None]:
        """Gives others their turn, and reports the progress of a replay now and then."""
        reported = time.monotonic()

        def check(k: int) -> None:
            nonlocal reported
            job.pause()
            if job.used > MAX_BUILD_S:
                raise ValueError(
                    f"living {run.k} steps again was given up at step {k}: it took more than {MAX_BUILD_S:.0f} s of the processor"
                )
            if run.k and time.monotonic() - reported > REPORT_EVERY_S:
                reported, others = time.monotonic(), job.waiting
                beside = f", in turn with {others} other{'s' * (others > 1)}" if others else ""
                text = f"Replaying {run.k} steps … {k / run.k:.0%}{beside}"
                self._visit.on_page(lambda: self._report(text, request))

        return check

    # ---- the page's thread ---------------------------------------------------------------------------------------------

    def _end(self, request: Request, function: Callable[[Any], None], value: Any) -> None:
        if request is self._request:  # else something else was chosen meanwhile
            with self._lock:
                function(value)
                with self._guard:
                    if request is self._request:
                        self._request = None

    def _report(self, text: str, request: Request) -> None:
        with self._lock:  # the run may be there by now
            if request is self._request:
                self._notify(text)


def _ready(runs: Sequence[RunSpec], build: Callable[[RunSpec], Simulation]) -> list[Simulation]:
    """The simulations, once their landscapes are compiled; their kernels wait by themselves."""
    for run in runs:
        COMPILING.wait_for(run.now.landscape)
    return [build(run) for run in runs]


def _built(run: RunSpec, check: Callable[[int], None] = ignore) -> Simulation:
    return run._replace(options={"record_limit": PAGE_RECORD_LIMIT}).replay(check)


def _what(runs: Sequence[RunSpec]) -> str:
    if any(run.k for run in runs):
        return f"Replaying {runs[0].k} steps …"
    names = (f"{type(run.now.dynamics).title} on {type(run.now.landscape).title}" for run in runs)
    return f"Preparing {' and '.join(names)}: compiled once, then kept."
