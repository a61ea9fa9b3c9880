"""Several workers behind one port: a visit stays in its process, a worker that dies is started again, all end together."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import re
import signal
import socket
import time
import types
from typing import Any

import pytest
from click.testing import CliRunner

from benchmarks.attacks import Visitor
from components.server import ending, launch, workers
from components.server.visits import ENDING, NO_TOKEN, session_of
from components.server.worker import This, Worker, owner
from tests.server.serving import Server, served
from tests.server.test_monitoring import run, until

pytestmark = [pytest.mark.xdist_group("server"), pytest.mark.timeout(400)]
SECRET = {"BOKEH_SECRET_KEY": "a secret of thirty-two characters"}


@contextlib.contextmanager
def two_workers(log: Any, *options: str, **more: str) -> Any:
    with served(log, "--workers", "2", *options, **more) as here:
        here.wait(lambda: len(pids(here)) == 2, "there is one worker only", 180)
        yield here


def pids(server: Server) -> dict[int, int]:
    """The latest process of each worker."""
    return {int(n): int(pid) for n, pid in re.findall(r"Worker (\d) of 2 is ready \(process (\d+)\)", server.said())}


def numbers(server: Server, name: str) -> dict[int, float]:
    """A number of each worker."""
    answer = server.ask(f"{server.prefix}/metrics")
    assert answer.status == 200
    found = re.findall(rf'^{name}\{{worker="(\d)"\}} (\S+)$', answer.text, re.MULTILINE)
    return {int(worker): float(value) for worker, value in found}


def of_both(server: Server, name: str) -> dict[int, float]:
    """A number of each of two workers, once both tell it: on a busy machine one may come too late."""
    found: dict[int, float] = {}
    server.wait(lambda: len(found.update(numbers(server, name)) or found) == 2, "a worker does not tell its numbers")
    return found


@contextlib.asynccontextmanager
async def visiting(server: Server, of: int) -> Any:
    """A visitor of the worker ``of`` (from 1) whose swarm moves, and the task that listens."""
    tokens = [await asyncio.to_thread(server.token) for _ in range(2)]
    token = next(token for token in tokens if owner(str(session_of(token)), 2) == of - 1)
    visitor = await Visitor.arrive(f"http://{server.host}/app", token)
    listening = asyncio.create_task(visitor.watch())
    try:
        await until(lambda: visitor.k > 1, "the swarm does not move")
        yield visitor, listening
    finally:
        listening.cancel()
        visitor.close()


@pytest.mark.parametrize("secret", [{}, SECRET], ids=["a secret of each", "one secret"])
def test_visits_stay_in_their_workers_and_one_that_dies_is_started_again(tmp_path, secret):
    """The others notice nothing; who was there is told, and not given another swarm in silence, even where the workers share a key."""

    async def story(here: Server) -> None:
        async with visiting(here, 1) as (one, listening), visiting(here, 2) as (two, _), visiting(here, 2):
            assert await asyncio.to_thread(of_both, here, "swarmviz_visitors") == {1: 1, 2: 2}
            answers = lambda: numbers(here, "swarmviz_worker_answers")  # noqa: E731
            await asyncio.to_thread(here.wait, lambda: answers() == {1: 1, 2: 1}, "a worker does not answer")
            dead, k = pids(here)[1], two.k
            os.kill(dead, signal.SIGKILL)
            await listening
            said = f"Worker 1 of 2 (process {dead}) has ended by itself, killed by SIGKILL; it is started again in 1 s"
            await until(lambda: said in here.said(), "the log does not name it")
            assert (await asyncio.to_thread(here.ask, "/health")).status == 200, "the other worker answers"
            await asyncio.to_thread(here.wait, lambda: answers() == {1: 0, 2: 1}, "the other worker does not answer")
            with pytest.raises(ConnectionError, match=str(NO_TOKEN)):  # while it is started, at the other one
                await Visitor.arrive(one.address, one.token)
            await until(lambda: pids(here)[1] != dead, "it is not started again", 180)
            with pytest.raises(ConnectionError, match=str(NO_TOKEN)):
                await Visitor.arrive(one.address, one.token)
            async with visiting(here, 1):
                assert await asyncio.to_thread(of_both, here, "swarmviz_visitors") == {1: 1, 2: 2}
            await until(lambda: two.k > k and two.closed is None, "the other worker's visitor was stopped")

    with two_workers(tmp_path / "log.txt", **secret) as here:
        run(story(here))
        assert "Traceback" not in here.said()


def test_a_connection_that_was_cut_finds_its_visit(tmp_path):
    async def story(here: Server) -> None:
        for number in (1, 2):
            async with visiting(here, number) as (visitor, listening):
                await visitor.act("pause")
                visitor.vanish()
                await asyncio.wait([listening], timeout=10)
                again = await Visitor.arrive(visitor.address, visitor.token)
                assert await asyncio.to_thread(of_both, here, "swarmviz_visits_total") == {
                    1: 1,
                    2: 1 if number == 2 else 0,
                }
                again.close()

    with two_workers(tmp_path / "log.txt") as here:
        run(story(here))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_end_is_told_to_the_visitors_of_every_worker(tmp_path, number):
    async def story(here: Server) -> None:
        async with visiting(here, 1) as (one, first), visiting(here, 2) as (two, second):
            here.process.send_signal(number)
            await asyncio.gather(first, second)
            assert one.closed == two.closed == (ENDING, "the server ends")

    with two_workers(tmp_path / "log.txt") as here:
        run(story(here))
        assert here.process.wait(30) == 0
        assert "Traceback" not in here.said() and "ended by itself" not in here.said()
        assert not any(map(lives, pids(here).values()))


def test_no_worker_outlives_its_parent(tmp_path):
    with two_workers(tmp_path / "log.txt") as here:
        left = pids(here).values()
        here.process.kill()
        until_s = time.monotonic() + 30
        while any(map(lives, left)):
            assert time.monotonic() < until_s, "workers without a parent stay"
            time.sleep(0.1)


def lives(pid: int) -> bool:
    with contextlib.suppress(OSError):
        state = open(f"/proc/{pid}/stat", encoding="latin-1").read().rpartition(")")[2].split()[0]
        return state != "Z"
    return False


def test_a_connection_is_answered_once(tmp_path):
    """What comes behind a request would be answered by this worker, whosever it is: a proxy sends several visitors' through one."""
    with two_workers(tmp_path / "log.txt") as here:
        asked = f"GET /health HTTP/1.1\r\nHost: {here.host}\r\n\r\n".encode()
        answer = here.raw(asked + asked)
        assert answer.status == 200 and answer.headers["connection"] == "close"
        assert b"HTTP/1.1" not in answer.body


