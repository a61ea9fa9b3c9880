"""A run as an export sees it: what is needed to live it again, so that nobody's visible swarm is touched or waited for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from swarmviz.frame import Clock
from swarmviz.simulation import Entry, Simulation, _steps
from swarmviz.swarm import Swarm

AT_ONCE = 4096  # steps between two looks at whether somebody cancelled


class Cancelled(Exception):
    """Somebody asked to stop."""


def never() -> bool:
    """Nobody cancels."""
    return False


def unheard(done: int, total: int) -> None:
    """Nobody listens to the progress."""


class Run(NamedTuple):
    """All that is needed to live a run again.

    ``journal`` and ``initial_swarm`` are those of a :class:`swarmviz.Simulation`, ``k`` is its present step, and ``options`` are the
    keyword
    arguments of its record (``every``, ``record_limit``).
    """

    journal: tuple[Entry, ...]
    initial_swarm: Swarm
    k: int
    options: Mapping[str, Any] = {}

    @classmethod
    def of(cls, sim: Simulation) -> Run:
        """The run of a simulation as it stands; what happens to the simulation later does not change it."""
        return cls(sim.journal, sim.initial_swarm, sim.k, {"every": sim.record.every, "record_limit": sim.record_limit})

    @property
    def now(self) -> Entry:
        """The parameters in force at step ``k``."""
        return [entry for entry in self.journal if entry.k <= self.k][-1]

    @property
    def t(self) -> float:
        """The time at step ``k``."""
        clock = Clock(dt=_dt(self.journal[0]))
        for entry in self.journal[1:]:
            if entry.k < max(self.k, 1):
                clock = clock.with_step(entry.k, _dt(entry))
        return float(clock.at(self.k))

    def again(self, cancelled: Callable[[], bool] = never) -> Simulation:
        """The run at its present step, lived again: the same bits as ``Simulation.replay``, but it can be cancelled.

        Raises
        ------
        Cancelled
            When ``cancelled()`` was true.
        """
        (sim,) = self.frames([self.k], cancelled)
        for entry in self.journal[1:]:
            if entry.k == self.k > 0:
                _change(sim, entry)
        return sim

    def frames(self, steps: Iterable[int], cancelled: Callable[[], bool] = never) -> Iterator[Simulation]:
        """The run at each of the increasing ``steps``: always the same simulation, each time further on.

        As in ``Simulation.frame``, a step is shown with the parameters that led to it.
        """
        birth, *later = self.journal
        changes = deque(later)
        sim = Simulation(birth.dynamics.copy(), birth.landscape.copy(), self.initial_swarm.copy(), **self.options)
        for k in steps:
            while changes and changes[0].k < max(k, 1):
                entry = changes.popleft()
                _advance(sim, entry.k, cancelled)
                _change(sim, entry)
            _advance(sim, k, cancelled)
            yield sim

    def steps(self, start: int, stop: int | None, every: int, most: int) -> range:
        """The steps ``start``, ``start + every``, … up to ``stop`` (the present step when absent).

        Raises
        ------
        ValueError
            When there is no such stretch of the run, or it has fewer than two or more than ``most`` pictures.
        """
        stop = self.k if stop is None else _steps("stop", stop)
        start, every = _steps("start", start), _steps("every", every, smallest=1)
        if not start < stop <= self.k:
            raise ValueError(f"start = {start}, stop = {stop}: must be 0 ≤ start < stop ≤ {self.k}, the present step")
        steps = range(start, stop + 1, every)
        if not 2 <= len(steps) <= most:
            smallest = -(-(stop - start) // (most - 1))
            wanted = f"at least {smallest}" if len(steps) > most else f"at most {stop - start}"
            raise ValueError(f"every = {every}: gives {len(steps)} pictures, must be 2 to {most}; take {wanted}")
        return steps


def run_of(what: Run | Simulation) -> Run:
    """The run of either."""
    return Run.of(what) if isinstance(what, Simulation) else what


def _dt(entry: Entry) -> float:
    return float(getattr(entry.dynamics, "dt", 1.0))


def _change(sim: Simulation, entry: Entry) -> None:
    sim.dynamics, sim.landscape = entry.dynamics.copy(), entry.landscape.copy()
    sim.apply()


def _advance(sim: Simulation, k: int, cancelled: Callable[[], bool]) -> None:
    while not cancelled():
        if sim.k >= k:
            return
        sim.advance(min(AT_ONCE, k - sim.k))
    raise Cancelled
