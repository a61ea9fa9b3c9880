"""The places of a server: never more than there are, never fewer after somebody has left."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from bokeh.document import Document

from components.server import session_limit
from components.server.session_limit import SESSIONS, Seats, seats_of


def test_no_more_seats_are_taken_than_there_are_on_any_number_of_threads():
    seats, taken = Seats(25), []
    threads = [threading.Thread(target=lambda: taken.extend(seats.take() for _ in range(20))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == seats.taken == 25
    seats.leave()
    assert seats.take() and not seats.take()


@pytest.mark.parametrize(("value", "number"), [(None, SESSIONS), ("", SESSIONS), (" 7 ", 7), ("1", 1)])
def test_the_environment_sets_the_number(value, number):
    assert seats_of(value) == number


@pytest.mark.parametrize("value", ["0", "-3", "many", "2.5"])
def test_a_number_that_means_nothing_is_refused_by_name(value):
    with pytest.raises(ValueError, match=r"SWARMVIZ_SESSIONS = .*: must be a whole number ≥ 1"):
        seats_of(value)


class Visited(Document):
    """A document with a visitor."""

    session_context = SimpleNamespace()


def test_a_visitor_without_a_seat_gets_one_sentence_and_the_warm_up_takes_none(monkeypatch):
    left = []
    monkeypatch.setattr(session_limit, "SEATS", Seats(1))
    monkeypatch.setattr(session_limit.pn.state, "on_session_destroyed", left.append, raising=False)
    assert session_limit.welcome(None) and session_limit.welcome(Document()) and session_limit.SEATS.taken == 0
    first, second = Visited(), Visited()
    assert session_limit.welcome(first) and not session_limit.welcome(second)
    said = second.template.render(**second.template_variables)
    assert "takes 1 visitor at a time" in said and "<script" not in said and "Try again" in said
    left[0](None)
    assert session_limit.SEATS.taken == 0 and session_limit.welcome(Visited())
