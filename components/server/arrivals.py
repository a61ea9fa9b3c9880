"""Visits that begin at the same moment are made one after the other, and between two of them everybody else has the thread.

To make a session takes some tenths of a second of the thread that all visitors share, more than a hundred pictures. Of many sockets that
open at once, all would be made in one go: for as long nobody would be shown anything, no connection be answered, and a worker not report
to its parent. The order is that of coming, and after each the next one waits ``REST`` times as long as it has taken.

Whoever would have to wait for more than ``MAX_WAIT_S`` seconds is told so instead of the page (``pages.py``), by a page that tries again by
itself. A page that is only fetched is not counted: it makes nothing. A visit that comes back to its session does not wait.
"""

from __future__ import annotations

import asyncio
import time
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
        self._turn = asyncio.Lock()  # wakes those who wait in the order of their coming
        self._waiting, self._usual_s = 0, FIRST_S

    @property
    def wait_s(self) -> float:
        """Seconds after which the turn of one more would probably come."""
        return (self._waiting + self._turn.locked()) * self._usual_s * (1 + REST)

    @property
    def crowded(self) -> bool:
        """Whether one more would wait for too long."""
        return self.wait_s > MAX_WAIT_S

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn; inside, one visit is made."""
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1
        began = self._clock()
        try:
            yield
        finally:
            took = self._clock() - began
            self._usual_s = MEMORY * self._usual_s + (1 - MEMORY) * took
            asyncio.get_running_loop().call_later(REST * took, self._turn.release)


ARRIVALS = Arrivals()
