"""Kernels are compiled beside the server, so that no visitor's page stands still; who needs one waits until it is ready, and is told.

What needs a kernel need not know of this: the first call of one waits here, wherever it comes from. A thread that has something to say to
a visitor meanwhile, or may have become superfluous, says so by :func:`while_waiting`. The thread that all visitors share never waits: what
may be left to another asks by :func:`without_waiting`, and the rest is compiled there, small things that are needed to answer at once.
"""

from __future__ import annotations

import atexit
import contextlib
import contextvars
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import NamedTuple

from swarmviz import dynamics, landscapes
from swarmviz.compilers import LANDSCAPE, Compilers, Done, kernels, landscape_kept
from swarmviz.kernels.compiled import Kernel
from swarmviz.landscapes.base import Landscape


def tell(sentence: str) -> None:
    """On the console, which shows how far it is: the server's log has not begun yet, and shows warnings only."""
    print(sentence, file=sys.stderr, flush=True)


class Waiting(NamedTuple):
    """What a thread does while it waits for a kernel.

    Attributes
    ----------
    check : function (seconds)
        Called now and then with how long it has been waited; what it raises ends the waiting.
    aside : function () → context manager
        Entered while it is waited.
    """

    check: Callable[[float], None] = lambda seconds: None
    aside: Callable[[], AbstractContextManager] = contextlib.nullcontext


class NotReady(Exception):
    """A kernel is not compiled yet."""


_waiting: contextvars.ContextVar[Waiting | None] = contextvars.ContextVar("waiting", default=None)


class Compiling:
    """The processes that compile for this server."""

    def __init__(self) -> None:
        self._compilers: Compilers | None = None
        self._once, self._kept = threading.Lock(), 0  # in the cache at the start

    def start(self, processes: int | None = None) -> None:
        """Begin to compile what is not in the cache; a second call does nothing.

        Parameters
        ----------
        processes : int, optional
            How many at a time; see :class:`swarmviz.compilers.Compilers`.
        """
        with self._once:
            if self._compilers is not None:
                return
            known = [(kernel.name, kernel.kept) for kernel in kernels()]
            known += [(f"{LANDSCAPE}{name}", landscape_kept(name)) for name in landscapes.ALL]
            missing = sorted((name for name, kept in known if not kept), key=_place)
            self._compilers = Compilers(missing, processes, self._report)
            self._kept = len(known) - len(missing)
        if not missing:
            return
        tell(f"Compiling kernels, once: {self._kept} of {len(known)} are ready")
        Kernel.prepare = lambda kernel: self._wait(kernel.name)
        atexit.register(self._compilers.close)
        self._compilers.start()

    @property
    def words(self) -> str:
        """How far it is, for whoever waits; empty when all kernels are ready."""
        ready, of = self._compilers.progress if self._compilers is not None else (0, 0)
        return f"{self._kept + ready} of {self._kept + of} kernels are compiled" if ready < of else ""

    def wait_for(self, landscape: Landscape) -> None:
        """Wait until the functions of a landscape are compiled, where other processes are at it."""
        if self._compilers is not None:
            self._wait(f"{LANDSCAPE}{type(landscape).__name__}")

    def _wait(self, name: str) -> None:
        waiting = _waiting.get()
        if self._compilers is None or not self._compilers.open(name):
            return
        if waiting is None:
            if threading.current_thread() is threading.main_thread():  # all visitors', while the server serves
                return
            waiting = Waiting()
        with waiting.aside():
            self._compilers.wait(name, waiting.check)

    def _report(self, done: Done) -> None:
        if done.error:
            tell(f"{done.name} cannot be compiled beforehand: {done.error}")
        else:
            tell(f"Compiled {done.name} in {done.seconds:.1f} s; {self.words or 'all kernels are ready'}")


def _place(name: str) -> tuple[bool, bool, bool]:
    """The opening dynamics first, then what the page's thread calls; what takes many runs in one call, as replicas do, last."""
    opening = next(iter(dynamics.ALL.values())).__module__
    return name != f"{opening}:advance_runs", not name.startswith(EXPLAIN), "tile" in name


COMPILING = Compiling()
EXPLAIN = "swarmviz.dynamics.explain."  # of one agent's step, small


@contextlib.contextmanager
def while_waiting(waiting: Waiting) -> Iterator[None]:
    """What this thread does in the block when it has to wait for a kernel."""
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)


def without_waiting() -> AbstractContextManager[None]:
    """In the block, what needs a kernel that is still to be compiled raises :class:`NotReady`."""
    return while_waiting(Waiting(_refuse))


def _refuse(seconds: float) -> None:
    raise NotReady
