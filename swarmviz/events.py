r"""What happens in a run: events, found in what is recorded.

A dynamics declares which kinds there are, as rules over what it records (:class:`Kind`). With y the observable of a kind, y' its value at
the step that was looked at before, and c its threshold, there is an event at a step where

    falls     y < y'                       rises     y > y'                        (1)
    below     y < c ≤ y'                   leaves    y ≥ c > y'                    (2)
    above     y ≥ c > y'                                                           (3)
    changes   y ≠ y', both numbers         some      y > 0                         (4)

At step 0 there is nothing before: there is an event where ``below``, ``above`` or ``some`` holds at once. A change of the parameters is
no event of these: y' is then measured anew, with the new ones. So events are a function of the run as it was lived, however its steps
were batched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from swarmviz import success
from swarmviz.kernels.boundaries import WITH_WALLS
from swarmviz.landscapes.base import Landscape

MOST_EVENTS = 256  # of one kind: the first ones; a bar of a thousand pixels shows no more
RULES = ("falls", "rises", "below", "leaves", "above", "changes", "some")
CLONE_BURST = 0.5  # share of the walkers that clone in one step

Threshold = Callable[
    [Any, Landscape, int, int], float
]  # (dynamics, landscape, N, d) → c; NaN where the kind cannot be told


class Kind(NamedTuple):
    """A kind of event.

    Attributes
    ----------
    name : str
        One word for code and links.
    title : str
        A few words for a legend.
    meaning : str
        When it happens, in a sentence.
    observable, rule : str
        What is looked at, and a rule of (1) to (4); empty for what is not found in the record.
    threshold : function, optional
        c of (2) and (3); of the other rules it only says, by NaN, where the kind cannot be told.
    """

    name: str
    title: str
    meaning: str
    observable: str = ""
    rule: str = ""
    threshold: Threshold | None = None


class Event(NamedTuple):
    """Something that happened at step ``k``, seen there first.

    ``value`` is that of the observable of the kind at this step; None of what the journal and the end tell.
    """

    k: int
    kind: Kind
    value: float | None = None


# ---- kinds that several dynamics have --------------------------------------------------------------------------------------


def _tolerance(dynamics: Any, landscape: Landscape, n: int, d: int) -> float:
    """What counts as found, in half widths of the box."""
    return success.tolerance_for(landscape, d) if len(landscape.minimisers(d)) else np.nan


def _reach(dynamics: Any, landscape: Landscape, n: int, d: int) -> float:
    """The same in the landscape's own unit; NaN where the box is no cube, so that a distance in the maximum norm says too little."""
    low, high = landscape.limits(d)
    half = (high - low) / 2
    return _tolerance(dynamics, landscape, n, d) * half[0] if (half == half[0]).all() else np.nan


def _together(dynamics: Any, landscape: Landscape, n: int, d: int) -> float:
    """The dispersion of a swarm whose agents are within the tolerance of their mean, as a root mean square."""
    low, high = landscape.limits(d)
    return n * (success.TOLERANCE * float((high - low).min()) / 2) ** 2


def _walls(dynamics: Any, landscape: Landscape, n: int, d: int) -> float:
    """NaN where the boundary has no walls to meet."""
    return 0.0 if dynamics.boundary in WITH_WALLS else np.nan


def _basins(dynamics: Any, landscape: Landscape, n: int, d: int) -> float:
    """NaN where no basins are known."""
    return 0.0 if dynamics.knows_basins(landscape, d) else np.nan


FOUND = "the answer of the swarm comes within the tolerance of a known minimiser"
LOST = "the answer of the swarm leaves the tolerance of the known minimisers again"
NEW_BEST = Kind("best", "new best", "A lower value is met than ever before in this run", "best", "falls")
COLLAPSE = Kind(
    "collapse",
    "collapse",
    f"The root mean square distance of the agents from their mean falls below {success.TOLERANCE:g} half widths of the box",
    "dispersion",
    "below",
    _together,
)
IN_HALF_WIDTHS = (
    Kind("found", "found", f"First or again, {FOUND}", "error", "below", _tolerance),
    Kind("lost", "lost", f"After that, {LOST}", "error", "leaves", _tolerance),
)
IN_OWN_UNIT = (
    Kind("found", "found", f"First or again, {FOUND}", "distance", "below", _reach),
    Kind("lost", "lost", f"After that, {LOST}", "distance", "leaves", _reach),
)
STALLED = Kind(
    "stalled",
    "stalled",
    "The consensus point has hardly moved for more steps than the dynamics waits: it stands still from here on",
    "still",
    "above",
    lambda dynamics, landscape, n, d: dynamics.stall_steps + 1.0 if dynamics.stall_steps else np.nan,
)

