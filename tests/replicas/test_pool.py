"""All replicas: each is a run that can be had without them, and what is counted is exact."""

from __future__ import annotations

import math

import numpy as np
import pytest

import swarmviz as sv
from components.replicas import pool
from components.replicas.card import ReplicaStatus, headline, remarks
from components.replicas.pool import ReplicaPool, SuccessCount
from components.replicas.replica import RECORDED, SPACING, VisibleRun
from swarmviz import presets
from swarmviz.replay import RunSpec
from swarmviz.success import succeeded
from swarmviz.theory import LivedRun, assessments, claims_of, judge
from tests.replicas.runs import RUNS, assert_exact, finish, independent, judged_by_hand, last_finite, visible_run


def test_a_replica_is_the_run_with_the_next_seed():
    sim = visible_run()
    flock = finish(ReplicaPool(), sim)
    assert flock.seeds == (12, 16)
    assert 0 < flock.tally(sim.k).found < RUNS, "some must fail and some succeed, or nothing is compared"
    assert_exact(flock, sim)


@pytest.mark.parametrize("preset", presets.ALL)
def test_replicas_of_every_dynamics_are_exact(preset):
    sim = sv.Simulation(*presets.ALL[preset].build())
    sim.advance(13)
    assert_exact(finish(ReplicaPool(), sim, runs=3), sim)


def test_replicas_take_part_in_changes_made_in_mid_run_from_that_step_on():
    sim = visible_run(steps=20)
    flock = finish(ReplicaPool(), sim)
    before = [r.front for r in flock.replicas]
    sim.dynamics.sigma, sim.landscape = 0.3, sv.landscapes.Ackley()
    sim.advance(15)
    sim.dynamics.lam = 3.0
    sim.advance(15)
    finish(flock, sim)
    assert_exact(flock, sim)
    assert all(
        any(kept is state for kept in (r.snapshots.first, state))
        for r, state in zip(flock.replicas, before, strict=True)
    )
    np.testing.assert_array_equal(flock.replicas[0].record["k"], np.arange(51))


def test_a_change_while_paused_is_judged_at_once_and_may_be_made_again():
    sim = visible_run(steps=20)
    flock = finish(ReplicaPool(), sim)
    for alpha, landscape in (
        (1e-3, sv.landscapes.Ackley()),
        (50.0, sv.landscapes.Sphere()),
        (1e4, sv.landscapes.Rastrigin()),
    ):
        sim.dynamics.alpha, sim.landscape = alpha, landscape
        sim.apply()
        finish(flock, sim)
        assert flock.seen.agrees_until(VisibleRun.of(sim)) == math.inf
        assert_exact(flock, sim)
    sim.advance(10)
    assert_exact(finish(flock, sim), sim)


def test_a_change_before_the_first_step_counts():
    sim = visible_run(steps=0)
    flock = finish(ReplicaPool(), sim)
    sim.dynamics.sigma = 0.1
    sim.apply()
    sim.advance(12)
    assert_exact(finish(flock, sim), sim)


def test_going_back_is_judged_at_that_very_step_and_the_curves_keep_their_band():
    sim = visible_run(steps=70)
    flock = finish(ReplicaPool(), sim)
    for k in (69, 33, 0):
        sim.goto(k)
        assert flock.tally(k) is None or flock.tally(k).k <= k, "what comes later is not shown for an earlier step"
        finish(flock, sim)
        assert_exact(flock, sim)


def test_a_branch_takes_the_replicas_with_it_and_spares_what_was_before():
    sim = visible_run(steps=600, sigma=0.9)
    flock = finish(ReplicaPool(), sim)
    sim.goto(550)
    sim.dynamics.sigma = 0.5
    sim.advance(7)
    flock.follow(VisibleRun.of(sim), RUNS)
    assert {r.front.k for r in flock.replicas} == {SPACING}, "the nearest state that was kept, not step 0"
    assert_exact(finish(flock), sim)


def test_a_look_back_before_a_branch_leaves_nothing_of_the_old_future():
    sim = visible_run(steps=70)
    flock = finish(ReplicaPool(), sim)
    sim.goto(50)
    finish(flock, sim)
    sim.goto(20)
    sim.dynamics.sigma = 0.5
    sim.advance(50)
    finish(flock, sim)
    sim.goto(60)
    assert_exact(finish(flock, sim), sim)


