"""Threads or processes for ensembles: ``python -m benchmarks.ensembles``.

The same cells of a sweep go to two threads of this process, to two processes of ``concurrent.futures`` and to two workers of a dask
``LocalCluster``, in turns; what is timed is the way from the cells to their Datasets in this process. Everybody is warm: kernels loaded,
processes there since before the first turn. Workloads, all CBO on Rastrigin's function in two dimensions:

    many small       8 cells × 500 runs × 50 agents × 200 steps: groups of runs share a call of the kernel
    small, stopped   4 cells × 100 runs × 50 agents × ≤ 400 steps, watched by a stop every tenth step: Python between short calls
    few large        4 cells × 1 run × 10⁶ agents × 10 steps: the kernel alone, at the pace of the memory
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import click
import numpy as np

import swarmviz as sv
from benchmarks.timing import interleave, table
from swarmviz.ensembles import Stall
from swarmviz.ensembles.axes import Cell, axes_of, cells_of
from swarmviz.ensembles.cluster import on_cluster, run_cell
from swarmviz.ensembles.settings import Problem, Settings
from swarmviz.ensembles.sweeps import locally

WORKERS = 2


class Work(NamedTuple):
    """Cells of a sweep and how each is run."""

    cells: list[Cell]
    settings: Settings


def work(cells: int, runs: int, n: int, steps: int, stop: Any = None) -> Work:
    """A sweep over the noise."""
    problem = Problem.of(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=n, d=2))
    options = {"runs": runs, "steps": steps, "every": 10, "tolerance": 0.25, "positions": False}
    sigmas = np.linspace(0.5, 1.0, cells).tolist()
    return Work(
        list(cells_of(problem, axes_of(problem, {"sigma": sigmas}))), Settings.checked(sv.CBO, (), stop, **options)
    )


WORKLOADS = {
    "many small": work(8, 500, 50, 200),
    "small, stopped": work(4, 100, 50, 400, Stall(1e-4, 100)),
    "few large": work(4, 1, 1_000_000, 10),
}
SMALL = {"many small": work(2, 20, 10, 20), "small, stopped": work(2, 5, 10, 20, Stall(1e-4, 10))}


def nobody() -> None:
    """Who is told that a run is finished."""


def on_threads(some: Work) -> dict[int, Any]:
    """Number → Dataset, from threads."""
    return dict(locally(some.cells, some.settings, WORKERS, nobody))


def in_processes(some: Work, pool: ProcessPoolExecutor) -> dict[int, Any]:
    """The same from the processes of a pool."""
    futures = {cell.number: pool.submit(run_cell, cell.problem, some.settings, cell.label, 1) for cell in some.cells}
    return {number: future.result()[1] for number, future in futures.items()}


def on_dask(some: Work, client: Any) -> dict[int, Any]:
    """The same from the workers of a cluster."""
    return dict(on_cluster(client, some.cells, some.settings, 1, nobody))


Way = Callable[[Work], dict[int, Any]]


@contextlib.contextmanager
def ways(dask: bool) -> Iterator[dict[str, Way]]:
    """What is compared, ready to work."""
    with contextlib.ExitStack() as stack:
        pool = stack.enter_context(ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn")))
        found: dict[str, Way] = {"threads": on_threads, "processes": partial(in_processes, pool=pool)}
        if dask:
            from distributed import Client, LocalCluster

            options = {"n_workers": WORKERS, "threads_per_worker": 1, "dashboard_address": None}
            cluster = stack.enter_context(LocalCluster(processes=True, **options))
            found["dask"] = partial(on_dask, client=stack.enter_context(Client(cluster)))
        yield found


@click.command(help=__doc__.split("\n\n")[0])
@click.option("--quick", is_flag=True, help="Tiny workloads without dask: whether it runs, not how fast.")
@click.option("--repetitions", default=9, show_default=True, type=click.IntRange(1), help="Of which medians are taken.")
def main(quick: bool, repetitions: int) -> None:
    """Print the table."""
    rows = []
    with ways(dask=not quick) as found:
        for name, some in (SMALL if quick else WORKLOADS).items():
            jobs = {way: partial(run, some) for way, run in found.items()}
            jobs["one thread"] = lambda some=some: dict(locally(some.cells, some.settings, 1, nobody))
            seconds = interleave(jobs, 1 if quick else repetitions, best_of=1)
            for way, row in seconds.items():
                ratio = np.median(row / seconds["threads"])
                rows.append([f"{name:14}  {way}", f"{row.min() * 1e3:.1f}", f"{ratio:.2f}"])
    click.echo(table([f"workload, {WORKERS} workers", "ms", "/ threads"], rows))


if __name__ == "__main__":
    main()
