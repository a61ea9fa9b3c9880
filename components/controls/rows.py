"""The rows of the form, from declarations: the only module that chooses how a parameter is edited.

A row is chosen by the kind of the declaration, never by the name of a parameter or of a dynamics.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable
from functools import lru_cache, singledispatch
from typing import Any, Literal, NamedTuple

import param

from components.controls.tables import MOST_SHOWN_NUMBERS, shape_of
from components.text import readable
from swarmviz import schedules
from swarmviz.landscapes.grid.grid import Heights
from swarmviz.parameters import (
    GROUPS,
    Choice,
    Described,
    Real,
    Slider,
    Switch,
    TimeDependent,
    Vector,
    is_used,
    slider_of,
    written,
)
from swarmviz.theory.wording import number_words

TRIED = ("Noise", "Schedule", *GROUPS)  # groups whose sliders are tried first: it is how a swarm explores
FIXED = "fixed"  # in the menu of schedules: none, a number
STATE = ("value", "text", "hidden")  # fields of a row that may change while it remains the same row

Kind = Literal["number", "text", "choice", "switch", "note", "formula", "present", "curve", "upload", "drawing"]


class Row(NamedTuple):
    """One row of the form: what the browser builds once, and what it shows then.

    Attributes
    ----------
    name : str
        ``prefix.parameter``, ``prefix.parameter.part`` for a part of a schedule, or a name without a point in the heading.
    kind : Kind
        Which editor it gets: ``number``, ``text``, ``choice`` or ``switch``; ``note``, ``formula`` and ``present`` only show something,
        ``curve`` is a schedule that can be dragged, ``upload`` takes a file, and on a ``drawing`` values are drawn by hand.
    symbol, label, doc : str
        What stands beside the editor, and what describes both on hover and focus.
    parameter : str
        The declared parameter that it edits, the whole or a part of; empty in the heading.
    group : str
        What a dynamics' parameter belongs to, one of :data:`swarmviz.parameters.GROUPS`.
    turn : int
        The place of its group among those of which the sliders are tried first.
    rare : bool
        Whether it is folded away, because it is changed so seldom.
    usual : number, str or bool, optional
        Its default where it is rare: what differs from it is told while it is folded away.
    value : number, str or bool
        What is in force.
    text : str
        The value of a number as its box shows it.
    hidden : bool
        Whether it does not matter now.
    options : tuple of (value, text)
        Of a choice.
    placeholder : str
        Of an empty text box.
    lines : bool
        Whether the lines of a text that is pasted are rows of a table: a box has but one.
    slider : Slider, optional
        Of a number; without one it has only a box.
    nested : bool
        Whether it belongs to the row above.
    inline : bool
        Whether it is a small menu at the right of the row above.
    heading : bool
        Whether it chooses what the form is about: the dynamics, the preset, the landscape.
    """

    name: str
    kind: Kind = "text"
    symbol: str = ""
    label: str = ""
    doc: str = ""
    parameter: str = ""
    group: str = ""
    turn: int = 0
    rare: bool = False
    usual: Any = None
    value: Any = ""
    text: str = ""
    hidden: bool = False
    options: tuple[tuple[str, str], ...] = ()
    placeholder: str = ""
    lines: bool = False
    slider: Slider | None = None
    nested: bool = False
    inline: bool = False
    heading: bool = False

    def build(self) -> dict[str, Any]:
        """What the browser builds the row of; a field that is not there is empty or false."""
        fields = {name: field for name, field in self._asdict().items() if name not in STATE and (field or field == "")}
        if self.usual is not None:
            fields["usual"] = self.usual
        if self.options:
            fields["options"] = [list(option) for option in self.options]
        return fields

    def state(self) -> dict[str, Any]:
        """What the row shows: its value, and its text and whether it is hidden where that is the case."""
        out = {"value": self.value}
        if self.text:
            out["text"] = self.text
        if self.hidden:
            out["hidden"] = True
        return out


def choice_row(name: str, label: str, options: Iterable[tuple[str, str]], value: str) -> Row:
    """A menu of the heading, which belongs to no declaration: the dynamics, the landscape."""
    return Row(name, "choice", label=label, options=tuple(options), value=value, heading=True)


def note_row(name: str, text: str) -> Row:
    """A sentence under a menu of the heading; its place is kept, so that nothing moves when another takes its place."""
    return Row(name, "note", value=text)


def rows_of(owner: Described, prefix: str) -> list[Row]:
    """The rows of all parameters of ``owner``, named ``prefix.parameter``."""
    rows: list[Row] = []
    for name, declared in owner.declared().items():
        row = _described(declared, f"{prefix}.{name}")._replace(hidden=not is_used(owner, declared))
        if getattr(declared, "schedulable", False):
            rows += _schedulable(declared, row, getattr(owner, name))
        else:
            rows.append(_with_own_slider(owner, name, _with_editor(declared, row, getattr(owner, name))))
            if isinstance(declared, Heights):
                rows += _table_rows(rows[-1])
    return rows


def _table_rows(row: Row) -> list[Row]:
    """What else edits values on a grid: a hand, and a file of one's own."""
    own = row._replace(symbol="", value="", placeholder="", lines=False, nested=True)
    about = (
        "Values from a file: CSV (numbers between commas, a line for each place of the first coordinate), a NetCDF variable, or a "
        "grey PNG or JPEG, bright is high. Low and high are where its first and last values lie; empty: as the file says, or as now."
    )
    drawing = (
        "Draw F by hand: on a line a curve, in the plane hills and wells with a brush. Arrow keys go from value to value; Page up and Page "
        "down, on a line the arrows up and down too, change one, with Shift five times as much."
    )
    return [
        own._replace(name=f"{row.name}.stroke", kind="drawing", label="Drawing", doc=drawing),
        own._replace(name=f"{row.name}.file", kind="upload", label="File", doc=about),
    ]


