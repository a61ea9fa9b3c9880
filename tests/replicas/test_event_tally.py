"""The events of the replicas are those of the same runs made without them, and what the card says of them."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from components.replicas import replica
from components.replicas.card import ReplicaCard, ReplicaStatus
from components.replicas.event_tally import EventTally, shown, tally_of
from components.replicas.pool import ReplicaPool, SuccessCount
from components.replicas.replica import RECORDED, VisibleRun
from swarmviz import presets
from swarmviz.ensembles.event_counts import FirstSteps
from swarmviz.events import Looking
from tests.replicas.runs import RUNS, Watched, at, finish, visible_run
from tests.test_events import RUNS as LIVELY


def alone(sim, seed, k):
    """The same run with another seed, made without any code of the replicas, with a record as long as theirs."""
    swarm = sim.initial_swarm.copy()
    swarm.seed = seed
    return sv.Simulation.replay(sim.journal, swarm, k, record_limit=RECORDED)


def steps_of(run, kind, after, until):
    """The steps of all events of a kind, by what pauses a run."""
    found = []
    while event := run.first_events([kind.name], after, until):
        found.append(after := event[0].k)
    return found


def assert_events(flock, sim, since=-1):
    """Every event of every replica, and the count of the present landscape's, which has been there since a step."""
    runs = [alone(sim, r.seed, sim.furthest) for r in flock.replicas]
    kinds = sim.dynamics.events
    for one, run in zip(flock.replicas, runs, strict=True):
        for kind in kinds:
            expected = steps_of(run, kind, -1, sim.furthest)
            assert one.log.steps(kind, -1, sim.furthest).tolist() == expected, (kind.name, one.seed)
    tally, acting = flock.events(sim.k), sim.journal.acting_at(sim.k)
    assert tally.k == sim.k
    assert tally.kinds == Looking.at(acting.dynamics, acting.landscape, sim.initial_swarm.n, sim.initial_swarm.d).kinds
    for kind, first in zip(tally.kinds, tally.firsts, strict=True):
        steps = [min(steps_of(run, kind, since, sim.k), default=np.inf) for run in runs]
        np.testing.assert_array_equal(first, FirstSteps.of(np.array(steps)))
    return tally


def lively(name, steps=60):
    dynamics, landscape, d = LIVELY[name]
    sim = sv.Simulation(dynamics.copy(), landscape.copy(), sv.Swarm(n=40, d=d, seed=5))
    sim.advance(steps)
    return sim


@pytest.mark.parametrize("name", LIVELY)
def test_events_are_those_of_the_same_runs_through_changes_steps_back_and_branches(name):
    parameter = {"SSA": "lam", "SBGD": "h0", "FiniteSet": "beta", "PSO": "sigma_own"}.get(name, "sigma")
    sim = lively(name)
    flock = finish(ReplicaPool(), sim)
    assert sum(first.happened for first in assert_events(flock, sim).firsts) > RUNS
    setattr(sim.dynamics, parameter, 0.1)
    sim.advance(30)
    assert_events(finish(flock, sim), sim)
    sim.goto(40)
    assert_events(finish(flock, sim), sim)
    sim.advance(40)  # a branch, from where no parameters were changed
    assert_events(finish(flock, sim), sim)
    sim.landscape = sv.landscapes.Sphere()
    sim.apply()
    assert_events(finish(flock, sim), sim, since=80)
    sim.advance(30)
    assert_events(finish(flock, sim), sim, since=80)
    sim.goto(70)
    assert_events(finish(flock, sim), sim)


@pytest.mark.parametrize("preset", presets.ALL)
def test_of_every_preset(preset):
    sim = sv.Simulation(*presets.ALL[preset].build())
    sim.advance(13)
    assert_events(finish(ReplicaPool(), sim, runs=2), sim)


def test_a_change_before_the_first_step_is_what_the_next_is_compared_with():
    sim = visible_run(steps=0)
    flock = finish(ReplicaPool(), sim)
    sim.dynamics.sigma, sim.landscape = 0.1, sv.landscapes.Sphere()
    sim.apply()
    sim.advance(40)
    assert_events(finish(flock, sim), sim, since=0)


