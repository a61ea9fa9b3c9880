"""When a run of an ensemble ends before its last step: at the same step for any number of threads.

A stop looks at a group of runs after some steps and says at which of these steps each run ends. The kernels are called for as many steps
as lie between two looks, so that a stop that looks seldom, or reads arrays only, costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from swarmviz.dynamics.base import Dynamics
from swarmviz.dynamics.batch import BatchResult, StateBatch
from swarmviz.dynamics.stall import Stalling, half_widths
from swarmviz.ensembles.suggestions import did_you_mean
from swarmviz.frame import Frame
from swarmviz.landscapes.base import Landscape
from swarmviz.parameters import Described, Real, Whole

LOOK_STEPS = (
    256  # between two looks at the record: at most so many are computed in vain when a run has ended since the last one
)
BUDGET_LOOK_STEPS = 64  # the same of a budget, whose crossing is looked for step by step in a second go
LOOKS_PER_STALL = 10  # for a dynamics that does not count its still steps itself
GOES_ON = -1  # instead of the step at which a run ends


class Window(NamedTuple):
    """A few steps of some runs, none of which diverged in them: the states before, and what they led to."""

    dynamics: Dynamics
    landscape: Landscape
    runs: np.ndarray  # their numbers, increasing
    before: StateBatch
    result: BatchResult


Watch = Callable[[Window], np.ndarray]  # the step at which each of the runs ends, or GOES_ON


class Stop(Described):
    """Base of all stops."""

    def check(self, observables: Sequence[str]) -> None:
        """Raise ``ValueError`` when the dynamics does not record what is needed."""

    def require_name(self) -> None:
        """Raise ``TypeError`` when a store could not tell it from another stop."""

    def prepare(self, dynamics: Dynamics) -> Dynamics:
        """The dynamics to be run; a stop may set its parameters."""
        return dynamics

    def look(self, dynamics: Dynamics, every: int) -> int:
        """Most steps between two looks."""
        return LOOK_STEPS

    def watch(self, group: range) -> Watch:
        """What is called for a group of runs after every few steps, with those of them that have not ended."""
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
        return lambda window: _first(window.result.series(self.observable) < self.value, window.result.k)


class Spent(Stop):
    """Ends at the first recorded step at which a run has spent so many evaluations of F, or more (:mod:`swarmviz.dynamics.cost`).

    Parameters
    ----------
    evaluations : int

    Examples
    --------
    >>> import swarmviz as sv
    >>> data = sv.run_ensemble(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=20), runs=2, stop=sv.ensembles.Spent(1000))
    >>> data["final_evaluations"].values.tolist()
    [1000.0, 1000.0]
    """

    evaluations = Whole(100_000, bounds=(1, 10**15), doc="The run ends once it has spent so many evaluations of F.")

    def __init__(self, evaluations: int = 100_000):
        super().__init__(evaluations=evaluations)

    def check(self, observables):
        _require_costs(self, observables)

    def watch(self, group):
        return lambda window: _first(window.result.series("evaluations") >= self.evaluations, window.result.k)


class Budget(Stop):
    """Ends at the last step up to which a run has spent at most so many evaluations of F, recorded or not.

    What the start takes (:meth:`swarmviz.dynamics.base.Dynamics.cost_of_start`) is spent by every run: a smaller budget ends it at step 0.

    Parameters
    ----------
    evaluations : int

    Examples
    --------
    >>> import swarmviz as sv
    >>> data = sv.run_ensemble(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=30), runs=2, stop=sv.ensembles.Budget(1000))
    >>> data["final_evaluations"].values.tolist()
    [990.0, 990.0]
    """

    evaluations = Whole(
        100_000, bounds=(1, 10**15), doc="The run ends before a step that would lead beyond so many evaluations of F."
    )

    def __init__(self, evaluations: int = 100_000):
        super().__init__(evaluations=evaluations)

    def check(self, observables):
        _require_costs(self, observables)

    def look(self, dynamics, every):
        return BUDGET_LOOK_STEPS

    def watch(self, group):
        def reached(window: Window) -> np.ndarray:
            ends = np.full(len(window.runs), GOES_ON)
            beyond = window.result.after.all.evaluations > self.evaluations
            if beyond.any():
                result = _step_by_step(window, beyond)
                first = _first(result.series("evaluations") > self.evaluations, result.k)
                ends[beyond] = np.maximum(first - 1, window.before.all.k)
            return ends

        return reached


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
        For how many steps; BGK and PSO end when there were more.
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
        return self.steps if isinstance(dynamics, Stalling) else max(1, self.steps // LOOKS_PER_STALL)

    def watch(self, group):
        since = np.full(len(group), GOES_ON)  # the step of each run's first look, and of each at which it had moved
        places: np.ndarray | None = None

        def reached(window: Window) -> np.ndarray:
            nonlocal places
            if isinstance(window.dynamics, Stalling):
                return _counted(window, self.steps)
            after, at = window.result.after, window.runs - group.start
            now = window.dynamics.answers(after)
            if places is None:
                places = np.zeros((len(group), after.all.d))
            distance = np.abs(now - places[at]) / half_widths(window.landscape, after.all.d)
            moved = distance.max(axis=1) >= self.tolerance
            moved |= since[at] == GOES_ON
            places[at[moved]], since[at[moved]] = now[moved], after.all.k
            return np.where(after.all.k - since[at] >= self.steps, after.all.k, GOES_ON)

        return reached


def _require_costs(stop: Stop, observables: Sequence[str]) -> None:
    """Raise ``ValueError`` when a dynamics does not record what it spends."""
    if "evaluations" not in observables:
        raise ValueError(f"stop: {stop!r}: this dynamics does not count its evaluations")


def _counted(window: Window, steps: int) -> np.ndarray:
    """The first step at which each kernel's counter has exceeded ``steps``."""
    ends = np.full(len(window.runs), GOES_ON)
    stalled = window.result.after.all.still > steps
    if stalled.any():
        result = _step_by_step(window, stalled)
        ends[stalled] = _first(result.series("still") > steps, result.k)
    return ends


