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

from components.playback.transport import Transport

SENT: dict[str, deque[tuple[int, float]]] = defaultdict(lambda: deque(maxlen=4000))


def note(session: str, number: int) -> None:
    """Picture ``number`` of a session has just been written to its websocket."""
    SENT[session].append((number, time.time()))


def counted(self: Transport) -> None:
    """What the transport does when it delivers a picture, and a note of it."""
    before = self._gate.sent
    deliver(self)
    if self._gate.sent > before:
        note(str(id(self)), self._gate.sent)


deliver, Transport._deliver = Transport._deliver, counted


def resident() -> int:
    """Bytes of memory that this process occupies."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


class Counters(RequestHandler):
    """GET → memory, processor time and pictures; POST → forget the pictures."""

    def get(self) -> None:
        sent = {session: list(numbers) for session, numbers in SENT.items()}
        self.write(json.dumps({"bytes": resident(), "cpu": time.process_time(), "sent": sent}))

    def post(self) -> None:
        SENT.clear()

    def check_xsrf_cookie(self) -> None:
        """The benchmark is no form."""


ROUTES = [("/counters", Counters, {})]
