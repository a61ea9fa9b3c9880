"""The replicas: each is a run that can be had without them, what is counted and drawn is exact, and the visible run is left in peace."""

from __future__ import annotations

import gc
import math
import threading
import weakref

import numpy as np
import pytest

import swarmviz as sv
from components.palette import DARK, LIGHT
from components.replicas import pool as pool
from components.replicas.bands import quantiles
from components.replicas.card import ReplicaCard, ReplicaStatus, headline, remarks
from components.replicas.error_histogram import histogram
from components.replicas.pool import ReplicaPool, SuccessCount
from components.replicas.replica import RECORDED, SPACING, Visible
from components.replicas.worker import LATE, ReplicaWorker
from components.views.curves.curves import Curves
from components.views.curves.log_axis import BELOW
from swarmviz import presets
from swarmviz.success import miss, succeeded, tolerance_for

RUNS = 5


def visible_run(sigma=1.2, steps=60, landscape=None, **options):
    """A swarm that is small enough to fail now and then."""
    swarm = sv.Swarm(**({"n": 6, "d": 2, "seed": 11} | options))
    sim = sv.Simulation(sv.CBO(sigma=sigma, dt=0.05), landscape or sv.landscapes.Rastrigin(), swarm)
    sim.advance(steps)
    return sim


def independent(sim, seed, k=None):
    """The same run with another seed, made without any of the code that is tested here."""
    swarm = sim.initial_swarm.copy()
    swarm.seed = seed
    k = sim.k if k is None else k
    first, *changes = sim.journal
    run = sv.Simulation(first.dynamics.copy(), first.landscape.copy(), swarm)
    for entry in changes:
        if entry.k <= k:
            run.advance(entry.k - run.k)
            run.dynamics, run.landscape = entry.dynamics.copy(), entry.landscape.copy()
            run.apply()
    run.advance(k - run.k)
    return run


def finish(flock, sim=None, runs=RUNS, seconds=0.001):
    """Work until nothing is left to do."""
    if sim is not None:
        flock.follow(Visible.of(sim), runs)
    while flock.work(seconds):
        pass
    return flock


def assert_exact(flock, sim, k=None):
    """Records, successes, count and bands are those of independent runs."""
    k = sim.k if k is None else k
    runs = [independent(sim, sim.initial_swarm.seed + 1 + r, sim.furthest) for r in range(len(flock.replicas))]
    judged = [succeeded(run.goto(k), independent(sim, 0, k).landscape) for run in runs]
    there = [independent(sim, sim.initial_swarm.seed + 1 + r, k) for r in range(len(flock.replicas))]
    assert judged == [succeeded(run.frame, run.landscape) for run in there]
    finite = sim.dynamics.on_finite_set
    within = math.inf if finite else tolerance_for(independent(sim, 0, k).landscape, sim.initial_swarm.d)
    assert [r.misses[k] < within for r in flock.replicas] == judged
    assert [r.misses[k] for r in flock.replicas] == [miss(run.frame, run.landscape) for run in there]
    tally = flock.tally(k)
    assert (tally.k, tally.runs, tally.found) == (k, len(runs), sum(judged))
    bands = flock.bands()
    assert set(bands) == set(sim.record) - {"k", "t"}
    for name, band in bands.items():
        steps = np.arange(0, sim.furthest + 1)
        np.testing.assert_array_equal(band.k, steps)
        table = np.array([run.record[name] for run in runs])
        for replica, row in zip(flock.replicas, table, strict=True):
            np.testing.assert_array_equal(replica.record[name], row)
        np.testing.assert_array_equal([band.low, band.middle, band.high], np.quantile(table, [0.1, 0.5, 0.9], axis=0))


