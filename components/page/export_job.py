"""The exports of a visit: one at a time, each on a thread of its own that takes turns with what other visitors have asked for."""

from __future__ import annotations

import base64
import contextlib
import math
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from components.playback.build_pool import POOL, Unwanted, Visit
from components.under_way import UNDER_WAY
from swarmviz.exports import Cancelled
from swarmviz.threads import THREADS

AT_A_TIME = threading.BoundedSemaphore(2)  # exports of all visitors together: the live swarms come first
PROGRESS_EVERY_S = 0.2
ANOTHER = "One export at a time: wait for it, or cancel it."
ENDING = "The server is about to end: it begins no export."


@dataclass(frozen=True)
class Outcome:
    """What became of an export.

    Attributes
    ----------
    text : str
        What is said of it; empty: nothing.
    level : str
        How: info or error.
    file : dict, optional
        For the browser: name, type (MIME) and data in base64.
    lines : str, optional
        Python lines to show.
    """

    text: str = ""
    level: str = "info"
    file: dict[str, Any] | None = None
    lines: str | None = None


def of_file(name: str, mime: str, data: bytes) -> Outcome:
    """A file is there."""
    file = {"name": name, "type": mime, "data": base64.b64encode(data).decode()}
    return Outcome(f"{name}, {size_words(len(data))}", file=file)


def size_words(count: int) -> str:
    """A number of bytes as people read it."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"


def call_at_once(function: Callable[[], None]) -> None:
    """Without a document there is no thread of the page to wait for."""
    function()


class ExportJob:
    """One export, as its thread sees it, and as those see it who may cancel it."""

    def __init__(
        self,
        what: str,
        visit: Visit | None,
        on_page: Callable[[Callable[[], None]], Any],
        report: Callable[[float], None],
    ):
        self._visit, self._on_page, self._report = visit, on_page, report
        self._under_way = UNDER_WAY.begin("export", what)
        self._stop = threading.Event()
        self._ended = False  # written and read on the page's thread
        self._progress_at = 0.0

    def cancel(self) -> None:
        """Nobody wants it any more."""
        self._stop.set()

    def end(self) -> None:
        """It is done, or given up; called on the page's thread, once or more often."""
        self._ended = True
        self._under_way.end()

    @contextlib.contextmanager
    def turn(self) -> Iterator[Callable[[], bool]]:
        """Wait until it may begin; yields a function that says whether it is cancelled, and lets other visitors have their turn when
        it is called.

        Raises
        ------
        Cancelled, Unwanted
            When it was cancelled, or its visitor left, while it waited.
        """
        while not AT_A_TIME.acquire(timeout=PROGRESS_EVERY_S):
            if self._stop.is_set():
                raise Cancelled
        try:
            if self._visit is None:
                yield self._stop.is_set
                return
            with POOL.job(self._visit, lambda: not self._stop.is_set(), math.inf) as job:

                def cancelled() -> bool:
                    try:
                        job.pause()
                    except Unwanted:
                        return True
                    return False

                yield cancelled
        finally:
            AT_A_TIME.release()

    def progress(self, done: int, total: int) -> None:
        """So much of it is made; told to the page now and then."""
        if time.monotonic() - self._progress_at > PROGRESS_EVERY_S:
            self._progress_at = time.monotonic()
            self._on_page(lambda: None if self._ended else self._report(done / total))


class ExportJobs:
    """Begins the exports of a visit, whichever part of the page asks for them.

    Parameters
    ----------
    on_page : function (function) → None
        Carries out a function on the page's thread.
    visit : Visit, optional
        Takes turns with the replays of all visitors.
    """

    def __init__(self, on_page: Callable[[Callable[[], None]], Any] = call_at_once, visit: Visit | None = None):
        self._on_page, self._visit = on_page, visit
        self._job: ExportJob | None = None

    def require_free(self) -> None:
        """One may begin, or else:

        Raises
        ------
        ValueError
            While another one is made for the visit, or when the server is ending.
        """
        if self._job is not None:
            raise ValueError(ANOTHER)
        if UNDER_WAY.ending:
            raise ValueError(ENDING)

    def begin(
        self,
        what: str,
        work: Callable[[ExportJob], Outcome],
        done: Callable[[Outcome], None],
        report: Callable[[float], None],
    ) -> ExportJob:
        """Make something.

        Parameters
        ----------
        what : str
            One word that says nothing of the visitor.
        work : function (job) → Outcome
            Makes it, on a thread of its own; it waits for its :meth:`~ExportJob.turn` before it does what is long.
        done : function (outcome)
            Called on the page's thread at its end, however it ends.
        report : function (share)
            Told there from time to time how much is made, in [0, 1].

        Raises
        ------
        ValueError
            As :meth:`require_free`.
        """
        self.require_free()
        self._job = job = ExportJob(what, self._visit, self._on_page, report)
        name = f"swarmviz export {what}"
        threading.Thread(target=self._make, args=(job, work, done), name=name, daemon=True).start()
        return job

    def close(self) -> None:
        """Cancel what is made, because the visitor has left."""
        if self._job is not None:
            self._job.cancel()
            self._job.end()

    @THREADS.at_most(1)
    def _make(self, job: ExportJob, work: Callable[[ExportJob], Outcome], done: Callable[[Outcome], None]) -> None:
        try:
            outcome = work(job)
        except (Cancelled, Unwanted):
            outcome = Outcome("Cancelled.")
        except (ValueError, ImportError) as error:
            outcome = Outcome(f"{error}.".replace("..", "."), "error")
        except Exception as error:  # a defect: the server's log gets all of it
            traceback.print_exception(error, file=sys.stderr)
            outcome = Outcome(f"Something went wrong ({type(error).__name__}: {error}).", "error")

        def finish() -> None:
            self._job = None
            job.end()
            done(outcome)

        self._on_page(finish)