def test_a_branch_that_drops_a_change_is_another_run_from_there_on():
    sim = visible_run(steps=20)
    sim.dynamics.sigma = 0.2
    sim.advance(20)
    flock = finish(ReplicaPool(), sim)
    sim.goto(10)
    sim.dynamics.sigma = 1.2
    sim.advance(25)
    assert len(sim.journal) == 1
    assert_exact(finish(flock, sim), sim)


def test_a_reset_with_the_same_values_keeps_the_replicas_and_one_with_others_does_not():
    sim = visible_run(steps=30)
    flock = finish(ReplicaPool(), sim)
    ran = [r.front for r in flock.replicas]
    flock.follow(VisibleRun.of(visible_run(steps=10)), RUNS)
    assert [r.front for r in flock.replicas] == ran
    assert finish(flock).tally(10).k == 10
    for other in (visible_run(seed=12, steps=9), visible_run(sigma=0.4, steps=9), visible_run(n=7, steps=9)):
        assert flock.seen.agrees_until(VisibleRun.of(other)) == -1
        assert_exact(finish(flock, other), other)


def test_more_and_fewer_replicas():
    sim = visible_run(steps=40)
    flock = finish(ReplicaPool(), sim, runs=3)
    three = list(flock.replicas)
    assert_exact(finish(flock, sim, runs=8), sim)
    assert flock.replicas[:3] == three and flock.tally(40).runs == 8
    assert_exact(finish(flock, sim, runs=2), sim)


def test_the_seed_after_the_largest_is_zero():
    sim = visible_run(seed=2**53 - 1, steps=3)
    flock = finish(ReplicaPool(), sim, runs=3)
    assert [r.seed for r in flock.replicas] == [2**53, 0, 1]


def test_long_records_are_thinned_alike_and_stay_exact(monkeypatch):
    sim = visible_run(steps=5 * RECORDED, n=3, sigma=0.3)
    flock = finish(ReplicaPool(), sim, runs=2, seconds=0.01)
    band = flock.bands()["best"]
    assert band.k[0] == 0 and set(np.diff(band.k)) == {8} and len(band.k) <= RECORDED
    runs = [independent(sim, seed) for seed in (12, 13)]
    np.testing.assert_array_equal(band.middle, np.median([run.record["best"][::8] for run in runs], axis=0))


def test_rounds_that_end_before_the_visible_step_come_to_it_in_the_end(monkeypatch):
    monkeypatch.setattr(pool, "ROUND_S", 0.001)
    monkeypatch.setattr(pool, "MAX_JUDGED_STEPS", 16)
    monkeypatch.setattr(pool, "COORDINATE_STEP_S", 1e-6)  # many small rounds, however fast the machine
    sim = visible_run(steps=300, sigma=0.5)
    flock, seen = ReplicaPool(), []
    flock.follow(VisibleRun.of(sim), 4)
    left = True
    while left:
        left = flock.work(0.0005)
        if (tally := flock.tally(sim.k)) and tally.k not in seen:
            seen.append(tally.k)
    assert len(seen) > 2 and seen == sorted(seen) and seen[-1] == 300, (
        "what is told on the way is earlier, then the step itself"
    )
    assert len(flock._steps) <= 17 and all(len(r.misses) <= 17 for r in flock.replicas)
    runs = [independent(sim, 12 + r) for r in range(4)]
    assert [r.misses[300] < 0.05 for r in flock.replicas] == [succeeded(run.frame, run.landscape) for run in runs]


def test_memory_is_bounded_and_a_lack_of_it_is_told(monkeypatch):
    sim = visible_run(steps=3000)
    flock = ReplicaPool()
    flock.follow(VisibleRun.of(sim), 4)
    flock.work(0.001)
    size = flock.replicas[0].size
    monkeypatch.setattr(pool, "MAX_STATE_BYTES", 4 * size * 8)
    finish(flock)
    assert len(flock.replicas) == 4 and max(len(r.snapshots) for r in flock.replicas) <= 8 - 4 + 2
    monkeypatch.setattr(pool, "MAX_STATE_BYTES", 3 * size * 4 + 1)
    flock = finish(ReplicaPool(), sim, runs=50)
    assert flock.runs == len(flock.replicas) == 3
    flock.follow(VisibleRun.of(sim), 50)
    assert flock.runs == 3 and flock.tally(sim.k).runs == 3, "asking again changes nothing"
    assert "Only 3 of 50" in " ".join(remarks(ReplicaStatus(50, flock.runs)))
    monkeypatch.setattr(pool, "MAX_STATE_BYTES", 1)
    flock = finish(ReplicaPool(), sim, runs=50)
    assert flock.replicas == [] and flock.tally(sim.k) is None and flock.bands() == {}
    assert "too large" in headline(ReplicaStatus(50, flock.runs))


