"""``evaluations`` and ``gradients`` are what the algorithm spends: held against a landscape that counts what it is asked for."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.landscapes.base import MinimumAtOrigin, block
from tests.references.sbgd import sbgd

N, STEPS = 30, 12
NEVER = 10**6  # steps between two records: nothing is evaluated in order to be recorded


@block
def counted_values(x, p, out):
    d, n = x.shape
    p[0] += n
    out[:] = 0.0
    for i in range(d):
        for j in range(n):
            out[j] += x[i, j] * x[i, j] + np.cos(3.0 * x[i, j])


@block
def counted_gradient(x, p, out):
    d, n = x.shape
    p[1] += n
    for i in range(d):
        for j in range(n):
            out[i, j] = 2.0 * x[i, j] - 3.0 * np.sin(3.0 * x[i, j])


class Counting(MinimumAtOrigin):
    """A bumpy bowl that counts the points at which it, and its gradient, are asked for."""

    title, low, high, nearest_minimum = "Counting", -3.0, 3.0, 0.5
    block_values, block_gradient = staticmethod(counted_values), staticmethod(counted_gradient)

    def __init__(self):
        super().__init__()
        self.calls = np.zeros(2)

    def constants(self):
        return self.calls


def spent_and_asked(dynamics, d=2, seed=4, steps=STEPS):
    """(evaluations, gradients) that are declared after some steps in one call, and those that the kernel asked for."""
    landscape, swarm = Counting(), sv.Swarm(n=N, d=d, seed=seed)
    state = dynamics.init(swarm.positions(landscape), landscape, seed)
    landscape.calls[:] = 0
    state, _ = dynamics.advance(state, landscape, steps, every=NEVER)
    return (state.evaluations, getattr(state, "gradients", 0)), tuple(landscape.calls.astype(int))


EXACT = {  # where the kernel evaluates nothing beside what the algorithm needs
    "CBO": sv.CBO(),
    "CBO, tamed": sv.CBO(scheme="tamed", noise="isotropic"),
    "CBO with the drift switch": sv.CBO(epsilon=0.5),
    "CBO, Heun with the drift switch": sv.CBO(epsilon=0.5, scheme="heun"),
    "CBO with the drift switch and a batch": sv.CBO(epsilon=0.5, batch=7),
    "BGK": sv.BGK(),
    "BGK without jumps": sv.BGK(form="inertial"),
    "SSA": sv.SSA(dt=0.01),
    "SSA, annealing": sv.SSA(profile="annealing"),
    "SBGD": sv.SBGD(h0=0.5),
    "FMC, all jittered": sv.FMC(jitter="all", sigma=0.3),
    "FMC on a moving landscape": sv.FMC(jitter="all", sigma=0.3, motion="drift"),
}


@pytest.mark.parametrize("name", EXACT)
def test_what_is_declared_is_what_the_kernel_asks_for(name):
    declared, asked = spent_and_asked(EXACT[name])
    assert declared == asked
    assert declared[0] >= N + STEPS and (declared[1] > 0) == name.startswith(("SSA", "SBGD"))


def test_pso_needs_n_values_a_step_and_the_kernel_asks_once_more_for_those_it_remembers():
    """Because the landscape may have changed between two calls."""
    for dynamics in (sv.PSO(), sv.PSO(batch=5)):
        (declared, _), (asked, _) = spent_and_asked(dynamics)
        assert declared == N * (1 + STEPS) == asked - N


def test_heun_values_the_predicted_places_too():
    """The kernel asks for F at the predicted consensus as well, which only the drift switch needs."""
    (declared, _), (asked, _) = spent_and_asked(sv.CBO(scheme="heun"))
    assert declared == N + 2 * N * STEPS == asked - STEPS


@pytest.mark.parametrize("cls", (sv.CBO, sv.BGK), ids=lambda cls: cls.__name__)
def test_a_random_batch_spends_its_own_values_only(cls):
    """The others are valued to be seen, and for ``best``: the consensus does not depend on them."""
    (declared, _), (asked, _) = spent_and_asked(cls(batch=7))
    assert declared == 7 * (1 + STEPS) < asked
    (declared, _), (asked, _) = spent_and_asked(cls(batch=N))  # no batch
    assert declared == asked == N * (1 + STEPS)


def test_clones_are_what_fmc_spends():
    """The kernel works on whole vectors of clones, and values all walkers in the first step of a call."""
    landscape, dynamics = sv.landscapes.Rastrigin(), sv.FMC(sigma=0.3)
    sim = sv.Simulation(dynamics, landscape, sv.Swarm(n=N, d=2, seed=6))
    expected = N
    for _ in range(STEPS):
        frame = sim.advance(1)
        expected += (frame.partner >= 0).sum()
        assert sim.record["evaluations"][-1] == expected
    assert N < expected < N * (1 + STEPS)
    (declared, _), (asked, _) = spent_and_asked(dynamics)
    assert N < declared <= asked < declared + 8 * STEPS + N


def test_clones_without_jitter_have_the_value_of_whom_they_copied():
    sim = sv.Simulation(sv.FMC(sigma=0.0), sv.landscapes.Rastrigin(), sv.Swarm(n=N, d=2))
    sim.advance(STEPS)
    assert (sim.record["clone_rate"] > 0).any() and (sim.record["evaluations"] == N).all()
    by_schedule = sv.FMC(sigma=sv.schedules.Piecewise(points=((0, 0.3), (5, 0.3), (5.5, 0.0))))
    sim = sv.Simulation(by_schedule, sv.landscapes.Rastrigin(), sv.Swarm(n=N, d=2))
    sim.advance(STEPS)
    gained = np.diff(sim.record["evaluations"])
    assert (gained[:5] > 0).all() and (gained[6:] == 0).all()


@pytest.mark.parametrize("method", ("exact", "tau_leap"))
def test_a_finite_set_spends_its_jumps(method):
    sim = sv.Simulation(sv.FiniteSet(method=method, rate=1.0), sv.landscapes.Rastrigin(), sv.Swarm(n=N, d=1))
    sim.advance(STEPS)
    np.testing.assert_array_equal(sim.record["evaluations"], N + sim.record["transitions"])
    assert sim.record["transitions"][-1] > 0 and sim.frame.k == STEPS


def test_sbgd_spends_its_trials_as_a_naive_line_search_counts_them():
    landscape, dynamics = sv.landscapes.Ackley(), sv.SBGD(h0=0.4)
    sim = sv.Simulation(dynamics, landscape, sv.Swarm(n=12, d=2, seed=1), every=5)
    sim.advance(10)
    state = sv.Simulation(dynamics, landscape, sv.Swarm(n=12, d=2, seed=1)).frame
    x, mass, evaluations, gradients = state.x, state.mass, 12, 0
    for _ in range(10):
        values = {name: getattr(dynamics, name) for name in ("h0", "p", "q", "c", "gamma", "tol", "backtracks")}
        x, mass, _, trials = sbgd(x, mass, landscape.values, landscape.gradient, **values)
        remaining = (mass > 0).sum()
        evaluations, gradients = evaluations + round(trials * remaining), gradients + remaining
    assert (sim.record["evaluations"][-1], sim.record["gradients"][-1]) == (evaluations, gradients)


@pytest.mark.parametrize("cls", (sv.BGK, sv.PSO), ids=lambda cls: cls.__name__)
def test_a_swarm_that_stands_still_spends_nothing(cls):
    dynamics = cls(stall_steps=3, stall_tolerance=0.5)  # all but at once
    sims = [sv.Simulation(dynamics, sv.landscapes.Sphere(), sv.Swarm(n=N, d=2, seed=2)) for _ in range(2)]
    sims[0].advance(60)
    for steps in (1, 2, 7, 50):
        sims[1].advance(steps)
    spent, still = sims[0].record["evaluations"], sims[0].record["still"]
    stopped = int((still > 3).argmax())
    assert 0 < stopped < 40
    np.testing.assert_array_equal(spent, N * (1 + np.minimum(np.arange(61), stopped)))
    np.testing.assert_array_equal(spent, sims[1].record["evaluations"])


def test_changed_parameters_spend_from_their_step_on():
    sim = sv.Simulation(sv.CBO(batch=5), sv.landscapes.Rastrigin(), sv.Swarm(n=N, d=2))
    sim.dynamics.scheme = "heun"
    sim.advance(4)
    sim.dynamics.scheme, sim.dynamics.batch = "euler", 0
    sim.advance(3)
    sim.landscape = sv.landscapes.Ackley()  # a person's doing, not the algorithm's
    sim.advance(1)
    spent = 5 + 10 * 4 + N * 4
    assert sim.record["evaluations"][-1] == spent
    again = sv.Simulation.replay(sim.journal, sim.initial_swarm, sim.k)
    np.testing.assert_array_equal(again.record["evaluations"], sim.record["evaluations"])
    sim.goto(5)
    sim.advance(3)
    assert sim.record["evaluations"][-1] == spent


def test_parameters_that_are_changed_at_the_start_count_as_those_of_the_start():
    sim = sv.Simulation(sv.CBO(batch=5), sv.landscapes.Rastrigin(), sv.Swarm(n=N, d=2))
    sim.dynamics.batch = 0
    sim.advance(2)
    assert sim.record["evaluations"][-1] == 3 * N


@pytest.mark.parametrize("cls", sv.dynamics.ALL.values(), ids=sv.dynamics.ALL)
def test_the_state_and_the_record_agree_for_any_spacing_of_the_record(cls):
    d, landscape = 1 if cls.on_finite_set else 2, sv.landscapes.Rastrigin()
    swarm = sv.Swarm(n=N, d=d, seed=8)
    dynamics, x = cls(), swarm.positions(landscape)
    every_step = dynamics.advance(dynamics.init(x, landscape, 8), landscape, 20, start=True)
    seldom = dynamics.advance(dynamics.init(x, landscape, 8), landscape, 20, every=7, start=True)
    for name in ("evaluations", "gradients"):
        if hasattr(every_step[0], name):
            assert getattr(every_step[0], name) == getattr(seldom[0], name) == every_step[1][name][-1]
            np.testing.assert_array_equal(seldom[1][name], every_step[1][name][::7])
            assert (np.diff(every_step[1][name]) >= 0).all()


def test_the_counting_landscape_counts():
    """A control: its counts are those of the points it was asked for."""
    landscape = Counting()
    landscape.values(np.zeros((7, 2)))
    landscape.gradient(np.zeros((3, 2)))
    assert landscape.calls.tolist() == [7.0, 3.0]
