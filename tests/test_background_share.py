"""How much of a core what is computed in the background takes: most of one by itself, half of one where threads share it."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from components import background
from components.background import (
    LATE_S,
    MAX_REST_S,
    MAX_SHARE,
    PART_OF_VISIT,
    SHARED_SHARE,
    SHARING_S,
    Share,
    SharedCore,
)

WORKED_S = 0.004


def test_who_has_the_core_alone_takes_most_of_it():
    rest = Share(0.1).rest_s(WORKED_S, 0.0)
    assert WORKED_S / (WORKED_S + rest) == pytest.approx(MAX_SHARE) and SHARED_SHARE < MAX_SHARE < 1


@pytest.mark.parametrize("threads", [2, 20])
def test_threads_that_share_it_have_half_of_one_core(threads):
    rest = Share(0.6).rest_s(WORKED_S, 0.0, sharing=threads)
    assert threads * WORKED_S / (WORKED_S + rest) == pytest.approx(SHARED_SHARE)


def test_it_takes_less_and_less_down_to_its_least_share_while_pictures_come_late_and_then_more_again():
    share = Share(0.3)

    def taken(late_s, **shared):
        return WORKED_S / (WORKED_S + share.rest_s(WORKED_S, late_s, **shared))

    assert [taken(2 * LATE_S) for _ in range(3)] == pytest.approx([0.4, 0.3, 0.3])
    assert taken(2 * LATE_S, sharing=2) == pytest.approx(0.15)
    again = [taken(0.0) for _ in range(20)]
    assert again == sorted(again) and again[0] == pytest.approx(0.33) and again[-1] == pytest.approx(MAX_SHARE)


def test_who_waited_for_the_processor_rests_as_much_less():
    assert Share(0.1).rest_s(WORKED_S, 0.0, waited_s=0.001) == pytest.approx(Share(0.1).rest_s(WORKED_S, 0.0) - 0.001)
    assert Share(0.1).rest_s(WORKED_S, 0.0, waited_s=5.0) == 0.0


def test_no_visit_has_more_than_its_fair_part_while_others_come_late():
    rest = Share(0.6).rest_s(WORKED_S, 2 * LATE_S, most=2 / 11)
    assert WORKED_S / (WORKED_S + rest) == pytest.approx(PART_OF_VISIT * 2 / 11), "its pictures have the other half"
    shared = Share(0.1).rest_s(WORKED_S, 0.0, sharing=20)
    assert Share(0.1).rest_s(WORKED_S, 0.0, sharing=20, most=2 / 11) == shared, "it has less than that already"


def test_what_works_in_the_background_rests_by_the_fair_part_of_its_visit():
    work = background.BackgroundThread(
        lambda: None, lambda: 0.0, print, name="map", least_share=0.1, look_every_s=1.0, fair_share=lambda: 1 / 16
    )
    work._asked, rests = lambda: True, []
    work._wake = type(
        "Wake", (), {"__enter__": int, "__exit__": lambda *of: None, "wait_for": lambda *of: rests.append(of[2])}
    )()
    work._rest(WORKED_S)
    assert rests == [pytest.approx(31 * WORKED_S)]


def test_all_that_a_session_has_in_the_background_knows_its_fair_part(running):
    running.transport._fair_share = lambda transport: 0.125 if transport is running.transport else 1.0
    workers = running.maps, running.law, running.replicas.worker, running.replicas.other, running.law_error.worker
    assert [worker._fair_share() for worker in workers] == [0.125] * 5


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a priority for each thread")
def test_a_thread_of_the_background_gives_way_to_others_and_they_stay_as_they_are():
    mine, theirs = os.getpriority(os.PRIO_PROCESS, threading.get_native_id()), []

    class Work(background.BackgroundThread):
        def _asked(self):
            return not theirs

        def _work(self):
            theirs.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    work = Work(lambda: None, lambda: 0.0, print, name="map", least_share=0.1, look_every_s=1.0)
    with work._wake:
        work._started()
    work._thread.join()
    assert theirs == [min(mine + background.NICENESS, 19)]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == mine


def test_nobody_rests_for_ever():
    assert Share(0.1).rest_s(10.0, 2 * LATE_S, sharing=20) == MAX_REST_S < SHARING_S, "else who rests were forgotten"


def held(core):
    with core:
        pass


def test_who_held_it_of_late_shares_it(monkeypatch):
    core, now = SharedCore(), [100.0]
    monkeypatch.setattr(background, "time", type("Clock", (), {"monotonic": staticmethod(lambda: now[0])}))
    assert core.sharing() == 1, "who asks"
    alive = threading.Barrier(4)  # a thread that has ended leaves its number to another one

    def work():
        held(core)
        alive.wait()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    alive.wait()
    assert core.sharing() == 3
    now[0] += SHARING_S
    held(core)
    assert core.sharing() == 1
    for thread in threads:
        thread.join()


def test_threads_of_long_ago_are_forgotten(monkeypatch):
    core, now = SharedCore(), [100.0]
    monkeypatch.setattr(background, "time", type("Clock", (), {"monotonic": staticmethod(lambda: now[0])}))
    core._held_at = {-i: now[0] - SHARING_S for i in range(1, 1 + background.MANY_THREADS)}
    held(core)
    assert len(core._held_at) == 1
