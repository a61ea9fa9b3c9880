"""A lesson as a file to take away: made on a thread of its own, one at a time for a visitor, and sent to the browser as one message."""

from __future__ import annotations

import base64
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any, Protocol

from components.page.exports import PROGRESS_EVERY_S, export_turn
from components.playback.build_pool import Unwanted, Visit
from components.under_way import UNDER_WAY, Work
from swarmviz.exports import Cancelled
from swarmviz.handout import handout
from swarmviz.lessons.lesson import Lesson

THREADS = 1  # of the runs that are counted: the live swarms come first


class Shown(Protocol):
    """What of it is shown (:class:`components.lessons.lessons.LessonCard`)."""

    taking: float  # how much is made, in [0, 1]; negative when nothing is
    told: str  # what became of it

    def send_file(self, file: dict[str, Any]) -> None:
        """Give the browser a file: name, type and data in base64."""


class TakeAway:
    """Makes the file of a lesson.

    Parameters
    ----------
    shown : Shown
        Touched on the page's thread only.
    on_page : function (function) → None
        Carries out a function on the page's thread.
    visit : Visit, optional
        Takes turns with the replays of all visitors.
    """

    def __init__(self, shown: Shown, on_page: Callable[[Callable[[], None]], Any], visit: Visit | None = None):
        self._shown, self._on_page, self._visit = shown, on_page, visit
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._under_way: Work | None = None
        self._progress_at = 0.0

    def make(self, lesson: Lesson) -> None:
        """Begin to make the file; nothing happens while one is being made."""
        if self._thread is not None:
            return
        if UNDER_WAY.ending:
            self._shown.told = "The server is about to end: it begins no export."
            return
        self._stop = stop = threading.Event()
        self._under_way = UNDER_WAY.begin("export", "lesson.html")
        self._shown.taking, self._shown.told = 0.0, ""
        self._thread = threading.Thread(target=self._work, args=(lesson, stop), name="swarmviz handout", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Make it no longer."""
        self._stop.set()

    def close(self) -> None:
        """The visitor has left."""
        self._stop.set()
        self._done()

    def _done(self) -> None:
        if self._under_way is not None:
            self._under_way.end()
            self._under_way = None

    def _finish(self, told: str, file: dict[str, Any] | None = None) -> None:
        self._thread = None
        if file is not None:
            self._shown.send_file(file)
        self._shown.taking, self._shown.told = -1.0, told
        self._done()

    # ---- the thread of the export --------------------------------------------------------------------------------------

    def _work(self, lesson: Lesson, stop: threading.Event) -> None:
        file = None
        try:
            with export_turn(self._visit, stop) as cancelled:
                page = handout(lesson, progress=self._progress, cancelled=cancelled, threads=THREADS).encode()
            name = f"{lesson.name}.html"
            file = {"name": name, "type": "text/html", "data": base64.b64encode(page).decode()}
            told = f"{name}, {len(page) / 1e6:.1f} MB"
        except (Cancelled, Unwanted):
            told = "Cancelled."
        except ValueError as error:
            told = f"{error}."
        except Exception as error:  # a defect: the server's log gets all of it
            traceback.print_exception(error, file=sys.stderr)
            told = f"Something went wrong ({type(error).__name__}: {error})."
        self._on_page(lambda: self._finish(told, file))

    def _progress(self, done: int, total: int) -> None:
        if time.monotonic() - self._progress_at > PROGRESS_EVERY_S:
            self._progress_at = time.monotonic()
            self._on_page(lambda: self._report(done / total))

    def _report(self, share: float) -> None:
        if self._thread is not None:
            self._shown.taking = share
