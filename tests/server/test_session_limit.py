"""The places of a server: never more than there are, never fewer after somebody has left, and not all of them for one address."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from bokeh.document import Document

from components.server import session_limit
from components.server.session_limit import FULL, MAX_SESSIONS, OFTEN, SHARE, SessionLimiter, limiter_of, network_of

HERE, AWAY, ELSEWHERE = "127.0.0.1", "198.51.100.7", "203.0.113.9"


def test_no_more_seats_are_taken_than_there_are_on_any_number_of_threads():
    limiter, taken = SessionLimiter(25), []
    threads = [
        threading.Thread(target=lambda i=i: taken.extend(limiter.claim(f"{i}.{j}", HERE) for j in range(20)))
        for i in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == limiter.taken == 25
    limiter.leave(next(iter(limiter._places)))
    assert limiter.claim("late", HERE) and not limiter.claim("later", HERE)


def test_a_session_has_one_socket_and_keeps_its_place_while_that_is_cut():
    limiter = SessionLimiter(1)
    assert limiter.claim("a", HERE) and not limiter.claim("a", HERE), "a second socket of the same session"
    assert limiter.make("a", HERE), "the session is made for the socket that has the place"
    limiter.release("a")
    assert limiter.taken == 1 and not limiter.claim("b", HERE), "the place is kept as long as the session lives"
    assert limiter.claim("a", HERE), "the connection is there again"
    limiter.release("a")
    limiter.leave("a")
    assert limiter.taken == 0 and limiter.claim("b", HERE)


def test_a_socket_that_closes_before_its_session_was_made_leaves_nothing():
    limiter = SessionLimiter(1)
    assert limiter.claim("a", HERE)
    limiter.release("a")
    limiter.release("a")
    assert limiter.taken == 0


def test_one_address_never_takes_every_place_and_this_machine_may():
    limiter = SessionLimiter(8)
    assert [limiter.claim(f"{i}", AWAY) for i in range(8)] == [True] * 6 + [False] * 2
    assert limiter.refusal(AWAY) == SHARE and limiter.refusal(ELSEWHERE) == ""
    assert limiter.claim("x", ELSEWHERE) and limiter.claim("y", ELSEWHERE) and limiter.refusal(ELSEWHERE) == FULL
    local = SessionLimiter(8)
    assert all(local.claim(f"{i}", HERE) for i in range(8))


def test_an_address_begins_visits_no_faster_than_it_may_and_others_are_not_kept_waiting():
    now = 0.0
    limiter = SessionLimiter(1000, visits_per_minute=10, clock=lambda: now)
    assert sum(limiter.claim(f"{i}", HERE) for i in range(100)) == 30, "three minutes' worth at once"
    assert limiter.refusal(HERE) == OFTEN and limiter.refusal(AWAY) == ""
    now = 60.0
    assert sum(limiter.claim(f"later {i}", HERE) for i in range(100)) == 10


def test_the_addresses_that_are_remembered_are_bounded():
    limiter = SessionLimiter(10**6, visits_per_minute=1, clock=lambda: 0.0)
    for i in range(3 * session_limit.MAX_ADDRESSES):
        limiter.claim(f"{i}", f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}")
    assert len(limiter._begun) <= session_limit.MAX_ADDRESSES + 1


@pytest.mark.parametrize(
    ("address", "network"),
    [("198.51.100.7", "198.51.100.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("::ffff:198.51.100.7", "198.51.100.7"),
     ("127.0.0.9", ""), ("::1", ""), ("::ffff:127.0.0.1", ""), ("", ""), ("0.0.0.0", "")],
)  # fmt: skip
def test_a_visitor_is_known_by_their_network(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(("value", "number"), [(None, MAX_SESSIONS), ("", MAX_SESSIONS), (" 7 ", 7), ("1", 1)])
def test_the_environment_sets_the_number(value, number):
    assert limiter_of({session_limit.SESSIONS_VARIABLE: value}).max_sessions == number


def test_the_environment_sets_what_one_address_may_have():
    limiter = limiter_of({session_limit.SHARE_VARIABLE: "2", session_limit.VISITS_VARIABLE: "3"})
    assert (limiter.max_sessions, limiter.max_per_address, limiter.visits_per_minute) == (MAX_SESSIONS, 2, 3)
    assert [limiter.claim(f"{i}", HERE) for i in range(3)] == [True, True, False], (
        "set by hand it holds for this machine, too"
    )


@pytest.mark.parametrize("value", ["0", "-3", "many", "2.5", "²"])
@pytest.mark.parametrize(
    "variable", [session_limit.SESSIONS_VARIABLE, session_limit.SHARE_VARIABLE, session_limit.VISITS_VARIABLE]
)
def test_a_number_that_means_nothing_is_refused_by_name(variable, value):
    with pytest.raises(ValueError, match=rf"{variable} = .*: must be a whole number ≥ 1"):
        limiter_of({variable: value})


class Visited(Document):
    """A document with a visitor."""

    def __init__(self, name):
        super().__init__()
        context = SimpleNamespace(id=name, server_context=object(), request=SimpleNamespace(remote_ip=HERE))
        self._session_context = lambda: context


def test_a_visit_has_a_place_until_it_ends_and_the_warm_up_takes_none(monkeypatch):
    left = []
    monkeypatch.setattr(session_limit, "LIMITER", SessionLimiter(1))
    monkeypatch.setattr(session_limit.pn.state, "on_session_destroyed", left.append, raising=False)
    warming = Visited("warming")
    warming.session_context.server_context = None
    assert session_limit.admit(None) and session_limit.admit(Document()) and session_limit.admit(warming)
    assert session_limit.LIMITER.taken == 0
    assert session_limit.admit(Visited("a")) and not session_limit.admit(Visited("b"))
    left[0](None)
    assert session_limit.LIMITER.taken == 0 and session_limit.admit(Visited("b"))
