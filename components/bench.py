"""The swarms of a visitor, one or two in lock-step: what the transport's worker reads and changes, behind one lock.

Pane A is always there; pane B, when two are compared, takes every step together with it: the same initial swarm, the same noise, other
parameters, dynamics or landscape. An edit arrives as a copy, of which the newest wins, and acts before the next batch of steps.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from components.stops import Stop
from swarmviz import Diverged, Simulation
from swarmviz.parameters import Described

NAMES = "A", "B"


class Bench:
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
    """

    def __init__(self, sims: Sequence[Simulation]):
        self.lock = threading.RLock()
        self.stop = Stop()
        self._wanted: int | None = None
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
        """Let edits act on swarms that stand."""
        with self.lock:
            self.take_edits()
            for sim in self.sims:
                sim.apply()

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
        for name, sim in zip(NAMES, self.sims, strict=False):
            try:
                sim.advance(steps)
            except (Diverged, ValueError) as error:
                failure, steps = error, sim.k - began
                if isinstance(error, Diverged) and len(self.sims) > 1:
                    error.args = (f"swarm {name}: {error}",)
        if failure is not None:
            self._goto(began + steps)
            raise failure

    def take_edits(self) -> None:
        """Let what was edited be the parameters of the steps to come."""
        for sim, fresh in zip(self.sims, self._fresh, strict=True):
            if (dynamics := fresh.pop("dynamics", None)) is not None:
                sim.dynamics.param.update(**dynamics.values_now())
            if (landscape := fresh.pop("landscape", None)) is not None:
                sim.landscape = landscape
