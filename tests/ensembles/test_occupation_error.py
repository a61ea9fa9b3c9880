"""Error against N on a finite set: the shares of the agents of single simulations, held against their law."""

from __future__ import annotations

import math
import threading

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.ensembles.law_error import ensemble_at
from swarmviz.ensembles.occupation_error import (
    OccupationErrors,
    OccupationLimit,
    is_on_states,
    occupation_errors,
    scaled_independent,
    square_distance,
)
from swarmviz.ensembles.settings import Problem


@pytest.mark.parametrize("d", [1, 2])
def test_each_run_is_that_of_a_single_simulation(d):
    dynamics, runs, n = sv.FiniteSet(graph="grid" if d == 2 else "cycle", states=16), 5, 30
    landscape = sv.landscapes.Ackley()
    problem = Problem.of(dynamics, landscape, sv.Swarm(n=n, d=d, seed=7))
    space, (low, high) = dynamics.space(d), landscape.limits(d)
    shares = np.linspace(1, 2, space.states) / np.linspace(1, 2, space.states).sum()
    limit = OccupationLimit(shares, lambda x: space.nearest(x, low, high), math.nan, 1.0, math.inf)
    ensemble = ensemble_at(problem, 12, runs)
    for group in ensemble.groups(1):
        assert ensemble.run(group, threading.Event())
    errors = occupation_errors(ensemble, limit)
    by_hand = []
    for r in range(runs):
        sim = sv.Simulation(dynamics.copy(), landscape, sv.Swarm(n=n, d=d, seed=7 + r))
        by_hand.append(((sim.advance(12).occupation - shares) ** 2).sum())
    np.testing.assert_allclose(errors.squares, by_hand, rtol=1e-12)
    assert errors.finished.all() and errors.n == n and errors.diverged == 0
    root = math.sqrt(n * np.mean(by_hand))
    assert errors.scaled.value == pytest.approx(root)
    spread = n * np.std(by_hand, ddof=1) / math.sqrt(runs)
    assert errors.scaled.standard_error == pytest.approx(math.sqrt(n * np.mean(by_hand) + spread) - root, rel=0.5)


def test_independent_draws_have_the_mean_square_of_the_multinomial_law():
    """20 000 repetitions of 25 draws: four standard errors of their mean."""
    shares, rng = np.array([0.1, 0.2, 0.3, 0.4]), np.random.default_rng(3)
    squares = np.array([square_distance(rng.choice(4, 25, p=shares), shares) for _ in range(20_000)])
    found = OccupationErrors(25, squares, np.ones(20_000, bool), 0).scaled
    assert abs(found.value - scaled_independent(shares)) < 4 * found.standard_error < 0.02


def test_only_agents_on_states_are_compared_so():
    assert is_on_states(sv.FiniteSet()) and not is_on_states(sv.CBO())
