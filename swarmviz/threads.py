"""How many threads one swarm may take, and the threads that help it (:mod:`swarmviz.kernels.team`).

A large swarm is advanced by the thread that asks for it and by helpers that have nothing else to do at that moment. Nobody waits for a
helper, and the bits of a run are the same for any number of them.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from typing import Any

VARIABLE = "SWARMVIZ_THREADS"  # of the environment: how many threads a swarm may take
MOST = 64  # threads of one swarm


def available() -> int:
    """Processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS, nor on Windows
        return os.cpu_count() or 1


def checked(name: str, threads: Any) -> int:
    """A number of threads.

    Raises
    ------
    ValueError
        When it is no whole number from 1 to ``MOST``; says so under its ``name``.
    """
    if isinstance(threads, bool) or not isinstance(threads, int) or not 1 <= threads <= MOST:
        raise ValueError(f"{name} = {threads!r}: must be a whole number from 1 to {MOST}")
    return threads


def from_environment() -> int:
    """What the environment says, or one thread per processor.

    Raises
    ------
    ValueError
        When the environment says no such number.
    """
    said = os.environ.get(VARIABLE, "")
    if not said:
        return min(available(), MOST)
    return checked(VARIABLE, int(said) if said.isdecimal() else said)


class Helper:
    """A thread that works when it is asked to; idle otherwise."""

    def __init__(self, done: Callable[[Helper], None]):
        self._done = done
        self._jobs: queue.SimpleQueue[tuple[Callable[[int], None], int]] = queue.SimpleQueue()
        threading.Thread(target=self._work, name="swarmviz helper", daemon=True).start()

    def help(self, work: Callable[[int], None], part: int) -> None:
        """Begin with ``work(part)``."""
        self._jobs.put((work, part))

    def _work(self) -> None:
        while True:
            work, part = self._jobs.get()
            try:
                work(part)
            except Exception as error:  # a defect: the leader does without this thread
                traceback.print_exception(error, file=sys.stderr)
            del work
            self._done(self)


class Threads:
    """The helpers of a process."""

    def __init__(self) -> None:
        self._lock, self._local = threading.Lock(), threading.local()
        self._most: int | None = None
        self._idle: list[Helper] = []
        self._made = 0

    @property
    def most(self) -> int:
        """Threads that one swarm may take, the one that asks included."""
        if self._most is None:
            self._most = from_environment()
        return self._most

    @most.setter
    def most(self, threads: int) -> None:
        self._most = checked("threads", threads)

    @contextlib.contextmanager
    def at_most(self, threads: int) -> Iterator[None]:
        """While it lasts, swarms that this thread advances take no more than so many threads."""
        before = getattr(self._local, "limit", MOST)
        self._local.limit = min(before, threads)
        try:
            yield
        finally:
            self._local.limit = before

    @property
    def allowed(self) -> int:
        """How many threads a swarm may take that is advanced by the thread that asks."""
        return min(self.most, getattr(self._local, "limit", MOST))

    def together(self, work: Callable[[int], None]) -> None:
        """``work(0)`` on this thread and, meanwhile, ``work(1)``, … on helpers that are idle; returns with ``work(0)``."""
        for part, helper in enumerate(self._take(self.allowed - 1), 1):
            helper.help(work, part)
        work(0)

    def forget(self) -> None:
        """In a process that was forked: the helpers have stayed behind."""
        self._lock, self._idle, self._made = threading.Lock(), [], 0

    def _take(self, count: int) -> list[Helper]:
        """As many idle helpers as there are, at most ``count``."""
        if count <= 0:
            return []
        with self._lock:
            while self._made < self.most - 1 and len(self._idle) < count:
                self._idle.append(Helper(self._give_back))
                self._made += 1
            taken, self._idle = self._idle[:count], self._idle[count:]
        return taken

    def _give_back(self, helper: Helper) -> None:
        with self._lock:
            self._idle.append(helper)


THREADS = Threads()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=THREADS.forget)


def set_threads(threads: int) -> None:
    """How many threads one swarm may take from now on, for all swarms of this process; at first one per processor.

    Only swarms of some 30,000 agents and more are worth a second thread. The bits of a run do not depend on it. Before the first such
    swarm the variable ``SWARMVIZ_THREADS`` of the environment says the same.

    Parameters
    ----------
    threads : int
        From 1 to 64.

    Raises
    ------
    ValueError
        When it is no such number.

    Examples
    --------
    >>> import swarmviz as sv
    >>> sv.set_threads(1)
    >>> sv.set_threads(sv.threads.available())
    """
    THREADS.most = threads
