"""The thread of the map: it computes the map that is seen, beside the visible swarm and for all visitors on one core.

It works in pieces of a few milliseconds and rests in between, the longer, the later the visible swarm's pictures come; while the tab is
hidden it does nothing. There is no thread unless a map is seen. A map whose parameters have changed waits until they rest; maps of before
are kept, and go on where they were left. What is handed out never changes.
"""

from __future__ import annotations

import math
import sys
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

from components.background import MAX_REST_S, ONE_CORE, BackgroundThread
from components.maps.order import MapOrder
from components.maps.work import Known, MapWork, python_lines

PIECE_S = 0.004  # of work at a time; a single call of a kernel may take longer
LEAST_SHARE = 0.7  # of one core
SETTLED_S = 0.4  # for which the parameters have to rest before another map begins
REPORT_EVERY_S = 0.8  # at most, …
SHARED_BY = 5  # … and more seldom where more threads share the core, for each of which there is less that is new
KEPT_MAPS = 5
KEPT_BYTES = 64 << 20  # of the results of all of them, but for the one that is seen
ALL_KEPT_BYTES = 256 << 20  # the same of all visitors, who have equal parts of it

_KEEPING: WeakSet[MapWorker] = WeakSet()  # the workers that keep maps
_KEEPING_LOCK = threading.Lock()


