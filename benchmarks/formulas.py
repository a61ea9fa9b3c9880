"""How late another visitor's page is while ten people type formulas, or bring files.

    python benchmarks/formulas.py             about a minute and a half
    python benchmarks/formulas.py --quick     whether it runs, not how fast

One server, which is ended afterwards; one watcher, a visitor without a browser in a process of its own with a swarm at 30 steps a second,
and ten others whose swarms stand. What is measured, in turns so that all of it meets the same machine:

quiet      nobody does anything
formulas   all ten type a formula at the same moment, each another one near the limits of length and cost
a file     one of them brings a table of 64 × 64 values, which is decoded in a process of its own

late       of a picture: how much later it came after the one before than pictures come when it is quiet (their median distance)

A formula starts no compiler (docs/decisions/a_formula_is_data.md), so that what is seen is parsing, checking and drawing it. Trust the
difference to "quiet", which has the same ten people and the same machine.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import sys
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from attacks import Visitor, message  # noqa: E402
from hostile import SETTLE, Watchers, formula, served  # noqa: E402
from timing import table  # noqa: E402

PEOPLE, ROUNDS, SPAN = 10, 8, 2.0
PIECE_BYTES = 42_000


async def type_formulas(people: list[Visitor], turn: int) -> None:
    """Everybody another formula, at once."""
    await asyncio.gather(
        *(visitor.edit("landscape.text", formula(1 + turn * len(people) + who)) for who, visitor in enumerate(people))
    )


async def bring_file(visitor: Visitor, turn: int) -> None:
    """A table in pieces, without waiting to be asked."""
    values = np.random.default_rng(turn).normal(size=(64, 64))
    content = "\n".join(",".join(f"{v:.5f}" for v in row) for row in values).encode()
    begin = {"act": "begin", "number": turn, "name": "u.csv", "size": len(content)}
    pieces = [
        {"act": "piece", "number": turn, "at": at, "data": base64.b64encode(content[at : at + PIECE_BYTES]).decode()}
        for at in range(0, len(content), PIECE_BYTES)
    ]
    for upload in (begin, *pieces):
        await visitor.send(message(visitor.component("Form"), {"upload": upload}))


async def measured(people: int, rounds: int, span: float) -> dict[str, list[tuple[float, float]]]:
    """The spans of time of each kind, and in ``pictures`` the moments of the watcher's pictures."""
    with served(HERE.parent) as server:
        seen = Watchers(server.page, 1)
        visitors: list[Visitor] = []
        tasks: list[asyncio.Task] = []
        try:
            await asyncio.to_thread(seen.wait)
            for who in range(people + 1):
                visitor = await Visitor.arrive(server.page)
                visitors.append(visitor)
                tasks.append(asyncio.create_task(visitor.watch()))
                await visitor.act("pause")
                await visitor.edit("landscape", "Formula" if who < people else "Grid")
            await asyncio.sleep(SETTLE)
            spans: dict[str, list[tuple[float, float]]] = {"quiet": [], "formulas": [], "a file": []}
            for turn in range(rounds):
                for kind in spans:
                    began = time.monotonic()
                    if kind == "formulas":
                        await type_formulas(visitors[:people], turn)
                    elif kind == "a file":
                        await bring_file(visitors[-1], turn + 1)
                    await asyncio.sleep(span)
                    spans[kind].append((began, time.monotonic()))
            await asyncio.sleep(0.5)  # the last lines of the watcher
            (pictures,) = seen.frames
            return spans | {"pictures": [(at, at) for at in pictures]}
        finally:
            for visitor in visitors:
                visitor.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            seen.close()


def lateness(spans: dict[str, list[tuple[float, float]]]) -> dict[str, np.ndarray]:
    """Kind → by how many seconds each picture of the watcher was late, never less than 0."""
    at = np.array([moment for moment, _ in spans["pictures"]])
    apart, ends = np.diff(at), at[1:]
    within = {
        kind: np.any([(began < ends) & (ends <= ended) for began, ended in found], axis=0)
        for kind, found in spans.items()
        if kind != "pictures"
    }
    usual = float(np.median(apart[within["quiet"]]))
    return {kind: np.maximum(apart[there] - usual, 0.0) for kind, there in within.items()}


def main(arguments: list[str] | None = None) -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two people and one short round: whether it runs")
    given = parser.parse_args(arguments)
    people, rounds, span = (2, 1, 0.6) if given.quick else (PEOPLE, ROUNDS, SPAN)
    late = lateness(asyncio.run(measured(people, rounds, span)))
    rows = []
    for kind, seconds in late.items():
        ms = 1e3 * seconds if len(seconds) else np.array([np.nan])
        shares = [f"{np.quantile(ms, share):.0f}" for share in (0.5, 0.95, 0.99)]
        rows.append([kind, str(len(seconds)), *shares, f"{ms.max():.0f}"])
    print(f"{people} people, {rounds} rounds of {span:g} s; lateness of another visitor's pictures in ms\n")
    print(table(["", "pictures", "median", "95 %", "99 %", "largest"], rows))


if __name__ == "__main__":
    main()
