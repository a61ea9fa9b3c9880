"""004, the scatter of N agents on a finite set around their exact law, beside its linear-noise law, over N."""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.ensembles import run_ensemble
from swarmviz.ensembles.dataset import described_as
from swarmviz.ensembles.law_error import Problem, mean_of, problems_of
from swarmviz.ensembles.occupation_error import square_distance
from swarmviz.papers.spec import Experiment
from swarmviz.theory.finite_set import ExactLaw
from swarmviz.theory.finite_set_noise import LinearNoise
from swarmviz.theory.finite_set_scatter import initial_covariance

MEASURED = "Mean of Σ(p − p̄)², p the shares of N agents and p̄ their exact law"


def scatter_of(part: Experiment, runs: int, threads: int | None, progress: Any) -> Any:
    """N E Σ_x (p(x) − p̄(x))² of a part along ``n``, and what the linear-noise law has for it: the trace of its covariance.

    The start is uniform, the parameters are constant, and the part's ``steps`` end at the time that is measured.
    """
    import xarray

    numbers, rows, expected, finished = part.grid["n"], [], [], []
    base, done, interrupted = Problem.of(*part.preset(part.label, "", "").build()), 0, False
    for problem in problems_of(base, numbers, None, [runs] * len(numbers)):
        dynamics, landscape, swarm = problem
        space, t = dynamics.space(swarm.d), part.steps * dynamics.dt
        sites = space.positions(*landscape.limits(swarm.d))
        law = ExactLaw(
            space.links, landscape.values(sites), dynamics.beta, dynamics.m, dynamics.rate, np.ones(space.states)
        )
        mean = law.at(t)[0] / space.states
        start = initial_covariance(np.full(space.states, 1.0 / space.states), swarm)
        noise = LinearNoise(law, dynamics.generator, dynamics.kappa, swarm.n, start, 0.0)
        expected.append(float(np.trace(noise.at(t))))
        if interrupted:
            rows.append(np.full(runs, np.nan))
            finished.append(False)
            continue
        before = done

        def report(now: int, total: int, before: int = before) -> None:
            progress(before + now, runs * len(numbers))

        data = run_ensemble(
            dynamics,
            landscape,
            swarm,
            runs,
            part.steps,
            (),
            part.steps + 1,
            positions=True,
            threads=threads,
            progress=report,
        )
        done += runs
        interrupted = bool(data.attrs["interrupted"])
        rows.append(swarm.n * _squares(data["final_positions"].values[:, :, 0], sites[:, 0], mean))
        finished.append(bool(data["finished"].all()))
    means = np.array([mean_of(row) for row in rows])
    variables = {
        "scatter": ("n", means[:, 0], described_as(f"N times: {MEASURED}") | {"symbol": "N E Σ(p − p̄)²"}),
        "scatter_standard_error": ("n", means[:, 1], described_as(f"Standard error of N times: {MEASURED}")),
        "linear_noise": ("n", np.array(expected), described_as("The same by the linear-noise law") | {"symbol": "linear noise"}),
        "finished": ("n", np.array(finished), described_as("Whether all runs of this N came to their end")),
    }  # fmt: skip
    n = "n", list(numbers), described_as("Number of agents")
    return xarray.Dataset(variables, {"n": n}, {"interrupted": int(interrupted)})


def _squares(x: np.ndarray, sites: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Σ(p − p̄)² of each run (runs,), from the places of the agents (runs, N); NaN where a run was not finished."""
    order = np.argsort(sites)
    node = order[np.clip(np.searchsorted(sites[order], x), 0, len(sites) - 1)]
    good = np.isfinite(x).all(axis=1)
    return np.where(good, [square_distance(row, mean) for row in node], np.nan)


def over_linear_noise(data: Any) -> dict[str, Any]:
    """Measured over expected, with its standard error."""
    ratio, error = data["scatter"] / data["linear_noise"], data["scatter_standard_error"] / data["linear_noise"]
    ratio.attrs = described_as("Scatter, measured over that of the linear-noise law", symbol="measured / linear noise")
    error.attrs = described_as("Standard error of the scatter over that of the linear-noise law")
    return {"scatter_ratio": ratio, "scatter_ratio_standard_error": error}
