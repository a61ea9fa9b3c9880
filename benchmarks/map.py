"""What a map costs beside the ensemble of the same runs: ``python -m benchmarks.map``.

One process, two threads. 24 × 24 cells of up to 100 runs of CBO (100 agents, 2 dimensions, 200 steps) as ``sv.refine`` computes them, with
a Dataset after every round, beside ``sv.run_ensemble`` of as many runs that records the same observables as often; in turns, so that both
meet the same machine. Then the first 6 × 6 cells of 8 runs, as the page computes them in pieces on one thread: of that map, and of SSA
(8 agents, 1 dimension, 20,000 steps). The page's rest between two pieces, and pictures of a live swarm, are not in these numbers.
"""

from __future__ import annotations

import time

import click
import numpy as np

import swarmviz as sv
from benchmarks.timing import interleave, table
from components.maps.limit import Limit
from components.maps.order import MapOrder
from components.maps.work import MapWork
from swarmviz.ensembles import measures
from swarmviz.ensembles.map_grid import proposed_grid

THREADS = 2
RASTRIGIN = sv.landscapes.Rastrigin()
CBO = sv.CBO(), sv.Swarm(n=100, d=2)
SSA = sv.SSA(), sv.Swarm(n=8, d=1)


def refined(side: int, runs: int, steps: int) -> None:
    """The map, to its end."""
    dynamics, swarm = CBO
    for _ in sv.refine(
        dynamics, RASTRIGIN, swarm, proposed_grid(dynamics, swarm, side), runs=runs, steps=steps, threads=THREADS
    ):
        pass


def ensemble(side: int, runs: int, steps: int) -> None:
    """As many runs of one swarm, which record what the map's do."""
    dynamics, swarm = CBO
    sv.run_ensemble(
        dynamics, RASTRIGIN, swarm, runs=side**2 * runs, steps=steps, record=measures.observed(type(dynamics)),
        every=measures.every_for(steps), threads=THREADS,
    )  # fmt: skip


def first_level_s(dynamics: sv.dynamics.base.Dynamics, swarm: sv.Swarm, side: int, steps: int) -> float:
    """Seconds until every cell of the coarsest grid has its first runs, on one thread, as the page computes them."""
    (x, x_values), (y, y_values) = proposed_grid(dynamics, swarm, side).items()
    began = time.perf_counter()
    work = MapWork(
        MapOrder(
            dynamics,
            RASTRIGIN,
            swarm,
            ("dynamics", x),
            ("dynamics", y),
            tuple(x_values),
            tuple(y_values),
            Limit.of_steps(steps),
            None,
        )
    )
    while work.refinement.level == 0:
        work.work(0.004)
    return time.perf_counter() - began


@click.command(help=__doc__.split("\n\n")[0])
@click.option("--quick", is_flag=True, help="Tiny maps: whether it runs, not how fast.")
@click.option("--repetitions", default=3, show_default=True, type=click.IntRange(1), help="Of which medians are taken.")
def main(quick: bool, repetitions: int) -> None:
    """Print the table."""
    side, runs, steps = (6, 10, 20) if quick else (24, 100, 200)
    jobs = {"refine": lambda: refined(side, runs, steps), "run_ensemble": lambda: ensemble(side, runs, steps)}
    seconds = interleave(jobs, 1 if quick else repetitions, best_of=1)
    rows = [
        [name, f"{row.min():.2f}", f"{np.median(row / seconds['run_ensemble']):.2f}"] for name, row in seconds.items()
    ]
    click.echo(table([f"{side}×{side} cells × {runs} runs, {THREADS} threads", "s", "/ run_ensemble"], rows))
    firsts = {
        "CBO (100, 2)": first_level_s(*CBO, side, steps),
        "SSA (8, 1)": first_level_s(*SSA, side, 20 if quick else 20_000),
    }
    click.echo(table(["first cells of 8 runs each", "s"], [[name, f"{took:.2f}"] for name, took in firsts.items()]))


if __name__ == "__main__":
    main()
