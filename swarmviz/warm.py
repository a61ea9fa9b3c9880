"""Compile all kernels in advance, with progress on the console: ``python -m swarmviz.warm``."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed

import numpy as np

import swarmviz as sv
from swarmviz import laws
from swarmviz.drawing.kernel_estimate import smooth_density

Job = tuple[str, str]  # dynamics, landscape or picture, and its name


def warm(out=sys.stdout, processes: int | None = None) -> None:
    """Compile every dynamics, the opening one first, and every landscape; a second run only loads them from the cache.

    Parameters
    ----------
    out : file
        Where the progress goes.
    processes : int, optional
        How many compile side by side, each 0.4 GB; as many as there are cores, but no more than four, when absent.
    """
    began = time.perf_counter()
    jobs: list[Job] = [("dynamics", name) for name in sv.dynamics.ALL] + [
        ("landscape", name) for name in sv.landscapes.ALL
    ]
    jobs += [("picture", "density")]
    processes = min(4, os.cpu_count() or 1) if processes is None else processes
    context = multiprocessing.get_context("spawn")  # a fork would take the compiler's locks along
    with ProcessPoolExecutor(processes, context, initializer=_quietly) as pool:
        try:
            waiting = {pool.submit(compiled, *job): job for job in jobs}
            for i, done in enumerate(as_completed(waiting), 1):
                print(f"[{i:2}/{len(jobs)}] {' '.join(waiting[done]):34}{done.result():6.2f} s", file=out, flush=True)
        except BaseException:  # the rest is not needed
            pool.shutdown(wait=False, cancel_futures=True)
            for child in multiprocessing.active_children():
                child.terminate()
            raise
    print(f"All kernels are ready after {time.perf_counter() - began:.1f} s.", file=out, flush=True)


def compiled(kind: str, name: str) -> float:
    """Compile a dynamics, a landscape or what a picture is made with; the seconds that it took."""
    began = time.perf_counter()
    if kind == "dynamics":
        sim = sv.Simulation(sv.dynamics.ALL[name](), sv.landscapes.Rastrigin(), sv.Swarm(n=4, d=1))
        sim.advance(2)
        laws.LawOfRun().at(sim.journal, sim.initial_swarm, sim.k)
        compile_together(sv.dynamics.ALL[name])
    elif kind == "picture":
        compile_density()
    else:
        landscape = sv.landscapes.ALL[name]()
        landscape.values_function()
        landscape.gradient_function()
    return time.perf_counter() - began


def compile_together(kind: type[sv.dynamics.Dynamics]) -> None:
    """Compile what takes several runs in one call, as ensembles and replicas do: small swarms may have a kernel of their own for that."""
    dynamics, landscape, swarm, seeds = kind(), sv.landscapes.Rastrigin(), sv.Swarm(n=4, d=1), np.arange(4)
    dynamics.advance_many(dynamics.init_many(swarm.positions_of(landscape, seeds), landscape, seeds), landscape, 2)


def compile_density() -> None:
    """Compile what the smooth line of a histogram is made with."""
    smooth_density(np.linspace(0.1, 0.9, 9), 0.0, 1.0, 40, np.linspace(0.0, 1.0, 9))


def _quietly() -> None:
    """Ctrl-C ends a compiler without a traceback."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


if __name__ == "__main__":
    from swarmviz.warm import warm as compile_all  # by the name under which the processes find it

    compile_all()
