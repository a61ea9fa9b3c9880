"""Whether there is memory for an ensemble or a sweep, asked before anything runs: what is killed for want of it hours later is lost."""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from swarmviz.ensembles.dataset import Layout
from swarmviz.ensembles.engine import GROUP_WORK
from swarmviz.ensembles.settings import Problem, Settings

WORKING = 4  # times its state is what a swarm takes while it runs: it, the next one and scratch (measured: 2.9 to 3.9)
UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


def require_room(
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
        How many different courses of time there are.

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
    work = min(threads, options.runs * cells) * WORKING * _state(problem) + min(results, threads * 8 * GROUP_WORK)
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
    """A number of bytes as a person reads it."""
    power = min(int(math.log2(max(1, size)) // 10), len(UNITS) - 1)
    return f"{size / 1024**power:.3g} {UNITS[power]}"


# ---- what there is ------------------------------------------------------------------------------------------------------


def available(root: Path = Path("/")) -> int | None:
    """Bytes that this process may still take: of the machine, of its control groups (Linux), of its own limit; None where nothing says.

    Parameters
    ----------
    root : Path
        Where /proc and /sys are.
    """
    machine = _meminfo(root) or _installed()
    found = [size for size in (machine, *_of_groups(root), _of_limit(root)) if size is not None]
    return max(0, min(found)) if found else None


def _lines(path: Path) -> list[str]:
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return path.read_text().splitlines()
    return []


def _meminfo(root: Path) -> int | None:
    """What the system could give without swapping."""
    for line in _lines(root / "proc/meminfo"):
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def _installed() -> int | None:
    with contextlib.suppress(AttributeError, ValueError, OSError):  # not on Windows
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return None


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


def _of_limit(root: Path) -> int | None:
    """What is left of ``ulimit -v``."""
    resource: Any
    try:
        import resource
    except ImportError:  # Windows
        return None
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    taken = next(iter(_lines(root / "proc/self/statm")), "")
    if limit == resource.RLIM_INFINITY:
        return None
    return limit - (int(taken.split()[0]) * resource.getpagesize() if taken else 0)
