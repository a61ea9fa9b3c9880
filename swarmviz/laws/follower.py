"""The law that goes with a run: its State at any step, whatever was changed on the way.

It is a pure function of the run's journal and of its initial swarm. What is kept of it, the latest State and some snapshots, only saves
time: going back is exact, and of two runs that were the same up to a change both have the States up to there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from swarmviz.frame import Diverged
from swarmviz.journal import Journal, step_number
from swarmviz.laws import registry
from swarmviz.laws.base import LawScheme, NoLaw
from swarmviz.snapshots import Snapshots, state_bytes
from swarmviz.swarm import Swarm

SPACING = 32  # steps between two snapshots at first; doubles when there are too many
SNAPSHOT_BYTES = 32 << 20  # of all snapshots
SNAPSHOT_COUNT = 64
PIECE_S = 0.02  # between two looks at the clock, once it is known what a step costs


class Reached(NamedTuple):
    """How far a law has come.

    Attributes
    ----------
    scheme : LawScheme or None
        What can be asked about ``state``.
    state : State or None
        The law at its step ``state.k``; None where there is none at all.
    refusal : str
        Why the law goes no further than ``state``, in one sentence; "" where it does.
    """

    scheme: LawScheme | None
    state: Any
    refusal: str

    @property
    def k(self) -> int:
        """Its step; −1 where there is no law."""
        return -1 if self.state is None else self.state.k


class LawOfRun:
    """The law of infinitely many agents beside a run, computed as far as somebody has asked.

    Any thread may ask. One at a time computes, others wait for it; :meth:`reached` never waits.

    Examples
    --------
    >>> import numpy as np
    >>> import swarmviz as sv
    >>> from swarmviz.laws import LawOfRun
    >>> sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=100, d=1))
    >>> _ = sim.advance(5)
    >>> sim.dynamics.sigma = 0.5
    >>> _ = sim.advance(5)
    >>> law = LawOfRun().at(sim.journal, sim.initial_swarm, sim.k)
    >>> law.k, round(float(law.scheme.cdf(law.state, np.array([0.0]))[0]), 3)
    (10, 0.5)
    """

    def __init__(self) -> None:
        self._working, self._lock = threading.Lock(), threading.Lock()
        self._journal: Journal | None = None
        self._swarm: Swarm | None = None
        self._snapshots: Snapshots | None = None
        self._latest: Any = None
        self._none = Reached(None, None, "")  # where there is no law from the first step on

    def at(self, journal: Journal, swarm: Swarm, k: int, check: Callable[[int], Any] = int) -> Reached:
        """The law at step ``k`` of a run; where it goes no further than an earlier one, that.

        Parameters
        ----------
        journal, swarm : Journal, Swarm
            ``journal`` and ``initial_swarm`` of the run.
        k : int
            Step ≥ 0.
        check : function (k), optional
            Called with the step that is reached, about every ``PIECE_S``; an exception that it raises ends the computation, and nothing
            that was computed is lost.
        """
        return self._advanced(journal, swarm, step_number("k", k), float("inf"), check)

    def advance_towards(
        self, journal: Journal, swarm: Swarm, k: int, seconds: float, check: Callable[[int], Any] = int
    ) -> Reached:
        """As :meth:`at`, but no longer than ``seconds`` and one piece more: the law at the step ≤ ``k`` that is reached by then.

        Each call goes on by a step at least, however long its start takes: who calls again and again comes to ``k``.
        """
        return self._advanced(journal, swarm, step_number("k", k), seconds, check)

    def reached(self, journal: Journal, swarm: Swarm, k: int) -> Reached:
        """The latest State at a step ≤ ``k`` that is known of this run; computes nothing and waits for nothing."""
        with self._lock:
            return self._known(journal, swarm, step_number("k", k))

    # ---- inside --------------------------------------------------------------------------------------------------------

    def _known(self, journal: Journal, swarm: Swarm, k: int) -> Reached:
        """The latest State at a step ≤ ``k``; under the lock."""
        until = self._agrees_until(journal, swarm)
        if until < 0 or self._snapshots is None:
            return self._none if until >= 0 else Reached(None, None, "")
        state = self._snapshots.nearest(int(min(k, until)), self._latest)
        return Reached(registry.scheme_of(journal[0].dynamics), state, "")

    def _agrees_until(self, journal: Journal, swarm: Swarm) -> float:
        """Up to which step the States that are kept are those of this run; −1: of none."""
        if self._journal is None or self._swarm is None or not _same_start(self._swarm, swarm):
            return -1
        return self._journal.agrees_until(journal)

    def _begin(self, journal: Journal, swarm: Swarm) -> None:
        """Make what is kept that of this run: forget what belongs to another; under the lock."""
        until = self._agrees_until(journal, swarm)
        if until < 0:
            self._snapshots, self._latest, self._none = None, None, Reached(None, None, "")
            _, dynamics, landscape = journal[0]
            scheme, refusal = registry.scheme_of(dynamics), registry.refusal(dynamics, landscape, swarm)
            if scheme is None or refusal:
                self._none = Reached(scheme, None, refusal)
            else:
                self._latest = scheme.init(dynamics, landscape, swarm)
                self._snapshots = Snapshots(self._latest, SPACING)
        elif self._snapshots is not None:
            self._snapshots.cut(until)
            if self._latest.k > until:
                self._latest = self._snapshots.last
        self._journal, self._swarm = journal, swarm.copy()

    def _advanced(self, journal: Journal, swarm: Swarm, k: int, seconds: float, check: Callable[[int], Any]) -> Reached:
        began, piece = time.perf_counter(), 1
        with self._working:
            with self._lock:
                self._begin(journal, swarm)
                reached = self._known(journal, swarm, k)
            before = reached.k
            while reached.state is not None and reached.k < k and not reached.refusal:
                check(reached.k)
                start = time.perf_counter()
                if reached.k > before and start - began > seconds:
                    break
                reached, steps = self._piece(reached, journal, swarm, min(k, reached.k + piece))
                took = time.perf_counter() - start
                piece = max(1, int(steps * min(2.0, PIECE_S / max(took, 1e-9))))
            return reached

    def _piece(self, reached: Reached, journal: Journal, swarm: Swarm, k: int) -> tuple[Reached, int]:
        """Further by some steps with the same parameters, to ``k`` at most; and by how many."""
        scheme, state, snapshots = reached.scheme, reached.state, self._snapshots
        assert scheme is not None and snapshots is not None
        segment = next(journal.segments(state.k, min(k, snapshots.next_after(state.k))))
        _, dynamics, landscape = segment.change
        refusal = registry.refusal(dynamics, landscape, swarm)
        if refusal:
            return reached._replace(refusal=refusal), 0
        try:
            if segment.moved:
                state = scheme.moved_to(state, dynamics, landscape)
            after = scheme.advance(state, dynamics, landscape, segment.stop - segment.start)
        except (NoLaw, Diverged) as error:
            steps = segment.stop - segment.start
            if steps > 1:  # where it ends must not depend on how steps are grouped
                return self._piece(reached, journal, swarm, segment.start + steps // 2)
            return reached._replace(refusal=str(error)), 0
        with self._lock:
            self._latest = after
            snapshots.add(after, min(SNAPSHOT_COUNT, SNAPSHOT_BYTES // max(state_bytes(after), 1)))
        return reached._replace(state=after), segment.stop - segment.start


def _same_start(one: Swarm, other: Swarm) -> bool:
    """Whether two swarms start from the same law and are as large; the seed does not matter."""
    return one.values_now() | {"seed": 0} == other.values_now() | {"seed": 0}
