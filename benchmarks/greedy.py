"""What one greedy visitor costs ten others: their pictures a second alone and beside it. The goal: at least 80 %.

    python benchmarks/greedy.py                              everything that an eleventh visitor may ask for, about ten minutes
    python benchmarks/greedy.py --only films --only resets   some of it
    python benchmarks/greedy.py --quick                      two watchers and short samples: whether it runs, not how fast

watchers  Visitors without a browser in a process of their own (``hostile.py``): each plays 200 agents at 30 steps a second, drains its
          socket and acknowledges every picture at once.
greedy    One more, in the benchmark's process, that asks for what ``guests.py`` names, through messages that the page sends.
turns     Alone and beside it are sampled in turns, so that both meet the same machine; the greedy visitor leaves in between. What its
          arrival costs is in no sample: opening the page costs everybody something, and its rate is limited apart.
share     Of the pictures a second beside it, over those alone just before and after: the mean of all watchers, and the slowest of them;
          of several turns the median.
late      By how much the page's thread was late on average, ms, alone and beside it (``/metrics``).
cpu       Processor ms of the server for each picture of a watcher, alone and beside it. On a machine that others use, too, this is the
          number that can be trusted: where no core is free, what the greedy visitor takes is what the watchers lose.

An honest visitor beside them costs something, too: the first row says what. Where the watchers take all cores that is a tenth; what the
greedy visitor's own messages cost is done by this machine as well.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from guests import AGENTS, WISHES, Guest, greed  # noqa: E402
from hostile import Server, Watchers, served  # noqa: E402
from timing import table  # noqa: E402

WATCHERS, SECONDS, TURNS, SETTLE, LEAVE = 10, 4.0, 3, 2.0, 2.5
GOAL = 0.8
ARRIVAL_S = 60.0
SHORT_LIVES = (
    "--unused-session-lifetime",
    "1000",
    "--check-unused-sessions",
    "500",
)  # of sessions whose visitor has left
LATENESS, PROCESSOR = "swarmviz_page_thread_lateness_seconds", "process_cpu_seconds_total"
NUMBERS = re.compile(rf"^(?:{LATENESS}_(?=sum|count)|(?={PROCESSOR}))(\w+) (\S+)$", re.MULTILINE)


class Sample(NamedTuple):
    """Pictures a second of each watcher, seconds by which the page's thread was late on average, processor seconds per second."""

    rates: list[float]
    late: float
    cpu: float

    @property
    def cost(self) -> float:
        """Processor seconds for each picture of a watcher."""
        return self.cpu / max(sum(self.rates), 1e-9)


def numbers(server: Server) -> dict[str, float]:
    """What ``/metrics`` says."""
    with urlopen(f"{server.root}/metrics", timeout=30) as answer:
        return {name: float(value) for name, value in NUMBERS.findall(answer.read().decode())}


async def sample(server: Server, seen: Watchers, seconds: float) -> Sample:
    """What the watchers see in the next seconds."""
    before, began = await asyncio.to_thread(numbers, server), time.monotonic()
    await asyncio.sleep(seconds)
    ended, after = time.monotonic(), await asyncio.to_thread(numbers, server)
    took = time.monotonic() - began
    await asyncio.sleep(0.3)  # the last lines of the watchers
    late, looks, cpu = (after[name] - before[name] for name in ("sum", "count", PROCESSOR))
    return Sample(seen.rates(began, ended), late / max(1.0, looks), cpu / took)


async def beside(server: Server, seen: Watchers, name: str, seconds: float, settle: float) -> tuple[Sample, str]:
    """A sample beside a greedy visitor, and what became of it."""
    guest = await asyncio.wait_for(Guest.arrive(server.page + WISHES[name][0]()), ARRIVAL_S)
    watching = asyncio.create_task(guest.watch())
    wanting = asyncio.create_task(greed(guest, name))
    try:
        await asyncio.sleep(settle)
        found = await sample(server, seen, seconds)
    finally:
        wanting.cancel()
        (failed,) = await asyncio.gather(wanting, return_exceptions=True)
        guest.close()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    if isinstance(failed, Exception):
        raise failed
    met = f"{guest.files} files" if guest.files else ""
    return found, f"shut out: {guest.closed[1]}" if guest.closed is not None else met


