"""Visits: who may open the socket of one, and how long it lives. The socket itself is in ``sockets.py``.

A token of this server opens one visit, once, while its signature is good and it is not too old. While the visit lives, the same token opens
its socket again, however old it is by then: that is a browser whose connection was cut.
"""

from __future__ import annotations

import calendar
import time
import weakref
from typing import Any, NamedTuple

from bokeh.server.session import ServerSession
from bokeh.server.views.ws import WSHandler
from bokeh.util.token import check_token_signature, generate_jwt_token, get_session_id, get_token_payload

from components.server.worker import is_own

# Where processes share a key, a token may be older than this one: its visit was another process's, and is not begun anew in silence.
STARTED = calendar.timegm(time.gmtime())
GRACE_S = 45.0  # for which a visit outlives its connection
MAX_TOKEN_CHARS = 32_768
MAX_SESSION_ID_CHARS = 256
RENEWED_TOKEN_S = 60  # for which the token of a visit that comes back is good: Bokeh looks at it at once

# Why a socket is closed; the page has its own words for each (assets/connection.js).
REFUSED, NO_TOKEN, GONE, TAKEN, ENDING, TOO_MUCH, BROKEN, FULL = 4400, 4401, 4404, 4409, 4410, 4429, 4500, 4503


class Visit:
    """A session and the token that opens it.

    Attributes
    ----------
    token : str
        With which it was opened.
    socket : WSHandler or None
        The one that is open.
    session : weak reference to a ServerSession, or None
        None before the session is made.
    challenged : bool
        Whether the socket is being asked for a sign of life.
    """

    def __init__(self, token: str):
        self.token = token
        self.socket: WSHandler | None = None
        self.session: Any = None
        self.challenged = False
        self._held = False  # whether Bokeh is kept from ending the session
        self._leaving: Any = None  # the timer that ends the grace

    @property
    def ended(self) -> bool:
        """Whether the session was there and is no more."""
        if self.session is None:
            return False
        session = self.session()
        return session is None or session.destroyed

    def hold(self, session: ServerSession, loop: Any) -> None:
        """Keep Bokeh from ending the session: its socket is open."""
        if self._leaving is not None:
            loop.remove_timeout(self._leaving)
            self._leaving = None
        if not self._held:
            self._held = True
            session.block_expiration()

    def leave(self, session: ServerSession, loop: Any, wait_s: float) -> None:
        """Let Bokeh end the session, unless a socket is opened again within ``wait_s`` seconds."""
        if self._held:
            self._leaving = loop.call_later(wait_s, self._let_go, session)

    def _let_go(self, session: ServerSession) -> None:
        self._leaving, self._held = None, False
        if not session.destroyed:
            session.unblock_expiration()
            session.request_expiration()


class Closing(NamedTuple):
    """Why a socket is closed."""

    code: int
    reason: str


class Admission(NamedTuple):
    """A visit that may be opened, and the token with which Bokeh lets it in."""

    visit: Visit
    token: str


_visits: weakref.WeakValueDictionary[str, Visit] = (
    weakref.WeakValueDictionary()
)  # by the session's id; a session holds its visit
_used: dict[str, float] = {}  # ids of sessions that were opened → when their tokens are too old


def admission(token: str, application: Any) -> Admission | Closing:
    """The visit that the bearer of a token may open, or why there is none.

    Parameters
    ----------
    token : str
        As it came from the browser: anything at all.
    application : BokehTornado
        Whose signature counts.
    """
    if not token or len(token) > MAX_TOKEN_CHARS:
        return Closing(NO_TOKEN, "no token")
    session_id = session_of(token)
    visit = _visits.get(session_id) if session_id else None
    if visit is not None and visit.ended:
        return Closing(GONE, "the visit has ended")
    if visit is not None and token == visit.token:
        return Admission(visit, _renewed(token, application))
    expiry = _signed_until(token, application)
    if expiry is None or session_id is None:
        return Closing(NO_TOKEN, "a token without a good signature")
    if visit is not None:
        return Closing(TAKEN, "another token")
    if session_id in _used:
        return Closing(GONE, "the visit has ended")
    now = calendar.timegm(time.gmtime())
    if expiry <= now or expiry - application.session_token_expiration < STARTED or not is_own(session_id):
        return Closing(NO_TOKEN, "a token that is too old, or of another process")
    for other in [key for key, until in _used.items() if until <= now]:
        del _used[other]
    _used[session_id] = expiry
    _visits[session_id] = visit = Visit(token)
    return Admission(visit, token)


def open_sockets() -> list[WSHandler]:
    """The sockets of all visits."""
    return [visit.socket for visit in list(_visits.values()) if visit.socket is not None]


def session_of(token: str) -> str | None:
    """The id of the session in a token, which may be forged; None where there is none."""
    try:
        found = get_session_id(token)
    except Exception:
        return None
    return found if isinstance(found, str) and found.isascii() and 0 < len(found) <= MAX_SESSION_ID_CHARS else None


def _signed_until(token: str, application: Any) -> float | None:
    """Until when a token is good (seconds of the epoch); None for one without a good signature."""
    try:
        good = check_token_signature(token, signed=application.sign_sessions, secret_key=application.secret_key)
        return float(get_token_payload(token)["session_expiry"]) if good else None
    except Exception:  # a forged token may be anything
        return None


def _renewed(token: str, application: Any) -> str:
    """The same token with another age."""
    payload = get_token_payload(token)
    payload.pop("session_expiry", None)
    return generate_jwt_token(
        get_session_id(token),
        secret_key=application.secret_key,
        signed=application.sign_sessions,
        expiration=RENEWED_TOKEN_S,
        extra_payload=payload,
    )
