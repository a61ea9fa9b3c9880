"""The distance of the swarm to its law of infinitely many agents, as curves over the steps."""

from __future__ import annotations

from components.law.worker import LawWorker
from swarmviz import Simulation
from swarmviz.drawing.curves import CurvesPicture
from swarmviz.drawing.law import NO_DISTANCES, distances_picture
from swarmviz.laws import scheme_of

GROUP = "W₁"
MEANING = "W₁ distance of the swarm to its law of infinitely many agents, beside that of N independent draws"


def has_law(run: Simulation) -> bool:
    """Whether a law of infinitely many agents is computed for a run, for some values of its parameters at least."""
    return run.initial_swarm.d == 1 and scheme_of(run.dynamics) is not None


def law_picture(run: Simulation, log: bool, worker: LawWorker | None, told: bool = False) -> CurvesPicture:
    """The curves as far as they are known, with what must be said of the law unless it is ``told`` elsewhere; touches no figure."""
    known = NO_DISTANCES if worker is None else worker.distances(run)
    law = None if worker is None or told else worker.law(run)
    said = law.sentence if law is not None else ""
    return distances_picture(GROUP, known, run.initial_swarm.n, run.k, log, said)
