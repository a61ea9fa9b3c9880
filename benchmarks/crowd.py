"""A crowd behind the nginx of docs/deploying.md, over several workers: what each visitor is shown, and whether anything breaks.

    python -m benchmarks.crowd                                      200 visitors within three minutes, two workers
    python -m benchmarks.crowd --visitors 40 --over 20 --workers 1

Visitors come by themselves, as people in a hall do who are told an address: the times between two of them are exponential. Whoever is not
let in reads why and tries again when the page says so. Visitors without a browser drain their sockets and acknowledge each picture at once
(``attacks.Visitor``). When all are there, pictures are counted; then one in ``PART`` loses its connection and comes back to its swarm, and
one in ``PART`` loads its page again.

Printed are how long it took from asking to the first picture, who had to wait and why, what a visit's opening costs the server's processor,
pictures per second, who was with which worker, what the server refused, sockets that it closed, and lines of its log, and of nginx', that
speak of an error. Server, proxy and visitors share this machine's cores.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.request import urlopen

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from attacks import PATIENCE_S, Visitor  # noqa: E402
from hostile import REFUSALS  # noqa: E402
from soak import ERROR  # noqa: E402

from components.server.visits import session_of  # noqa: E402
from components.server.worker import owner  # noqa: E402
from tests.server.proxies import behind_nginx  # noqa: E402
from tests.server.serving import Server, served  # noqa: E402

VISITORS, WORKERS, OVER_S, SECONDS, SETTLE_S = 200, 2, 180.0, 30.0, 10.0
THREADS = 64  # that fetch pages
GIVEN_UP_S = 900.0  # after which nobody tries again
SPARE_PLACES = 6  # of each worker: visits that are loaded again come before those that were left have ended
PART = 10
TOKEN, REASON = re.compile(r'"token":\s*"([^"]+)"'), re.compile(r"<h1>([^<]+)</h1>")
CPU, LATENESS = "process_cpu_seconds_total", "swarmviz_page_thread_lateness_seconds"
AWAY_S, BACK_S = 1.0, 120.0  # without a connection; in which who is back must be shown a picture
NUMBER = re.compile(r"^(\w+)(?:\{([^}]*)\})? (\S+)$", re.MULTILINE)


class Crowd:
    """All visitors, and what has happened to them."""

    def __init__(self, address: str):
        self.address, self.here = address, list[Visitor]()
        self.met, self.told = (
            Counter[str](),
            Counter[str](),
        )  # what has gone otherwise, and who read why they had to wait
        self.opened = list[tuple[float, Visitor]]()  # when the page was asked for first
        self._watching: dict[Visitor, asyncio.Task] = {}

    async def arrive(self, token: str) -> Visitor | None:
        """One more, who watches; with the token of one who was here it is that one again."""
        try:
            visitor = await Visitor.arrive(self.address, token)
        except REFUSALS as error:
            self.met[f"refused: {error}"[:100]] += 1
            return None
        self.here.append(visitor)
        self._watching[visitor] = asyncio.create_task(visitor.watch())
        return visitor

    async def come(self, after: float = 0.0) -> Visitor | None:
        """Somebody opens the page after some seconds, and tries again as long as it says that it may be had later."""
        await asyncio.sleep(after)
        began, reasons = time.monotonic(), set[str]()
        while time.monotonic() - began < GIVEN_UP_S:
            try:
                token, reason, again = await asyncio.to_thread(asked, self.address)
            except OSError as error:
                self.met[f"no page: {error}"[:100]] += 1
                return None
            if token:
                visitor = await self.arrive(token)
                if visitor is not None:
                    self.opened.append((began, visitor))
                self.told.update(reasons)
                return visitor
            reasons.add(reason)
            await asyncio.sleep(again)
        self.met["gave up"] += 1
        return None

    async def gather(self, many: int, over: float) -> None:
        """Let so many come within so many seconds, on average."""
        chance, at, times = random.Random(1), 0.0, list[float]()
        for _ in range(many):
            times.append(at)
            at += chance.expovariate(many / over)
        await asyncio.gather(*map(self.come, times))

    def waits(self) -> list[float]:
        """Seconds from asking for the page to the first picture, of those who have seen one."""
        return [visitor.frames[0] - began for began, visitor in self.opened if visitor.frames]

    async def cut(self, visitor: Visitor) -> None:
        """Break a connection below the protocol, and come back."""
        visitor.vanish()
        await self._gone(visitor)
        await asyncio.sleep(AWAY_S)
        again = await self.arrive(visitor.token)
        if again is not None:
            await self._shown(again, visitor.k, "found its swarm where it was left")

    async def reload(self, visitor: Visitor) -> None:
        """Leave, and open the page anew."""
        visitor.close()
        await self._gone(visitor)
        again = await self.come()
        if again is not None:
            await self._shown(again, 0, "loaded its page again")

    async def _shown(self, visitor: Visitor, k: float, what: str) -> None:
        until = time.monotonic() + BACK_S
        while visitor.k < k or not visitor.frames:
            if visitor.closed or time.monotonic() > until:
                what = f"NOT {what}"
                break
            await asyncio.sleep(0.2)
        self.met[what] += 1

    async def _gone(self, visitor: Visitor) -> None:
        self.here.remove(visitor)
        task = self._watching.pop(visitor)
        await asyncio.wait([task], timeout=10)
        task.cancel()

    def leave(self) -> None:
        """All."""
        for task in self._watching.values():
            task.cancel()
        for visitor in self.here:
            with contextlib.suppress(*REFUSALS, AttributeError):
                visitor.close()


def asked(address: str) -> tuple[str, str, float]:
    """The token of a page; or, without one, why there is none and after how many seconds to try again."""
    with urlopen(address, timeout=PATIENCE_S) as answer:
        page, again = answer.read().decode(), answer.headers.get("Refresh")
    if token := TOKEN.search(page):
        return token[1], "", 0.0
    reason = REASON.search(page)
    return "", reason[1] if reason else page[:60], float(again or 10)


def spread(numbers: Iterable[float]) -> str:
    """Median, ninth tenth and largest."""
    found = sorted(numbers) or [float("nan")]
    return (
        f"median {statistics.median(found):.1f}, 90 % {found[int(0.9 * (len(found) - 1))]:.1f}, longest {found[-1]:.1f}"
    )


def total(numbers: dict[str, dict[str, float]], name: str) -> float:
    """Of all workers."""
    return sum(numbers.get(name, {}).values())


async def crowd(address: str, server: Server, visitors: int, workers: int, over: float, seconds: float) -> None:
    """Carry it out, and print."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))
    everybody, began = Crowd(address), time.monotonic()
    first = await asyncio.to_thread(told, server)
    try:
        await everybody.gather(visitors, over)
        print(f"{len(everybody.here)} of {visitors} are there after {time.monotonic() - began:.0f} s", flush=True)
        await asyncio.sleep(SETTLE_S)
        print(f"seconds from asking to the first picture: {spread(everybody.waits())}", flush=True)
        print(f"who had to wait read: {dict(everybody.told)}", flush=True)
        before, start = await asyncio.to_thread(told, server), time.monotonic()
        spent = total(before, CPU) - total(first, CPU)
        print(f"processor of the server until then: {spent:.0f} s, {spent / visitors:.2f} for each", flush=True)
        await asyncio.sleep(seconds)
        end, after = time.monotonic(), await asyncio.to_thread(told, server)
        rates = [sum(start < at <= end for at in one.frames) / (end - start) for one in everybody.here]
        late, looks = (
            total(after, f"{LATENESS}_{what}") - total(before, f"{LATENESS}_{what}") for what in ("sum", "count")
        )
        print(
            f"pictures/s of each: slowest {min(rates):.2f}, median {statistics.median(rates):.2f}; of all {sum(rates):.0f}; "
            f"{1e3 * (total(after, CPU) - total(before, CPU)) / max(1.0, sum(rates) * (end - start)):.1f} ms of the processor for each"
        )
        print(
            f"a page's thread is late by {late / max(1.0, looks):.2f} s on average; load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
        expected = Counter(owner(str(session_of(one.token)), workers) + 1 for one in everybody.here)
        print(f"by their tokens of worker: {dict(sorted(expected.items()))}", flush=True)
        chosen = everybody.here[:: PART // 2]
        await asyncio.gather(*map(everybody.cut, chosen[::2]), *map(everybody.reload, chosen[1::2]))
        numbers = await asyncio.to_thread(told, server)
        for name in ("swarmviz_visitors", "swarmviz_visits_total", "process_resident_memory_bytes"):
            print(f"{name}: {numbers.get(name)}")
        refused = {labels: n for labels, n in numbers.get("swarmviz_refusals_total", {}).items() if n}
        print(f"{dict(everybody.met)}; the server has refused: {refused}")
        closed = Counter(str(one.closed) for one in everybody.here if one.closed)
        print(f"sockets that were closed: {dict(closed)}")
    finally:
        everybody.leave()


def told(server: Server) -> dict[str, dict[str, float]]:
    """What ``/metrics`` says of all workers: name → labels → value."""
    found: dict[str, dict[str, float]] = {}
    for name, labels, value in NUMBER.findall(server.ask(f"{server.prefix}/metrics").text):
        found.setdefault(name, {})[labels] = float(value)
    return found


def main(arguments: list[str] | None = None) -> None:
    """Serve, and let the crowd come."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=VISITORS, help=f"{VISITORS} when absent")
    parser.add_argument("--workers", type=int, default=WORKERS, help=f"{WORKERS} when absent")
    parser.add_argument(
        "--over", type=float, default=OVER_S, help=f"seconds within which they come; {OVER_S:g} when absent"
    )
    parser.add_argument("--seconds", type=float, default=SECONDS, help=f"of counting; {SECONDS:g} when absent")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        places = str(-(-given.visitors // given.workers) + SPARE_PLACES)
        options: tuple[Any, ...] = ("--workers", str(given.workers), "--sessions", places, "--use-xheaders")
        with served(folder / "log.txt", *options, prefix="/lab") as here:
            if given.workers > 1:
                here.wait(lambda: here.said().count("is ready (process") == given.workers, "a worker is not ready", 240)
            with behind_nginx([here.port], folder) as port:
                address = f"http://localhost:{port}/lab/app"
                asyncio.run(crowd(address, here, given.visitors, given.workers, given.over, given.seconds))
            said = [line for line in here.said().splitlines() if ERROR.search(line)]
            print(f"{len(said)} lines of the log speak of an error", *said[:10], sep="\n  ")
            complaints = (folder / "nginx.log").read_text(encoding="utf-8", errors="replace").splitlines()
            print(f"{len(complaints)} lines of nginx' log", *complaints[:10], sep="\n  ")


if __name__ == "__main__":
    main()
