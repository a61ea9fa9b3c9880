"""What is computed in the background: for all visitors together on one core, and less while their pictures come late."""

from __future__ import annotations

import contextlib
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from components.compiling import Waiting, while_waiting
from components.tally import BACKGROUND_SECONDS
from swarmviz.threads import THREADS

LATE_S = 0.01  # by which a picture may be late before what is in the background holds back
MAX_SHARE = 0.8  # of one core, for a thread that has it to itself
SHARED_SHARE = 0.5  # of one core, for all that share it together
PART_OF_VISIT = 0.5  # of what a visit may take, whose pictures need the rest
NICENESS = 5  # of threads in the background: a third of what the page's thread gets where both want one core
MAX_REST_S = 2.0
MANY_THREADS = 64  # that are remembered before those of long ago are forgotten
SHARING_S = 2.5  # who held the core in the last so many seconds shares it: longer than a rest
JOIN_S = 5.0  # for a piece that is under way


def give_way() -> None:
    """Have the system prefer the page's thread, and all others, to the calling one.

    Only Linux has a priority for each thread; without it the page's thread waits for a core up to twice as long beside twenty maps.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with contextlib.suppress(OSError):  # where it is not allowed
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICENESS)


class SharedCore:
    """A lock that is held while a piece of work is done, and can be left while its holder waits for something else."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: int | None = None
        self._held_at: dict[int, float] = {}  # thread → when it let go last; written by who holds the lock

    def sharing(self) -> int:
        """How many threads share it now: those that held it of late."""
        now = time.monotonic()
        return max(1, sum(now - at < SHARING_S for at in list(self._held_at.values())))

    def acquire(self, timeout: float = -1) -> bool:
        """Wait for it, so many seconds at most where they are not negative."""
        if taken := self._lock.acquire(timeout=timeout):
            self._holder = threading.get_ident()
        return taken

    def release(self, counted: bool = True) -> None:
        """Let the next one have it; where it is not ``counted``, this thread shares it no longer."""
        now = time.monotonic()
        if counted:
            self._held_at[threading.get_ident()] = now
        if len(self._held_at) > MANY_THREADS:
            self._held_at = {thread: at for thread, at in self._held_at.items() if now - at < SHARING_S}
        self._holder = None
        self._lock.release()

    @contextlib.contextmanager
    def once(self) -> Iterator[None]:
        """Hold it in the block, for a piece of work after which this thread ends: those that share the core need not rest for it."""
        self.acquire()
        try:
            yield
        finally:
            self.release(counted=False)

    def locked(self) -> bool:
        """Whether anybody holds it."""
        return self._lock.locked()

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *exception: Any) -> None:
        self.release()

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """In the block this thread does not hold it; afterwards as before."""
        if self._holder != threading.get_ident():
            yield
            return
        self.release()
        try:
            yield
        finally:
            self.acquire()


ONE_CORE = SharedCore()


class Share:
    """How much of one core a thread in the background takes: most of it, and ever less while the visible pictures come late.

    Threads that share the core have half of it together: with what they do in Python they hold up the page's thread, however many cores
    there are.

    Parameters
    ----------
    least : float
        The least share, in (0, MAX_SHARE].
    """

    def __init__(self, least: float):
        self._least, self._now = least, MAX_SHARE

    def rest_s(
        self, worked_s: float, late_s: float, waited_s: float = 0.0, sharing: int = 1, most: float = math.inf
    ) -> float:
        """Seconds to rest after ``worked_s`` seconds of work, when pictures come ``late_s`` seconds late.

        ``waited_s`` is how long it waited for the processor meanwhile, which others had: that is rest already. ``sharing`` threads have the
        core in turns. ``most`` is how many cores the visit may take at most, of which its pictures need some: work in the background has
        ``PART_OF_VISIT`` of it.
        """
        self._now = max(self._least, self._now / 2) if late_s > LATE_S else min(MAX_SHARE, 1.1 * self._now)
        own = self._now if sharing == 1 else min(self._now, SHARED_SHARE) / sharing
        own = min(own, PART_OF_VISIT * most)
        return min(MAX_REST_S, max(0.0, worked_s * (1 / own - 1) - waited_s))


