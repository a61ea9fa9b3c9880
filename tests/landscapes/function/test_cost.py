"""What runs on a person's own landscape spend: held against functions that count the points at which they are asked."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest
from numba import njit

import swarmviz as sv
from components.playback.pause_at import PauseAt
from swarmviz.landscapes import Function, Grid
from swarmviz.landscapes.base import block
from swarmviz.landscapes.grid.grid import grid_gradient, grid_values
from tests.dynamics.test_cost import EXACT, NEVER

N, STEPS = 30, 12
asked = np.zeros(2, int)  # points at which F, and its gradient, were asked for


def bowl(X):
    asked[0] += len(X)
    return (np.square(X) + np.cos(3.0 * X)).sum(axis=1)


def bowl_slope(X):
    asked[1] += len(X)
    return 2.0 * X - 3.0 * np.sin(3.0 * X)


@ctypes.CFUNCTYPE(ctypes.c_double)
def count_a_point():
    asked[0] += 1
    return 0.0


@njit
def bowl_of_a_point(x):
    total = count_a_point()
    for i in range(x.size):
        total += x[i] * x[i] + np.cos(3.0 * x[i])
    return total


@block
def counted_values(x, p, out):
    p[0] += x.shape[1]
    grid_values(x, p[2:], out)


@block
def counted_gradient(x, p, out):
    p[1] += x.shape[1]
    grid_gradient(x, p[2:], out)


class CountingGrid(Grid):
    """A table that counts the points at which it, and its gradient, are asked for."""

    block_values, block_gradient = staticmethod(counted_values), staticmethod(counted_gradient)

    def __init__(self, *args):
        super().__init__(*args)
        self.calls = np.zeros(2)

    def constants(self):
        if len(self.calls) == 2:
            self.calls = np.concatenate([self.calls, super().constants()])
        return self.calls


FORMS = {"plain": (bowl, None), "plain with gradient": (bowl, bowl_slope), "compiled": (bowl_of_a_point, None)}


def spent(dynamics, landscape, reset):
    """(evaluations, gradients) that are declared after some steps in one call, from the state."""
    swarm = sv.Swarm(n=N, d=2, seed=4)
    state = dynamics.init(swarm.positions(landscape), landscape, 4)
    reset()
    state, _ = dynamics.advance(state, landscape, STEPS, every=NEVER)
    return state.evaluations, getattr(state, "gradients", 0)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", EXACT)
def test_what_is_declared_is_what_a_function_is_asked_for(name, form):
    f, gradient = FORMS[form]
    landscape = Function(f, -3, 3, gradient)
    landscape.require_dimension(2)
    declared = spent(EXACT[name], landscape, lambda: asked.fill(0))
    assert declared == tuple(asked) and declared[0] >= N + STEPS
    follows = name.startswith(("SSA", "SBGD"))
    assert (declared[1] > 0) == (follows and gradient is not None)


@pytest.mark.parametrize("name", EXACT)
def test_what_is_declared_is_what_a_table_is_asked_for(name):
    U = np.random.default_rng(3).normal(size=(9, 8))
    grid = CountingGrid(U, (-3, -3), (3, 3))
    declared = spent(EXACT[name], grid, lambda: grid.calls[:2].fill(0))
    assert declared == tuple(grid.calls[:2].astype(int)) and declared[0] >= N + STEPS
    assert np.array_equal(grid.values([[0.3, 1.0]]), Grid(U, (-3, -3), (3, 3)).values([[0.3, 1.0]]))


@pytest.mark.parametrize("cls", (sv.SSA, sv.SBGD), ids=lambda cls: cls.__name__)
def test_records_and_states_count_differences_alike_for_any_pieces_and_spacing(cls):
    landscape, swarm = Function(bowl, -3, 3), sv.Swarm(n=N, d=2, seed=8)
    at_once, in_pieces = (sv.Simulation(cls(), landscape, swarm) for _ in range(2))
    at_once.advance(STEPS)
    for steps in (1, 4, STEPS - 5):
        in_pieces.advance(steps)
    for name in ("evaluations", "gradients"):
        np.testing.assert_array_equal(at_once.record[name], in_pieces.record[name])
    assert at_once.record["evaluations"][0] == N and not at_once.record["gradients"].any()
    data = sv.run_ensemble(cls(), landscape, swarm, runs=3, steps=STEPS, every=5, record=("evaluations", "gradients"))
    np.testing.assert_array_equal(data["evaluations"].isel(run=0)[:3], at_once.record["evaluations"][::5])
    assert data["final_evaluations"][0] == at_once.record["evaluations"][-1] and data["final_gradients"][0] == 0


def test_a_function_with_a_gradient_in_its_place_counts_gradients_from_there_on():
    sim = sv.Simulation(sv.SSA(), Function(bowl, -3, 3), sv.Swarm(n=N, d=2))
    sim.advance(3)
    sim.landscape = Function(bowl, -3, 3, bowl_slope)
    sim.advance(2)
    assert sim.record["evaluations"][-1] == N + 3 * (N + 4 * N) + 2 * N
    assert sim.record["gradients"][-1] == 2 * N


def test_a_run_stops_at_a_cost_that_the_differences_are_part_of():
    sim = sv.Simulation(sv.SSA(), Function(bowl, -3, 3), sv.Swarm(n=N, d=2))
    stop = PauseAt("evaluations", 10 * 5 * N)
    stop.restart()
    while not (why := stop.reached(sim)):
        sim.advance(stop.allowed(sim, 100))
    assert sim.k == 10 and f"after {N + 10 * 5 * N:,} evaluations" in why
