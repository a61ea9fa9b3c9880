"""Visitors come and go for a long time, and do all that there is to do: does the server's memory grow, does its log speak of errors?

    python benchmarks/soak.py               an hour
    python benchmarks/soak.py --minutes 10

In rounds: for ``ROUND_S`` seconds ``VISITORS`` guests are there, each with a wish of ``guests.py``, who leave after some seconds and make
room for another; some close their page, some vanish without a word. Then all leave, and when ``/metrics`` says that nobody is there the
server's resident memory is read: what is compared is a server without visitors.

Before the rounds each wish is carried out ``WARM_UP`` times: a server loads libraries, kernels and fonts for the first visitor who needs
them, and that is no growth. The first quarter of the rounds is left out as well, in which caches fill up to their bounds. The growth is
from the median of the quarter that follows to the median of the last.
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
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.request import urlopen

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from greedy import SHORT_LIVES  # noqa: E402
from guests import WISHES, Guest, greed  # noqa: E402
from hostile import REFUSALS, Server, served  # noqa: E402

MINUTES, VISITORS, ROUND_S, STAY_S = 60.0, 6, 30.0, (3.0, 15.0)
EMPTY_S = 120.0  # until all visits of a round have ended
GIVEN_BACK_S = 15.0  # then, until the server has given back what they have left (components/server/memory.py)
WARM_UP, WARM_UP_STAY_S = 2, 12.0  # how often each wish, and for how long
VANISH = 0.3  # the share of those who leave without a word
GOAL = 0.05  # of growth
ERROR = re.compile(r"error|traceback|exception", re.IGNORECASE)
VISITORS_THERE = re.compile(r"^swarmviz_visitors (\S+)$", re.MULTILINE)


async def stay(server: Server, name: str, seconds: float, met: Counter[str]) -> None:
    """One visit."""
    guest, doing = None, []
    try:
        guest = await Guest.arrive(server.page + WISHES[name][0]())
        doing = [asyncio.create_task(guest.watch()), asyncio.create_task(greed(guest, name))]
        await asyncio.sleep(seconds)
        met["visits"] += 1
        met["pictures"] += len(guest.frames)
        met["files"] += guest.files
        met["shut out"] += guest.closed is not None
    except REFUSALS as error:
        met[f"refused ({type(error).__name__})"] += 1
    finally:
        if guest is not None:
            with contextlib.suppress(AttributeError, *REFUSALS):
                guest.vanish() if random.random() < VANISH else guest.close()
        for task in doing:
            task.cancel()
        await asyncio.gather(*doing, return_exceptions=True)


async def one_round(
    server: Server, visitors: int, seconds: float, stays: tuple[float, float], met: Counter[str]
) -> int:
    """Let visitors come and go, wait until the last has left; bytes of memory that the empty server occupies."""
    until = time.monotonic() + seconds

    async def place() -> None:
        while time.monotonic() < until:
            await stay(server, random.choice(list(WISHES)), random.uniform(*stays), met)

    await asyncio.gather(*(place() for _ in range(visitors)))
    return await emptied(server)


async def warm_up(server: Server, visitors: int, seconds: float, met: Counter[str]) -> int:
    """Have each wish carried out, so that all is loaded; bytes of memory that the empty server occupies."""
    left = list(WISHES) * WARM_UP

    async def place() -> None:
        while left:
            await stay(server, left.pop(), seconds, met)

    await asyncio.gather(*(place() for _ in range(visitors)))
    return await emptied(server)


async def emptied(server: Server) -> int:
    """Wait until the last visitor has left; bytes of memory that the server occupies then."""
    patience = time.monotonic() + EMPTY_S
    while await asyncio.to_thread(there, server):
        if time.monotonic() > patience:
            raise RuntimeError("visits have not ended")
        await asyncio.sleep(0.5)
    await asyncio.sleep(GIVEN_BACK_S)
    return server.resident


def there(server: Server) -> int:
    """How many visitors have a place."""
    with urlopen(f"{server.root}/metrics", timeout=60) as answer:
        return int(float(VISITORS_THERE.search(answer.read().decode())[1]))


def growth(memory: Sequence[float]) -> float:
    """From the second quarter of the rounds to the last, by their medians; 0 where there are fewer than four."""
    quarter = len(memory) // 4
    return (
        statistics.median(memory[-quarter:]) / statistics.median(memory[quarter : 2 * quarter]) - 1 if quarter else 0.0
    )


async def soak(
    minutes: float, visitors: int = VISITORS, round_s: float = ROUND_S, stays: tuple[float, float] = STAY_S
) -> bool:
    """Soak a server so long, and print; whether memory and log are as they shall be."""
    memory, met = [], Counter[str]()
    with served(HERE.parent, *SHORT_LIVES) as server:
        warm = await warm_up(server, visitors, WARM_UP_STAY_S, met)
        print(f"warm-up: {warm / 2**20:.0f} MiB, {met['visits']} visits", flush=True)
        until = time.monotonic() + 60 * minutes
        while time.monotonic() < until:
            memory.append(await one_round(server, visitors, round_s, stays, met))
            print(f"round {len(memory)}: {memory[-1] / 2**20:.0f} MiB, {met['visits']} visits", flush=True)
            if server.process.poll() is not None:
                break
        ended, said = (
            server.process.poll() is not None,
            [line for line in server.said().splitlines() if ERROR.search(line)],
        )
    grown = growth(memory)
    print(f"\n{', '.join(f'{what}: {count:,}' for what, count in met.items())}; load {os.getloadavg()[0]:.1f}")
    print(f"growth after the warm-up {grown:+.1%} (goal: < {GOAL:.0%}); {len(said)} lines of the log speak of an error")
    for line in said[:20]:
        print(f"  {line[:200]}")
    if ended:
        print("THE SERVER ENDED")
    return grown < GOAL and not said and not ended


def main(arguments: list[str] | None = None) -> None:
    """Parse, soak, and end with 1 where the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=MINUTES, help=f"{MINUTES:g} when absent")
    parser.add_argument("--visitors", type=int, default=VISITORS, help=f"how many at a time; {VISITORS} when absent")
    given = parser.parse_args(arguments)
    sys.exit(0 if asyncio.run(soak(given.minutes, given.visitors)) else 1)


if __name__ == "__main__":
    main()
