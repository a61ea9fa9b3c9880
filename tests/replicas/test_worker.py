"""The thread of the replicas: it follows the visible run, and leaves it in peace."""

from __future__ import annotations

import gc
import threading
import weakref

import numpy as np
import pytest

from components import background
from components.background import LATE_S, MAX_SHARE
from components.replicas.card import ReplicaStatus, headline
from components.replicas.pool import ReplicaPool
from components.replicas.worker import ReplicaWorker
from swarmviz.success import succeeded
from tests.replicas.runs import Watched, at, independent, visible_run


@pytest.fixture
def watched():
    made = Watched(visible_run(steps=40))
    yield made
    made.luck.close()


def luck_threads():
    return [thread for thread in threading.enumerate() if thread.name == "swarmviz replicas"]


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


def test_replicas_hold_back_when_pictures_come_late(watched, monkeypatch):
    monkeypatch.setattr(background, "ONE_CORE", background.SharedCore())  # which threads of other tests do not share
    rests = []
    watched.luck._wake.wait_for = lambda holds, seconds: rests.append(seconds)
    for watched.late, more in ((2 * LATE_S, True), (0.0, False)):
        del rests[:]
        for _ in range(12):
            watched.luck._rest(0.004)
        assert (rests[-1] >= 2.9 * rests[0]) == more and (np.diff(rests) >= 0).all() == more, rests
    assert rests[-1] < 0.5 * rests[0]
    watched.late = 0.0
    for _ in range(40):
        watched.luck._rest(0.004)
    assert rests[-1] == pytest.approx(0.004 * (1 / MAX_SHARE - 1)), "not all of one core"


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


def test_claims_are_judged_only_while_the_verdicts_are_seen(watched):
    watched.luck.count = 20
    watched.wait(at(40))
    assert watched.luck.verdicts(watched.sim) == {}
    watched.luck.judging = True  # of replicas that have nothing left to do
    watched.wait(lambda standing: watched.luck.verdicts(watched.sim))
    assert watched.luck.verdicts(watched.sim)["cbo-identity"].runs == 20
    with watched.lock:
        watched.sim.goto(20)
        watched.sim.dynamics.sigma = 0.3
        watched.sim.advance(5)
    assert watched.luck.verdicts(watched.sim) == {}, "of other parameters than those that act now"
    watched.luck.count = 0
    assert watched.luck.verdicts(watched.sim) == {}


def test_claims_that_are_asked_for_from_the_first_moment_on_do_not_end_the_replicas(watched):
    watched.luck.judging = True
    watched.luck.count = 20
    standing = watched.wait(at(40))
    assert standing.trouble == ""
    watched.wait(lambda standing: watched.luck.verdicts(watched.sim))
