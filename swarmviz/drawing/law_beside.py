"""The law beside a run, in small pieces: it follows what the run does, and says what is drawn of it. No thread, no widget."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from swarmviz.drawing.law import NO_DISTANCES, Distances, DrawnLaw, PlaneLaw, drawn_law, phase_law
from swarmviz.drawing.law_distances import MAX_LAG_STEPS, DistanceSeries
from swarmviz.drawing.mass_law import mass_law
from swarmviz.laws import LawOfRun, Reached
from swarmviz.replay import Cancelled, RunSpec, never

DENSITY, PHASE, MASSES, DISTANCE = "density", "phase", "masses", "distance"
PARTS = frozenset({DENSITY, PHASE, MASSES, DISTANCE})  # of a law that a view can draw
PLANES = {PHASE: phase_law, MASSES: mass_law}  # those that are drawn for a view, which has two axes
Ends = tuple[float, float]
NO_PLANES: Mapping[str, PlaneLaw] = MappingProxyType({})
ASKED_EVERY_S = 0.05  # whether the work is still wanted


class Beside(NamedTuple):
    """What is drawn of the law of ``run``; never changes, so that another thread may draw it."""

    run: RunSpec
    law: DrawnLaw
    planes: Mapping[str, PlaneLaw] = NO_PLANES
    distances: Distances = NO_DISTANCES


class LawBesideRun:
    """The law of a visible run, as far as it has been computed.

    Going back shows at once what is known of the steps before; a change of parameters costs what follows on it.

    Parameters
    ----------
    max_lag_steps : float
        By how much the law may come after the run with a distance at every step.
    """

    def __init__(self, max_lag_steps: float = MAX_LAG_STEPS) -> None:
        self._law, self._distances = LawOfRun(), DistanceSeries(max_lag_steps)
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

    def beside(self, parts: frozenset[str], views: Mapping[str, tuple[Ends, Ends]] = MappingProxyType({})) -> Beside:
        """What is drawn of it now; ``views``: the ends of both axes of each of the ``PLANES`` that is seen."""
        assert self._run is not None
        law = drawn_law(self._reached, self._run.journal, self._run.swarm.n)
        drawn = {part: PLANES[part](self._reached, *views[part]) for part in parts & PLANES.keys() & views.keys()}
        planes = {part: plane for part, plane in drawn.items() if plane is not None}
        return Beside(self._run, law, planes, self._distances.known())

    def failed(self, trouble: str) -> Beside | None:
        """What is said when it cannot go on; None when it has not begun."""
        run = self._run
        return None if run is None else Beside(run, drawn_law(Reached(None, None, trouble), run.journal, run.swarm.n))


def law_beside(run: RunSpec, parts: frozenset[str], cancelled: Callable[[], bool] = never) -> LawBesideRun:
    """The law of a run at its step, computed from step 0 on; of a long run that takes minutes.

    Raises
    ------
    Cancelled
        When ``cancelled()`` was true on the way.
    """
    law = LawBesideRun(math.inf)
    law.follow(run)
    while law.work(parts, ASKED_EVERY_S):
        if cancelled():
            raise Cancelled
    return law
