"""A run: dynamics × landscape × swarm, its present state, its record and its past.

A simulation has no clock and no widget. Whatever the dynamics' parameters are when ``advance`` is called is what the swarm feels;
changes made in mid-run are kept in a journal, so that going back to any step replays the run exactly.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np

from swarmviz.dynamics.base import Dynamics
from swarmviz.frame import Diverged, Frame
from swarmviz.landscapes.base import Landscape
from swarmviz.record import Record
from swarmviz.swarm import Swarm

SNAPSHOT_SPACING = 256  # steps between snapshots at first; doubles when there are too many
CALL_STEPS = 4096  # per call of a kernel, so that schedules of one value per step need a bounded room
PIECE = 4_000_000  # coordinates times steps between two looks at whether a replay is still wanted
LOOK_EVERY = 0.05  # seconds between two such looks, once it is known what a step costs
SNAPSHOT_BYTES = 64 << 20
SNAPSHOT_COUNT = 128


class Entry(NamedTuple):
    """From step ``k`` on these were in force."""

    k: int
    dynamics: Dynamics
    landscape: Landscape


class Simulation:
    """A running swarm.

    Parameters
    ----------
    dynamics : Dynamics
        Its parameters are live: change them between two calls of ``advance`` and the running swarm answers.
    landscape : Landscape
        Live, too: it may be replaced or changed, as long as it exists in the swarm's dimension.
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
        self.every = _steps("every", every, smallest=1)
        self.record_limit = None if record_limit is None else _steps("record_limit", record_limit, smallest=2)
        self.reset()

    @classmethod
    def replay(
        cls, journal: Sequence[Entry], swarm: Swarm, k: int, *, check: Callable[[int], Any] = int, **options: Any
    ) -> Simulation:
        """Another run's past, lived again up to step ``k``: the same bits, the same journal.

        Parameters
        ----------
        journal : sequence of Entry
            As in ``journal`` of that run.
        swarm : Swarm
            As in ``initial_swarm`` of that run.
        k : int
            Where to stop; entries after it are left out.
        check : function (k), optional
            Told the present step now and then; what it raises ends a replay that nobody waits for any more.
        **options
            ``every`` and ``record_limit``.

        Examples
        --------
        >>> import swarmviz as sv
        >>> sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm())
        >>> _ = sim.advance(10)
        >>> sim.dynamics.sigma = 0.1
        >>> _ = sim.advance(10)
        >>> again = sv.Simulation.replay(sim.journal, sim.born, sim.k)
        >>> bool((again.frame.x == sim.frame.x).all())
        True
        """
        k = _steps("k", k)
        first = journal[0]
        sim = cls(first.dynamics.copy(), first.landscape.copy(), swarm.copy(), **options)
        for entry in journal[1:]:
            if entry.k <= k:
                sim._pass(entry.k, check)
                sim.dynamics, sim.landscape = entry.dynamics.copy(), entry.landscape.copy()
                sim.apply()
        sim._pass(k, check)
        return sim

    def fork(self) -> Simulation:
        """Another simulation with this one's past and present, whose parameters and future are its own; costs no step."""
        other = copy.copy(self)
        other.dynamics, other.landscape, other.swarm = self.dynamics.copy(), self.landscape.copy(), self.swarm.copy()
        # states are never changed in place
        other._journal, other._snapshots = list(self._journal), list(self._snapshots)
        other._record = self._record.copy()
        return other

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
    def furthest(self) -> int:
        """The latest step that is known; ``goto`` up to here replays the run as it was."""
        return self._furthest

    @property
    def end(self) -> Frame:
        """What a view may see of the swarm at ``furthest``; costs no step."""
        return self._frame_of(self._end)

    @property
    def retraces(self) -> bool:
        """Whether the next steps are known and would be the same again: nothing was changed after the present step, or is about to be."""
        last = self._journal[-1]
        same = last.dynamics.same_as(self.dynamics) and last.landscape.same_as(self.landscape)
        return self.k < self._furthest and last.k <= self.k and same

    @property
    def record(self) -> Record:
        """What was recorded, from step 0 to ``furthest``."""
        return self._record

    @property
    def frame(self) -> Frame:
        """What a view may see of the swarm now."""
        return self._frame_of(self._state)

    @property
    def journal(self) -> tuple[Entry, ...]:
        """The parameters in force, with the step from which on they were; the first entry is what the run was born with."""
        return tuple(self._journal)

    @property
    def initial_swarm(self) -> Swarm:
        """The swarm this run started with; ``swarm`` may have been changed since, for the next ``reset``."""
        return self._born

    @property
    def born(self) -> Swarm:
        """The former name of ``initial_swarm``."""
        return self._born

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
        entry = Entry(0, self.dynamics.copy(), self.landscape.copy())
        state, rows = self.dynamics.advance(state, self.landscape, 0, self.every, start=True)
        # nothing above this line changes the simulation: a reset that fails leaves the run as it was
        self._state, self._journal, self._furthest, self._born = state, [entry], 0, self.swarm.copy()
        self._end = state
        self._snapshots, self._spacing = [state], SNAPSHOT_SPACING
        self._record = Record(self.every, self.record_limit)
        self._record.extend(rows)
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
        steps = _steps("steps", steps)
        self._accept()
        target = self.k + steps
        while self.k < target:
            part = min(target, (self.k // self._spacing + 1) * self._spacing, self.k + CALL_STEPS) - self.k
            try:
                state, rows = self.dynamics.advance(self._state, self.landscape, part, self._record.every)
            except Diverged as error:
                if error.step > self.k:
                    self._keep(
                        *self.dynamics.advance(self._state, self.landscape, error.step - 1 - self.k, self._record.every)
                    )
                raise self._explained(error) from None
            self._keep(state, rows)
        return self.frame

    def apply(self) -> Frame:
        """Let the present parameters act on the present step, without a step: energies, weights and consensus are evaluated anew.

        For a paused swarm whose landscape or parameters a person changes; the steps that follow are the same as without it.

        Raises
        ------
        Diverged
            When F is not finite where an agent is; like the following, it leaves the simulation as it was, its future included.
        ValueError
            When the landscape does not exist in the swarm's dimension, or a parameter left its range.
        """
        state, _ = self._presumed()
        try:
            state, _ = self.dynamics.advance(state, self.landscape, 0, self._record.every)
        except Diverged as error:
            raise self._explained(error) from None
        self._accept()  # nothing raises from here on
        self._state = self._end = state
        return self.dynamics.frame(self._state)

    def goto(self, k: int) -> Frame:
        """Go to step ``k``, exactly: back through snapshots and the journal, forward by simulating.

        Steps up to ``furthest`` replay the run with the parameters that were in force. An ``advance`` from an earlier step starts a new
        branch with the present parameters, and the old future is forgotten.
        """
        k = _steps("k", k)
        if k > self._furthest:
            if self.k < self._furthest:
                self.goto(self._furthest)
            return self.advance(k - self.k)
        self._state = self._replay(k)
        return self.frame

    @property
    def piece(self) -> int:
        """So many steps take about a tenth of a second, or are one step."""
        return max(1, PIECE // (self._born.n * self._born.d))

    def kept(self, k: int) -> int:
        """The latest step ≤ ``k`` to which :meth:`goto` leads without simulating: a snapshot, or the present step."""
        return self._nearest(_steps("k", k)).k

    # ---- inside --------------------------------------------------------------------------------------------------------

    def _explained(self, error: Diverged) -> Diverged:
        """The same, with what the landscape knows of the reason: a formula may be undefined where the swarm went."""
        advice = self.landscape.advice(self.frame.x) if type(error) is Diverged else ""
        return Diverged(error.step, error.agent, advice) if advice else error

    def _pass(self, k: int, check: Callable[[int], Any]) -> None:
        """Advance to step ``k`` in pieces of about ``LOOK_EVERY``, whatever a step costs; how steps are grouped changes no bit."""
        piece = max(1, self.piece // 16)
        while self.k < k:
            check(self.k)
            steps, began = min(piece, k - self.k), time.perf_counter()
            self.advance(steps)
            took = time.perf_counter() - began
            piece = max(1, int(steps * min(2.0, LOOK_EVERY / max(took, 1e-9))))

    def _keep(self, state: Any, rows: dict[str, np.ndarray]) -> None:
        self._state = self._end = state
        self._furthest = state.k
        self._record.extend(rows)
        if state.k % self._spacing == 0 and state.k > self._snapshots[-1].k:
            self._snapshots.append(compact(state))
            self._thin_snapshots()

    def _thin_snapshots(self) -> None:
        size = sum(a.nbytes for a in self._state if isinstance(a, np.ndarray))
        while len(self._snapshots) > 2 and (
            len(self._snapshots) > SNAPSHOT_COUNT or len(self._snapshots) * size > SNAPSHOT_BYTES
        ):
            self._spacing *= 2
            self._snapshots = [s for s in self._snapshots if s.k % self._spacing == 0]

    def _presumed(self) -> tuple[Any, bool]:
        """The present state with the present parameters, checked, and whether they differ from those that are in force."""
        last = [e for e in self._journal if e.k <= self.k][-1]
        if type(self.dynamics) is not type(last.dynamics):
            raise ValueError(
                f"dynamics = {self.dynamics!r}: another dynamics needs a new Simulation; only parameters may change in mid-run"
            )
        self.landscape.require_dimension(self._state.d)
        if not last.landscape.same_as(self.landscape):
            return self.dynamics.moved_to(self._state, self.landscape), True
        return self._state, not last.dynamics.same_as(self.dynamics)

    def _accept(self) -> None:
        """Take the present parameters for what follows: check them, forget a future that was left, note a change in the journal."""
        state, changed = self._presumed()
        if self.k < self._furthest:
            self._furthest, self._end = self.k, self._state
            self._record.cut(self.k)
            self._journal = [e for e in self._journal if e.k <= self.k]
            self._snapshots = [s for s in self._snapshots if s.k <= self.k]
        if changed:
            self._state = state
            birth, *changes = self._journal
            now = Entry(self.k, self.dynamics.copy(), self.landscape.copy())
            self._journal = [birth, *(e for e in changes if e.k < self.k), now]

    def _replay(self, k: int) -> Any:
        """The state at step ``k`` ≤ furthest, from the nearest earlier snapshot and with the journal's parameters."""
        state = self._nearest(k)
        before = self._journal[0]
        for here, following in zip(self._journal, [*self._journal[1:], None], strict=True):
            if state.k == here.k < k and not before.landscape.same_as(here.landscape):
                state = here.dynamics.moved_to(state, here.landscape)
            end = min(k, following.k) if following else k
            if state.k < end:
                state, _ = here.dynamics.advance(state, here.landscape, end - state.k, every=end)
            before = here
        return state

    def _nearest(self, k: int) -> Any:
        return max((s for s in (*self._snapshots, self._state) if s.k <= k), key=lambda s: s.k)

    def _frame_of(self, state: Any) -> Frame:
        entry = [e for e in self._journal if e.k < max(state.k, 1)][-1]
        return entry.dynamics.frame(state)


def compact(state: Any) -> Any:
    """A copy without the room that kernels want around their arrays."""
    arrays = {name: value.copy() for name, value in state._asdict().items() if isinstance(value, np.ndarray)}
    return state._replace(**arrays)


def _steps(name: str, value: Any, smallest: int = 0) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral) or value < smallest:
        raise ValueError(f"{name} = {value!r}: must be a whole number ≥ {smallest}")
    return int(value)
