"""What replicas have spent: from independent runs, and what is said of two swarms."""

from __future__ import annotations

import math

import numpy as np

import swarmviz as sv
from components.replicas.card import ReplicaCard, ReplicaStatus
from components.replicas.costs import MOST_TARGETS, Costs, duel_words, duels, shown
from components.replicas.pool import ReplicaPool
from components.replicas.replica import VisibleRun
from swarmviz import presets
from swarmviz.ensembles.runtimes import Estimate, Runtimes, compared, expected
from tests.replicas.runs import RUNS, Watched, at, finish, independent, visible_run
from tests.visit import press, settle, wait


def by_hand(sim, target, k, since=0, runs=RUNS):
    """(spent, reached) of replicas with a target, from independent runs."""
    found = []
    for r in range(runs):
        run = independent(sim, sim.initial_swarm.seed + 1 + r, k)
        lowest = run.frame.heights.min() if run.dynamics.on_finite_set else run.landscape.minimum(run.frame.d)
        best, spent = run.record["best"][since : k + 1], run.record["evaluations"][since : k + 1]
        hits = [i for i in range(len(best)) if best[i] - lowest <= target]
        found.append((spent[hits[0]], True) if hits else (spent[-1], False))
    return found


def assert_as_by_hand(costs, sim, k, since=0):
    assert costs.k == k and costs.runs == RUNS and 1 <= len(costs.targets) <= MOST_TARGETS
    for target, runs, ert in zip(costs.targets, costs.runtimes, costs.ert, strict=True):
        assert list(zip(runs.spent.tolist(), runs.reached.tolist(), strict=True)) == by_hand(sim, target, k, since)
        assert ert.value == expected(runs)


def test_replicas_have_spent_what_independent_runs_have():
    for sim in (
        visible_run(sigma=0.6),
        sv.Simulation(sv.SBGD(h0=0.1), sv.landscapes.Ackley(), sv.Swarm(n=6, d=2, seed=11)),
        sv.Simulation(sv.FiniteSet(), sv.landscapes.Rastrigin(), sv.Swarm(n=4, d=1, seed=11)),
    ):
        sim.advance(60 - sim.k)
        pool = finish(ReplicaPool(), sim)
        assert_as_by_hand(pool.costs(60), sim, 60)
        assert pool.costs(60) is pool.costs(60), "worked out once"


def test_they_are_those_of_the_step_that_is_shown_and_of_the_run_that_is_shown():
    sim = visible_run(sigma=0.6)
    pool = finish(ReplicaPool(), sim)
    late = pool.costs(60)
    sim.goto(20)
    finish(pool, sim)
    assert_as_by_hand(pool.costs(20), sim, 20)
    sim.dynamics.sigma = 0.1
    sim.advance(15)
    pool.follow(VisibleRun.of(sim), RUNS)
    assert pool.costs(35, fresh=False) is None, "of a branch nothing is known yet"
    finish(pool)
    assert_as_by_hand(pool.costs(35), sim, 35)
    assert late is not pool.costs(35)


def test_another_landscape_is_reached_from_its_own_step_on():
    sim = visible_run(sigma=0.6, steps=20)
    sim.landscape = sv.landscapes.Ackley()
    sim.advance(40)
    assert_as_by_hand(finish(ReplicaPool(), sim).costs(60), sim, 60, since=20)


def test_without_a_known_minimum_nothing_is_said():
    sim = visible_run(landscape=sv.landscapes.Formula("x1^2 + x2^2"))
    assert finish(ReplicaPool(), sim).costs(60) is None


def runtimes(*times, budget=100.0):
    times = np.array(times, float)
    return Runtimes(np.minimum(times, budget), times <= budget)


def costs(*sets, targets=(1.0, 0.1)):
    return Costs(
        9, len(sets[0].spent), 4, targets, sets, tuple(Estimate(expected(s), math.nan, math.nan) for s in sets)
    )


