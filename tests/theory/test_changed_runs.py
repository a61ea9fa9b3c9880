"""Runs that were changed in mid-run: what is asked of theory, links and scripts is answered from the journal, without a warning."""

import json
import math
import random
import warnings

import numpy as np
import pytest

import swarmviz as sv
from components.links import permalink
from swarmviz import theory
from swarmviz.replay import RunSpec
from swarmviz.theory import cbo, finite_set

L = sv.landscapes


@pytest.fixture(autouse=True)
def _no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def _ask(sim):
    theory.assessments(sim)
    theory.lines(sim)
    theory.target(sim)
    theory.law(sim)
    theory.velocity_law(sim)


def _packed_and_read(run):
    return permalink._run(json.loads(json.dumps(permalink._packed(run))))


@pytest.mark.parametrize(("a", "b"), [(1.0, 0.3), (0.0, 1.0), (0.9, 20.0), (-1.5, 0.7), (1.0, 0.0099), (1.0, 0.0101)])
def test_the_mean_of_the_logarithm_of_a_normal_is_that_of_a_sample(a, b):
    z = np.random.default_rng(1).standard_normal(400_000)
    sample = np.log(np.abs(a + b * z))
    assert abs(cbo.mean_log(a, b) - sample.mean()) < 4.5 * sample.std() / math.sqrt(len(z))


def test_a_claim_of_strong_growing_noise_is_assessed_without_a_warning():
    sigma = sv.schedules.Exponential(start=5.0)
    _ask(sv.Simulation(sv.CBO(sigma=sigma), L.Levy(), sv.Swarm(n=3, d=3, seed=1)))


@pytest.mark.parametrize(
    ("make", "name", "value"),
    [
        (sv.PSO, "alpha", sv.schedules.Constant(value=0.0)),
        (sv.FiniteSet, "graph", "own"),
        (sv.BGK, "sigma", sv.schedules.Constant(value=-1.0)),
    ],
)
def test_an_edit_that_acts_on_no_step_yet_is_no_part_of_a_claim(make, name, value):
    sim = sv.Simulation(make(), L.Rastrigin(), sv.Swarm(n=8, d=3, seed=1))
    sim.advance(3)
    setattr(sim.dynamics, name, value)
    _ask(sim)


def test_a_claim_about_heights_above_a_minimum_that_is_not_known_predicts_nothing():
    sim = sv.Simulation(sv.SSA(lam=0), L.Formula(), sv.Swarm(n=5, seed=1))
    sim.landscape = L.Sphere()
    sim.advance(2)
    _ask(sim)


def test_a_schedule_that_overflows_is_refused_by_name_without_a_warning():
    alpha = sv.schedules.Exponential(start=0.1, ratio=1.1)
    sim = sv.Simulation(sv.PSO(alpha=alpha, dt=1000.0), L.Sphere(), sv.Swarm(n=5, seed=1))
    with pytest.raises(ValueError, match=r"alpha \(α\) = .*its schedule must keep"):
        sim.advance(30)


def test_a_link_of_a_run_that_went_back_holds_nothing_after_its_step():
    sim = sv.Simulation(sv.CBO(), L.Sphere(), sv.Swarm(n=5, d=1, seed=1))
    sim.advance(30)
    sim.landscape = L.Rastrigin()
    sim.apply()
    sim.advance(10)
    sim.goto(29)
    for run in (RunSpec.of(sim), RunSpec.of(sim, {})):
        assert _packed_and_read(run).agrees_until(run.until(29)) == math.inf


def test_agents_that_cannot_be_told_from_their_law_have_no_entropy_left():
    dynamics = sv.FiniteSet(generator="metropolis", m=-20, beta=0, dt=10000.0, method="tau_leap")
    sim = sv.Simulation(dynamics, L.FiniteSetCurve(), sv.Swarm(n=20, d=1, seed=96))
    sim.advance(10)
    _ask(sim)


@pytest.mark.parametrize("beta", [0.7, 1.0, 1e4])
def test_metropolis_agents_have_a_relaxation_rate_where_their_law_underflows(beta):
    sim = sv.Simulation(sv.FiniteSet(generator="metropolis", beta=beta), L.Schwefel226(), sv.Swarm(n=20, d=1, seed=1))
    sim.advance(3)
    _ask(sim)


def test_the_relaxation_rate_of_metropolis_agents_is_the_gap_of_their_generator():
    heights, links, volume = (
        np.array([0.0, 1.0, 0.3, 2.0]),
        np.array([[0, 1], [1, 2], [2, 3], [0, 3]]),
        np.array([1.2, 0.5, 1.3, 1.0]),
    )
    rate, beta = np.array([0.5, 1.0, 2.0, 0.7]), 1.5
    generator = np.array([finite_set.velocity(e, heights, beta, None, links, rate, volume=volume) for e in np.eye(4)])
    slow = np.sort(-np.linalg.eigvals(generator).real)
    assert abs(slow[0]) < 1e-12
    assert finite_set.relaxation_rate(heights, beta, None, links, rate, volume=volume) == pytest.approx(
        slow[1], rel=1e-10
    )


def _changed(r, sim):
    """One thing that a visitor does."""
    act = r.choice(["advance", "advance", "edit", "landscape", "goto", "apply"])
    try:
        if act == "advance":
            sim.advance(r.choice([1, 3, 10]))
        elif act == "edit":
            name, p = r.choice([(n, p) for n, p in sim.dynamics.declared().items() if type(p).__name__ == "Real"])
            low, high = p.softbounds or p.bounds
            setattr(sim.dynamics, name, r.choice([low, high, p.bounds[0], low + (high - low) * r.random()]))
        elif act == "landscape":
            sim.landscape = r.choice([L.Rastrigin, L.Sphere, L.Levy, L.Ackley, L.DropWave, L.StyblinskiTang])()
        elif act == "goto":
            sim.goto(r.randint(0, sim.furthest))
        else:
            sim.apply()
    except (ValueError, sv.Diverged):
        pass  # refused, and the run goes on


@pytest.mark.parametrize("seed", range(5))
def test_whatever_a_visitor_does_is_assessed_and_linked(seed):
    r = random.Random(seed)
    for _ in range(8):
        make = r.choice([sv.CBO, sv.SSA, sv.PSO, sv.BGK, sv.FMC, sv.FiniteSet])
        swarm = sv.Swarm(n=r.choice([1, 2, 5, 20]), d=2, seed=r.randrange(1000))
        try:
            sim = sv.Simulation(make(), r.choice([L.Rastrigin, L.Sphere, L.Ackley])(), swarm)
        except ValueError:
            continue
        for _ in range(4):
            _changed(r, sim)
            _ask(sim)
            run = RunSpec.of(sim)
            assert _packed_and_read(run).agrees_until(run.until(run.k)) == math.inf
