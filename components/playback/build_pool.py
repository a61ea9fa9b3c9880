"""Which of the builds of all visitors computes next, so that no replay takes the machine from the others.

A build runs on a thread of its own, but computes only while it holds a place. There are two lanes:

* **short** builds, a Reset for example, have places that no replay can take, so that they never wait for one; a visitor who has
  spent more than ``ALLOWANCE_S`` on such builds lately, reset after reset, is sent to the other lane;
* **long** ones, the replays of links, share few places in turns of about ``TURN_S``. Each visitor has one build at most, so turns by
  order of arrival are equal shares. Between two turns the place rests: the longer, the later the pictures of moving swarms come.

A build that is no longer wanted ends at the end of its turn. One whose browser is gone, because the tab is closed or the connection lost,
keeps what it has and gets no turn until the browser is back or the session ends.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from swarmviz.threads import MOST

SHORT_PLACES = 4  # one or two of them may be compiling a kernel for some seconds
MAX_SHORT_WORK = 5_000_000  # coordinates times steps: about a tenth of a second
MAX_SHORT_S = 0.5  # of processor time; then a build was not short after all
ALLOWANCE_S = 2.0  # of processor time that a visitor may spend on short builds …
REFILL_PER_S = 0.1  # … and so many seconds of it come back per second
MAX_LONG_PLACES = 4
TURN_S = 0.05
LATE_S = 0.02  # by which the median visitor's pictures may be late before replays hold back
MIN_SHARE, MAX_SHARE = 0.1, 0.5  # of a place's time that is work while any swarm moves; all of it while none does
MAX_REST_S = 2.0
MAX_JOB_S = 900.0  # of processor time of one job: an export, whose run may be of any length
CHECK_EVERY_S = 0.2  # whether a build is still wanted, and its browser there


class TooLong(ValueError):
    """Ends a job that has taken too much of the processor; its text is for the visitor."""


class Unwanted(Exception):
    """Ends a build that is no longer wanted."""


class Visit(Protocol):
    """What the pool asks of a visit: whether its swarm moves, how late its pictures come, whether a browser is connected."""

    @property
    def moving(self) -> bool: ...

    @property
    def lateness(self) -> float: ...

    @property
    def connected(self) -> bool: ...


class Lane:
    """So many places, which are given in the order of asking to those whose browser is there."""

    def __init__(self, places: int):
        self._free, self._queue = places, deque[Job]()
        self._changed = threading.Condition()

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return len(self._queue)

    def take(self, job: Job, again: bool = False) -> None:
        """Wait for a place; ``again``: give the one that the job has to the next, and queue behind all who wait.

        Raises
        ------
        Unwanted
            When the build is no longer wanted.
        """
        with self._changed:
            self._free += again
            self._queue.append(job)
            self._changed.notify_all()
            try:
                while not (self._free and next((other for other in self._queue if other.present), None) is job):
                    if not job.wanted():
                        raise Unwanted
                    self._changed.wait(CHECK_EVERY_S)
                self._free -= 1
            finally:
                self._queue.remove(job)
                self._changed.notify_all()

    def give(self) -> None:
        """Give a place back."""
        with self._changed:
            self._free += 1
            self._changed.notify_all()

    def look(self) -> None:
        """Look again who waits: a visitor may have left."""
        with self._changed:
            self._changed.notify_all()


class Job:
    """A build: a context manager that holds a place while the block computes; ``pause`` is to be called every now and then.

    Attributes
    ----------
    used : float
        Seconds of processor time so far.
    """

    def __init__(self, pool: Pool, visit: Visit, wanted: Callable[[], bool], work: float):
        self.wanted, self._pool, self._visit = wanted, pool, visit
        self._lane = pool.short if work <= MAX_SHORT_WORK and pool.spent(visit) < ALLOWANCE_S else pool.long
        self._held = False
        self._began = self._turn_began = 0.0
        self.used = 0.0

    @property
    def present(self) -> bool:
        """Whether the visitor's browser is there."""
        return self._visit.connected

    @property
    def waiting(self) -> int:
        """How many other builds wait for the place that this one has."""
        return self._lane.waiting

    def __enter__(self) -> Job:
        self._take()
        return self

    def __exit__(self, *exception: Any) -> None:
        if self._held:
            if self._lane is self._pool.long:
                self._pool.rest(self._pool.clock() - self._turn_began)
            self._give()
        self._pool.spend(self._visit, self.used)

    def pause(self) -> None:
        """Give others their turn when this one is over.

        Raises
        ------
        Unwanted
            When the build is no longer wanted.
        TooLong
            When it has taken more than ``MAX_JOB_S`` of the processor.
        """
        if not self.wanted():
            raise Unwanted
        if self.used > MAX_JOB_S:
            raise TooLong(f"Given up: it took more than {MAX_JOB_S:.0f} s of the processor")
        pool, now = self._pool, self._pool.clock()
        if self._lane is pool.short:
            if self.used + pool.work_clock() - self._began < MAX_SHORT_S:
                return
            self._give()
            self._lane = pool.long
            self._take()
        elif now - self._turn_began >= TURN_S or not self.present:
            pool.rest(now - self._turn_began)
            self.used += pool.work_clock() - self._began
            self._held = False
            self._take(again=True)

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Without a place while the block waits for something else; where that is given up, for good."""
        self._give()
        yield
        self._take()

    def _take(self, again: bool = False) -> None:
        self._lane.take(self, again)
        self._held, self._began, self._turn_began = True, self._pool.work_clock(), self._pool.clock()

    def _give(self) -> None:
        self.used += self._pool.work_clock() - self._began
        self._held = False
        self._lane.give()


class Pool:
    """The places of a process.

    Parameters
    ----------
    long : int, optional
        How many long builds compute at a time; one core stays free of them when absent.
    short : int
        How many short ones.
    clock, work_clock, sleep : function
        The time, the processor time of the thread that asks, and how to wait; tests put others.
    """

    def __init__(
        self,
        long: int | None = None,
        short: int = SHORT_PLACES,
        clock: Callable[[], float] = time.monotonic,
        work_clock: Callable[[], float] = time.thread_time,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self.long = Lane(max(1, min(MAX_LONG_PLACES, (os.cpu_count() or 1) - 1)) if long is None else long)
        self.short = Lane(short)
        self.clock, self.work_clock, self._sleep = clock, work_clock, sleep
        self._cores = os.cpu_count() or 1
        self._visits: weakref.WeakSet[Any] = weakref.WeakSet()
        self._share = MAX_SHARE
        self._spent: weakref.WeakKeyDictionary[Any, tuple[float, float]] = (
            weakref.WeakKeyDictionary()
        )  # seconds, and when
        self._accounts = threading.Lock()

    def enter(self, visit: Visit) -> None:
        """From now on replays hold back when this visit's pictures come late."""
        self._visits.add(visit)

    def job(self, visit: Visit, wanted: Callable[[], bool], work: float) -> Job:
        """A build of so many coordinates times steps; it ends once it is no longer ``wanted()``."""
        return Job(self, visit, wanted, work)

    def spent(self, visit: Visit) -> float:
        """Processor seconds of a visit's builds, less what has come back since."""
        with self._accounts:
            seconds, at = self._spent.get(visit, (0.0, 0.0))
        return max(0.0, seconds - REFILL_PER_S * (self.clock() - at))

    def spend(self, visit: Visit, seconds: float) -> None:
        """So much more; a long replay or a compilation counts as twice the allowance at most."""
        seconds = min(2 * ALLOWANCE_S, self.spent(visit) + seconds)
        with self._accounts:
            self._spent[visit] = seconds, self.clock()

    def fair_share(self, visit: Visit) -> float:
        """How many cores steps, pictures and background of a visit may take: all, but an equal part of them while others come late."""
        others = self._held_up(visit)
        return self._cores / (others + 1)

    def threads(self, visit: Visit) -> int:
        """How many threads a large swarm of a visit may take: one while others come late."""
        return 1 if self._held_up(visit) else MOST

    def _held_up(self, visit: Visit) -> int:
        """How many others play, if their pictures come late."""
        late = [
            other.lateness for other in list(self._visits) if other is not visit and other.moving and other.connected
        ]
        return len(late) if late and statistics.median_low(late) > LATE_S else 0

    def look(self) -> None:
        """Look again who waits: a visitor may have left, or want something else."""
        self.short.look()
        self.long.look()

    def rest(self, worked: float) -> None:
        """Leave the processor to the visible swarms, in proportion to the seconds worked."""
        late = [visit.lateness for visit in list(self._visits) if visit.moving and visit.connected]
        if not late:
            return
        # The median: a browser that is too slow for its own pictures says nothing about this machine.
        if statistics.median_low(late) > LATE_S:
            self._share = max(MIN_SHARE, self._share / 2)
        else:
            self._share = min(MAX_SHARE, 1.1 * self._share)
        self._sleep(min(MAX_REST_S, worked * (1 / self._share - 1)))


POOL = Pool()