class BackgroundThread:
    """A thread that works on something beside the visible run: it looks at the run now and then, works in pieces, and rests in between.

    It holds no lock of the run while it works, and there is no thread unless something is asked for. What that is, what is computed and
    what is handed out is the subclass's: :meth:`_asked`, :meth:`_forget` and :meth:`_work`, which is carried out on the thread.

    Parameters
    ----------
    look : function () → object or None
        The visible run as it stands, under the lock that guards it; None when there is none any more.
    lateness : function () → float or None
        Seconds by which the visible swarm's pictures come late, None once its visit is gone; above ``LATE_S`` the thread holds back.
    notify : function
        Called on the thread when there is something new to show.
    name : str
        Of the thread.
    least_share : float
        Of one core, in (0, MAX_SHARE].
    look_every_s : float
        Seconds between two looks at the run in the middle of work, at least.
    fair_share : function () → float or None
        How many cores the visit may take at most: all of them, but an equal part while the pictures of others come late.
    """

    def __init__(
        self,
        look: Callable[[], Any],
        lateness: Callable[[], float | None],
        notify: Callable[..., None],
        *,
        name: str,
        least_share: float,
        look_every_s: float,
        fair_share: Callable[[], float | None] = lambda: math.inf,
    ):
        self._look, self._lateness, self._notify, self._fair_share = look, lateness, notify, fair_share
        self._name, self._look_every_s = name, look_every_s
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._dead = self._noticed = False
        self._share, self._next_look = Share(least_share), 0.0

    def _asked(self) -> Any:
        """What is asked for now; what counts as false ends the thread."""
        raise NotImplementedError

    def _forget(self) -> None:
        """Ask for nothing any more, and forget what was handed out; under the lock."""
        raise NotImplementedError

    def _work(self) -> None:
        """Carried out on the thread, until nothing is asked for."""
        raise NotImplementedError

    def close(self) -> None:
        """End the thread for good, and refer to no session any more."""
        with self._wake:
            self._dead, thread = True, self._thread
            self._forget()
            self._wake.notify_all()
        if thread is not None and thread is not threading.current_thread():
            thread.join(JOIN_S)
        self._look, self._lateness = (lambda: None), (lambda: 0.0)  # a piece that takes long may still ask
        self._notify, self._fair_share = (lambda *status: None), (lambda: math.inf)

    def _end(self) -> None:
        """The thread ends of itself, and nothing is asked for any more."""
        with self._wake:
            self._thread = None
            self._forget()

    # ---- for the subclass ------------------------------------------------------------------------------------------------

    def _started(self) -> None:
        """Start the thread, unless one works; under the lock."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._carry_out, name=f"swarmviz {self._name}", daemon=True)
            self._thread.start()

    @THREADS.at_most(1)
    def _carry_out(self) -> None:
        give_way()
        with while_waiting(Waiting(aside=ONE_CORE.aside)):  # others need not wait until a kernel is compiled
            self._work()

    def _stir(self) -> None:
        """The visible run, or what is asked for, has changed."""
        with self._wake:
            self._noticed = True
            self._wake.notify_all()

    def _news(self, busy: bool) -> bool:
        """Whether to look at the visible run: when it has changed, and now and then in the middle of work."""
        with self._wake:
            now = time.monotonic()
            if not self._noticed or (busy and now < self._next_look):
                return False
            self._noticed, self._next_look = False, now + self._look_every_s
            return True

    def _rest(self, worked_s: float, waited_s: float = 0.0) -> None:
        """Leave the processor to the visible swarms: the longer, the later the pictures of this one, or of others, come."""
        BACKGROUND_SECONDS.add(worked_s, self._name)
        late_s, most = self._lateness() or 0.0, self._fair_share() or math.inf
        rest = self._share.rest_s(worked_s, late_s, waited_s, ONE_CORE.sharing(), most)
        with self._wake:
            self._wake.wait_for(lambda: not self._asked(), rest)
