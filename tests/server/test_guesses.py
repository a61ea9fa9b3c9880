"""How often a password may be guessed, with a clock that stands until it is moved."""

from __future__ import annotations

import pytest

from components.server import guesses
from components.server.login_page import worded
from tests.server.clocks import SteppedClock

ONE, ALL = int(guesses.FROM_ONE.saved_up) + 1, int(guesses.IN_ALL.saved_up) + 1  # the last one is on credit


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def counted(clock) -> guesses.Guesses:
    return guesses.Guesses(clock)


def tried(counted: guesses.Guesses, address: str, many: int, known: str = "") -> int:
    """How many of so many wrong guesses were looked at."""
    looked_at = 0
    for _ in range(many):
        if counted.wait(address, known) == 0:
            counted.wrong(address, known)
            looked_at += 1
    return looked_at


def test_one_address_guesses_some_times_and_then_twice_a_minute(counted, clock):
    assert tried(counted, "192.0.2.7", 500) == ONE
    assert 0 < counted.wait("192.0.2.7") <= 30
    clock.now += 600
    assert tried(counted, "192.0.2.7", 500) == pytest.approx(600 * guesses.FROM_ONE.per_second, abs=1)


def test_a_stranger_with_one_address_shuts_nobody_else_out(counted, clock):
    for _ in range(1000):
        tried(counted, "192.0.2.7", 100)
        clock.now += 10
        assert counted.wait("192.0.2.8") == 0


def test_addresses_together_get_no_further_than_all_may(counted, clock):
    strangers = [f"192.0.{i}.{j}" for i in range(10) for j in range(200)]
    assert sum(tried(counted, stranger, 5) for stranger in strangers) == ALL
    clock.now += 3600
    most = min(guesses.IN_ALL.saved_up, 3600 * guesses.IN_ALL.per_second) + 1
    assert sum(tried(counted, stranger, 5) for stranger in strangers) == pytest.approx(most, abs=1)


def test_a_browser_that_has_logged_in_gets_in_whatever_strangers_do_and_guesses_no_further_itself(counted):
    for i in range(200):
        tried(counted, f"192.0.2.{i}", 30)
    assert counted.wait("192.0.2.250") > 0
    assert counted.wait("192.0.2.7", "ada") == 0
    assert tried(counted, "192.0.2.7", 500, "ada") == ONE
    assert counted.wait("192.0.2.7", "eve") == 0, "of another name"


def test_wrong_guesses_of_a_known_browser_shut_nobody_else_out(counted):
    for i in range(50):
        tried(counted, "192.0.2.7", 30, f"name {i}")
    assert counted.wait("192.0.2.7") == 0 and counted.wait("192.0.2.8") == 0


def test_networks_of_ipv6_that_one_customer_has_are_one(counted):
    assert tried(counted, "2001:db8:1:1::1", 500) == ONE
    assert tried(counted, "2001:db8:1:ffff::2", 500) == 0
    assert counted.wait("2001:db8:2::1") == 0
    assert guesses.guesser("::ffff:192.0.2.7") == "192.0.2.7"


def test_behind_a_proxy_that_names_nobody_all_visitors_are_counted_together_only(counted):
    for address in ("127.0.0.1", "::1"):
        assert guesses.guesser(address) == ""
    assert tried(counted, "127.0.0.1", 500) == ALL
    assert counted.wait("127.0.0.1", "ada") == 0


def test_what_is_remembered_is_bounded_and_what_has_run_off_is_forgotten(counted, clock):
    for i in range(guesses.MAX_KEPT + 100):
        counted.wrong("", f"name {i}")
    assert len(counted._of) == guesses.MAX_KEPT
    clock.now += guesses.FROM_ONE.saved_up / guesses.FROM_ONE.per_second
    counted.wrong("192.0.2.7")
    assert list(counted._of) == ["192.0.2.7"]


def test_who_still_waits_is_not_forgotten(counted, clock):
    tried(counted, "192.0.2.7", ONE)
    clock.now += 20
    counted.wrong("192.0.2.8")
    assert counted.wait("192.0.2.7") > 0


@pytest.mark.parametrize(
    "seconds, words", [(0.2, "1 s"), (30, "30 s"), (60, "60 s"), (60.1, "2 minutes"), (600, "10 minutes")]
)
def test_a_time_to_wait_is_worded_and_never_shorter_than_it_is(seconds, words):
    assert worded(seconds) == words.replace(" ", "\N{NO-BREAK SPACE}")
