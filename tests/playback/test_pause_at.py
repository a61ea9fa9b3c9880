"""A run stops by itself at a step, at a time, or when it has stalled."""

from __future__ import annotations

import numpy as np
import pytest

from components.playback.pause_at import NARROW, REST_STEPS, PauseAt, Rest
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
    sim, reason = run_until_stopped(PauseAt.of("k", "100"))
    assert sim.k == 100 and "step 100" in reason


def test_a_stop_at_a_time_is_exact_to_one_step():
    sim, _ = run_until_stopped(PauseAt.of("t", "2.02"))
    assert 2.02 <= sim.t < 2.02 + sim.dynamics.dt + 1e-9


@pytest.mark.parametrize(
    "cls, d",
    [(dynamics.CBO, 2), (dynamics.SBGD, 2), (dynamics.FMC, 2), (dynamics.FiniteSet, 1)],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_stop_at_a_cost_is_the_first_step_that_has_spent_it(cls, d):
    sim, at = Simulation(cls(), landscapes.Rastrigin(), Swarm(n=10, d=d)), 125
    stop = PauseAt.of("evaluations", str(at))
    while not (reason := stop.reached(sim)):
        sim.advance(stop.allowed(sim, 7))
    spent = sim.record["evaluations"]
    assert spent[-1] == sim.evaluations >= at > spent[-2] and f"{sim.evaluations:,} evaluations" in reason
    assert not stop.reached(sim), "once is enough"
    assert stop.allowed(sim, 7) == 7, "it goes on"


def test_a_stall_stops_after_so_many_steps_without_a_move():
    sim, reason = run_until_stopped(PauseAt.of("stall", "50"))
    assert "not moved" in reason and sim.k >= 50


@pytest.mark.parametrize("kind, at", [("k", "60"), ("t", "3"), ("evaluations", "650"), ("stall", "50")])
def test_a_run_that_goes_back_before_its_stop_stops_there_again(kind, at):
    stop = PauseAt.of(kind, at)
    sim, _ = run_until_stopped(stop)
    stopped = sim.k
    assert not stop.reached(sim) or kind == "k", "once is enough"
    sim.goto(stopped - 55 if kind == "stall" else stopped - 10)
    for _ in range(100):
        sim.advance(stop.allowed(sim, 7))
        if reason := stop.reached(sim):
            break
    assert sim.k <= stopped and bool(reason), (sim.k, stopped)


def test_a_swarm_that_goes_back_to_where_it_has_stalled_is_counted_from_there():
    stop = PauseAt.of("stall", "50")
    sim, _ = run_until_stopped(stop)
    back = sim.k - 10
    sim.goto(back)
    while not (reason := stop.reached(sim)):
        sim.advance(stop.allowed(sim, 7))
    assert sim.k - back < 50 + 5 and f"since step {back}" in reason


@pytest.mark.parametrize(
    "kind, at",
    [("k", "x"), ("k", "-1"), ("t", "nan"), ("evaluations", "0"), ("stall", "inf"), ("soon", "1"), (None, None)],
)
def test_a_stop_that_means_nothing_is_refused(kind, at):
    with pytest.raises(ValueError, match="pause"):
        PauseAt.of(kind, at)


def come_to_rest(sim, most, batch=3):
    """The step at which a swarm has drawn together, None when it has not by step ``most``."""
    rest = Rest()
    while sim.k < most:
        sim.advance(batch)
        rest.look(sim)
        if rest.reached(sim):
            return sim.k
    return None


def test_a_swarm_has_drawn_together_once_point_and_spread_stand_and_not_while_one_of_them_moves():
    """Without noise and with equal weights 001's agents come to their mean, which stands: a step leaves 1 − λΔt of the spread."""
    sim = Simulation(dynamics.CBO(noise="none", alpha=1e-12), landscapes.Sphere(), Swarm(n=50, d=2))
    begun = sim.frame.x.std(axis=0).max() / 5.12
    narrow = np.log(begun / NARROW) / -np.log(
        1 - sim.dynamics.dt
    )  # steps of Euler's method until the spread is none to the eye
    k = come_to_rest(sim, 1000)
    assert narrow + REST_STEPS <= k <= narrow + REST_STEPS + 2 * 6 + 3, "it is looked at every other batch of three"
    apart = Simulation(dynamics.CBO(noise="isotropic", sigma=5.0), landscapes.Sphere(), Swarm(n=50, d=10))
    assert come_to_rest(apart, 200) is None
    removed = Simulation(dynamics.ALL["SBGD"](), landscapes.Ackley(), Swarm(n=20, d=2))
    k = come_to_rest(removed, 1000)
    assert k and removed.frame.x.std(axis=0).max() / 32 > NARROW, "agents that were left behind stand for ever"


def test_a_swarm_that_goes_back_has_not_drawn_together_before_it_had():
    sim, rest = Simulation(dynamics.CBO(noise="none"), landscapes.Sphere(), Swarm(n=50, d=2)), Rest()
    while not rest.reached(sim):
        sim.advance(5)
        rest.look(sim)
    end = sim.k
    sim.goto(10)
    assert not rest.reached(sim)
    sim.goto(end)
    assert rest.reached(sim), "where it stood it still stands"
    sim.goto(10)
    rest.look(sim)
    sim.goto(end)
    assert not rest.reached(sim) or end - 10 >= REST_STEPS
    rest.restart()
    assert not rest.reached(sim)
