"""Full collections of garbage look through what is new; what stays is looked through once visits have ended, at a still moment.

Python's collector stops the thread that happens to allocate while it looks through all objects that may refer to others: with twenty
visits for half a second, in which no visitor has a picture. What a full collection has found alive is set aside here, so that the next
one looks through what came since; and it comes so often that this is little (70,000 objects of twenty maps took 55 ms). Reference counts
go on freeing what is set aside; circles of it, which every page that was left is, wait until ``MANY_ENDED`` visits have ended, and as
many as are there, or until memory has grown by ``GROWN``, and then for a moment in which no swarm moves, but not for longer than
``PATIENCE_S``.
"""

from __future__ import annotations

import asyncio
import gc
import time

import psutil

from components.server import session_limit
from components.tally import PICTURES, VISITS

LOOK_EVERY_S = 1.0
MANY_ENDED = 5  # visits
GROWN = 1.5  # times what the process had in memory after everything had been looked through
GROWN_BYTES = 2**29  # and by so much at least: twenty visits that open are less
PATIENCE_S = 30.0  # for which a still moment is waited for
FULL_AFTER = 3  # collections of the middle generation, of some 7,000 new objects each (Python's default is 10)

_process = psutil.Process()


def set_aside_what_stays() -> None:
    """Let it be so in this process from now on; a second call changes nothing."""
    if _set_aside not in gc.callbacks:
        gc.callbacks.append(_set_aside)
        gc.set_threshold(*gc.get_threshold()[:2], FULL_AFTER)


def _set_aside(phase: str, found: dict[str, int]) -> None:
    if phase == "stop" and found["generation"] == 2:
        gc.freeze()


def collect_all() -> None:
    """Look through everything, what was set aside, too."""
    gc.unfreeze()
    gc.collect()


class Schedule:
    """When everything is looked through while visitors are there; the caller looks now and then."""

    def __init__(self) -> None:
        self._resident_bytes, self._ended = float("inf"), 0.0  # when everything was looked through last
        self._since: float | None = None  # since when there is a reason
        self._pictures = -1.0

    def done(self, ended: float, resident_bytes: int) -> None:
        """Everything was looked through: so many visits had ended, and the process has so much in memory."""
        self._ended, self._resident_bytes, self._since = ended, resident_bytes, None

    def due(self, now: float, ended: float, here: int, resident_bytes: int, pictures: float) -> bool:
        """Whether to look through everything now.

        Parameters
        ----------
        now : float
            Seconds.
        ended, here : float, int
            Visits that have ended up to now, and those that are there.
        resident_bytes : int
            What the process has in memory.
        pictures : float
            How many were sent to browsers up to now.
        """
        most = max(GROWN * self._resident_bytes, self._resident_bytes + GROWN_BYTES)
        still, self._pictures = pictures == self._pictures, pictures
        if ended - self._ended < max(MANY_ENDED, here) and resident_bytes <= most:
            self._since = None
            return False
        self._since = now if self._since is None else self._since
        return still or now - self._since >= PATIENCE_S


async def watch() -> None:
    """Look through everything when it is due, until the loop ends."""
    schedule = Schedule()
    schedule.done(0, _process.memory_info().rss)
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        here = session_limit.LIMITER.taken
        ended, resident_bytes = VISITS.of() - here, _process.memory_info().rss
        if schedule.due(time.monotonic(), ended, here, resident_bytes, PICTURES.of()):
            collect_all()
            schedule.done(ended, _process.memory_info().rss)
