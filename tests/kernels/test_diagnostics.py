"""The weights that a frame shows are those that formed the consensus, whatever has happened since."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.kernels.diagnostics import first_of
from tests.references.cbo_and_ssa import batch_mask

RASTRIGIN = sv.landscapes.Rastrigin()
EVERY = pytest.mark.parametrize("cls", [sv.CBO, sv.BGK, sv.PSO])
STALLING = pytest.mark.parametrize("cls", [sv.BGK, sv.PSO])


def places(frame):
    """What is weighed: positions, or personal bests."""
    return frame.x if frame.memory is None else frame.memory


def assert_agreement(frame, recorded):
    """Focus, weights and the recorded effective size say the same."""
    np.testing.assert_allclose(frame.weight @ places(frame), frame.focus, rtol=0, atol=1e-12)
    assert frame.weight.sum() == pytest.approx(1.0, abs=1e-12)
    assert 1 / (frame.weight**2).sum() == pytest.approx(recorded, rel=1e-9)


@EVERY
def test_agents_outside_the_random_batch_of_a_step_have_no_weight_in_its_frame(cls):
    sim = sv.Simulation(cls(batch=5, alpha=1.0), RASTRIGIN, sv.Swarm(n=50, seed=1))
    for k in range(12):
        frame = sim.goto(k)
        outside = ~batch_mask(1, k, 50, 5)
        assert outside.sum() == 45 and (frame.weight[outside] == 0).all() and (frame.weight[~outside] > 0).all()
        assert_agreement(frame, sim.record["effective_size"][k])
    assert_agreement(sim.goto(3), sim.record["effective_size"][3])


@EVERY
def test_a_batch_as_large_as_the_swarm_is_the_whole_swarm(cls):
    frames = [
        sv.Simulation(cls(batch=batch, alpha=1.0), RASTRIGIN, sv.Swarm(n=50, seed=1)).advance(5)
        for batch in (0, 50, 99)
    ]
    for frame in frames:
        np.testing.assert_array_equal(frame.weight, frames[0].weight)


@EVERY
def test_weights_follow_alpha_and_the_batch_as_they_are_applied_to_a_paused_swarm(cls):
    sim = sv.Simulation(cls(alpha=1.0), RASTRIGIN, sv.Swarm(n=50, seed=1))
    before = sim.advance(5)
    sim.dynamics.alpha, sim.dynamics.batch = 0.1, 20
    sim.apply()
    now = sim.frame
    assert (now.weight > 0).sum() == 20 and not np.array_equal(now.focus, before.focus)
    np.testing.assert_allclose(now.weight @ places(now), now.focus, rtol=0, atol=1e-12)
    assert_agreement(sim.advance(1), sim.record["effective_size"][6])


@STALLING
def test_a_swarm_that_has_stalled_shows_the_weights_of_its_last_consensus(cls):
    """α goes on to rise and batches would go on to change, but ν stays."""
    alpha = sv.schedules.Linear(start=0.5, end=50.0, duration=20.0)
    dynamics = cls(alpha=alpha, batch=20, stall_steps=3, stall_tolerance=1.0)
    sim = sv.Simulation(dynamics, RASTRIGIN, sv.Swarm(n=50, seed=1))
    frame = sim.advance(40)
    assert frame.notes and (frame.weight > 0).sum() == 20
    assert_agreement(frame, sim.record["effective_size"][-1])
    dynamics.batch = 7
    assert_agreement(sim.advance(1), sim.record["effective_size"][-1])
    assert (sim.frame.weight > 0).sum() == 20


@pytest.mark.parametrize("n", [1, 2, 63, 64, 65, 128, 1000])
def test_the_first_place_of_a_value_is_found_wherever_it_is(n):
    f = np.random.default_rng(n).integers(0, 5, n).astype(float)
    for value in (*range(5), 9.0, np.nan):
        places = np.flatnonzero(f == value)
        assert first_of(f, float(value)) == (places[0] if len(places) else -1)
    f[:] = 1.0
    for place in {0, n // 2, n - 1}:
        f[place] = 0.0
        assert first_of(f, 0.0) == place
        f[place] = 1.0
