"""A run: dynamics × landscape × swarm, its present state, its record and its past.

A simulation has no clock and no widget. The parameters that the dynamics has when ``advance`` is called are those that act. Changes in
mid-run are noted in a journal (:mod:`swarmviz.journal`), so that going back to any step replays the run exactly.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from swarmviz.dynamics.base import Dynamics
from swarmviz.dynamics.batch import RecordRows
from swarmviz.dynamics.explain.terms import Term
from swarmviz.event_log import EventLog, spacing_at
from swarmviz.events import Event, Events
from swarmviz.frame import Diverged, Frame
from swarmviz.journal import Change, Journal, step_number
from swarmviz.landscapes.base import Landscape
from swarmviz.record import Record
from swarmviz.snapshots import Snapshots, state_bytes
from swarmviz.summary import summary
from swarmviz.swarm import Swarm

SNAPSHOT_SPACING = 256  # steps between snapshots at first; doubles when there are too many
SNAPSHOT_BYTES = 64 << 20  # of all snapshots
SNAPSHOT_COUNT = 128
CALL_STEPS = 4096  # per call of a kernel, so that schedules of one value per step need bounded memory
PIECE = 4_000_000  # coordinates times steps that take about a tenth of a second
CHECK_EVERY_S = 0.05  # between two calls of ``check`` in a replay, once it is known what a step costs


class Simulation:
    """A running swarm.

    Parameters
    ----------
    dynamics : Dynamics
        Its parameters may change between two calls of ``advance``; they act from the next step on.
    landscape : Landscape
        It may change or be replaced, too, as long as it exists in the swarm's dimension.
    swarm : Swarm
        Number, dimension, seed and initial law; changes take effect at ``reset``.
    every : int
        Record the steps that are multiples of it.
    record_limit : int, optional
        Upper bound on the recorded steps; the record is thinned when it is reached.

    Raises
    ------
    TypeError, ValueError
        When the parts are of the wrong kind or do not fit together.

    Examples
    --------
    >>> import swarmviz as sv
    >>> sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=100, d=2, seed=7))
    >>> frame = sim.advance(100)
    >>> frame.x.shape, len(sim.record["dispersion"])
    ((100, 2), 101)
    """

    def __init__(
        self, dynamics: Dynamics, landscape: Landscape, swarm: Swarm, *, every: int = 1, record_limit: int | None = None
    ):
        for name, value, kind in (
            ("dynamics", dynamics, Dynamics),
            ("landscape", landscape, Landscape),
            ("swarm", swarm, Swarm),
        ):
            if not isinstance(value, kind):
                raise TypeError(f"{name} = {value!r}: must be a {kind.__name__}, not {type(value).__name__}")
        self.dynamics, self.landscape, self.swarm = dynamics, landscape, swarm
        self.every = step_number("every", every, smallest=1)
        self._seen: tuple[Any, Dynamics, Frame] | None = None  # the last frame, and what it was made of
        self.record_limit = None if record_limit is None else step_number("record_limit", record_limit, smallest=2)
        self.reset()

    @classmethod
    def replay(
        cls, journal: Sequence[Change], swarm: Swarm, k: int, *, check: Callable[[int], Any] = int, **options: Any
    ) -> Simulation:
        """A replay of another run up to step ``k``: the same bits, the same journal.

        Parameters
        ----------
        journal : Journal, or sequence of Change
            As in ``journal`` of that run.
        swarm : Swarm
            As in ``initial_swarm`` of that run.
        k : int
            Where to stop; changes after it are left out.
        check : function (k), optional
            Called with the present step about every ``CHECK_EVERY_S``; an exception that it raises ends the replay.
        **options
            ``every`` and ``record_limit``.

        Raises
        ------
        ValueError, Diverged
            As that run.

        See Also
        --------
        swarmviz.replay.RunSpec : all these arguments as one value.

        Examples
        --------
        >>> import swarmviz as sv
        >>> sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm())
        >>> _ = sim.advance(10)
        >>> sim.dynamics.sigma = 0.1
        >>> _ = sim.advance(10)
        >>> again = sv.Simulation.replay(sim.journal, sim.initial_swarm, sim.k)
        >>> bool((again.frame.x == sim.frame.x).all())
        True
        """
        k = step_number("k", k)
        first, *changes = Journal(journal).until(k)
        sim = cls(first.dynamics.copy(), first.landscape.copy(), swarm.copy(), **options)
        sim.follow(changes, k, check)
        return sim

    def follow(self, changes: Sequence[Change], k: int, check: Callable[[int], Any] = int) -> None:
        """Advance to step ``k``, and make these changes at their steps on the way; ``check`` as in :meth:`replay`."""
        for change in changes:
            self._advance_to(change.k, check)
            self.dynamics, self.landscape = change.dynamics.copy(), change.landscape.copy()
            self.apply()
        self._advance_to(k, check)

    def fork(self) -> Simulation:
        """Another simulation with the same past and present, and a future of its own; costs no step."""
        other = copy.copy(self)
        other.dynamics, other.landscape, other.swarm = self.dynamics.copy(), self.landscape.copy(), self.swarm.copy()
        # states and the journal are never changed in place
        other._snapshots, other._record, other._log = self._snapshots.copy(), self._record.copy(), self._log.copy()
        return other

    def __repr__(self) -> str:
        return f"Simulation({self.dynamics!r}, {self.landscape!r}, {self.swarm!r}) at step {self.k}"

    def _repr_html_(self) -> str | None:
        """What a notebook shows."""
        return summary(self)

    # ---- where it is ---------------------------------------------------------------------------------------------------

    @property
    def k(self) -> int:
        """The present step."""
        return self._state.k

    @property
    def t(self) -> float:
        """The present time."""
        return float(self._state.clock.at(self._state.k))

    @property
    def evaluations(self) -> int | None:
        """The values of F that the run has spent until now, as its algorithm makes them (:mod:`swarmviz.dynamics.cost`).

        None of a dynamics that does not count them.
        """
        return getattr(self._state, "evaluations", None)

    @property
    def furthest(self) -> int:
        """The latest step that is known; ``goto`` up to here replays the run as it was."""
        return self._furthest

    @property
    def end(self) -> Frame:
        """What a view may see of the swarm at ``furthest``; costs no step."""
        return self._frame_of(self._end)

    @property
    def retraces(self) -> bool:
        """Whether the next steps are known, and the present parameters are those that act on them: see :meth:`retrace`."""
        return self.k < self._furthest and not self.edited

    @property
    def edited(self) -> bool:
        """Whether the present parameters are others than those that act at the present step."""
        acting = self._journal.acting_at(self.k)
        return not (acting.dynamics.same_as(self.dynamics) and acting.landscape.same_as(self.landscape))

    @property
    def record(self) -> Record:
        """What was recorded, from step 0 to ``furthest``."""
        return self._record

    @property
    def events(self) -> Events:
        """What happened from step 0 to ``furthest``: a minimiser found or lost, a new best, a collapse, a change, ….

        A function of the run as it was lived (:mod:`swarmviz.events`); at most ``MOST_EVENTS`` of each kind. They are looked for at the
        recorded steps: at every step, unless ``every`` is larger or a ``record_limit`` has thinned the record.

        Examples
        --------
        >>> import swarmviz as sv
        >>> sim = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=50, seed=1))
        >>> _ = sim.advance(100)
        >>> sim.events.steps("collapse")
        [98]
        """
        return self._log.events(self._journal, self._furthest)

    def first_events(self, names: Collection[str], after: int, until: int) -> tuple[Event, ...]:
        """What happened first at the steps ``after`` < k ≤ ``until``, of some kinds of events: all of that step.

        Unlike :attr:`events` it knows every one, and costs no more in a run with many of them.

        Parameters
        ----------
        names : collection of str
            Names of kinds.
        after, until : int
            Steps; beyond ``furthest`` nothing is known, and nothing found.

        Examples
        --------
        >>> import swarmviz as sv
        >>> sim = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=50, seed=1))
        >>> _ = sim.advance(100)
        >>> [(event.k, event.kind.title) for event in sim.first_events(["collapse", "lost"], 0, 100)]
        [(98, 'collapse')]
        """
        return self._log.first(names, self._journal, after, min(until, self._furthest))

    @property
    def frame(self) -> Frame:
        """What a view may see of the swarm now."""
        return self._frame_of(self._state)

    @property
    def journal(self) -> Journal:
        """Which parameters acted at which step, up to ``furthest``."""
        return self._journal

    @property
    def initial_swarm(self) -> Swarm:
        """The swarm this run started with; ``swarm`` may have been changed since, for the next ``reset``."""
        return self._initial_swarm

    @property
    def born(self) -> Swarm:
        """The former name of ``initial_swarm``."""
        return self._initial_swarm

    # ---- moving it -----------------------------------------------------------------------------------------------------

    def reset(self) -> Frame:
        """Back to step 0 with the present parameters and swarm; the record starts anew.

        Raises
        ------
        ValueError
            When the swarm cannot start there; the run stays as it was.
        """
        self.dynamics.require_agents(self.swarm.n)
        x = self.swarm.positions(self.landscape)
        self.landscape.require_defined(x)
        state = self.dynamics.init(x, self.landscape, self.swarm.seed)
        journal = Journal.at_start(self.dynamics.copy(), self.landscape.copy())
        state, rows = self.dynamics.advance(state, self.landscape, 0, self.every, start=True)
        # nothing above this line changes the simulation: a reset that fails leaves the run as it was
        self._stand_at_the_end(state, state)
        self._journal, self._initial_swarm = journal, self.swarm.copy()
        self._snapshots = Snapshots(state, SNAPSHOT_SPACING)
        self._record = Record(self.every, self.record_limit)
        self._record.extend(rows)
        self._log = EventLog(state.n, state.d, self.every, self.record_limit)
        self._log.begin(journal[0], rows)
        return self.frame

    def advance(self, steps: int = 1) -> Frame:
        """Take ``steps`` steps and return the frame.

        Raises
        ------
        Diverged
            When an energy is no longer finite; the simulation then stands at the last step at which all were.
        ValueError
            When ``steps`` is no whole number ≥ 0, or a parameter left its range; the simulation is untouched.
        """
        target = self.k + step_number("steps", steps)
        while self.k < target:
            end = min(target, self._snapshots.next_after(self.k), self.k + CALL_STEPS)
            try:
                self._step_to(end)
            except Diverged as error:
                if error.step > self.k:
                    self._step_to(error.step - 1)
                if self.k == self._furthest:
                    self._log.diverge(self.k)
                raise self._explained(error) from None
        return self.frame

    def apply(self) -> Frame:
        """Let the present parameters act on the present step, without a step: energies, weights and consensus are evaluated anew.

        For a paused swarm whose landscape or parameters change; the steps that follow are the same as without it.

        Raises
        ------
        Diverged
            When F is not finite where an agent is; like the following, it leaves the simulation as it was, its future included.
        ValueError
            When the landscape does not exist in the swarm's dimension, or a parameter left its range.
        """
        self._accept(*self._presumed(), evaluate=True)
        return self.dynamics.frame(self._state)

    def goto(self, k: int) -> Frame:
        """Go to step ``k``, exactly: back through snapshots and the journal, forward by simulating.

        Steps up to ``furthest`` are replayed with the parameters that acted on them. An ``advance`` from an earlier step starts a new
        branch with the present parameters, and the old future is forgotten: unlike :meth:`retrace`, this changes none of them.
        """
        k = step_number("k", k)
        if k > self._furthest:
            if self.k < self._furthest:
                self.goto(self._furthest)
            return self.advance(k - self.k)
        self._arrived, self._state = self._replay(k)
        return self.frame

    def retrace(self, k: int) -> Frame:
        """Go to step ``k``, which is known, with the parameters that act there as the present ones: those of the journal, or newer ones.

        So ``retrace`` from step to step is the run as it was lived, with every change at its step, and ``furthest`` has the newest.

        Raises
        ------
        ValueError
            When ``k`` is no whole number from 0 to ``furthest``.

        Examples
        --------
        >>> import swarmviz as sv
        >>> sim = sv.Simulation(sv.CBO(sigma=1.0), sv.landscapes.Rastrigin(), sv.Swarm(n=20))
        >>> _ = sim.advance(10)
        >>> sim.dynamics.sigma = 0.5
        >>> _ = sim.advance(10)
        >>> _ = sim.retrace(5)
        >>> sim.dynamics.sigma, sim.retraces
        (1.0, True)
        >>> _ = sim.retrace(20)
        >>> sim.dynamics.sigma
        0.5
        """
        if step_number("k", k) > self._furthest:
            raise ValueError(
                f"k = {k}: must be a whole number from 0 to {self._furthest}, the latest step that is known"
            )
        frame = self.goto(k)
        acting = self._journal.acting_at(k)
        if not acting.dynamics.same_as(self.dynamics):
            self.dynamics = acting.dynamics.copy()
        if not acting.landscape.same_as(self.landscape):
            self.landscape = acting.landscape.copy()
        return frame

    def explain(self, agent: int) -> tuple[Term, ...]:
        """The step that :meth:`advance` would take next, of one agent, term by term; nothing moves.

        Parameters
        ----------
        agent : int
            Its number, from 0 to N − 1.

        Returns
        -------
        tuple of Term
            Numbers, and vectors that add up to the agent's next position, with the draws that the step will make.

        Raises
        ------
        ValueError
            When there is no such agent, or a parameter left its range.
        Diverged
            When an energy is not finite.

        Examples
        --------
        >>> import swarmviz as sv
        >>> sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20, seed=1))
        >>> terms = sim.explain(3)
        >>> [term.meaning for term in terms if term.adds][:2]
        ['where it is', 'drift to the consensus point']
        >>> import numpy as np
        >>> step = sum(term.value for term in terms if term.adds)
        >>> bool(np.allclose(step, sim.advance(1).x[3], rtol=0, atol=1e-12))
        True
        """
        state, _ = self._presumed()
        return self.dynamics.explain(state, self.landscape, agent)

    def explain_each(self, agents: Iterable[int]) -> Iterator[tuple[Term, ...]]:
        """The same of several agents, one after the other: what all have in common is evaluated once.

        Parameters
        ----------
        agents : iterable of int
            Their numbers. Each is explained when it is asked for, so that whoever has no time left takes no more; the run must stay where
            it is meanwhile.

        Examples
        --------
        >>> import swarmviz as sv
        >>> sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20, seed=1))
        >>> [float(terms[-1].value[0]) for terms in sim.explain_each([3, 5])] == [float(sim.explain(n)[-1].value[0]) for n in (3, 5)]
        True
        """
        state, _ = self._presumed()
        evaluated, _ = self.dynamics.advance(state, self.landscape, 0, start=True)
        for agent in agents:
            if not 0 <= agent < state.n:
                raise ValueError(f"agent = {agent!r}: must be a whole number from 0 to {state.n - 1}")
            yield tuple(self.dynamics.terms(evaluated, self.landscape, agent))

    @property
    def piece(self) -> int:
        """So many steps take about a tenth of a second, or are one step."""
        return max(1, PIECE // (self._initial_swarm.n * self._initial_swarm.d))

    def kept(self, k: int) -> int:
        """The latest step ≤ ``k`` to which :meth:`goto` leads without simulating: a snapshot, or the present step."""
        return self._snapshots.nearest(step_number("k", k), self._arrived).k

    # ---- inside --------------------------------------------------------------------------------------------------------

    def _explained(self, error: Diverged) -> Diverged:
        """The same, with what the landscape knows of the reason: a formula may be undefined where the swarm went."""
        advice = self.landscape.advice(self.frame.x) if type(error) is Diverged else ""
        return Diverged(error.step, error.agent, advice) if advice else error

    def _advance_to(self, k: int, check: Callable[[int], Any]) -> None:
        """Advance to step ``k`` in pieces of about ``CHECK_EVERY_S``, whatever a step costs; how steps are grouped changes no bit."""
        piece = max(1, self.piece // 16)
        while self.k < k:
            check(self.k)  # before steps only: what is finished waits for nothing
            steps, began = min(piece, k - self.k), time.perf_counter()
            self.advance(steps)
            took = time.perf_counter() - began
            piece = max(1, int(steps * min(2.0, CHECK_EVERY_S / max(took, 1e-9))))

    def _step_to(self, k: int) -> None:
        """Advance to step ``k`` in one call of the kernel; record it, and keep a snapshot where one is due."""
        self._seen = None  # the frame of a large swarm is as large as its state
        presumed = self._presumed()
        spacing = min(self._record.every, int(spacing_at(self.k, self.every, self.record_limit)))
        state, rows = self.dynamics.advance(presumed[0], self.landscape, k - self.k, spacing)
        self._accept(*presumed)  # parameters that no step can be made with are none of the run's, and cost it no future
        self._stand_at_the_end(state, state)
        self._record.extend(rows)
        self._log.extend(rows)
        self._snapshots.add(state, min(SNAPSHOT_COUNT, SNAPSHOT_BYTES // max(state_bytes(state), 1)))

    def _presumed(self) -> tuple[Any, bool]:
        """The present state with the present parameters, checked, and whether they differ from those that act.

        Made of what the last step left, as a replay makes it: changes at this step that others took the place of leave no trace.
        """
        acting = self._journal.acting_at(self.k)
        if type(self.dynamics) is not type(acting.dynamics):
            raise ValueError(
                f"dynamics = {self.dynamics!r}: another dynamics needs a new Simulation; only parameters may change in mid-run"
            )
        self.landscape.require_dimension(self._state.d)
        stays = acting.landscape.same_as(self.landscape)
        changed = not (stays and acting.dynamics.same_as(self.dynamics))
        arrived = self._journal.arrived_with(self.k).landscape
        if stays if arrived is acting.landscape else arrived.same_as(self.landscape):
            return self._arrived, changed
        return self.dynamics.moved_to(self._arrived, self.landscape), changed

    def _accept(self, state: Any, changed: bool, evaluate: bool = False) -> None:
        """Take the present parameters for what follows: forget a future that was left, note a change in the journal.

        ``state`` and ``changed`` are those of :meth:`_presumed`; ``evaluate`` the present step with them; else a step has been made with
        them already. So the journal holds no change that no replay could make.
        """
        left = self.k < self._furthest
        try:
            compared = self._last_look(state, changed) if changed or left else None
            if evaluate:
                state, _ = self.dynamics.advance(state, self.landscape, 0, self._record.every)
        except Diverged as error:
            raise self._explained(error) from None
        # nothing raises from here on
        if left:
            self._record.cut(self.k)
            self._log.cut(self.k)
            self._journal = self._journal.until(self.k)
            self._snapshots.cut(self.k)
        self._stand_at_the_end(self._arrived, state)
        if changed:
            self._journal = self._journal.with_change(self.k, self.dynamics, self.landscape)
        if compared is not None:
            self._log.compare_with(*compared)

    def _last_look(self, state: Any, changed: bool) -> tuple[Change, RecordRows]:
        """What the events of the next steps are compared with: parameters, and what was measured with them.

        That was measured at the present step where parameters are changed here, or else where events were last looked for, but not before
        the present parameters acted.
        """
        if changed:
            change = Change(self.k, self.dynamics, self.landscape)
        else:
            change = self._journal.acting_at(self.k)
            k = max(change.k, self._log.last_look(self.k))
            state = self._replay(k)[0] if k < self.k else state
            if k < self.k and self._journal.moved_at(k):
                state = change.dynamics.moved_to(state, change.landscape)
        return change, change.dynamics.advance(state, change.landscape, 0, start=True)[1]

    def _stand_at_the_end(self, arrived: Any, state: Any) -> None:
        """Be at the latest step: what the step left, and the same with the present parameters acting on it."""
        self._arrived, self._state = self._arrived_at_end, self._end = arrived, state
        self._furthest: int = state.k

    def _replay(self, k: int) -> tuple[Any, Any]:
        """What step ``k`` ≤ furthest left, from the nearest earlier snapshot and with the journal's parameters, and what is shown there."""
        if k == self._furthest:
            return self._arrived_at_end, self._end
        state = self._snapshots.nearest(k, self._arrived)
        for (_, dynamics, landscape), start, stop, moved in self._journal.segments(state.k, k):
            if moved:
                state = dynamics.moved_to(state, landscape)
            state, _ = dynamics.advance(state, landscape, stop - start, every=stop)
        arrived = state
        if k == 0 and self._journal.changed_at(0):  # counts at once: no step leads there
            _, dynamics, landscape = self._journal.acting_at(0)
            if self._journal.moved_at(0):
                state = dynamics.moved_to(state, landscape)
            state, _ = dynamics.advance(state, landscape, 0, self._record.every)
        return arrived, state

    def _frame_of(self, state: Any) -> Frame:
        """What is seen of a state; asked for again (views, lines of theory), it is the same frame and costs nothing."""
        dynamics = self._journal.shown_at(state.k).dynamics
        seen = self._seen
        if seen is None or seen[0] is not state or seen[1] is not dynamics:
            seen = self._seen = state, dynamics, dynamics.frame(state)
        return seen[2]
