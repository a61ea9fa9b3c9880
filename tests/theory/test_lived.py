"""A run as it was lived: what acted on every step, against a walk through all steps."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import theory
from swarmviz.schedules import Linear
from swarmviz.theory.lived import LivedRun
from tests.theory.held import held_of

SPHERE = sv.landscapes.Sphere()


def changed_run(every=1, **options):
    """A run whose λ, σ and Δt change at steps 7 and 12, to step 20."""
    sim = sv.Simulation(sv.CBO(sigma=0.5), SPHERE, sv.Swarm(n=10, seed=1), every=every, **options)
    sim.advance(7)
    sim.dynamics.param.update(lam=0.3, dt=0.1)
    sim.advance(5)
    sim.dynamics.sigma = Linear(start=0.5, end=0.1, duration=2.0)
    sim.advance(8)
    return sim


def walked(sim, value):
    """The sum of ``value(dynamics, t)`` over the steps before each of the steps 0, 1, …, one by one."""
    sums = [0.0]
    for k in range(sim.furthest):
        sums.append(sums[-1] + value(sim.journal.acting_at(k).dynamics, sim.journal.time_at(k)))
    return np.array(sums)


def sigma_at(dynamics, t):
    return dynamics.sigma if isinstance(dynamics.sigma, float) else float(dynamics.sigma.at(t))


@pytest.mark.parametrize("every", [1, 3, 5])
def test_sums_over_steps_follow_the_journal_whatever_is_recorded(every):
    sim = changed_run(every)
    lived = LivedRun.of(sim)
    by_lam = walked(sim, lambda dynamics, t: dynamics.lam * dynamics.dt)
    np.testing.assert_allclose(lived.integral(lambda s: s.values("lam")), by_lam[lived.k], rtol=1e-13)
    np.testing.assert_allclose(lived.total(lambda s: 1.0), lived.k)
    # a schedule that is linear in time is summed exactly; it bends at t = 2, after the last step
    by_sigma = walked(sim, sigma_at)
    np.testing.assert_allclose(lived.total(lambda s: s.values("sigma")), by_sigma[lived.k], rtol=1e-12)


def test_a_failure_is_dated_by_the_step_on_which_the_parameters_acted():
    lived = LivedRun.of(changed_run(every=4))
    assert lived.first_step_where(lived.course(lambda s: s.values("lam") - 0.5)) == 7
    assert lived.first_step_where(lived.course(lambda s: s.values("lam") - 0.1)) is None
    assert lived.first_change_where(lambda dynamics, landscape: dynamics.dt < 0.08) == 7
    assert lived.first_step_where(np.full(len(lived.course(lambda s: 1.0)), np.nan)) == 0, "not a number is no margin"
    assert lived.changes("sigma") and lived.changes("lam") and not lived.changes("alpha")


def test_before_the_first_step_the_parameters_are_those_that_are_about_to_act():
    lived = LivedRun.of(sv.Simulation(sv.CBO(lam=2.0), SPHERE, sv.Swarm(n=10)))
    assert lived.dynamics.lam == 2.0 and lived.last == 0 and len(lived.stretches) == 1
    assert lived.integral(lambda s: s.values("lam")).tolist() == [0.0]


def test_a_rewound_run_is_seen_as_far_as_it_is_known():
    sim = changed_run()
    sim.goto(5)
    assert LivedRun.of(sim).last == 20 and LivedRun.of(sim).dynamics.lam == 0.3


def said(sim):
    """Every claim about a run, with what decided and both numbers, as text that can be compared."""
    return {held.claim.name: repr(held[1:]) for held in theory.assessments(sim)}


@pytest.mark.parametrize("name", sv.dynamics.ALL)
def test_what_claims_say_of_a_run_is_of_its_last_step_and_going_back_changes_nothing(name):
    """All dynamics, with changes of a parameter and of F on the way; the step shown is before, at and after them."""
    options = {"FMC": {"tau": 0.5, "sigma": 0.3, "motion": "drift", "speed": 0.1}}
    sim = sv.Simulation(sv.dynamics.ALL[name](**options.get(name, {})), SPHERE, sv.Swarm(n=40, d=1, seed=1))
    sim.advance(5)
    if hasattr(sim.dynamics, "dt"):
        sim.dynamics.dt /= 2
    if name == "FiniteSet":
        sim.dynamics.beta = 3.0
    sim.advance(5)
    sim.landscape = sv.landscapes.Rastrigin()
    sim.advance(5)
    before = said(sim)
    assert before
    for k in (12, 10, 7, 5, 0, 15):
        sim.goto(k)
        assert said(sim) == before


@pytest.mark.parametrize(("make", "name"), [(sv.BGK, "bgk-laplace"), (sv.PSO, "pso-best")])
def test_what_was_applied_at_the_last_step_is_what_its_consensus_is_held_against(make, name):
    sim = sv.Simulation(make(alpha=1e5), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=1, seed=1))
    sim.advance(5)
    for alpha in (0.1, 1e5):
        sim.dynamics.alpha = alpha
        sim.apply()
        held = held_of(sim, name)
        assert held.measured <= held.predicted
    sim.landscape = SPHERE
    sim.apply()
    held = held_of(sim, name)
    assert held.measured <= held.predicted
