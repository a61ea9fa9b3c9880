"""How many visitors one process takes: above that, a sentence and a link instead of a session that would slow all the others.

A place is taken when a visitor's socket opens, and free again when their session has ended (some seconds after the socket has closed, so
that a connection that was cut for a moment finds the swarm where it was). A page that is only fetched builds nothing and takes nothing
(``pages.py``).

One address may not take every place, nor begin visits faster than the thread that all visitors share can build them (a visit costs it
some tenths of a second). Both limits leave room for a class-room behind one address. Visitors from this machine itself have neither,
because a proxy on it that does not say whom it speaks for would make one visitor of all. The owner's environment sets all three:

``SWARMVIZ_SESSIONS``           visitors at a time, 40
``SWARMVIZ_ADDRESS_SESSIONS``   of these from one address (from one /64 network of IPv6), three quarters: their holder keeps out only
                                those behind the same address
``SWARMVIZ_ADDRESS_VISITS``     visits per minute that one address may begin, 20; up to three minutes' worth at once
"""

from __future__ import annotations

import ipaddress
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import panel as pn

from components import tally

SESSIONS_VARIABLE, SHARE_VARIABLE, VISITS_VARIABLE = (
    "SWARMVIZ_SESSIONS",
    "SWARMVIZ_ADDRESS_SESSIONS",
    "SWARMVIZ_ADDRESS_VISITS",
)
MAX_SESSIONS = 40
VISITS_PER_MINUTE = 20  # begun from one address
BURST_MINUTES = 3  # worth of visits at once: a class-room that opens the page together, twice
MAX_ADDRESSES = 4096  # whose visits are counted
FULL, SHARE, OFTEN = "full", "share", "often"  # why a visitor is not let in


@dataclass
class Place:
    """A visitor's place: whose it is, whether their socket is open, and whether their session was made."""

    network: str
    open: bool = False
    made: bool = False


