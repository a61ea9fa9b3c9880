"""The parts of a message leave in one write.

Why
    A message is three frames of a web socket and two more for each array, and Tornado writes each by itself. Every write lets go of the
    interpreter's lock: beside a thread that computes in Python, the page's thread waits a millisecond and more to have it back, and with it
    all visitors. What is written in one go leaves in one write at the end of the loop's pass.
Written for
    Tornado 6.5 and 6.6: ``WebSocketProtocol.stream`` is what its frames are written to, with ``write(bytes) → Future``.
Without it
    Each frame is a write of its own; what is shown is the same.
Upstream
    A message of several frames, written together.
"""

from __future__ import annotations

import asyncio
from typing import Any

from tornado.iostream import StreamClosedError

MAX_JOINED_BYTES = 2**20  # a file is not copied once more on the thread that visitors share


class GatheredStream:
    """A stream that keeps what is written to it until the pass of the loop ends; all else is the stream's own.

    Parameters
    ----------
    stream : IOStream
        To which it is written.
    """

    def __init__(self, stream: Any):
        self._stream = stream
        self._frames: list[bytes] = []
        self._waiting: list[asyncio.Future[None]] = []  # one for each frame: who gives one up has no other's

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, data: bytes) -> asyncio.Future[None]:
        """Write it with all that comes in this pass of the loop; the future is done once it was taken, or once the browser has left.

        That it has is told by the end of the connection; of each frame Panel would write it into the log.

        Raises
        ------
        StreamClosedError
            When the stream is closed already.
        """
        if self._stream.closed():
            raise StreamClosedError
        loop = asyncio.get_running_loop()
        if not self._frames:
            loop.call_soon(self.flush)
        waiting = loop.create_future()
        waiting.add_done_callback(lambda future: future.cancelled() or future.exception())
        self._frames.append(data)
        self._waiting.append(waiting)
        return waiting

    def flush(self) -> None:
        """Write what was kept."""
        frames, waiting = self._frames, self._waiting
        self._frames, self._waiting = [], []
        if not frames:
            return
        if sum(map(len, frames)) <= MAX_JOINED_BYTES:
            frames = [b"".join(frames)]
        try:
            for frame in frames:
                taken = self._stream.write(frame)
        except StreamClosedError:
            _tell(waiting)
        else:  # what was written last is taken last
            taken.add_done_callback(lambda done: _tell(waiting, done))

    def close(self, *arguments: Any, **options: Any) -> None:
        """Write what was kept, and close the stream."""
        self.flush()
        self._stream.close(*arguments, **options)


def _tell(waiting: list[asyncio.Future[None]], done: asyncio.Future[None] | None = None) -> None:
    """Pass on that it was written, or why not; to who has left it counts as written."""
    error = None if done is None or done.cancelled() else done.exception()
    for future in waiting:
        if future.done():  # given up
            continue
        if done is not None and done.cancelled():
            future.cancel()
        elif error is not None and not isinstance(error, StreamClosedError):
            future.set_exception(error)
        else:
            future.set_result(None)


def gather_writes(connection: Any) -> None:
    """Let what is written to a connection in one pass of the loop leave together; another Tornado's connection is left as it is."""
    if hasattr(getattr(connection, "stream", None), "write"):
        connection.stream = GatheredStream(connection.stream)
