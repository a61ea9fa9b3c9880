"""Random runs on a finite set that are changed as they go, extreme parameters among them: what theory says of them stays true.

Of each run: every claim, line and law is answered without a warning; the law is a law; what is claimed of every run holds where all of its
hypotheses do; its link is read again as the same run; and going back shows each step as it was seen. The seeds are fixed.
"""

import contextlib
import json
import math
import random

import numpy as np
import pytest

import swarmviz as sv
from components.links import permalink
from swarmviz import schedules, theory
from swarmviz.dynamics.finite_set.edges import EdgeList
from swarmviz.parameters import Numbers
from swarmviz.replay import RunSpec
from swarmviz.theory.finite_set_curves import densities, laws_of
from tests.theory import test_theory as random_runs

RUNS, CHANGES = 28, 4
JUMPS = 1e4  # about so many are simulated in a step at most
LANDSCAPES = (
    "FiniteSetCurve",
    "FineFiniteSetCurve",
    "Rastrigin",
    "Ackley",
    "DoubleWell",
    "DiscontinuousIntegrand",
    "Formula",
)
SCHEDULES = (
    *random_runs.SCHEDULES,
    schedules.Power(gamma=0.25),
    schedules.Power(gamma=3.0),
    schedules.InverseLogarithmic(c=0.1),
)


def value_of(rng, name, declared):
    """A value of a parameter: usual, extreme, or of a graph and a law μ of one's own."""
    if isinstance(declared, EdgeList):
        S = rng.randint(2, 9)
        row = [(i, i + 1) for i in range(S - 1)]
        return (
            [*row[:-1], (S - 2, S - 1, rng.choice([1e-6, 0.5, 1e6]))]
            if rng.random() < 0.5
            else [(0, i) for i in range(1, S)]
        )
    if isinstance(declared, Numbers):
        return rng.choice([1.0, tuple(rng.choice([1e-6, 1.0, 3.0, 1e6]) for _ in range(rng.choice([4, 9, 20])))])
    if name == "states":
        return rng.choice([2, 3, 20, 90, 600])
    if declared.__class__.__name__ == "Real" and declared.schedulable and rng.random() < 0.4:
        return rng.choice(SCHEDULES).copy()
    return random_runs.value_of(rng, declared)


def edit(rng, dynamics, share):
    for name, declared in dynamics.declared().items():
        if rng.random() < share:
            with contextlib.suppress(ValueError):
                setattr(dynamics, name, value_of(rng, name, declared))


def affordable(sim):
    """Shorten Δt of a run until a step has few enough jumps to be simulated in a test."""
    dynamics = sim.dynamics
    beta = dynamics.beta if isinstance(dynamics.beta, float | int) else 1e3
    f = sim.landscape.values(sim.frame.x)
    rate = sim.frame.n * max(dynamics.rate, 1e-9) * (1 + beta * max(np.ptp(f), 1.0)) * 10
    dynamics.dt = float(max(1e-9, min(dynamics.dt, JUMPS / rate)))


def begun(rng):
    """A run; None where the drawn parameters cannot start one."""
    dynamics, d = sv.FiniteSet(), rng.choice([1, 1, 2, 3])
    edit(rng, dynamics, rng.choice([0.0, 0.2, 0.5]))
    dynamics.dt = min(dynamics.dt, 1.0)
    swarm = sv.Swarm(n=rng.choice([1, 2, 20, 200]), d=d, seed=rng.randrange(100))
    with contextlib.suppress(*random_runs.REFUSED):
        return sv.Simulation(dynamics, landscape_of(rng, d), swarm, every=rng.choice([1, 1, 3]))
    return None


def landscape_of(rng, d):
    while True:
        landscape = sv.landscapes.ALL[rng.choice(LANDSCAPES)]()
        with contextlib.suppress(ValueError):
            landscape.require_dimension(d)
            return landscape


def change(rng, sim):
    """Do to a run what a visitor may do."""
    what = rng.choice(["advance", "advance", "edit", "edit", "landscape", "goto", "apply"])
    if what == "edit":
        edit(rng, sim.dynamics, 0.2)
    elif what == "landscape":
        sim.landscape = landscape_of(rng, sim.frame.d)
    affordable(sim)
    with contextlib.suppress(*random_runs.REFUSED):
        if what == "advance":
            sim.advance(rng.choice([1, 3, 6]))
        elif what == "goto":
            sim.goto(rng.randint(0, sim.furthest))
        elif what == "apply":
            sim.apply()


def assert_law_is_a_law(sim):
    """Not negative, of mass 1 to the 1e-8 to which it is integrated."""
    for first, last, law in laws_of(sim):
        if law is not None:
            rho = densities(law, np.array([sim.journal.time_at(last) if last > first else sim.journal.time_at(first)]))
            rho = rho[np.isfinite(rho).all(axis=-1)]
            assert (rho >= -1e-12).all() and np.abs((law.volume * rho).mean(axis=-1) - 1).max(initial=0.0) < 1e-6


def assert_claims_of_every_run_hold(sim):
    """What is claimed of each run by itself, where every hypothesis was checked and holds; to rounding and the 1e-6 of the law."""
    for held in theory.assessments(sim):
        if (
            held.claim.about == "run"
            and held.state == "holds"
            and math.isfinite(held.measured)
            and math.isfinite(held.predicted)
        ):
            room = 1e-6 * max(1.0, abs(held.predicted), abs(held.measured))
            above, below = held.measured - held.predicted > room, held.predicted - held.measured > room
            assert not {"≤": above, "≥": below, "=": above or below}[held.claim.relation], (held.claim.name, held)


def assert_the_link_leads_there(sim):
    run = RunSpec.of(sim)
    read = permalink._run(json.loads(json.dumps(permalink._packed(run))))
    assert read.agrees_until(run.until(run.k)) == math.inf
    there = sv.Simulation.replay(read.journal, read.swarm, read.k)
    assert same(there.frame, sim.frame)


def assert_going_back_shows_what_was_seen(sim, rng):
    k, before = sim.furthest, said(sim)
    sim.goto(k)
    seen = sim.frame
    for at in (rng.randint(0, k), 0, k):
        sim.goto(at)
        assert said(sim) == before
    assert same(sim.frame, seen)


def said(sim):
    return [repr(held[1:]) for held in theory.assessments(sim)]


def same(one, other):
    return one.k == other.k and np.array_equal(one.x, other.x) and np.array_equal(one.occupation, other.occupation)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("part", range(4))
def test_a_random_run_on_a_finite_set_is_assessed_linked_and_gone_back_on(part):
    for seed in range(part, RUNS, 4):
        rng = random.Random(f"finite set {seed}")
        sim = begun(rng)
        if sim is None:
            continue
        for _ in range(CHANGES):
            random_runs.ask(sim)
            change(rng, sim)
        random_runs.ask(sim)
        assert_law_is_a_law(sim)
        assert_claims_of_every_run_hold(sim)
        assert_the_link_leads_there(sim)
        assert_going_back_shows_what_was_seen(sim, rng)