class SessionLimiter:
    """So many places, taken and freed on any thread.

    Parameters
    ----------
    max_sessions : int
        Places in all.
    max_per_address : int or None
        Places for one address; None: three quarters, and all of them for this machine itself.
    visits_per_minute : int or None
        Visits that one address may begin; None: ``VISITS_PER_MINUTE``, and any number for this machine itself.
    clock : callable
        Seconds.
    """

    def __init__(
        self,
        max_sessions: int,
        max_per_address: int | None = None,
        visits_per_minute: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ):
        three_quarters = -(-3 * max_sessions // 4)
        self.max_sessions = max_sessions
        self.max_per_address = min(max_sessions, three_quarters if max_per_address is None else max_per_address)
        self.visits_per_minute = VISITS_PER_MINUTE if visits_per_minute is None else visits_per_minute
        self._share_for_all, self._visits_for_all = max_per_address is not None, visits_per_minute is not None
        self._clock, self._lock = clock, threading.Lock()
        self._places: dict[str, Place] = {}
        self._begun: dict[str, tuple[float, float]] = {}  # network → (visits left, when that was counted)

    @property
    def taken(self) -> int:
        """Places that are not free."""
        return len(self._places)

    @property
    def open(self) -> int:
        """Places of those who are there: their socket is open, and their session made or about to be."""
        with self._lock:
            return sum(place.open for place in self._places.values())

    def places(self) -> tuple[int, int]:
        """Places that are not free, and places."""
        return len(self._places), self.max_sessions

    def refusal(self, address: str) -> str:
        """Why a new visitor from an address would not be let in now: ``FULL``, ``SHARE`` or ``OFTEN``; empty when they would."""
        with self._lock:
            return self._refusal(network_of(address))

    def claim(self, session: str, address: str) -> bool:
        """Let the socket of a session in; False when there is no place for it, or another socket has the session."""
        with self._lock:
            place = self._places.get(session) or self._new(session, address)
            if place is None or place.open:
                return False
            place.open = True
        return True

    def release(self, session: str) -> None:
        """The socket of a claimed session has closed; the place is kept until the session ends, if there is one."""
        with self._lock:
            place = self._places.get(session)
            if place is not None:
                place.open = False
                if not place.made:
                    del self._places[session]

    def make(self, session: str, address: str) -> bool:
        """A session is about to be made; False when there is no place for it."""
        with self._lock:
            place = self._places.get(session) or self._new(session, address)
            if place is not None:
                place.made = True
        return place is not None

    def leave(self, session: str) -> None:
        """A session has ended: its place is free."""
        with self._lock:
            self._places.pop(session, None)

    def _new(self, session: str, address: str) -> Place | None:
        network = network_of(address)
        if self._refusal(network):
            return None
        if self._limited(network, self._visits_for_all):
            self._begun[network] = (self._left(network) - 1, self._clock())
        self._places[session] = Place(network)
        return self._places[session]

    def _refusal(self, network: str) -> str:
        if len(self._places) >= self.max_sessions:
            return FULL
        if self._limited(network, self._share_for_all):
            if sum(place.network == network for place in self._places.values()) >= self.max_per_address:
                return SHARE
        if self._limited(network, self._visits_for_all) and self._left(network) < 1:
            return OFTEN
        return ""

    def _left(self, network: str) -> float:
        """How many visits an address may begin at once now."""
        most = BURST_MINUTES * self.visits_per_minute
        if len(self._begun) > MAX_ADDRESSES:
            self._begun = dict(list(self._begun.items())[MAX_ADDRESSES // 2 :])
        left, at = self._begun.pop(network, (most, 0.0))  # taken out, so that the latest stand last
        left = min(most, left + (self._clock() - at) * self.visits_per_minute / 60)
        self._begun[network] = (left, self._clock())
        return left

    @staticmethod
    def _limited(network: str, everybody: bool) -> bool:
        return everybody or network != ""


def network_of(address: str) -> str:
    """Who counts as one visitor's address: itself, the /64 network of an IPv6 address; empty for this machine itself."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:  # a socket of the file system
        return ""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is None and not ip.is_loopback:
            return str(ipaddress.ip_network((ip, 64), strict=False))
        ip = ip.ipv4_mapped or ip
    return "" if ip.is_loopback or ip.is_unspecified else str(ip)


def number_of(variable: str, value: str | None, otherwise: Any) -> Any:
    """The number that the environment sets, or ``otherwise`` where it sets none.

    Raises
    ------
    ValueError
        When it is no whole number ≥ 1.
    """
    if value is None or not value.strip():
        return otherwise
    if not (value.strip().isascii() and value.strip().isdecimal()) or int(value) < 1:
        raise ValueError(f"{variable} = {value!r}: must be a whole number ≥ 1")
    return int(value)


def limiter_of(environment: Any) -> SessionLimiter:
    """The places that the environment asks for.

    Raises
    ------
    ValueError
        When a limit is no whole number ≥ 1.
    """
    return SessionLimiter(*(number_of(variable, environment.get(variable), otherwise) for variable, otherwise in
                   ((SESSIONS_VARIABLE, MAX_SESSIONS), (SHARE_VARIABLE, None), (VISITS_VARIABLE, None))))  # fmt: skip


LIMITER = limiter_of(os.environ)
OWN_SESSIONS: set[str] = set()  # ids of sessions that the server makes for itself


def claim(session: str, address: str) -> bool:
    """``LIMITER.claim``, for a socket that opens."""
    return LIMITER.claim(session, address)


def release(session: str) -> None:
    """``LIMITER.release``, for a claimed socket that has closed."""
    LIMITER.release(session)


def is_own(document: Any) -> bool:
    """Whether the server makes a document for itself, to write the HTML of the page."""
    context = getattr(document, "session_context", None)
    return context is not None and context.id in OWN_SESSIONS


def admit(document: Any) -> bool:
    """Whether there is a place for the visitor of a document, who then has it until their session ends.

    A run of the script that has no visitor (the warm-up, the server's own look at the page) takes no place.
    """
    context = None if document is None else document.session_context
    if context is None or context.server_context is None or is_own(document):
        return True
    session = context.id
    if not LIMITER.make(session, str(getattr(context.request, "remote_ip", None) or "")):
        return False
    tally.VISITS.add()
    pn.state.on_session_destroyed(lambda context: LIMITER.leave(session))
    return True
