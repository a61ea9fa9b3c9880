"""What a visit may use, with a clock that stands until it is moved."""

from __future__ import annotations

import pytest

from components.server.limits import Account, Allowance, Bucket
from tests.server.clocks import SteppedClock


def test_a_bucket_gives_what_was_saved_up_and_then_what_runs_in():
    clock = SteppedClock()
    bucket = Bucket(Allowance(10, 30), clock)
    assert bucket.take(30) == 0
    assert bucket.take(5) == pytest.approx(0.5)  # seconds until the debt is paid
    clock.now += 0.5
    assert bucket.take(0) == 0
    clock.now += 100
    assert bucket.take(31) == pytest.approx(0.1)  # not more than could be saved


def test_what_an_honest_page_sends_at_most_never_waits():
    clock = SteppedClock()
    account = Account(clock)
    for _ in range(20 * 240):  # twenty seconds of a slider on a screen of 240 Hz, with 30 acknowledgements a second
        clock.now += 1 / 240
        account.received(400)
        if _ % 8 == 0:
            account.received(300)
        assert account.pause() == 0


def test_a_visitor_who_compares_and_resets_as_fast_as_they_can_see_it_never_waits():
    """As a script did it in eight seconds at a load of 4; seconds of the shared thread are those that were measured then."""
    clock = SteppedClock()
    account = Account(clock)
    thread = account._buckets["seconds"]
    for after, cost in ((0.0, 0.24), (4.0, 0.1), (2.5, 1.2), (3.0, 0.135), *[(0.8, 0.135)] * 10):
        clock.now += after
        assert account.pause() == 0, f"at {clock.now} s"
        thread.take(cost)
    assert account.pause() == 0
