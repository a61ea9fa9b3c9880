"""The card of claims: what the papers say of the dynamics, whether its hypotheses hold for this run, and what is measured beside it.

It is a view like the others (:mod:`components.views.base`), prepared once a second, and only while it is seen: the browser says when it is.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import panel as pn
import param

from components.assets import component
from components.views.base import View
from swarmviz import Frame, Simulation
from swarmviz.theory import Assessment, Verdict, assessments
from swarmviz.theory.wording import number_words

UPDATE_EVERY_S = 1.0
TYPICAL = 0.1  # of a mean: a run below it is far from it
NO_CLAIMS = "No claim about this dynamics is known."


class ClaimList(pn.custom.JSComponent):
    """The claims in the browser.

    Parameters
    ----------
    on_seen : function (bool)
        Called when the list comes into sight, or leaves it.
    on_draw : function (name, bool)
        Called when the curve of a claim shall be drawn, or not.
    """

    claims = param.List([], doc="One dictionary for each claim, see ``row_of``.")
    of_step = param.String("", doc="Of which step they are, where it is not the one that is shown.")
    sought = param.Dict({}, doc="Which one to bring in sight: source, and count (number of the request).")
    remark = param.String("", doc="What is said when there is none; nothing before they were looked for.")

    _esm, _stylesheets = component("claims")

    def __init__(self, on_seen: Callable[[bool], None], on_draw: Callable[[str, bool], None], **params: Any):
        super().__init__(**{"margin": (8, 16), "sizing_mode": "stretch_width"} | params)
        self._on_seen, self._on_draw = on_seen, on_draw

    def _handle_msg(self, data: Any) -> None:
        if not isinstance(data, dict) or not isinstance(data.get("on"), bool):
            return
        if data.get("act") == "seen":
            self._on_seen(data["on"])
        elif data.get("act") == "draw" and any(row["name"] == data.get("name") for row in self.claims):
            self._on_draw(data["name"], data["on"])


class ClaimsCard(View):
    """The claims about the visible run.

    Parameters
    ----------
    verdicts : function (run) → mapping of str to Verdict
        What the run's replicas say, by the name of the claim; called where pictures are prepared.
    drawn : function (claim name, default) → bool
        Whether the curve of a claim is drawn.
    draw : function (name, bool)
        Draw the curve of a claim, or do not.
    seen : function (bool), optional
        Called when the card comes into sight, or leaves it.
    """

    background = frozenset({"law", "replicas"})

    def __init__(
        self,
        verdicts: Callable[[Simulation], Mapping[str, Verdict]] = lambda run: {},
        drawn: Callable[[str, bool], bool] = lambda name, default: default,
        draw: Callable[[str, bool], None] = lambda name, on: None,
        seen: Callable[[bool], None] = lambda on: None,
        **wiring: Any,
    ):
        super().__init__(**wiring)
        self._verdicts, self._is_drawn, self._on_draw, self._on_seen = verdicts, drawn, draw, seen
        self._seen = False
        self._judged: tuple[Mapping[str, Verdict], str] = {}, ""
        self._list = ClaimList(self._set_seen, self._draw)

    @property
    def pane(self) -> ClaimList:
        """What is put on the page."""
        return self._list

    @property
    def seen(self) -> bool:
        """Whether the card is in sight; nothing is computed for it when it is not."""
        return self._seen

    def _set_seen(self, on: bool) -> None:
        if on != self._seen:
            self._seen = on
            self._on_seen(on)
            self.hurry()
            if on:
                self.refresh()

    def _draw(self, name: str, on: bool) -> None:
        self._on_draw(name, on)
        self.hurry()
        self.refresh()

    def seek(self, source: str) -> None:
        """Bring the claim of a source in sight, where there is one."""
        self._list.sought = {"source": source, "count": self._list.sought.get("count", 0) + 1}

    def attach(self, run: Simulation) -> None:
        """Another run is shown."""
        self._sim = run
        self.hurry()

    def prepare(self, frame: Frame, run: Simulation) -> dict[str, Any] | None:
        """What the list shows, when the card is seen and the last look was a while ago."""
        if not self._seen:
            return None
        now, verdicts, of_step = time.monotonic(), self._verdicts(run), of_step_words(frame.k, run.furthest)
        if now - self._looked < UPDATE_EVERY_S and (verdicts, of_step) == self._judged:
            return None
        self._looked, self._judged = now, (verdicts, of_step)
        rows = [
            row_of(held, verdicts.get(held.claim.name), self._is_drawn(held.claim.name, held.claim.drawn))
            for held in assessments(run)
        ]
        return {"claims": rows, "of_step": of_step, "remark": "" if rows else NO_CLAIMS}

    def paint(self, payload: dict[str, Any]) -> None:
        """Show it; what is the same is not sent again."""
        self._list.param.update(**payload)


def of_step_words(shown: int, last: int) -> str:
    """That claims are of a run's last step, which is not the one that is shown; "" where it is."""
    return f"Of step {last:,}, the last that is known of this run; an earlier one is shown." if shown < last else ""


def row_of(held: Assessment, verdict: Verdict | None, drawn: bool) -> dict[str, Any]:
    """A claim as the browser shows it; plain values only."""
    claim = held.claim
    return {
        "name": claim.name,
        "source": claim.source,
        "statement": claim.statement,
        "exact": claim.exact,
        "state": held.state,
        "hypotheses": [
            {"words": h.words, "state": f.state, "detail": f.detail, "since": f.since}
            for h, f in zip(claim.hypotheses, held.findings, strict=True)
        ],
        "remark": claim.remark,
        "label": held.label,
        "curve": claim.curve is not None,
        "drawn": bool(drawn and claim.curve is not None),
        "about": claim.about,
        "this_run": measured_words(held),
        "note": note_of(held, verdict),
        "verdict": None
        if verdict is None or not verdict.runs
        else {"outcome": verdict.outcome, "words": verdict.words, "runs": verdict.runs},
    }


def note_of(held: Assessment, verdict: Verdict | None) -> str:
    """What is said beside a verdict, or in its place; "" where nothing is.

    That a run far below a mean that rare runs carry decides nothing; that replicas or a card would measure it, or that they have no number.
    """
    rare = ""
    if held.claim.multiplicative and held.state != "fails" and held.measured < TYPICAL * held.predicted:
        rare = "Rare runs carry such a mean, of a product of random factors: one run far below it decides nothing."
    if verdict is not None:
        return rare if verdict.runs else f"{verdict.words[:1].upper()}{verdict.words[1:]}."
    if rare or not math.isfinite(held.measured):
        return rare or (f"Measured by {held.claim.measured_by}." if held.claim.measured_by else "")
    measurable = held.claim.about == "mean" and math.isfinite(held.predicted)
    return "A claim about the mean: replicas (under Luck) measure it." if measurable else ""


def measured_words(held: Assessment) -> str:
    """What was measured of this run beside what is claimed, "" where nothing is."""
    claim = held.claim
    if not math.isfinite(held.measured):
        return ""
    said = f"{claim.quantity} = {number_words(held.measured, 4)}"
    if math.isfinite(held.predicted):
        relation = {"=": "", "≤": "≤ ", "≥": "≥ "}[claim.relation]
        said += (
            f"; claimed {'in the mean ' if claim.about == 'mean' else ''}{relation}{number_words(held.predicted, 4)}"
        )
    return said