class MapWorker(BackgroundThread):
    """The map of a visit on a thread of its own.

    Parameters
    ----------
    lateness : function () → float or None
        Seconds by which the visible swarm's pictures come late.
    notify : function ()
        Called on the thread of the map when there is something new to draw.
    hidden : function () → bool
        Whether nobody sees the page.
    fair_share : function () → float or None
        How many cores the visit may take at most, as in :class:`~components.background.BackgroundThread`.

    Attributes
    ----------
    on_cell : function (values, beside)
        Takes the visible swarm, or with ``beside`` a second one, to a cell: name of each parameter → value; on the page's thread.
    on_take : function ()
        Shows what can be taken out of the map; on the page's thread.
    known : Known, optional
        What is known of the map that was asked for, or of the one before it while that has nothing to show.
    """

    def __init__(
        self,
        lateness: Callable[[], float | None],
        notify: Callable[[], None],
        hidden: Callable[[], bool] = lambda: False,
        fair_share: Callable[[], float | None] = lambda: math.inf,
    ):
        super().__init__(
            lambda: None, lateness, notify,
            name="map", least_share=LEAST_SHARE, look_every_s=SETTLED_S, fair_share=fair_share,
        )  # fmt: skip
        self._hidden = hidden
        self.on_cell: Callable[[dict[str, float], bool], None] = lambda values, beside: None
        self.on_take: Callable[[], None] = lambda: None
        self._order: MapOrder | None = None
        self._key = ""
        self._since = 0.0
        self._kept: OrderedDict[str, MapWork] = OrderedDict()
        self._seen_work: MapWork | None = None  # of which something was handed out last
        self.known: Known | None = None

    @property
    def key(self) -> str:
        """The key of the map that is asked for; "" for none."""
        return self._key

    def ask(self, order: MapOrder | None) -> None:
        """Compute this map from now on; None ends the thread, and maps are kept. Cheap while it is the same; on any thread."""
        key = "" if order is None else order.key
        with self._wake:
            if self._dead or key == self._key:
                return
            fresh = not self._key
            self._order, self._key = order, key
            self._since = time.monotonic() - (SETTLED_S if fresh else 0.0)
            if order is not None:
                self._started()
            self._wake.notify_all()

    def kept(self) -> MapWork | None:
        """The work on the map that is asked for, where it has begun."""
        with self._wake:
            return self._kept.get(self._key)

    @property
    def has_table(self) -> bool:
        """Whether a map is seen of which something is known."""
        return self._seen_work is not None

    def table(self) -> Any:
        """All that is known of the map that was seen last, as :func:`swarmviz.refine` gives it; on any thread.

        Raises
        ------
        ValueError
            When there is none.
        """
        work = self._seen()
        with ONE_CORE:
            return work.dataset()

    def tell(self) -> None:
        """Have what shows the map drawn anew; on any thread."""
        self._notify()

    def lines(self) -> str:
        """The Python lines that make the same table, with all its runs."""
        return python_lines(self._seen().order)

    def _seen(self) -> MapWork:
        work = self._seen_work
        if work is None:
            raise ValueError("There is no map yet: the view Map makes one")
        return work

    def close(self) -> None:
        super().close()
        self._hidden = lambda: False
        self.on_cell = lambda values, beside: None
        self.on_take = lambda: None

    def _asked(self):
        return self._key

    def _forget(self):
        self._order, self._key = None, ""
        self._kept.clear()
        self.known = self._seen_work = None
        with _KEEPING_LOCK:
            _KEEPING.discard(self)

    # ---- the thread of the map -------------------------------------------------------------------------------------------

    def _work(self) -> None:
        key, work, busy, reported_at = "", None, False, 0.0
        while (asked := self._wait(key, busy)) is not None:
            began, known = time.thread_time(), None
            with ONE_CORE:
                here = time.monotonic()
                try:
                    if asked.key != key:
                        key, work, reported_at = asked.key, None, here
                        work = self._work_on(key, asked)
                        busy, known = not work.done, work.known()
                    else:
                        assert work is not None
                        coarse = work.is_coarse
                        busy = work.work(PIECE_S)
                        every_s = REPORT_EVERY_S * max(1.0, ONE_CORE.sharing() / SHARED_BY)
                        if not busy or here > reported_at + every_s or work.is_coarse != coarse:
                            reported_at, known = here, work.known()
                except Exception as error:
                    busy, known = False, Known.nothing(asked, self._told(error))
                    self._forget_work(key)  # it has ended half way; asked for again, it is tried again
                elapsed = time.monotonic() - here
            worked = time.thread_time() - began
            if known is not None:
                self._publish(known, key, work)
            self._rest(worked, elapsed - worked)

    @staticmethod
    def _told(error: Exception) -> str:
        """What is said of a map that could not be made; of a defect the server's log gets all."""
        if isinstance(error, ValueError):
            return str(error)
        traceback.print_exception(error, file=sys.stderr)
        return f"something went wrong ({type(error).__name__}: {error})"

    def _forget_work(self, key: str) -> None:
        with self._wake:
            self._kept.pop(key, None)

    def _wait(self, key: str, busy: bool) -> MapOrder | None:
        """Sleep until there is something to do; the map to work on, None at the end."""
        with self._wake:
            while self._key:
                left = self._since + SETTLED_S - time.monotonic()
                changed = self._key != key
                if not self._hidden() and ((changed and left <= 0) or (busy and not changed)):
                    return self._order
                self._wake.wait(max(left, 0.01) if changed and left > 0 else MAX_REST_S if busy or changed else None)
            self._thread = None
            return None

    def _work_on(self, key: str, order: MapOrder) -> MapWork:
        """The work on a map, that of before where it is kept."""
        with self._wake:
            work = self._kept.get(key)
            if work is not None:
                self._kept.move_to_end(key)
        if work is None:
            work = MapWork(order)
            with self._wake:
                if self._dead:
                    return work
                self._kept[key] = work
                with _KEEPING_LOCK:
                    _KEEPING.add(self)
                self._let_go()
        return work

    def _let_go(self) -> None:
        """Let go of the oldest maps beyond what may be kept; under the lock."""
        with _KEEPING_LOCK:
            allowed = min(KEPT_BYTES, ALL_KEPT_BYTES // max(1, len(_KEEPING)))
        while len(self._kept) > KEPT_MAPS or (len(self._kept) > 1 and self._kept_bytes() > allowed):
            self._kept.popitem(last=False)

    def _kept_bytes(self) -> int:
        return sum(work.nbytes for work in self._kept.values())

    def _publish(self, known: Known, key: str, work: MapWork | None) -> None:
        with self._wake:
            if self._key != key:
                return
            self.known = known
            if known.statistics:
                self._seen_work = work
            self._let_go()  # others may have come
        self._notify()
