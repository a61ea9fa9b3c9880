"""The thread of the law: it follows the visible run, leaves it in peace, and is there only while something of the law is drawn."""

from __future__ import annotations

import gc
import threading
import weakref

import numpy as np
import pytest

import swarmviz as sv
from components import background
from components.background import LATE_S, MAX_SHARE
from components.law import worker
from components.law.worker import LawWorker
from swarmviz.drawing.law_beside import DENSITY, DISTANCE, PHASE, LawBesideRun
from tests.law.runs import Watched, law_at, law_threads, same, visible_run

DRAWN = frozenset({DENSITY})


@pytest.fixture
def watched():
    made = Watched(visible_run(12))
    yield made
    made.law.close()


def test_nothing_runs_before_something_is_drawn_and_nothing_after(watched):
    watched.law.notice(frozenset())
    assert not law_threads() and watched.law.law(watched.sim) is None
    watched.law.notice(DRAWN)
    watched.reaches(12)
    thread = law_threads()[0]
    watched.law.notice(frozenset())
    thread.join(10)
    assert not law_threads() and watched.law.law(watched.sim) is None and len(watched.law.distances(watched.sim).k) == 0
    watched.law.notice(DRAWN)
    watched.reaches(12)
    watched.law.close()
    assert not law_threads()
    watched.law.notice(DRAWN)
    assert not law_threads(), "a closed one stays closed"


def test_it_follows_the_visible_run_when_it_is_told(watched):
    watched.law.notice(DRAWN | {DISTANCE})
    watched.wait(lambda law: len(law.distances(watched.sim).k) == 13)
    with watched.lock:
        watched.sim.dynamics.sigma = 0.4
        watched.sim.advance(8)
    watched.law.notice(DRAWN)
    watched.reaches(20)
    assert same(watched.law.law(watched.sim), law_at(watched.sim))


def test_a_run_that_rests_is_told_once_and_costs_nothing(watched):
    watched.law.notice(DRAWN)
    watched.reaches(12)
    told = watched.told
    looks, look = threading.Semaphore(0), watched.law._look
    watched.law._look = lambda: looks.release() or look()
    watched.law.notice(DRAWN)  # the picture that was painted because of the news
    assert looks.acquire(timeout=20)
    assert not looks.acquire(timeout=0.3), "asleep"
    assert watched.told == told


def test_behind_a_hidden_page_it_rests_however_far_behind_it_is(watched, monkeypatch):
    pieces, work = threading.Semaphore(0), LawBesideRun.work
    monkeypatch.setattr(LawBesideRun, "work", lambda *given: pieces.release() or work(*given) or True)  # never done
    monkeypatch.setattr(worker, "MAX_REST_S", 0.05)
    watched.law.notice(DRAWN)
    assert pieces.acquire(timeout=20) and pieces.acquire(timeout=20)
    watched.hidden = True
    while pieces.acquire(timeout=0.5):
        pass  # what was under way
    watched.law.notice(DRAWN)
    assert not pieces.acquire(timeout=0.5), "it works although nobody sees it"
    watched.hidden = False
    assert pieces.acquire(timeout=20), "it does not go on"


def test_the_visible_run_never_waits_for_its_law(watched):
    """While the law is at work the lock of the visible run is free: the piece is held up here until an advance was made."""
    working, go_on, work = threading.Event(), threading.Event(), LawBesideRun.work

    def held_up(law, parts, seconds):
        working.set()
        assert go_on.wait(20)
        return work(law, parts, seconds)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LawBesideRun, "work", held_up)
        watched.law.notice(DRAWN)
        assert working.wait(20)
        assert watched.lock.acquire(timeout=10)
        watched.sim.advance(5)
        watched.lock.release()
        watched.law.notice(DRAWN)
        assert watched.law.law(watched.sim) is None and not go_on.is_set()
        go_on.set()
        watched.reaches(17)


def test_the_law_holds_back_when_pictures_come_late(watched, monkeypatch):
    monkeypatch.setattr(background, "ONE_CORE", background.SharedCore())  # which threads of other tests do not share
    rests = []
    watched.law._wake.wait_for = lambda holds, seconds: rests.append(seconds)
    for watched.late, more in ((2 * LATE_S, True), (0.0, False)):
        del rests[:]
        for _ in range(12):
            watched.law._rest(0.004)
        assert (np.diff(rests) >= 0).all() == more, rests
    watched.late = 0.0
    for _ in range(40):
        watched.law._rest(0.004)
    assert rests[-1] == pytest.approx(0.004 * (1 / MAX_SHARE - 1)), "not all of one core"


