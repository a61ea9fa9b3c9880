"""A plug-in of ``panel serve`` for the benchmarks: how late the thread is that all visitors share, looked at a hundred times a second.

``GET /thread`` answers with what was seen since the last time, in seconds: by how much the thread came late to a look, the processor time
that it had worked itself since the look before, and for how long it could have run meanwhile and no core was free (NaN where the system
does not tell). The second is what the page does in one go, whatever else the machine does; the third is the machine, with all that it runs;
the rest of the lateness is the interpreter's lock, which other threads of the server had. The first call begins the looking.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import time
from collections import deque
from pathlib import Path

from tornado.web import RequestHandler

EVERY_S = 0.01
SEEN: deque[tuple[float, float, float]] = deque(maxlen=200_000)
LOOKING: list[asyncio.Task[None]] = []


def queued_s(file: int | None) -> float:
    """Seconds that the thread has waited for a core so far, of the scheduler's statistics, which are in nanoseconds."""
    return math.nan if file is None else int(os.pread(file, 100, 0).split()[1]) / 1e9


async def look() -> None:
    """Take note of how late this thread comes back, until its loop ends."""
    statistics = Path("/proc/thread-self/schedstat")  # Linux
    file = os.open(statistics, os.O_RDONLY) if statistics.exists() else None
    while True:
        planned, worked, queued = time.monotonic() + EVERY_S, time.thread_time(), queued_s(file)
        await asyncio.sleep(EVERY_S)
        SEEN.append((max(0.0, time.monotonic() - planned), time.thread_time() - worked, queued_s(file) - queued))


class Thread(RequestHandler):
    """GET → what was seen since the last time."""

    def get(self) -> None:
        if not LOOKING:
            LOOKING.append(asyncio.get_running_loop().create_task(look()))
        self.write(json.dumps(list(SEEN)))
        SEEN.clear()


ROUTES = [("/thread", Thread, {})]
