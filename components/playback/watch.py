"""Pauses a run where conditions on its observables are first met: what a lesson waits for.

Each batch of steps is looked at once, in what was recorded of it, so that a look costs no more in a long run than in a short one. The
swarms then go back to the step at which the conditions are met, which does not depend on how steps were grouped; what was taken beyond it
stays known. Where a long run is recorded at every second step, the conditions are met at such a step, as for events.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from swarmviz import Simulation
from swarmviz.event_log import spacing_at
from swarmviz.lessons.conditions import Condition, first_step


def allowed_by_record(sim: Simulation) -> float:
    """How many of the next steps its record holds before it loses every second one, also of those before."""
    if sim.record_limit is None:
        return math.inf
    end = int(spacing_at(sim.k + 1, sim.every, sim.record_limit)) * sim.record_limit - 1
    return end - sim.k if end > sim.k else math.inf


class Watch:
    """Waits until all conditions hold, for so many steps at most.

    Parameters
    ----------
    conditions : sequence of Condition
    within : int
        Steps after which it waits no longer.
    start : int
        The step from which on it waits, this one included.

    Attributes
    ----------
    met : int, optional
        The step at which they are met first; None as long as they are not.
    over : bool
        Whether it has waited for ``within`` steps in vain.
    """

    def __init__(self, conditions: Sequence[Condition] = (), within: int = 1, start: int = 0):
        self._conditions, self._within = tuple(conditions), within
        self._begin(start)

    def _begin(self, start: int) -> None:
        self._start, self._looked = start, start - 1  # the last step that was looked at
        self.met: int | None = None
        self.over = False

    @property
    def waits(self) -> bool:
        """Whether it still waits for anything."""
        return bool(self._conditions) and self.met is None and not self.over

    @property
    def ended(self) -> bool:
        """Whether it has waited for something, and it has come, or will not."""
        return self.met is not None or self.over

    def restart(self, k: int) -> None:
        """Other runs are shown, which stand at step ``k``: those that begin anew are waited for anew."""
        if k == 0:
            self._begin(0)

    def allowed(self, sim: Simulation, steps: int) -> int:
        """How many of the next steps may be taken before it is looked at."""
        if not self.waits:
            return steps
        end = self._start + self._within
        return int(min([steps, allowed_by_record(sim), *[end - sim.k] * (end > sim.k)]))

    def look(self, sim: Simulation, began: int) -> str:
        """Look at the steps that were taken since step ``began``; why to pause, empty to go on."""
        if not self.waits:
            return ""
        after = min(began, self._looked)
        k = sim.record["k"]
        first, last = (int(place) for place in np.searchsorted(k, [after, sim.k], side="right"))
        names = {"k", *(c.observable for c in self._conditions)}
        piece = {name: sim.record[name][first:last] for name in names if name in sim.record}
        self._looked = sim.k
        self.met = first_step(self._conditions, piece, after, sim.record_limit)
        if self.met is not None:
            return f"Paused at step {self.met}: {self.words}."
        self.over = sim.k >= self._start + self._within
        return (
            f"Paused at step {sim.k}: within {self._within:,} steps {self.words} has not come true."
            if self.over
            else ""
        )

    def give_up(self) -> None:
        """The run has no further step."""
        self.over = self.over or self.waits

    @property
    def words(self) -> str:
        """What it waits for."""
        return " and ".join(map(str, self._conditions))
