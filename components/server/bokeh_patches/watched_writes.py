"""A socket whose browser takes nothing is closed, and a message to a visitor who has left is no error.

Why
    Panel writes to the connection itself and does not look at what becomes of it: a browser that stopped reading would fill the server's
    memory, and each message to one that has left would leave a traceback in the log.
Written for
    Tornado 6.5 and 6.6: ``WebSocketProtocol.write_message`` returns a future; ``IOStream._write_buffer`` holds what was not taken.
Without it
    Memory is not bounded while a browser does not read, and the log has tracebacks of visitors who left.
Upstream
    A limit of what is not taken yet, as an option of the web socket handler, and futures that Panel looks at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tornado.websocket import WebSocketClosedError


def watch_writes(connection: Any, end: Callable[[], None], max_unread_bytes: int) -> None:
    """Call ``end`` instead of writing once so many bytes were not taken; look at the result of every message."""
    write = connection.write_message

    def watched(message: Any, binary: bool = False) -> Any:
        if len(getattr(connection.stream, "_write_buffer", None) or ()) > max_unread_bytes:
            end()
            raise WebSocketClosedError
        written = write(message, binary)
        written.add_done_callback(lambda future: future.cancelled() or future.exception())
        return written

    connection.write_message = watched
