"""A run as it was lived: its journal, its start and its record, from which claims take their hypotheses and their curves.

A parameter may have been moved, and a schedule moves it with every step. So nothing here is a present value: :meth:`LivedRun.course` is
what acted on every step, :meth:`LivedRun.total` sums over steps, and :meth:`LivedRun.first_step_where` finds the step at which a condition
failed.

One rule says of which step numbers are: :meth:`LivedRun.of` takes a run as far as it is known, and everything that a claim says of it, from
the record or from the agents, is of that last step, also while an earlier one is shown. So a claim stands beside its curve, which is drawn
to the end, and beside its replicas, which are led there; going back changes nothing of what was lived. Only a limit, which is drawn over
the agents shown, is asked of a run up to the step that is shown (:func:`swarmviz.theory.registry.about_to_step`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from swarmviz.dynamics.base import Dynamics
from swarmviz.frame import Frame
from swarmviz.journal import Change, Journal
from swarmviz.landscapes.base import Landscape
from swarmviz.parameters import TimeDependent
from swarmviz.schedules import values_of
from swarmviz.simulation import Simulation
from swarmviz.swarm import Swarm


class Stretch(NamedTuple):
    """Consecutive intervals of steps on which the parameters of one change act.

    ``start`` and ``steps`` (M,) are the first step of each interval and its number of steps, ``t`` (M,) the mean of their times: a
    schedule is taken there, which is exact where every step is recorded and for a schedule that is linear in time.
    """

    change: Change
    start: np.ndarray
    steps: np.ndarray
    t: np.ndarray
    dt: float

    def values(self, name: str) -> np.ndarray:
        """The values of a parameter on the intervals, (M,)."""
        return values_of(self.change.dynamics, name, self.t)


class LivedRun:
    """What a claim may know of a run.

    Parameters
    ----------
    journal : Journal
    swarm : Swarm
        With which the run started.
    record : Mapping
        What was recorded, from step 0; name → array (K,).
    frame : function () → Frame, optional
        What is seen of the swarm at its last step, which may come after the last recorded one; None for a replica.

    Attributes
    ----------
    k, t : ndarray (K,)
        The recorded steps and their times.
    last : int
        The last recorded step.
    stretches : list of Stretch
        All steps from 0 to ``last``, cut at recorded steps and at changes of parameters. Before the first step is made they hold that
        step, with the parameters that are about to act on it.
    """

    def __init__(
        self,
        journal: Journal,
        swarm: Swarm,
        record: Mapping[str, np.ndarray],
        frame: Callable[[], Frame] | None = None,
    ):
        self.journal, self.swarm, self.record, self.frame = journal, swarm, record, frame
        self.k, self.t = record["k"], record["t"]
        self.last = int(self.k[-1])
        self.stretches = list(self._stretches())
        self._curves: dict[Callable[[LivedRun], np.ndarray], np.ndarray] = {}

    @classmethod
    def of(cls, run: Simulation) -> LivedRun:
        """A simulation, up to the furthest step that is known of it, whichever is shown."""
        return cls(run.journal, run.initial_swarm, run.record, lambda: run.end)

    def _stretches(self):
        stop = max(self.last, 1)
        clocks = self.journal.clocks()
        edges = (
            np.append(self.k, stop) if stop > self.last else self.k
        )  # no union: k is in order, and has no step twice
        for (change, clock), later in zip(clocks, [*self.journal.steps[1:], stop], strict=True):
            first, end = change.k, min(later, stop)
            if first >= end:
                continue
            inner = edges[np.searchsorted(edges, first, side="right") : np.searchsorted(edges, end)]
            cuts = np.concatenate([[first], inner, [end]])
            start, steps = cuts[:-1], np.diff(cuts)
            yield Stretch(change, start, steps, clock.at(start + (steps - 1) / 2), clock.dt)

    # ---- the parameters --------------------------------------------------------------------------------------------------

    @property
    def last_change(self) -> Change:
        """The parameters that acted last, and since when they act."""
        return self.stretches[-1].change

    @property
    def dynamics(self) -> Dynamics:
        """The dynamics with the parameters that acted last."""
        return self.last_change.dynamics

    @property
    def landscape(self) -> Landscape:
        """The landscape of the last step."""
        return self.last_change.landscape

    def seen_with(self, frame: Frame) -> Change:
        """The parameters with which the agents of the last step were evaluated: those of a change at that step, which was applied there."""
        return self.journal.acting_at(frame.k)

    @property
    def now(self) -> float:
        """The time of the last recorded step; of the step to come, where other parameters are about to act on it."""
        return max(float(self.t[-1]), float(self.stretches[-1].t[-1]))

    @property
    def d(self) -> int:
        """The dimension."""
        return self.swarm.d

    @property
    def n(self) -> int:
        """The number of agents."""
        return self.swarm.n

    def course(self, of: Callable[[Stretch], Any]) -> np.ndarray:
        """A function of the parameters on all intervals, (sum of M,): ``of`` gives a number or an array for each stretch."""
        return np.concatenate([np.broadcast_to(np.asarray(of(s), float), s.start.shape) for s in self.stretches])

    def total(self, of: Callable[[Stretch], Any]) -> np.ndarray:
        """The sum of a quantity per step over the steps before each recorded one, (K,); 0 at step 0."""
        if self.last == 0:
            return np.zeros(len(self.k))
        counts, before = self._intervals
        with np.errstate(invalid="ignore", over="ignore"):
            sums = np.concatenate([[0.0], np.cumsum(self.course(of) * counts)])
        return sums[before]

    @cached_property
    def _intervals(self) -> tuple[np.ndarray, np.ndarray]:
        """How many steps each interval has, (sum of M,), and how many intervals lie before each recorded step, (K,)."""
        counts = np.concatenate([s.steps for s in self.stretches])
        ends = np.concatenate([s.start + s.steps for s in self.stretches])
        return counts, np.searchsorted(ends, self.k, side="right")

    def integral(self, of: Callable[[Stretch], Any]) -> np.ndarray:
        """The integral over time of a rate, from step 0 to each recorded step, (K,)."""
        return self.total(lambda s: np.asarray(of(s), float) * s.dt)

    def changes(self, name: str) -> bool:
        """Whether a parameter of the dynamics had more than one value, by a schedule or by a change."""
        found = {repr(getattr(s.change.dynamics, name)) for s in self.stretches}
        return len(found) > 1 or isinstance(getattr(self.dynamics, name), TimeDependent)

    def curve(self, of: Callable[[LivedRun], np.ndarray]) -> np.ndarray:
        """A curve of theory along this run, (K,), computed once: a claim draws it, and its label has the rate of it."""
        if of not in self._curves:
            self._curves[of] = of(self)
        return self._curves[of]

    # ---- conditions ------------------------------------------------------------------------------------------------------

    def first_step_where(self, margin: np.ndarray) -> int | None:
        """The first step whose ``margin``, a value per interval as of :meth:`course`, is not positive; None where all are."""
        bad = np.flatnonzero(~(margin > 0))
        return int(np.concatenate([s.start for s in self.stretches])[bad[0]]) if len(bad) else None

    def first_change_where(self, holds: Callable[[Dynamics, Landscape], bool]) -> int | None:
        """The step from which on parameters act of which ``holds`` is false, None where it is true of all."""
        for stretch in self.stretches:
            if not holds(stretch.change.dynamics, stretch.change.landscape):
                return int(stretch.start[0])
        return None
