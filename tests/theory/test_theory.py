"""Random runs that are changed as they go: whatever is edited, theory answers about the run that there is, and nothing warns.

A parameter is edited to a value at the edge of its range, or to a schedule that leaves it; a step is tried that is refused; the landscape
becomes one of which no minimum is known; the run goes back. The seeds are fixed.
"""

import contextlib
import random

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import schedules, theory
from swarmviz.frame import Diverged
from swarmviz.parameters import Choice, Real, Switch, Whole
from swarmviz.theory.lived import LivedRun
from swarmviz.theory.registry import about_to_step

NAMES = [name for name in sv.dynamics.ALL if name != "FiniteSet"]  # whose laws take longer
LANDSCAPES = ("Sphere", "Rastrigin", "Ackley", "DoubleWell", "Levy", "DiscontinuousIntegrand", "Formula", "Himmelblau")
SCHEDULES = (
    schedules.Constant(value=0.0),
    schedules.Constant(value=-1.0),
    schedules.Exponential(start=5.0, ratio=0.5),
    schedules.Exponential(start=0.1, ratio=1000.0),
    schedules.Linear(start=1.0, end=-1.0, duration=2.0),
    schedules.Logarithmic(),
    schedules.Piecewise(),
)
RUNS_EACH = 60
CHANGES = 4
REFUSED = ValueError, Diverged  # what a run may say to values that no step can be made with


def value_of(rng, declared):
    """A value of a parameter: usual, at the edge of its range, far out, or a schedule."""
    if isinstance(declared, Choice):
        return rng.choice(list(declared.objects))
    if isinstance(declared, Switch):
        return rng.random() < 0.5
    low, high = declared.bounds
    if isinstance(declared, Whole):
        return rng.choice([declared.default, low, min(high, 5)])
    assert isinstance(declared, Real)
    if declared.schedulable and rng.random() < 0.4:
        return rng.choice(SCHEDULES).copy()
    return rng.choice([declared.default, low, high, 10 ** rng.uniform(-6, 3)])


def edit(rng, dynamics, share):
    for name, declared in dynamics.declared().items():
        if rng.random() < share:
            with contextlib.suppress(ValueError):
                setattr(dynamics, name, value_of(rng, declared))


def landscape_of(rng, d):
    while True:
        landscape = sv.landscapes.ALL[rng.choice(LANDSCAPES)]()
        with contextlib.suppress(ValueError):
            landscape.require_dimension(d)
            return landscape


def begun(rng, name):
    """A run of a dynamics; None where the drawn parameters cannot start one."""
    dynamics, d = sv.dynamics.ALL[name](), rng.choice([1, 1, 2, 3])
    edit(rng, dynamics, rng.choice([0.0, 0.15, 0.5]))
    n = rng.choice([2, 3, 20])
    swarm = sv.Swarm(n=n, d=d, seed=rng.randrange(100))
    if rng.random() < 0.3:  # all at one place
        swarm = sv.Swarm(n=n, d=d, initial="points", points=np.full((n, d), rng.random()))
    with contextlib.suppress(*REFUSED):
        return sv.Simulation(dynamics, landscape_of(rng, d), swarm, every=rng.choice([1, 3]))
    return None


def change(rng, sim):
    """Do to a run what a visitor may do."""
    what = rng.choice(["advance", "advance", "edit", "edit", "landscape", "goto", "apply"])
    if what == "edit":
        edit(rng, sim.dynamics, 0.2)
    elif what == "landscape":
        sim.landscape = landscape_of(rng, sim.frame.d)
    with contextlib.suppress(*REFUSED):
        if what == "advance":
            sim.advance(rng.choice([1, 3, 10]))
        elif what == "goto":
            sim.goto(rng.randint(0, sim.furthest))
        elif what == "apply":
            sim.apply()


def ask(sim):
    """Everything that the page asks of theory."""
    lived, claims = LivedRun.of(sim), theory.claims_of(type(sim.journal[0].dynamics))
    names = [claim.name for claim in claims if not claim.drawn]
    for held in theory.assessments(sim):
        assert len(held.findings) == len(held.claim.hypotheses) and all(finding.detail for finding in held.findings)
    for line in (*theory.lines(sim), *theory.lines(sim, names)):
        assert np.shape(line.y) == np.shape(line.k) == np.shape(lived.k)
    x, coming = sim.frame.x, about_to_step(sim)
    assert coming.last <= sim.k and coming.dynamics.title == sim.journal[0].dynamics.title
    for law in (theory.target(sim), theory.law(sim)):
        assert law is None or not np.isnan(law.density(x)).any()
    velocities = theory.velocity_law(sim)
    assert velocities is None or velocities.spread(x).shape == x.shape


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", NAMES)
def test_whatever_is_edited_theory_answers_about_the_run_that_there_is(name):
    for seed in range(RUNS_EACH):
        rng = random.Random(f"{name} {seed}")
        sim = begun(rng, name)
        for _ in range(CHANGES if sim else 0):
            ask(sim)
            change(rng, sim)
        if sim:
            ask(sim)
