"""The equation card: the lines that hold for the run, with their numbers and the present values under the symbols, and what each means.

Which lines those are and what stands in them is declared by the dynamics (:mod:`swarmviz.dynamics.equations`). The browser joins a symbol
with the row of its parameter and with its mark in the arena (``assets/equation.js``). Nothing is computed or sent while the card is not
seen: the browser says when it is.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from functools import lru_cache
from html import escape
from typing import Any

import numpy as np
import panel as pn
import param

from components.assets import component
from components.page.mathml import formula, signed_formula
from components.views.base import View
from swarmviz import Frame, Simulation
from swarmviz.dynamics import Dynamics
from swarmviz.dynamics.equations.lines import Line, signs_of, symbol_latex
from swarmviz.landscapes import Landscape
from swarmviz.parameters import Described, Real, Switch, is_used
from swarmviz.schedules import TimeDependent
from swarmviz.theory.wording import SUPERSCRIPTS

SHOWN = 4  # coordinates or minimisers written out
UPDATE_EVERY_S = 0.25
OWN_SOURCE = "in none of the papers"


class Equations(pn.custom.JSComponent):
    """The card in the browser.

    Parameters
    ----------
    on_seen : function (bool)
        Called when the card comes into sight, or leaves it.
    """

    title = param.String("", doc="Name of the dynamics.")
    about = param.String("", doc="What it is, in a sentence.")
    lines = param.List([], doc="One dictionary for each line: about, source, html, follows.")
    signs = param.List(
        [], doc="One dictionary for each symbol: name, html, said, leads, meaning, parameter, mark, reason."
    )
    values = param.Dict({}, doc="Name of a symbol → what it is now, short (under the symbol) and long.")
    landscape = param.String("", doc="HTML of what is minimised.")

    _esm, _stylesheets = component("equation")

    def __init__(self, on_seen: Callable[[bool], None], **params: Any):
        super().__init__(**{"margin": (8, 16), "sizing_mode": "stretch_width"} | params)
        self._on_seen = on_seen

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict) and isinstance(data.get("seen"), bool):
            self._on_seen(data["seen"])


class EquationCard(View):
    """The view of what is being solved; see :class:`components.views.base.View`."""

    once = ("content",)

    def __init__(self, **wiring: Any):
        super().__init__(**wiring)
        self._seen = False
        self._lines: tuple[Line, ...] | None = None
        self._described: Landscape | None = None
        self._card = Equations(self._set_seen)

    @property
    def pane(self) -> Equations:
        """What is put on the page."""
        return self._card

    def _set_seen(self, on: bool) -> None:
        self._seen = on
        self.hurry()
        if on:
            self.refresh()

    def attach(self, run: Simulation) -> None:
        """Another run is shown."""
        self._sim, self._lines, self._described = run, None, None
        self.hurry()

    def prepare(self, frame: Frame, run: Simulation) -> dict[str, Any] | None:
        """The values, and the lines where others hold; None when the card is not seen, or was looked at just now."""
        now = time.monotonic()
        if not self._seen or now - self._looked < UPDATE_EVERY_S:
            return None
        self._looked = now
        content, lines = dict[str, Any](), run.dynamics.equations.shown(run.dynamics, frame.n)
        if lines != self._lines:
            self._lines = lines
            content = content_of(run.dynamics, lines)
        if self._described is None or not self._described.same_as(run.landscape):
            self._described = run.landscape.copy()
            content["landscape"] = landscape_html(run.landscape, frame.d)
        return {"values": values_now(run.dynamics, frame)} | ({"content": content} if content else {})

    def paint(self, payload: dict[str, Any]) -> None:
        """Show what has changed."""
        wanted = payload.get("content", {}) | {"values": payload["values"]}
        changed = {name: value for name, value in wanted.items() if value != getattr(self._card, name)}
        self._card.param.update(**changed)


# ---- the dynamics ----------------------------------------------------------------------------------------------------------


def content_of(dynamics: Dynamics, lines: tuple[Line, ...]) -> dict[str, Any]:
    """What does not move: the lines as HTML, and what there is to say about every symbol."""
    about = " ".join((type(dynamics).__doc__ or "").split("\n\n")[0].split())
    return {
        "title": dynamics.title,
        "about": about,
        "lines": [line_of(dynamics, line) for line in lines] or [_short(dynamics)],
        "signs": signs(dynamics, lines),
    }


def line_of(dynamics: Dynamics, line: Line) -> dict[str, str]:
    """A line as HTML, with what it says and where it stands."""
    return {
        "about": line.about,
        "source": line.source or OWN_SOURCE,
        "follows": line.follows,
        "html": _html(dynamics, line),
    }


def _short(dynamics: Dynamics) -> dict[str, str]:
    """What a dynamics that declares no lines says in its place."""
    html = formula(dynamics.equation) if dynamics.equation else ""
    return {"about": "Step", "source": dynamics.reference, "follows": "", "html": html}


def _html(dynamics: Dynamics, line: Line) -> str:
    named = [name for name in line.signs if f"@{name}" in line.latex]
    return signed_formula(
        line.latex, tuple((name, latex_of(dynamics, name), has_value(dynamics, name)) for name in named)
    )


@lru_cache(512)
def _symbol(latex: str) -> str:
    return formula(latex)


def latex_of(dynamics: Dynamics, name: str) -> str:
    """The symbol of a parameter or of a quantity."""
    known = dynamics.equations.quantities.get(name)
    return known.symbol if known else symbol_latex(dynamics.param[name].symbol or name)


def has_value(dynamics: Dynamics, name: str) -> bool:
    """Whether a number may stand under the symbol."""
    known = dynamics.equations.quantities.get(name)
    return known.value is not None if known else isinstance(dynamics.param[name], Real)


def signs(dynamics: Dynamics, lines: tuple[Line, ...]) -> list[dict[str, str]]:
    """What there is to say about every symbol in the lines, and about every parameter that acts and stands in none."""
    shown, declared = signs_of(lines), dynamics.declared()
    quantities, absent = dynamics.equations.quantities, dynamics.equations.absent
    acting = [name for name, own in declared.items() if name not in shown and is_used(dynamics, own)]
    return [
        {
            "name": name,
            "html": _symbol(latex_of(dynamics, name)),
            "said": said(dynamics, name),
            "leads": leads(dynamics, name),
            "meaning": _sentence(quantities[name].meaning if name in quantities else declared[name].doc or ""),
            "parameter": quantities[name].parameter if name in quantities else name,
            "mark": quantities[name].mark if name in quantities else "",
            "reason": absent[name].reason if name in absent and name not in shown else "",
        }
        for name in (*(name for name in shown if name in quantities or name in declared), *acting)
    ]


def said(dynamics: Dynamics, name: str) -> str:
    """What a screen reader says of a symbol, before its value: "σ, noise"."""
    quantity = dynamics.equations.quantities.get(name)
    if quantity is None:
        declared = dynamics.param[name]
        symbol, label = declared.symbol or "", _lower((declared.label or name).strip())
        return f"{symbol}, {label}" if symbol and symbol.lower() != label.lower() else label
    return f"{spoken_symbol(quantity.symbol)}, {re.split('[:;,]', quantity.meaning)[0]}"


def spoken_symbol(latex: str) -> str:
    """LaTeX of a symbol as it is said: X n, F bar, x star."""
    text = re.sub(r"\\(bar|hat|tilde)\s*\{?(\w)\}?", r"\2 \1 ", latex)
    text = re.sub(r"[_^]?\*", " star ", text).replace("_-", " minus ").replace("_+", " plus ")
    return " ".join(re.sub(r"[\\{}_^]", " ", text).split())


def leads(dynamics: Dynamics, name: str) -> str:
    """What a press on a symbol does, in the words of a screen reader."""
    quantity = dynamics.equations.quantities.get(name)
    if quantity is None:
        return f"leads to its {'slider' if isinstance(dynamics.param[name], Real) else 'control'}"
    if quantity.parameter:
        return "leads to what decides on it"
    return "marks it in the arena" if quantity.mark else ""


def _lower(label: str) -> str:
    """A label within a sentence; names of people and of laws keep their capitals only where more follow."""
    return label if label[1:2].isupper() else f"{label[:1].lower()}{label[1:]}"


def _sentence(text: str) -> str:
    words = " ".join(text.split()).rstrip(".")
    return f"{words[:1].upper()}{words[1:]}."


# ---- present values --------------------------------------------------------------------------------------------------------


def values_now(dynamics: Dynamics, frame: Frame) -> dict[str, list[str]]:
    """Of every parameter that acts and every quantity that is known: what stands under its symbol, and all of it in words."""
    values = {}
    for name, declared in dynamics.declared().items():
        if is_used(dynamics, declared):
            values[name] = _parameter_now(dynamics, name, frame.t)
    for name, quantity in dynamics.equations.quantities.items():
        now = None if quantity.value is None else quantity.value(dynamics, frame)
        if now is not None and np.isfinite(now).all():
            values[name] = _quantity_now(now)
    return values


def _parameter_now(dynamics: Dynamics, name: str, t: float) -> list[str]:
    value, declared = getattr(dynamics, name), dynamics.param[name]
    if isinstance(value, TimeDependent):
        now = number(float(value.at(t)), 3)  # type: ignore[attr-defined]
        return [now, f"{now} now, by its schedule"]
    if isinstance(declared, Real):
        unit = f" {declared.unit}" if declared.unit else ""
        return [number(value), f"{number(value)}{unit}"]
    if isinstance(declared, Switch):
        return ["", "on" if value else "off"]
    if isinstance(value, tuple):
        return ["", f"{len(value)} of them"]
    return ["", number(value) if isinstance(value, float | int) else str(value)]


def _quantity_now(now: Any) -> list[str]:
    if np.ndim(now) == 0:
        return [number(float(now), 3)] * 2
    point = np.asarray(now, float)
    return [number(float(point[0]), 3) if len(point) == 1 else "", _point(point)]


def number(value: float, digits: int = 5) -> str:
    """A number as people write it: 0.05, 100 000, 2.5·10⁻⁷."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}".replace("-0", "0")
    if float(value).is_integer() and 1e4 <= abs(value) < 1e6:
        return f"{value:,.0f}".replace(",", "\u202f").replace("-", "−")
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    power = int(exponent)
    if -5 < power < 5:
        return f"{value:.{digits}g}".replace("-", "−")
    factor = f"{float(mantissa):g}"
    ten = f"10{str(power).translate(SUPERSCRIPTS)}"
    return (ten if factor == "1" else f"{factor}·{ten}").replace("-", "−")


