"""What is computed in the background: for all visitors together on one core, and less while their pictures come late."""

from __future__ import annotations

import threading

LATE_S = 0.01  # by which a picture may be late before what is in the background holds back
MAX_SHARE = 0.5  # of one core
MAX_REST_S = 2.0

ONE_CORE = threading.Lock()  # held while a piece of work is done


class Share:
    """How much of one core a thread in the background takes: half, and ever less while the visible pictures come late.

    Parameters
    ----------
    least : float
        The least share, in (0, MAX_SHARE].
    """

    def __init__(self, least: float):
        self._least, self._now = least, MAX_SHARE

    def rest_s(self, worked_s: float, late_s: float) -> float:
        """Seconds to rest after ``worked_s`` seconds of work, when pictures come ``late_s`` seconds late."""
        self._now = max(self._least, self._now / 2) if late_s > LATE_S else min(MAX_SHARE, 1.1 * self._now)
        return min(MAX_REST_S, worked_s * (1 / self._now - 1))