def test_the_card_shows_a_row_for_each_target_and_the_share_of_pairs():
    some = costs(runtimes(10, 20, 40), runtimes(50, np.inf, np.inf))
    state = shown(some)
    assert state["rows"] == [["≤ 1", "3 of 3", "23.3"], ["≤ 0.1", "1 of 3", "250"]]
    assert "Noticed every 4 steps" in state["about"]
    points = np.array(state["curve"]["points"])
    np.testing.assert_allclose(points[[0, -1]], [[0.0, 1 / 6], [1.0, 4 / 6]], rtol=1e-12)
    assert (np.diff(points, axis=0) >= 0).all() and state["curve"]["ticks"][-1][0] <= 1.0
    assert shown(costs(runtimes(np.inf), targets=(1.0,)))["rows"] == [["≤ 1", "0 of 1", "∞"]]
    assert shown(costs(runtimes(np.inf), targets=(1.0,)))["curve"] is None
    card = ReplicaCard(print)
    card.show(ReplicaStatus(20, 20, costs=some), ["A is better"])
    assert card.state["costs"]["rows"] and card.state["against"] == ["A is better"]
    card.show(ReplicaStatus(20, 20))
    assert card.state["costs"] is None and card.state["against"] == ["A is better"]
    card.show(ReplicaStatus(0))
    assert card.state["against"] == []


def test_two_swarms_are_compared_target_by_target_in_words():
    a = costs(runtimes(10, 20, 30, 40), runtimes(*[np.inf] * 4))
    b = costs(runtimes(30, 50, 70, np.inf), runtimes(*[np.inf] * 4))
    (duel,) = duels(a, b)  # nobody has reached the other one
    assert duel.target == 1.0
    expected_of = compared(a.runtimes[0], b.runtimes[0], resamples=500)
    assert duel.comparison == expected_of
    (said,) = duel_words([duel], ("B", "A"))
    share = expected_of.superiority
    assert said.startswith(f"F − F* ≤ 1: B is the faster in {share.value:.0%} of pairs (95%: {100 * share.low:.0f}–")
    assert "A costs 3.33 times as much" in said and "logrank p" in said
    lonely = duels(a, costs(runtimes(*[np.inf] * 4), targets=(1.0,)))
    assert "only B has reached it" in duel_words(lonely, ("B", "A"))[0]
    assert duels(a, None) == duels(None, b) == ()


def test_the_thread_tells_them_and_only_of_its_run():
    watched = Watched(visible_run(sigma=0.6, steps=40))
    try:
        watched.luck.count = 20
        standing = watched.wait(at(40))
        assert standing.costs is watched.luck.costs(watched.look()) and standing.costs.k == 40
        told = len(watched.told)
        for _ in range(5):
            watched.luck.notice()
        other = visible_run(sigma=0.7, steps=40)
        assert watched.luck.costs(VisibleRun.of(other)) is None and watched.luck.costs(None) is None
        assert len(watched.told) == told, "nothing new, nothing told"
    finally:
        watched.luck.close()


def test_swarms_side_by_side_are_compared_by_their_replicas(running, recwarn):
    running._choose("preset", presets.ALL["cbo-few"].name)
    settle(running)
    press(running, "pause")
    running._advance(40 - running._sim.k)
    running.replicas.card._handle_msg(20)
    running.compare._on_act("start", None)
    settle(running)
    assert len(running.panes) == 2 and running.replicas.other.count == 20
    assert wait(lambda: len(running.replicas.card.state["against"]) > 0, 60)
    said = running.replicas.card.state["against"]
    assert all(": B is the faster in 50% of pairs" in line for line in said), "it is a copy"
    assert not [warning for warning in recwarn if "scipy" in warning.filename]
    running.compare._on_act("end", None)
    settle(running)
    assert running.replicas.other.count == 0 and running.replicas.card.state["against"] == []
