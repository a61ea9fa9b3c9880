"""Compile the kernels that a visitor needs, with progress on the console: ``python -m swarmviz.warm``."""

from __future__ import annotations

import sys
import time

import swarmviz as sv


def warm(out=sys.stdout) -> None:
    """Compile every dynamics, the opening one first, and every landscape; a second run only loads them from the cache."""
    began = time.perf_counter()
    jobs = [(f"dynamics {name}", lambda cls=cls: _step(cls)) for name, cls in sv.dynamics.ALL.items()]
    jobs += [(f"landscape {name}", lambda cls=cls: _evaluate(cls())) for name, cls in sv.landscapes.ALL.items()]
    for i, (name, job) in enumerate(jobs, 1):
        start = time.perf_counter()
        print(f"[{i:2}/{len(jobs)}] {name:34}", end="", file=out, flush=True)
        job()
        print(f"{time.perf_counter() - start:6.2f} s", file=out, flush=True)
    print(f"All kernels are ready after {time.perf_counter() - began:.1f} s.", file=out, flush=True)


def _step(dynamics: type[sv.dynamics.Dynamics]) -> None:
    sv.Simulation(dynamics(), sv.landscapes.Rastrigin(), sv.Swarm(n=4, d=1)).advance(2)


def _evaluate(landscape: sv.landscapes.Landscape) -> None:
    landscape.values_function()
    landscape.gradient_function()


if __name__ == "__main__":
    warm()
