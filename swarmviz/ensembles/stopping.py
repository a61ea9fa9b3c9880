"""When a run of an ensemble ends before its last step: at the same step for any number of threads.

A stop looks at a group of runs after some steps, and says at which of these each of them ends. The kernels are called for as many steps
as lie between two looks, so that a stop that looks seldom, or reads arrays only, costs next to nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from swarmviz.dynamics.base import Dynamics
from swarmviz.dynamics.batch import BatchResult, StateBatch
from swarmviz.dynamics.stall import Stalling, half_widths
from swarmviz.ensembles.fingerprint import fingerprint
from swarmviz.ensembles.names import did_you_mean
from swarmviz.frame import Frame
from swarmviz.landscapes.base import Landscape
from swarmviz.parameters import Described, Real, Whole

LOOK = 256  # steps between two looks at the record: what was done in vain when a run has ended since the last one
GOES_ON = -1  # instead of the step at which a run ends
LOOKS = 10  # times in the steps of a stall, for a dynamics that does not count itself


class Window(NamedTuple):
    """A few steps of some runs, none of which diverged in them: the states before, and what became of them."""

    dynamics: Dynamics
    landscape: Landscape
    runs: np.ndarray  # their numbers, increasing
    before: StateBatch
    outcomes: BatchResult


Watch = Callable[[Window], np.ndarray]  # the step at which each of the runs ends, or GOES_ON


class Stop(Described):
    """Base of all stops."""

    def check(self, observables: Sequence[str]) -> None:
        """Raise ``ValueError`` when the dynamics does not record what is needed."""

    def require_known(self) -> None:
        """Raise ``TypeError`` when a store could not tell it from another."""

    def prepare(self, dynamics: Dynamics) -> Dynamics:
        """The dynamics to be run, which may be told to count."""
        return dynamics

    def look(self, dynamics: Dynamics, every: int) -> int:
        """Most steps between two looks."""
        return LOOK

    def watch(self, group: range) -> Watch:
        """A look-out for a group of runs, which is called after every few steps for those of them that have not ended."""
        raise NotImplementedError


class Below(Stop):
    """Ends at the first recorded step at which an observable is below a value.

    Parameters
    ----------
    observable : str
        Name of an observable of the dynamics.
    value : float

    Examples
    --------
    >>> import swarmviz as sv
    >>> sv.ensembles.Below("best", 1e-3)
    Below(observable='best', value=0.001)
    """

    value = Real(0.0, doc="The run ends below it.")

    def __init__(self, observable: str = "best", value: float = 0.0):
        super().__init__(value=value)
        self.observable = observable

    def values_now(self) -> dict[str, Any]:
        return {"observable": self.observable, "value": self.value}

    def __repr__(self) -> str:
        return f"Below(observable={self.observable!r}, value={self.value!r})"

    def check(self, observables):
        if self.observable not in observables:
            raise ValueError(
                f"stop: observable = {self.observable!r}: is not recorded{did_you_mean(self.observable, observables)}"
            )

    def watch(self, group):
        return lambda part: _first(part.outcomes.series(self.observable) < self.value, part.outcomes.k)


class Stall(Stop):
    """Ends when the swarm has hardly moved for a while (003 §5: 1e-4 and 500 steps).

    A dynamics that counts its still steps itself (BGK, PSO) ends at the very step of 003's rule, see :mod:`swarmviz.dynamics.stall`. The
    others are looked at ten times in ``steps``: their answer (see :func:`swarmviz.success.answer`) must at each look be within
    ``tolerance`` of where it was at the first.

    Parameters
    ----------
    tolerance : float
        What hardly moved means, in half widths of the landscape's box.
    steps : int
        For how many steps.
    """

    tolerance = Real(1e-4, bounds=(0, 1), symbol="δ_stall", doc="What hardly moved means, in half widths of the box.")
    steps = Whole(500, bounds=(1, 10_000_000), symbol="n_stall", doc="For how many steps.")

    def __init__(self, tolerance: float = 1e-4, steps: int = 500):
        super().__init__(tolerance=tolerance, steps=steps)

    def prepare(self, dynamics):
        if isinstance(dynamics, Stalling):
            dynamics = dynamics.copy()
            dynamics.stall_steps, dynamics.stall_tolerance = self.steps, self.tolerance
        return dynamics

    def look(self, dynamics, every):
        return self.steps if isinstance(dynamics, Stalling) else max(1, self.steps // LOOKS)

    def watch(self, group):
        since = np.full(len(group), GOES_ON)  # the step of each run's first look, and of each at which it had moved
        places: np.ndarray | None = None

        def reached(part: Window) -> np.ndarray:
            nonlocal places
            if isinstance(part.dynamics, Stalling):
                return _counted(part, self.steps)
            after, at = part.outcomes.after, part.runs - group.start
            now = part.dynamics.answers(after)
            if places is None:
                places = np.zeros((len(group), after.all.d))
            moved = (np.abs(now - places[at]) / half_widths(part.landscape, after.all.d)).max(axis=1) >= self.tolerance
            moved |= since[at] == GOES_ON
            places[at[moved]], since[at[moved]] = now[moved], after.all.k
            return np.where(after.all.k - since[at] >= self.steps, after.all.k, GOES_ON)

        return reached


def _counted(part: Window, steps: int) -> np.ndarray:
    """The first step at which each kernel's counter has reached ``steps``."""
    outcomes, ends = part.outcomes, np.full(len(part.runs), GOES_ON)
    stalled, taken = outcomes.after.all.still >= steps, outcomes.after.all.k - part.before.all.k
    if stalled.any():
        outcomes, before = outcomes.select(stalled), part.before.select(stalled)
        if len(outcomes.k) < taken:  # not every step is recorded
            again = part.dynamics.advance_many(before, part.landscape, taken)
            outcomes = BatchResult.of(before, again, part.dynamics.observables)
        ends[stalled] = _first(outcomes.series("still") >= steps, outcomes.k)
    return ends


