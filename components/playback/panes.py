"""The runs that a visitor sees, one to four in lock-step: what the worker reads and changes, behind one lock.

Pane A is always there; B, C and D, when they are compared, take every step together with it: the same initial swarm, the same noise, other
parameters, dynamics or landscape. An edit waits in its pane, where the newest counts, and acts before the next batch of steps.

The journal of a long visit stays bounded (:mod:`components.playback.pane`): a run with as many changes as it may have takes no more, and
the row that was edited says so. What acts is what the journal says, always.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from components.playback.pane import EDITED, Pane, Parts, changes_before
from components.playback.pause_at import PauseAt, Rest
from components.playback.pause_when import PauseWhen
from components.playback.watch import Watch
from components.views.arena.arena import Arena
from swarmviz import Diverged, Simulation
from swarmviz.drawing.comparison import NAMES
from swarmviz.drawing.differences import Difference, between
from swarmviz.parameters import Described
from swarmviz.replay import ignore


class Panes:
    """The panes that are shown.

    Parameters
    ----------
    runs : sequence of (Simulation, dict of parts)
        One to four, at the same step.
    make_arena : function (place) → Arena
        Makes the arena of a pane when it is first needed.
    branching : function () → function () or None
        Called, with the lock held, before a known future is left for another; what it returns is called once it is left.
    edit_failed : function (prefix, part, exception)
        An edit could not act: a landscape that is not finite where an agent is, a change too many. The swarm goes on with what was in
        force.
    check_change : function (count, part)
        Raises ``ValueError`` where a run that has ``count`` changes may not have one more, of this part.

    Attributes
    ----------
    lock : RLock
        Guards the runs and what is drawn of them.
    active : int
        The pane that the controls, the side view and the curves belong to.
    coming : list of dict of parts, optional
        What the controls say of the runs that are being built to take the place of those that are shown; None when none are.
    pause_at : PauseAt
        The step at which to pause by itself; decided by pane A.
    pause_when : PauseWhen
        What else to pause at, in whichever pane it comes about.
    rest : Rest
        Whether the swarm of pane A has drawn together.
    watch : Watch
        What a lesson waits for; looked at in pane A.
    """

    def __init__(
        self,
        runs: Sequence[tuple[Simulation, Parts]],
        make_arena: Callable[[int], Arena],
        branching: Callable[[], Callable[[], None] | None] = lambda: None,
        edit_failed: Callable[[str, Described, Exception], None] = lambda prefix, part, error: None,
        check_change: Callable[[int, Described], None] = ignore,
    ):
        self.lock = threading.RLock()
        self.pause_at, self.pause_when, self.rest, self.watch = PauseAt(), PauseWhen(), Rest(), Watch()
        self.coming: list[Parts] | None = None
        self._make_arena, self._branching, self._edit_failed = make_arena, branching, edit_failed
        self._check_change = check_change
        self.arenas: list[Arena] = []
        self._requested: int | None = None
        self._compared: tuple[list[Any], list[Difference]] = [], []  # what was compared last, and its differences
        self.replace(runs)

    def __iter__(self) -> Iterator[Pane]:
        return iter(self._panes)

    def __len__(self) -> int:
        return len(self._panes)

    def __getitem__(self, place: int) -> Pane:
        return self._panes[place]

    @property
    def comparing(self) -> bool:
        """Whether there is more than one."""
        return len(self) > 1

    @property
    def current(self) -> Pane:
        """The active pane."""
        return self[self.active]

    @property
    def runs(self) -> list[tuple[Simulation, Parts]]:
        """The run of each pane, and what the controls say of it."""
        return [(pane.sim, pane.parts) for pane in self]

    @property
    def sims(self) -> list[Simulation]:
        """The run of each pane."""
        return [pane.sim for pane in self]

    @property
    def sim(self) -> Simulation:
        """The active pane's run."""
        return self.current.sim

    @property
    def parts(self) -> list[Parts]:
        """What the controls say of every pane, of runs that are still being built as well."""
        return [pane.parts for pane in self] if self.coming is None else self.coming

    @property
    def place(self) -> int:
        """The one of ``parts`` that the controls show."""
        return min(self.active, len(self.parts) - 1)

    @property
    def k(self) -> int:
        """The step at which all stand."""
        return self[0].sim.k

    @property
    def furthest(self) -> int:
        """The latest step that all know."""
        return min(sim.furthest for sim in self.sims)

    @property
    def drawn_together(self) -> bool:
        """Whether nothing more is to be seen of the run that is shown, and no other is being built."""
        return self.coming is None and self.rest.reached(self[0].sim)

    def differences(self) -> list[Difference]:
        """What the runs have otherwise, edits that do not act yet included; empty with one pane. Cheap while nothing changes."""
        if not self.comparing:
            return []
        known: list[Any] = []
        for pane in self:
            journal = pane.sim.journal
            known += [journal, journal.acting_at(pane.sim.k), pane.sim.initial_swarm, *pane.parts.values()]
        if len(known) != len(self._compared[0]) or any(
            a is not b for a, b in zip(known, self._compared[0], strict=True)
        ):
            self._compared = known, between(*(pane.facts() for pane in self))
        return self._compared[1]

    def replace(self, runs: Sequence[tuple[Simulation, Parts]], active: int = 0) -> None:
        """Other runs, and what the controls say of each; edits that were meant for the old ones are forgotten."""
        with self.lock:
            while len(self.arenas) < len(runs):
                self.arenas.append(self._make_arena(len(self.arenas)))
            pairs = zip(runs, self.arenas, strict=False)
            self._panes, self.active = [Pane(sim, parts, arena) for (sim, parts), arena in pairs], active
            self.pause_at.restart()
            self.rest.restart()
            self.watch.restart(self.k)

    def edit(self, prefix: str, part: Described, final: bool = True) -> None:
        """From now on the active pane has these parameters (``prefix`` is dynamics or landscape); not ``final``: more are to follow."""
        pane = self.current
        (pane.dragged.discard if final else pane.dragged.add)(prefix)
        pane.pending[prefix] = part  # no lock: the page never waits for a batch of steps
        pane.moved.discard(prefix)

    def follow(self) -> set[str]:
        """Let the parts of every pane be what acts at the step that is shown; the names of those of the active one that are others now."""
        if not any(pane.moved for pane in self):
            return set()
        with self.lock:
            return [pane.follow() for pane in self][self.active]

    # ---- the worker's thread -------------------------------------------------------------------------------------------

    def advance(self, steps: int) -> str:
        """Take up to ``steps`` steps; why it paused, empty to go on.

        Raises
        ------
        Diverged, ValueError
            When a swarm is no longer finite or a parameter leaves its range. All then stand at the last step that every swarm could take.
        """
        with self.lock:
            first, began, changed = self.sims[0], self.k, self.pause_when.changed_at(self.sims)
            self.take_edits(thinned=True)
            steps = self.watch.allowed(first, self.pause_at.allowed(first, steps))
            steps = self.pause_when.allowed(self.sims, steps)
            if not steps:
                return ""
            try:
                self._advance_all(steps)
            except (Diverged, ValueError) as error:
                seen = self._look_back(began, changed)
                if not seen:
                    if isinstance(error, Diverged):
                        self.watch.give_up()
                    raise
            else:
                seen = self._look_back(began, changed)
            self.rest.look(first)
            reached = self.pause_at.reached(first)
            return seen or reached

    def _look_back(self, began: int, changed: Sequence[bool]) -> str:
        """Go back to the step at which something to pause at has come about since ``began``; why to pause, empty to go on."""
        pause = self.pause_when.look(self.sims, began, changed)
        if pause is not None:
            self._goto(pause.k)
        seen = self.watch.look(self.sims[0], began)
        if seen and self.watch.met is not None and self.watch.met < self.k:
            self._goto(self.watch.met)
        return seen or (pause.why if pause else "")

    def apply_edits(self) -> None:
        """Let edits act on swarms that stand; a swarm without edits keeps its future."""
        with self.lock:
            for sim in self.take_edits():
                if sim.edited:
                    self._apply(sim)

    def _leave_step(self) -> None:
        """What was edited acts from the step on at which it was edited, also when the swarms leave it; what cannot act is left behind."""
        self.take_edits()
        for sim in self.sims:
            if sim.edited:
                with contextlib.suppress(Diverged, ValueError):
                    self._apply(sim)

    def request_step(self, k: int) -> None:
        """Ask for step ``k``, to which the next :meth:`go_to_requested_step` goes; the newest request counts."""
        self._requested = k

    def go_to_requested_step(self) -> None:
        """Go to the step that was requested last, exactly; not beyond what is known."""
        with self.lock:
            requested, self._requested = self._requested, None
            if requested is not None:
                self._leave_step()
        if requested is not None:
            self._goto(max(0, min(requested, self.furthest)))

    def step_back(self) -> None:
        """One step back."""
        with self.lock:
            self._leave_step()
        self._goto(max(0, self.k - 1))

    def _goto(self, k: int) -> None:
        """Go to step ``k`` in pieces, between which other threads get the lock; ends early when the panes are replaced."""
        there, panes, sims = False, self._panes, self.sims
        while not there and panes is self._panes:
            with self.lock:
                near = min(sim.kept(k) for sim in sims)
                near = min(k, near + min(sim.piece for sim in sims)) if near == self.k else near
                for pane in panes:
                    pane.retrace(near)
                there = near == k

    def _advance_all(self, steps: int) -> None:
        began, failure = self.k, None
        left = self._leaving(*(sim for sim in self.sims if not sim.retraces))
        for name, pane in zip(NAMES, self, strict=False):
            try:
                self._advance_one(pane, steps)
            except (Diverged, ValueError) as error:
                failure, steps = error, pane.sim.k - began
                if isinstance(error, Diverged) and self.comparing:
                    error.args = (f"swarm {name}: {error}",)
        left()
        if failure is not None:
            self._goto(began + steps)
            raise failure

    @staticmethod
    def _advance_one(pane: Pane, steps: int) -> None:
        """Take so many steps: those that are known already are replayed, and what is known beyond them is kept."""
        sim, target = pane.sim, pane.sim.k + steps
        if sim.retraces:
            pane.retrace(min(target, sim.furthest))
        if sim.k < target:
            sim.advance(target - sim.k)

    def take_edits(self, thinned: bool = False) -> list[Simulation]:
        """Let what was edited be the parameters of the steps to come; ``thinned``: drags in a run with many changes may wait.

        Returns the runs that were edited.
        """
        edited = []
        for pane in self:
            for prefix in EDITED:
                part = pane.take(prefix, thinned)
                if part is not None and self._accepted(pane.sim, prefix, part) and pane.sim not in edited:
                    edited.append(pane.sim)
        return edited

    def _accepted(self, sim: Simulation, prefix: str, part: Described) -> bool:
        """Whether an edited part acts from now on; one that cannot is reported."""
        before = sim.landscape
        try:
            count, last = changes_before(sim)
            if last < sim.k:
                self._check_change(count, part)
            if prefix == "dynamics":
                sim.dynamics.param.update(**part.values_now())
            else:
                sim.landscape = part  # type: ignore[assignment]
                self._apply(sim)
        except (Diverged, ValueError) as error:
            sim.landscape = before
            self._edit_failed(prefix, part, error)
            return False
        return True

    def _apply(self, sim: Simulation) -> None:
        left = self._leaving(sim)
        sim.apply()
        left()

    def _leaving(self, *sims: Simulation) -> Callable[[], None]:
        """What to call when these have gone on, because a future of theirs is left then."""
        if any(sim.k < sim.furthest for sim in sims):
            return self._branching() or ignore
        return ignore
