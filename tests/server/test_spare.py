"""A session made ahead goes to the next visit that asks for nothing by its address, and is a session like every other."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import re
from collections import Counter
from types import SimpleNamespace

import pytest
from bokeh.application.application import SessionContext
from bokeh.document import Document
from bokeh.server.contexts import ApplicationContext, BokehSessionContext
from bokeh.server.session import ServerSession
from bokeh.util.token import generate_jwt_token
from tornado.ioloop import IOLoop

from benchmarks.attacks import Visitor
from components.server import spare
from components.server.pages import PHONE
from components.server.spare import ADDRESS, LOOK_EVERY_S, OF_CONTEXT, OF_SESSION, OF_SESSION_CONTEXT, QUIET_LOOKS
from tests.server.serving import leave, served

WAIT_S = 60


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with served(tmp_path_factory.mktemp("spare") / "log.txt") as here:
        yield here
        assert "Traceback" not in here.said()


@pytest.fixture
def idle(server):
    """The server, with a session made ahead and nobody there."""
    server.wait(lambda: (state := server.knows())["spares"] == 1 and not state["sessions"], "no session was made ahead")
    return server


def token_of(server, more="", *headers):
    """The token of a page that is fetched so."""
    return re.search(r'"token":"([^"]+)"', server.ask(f"{server.prefix}/app{more}", headers=headers).text)[1]


@contextlib.asynccontextmanager
async def visiting(server, token):
    """A visitor without a browser, who is shown pictures."""
    visitor = await Visitor.arrive(f"http://{server.host}/app", token)
    watching = asyncio.create_task(visitor.watch())
    try:
        yield visitor
    finally:
        visitor.socket.close(1001)
        await asyncio.wait([watching], timeout=WAIT_S)


async def until(holds, otherwise):
    async with asyncio.timeout(WAIT_S):
        while not await asyncio.to_thread(holds):
            await asyncio.sleep(0.1)


def test_the_next_visit_has_it_and_another_is_made_once_nobody_is_there(idle):
    async def story():
        before = idle.knows()["swarms"]
        async with visiting(idle, token_of(idle)) as first:
            await until(lambda: first.k > 2, "the swarm does not move")
            state = idle.knows()
            assert (state["sessions"], state["taken"], state["spares"], state["swarms"]) == (1, 1, 0, before)
            async with visiting(idle, token_of(idle)) as second:
                await until(lambda: second.k > 2, "the swarm of the second does not move")
                assert idle.knows()["swarms"] > before, "each has a run of its own"
                await asyncio.sleep((QUIET_LOOKS + 2) * LOOK_EVERY_S)
                assert idle.knows()["spares"] == 0, "none is made while somebody is there"
                assert kinds(first) == kinds(second)
                assert address(first) == address(second), "that of the visitor"
                assert address(first)["port"] == str(idle.port)
                assert first.one("PageClock") != second.one("PageClock")
        await until(lambda: idle.knows()["spares"] == 1, "no other session was made")
        await until(lambda: not idle.knows()["sessions"], "their sessions do not end")
        state = idle.knows()
        assert (state["taken"], state["spares"], state["swarms"]) == (0, 1, before)

    asyncio.run(story())


class Context(SimpleNamespace):
    """A page with sessions that have so many sockets each."""

    def __init__(self, *sockets):
        super().__init__(sessions=[SimpleNamespace(connection_count=n) for n in sockets])


@pytest.mark.parametrize(
    ("sockets", "claimed", "alone"), [((), 0, True), ((0, 0), 0, True), ((0, 1), 0, False), ((0,), 1, False)]
)
def test_nobody_is_there_when_no_session_has_a_socket_or_waits_to_be_made(monkeypatch, sockets, claimed, alone):
    limiter = spare.session_limit.SessionLimiter(10)
    monkeypatch.setattr(spare.session_limit, "LIMITER", limiter)
    for i in range(claimed):
        assert limiter.claim(f"session {i}", "192.0.2.1")
    pages = {"/app": Context(*sockets), "/explore": Context()}
    kept = spare.Spare(SimpleNamespace(applications=pages), pages["/app"])
    assert kept._alone() is alone
    for i in range(claimed):
        limiter.release(f"session {i}")
    assert kept._alone() is not any(sockets)


def address(visitor):
    """What a visitor's page takes for its own address; it may not write it."""
    return {name: found for name, found in visitor.models[visitor.one("Location")][1].items() if name in ADDRESS}


