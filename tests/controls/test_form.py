"""The transport's worker without a document."""

from __future__ import annotations

import contextlib
import threading
import time

import pytest

from components.playback.transport import FASTEST, Moment, Transport


def wait(holds, seconds=5.0):
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.005)
    return holds()


# ---- the transport without a document ----------------------------------------------------------------------------------------


class Player:
    """Counts what the transport asks for."""

    def __init__(self, fails=None):
        self.k, self.batches, self.painted, self.errors, self.fails = 0, [], [], [], fails
        self.threads = set()
        self.transport = Transport(self.advance, self.picture, self.painted.append, self.errors.append)

    def advance(self, steps):
        self.threads.add(threading.current_thread().name)
        if self.fails is not None and self.k >= self.fails:
            raise ArithmeticError("too far")
        self.batches.append(steps)
        self.k += steps

    def picture(self, count):
        return Moment(self.k, float(self.k), self.k), {count % 2: self.k}


@pytest.fixture
def player():
    made = []

    def make(**options):
        made.append(Player(**options))
        return made[-1]

    yield make
    for each in made:
        each.transport.stop()


def test_the_worker_plays_pauses_and_ends(player):
    p = player()
    p.transport.speed, p.transport.playing = 1000.0, True
    p.transport.start(None)
    assert wait(lambda: p.k > 50)
    p.transport.playing = False
    time.sleep(0.1)
    stood = p.k
    time.sleep(0.2)
    assert p.k == stood
    assert p.threads == {"swarmviz transport"}, "the page's thread must not compute"
    p.transport.stop()
    assert not [t for t in threading.enumerate() if t is p.transport._thread]


def test_the_speed_is_kept_on_average(player):
    p = player()
    p.transport.speed, p.transport.playing = 200.0, True
    p.transport.start(None)
    assert wait(lambda: p.k > 0)
    k, began = p.k, time.monotonic()
    time.sleep(1.0)
    p.transport.playing = False
    rate = (p.k - k) / (time.monotonic() - began)
    assert 100 < rate < 260  # wide: the machine may be busy, and lost time is not made up for


@pytest.mark.parametrize(
    "speed, draw_every", [(0.5, 1), (1, 1), (2, 1), (3, 1), (10, 1), (45, 1), (10, 20), (1e-20, 1)]
)
def test_a_slow_speed_is_what_it_says(player, monkeypatch, speed, draw_every):
    transport, now = player().transport, [1000.0]
    monkeypatch.setattr("components.playback.transport.time.monotonic", lambda: now[0])
    transport.speed, transport.draw_every, transport.playing = speed, draw_every, True
    while now[0] < 1060:
        transport._k += transport._due()
        assert transport._next_at - now[0] <= threading.TIMEOUT_MAX, "no lock can wait so long"
        now[0] = max(transport._next_at, now[0] + 1e-3)
    assert abs(transport._k - 60 * speed) <= max(draw_every, 0.05 * 60 * speed)


def test_a_speed_below_one_picture_a_period_takes_single_steps(player):
    p = player()
    p.transport.speed, p.transport.playing = 10.0, True
    p.transport.start(None)
    assert wait(lambda: p.k >= 4)
    assert set(p.batches) == {1}


def test_as_fast_as_it_goes_takes_many_steps_a_picture(player):
    p = player()
    p.transport.speed, p.transport.playing = FASTEST, True
    p.transport.start(None)
    assert wait(lambda: p.batches and max(p.batches) > 1000)


def test_a_failure_stops_playing_is_told_and_leaves_the_worker_alive(player):
    p = player(fails=20)
    p.transport.speed, p.transport.playing = 1000.0, True
    p.transport.start(None)
    assert wait(lambda: p.errors)
    assert "too far" in str(p.errors[0]) and not p.transport.playing
    assert wait(lambda: p.painted and 20 <= next(iter(p.painted[-1].values())))
    p.fails = None
    p.transport.do(lambda: p.advance(1))
    assert wait(lambda: p.batches[-1] == 1)