def shares(alone: list[Sample], greedy: list[Sample], rate_of: Callable[[list[float]], float]) -> list[float]:
    """Pictures a second beside the greedy visitor, over those alone just before and after, for every turn."""
    found = []
    for before, during, after in zip(alone, greedy, alone[1:], strict=False):
        usual = (rate_of(before.rates) + rate_of(after.rates)) / 2
        found.append(rate_of(during.rates) / usual if usual else 0.0)
    return found


def row_of(name: str, alone: list[Sample], greedy: list[Sample], met: str) -> list[str]:
    """A row of the table."""
    cells, share = [], 0.0
    for rate_of in (min, statistics.mean):  # the goal is one of the mean
        share = statistics.median(shares(alone, greedy, rate_of))
        rates = [statistics.mean(rate_of(each.rates) for each in samples) for samples in (alone, greedy)]
        cells = [f"{rates[0]:.1f} → {rates[1]:.1f}", f"{share:.0%}", *cells]
    late, cpu = (
        " → ".join(
            f"{1e3 * statistics.mean(getattr(each, what) for each in samples):.0f}" for samples in (alone, greedy)
        )
        for what in ("late", "cost")
    )
    return [name, *cells, late, cpu, "yes" if share >= GOAL else "NO", met]


HEAD = ["greedy visitor", "mean", "share", "slowest", "share", "late, ms", "cpu, ms", f"≥ {GOAL:.0%}", "met"]


async def measure(
    names: list[str], watchers: int, seconds: float, turns: int, settle: float, leave: float
) -> list[list[str]]:
    """All rows, on one server; each is printed as soon as it is there."""
    rows = []
    with served(HERE.parent, *SHORT_LIVES) as server:
        seen = Watchers(server.page, watchers, AGENTS)
        try:
            await asyncio.to_thread(seen.wait)
            await asyncio.sleep(settle)
            for name in names:
                alone, greedy, met = [await sample(server, seen, seconds)], [], ""
                for _ in range(turns):
                    found, met = await beside(server, seen, name, seconds, settle)
                    greedy.append(found)
                    await asyncio.sleep(leave)
                    alone.append(await sample(server, seen, seconds))
                rows.append(row_of(name, alone, greedy, met))
                print("  ".join(filter(None, rows[-1])), flush=True)
            said = [line for line in server.said().splitlines() if re.search(r"error|traceback", line, re.IGNORECASE)]
        finally:
            seen.close()
    print(f"\n{len(said)} lines of the log speak of an error" + "".join(f"\n  {line[:200]}" for line in said[:10]))
    return rows


def main(arguments: list[str] | None = None) -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=list(WISHES), help="one of them; may be given several times")
    parser.add_argument("--quick", action="store_true", help="short samples: whether it runs")
    parser.add_argument("--seconds", type=float, help=f"length of a sample; {SECONDS:g} when absent")
    parser.add_argument("--turns", type=int, help=f"samples of each kind; {TURNS} when absent")
    parser.add_argument("--watchers", type=int, help=f"how many watch; {WATCHERS} when absent")
    given = parser.parse_args(arguments)
    with contextlib.suppress(OSError):
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    watchers = given.watchers or (2 if given.quick else WATCHERS)
    seconds, turns = given.seconds or (1.0 if given.quick else SECONDS), given.turns or (1 if given.quick else TURNS)
    settle, leave = (0.5, 0.5) if given.quick else (SETTLE, LEAVE)
    print(f"{watchers} watchers of {AGENTS} agents, {turns} × {seconds:g} s alone and beside; pictures/s\n")
    rows = asyncio.run(measure(given.only or list(WISHES), watchers, seconds, turns, settle, leave))
    print("\n" + table(HEAD, rows))


if __name__ == "__main__":
    main()
