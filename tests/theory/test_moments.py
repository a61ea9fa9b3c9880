"""Moments along a run, against products of matrices that are written out."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.theory.lived import LivedRun
from swarmviz.theory.moments import expected_dispersion, moments_along

SPHERE = sv.landscapes.Sphere()


@pytest.mark.parametrize("every", [1, 4])
def test_a_matrix_acts_as_often_as_its_parameters_did(every):
    """A σ that was moved at step 7, between two recorded ones, and then follows a schedule."""
    schedule = sv.schedules.Linear(start=0.2, end=2.0, duration=2.0)
    sim = sv.Simulation(sv.BGK(sigma=0.5), SPHERE, sv.Swarm(n=5, seed=1), every=every)
    sim.advance(7)
    sim.dynamics.sigma = schedule
    sim.advance(9)

    def matrices(stretch):
        sigma = stretch.values("sigma")
        return np.array([[[1, s], [0, 1]] for s in sigma])  # what it does to (0, 1) is the sum of σ over the steps

    found = moments_along(LivedRun.of(sim), matrices, np.array([0.0, 1.0]))[:, 0]
    sigma = np.r_[np.full(7, 0.5), schedule.at(0.1 * np.arange(7, 16))]
    np.testing.assert_allclose(found, np.r_[0, np.cumsum(sigma)][sim.record["k"]], rtol=1e-12)


def test_before_the_first_step_the_moments_are_those_of_the_start():
    lived = LivedRun.of(sv.Simulation(sv.BGK(), SPHERE, sv.Swarm(n=5)))
    found = moments_along(lived, lambda s: np.full((len(s.start), 2, 2), 7.0), np.array([1.0, 2.0]))
    np.testing.assert_array_equal(found, [[1.0, 2.0]])


def test_the_dispersion_of_independent_agents_is_that_of_a_direct_computation():
    """200 000 draws of x_i = x_i0 (a + s ξ_i) about ν: mean a, mean square a² + s²; within 4 standard errors."""
    sim = sv.Simulation(sv.BGK(alpha=0.3), SPHERE, sv.Swarm(n=6, d=2, seed=3))
    frame, a, s = sim.frame, 0.7, 0.4
    x = (frame.x - frame.focus) * (a + s * np.random.default_rng(1).standard_normal((200_000, 6, 2)))
    V = ((x - x.mean(axis=1, keepdims=True)) ** 2).sum(axis=(1, 2))
    claimed = expected_dispersion(LivedRun.of(sim), np.array([a]), np.array([a * a + s * s]))[0]
    assert abs(V.mean() - claimed) < 4 * V.std() / np.sqrt(len(V))
    assert abs(V.mean() - (a * a + s * s) * sim.record["dispersion"][0]) > 20 * V.std() / np.sqrt(len(V)), (
        "negative control"
    )
