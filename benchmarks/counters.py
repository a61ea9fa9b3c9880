"""A plug-in of ``panel serve`` for the benchmark: when each picture was sent, and what the process costs.

``GET /counters`` answers with the process's resident bytes and seconds of processor time, and per session the numbers and the wall-clock
times of its last pictures. The wall clock is the browser's too, because both run on this machine.
"""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict, deque
from pathlib import Path

from tornado.web import RequestHandler

try:
    from components.playback.transport import Transport
except ModuleNotFoundError:  # an older checkout, that is measured beside
    from components.transport import Transport  # type: ignore[import-not-found, no-redef]

SENT: dict[str, deque[tuple[int, float]]] = defaultdict(lambda: deque(maxlen=4000))


def note(session: str, number: int) -> None:
    """Picture ``number`` of a session has just been written to its websocket."""
    SENT[session].append((number, time.time()))


def sent(transport: Transport) -> int:
    """Number of the picture that was sent last."""
    return transport._gate.sent if hasattr(transport, "_gate") else transport._sent


def counted(self: Transport) -> None:
    """What the transport does when it delivers a picture, and a note of it."""
    before = sent(self)
    deliver(self)
    if sent(self) > before:
        note(str(id(self)), sent(self))


deliver, Transport._deliver = Transport._deliver, counted


def resident() -> int:
    """Bytes of memory that this process occupies."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


class Counters(RequestHandler):
    """GET → memory, processor time and pictures; POST → forget the pictures."""

    def get(self) -> None:
        pictures = {session: list(numbers) for session, numbers in SENT.items()}
        self.write(json.dumps({"bytes": resident(), "cpu": time.process_time(), "sent": pictures}))

    def post(self) -> None:
        SENT.clear()

    def check_xsrf_cookie(self) -> None:
        """The benchmark is no form."""


ROUTES = [("/counters", Counters, {})]
