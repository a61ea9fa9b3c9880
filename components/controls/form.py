"""Controls built from declarations: the only module that chooses how a parameter is edited.

A row of the form is chosen by the kind of the declaration, never by the name of a parameter or of a dynamics. What a person types is
given to the declaration itself; what it refuses is told beside the control, in its own sentence, and nothing else changes.
"""

from __future__ import annotations

import html
import math
import re
import time
from collections.abc import Callable, Iterable, Mapping
from functools import singledispatch
from typing import Any

import panel as pn
import param

from components.assets import component
from components.text import readable, understood, written
from swarmviz import schedules
from swarmviz.parameters import GROUPS, Choice, Described, Real, Switch, TimeDependent, Vector, Whole, is_used

WIDEST = 1e9  # a range wider than this gets no slider, only a box
FIXED = "fixed"
TELLING = 0.25  # seconds between two looks at what schedules give now
SHOWN = ("value", "text", "hidden")  # what of a row changes while it remains the same row
LONGEST = 400  # characters of what is said beside a control


class Form(pn.custom.JSComponent):
    """Rows of labelled editors; what a person does arrives in ``on_edit(name, value, final, stamp)``.

    ``spec`` says which rows there are and changes seldom; ``shown`` is all that they show, whole, whenever any of it changes. Nothing
    is sent as a difference from what the browser is believed to show: a person may have changed that meanwhile. The browser numbers
    its messages; ``stamp`` is the number of the last one about a row that was answered, so that no answer overwrites what is newer.
    """

    spec = param.List([], doc="Sections: title, note, open, rows.")
    shown = param.Dict(
        {}, doc="Row name → value (None: in ``long``), and where they are not empty: text, hidden, error, stamp."
    )
    long = param.Dict(
        {}, doc="Row name → value, of those whose text is long: sent when it changes, not with every other row."
    )
    present = param.Dict({}, doc="Name of a schedule's row → what it gives now, in words.")
    busy = param.Boolean(False, doc="Whether what was chosen is still being prepared.")

    _esm, _stylesheets = component("form")

    def __init__(self, on_edit: Callable[[str, Any, bool, int], None], **params: Any):
        super().__init__(**{"margin": 0} | params)
        self._on_edit = on_edit

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict) and isinstance(data.get("name"), str):
            stamp = data.get("stamp")
            number = stamp if isinstance(stamp, int) and not isinstance(stamp, bool) and 0 <= stamp < 2**53 else 0
            self._on_edit(data["name"], data.get("value"), bool(data.get("final")), number)


# ---- rows ------------------------------------------------------------------------------------------------------------


def choice_row(name: str, label: str, options: Iterable[tuple[str, str]], value: str, doc: str = "") -> dict:
    """A menu that belongs to no declaration: the dynamics, the landscape."""
    look = {"kind": "choice", "symbol": "", "label": label, "doc": doc, "heading": True}
    return look | {"name": name, "options": [list(option) for option in options], "value": value}


def note_row(name: str, text: str) -> dict:
    """A sentence under a menu."""
    return {
        "kind": "note",
        "symbol": "",
        "label": "",
        "doc": "",
        "hidden": not text,
        "name": name,
        "value": text,
    }


def rows_of(owner: Described, prefix: str) -> list[dict]:
    """The rows of all parameters of ``owner``, named ``prefix.parameter``, with their groups."""
    rows = []
    for name, declared in owner.declared().items():
        value = getattr(owner, name)
        row = _described(declared, f"{prefix}.{name}") | {"hidden": not is_used(owner, declared)}
        if getattr(declared, "schedulable", False):
            rows += _schedulable(declared, row, value)
        else:
            rows.append(row | _editor(declared, value))
    return rows


def _described(declared: param.Parameter, name: str) -> dict:
    doc = " ".join((declared.doc or "").split())
    first = re.split(r"[.;:,(]", doc, maxsplit=1)[0].strip()
    unit = getattr(declared, "unit", "")
    allowed = f" ({declared.range_text})" if isinstance(declared, Real) else ""
    symbol = getattr(declared, "symbol", "") or declared.name
    return {
        "name": name,
        "symbol": symbol,
        "label": f"{first} [{unit}]" if unit else first,
        "doc": f"{doc}{allowed}",
        "group": getattr(declared, "group", GROUPS[0]),
    }