def test_a_worker_that_cannot_start_ends_all(tmp_path):
    with pytest.raises(AssertionError, match="SWARMVIZ_ADDRESS_VISITS = '0'"):
        with served(tmp_path / "log.txt", "--workers", "2", SWARMVIZ_ADDRESS_VISITS="0"):
            pass


# ---- options and heads -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words, said",
    [
        (["--workers", "0"], "workers = 0: must be a whole number, 1 ≤ workers ≤ 64"),
        (["--workers", "65"], "workers = 65: must"),
        (["--workers", "two"], "workers = 'two': must"),
        (["--num-procs", "2"], "--num-procs: a page would not find its process again; use --workers"),
        (["--num-procs=2"], "--num-procs: a page"),
        (["--num-p", "2"], "--num-procs: a page"),
        (["--workers", "2", "--ssl-certfile=x.pem"], "workers = 2: not together with --ssl-certfile"),
        (
            ["--workers", "2", "--ssl-c", "x.pem", "--auto"],
            "workers = 2: not together with --ssl-certfile, --autoreload;",
        ),
    ],
)
def test_options_that_make_no_sense_are_named(words, said):
    done = CliRunner().invoke(launch.main, ["--check", *words])
    assert done.exit_code == 2 and said in done.output


def looked_at(*parts: bytes, pause_s: float = 0.0, close: bool = False) -> bytes:
    """What ``head_of`` sees of a head that comes in parts, and that it stays to be read."""

    async def look() -> bytes:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            looking = asyncio.create_task(workers.head_of(ours))
            for part in parts:
                await asyncio.sleep(pause_s)
                theirs.sendall(part)
            if close:
                theirs.close()
            seen = await asyncio.wait_for(looking, 5)
            assert not seen or ours.recv(workers.MAX_HEAD_BYTES) == seen
            return seen

    return asyncio.run(look())


