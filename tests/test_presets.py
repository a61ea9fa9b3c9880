"""Presets are data: each one builds, runs and stays finite."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import presets


@pytest.mark.parametrize("preset", presets.ALL.values(), ids=presets.ALL)
def test_a_preset_builds_and_runs_and_its_swarm_moves(preset):
    sim = sv.Simulation(*preset.build())
    start = sim.frame
    frame = sim.advance(50)
    assert np.isfinite(frame.energy).all() and preset.title and preset.reference
    assert not np.array_equal(frame.x, start.x)
    assert sim.record["best"][-1] <= sim.record["best"][0]


@pytest.mark.parametrize("name", sv.dynamics.ALL)
def test_every_dynamics_opens_with_a_preset_of_its_own(name):
    assert presets.opening(name).dynamics == name and presets.opening(name) in presets.ALL.values()


def test_the_opening_preset_is_the_experiment_of_001():
    dynamics, landscape, swarm = next(iter(presets.ALL.values())).build()
    assert (dynamics.lam, dynamics.sigma, dynamics.alpha, dynamics.dt) == (1.0, 1.0, 1000.0, 0.05)
    x = swarm.positions(landscape)
    assert x.shape == (100, 2) and np.abs(x).max() <= 5.0
