"""What is timed: every dynamics on Rastrigin's function, one call of its kernel for many steps, and what its floor is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import swarmviz as sv

NEVER = 10**9  # record nothing
STEPS = 4096  # most steps of a call, as in a Simulation
SHARE_STEPS = 100  # steps over which jumps and clones are counted


def _cbo(share, d):
    return {"normal": 1, "wave": 1, "move 1": 1, "exponential": 1 / d}


def _ssa(share, d):
    return {"normal": 1, "wave": 2, "move 1": 1, "exponential": 1 / d, "root": 1 / d}


def _bgk(law):
    return lambda share, d: {law: share, "wave": 1, "move 2": 1, "exponential": 1 / d, "uniform": (share < 1) / d}


def _pso(share, d):
    return {"normal": 2, "wave": 1, "move 3": 1, "exponential": 1 / d}


def _fmc(share, d):
    per_walker = {"uniform": 3 / d, "exponential": 3 / d, "logarithm": 4 / d, "root": 1 / d}
    return {"gather": 1 + share, "normal": share, "wave": share, "move 1": share} | per_walker


def _sbgd(share, d):
    return {"wave": 1, "move 1": 1}


class Case(NamedTuple):
    """A row of the table: a dynamics, its floor ``(share, d) → numbers of each piece per agent and coordinate``, whose share that is."""

    dynamics: Any
    floor: Callable[[float, int], dict[str, float]]
    share: str = ""


CASES = {
    "CBO": Case(sv.CBO(lam=1.0, sigma=1.0, alpha=1e5, dt=0.01), _cbo),
    "SSA": Case(sv.SSA(), _ssa),
    "BGK Gaussian": Case(sv.BGK(), _bgk("normal"), "jump_fraction"),
    "BGK Cauchy": Case(sv.BGK(noise="cauchy", sigma=0.1), _bgk("cauchy"), "jump_fraction"),
    "BGK limit": Case(sv.BGK(form="limit"), _bgk("normal"), "jump_fraction"),
    "BGK limit Cauchy": Case(sv.BGK(form="limit", noise="cauchy", sigma=0.1), _bgk("cauchy"), "jump_fraction"),
    "PSO": Case(sv.PSO(), _pso),
    "FMC": Case(sv.FMC(), _fmc, "clone_rate"),
    "SBGD": Case(sv.SBGD(), _sbgd, "trials"),
}


class Work(NamedTuple):
    """A call to be timed: ``run(seed)`` makes ``numbers`` agent-coordinate-steps; ``floor`` as in Case."""

    run: Callable[[int], object]
    numbers: float
    floor: dict[str, float]


def states(case: Case, n: int, d: int, seeds: int = 2) -> list[Any]:
    """Starting states of independent runs."""
    landscape = sv.landscapes.Rastrigin()
    swarms = [sv.Swarm(n=n, d=d, seed=seed) for seed in range(seeds)]
    return [case.dynamics.init(swarm.positions(landscape), landscape, swarm.seed) for swarm in swarms]


def prepare_many(case: Case, n: int, d: int, runs: int, steps: int) -> Callable[[], object]:
    """A call that takes ``runs`` independent runs for ``steps`` steps."""
    landscape, seeds = sv.landscapes.Rastrigin(), np.arange(runs)
    starts = case.dynamics.init_many(sv.Swarm(n=n, d=d).positions_of(landscape, seeds), landscape, seeds)
    return lambda: case.dynamics.advance_many(starts, landscape, steps, every=NEVER)


def prepare(case: Case, n: int, d: int, numbers: int) -> Work:
    """A call that makes about ``numbers`` agent-coordinate-steps, at least ten steps of the swarm."""
    landscape, starts = sv.landscapes.Rastrigin(), states(case, n, d)
    steps = int(np.clip(numbers // (n * d), 10, STEPS))
    made = float(n * d * steps)
    share = 1.0
    if case.share:
        counted = min(steps, SHARE_STEPS) if case.share != "trials" else min(steps, n // 2 + 1)
        record = case.dynamics.advance(starts[0], landscape, counted, every=1)[1]
        share = float(record[case.share].mean())
    if case.share == "trials":  # its work is the values that it takes, and after N steps or so one agent is left
        steps, made = counted, float(d * (record["trials"] * record["remaining"]).sum())

    def run(seed: int) -> object:
        return case.dynamics.advance(starts[seed], landscape, steps, every=NEVER)

    return Work(run, made, case.floor(share, d))