@singledispatch
def _editor(declared: param.Parameter, value: Any) -> dict:
    return {"kind": "text", "value": "" if value is None else str(value), "placeholder": ""}


@_editor.register
def _(declared: Real, value: Any) -> dict:
    return {"kind": "number", "value": value, "text": written(value), "slider": _slider(declared)}


@_editor.register
def _(declared: Choice, value: Any) -> dict:
    texts = declared.meanings or {}
    return {"kind": "choice", "value": value, "options": [[name, name] for name in declared.objects],
            "doc": " · ".join(f"{name}: {texts[name]}" for name in texts) or declared.doc}  # fmt: skip


@_editor.register
def _(declared: Switch, value: Any) -> dict:
    return {"kind": "switch", "value": value}


@_editor.register
def _(declared: Vector, value: Any) -> dict:
    hint = "x, y; x, y; …" if declared.shape == "table" else "a number, or one per coordinate"
    return {"kind": "text", "value": written(value), "placeholder": hint}


def _slider(declared: Real) -> dict | None:
    low, high = declared.softbounds or declared.bounds or (None, None)
    if low is None or high is None or high - low > WIDEST:
        return None
    log = declared.scale == "log" and low > 0
    if not declared.contains(low):  # an open end: start a little above it
        low += (high - low) / 1000
    return {"low": low, "high": high, "log": log, "whole": isinstance(declared, Whole)}


def _schedulable(declared: Real, row: dict, value: Any) -> list[dict]:
    """A number, the menu that makes it follow a schedule, and the schedule's own parameters and formula."""
    if isinstance(value, schedules.Constant):  # of a link or a library: on the page it is a number
        value = value.value
    kinds = [[name, cls.title.lower()] for name, cls in schedules.ALL.items() if cls is not schedules.Constant]
    menu = row | {"name": f"{row['name']}.kind", "kind": "choice", "options": [[FIXED, "fixed"], *kinds]}
    if not isinstance(value, TimeDependent):  # a small menu at the right of the number's label
        small = {"inline": True, "value": FIXED, "doc": f"{row['symbol']} may follow a schedule"}
        return [row | _editor(declared, value), menu | small]
    rows = [menu | {"value": type(value).__name__}]
    if hasattr(value, "points"):  # which are no declared parameter
        points = {
            "name": f"{row['name']}.points",
            "kind": "text",
            "value": written(value.points),
            "placeholder": "0, 1; 10, 0",
        }
        label = "Points: time since it began, value; …"
        rows.append(row | points | {"symbol": "", "label": label, "nested": True})
    for name, own in value.declared().items():
        child = _described(own, f"{row['name']}.{name}") | _editor(own, getattr(value, name))
        rows.append(child | {"nested": True, "hidden": row["hidden"], "group": row["group"]})
    formula = {"name": f"{row['name']}.formula", "kind": "formula", "symbol": "", "label": "", "nested": True}
    formula |= {"value": f"{html.escape(row['symbol'])}(t) = {readable(value.equation)}"}
    present = {"name": f"{row['name']}.now", "kind": "present", "symbol": "", "label": "", "nested": True, "value": ""}
    return [*rows, row | formula, row | present]


def present_values(owner: Described, prefix: str, t: float) -> dict[str, str]:
    """What each schedule that matters gives at time ``t``, in words, by the name of its row."""
    out = {}
    for name, declared in owner.declared().items():
        value = getattr(owner, name)
        if isinstance(value, schedules.Begun) and is_used(owner, declared):
            out[f"{prefix}.{name}.now"] = f"now {getattr(declared, 'symbol', '') or name} = {float(value.at(t)):.4g}"
    return out


# ---- from edits to values --------------------------------------------------------------------------------------------------


def assign(owner: Described, path: str, value: Any, t: float = 0.0) -> None:
    """Set ``parameter``, ``parameter.kind`` or ``parameter.x`` (of its schedule) of ``owner``; a schedule begins at time ``t``.

    Raises
    ------
    ValueError
        In the declaration's own words; ``owner`` is then unchanged.
    """
    name, _, part = path.partition(".")
    if name not in owner.declared():
        raise ValueError(f"{name!r} is no parameter of {type(owner).__name__}")
    declared, old = owner.param[name], getattr(owner, name)
    if not part:
        setattr(owner, name, understood(declared, value))
    elif part == "kind":
        setattr(owner, name, _schedule(value, declared, old, t))
    elif part == "points":
        setattr(owner, name, type(old)(understood(None, value) or (), since=old.since))
    else:
        setattr(owner, name, type(old)(**old.values_now() | {part: understood(old.param[part], value)}))


