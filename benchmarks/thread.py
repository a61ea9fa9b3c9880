"""A plug-in of ``panel serve`` for the benchmarks: how late the thread is that all visitors share, looked at a hundred times a second.

``GET /thread`` answers with pairs of wall-clock time and lateness in seconds, and forgets them. The first one begins the looking.
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
        planned = time.monotonic() + EVERY_S
        await asyncio.sleep(EVERY_S)
        SEEN.append((time.time(), max(0.0, time.monotonic() - planned)))


class Thread(RequestHandler):
    """GET → what was seen since the last time."""

    def get(self) -> None:
        if not LOOKING:
            LOOKING.append(asyncio.get_running_loop().create_task(look()))
        self.write(json.dumps(list(SEEN)))
        SEEN.clear()


ROUTES = [("/thread", Thread, {})]