def test_steps_that_became_slow_hold_up_neither_a_pause_nor_who_waits_for_the_swarm(player):
    p, lock = player(), threading.Lock()
    quick, slow = p.advance, threading.Event()

    def advance(steps):
        with lock:
            quick(steps)
            time.sleep(0.005 * steps if slow.is_set() else 0)

    p.transport._advance = advance
    p.transport.draw_every = 100_000  # eight minutes of slow steps to the next picture
    p.transport.speed, p.transport.playing = FASTEST, True
    p.transport.start(None)
    assert wait(lambda: max(p.batches, default=0) > 1000)
    p.transport.do(slow.set)
    assert wait(slow.is_set)
    count = len(p.batches)
    assert wait(lambda: len(p.batches) > count + 3)
    assert max(p.batches[count:]) < 100, "a piece lasts a tenth of a second, whatever steps cost before"
    assert lock.acquire(timeout=5.0), "between two pieces the swarm is free"
    lock.release()
    painted = len(p.painted)
    p.transport.draw_every = 1
    assert wait(lambda: len(p.painted) > painted), "who no longer wants to wait for a picture need not"


def test_a_hidden_page_takes_no_steps(player):
    p = player()
    p.transport.speed, p.transport.playing, p.transport.hidden = 1000.0, True, True
    p.transport.start(None)
    time.sleep(0.2)
    assert p.k == 0
    p.transport.hidden = False
    assert wait(lambda: p.k > 0)


class Document:
    """A document whose page thread runs when the test says so, and whose browser paints when the test says so."""

    def __init__(self):
        self.callbacks = []

    def add_next_tick_callback(self, function):
        self.callbacks.append(function)

    def run(self):
        waiting, self.callbacks = self.callbacks, []
        for function in waiting:
            function()

    def hold(self, *args):
        pass

    def unhold(self):
        pass


def test_at_most_two_pictures_are_under_way_and_the_newest_wins(player, monkeypatch):
    monkeypatch.setattr("components.playback.transport.pn.io.hold", lambda doc: contextlib.nullcontext())
    p, doc = player(), Document()
    p.transport.speed, p.transport.playing = 1000.0, True
    p.transport.start(doc)
    until = time.monotonic() + 0.6
    while time.monotonic() < until:
        doc.run()
        time.sleep(0.01)
    assert len(p.painted) == 2, "a browser that acknowledges nothing gets a window of two"
    stood = p.k
    time.sleep(0.2)
    assert p.k == stood, "with a full mailbox the worker waits"
    p.transport.do(lambda: p.advance(1000))  # a command goes on, and replaces what lay in the mailbox
    assert wait(lambda: p.k == stood + 1000)
    time.sleep(0.05)
    p.transport._acknowledge(1)
    doc.run()
    assert wait(lambda: len(p.painted) == 3)
    assert p.painted[2][0] == stood + 1000
    assert 1 in p.painted[2] or 0 in p.painted[2]


def test_without_an_acknowledgement_pictures_go_on_slowly(player, monkeypatch):
    monkeypatch.setattr("components.playback.transport.pn.io.hold", lambda doc: contextlib.nullcontext())
    monkeypatch.setattr("components.playback.transport.PATIENCE", 0.2)
    p, doc = player(), Document()
    p.transport.speed, p.transport.playing = 1000.0, True
    p.transport.start(doc)
    until = time.monotonic() + 1.2
    while time.monotonic() < until:
        doc.run()
        time.sleep(0.01)
    assert 3 <= len(p.painted) <= 10, (
        "one more every PATIENCE seconds, or a page that misses its first pictures hangs for good"
    )


def test_a_picture_that_was_never_sent_cannot_be_acknowledged(player):
    """A browser that acknowledges what lies in the future would be sent pictures without end."""
    p = player()
    p.transport._sent = 3
    p.transport._acknowledge(10**9)
    assert p.transport._acknowledged == 3


def test_nothing_moves_while_the_connection_is_broken_and_then_everything_is_shown_anew(player, monkeypatch):
    monkeypatch.setattr("components.playback.transport.pn.io.hold", lambda doc: contextlib.nullcontext())
    p, doc = player(), Document()
    p.transport.speed, p.transport.playing = 1000.0, True
    p.transport.start(doc)

    def live(seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            doc.run()
            p.transport._acknowledge(p.transport._sent)
            time.sleep(0.01)

    live(0.3)
    p.transport.alone = True
    live(0.3)
    stood, painted = p.k, len(p.painted)
    live(0.5)
    assert p.k == stood and len(p.painted) == painted
    p.transport.alone = False
    until = time.monotonic() + 20
    while p.k == stood or len(p.painted) == painted:
        assert time.monotonic() < until
        live(0.05)
    p.transport.stop()
