"""Ensembles whose runs go through a step together tell of each run what it tells alone: courses, costs, ends (SBGD, finite set)."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.dynamics import sbgd
from swarmviz.ensembles import Below, Budget, Spent, Stall, hitting
from swarmviz.schedules import Linear

RUNS, STEPS, SEED = 11, 60, 4
RASTRIGIN, CURVE = sv.landscapes.Rastrigin(), sv.landscapes.FiniteSetCurve()
ON_RASTRIGIN = (RASTRIGIN, Below("best", 0.6), Spent(150))
ON_CURVE = (CURVE, Below("best", -2.5), Spent(40))
CASES = {
    "SBGD": (sv.SBGD(), *ON_RASTRIGIN),
    "SBGD at walls": (sv.SBGD(boundary="reflect", h0=0.3, q=0.5), *ON_RASTRIGIN),
    "finite set": (sv.FiniteSet(), *ON_CURVE),
    "finite set, annealed": (
        sv.FiniteSet(generator="hybrid", beta=Linear(start=0.0, end=20.0, duration=50.0)),
        *ON_CURVE,
    ),
    "finite set, leaps": (
        sv.FiniteSet(generator="metropolis", method="tau_leap", beta=Linear(start=1.0, end=9.0, duration=50.0)),
        *ON_CURVE,
    ),
}
TARGETS = (3.0, 0.3, 1e-9)
STOPS = {
    "none": lambda below, spent: None,
    "spent": lambda below, spent: spent,
    "budget": lambda below, spent: Budget(spent.evaluations),
    "spent at once": lambda below, spent: Spent(1),
    "below": lambda below, spent: below,
    "stall": lambda below, spent: Stall(0.05, 6),
}


def ensemble(name, stop="none", runs=RUNS, seed=SEED):
    dynamics, landscape, *bounds = CASES[name]
    return sv.run_ensemble(
        dynamics, landscape, sv.Swarm(n=6, d=1, seed=seed), runs=runs, steps=STEPS, every=1 + len(name) % 3,
        stop=STOPS[stop](*bounds), positions=True, threads=1,
    )  # fmt: skip


@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("name", CASES)
def test_costs_stops_and_hitting_times_of_runs_together_are_those_of_runs_alone(name, stop):
    together = ensemble(name, stop)
    for r in range(RUNS):
        alone = ensemble(name, stop, runs=1, seed=SEED + r)
        for variable, values in alone.data_vars.items():
            np.testing.assert_array_equal(together[variable].isel(run=[r]), values, err_msg=variable)
        mine, its = (hitting(data, TARGETS) for data in (together.isel(run=[r]), alone))
        for variable in ("spent", "reached"):
            np.testing.assert_array_equal(mine[variable], its[variable])


@pytest.mark.parametrize("name", ["SBGD", "finite set"])
def test_the_runs_above_end_in_different_ways(name):
    """Otherwise they would say nothing."""
    below, spent, reached = (
        ensemble(name, "below"),
        ensemble(name, "spent"),
        hitting(ensemble(name), TARGETS)["reached"],
    )
    assert len(set(below["steps_taken"].values.tolist())) > 3 and 0 < below["stopped"].sum()
    assert spent["stopped"].any() and len(set(spent["final_evaluations"].values.tolist())) > 3
    assert 0 < reached.isel(target=2).sum() < RUNS


def test_groups_change_nothing(monkeypatch):
    """The runs of SBGD in one list, in lists of three, and one by one."""
    everything = ensemble("SBGD")
    for size in (3, 1):
        monkeypatch.setattr(sbgd, "runs_together", lambda n, size=size: size)
        assert everything.identical(ensemble("SBGD"))
