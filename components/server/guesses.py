"""How often a password may be guessed (``login_page.py``): from one address and in all, without a stranger who can lock the owner out.

From one address
    ``FROM_ONE`` wrong guesses. An address of IPv6 counts as its /48 network, of which a customer has one; with ``--use-xheaders`` it is
    the visitor's, behind a proxy. Visitors from this machine itself have no limit of their own: a proxy that does not say whom it speaks
    for makes one address of all.
In all
    ``IN_ALL`` wrong guesses, so that many addresses together do not get further; one address alone cannot use them up.
Browsers that have logged in
    Their cookie names, signed, under which name. A guess at that name is neither counted with those of the address nor in all, but for
    that name alone: whatever strangers do, it gets in.

Only wrong guesses are counted, and while one waits no password is looked at, the right one neither. Workers share no counts: the parent
sends all forms of the log-in to the same one (``workers.py``). What is kept is bounded: whoever's count has run off is forgotten.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable

from components.server.limits import Allowance, Bucket
from components.server.session_limit import network_of

FROM_ONE, IN_ALL = Allowance(2 / 60, 20.0), Allowance(10 / 60, 200.0)  # wrong guesses per second, and at once
IPV6_NETWORK_BITS = 48
MAX_KEPT = 4096  # addresses and names whose guesses are counted


class Guesses:
    """Wrong guesses, counted.

    Parameters
    ----------
    clock : function () → float
        Seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._all = Bucket(IN_ALL, clock)
        # by address or name, with the time of the last wrong guess; the latest last
        self._of: dict[str, tuple[Bucket, float]] = {}

    def wait(self, address: str, known: str = "") -> float:
        """Seconds until a password may be tried; 0 for now.

        Parameters
        ----------
        address : str
            Whose guess it is.
        known : str
            The name, if the browser has logged in under it before.
        """
        if known:
            return self._left("name " + known)
        network = guesser(address)
        return max(self._all.take(0), self._left(network) if network else 0.0)

    def wrong(self, address: str, known: str = "") -> None:
        """A guess was wrong; parameters as of :meth:`wait`."""
        key = "name " + known if known else guesser(address)
        if not known:
            self._all.take(1)
        if key:
            self._forget()
            bucket, _ = self._of.pop(key, None) or (Bucket(FROM_ONE, self._clock), 0.0)
            bucket.take(1)
            self._of[key] = bucket, self._clock()

    def _left(self, key: str) -> float:
        found = self._of.get(key)
        return found[0].take(0) if found is not None else 0.0

    def _forget(self) -> None:
        """Those who may guess as often as anybody again, and the oldest where there are too many."""
        filled = self._clock() - FROM_ONE.saved_up / FROM_ONE.per_second
        while self._of:
            oldest = next(iter(self._of))
            if self._of[oldest][1] > filled and len(self._of) < MAX_KEPT:
                return
            del self._of[oldest]


def guesser(address: str) -> str:
    """Who counts as one that guesses: an address, the /48 network of an IPv6 address; empty for this machine itself."""
    network = network_of(address)
    if ":" not in network:
        return network
    return str(ipaddress.ip_network(network).supernet(new_prefix=IPV6_NETWORK_BITS))


GUESSES = Guesses()
