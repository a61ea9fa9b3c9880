"""The law beside the visible run, in small pieces: it follows what the run does, and says what is drawn of it. No thread, no widget."""

from __future__ import annotations

from typing import NamedTuple

from components.law.distance_series import DistanceSeries
from swarmviz.drawing.law import NO_DISTANCES, Distances, DrawnLaw, PhaseLaw, drawn_law, phase_law
from swarmviz.laws import LawOfRun, Reached
from swarmviz.replay import RunSpec

DENSITY, PHASE, DISTANCE = "density", "phase", "distance"
PARTS = frozenset({DENSITY, PHASE, DISTANCE})  # of a law that a view can draw
Ends = tuple[float, float]


class Beside(NamedTuple):
    """What is drawn of the law of ``run``; never changes, so that another thread may draw it."""

    run: RunSpec
    law: DrawnLaw
    phase: PhaseLaw | None = None
    distances: Distances = NO_DISTANCES


class LawBesideRun:
    """The law of a visible run, as far as it has been computed.

    Going back shows at once what is known of the steps before; a change of parameters costs what follows on it.
    """

    def __init__(self) -> None:
        self._law, self._distances = LawOfRun(), DistanceSeries()
        self._run: RunSpec | None = None
        self._reached = Reached(None, None, "")

    def follow(self, run: RunSpec) -> None:
        """Take note of what the visible run did meanwhile."""
        until = -1 if self._run is None else self._run.agrees_until(run)
        self._distances.cut(until)
        known = self._law.reached(run.journal, run.swarm, run.k)
        if not (until >= self._reached.k and known.k <= self._reached.k <= run.k):
            self._reached = known
        self._run = run

    def work(self, parts: frozenset[str], seconds: float) -> bool:
        """Work for about so long; whether there is anything left to do."""
        run = self._run
        assert run is not None
        due = self._distances.next(run.k)
        sampling = DISTANCE in parts and not self._distances.ended and due <= run.k
        goal = due if sampling else run.k
        if not (sampling or self._reached.k < goal or self._reached.scheme is None):
            return False
        reached = self._law.advance_towards(run.journal, run.swarm, goal, seconds)
        if reached.k >= self._reached.k or reached.refusal:
            self._reached = reached
        if reached.refusal:
            return False
        if sampling and reached.k == goal:
            self._distances.add(run, reached, seconds)
            return True  # there may be another one
        return sampling or self._reached.k < run.k

    def beside(self, parts: frozenset[str], view: tuple[Ends, Ends] | None) -> Beside:
        """What is drawn of it now; ``view``: the ends of x and v of the phase space that is seen."""
        assert self._run is not None
        law = drawn_law(self._reached, self._run.journal, self._run.swarm.n)
        phase = phase_law(self._reached, *view) if PHASE in parts and view is not None else None
        return Beside(self._run, law, phase, self._distances.known())

    def failed(self, trouble: str) -> Beside | None:
        """What is said when it cannot go on; None when it has not begun."""
        run = self._run
        return None if run is None else Beside(run, drawn_law(Reached(None, None, trouble), run.journal, run.swarm.n))
