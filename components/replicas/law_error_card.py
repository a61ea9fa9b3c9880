"""The card of the error against N: at which step, what was found as a curve over N, and why there is none (assets/law_error.js)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import panel as pn
import param

from components.assets import component
from components.replicas.law_error import W1, LawErrorStatus, Point, law_refusal
from swarmviz import Simulation
from swarmviz.ensembles.law_error import product_parameter
from swarmviz.ensembles.occupation_error import is_on_states
from swarmviz.theory.wording import number_words

QUESTION = "Does the swarm come near the law of infinitely many agents like 1/√N? Then √N times the error is flat."
DEFINITION = (
    "For each N, swarms start anew with the parameters as they are now, schedules included, and other seeds. At the step they are held "
    "against the law of infinitely many agents of the same scheme: W₁ is the area between the two distribution functions, in the unit of "
    "x. Bars are two standard errors of the mean. Dashed: what N independent draws from the law would have. Hollow: N is below N*, from "
    "where on the law is a limit that a swarm follows."
)
ON_STATES = (
    "For each N, swarms start anew with the parameters as they are now, schedules included, and other seeds. At the step the shares p of "
    "the agents on the states are held against p̄, their law at infinitely many: √N times the root of the mean of Σ(p − p̄)². Bars are two "
    "standard errors of the mean. Dashed: what N independent draws from the law would have. Dotted: what the linear-noise law of this "
    "generator has, which takes the chance of single jumps into account. Hollow: fewer than ten agents for each state, where it is a "
    "rough estimate."
)
SPREAD = 2.0  # standard errors of a bar
HEADROOM = 1.1


class LawErrorCard(pn.custom.JSComponent):
    """A button, a step, and the curve.

    Parameters
    ----------
    on_start : function (step or None, fixed_product)
        Called when it shall begin, None: at the visible step. May raise a ValueError, which is shown.
    on_stop : function ()
        Called when it shall end.
    """

    state = param.Dict({}, doc="What is shown, see ``show``.")
    question = param.String(QUESTION)
    definition = param.String(DEFINITION)

    _esm, _stylesheets = component("law_error")

    def __init__(self, on_start: Callable[[int | None, bool], None], on_stop: Callable[[], None], **params: Any):
        super().__init__(**{"sizing_mode": "stretch_width", "margin": (8, 16)} | params)
        self._on_start, self._on_stop = on_start, on_stop
        self._standing, self._refused, self._product = LawErrorStatus(), "", ""
        self.show(self._standing)

    def attach(self, sim: Simulation) -> None:
        """Another run is shown: there may be no law for it, or a choice of what stays as N grows."""
        self._refused = law_refusal(sim.dynamics, sim.landscape, sim.initial_swarm)
        self.definition = ON_STATES if is_on_states(sim.dynamics) else DEFINITION
        name = product_parameter(sim.dynamics)
        self._product = sim.dynamics.declared()[name].symbol if name else ""
        self.show(self._standing)

    def _handle_msg(self, data: Any) -> None:
        act = data.get("act") if isinstance(data, dict) else None
        if act == "stop":
            self._on_stop()
        elif act == "start" and isinstance(data.get("product", True), bool):
            try:
                self._on_start(data.get("step"), data.get("product", True))
            except ValueError as error:
                self.show(LawErrorStatus(trouble=f"{error}."[:200]))

    def show(self, standing: LawErrorStatus) -> None:
        """Show the state of the worker."""
        self._standing = standing
        nothing = not standing.running and not standing.points and not standing.trouble
        self.state = {
            "refused": bool(self._refused),
            "product": self._product,
            "running": standing.running,
            "progress": standing.progress if standing.running else None,
            "about": standing.about,
            "remarks": " ".join(filter(None, (self._refused if nothing else standing.trouble, standing.remark))),
            "charts": charts(standing.points, standing.measure),
        }


def charts(points: tuple[Point, ...], measure: str = W1) -> list[dict[str, Any]]:
    """What is drawn: the ``measure``, and √N E|ν_N − ν| where there is a ν; places are shares of width and height."""
    if not points:
        return []
    claimed = [(p.n, p.claimed) for p in points if p.claimed is not None]
    drawn = [_chart(measure, [(p.distance, p.error) for p in points], points, [p.independent for p in points], claimed)]
    if all(p.focus is not None for p in points):
        values = [(p.focus or 0.0, p.focus_error or 0.0) for p in points]
        drawn.append(_chart("√N E|ν_N − ν|", values, points, None, []))
    return drawn


def _chart(
    label: str,
    values: list[tuple[float, float]],
    points: tuple[Point, ...],
    independent: list[float] | None,
    claimed: list[tuple[int, float]],
) -> dict[str, Any]:
    ends = [v + SPREAD * (e if math.isfinite(e) else 0.0) for v, e in values if math.isfinite(v)] + (independent or [])
    ends += [y for _, y in claimed]
    top = HEADROOM * max(ends, default=1.0) or 1.0
    first, last = math.log10(points[0].n), math.log10(max(points[-1].n, 10 * points[0].n))
    place = [_place(p.n, first, last) for p in points]
    marks = [
        {
            "x": x, "y": v / top, "low": max(0.0, (v - SPREAD * e) / top) if math.isfinite(e) else v / top,
            "high": (v + SPREAD * e) / top if math.isfinite(e) else v / top, "hollow": p.n < p.needed,
            "text": f"N = {p.n:,}: {label} = {number_words(v)} ± {number_words(e, 1)} (standard error, {p.runs} runs)",
        }
        for x, p, (v, e) in zip(place, points, values, strict=True)
        if math.isfinite(v)
    ]  # fmt: skip
    return {
        "label": label,
        "top": number_words(top, 2),
        "marks": marks,
        "dotted": [[_place(n, first, last), y / top] for n, y in claimed],
        "dashed": None if independent is None else [[x, y / top] for x, y in zip(place, independent, strict=True)],
        "ticks": [
            [(k - first) / (last - first), f"10{_raised(k)}"] for k in range(math.ceil(first), math.floor(last) + 1)
        ],
    }


def _place(n: int, first: float, last: float) -> float:
    return (math.log10(n) - first) / (last - first)


def _raised(k: int) -> str:
    return str(k).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
