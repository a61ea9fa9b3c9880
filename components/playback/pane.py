"""One run that a visitor sees, and what belongs to it: what the controls say of it, its arena, and edits that wait.

Of steps that are known what was lived comes again, whether they are gone to or played: every change acts at its step, and the last one at
the end, from which the run goes on. What the controls say follows (:meth:`Pane.follow`). Only an edit that is made before the end leaves
the known future for another.

The journal of a long visit stays bounded. A slider that is being dragged while the swarm moves acts at once while the run has few changes,
then after so many steps as :func:`drag_spacing` says, twice as many for each hundred changes more; where it is let go counts at once.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from components.views.arena.arena import Arena
from swarmviz import Simulation
from swarmviz.drawing.differences import Facts, facts
from swarmviz.parameters import GROUPS, Described

DOUBLES_EVERY = 100  # changes: so many more, and a drag acts half as often
EDITED = "dynamics", "landscape"  # what may be edited while a run goes on
Parts = dict[str, Described]  # "dynamics", "landscape", "swarm"


@dataclass
class Pane:
    """One run and what belongs to it.

    Attributes
    ----------
    sim : Simulation
        The run.
    parts : dict of str to Described
        Dynamics, landscape and swarm as the controls show them, with which a reset begins. An accepted edit replaces a part and never
        changes it, so that other threads may hold it.
    arena : Arena
        Where the swarm is seen. It stays at its place on the page, whatever run it shows.
    pending : dict of str to Described
        Edited parts, by the same names, that do not act yet.
    dragged : set of str
        Those names in ``pending`` whose edit goes on: a slider that is held, a well under the pointer.
    moved : set of str
        Those names whose ``parts`` are not yet what acts at the present step.
    """

    sim: Simulation
    parts: Parts
    arena: Arena
    pending: Parts = field(default_factory=dict)
    dragged: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)

    def facts(self) -> Facts:
        """What the run is, as the controls say it: an edit counts at once, also one that does not act yet."""
        acting = {prefix: self.parts[prefix] for prefix in EDITED if prefix in self.parts}
        return facts(self.sim.journal.until(self.sim.k), self.sim.initial_swarm, **acting)  # type: ignore[arg-type]

    def retrace(self, k: int) -> None:
        """Go to a known step, with the parameters that act there; where it stands already, what was edited stays to be mended."""
        sim = self.sim
        if sim.k == k:
            return
        before = {prefix: getattr(sim, prefix) for prefix in EDITED}
        sim.retrace(k)
        self.moved |= {prefix for prefix in EDITED if getattr(sim, prefix) is not before[prefix]}

    def follow(self) -> set[str]:
        """Let ``parts`` be what acts at the present step, but for edits that wait; returns the names of those that are others now.

        What begins with a reset only acts on no step, and stays as it was chosen last.
        """
        moved, self.moved = (self.moved - self.pending.keys()) & self.parts.keys(), set()
        for prefix in moved:
            self.parts[prefix] = part_shown(getattr(self.sim, prefix), self.parts[prefix])
        return moved

    def take(self, prefix: str, thinned: bool) -> Described | None:
        """The edit that is to act now, which no longer waits; None where there is none, or it may still wait."""
        if thinned and prefix in self.dragged and prefix in self.pending:
            count, last = changes_before(self.sim)
            if 0 < self.sim.k - last < drag_spacing(count):
                return None
        return self.pending.pop(prefix, None)


def part_shown(acting: Described, chosen: Described) -> Described:
    """What the controls show where ``acting`` acts: what begins with a reset only is as it was ``chosen``, because it acts on no step."""
    part = acting.copy()
    waiting = [name for name, declared in part.declared().items() if getattr(declared, "group", "") == GROUPS[-1]]
    part.param.update(**{name: getattr(chosen, name) for name in waiting if type(chosen) is type(part)})
    return part


def drag_spacing(count: int) -> int:
    """The steps between two changes of a drag in a run that has had ``count`` changes."""
    return 2 ** (count // DOUBLES_EVERY)


def changes_before(sim: Simulation) -> tuple[int, int]:
    """How many changes lead a run to its present step or are made there, and the step of the last."""
    steps = sim.journal.steps
    count = bisect_right(steps, sim.k)
    return count, steps[count - 1]
