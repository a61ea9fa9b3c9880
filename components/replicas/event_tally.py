"""What happened in the replicas: in how many of them, and when first; numbers for the card, worked out on their thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from swarmviz.ensembles.event_counts import FirstSteps
from swarmviz.event_log import EventLog, spacing_at
from swarmviz.events import Kind
from swarmviz.theory.wording import number_words


@dataclass(frozen=True, eq=False)  # two of them are the same when they are one: their numbers may be NaN
class EventTally:
    """When each kind of event first happened in the replicas, as they stand at step ``k``; ``every`` steps they were looked for at last."""

    k: int
    every: int
    kinds: tuple[Kind, ...]
    firsts: tuple[FirstSteps, ...]


def tally_of(logs: Sequence[EventLog], kinds: Sequence[Kind], k: int, since: int) -> EventTally:
    """From the events of each replica until step ``k``.

    Parameters
    ----------
    logs : sequence of EventLog
    kinds : sequence of Kind
        Those that can be told.
    k, since : int
        Only events after step ``since`` count: the present landscape was put there then. −1 where it has always been there.
    """
    every = max((int(spacing_at(k, log.every, log.limit)) for log in logs), default=1)
    firsts = [[next(iter(log.steps(kind, since, k)), np.inf) for log in logs] for kind in kinds]
    return EventTally(k, every, tuple(kinds), tuple(FirstSteps.of(np.array(steps, float)) for steps in firsts))


# ---- for the card -----------------------------------------------------------------------------------------------------


def shown(tally: EventTally) -> dict[str, Any]:
    """Texts for the card: of each kind its title, its meaning, in how many replicas it happened, and when first."""
    rows = [
        [kind.title, kind.meaning, f"{first.happened} of {first.runs}", _steps(first)]
        for kind, first in zip(tally.kinds, tally.firsts, strict=True)
    ]
    looked = f" Looked for every {tally.every} steps." if tally.every > 1 else ""
    return {
        "rows": rows,
        "about": f"Replicas in which it happened, and its first step there: median (quartiles).{looked}",
    }


def _steps(first: FirstSteps) -> str:
    if not first.happened:
        return "–"
    return f"{number_words(first.median)} ({number_words(first.low)}–{number_words(first.high)})"
