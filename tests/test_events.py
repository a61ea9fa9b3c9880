"""The events of a run are what their names say, computed anew from its frames; the same however it was lived."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import success
from swarmviz.events import MOST_EVENTS, OF_EVERY_RUN, RULES, Looking

RUNS = {
    "CBO": (sv.CBO(sigma=1.4, alpha=30.0), sv.landscapes.Rastrigin(), 2),
    "SSA": (sv.SSA(dt=0.02, cutoff=0.05, lam=3.0), sv.landscapes.Ackley(), 2),
    "BGK": (sv.BGK(alpha=30.0, sigma=0.9, stall_steps=12, stall_tolerance=0.02), sv.landscapes.Himmelblau(), 2),
    "PSO": (sv.PSO(alpha=30.0, stall_steps=12, stall_tolerance=0.002), sv.landscapes.Rastrigin(), 2),
    "SBGD": (sv.SBGD(h0=0.3), sv.landscapes.Ackley(), 2),
    "FMC": (sv.FMC(sigma=0.8, tau=5.0, boundary="clip"), sv.landscapes.Rastrigin(), 2),
    "FiniteSet": (sv.FiniteSet(rate=4.0, beta=9.0, states=24), sv.landscapes.Rastrigin(), 1),
}
STEPS = 90


def run_of(name, seed=5, **options):
    dynamics, landscape, d = RUNS[name]
    return sv.Simulation(dynamics.copy(), landscape.copy(), sv.Swarm(n=40, d=d, seed=seed), **options)


def told(sim):
    """The events as pairs of step and name."""
    return [(event.k, event.kind.name) for event in sim.events]


# ---- a naive computation from frames ---------------------------------------------------------------------------------


def crossings(holds, at_once=True):
    """The steps at which a condition comes to hold; at step 0, if it holds there and that counts."""
    return [k for k, now in enumerate(holds) if now and (at_once if k == 0 else not holds[k - 1])]


def changes(values):
    """The steps at which there is another value than before, where both are known."""
    return [k for k in range(1, len(values)) if None not in values[k - 1 : k + 1] and values[k] != values[k - 1]]


def leader(frame, own, landscape):
    """Who leads, None where nobody does."""
    if own.on_finite_set:
        return frame.occupation.argmax()
    if isinstance(own, sv.SSA):
        return frame.mass.argmax() if np.ptp(frame.mass) > 0 else None
    if isinstance(own, sv.SBGD):
        return np.where(frame.mass > 0, frame.energy, np.inf).argmin()
    return (landscape.values(frame.memory) if isinstance(own, sv.PSO) else frame.energy).argmin()


def answer_wells(sim, frames):
    """To which of the landscape's wells the answer of each frame rolls down, by the gradient, with steps too short to leave a well."""
    at = np.array([success.answer(frame) for frame in frames])
    low, high = sim.landscape.limits(at.shape[1])
    step = (high - low).min() / 3000
    for k in range(4000):
        slope = sim.landscape.gradient(at)
        length = np.linalg.norm(slope, axis=1, keepdims=True)
        at = at - np.minimum(step, step * length) * slope / np.maximum(length, 1e-300) * (1 if k < 3000 else 0.1)
    return [tuple(row) for row in np.round(at / (high - low) * 40).astype(int).tolist()]


