"""Parts (dynamics, landscapes, swarms, schedules) as values that JSON can hold, and back.

Three formats are written; files and links of before have them, so they stay as they are:

================== ================================================================ ==============================
:func:`described`  ``{"name": class, "values": {parameter: value}}``                stores and datasets
:func:`titled`     ``{"name": class, "title": …, "parameters": {parameter: value}}`` metadata of exports
:func:`shortened`  ``[class, {parameter: value}]``, without values that are defaults links; :func:`built` reads them
================== ================================================================ ==============================

A schedule is a part like the others for stores, and ``{"schedule": class, parameter: value, …}`` for exports and links.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from swarmviz import schedules
from swarmviz.parameters import Described, equal, restoring

# ---- writing ---------------------------------------------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """A parameter's value as JSON can hold it; a schedule becomes its name and its values."""
    return _plain(value, _schedule, _unchanged)


def plain_values(part: Described) -> dict[str, Any]:
    """All declared parameters of a part by their names, each :func:`plain`."""
    return {name: plain(value) for name, value in part.values_now().items()}


def described(thing: Any) -> Any:
    """A value as JSON can hold it, in the format of stores; what JSON has no form for becomes a text."""
    return _plain(thing, _described, str)


def as_json(thing: Any) -> str:
    """:func:`described` as text; equal things have equal texts."""
    return json.dumps(described(thing), ensure_ascii=False, sort_keys=True)


def titled(part: Described) -> dict[str, Any]:
    """A part in the format of metadata."""
    name = type(part).__name__
    return {"name": name, "title": getattr(part, "title", name), "parameters": plain_values(part)}


def shortened(part: Described) -> list:
    """A part in the format of links."""
    known = part.declared()  # a function has more to say for itself, which is code and in no link
    values = {n: v for n, v in plain_values(part).items() if n in known}
    return [type(part).__name__, {n: v for n, v in values.items() if not identical(v, plain(part.param[n].default))}]


def _plain(value: Any, of_part: Callable[[Described], Any], otherwise: Callable[[Any], Any]) -> Any:
    if isinstance(value, Described):
        return of_part(value)
    if isinstance(value, dict):
        return {str(name): _plain(item, of_part, otherwise) for name, item in value.items()}
    if hasattr(value, "tolist"):  # NumPy's arrays and numbers
        return _plain(value.tolist(), of_part, otherwise)
    if isinstance(value, list | tuple):
        return [_plain(item, of_part, otherwise) for item in value]
    return value if value is None or isinstance(value, bool | int | float | str) else otherwise(value)


def _described(part: Described) -> dict[str, Any]:
    return {"name": type(part).__name__, "values": {n: described(v) for n, v in part.values_now().items()}}


def _schedule(part: Described) -> dict[str, Any]:
    return {"schedule": type(part).__name__} | plain_values(part)


def _unchanged(value: Any) -> Any:
    return value


# ---- comparing -------------------------------------------------------------------------------------------------------------


def changes(before: Described, after: Described) -> dict[str, Any]:
    """Name → new value of each declared parameter that differs; all of them when the kind differs."""
    values = after.values_now()
    if type(before) is not type(after):
        return values
    old = before.values_now()
    return {name: value for name, value in values.items() if not equal(value, old[name])}


def is_default(part: Described, name: str) -> bool:
    """Whether a parameter has the value with which it is declared."""
    return equal(getattr(part, name), part.param[name].default)


def identical(a: Any, b: Any) -> bool:
    """Whether two plain values are the same to the bit: −0.0 is not 0.0."""
    return a is b or (type(a) is type(b) and repr(a) == repr(b))


# ---- reading ---------------------------------------------------------------------------------------------------------------


def built(content: Any, known: Mapping[str, type]) -> Any:
    """The part whose name and values are given, as :func:`shortened` writes them.

    Raises
    ------
    ValueError, TypeError
        When the name is not among ``known``, or a declaration refuses a value.
    """
    name, values = content
    if not isinstance(name, str) or name not in known:
        raise ValueError(f"{name!r} is not known")
    if not isinstance(values, dict):
        raise ValueError(f"{name}: its values must have names")
    kind = known[name]
    for parameter in values:
        if parameter not in kind.declared():  # type: ignore[attr-defined]
            raise ValueError(f"{name} has no parameter {parameter!r}")
    with restoring():  # a value that has no effect at present is kept
        return kind(**{parameter: _value(value) for parameter, value in values.items()})


def _value(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    name = value.get("schedule")
    if not isinstance(name, str) or name not in schedules.ALL:
        raise ValueError(f"{name!r} is no schedule")
    return schedules.ALL[name](
        **{parameter: v for parameter, v in value.items() if parameter not in ("schedule", "name")}
    )