# ---- exact ---------------------------------------------------------------------------------------------------------------


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
        any(kept is state for kept in (r._kept[0], state)) for r, state in zip(flock.replicas, before, strict=True)
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
        assert flock.seen.agrees_until(Visible.of(sim)) == math.inf
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
    flock.follow(Visible.of(sim), RUNS)
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
    flock.follow(Visible.of(visible_run(steps=10)), RUNS)
    assert [r.front for r in flock.replicas] == ran
    assert finish(flock).tally(10).k == 10
    for other in (visible_run(seed=12, steps=9), visible_run(sigma=0.4, steps=9), visible_run(n=7, steps=9)):
        assert flock.seen.agrees_until(Visible.of(other)) == -1
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
    monkeypatch.setattr(pool, "ROUND", 0.001)
    monkeypatch.setattr(pool, "MILESTONES", 16)
    monkeypatch.setattr(pool, "FIRST_GUESS", 1e-6)  # many small rounds, however fast the machine
    sim = visible_run(steps=300, sigma=0.5)
    flock, seen = ReplicaPool(), []
    flock.follow(Visible.of(sim), 4)
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
    flock.follow(Visible.of(sim), 4)
    flock.work(0.001)
    size = flock.replicas[0].size
    monkeypatch.setattr(pool, "ROOM", 4 * size * 8)
    finish(flock)
    assert len(flock.replicas) == 4 and max(len(r._kept) for r in flock.replicas) <= 8 - 4 + 2
    monkeypatch.setattr(pool, "ROOM", 3 * size * 4 + 1)
    flock = finish(ReplicaPool(), sim, runs=50)
    assert flock.runs == len(flock.replicas) == 3
    flock.follow(Visible.of(sim), 50)
    assert flock.runs == 3 and flock.tally(sim.k).runs == 3, "asking again changes nothing"
    assert "Only 3 of 50" in " ".join(remarks(ReplicaStatus(50, flock.runs)))
    monkeypatch.setattr(pool, "ROOM", 1)
    flock = finish(ReplicaPool(), sim, runs=50)
    assert flock.replicas == [] and flock.tally(sim.k) is None and flock.bands() == {}
    assert "too large" in headline(ReplicaStatus(50, flock.runs))


# ---- failures ------------------------------------------------------------------------------------------------------------


def last_finite(sim, seed, k):
    run = independent(sim, seed, 0)
    try:
        run.advance(k)
    except sv.Diverged as error:
        return run, error.step
    return run, None


def test_diverged_replicas_are_failures_and_are_said():
    sim = sv.Simulation(sv.CBO(sigma=4.0, dt=1.0), sv.landscapes.Sphere(), sv.Swarm(n=4, d=2, seed=0))
    steps = 440
    ends = {seed: last_finite(sim, seed, steps) for seed in range(1, 13)}
    lost = {seed: step for seed, (_, step) in ends.items() if step is not None}
    assert 0 < len(lost) < 12, "the test needs both kinds"
    seen = Visible(sim.journal, sim.initial_swarm, steps, steps)
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
    flock.follow(seen._replace(k=first - 1), 12)
    assert finish(flock).tally(first - 1).diverged == 0
    assert finish(flock, runs=12).tally(steps).diverged == len(lost)


def test_a_diverged_replica_lives_again_when_the_branch_begins_before():
    sim = sv.Simulation(sv.CBO(lam=100.0, dt=10.0), sv.landscapes.Rastrigin(), sv.Swarm(n=6, d=2, seed=11))
    flock = ReplicaPool()
    flock.follow(Visible(sim.journal, sim.initial_swarm, 300, 300), RUNS)
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


# ---- statistics ----------------------------------------------------------------------------------------------------------


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


def test_quantiles_leave_out_what_is_missing():
    table = np.random.default_rng(4).normal(size=(9, 6))
    table[2:, 3], table[:, 4], table[0, 5] = np.nan, np.nan, np.inf
    got = quantiles(table)
    np.testing.assert_array_equal(got[:, :3], np.quantile(table[:, :3], [0.1, 0.5, 0.9], axis=0))
    np.testing.assert_array_equal(got[:, 3], np.quantile(table[:2, 3], [0.1, 0.5, 0.9]))
    assert np.isnan(got[:, 4]).all() and np.isfinite(got[:2, 5]).all()


