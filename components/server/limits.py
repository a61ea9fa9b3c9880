"""How much a visit may ask for: messages, bytes and seconds of the thread that all visitors share.

What exceeds it is not thrown away but waits in the visitor's own connection: an honest page on a slow day loses nothing, and a flood costs
its sender only. Measured on the page with two cores: a slider that is dragged, an arrow key that is held and pictures that are
acknowledged make up to 75 messages and 22 kB a second, each of less than 1 kB; screens of 240 Hz make up to four times as many.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary


class Allowance(NamedTuple):
    """What a visit may use: so much per second, and so much at once when it was saved up."""

    per_second: float
    saved_up: float


MAX_MESSAGE_BYTES = 64 * 2**10  # the page's own messages have less than one thousand
MAX_JSON_LEVELS = 24  # of a message; the page's own have 9
MAX_JSON_ELEMENTS = 4096  # of a message

MESSAGES, BYTES = Allowance(400.0, 800.0), Allowance(256e3, 512e3)
# Of the shared thread; painting is not counted. Measured at a load of 4 on two cores: opening the page 0.24 s, another dynamics 0.15 to
# 0.6 s, a Reset 0.12 s, a second swarm beside the first 1.2 s (0.6 s since its views are put on the page at once). What can be saved up is
# enough for the dearest of them followed by a Reset in every second, which no page may be blamed for.
THREAD_SECONDS = Allowance(0.15, 1.6)
VIOLATIONS = Allowance(0.1, 8.0)  # messages that the page never sends
MAX_BACKLOG_COMMANDS = 32  # that a visit's worker has not yet carried out
RESTED_SHARE = 0.25  # of what can be saved up: a visit that has so much again is no longer hasty
WARN_AFTER_S = 5.0  # for which messages came too early, after which the page says so
CLOSE_AFTER_S = 20.0  # and after which the socket is closed

SHARED = ("messages", "bytes", "seconds")  # allowances whose debt a visit waits for


class Bucket:
    """An allowance that fills steadily and may be saved up to a limit.

    Parameters
    ----------
    allowance : Allowance
        What is added per second, and what can be saved up; the bucket begins full.
    clock : function () → float
        Seconds.
    """

    def __init__(self, allowance: Allowance, clock: Callable[[], float] = time.monotonic):
        self._rate, self._most, self._clock = *allowance, clock
        self._level, self._at = self._most, clock()

    def take(self, amount: float) -> float:
        """Take an amount, on credit where it is not there; the seconds until the debt is paid, 0 without one."""
        now = self._clock()
        self._level = min(self._most, self._level + (now - self._at) * self._rate) - amount
        self._at = now
        return max(0.0, -self._level / self._rate)

    @property
    def rested(self) -> bool:
        """Whether a good part of what can be saved up is there, as of the last ``take``."""
        return self._level >= RESTED_SHARE * self._most


class Account:
    """What one visit has used, over all its sockets, and how its page is reached.

    Attributes
    ----------
    backlog : function () → int
        How many commands wait for the visit's worker.
    tell : function (sentence)
        Shows a sentence on the page; called under the document's lock.
    connected : function (bool)
        Takes whether a browser is connected; called under the document's lock.
    warned : bool
        Whether the page has said that too many messages come.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        allowances = {"messages": MESSAGES, "bytes": BYTES, "seconds": THREAD_SECONDS, "violations": VIOLATIONS}
        self._buckets = {name: Bucket(allowance, clock) for name, allowance in allowances.items()}
        self._early_since: float | None = None
        self.warned, self._free = False, 0.0
        self.backlog: Callable[[], int] = lambda: 0
        self.tell: Callable[[str], None] = lambda sentence: None
        self.connected: Callable[[bool], None] = lambda on: None

    def received(self, size: int) -> None:
        """A message of so many bytes has come."""
        self._buckets["messages"].take(1)
        self._buckets["bytes"].take(size)

    def violated(self) -> bool:
        """A message has come that the page never sends; whether that was one too many."""
        return self._buckets["violations"].take(1) > 0

    @contextmanager
    def charged(self) -> Iterator[None]:
        """What is done inside counts as the visit's share of the thread."""
        began, self._free = time.thread_time(), 0.0
        try:
            yield
        finally:
            self._buckets["seconds"].take(max(0.0, time.thread_time() - began - self._free))

    @contextmanager
    def free(self) -> Iterator[None]:
        """What is done inside costs the visit nothing: pictures have a limit of their own."""
        began = time.thread_time()
        try:
            yield
        finally:
            self._free += time.thread_time() - began

    def pause(self) -> float:
        """Seconds for which no message of the visit is dealt with."""
        return max(self._buckets[name].take(0) for name in SHARED)

    def rest(self) -> None:
        """Forget that the visit was hasty, once it has rested."""
        if all(self._buckets[name].rested for name in SHARED):
            self._early_since, self.warned = None, False

    def early_for(self) -> float:
        """A message waits: the seconds since the first that did."""
        now = self._clock()
        if self._early_since is None:
            self._early_since = now
        return now - self._early_since


_accounts: WeakKeyDictionary[Any, Account] = WeakKeyDictionary()


def account_of(document: Any) -> Account:
    """The account of the visit whose document this is."""
    if document not in _accounts:
        _accounts[document] = Account()
    return _accounts[document]
