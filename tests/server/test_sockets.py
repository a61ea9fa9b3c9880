"""The socket of a visit, spoken to by visitors without a browser: who may open it, what may come through it, what is left of a visit."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from bokeh.util.token import generate_jwt_token, generate_session_id
from tornado.websocket import WebSocketClosedError

from benchmarks.attacks import Visitor, changed, encoded, event, large_text, message, nested_list, open_socket, token_of
from components.server import limits, sockets
from components.server.visits import session_of
from tests.server.clocks import SteppedClock

ROOT = Path(__file__).parents[2]
SECRET = "a secret of this test alone, and long enough"
START = 240  # seconds for a server that has to compile its kernels first


class Server:
    """A running server and its log."""

    def __init__(self, port: int, log: Path):
        self.url, self._log = f"http://localhost:{port}/app", log

    @property
    def log(self) -> str:
        return self._log.read_text()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("sockets") / "log.txt"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "panel", "serve", "app.py", "--warm", "--address", "localhost", "--port", str(port),
               "--check-unused-sessions", "200", "--unused-session-lifetime", "4000"]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(ROOT), "BOKEH_SECRET_KEY": SECRET, "BOKEH_SIGN_SESSIONS": "yes"}
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env=environment)
    try:
        here, until = Server(port, log), time.monotonic() + START
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://localhost:{port}/", timeout=10).close()
                break
            assert process.poll() is None and time.monotonic() < until, f"the server did not start:\n{here.log}"
            time.sleep(0.3)
        yield here
        assert "Traceback" not in here.log, here.log
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()


def run(story: Awaitable[None]) -> None:
    asyncio.run(asyncio.wait_for(story, 100))


async def until(holds: Callable[[], Any], otherwise: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, otherwise
        await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def visit(server: Server, token: str | None = None, watching: bool = True) -> Any:
    """A visitor who looks on, and leaves at the end."""
    visitor = await Visitor.arrive(server.url, token)
    task = asyncio.create_task(visitor.watch()) if watching else None
    try:
        yield visitor
    finally:
        if task is not None:
            task.cancel()
        visitor.close()


async def refused(server: Server, token: str, protocol: str = "bokeh") -> int | None:
    """The code with which a token's socket is closed."""
    connection = await open_socket(server.url, token, protocol)
    assert await connection.read_message() is None, "the socket was opened"
    return connection.close_code


def token(expires: int = 300, session: str | None = None, secret: str = SECRET) -> str:
    return generate_jwt_token(
        session or generate_session_id(secret_key=secret, signed=True), secret_key=secret.encode(), signed=True, expiration=expires,
        extra_payload={"headers": {}, "cookies": {}, "arguments": {}},
    )  # fmt: skip


@pytest.mark.parametrize("answered_after, closed", [(1, False), (19, False), (None, True)])
def test_the_time_in_which_the_thread_was_held_up_is_no_silence_of_the_browser(monkeypatch, answered_after, closed):
    """Each look comes as late as may be: how long it took is not counted, and a browser that is silent is noticed all the same."""

    class Held(sockets.PatientProtocol):
        def __init__(self) -> None:
            self.slept, self.pings, self.said = [], 0, None
            self.handler = SimpleNamespace(heard=0.0, dealing=False)

        def write_ping(self, data: bytes) -> None:
            self.pings += 1

        def close(self, code: int | None = None, reason: str | None = None) -> None:
            self.said = reason

    async def sleep(seconds: float) -> None:
        protocol.slept.append(seconds)
        if protocol.pings == 2:
            raise asyncio.CancelledError
        protocol._received_pong = answered_after is not None and len(protocol.slept) > answered_after

    protocol = Held()
    monkeypatch.setattr(sockets.asyncio, "sleep", sleep)
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(protocol.periodic_ping())
    assert (protocol.said is not None) is closed
    assert protocol.slept[0] == sockets.PING_INTERVAL_S
    if closed:
        assert sum(protocol.slept[1:]) == sockets.PONG_TIMEOUT_S and protocol.pings == 1