# ---- the thread ----------------------------------------------------------------------------------------------------------


class Watched:
    """A visible run under a lock of its own, with replicas; ``told`` holds what they said."""

    def __init__(self, sim, late=0.0):
        self.sim, self.lock, self.late = sim, threading.Lock(), late
        self.told, self.news = [], threading.Condition()
        self.luck = ReplicaWorker(self.look, lambda: self.late, self.tell)

    def look(self):
        with self.lock:
            return Visible.of(self.sim)

    def tell(self, standing):
        with self.news:
            self.told.append(standing)
            self.news.notify_all()

    def wait(self, holds):
        with self.news:
            assert self.news.wait_for(lambda: self.told and holds(self.told[-1]), 20), self.told[-1:]
            return self.told[-1]


@pytest.fixture
def watched():
    made = Watched(visible_run(steps=40))
    yield made
    made.luck.close()


def at(k, runs=20):
    return lambda standing: standing.tally is not None and (standing.tally.k, standing.tally.runs) == (k, runs)


def luck_threads():
    return [thread for thread in threading.enumerate() if thread.name == "swarmviz luck"]


def test_nothing_runs_before_it_is_asked_for_and_nothing_after(watched):
    assert watched.luck.count == 0 and not luck_threads() and watched.luck.bands(watched.sim) == {}
    watched.luck.count = 20
    standing = watched.wait(at(40))
    assert standing.seeds == (12, 31) and standing.progress == 1
    thread = luck_threads()[0]
    watched.luck.count = 0
    thread.join(10)
    assert not luck_threads() and watched.luck.bands(watched.sim) == {} and watched.luck.standing == ReplicaStatus(0)
    watched.luck.count = 50
    watched.wait(at(40, 50))
    watched.luck.close()
    assert not luck_threads()
    watched.luck.count = 20
    assert not luck_threads(), "a closed one stays closed"


def test_it_follows_the_visible_run_when_it_is_told(watched):
    watched.luck.count = 20
    watched.wait(at(40))
    with watched.lock:
        watched.sim.dynamics.sigma = 0.4
        watched.sim.advance(25)
    watched.luck.notice()
    found = watched.wait(at(65)).tally.found
    runs = [independent(watched.sim, 12 + r) for r in range(20)]
    assert found == sum(succeeded(run.frame, run.landscape) for run in runs)
    band = watched.luck.bands(watched.sim)["best"]
    np.testing.assert_array_equal(band.high, np.quantile([run.record["best"] for run in runs], 0.9, axis=0))


def test_a_paused_or_hidden_run_costs_nothing(watched):
    watched.luck.count = 20
    watched.wait(at(40))
    assert watched.luck._thread.is_alive()
    looks, look = [], watched.luck._look
    watched.luck._look = lambda: looks.append(1) or look()
    watched.luck.hidden = True
    with watched.lock:
        watched.sim.advance(5)
    watched.luck._next_round = 0.0
    watched.luck.notice()
    with watched.luck._wake:
        assert not watched.luck._wake.wait_for(lambda: looks, 0.6), "hidden: not even a look"
    watched.luck.hidden = False
    watched.wait(at(45))
    del looks[:]
    with watched.luck._wake:
        assert not watched.luck._wake.wait_for(lambda: looks, 0.6), "caught up and nothing new: asleep"


def test_the_visible_run_never_waits_for_a_replica(watched):
    """While a replica is at work the lock of the visible run is free: the piece is held up here until an advance was made."""
    working, go_on, work = threading.Event(), threading.Event(), ReplicaPool.work

    def held_up(flock, seconds):
        working.set()
        assert go_on.wait(20)
        return work(flock, seconds)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ReplicaPool, "work", held_up)
        watched.luck.count = 20
        assert working.wait(20)
        assert watched.lock.acquire(timeout=10)
        watched.sim.advance(5)
        watched.lock.release()
        watched.luck.notice()
        assert watched.luck.bands(watched.sim) == {} and not go_on.is_set()
        go_on.set()
        watched.wait(at(45))