def _with_own_slider(owner: Described, name: str, row: Row) -> Row:
    """The row with the slider that its owner gives it in place of that of the declaration; none where it has no effect."""
    if not owner.matters(name):
        return row._replace(slider=None)
    own = owner.slider_range(name)
    return row._replace(slider={"low": own[0], "high": own[1], "log": False, "whole": False}) if own else row


@lru_cache(4096)  # of every parameter of the page: a slider that is dragged asks for all rows of its part
def _described(declared: param.Parameter, name: str) -> Row:
    """The row of a declaration, as yet without a value."""
    doc = " ".join((declared.doc or "").split())
    unit = getattr(declared, "unit", "")
    allowed = f" ({declared.range_text})" if isinstance(declared, Real) else ""
    rare, group = getattr(declared, "rare", False), getattr(declared, "group", GROUPS[0])
    return Row(
        name,
        symbol=getattr(declared, "symbol", "") or declared.name,
        label=f"{declared.label} [{unit}]" if unit else declared.label,
        doc=f"{doc}{allowed}",
        parameter=name.split(".")[1] if "." in name else "",
        group=group,
        turn=TRIED.index(group),
        rare=rare,
        usual=declared.default if rare else None,
    )


@singledispatch
def _with_editor(declared: param.Parameter, row: Row, value: Any) -> Row:
    """The row with the editor and the value of its parameter."""
    return row._replace(kind="text", value="" if value is None else str(value))


@_with_editor.register
def _(declared: Real, row: Row, value: Any) -> Row:
    return row._replace(kind="number", value=value, text=written(value), slider=slider_of(declared))


@_with_editor.register
def _(declared: Choice, row: Row, value: Any) -> Row:
    meanings = declared.meanings or {}
    doc = " ".join([row.doc, *(f"{name}: {meanings[name]}" for name in meanings)])
    return row._replace(kind="choice", value=value, doc=doc, options=tuple((name, name) for name in declared.objects))


