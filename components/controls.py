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
from pathlib import Path
from typing import Any

import panel as pn
import param

from components.text import readable, understood, written
from swarmviz import schedules
from swarmviz.parameters import GROUPS, Choice, Described, Real, Switch, TimeDependent, Vector, Whole, is_used

ASSETS = Path(__file__).parent.parent / "assets"
WIDEST = 1e9  # a range wider than this gets no slider, only a box
FIXED = "fixed"
TELLING = 0.25  # seconds between two looks at what schedules give now


class Form(pn.custom.JSComponent):
    """Rows of labelled editors; what a person does arrives in ``on_edit(name, value, final)``."""

    spec = param.List([], doc="Sections: title, note, open, rows.")
    patch = param.Dict({}, doc="Row name → what changed: value, error, hidden, pending.")
    present = param.Dict({}, doc="Name of a schedule's row → what it gives now, in words.")

    _esm = (ASSETS / "form.js").read_text(encoding="utf-8")
    _stylesheets = [(ASSETS / "form.css").read_text(encoding="utf-8")]  # noqa: RUF012 (Panel's own convention)

    def __init__(self, on_edit: Callable[[str, Any, bool], None], **params: Any):
        super().__init__(**{"margin": 0} | params)
        self._on_edit = on_edit

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict) and isinstance(data.get("name"), str):
            self._on_edit(data["name"], data.get("value"), bool(data.get("final")))


# ---- rows ------------------------------------------------------------------------------------------------------------


def choice_row(name: str, label: str, options: Iterable[tuple[str, str]], value: str, doc: str = "") -> dict:
    """A menu that belongs to no declaration: the dynamics, the landscape."""
    look = {"kind": "choice", "symbol": "", "label": label, "doc": doc, "heading": True}
    return look | {"name": name, "options": [list(option) for option in options], "value": value}


def note_row(name: str, text: str) -> dict:
    """A sentence under a menu, which holds until something is edited."""
    look = {"kind": "note", "symbol": "", "label": "", "doc": "", "hidden": not text}
    return look | {"name": name, "value": text, "after_edit": {"hidden": True}}


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
    return {"kind": "number", "value": value, "slider": _slider(declared)}


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
    low, high = declared.slider or declared.bounds or (None, None)
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

    Parameters
    ----------
    parts : mapping of str to Described
        What may be edited, by prefix; an accepted edit puts a changed copy in ``parts``.
    heading : list of dict
        Rows of the choices, named without a prefix.
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
        heading: list[dict],
        changed: Callable[[str, bool], None],
        chosen: Callable[[str, Any], None],
        check: Callable[[str, Described], None] = lambda prefix, part: None,
        now: Callable[[], float] = lambda: 0.0,
    ):
        self._changed, self._chosen, self._check, self._now = changed, chosen, check, now
        self.form, self._revision = Form(self._edit), 0
        self._told_at = -math.inf
        self.show(parts, heading)

    def show(self, parts: Mapping[str, Described], heading: list[dict]) -> None:
        """Another selection: all rows anew."""
        self.parts, self._heading = dict(parts), heading
        self._begun: set[tuple[str, str]] = set()  # schedules whose beginning is when they were chosen: nobody typed it
        self.refresh()

    def refresh(self) -> None:
        """All rows anew from the values as they stand."""
        rows = {prefix: rows_of(part, prefix) for prefix, part in self.parts.items()}
        self._revision += 1  # so that the browser hears of it even when nothing else changed: a choice was refused
        sections = [{"title": "", "note": "", "open": True, "rows": self._heading, "revision": self._revision}]
        own = rows.get("dynamics", [])
        for group in GROUPS:
            inside = [row for row in own if row["group"] == group]
            sections.append({"title": group, "note": "", "open": True, "rows": inside})
        sections.append({"title": "Swarm", "note": "applies on reset", "open": True, "rows": rows.get("swarm", [])})
        sections.append({"title": "Landscape", "note": "", "open": True, "rows": rows.get("landscape", [])})
        self._known = {row["name"]: row for section in sections for row in section["rows"]}
        self.form.spec = [section for section in sections if section["rows"]]
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

    def complain(self, name: str, sentence: str) -> None:
        """Put a sentence beside a control; an empty one takes it away."""
        if name in self._known:
            self.form.patch = {name: {"error": sentence}}

    def owner_of(self, sentence: str) -> str | None:
        """The row that a refusal is about: the core's sentences begin with the parameter's name."""
        word = re.match(r"\w+", sentence)
        return next((name for name in self._known if word and name.split(".")[-1] == word.group()), None)

    def _edit(self, name: str, value: Any, final: bool) -> None:
        prefix, _, path = name.partition(".")
        if name not in self._known:
            return
        if not path:
            self._chosen(name, value)
            return
        trial = self.parts[prefix].copy()
        try:
            assign(trial, path, value, self._now())
            self._check(prefix, trial)
        except (ValueError, TypeError, KeyError) as error:
            self.complain(name, str(error))
            return
        self.parts[prefix] = trial
        self._remember(prefix, path)
        stale = self._stale()
        if path.endswith(".kind"):
            self.refresh()
        else:
            self.form.patch = stale | self._consequences(name, prefix, path)
            self.tell()
        self._changed(name, final)

    def _remember(self, prefix: str, path: str) -> None:
        """Whether a schedule began when it was chosen, or when a person said."""
        name, _, part = path.partition(".")
        if part == "kind" and getattr(getattr(self.parts[prefix], name), "since", 0.0):
            self._begun.add((prefix, name))
        elif part in ("", "kind", "since"):
            self._begun.discard((prefix, name))

    def _stale(self) -> dict[str, dict]:
        """What in the heading holds only until something is edited."""
        patch = {row["name"]: row["after_edit"] for row in self._heading if "after_edit" in row}
        self._heading = [row | patch.get(row["name"], {}) for row in self._heading]
        return patch

    def _consequences(self, name: str, prefix: str, path: str) -> dict:
        """What else an accepted value changes in the form: its error goes, other rows appear or vanish, a formula follows."""
        patch: dict[str, dict] = {name: {"error": ""}}
        for row in rows_of(self.parts[prefix], prefix):
            known = self._known.get(row["name"])
            if known is None:
                continue
            change = {key: row[key] for key in ("hidden",) if row.get(key) != known.get(key)}
            if row["kind"] == "formula" and row["value"] != known["value"]:
                change["value"] = row["value"]
            if change:
                patch[row["name"]] = patch.get(row["name"], {}) | change
            self._known[row["name"]] = row
        return patch
