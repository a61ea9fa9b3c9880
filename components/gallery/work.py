"""A figure that a visitor wants computed again: what it may cost, and the thread that does it, for all visitors together on one core.

It works in pieces of some milliseconds, rests in between, and ends when nobody waits for it any more.
"""

from __future__ import annotations

import math
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple

from components.background import ONE_CORE, BackgroundThread
from components.gallery.charts import Panel, panels
from components.server.session_limit import network_of
from swarmviz.gallery import stored
from swarmviz.papers import Figure
from swarmviz.papers.error import ErrorFigure
from swarmviz.replay import Cancelled

LEAST_SHARE = 0.2  # of one core
MAX_SECONDS = 90.0  # of a processor that a visitor may ask for, by what the reference result has taken
MAX_WALL_S = 900.0  # in which it must be done
MAX_BYTES = 64 << 20  # of the results of all runs
FINALS = 16  # numbers, about, with which a run ends
MAX_GROWTH = 10  # times the paper's runs
MAX_AT_ONCE = 4  # of a server
MAX_OF_ONE = 2  # of these from one address


class Result(NamedTuple):
    """What was computed of a figure, as the page shows it."""

    runs: int
    comparison: str
    panels: tuple[Panel, ...]


class Standing(NamedTuple):
    """How far a figure has come: runs that are done, and of how many; what came of it, or in one sentence why nothing did."""

    done: int = 0
    total: int = 0
    result: Result | None = None
    trouble: str = ""

    @property
    def over(self) -> bool:
        return self.result is not None or bool(self.trouble)


def shown(figure: Figure, data: Any, turn: Callable[[], AbstractContextManager[Any]]) -> Result:
    """A result as it is shown; on any thread but the page's. Each panel is drawn in a turn of its own."""
    with turn():
        comparison = figure.comparison(data)
    drawn, found = panels(figure, data), []
    while True:
        with turn():
            if (panel := next(drawn, None)) is None:
                return Result(int(data.attrs["runs"]), comparison, tuple(found))
        found.append(panel)


def most_runs(figure: Figure) -> int:
    """How many runs of a figure a visitor may ask for; 0: none, see :func:`objection`."""
    if isinstance(figure, ErrorFigure) or figure.key not in stored.made():
        return 0
    made = stored.made()[figure.key]
    numbers = sum(_cells(part) * ((part.steps // part.every + 1) * len(part.record) + FINALS) for part in figure.parts)
    return max(
        0,
        min(
            MAX_GROWTH * figure.runs,
            math.floor(MAX_SECONDS * made.runs / max(made.seconds, 0.01)),
            MAX_BYTES // (8 * numbers),
        ),
    )


def objection(figure: Figure) -> str:
    """Why a figure is not computed here at all, in one sentence; empty where it is."""
    if isinstance(figure, ErrorFigure):
        return "An error against N needs the law of infinitely many agents, which takes no turns: the command below computes it."
    return (
        ""
        if most_runs(figure)
        else "One run of it takes longer than this server gives a visitor: the command below computes it."
    )


def checked_runs(figure: Figure, runs: Any) -> int:
    """The number of runs that a browser has sent.

    Raises
    ------
    ValueError
        When it is no such number, or the figure is not computed here; names the range.
    """
    if said := objection(figure):
        raise ValueError(said)
    most = most_runs(figure)
    if isinstance(runs, bool) or not isinstance(runs, int) or not 1 <= runs <= most:
        raise ValueError(
            f"runs = {str(runs)[:20]}: must be a whole number from 1 to {most:,} here; the command below takes more."
        )
    return runs


def _cells(part: Any) -> int:
    return math.prod(len(values) for values in part.grid.values()) * max(1, len(part.landscapes))


class FigureWork(BackgroundThread):
    """A figure on a thread of its own.

    Parameters
    ----------
    figure : Figure
    runs : int
    lateness : function () → float or None
        Seconds by which the server's thread is late; above ``LATE_S`` of ``components.background`` this one holds back.
    """

    def __init__(self, figure: Figure, runs: int, lateness: Callable[[], float | None] = lambda: 0.0):
        super().__init__(
            lambda: None, lateness, lambda *status: None, name="gallery", least_share=LEAST_SHARE, look_every_s=1.0
        )
        self._figure, self._runs = figure, runs
        self._wanted, self._until = True, time.monotonic() + MAX_WALL_S
        self.standing = Standing(0, 0)

    def start(self) -> None:
        """Begin."""
        with self._wake:
            if not self._dead:
                self._started()

    def stop(self) -> None:
        """Nobody waits for it any more: it ends with the piece that is under way; on any thread, at once."""
        with self._wake:
            self._wanted = False
            self._wake.notify_all()

    @property
    def alive(self) -> bool:
        """Whether its thread works."""
        thread = self._thread
        return thread is not None and thread.is_alive()

    def _asked(self) -> bool:
        return self._wanted

    def _forget(self) -> None:
        self._wanted = False

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """A piece of work, on the thread of the engine: with the core that all share, and a rest afterwards."""
        if not self._wanted:
            raise Cancelled
        if time.monotonic() > self._until:
            raise TimeoutError
        with ONE_CORE:
            began = time.thread_time()
            yield
            worked = time.thread_time() - began
        self._rest(worked)

    def _progress(self, done: int, total: int) -> None:
        if not self._wanted:
            raise Cancelled
        self.standing = Standing(done, total)

    def _work(self) -> None:
        try:
            data = self._figure.compute(self._runs, threads=1, progress=self._progress, turn=self._turn)
            result = shown(self._figure, data, self._turn)
            self.standing = self.standing._replace(result=result)
        except Cancelled:
            self.standing = self.standing._replace(trouble="Stopped.")
        except TimeoutError:
            self.standing = self.standing._replace(
                trouble=f"Stopped: it took longer than {MAX_WALL_S / 60:.0f} minutes. Ask for fewer runs."
            )
        except ValueError as error:  # too much memory, for example
            self.standing = self.standing._replace(trouble=f"{error}."[:300])
        except Exception as error:  # a defect: the server's log gets all of it
            traceback.print_exception(error, file=sys.stderr)
            self.standing = self.standing._replace(trouble=f"Something went wrong ({type(error).__name__}).")
        self._end()


class Places:
    """So many figures are computed at once, and so many of them from one address; from this machine itself all."""

    def __init__(self, most: int = MAX_AT_ONCE, of_one: int = MAX_OF_ONE):
        self._most, self._of_one = most, of_one
        self._lock, self._taken = threading.Lock(), Counter[str]()

    @property
    def taken(self) -> int:
        """How many are computed now."""
        return self._taken.total()

    def take(self, address: str) -> str:
        """Take a place for an address; why there is none, in one sentence, or nothing. One that was given is to be left again."""
        network = network_of(address)
        with self._lock:
            if self._taken.total() >= self._most:
                return f"This server computes {self._most} figures at a time, and others wait for theirs. Try again in a minute."
            if network and self._taken[network] >= self._of_one:
                return f"From your network {self._of_one} figures are being computed, as many as may be. Try again in a minute."
            self._taken[network] += 1
        return ""

    def leave(self, address: str) -> None:
        """A place is free again."""
        with self._lock:
            self._taken -= Counter({network_of(address): 1})


PLACES = Places()
