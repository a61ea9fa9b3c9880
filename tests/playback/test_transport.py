"""The thread that plays: commands, pauses, failures, and a document whose page and browser do what the test says."""

from __future__ import annotations

import contextlib
import threading
import time

import pytest

from components.playback.acknowledgement import PageClock, Painted
from components.playback.frame_gate import FrameGate
from components.playback.pacer import LIGHT_S
from components.playback.transport import FASTEST, Moment, Transport
from swarmviz.threads import THREADS


def wait(holds, seconds=5.0):
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.005)
    return holds()


class Player:
    """Counts what the transport asks for."""

    def __init__(self, fails=None, gate=None, fair_share=lambda transport: 1.0, step_s=0.0):
        self.k, self.batches, self.painted, self.errors, self.fails = 0, [], [], [], fails
        self.step_s = step_s
        self.threads, self.requests = set(), []
        self.transport = Transport(
            self.advance, self.picture, self.painted.append, self.errors.append, gate, fair_share
        )

    def advance(self, steps):
        self.threads.add(threading.current_thread().name)
        if self.fails is not None and self.k >= self.fails:
            raise ArithmeticError("too far")
        self.batches.append(steps)
        self.k += steps
        if self.step_s:
            time.sleep(self.step_s * steps)

    def picture(self, request):
        self.requests.append(request)
        return Moment(self.k, float(self.k), self.k), {request.count % 2: self.k}


@pytest.fixture
def player():
    made = []

    def make(**options):
        made.append(Player(**options))
        return made[-1]

    yield make
    for each in made:
        each.transport.stop()


# ---- without a document ----------------------------------------------------------------------------------------------------


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


def test_a_swarm_whose_steps_are_slow_is_drawn_before_as_many_are_taken_as_quick_ones_would_be(player):
    """What a step takes is a guess at first: two thousand steps of a million agents last a quarter of a minute."""
    p = player(step_s=0.01)
    p.transport.speed, p.transport.playing = FASTEST, True
    p.transport.start(None)
    assert wait(lambda: len(p.painted) > 2)
    assert p.k < 200, "each picture is of some tenths of a second of steps"


def test_a_swarm_that_takes_more_than_its_share_rests_and_one_that_takes_little_is_not_asked(player):
    asked = []

    def fair_share(transport):
        asked.append(transport)
        return 0.1

    light, heavy = player(fair_share=fair_share), player(fair_share=fair_share)
    quick, worked = heavy.advance, []

    def advance(steps):
        quick(steps)
        until = time.thread_time() + 5 * LIGHT_S
        while time.thread_time() < until:
            pass
        worked.append(time.thread_time())

    heavy.transport._advance = advance
    for p in (light, heavy):
        p.transport.speed, p.transport.playing = 30.0, True
    began = time.monotonic()
    for p in (light, heavy):
        p.transport.start(None)
    assert wait(lambda: len(heavy.painted) >= 6)
    took = time.monotonic() - began
    assert set(asked) == {heavy.transport}
    assert took > 5 * 9 * 5 * LIGHT_S, "nine times as long as it worked, between any two of its pictures"
    assert len(worked) >= 6 and len(light.painted) > 6


def test_steps_take_no_more_threads_than_they_may(player, monkeypatch):
    monkeypatch.setattr(THREADS, "_most", 8)
    p = player()
    quick, allowed = p.advance, []

    def advance(steps):
        quick(steps)
        allowed.append(THREADS.allowed)

    p.transport._advance, p.transport._threads = advance, lambda transport: 3 if len(allowed) < 2 else 1
    p.transport.playing = True
    p.transport.start(None)
    assert wait(lambda: len(allowed) >= 4)
    assert allowed[:4] == [3, 3, 1, 1] and THREADS.allowed == 8


def test_a_pause_ends_a_batch_between_two_of_its_pieces(player):
    p = player(step_s=0.02)
    p.transport.draw_every = 1000
    p.transport.speed, p.transport.playing = FASTEST, True
    p.transport.start(None)
    assert wait(lambda: len(p.batches) > 2)
    p.transport.playing = False
    time.sleep(0.5)  # longer than any piece
    stood = p.k
    time.sleep(0.3)
    assert p.k == stood < 1000


def test_a_hidden_page_takes_no_steps(player):
    p = player()
    p.transport.speed, p.transport.playing, p.transport.hidden = 1000.0, True, True
    p.transport.start(None)
    time.sleep(0.2)
    assert p.k == 0
    p.transport.hidden = False
    assert wait(lambda: p.k > 0)


def test_a_command_and_a_redraw_ask_for_everything_and_steps_for_the_views_whose_turn_it_is(player):
    p = player()
    p.transport.start(None)
    p.transport.do(lambda: p.advance(1))
    assert wait(lambda: len(p.requests) == 1)
    p.transport.redraw()
    assert wait(lambda: len(p.requests) == 2)
    assert all(request.everything for request in p.requests) and p.k == 1
    p.transport.speed, p.transport.playing = 1000.0, True
    assert wait(lambda: len(p.requests) > 5)
    p.transport.playing = False
    assert not any(request.everything for request in p.requests[2:])
    counts = [request.count for request in p.requests[2:]]
    assert counts == list(range(2, 2 + len(counts)))


