"""Work that visitors wait for and that takes a while: what of it is under way, and that no export begins once the server is ending."""

from __future__ import annotations

import threading
from collections import Counter

KINDS = ("export", "build")


class Work:
    """A piece of work; :meth:`end` it on any thread, once or more often."""

    def __init__(self, board: UnderWay, kind: str, what: str):
        self.kind, self.what, self._board = kind, what, board

    def end(self) -> None:
        """It is done, or given up."""
        self._board._ended(self)


class UnderWay:
    """What is under way in this process.

    Attributes
    ----------
    ending : bool
        Whether the server is ending: no export is begun any more.
    """

    def __init__(self) -> None:
        self.ending = False
        self._lock, self._works = threading.Lock(), set[Work]()

    def begin(self, kind: str, what: str = "") -> Work:
        """A piece of work begins: of a kind among ``KINDS``, and what it makes in one word that says nothing of its visitor."""
        if kind not in KINDS:
            raise ValueError(f"kind = {kind!r}: must be one of {', '.join(KINDS)}")
        work = Work(self, kind, what)
        with self._lock:
            self._works.add(work)
        return work

    def _ended(self, work: Work) -> None:
        with self._lock:
            self._works.discard(work)

    def counts(self) -> dict[str, int]:
        """How many there are of each kind."""
        with self._lock:
            found = Counter(work.kind for work in self._works)
        return {kind: found[kind] for kind in KINDS}

    def named(self, kind: str) -> list[str]:
        """What those of a kind make, sorted."""
        with self._lock:
            return sorted(work.what for work in self._works if work.kind == kind)


UNDER_WAY = UnderWay()