def _step_by_step(window: Window, which: np.ndarray) -> BatchResult:
    """What the marked runs recorded at every step of a window; they are taken again where not every step is recorded."""
    result, before = window.result.select(which), window.before.select(which)
    taken = result.after.all.k - before.all.k
    if np.count_nonzero(result.k > before.all.k) < taken:
        again = window.dynamics.advance_many(before, window.landscape, taken)
        result = BatchResult.of(before, again, window.dynamics.observables)
    return result


def _first(reached: np.ndarray, k: np.ndarray) -> np.ndarray:
    """The first of the recorded steps ``k`` at which each run has reached something, (runs, recorded) → (runs,)."""
    return (
        np.where(reached.any(axis=1), k[reached.argmax(axis=1)], GOES_ON) if len(k) else np.full(len(reached), GOES_ON)
    )


class When(Stop):
    """Ends at the first recorded step after step 0 at which a function of the frame says so.

    Parameters
    ----------
    function : callable
        ``function(frame) -> bool``.
    name : str, optional
        Tells it from other functions in a store, which cannot see what a function does: give another name to another function. Needed
        with a store.

    Raises
    ------
    TypeError
        When ``function`` cannot be called or ``name`` is no str.
    ValueError
        When ``name`` is empty.

    Examples
    --------
    >>> import swarmviz as sv
    >>> sv.ensembles.When(lambda frame: frame.energy.min() < 1, name="below 1")
    When('below 1')
    """

    def __init__(self, function: Callable[[Frame], bool], name: str | None = None):
        super().__init__()
        if not callable(function):
            raise TypeError(f"function = {function!r}: must be a function of a Frame that returns a bool")
        if name is not None and not isinstance(name, str):
            raise TypeError(f"name = {name!r}: must be a text, not {type(name).__name__}")
        if name is not None and not name.strip():
            raise ValueError(f"name = {name!r}: must not be empty")
        self.function, self.label = function, name

    def values_now(self) -> dict[str, Any]:
        if self.label is not None:
            return {"name": self.label}
        return {"function": getattr(self.function, "__qualname__", type(self.function).__qualname__)}

    def copy(self) -> When:
        return When(self.function, self.label)

    def __repr__(self) -> str:
        return f"When({self.function!r})" if self.label is None else f"When({self.label!r})"

    def require_name(self):
        if self.label is None:
            raise TypeError(
                f"stop = {self.function!r}: a store needs a name by which it knows the function again: "
                'stop=swarmviz.ensembles.When(function, name="…"); without a store it needs none'
            )

    def look(self, dynamics, every):
        return every

    def watch(self, group):
        def reached(window: Window) -> np.ndarray:
            after, recorded = window.result.after, window.result.k
            k = after.all.k
            if not (k > 0 and len(recorded) and recorded[-1] == k):
                return np.full(len(after), GOES_ON)
            return np.array([k if self.function(window.dynamics.frame(state)) else GOES_ON for state in after])

        return reached


def as_stop(stop: Any) -> Stop | None:
    """A stop from the argument ``stop``: None, a stop, or a function of the frame.

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
