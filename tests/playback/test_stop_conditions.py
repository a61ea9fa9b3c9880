"""A run stops by itself at a step, at a time, or when it has stalled."""

from __future__ import annotations

import pytest

from components.playback.stop_conditions import StopCondition
from swarmviz import Simulation, Swarm, dynamics, landscapes


def run_until_stopped(stop, steps=7):
    sim = Simulation(dynamics.CBO(noise="none"), landscapes.Sphere(), Swarm(n=10, d=2))
    for _ in range(1000):
        allowed = stop.allowed(sim, steps)
        sim.advance(allowed)
        if reason := stop.reached(sim):
            return sim, reason
    return sim, ""


def test_a_stop_at_a_step_is_exact_whatever_the_batches():
    sim, reason = run_until_stopped(StopCondition.of("k", "100"))
    assert sim.k == 100 and "step 100" in reason


def test_a_stop_at_a_time_is_exact_to_one_step():
    sim, _ = run_until_stopped(StopCondition.of("t", "2.02"))
    assert 2.02 <= sim.t < 2.02 + sim.dynamics.dt + 1e-9


def test_a_stall_stops_after_so_many_steps_without_a_move():
    sim, reason = run_until_stopped(StopCondition.of("stall", "50"))
    assert "not moved" in reason and sim.k >= 50


@pytest.mark.parametrize(
    "kind, at", [("k", "x"), ("k", "-1"), ("t", "nan"), ("stall", "inf"), ("soon", "1"), (None, None)]
)
def test_a_stop_that_means_nothing_is_refused(kind, at):
    with pytest.raises(ValueError, match="stop"):
        StopCondition.of(kind, at)