def test_replicas_hold_back_when_pictures_come_late(watched):
    rests = []
    watched.luck._wake.wait_for = lambda holds, seconds: rests.append(seconds)
    for watched.late, more in ((2 * LATE, True), (0.0, False)):
        del rests[:]
        for _ in range(12):
            watched.luck._rest(0.004)
        assert (rests[-1] >= 2.9 * rests[0]) == more and (np.diff(rests) >= 0).all() == more, rests
    assert rests[-1] < 0.5 * rests[0]
    watched.late = 0.0
    for _ in range(40):
        watched.luck._rest(0.004)
    assert rests[-1] == pytest.approx(0.004), "at most half of one core"


def test_the_band_of_another_run_is_never_shown(watched):
    watched.luck.count = 20
    watched.wait(at(40))
    assert len(watched.luck.bands(watched.sim)["best"].k) == 41
    other = visible_run(steps=40, seed=5)
    assert all(len(band.k) == 0 for band in watched.luck.bands(other).values()), "empty, so that the legend stays"
    branch = visible_run(steps=20)
    branch.dynamics.sigma = 0.1
    branch.advance(20)
    assert watched.luck.bands(branch)["best"].k[-1] == 20
    watched.sim.goto(30)
    assert watched.luck.bands(watched.sim)["best"].k[-1] == 40, "the curves still show the future that is known"


def test_replicas_that_cannot_be_made_end_with_the_reason(watched, monkeypatch):
    monkeypatch.setattr(
        ReplicaPool, "work", lambda flock, seconds: (_ for _ in ()).throw(ValueError("radius = 1: leaves no room"))
    )
    watched.luck.count = 20
    standing = watched.wait(lambda standing: standing.trouble)
    assert headline(standing) == "The replicas ended: radius = 1: leaves no room"
    assert watched.luck.count == 0
    monkeypatch.undo()
    watched.luck.count = 20
    watched.wait(at(40))


def test_a_run_that_is_gone_ends_the_thread_and_nobody_is_kept_alive():
    made = Watched(visible_run(steps=4))
    made.luck.count = 20
    made.wait(at(4))
    thread, gone = luck_threads()[0], weakref.ref(made)
    made.luck.close()
    assert not thread.is_alive()
    luck = made.luck
    del made
    gc.collect()
    assert gone() is None and luck.bands(visible_run(steps=1)) == {}
    luck = ReplicaWorker(lambda: None, lambda: 0.0, print)
    luck.count = 20
    while luck_threads():
        luck_threads()[0].join(10)
    assert luck.count == 0


@pytest.mark.parametrize("count", [-1, 201, 2.5, True, "20"])
def test_a_wrong_number_of_replicas_is_refused(watched, count):
    with pytest.raises(ValueError, match=r"count = .*must be a whole number from 0 to 200"):
        watched.luck.count = count
    assert not luck_threads()


# ---- what a person sees --------------------------------------------------------------------------------------------------


def test_the_card_says_it_in_words():
    chosen = []
    card = ReplicaCard(chosen.append)
    assert "Was it luck?" in card.state["headline"] and card.state["progress"] is None
    card._handle_msg(50)
    for nonsense in (7, True, "20", None, {"n": 20}):
        card._handle_msg(nonsense)
    assert chosen == [50] and card.count == 50
    card.show(ReplicaStatus(50, 50, 0.62, (1, 50), SuccessCount(420, 50, 2, 37, 0.6045, 0.8413)))
    state = card.state
    assert state["headline"] == "37 of 50 replicas have found the minimum: 74% (95%: 60–84%) at step 420"
    assert state["remarks"] == "2 replicas diverged, which count as failure."
    assert (state["share"], state["interval"], state["doing"]) == (0.74, [0.6045, 0.8413], "62% of the way")
    assert "1 to 50" in state["seeds"]
    card.show(ReplicaStatus(50, 50, 1.0, (1, 50), SuccessCount(420, 50, 0)))
    assert card.state["share"] is None and card.state["doing"] == "keeping up with the visible run"
    card.show(ReplicaStatus(20, 20))
    assert card.state["headline"] == "20 replicas start …"


