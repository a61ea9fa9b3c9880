"""What a step allocates: by the kernels' own memory manager, and by Python beside them."""

from __future__ import annotations

import tracemalloc
from functools import partial

import click
from numba.core.runtime import _nrt_python, rtsys

import swarmviz as sv
from benchmarks.timing import table
from benchmarks.workloads import CASES, NEVER, states


def in_kernels(run) -> int:
    """Arrays that compiled code makes during a call."""
    before = rtsys.get_allocation_stats().alloc
    run()
    return rtsys.get_allocation_stats().alloc - before


def in_python(run) -> int:
    """Bytes that Python holds at most during a call: the state's copies, and the schedules with one value per step."""
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def show(quick: bool) -> dict[str, float]:
    """Print what 1000 more steps of 200 agents in 20 dimensions allocate, per step."""
    _nrt_python.memsys_enable_stats()
    n, d, few, more = (20, 2, 10, 100) if quick else (200, 20, 200, 1000)
    rows, worst, landscape = [], 0.0, sv.landscapes.Rastrigin()
    for name, case in CASES.items():
        (start,) = states(case, n, d, seeds=1)
        short, long = (partial(case.dynamics.advance, start, landscape, s, every=NEVER) for s in (few, few + more))
        short(), long()
        arrays = (in_kernels(long) - in_kernels(short)) / more
        python = (in_python(long) - in_python(short)) / more
        rows.append([name, f"{arrays:.3f}", f"{python:.1f}"])
        worst = max(worst, arrays)
    click.echo("\nAllocated per step")
    click.echo(table(["dynamics", "arrays in the kernel", "bytes in Python (schedules)"], rows))
    return {"allocations": worst}
