"""What happened in a run, as marks under the scrubber: a press of one goes to its step.

Like a view it is asked with each picture, on the worker's thread, but looks at the events a few times a second only, and sends them when
there are others. A dynamics says of each kind what it is called and when it happens (:mod:`swarmviz.events`).
"""

from __future__ import annotations

import time
from typing import Any

from components.playback.bar import Bar
from components.views.base import View
from swarmviz import Frame, Simulation
from swarmviz.events import Events

LOOK_EVERY_S = 0.25
MOST_MARKS = 200  # of one kind: more could not be told apart


def marks_of(events: Events) -> list[dict[str, Any]]:
    """A dictionary for each kind that there is an event of: name, title, meaning, the steps that get a mark, and how many there are."""
    kinds = dict.fromkeys(event.kind for event in events)
    found = []
    for kind in kinds:
        steps = events.steps(kind.name)
        shown = steps[:: -(-len(steps) // MOST_MARKS)]
        more = (
            ""
            if kind.name not in events.cut_short
            else f"; from step {events.cut_short[kind.name]} on they are not kept"
        )
        found.append(
            {
                "name": kind.name,
                "title": kind.title,
                "meaning": f"{kind.meaning}{more}.",
                "steps": shown,
                "count": len(steps),
            }
        )
    return found


class EventMarks(View):
    """Has no place of its own on the page: the bar has the scrubber."""

    once = ("events",)

    def __init__(self, bar: Bar):
        super().__init__()
        self._bar = bar
        self._sent: list[dict[str, Any]] | None = None

    def attach(self, run: Simulation) -> None:
        """Another run is shown."""
        self._sent = None
        self.hurry()

    def prepare(self, frame: Frame, run: Simulation) -> dict[str, Any] | None:
        """The marks, where there are others than before."""
        now = time.monotonic()
        if now - self._looked < LOOK_EVERY_S:
            return None
        self._looked = now
        marks = marks_of(run.events)
        if marks == self._sent:
            return None
        self._sent = marks
        return {"events": marks}

    def paint(self, payload: dict[str, Any]) -> None:
        """Show them."""
        if "events" in payload:
            self._bar.events = payload["events"]