# ---- what counts as found --------------------------------------------------------------------------------------------------


def judged_by_hand(sim, tolerance, runs=RUNS):
    """Success of the replicas, from independent runs."""
    those = [independent(sim, sim.initial_swarm.seed + 1 + r) for r in range(runs)]
    return [succeeded(run.frame, run.landscape, tolerance) for run in those]


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
    flock.follow(Visible(sim.journal, sim.initial_swarm, 3000, 3000), 12)
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


def test_the_tolerance_of_the_thread_acts_at_once_on_what_was_told(watched):
    watched.luck.count = 20
    usual = watched.wait(at(40)).tally
    watched.luck.tolerance = 0.25
    assert watched.luck.standing.tally == usual.judged(0.25) and usual.judged(0.25).found > usual.found
    with watched.lock:
        watched.sim.advance(5)
    watched.luck.notice()
    assert watched.wait(at(45)).tally.tolerance == 0.25
    watched.luck.tolerance = None
    assert watched.luck.standing.tally.tolerance == 0.05


@pytest.mark.parametrize(
    "errors", [[0.001, 0.002, 0.19, 0.39, 0.0499999, 0.05], [0.0] * 5, [3.0, 1e9], [1e-12, 0.05, 0.05]]
)
@pytest.mark.parametrize("tolerance", [0.05, 1e-6, 2.0])
def test_each_bar_of_the_errors_is_found_or_is_not_and_none_is_lost(errors, tolerance):
    drawn = histogram([*errors, math.inf], tolerance)
    assert sum(count for *_, count, _ in drawn["bars"]) == len(errors)
    found = sum(error < tolerance for error in errors)
    assert sum(count for *_, count, yes in drawn["bars"] if yes) == found
    for left, right, _, yes in drawn["bars"]:
        assert -1e-9 <= left < right <= 1 + 1e-9
        assert right <= drawn["mark"] + 1e-9 if yes else left >= drawn["mark"] - 1e-9
    assert f"{found} errors below {tolerance:g}" in drawn["text"] and f"{len(errors) - found} above" in drawn["text"]
    assert "1 diverged" in drawn["text"] and len(drawn["ticks"]) >= 1 and 0 < drawn["mark"] < 1
    assert histogram([math.inf], tolerance) is None


def test_the_card_takes_a_tolerance_from_a_person_and_refuses_what_means_nothing():
    heard, shown = [], []
    card = ReplicaCard(print, heard.append, shown.append)
    card.attach(visible_run(steps=0, landscape=sv.landscapes.Griewank()))
    assert (card.state["within"], card.state["usual"]) == (0.0036, 0.0036)
    assert card.state["criterion"] == "Found: nearer than 0.0036 half widths of the box to a known minimiser."
    card._handle_msg({"act": "tolerance", "value": 0.25})
    assert heard == [0.25] and card.tolerance == 0.25 and card.state["within"] == 0.25 and card.state["usual"] == 0.0036
    for nonsense in (0, -1, 1e-7, 2.1, 1e400, math.nan, True, "0.1", [0.1], {"x": 1}, "z" * 5000):
        card._handle_msg({"act": "tolerance", "value": nonsense})
        assert card.tolerance == 0.25 and heard == [0.25]
        said = card.state["complaint"]
        assert said.startswith("tolerance = ") and len(said) <= 200
        if len(str(nonsense)) < 50:
            assert "must be a number with 1e-06 ≤ tolerance ≤ 2" in said
    for nonsense in (
        {"act": "show"},
        {"act": "show", "found": 1},
        {"act": ["show"]},
        {},
        {"act": "show", "found": True},
    ):
        card._handle_msg(nonsense)
    assert not shown, "there is nothing to show yet"
    card._handle_msg({"act": "tolerance", "value": None})
    assert heard[-1] is None and card.state["complaint"] == "" and card.state["within"] == 0.0036
    finite = sv.Simulation(*presets.ALL["finite-set"].build())
    card.attach(finite)
    assert card.state["within"] is None and card.state["errors"] is None


