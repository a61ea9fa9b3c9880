"""All replicas of the visible run: in small pieces, in rounds that bring them to one step, and the count there. No thread, no widget.

Replica r = 1, 2, … has the seed ``initial_swarm.seed + r`` (0 follows on the largest seed).
"""

from __future__ import annotations

import math
import time
from bisect import bisect_left, bisect_right, insort
from typing import NamedTuple

import numpy as np
from scipy.stats import binomtest

from components.replicas.bands import Band, QuantileBands
from components.replicas.costs import Costs, costs_of
from components.replicas.event_tally import EventTally, tally_of
from components.replicas.replica import Replica, VisibleRun
from swarmviz import Swarm
from swarmviz.events import Looking
from swarmviz.journal import Change, Journal
from swarmviz.success import tolerance_for
from swarmviz.theory import LivedRun, Verdict, judge
from swarmviz.theory.claim import fitting

CONFIDENCE = 0.95
MAX_JUDGED_STEPS = 512  # at which all replicas were judged; thinned beyond
MAX_STATE_BYTES = 256 << 20  # for the states of all replicas
MIN_STATES = 4  # per replica: the first, one snapshot, the present one and one for looking back
MAX_STATES = 64
COORDINATE_STEP_S = 2e-8  # per coordinate and step, before it is measured
ROUND_S = 0.5  # of work after which all replicas have come to a common step


class Outcome(NamedTuple):
    """One replica where it is judged: its seed, the step at which it stands, and what a tolerance is compared with there.

    One that has diverged stands at its last finite step; its ``miss`` is ∞, like that of a wrong state of a finite set.
    """

    seed: int
    k: int
    miss: float
    diverged: bool = False


class SuccessCount(NamedTuple):
    """How many of ``runs`` replicas have found the minimum at step ``k``, with Wilson's interval; all None where none is known.

    ``diverged`` of them have diverged by then and count as failures. ``outcomes`` holds each one's error, so that another
    ``tolerance`` needs no new runs; ``usual`` is that of the landscape. Both are None on a finite set, which has another criterion.
    """

    k: int
    runs: int
    diverged: int
    found: int | None = None
    low: float | None = None
    high: float | None = None
    tolerance: float | None = None
    usual: float | None = None
    outcomes: tuple[Outcome, ...] = ()

    def judged(self, tolerance: float | None) -> SuccessCount:
        """The same replicas, counted with another tolerance; None: the usual one."""
        if not self.outcomes:
            return self
        within = self.usual if tolerance is None or self.usual is None else tolerance
        found = sum(has_found(outcome.miss, within) for outcome in self.outcomes)
        interval = binomtest(found, self.runs).proportion_ci(CONFIDENCE, method="wilson")
        return self._replace(found=found, low=float(interval.low), high=float(interval.high), tolerance=within)

    def examples(self, found: bool) -> list[Outcome]:
        """Those that have found the minimum, or have not, in the order of their seeds; the diverged ones last."""
        those = (outcome for outcome in self.outcomes if has_found(outcome.miss, self.tolerance) == found)
        return sorted(those, key=lambda outcome: outcome.diverged)


def has_found(miss: float, tolerance: float | None) -> bool:
    """Whether a run that misses by so much has found the minimum; without a tolerance (a finite set) all or nothing counts."""
    return miss < (math.inf if tolerance is None else tolerance)


