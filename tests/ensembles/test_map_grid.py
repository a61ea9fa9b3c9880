"""The axes of a map: what each dynamics proposes fits it, and ranges are spaced as the declarations say."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import presets
from swarmviz.ensembles import proposed_grid
from swarmviz.ensembles.axes import axes_of, check
from swarmviz.ensembles.map_grid import proposed_ranges, values_between
from swarmviz.ensembles.settings import Problem, Settings
from tests.ensembles.examples import EVERY

PROPOSED = {
    "CBO": ["sigma", "lam"],
    "SSA": ["cutoff", "lam"],
    "BGK": ["sigma", "jump_rate"],
    "PSO": ["inertia", "sigma_common"],
    "SBGD": ["p", "q"],
    "FMC": ["reward_power", "distance_power"],
    "FiniteSet": ["beta", "rate"],
}


@EVERY
def test_a_dynamics_proposes_two_of_its_parameters_and_every_cell_of_them_can_be_run(name):
    dynamics, landscape, swarm = presets.opening(name).build()
    grid = proposed_grid(dynamics, swarm)
    assert list(grid) == PROPOSED[name] and all(len(values) == 24 for values in grid.values())
    problem = Problem.of(dynamics, landscape, swarm)
    settings = Settings.checked(type(dynamics), (), None, runs=1, steps=1, every=1, tolerance=None, positions=False)
    check(problem, axes_of(problem, proposed_grid(dynamics, swarm, side=6)), settings)


@EVERY
def test_values_are_spaced_as_the_slider_is(name):
    dynamics, _, swarm = presets.opening(name).build()
    for parameter, values in proposed_grid(dynamics, swarm).items():
        steps = np.diff(np.log(values) if dynamics.declared()[parameter].scale == "log" else values)
        np.testing.assert_allclose(steps, steps.mean(), rtol=0.02)


def test_what_is_given_per_agent_follows_their_number_within_the_bounds():
    low, high = proposed_ranges(sv.SSA(), sv.Swarm(n=64))["cutoff"]
    assert (64 * low, 64 * high) == (0.125, 4.0)
    assert proposed_ranges(sv.SSA(), sv.Swarm(n=2))["cutoff"] == (0.0625, 1.0)


def test_values_of_whole_numbers_are_there_once_and_ends_are_exact():
    n = sv.Swarm.declared()["n"]
    values = values_between(n, 2, 20, 24)
    assert values[0] == 2 and values[-1] == 20 and len(set(values)) == len(values) < 24
    assert all(type(value) is int for value in values)
    assert values_between(sv.CBO.declared()["sigma"], 1 / 3, 2 / 3, 3) == [1 / 3, 0.5, 2 / 3]
    assert values_between(sv.CBO.declared()["dt"], 0.0, 1.0, 3) == [0.0, 0.5, 1.0], "no logarithm of 0"


@pytest.mark.parametrize(
    ("name", "low", "high", "side", "words"),
    [
        ("noise", 0, 1, 3, "noise: has no range"),
        ("sigma", 1, 1, 3, "sigma = 1 to 1"),
        ("sigma", 0, np.inf, 3, "sigma = 0 to inf"),
        ("sigma", 0, 1, 1, "sigma: 1 values: must be a whole number from 2 to 1000"),
        ("sigma", 0, 1, 1001, "1001 values"),
        ("sigma", 0, 1, True, "True values"),
    ],
)
def test_a_bad_range_is_refused_by_name(name, low, high, side, words):
    with pytest.raises(ValueError, match=words):
        values_between(sv.CBO.declared()[name], low, high, side)