def test_diverged_replicas_are_failures_and_are_said():
    sim = sv.Simulation(sv.CBO(sigma=4.0, dt=1.0), sv.landscapes.Sphere(), sv.Swarm(n=4, d=2, seed=0))
    steps = 440
    ends = {seed: last_finite(sim, seed, steps) for seed in range(1, 13)}
    lost = {seed: step for seed, (_, step) in ends.items() if step is not None}
    assert 0 < len(lost) < 12, "the test needs both kinds"
    seen = VisibleRun(RunSpec(sim.journal, sim.initial_swarm, steps), steps)
    flock = ReplicaPool()
    flock.follow(seen, 12)
    finish(flock)
    assert {r.seed: r.diverged for r in flock.replicas if r.diverged is not None} == lost
    tally = flock.tally(steps)
    assert tally.diverged == len(lost)
    assert tally.found == sum(bool(succeeded(run.frame, sim.landscape)) for run, step in ends.values() if step is None)
    assert "diverged" in remarks(ReplicaStatus(12, 12, tally=tally))[0]
    for replica in flock.replicas:
        run, _ = ends[replica.seed]
        np.testing.assert_array_equal(replica.record["dispersion"], run.record["dispersion"])
    first = min(lost.values())
    band = flock.bands()["dispersion"]
    table = np.array([run.record["dispersion"][:first] for run, _ in ends.values()])
    np.testing.assert_array_equal(band.middle[:first], np.quantile(table, 0.5, axis=0))
    left = [run.record["dispersion"][-1] for run, step in ends.values() if step is None]
    assert band.k[-1] == steps and band.middle[-1] == np.quantile(left, 0.5), (
        "the band goes on with those that are left"
    )
    flock.follow(seen._replace(run=seen.run._replace(k=first - 1)), 12)
    assert finish(flock).tally(first - 1).diverged == 0
    assert finish(flock, runs=12).tally(steps).diverged == len(lost)


def test_a_diverged_replica_lives_again_when_the_branch_begins_before():
    sim = sv.Simulation(sv.CBO(lam=100.0, dt=10.0), sv.landscapes.Rastrigin(), sv.Swarm(n=6, d=2, seed=11))
    flock = ReplicaPool()
    flock.follow(VisibleRun(RunSpec(sim.journal, sim.initial_swarm, 300), 300), RUNS)
    assert finish(flock).tally(300).diverged == RUNS and flock.tally(300).found == 0
    sim.advance(2)
    sim.dynamics.param.update(lam=1.0, dt=0.05)
    sim.advance(20)
    finish(flock, sim)
    assert flock.tally(22).diverged == 0
    assert_exact(flock, sim)


def test_where_no_minimiser_is_known_success_is_not_judged_but_the_band_is_there():
    class Unknown(sv.landscapes.Sphere):
        def minimisers(self, d):
            return np.empty((0, d))

    sim = visible_run(landscape=Unknown(), steps=12)
    flock = finish(ReplicaPool(), sim)
    tally = flock.tally(12)
    assert tally == SuccessCount(12, RUNS, 0)
    assert "No known minimum: success cannot be judged" in headline(ReplicaStatus(RUNS, RUNS, tally=tally))
    assert np.isnan(flock.bands()["distance"].middle).all() and np.isfinite(flock.bands()["best"].middle).all()


@pytest.mark.parametrize("found", [0, 3, RUNS])
def test_the_interval_is_wilsons(found, monkeypatch):
    sim = visible_run(steps=1)
    flock = finish(ReplicaPool(), sim)
    for i, replica in enumerate(flock.replicas):
        replica.misses[1] = 0.01 if i < found else 0.3
    z, n, p = 1.959963984540054, RUNS, found / RUNS
    centre, half = (
        (p + z * z / (2 * n)) / (1 + z * z / n),
        z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n),
    )
    tally = flock.tally(1)
    assert tally.found == found
    np.testing.assert_allclose([tally.low, tally.high], [centre - half, centre + half], atol=1e-12)


