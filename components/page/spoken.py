"""What is told on demand to somebody who cannot see the page: step, time, lowest value, distance to the minimum, dispersion, last event.

The sentence is made with the next picture, of the frame that it shows, and put into a region that screen readers read out
(``assets/bar_spoken.js``). Nothing is computed, sent or said unless it was asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from components.page.history import error_of, recorded
from components.playback.bar import Bar
from components.views.base import View
from swarmviz import Frame, Simulation
from swarmviz.events import Event
from swarmviz.theory.wording import number_words

DISPERSION = "dispersion"  # the observable, of the dynamics that record it


def sentence_of(frame: Frame, run: Simulation) -> str:
    """The numbers of a run at the step of ``frame`` in words; what is not known is left out."""
    parts = [f"step {run.k}", f"time {number_words(frame.t, 4)}"]
    if math.isfinite(best := recorded(run, "best", run.k)):
        parts.append(f"lowest value so far {number_words(best, 4)}")
    if math.isfinite(error := error_of(frame, run)):
        parts.append(f"distance to the nearest known minimum {number_words(error, 4)} half widths of the box")
    if math.isfinite(spread := dispersion_at(run, run.k)):
        parts.append(f"dispersion {number_words(spread, 4)}")
    said = ", ".join(parts)
    last = last_event(run, run.k)
    event = "" if last is None else f" Last event: {last.kind.title} at step {last.k}."
    return f"{said[0].upper()}{said[1:]}.{event}"


def dispersion_at(run: Simulation, k: int) -> float:
    """The dispersion of the swarm at step ``k``; NaN where it is not recorded."""
    record = run.record
    if DISPERSION not in record:
        return math.nan
    place = int(np.searchsorted(record["k"], k))
    known = place < len(record[DISPERSION]) and record["k"][place] == k
    return float(record[DISPERSION][place]) if known else math.nan


def last_event(run: Simulation, k: int) -> Event | None:
    """What happened last up to step ``k``; None where nothing has happened."""
    return next((event for event in reversed(run.events) if event.k <= k), None)


class Spoken(View):
    """Like a view, it gets the frame of each picture, but has no place on the page.

    Parameters
    ----------
    bar : Bar
        Has the region.
    redraw : function ()
        Called on the page's thread when a picture is needed.
    """

    def __init__(self, bar: Bar, redraw: Callable[[], None]):
        super().__init__(redraw)
        self._bar, self._asked, self._count = bar, False, 0

    def ask(self, value: Any = None) -> None:
        """Somebody wants to be told; the browser's message holds nothing else."""
        self._asked = True
        self.refresh()

    def attach(self, run: Simulation) -> None:
        """Another run is shown; nothing is said of that."""

    def prepare(self, frame: Frame, run: Simulation) -> str | None:
        """The sentence, until it has been said: a picture that waits may give way to the next."""
        return sentence_of(frame, run) if self._asked else None

    def paint(self, payload: str) -> None:
        """Say it, once."""
        if self._asked:
            self._asked, self._count = False, self._count + 1
            self._bar.spoken = {"text": payload, "count": self._count}