def test_the_law_of_another_run_is_never_drawn(watched):
    watched.law.notice(DRAWN | {DISTANCE})
    watched.wait(lambda law: len(law.distances(watched.sim).k) == 13)
    other = visible_run(12, seed=5)
    assert watched.law.law(other) is None and len(watched.law.distances(other).k) == 0
    branch = visible_run(4)
    branch.dynamics.sigma = 0.1
    branch.advance(8)
    assert watched.law.law(branch) is None, "after the change"
    assert watched.law.distances(branch).k[-1] == 4
    with watched.lock:
        watched.sim.goto(8)
    watched.law.notice(DRAWN | {DISTANCE})
    watched.reaches(8)
    assert watched.law.distances(watched.sim).k[-1] == 12, "the curves still show the future that is known"


def test_another_law_at_the_same_step_is_news(watched, monkeypatch):
    """A paused run is painted only when something is new; here nothing is handed out on the way."""
    monkeypatch.setattr(worker, "PUBLISH_EVERY_S", 1e9)
    watched.law.notice(DRAWN)
    watched.reaches(12)
    with watched.lock:
        watched.sim = visible_run(12, sigma=0.2)
    told = watched.told
    watched.law.notice(DRAWN)
    watched.wait(lambda law: watched.told > told)
    watched.reaches(12)
    assert same(watched.law.law(watched.sim), law_at(watched.sim))


def test_a_law_that_fails_ends_with_the_reason_and_is_not_begun_again(watched, monkeypatch):
    tries = []

    def fail(law, parts, seconds):
        tries.append(1)
        raise ZeroDivisionError("no mass")

    monkeypatch.setattr(LawBesideRun, "work", fail)
    watched.law.notice(DRAWN)
    watched.wait(lambda law: law.law(watched.sim) is not None)
    assert "ZeroDivisionError: no mass" in watched.law.law(watched.sim).sentence
    watched.law.notice(DRAWN)
    assert tries == [1] and not [thread for thread in law_threads() if thread is not threading.current_thread()]
    monkeypatch.undo()
    watched.law.notice(frozenset())
    watched.law.notice(DRAWN)
    watched.reaches(12)


def test_where_there_is_no_law_the_reason_is_said():
    made = Watched(visible_run(3, d=2))
    made.law.notice(DRAWN)
    made.wait(lambda law: law.law(made.sim) is not None)
    drawn = made.law.law(made.sim)
    assert drawn.k == -1 and drawn.note == "" and "d = 1 only; here d = 2" in drawn.sentence
    made.law.close()


def test_a_run_that_is_gone_ends_the_thread_and_nobody_is_kept_alive():
    made = Watched(visible_run(3))
    made.law.notice(DRAWN)
    made.reaches(3)
    thread, gone = law_threads()[0], weakref.ref(made)
    made.law.close()
    assert not thread.is_alive()
    law = made.law
    del made
    gc.collect()
    assert gone() is None and law.law(visible_run(1)) is None
    law = LawWorker(lambda: None, lambda: 0.0, print)
    law.notice(DRAWN)
    while law_threads():
        law_threads()[0].join(10)
    assert not law.drawn


def test_the_phase_space_follows_the_view_that_asks(watched):
    watched.sim = visible_run(3, dynamics=sv.BGK())
    parts = frozenset({PHASE})
    watched.law.plane(watched.sim, PHASE, (-2.0, 2.0), (-1.0, 1.0))
    watched.law.notice(parts)
    watched.wait(lambda law: law.plane(watched.sim, PHASE, (-4.0, 4.0), (-1.0, 1.0)) is not None)
    watched.law.notice(parts)
    watched.wait(lambda law: law.plane(watched.sim, PHASE, (-4.0, 4.0), (-1.0, 1.0)).x_ends == (-4.0, 4.0))


def test_a_part_that_a_law_has_not_is_refused(watched):
    with pytest.raises(ValueError, match=r"drawn = \['colour'\]: must be among density, distance, masses, phase"):
        watched.law.drawn = frozenset({"colour"})


def test_what_takes_long_to_draw_is_drawn_more_rarely(watched, monkeypatch):
    """A drawing takes 0.1 s here, and work is done half of the time: one drawing for each 0.4 s of work."""
    law, drawn, clock, used = LawBesideRun(), [], [0.0], [0.0]
    law.follow(watched.look())
    monkeypatch.setattr(worker.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(worker.time, "thread_time", lambda: used[0])

    def draw(parts, views):
        drawn.append(clock[0])
        clock[0], used[0] = clock[0] + 0.1, used[0] + 0.1
        return beside(parts, views)

    beside, law.beside = law.beside, draw
    watched.law._drawn = DRAWN
    while clock[0] < 18:
        watched.law._worked_s += 0.01
        watched.law._publish(law, DRAWN, busy=True)
        clock[0] += 0.02
    assert 18 / len(drawn) == pytest.approx(0.1 + 2 * 0.1 * worker.WORK_PER_DRAWING, rel=0.1)
    watched.law._publish(law, DRAWN, busy=False)
    assert drawn[-1] > 18, "the last one is drawn at once"
    watched.law._drawn = frozenset()
