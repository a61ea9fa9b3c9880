"""What becomes of messages to a browser that does not take them."""

from __future__ import annotations

from concurrent.futures import Future
from types import SimpleNamespace

import pytest
from tornado.iostream import BaseIOStream
from tornado.websocket import WebSocketClosedError, WebSocketProtocol

from components.server.bokeh_patches.watched_writes import watch_writes


class Connection:
    """Writes nothing; each message is a future of the test's."""

    def __init__(self, **stream):
        self.stream, self.written = SimpleNamespace(**stream), []

    def write_message(self, message, binary=False):
        self.written.append(Future())
        return self.written[-1]


def test_a_browser_that_takes_nothing_is_cut_off():
    connection, ended = Connection(_write_buffer=bytearray(10)), []
    watch_writes(connection, lambda: ended.append(1), max_unread_bytes=10)
    connection.write_message("a")
    connection.stream._write_buffer = bytearray(11)
    with pytest.raises(WebSocketClosedError):
        connection.write_message("b")
    assert len(connection.written) == 1 and ended == [1]


def test_what_becomes_of_a_message_is_looked_at():
    connection = Connection(_write_buffer=b"")
    watch_writes(connection, lambda: None, max_unread_bytes=10)
    seen = []
    future = connection.write_message("a")
    future.exception = lambda timeout=None: seen.append(1)
    future.set_exception(WebSocketClosedError())
    assert seen == [1]
    connection.write_message("b").cancel()


@pytest.mark.parametrize("stream", [{}, {"_write_buffer": None}])
def test_a_tornado_that_does_not_tell_what_was_not_taken_is_left_as_it_is(stream):
    connection = Connection(**stream)
    watch_writes(connection, lambda: None, max_unread_bytes=0)
    connection.write_message("a")
    assert len(connection.written) == 1


def test_tornado_has_what_is_watched():
    assert callable(WebSocketProtocol.write_message) and callable(WebSocketProtocol._abort)
    assert len(BaseIOStream()._write_buffer) == 0