def naive(sim, frames):
    """Name of a kind → its steps, from the frames of all steps."""
    landscape, own, d = sim.landscape, sim.dynamics, frames[0].d
    lowest = np.minimum.accumulate([frame.energy.min() for frame in frames])
    out = {"best": [k for k in range(1, len(frames)) if lowest[k] < lowest[k - 1]]}
    if own.on_finite_set:
        inside = [frame.occupation[frame.lowest].sum() > 0.5 for frame in frames]
    else:
        inside = [bool(success.succeeded(frame, landscape)) for frame in frames]
    out |= {"found": crossings(inside), "lost": crossings(np.logical_not(inside), at_once=False)}
    if not own.on_finite_set:
        low, high = landscape.limits(d)
        reach = success.TOLERANCE * (high - low).min() / 2
        equal = not isinstance(own, sv.SBGD)
        masses = [np.full(40, 1 / 40) if equal else frame.mass for frame in frames]
        spread = []
        for mass, frame in zip(masses, frames, strict=True):
            spread.append(np.sqrt(mass @ ((frame.x - mass @ frame.x) ** 2).sum(axis=1)))
        out["collapse"] = crossings(np.array(spread) < reach)
    if isinstance(own, sv.FMC):
        out["burst"] = crossings([(frame.partner >= 0).mean() >= 0.5 for frame in frames])
        edge = [(np.abs(frame.x) == landscape.limits(d)[1]) & (frame.partner >= 0)[:, None] for frame in frames]
        out["wall"] = [k for k, met in enumerate(edge) if met.any()]  # who clones is shaken, and nobody else moves
        out["deaths"] = []
    if isinstance(own, sv.SBGD):
        left = [(frame.mass > 0).sum() for frame in frames]
        out["removed"] = [k for k in range(1, len(frames)) if left[k] < left[k - 1]]
    if isinstance(own, sv.SSA):
        out["leads"] = crossings([(frame.role == 1).any() for frame in frames])
        out["clipped"] = []
    out["leader"] = changes([leader(frame, own, landscape) for frame in frames])
    if own.on_finite_set:
        out["jump"] = [k for k in range(1, len(frames)) if (frames[k].node != frames[k - 1].node).any()]
    else:
        out["basin"] = changes(answer_wells(sim, frames))
        out.setdefault("wall", [])
    if isinstance(own, sv.BGK):
        out["jump"] = [k for k, frame in enumerate(frames) if (frame.role == 1).any()]
    if isinstance(own, sv.BGK | sv.PSO):
        low, high = landscape.limits(d)
        steps = [
            (before, now) for before, now in itertools.pairwise(frames) if (before.x != now.x).any()
        ]  # none once it has stalled
        free = {now.k: before.x + own.dt * now.v for before, now in steps}
        out["wall"] = [k for k, x in free.items() if ((x < low) | (x > high)).any()]
        out["stalled"] = crossings([bool(frame.notes) for frame in frames])
    return out


@pytest.mark.parametrize("name", RUNS)
def test_events_are_what_their_names_say(name):
    sim = run_of(name)
    frames = [sim.frame, *(sim.advance(1) for _ in range(STEPS))]
    expected = naive(sim, frames)
    assert {kind.name for kind in sim.dynamics.events} == set(expected)
    for kind, steps in expected.items():
        assert sim.events.steps(kind) == steps, kind
    assert sum(map(len, expected.values())) >= 3  # or it would say little


def test_every_kind_but_the_warnings_happens_in_one_of_these_runs():
    seen = set()
    for name in RUNS:
        for seed in range(3):
            sim = run_of(name, seed)
            sim.advance(STEPS)
            seen |= {event.kind.name for event in sim.events}
    declared = {kind.name for dynamics, *_ in RUNS.values() for kind in dynamics.events}
    assert declared - seen == {"clipped", "deaths"}


def test_warnings_are_events_too():
    clipped = sv.Simulation(sv.SSA(dt=0.5), sv.landscapes.Rastrigin(), sv.Swarm(n=30, seed=1))
    clipped.advance(5)
    assert clipped.events.steps("clipped")[0] == np.flatnonzero(clipped.record["clips"] > 0)[0]
    dead = sv.Simulation(sv.FMC(sigma=2.0, boundary="dead"), sv.landscapes.Rastrigin(), sv.Swarm(n=30, seed=1))
    dead.advance(5)
    assert dead.events.steps("deaths") == (np.flatnonzero(np.diff(dead.record["dead"]) > 0) + 1).tolist() != []


# ---- the same however it was lived -----------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"every": 3}, {"record_limit": 16}, {"record_limit": 9, "every": 2}])
@pytest.mark.parametrize("name", RUNS)
def test_events_do_not_depend_on_how_steps_were_taken(name, options):
    at_once, singly, unevenly = (run_of(name, **options) for _ in range(3))
    at_once.advance(STEPS)
    for _ in range(STEPS):
        singly.advance(1)
    for steps in (7, 0, 50, 33):
        unevenly.advance(steps)
    assert told(at_once) == told(singly) == told(unevenly) != []
    assert list(at_once.events) == list(singly.events) == list(unevenly.events), "values too"


