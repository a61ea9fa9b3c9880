"""The thread of the replicas ("Was it luck?"): how many have found the minimum, and how far their curves are apart.

One thread works in pieces of a few milliseconds, mostly in kernels that run without the interpreter's lock, and rests in between: the
longer, the later the visible swarm's pictures come. It shares no lock with the visible run, and there is no thread unless replicas are
asked for. Its results are values that never change.
"""

from __future__ import annotations

import math
import sys
import time
import traceback
from collections.abc import Callable

from components.background import MAX_REST_S, ONE_CORE, BackgroundThread
from components.replicas.bands import Band
from components.replicas.card import NUMBERS, ReplicaStatus
from components.replicas.costs import Costs
from components.replicas.pool import ReplicaPool
from components.replicas.replica import VisibleRun
from swarmviz import Simulation
from swarmviz.theory import Verdict

PIECE_S = 0.004  # of work at a time
LEAST_SHARE = 0.1  # of one core
LOOK_EVERY_S = 0.4  # at the visible run, at most
REST_PER_WORK = 9  # between two rounds: rounds of a few steps cost more in Python than in kernels
JUDGE_EVERY_S = 2.0  # the claims, at most, in the middle of a round
REPORT_EVERY_S = 0.2  # at most, in the middle of a round
COUNT_EVERY_S = 2.0  # what they have spent, at most, in the middle of a round


