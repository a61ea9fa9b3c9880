"""Threads that help one swarm: taken when idle, waited for by nobody."""

from __future__ import annotations

import threading

import pytest

import swarmviz as sv
from swarmviz import threads
from swarmviz.threads import Threads

PATIENCE_S = 30.0


@pytest.fixture
def helpers(monkeypatch):
    monkeypatch.setenv(threads.VARIABLE, "3")
    return Threads()


def parts_of(helpers):
    """Which parts were worked on, when as many come as may."""
    parts, all_there = [], threading.Barrier(3, timeout=PATIENCE_S)

    def work(part):
        parts.append(part)
        all_there.wait()

    helpers.together(work)
    return parts


def test_as_many_work_as_may(helpers):
    assert sorted(parts_of(helpers)) == [0, 1, 2]


def test_nobody_waits_for_a_helper(helpers):
    entered, let_go = threading.Semaphore(0), threading.Event()

    def work(part):
        if part:
            entered.release()
            let_go.wait(PATIENCE_S)

    helpers.together(work)  # comes back although two have not
    for _ in range(2):
        assert entered.acquire(timeout=PATIENCE_S)
    parts = []
    helpers.together(parts.append)  # both are busy
    assert parts == [0]
    let_go.set()


def test_a_helper_that_fails_helps_again(helpers, capfd):
    told = threading.Semaphore(0)

    def work(part):
        if part:
            told.release()
            raise RuntimeError("no memory")

    for _ in range(2):
        helpers.together(work)
        for _ in range(2):
            assert told.acquire(timeout=PATIENCE_S)
        while len(helpers._idle) < 2:  # they give themselves back after they were heard
            threading.Event().wait(0.001)
    assert "no memory" in capfd.readouterr().err


def test_one_thread_within(helpers):
    parts = []
    with helpers.at_most(1):
        with helpers.at_most(2):  # what is outside goes on to hold
            helpers.together(parts.append)
    assert parts == [0]
    assert sorted(parts_of(helpers)) == [0, 1, 2]


@pytest.mark.parametrize("said", ["0", "-1", "two", "65", "1.5"])
def test_a_number_that_is_none(said, monkeypatch):
    monkeypatch.setenv(threads.VARIABLE, said)
    with pytest.raises(ValueError, match=r"SWARMVIZ_THREADS = .*: must be a whole number from 1 to 64"):
        _ = Threads().most


@pytest.mark.parametrize("given", [0, True, 2.0, "2", 65])
def test_bad_numbers_are_refused(given):
    with pytest.raises(ValueError, match=r"threads = .*: must be a whole number from 1 to 64"):
        sv.set_threads(given)
