"""Random runs that are changed as they go: whatever is edited, theory answers about the run that there is, and nothing warns.

A parameter is edited to a value at the edge of its range, or to a schedule that leaves it; a step is tried that is refused; the landscape
becomes one of which no minimum is known; the run goes back. The seeds are fixed.

On a finite set, whose law is exact, what theory says is held against the run, too; its link is read again as the same run, and going back
shows each step as it was seen.
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
from swarmviz.frame import Diverged
from swarmviz.parameters import Choice, Numbers, Real, Switch, Whole
from swarmviz.presets import ALL as PRESETS
from swarmviz.replay import RunSpec
from swarmviz.theory.finite_set_curves import densities, laws_of
from swarmviz.theory.lived import LivedRun
from swarmviz.theory.registry import about_to_step

NAMES = [
    name for name in sv.dynamics.ALL if name != "FiniteSet"
]  # whose laws take longer, and which has a test of its own below
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
FINITE_LANDSCAPES = (
    "FiniteSetCurve",
    "FineFiniteSetCurve",
    "Rastrigin",
    "Ackley",
    "DoubleWell",
    "DiscontinuousIntegrand",
    "Formula",
)
FINITE_SCHEDULES = (
    *SCHEDULES,
    schedules.Power(gamma=0.25),
    schedules.Power(gamma=3.0),
    schedules.InverseLogarithmic(c=0.1),
)
FINITE_RUNS, JUMPS = 28, 1e4  # about so many are simulated in a step at most
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


def landscape_of(rng, d, names=LANDSCAPES):
    while True:
        landscape = sv.landscapes.ALL[rng.choice(names)]()
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


def change(rng, sim, edited=edit, names=LANDSCAPES, steps=(1, 3, 10), prepare=lambda sim: None):
    """Do to a run what a visitor may do; ``prepare`` it for what follows."""
    what = rng.choice(["advance", "advance", "edit", "edit", "landscape", "goto", "apply"])
    if what == "edit":
        edited(rng, sim.dynamics, 0.2)
    elif what == "landscape":
        sim.landscape = landscape_of(rng, sim.frame.d, names)
    prepare(sim)
    with contextlib.suppress(*REFUSED):
        if what == "advance":
            sim.advance(rng.choice(steps))
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


# ---- on a finite set -----------------------------------------------------------------------------------------------------


def finite_value_of(rng, name, declared):
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
        return rng.choice(FINITE_SCHEDULES).copy()
    return value_of(rng, declared)


def finite_edit(rng, dynamics, share):
    for name, declared in dynamics.declared().items():
        if rng.random() < share:
            with contextlib.suppress(ValueError):
                setattr(dynamics, name, finite_value_of(rng, name, declared))


def affordable(sim):
    """Shorten Δt of a run until a step has few enough jumps to be simulated in a test."""
    dynamics = sim.dynamics
    beta = dynamics.beta if isinstance(dynamics.beta, float | int) else 1e3
    f = sim.landscape.values(sim.frame.x)
    rate = sim.frame.n * max(dynamics.rate, 1e-9) * (1 + beta * max(np.ptp(f), 1.0)) * 10
    dynamics.dt = float(max(1e-9, min(dynamics.dt, JUMPS / rate)))


def finite_begun(rng):
    """A run; None where the drawn parameters cannot start one."""
    dynamics, d = sv.FiniteSet(), rng.choice([1, 1, 2, 3])
    finite_edit(rng, dynamics, rng.choice([0.0, 0.2, 0.5]))
    dynamics.dt = min(dynamics.dt, 1.0)
    swarm = sv.Swarm(n=rng.choice([1, 2, 20, 200]), d=d, seed=rng.randrange(100))
    with contextlib.suppress(*REFUSED):
        return sv.Simulation(dynamics, landscape_of(rng, d, FINITE_LANDSCAPES), swarm, every=rng.choice([1, 1, 3]))
    return None


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
    for seed in range(part, FINITE_RUNS, 4):
        rng = random.Random(f"finite set {seed}")
        sim = finite_begun(rng)
        if sim is None:
            continue
        for _ in range(CHANGES):
            ask(sim)
            change(rng, sim, finite_edit, FINITE_LANDSCAPES, (1, 3, 6), affordable)
        ask(sim)
        assert_law_is_a_law(sim)
        assert_claims_of_every_run_hold(sim)
        assert_the_link_leads_there(sim)
        assert_going_back_shows_what_was_seen(sim, rng)


@pytest.mark.parametrize("name", PRESETS)
def test_no_name_of_a_line_has_a_number_that_is_not_known_yet(name):
    """At step 0 there is no rate: "almost surely nan" was the first thing that a visitor read."""
    sim = sv.Simulation(*PRESETS[name].build())
    for _ in range(2):
        told = [text for line in theory.lines(sim) for text in (line.title, line.short, line.reason)]
        assert [text for text in told if "nan" in text.split()] == []
        sim.advance(1)
