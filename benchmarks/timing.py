"""Fair timing on a machine that others use, too: interleaved repetitions, the best of a few calls, medians of ratios."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

Job = Callable[[], object]
BEST_OF = 3  # calls within a repetition; the shortest is the one that nobody interrupted


def seconds(job: Job, best_of: int = BEST_OF, clock: Callable[[], float] = time.perf_counter) -> float:
    """Shortest time of a few calls."""
    best = np.inf
    for _ in range(best_of):
        start = clock()
        job()
        best = min(best, clock() - start)
    return best


def interleave(
    jobs: Mapping[Any, Job], repetitions: int, best_of: int = BEST_OF, clock: Callable[[], float] = time.perf_counter
) -> dict[Any, np.ndarray]:
    """Seconds of every job in every repetition, arrays of shape (repetitions,); of the processor with ``time.process_time`` as clock.

    The jobs take turns, so that within one repetition all of them meet the same machine; a first, unmeasured round compiles.
    """
    for job in jobs.values():
        job()
    rows = [[seconds(job, best_of, clock) for job in jobs.values()] for _ in range(repetitions)]
    return dict(zip(jobs, np.array(rows).T, strict=True))


def on_threads(jobs: list[Job], pool: ThreadPoolExecutor) -> Job:
    """All jobs at once, each on a thread of its own; returns when the last is done."""

    def run() -> None:
        for done in [pool.submit(job) for job in jobs]:
            done.result()

    return run


def table(head: list[str], rows: list[list[str]]) -> str:
    """A plain table: the first column to the left, the others to the right."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = []
    for row in [head, ["─" * w for w in widths], *rows]:
        cells = [
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
