"""Visits that begin at the same moment are made one after the other, and between two of them everybody else has the thread.

To make a session takes some tenths of a second of the thread that all visitors share, more than a hundred pictures. Of many sockets that
open at once, all would be made in one go: for as long nobody would be shown anything, no connection be answered, and a worker not report
to its parent. After each the next one waits ``REST`` times as long as it has taken. Addresses take turns, and at one address the order is
that of coming: a class-room that opens the page together holds up whoever comes from elsewhere by one visit, not by thirty.

Whoever would have to wait for more than ``MAX_WAIT_S`` seconds is told so instead of the page (``pages.py``), by a page that tries again by
itself. A page that is only fetched is not counted: it makes nothing. A visit that comes back to its session does not wait.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

REST = 0.5  # of the time that making one has taken
MAX_WAIT_S = 20.0
FIRST_S = 0.5  # for which one is expected to take before any was made
MEMORY = 0.7  # of what is expected, that which was expected before


class Arrivals:
    """The visits that wait to be made.

    Parameters
    ----------
    clock : function () → float
        Seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._taken = False  # by the visit that is made, and the rest after it
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}  # network → who waits there; the next one's first
        self._usual_s = FIRST_S

    def wait_s(self, network: str = "") -> float:
        """Seconds after which the turn of one more visit from a network (``session_limit.network_of``) would probably come."""
        here = len(self._waiting.get(network, ()))
        others = sum(min(len(queue), here + 1) for other, queue in self._waiting.items() if other != network)
        return (here + others + self._taken) * self._usual_s * (1 + REST)

    def crowded(self, network: str = "") -> bool:
        """Whether one more would wait for too long."""
        return self.wait_s(network) > MAX_WAIT_S

    @asynccontextmanager
    async def turn(self, network: str = "") -> AsyncIterator[None]:
        """Wait for one's turn; inside, one visit is made."""
        if self._taken:
            await self._wait(network)
        self._taken = True
        began = self._clock()
        try:
            yield
        finally:
            took = self._clock() - began
            self._usual_s = MEMORY * self._usual_s + (1 - MEMORY) * took
            asyncio.get_running_loop().call_later(REST * took, self._next)

    async def _wait(self, network: str) -> None:
        called: asyncio.Future[None] = asyncio.Future()
        queue = self._waiting.setdefault(network, deque())
        queue.append(called)
        try:
            await called
        except asyncio.CancelledError:
            if called in queue:
                queue.remove(called)
            elif not called.cancelled():  # it was its turn
                self._next()
            if not queue and self._waiting.get(network) is queue:
                del self._waiting[network]
            raise

    def _next(self) -> None:
        """Let the next network's first visit be made; that network is the last then."""
        while self._waiting:
            network, queue = next(iter(self._waiting.items()))
            del self._waiting[network]
            called = queue.popleft()
            if queue:
                self._waiting[network] = queue
            if not called.done():
                called.set_result(None)
                return
        self._taken = False


ARRIVALS = Arrivals()