@pytest.mark.parametrize("options", [{}, {"every": 3}, {"record_limit": 16}])
@pytest.mark.parametrize("name", RUNS)
def test_events_are_exact_through_changes_steps_back_and_branches(name, options):
    """A run that went another way for a while has in the end the events of one that never did, and of its replay."""
    parameter = {"SSA": "lam", "SBGD": "h0", "FiniteSet": "beta", "PSO": "sigma_own"}.get(name, "sigma")
    straight, winding = run_of(name, **options), run_of(name, **options)
    straight.advance(20)
    setattr(straight.dynamics, parameter, 0.1)
    straight.advance(25)
    straight.landscape = sv.landscapes.Sphere()
    straight.advance(25)
    first, value = straight.landscape, getattr(winding.dynamics, parameter)
    winding.advance(60)
    winding.goto(20)
    setattr(winding.dynamics, parameter, 0.7)
    winding.advance(40)
    winding.retrace(20)
    setattr(winding.dynamics, parameter, 0.1)
    winding.apply()
    winding.advance(9), winding.advance(26)
    winding.goto(45)
    winding.landscape = first.copy()
    winding.advance(30)
    winding.goto(33), winding.goto(52), winding.goto(straight.k)
    again = sv.Simulation.replay(straight.journal, straight.initial_swarm, 70, **options)
    assert value != 0.1 and ((20, "changed") in told(straight)) and ((45, "changed") in told(straight))
    kept = [event for event in told(winding) if event[0] <= 70]
    assert told(straight) == told(again) == kept
    assert list(straight.events) == list(again.events) == list(straight.fork().events)
    assert list(straight.events) == [event for event in winding.events if event.k <= 70], "values too"
    winding.retrace(70)
    assert told(winding)[: len(kept)] == kept, "going back loses nothing"


@pytest.mark.parametrize("options", [{}, {"record_limit": 9}])
@pytest.mark.parametrize("name", RUNS)
def test_an_event_has_the_value_of_its_observable_also_where_the_record_has_lost_it(name, options):
    sim, whole = run_of(name, **options), run_of(name)
    sim.advance(STEPS)
    whole.advance(STEPS)
    seen = set()
    for event in sim.events:
        assert event.value == whole.record[event.kind.observable][event.k], event
        assert sim.first_events([event.kind.name], event.k - 1, event.k) == (event,)
        seen.add(event.k in sim.record["k"])
    assert False in seen or not options or name == "FiniteSet", "or nothing is lost"


def test_what_the_journal_and_the_end_tell_has_no_value():
    sim = run_of("CBO")
    sim.advance(10)
    sim.dynamics.sigma = sim.dynamics.dt = 100.0
    with pytest.raises(sv.Diverged):
        sim.advance(10_000)
    values = {event.kind.name: event.value for event in sim.events if event.k >= 10}
    assert values["changed"] is None and values["diverged"] is None


def test_a_branch_with_the_same_parameters_has_the_same_events():
    for options in ({}, {"every": 4}, {"record_limit": 12}):
        sim, other = run_of("CBO", **options), run_of("CBO", **options)
        sim.advance(80)
        other.advance(80)
        other.goto(37)
        other.advance(43)
        assert told(sim) == told(other)


def test_a_fork_has_a_future_of_its_own():
    sim = run_of("CBO")
    sim.advance(30)
    other, before = sim.fork(), told(sim)
    other.dynamics.sigma = 3.0
    other.advance(30)
    after = [event for event in told(other) if event != (30, "changed")]
    assert told(sim) == before == after[: len(before)] and len(after) > len(before)


def test_another_landscape_is_no_new_best_and_loses_nothing_by_itself():
    """What is compared is measured with the new parameters on both sides."""
    sim = sv.Simulation(sv.CBO(sigma=0.0), sv.landscapes.Sphere(), sv.Swarm(n=200, d=2, seed=1))
    sim.advance(100)
    assert sim.events.steps("found")
    sim.landscape, sim.dynamics.lam = sv.landscapes.Rastrigin(), 0.0  # nobody moves any more
    sim.apply()
    sim.advance(3)
    assert [event for event in told(sim) if event[0] > 100] == []
    assert (100, "changed") in told(sim)


def test_a_reset_forgets_all_events():
    sim = run_of("CBO")
    sim.advance(60)
    sim.reset()
    assert all(event.k == 0 for event in sim.events)


# ---- what the journal and the end tell --------------------------------------------------------------------------------


def test_schedules_reach_their_points():
    line = sv.schedules.Linear(start=2.0, end=0.5, duration=1.0)
    sim = sv.Simulation(sv.CBO(sigma=line, dt=0.05), sv.landscapes.Rastrigin(), sv.Swarm(n=20, seed=1))
    sim.advance(19)
    assert sim.events.steps("schedule") == []
    sim.advance(1)
    assert sim.t == pytest.approx(1.0) and sim.events.steps("schedule") == [20]
    sim.dynamics.sigma = sv.schedules.Piecewise(points=((0.0, 1.0), (0.26, 2.0), (0.5, 0.0)), since=1.0)
    sim.advance(30)
    assert sim.events.steps("schedule") == [20, 26, 30]
    assert sim.events.steps("changed") == [20]


