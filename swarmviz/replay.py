"""A run as data: what is needed to replay it, so that exports, links and replicas never touch, or wait for, the simulation itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from swarmviz.dynamics.base import Dynamics
from swarmviz.journal import Change, Journal, step_number
from swarmviz.landscapes.base import Landscape
from swarmviz.simulation import Simulation
from swarmviz.swarm import Swarm

MIN_STEP_COST = 50  # coordinates that a step costs however small the swarm is


class Cancelled(Exception):
    """A replay was ended before its time."""


def never() -> bool:
    """The default of ``cancelled``."""
    return False


def ignore(*args: Any) -> None:
    """The default of ``progress`` and ``check``."""


def check_of(cancelled: Callable[[], bool]) -> Callable[[int], None]:
    """The ``check`` of a replay that raises :class:`Cancelled` as soon as ``cancelled()`` is true."""

    def check(k: int) -> None:
        if cancelled():
            raise Cancelled

    return check


PAGE_RECORD_LIMIT = 20_000  # recorded steps of a run on the page; a longer one is thinned


class RunSpec(NamedTuple):
    """All that is needed to replay a run.

    Attributes
    ----------
    journal : Journal
        Which parameters acted at which step; it may know of more steps than the first ``k``.
    swarm : Swarm
        The swarm at the start.
    k : int
        The step at which the run stands.
    options : mapping
        The keyword arguments of its record, ``every`` and ``record_limit``.

    Examples
    --------
    >>> import swarmviz as sv
    >>> sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20))
    >>> _ = sim.advance(10)
    >>> run = RunSpec.of(sim)
    >>> _ = sim.advance(10)
    >>> run.replay().k
    10
    """

    journal: Journal
    swarm: Swarm
    k: int
    options: Mapping[str, Any] = {}

    @classmethod
    def of(cls, sim: Simulation, pending: Mapping[str, Any] | None = None) -> RunSpec:
        """The run of a simulation; what happens to the simulation later does not change it.

        Parameters
        ----------
        sim : Simulation
            It stands at the step ``k`` of the result.
        pending : mapping, optional
            When absent, the journal is that of the simulation, with what is known beyond its present step. When given, even empty, it is
            the journal of the run that goes on from there: nothing later, and the present parameters where no step was taken with them yet;
            a ``"dynamics"`` or ``"landscape"`` in ``pending`` stands in for that of the simulation.
        """
        options = {"every": sim.every, "record_limit": sim.record_limit}  # what it began with: a record thins itself
        if pending is None:
            return cls(sim.journal, sim.initial_swarm, sim.k, options)
        dynamics, landscape = pending.get("dynamics", sim.dynamics), pending.get("landscape", sim.landscape)
        journal = sim.journal.until(sim.k)
        if not journal[-1].same_as(Change(journal[-1].k, dynamics, landscape)):
            journal = journal.with_change(sim.k, dynamics, landscape)
        return cls(journal, sim.initial_swarm, sim.k, options)

    @classmethod
    def at_start(cls, dynamics: Dynamics, landscape: Landscape, swarm: Swarm) -> RunSpec:
        """A run that has not begun."""
        return cls(Journal.at_start(dynamics, landscape), swarm, 0)

    # ---- what it is ----------------------------------------------------------------------------------------------------

    @property
    def now(self) -> Change:
        """The parameters that act at step ``k``."""
        return self.journal.acting_at(self.k)

    @property
    def t(self) -> float:
        """The time at step ``k``."""
        return self.journal.time_at(self.k)

    @property
    def initial_swarm(self) -> Swarm:
        """Another name of ``swarm``, as in :class:`swarmviz.Simulation`."""
        return self.swarm

    @property
    def born(self) -> Swarm:
        """The former name of ``swarm``."""
        return self.swarm

    @property
    def coordinates(self) -> int:
        """Agents times dimension."""
        return self.swarm.n * self.swarm.d

    @property
    def work(self) -> int:
        """Coordinates times steps of a replay."""
        return max(self.coordinates, MIN_STEP_COST) * self.k

    def agrees_until(self, other: RunSpec) -> float:
        """The step up to which the same parameters act on the same swarm: −1 for other beginnings, ∞ where nothing differs."""
        same = self.swarm is other.swarm or self.swarm.same_as(other.swarm)
        return self.journal.agrees_until(other.journal) if same else -1

    # ---- others like it ------------------------------------------------------------------------------------------------

    def until(self, k: int) -> RunSpec:
        """The run up to step ``k``, as far as it is known."""
        return self._replace(journal=self.journal.until(k), k=k)

    def with_seed(self, seed: int, k: int) -> RunSpec:
        """The same run with another seed, up to step ``k`` or its own, whichever comes first."""
        swarm = self.swarm.copy()
        swarm.seed = seed
        return self.until(min(k, self.k))._replace(swarm=swarm)

    def restarted(self) -> RunSpec:
        """Its present parameters at step 0."""
        return self._replace(journal=Journal.at_start(self.now.dynamics, self.now.landscape), k=0)

    # ---- replaying it --------------------------------------------------------------------------------------------------

    def replay(self, check: Callable[[int], Any] = ignore) -> Simulation:
        """The simulation at step ``k``: the same bits, see :meth:`swarmviz.Simulation.replay`.

        Raises
        ------
        ValueError
            When the swarm cannot start, or a value leaves its range on the way.
        Diverged
            When an energy is no longer finite.
        Exception
            What ``check(k)`` raises, which is called now and then, ends the replay.
        """
        return Simulation.replay(self.journal, self.swarm, self.k, check=check, **self.options)

    def frames(self, steps: Iterable[int], check: Callable[[int], Any] = ignore) -> Iterator[Simulation]:
        """The run at each of the increasing ``steps``: always the same simulation, each time further on.

        As in ``Simulation.frame``, a step is shown with the parameters that led to it. ``check`` as in :meth:`replay`.
        """
        first, done = self.journal[0], 1
        sim = Simulation(first.dynamics.copy(), first.landscape.copy(), self.swarm.copy(), **self.options)
        for k in steps:
            check(sim.k)
            changes = self.journal.leading_to(k)
            sim.follow(changes[done:], k, check)
            done = len(changes)
            yield sim

    def again(self, cancelled: Callable[[], bool] = never) -> Simulation:
        """A :meth:`replay` that raises :class:`Cancelled` when ``cancelled()`` is true."""
        check = check_of(cancelled)
        check(0)
        return self.replay(check)

    def steps(self, start: int, stop: int | None, every: int, most: int) -> range:
        """The steps ``start``, ``start + every``, … up to ``stop`` (the present step when absent), of which there is a picture each.

        Raises
        ------
        ValueError
            When the run has no such steps, or they are fewer than two or more than ``most``.
        """
        stop = self.k if stop is None else step_number("stop", stop)
        start, every = step_number("start", start), step_number("every", every, smallest=1)
        if not start < stop <= self.k:
            raise ValueError(f"start = {start}, stop = {stop}: must be 0 ≤ start < stop ≤ {self.k}, the present step")
        steps = range(start, stop + 1, every)
        if not 2 <= len(steps) <= most:
            smallest = -(-(stop - start) // (most - 1))
            wanted = f"at least {smallest}" if len(steps) > most else f"at most {stop - start}"
            raise ValueError(
                f"every = {every}: gives {len(steps)} picture{'s' * (len(steps) != 1)}, must be 2 to {most}; take {wanted}"
            )
        return steps


def run_of(what: RunSpec | Simulation) -> RunSpec:
    """The run of either."""
    return RunSpec.of(what) if isinstance(what, Simulation) else what
