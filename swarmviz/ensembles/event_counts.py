"""When each kind of event first happened in each run of an ensemble, and how often.

The events are those of the single run, :attr:`swarmviz.Simulation.events`, all of them, found by the same rules at the same steps: the
multiples of ``every``. They are looked for after each call of a kernel in what that call recorded, so that nothing has to be kept of the
series: a run takes two numbers for each kind, and the value that its next one is compared with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from swarmviz.dynamics.base import Dynamics
from swarmviz.dynamics.batch import BatchResult
from swarmviz.ensembles.suggestions import did_you_mean
from swarmviz.ensembles.units import PURE_NUMBER, STEPS, described_as
from swarmviz.events import Kind, Looking, holds
from swarmviz.landscapes.base import Landscape

if TYPE_CHECKING:
    import xarray

FIRST, COUNT = "first_", "count_"  # and the name of a kind: the variables
QUARTILES = (0.25, 0.5, 0.75)


def chosen_kinds(dynamics: type[Dynamics], names: Any) -> tuple[str, ...]:
    """The names of the kinds that are asked for, each once; all of the dynamics where ``names`` is None.

    Raises
    ------
    TypeError, ValueError
        When they are no sequence of names, or one is not of the dynamics.
    """
    known = [kind.name for kind in dynamics.events]
    if names is None:
        return tuple(known)
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise TypeError(f"events = {names!r}: must be a sequence of names of events, such as {known[:2]!r}")
    chosen = []
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known) if isinstance(name, str) else ""
            raise ValueError(f"events = {name!r}: {dynamics.title} has no such event{hint}")
        chosen.append(name)
    return tuple(dict.fromkeys(chosen))


def variables(dynamics: type[Dynamics], names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Name → meaning and unit of the variables of these kinds; a menu may show no more than the beginning of a meaning."""
    kinds = {kind.name: kind for kind in dynamics.events}
    untold = "NaN where it cannot be told"
    return {
        variable: said
        for name in names
        for variable, said in (
            (
                FIRST + name,
                (f"{kinds[name].title.capitalize()}, first step: {kinds[name].meaning}; ∞: never; {untold}", STEPS),
            ),
            (
                COUNT + name,
                (f"{kinds[name].title.capitalize()}, how often: {kinds[name].meaning}; {untold}", PURE_NUMBER),
            ),
        )
    }


class EventCounts:
    """Of some runs, each a place in arrays (runs,): the first step of each kind of event, and how often it happened.

    Parameters
    ----------
    dynamics, landscape : Dynamics, Landscape
    n, d : int
        Agents and dimensions.
    names : sequence of str
        Names of kinds of the dynamics.
    runs : int
    """

    def __init__(self, dynamics: Dynamics, landscape: Landscape, n: int, d: int, names: Sequence[str], runs: int):
        looking = Looking.at(dynamics, landscape, n, d)
        self._kinds: dict[Kind, float] = {
            kind: float(c) for kind, c in zip(looking.kinds, looking.thresholds, strict=True) if kind.name in names
        }
        self._values = {name: np.full(runs, np.nan) for name in variables(type(dynamics), names)}
        self._before = {kind: np.full(runs, np.nan) for kind in self._kinds}

    def by_name(self) -> dict[str, np.ndarray]:
        """Name of the variable → (runs,); NaN where the kind cannot be told, and of runs in which nothing was looked at."""
        return self._values

    def extend(self, runs: np.ndarray, result: BatchResult, recorded: np.ndarray) -> None:
        """Some runs have recorded a few more steps, each those that ``recorded`` (runs, steps) marks: its first ones, or none."""
        begins = result.k[0] == 0  # also when runs are taken once more
        for kind, c in self._kinds.items():
            first, count, last = self._values[FIRST + kind.name], self._values[COUNT + kind.name], self._before[kind]
            if begins:
                first[runs], count[runs], last[runs] = np.inf, 0.0, np.nan
            now = result.series(kind.observable)
            before = np.concatenate([last[runs][:, None], now[:, :-1]], axis=1)
            there = holds(kind.rule, c, before, now) & recorded
            count[runs] += there.sum(axis=1)
            seen = np.where(there.any(axis=1), result.k[there.argmax(axis=1)], np.inf)
            first[runs] = np.minimum(first[runs], seen)
            last[runs] = now[:, -1]


