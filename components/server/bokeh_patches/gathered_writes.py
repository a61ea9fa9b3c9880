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
        self._written: asyncio.Future[None] | None = None

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
        if self._written is None:
            loop = asyncio.get_running_loop()
            self._written = loop.create_future()
            self._written.add_done_callback(lambda future: future.cancelled() or future.exception())
            loop.call_soon(self.flush)
        self._frames.append(data)
        return self._written

    def flush(self) -> None:
        """Write what was kept."""
        frames, written = self._frames, self._written
        self._frames, self._written = [], None
        if written is None:
            return
        try:
            asyncio.ensure_future(self._stream.write(b"".join(frames))).add_done_callback(
                lambda done: _tell(done, written)
            )
        except StreamClosedError:
            written.set_result(None)

    def close(self, *arguments: Any, **options: Any) -> None:
        """Write what was kept, and close the stream."""
        self.flush()
        self._stream.close(*arguments, **options)


def _tell(done: asyncio.Future[None], waiting: asyncio.Future[None]) -> None:
    """Pass on that it was written, or why not; to who has left it counts as written."""
    if waiting.done():
        return
    if done.cancelled():
        waiting.cancel()
    elif (error := done.exception()) is not None and not isinstance(error, StreamClosedError):
        waiting.set_exception(error)
    else:
        waiting.set_result(None)


def gather_writes(connection: Any) -> None:
    """Let what is written to a connection in one pass of the loop leave together; another Tornado's connection is left as it is."""
    if hasattr(getattr(connection, "stream", None), "write"):
        connection.stream = GatheredStream(connection.stream)
