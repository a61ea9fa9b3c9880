"""Small ensembles and sweeps, and the single simulations that they must equal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import presets, success

RASTRIGIN = sv.landscapes.Rastrigin()
EVERY = pytest.mark.parametrize("name", list(sv.dynamics.ALL))


def small_ensemble(runs=6, steps=40, **options):
    """A small ensemble of CBO."""
    return sv.run_ensemble(sv.CBO(sigma=0.7), RASTRIGIN, sv.Swarm(n=20, d=2, seed=3), runs=runs, steps=steps, **options)


def parts(name):
    """A dynamics of this name with what it opens with, but few agents."""
    dynamics, landscape, swarm = presets.opening(name).build()
    swarm.n = min(swarm.n, 30)
    return dynamics, landscape, swarm


def single(dynamics, landscape, swarm, seed, steps, every=1):
    """The one simulation that a run must equal."""
    swarm = swarm.copy()
    swarm.seed = int(seed)
    sim = sv.Simulation(dynamics, landscape, swarm, every=every)
    sim.advance(steps)
    return sim


def assert_is(data, r, sim, landscape):
    """Run ``r`` is what the simulation recorded and where it ended, bit for bit."""
    run = data.isel(run=r)
    for observable in sim.dynamics.observables:
        recorded = sim.record[observable.name]
        course = run["step_" if observable.name == "step" else observable.name].values
        np.testing.assert_array_equal(course[: len(recorded)], recorded, err_msg=observable.name)
        assert np.isnan(course[len(recorded) :]).all()
    np.testing.assert_array_equal(run["step"].values[: len(recorded)], sim.record["k"])
    np.testing.assert_array_equal(run["t"].values[: len(recorded)], sim.record["t"])
    np.testing.assert_array_equal(run["final_positions"], sim.frame.x)
    np.testing.assert_array_equal(run["final_answer"], success.answer(sim.frame))
    np.testing.assert_array_equal(run["final_error"], success.error(sim.frame, landscape))
    assert int(run["steps_taken"]) == sim.k


ROOT = Path(__file__).parents[2]
GRID = {"sigma": [0.3, 1.0], "noise": ["anisotropic", "isotropic"]}


def small_sweep(grid=GRID, dynamics=None, landscape=RASTRIGIN, swarm=None, **options):
    """A small sweep of CBO, whose cells take no time."""
    options = {"runs": 4, "steps": 30} | options
    return sv.sweep(dynamics or sv.CBO(), landscape, swarm or sv.Swarm(n=20, d=2, seed=7), grid, **options)


def assert_cell(cell, **parts):
    """A cell equals the ensemble of its parts, whatever N and d the largest cell has."""
    alone = sv.run_ensemble(**parts)
    for name, values in alone.data_vars.items():
        there = cell[name].isel({dim: slice(size) for dim, size in values.sizes.items()})
        np.testing.assert_array_equal(there.transpose(*values.dims), values, err_msg=name)
        rest = (
            cell[name].isel(coordinate=slice(parts["swarm"].d, None)) if "coordinate" in values.dims else cell[name][:0]
        )
        assert np.isnan(rest.values).all()
    np.testing.assert_array_equal(cell["t"], alone["t"])
    np.testing.assert_array_equal(cell["seed"], alone["seed"])