def test_another_tolerance_counts_anew_without_another_run():
    sim = visible_run()
    flock = finish(ReplicaPool(), sim)
    fronts = [r.front for r in flock.replicas]
    usual = flock.tally(sim.k)
    assert (usual.tolerance, usual.usual) == (0.05, 0.05) and 0 < usual.found < RUNS
    for tolerance in (1e-6, 0.01, 0.05, 0.25, 1.0):
        expected = judged_by_hand(sim, tolerance)
        for tally in (flock.tally(sim.k, tolerance), usual.judged(tolerance)):
            assert (tally.found, tally.tolerance, tally.usual) == (sum(expected), tolerance, 0.05)
            seeds = {outcome.seed: found for outcome, found in zip(tally.outcomes, expected, strict=True)}
            assert [o.seed for o in tally.examples(True)] == [seed for seed, found in seeds.items() if found]
            assert [o.seed for o in tally.examples(False)] == [seed for seed, found in seeds.items() if not found]
            assert tally.low <= tally.found / RUNS <= tally.high
    assert usual.judged(0.25).judged(None) == usual
    assert usual.judged(0.25).found > usual.found, (
        "a quarter holds wrong valleys of Rastrigin; that is why it is not the usual one"
    )
    assert [r.front for r in flock.replicas] == fronts


def test_on_a_finite_set_a_tolerance_changes_nothing():
    sim = sv.Simulation(*presets.ALL["finite-second"].build())
    sim.advance(120)
    tally = finish(ReplicaPool(), sim, runs=12).tally(120)
    assert tally.tolerance is None and 0 < tally.found < 12
    assert tally.judged(1e-6) == tally.judged(2.0) == tally
    assert tally.found == sum(judged_by_hand(sim, None, 12))


def test_a_diverged_replica_fails_by_any_tolerance_and_is_shown_last_at_its_last_finite_step():
    sim = sv.Simulation(sv.CBO(lam=1.0, sigma=4.0, dt=0.5), sv.landscapes.Rastrigin(), sv.Swarm(n=6, d=2, seed=11))
    flock = ReplicaPool()
    flock.follow(VisibleRun(RunSpec(sim.journal, sim.initial_swarm, 3000), 3000), 12)
    tally = finish(flock).tally(3000)
    lost = {r.seed: r.diverged for r in flock.replicas if r.diverged is not None}
    assert lost, "or nothing is tested"
    for outcome in tally.outcomes:
        assert outcome.diverged == (outcome.seed in lost)
        assert outcome.k == (lost[outcome.seed] - 1 if outcome.diverged else 3000)
    failed = tally.judged(2.0).examples(False)
    assert {o.seed for o in failed} >= set(lost) and all(o.diverged for o in failed[-len(lost) :])
    last = failed[-1]
    assert independent(sim, last.seed, last.k).k == last.k, "it can be lived up to there"


def test_claims_are_judged_by_what_the_replicas_themselves_measured():
    sim = visible_run(sigma=0.5, steps=30)
    sim.dynamics.sigma = 0.8
    sim.advance(10)
    flock = ReplicaPool()
    flock.follow(VisibleRun.of(sim), 12)
    assert flock.verdicts() == {}, "nothing has been measured yet"
    finish(flock)
    verdicts = flock.verdicts()
    runs = [independent(sim, sim.initial_swarm.seed + 1 + r) for r in range(12)]
    lived = [LivedRun(run.journal, run.initial_swarm, run.record) for run in runs]  # a replica shows no frame
    assert set(verdicts) == {held.claim.name for held in assessments(sim)}
    for claim in claims_of(sv.CBO):
        if claim.name in verdicts:
            assert repr(verdicts[claim.name]) == repr(judge(claim, lived))
    ratio = np.mean([run.record["dispersion"][-1] / run.record["dispersion"][0] for run in lived])
    assert verdicts["cbo-mean-square"].measured == pytest.approx(ratio, rel=1e-12)