def kinds(visitor):
    """How many models of each class a visitor's document has."""
    return Counter(kind for kind, _ in visitor.models.values())


@pytest.mark.parametrize(
    ("more", "headers"),
    [
        ("?lesson=cbo-1", ()),
        ("?dynamics=sbgd", ()),
        ("?s=1.kept", ()),
        ("", (f"User-Agent: a browser ({PHONE}le)",)),
    ],
)
def test_a_visit_that_asks_for_something_or_comes_with_a_phone_has_its_own(idle, more, headers):
    async def story():
        before = idle.knows()["swarms"]
        async with visiting(idle, token_of(idle, more, *headers)):
            state = idle.knows()
            assert (state["sessions"], state["taken"], state["spares"]) == (1, 1, 1)
            assert state["swarms"] > before

    asyncio.run(story())


def test_a_socket_without_a_place_or_a_good_token_takes_nothing(idle):
    wire, _ = idle.opened("x.y")
    leave(wire)
    assert idle.knows()["spares"] == 1


def test_what_is_set_of_bokeh_is_there():
    session = ServerSession("id", Document(), io_loop=IOLoop(make_current=False), token="token")
    assert [name for name in OF_SESSION if not hasattr(session, name)] == []
    here = BokehSessionContext("id", None, Document())
    assert isinstance(here, SessionContext)
    assert [name for name in OF_SESSION_CONTEXT if not hasattr(here, name)] == []
    source = inspect.getsource(ApplicationContext)
    assert [name for name in OF_CONTEXT if f"self.{name} = " not in source] == []


class Asked:
    """What a session knows of the request of its visit."""

    def __init__(self, request, **known):
        self.known = known


def test_one_that_has_waited_for_long_is_not_ended_as_one_that_nobody_uses(monkeypatch):
    session = ServerSession("own", Document(), io_loop=IOLoop(make_current=False), token="token")
    session._last_unsubscribe_time -= 3_600_000
    here = BokehSessionContext("own", None, session.document)
    here._request = Asked(None)
    kept = spare.Spare(None, SimpleNamespace(_sessions={}, _session_contexts={}))
    kept._kept = session, here
    monkeypatch.setattr(spare, "_readdress", lambda document, request: None)
    monkeypatch.setattr(spare.session_limit, "admit", lambda document: None)
    token = generate_jwt_token("visit", extra_payload={"headers": {"User-Agent": "a browser"}})
    assert asyncio.run(kept.give("visit", token, None)) and not kept.ready
    assert kept._context._sessions == {"visit": session} and session.id == "visit" and session.token == token
    assert session.milliseconds_since_last_unsubscribe < 60_000


def test_a_page_of_another_kind_is_made_ahead_once_and_let_go(monkeypatch):
    discarded = []

    async def discard(session, should):
        discarded.append(session.id)

    session = SimpleNamespace(id="own", document=SimpleNamespace(template_variables={}))
    context = SimpleNamespace(
        _sessions={"own": session}, _session_contexts={"own": object()}, _discard_session=discard, sessions=()
    )

    async def made(application, asked):
        assert asked is context
        return session

    monkeypatch.setattr(spare, "own_session", made)
    monkeypatch.setattr(spare, "LOOK_EVERY_S", 0.0)
    kept = spare.Spare(SimpleNamespace(applications={"/explore": context}), context)
    asyncio.run(asyncio.wait_for(kept.keep(), 10))
    assert discarded == ["own"] and not kept.ready
