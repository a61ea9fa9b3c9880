"""One replica of the visible run: the same journal with another seed, advanced in pieces and judged at any step.

A replica is what a replay of the visible run with its seed gives, bit for bit. It is no :class:`swarmviz.Simulation`: 200 of them share one
journal and one copy of the parameters, and it has little more than a short record and a few snapshots of its own.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from swarmviz import Diverged, Simulation, Swarm
from swarmviz.event_log import EventLog, spacing_at
from swarmviz.journal import Change, Journal
from swarmviz.record import Record
from swarmviz.replay import RunSpec
from swarmviz.simulation import CALL_STEPS
from swarmviz.snapshots import Snapshots, state_bytes
from swarmviz.success import miss

RECORDED = 1000  # recorded steps; thinned beyond, as many as a curve is drawn with
SPACING = 512  # steps between snapshots at first; doubles when there are too many


class VisibleRun(NamedTuple):
    """The visible run as it stands at the step that is shown, and the latest step that is known of it."""

    run: RunSpec
    furthest: int

    @classmethod
    def of(cls, sim: Simulation) -> VisibleRun:
        """The run of a simulation; never changes, so that another thread may have it."""
        return cls(RunSpec.of(sim), sim.furthest)

    @property
    def k(self) -> int:
        """The step that is shown."""
        return self.run.k

    def agrees_until(self, other: VisibleRun) -> float:
        """The step up to which both have the same parameters; see :meth:`swarmviz.replay.RunSpec.agrees_until`."""
        return self.run.agrees_until(other.run)


class Replica:
    """One run with another seed.

    Parameters
    ----------
    first : Change
        The parameters at the start.
    initial_swarm : Swarm
        That of the visible run.
    seed : int
        The seed that takes the place of ``initial_swarm.seed``.

    Attributes
    ----------
    front : State
        Where it has got to; a change of parameters at that very step is not in it yet.
    record : Record
        As in ``Simulation.record``, at most ``RECORDED`` steps.
    misses : dict
        Step → what a tolerance is compared with there (:func:`swarmviz.success.miss`; ∞ when it has diverged, None where no minimiser is
        known), for the steps at which it was judged.
    log : EventLog
        Its events, those of a simulation with this ``record_limit``.
    snapshots : Snapshots
        From which it goes on when the visible run is changed at an earlier step.
    diverged : int, optional
        The step at which an energy was no longer finite.
    """

    def __init__(self, first: Change, initial_swarm: Swarm, seed: int):
        swarm = initial_swarm.copy()
        swarm.seed = seed
        self.seed, self.record = seed, Record(1, RECORDED)
        self.misses: dict[int, float | None] = {}
        self.diverged: int | None = None
        state = first.dynamics.init(swarm.positions(first.landscape), first.landscape, seed)
        self.log, self._compares = EventLog(state.n, state.d, 1, RECORDED), True
        try:
            state, rows = first.dynamics.advance(state, first.landscape, 0, start=True)
            self.record.extend(rows)
            self.log.begin(first, rows)
            self._compares = False
        except Diverged:
            self.diverged = 0
        self.front = self._aside = state  # aside: the last one that was judged at an earlier step
        self.snapshots = Snapshots(state, SPACING)

    @property
    def size(self) -> int:
        """Bytes of one state."""
        return state_bytes(self.front)

    def work(self, journal: Journal, k: int, most: int, snapshots: int) -> int:
        """Take at most ``most`` steps towards step ``k``, and judge it there.

        Parameters
        ----------
        journal : Journal
            Of the visible run.
        k, most : int
        snapshots : int
            How many may be kept.

        Returns
        -------
        int
            The steps that were taken.
        """
        if self.diverged is not None and self.diverged <= k:
            self.misses[k] = math.inf
            return 0
        onward = self.front.k <= k
        state = self.front if onward else self.snapshots.nearest(k, self._aside)
        try:
            if state.k < k:
                return self._step(journal, state, min(k, state.k + min(most, CALL_STEPS)), onward, snapshots)
            self._judge(journal, state)
        except Diverged as error:
            self._stop(journal, state, error)
        return 0

    def rewind(self, k: float) -> None:
        """Forget what came after step ``k``, where the parameters were changed."""
        if self.diverged is not None and self.diverged >= k and len(self.record):
            self.diverged = None
        self.snapshots.cut(k)
        if self.front.k > k:
            self.front = self.snapshots.last
            self.log.cut(self.front.k)
            self._compares = True
        self.record.cut(self.front.k)
        self.misses = {at: missed for at, missed in self.misses.items() if at < k}
        self._aside = self.snapshots.first

    def _step(self, journal: Journal, state: Any, end: int, onward: bool, snapshots: int) -> int:
        (_, dynamics, landscape), start, stop, _ = next(
            journal.segments(state.k, min(end, self.snapshots.next_after(state.k)))
        )
        every = self.record.every
        if onward:
            every = min(every, int(spacing_at(start, 1, RECORDED)))
            self._compare(journal, state)
        new, rows = dynamics.advance(_changed(journal, state), landscape, stop - start, every)
        if onward:
            self._keep(new, rows, snapshots)
        else:
            self._aside = new
        return stop - start

    def _keep(self, state: Any, rows: dict[str, Any], snapshots: int) -> None:
        self.front = state
        self.record.extend(rows)
        self.log.extend(rows)
        self.snapshots.add(state, snapshots)

    def _compare(self, journal: Journal, state: Any) -> None:
        """The events of the next steps are compared with this step, where parameters were changed or the replica was taken back.

        A snapshot lies at a step at which events were looked for: both are multiples of powers of two, and that of the snapshots is larger.
        """
        if self._compares or journal.changed_at(state.k):
            change = journal.acting_at(state.k)
            if journal.moved_at(state.k):
                state = change.dynamics.moved_to(state, change.landscape)
            self.log.compare_with(change, change.dynamics.advance(state, change.landscape, 0, start=True)[1])
            self._compares = False

    def _judge(self, journal: Journal, state: Any) -> None:
        frame = journal.shown_at(state.k).dynamics.frame(_changed(journal, state))
        self.misses[state.k] = miss(frame, journal.acting_at(state.k).landscape)

    def _stop(self, journal: Journal, state: Any, error: Diverged) -> None:
        """It has diverged: it stands at its last finite step, like a simulation."""
        self.diverged = max(error.step, state.k)
        if self.diverged - 1 > state.k:
            _, dynamics, landscape = journal.acting_at(state.k)
            steps, every = self.diverged - 1 - state.k, min(self.record.every, int(spacing_at(state.k, 1, RECORDED)))
            new, rows = dynamics.advance(_changed(journal, state), landscape, steps, every)
            self._keep(new, rows, snapshots=2)


def _changed(journal: Journal, state: Any) -> Any:
    """The state after the change that was made at its very step, if there was one; as ``Simulation.apply`` leaves it."""
    if not journal.changed_at(state.k):
        return state
    _, dynamics, landscape = journal.acting_at(state.k)
    if journal.moved_at(state.k):
        state = dynamics.moved_to(state, landscape)
    return dynamics.advance(state, landscape, 0)[0]