@_with_editor.register
def _(declared: Switch, row: Row, value: Any) -> Row:
    return row._replace(kind="switch", value=value)


@_with_editor.register
def _(declared: Vector, row: Row, value: Any) -> Row:
    hint = "x, y; x, y; …" if declared.shape == "table" else "a number, or one per coordinate"
    return row._replace(kind="text", value=written(value), placeholder=hint, lines=True)


@_with_editor.register
def _(declared: Heights, row: Row, value: Any) -> Row:
    if value.array.size > MOST_SHOWN_NUMBERS:
        return row._replace(kind="text", value="", placeholder=shape_of(value), lines=True)
    return row._replace(kind="text", value=written(value), placeholder="u, u, …; u, u, …", lines=True)


# ---- schedules -------------------------------------------------------------------------------------------------------------

KINDS = (
    (FIXED, "fixed"),
    *((name, cls.title.lower()) for name, cls in schedules.ALL.items() if cls is not schedules.Constant),
)


def _schedulable(declared: Real, row: Row, value: Any) -> list[Row]:
    """A number with the menu that makes it follow a schedule, or that menu with the rows of the schedule."""
    if isinstance(value, schedules.Constant):  # of a link or a library: on the page it is a number
        value = value.value
    menu = row._replace(name=f"{row.name}.kind", kind="choice", options=KINDS)
    if isinstance(value, TimeDependent):
        return [menu._replace(value=type(value).__name__), *_schedule_rows(row, value)]
    small = menu._replace(value=FIXED, inline=True, doc=f"{row.symbol} may follow a schedule: {row.symbol}(t).")
    return [_with_editor(declared, row, value), small]


def _schedule_rows(row: Row, schedule: Any) -> list[Row]:
    """The rows of a schedule's curve, of what it gives now, of its own parameters and its formula, under the row of the parameter."""
    under = row._replace(symbol="", label="", nested=True, usual=None)
    drag = " Double-click adds a point, Delete removes one." if hasattr(schedule, "points") else ""
    about = f"{row.symbol} over time t: what acted until now, and (dashed) the schedule. Drag a point or use the arrow keys.{drag}"
    rows = [
        under._replace(name=f"{row.name}.curve", kind="curve", doc=about),
        under._replace(name=f"{row.name}.now", kind="present"),
    ]
    if hasattr(schedule, "points"):  # which are no declared parameter
        doc, points = "Points: time since it began, value; …", written(schedule.points)
        own = under._replace(name=f"{row.name}.points", label="Points", doc=doc)
        rows.append(own._replace(value=points, placeholder="0, 1; 10, 0"))
    for name, declared in schedule.declared().items():
        own = _with_editor(declared, _described(declared, f"{row.name}.{name}"), getattr(schedule, name))
        rows.append(
            own._replace(nested=True, hidden=row.hidden, group=row.group, turn=row.turn, rare=row.rare, usual=None)
        )
    if hasattr(schedule, "points"):
        return rows  # its points say all that its formula would
    formula = f"{html.escape(row.symbol)}(t) = {readable(schedule.equation)}"
    return [*rows, under._replace(name=f"{row.name}.formula", kind="formula", value=formula)]


def present_values(owner: Described, prefix: str, t: float) -> dict[str, Any]:
    """What each schedule that matters gives at time ``t``, by the name of its row: in words, and for its curve as [t, value]."""
    out: dict[str, Any] = {}
    for name, declared in owner.declared().items():
        value = getattr(owner, name)
        if isinstance(value, schedules.Begun) and is_used(owner, declared):
            now = float(value.at(t))
            out[f"{prefix}.{name}.now"] = (
                f"now t = {number_words(t, 4)}, {getattr(declared, 'symbol', '') or name} = {number_words(now, 4)}"
            )
            out[f"{prefix}.{name}.curve"] = [t, now if math.isfinite(now) else None]
    return out