def test_a_head_is_looked_at_when_it_is_whole_and_stays_where_it_is(monkeypatch):
    monkeypatch.setattr(workers, "HEAD_S", 0.5)
    assert looked_at(b"GET / HT", b"TP/1.1\r\n", b"\r\n", pause_s=0.1) == b"GET / HTTP/1.1\r\n\r\n"
    assert looked_at(b"GET / HT") == b"GET / HT", "a worker deals with it"
    assert looked_at(close=True) == looked_at() == b""


@pytest.mark.parametrize(
    "head, chosen",
    [
        (b"GET /lab/app/ws HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Protocol: bokeh, %s\r\n\r\n", True),
        (b"GET /lab/app/ws HTTP/1.1\r\nsec-websocket-protocol:bokeh,%s\r\n\r\n", True),
        (b"GET /lab/app/ws HTTP/1.1\r\nX: Sec-WebSocket-Protocol: bokeh, %s\r\n\r\n", False),
    ],
)
def test_the_worker_of_a_token_is_found(head, chosen):
    from components.server.pages import token_of

    class Application:
        secret_key, session_token_expiration = b"secret", 300

    token = token_of(Application, "a session", {}).encode()
    found = workers.TOKEN.search(head % token)
    assert (found is not None and session_of(found[1].decode()) == "a session") is chosen


def parent(taken: list[int], ready: list[bool] | None = None) -> workers.Parent:
    made = workers.Parent(len(taken), "", 0, lambda worker: [], "")
    for worker, visitors, is_ready in zip(made._workers, taken, ready or [True] * len(taken), strict=True):
        worker.begun, worker.heard, worker.taken, worker.places = is_ready, time.monotonic(), visitors, 40
    return made


@pytest.mark.parametrize(
    "taken, ready, serve",
    [
        ([0, 0, 0], None, {0, 1, 2}),
        ([2, 0, 1], None, {0, 1, 2}),
        ([3, 0, 1], None, {1, 2}),
        ([39, 40, 40], None, {0}),
        ([40, 40, 40], None, {0, 1, 2}),
        ([5, 0, 5], [True, False, True], {0, 2}),
        ([0, 0, 0], [False] * 3, set()),
    ],
)
def test_pages_are_fetched_in_turn_from_workers_with_room(taken, ready, serve):
    made = parent(taken, ready)
    chosen = [made._chosen(b"GET /lab/app?s=1.x HTTP/1.1\r\n\r\n") for _ in range(12)]
    assert {worker.number for worker in chosen if worker} == serve
    counts = [sum(worker is each for each in chosen) for worker in made._workers if worker.number in serve]
    assert not counts or max(counts) == min(counts)


def test_a_session_that_no_server_can_have_made_is_none():
    """A single surrogate cannot be encoded, and ended the parent's look at the head."""
    token = base64.urlsafe_b64encode(json.dumps({"session_id": "\ud800"}).encode()).rstrip(b"=")
    assert session_of(token.decode()) is None
    assert parent([0, 0])._chosen(b"GET /app/ws HTTP/1.1\r\nSec-WebSocket-Protocol: bokeh, " + token + b"\r\n\r\n")


@pytest.mark.parametrize("token", [b"x", b"bm9uZQ", b"." * 40_000, b"\xff\xfe", b"W10", b"eyJzZXNzaW9uX2lkIjogMX0"])
def test_a_token_that_is_none_goes_to_some_worker_which_refuses_it(token):
    assert parent([0, 0])._chosen(b"GET /app/ws HTTP/1.1\r\nSec-WebSocket-Protocol: bokeh, " + token + b"\r\n\r\n")


# ---- what does not go well -----------------------------------------------------------------------------------------------------


