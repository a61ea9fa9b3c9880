"""Which picture goes out and when, with numbers instead of a clock and a browser."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from components.playback.frame_gate import MAX_UNACKNOWLEDGED, RESEND_AFTER_S, FrameGate, Moment, Picture


def picture(k, **payloads):
    return Picture(Moment(k, float(k), k), payloads)


def sent_in_a_row(gate, now, count=10):
    """How many of so many pictures go out at once."""
    sent = 0
    for k in range(count):
        gate.offer(picture(k))
        sent += gate.take(now) is not None
    return sent


def test_at_most_two_pictures_are_under_way_and_each_acknowledgement_lets_one_more_out():
    gate = FrameGate()
    assert sent_in_a_row(gate, now=0.0) == MAX_UNACKNOWLEDGED == 2
    gate.acknowledge(1)
    assert sent_in_a_row(gate, now=0.1) == 1
    gate.acknowledge(3)
    assert sent_in_a_row(gate, now=0.2) == 2


def test_the_newest_wins_and_inherits_the_payloads_that_it_lacks():
    gate = FrameGate()
    gate.offer(picture(1, arena="old", curves="old"))
    gate.offer(picture(2, arena="new"))
    moment, payloads = gate.take(0.0)
    assert moment.k == 2 and payloads == {"arena": "new", "curves": "old"}
    assert gate.take(0.0) is None and gate.waiting is None
    gate.offer(picture(3, arena="newest"))
    assert gate.take(0.0).payloads == {"arena": "newest"}, "what went out is not inherited"


def test_without_an_acknowledgement_one_more_goes_out_after_a_time():
    gate = FrameGate()
    sent_in_a_row(gate, now=10.0)
    assert not gate.ready_at(10.0 + RESEND_AFTER_S) and gate.take(10.0 + RESEND_AFTER_S) is None
    assert gate.ready_at(10.0 + RESEND_AFTER_S + 0.01) and gate.take(10.0 + RESEND_AFTER_S + 0.01) is not None
    gate.offer(picture(99))
    assert gate.take(10.0 + RESEND_AFTER_S + 0.02) is None, "and not two"


def test_a_picture_that_was_never_sent_cannot_be_acknowledged():
    """A browser that acknowledges what lies in the future would be sent pictures without end."""
    gate = FrameGate()
    gate.sent = 3
    gate.acknowledge(10**9)
    assert gate.acknowledged == 3


def test_an_acknowledgement_that_comes_late_takes_nothing_back():
    gate = FrameGate()
    sent_in_a_row(gate, now=0.0)
    gate.acknowledge(2)
    gate.acknowledge(1)
    assert gate.acknowledged == 2


def test_what_was_on_its_way_when_the_connection_broke_is_not_waited_for():
    gate = FrameGate()
    sent_in_a_row(gate, now=0.0)
    assert not gate.open_at(0.1)
    gate.expect_nothing()
    assert gate.open_at(0.1) and gate.take(0.1).moment.k == 9


def test_a_gate_that_is_cleared_has_nothing_to_give():
    gate = FrameGate()
    gate.offer(picture(1))
    gate.clear()
    assert not gate.ready_at(0.0) and gate.take(0.0) is None


EVENTS = st.lists(st.one_of(st.just("offer"), st.just("take"), st.integers(-5, 50)), max_size=200)


@given(events=EVENTS, wait=st.floats(0, RESEND_AFTER_S / 300))
def test_a_browser_that_is_quick_enough_never_has_more_than_two_under_way_whatever_it_acknowledges(events, wait):
    gate, now, offered, last = FrameGate(), 0.0, 0, -math.inf
    for event in events:
        now += wait
        if event == "offer":
            offered += 1
            gate.offer(picture(offered))
        elif event == "take":
            if (taken := gate.take(now)) is not None:
                assert taken.moment.k == offered > last, "the newest, and each once"
                last = taken.moment.k
        else:
            gate.acknowledge(event)
        assert 0 <= gate.sent - gate.acknowledged <= MAX_UNACKNOWLEDGED
