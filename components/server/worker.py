"""This process as one of several workers that share a port (``--workers``): which sessions are its own, and how connections come to it.

The parent (``workers.py``) accepts, looks at the head of the request without taking it, and hands the connection itself over, so that no
byte of a picture goes through it. A page can be fetched from any worker, which makes an id of a session that is its own by its checksum; by
the same checksum the parent finds the worker again when the page's socket opens.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from bokeh.core.types import ID
from bokeh.util.token import generate_session_id
from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream

REPORT = struct.Struct("!II")  # places that are taken, places
LOOK_EVERY_S = 0.1  # at how many places are taken: a change is reported at once …
REPORT_EVERY_S = 1.0  # … and all the same as before so often, as a sign of life
MAX_AT_ONCE = 64  # connections that are taken over before other work has its turn


class Worker(NamedTuple):
    """One of several workers.

    Attributes
    ----------
    number : int
        From 0.
    of : int
        How many there are.
    channel : int
        The descriptor of the socket to the parent.
    folder : str
        Where each worker has a socket for the others, which nobody else can open.
    """

    number: int
    of: int
    channel: int
    folder: str

    @classmethod
    def read(cls, written: str) -> Worker:
        """What the parent has written with ``str``."""
        number, of, channel, folder = written.split(",", 3)
        return cls(int(number), int(of), int(channel), folder)

    def __str__(self) -> str:
        return ",".join(map(str, self))

    def socket_path(self, number: int) -> str:
        """The path of a worker's socket for the others."""
        return str(Path(self.folder) / f"{number}.socket")


class This:
    """The worker that this process is; None for a server of one process."""

    worker: Worker | None = None


def owner(session_id: str, of: int) -> int:
    """The number of the worker that has a session."""
    return zlib.crc32(session_id.encode()) % of


def is_own(session_id: str) -> bool:
    """Whether a session is one of this process."""
    return This.worker is None or owner(session_id, This.worker.of) == This.worker.number


def of_a_worker(request: Any) -> bool:
    """Whether a request comes from another worker, through the folder that nobody else can open."""
    return This.worker is not None and request.connection.context.address_family == socket.AF_UNIX


def new_session_id(secret_key: bytes) -> ID:
    """A signed id of a session of this process; of as many tries as there are workers, one fits."""
    while not is_own(found := generate_session_id(secret_key=secret_key, signed=True)):
        pass
    return found


class Channel:
    """The parent's end of the work: connections come from it, and how many places are taken goes to it.

    Parameters
    ----------
    descriptor : int
        Of the socket to the parent.
    server : HTTPServer
        That answers what comes.
    places : function () → (int, int)
        Places that are taken, and places.
    alone : function () → None
        Called when the parent has gone.
    """

    def __init__(
        self, descriptor: int, server: HTTPServer, places: Callable[[], tuple[int, int]], alone: Callable[[], None]
    ):
        self._server, self._places, self._alone = server, places, alone
        self._socket = socket.socket(fileno=descriptor)
        self._socket.setblocking(False)

    async def run(self) -> None:
        """Take over connections and report, until the loop ends."""
        loop, said, at = asyncio.get_running_loop(), None, 0.0
        loop.add_reader(self._socket, self._take)
        while True:
            if (now := self._places()) != said or time.monotonic() - at >= REPORT_EVERY_S:
                with contextlib.suppress(OSError):  # a parent that has gone is noticed by the reader
                    self._socket.send(REPORT.pack(*now))
                    said, at = now, time.monotonic()
            await asyncio.sleep(LOOK_EVERY_S)

    def _take(self) -> None:
        for _ in range(MAX_AT_ONCE):
            try:
                byte, descriptors, *_ = socket.recv_fds(self._socket, 1, 1)
            except BlockingIOError:
                return
            except OSError:
                byte, descriptors = b"", []
            for descriptor in descriptors:
                self._answer(socket.socket(fileno=descriptor))
            if not byte:
                asyncio.get_running_loop().remove_reader(self._socket)
                self._alone()
                return

    def _answer(self, connection: socket.socket) -> None:
        try:
            connection.setblocking(False)
            address = connection.getpeername()
        except OSError:  # it has been closed meanwhile
            connection.close()
            return
        sizes: dict[str, Any] = {
            "max_buffer_size": self._server.max_buffer_size,
            "read_chunk_size": self._server.read_chunk_size,
        }
        self._server.handle_stream(IOStream(connection, **sizes), address)
