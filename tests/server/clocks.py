"""A clock of the tests."""

from __future__ import annotations


class SteppedClock:
    """Stands until it is moved."""

    now = 100.0

    def __call__(self) -> float:
        return self.now
