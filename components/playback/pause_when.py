"""What runs pause at by themselves: any of some events, and observables that come beyond a number.

Each is a text, as a link holds it: the name of a kind of event (:mod:`swarmviz.events`), or a condition such as ``dispersion < 1e-3``
(:mod:`swarmviz.lessons.conditions`). The steps that were taken are looked at together; the runs then go back to the first at which one of
them comes about, exactly, so that it does not depend on how steps were grouped. A condition counts where it begins to hold, so that the
run can go on. A run that diverges pauses anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from components.playback.watch import allowed_by_record
from swarmviz import Simulation
from swarmviz.drawing.comparison import NAMES
from swarmviz.dynamics import ALL
from swarmviz.ensembles.suggestions import did_you_mean
from swarmviz.events import CHANGED, SCHEDULE, Kind
from swarmviz.lessons.conditions import Condition, condition, first_crossing

MOST_CONDITIONS = 16
MAX_CONDITION_CHARS = 80
TOLD_BY_JOURNAL = (CHANGED, SCHEDULE)  # kinds of every run


class Pause(NamedTuple):
    """The step at which to pause, and why."""

    k: int
    why: str


def kinds_of(dynamics: Collection[Any]) -> dict[str, Kind]:
    """Name → what can happen in runs of these dynamics and can be paused at."""
    return {kind.name: kind for own in dynamics for kind in (*own.events, *TOLD_BY_JOURNAL)}


class PauseWhen:
    """Any of some events and conditions.

    Parameters
    ----------
    texts : sequence of str
        What to pause at.
    dynamics : collection of Dynamics
        Their events and observables are known.

    Attributes
    ----------
    texts : tuple of str
        The same, each once and as it is usually written.

    Raises
    ------
    ValueError
        When one of the texts means nothing, or there are more than ``MOST_CONDITIONS``.
    """

    def __init__(self, texts: Any = (), dynamics: Collection[Any] = tuple(ALL.values())):
        if not isinstance(texts, list | tuple) or len(texts) > MOST_CONDITIONS:
            raise ValueError(f"pause_when: must be a list of {MOST_CONDITIONS} events and conditions at most")
        known = kinds_of(dynamics)
        observables = {observable.name for own in dynamics for observable in own.observables}
        self._kinds: dict[str, Kind] = {}
        self._conditions: dict[str, Condition] = {}
        for text in texts:
            if not isinstance(text, str) or len(text) > MAX_CONDITION_CHARS:
                raise ValueError(
                    f"pause_when = {str(text)[:40]!r}: must be a text of {MAX_CONDITION_CHARS} characters at most"
                )
            if text in known:
                self._kinds[text] = known[text]
            elif text.strip().isidentifier():
                raise ValueError(
                    f"pause_when = {text.strip()!r}: is no event of this swarm{did_you_mean(text.strip(), known)}"
                )
            else:
                made = condition(text, observables)
                self._conditions[str(made)] = made
        self.texts = (*self._kinds, *self._conditions)

    def allowed(self, sims: Sequence[Simulation], steps: int) -> int:
        """How many of the next steps may be taken before it is looked at."""
        return int(min([steps, *map(allowed_by_record, sims)])) if self._conditions else steps

    def changed_at(self, sims: Sequence[Simulation]) -> list[bool]:
        """Of each run whether its parameters have been changed at the present step already."""
        return [sim.journal.changed_at(sim.k) for sim in sims] if CHANGED.name in self._kinds else []

    def look(self, sims: Sequence[Simulation], began: int, changed: Sequence[bool] = ()) -> Pause | None:
        """Where to pause of the steps taken since step ``began``, and why; None where nothing of it has come about.

        A change made at ``began`` itself counts as well, unless it was ``changed`` there before.
        """
        if not self.texts:
            return None
        found = []
        for place, sim in enumerate(sims):
            new = bool(changed) and not changed[place] and sim.journal.changed_at(began)
            found += [(k, place, why) for k, why in self._of_run(sim, began, new)]
        if not found:
            return None
        first = min(k for k, _, _ in found)
        here: dict[str, list[str]] = {}
        for k, place, why in found:
            if k == first:
                here.setdefault(why, []).append(NAMES[place])
        whose = [why + (f" ({', '.join(names)})" if len(sims) > 1 else "") for why, names in here.items()]
        return Pause(first, f"Paused at step {first}: {', '.join(whose)}.")

    def _of_run(self, sim: Simulation, began: int, changed: bool) -> list[tuple[int, str]]:
        """The first steps of one run at which something of it comes about."""
        if changed:
            return [(began, CHANGED.title)]
        found = [(event.k, event.kind.title) for event in sim.first_events(self._kinds, began, sim.k)]
        crossed = {
            text: first_crossing(wanted, sim.record, began, sim.k, sim.record_limit)
            for text, wanted in self._conditions.items()
        }
        return found + [(k, text) for text, k in crossed.items() if k is not None]