# ---- the landscape ---------------------------------------------------------------------------------------------------------


def landscape_html(landscape: Landscape, d: int) -> str:
    """What is minimised: its formula, its minimum, its source and its symbols."""
    parts = [
        f"<h2>{escape(landscape.title)}</h2>",
        formula(landscape.equation) if landscape.equation else "",
        f"<p>{escape(known_minimum(landscape, d))}</p>",
        f"<p class='remark'>{escape(landscape.remark)}</p>" if landscape.remark else "",
        f"<p class='soft'>{escape(landscape.reference)}</p>{symbols(landscape)}",
    ]
    return "".join(parts)


def symbols(owner: Described) -> str:
    """A table of the declared parameters: symbol and meaning."""
    rows = [
        f"<tr><td>{_symbol(symbol_latex(getattr(p, 'symbol', '') or name))}</td><td>{escape(' '.join((p.doc or '').split()))}</td></tr>"
        for name, p in owner.declared().items()
    ]
    return f"<table>{''.join(rows)}</table>" if rows else ""


def known_minimum(landscape: Landscape, d: int) -> str:
    """One sentence about the known minimisers."""
    at = landscape.minimisers(d)
    if not len(at):
        return f"No minimiser is known for d = {d}."
    value = landscape.minimum(d)
    places = ", ".join(_point(x) for x in at[:SHOWN]) + (", …" if len(at) > SHOWN else "")
    count = "" if len(at) == 1 else f" ({len(at)} minimisers)"
    return f"min F = {_number(value)} at x* = {places}{count}."


def _point(x: np.ndarray) -> str:
    if len(x) == 1:
        return _number(x[0])
    if len(x) > SHOWN:
        shown = [x[0], None, x[-1]] if np.allclose(x, x[0]) else [*x[: SHOWN - 1], None]
        return f"({', '.join('…' if c is None else _number(c) for c in shown)})"
    return f"({', '.join(_number(c) for c in x)})"


def _number(value: float) -> str:
    return number(0.0 if abs(value) < 1e-12 else value)
