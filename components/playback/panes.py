"""The swarms of a visitor, one or two in lock-step: what the transport's worker reads and changes, behind one lock.

Pane A is always there; pane B, when two are compared, takes every step together with it: the same initial swarm, the same noise, other
parameters, dynamics or landscape. An edit arrives as a copy, of which the newest wins, and acts before the next batch of steps.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from components.playback.stop_conditions import Stop
from swarmviz import Diverged, Simulation
from swarmviz.parameters import Described

NAMES = "A", "B"


class Panes:
    """The simulations that are shown.

    Parameters
    ----------
    sims : sequence of Simulation
        One or two, at the same step.

    Attributes
    ----------
    lock : RLock
        Guards ``sims`` and what is drawn of them.
    active : int
        The pane that the controls, the density and the curves belong to.
    stop : Stop
        When to stop by itself; decided by pane A.
    branching : function () → function () or None
        Called, with the lock held, where a known future is about to be left for another; what it returns is called once it is left.
    unfit : function (prefix, part, exception)
        An edit could not act: a landscape that is not finite where an agent is. The swarm goes on with what was in force.
    """

    def __init__(self, sims: Sequence[Simulation]):
        self.lock = threading.RLock()
        self.stop = Stop()
        self._wanted: int | None = None
        self.branching: Callable[[], Callable[[], None] | None] = lambda: None
        self.unfit: Callable[[str, Described, Exception], None] = lambda prefix, part, error: None
        self.replace(sims)

    @property
    def sim(self) -> Simulation:
        """The active pane's simulation."""
        return self.sims[self.active]

    @property
    def k(self) -> int:
        """The step at which all stand."""
        return self.sims[0].k

    @property
    def furthest(self) -> int:
        """The latest step that all know."""
        return min(sim.furthest for sim in self.sims)

    def replace(self, sims: Sequence[Simulation], active: int = 0) -> None:
        """Other runs; edits that were meant for the old ones are forgotten."""
        with self.lock:
            self.sims, self.active = list(sims), active
            self._fresh: list[dict[str, Described]] = [{} for _ in self.sims]
            self.stop.restart()

    @property
    def edits(self) -> list[dict[str, Described]]:
        """What was edited and does not act yet, for each pane."""
        return [dict(fresh) for fresh in self._fresh]

    def edit(self, prefix: str, part: Described) -> None:
        """From now on the active pane has these parameters (``prefix`` is dynamics or landscape)."""
        self._fresh[self.active][prefix] = part.copy()  # no lock: the page never waits for a batch of steps

    # ---- the worker's thread -------------------------------------------------------------------------------------------

    def advance(self, steps: int) -> str:
        """Take up to ``steps`` steps; why it stopped, empty to go on.

        Raises
        ------
        Diverged, ValueError
            When a swarm left the numbers or a parameter its range. All then stand at the last step that every swarm could take.
        """
        with self.lock:
            self.take_edits()
            steps, reason = self.stop.allowed(self.sims[0], steps)
            if steps:
                self._together(steps)
                reason = reason or self.stop.reached(self.sims[0])
            return reason

    def answer(self) -> None:
        """Let edits act on swarms that stand; a swarm without edits keeps its future."""
        with self.lock:
            edited = [sim for sim, fresh in zip(self.sims, self._fresh, strict=True) if fresh]
            self.take_edits()
            for sim in edited:
                self._apply(sim)

    def want(self, k: int) -> None:
        """Go to step ``k`` at the next :meth:`seek`; of several wishes the newest counts."""
        self._wanted = k

    def seek(self) -> None:
        """Go to the step that was wanted last, exactly; not beyond what is known."""
        with self.lock:
            wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self._goto(max(0, min(wanted, self.furthest)))

    def back(self) -> None:
        """One step back."""
        self._goto(max(0, self.k - 1))

    def _goto(self, k: int) -> None:
        """Go to step ``k`` in pieces, between which others get at the swarms; whoever replaces them ends it."""
        there, sims = False, self.sims
        while not there and sims is self.sims:
            with self.lock:
                near = min(sim.kept(k) for sim in sims)
                near = min(k, near + min(sim.piece for sim in sims)) if near == self.k else near
                for sim in sims:
                    sim.goto(near)
                there = near == k

    def _together(self, steps: int) -> None:
        began, failure = self.k, None
        left = self._leaving(*(sim for sim in self.sims if not sim.retraces))
        for name, sim in zip(NAMES, self.sims, strict=False):
            try:
                self._take(sim, steps)
            except (Diverged, ValueError) as error:
                failure, steps = error, sim.k - began
                if isinstance(error, Diverged) and len(self.sims) > 1:
                    error.args = (f"swarm {name}: {error}",)
        left()
        if failure is not None:
            self._goto(began + steps)
            raise failure

    @staticmethod
    def _take(sim: Simulation, steps: int) -> None:
        """Take so many steps: those that are known already are lived again, and what is known beyond them is kept."""
        target = sim.k + steps
        if sim.retraces:
            sim.goto(min(target, sim.furthest))
        if sim.k < target:
            sim.advance(target - sim.k)

    def take_edits(self) -> None:
        """Let what was edited be the parameters of the steps to come."""
        for sim, fresh in zip(self.sims, self._fresh, strict=True):
            if (dynamics := fresh.pop("dynamics", None)) is not None:
                sim.dynamics.param.update(**dynamics.values_now())
            if (landscape := fresh.pop("landscape", None)) is not None:
                before, sim.landscape = sim.landscape, landscape
                try:
                    self._apply(sim)
                except (Diverged, ValueError) as error:
                    sim.landscape = before
                    self.unfit("landscape", landscape, error)

    def _apply(self, sim: Simulation) -> None:
        left = self._leaving(sim)
        sim.apply()
        left()

    def _leaving(self, *sims: Simulation) -> Callable[[], None]:
        """What to call when these have gone on, because a future of theirs is left then."""
        if any(sim.k < sim.furthest for sim in sims):
            return self.branching() or _nothing
        return _nothing


def _nothing() -> None:
    pass