def test_a_run_that_diverges_has_that_as_its_last_event_until_it_goes_another_way():
    sim = sv.Simulation(sv.CBO(sigma=100.0, dt=100.0), sv.landscapes.Rastrigin(), sv.Swarm(n=20, seed=1))
    for _ in range(2):
        with pytest.raises(sv.Diverged) as caught:
            sim.advance(10_000)
        assert told(sim)[-1] == (caught.value.step - 1, "diverged") and sim.events.steps("diverged") == [sim.k]
    sim.dynamics.sigma, sim.dynamics.dt = 0.0, 0.01
    sim.advance(1)
    assert sim.events.steps("diverged") == []


# ---- bounds ----------------------------------------------------------------------------------------------------------


def test_events_of_a_kind_are_bounded_and_the_first_one_left_out_is_told():
    sim = sv.Simulation(sv.CBO(sigma=0.0, dt=0.01), sv.landscapes.Sphere(), sv.Swarm(n=50, seed=2))
    sim.advance(1500)
    falls = np.flatnonzero(np.diff(sim.record["best"]) < 0) + 1
    assert len(falls) > MOST_EVENTS
    assert sim.events.steps("best") == falls[:MOST_EVENTS].tolist()
    assert sim.events.cut_short == {"best": falls[MOST_EVENTS]}
    sim.goto(int(falls[MOST_EVENTS]) - 1)
    sim.dynamics.dt = 0.02
    sim.advance(1)
    assert "best" not in sim.events.cut_short or sim.events.cut_short["best"] == sim.k


@pytest.mark.parametrize("name", sv.dynamics.ALL)
def test_declarations_are_complete(name):
    cls = sv.dynamics.ALL[name]
    names = [kind.name for kind in (*cls.events, *OF_EVERY_RUN)]
    assert len(set(names)) == len(names)
    for kind in cls.events:
        assert kind.rule in RULES and kind.observable in {o.name for o in cls.observables}
        assert kind.threshold is not None or kind.rule in ("falls", "rises", "changes", "some")
        assert kind.meaning[0].isupper() and not kind.meaning.endswith(".") and len(kind.title) <= 18


def test_what_cannot_be_told_is_left_out():
    """Of a box that is no cube a distance is not measured in half widths; without a minimiser nothing is found."""
    for landscape in (sv.landscapes.McCormick(), sv.landscapes.Formula("x1**2 + x2**2")):
        kinds = {kind.name for kind in Looking.at(sv.CBO(), landscape, 10, 2).kinds}
        assert kinds == {"best", "collapse", "leader", "basin"}
    kinds = {kind.name for kind in Looking.at(sv.BGK(), sv.landscapes.McCormick(), 10, 2).kinds}
    assert kinds == {"found", "lost", "best", "collapse", "leader", "basin", "jump", "wall"}


def told_kinds(dynamics, landscape=None, d=2):
    return {kind.name for kind in Looking.at(dynamics, landscape or sv.landscapes.Rastrigin(), 10, d).kinds}


def test_walls_jumps_and_basins_are_told_where_there_are_any():
    for cls in (sv.CBO, sv.SSA, sv.SBGD, sv.BGK, sv.PSO, sv.FMC):
        walls = {name: "wall" in told_kinds(cls(boundary=name)) for name in ("none", "clip", "reflect", "periodic")}
        assert walls == {"none": False, "clip": True, "reflect": True, "periodic": False}, cls
        assert "basin" in told_kinds(cls()) and "basin" not in told_kinds(cls(), d=3)
    assert "wall" not in told_kinds(sv.FMC(boundary="dead"))
    assert {form: "jump" in told_kinds(sv.BGK(form=form)) for form in ("jumps", "limit", "inertial")} == {
        "jumps": True,
        "limit": False,
        "inertial": False,
    }
    assert "basin" not in told_kinds(sv.FMC(motion="drift"))
    own = sv.landscapes.Function(lambda X: np.square(X).sum(axis=1), -3, 3)
    assert "basin" not in told_kinds(sv.CBO(), own), "nobody's function is asked for a grid"
