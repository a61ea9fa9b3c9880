"""A plug-in of ``panel serve`` for the benchmarks: how late the thread is that all visitors share, looked at a hundred times a second.

``GET /thread`` answers with what was seen since the last time, in seconds: by how much the thread came late to a look, and the processor
time that it had worked itself since the look before. The second is what the page does in one go, whatever else the machine does; the rest
of the lateness is other threads, of the server or of the machine. The first call begins the looking.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque

from tornado.web import RequestHandler

EVERY_S = 0.01
SEEN: deque[tuple[float, float]] = deque(maxlen=200_000)
LOOKING: list[asyncio.Task[None]] = []


async def look() -> None:
    """Take note of how late this thread comes back, until its loop ends."""
    while True:
        planned, worked = time.monotonic() + EVERY_S, time.thread_time()
        await asyncio.sleep(EVERY_S)
        SEEN.append((max(0.0, time.monotonic() - planned), time.thread_time() - worked))


class Thread(RequestHandler):
    """GET → what was seen since the last time."""

    def get(self) -> None:
        if not LOOKING:
            LOOKING.append(asyncio.get_running_loop().create_task(look()))
        self.write(json.dumps(list(SEEN)))
        SEEN.clear()


ROUTES = [("/thread", Thread, {})]
