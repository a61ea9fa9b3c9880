"""Which picture goes to the browser, and when: the newest one, and at most two on their way. No thread and no clock.

A picture that may not go out waits; a newer one takes its place and inherits the payloads that it lacks, so that no view misses its turn,
or what it prepares only once.
A browser acknowledges each picture once it is painted. One that does not (its first pictures were lost, its tab sleeps) gets another after
``RESEND_AFTER_S`` seconds, or a page that missed its first pictures would stand for good.
"""

from __future__ import annotations

from typing import Any, NamedTuple

MAX_UNACKNOWLEDGED = 2  # pictures
RESEND_AFTER_S = 2.0
MAX_FRAME_NUMBER = 2**31 - 1


class Moment(NamedTuple):
    """Where the swarm is: its step, its time, and the latest step to which one can go without simulating."""

    k: int
    t: float
    furthest: int


class Picture(NamedTuple):
    """What to paint, and of which moment; ``payloads`` has a key for each view that takes part, and for what it prepares only once."""

    moment: Moment
    payloads: dict[Any, Any]


class FrameGate:
    """Holds the newest picture back while too many are on their way.

    Parameters
    ----------
    resend_after_s : float
        Seconds without an acknowledgement after which one more picture goes out.

    Attributes
    ----------
    waiting : Picture or None
        The picture that has not gone out yet.
    sent : int
        Number of the picture that went out last; the first has number one.
    acknowledged : int
        Number of the latest picture that the browser has painted.
    """

    def __init__(self, resend_after_s: float = RESEND_AFTER_S):
        self.resend_after_s = resend_after_s
        self.waiting: Picture | None = None
        self.sent = self.acknowledged = 0
        self._sent_at = 0.0

    def offer(self, picture: Picture) -> None:
        """Let a picture wait; it takes the place of one that waits already, and inherits the payloads that it lacks."""
        if self.waiting is not None:
            picture = picture._replace(payloads=self.waiting.payloads | picture.payloads)
        self.waiting = picture

    def open_at(self, now: float) -> bool:
        """Whether a picture may go out now (seconds of a monotonic clock)."""
        return self.sent - self.acknowledged < MAX_UNACKNOWLEDGED or now - self._sent_at > self.resend_after_s

    def ready_at(self, now: float) -> bool:
        """Whether a picture waits that may go out now."""
        return self.waiting is not None and self.open_at(now)

    def take(self, now: float) -> Picture | None:
        """The picture that goes out now, as number ``sent``; None where none waits or none may go."""
        if self.waiting is None or not self.open_at(now):
            return None
        picture, self.waiting = self.waiting, None
        self.sent, self._sent_at = self.sent + 1, now
        return picture

    def acknowledge(self, frame: int) -> None:
        """Picture ``frame`` is painted; one that was not sent cannot be, nor does an earlier number take anything back."""
        self.acknowledged = max(self.acknowledged, min(frame, self.sent))

    def expect_nothing(self) -> None:
        """The connection broke or is back: what was on its way is lost, and the next picture may go out."""
        self.acknowledged = self.sent

    def clear(self) -> None:
        """Drop what waits."""
        self.waiting = None