class ReplicaPool:
    """All replicas of a visible run: follows it, works in small pieces, and counts.

    In each round all replicas are brought to one step, the visible run's or, where that is far, one that is nearer; only what all of them
    have reached is counted or drawn.

    Attributes
    ----------
    replicas : list of Replica
        Those that have been started.
    runs : int
        How many there will be: as many as were asked for, or as have room in memory.
    goal : int, optional
        The step to which this round goes; None when everything asked for is done.
    spread : QuantileBands
        The quantiles of what they recorded.
    """

    def __init__(self) -> None:
        self.seen: VisibleRun | None = None
        self.replicas: list[Replica] = []
        self.runs = self._asked = 0
        self.goal: int | None = None
        self.spread = QuantileBands()
        self._journal: Journal | None = None  # copies: the parts of the visible run belong to another thread
        self._steps: list[int] = []  # at which all were judged, ascending
        self._cost = 0.0  # seconds per step of a replica, measured
        self._spent: Costs | None = (
            None  # what they had spent when that was last worked out, and of which step and how many
        )
        self._spent_at = (-1, 0)
        self._happened: EventTally | None = None  # the same of their events
        self._happened_at = (-1, 0)

    def follow(self, seen: VisibleRun, runs: int) -> None:
        """Take note of what the visible run did meanwhile, and of how many replicas are asked for."""
        if self.seen is None:
            self._cost = COORDINATE_STEP_S * seen.run.coordinates
        until = -1 if self.seen is None else self.seen.agrees_until(seen)
        if until <= seen.k or runs != self._asked:  # also where parameters are changed at that very step
            self._spent, self._spent_at = None, (-1, 0)
            self._happened, self._happened_at = None, (-1, 0)
        if until < 0 or runs != self._asked:
            self.replicas = self.replicas[:runs] if until >= 0 else []
            self._steps = self._steps if len(self.replicas) == runs else []
            self.runs = self._asked = runs
            self.spread, self.goal = QuantileBands(), None
        if until < math.inf:
            self._rewind(until)
            self._learn(seen.run.journal)
        elif self.goal is not None and seen.k < self.goal:
            self.goal = None
        self.seen = seen
        if (
            self.replicas and len(self.replicas) == self.runs
        ):  # fewer than before, or all that were left after going back
            self._draw()

    def work(self, seconds: float) -> bool:
        """Work for about so long; whether there is anything left to do."""
        assert self.seen is not None
        until = time.perf_counter() + seconds
        while len(self.replicas) < self.runs:
            if time.perf_counter() > until:
                return True
            self._add(self.seen)
        if self.goal is None:
            self.goal = self._next(self.seen)
        while self.goal is not None and (now := time.perf_counter()) < until:
            replica = next((r for r in self.replicas if self.goal not in r.misses), None)
            if replica is None:
                self._complete(self.goal)
                self.goal = self._next(self.seen)
                return self.goal is not None
            taken = replica.work(self._known, self.goal, max(1, int(seconds / self._cost)), self._snapshots)
            if taken:
                self._cost += 0.2 * ((time.perf_counter() - now) / taken - self._cost)
        return self.goal is not None

    @property
    def seeds(self) -> tuple[int, int] | None:
        """The first and the last replica's."""
        return (self.replicas[0].seed, self.replicas[-1].seed) if self.replicas else None

    def progress(self, k: int) -> float:
        """The mean share of the way to step ``k`` that the replicas have gone, in hundredths; one that has diverged goes nowhere."""
        gone = sum(1.0 if r.diverged is not None else min(r.front.k + 1, k + 1) / (k + 1) for r in self.replicas)
        return math.floor(100 * gone / self.runs) / 100 if self.runs else 0.0

    def tally(self, k: int, tolerance: float | None = None) -> SuccessCount | None:
        """The count at the latest step ≤ ``k`` at which all replicas were judged; None before the first.

        ``tolerance``: the largest error that counts as found, that of the landscape when absent.
        """
        place = bisect_right(self._steps, k)
        if not place or not self.replicas:
            return None
        at, runs = self._steps[place - 1], len(self.replicas)
        diverged = sum(r.diverged is not None and r.diverged <= at for r in self.replicas)
        (_, dynamics, landscape), d = self._known.acting_at(at), self.replicas[0].front.d
        if not dynamics.on_finite_set and not len(landscape.minimisers(d)):
            return SuccessCount(at, runs, diverged)
        usual = None if dynamics.on_finite_set else tolerance_for(landscape, d)
        outcomes = tuple(_outcome(replica, at) for replica in self.replicas)
        return SuccessCount(at, runs, diverged, usual=usual, outcomes=outcomes).judged(tolerance)

    def costs(self, k: int, fresh: bool = True) -> Costs | None:
        """What they have spent until they came near to F*, at the latest step ≤ ``k`` at which all were judged; None where F* is unknown.

        It takes some hundredths of a second; without ``fresh`` it is what was found last for the same run.
        """
        place = bisect_right(self._steps, k)
        if not fresh or not place or not self.replicas:
            return self._spent
        at, runs = self._steps[place - 1], len(self.replicas)
        if self._spent_at == (at, runs):
            return self._spent
        self._spent_at = (at, runs)
        (_, dynamics, landscape), front = self._known.acting_at(at), self.replicas[0].front
        heights = dynamics.frame(front).heights if dynamics.on_finite_set else None
        lowest = landscape.minimum(front.d) if heights is None else float(heights.min())
        since = max(0, self._moved_by(at))
        self._spent = None if lowest is None else costs_of([r.record for r in self.replicas], at, since, lowest)
        return self._spent

    def events(self, k: int, fresh: bool = True) -> EventTally | None:
        """When each kind of event first happened, at the latest step ≤ ``k`` at which all were judged; None before the first.

        Without ``fresh`` it is what was found last for the same run.
        """
        place = bisect_right(self._steps, k)
        if not fresh or not place or not self.replicas:
            return self._happened
        at, runs = self._steps[place - 1], len(self.replicas)
        if self._happened_at != (at, runs):
            self._happened_at = (at, runs)
            (_, dynamics, landscape), front = self._known.acting_at(at), self.replicas[0].front
            kinds = Looking.at(dynamics, landscape, front.n, front.d).kinds
            self._happened = tally_of([r.log for r in self.replicas], kinds, at, self._moved_by(at))
        return self._happened

    def bands(self) -> dict[str, Band]:
        """Observable → its band over all replicas, up to the step that all have reached."""
        return self.spread.bands(self.runs)

    def verdicts(self) -> dict[str, Verdict]:
        """What the replicas say of the claims about them, by name, at the step that all have reached."""
        reached = self.spread.last
        if self.seen is None or reached < 0:
            return {}
        swarm = self.seen.run.swarm
        lived = [LivedRun(self._known, swarm, r.record.until(reached)) for r in self.replicas if len(r.record)]
        with np.errstate(all="ignore"):  # of replicas that are about to diverge
            return {claim.name: judge(claim, lived) for claim in (fitting(lived[0]) if lived else ())}

    # ---- inside --------------------------------------------------------------------------------------------------------

    @property
    def _known(self) -> Journal:
        assert self._journal is not None
        return self._journal

    @property
    def _snapshots(self) -> int:
        """How many snapshots a replica may keep."""
        return min(MAX_STATES, MAX_STATE_BYTES // (self.runs * max(self.replicas[0].size, 1)) - MIN_STATES + 2)

    def _moved_by(self, k: int) -> int:
        """The step at which the landscape that is there at step ``k`` was put there; −1 where it has always been."""
        return max((change.k for change in self._known.until(k) if self._known.moved_at(change.k)), default=-1)

    def _learn(self, journal: Journal) -> None:
        """Copy the journal; what is known already stays."""
        known = self._journal or ()
        new = (Change(change.k, change.dynamics.copy(), change.landscape.copy()) for change in journal[len(known) :])
        self._journal = Journal([*known, *new])

    def _rewind(self, until: float) -> None:
        """Forget what came after step ``until``; everything when it is negative."""
        self._journal = self._journal.before(until) if self._journal is not None and until >= 0 else None
        self._steps = self._steps[: bisect_left(self._steps, until)]
        self.spread.cut(until)
        self.goal = None
        for replica in self.replicas:
            replica.rewind(until)

    def _add(self, seen: VisibleRun) -> None:
        largest = Swarm.declared()["seed"].bounds[1]
        seed = (seen.run.swarm.seed + len(self.replicas) + 1) % (largest + 1)
        replica = Replica(self._known[0], seen.run.swarm, seed)
        self.runs = min(self.runs, MAX_STATE_BYTES // (MIN_STATES * max(replica.size, 1)))
        self.replicas = [*self.replicas, replica][: self.runs]

    def _next(self, seen: VisibleRun) -> int | None:
        """Where the replicas go next: to what is shown; if they have been there, to what the curves show; None if there, too."""
        if not self.replicas:
            return None
        here = min((r.front.k for r in self.replicas if r.diverged is None), default=seen.furthest)
        if seen.k not in self._steps:
            goal = seen.k
        elif here < seen.furthest:
            goal = seen.furthest
        else:
            return None
        reach = here + max(1, int(ROUND_S / (self._cost * len(self.replicas))))
        if goal <= reach:
            return goal
        known = (
            k for k in self.replicas[0].misses if k >= reach
        )  # where some have been already, they need not be asked again
        return min(goal, min(known, default=reach))

    def _complete(self, k: int) -> None:
        """All have come to step ``k``."""
        if k not in self._steps:
            insort(self._steps, k)
        if len(self._steps) > MAX_JUDGED_STEPS:
            self._steps = sorted({*self._steps[::2], k})
            for replica in self.replicas:
                replica.misses = {at: replica.misses[at] for at in self._steps}
        self._draw()
        self.goal = None

    def _draw(self) -> None:
        """Quantiles of what all have recorded; one that has diverged is not waited for."""
        reached = min(
            (r.front.k for r in self.replicas if r.diverged is None), default=max(r.front.k for r in self.replicas)
        )
        self.spread.extend([r.record for r in self.replicas], reached)


def _outcome(replica: Replica, at: int) -> Outcome:
    """A replica at step ``at``, at which it was judged."""
    missed, lost = replica.misses[at], replica.diverged
    gone = lost is not None and lost <= at
    stands = max(0, lost - 1) if gone and lost is not None else at
    return Outcome(replica.seed, stands, math.inf if missed is None else missed, gone)
