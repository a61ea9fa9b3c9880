"""How much of a core what is computed in the background takes: half of one, which all threads share."""

from __future__ import annotations

import threading

import pytest

from components import background
from components.background import LATE_S, MAX_REST_S, MAX_SHARE, SHARING_S, Share, SharedCore

WORKED_S = 0.004


@pytest.mark.parametrize("threads", [1, 2, 20])
def test_threads_share_half_of_one_core(threads):
    rest = Share(0.1).rest_s(WORKED_S, 0.0, sharing=threads)
    assert threads * WORKED_S / (WORKED_S + rest) == pytest.approx(MAX_SHARE)


def test_who_waited_for_the_processor_rests_as_much_less():
    assert Share(0.1).rest_s(WORKED_S, 0.0, waited_s=0.001) == pytest.approx(Share(0.1).rest_s(WORKED_S, 0.0) - 0.001)
    assert Share(0.1).rest_s(WORKED_S, 0.0, waited_s=5.0) == 0.0


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
