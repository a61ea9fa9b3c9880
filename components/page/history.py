"""The runs of a visit as a table: what tells them apart, how far each went and what it found; a row reopens its run at its last step.

It is a view like the others (:mod:`components.views.base`): the first row is the present run, updated once a second while it moves, and at
once when it stops or another run replaces it. It is no table of Panel's: that brings 525 kB of scripts and 46 models, and its rows are
reached by no key.

The newest runs are kept, so many as ``MAX_RUNS``, and those that are pinned. What was dropped is counted and said.
"""

from __future__ import annotations

import math
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import panel as pn
import param

from components.assets import component
from components.page.facts import compared, differences, span
from components.views.base import View
from swarmviz import Frame, Simulation, success
from swarmviz.drawing.curves import Overlay
from swarmviz.drawing.differences import facts
from swarmviz.replay import ignore

MAX_RUNS = 50  # that are not pinned
MAX_PINNED = 50
MAX_OVERLAYS = 8
UPDATE_EVERY_S = 1.0  # of the row of the present run
SERVER_ONLY = ("facts", "missed", "overlay")  # of a row: what is not sent to the browser
ROW_ACTS = ("open", "compare", "overlay", "pin", "delete")


class Table(pn.custom.JSComponent):
    """The rows in the browser; ``on_press(act, number)`` is called with what was pressed."""

    columns = param.List(
        [], doc="[symbol, meaning] of what is not the same in all runs; cells of a row are in this order."
    )
    rows = param.List(
        [],
        doc="Past runs, the newest first: number, cells ([text, what it is sorted by]), about, seed, step, best, evaluations, error, "
        "found, criterion, beside, changed, note, exact, pinned, overlaid.",
    )
    live = param.Dict({}, doc="The present run.")
    same = param.String("", doc="What is the same in all runs.")
    told = param.String("", doc="What was dropped, left out or refused.")

    _esm, _stylesheets = component("history")

    def __init__(self, on_press: Callable[[str, Any], None], **params: Any):
        super().__init__(**{"margin": (8, 16), "sizing_mode": "stretch_width"} | params)
        self._on_press = on_press

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict) and isinstance(data.get("act"), str):
            self._on_press(data["act"], data.get("number"))


@dataclass(eq=False)
class PastRun:
    """A run that was replaced: its number in the visit, its row, the link that reopens it, and what the visitor made of it."""

    number: int
    row: dict[str, Any]
    link: str
    pinned: bool = False
    overlaid: bool = False

    @property
    def overlay(self) -> Overlay | None:
        """Its curves, under its number."""
        drawn = self.row.get("overlay")
        return None if drawn is None else drawn._replace(label=f"run {self.number}")


