"""The numbers of a chart as a table, when somebody asks for them.

A button over the chart asks. The table is made with the next picture, on the worker's thread, of what the chart shows then, and stays as it
is until it is asked for again: who reads it row by row is not overtaken by a running swarm. Nothing is computed or sent for a table that
nobody has opened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from components.views.base import View
from components.views.buttons import ButtonRow
from components.weakly import weakly
from swarmviz import Frame, Simulation
from swarmviz.drawing.tables import Table

Make = Callable[[Frame, Simulation], list[Table]]


def plain_table(table: Table) -> dict[str, Any]:
    """A table for the browser: all as it is read."""
    return {
        "title": table.title,
        "columns": [[column.label, column.meaning] for column in table.columns],
        "heads": table.heads,
        "rows": table.texts,
        "told": table.told,
    }


class Tables(View):
    """Like a view, it gets the frame of each picture, but has no place of its own on the page.

    Parameters
    ----------
    offers : sequence of (ButtonRow, function (frame, run) → list of Table)
        The row of buttons over each chart, and what makes its tables; called where pictures are prepared.
    redraw : function ()
        Called on the page's thread when a picture is needed.
    """

    background = frozenset({"law", "map", "replicas"})

    def __init__(self, offers: Sequence[tuple[ButtonRow, Make]], redraw: Callable[[], None]):
        super().__init__(redraw)
        self._offers = list(offers)
        self._asked: frozenset[int] = frozenset()  # replaced, never changed: the worker reads it
        self._count = 0
        for place, (buttons, _) in enumerate(self._offers):
            buttons.param.update(has_table=True)
            buttons.on_table = partial(weakly(self.ask), place)

    def ask(self, place: int) -> None:
        """The table of a chart is opened."""
        self._asked = self._asked | {place}
        self.refresh()

    def attach(self, run: Simulation) -> None:
        """Another run is shown; a table that is open stays what it is, a table of the run before."""

    def prepare(self, frame: Frame, run: Simulation) -> dict[int, dict[str, Any]] | None:
        """The tables that were asked for, until they are shown: a picture that waits may give way to the next."""
        asked = self._asked
        if not asked:
            return None
        try:
            made = {place: self._offers[place][1](frame, run) for place in sorted(asked)}
        except Exception:
            self._asked = frozenset()  # it would fail with every picture
            raise
        return {place: {"step": run.k, "tables": list(map(plain_table, tables))} for place, tables in made.items()}

    def paint(self, payload: dict[int, dict[str, Any]]) -> None:
        """Show them, once."""
        for place in self._asked & set(payload):
            self._count += 1
            self._offers[place][0].table = payload[place] | {"count": self._count}
        self._asked = self._asked - set(payload)
