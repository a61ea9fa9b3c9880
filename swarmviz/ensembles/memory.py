"""Whether there is memory for an ensemble or a sweep, checked before anything runs: what is killed for lack of it hours later is lost."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil

from swarmviz.ensembles.dataset import Layout
from swarmviz.ensembles.engine import GROUP_WORK
from swarmviz.ensembles.settings import Problem, Settings

STATES_AT_WORK = (
    4  # what a running swarm takes, in its states: one, the next one and the workspace (measured: 2.9 to 3.9)
)
UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


def check_memory(
    settings: Settings, problem: Problem, threads: int, cells: int = 1, beside: int | None = None, times: int = 1
) -> None:
    """Refuse what does not fit into the memory that is free.

    Parameters
    ----------
    problem : Problem
        With the largest n and d.
    threads : int
        Swarms that run at once; 0 where they run elsewhere.
    cells : int
        How often the results are there, each as large as the largest.
    beside : int, optional
        Cells that are held beside the results; when absent (no sweep) a copy of the largest variable, which an interrupt may take.
    times : int
        How many different time axes there are.

    Raises
    ------
    ValueError
        When there is less; names what it depends on, what is needed and what there is.
    """
    free = available()
    if free is None:
        return
    options, swarm, layout = settings.options, problem.swarm, Layout.of(problem, settings)
    more = layout.largest if beside is None else beside * layout.nbytes(1)
    results = layout.nbytes(cells) + 8 * settings.rows * (1 + times) + more
    work = min(threads, options.runs * cells) * STATES_AT_WORK * _state(problem) + min(
        results, threads * 8 * GROUP_WORK
    )
    if results + work > free:
        raise ValueError(
            f"runs = {options.runs}, steps = {options.steps}, every = {options.every}, record = {len(settings.record)} observables, "
            f"positions = {options.positions}, n = {swarm.n}, d = {swarm.d}{f', {cells} cells' if cells > 1 else ''}: need "
            f"{in_words(results)} for the results and {in_words(work)} for the swarms while they run, of {in_words(free)} of memory "
            "that are free; lower runs, n or d, record less, or raise every"
        )


def _state(problem: Problem) -> float:
    """Bytes of the state of one swarm, from those of two and of four agents."""
    two, four = (sum(value.nbytes for value in problem.small_state(n) if isinstance(value, np.ndarray)) for n in (2, 4))
    return two + (four - two) / 2 * (problem.swarm.n - 2)


def in_words(size: float) -> str:
    """A number of bytes with its unit."""
    power = min(int(math.log2(max(1, size)) // 10), len(UNITS) - 1)
    return f"{size / 1024**power:.3g} {UNITS[power]}"


# ---- what there is ------------------------------------------------------------------------------------------------------


def available(root: Path = Path("/")) -> int | None:
    """Bytes that this process may still take: of the machine, of its control groups (Linux), of its own limit; None where nothing says.

    Parameters
    ----------
    root : Path
        Where the /proc and /sys of the control groups are.
    """
    found = [*_of_machine(), *_of_groups(root), *_of_limit()]
    return max(0, min(found)) if found else None


def _of_machine() -> Iterator[int]:
    """What the system could give without swapping."""
    with contextlib.suppress(OSError):  # a container without /proc
        yield psutil.virtual_memory().available


def _of_groups(root: Path) -> Iterator[int]:
    """What is left in each control group around this process; a container's is one. Files that were read do not count as taken."""
    for line in _lines(root / "proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        top, names = root / "sys/fs/cgroup", ("memory.max", "memory.current", "inactive_file")
        if "memory" in controllers.split(","):  # version 1
            top, names = top / "memory", ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        elif controllers:
            continue
        inner = top / path.strip("/")
        for folder in (inner, *(parent for parent in inner.parents if parent.is_relative_to(top))):
            limit, used = (next(iter(_lines(folder / name)), "") for name in names[:2])
            files = [line.split()[1] for line in _lines(folder / "memory.stat") if line.split()[0] == names[2]]
            if limit.isdigit() and used.isdigit():  # "max": none
                yield int(limit) - int(used) + int(*files)


def _lines(path: Path) -> list[str]:
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return path.read_text().splitlines()
    return []


def _of_limit() -> Iterator[int]:
    """What is left of ``ulimit -v``, where the system enforces it."""
    if not hasattr(psutil, "RLIMIT_AS"):
        return
    with contextlib.suppress(OSError, psutil.Error):
        process = psutil.Process()
        limit, _ = process.rlimit(psutil.RLIMIT_AS)
        if limit != psutil.RLIM_INFINITY:
            yield limit - process.memory_info().vms