WALL_HIT = Kind("wall", "wall hit", "An agent meets a wall of the box", "wall_hits", "some", _walls)
BASIN_CHANGED = Kind(
    "basin",
    "basin changed",
    "The answer of the swarm comes to lie in another basin of attraction of F",
    "basin",
    "changes",
    _basins,
)


def leader_changed(meaning: str) -> Kind:
    """The kind of event that another agent leads; ``meaning`` says what that is."""
    return Kind("leader", "leader changed", meaning, "leader", "changes")


# ---- kinds of every run, which the journal and the end tell ----------------------------------------------------------------

CHANGED = Kind("changed", "parameter changed", "From here on other parameters act")
SCHEDULE = Kind("schedule", "schedule", "A schedule reaches one of its points, or its end")
DIVERGED = Kind("diverged", "diverged", "The next step has an energy that is not finite")
OF_EVERY_RUN = (CHANGED, SCHEDULE, DIVERGED)


class Events(Sequence):
    """The events of a run in the order of their steps.

    Attributes
    ----------
    cut_short : mapping of str to int
        Of each kind of which more than ``MOST_EVENTS`` happened the step of the first that was not kept.
    """

    def __init__(self, events: Iterable[Event], cut_short: Mapping[str, int]):
        self._events = tuple(sorted(events, key=lambda event: (event.k, event.kind.name)))
        self.cut_short = dict(cut_short)

    def __len__(self) -> int:
        return len(self._events)

    def __getitem__(self, i: Any) -> Any:
        return self._events[i]

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    def __repr__(self) -> str:
        return f"Events({', '.join(f'{event.k}: {event.kind.name}' for event in self._events)})"

    def steps(self, name: str) -> list[int]:
        """The steps of the events of a kind."""
        return [event.k for event in self._events if event.kind.name == name]


def holds(rule: str, c: float, before: np.ndarray, now: np.ndarray) -> np.ndarray:
    """Where one of (1) to (4) holds, for values ``now`` and those of the step before, of the same shape; NaN where there is none before."""
    if rule == "falls":
        return np.asarray(now < before)
    if rule == "rises":
        return np.asarray(now > before)
    if rule == "below":
        return np.asarray((now < c) & ~(before < c))
    if rule == "changes":
        return np.asarray((now != before) & ~np.isnan(now) & ~np.isnan(before))
    if rule == "some":
        return np.asarray(now > 0)
    if rule == "leaves":
        return np.asarray(~(now < c) & (before < c))
    return np.asarray((now >= c) & ~(before >= c))


class Looking(NamedTuple):
    """What is looked at in a run with present parameters: the kinds that can be told, and the thresholds (kinds,)."""

    kinds: tuple[Kind, ...]
    thresholds: np.ndarray

    @classmethod
    def at(cls, dynamics: Any, landscape: Landscape, n: int, d: int) -> Looking:
        """For ``n`` agents in ``d`` dimensions."""
        found = [
            (kind, np.nan if kind.threshold is None else float(kind.threshold(dynamics, landscape, n, d)))
            for kind in dynamics.events
        ]
        told = [(kind, c) for kind, c in found if kind.threshold is None or np.isfinite(c)]
        return cls(tuple(kind for kind, _ in told), np.array([c for _, c in told]))

    def table(self, rows: Mapping[str, np.ndarray], columns: Any = slice(None)) -> np.ndarray:
        """The observables of the kinds, (kinds, …, steps), from what was recorded under their names, (…, steps) each."""
        return np.array([np.asarray(rows[kind.observable])[..., columns] for kind in self.kinds])

    def happened(self, before: np.ndarray, table: np.ndarray) -> np.ndarray:
        """Where (1) to (4) hold, (kinds, …, steps), for values ``table`` and those of the step before, ``before``, of the same shape."""
        out = np.zeros(table.shape, bool)
        for i, (kind, c) in enumerate(zip(self.kinds, self.thresholds, strict=True)):
            out[i] = holds(kind.rule, c, before[i], table[i])
        return out

    def at_once(self, table: np.ndarray) -> np.ndarray:
        """The same at step 0, with nothing before."""
        return self.happened(np.full(table.shape, np.nan), table)
