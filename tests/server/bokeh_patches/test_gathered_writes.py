"""What is written to a socket in one pass of the loop leaves in one write, in its order, and nobody loses anything by it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream, StreamClosedError
from tornado.testing import bind_unused_port
from tornado.web import Application
from tornado.websocket import WebSocketHandler, WebSocketProtocol13, websocket_connect

from components.server.bokeh_patches.gathered_writes import MAX_JOINED_BYTES, GatheredStream, gather_writes


class Stream:
    """Takes note of what is written; each write is a future of the test's."""

    def __init__(self):
        self.written, self.futures, self.ended = [], [], False

    def write(self, data):
        if self.ended:
            raise StreamClosedError
        self.written.append(data)
        self.futures.append(asyncio.get_running_loop().create_future())
        return self.futures[-1]

    def closed(self):
        return self.ended

    def close(self, *error):
        self.ended = True


def carried_out(test):
    """Run a coroutine that takes a stream and what gathers for it."""
    stream = Stream()
    return asyncio.run(test(stream, GatheredStream(stream)))


def test_what_is_written_in_one_pass_is_one_write_and_is_done_when_that_was_taken():
    async def test(stream, gathered):
        first, second = gathered.write(b"a"), gathered.write(b"bc")
        assert stream.written == []
        await asyncio.sleep(0)
        later = gathered.write(b"d")
        assert stream.written == [b"abc"] and not first.done()
        stream.futures[0].set_result(None)
        assert await asyncio.gather(first, second) == [None, None] and not later.done()
        assert stream.written == [b"abc", b"d"]

    carried_out(test)


def test_a_file_is_not_copied_once_more_and_is_done_when_all_of_it_was_taken():
    async def test(stream, gathered):
        header, file = b"header", b"\0" * MAX_JOINED_BYTES
        waiting = [gathered.write(header), gathered.write(file)]
        await asyncio.sleep(0)
        assert stream.written[0] is header and stream.written[1] is file
        stream.futures[0].set_result(None)
        await asyncio.sleep(0)
        assert not any(future.done() for future in waiting)
        stream.futures[1].set_result(None)
        assert await asyncio.gather(*waiting) == [None, None]

    carried_out(test)


def test_who_gives_up_waiting_for_a_frame_has_no_other_s_given_up():
    async def test(stream, gathered):
        given_up, kept = gathered.write(b"a"), gathered.write(b"b")
        given_up.cancel()
        await asyncio.sleep(0)
        stream.futures[0].set_result(None)
        assert await asyncio.wait_for(kept, 10) is None and stream.written == [b"ab"]
        gathered.write(b"c").cancel()
        stream.ended = True
        await asyncio.sleep(0)
        assert stream.written == [b"ab"]

    carried_out(test)


def test_that_a_write_failed_is_told_to_all_whose_frames_were_in_it():
    async def test(stream, gathered):
        waiting = [gathered.write(b"a"), gathered.write(b"b")]
        await asyncio.sleep(0)
        stream.futures[0].set_exception(MemoryError())
        assert [type(error) for error in await asyncio.gather(*waiting, return_exceptions=True)] == [MemoryError] * 2

    carried_out(test)


def test_that_a_browser_has_left_is_no_error_of_a_frame_and_nothing_more_is_written():
    """Panel would say so in the log, for each frame."""

    async def test(stream, gathered):
        waiting = gathered.write(b"a")
        await asyncio.sleep(0)
        stream.futures[0].set_exception(StreamClosedError())
        await waiting
        waiting = gathered.write(b"b")
        stream.ended = True  # before the pass ends
        await waiting
        with pytest.raises(StreamClosedError):
            gathered.write(b"c")
        assert stream.written == [b"a"]

    carried_out(test)


def test_nobody_has_to_wait_for_what_becomes_of_it(caplog):
    async def test(stream, gathered):
        gathered.write(b"a")
        await asyncio.sleep(0)
        stream.futures[0].set_exception(StreamClosedError())
        gathered.write(b"b")
        await asyncio.sleep(0)
        stream.futures[1].cancel()
        await asyncio.sleep(0)

    carried_out(test)
    assert not caplog.records


def test_what_was_kept_is_written_before_the_stream_is_closed():
    async def test(stream, gathered):
        gathered.write(b"bye")
        gathered.close()
        assert stream.written == [b"bye"] and stream.closed() and gathered.closed()

    carried_out(test)


def test_a_connection_without_a_stream_is_left_as_it_is():
    for connection in (None, SimpleNamespace(), SimpleNamespace(stream=None), SimpleNamespace(stream=object())):
        before = getattr(connection, "stream", None)
        gather_writes(connection)
        assert getattr(connection, "stream", None) is before


def test_messages_come_in_their_order_in_one_write_and_so_does_the_reason_of_an_end(monkeypatch):
    writes = []
    usual = IOStream.write
    monkeypatch.setattr(IOStream, "write", lambda stream, data: writes.append(bytes(data)) or usual(stream, data))

    class Socket(WebSocketHandler):
        def open(self):
            gather_writes(self.ws_connection)
            writes.clear()
            for message in ("header", "{}", "content"):
                self.write_message(message)
            self.write_message(b"\0" * 100_000, binary=True)
            self.close(4321, "enough")

    async def test():
        socket, port = bind_unused_port()
        server = HTTPServer(Application([("/", Socket)]))
        server.add_socket(socket)
        client = await websocket_connect(f"ws://localhost:{port}/")
        told = [await client.read_message() for _ in range(5)]
        server.stop()
        return told, client

    told, client = asyncio.run(test())
    assert told == ["header", "{}", "content", b"\0" * 100_000, None]
    assert (client.close_code, client.close_reason) == (4321, "enough")
    assert b"header" in writes[0] and b"content" in writes[0] and len(writes[0]) > 100_000 and b"enough" in writes[0]


def test_tornado_writes_frames_to_the_stream_of_a_connection():
    written = []
    protocol = WebSocketProtocol13(None, False, SimpleNamespace(compression_options=None))
    protocol.stream = SimpleNamespace(write=written.append)
    protocol._write_frame(True, 1, b"word")
    assert written == [b"\x81\x04word"]
