"""How an ensemble is run and what of it is kept, checked before anything runs."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from swarmviz.dynamics.base import Dynamics
from swarmviz.ensembles.event_counts import chosen_kinds
from swarmviz.ensembles.stopping import Stop, as_stop
from swarmviz.ensembles.suggestions import did_you_mean
from swarmviz.frame import Clock, Diverged
from swarmviz.landscapes.base import Landscape
from swarmviz.parameters import Described, Real, Switch, TimeDependent, Whole
from swarmviz.schedules import values_of
from swarmviz.success import tolerance_for
from swarmviz.swarm import Swarm

MAX_SEED = 2**53
SCHEDULE_CHUNK = 1 << 16  # values of a schedule that are checked at once


class Options(Described):
    """The numbers among the settings."""

    runs = Whole(100, bounds=(1, 10_000_000), doc="Runs; run r has the seed swarm.seed + r.")
    steps = Whole(1000, bounds=(0, 10**12), doc="Steps of each run.")
    every = Whole(1, bounds=(1, 10**12), doc="Record the steps that are multiples of it.")
    tolerance = Real(
        None, bounds=(0, 1e6), inclusive_bounds=(False, True), allow_None=True,
        doc="Largest error of a success, in half widths of the box. When absent: 0.05, or half the way to the nearest other minimum.",
    )  # fmt: skip
    positions = Switch(False, doc="Keep the final positions of every agent.")


class Settings(NamedTuple):
    """Options, the names of the recorded observables, the stop of an ensemble, and the kinds of events that are counted."""

    options: Options
    record: tuple[str, ...]
    stop: Stop | None
    events: tuple[str, ...] = ()

    @classmethod
    def checked(cls, dynamics: type[Dynamics], record: Any, stop: Any, events: Any = (), **options: Any) -> Settings:
        """From the caller's arguments.

        Raises
        ------
        ValueError, TypeError
            When an option is out of its range, an observable or an event is not one of the dynamics, or the stop is no stop.
        """
        known = [o.name for o in dynamics.observables]
        if record is None:
            record = known
        elif isinstance(record, str) or not isinstance(record, Iterable):
            raise TypeError(f"record = {record!r}: must be a sequence of names of observables, such as {known[:2]!r}")
        for name in record:
            if name not in known:
                raise ValueError(
                    f"record = {name!r}: {dynamics.title} has no such observable{did_you_mean(name, known)}"
                )
        stop = as_stop(stop)
        if stop is not None:
            stop.check(known)
        return cls(Options(**options), tuple(dict.fromkeys(record)), stop, chosen_kinds(dynamics, events))

    def described(self) -> dict[str, Any]:
        """Name → value of everything that the results depend on."""
        return self.options.values_now() | {"record": self.record, "stop": self.stop, "events": self.events}

    def prepared(self, problem: Problem) -> Problem:
        """The problem as it is run: a stop may set parameters of the dynamics."""
        return problem._replace(dynamics=self.stop.prepare(problem.dynamics)) if self.stop else problem

    @property
    def rows(self) -> int:
        """Number of recorded steps."""
        return self.options.steps // self.options.every + 1

    def recorded_steps(self) -> np.ndarray:
        """The steps that are recorded, shape (rows,)."""
        return np.arange(0, self.options.steps + 1, self.options.every)


class Problem(NamedTuple):
    """What is run: dynamics × landscape × swarm."""

    dynamics: Dynamics
    landscape: Landscape
    swarm: Swarm

    @classmethod
    def of(cls, dynamics: Any, landscape: Any, swarm: Any) -> Problem:
        """Copies, so that later changes of the arguments change nothing here.

        Raises
        ------
        TypeError
            When a part is of the wrong kind.
        """
        parts = (("dynamics", dynamics, Dynamics), ("landscape", landscape, Landscape), ("swarm", swarm, Swarm))
        for name, value, kind in parts:
            if not isinstance(value, kind):
                raise TypeError(f"{name} = {value!r}: must be a {kind.__name__}, not {type(value).__name__}")
        return cls(dynamics.copy(), landscape.copy(), swarm.copy())

    def small_state(self, n: int = 2) -> Any:
        """The state at step 0 of a swarm of so few agents."""
        few = self.swarm.copy()
        few.n = n
        return self.dynamics.init(few.positions(self.landscape), self.landscape, few.seed)

    @property
    def clock(self) -> Clock:
        """The time at each step."""
        return Clock(dt=self.dynamics.time_step)

    def judged_by(self, settings: Settings) -> dict[str, float]:
        """The numbers by which its runs are judged, by the names of coordinates of the Dataset.

        ``tolerance`` is the largest error that counts as found: what was asked for, else the landscape's; NaN on a finite set, which has
        another criterion (:mod:`swarmviz.success`). ``lowest_known`` is F*, the lowest value of F that is known; NaN where none is.
        """
        asked, d = settings.options.tolerance, self.swarm.d
        if self.dynamics.on_finite_set:
            heights = self.dynamics.frame(self.small_state()).heights
            return {"tolerance": math.nan, "lowest_known": math.nan if heights is None else float(heights.min())}
        lowest = self.landscape.minimum(d)
        return {
            "tolerance": tolerance_for(self.landscape, d) if asked is None else float(asked),
            "lowest_known": math.nan if lowest is None else lowest,
        }

    def check(self, settings: Settings) -> None:
        """Try it out with two agents and no step, and every schedule at every step.

        Raises
        ------
        ValueError
            When the parts do not fit together, a schedule leaves its parameter's range or there are no such seeds.
        """
        runs, steps = settings.options.runs, settings.options.steps
        if self.swarm.seed + runs - 1 > MAX_SEED:
            raise ValueError(
                f"seed = {self.swarm.seed}: run {runs - 1} would have a seed above 2^53; seed + runs − 1 must be ≤ 2^53"
            )
        self.dynamics.require_agents(self.swarm.n)
        state = self.small_state()
        try:
            self.dynamics.advance(state, self.landscape, 0, start=True)
        except Diverged as error:  # recorded as such, run by run
            if isinstance(error, ValueError):  # but no run could begin with such a parameter
                raise
        for name in self.dynamics.declared():
            if isinstance(getattr(self.dynamics, name), TimeDependent):
                for first in range(0, steps + 1, SCHEDULE_CHUNK):
                    k = np.arange(first, min(first + SCHEDULE_CHUNK, steps + 1))
                    values_of(self.dynamics, name, state.clock.at(k))


def thread_count(threads: Any) -> int:
    """As passed, or the cores that this process may use.

    Raises
    ------
    ValueError
        When it is no whole number ≥ 1.
    """
    if threads is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if isinstance(threads, bool) or not isinstance(threads, (int, np.integer)) or not 1 <= threads <= 4096:
        raise ValueError(
            f"threads = {threads!r}: must be a whole number with 1 ≤ threads ≤ 4096, or None for every core"
        )
    return int(threads)
