"""A crowd behind the nginx of docs/deploying.md, over several workers: what each visitor is shown, and whether anything breaks.

    python -m benchmarks.crowd                                      200 visitors, two workers
    python -m benchmarks.crowd --visitors 40 --workers 1

Visitors without a browser drain their sockets and acknowledge each picture at once (``attacks.Visitor``). When all are there, pictures
are counted; then one in ``PART`` loses its connection and comes back to its swarm, and one in ``PART`` loads its page again. Printed are
pictures per second, who was with which worker, what the server refused, sockets that it closed, and lines of its log that speak of an
error. Server, proxy and visitors share this machine's cores.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from attacks import Visitor  # noqa: E402
from hostile import REFUSALS  # noqa: E402
from soak import ERROR  # noqa: E402

from components.server.visits import session_of  # noqa: E402
from components.server.worker import owner  # noqa: E402
from tests.server.nginx import in_front_of  # noqa: E402
from tests.server.serving import Server, served  # noqa: E402

VISITORS, WORKERS, SECONDS, SETTLE_S = 200, 2, 30.0, 10.0
AT_ONCE = 6  # who arrive at the same time
PART = 10
AWAY_S, BACK_S = 1.0, 120.0  # without a connection; in which who is back must be shown a picture
NUMBER = re.compile(r"^(\w+)\{([^}]*)\} (\S+)$", re.MULTILINE)


class Crowd:
    """All visitors, and what has happened to them."""

    def __init__(self, address: str):
        self.address, self.here = address, list[Visitor]()
        self.met = Counter[str]()
        self._watching: dict[Visitor, asyncio.Task] = {}

    async def arrive(self, token: str | None = None) -> Visitor | None:
        """One more, who watches; with the token of one who was here it is that one again."""
        try:
            visitor = await Visitor.arrive(self.address, token)
        except REFUSALS as error:
            self.met[f"refused: {error}"[:100]] += 1
            return None
        self.here.append(visitor)
        self._watching[visitor] = asyncio.create_task(visitor.watch())
        return visitor

    async def gather(self, many: int) -> None:
        """Let so many come, a few at a time."""
        turn = asyncio.Semaphore(AT_ONCE)

        async def one() -> None:
            async with turn:
                await self.arrive()

        await asyncio.gather(*(one() for _ in range(many)))

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
        again = await self.arrive()
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


async def crowd(address: str, server: Server, visitors: int, workers: int, seconds: float) -> None:
    """Carry it out, and print."""
    everybody, began = Crowd(address), time.monotonic()
    try:
        await everybody.gather(visitors)
        print(f"{len(everybody.here)} of {visitors} are there after {time.monotonic() - began:.0f} s", flush=True)
        await asyncio.sleep(SETTLE_S)
        start = time.monotonic()
        await asyncio.sleep(seconds)
        end = time.monotonic()
        rates = [sum(start < at <= end for at in one.frames) / (end - start) for one in everybody.here]
        print(
            f"pictures/s of each: slowest {min(rates):.2f}, median {statistics.median(rates):.2f}; of all {sum(rates):.0f}"
        )
        print(f"load {os.getloadavg()[0]:.1f}", flush=True)
        expected = Counter(owner(str(session_of(one.token)), workers) + 1 for one in everybody.here)
        print(f"by their tokens of worker: {dict(sorted(expected.items()))}")
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
    parser.add_argument("--seconds", type=float, default=SECONDS, help=f"of counting; {SECONDS:g} when absent")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        places = str(-(-given.visitors // given.workers) + AT_ONCE)
        options: tuple[Any, ...] = ("--workers", str(given.workers), "--sessions", places, "--use-xheaders")
        with served(folder / "log.txt", *options, prefix="/lab") as here:
            here.wait(lambda: here.said().count("is ready (process") == given.workers, "a worker is not ready", 240)
            with in_front_of([here.port], folder) as port:
                address = f"http://localhost:{port}/lab/app"
                asyncio.run(crowd(address, here, given.visitors, given.workers, given.seconds))
            said = [line for line in here.said().splitlines() if ERROR.search(line)]
            print(f"{len(said)} lines of the log speak of an error", *said[:10], sep="\n  ")


if __name__ == "__main__":
    main()