class History(View):
    """The runs of one visit.

    Parameters
    ----------
    on_open : function (link)
        Called with the link of the row whose run is to be opened.
    on_compare : function (link)
        The same for a run that is to be put beside the present one.
    on_overlay : function ()
        Called whenever ``overlays`` change.
    """

    def __init__(
        self,
        on_open: Callable[[str], None],
        on_compare: Callable[[str], None] = ignore,
        on_overlay: Callable[[], None] = ignore,
    ):
        super().__init__()
        self._on_open, self._on_compare, self._on_overlay = on_open, on_compare, on_overlay
        self._past: list[PastRun] = []  # the newest first
        self._live: dict[str, Any] = {}
        self._tolerance: float | None = None
        self._diverged: tuple[weakref.ref[Simulation], int] | None = None
        self._count, self._dropped = 0, 0
        self._refusal = ""
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

    @property
    def past(self) -> list[PastRun]:
        """The runs that were replaced, the newest first."""
        return list(self._past)

    @property
    def overlays(self) -> list[Overlay]:
        """The curves of past runs that are to be drawn behind those of the present one."""
        return [run.overlay for run in self._past if run.overlaid and run.overlay is not None]

    def add(self, row: dict[str, Any], link: str) -> int:
        """Keep the row of a run that is replaced, and the link that reopens it; one with the same link moves to the top.

        Returns its number, a new one.
        """
        same = next((run for run in self._past if run.link == link), PastRun(0, row, link))
        self._count += 1
        new = replace(same, number=self._count, row=row)
        self._past = [new, *(run for run in self._past if run is not same)]
        dropped = [run for run in self._past if not run.pinned][MAX_RUNS:]
        self._past = [run for run in self._past if run not in dropped]
        self._dropped += len(dropped)
        self._refusal = ""
        self._publish()
        if new.overlaid or any(run.overlaid for run in dropped):
            self._on_overlay()
        return new.number

    def diverged(self, sim: Simulation, step: int) -> None:
        """The run diverged at this step."""
        self._diverged = (weakref.ref(sim), step)
        self._show(self.row(sim, now=True))

    def clear(self) -> None:
        """Forget the past runs that are not pinned."""
        self._past = [run for run in self._past if run.pinned]
        self._dropped = 0
        self._on_overlay()
        self._publish()

    def _pressed(self, act: str, number: Any) -> None:
        self._refusal = ""
        if act == "clear":
            self.clear()
        elif act in ROW_ACTS and isinstance(number, int) and not isinstance(number, bool):
            run = next((run for run in self._past if run.number == number), None)
            if run is not None:
                getattr(self, f"_{act}")(run)
                self._publish()

    def _open(self, run: PastRun) -> None:
        self._on_open(run.link)

    def _compare(self, run: PastRun) -> None:
        self._on_compare(run.link)

    def _overlay(self, run: PastRun) -> None:
        if not run.overlaid and sum(other.overlaid for other in self._past) >= MAX_OVERLAYS:
            self._refusal = f"At most {MAX_OVERLAYS} runs are drawn behind the curves: take one away first."
            return
        run.overlaid = not run.overlaid
        self._on_overlay()

    def _pin(self, run: PastRun) -> None:
        if not run.pinned and sum(other.pinned for other in self._past) >= MAX_PINNED:
            self._refusal = f"At most {MAX_PINNED} runs can be pinned: unpin or delete one first."
            return
        run.pinned = not run.pinned

    def _delete(self, run: PastRun) -> None:
        self._past.remove(run)
        if run.overlaid:
            self._on_overlay()

    def row(self, *sims: Simulation, active: int = 0, now: bool = False, frame: Frame | None = None) -> dict[str, Any]:
        """The row of a run, or of two that are compared: as it stands ``now``, else at the furthest step that is known of all.

        Touches nothing of the page.
        """
        sim = sims[active]
        k = sim.k if now else min(s.furthest for s in sims)
        if frame is None:
            frame = sim.frame if now else sim.end if sim.furthest == k else None
        swarm, best, evaluations = sim.initial_swarm, recorded(sim, "best", k), recorded(sim, "evaluations", k)
        error = math.nan if frame is None else error_of(frame, sim)
        journal = sim.journal.until(k)
        return {
            "title": " beside ".join(
                dict.fromkeys(f"{type(s.dynamics).title} on {type(s.landscape).title}" for s in sims)
            ),
            "about": f"seed {swarm.seed} · N = {swarm.n} · d = {swarm.d}",
            "seed": swarm.seed,
            "beside": compared(*sims) if len(sims) > 1 else [],
            "changed": f"changed at k = {span([entry.k for entry in journal[1:]])}" if len(journal) > 1 else "",
            "facts": facts(journal, swarm),
            "step": k,
            "best": best if math.isfinite(best) else None,
            "evaluations": round(evaluations) if math.isfinite(evaluations) else None,
            "error": error if math.isfinite(error) else None,
            "note": self._note(sim),
            "exact": True,
            "missed": _missed(frame, sim),
        } | ({} if now else {"overlay": Overlay.of(sim)})

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
        """Every row with what it found and what tells it from the others, as things are now."""
        rows = [self._live, *(run.row for run in self._past)]
        told = differences([row["facts"] for row in rows if "facts" in row])
        cells = iter(told.rows)
        live, *past = (
            {name: value for name, value in row.items() if name not in SERVER_ONLY}
            | {"cells": next(cells) if "facts" in row else []}
            | self._judged(*row.get("missed", (None, None)))
            for row in rows
        )
        past = [
            shown | {"number": run.number, "pinned": run.pinned, "overlaid": run.overlaid}
            for shown, run in zip(past, self._past, strict=True)
        ]
        news = {"columns": told.columns, "rows": past, "same": told.same, "told": self._told(told.left_out)}
        news |= {"live": live} if self._live else {}
        self.pane.param.update(**{name: value for name, value in news.items() if value != getattr(self.pane, name)})

    def _told(self, left_out: int) -> str:
        parts = [self._refusal]
        if self._dropped:
            s = "s" * (self._dropped > 1)
            parts.append(f"{self._dropped} older run{s} dropped: besides pinned ones the newest {MAX_RUNS} are kept.")
        if left_out:
            parts.append(f"{left_out} more parameter{'s' * (left_out > 1)} differ; there is no room for them here.")
        return " ".join(part for part in parts if part)

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


def recorded(sim: Simulation, name: str, k: int) -> float:
    """An observable at step ``k``, or at the last step before it of which there is a record; NaN where there is none."""
    record = sim.record
    i = max(0, int(np.searchsorted(record["k"], k, side="right")) - 1)
    return float(record[name][i]) if name in record else math.nan


def error_of(frame: Frame, sim: Simulation) -> float:
    """Distance of what the swarm holds for the minimiser to the nearest known one, in half widths of the box.

    NaN where there is none: a row is not worth a run that cannot be shown."""
    try:
        return success.error(frame, sim.landscape)
    except ValueError:  # a landscape that does not exist in the swarm's dimension
        return math.nan