def test_news_of_the_background_ask_for_their_views_while_the_swarm_stands_and_for_nothing_while_it_moves(player):
    p = player()
    p.transport.start(None)
    p.transport.tell_news("map")
    assert wait(lambda: len(p.requests) == 1)
    assert p.requests[0].news == {"map"} and not p.requests[0].everything and p.k == 0
    p.transport.hidden = True
    p.transport.tell_news("map")
    p.transport.tell_news("law")
    time.sleep(0.05)
    assert len(p.requests) == 1, "nobody sees it"
    p.transport.hidden = False
    assert wait(lambda: len(p.requests) == 2)
    assert p.requests[1].news == {"map", "law"}
    p.transport.speed, p.transport.playing = 1000.0, True
    assert wait(lambda: p.k > 0)
    p.transport.tell_news("map")
    assert wait(lambda: len(p.requests) > 6)
    p.transport.playing = False
    assert not any(request.news for request in p.requests[2:])


def test_a_command_that_comes_with_news_shows_everything(player):
    p = player()
    p.transport.tell_news("map")
    p.transport.redraw()
    p.transport.start(None)
    assert wait(lambda: p.requests)
    time.sleep(0.05)
    assert [request.everything for request in p.requests] == [True]


def test_pictures_are_late_only_while_something_moves(player):
    p = player()
    assert p.transport.lateness == 0.0
    p.transport.playing = True  # no worker takes the steps
    time.sleep(0.05)
    assert 0.05 <= p.transport.lateness <= 0.25
    p.transport.hidden = True
    assert p.transport.lateness == 0.0


# ---- with a document and a browser ---------------------------------------------------------------------------------------


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


@pytest.fixture
def doc(monkeypatch):
    monkeypatch.setattr("components.playback.page_thread.pn.io.hold", lambda doc: contextlib.nullcontext())
    return Document()


def live(seconds, doc, browser=lambda: None):
    """Let the page's thread run for a while, and the browser after each turn of it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        doc.run()
        browser()
        time.sleep(0.01)


def test_at_most_two_pictures_are_under_way_and_the_newest_wins(player, doc):
    p = player()
    p.transport.speed, p.transport.playing = 1000.0, True
    p.transport.start(doc)
    live(0.6, doc)
    assert len(p.painted) == 2, "a browser that acknowledges nothing gets a window of two"
    stood = p.k
    time.sleep(0.2)
    assert p.k == stood, "with a full mailbox the worker waits"
    p.transport.do(lambda: p.advance(1000))  # a command goes on, and replaces what lay in the mailbox
    assert wait(lambda: p.k == stood + 1000)
    time.sleep(0.05)
    p.transport.painted.frame = 1
    doc.run()
    assert wait(lambda: len(p.painted) == 3)
    assert p.painted[2][0] == stood + 1000
    assert 1 in p.painted[2] or 0 in p.painted[2]


def test_without_an_acknowledgement_pictures_go_on_slowly(player, doc):
    p = player(gate=FrameGate(resend_after_s=0.2))
    p.transport.speed, p.transport.playing = 1000.0, True
    p.transport.start(doc)
    live(1.2, doc)
    assert 3 <= len(p.painted) <= 10, (
        "one more after each time, or a page that misses its first pictures hangs for good"
    )


def test_nothing_moves_while_the_connection_is_broken_and_then_everything_is_shown_anew(player, doc):
    p = player()
    p.transport.speed, p.transport.playing = 1000.0, True
    p.transport.start(doc)

    def browser():
        p.transport.painted.frame = p.transport.clock.frame

    live(0.3, doc, browser)
    p.transport.alone = True
    live(0.3, doc, browser)
    stood, painted = p.k, len(p.painted)
    live(0.5, doc, browser)
    assert p.k == stood and len(p.painted) == painted
    asked = len(p.requests)
    p.transport.alone = False
    until = time.monotonic() + 20
    while p.k == stood or len(p.painted) == painted:
        assert time.monotonic() < until
        live(0.05, doc, browser)
    assert p.requests[asked].everything
    p.transport.stop()


def test_pictures_that_were_lost_with_the_connection_are_not_waited_for(player, doc):
    p = player(gate=FrameGate(resend_after_s=3600.0))
    p.transport.start(doc)
    for _ in range(3):
        p.transport.redraw()
        wait(lambda: doc.callbacks)
        doc.run()
    assert len(p.painted) == 2, "two are under way, the third waits"
    p.transport.alone = True
    p.transport.alone = False
    assert wait(lambda: (doc.run(), len(p.painted) == 3)[1]), "a browser that is back gets a picture at once"


def test_each_picture_has_its_number_and_its_moment_and_the_browser_sets_only_what_it_has_painted(player, doc):
    p = player()
    p.transport.start(doc)
    p.transport.do(lambda: p.advance(7))
    assert wait(lambda: doc.callbacks)
    doc.run()
    clock = p.transport.clock
    assert isinstance(clock, PageClock) and (clock.frame, clock.k, clock.t, clock.furthest) == (1, 7, 7.0, 7)
    assert isinstance(p.transport.painted, Painted) and p.transport.anchor.tags == [clock, p.transport.painted]
    takes = Painted.writable["frame"]
    assert takes(1) and not any(map(takes, (-1, 2**31, 1.0, True, "1", None)))