def _schedule(kind: str, declared: Real, old: Any, t: float) -> Any:
    """A schedule of this kind, or a number, that begins at time ``t`` where the old one stands then, so that nothing jumps."""
    now = float(old.at(t)) if isinstance(old, TimeDependent) else float(old)
    if kind in (FIXED, schedules.Constant.__name__):
        return now if declared.contains(now) else declared.bounds[0]
    return schedules.ALL[kind].beginning(now, t)


class Controls:
    """The form of a selection: one part of it per prefix, each edited through a staged copy.

    What the form shows is a function of what is kept here: the parts, what was typed and refused, and what was said of a row.

    Parameters
    ----------
    parts : mapping of str to Described
        What may be edited, by prefix; an accepted edit puts a changed copy in ``parts``.
    heading : function (parts) → list of dict
        Rows of the choices, named without a prefix, as they are for these parts.
    changed : function (name, final)
        A value was accepted; ``name`` is ``prefix.parameter``.
    chosen : function (name, value)
        One of the heading's menus was used.
    check : function (prefix, part)
        Raises ``ValueError`` where a value does not fit the other parts.
    now : function () → float
        The time of the swarm: a schedule that is chosen counts from there.
    """

    def __init__(
        self,
        parts: Mapping[str, Described],
        heading: Callable[[dict[str, Described]], list[dict]],
        changed: Callable[[str, bool], None],
        chosen: Callable[[str, Any], None],
        check: Callable[[str, Described], None] = lambda prefix, part: None,
        now: Callable[[], float] = lambda: 0.0,
    ):
        self._changed, self._chosen, self._check, self._now = changed, chosen, check, now
        self._heading = heading
        self._refused: dict[str, tuple[Any, str]] = {}  # row → what was typed, and why it was not accepted
        self._told: dict[str, str] = {}  # row → what went wrong with what was accepted
        self._stamps: dict[str, int] = {}  # row → number of the last message about it
        self._made: dict[str, tuple[Described, list[dict]]] = {}  # prefix → a part and its rows
        self._told_at = -math.inf  # when it was last said what schedules give
        self.form = Form(self._edit)
        self.show(parts)

    def show(self, parts: Mapping[str, Described]) -> None:
        """Another selection; what was refused of the old one is forgotten."""
        self.parts = dict(parts)
        self._begun: set[tuple[str, str]] = set()  # schedules whose beginning is when they were chosen: nobody typed it
        self.settle()

    def settle(self) -> None:
        """What is shown is what there is: what was refused or went wrong before is over."""
        self._refused, self._told = {}, {}
        self.refresh()

    def refresh(self) -> None:
        """The form as it is now."""
        rows = {prefix: self._rows_of(prefix, part) for prefix, part in self.parts.items()}
        sections = [{"title": "", "note": "", "open": True, "rows": self._heading(self.parts)}]
        own = rows.get("dynamics", [])
        for group in GROUPS:
            inside = [row for row in own if row["group"] == group]
            sections.append({"title": group, "note": "", "open": True, "rows": inside})
        sections.append({"title": "Swarm", "note": "applies on reset", "open": True, "rows": rows.get("swarm", [])})
        sections.append({"title": "Landscape", "note": "", "open": True, "rows": rows.get("landscape", [])})
        self._known = {row["name"]: row for section in sections for row in section["rows"]}
        spec = [
            section | {"rows": [{k: v for k, v in row.items() if k not in SHOWN} for row in section["rows"]]}
            for section in sections
            if section["rows"]
        ]
        shown = {name: self._shown(row) for name, row in self._known.items()}
        long = {name: v for name, look in shown.items() if isinstance(v := look["value"], str) and len(v) > LONGEST}
        for name in long:
            shown[name]["value"] = None
        now = {"spec": spec, "long": long}
        self.form.param.update(
            **{name: value for name, value in now.items() if value != getattr(self.form, name)}, shown=shown
        )
        self.tell()

    def tell(self, hurried: bool = True) -> None:
        """Say beside each schedule what it gives now; when not ``hurried``, a few times per second."""
        if not hurried and time.monotonic() < self._told_at + TELLING:
            return
        self._told_at, t = time.monotonic(), self._now()
        values: dict[str, str] = {}
        for prefix, part in self.parts.items():
            values |= present_values(part, prefix, t)
        self.form.present = values

    def begin_again(self) -> None:
        """The swarm starts anew at t = 0, and with it the schedules that began when they were chosen; a typed beginning stays."""
        for prefix, name in self._begun:
            part = self.parts[prefix].copy()
            setattr(part, name, type(old := getattr(part, name))(**old.values_now() | {"since": 0.0}))
            self.parts[prefix] = part
        if self._begun:
            self._begun = set()
            self.refresh()

    def _rows_of(self, prefix: str, part: Described) -> list[dict]:
        """The rows of a part, made anew when it is another one: of three parts, an edit replaces one."""
        before, rows = self._made.get(prefix, (None, []))
        if before is not part:
            self._made[prefix] = part, (rows := rows_of(part, prefix))
        return rows

    def _shown(self, row: dict) -> dict[str, Any]:
        """What a row shows: what was typed as long as it stands refused, else what is in force."""
        name = row["name"]
        look = {key: row[key] for key in SHOWN if row.get(key)} | {"value": row["value"]}
        typed, error = self._refused.get(name, (None, self._told.get(name, "")))
        if isinstance(typed, str):
            look["text" if row["kind"] == "number" else "value"] = typed
        return look | ({"error": error} if error else {}) | ({"stamp": n} if (n := self._stamps.get(name)) else {})

    def complain(self, name: str, sentence: str) -> None:
        """Put a sentence beside a control, where it stays until something is accepted; an empty one takes it away."""
        self._told[name] = brief(sentence)
        self.refresh()

    def rows(self, prefix: str) -> list[str]:
        """The names of the rows of a part."""
        return [name for name in self._known if name.startswith(f"{prefix}.")]

    def take_back(self, name: str, part: Described, reason: str) -> None:
        """What was accepted could not act: its part is ``part`` again, and its row says why and keeps what was typed."""
        prefix, _, parameter = name.partition(".")
        if name in self._known and prefix in self.parts:
            row = self._known[name]
            typed = row.get("text", row["value"])
            self.parts[prefix] = part
            self._refused[name] = typed, brief(f"{parameter} = {typed!r}: {reason}")
            self.refresh()

    def owner_of(self, sentence: str) -> str | None:
        """The row that a refusal is about: the core's sentences begin with the parameter's name."""
        word = re.match(r"\w+", sentence)
        own = [name for name in self._known if word and name.split(".")[-1] == word.group()]
        inside = [name for name in self._known if word and name.split(".")[1:2] == [word.group()]]  # of its schedule
        return next(iter(own + inside), None)

    def _edit(self, name: str, value: Any, final: bool, stamp: int = 0) -> None:
        prefix, _, path = name.partition(".")
        if name not in self._known:
            return
        self._stamps[name] = stamp
        if not path:
            self._chosen(name, value)
            self.refresh()
            return
        trial = self.parts[prefix].copy()
        try:
            assign(trial, path, value, self._now())
            self._check(prefix, trial)
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            self._refused[name] = value, brief(str(error))
            self.refresh()
            return
        self.parts[prefix] = trial
        self._remember(prefix, path)
        self._told = {}
        self._refused.pop(name, None)
        self.refresh()
        self._changed(name, final)

    def _remember(self, prefix: str, path: str) -> None:
        """Whether a schedule began when it was chosen, or when a person said."""
        name, _, part = path.partition(".")
        if part == "kind" and getattr(getattr(self.parts[prefix], name), "since", 0.0):
            self._begun.add((prefix, name))
        elif part in ("", "kind", "since"):
            self._begun.discard((prefix, name))


def brief(sentence: str) -> str:
    """As much of a sentence as a person reads: what was typed may be long, and is told again in it."""
    return sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST // 2]} … {sentence[-LONGEST // 2 :]}"