def _first(reached: np.ndarray, k: np.ndarray) -> np.ndarray:
    """The first of the recorded steps ``k`` at which each run has reached something, (runs, recorded) → (runs,)."""
    return (
        np.where(reached.any(axis=1), k[reached.argmax(axis=1)], GOES_ON) if len(k) else np.full(len(reached), GOES_ON)
    )


class When(Stop):
    """Ends at the first recorded step after step 0 at which a function of the frame says so."""

    def __init__(self, function: Callable[[Frame], bool]):
        super().__init__()
        self.function = function
        self._code: str | None = None
        with contextlib.suppress(TypeError):
            self._code = fingerprint(function)  # now: what it closes over may change while it runs

    def values_now(self) -> dict[str, Any]:
        name = getattr(self.function, "__qualname__", type(self.function).__qualname__)
        return {"function": name, "code": self._code}

    def require_known(self):
        try:
            fingerprint(self.function)
        except TypeError as error:
            raise TypeError(
                f"stop = {self.function!r}: cannot be used with a store, which must know it again: {error}; "
                "without a store it can"
            ) from None

    def look(self, dynamics, every):
        return every

    def watch(self, group):
        def reached(part: Window) -> np.ndarray:
            after, recorded = part.outcomes.after, part.outcomes.k
            k = after.all.k
            if not (k > 0 and len(recorded) and recorded[-1] == k):
                return np.full(len(after), GOES_ON)
            return np.array([k if self.function(part.dynamics.frame(state)) else GOES_ON for state in after])

        return reached


def as_stop(stop: Any) -> Stop | None:
    """A stop from what a person passed: None, a stop, or a function of the frame.

    Raises
    ------
    TypeError
        When it is none of these.
    """
    if stop is None or isinstance(stop, Stop):
        return stop
    if callable(stop) and not isinstance(stop, type):
        return When(stop)
    raise TypeError(
        f"stop = {stop!r}: must be None, a stop such as Stall(1e-4, 500), or a function of a Frame that returns a bool"
    )