def test_the_card_shows_the_errors_and_one_replica_that_failed():
    sim, shown = visible_run(), []
    tally = finish(ReplicaPool(), sim).tally(sim.k)
    card = ReplicaCard(print, print, shown.append)
    card.show(ReplicaStatus(RUNS, RUNS, 1.0, (12, 16), tally))
    expected = judged_by_hand(sim, None)
    assert (card.state["succeeded"], card.state["failed"]) == (sum(expected), RUNS - sum(expected))
    assert f"{sum(expected)} errors below 0.05" in card.state["errors"]["text"]
    for found in (False, True):
        card._handle_msg({"act": "show", "found": found})
        assert shown[-1].seed == 12 + expected.index(found) and shown[-1].k == sim.k
    card.tolerance = 2.0
    card.show(ReplicaStatus(RUNS, RUNS, 1.0, (12, 16), tally.judged(2.0)))
    card._handle_msg({"act": "show", "found": False})
    assert card.state["failed"] == 0 and len(shown) == 2


def banded(sim, flock, **options):
    view = Curves(**options)
    view.bands = lambda shown: flock.bands()
    view.attach(sim)
    return view


@pytest.mark.parametrize("log", [False, True])
def test_the_band_lies_under_its_curve_on_the_same_scale(log):
    sim = visible_run(steps=40, landscape=sv.landscapes.Himmelblau())
    flock = finish(ReplicaPool(), sim, runs=20)
    view = banded(sim, flock)
    view.choose(0, "value", log=log)
    plot, offset = view.plots[0], sim.landscape.minimum(2) if log else 0.0
    names = [o.name for o in sim.dynamics.observables if o.panel == "value"]
    assert len(plot.bands) == len(names)
    for place, (name, (data, area, median)) in enumerate(zip(names, plot.bands, strict=True)):
        band = flock.bands()[name]
        for column, part in (("low", band.low), ("y", band.middle), ("high", band.high)):
            expected = part - offset
            np.testing.assert_array_equal(
                data.data[column], np.where(expected > 0, expected, BELOW) if log else expected
            )
        np.testing.assert_array_equal(data.data["k"], np.arange(41))
        order = plot.figure.renderers
        assert all(order.index(area) < order.index(line) for _, line in plot.slots), "the band covers a curve"
        assert area.visible and area.glyph.fill_color == LIGHT.curves[place]
        assert median.name.endswith("median of 20 replicas") and median in plot.hover.renderers
        shown = np.concatenate([data.data["low"], data.data["high"]])
        shown = shown[shown > BELOW] if log else shown
        assert plot.figure.y_range.end >= shown.max() and (log or plot.figure.y_range.start <= shown.min())
    assert [i.label.value for i in plot.legend.items][-1] == "10–90% of 20 replicas"
    view.set_dark(True)
    assert plot.bands[1][1].glyph.fill_color == DARK.curves[1]


def test_the_band_comes_and_goes_without_a_trace_and_keeps_its_place_in_the_legend_while_it_is_empty():
    sim = visible_run(steps=40)
    flock, view = finish(ReplicaPool(), sim), Curves()
    view.attach(sim)
    plain = [item.label.value for item in view.plots[0].legend.items]
    paint = lambda: view.paint(view.prepare(sim.frame, sim))  # noqa: E731
    view.bands = lambda shown: flock.bands()
    paint()
    items = view.plots[0].legend.items
    view.bands = lambda shown: {name: band.until(-1) for name, band in flock.bands().items()}
    paint()
    assert view.plots[0].legend.items == items, "nothing in the layout moves when replicas begin anew"
    assert all(len(data.data["k"]) == 0 for data, *_ in view.plots[0].bands)
    view.bands = lambda shown: {}
    paint()
    assert [item.label.value for item in view.plots[0].legend.items] == plain
    assert not any(renderer.visible for _, *both in view.plots[0].bands for renderer in both)