# ---- over the runs ----------------------------------------------------------------------------------------------------


class FirstSteps(NamedTuple):
    """In how many of how many runs a kind of event happened, and the quartiles of its first step in those; NaN where in none."""

    happened: int
    runs: int
    low: float
    median: float
    high: float

    @classmethod
    def of(cls, first: np.ndarray) -> FirstSteps:
        """From the first step of each run, ∞ where there is none; a NaN is no run."""
        told = first[~np.isnan(first)]
        seen = told[np.isfinite(told)]
        quartiles = np.quantile(seen, QUARTILES).tolist() if len(seen) else [np.nan] * len(QUARTILES)
        return cls(len(seen), len(told), *quartiles)


def holds_events(data: xarray.Dataset) -> bool:
    """Whether a Dataset of runs was made with ``events``."""
    return bool(_names(data))


def _names(data: xarray.Dataset) -> list[str]:
    """The kinds of events whose variables are there."""
    begun = [str(name).removeprefix(FIRST) for name in data.data_vars if str(name).startswith(FIRST)]
    return [name for name in begun if COUNT + name in data]


def event_table(data: xarray.Dataset) -> xarray.Dataset:
    """In how many runs each kind of event happened, and when it first did.

    Parameters
    ----------
    data : Dataset
        From :func:`swarmviz.run_ensemble`, :func:`swarmviz.sweep` or :func:`swarmviz.refine` with ``events``.

    Returns
    -------
    Dataset
        Along ``event``, and the axes of a sweep: ``happened`` of ``runs``, and ``first_low``, ``first_median``, ``first_high``, the
        quartiles of the first step over those runs in which it happened, NaN where it did in none. ``runs`` is 0 where the kind cannot
        be told.

    Raises
    ------
    ValueError
        When ``data`` holds no events.

    Examples
    --------
    >>> import swarmviz as sv
    >>> data = sv.run_ensemble(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=2), runs=50, steps=200, events=["found", "lost"])
    >>> table = sv.ensembles.event_table(data).sel(event="found")
    >>> int(table["happened"]) == int((data["count_found"] > 0).sum())
    True
    """
    import xarray

    names = _names(data)
    if not names:
        raise ValueError("data: holds no events: run it with events = None, or with the names of some")
    firsts = xarray.concat([data[FIRST + name].drop_attrs() for name in names], "event").assign_coords(event=names)
    found = xarray.apply_ufunc(
        lambda first: tuple(FirstSteps.of(first)), firsts, input_core_dims=[("run",)],
        output_core_dims=[()] * len(FirstSteps._fields), vectorize=True, output_dtypes=[int, int, float, float, float],
    )  # fmt: skip
    over = "of the first step over the runs in which it happened"
    about: Mapping[str, tuple[str, str]] = {
        "happened": ("Runs in which the event happened", PURE_NUMBER),
        "runs": ("Runs in which it can be told", PURE_NUMBER),
        "first_low": (f"Lower quartile {over}", STEPS),
        "first_median": (f"Median {over}", STEPS),
        "first_high": (f"Upper quartile {over}", STEPS),
    }
    pairs = zip(about.items(), found, strict=True)
    table = xarray.Dataset(
        {name: values.assign_attrs(described_as(*said)) for (name, said), values in pairs},
        attrs=data.attrs,
    )
    for name, values in table.coords.items():  # xarray forgets what they say where a function is applied
        values.attrs = dict(data[name].attrs) if name in data.coords else described_as("Kind of the event")
    return table
