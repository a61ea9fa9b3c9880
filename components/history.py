"""The runs of a visit: what each was, how far it went and what it found; a row reopens its run where it stood.

It is a view like the others (:mod:`components.view`): the present run has the first row, brought up to date once a second while it moves,
and at once where it stops or another takes its place.
"""

from __future__ import annotations

import math
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import panel as pn
import param

from swarmviz import Simulation, success

ASSETS = Path(__file__).parent.parent / "assets"
MOST = 50  # rows
PERIOD = 1.0  # seconds between two looks at the present run


class Table(pn.custom.JSComponent):
    """The rows as the browser has them; what was pressed arrives in ``on_press(act, number)``."""

    rows = param.List([], doc="Past runs, the newest first: number, title, about, step, best, error, note.")
    live = param.Dict({}, doc="The present run.")

    _esm = (ASSETS / "history.js").read_text(encoding="utf-8")
    _stylesheets = [(ASSETS / "history.css").read_text(encoding="utf-8")]  # noqa: RUF012 (Panel's own convention)

    def __init__(self, on_press: Callable[[str, Any], None], **params: Any):
        super().__init__(**{"margin": (8, 16), "sizing_mode": "stretch_width"} | params)
        self._on_press = on_press

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict) and isinstance(data.get("act"), str):
            self._on_press(data["act"], data.get("number"))


class History:
    """The runs of one visit.

    Parameters
    ----------
    on_open : function (link)
        A row was pressed: the link with which it was added.
    """

    every = 1

    def __init__(self, on_open: Callable[[str], None]):
        self._on_open = on_open
        self._links: dict[int, str] = {}
        self._missed: dict[
            int, tuple[float | None, float | None]
        ] = {}  # what a tolerance is compared with, and the usual one
        self._tolerance: float | None = None
        self._diverged: tuple[weakref.ref[Simulation], int] | None = None
        self._count, self._looked = 0, -math.inf
        self.pane = Table(self._pressed)

    # ---- a view ----------------------------------------------------------------------------------------------------------

    def attach(self, sim: Simulation) -> None:
        """Another run is shown."""
        self.hurry()
        self.pane.live = self._row(sim)

    def hurry(self) -> None:
        """The next picture shows the present run as it is then, however short a while ago the last look was."""
        self._looked = -math.inf

    def prepare(self, sim: Simulation) -> dict | None:
        """The row of the present run, when the last look was a while ago."""
        now = time.monotonic()
        if now - self._looked < PERIOD:
            return None
        self._looked = now
        return self._row(sim)

    def paint(self, payload: dict) -> None:
        """Show it."""
        self.pane.live = payload

    def set_dark(self, dark: bool) -> None:
        """Its colours are the page's own and follow the theme in the browser."""

    @property
    def tolerance(self) -> float | None:
        """The largest error that counts as found; None: what is usual for each landscape. Every row is judged anew at once."""
        return self._tolerance

    @tolerance.setter
    def tolerance(self, tolerance: float | None) -> None:
        self._tolerance = tolerance
        self.pane.rows = [row | self._judged(*self._missed[row["number"]]) for row in self.pane.rows]
        self.hurry()

    # ---- past runs -------------------------------------------------------------------------------------------------------

    def add(self, sim: Simulation, link: str, exact: bool = True) -> None:
        """A run is replaced: keep its row, and the link that reopens it (not ``exact``: only its parameters, at step 0).

        A run that is there already, under the same link, moves to the top.
        """
        gone = {number for number, other in self._links.items() if other == link}
        kept = [row for row in self.pane.rows if row["number"] not in gone][: MOST - 1]
        self._count += 1
        row = self._row(sim) | {"number": self._count, "exact": exact}
        self._links = {r["number"]: self._links[r["number"]] for r in kept} | {self._count: link}
        self._missed = {r["number"]: self._missed[r["number"]] for r in kept} | {self._count: self._miss(sim)}
        self.pane.rows = [row, *kept]

    def diverged(self, sim: Simulation, step: int) -> None:
        """The run left the numbers at this step."""
        self._diverged = (weakref.ref(sim), step)
        self.pane.live = self._row(sim)

    def clear(self) -> None:
        """Forget the past runs."""
        self._links, self._missed, self.pane.rows = {}, {}, []

    def _pressed(self, act: str, number: Any) -> None:
        if act == "clear":
            self.clear()
        elif act == "open" and isinstance(number, int) and number in self._links:
            self._on_open(self._links[number])

    def _row(self, sim: Simulation) -> dict:
        swarm, record = sim.born, sim.record
        error = success.error(sim.frame, sim.landscape)
        i = max(0, int(np.searchsorted(record["k"], sim.k, side="right")) - 1)
        best = float(record["best"][i]) if "best" in record else math.nan
        return {
            "title": f"{type(sim.dynamics).title} on {type(sim.landscape).title}",
            "about": f"seed {swarm.seed} · N = {swarm.n} · d = {swarm.d}",
            "step": sim.k,
            "best": best if math.isfinite(best) else None,
            "error": error if math.isfinite(error) else None,
            "note": self._note(sim),
            **self._judged(*self._miss(sim)),
        }

    @staticmethod
    def _miss(sim: Simulation) -> tuple[float | None, float | None]:
        usual = None if sim.dynamics.on_finite_set else success.tolerance_for(sim.landscape, sim.born.d)
        return success.miss(sim.frame, sim.landscape), usual

    def _judged(self, missed: float | None, usual: float | None) -> dict:
        """Whether a run that misses by so much has found the minimum, None where none is known, and by what that is judged."""
        within = usual if self._tolerance is None or usual is None else self._tolerance
        found = None if missed is None else missed < (math.inf if within is None else within)
        return {"found": found, "criterion": success.criterion(within)}

    def _note(self, sim: Simulation) -> str:
        """Whether the run ended because it diverged; one that went on from an earlier step, with other values, did not."""
        if self._diverged is None or self._diverged[0]() is not sim or sim.furthest + 1 != self._diverged[1]:
            return ""
        return f"diverged at step {self._diverged[1]}"
