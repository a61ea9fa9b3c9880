"""The journal of a run: which parameters acted at which step. Nothing else decides that; no kernel and no state is needed for it.

A run has the parameters with which it started, and changes to them. A change made at step k acts on the steps from k → k + 1 on, while
step k itself was reached with the parameters before it:

* :meth:`Journal.acting_at` (k) acts on the step k → k + 1;
* :meth:`Journal.shown_at` (k) led to step k. At step 0, to which no step leads, a change counts at once.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from numbers import Integral
from typing import Any, NamedTuple

from swarmviz.dynamics.base import Dynamics
from swarmviz.frame import Clock
from swarmviz.landscapes.base import Landscape


class Change(NamedTuple):
    """From step ``k`` on these parameters act."""

    k: int
    dynamics: Dynamics
    landscape: Landscape

    def same_as(self, other: Change) -> bool:
        """Whether it is made at the same step, to the same values."""
        return self is other or (
            self.k == other.k and self.dynamics.same_as(other.dynamics) and self.landscape.same_as(other.landscape)
        )


class Segment(NamedTuple):
    """The steps ``start`` ≤ k < ``stop``, on which the parameters of ``change`` act; ``moved``: it replaced the landscape at ``start``."""

    change: Change
    start: int
    stop: int
    moved: bool


class Journal(tuple[Change, ...]):
    """All changes of a run, as a tuple that never changes; the first one, at step 0, holds the parameters at the start.

    Parameters
    ----------
    changes : iterable of Change
        In the order of their steps. Of several at one step the last counts.

    Attributes
    ----------
    steps : tuple of int
        The step of each change.

    Raises
    ------
    ValueError
        When there is none, the first is not at step 0, or they are not in order.

    Examples
    --------
    >>> import swarmviz as sv
    >>> landscape = sv.landscapes.Ackley()
    >>> journal = Journal.at_start(sv.CBO(sigma=1.0), landscape).with_change(10, sv.CBO(sigma=0.5), landscape)
    >>> journal.acting_at(10).dynamics.sigma, journal.shown_at(10).dynamics.sigma
    (0.5, 1.0)
    """

    steps: tuple[int, ...]

    def __new__(cls, changes: Iterable[Change]) -> Journal:
        if isinstance(changes, Journal):
            return changes
        journal = _made(changes)
        steps = list(journal.steps)
        if steps[:1] != [0] or steps != sorted(steps):
            raise ValueError(f"steps of changes = {steps!r:.100}: must begin with 0 and be in order")
        return journal

    @classmethod
    def at_start(cls, dynamics: Dynamics, landscape: Landscape) -> Journal:
        """The journal of a run that has not begun."""
        return cls([Change(0, dynamics, landscape)])

    # ---- which parameters ----------------------------------------------------------------------------------------------

    def acting_at(self, k: int) -> Change:
        """The parameters that act on the step k → k + 1."""
        return self[bisect_right(self.steps, k) - 1]

    def shown_at(self, k: int) -> Change:
        """The parameters that led to step ``k``, with which it is shown."""
        return self[bisect_left(self.steps, max(k, 1)) - 1]  # = leading_to(k)[-1], for which no journal is made

    def arrived_with(self, k: int) -> Change:
        """The parameters with which step ``k`` was reached, before any change at it: those of the step k − 1 → k, or of the start."""
        return self[max(0, bisect_left(self.steps, k) - 1)]

    def changed_at(self, k: int) -> bool:
        """Whether parameters were changed at step ``k`` itself."""
        place = bisect_right(self.steps, k) - 1
        return place > 0 and self.steps[place] == k

    def moved_at(self, k: int) -> bool:
        """Whether the landscape was replaced by another at step ``k``."""
        if not self.changed_at(k):
            return False
        return not self.arrived_with(k).landscape.same_as(self.acting_at(k).landscape)

    def segments(self, start: int, stop: int) -> Iterator[Segment]:
        """The steps ``start`` ≤ k < ``stop`` in pieces, each with the parameters that act on all of it."""
        while start < stop:
            place = bisect_right(self.steps, start)
            end = min(stop, self.steps[place]) if place < len(self) else stop
            yield Segment(self[place - 1], start, end, self.moved_at(start))
            start = end

    # ---- parts of it ---------------------------------------------------------------------------------------------------

    def until(self, k: int) -> Journal:
        """The changes up to step ``k``, one made at ``k`` included."""
        return _made(self[: max(1, bisect_right(self.steps, k))])

    def leading_to(self, k: int) -> Journal:
        """The changes that acted on the way to step ``k``; one made at ``k`` > 0 did not."""
        return self.before(max(k, 1))

    def before(self, k: float) -> Journal:
        """The changes made before step ``k``; the first is always among them."""
        return _made(self[: max(1, bisect_left(self.steps, k))])

    def with_change(self, k: int, dynamics: Dynamics, landscape: Landscape) -> Journal:
        """The journal of a run that goes on from step ``k`` with these parameters (copies of them); what came later is left out.

        It takes the place of a change made at ``k`` before, except of the parameters at the start.
        """
        return _made([*self.before(k), Change(k, dynamics.copy(), landscape.copy())])

    # ---- time ----------------------------------------------------------------------------------------------------------

    def clocks(self) -> list[tuple[Change, Clock]]:
        """Every change with the clock that runs from it on."""
        clock, out = Clock(dt=self[0].dynamics.time_step), []
        for change in self:
            clock = clock.with_step(change.k, change.dynamics.time_step)
            out.append((change, clock))
        return out

    def clock_at(self, k: int) -> Clock:
        """The clock that led to step ``k``."""
        return self.leading_to(k).clocks()[-1][1]

    def time_at(self, k: int) -> float:
        """The time at step ``k``."""
        return float(self.clock_at(k).at(k))

    # ---- two of them ---------------------------------------------------------------------------------------------------

    def agrees_until(self, other: Journal) -> float:
        """The step up to which both say the same: −1 when they begin with other parameters, ∞ where nothing differs."""
        if not self[0].same_as(other[0]):
            return -1
        shared = min(len(self), len(other))
        place = next((i for i in range(1, shared) if not self[i].same_as(other[i])), shared)
        return min((journal[place].k for journal in (self, other) if place < len(journal)), default=math.inf)


def step_number(name: str, value: Any, smallest: int = 0) -> int:
    """``value`` as a number of steps.

    Raises
    ------
    ValueError
        When it is no whole number ≥ ``smallest``; begins with ``name``.
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or value < smallest:
        raise ValueError(f"{name} = {value!r}: must be a whole number ≥ {smallest}")
    return int(value)


def _made(changes: Iterable[Change]) -> Journal:
    """The journal of changes that are known to be in order."""
    journal = tuple.__new__(Journal, changes)
    journal.steps = tuple([change.k for change in journal])
    return journal
