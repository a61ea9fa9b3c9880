"""What a program that watches the server is told, and how the server ends: over real sockets, to visitors without a browser."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import re
import signal
import time
from typing import Any

import pytest

from benchmarks.attacks import Visitor, changed, message, objects_in
from components.server.ending import END_SECONDS, SECONDS_VARIABLE, seconds_of
from components.server.visits import ENDING
from tests.server.serving import Server, leave, served
from tests.test_tally import parsed

pytestmark = [pytest.mark.xdist_group("server"), pytest.mark.timeout(400)]
STRANGER = "198.51.100.7"
NAMED = "Chromium of a person who wants to stay unknown"


def told(server: Server) -> dict[str, dict[str, float]]:
    """What /metrics says."""
    answer = server.ask(f"{server.prefix}/metrics")
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return parsed(answer.text)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    options = ("--unused-session-lifetime", "1000", "--check-unused-sessions", "300", "--use-xheaders")
    log = tmp_path_factory.mktemp("watched") / "log.txt"
    with served(log, *options, prefix="/lab", SWARMVIZ_SESSIONS="2") as here:
        yield here


# ---- watching ------------------------------------------------------------------------------------------------------------


def test_health_is_answered_under_every_name_and_tells_nothing_else(server):
    for host in (server.host, "10.1.2.3:5006", "anything.example"):
        answer = server.ask("/lab/health", host=host)
        assert (answer.status, json.loads(answer.body)) == (200, {"status": "ok"})
        assert answer.headers["cache-control"] == "no-store"
    assert server.ask("/lab/health", "HEAD").body == b"" and server.ask("/lab/health", "POST").status == 405
    assert server.ask("/health").status == 404, "it has the prefix"
    assert server.ask("/lab/metrics", host="anything.example").status == 421, "numbers are not for another site's page"


def test_visits_pictures_and_refusals_are_counted_and_nobody_is_named(server):
    before = told(server)
    wire, answer = server.opened(server.token(), (f"X-Real-Ip: {STRANGER}", f"User-Agent: {NAMED}"))
    try:
        assert answer.status == 101
        server.wait(lambda: told(server)["swarmviz_visitors"][""] == 1, "the place is not counted")
        server.ask("/lab/wp-login.php")
        server.ask("/lab/app", host="elsewhere.example")
        server.ask("/lab/app?bokeh-session-id=mine")
        other, answer = server.opened("no token at all")
        with other:
            server.wait(lambda: refusals(server, before)["token"] == 1, "a bad token is not counted")
        during = server.ask("/lab/metrics").text
    finally:
        leave(wire)
    assert refusals(server, before) == {"address": 1, "host": 1, "session": 1, "token": 1}
    read = parsed(during)
    assert read["swarmviz_visits_total"][""] == before["swarmviz_visits_total"][""] + 1
    assert read["swarmviz_places"][""] == 2
    for secret in (STRANGER, NAMED, "wp-login", "elsewhere", "mine", "Chromium"):
        assert secret not in during
    server.wait(lambda: told(server)["swarmviz_visitors"][""] == 0, "the place is never free")


def refusals(server: Server, before: dict[str, dict[str, float]]) -> dict[str, float]:
    """Those that are new, by kind."""
    old = before["swarmviz_refusals_total"]
    return {kind: n - old[kind] for kind, n in told(server)["swarmviz_refusals_total"].items() if n > old[kind]}


def test_the_lateness_of_the_thread_and_what_the_process_uses_are_there(server):
    first = told(server)
    server.wait(
        lambda: (
            told(server)["swarmviz_page_thread_lateness_seconds_count"][""]
            >= first["swarmviz_page_thread_lateness_seconds_count"][""] + 4
        ),
        "the thread is not watched",
        30,
    )
    read = told(server)
    buckets = list(read["swarmviz_page_thread_lateness_seconds_bucket"].values())
    assert buckets == sorted(buckets) and buckets[-1] == read["swarmviz_page_thread_lateness_seconds_count"][""]
    assert 20e6 < read["process_resident_memory_bytes"][""] < 8e9
    assert read["process_cpu_seconds_total"][""] > 0.5
    assert 0 < time.time() - read["process_start_time_seconds"][""] < 1000


# ---- the end -------------------------------------------------------------------------------------------------------------


def run(story: Any) -> Any:
    return asyncio.run(asyncio.wait_for(story, 200))


async def until(holds: Any, otherwise: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, otherwise
        await asyncio.sleep(0.05)


async def order(visitor: Visitor, what: str, **fields: str) -> None:
    """Open the drawer, which brings the panel of exports, and press the button of one."""
    page = next(key for key, (_, has) in visitor.models.items() if "contextbar_width" in has)
    await visitor.send(changed(page, "contextbar_open", True))
    exports: list[str] = []

    def there() -> bool:
        visitor.models |= dict(objects_in(visitor.patches))
        exports[:] = [key for key, (_, has) in visitor.models.items() if has.get("class_name") == "Exports"]
        return bool(exports)

    await until(there, "the drawer has no exports")
    await visitor.send(message(exports[0], {"act": "make", "what": what, **fields}))


@contextlib.asynccontextmanager
async def visit(server: Server, k: int) -> Any:
    """A visitor whose swarm has come to step ``k``, and the task that listens."""
    visitor = await Visitor.arrive(f"http://{server.host}/app")
    listening = asyncio.create_task(visitor.watch())
    try:
        await visitor.act("speed", None)
        await until(lambda: visitor.k >= k, "the swarm does not move")
        await visitor.act("pause")
        yield visitor, listening
    finally:
        listening.cancel()
        visitor.close()


async def exporting(server: Server, visitor: Visitor, what: str, **fields: str) -> None:
    """Order an export, and wait until it is under way."""
    await order(visitor, what, **fields)
    ask = lambda: told(server)["swarmviz_under_way"]["export"]  # noqa: E731
    end = time.monotonic() + 30
    while await asyncio.to_thread(ask) != 1:
        assert time.monotonic() < end, "the export does not begin"


async def an_end_with_an_export(server: Server) -> None:
    async with visit(server, 40) as (visitor, listening):
        await exporting(server, visitor, "film.gif", start="0", stop="40", every="1")
        server.process.send_signal(signal.SIGTERM)
        health = page = None
        with contextlib.suppress(OSError):
            while health is None or health.status == 200:
                health = await asyncio.to_thread(server.ask, "/health")
            page = await asyncio.to_thread(server.ask, "/app")
        assert health is not None and health.status == 503 and json.loads(health.body) == {"status": "ending"}
        assert page is not None and page.status == 503 and "Try again in a moment" in page.text
        assert page.headers["retry-after"] == "10"
        await listening
        assert visitor.closed == (ENDING, "the server ends")
        said = json.dumps(visitor.patches)
        assert "This server is about to end" in said
        file = re.search(r'"data", "([A-Za-z0-9+/=]{1000,})"', said)
        assert file and base64.b64decode(file[1]).startswith(b"GIF8"), "the film did not arrive whole"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_end_without_work_is_told_to_the_browser_and_takes_no_time(tmp_path, number):
    with served(tmp_path / "log.txt") as here:

        async def story() -> float:
            async with visit(here, 3) as (visitor, listening):
                began = time.monotonic()
                here.process.send_signal(number)
                await listening
                assert visitor.closed == (ENDING, "the server ends")
                return began

        began = run(story())
        assert here.process.wait(30) == 0
        assert time.monotonic() - began < END_SECONDS, "nobody had to be waited for"
        assert "Traceback" not in here.said()


def test_an_export_under_way_is_finished_before_the_server_ends(tmp_path):
    with served(tmp_path / "log.txt", **{SECONDS_VARIABLE: "60"}) as here:
        run(an_end_with_an_export(here))
        assert here.process.wait(30) == 0
        said = here.said()
        assert "The server ends, and waits up to 60 s for exports: film.gif" in said and "Traceback" not in said
        assert "not finished" not in said


def test_an_export_that_takes_too_long_is_named_and_a_second_signal_ends_at_once(tmp_path):
    async def story(here: Server) -> None:
        async with visit(here, 600) as (visitor, _):
            await exporting(here, visitor, "film.gif", start="0", stop="590", every="1")
            here.process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(here.process.wait, 60)

    with served(tmp_path / "log.txt", **{SECONDS_VARIABLE: "1"}) as here:
        run(story(here))
        assert here.process.returncode == 0 and "not finished within 1 s: film.gif" in here.said()

    async def twice(here: Server) -> None:
        async with visit(here, 600) as (visitor, _):
            await exporting(here, visitor, "film.gif", start="0", stop="590", every="1")
            here.process.send_signal(signal.SIGTERM)
            await until(lambda: "and waits up to" in here.said(), "the first signal is not heard")
            here.process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(here.process.wait, 60)

    with served(tmp_path / "again.txt", **{SECONDS_VARIABLE: "600"}) as here:
        run(twice(here))
        assert here.process.returncode == 0 and "Told again" in here.said()


def test_the_seconds_for_exports_are_checked():
    assert seconds_of({}) == END_SECONDS and seconds_of({SECONDS_VARIABLE: "30"}) == 30
    with pytest.raises(ValueError, match=r"SWARMVIZ_END_SECONDS = '0': must be a whole number ≥ 1"):
        seconds_of({SECONDS_VARIABLE: "0"})
