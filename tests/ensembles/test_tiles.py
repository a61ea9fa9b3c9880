"""Ensembles of small swarms, whose runs go side by side as tiles, tell of each run what it tells alone: courses, costs, ends."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.dynamics import tiled
from swarmviz.dynamics.stall import Stalling
from swarmviz.ensembles import Below, Budget, Spent, Stall, hitting
from tests.ensembles.examples import RASTRIGIN

RUNS, STEPS, SEED = 13, 125, 4
TARGETS = (3.0, 0.3, 1e-30)
DYNAMICS = {
    "CBO": sv.CBO(sigma=0.7),
    "CBO with the drift switch": sv.CBO(sigma=0.7, epsilon=0.5),
    "CBO, wild": sv.CBO(sigma=29.5, dt=1.0, alpha=1.0),  # a part of the runs is out of the numbers before the last step
    "SSA": sv.SSA(dt=0.01),
    "PSO": sv.PSO(),
    "BGK": sv.BGK(),
}
STOPS = {
    "none": None,
    "spent": Spent(150),
    "budget": Budget(150),
    "spent at once": Spent(1),
    "below": Below("best", 0.6),
    "stall": Stall(0.05, 6),
}


def ensemble(dynamics, stop, every, runs=RUNS, seed=SEED):
    swarm, sizes = sv.Swarm(n=6, d=1, seed=seed), []
    really = type(dynamics).advance_tiles

    def advance_tiles(self, states, landscape, steps, every, start, size):
        sizes.append(size)
        return really(self, states, landscape, steps, every, start, size)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(dynamics), "advance_tiles", advance_tiles)
        data = sv.run_ensemble(
            dynamics, RASTRIGIN, swarm, runs=runs, steps=STEPS, every=every, stop=stop, positions=True, threads=1
        )
    return data, sizes


@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("name", DYNAMICS)
def test_costs_stops_and_hitting_times_of_runs_in_tiles_are_those_of_runs_alone(name, stop, monkeypatch):
    dynamics, (every, rule) = DYNAMICS[name], (1 + 2 * (len(name) % 2), STOPS[stop])
    agree = tiled.tiles_agree(type(dynamics), tiled.choices_of(dynamics))  # else this processor has no tiles
    together, sizes = ensemble(dynamics, rule, every)
    its_own = stop == "stall" and isinstance(
        dynamics, Stalling
    )  # then it is the kernel that stops, of each run by itself
    assert (max(sizes) > 0) == (agree and not its_own)
    monkeypatch.setattr(tiled, "tiles_agree", lambda dynamics, choices: False)
    one_by_one, sizes = ensemble(dynamics, rule, every)
    assert set(sizes) == {0} and together.identical(one_by_one)
    for r in range(RUNS):
        alone, sizes = ensemble(dynamics, rule, every, runs=1, seed=SEED + r)
        assert set(sizes) == {0}
        for variable, values in alone.data_vars.items():
            np.testing.assert_array_equal(together[variable].isel(run=[r]), values, err_msg=variable)
        mine, its = (hitting(data, TARGETS) for data in (together.isel(run=[r]), alone))
        for variable in ("spent", "reached"):
            np.testing.assert_array_equal(mine[variable], its[variable])


def test_the_runs_above_end_in_different_ways():
    """Otherwise they would say nothing."""
    spent, _ = ensemble(DYNAMICS["CBO"], STOPS["spent"], 1)
    assert spent["final_evaluations"].values.tolist() == [150.0] * RUNS and spent["stopped"].all()
    below, _ = ensemble(DYNAMICS["PSO"], STOPS["below"], 1)
    assert len(set(below["steps_taken"].values.tolist())) > 3 and 0 < below["stopped"].sum()
    wild, _ = ensemble(DYNAMICS["CBO, wild"], None, 1)
    assert 0 < (wild["diverged_step"] >= 0).sum() < RUNS
    hits = hitting(ensemble(DYNAMICS["BGK"], None, 1)[0], TARGETS)["reached"]
    assert 0 < hits.sel(target=0.3).sum() and not hits.sel(target=1e-30).any()