@pytest.mark.parametrize("sign", ["a message", "none", "none while one is dealt with"])
def test_what_is_read_before_the_answer_is_a_sign_of_life_and_what_waits_for_its_turn_no_silence(monkeypatch, sign):
    """A message is read late, after many looks; or one is dealt with for a hundred looks, and then nothing more comes."""
    handler, looks, said, pings = SimpleNamespace(heard=0.0, dealing=False), [], [], []

    class Silent(sockets.PatientProtocol):
        def __init__(self) -> None:
            self.handler = handler

        def write_ping(self, data: bytes) -> None:
            pings.append(data)

        def close(self, code: int | None = None, reason: str | None = None) -> None:
            said.append(reason)

    async def sleep(seconds: float) -> None:
        if seconds == sockets.PING_INTERVAL_S:
            if pings:
                raise asyncio.CancelledError
            return
        looks.append(seconds)
        handler.dealing = sign == "none while one is dealt with" and len(looks) <= 100
        if sign == "a message" and len(looks) == 19:
            handler.heard = time.monotonic()

    monkeypatch.setattr(sockets, "PONG_LOOK_S", 1.0)
    monkeypatch.setattr(sockets, "PING_INTERVAL_S", 20.5)
    monkeypatch.setattr(sockets.asyncio, "sleep", sleep)
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(Silent().periodic_ping())
    waited = {"a message": 19, "none": 20, "none while one is dealt with": 120}
    assert len(looks) == waited[sign] and bool(said) is (sign != "a message")


def test_while_a_part_of_a_message_is_dealt_with_the_socket_says_so():
    handler = sockets.SocketHandler.__new__(sockets.SocketHandler)
    handler.heard, handler.dealing, seen = 0.0, False, []

    async def deal_with(fragment: str) -> None:
        seen.append(handler.dealing)
        raise ZeroDivisionError

    handler._deal_with = deal_with
    with pytest.raises(ZeroDivisionError):
        asyncio.run(handler.on_message("{}"))
    assert seen == [True] and not handler.dealing and handler.heard > 0


def test_pings_of_a_visit_are_the_patient_ones():
    """Where this version of Tornado pings otherwise, those of its own are kept, and this test says so."""
    handler = sockets.SocketHandler.__new__(sockets.SocketHandler)
    handler.request, handler._compression_level = SimpleNamespace(headers={"Sec-WebSocket-Version": "13"}), None
    found = handler.get_websocket_protocol()
    assert isinstance(found, sockets.PatientProtocol)
    assert found.ping_interval == sockets.PING_INTERVAL_S


# ---- who may open it -------------------------------------------------------------------------------------------------------


def test_only_the_bearer_of_a_good_token_gets_a_socket_and_the_others_leave_no_traceback(server):
    async def story() -> None:
        head, _, tail = token().partition(".")
        bomb = base64.urlsafe_b64encode(b"[" * 9000).decode().rstrip("=")
        made_up = [
            "x",
            "x.y",
            "e30.e30",
            head,
            f"{head}.{tail[:-2]}xx",
            "." * 20,
            bomb,
            token(secret="another secret, also long"),
        ]
        unsigned = (
            base64.urlsafe_b64encode(json.dumps({"session_id": 7, "session_expiry": 1e12}).encode())
            .decode()
            .rstrip("=")
        )
        for each in (*made_up, unsigned, token(expires=-5)):
            assert await refused(server, each) == sockets.NO_TOKEN, each
        assert await refused(server, token(), "other") == sockets.NO_TOKEN

    run(story())


def test_a_second_socket_for_a_visit_is_refused_and_the_first_goes_on(server):
    async def story() -> None:
        async with visit(server) as first:
            await until(lambda: len(first.frames) > 2, "no pictures")
            assert await refused(server, first.token) == sockets.TAKEN
            session = session_of(first.token)
            assert await refused(server, token(session=session)) == sockets.TAKEN  # not even with a token of its own
            seen = len(first.frames)
            await until(lambda: len(first.frames) > seen + 5, "the first was disturbed")

    run(story())


