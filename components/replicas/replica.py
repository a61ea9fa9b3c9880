"""One replica of the visible run: the same journal of parameters with another seed, advanced in pieces and judged at any step.

A replica is what ``Simulation.replay`` makes of the visible run's journal with its seed, bit for bit. Unlike a simulation it holds little:
a short record, and a few of its states, so that going back and branching need not begin at step 0.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from typing import Any, NamedTuple

import numpy as np

from swarmviz import Diverged, Simulation, Swarm
from swarmviz.dynamics.base import Dynamics
from swarmviz.landscapes.base import Landscape
from swarmviz.record import Record
from swarmviz.simulation import CALL_STEPS, Entry, compact
from swarmviz.success import miss

RECORDED = 1000  # recorded steps; thinned beyond, as many as a curve is drawn with
SPACING = 512  # steps between kept states at first; doubles when there are too many


class Visible(NamedTuple):
    """What is known of the visible run: parameters over time, initial swarm, the step shown and the latest step known."""

    journal: tuple[Entry, ...]
    initial_swarm: Swarm
    k: int
    furthest: int

    @classmethod
    def of(cls, sim: Simulation) -> Visible:
        """The run as it stands; never changes, so that another thread may have it."""
        return cls(sim.journal, sim.initial_swarm, sim.k, sim.furthest)

    def agrees_until(self, other: Visible) -> float:
        """The step up to which both runs have the same law: −1 for other beginnings, ∞ where nothing differs."""
        initial_swarm = self.initial_swarm is other.initial_swarm or self.initial_swarm.same_as(other.initial_swarm)
        if not (initial_swarm and _same(self.journal[0], other.journal[0])):
            return -1
        shared = min(len(self.journal), len(other.journal))
        place = next((i for i in range(1, shared) if not _same(self.journal[i], other.journal[i])), shared)
        return min((journal[place].k for journal in (self.journal, other.journal) if place < len(journal)),
                   default=math.inf)  # fmt: skip


def _same(a: Entry, b: Entry) -> bool:
    return a is b or (a.k == b.k and a.dynamics.same_as(b.dynamics) and a.landscape.same_as(b.landscape))


class Law(NamedTuple):
    """An entry of the journal, and whether it moved the landscape."""

    k: int
    dynamics: Dynamics
    landscape: Landscape
    moved: bool


class Replica:
    """One run with another seed.

    Parameters
    ----------
    birth : Law
        What it is born with.
    born : Swarm
        The visible run's initial swarm.
    seed : int
        The seed that takes the place of ``born.seed``.

    Attributes
    ----------
    front : State
        Where it has got to; a change of parameters at that very step is not in it yet.
    record : Record
        As in ``Simulation.record``, at most ``RECORDED`` steps.
    misses : dict
        Step → what a tolerance is compared with there (:func:`swarmviz.success.miss`; ∞ when it has diverged, None where no minimiser is
        known), for the steps at which it was asked.
    diverged : int, optional
        The step at which it left the numbers.
    """

    def __init__(self, birth: Law, initial_swarm: Swarm, seed: int):
        swarm = initial_swarm.copy()
        swarm.seed = seed
        self.seed, self.record = seed, Record(1, RECORDED)
        self.misses: dict[int, float | None] = {}
        self.diverged: int | None = None
        state = birth.dynamics.init(swarm.positions(birth.landscape), birth.landscape, seed)
        try:
            state, rows = birth.dynamics.advance(state, birth.landscape, 0, start=True)
            self.record.extend(rows)
        except Diverged:
            self.diverged = 0
        self.front = self._aside = state
        self._kept, self._spacing = [state], SPACING

    @property
    def size(self) -> int:
        """Bytes of one state."""
        return sum(part.nbytes for part in self.front if isinstance(part, np.ndarray))

    def work(self, laws: list[Law], k: int, most: int, room: int) -> int:
        """Take at most ``most`` steps towards step ``k``, and judge it there; ``room`` is how many states may be kept. Steps taken."""
        if self.diverged is not None and self.diverged <= k:
            self.misses[k] = math.inf
            return 0
        onward = self.front.k <= k
        state = self.front if onward else max((s for s in (*self._kept, self._aside) if s.k <= k), key=lambda s: s.k)
        try:
            if state.k < k:
                return self._step(laws, state, min(k, state.k + min(most, CALL_STEPS)), onward, room)
            self._judge(laws, state)
        except Diverged as error:
            self._lose(laws, state, error)
        return 0

    def rewind(self, k: float) -> None:
        """Forget what came after step ``k``, where the parameters were changed."""
        if self.diverged is not None and self.diverged >= k and len(self.record):
            self.diverged = None
        self._kept = [s for s in self._kept if s.k <= k]
        if self.front.k > k:
            self.front = self._kept[-1]
        self.record.cut(self.front.k)
        self.misses = {at: missed for at, missed in self.misses.items() if at < k}
        self._aside = self._kept[0]

    def _step(self, laws: list[Law], state: Any, end: int, onward: bool, room: int) -> int:
        place = in_force(laws, state.k)
        end = min(
            [end, (state.k // self._spacing + 1) * self._spacing, *(law.k for law in laws[place + 1 : place + 2])]
        )
        law = laws[place]
        new, rows = law.dynamics.advance(_changed(laws, state), law.landscape, end - state.k, self.record.every)
        if onward:
            self._keep(new, rows, room)
        else:
            self._aside = new
        return end - state.k

    def _keep(self, state: Any, rows: dict[str, np.ndarray], room: int) -> None:
        self.front = state
        self.record.extend(rows)
        if state.k % self._spacing == 0 and state.k > self._kept[-1].k:
            self._kept.append(compact(state))
        while len(self._kept) > max(room, 2):
            self._spacing *= 2
            self._kept = [s for s in self._kept if s.k % self._spacing == 0]

    def _judge(self, laws: list[Law], state: Any) -> None:
        shown = laws[bisect_left(laws, max(state.k, 1), key=lambda law: law.k) - 1]  # as a simulation makes its frame
        frame = shown.dynamics.frame(_changed(laws, state))
        self.misses[state.k] = miss(frame, laws[in_force(laws, state.k)].landscape)

    def _lose(self, laws: list[Law], state: Any, error: Diverged) -> None:
        """It left the numbers: it stands at its last finite step, like a simulation."""
        self.diverged = max(error.step, state.k)
        if self.diverged - 1 > state.k:
            law = laws[in_force(laws, state.k)]
            steps = self.diverged - 1 - state.k
            self._keep(*law.dynamics.advance(_changed(laws, state), law.landscape, steps, self.record.every), room=2)


def in_force(laws: list[Law], k: int) -> int:
    """The place of the law that acts on the swarm at step ``k``."""
    return bisect_right(laws, k, key=lambda law: law.k) - 1


def _changed(laws: list[Law], state: Any) -> Any:
    """The state after the change that was made at its very step, if there was one; as ``Simulation.apply`` leaves it."""
    place = in_force(laws, state.k)
    law = laws[place]
    if place == 0 or law.k != state.k:
        return state
    if law.moved:
        state = law.dynamics.moved_to(state, law.landscape)
    return law.dynamics.advance(state, law.landscape, 0)[0]