def test_a_worker_that_has_not_taken_the_connections_of_before_gets_the_next_a_little_later():
    made = parent([0])
    ours, its = socket.socketpair()
    one, other = socket.socketpair()

    async def story() -> int:
        ours.setblocking(False)
        made._workers[0]._channel = ours
        full = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                made._workers[0].hand(one)
                full += 1
        one.setblocking(False)
        other.sendall(b"GET /health HTTP/1.1\r\n\r\n")
        handing = asyncio.create_task(made._hand_over(one))
        await asyncio.sleep(5 * workers.HAND_AGAIN_S)
        assert not handing.done(), "it was dropped"
        for _ in range(full + 1):
            _, descriptors, *_ = await asyncio.to_thread(socket.recv_fds, its, 1, 1)
            for descriptor in descriptors:
                os.close(descriptor)
        await asyncio.wait_for(handing, 5)
        return full

    with ours, its, one, other:
        its.settimeout(5)
        assert asyncio.run(story()) > 0


def test_a_worker_that_does_not_report_gets_no_connections_and_is_killed_in_the_end(monkeypatch):
    made, signals = parent([0, 0]), []
    silent = made._workers[0]
    silent.process = types.SimpleNamespace(returncode=None, send_signal=signals.append)
    silent.heard -= workers.SILENT_S + 1
    assert {made._chosen(b"GET /app HTTP/1.1\r\n\r\n").number for _ in range(4)} == {1}
    silent.kill_if_hung()
    assert signals == []
    silent.heard -= workers.HUNG_S
    silent.kill_if_hung()
    assert signals == [signal.SIGKILL]


def test_a_start_that_fails_is_tried_again(monkeypatch, caplog):
    """No descriptor or process to be had just now: it ended the parent, and so every visit."""
    made, tries = parent([0]), []
    monkeypatch.setattr(workers, "PAUSE_S", 0.01)
    made._listening = [object()]  # it has served

    async def live(*_: Any) -> int:
        tries.append(1)
        if len(tries) < 3:
            raise OSError(24, "Too many open files")
        made._end.set()
        return -signal.SIGTERM

    made._workers[0].live = live
    assert asyncio.run(asyncio.wait_for(made._keep(made._workers[0], ""), 10)) == 0, "ended as it was told to"
    assert len(tries) == 3 and "cannot be started: Too many open files" in caplog.text


def test_of_too_many_that_wait_the_oldest_goes(monkeypatch):
    """Slow heads kept everybody else out."""
    monkeypatch.setattr(workers, "MAX_WAITING", 2)
    made = parent([0])

    async def story() -> list[bool]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.setblocking(False)
            wires = []
            for _ in range(3):
                wires.append(socket.create_connection(listener.getsockname()))
                wires[-1].setblocking(False)
                await asyncio.sleep(0.05)
                made._accept(listener)
                await asyncio.sleep(0.05)
            closed = []
            for wire in wires:
                with wire:
                    try:
                        closed.append(wire.recv(1) == b"")
                    except BlockingIOError:
                        closed.append(False)
            return closed

    assert asyncio.run(story()) == [True, False, False]


@pytest.mark.parametrize("worker, after_s, stops", [(None, 0, 1), ((0, 2, 0, ""), 0, 0), ((0, 2, 0, ""), 2, 1)])
def test_a_worker_that_is_told_by_the_system_and_by_its_parent_ends_in_order(monkeypatch, worker, after_s, stops):
    """systemd tells each process of a service, and the parent tells its workers: the second is the same word."""
    stopped = []
    application = types.SimpleNamespace(io_loop=types.SimpleNamespace(stop=lambda: stopped.append(1)))
    monkeypatch.setattr(This, "worker", worker and Worker(*worker))

    async def story() -> None:
        end = ending.Ending(application, 1)
        monkeypatch.setattr(end, "_end", lambda: asyncio.sleep(0))
        end.begin()
        end._began -= after_s
        end.begin()
        end.parent_gone()
        await asyncio.sleep(0)

    asyncio.run(story())
    assert len(stopped) == stops