def test_long_runs_are_looked_at_as_their_records_are_and_going_back_loses_nothing(monkeypatch):
    """The swarm never comes to rest: there are events at odd steps of a branch from where the record is thinner by now."""
    monkeypatch.setattr(replica, "SPACING", 64)
    sim = lively("FMC", steps=3300)
    flock = finish(ReplicaPool(), sim, runs=2)
    assert assert_events(flock, sim).every == 4
    for k, sigma in ((2500, 1.4), (300, 0.7), (711, 1.2)):
        sim.goto(k)
        sim.dynamics.sigma = sigma
        sim.advance(700)
        assert_events(finish(flock, sim, runs=2), sim)
    logs = (one.log.steps(kind, 300, 1000) for one in flock.replicas for kind in sim.dynamics.events)
    assert any(step % 2 for steps in logs for step in steps)


def test_a_replica_that_diverges_has_its_events_until_then():
    sim = visible_run(sigma=0.5, steps=5)
    sim.dynamics.sigma, sim.dynamics.dt = 30.0, 1.0
    with pytest.raises(sv.Diverged):
        sim.advance(2000)
    flock = finish(ReplicaPool(), sim)
    gone = 0
    for one in flock.replicas:
        run = alone(sim, one.seed, 5)
        try:
            run.advance(sim.k - 5)
        except sv.Diverged:
            gone += 1
        for kind in sim.dynamics.events:
            assert one.log.steps(kind, -1, sim.k).tolist() == steps_of(run, kind, -1, run.k)
    assert gone


def test_it_is_worked_out_once_for_a_step_and_forgotten_with_the_run():
    sim = visible_run()
    flock = finish(ReplicaPool(), sim)
    first = flock.events(sim.k)
    assert flock.events(sim.k) is first and flock.events(sim.k, fresh=False) is first
    sim.goto(30)
    sim.dynamics.sigma = 0.3
    sim.advance(10)
    flock.follow(VisibleRun.of(sim), RUNS)
    assert flock.events(sim.k, fresh=False) is None


# ---- on their thread ---------------------------------------------------------------------------------------------------


def test_nothing_is_counted_unless_somebody_looks():
    watched = Watched(visible_run(steps=30))
    watched.luck.count = 20
    assert watched.wait(at(30)).events is None
    watched.luck.counting = True
    told = watched.wait(lambda standing: standing.events is not None)
    assert told.events.k == 30 and {first.runs for first in told.events.firsts} == {20}
    watched.luck.counting = False
    watched.wait(lambda standing: standing.events is None)
    watched.luck.close()


# ---- on the card -------------------------------------------------------------------------------------------------------


def test_the_card_says_of_each_kind_in_how_many_replicas_and_when():
    kinds = sv.CBO.events
    firsts = (FirstSteps(41, 100, 5.0, 12.0, 17.5), FirstSteps(0, 100, *[np.nan] * 3))
    said = shown(EventTally(420, 1, kinds[:2], firsts))
    assert said["rows"] == [
        ["found", kinds[0].meaning, "41 of 100", "12 (5–17.5)"],
        ["lost", kinds[1].meaning, "0 of 100", "–"],
    ]
    assert "every" not in said["about"] and "Looked for every 4 steps." in shown(EventTally(4000, 4, (), ()))["about"]
    assert tally_of([], kinds, 3, -1).firsts[0][:2] == (0, 0)


def test_the_card_asks_for_them_only_while_the_section_is_open():
    asked = []
    card = ReplicaCard(print, on_events=asked.append)
    assert card.state["events"] is None
    card.show(ReplicaStatus(5, 5, 1.0, (12, 16), SuccessCount(60, 5, 0)))
    assert card.state["events"] == {"rows": [], "about": "", "open": False}
    for nonsense in (None, 1, "true", [True]):
        card._handle_msg({"act": "events", "open": nonsense})
    for seen in (True, True, False):
        card._handle_msg({"act": "events", "open": seen})
    assert asked == [True, False]
