"""Behind the proxies of docs/deploying.md: the prefix, sockets, addresses of visitors, /metrics; several workers, and several servers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from benchmarks.attacks import Visitor
from components.server.visits import session_of
from components.server.worker import owner
from tests.server.proxies import behind_caddy, behind_nginx
from tests.server.serving import Server, leave, served
from tests.server.test_monitoring import run, until
from tests.server.test_workers import SECRET, of_both, pids
from tests.test_tally import parsed

pytestmark = [pytest.mark.xdist_group("server"), pytest.mark.timeout(400)]
OPTIONS = ("--use-xheaders", "--origin", "lab.example.org")


def through(server: Server, port: int) -> Server:
    """The same server as it is seen from in front of a proxy."""
    return Server(port, server.prefix, server.process, server.log)


async def moving(address: str, token: str | None = None) -> tuple[Visitor, Any]:
    visitor = await Visitor.arrive(address, token)
    listening = asyncio.create_task(visitor.watch())
    await until(lambda: visitor.k > 1, "the swarm does not move")
    return visitor, listening


EACH = pytest.mark.parametrize("behind", [behind_nginx, behind_caddy])


@EACH
def test_one_machine_with_two_workers(tmp_path, behind):
    async def story(here: Server, front: Server) -> None:
        address = f"http://{front.host}/lab/app"
        visitors = [await moving(address) for _ in range(4)]
        owners = [owner(str(session_of(visitor.token)), 2) for visitor, _ in visitors]
        assert sorted(owners) == [0, 0, 1, 1], "pages are fetched from the workers in turn"
        assert await asyncio.to_thread(of_both, here, "swarmviz_visitors") == {1: 2, 2: 2}
        cut, listening = visitors[3]
        cut.vanish()
        await asyncio.wait([listening], timeout=10)
        k = cut.k
        again, _ = await moving(address, cut.token)
        assert again.k >= k, "a connection that was cut finds its swarm"
        for visitor, task in [*visitors[:3], (again, _)]:
            task.cancel()
            visitor.close()

    limits = {"SWARMVIZ_ADDRESS_SESSIONS": "3"}
    with served(tmp_path / "log.txt", "--workers", "2", *OPTIONS, prefix="/lab", **limits) as here:
        here.wait(lambda: len(pids(here)) == 2, "there is one worker only", 180)
        with behind([here.port], tmp_path) as port:
            front = through(here, port)
            assert front.ask("/lab").status == 301 and front.ask("/lab/").status == 302
            assert front.page().status == 200
            assert front.ask("/lab/app", host="lab.example.org").status == 200
            assert front.ask("/lab/app", host="other.example.org").status == 421
            assert front.ask("/lab/static/js/bokeh.min.js").status == 200
            assert front.ask("/lab/health").status == 200 and here.ask("/lab/metrics").status == 200
            assert front.ask("/lab/metrics").status == 403, "the proxy keeps it to itself"
            run(story(here, front))
        assert "Traceback" not in here.said()


@EACH
def test_an_invented_address_is_replaced_by_the_proxys(tmp_path, behind):
    """Else whoever invents one for each visit takes all places. Without the proxy the same words are believed, as the owner asked."""
    invented = ("X-Real-Ip: 198.51.100.9", "X-Forwarded-For: 198.51.100.9")
    limits = {"SWARMVIZ_ADDRESS_SESSIONS": "1"}
    with (
        served(tmp_path / "log.txt", *OPTIONS, prefix="/lab", **limits) as here,
        behind([here.port], tmp_path) as port,
    ):
        front = through(here, port)
        wire, answer = front.opened(front.token(), invented)
        try:
            assert answer.status == 101
            full = "Your network has its places"
            here.wait(lambda: full in front.page().text, "the visitor counts under another address")
            assert full in front.ask("/lab/app", headers=invented).text
            assert full not in here.ask("/lab/app", headers=invented).text
        finally:
            leave(wire)


def test_many_machines_are_chosen_by_the_token(tmp_path):
    """A page may come from any of them; its socket finds the same one each time."""

    async def story(servers: list[Server], port: int) -> None:
        address = f"http://localhost:{port}/lab/app"
        visitors = [await moving(address) for _ in range(6)]
        for visitor, listening in visitors:
            visitor.vanish()
            await asyncio.wait([listening], timeout=10)
        again = [await moving(address, visitor.token) for visitor, _ in visitors]
        begun = [parsed(server.ask("/lab/metrics").text)["swarmviz_visits_total"][""] for server in servers]
        assert sum(begun) == 6, "each came back to its own visit"
        for visitor, task in again:
            task.cancel()
            visitor.close()

    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    with (
        served(one, *OPTIONS, prefix="/lab", **SECRET) as first,
        served(two, *OPTIONS, prefix="/lab", **SECRET) as second,
    ):
        with behind_nginx([first.port, second.port], tmp_path) as port:
            run(story([first, second], port))