def test_whoever_comes_back_within_the_grace_finds_the_swarm_where_it_stood(server):
    async def story() -> None:
        async with visit(server) as first:
            await until(lambda: first.k > 3, "the swarm does not move")
            first.vanish()
            await asyncio.sleep(5)  # longer than an unused session lives
            left = first.k
            async with visit(server, first.token) as back:
                assert back.one("PageClock") == first.one("PageClock")  # the same document, not one that was made anew
                await until(lambda: back.k > left, "the swarm does not go on")
                assert left <= back.models[back.one("PageClock")][1]["k"] < left + 60  # it stood while nobody was there

    run(story())


def test_a_silent_connection_gives_way_to_the_browser_that_comes_back(server):
    async def story() -> None:
        held: list[asyncio.StreamWriter] = []
        silent = asyncio.Event()

        async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            port = int(server.url.rsplit(":", 1)[1].partition("/")[0])
            upstream, down = await asyncio.open_connection("localhost", port)
            held.extend((writer, down))

            async def pipe(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
                while data := await source.read(65536):
                    if silent.is_set():  # swallowed: neither end hears of it
                        continue
                    sink.write(data)

            await asyncio.gather(pipe(reader, down), pipe(upstream, writer))

        between = await asyncio.start_server(forward, "localhost", 0)
        port = between.sockets[0].getsockname()[1]
        good = await asyncio.to_thread(token_of, server.url)
        first = await Visitor.arrive(f"http://localhost:{port}/app", good)
        watching = asyncio.create_task(first.watch())
        await until(lambda: first.k > 1, "the swarm does not move")
        silent.set()
        async with visit(server, good) as back:
            assert back.one("PageClock") == first.one("PageClock")
            await until(lambda: back.k > first.k, "the swarm does not go on")
        watching.cancel()
        between.close()
        for writer in held:
            writer.close()

    run(story())


def test_a_token_opens_one_visit_and_not_another_when_that_has_ended(server):
    async def story() -> None:
        async with visit(server) as first:
            good = first.token
        for patience in (1, 2, 4, 8, 16):  # a look that comes too early keeps the visit alive
            await asyncio.sleep(patience)
            connection = await open_socket(server.url, good)
            if await connection.read_message() is None:
                break
            connection.close(1001)
        assert connection.close_code == sockets.GONE

    run(story())


# ---- what may come through it ----------------------------------------------------------------------------------------------

MARKUP = "<img src=x onerror=alert(1)>"
CODE = {"type": "object", "name": "CustomJS", "id": "evil", "attributes": {"code": "alert(1)"}}


def hostile(v: Visitor) -> dict[str, dict[str, Any]]:
    """What somebody could try to write to a visit."""
    figure, form, legend = v.of("Figure")[0], v.component("Form"), v.of("Legend")[0]
    page, data = v.component("Page"), v.models[v.component("Form")][1]["data"]["id"]
    reference, columns = {"id": figure}, {"id": v.of("ColumnDataSource")[0]}
    return {
        "markup in a text": changed(v.of("Div")[0], "text", MARKUP),
        "markup in a title": changed(v.of("Title")[0], "text", MARKUP),
        "markup in a label": changed(v.of("LinearAxis")[0], "axis_label", MARKUP),
        "a component's code": changed(form, "esm", "export function render() { alert(1) }"),
        "a component's name": changed(form, "class_name", "Bar"),
        "a component's own property": changed(data, "spec", [{"title": MARKUP}]),
        "the page's title": changed(page, "name", MARKUP),
        "style sheets": changed(figure, "stylesheets", ["* { background: url(//x) }"]),
        "classes": changed(figure, "css_classes", ["x"]),
        "tags": changed(figure, "tags", [MARKUP]),
        "callbacks of a property": changed(figure, "js_property_callbacks", {"type": "map", "entries": [["change:inner_width", [CODE]]]}),
        "callbacks of an event": changed(figure, "js_event_callbacks", {"type": "map", "entries": [["tap", [CODE]]]}),
        "code in a list": changed(legend, "items", [CODE]),
        "another frame number": changed(v.one("Painted"), "frame", -1),
        "a number as text": changed(figure, "inner_width", "100"),
        "a number out of range": changed(figure, "inner_width", 10**7),
        "a model as a value": changed(figure, "inner_width", reference),
        "a property that is not there": changed(figure, MARKUP, 1),
        "a model that is not there": changed("p0000", "text", MARKUP),
        "another root": {"kind": "RootAdded", "model": CODE},
        "a root less": {"kind": "RootRemoved", "model": {"id": page}},
        "a title": {"kind": "TitleChanged", "title": MARKUP},
        "streamed columns": {"kind": "ColumnsStreamed", "model": columns, "attr": "data", "data": {}, "rollover": None},
        "patched columns": {"kind": "ColumnsPatched", "model": columns, "attr": "data", "patches": {}},
        "other columns": {"kind": "ColumnDataChanged", "model": columns, "attr": "data", "data": {}, "cols": None},
        "a message to the document": {"kind": "MessageSent", "msg_type": "other", "msg_data": MARKUP},
        "a message that makes a model": message(form, {"name": "swarm.n", "value": 1}) | {"msg_data": {
            "type": "event", "name": "data_event", "values": {"type": "map", "entries": [["model", {"id": form}], ["data", CODE]]}}},
        "a message to a component of Panel": message(v.component("Page"), {"type": "close", "id": form}),
        "an event of the page's elements": event("dom_event", {"model": encoded({}) | {"id": form}, "node": "x", "data": {}}),
        "an event that nobody expects": event("reset", {"model": {"id": figure}}),
        "an event of an unknown kind": event("made_up", {}),
    }  # fmt: skip


def test_nothing_is_written_but_what_the_page_itself_writes(server):
    async def story() -> None:
        visitor = await Visitor.arrive(server.url)
        watching = asyncio.create_task(visitor.watch())
        attempts = list(hostile(visitor).items())
        said = server.log.count("Refused:")
        width = visitor.of("Figure")[0]
        for place, (name, attempt) in enumerate(attempts):
            await visitor.send(
                attempt, changed(width, "inner_width", 77 + place)
            )  # with one that alone would be written
            await until(lambda said=said: server.log.count("Refused:") > said, f"{name} was not refused")
            said = server.log.count("Refused:")
            if place % 6 == 5:  # before it is one too many, the visit goes on with another socket
                watching.cancel()
                visitor.vanish()
                visitor = await Visitor.arrive(server.url)
                watching = asyncio.create_task(visitor.watch())
                attempts[place + 1 :] = list(hostile(visitor).items())[place + 1 :]
                width = visitor.of("Figure")[0]
        before = visitor.models
        watching.cancel()
        visitor.vanish()
        back = await Visitor.arrive(server.url, visitor.token)
        text = json.dumps(
            {
                key: value[1]
                for key, value in back.models.items()
                if key not in (visitor.one("PageClock"), visitor.one("Painted"))
            }
        )
        assert MARKUP not in text and "alert(1)" not in text and "evil" not in back.models
        assert back.models[width][1].get("inner_width") == before[width][1].get("inner_width")
        assert back.of("Div") == visitor.of("Div") and back.component("Page") == visitor.component("Page")
        assert MARKUP not in server.log  # what was refused is named, not quoted
        back.close()

    run(story())


def test_a_document_cannot_be_pushed_nor_pulled_again_and_again(server):
    async def story() -> None:
        async with visit(server) as visitor:
            await visitor.say("PUSH-DOC", {"doc": {"roots": []}})
            await until(lambda: visitor.closed, "PUSH-DOC was taken")
            assert visitor.closed[0] == sockets.REFUSED
        async with visit(server) as visitor:
            with contextlib.suppress(WebSocketClosedError):
                for _ in range(20):
                    await visitor.say("PULL-DOC-REQ", {})
            await until(lambda: visitor.closed, "the document was written twenty times")
            assert visitor.closed[0] == sockets.REFUSED

    run(story())


def test_whoever_keeps_writing_what_the_page_never_writes_is_shut_out_with_a_sentence(server):
    async def story() -> None:
        async with visit(server) as visitor:
            title = visitor.of("Title")[0]
            with contextlib.suppress(WebSocketClosedError):
                for _ in range(40):
                    await visitor.send(changed(title, "text", MARKUP))
            await until(lambda: visitor.closed, "the socket stays open")
            assert visitor.closed == (sockets.REFUSED, "Title: property text")

    run(story())


@pytest.mark.parametrize("attack", [large_text, nested_list])
def test_a_message_that_is_too_large_is_not_received_and_the_others_notice_nothing(server, attack):
    async def story() -> None:
        async with visit(server) as other, visit(server) as visitor:
            await until(lambda: len(other.frames) > 2, "no pictures")
            with contextlib.suppress(WebSocketClosedError):
                await attack(visitor)
            await until(lambda: visitor.socket.protocol.stream.closed() or visitor.closed, "the socket stays open")
            seen = len(other.frames)
            await until(lambda: len(other.frames) > seen + 5, "the others stand")

    run(story())


def test_fragments_that_are_no_message_end_the_socket(server):
    async def story() -> None:
        good = '{"msgid": "1", "msgtype": "PATCH-DOC"}'
        for fragments in (
            ("[" * 200, "{}", "{}"),
            (good, "{}", "[" * 30_000),
            (good, "{}", '{"events": [' + "0," * 5000 + "0]}"),
            (good, "{}", "NaN"),
            ('{"msgid": "1", "msgtype": "PATCH-DOC", "num_buffers": 1}', "{}", '{"events": []}'),
            (b"\x00" * 10,),
            (good, '{"a": 1}', "{}"),
        ):
            async with visit(server) as visitor:
                await visitor.raw(*fragments)
                await until(lambda: visitor.closed, f"taken: {fragments[-1][:40]!r}")
                assert visitor.closed[0] == sockets.REFUSED

    run(story())


def test_the_others_go_on_while_a_thousand_resets_wait(server):
    async def story() -> None:
        async with visit(server) as other, visit(server) as visitor:
            await until(lambda: len(other.frames) > 2 and visitor.frames, "no pictures")
            with contextlib.suppress(WebSocketClosedError):
                for _ in range(1000):
                    await visitor.act("reset")
            seen = len(other.frames)
            await until(lambda: len(other.frames) > seen + 10, "the others stand")
            await visitor.say("SERVER-INFO-REQ", {})  # answered after them
            assert visitor.closed or not visitor.replies, "a thousand resets were carried out at once"
            visitor.vanish()

    run(story())


# ---- leaving ---------------------------------------------------------------------------------------------------------------


def test_twenty_visitors_who_vanish_while_the_swarm_moves_leave_no_traceback(server):
    async def story() -> None:
        for place in range(20):
            visitor = await Visitor.arrive(server.url)
            watching = asyncio.create_task(visitor.watch())
            await until(lambda visitor=visitor: visitor.frames, "no pictures")
            if place % 2:
                await visitor.edit("dynamics.sigma", 1.0 + place / 100)
                await visitor.act("reset")  # work is under way
            visitor.vanish()
            watching.cancel()
        await asyncio.sleep(3)

    run(story())
    for word in (
        "Traceback",
        "WebSocketClosedError",
        "error handling message",
        "threw an exception",
        "dynamics.sigma",
        "never retrieved",
    ):
        assert word not in server.log, server.log


# ---- too much at once ------------------------------------------------------------------------------------------------------


def test_a_flood_is_told_and_then_ended_but_not_a_burst(monkeypatch):
    clock = SteppedClock()

    async def sleep(seconds: float) -> None:
        clock.now += seconds

    monkeypatch.setattr(sockets.asyncio, "sleep", sleep)

    class Spoken(sockets.SocketHandler):
        def __init__(self) -> None:
            self.told: list[str] = []
            self.ended: tuple | None = None
            self._session = self  # type: ignore[assignment]

        async def with_document_locked(self, function: Any, *given: Any) -> None:
            function(*given)

        def close(self, *why: Any) -> None:
            self.ended = why

        def _closing(self) -> bool:
            return self.ended is not None

    async def flood(pace: float) -> Spoken:
        handler, account = Spoken(), limits.Account(clock)
        account.tell = handler.told.append
        for _ in range(40_000):
            account.received(300)
            clock.now += pace
            if not await handler._patient(account):
                break
        return handler

    hasty = asyncio.run(flood(0.0))
    assert hasty.told == [sockets.SLOWER_WARNING] and hasty.ended[0] == sockets.TOO_MUCH
    honest = asyncio.run(flood(1 / 300))
    assert not honest.told and honest.ended is None
