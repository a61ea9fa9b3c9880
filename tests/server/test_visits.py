"""Who may open a visit, without a socket: tokens, what they open, and how long a visit is held."""

from __future__ import annotations

import re
import time
from types import SimpleNamespace

import pytest
from bokeh.util.token import generate_jwt_token, generate_session_id, get_token_payload

from components.assets import ASSETS
from components.server import visits
from components.server.visits import GONE, GRACE_S, NO_TOKEN, TAKEN, Admission, Closing, Visit, admission, session_of
from components.server.worker import This, Worker, owner

KEY = b"a secret of this test alone, and long enough"
HERE = SimpleNamespace(sign_sessions=True, secret_key=KEY, session_token_expiration=300)
PAYLOAD = {"headers": {}, "cookies": {}, "arguments": {}}


def token(age_s=300, session=None, key=KEY):
    session = session or generate_session_id(secret_key=key, signed=True)
    return generate_jwt_token(session, secret_key=key, signed=True, expiration=age_s, extra_payload=PAYLOAD)


def alive(visit):
    """Give a visit a session, which ends when the test says so."""
    session = SimpleNamespace(destroyed=False)
    visit.session = lambda: session
    return session


@pytest.mark.parametrize("made_up", ["", "x", "x.y", "e30.e30", "." * 20, "A" * 40_000, token(key=b"another secret, also long enough"),
                                     token(age_s=-5), token()[:-3] + "AAA", token(session="chosen")],
                         ids=lambda text: text[:8] or "empty")  # fmt: skip
def test_what_is_no_good_token_opens_nothing(made_up):
    found = admission(made_up, HERE)
    assert isinstance(found, Closing) and found.code == NO_TOKEN


def test_a_good_token_opens_one_visit_and_the_same_one_when_it_comes_back():
    good = token()
    first = admission(good, HERE)
    assert isinstance(first, Admission) and first.token == good
    alive(first.visit)
    again = admission(good, HERE)
    assert again.visit is first.visit and session_of(again.token) == session_of(good)
    assert get_token_payload(again.token)["headers"] == {}, "what the session knows of the request is kept"


def test_a_token_of_another_process_begins_no_visit_though_its_signature_is_good(monkeypatch):
    """Its page has a swarm, which another one would replace in silence."""
    monkeypatch.setattr(visits, "STARTED", int(time.time()) - 30)
    assert isinstance(admission(token(age_s=300 - 20), HERE), Admission), "made after this process began"
    assert admission(token(age_s=300 - 60), HERE).code == NO_TOKEN, "made half a minute before this process began"
    monkeypatch.setattr(This, "worker", Worker(0, 2, 0, ""))
    found = [admission(token(), HERE) for _ in range(30)]
    assert {isinstance(each, Admission) for each in found} == {True, False}
    assert all(owner(session_of(each.token), 2) == 0 for each in found if isinstance(each, Admission))


def test_a_visit_that_lives_opens_with_its_own_token_however_old_and_with_no_other():
    good = token()
    visit = admission(good, HERE).visit
    alive(visit)
    visit.token = token(age_s=-5, session=session_of(good))
    assert admission(visit.token, HERE).visit is visit
    assert admission(token(age_s=200, session=session_of(good)), HERE).code == TAKEN


def test_a_token_opens_no_second_visit_when_that_has_ended():
    good = token()
    visit = admission(good, HERE).visit
    alive(visit).destroyed = True
    assert visit.ended and admission(good, HERE).code == GONE
    del visit
    assert admission(good, HERE).code == GONE, "also when nothing is left of it"


class Loop:
    """Calls later when the test says so."""

    def __init__(self):
        self.timers = []

    def call_later(self, wait_s, function, *given):
        self.timers.append((wait_s, function, given))
        return self.timers[-1]

    def remove_timeout(self, timer):
        self.timers.remove(timer)


class Session:
    """Counts who keeps it from ending."""

    destroyed, blocked, ended = False, 0, 0

    def block_expiration(self):
        self.blocked += 1

    def unblock_expiration(self):
        self.blocked -= 1

    def request_expiration(self):
        self.ended += 1


def test_a_visit_is_held_while_its_socket_is_open_and_for_the_grace_after_it():
    visit, session, loop = Visit("token"), Session(), Loop()
    visit.hold(session, loop)
    visit.hold(session, loop)
    assert session.blocked == 1
    visit.leave(session, loop, GRACE_S)
    visit.hold(session, loop)
    assert session.blocked == 1 and not loop.timers, "whoever comes back in time finds the visit"
    visit.leave(session, loop, GRACE_S)
    ((wait_s, end, given),) = loop.timers
    end(*given)
    assert (wait_s, session.blocked, session.ended) == (GRACE_S, 0, 1)


def test_the_page_has_words_for_every_code_and_counts_the_same_grace():
    script = (ASSETS / "connection.js").read_text(encoding="utf-8")
    codes = (visits.REFUSED, NO_TOKEN, GONE, TAKEN, visits.ENDING, visits.TOO_MUCH, visits.FULL, visits.BROKEN)
    assert set(re.findall(r"^    (4\d\d\d): ", script, re.M)) == {str(code) for code in codes}
    assert int(re.search(r"GRACE_MS = ([\d_]+)", script)[1]) == 1000 * GRACE_S
