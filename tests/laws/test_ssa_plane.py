"""The plane of places and masses of SSA's law: its margins, and the agents of real swarms on it."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.laws.ssa import SSALaw
from swarmviz.laws.ssa_plane import log_masses, plane_masses

ACKLEY, LAW, N = sv.landscapes.Ackley(), SSALaw(), 100_000
X, LOG = np.linspace(-5, 5, 41), np.linspace(-12, 8, 41)
CASES = [
    {},
    {"initial_mass": "exponential"},
    {"boundary": "reflect", "lam": 20.0},
    {"boundary": "periodic", "lam": 20.0},
    {"boundary": "clip", "lam": 20.0},
]


def states_at(steps, start=None, **options):
    """With Nβ = 1."""
    dynamics = sv.SSA(cutoff=1 / N, dt=5e-3, **options)
    state, found = LAW.init(dynamics, ACKLEY, sv.Swarm(n=N, d=1, **start or {})), []
    for k in steps:
        state = LAW.advance(state, dynamics, ACKLEY, k - state.k)
        found.append(state)
    return found


@pytest.mark.parametrize("options", CASES, ids=str)
def test_swarms_have_their_agents_where_the_plane_has_them(options):
    """Four swarms of 1e5 in 40 × 40 cells: L1 is less than that expected of as many independent draws as the quiet swarm has agents
    (0.14 to 0.62 of it was measured), beside the noise of the four."""
    steps, counted = (20, 60, 200), np.zeros((3, 40, 40))
    for seed in range(4):
        run = sv.Simulation(
            sv.SSA(cutoff=1 / N, dt=5e-3, **options), ACKLEY, sv.Swarm(n=N, d=1, seed=seed), every=10**9
        )
        for at, k in zip(counted, steps, strict=True):
            frame = run.advance(k - run.k)
            at += np.histogram2d(np.log(N * frame.mass), frame.x[:, 0], (LOG, X))[0] / (4 * N)
    for state, found in zip(states_at(steps, **options), counted, strict=True):
        p = plane_masses(state, X, LOG)
        noise = np.sqrt(2 * p * (1 - p) / np.pi).sum()
        assert np.abs(p - found).sum() < noise * np.sqrt(1 / len(state.mass) + 1 / (4 * N)), state.k


@pytest.mark.parametrize("options", CASES, ids=str)
def test_its_margins_are_the_law_of_a_place_and_the_masses_of_the_agents(options):
    """x: as the law draws it, with 1000 Gaussians, of which two may be beside a place instead of around it. ln Nm: agent by agent.

    All mass is in a plane that is wide enough, and in the box where it has walls, near one of which the start is.
    """
    (state,) = states_at((15,), {"initial": "box", "low": -5.0, "high": 2.0}, **options)
    x, logs = np.linspace(-30, 30, 601), np.linspace(-800, 50, 400)
    p = plane_masses(state, x, logs)
    assert p.min() >= 0 and p.sum() == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(p.sum(axis=1), np.histogram(log_masses(state), logs)[0] / len(state.mass), atol=1e-12)
    if "boundary" in options:
        assert plane_masses(state, X, logs).sum() == pytest.approx(1, abs=1e-12)
    inside = np.linspace(-4.99, 4.99, 101)
    below = np.array([plane_masses(state, np.array([-60.0, at]), logs).sum() for at in inside])
    np.testing.assert_allclose(below, LAW.cdf(state, inside), atol=2e-3)


def test_at_the_start_all_masses_are_one_or_as_they_are_drawn():
    (equal,), (drawn,) = states_at((0,)), states_at((0,), initial_mass="exponential")
    assert plane_masses(equal, X, np.array([-1e-9, 1e-9])).sum() == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(plane_masses(equal, X, LOG).sum(axis=0), 1 / 40, atol=2 / len(equal.mass))
    edges = np.linspace(-5, 3, 17)
    p = plane_masses(drawn, X, edges).sum(axis=1)
    np.testing.assert_allclose(p, np.diff(-np.exp(-np.exp(edges))), atol=2e-3)