class ReplicaWorker(BackgroundThread):
    """Replicas of a visible run on a thread of their own.

    Parameters
    ----------
    look : function () → VisibleRun or None
        The visible run as it stands (``VisibleRun.of(sim)`` under the lock that guards it); None when there is none any more.
    lateness : function () → float or None
        Seconds by which the visible swarm's pictures come late, None once its visit is gone; above
        ``background.LATE_S`` the replicas hold back.
    notify : function (ReplicaStatus) → None
        Called on the thread of the replicas when there is something new to show.
    fair_share : function () → float or None
        How many cores the visit may take at most, as in :class:`~components.background.BackgroundThread`.

    Examples
    --------
    >>> import swarmviz as sv
    >>> sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm())
    >>> worker = ReplicaWorker(lambda: VisibleRun.of(sim), lambda: 0.0, print)
    >>> worker.count
    0
    """

    def __init__(
        self,
        look: Callable[[], VisibleRun | None],
        lateness: Callable[[], float | None],
        notify: Callable[[ReplicaStatus], None],
        fair_share: Callable[[], float | None] = lambda: math.inf,
    ):
        super().__init__(
            look, lateness, notify,
            name="replicas", least_share=LEAST_SHARE, look_every_s=LOOK_EVERY_S, fair_share=fair_share,
        )  # fmt: skip
        self._count, self._hidden = 0, False
        self._round, self._reported_at = 0.0, 0.0  # seconds worked in this round; when
        self._next_round = 0.0
        self._shown: tuple[VisibleRun, dict[str, Band]] | None = None
        self._drawn = -1  # the last step of the bands that were reported
        self._tolerance: float | None = None
        self._judging, self._judged_at = False, -math.inf
        self._counted_at = -math.inf  # when it was last worked out what they have spent, and what happened in them
        self._counting = False
        self._verdicts: tuple[VisibleRun, dict[str, Verdict]] | None = None
        self.standing = ReplicaStatus(0)

    # ---- any thread ----------------------------------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """How many replicas are asked for; 0 ends the thread and forgets them."""
        return self._count

    @count.setter
    def count(self, count: int) -> None:
        if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= NUMBERS[-1]:
            raise ValueError(f"count = {count!r}: must be a whole number from 0 to {NUMBERS[-1]}")
        with self._wake:
            self._count, self._noticed = (0 if self._dead else count), True
            self._next_round = self._next_look = 0.0
            self.standing = ReplicaStatus(self._count, self._count)
            if not self._count:
                self._shown = self._verdicts = None
            else:
                self._started()
            self._wake.notify_all()

    @property
    def tolerance(self) -> float | None:
        """The largest error that counts as found, in half widths of the box; None: that of the landscape.

        The replicas that are there are judged anew at once.
        """
        return self._tolerance

    @tolerance.setter
    def tolerance(self, tolerance: float | None) -> None:
        with self._wake:
            self._tolerance = tolerance
            self.standing = self._judged(self.standing)

    def _judged(self, status: ReplicaStatus) -> ReplicaStatus:
        return status._replace(tally=status.tally and status.tally.judged(self._tolerance))

    @property
    def judging(self) -> bool:
        """Whether the claims about the run are judged, which costs time: only while somebody sees the result."""
        return self._judging

    @judging.setter
    def judging(self, on: bool) -> None:
        with self._wake:
            self._judging, self._judged_at = bool(on), -math.inf
            self._noticed = True
            self._wake.notify_all()

    @property
    def counting(self) -> bool:
        """Whether it is worked out what happened in the replicas: only while somebody sees the result."""
        return self._counting

    @counting.setter
    def counting(self, on: bool) -> None:
        with self._wake:
            self._counting, self._counted_at = bool(on), -math.inf
            self._noticed, self._next_round = True, 0.0
            self._wake.notify_all()

    def verdicts(self, sim: Simulation) -> dict[str, Verdict]:
        """Name of a claim → what the replicas of ``sim`` say of it; empty when off, or when its parameters were changed since."""
        judged = self._verdicts
        if judged is None or judged[0].agrees_until(VisibleRun.of(sim)) < judged[0].k:
            return {}
        return judged[1]

    @property
    def hidden(self) -> bool:
        """Whether the page is hidden: the replicas rest then."""
        return self._hidden

    @hidden.setter
    def hidden(self, on: bool) -> None:
        with self._wake:
            self._hidden = bool(on)
            self._wake.notify_all()

    def notice(self) -> None:
        """The visible run has moved or changed; cheap, to be called with every picture."""
        if self._count:
            self._stir()

    def bands(self, sim: Simulation) -> dict[str, Band]:
        """Observable → its band under the curve of ``sim``, as far as the replicas have the same parameters; empty when off."""
        shown = self._shown
        if shown is None:
            return {}
        visible, bands = shown
        until = min(visible.agrees_until(VisibleRun.of(sim)), sim.furthest)
        return {name: band.until(until) for name, band in bands.items()}

    def costs(self, visible: VisibleRun | None) -> Costs | None:
        """What the replicas of a run have spent; None when off, or when they are those of another run, or of before a change."""
        shown, costs = self._shown, self.standing.costs
        if shown is None or costs is None or visible is None or shown[0].agrees_until(visible) < costs.k:
            return None
        return costs

    # ---- the thread of the replicas --------------------------------------------------------------------------------------

    def _work(self) -> None:
        pool, busy = ReplicaPool(), False
        try:
            while count := self._wait(busy):
                if self._news(busy):
                    seen = self._look()
                    if seen is None:
                        self._end()
                        return
                    pool.follow(seen, count)
                began = time.thread_time()  # what others take from us on a busy machine is no work of ours
                with ONE_CORE:
                    busy = pool.work(PIECE_S)
                self._report(pool, count, busy, self._judge_claims(pool, busy))
                worked = time.thread_time() - began
                self._round += worked
                if not busy:
                    self._next_round = time.monotonic() + min(
                        max(LOOK_EVERY_S, REST_PER_WORK * self._round), MAX_REST_S
                    )
                    self._round = 0.0
                self._rest(worked)
        except Exception as error:
            self._fail(error)

    def _wait(self, busy: bool) -> int:
        """Sleep until there is something to do; the number of replicas, or 0 at the end."""
        with self._wake:
            while self._count:
                now = time.monotonic()
                due = busy or (self._noticed and now >= self._next_round)
                if due and not self._hidden:
                    return self._count
                self._wake.wait(self._next_round - now if self._noticed and not (due or self._hidden) else None)
            self._thread = None
            return 0

    def _asked(self):
        return self._count

    def _forget(self):
        self._count, self._shown, self._verdicts = 0, None, None

    def _judge_claims(self, pool: ReplicaPool, busy: bool) -> bool:
        """Hold the claims against the replicas, now and then while somebody sees the result; whether that was done."""
        now, seen = time.monotonic(), pool.seen
        if not self._judging or seen is None or (busy and now - self._judged_at < JUDGE_EVERY_S):
            return False
        verdicts = pool.verdicts()
        with self._wake:
            self._verdicts, self._judged_at = (seen, verdicts) if self._count else None, now
        return True

    def _report(self, pool: ReplicaPool, count: int, busy: bool, judged: bool) -> None:
        """Hand out what is new: at the end of a round, and the progress of a long one now and then."""
        now, seen = time.monotonic(), pool.seen
        if (busy and not judged and now - self._reported_at < REPORT_EVERY_S) or seen is None:
            return
        fresh = not busy or now - self._counted_at > COUNT_EVERY_S
        self._counted_at = now if fresh else self._counted_at
        with ONE_CORE:
            costs = pool.costs(seen.k, fresh)
            events = pool.events(seen.k, fresh) if self._counting else None
        tally = pool.tally(seen.k)
        status = ReplicaStatus(count, pool.runs, pool.progress(seen.k), pool.seeds, tally, costs=costs, events=events)
        with self._wake:
            if not self._count or self._count != count:
                return
            status = self._judged(status)  # by what was asked for last
            new = judged or (status, pool.spread.last) != (self.standing, self._drawn)
            self._shown, self.standing = (seen, pool.bands()), status
            self._drawn, self._reported_at = pool.spread.last, now
        if new:
            self._notify(status)

    def _fail(self, error: Exception) -> None:
        """Replicas that cannot be made end; the visible run goes on."""
        trouble = str(error)
        if not isinstance(error, ValueError):
            traceback.print_exception(error, file=sys.stderr)
            trouble = f"something went wrong ({type(error).__name__}: {error})"
        self._end(trouble)
        self._notify(self.standing)

    def _end(self, trouble: str = "") -> None:
        with self._wake:
            super()._end()
            self.standing = ReplicaStatus(0, trouble=trouble)
