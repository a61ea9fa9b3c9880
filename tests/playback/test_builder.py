"""What a visitor wished last is built, on one thread, and within limits; over real sockets, a closed tab ends its replay's turns."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
import threading
import time
import types
from pathlib import Path

import pytest

from components import compiling
from components.links import permalink
from components.playback import builder as module
from components.playback.build_pool import Pool
from components.playback.builder import Builder
from components.playback.transport import Transport
from components.state import VisitState, first
from swarmviz import Swarm
from swarmviz.replay import RunSpec

WAIT = 60.0  # seconds that a busy machine may take


def wait(condition):
    until = time.monotonic() + WAIT
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    return condition()


class Steps:
    """A run whose replay is one look after the other; ``gate`` holds each of them up."""

    def __init__(self, name, k=10, gate=None, live=None):
        self.name, self.k, self.gate, self.lived = name, k, gate, live if live is not None else []
        self.work = 200 * k
        self.now = types.SimpleNamespace(landscape=None)

    def _replace(self, options):
        return self

    def replay(self, check):
        self.lived.append(self.name)
        for k in range(self.k):
            if self.gate is not None:
                assert self.gate.wait(WAIT)
            check(k)
        return self.name


@pytest.fixture
def visit():
    return Transport(lambda steps: None, lambda count: None, lambda payloads: None, lambda error: None)


@pytest.fixture
def quiet(monkeypatch):
    monkeypatch.setattr(module, "_what", lambda runs: "")


def made(visit, **options):
    return Builder(visit, lambda text: None, threading.RLock(), **options)


def test_of_a_thousand_wishes_the_first_and_the_last_are_begun_and_one_thread_does_it(visit, quiet):
    gate, lived, adopted, refused = threading.Event(), [], [], []
    builder = made(visit)
    builder.start([Steps(0, gate=gate, live=lived)], adopted.append, refused.append)
    assert wait(lambda: lived == [0])
    thread = builder._thread
    for i in range(1, 1001):
        builder.start([Steps(i, live=lived)], adopted.append, refused.append)
        assert builder._thread is thread
    assert sum(t.name == "swarmviz build" for t in threading.enumerate()) == 1
    gate.set()
    assert wait(lambda: adopted == [[1000]]) and lived == [0, 1000] and refused == []
    assert wait(lambda: builder._thread is None), "nothing to do, no thread"
    assert wait(lambda: not any(isinstance(t, threading.Timer) for t in threading.enumerate()))
    builder.start([Steps("again", live=lived)], adopted.append, refused.append)
    assert wait(lambda: adopted == [[1000], ["again"]])


def test_what_is_forgotten_is_neither_adopted_nor_refused(visit, quiet):
    gate, lived, outcome = threading.Event(), [], []
    builder = made(visit)
    builder.start([Steps(0, gate=gate, live=lived)], outcome.append, outcome.append)
    assert wait(lambda: lived == [0])
    builder.forget()
    gate.set()
    assert wait(lambda: builder._thread is None) and outcome == []


def test_a_replay_that_costs_more_than_its_steps_say_is_given_up_with_a_sentence(visit, quiet, monkeypatch):
    """A landscape may cost a hundred times what another does; the limit is one of processor time."""
    spent = [0.0]

    def clock():
        spent[0] += 1.0
        return spent[0]

    monkeypatch.setattr(module, "MAX_BUILD_S", 20.0)
    pool = Pool(long=1, clock=clock, work_clock=clock, sleep=lambda seconds: None)
    refused, builder = [], made(visit, pool=pool)
    builder.start([Steps("dear", k=10**6)], refused.append, refused.append)
    assert wait(lambda: refused)
    (error,) = refused
    assert isinstance(error, ValueError) and "1000000 steps" in str(error) and "20 s" in str(error)
    assert pool.long._free == 1 and pool.short._free == 4


def test_a_run_stands_at_an_earlier_step_and_what_lies_beyond_it_is_known(visit):
    run = RunSpec.at_start(*first("CBO")[:2], Swarm(n=9))._replace(k=30)
    adopted, refused = [], []
    builder = made(visit)
    builder.start([run, run], adopted.append, refused.append, stand=7)
    builder.wait(WAIT)
    assert wait(lambda: adopted) and not refused
    for sim in adopted[0]:
        assert (sim.k, sim.furthest) == (7, 30) and sim.retraces
        assert (sim.frame.x == run.until(7).replay().frame.x).all()


def test_a_failure_is_told_and_the_next_wish_is_built(visit, quiet):
    class Broken(Steps):
        def replay(self, check):
            raise ZeroDivisionError

    adopted, refused, builder = [], [], made(visit)
    builder.start([Broken("broken")], adopted.append, refused.append)
    assert wait(lambda: len(refused) == 1) and isinstance(refused[0], ZeroDivisionError)
    builder.start([Steps("whole")], adopted.append, refused.append)
    assert wait(lambda: adopted == [["whole"]])


class Uncompiled(Steps):
    """A run that needs a kernel that another process compiles; ``looks`` times it is looked whether it is ready."""

    def __init__(self, name, looks, pool):
        super().__init__(name)
        self.looks, self.pool, self.free = looks, pool, []

    def replay(self, check):
        waiting = compiling._waiting.get()
        with waiting.aside():
            for seconds in range(self.looks):
                self.free.append(self.pool.short._free)
                waiting.check(float(seconds))
                time.sleep(0.01)
        return super().replay(check)


def test_a_kernel_that_is_compiled_elsewhere_is_waited_for_in_words_and_without_a_place(visit, quiet, monkeypatch):
    said, adopted, pool = [], [], Pool(long=1, short=1)
    monkeypatch.setattr(compiling.Compiling, "words", "3 of 31 kernels are compiled")
    builder = Builder(visit, said.append, threading.RLock(), pool)
    run = Uncompiled("new", 3, pool)
    builder.start([run], adopted.append, adopted.append)
    assert wait(lambda: adopted == [["new"]])
    assert run.free == [1, 1, 1]
    assert [text.strip() for text in said if text.strip()] == [
        f"{seconds} s so far, 3 of 31 kernels are compiled; it begins by itself." for seconds in (1, 2)
    ]


def test_who_chooses_something_else_waits_for_no_kernel(visit, quiet):
    pool, adopted = Pool(long=1, short=1), []
    builder = made(visit, pool=pool)
    endless = Uncompiled("endless", 10**9, pool)
    builder.start([endless], adopted.append, adopted.append)
    assert wait(lambda: endless.free)
    builder.start([Steps("other")], adopted.append, adopted.append)
    assert wait(lambda: adopted == [["other"]]) and pool.short._free == 1


# ---- over real sockets -----------------------------------------------------------------------------------------------


@pytest.fixture
def served(monkeypatch):
    """The address of a server in this process, and the sessions of those who come."""
    import panel as pn

    from components.page import theme
    from components.server import application
    from components.session import Session

    monkeypatch.setattr(sys, "path", [str(Path(__file__).parents[2] / "benchmarks"), *sys.path])
    application.install()
    theme.extension()
    sessions = []

    def page():
        sessions.append(Session.open())
        return sessions[-1].page

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = pn.serve({"app": page}, port=port, address="127.0.0.1", show=False, threaded=True, verbose=False)
    assert wait(lambda: answers(port))
    yield f"http://127.0.0.1:{port}/app", sessions
    server.stop()
    for session in sessions:
        session.close()


def test_the_turns_of_a_replay_end_with_the_socket_and_not_half_a_minute_later(served):
    from draining import Drain

    address, sessions = served
    long = RunSpec.at_start(*first("CBO")[:2], Swarm(n=200))._replace(k=5_000_000)
    link = permalink.write(VisitState((long,), 30.0))

    async def come_and_go():
        drain = Drain(f"{address}?{permalink.KEY}={link}")
        await drain.open()
        task = asyncio.create_task(drain.drain(float("inf")))
        try:
            while not (
                here := [session for session in sessions if session.transport.started]
            ):  # a server may make a page to try
                await asyncio.sleep(0.01)
            (session,) = here
            while session.builder._thread is None or not session.transport.connected:
                await asyncio.sleep(0.01)
            thread = session.builder._thread
            while not progress(session):
                await asyncio.sleep(0.01)
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await task
            drain.close()
        return session, thread

    session, thread = asyncio.run(asyncio.wait_for(come_and_go(), WAIT))
    pool = session.builder._pool
    assert wait(lambda: not session.transport.connected)
    assert wait(lambda: pool.long.waiting == 1), "it waits, and nobody else has the place"
    before = job_of(pool).used
    time.sleep(0.5)
    assert job_of(pool).used == before and pool.long._free > 0 and thread.is_alive()
    session.close()  # what Bokeh does once it has collected the session
    assert wait(lambda: not thread.is_alive()) and pool.long.waiting == 0


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
        return True
    return False


def job_of(pool):
    return pool.long._queue[0]


def progress(session):
    return "%" in str(session.bar.message)
