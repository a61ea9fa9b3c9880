"""The runs of a visit: what each was, how far it went and what it found; a row reopens its run at its last step.

It is a view like the others (:mod:`components.views.base`): the first row is the present run, updated once a second while it moves, and at
once when it stops or another run replaces it. It is no table of Panel's: that brings 525 kB of scripts and 46 models, and its rows are
reached by no key.
"""

from __future__ import annotations

import math
import time
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import panel as pn
import param

from components.assets import component
from components.page.facts import compared, facts, named, span
from components.views.base import View
from swarmviz import Frame, Simulation, success

MAX_RUNS = 50
UPDATE_EVERY_S = 1.0  # of the row of the present run
SERVER_ONLY = ("facts", "missed")  # of a row: what is not sent to the browser


class Table(pn.custom.JSComponent):
    """The rows in the browser; ``on_press(act, number)`` is called with what was pressed."""

    rows = param.List(
        [], doc="Past runs, the newest first: number, title, about, changed, differs, beside, step, best, error, note."
    )
    live = param.Dict({}, doc="The present run.")

    _esm, _stylesheets = component("history")

    def __init__(self, on_press: Callable[[str, Any], None], **params: Any):
        super().__init__(**{"margin": (8, 16), "sizing_mode": "stretch_width"} | params)
        self._on_press = on_press

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict) and isinstance(data.get("act"), str):
            self._on_press(data["act"], data.get("number"))


class History(View):
    """The runs of one visit.

    Parameters
    ----------
    on_open : function (link)
        Called with the link of the row that was pressed.
    """

    def __init__(self, on_open: Callable[[str], None]):
        super().__init__()
        self._on_open = on_open
        self._links: dict[int, str] = {}
        self._past: list[dict[str, Any]] = []  # rows, the newest first
        self._live: dict[str, Any] = {}
        self._tolerance: float | None = None
        self._diverged: tuple[weakref.ref[Simulation], int] | None = None
        self._count, self._looked = 0, -math.inf
        self._table = Table(self._pressed)

    @property
    def pane(self) -> Table:
        """What is put on the page."""
        return self._table

    # ---- a view ----------------------------------------------------------------------------------------------------------

    def attach(self, sim: Simulation) -> None:
        """Another run is shown."""
        self.hurry()
        self._show(self.row(sim, now=True))

    def hurry(self) -> None:
        """Update the row of the present run with the next picture."""
        self._looked = -math.inf

    def prepare(self, frame: Frame, run: Simulation) -> dict | None:
        """The row of the present run, when the last look was a while ago."""
        now = time.monotonic()
        if now - self._looked < UPDATE_EVERY_S:
            return None
        self._looked = now
        return self.row(run, now=True, frame=frame)

    def paint(self, payload: dict) -> None:
        """Show the row of the present run."""
        self._show(payload)

    @property
    def tolerance(self) -> float | None:
        """The largest error that counts as found; None: each landscape's usual one. A new one applies to every row at once."""
        return self._tolerance

    @tolerance.setter
    def tolerance(self, tolerance: float | None) -> None:
        self._tolerance = tolerance
        self._publish()

    # ---- past runs -------------------------------------------------------------------------------------------------------

    def add(self, row: dict[str, Any], link: str) -> None:
        """Keep the row of a run that is replaced, and the link that reopens it; a row with the same link moves to the top."""
        gone = {number for number, other in self._links.items() if other == link}
        kept = [row for row in self._past if row["number"] not in gone][: MAX_RUNS - 1]
        self._count += 1
        self._links = {r["number"]: self._links[r["number"]] for r in kept} | {self._count: link}
        self._past = [row | {"number": self._count}, *kept]
        self._publish()

    def diverged(self, sim: Simulation, step: int) -> None:
        """The run diverged at this step."""
        self._diverged = (weakref.ref(sim), step)
        self._show(self.row(sim, now=True))

    def clear(self) -> None:
        """Forget the past runs."""
        self._links, self._past = {}, []
        self._publish()

    def _pressed(self, act: str, number: Any) -> None:
        if act == "clear":
            self.clear()
        elif act == "open" and isinstance(number, int) and number in self._links:
            self._on_open(self._links[number])

    def row(self, *sims: Simulation, active: int = 0, now: bool = False, frame: Frame | None = None) -> dict[str, Any]:
        """The row of a run, or of two that are compared: as it stands ``now``, else at the furthest step that is known of all.

        Touches nothing of the page.
        """
        sim = sims[active]
        k = sim.k if now else min(s.furthest for s in sims)
        if frame is None:
            frame = sim.frame if now else sim.end if sim.furthest == k else None
        swarm, record = sim.initial_swarm, sim.record
        i = max(0, int(np.searchsorted(record["k"], k, side="right")) - 1)
        best = float(record["best"][i]) if "best" in record else math.nan
        error = math.nan if frame is None else _error(frame, sim)
        journal = sim.journal.until(k)
        return {
            "title": " beside ".join(
                dict.fromkeys(f"{type(s.dynamics).title} on {type(s.landscape).title}" for s in sims)
            ),
            "about": f"seed {swarm.seed} · N = {swarm.n} · d = {swarm.d}",
            "beside": compared(*sims) if len(sims) > 1 else [],
            "changed": f"changed at k = {span([entry.k for entry in journal[1:]])}" if len(journal) > 1 else "",
            "facts": facts(journal, swarm),
            "step": k,
            "best": best if math.isfinite(best) else None,
            "error": error if math.isfinite(error) else None,
            "note": self._note(sim),
            "exact": True,
            "missed": _missed(frame, sim),
        }

    # ---- what is found, and what differs ---------------------------------------------------------------------------------

    def _judged(self, missed: float | None, usual: float | None) -> dict:
        """Whether a run that misses by so much has found the minimum, None where none is known, and by what that is judged."""
        within = usual if self._tolerance is None or usual is None else self._tolerance
        found = None if missed is None else missed < (math.inf if within is None else within)
        return {"found": found, "criterion": success.criterion(within)}

    def _show(self, live: dict[str, Any]) -> None:
        self._live = live
        self._publish()

    def _publish(self) -> None:
        """Every row with what it found and what tells it from the others of its kind, as things are now."""
        rows = [self._live, *self._past]
        told = named([row.get("facts", {}) for row in rows])
        live, *past = (
            {name: value for name, value in row.items() if name not in SERVER_ONLY}
            | {"differs": differs}
            | self._judged(*row.get("missed", (None, None)))
            for row, differs in zip(rows, told, strict=True)
        )
        changed = {"rows": past} if past != self.pane.rows else {}
        self.pane.param.update(**changed, **({"live": live} if self._live else {}))

    def _note(self, sim: Simulation) -> str:
        """Whether the run ended because it diverged; one that went on from an earlier step, with other values, did not."""
        if self._diverged is None or self._diverged[0]() is not sim or sim.furthest + 1 != self._diverged[1]:
            return ""
        return f"diverged at step {self._diverged[1]}"


def _missed(frame: Frame, sim: Simulation) -> tuple[float | None, float | None]:
    """What a tolerance is compared with, and the usual one; None where there is none."""
    try:
        usual = None if sim.dynamics.on_finite_set else success.tolerance_for(sim.landscape, sim.initial_swarm.d)
        return success.miss(frame, sim.landscape), usual
    except ValueError:  # a landscape that does not exist in the swarm's dimension
        return None, None


def _error(frame: Frame, sim: Simulation) -> float:
    """NaN where there is none: a row is not worth a run that cannot be shown."""
    try:
        return success.error(frame, sim.landscape)
    except ValueError:  # a landscape that does not exist in the swarm's dimension
        return math.nan
