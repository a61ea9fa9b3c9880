"""The same work by others: CBXpy as it comes and tuned, a program written by hand in NumPy, and ours.

Anisotropic CBO on Rastrigin's function, λ = 1, σ = 1, α = 1e5, Δt = 0.01, Euler–Maruyama:

    A   100 runs × 200 agents × 20 coordinates     many middling swarms
    B   1000 runs × 100 agents × 2 coordinates     very many small ones
    C   one run of 10⁶ agents × 2 coordinates      a huge one

CBXpy and NumPy take a few steps of all runs at once, as arrays (runs, N, d), since a step costs them the same early and late. Ours takes
whole runs of 1000, 100 or 20 steps, one after the other or on two threads; C on two threads is two swarms at once, because a swarm is
never split. run_ensemble is ours with all that a person gets: starting positions, success, errors, a Dataset. Tuned means: no history, no
post-processing, the objective in place.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np

import swarmviz as sv
from swarmviz.ensembles.engine import GROUP_WORK

LAM, SIGMA, ALPHA, DT = 1.0, 1.0, 1e5, 0.01
HAVE_CBX = importlib.util.find_spec("cbx") is not None


class Workload(NamedTuple):
    """Sizes of a piece of work: in all runs together, and how much of it is timed at a time."""

    runs: int
    n: int
    d: int
    steps: int  # of a whole run
    peer_steps: int  # of all runs, timed in one call
    our_runs: int  # whole runs, timed in one call


WORKLOADS = {
    "A": Workload(100, 200, 20, 1000, peer_steps=2, our_runs=4),
    "B": Workload(1000, 100, 2, 100, peer_steps=4, our_runs=1000),
    "C": Workload(1, 1_000_000, 2, 20, peer_steps=1, our_runs=2),
}
SMALL = {
    "A": Workload(2, 20, 20, 10, peer_steps=1, our_runs=2),
    "B": Workload(4, 10, 2, 10, peer_steps=1, our_runs=2),
    "C": Workload(1, 1000, 2, 5, peer_steps=1, our_runs=2),
}


class Timed(NamedTuple):
    """A call, how many agent-coordinate-steps it makes, and the positions (runs, N, d) that it has got to (peers only)."""

    run: Callable[[], object]
    numbers: int
    positions: Callable[[], np.ndarray] | None = None


def positions(work: Workload) -> np.ndarray:
    """Starting positions of all runs, (runs, N, d)."""
    return np.random.default_rng(1).uniform(-5.12, 5.12, (work.runs, work.n, work.d))


def rastrigin(x: np.ndarray) -> np.ndarray:
    """F at positions (runs, N, d), with one array of scratch."""
    y = np.multiply(x, 2 * np.pi)
    np.cos(y, out=y)
    y *= -10.0
    y += x * x
    return y.sum(axis=-1) + 10.0 * x.shape[-1]


def cbxpy(work: Workload, tuned: bool) -> Timed:
    """CBXpy's CBO: with its own Rastrigin, history and post-processing, or without."""
    from cbx.dynamics import CBO
    from cbx.objectives import Rastrigin

    common = {"noise": "anisotropic", "lamda": LAM, "sigma": SIGMA, "alpha": ALPHA, "dt": DT, "verbosity": 0, "seed": 1}
    if tuned:
        common |= {"track_args": {"names": []}, "post_process": lambda dynamics: None}
    dynamics = CBO(rastrigin if tuned else Rastrigin(), f_dim="3D", x=positions(work), max_it=10**9, **common)

    def run() -> None:
        for _ in range(work.peer_steps):
            dynamics.step()

    return Timed(run, work.runs * work.n * work.d * work.peer_steps, lambda: dynamics.x)


def numpy_by_hand(work: Workload) -> Timed:
    """The same in NumPy, all arrays made once."""
    x, rng = positions(work), np.random.default_rng(1)
    z, away, scale = np.empty_like(x), np.empty_like(x), SIGMA * np.sqrt(DT)

    def run() -> None:
        for _ in range(work.peer_steps):
            f = rastrigin(x)
            w = np.exp(-ALPHA * (f - f.min(axis=1, keepdims=True)))
            w /= w.sum(axis=1, keepdims=True)
            nu = np.matmul(w[:, None, :], x)
            np.subtract(x, nu, out=away)
            rng.standard_normal(out=z)
            np.multiply(z, scale, out=z)
            np.subtract(z, LAM * DT, out=z)
            np.multiply(z, away, out=z)
            np.add(x, z, out=x)

    return Timed(run, work.runs * work.n * work.d * work.peer_steps, lambda: x)


def problem(work: Workload) -> tuple[sv.CBO, sv.landscapes.Rastrigin, sv.Swarm]:
    """What ours takes."""
    return sv.CBO(lam=LAM, sigma=SIGMA, alpha=ALPHA, dt=DT), sv.landscapes.Rastrigin(), sv.Swarm(n=work.n, d=work.d)


def ensemble(work: Workload, threads: int) -> Timed:
    """The same as a person asks for it: starts, runs, success and errors, a Dataset with the final answers."""
    return Timed(
        partial(sv.run_ensemble, *problem(work), runs=work.our_runs, steps=work.steps, record=(), threads=threads),
        work.our_runs * work.n * work.d * work.steps,
    )


def ours(work: Workload, pool: ThreadPoolExecutor | None = None) -> Timed:
    """Ours, whole runs with seeds 0, 1, …, on one thread or on those of a pool."""
    dynamics, landscape, swarm = problem(work)
    together = max(1, work.our_runs // 4) if work.n * work.d < GROUP_WORK // work.steps else 1  # as in an ensemble
    seeds = np.arange(work.our_runs).reshape(-1, together)
    groups = [dynamics.init_many(swarm.positions_of(landscape, some), landscape, some) for some in seeds]

    def some(states) -> None:
        dynamics.advance_many(states, landscape, work.steps, every=10**9)

    def run() -> None:
        for _ in (pool.map if pool else map)(some, groups):
            pass

    return Timed(run, work.our_runs * work.n * work.d * work.steps)


def programs(work: Workload, pool: ThreadPoolExecutor) -> dict[str, Timed]:
    """All programs for a piece of work; CBXpy where it is installed (the extra ``benchmarks``)."""
    peers = {"CBXpy": cbxpy(work, tuned=False), "CBXpy tuned": cbxpy(work, tuned=True)} if HAVE_CBX else {}
    mine = {"ours": ours(work), "ours, 2 threads": ours(work, pool)}
    ensembles = {"run_ensemble": ensemble(work, 1), "run_ensemble, 2 threads": ensemble(work, 2)}
    return peers | {"NumPy": numpy_by_hand(work)} | mine | ensembles
