"""Parameters as plain JSON values and back: what a link, or anything else that is written down, holds of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from swarmviz import schedules
from swarmviz.exports.metadata import plain, values_of
from swarmviz.parameters import Described, restoring


def changed(part: Described) -> list:
    """Its name and the parameters that differ from their defaults."""
    values = values_of(part)
    return [type(part).__name__, {n: v for n, v in values.items() if not same(v, plain(part.param[n].default))}]


def same(a: Any, b: Any) -> bool:
    """Whether two plain values are the same to the bit: −0.0 is not 0.0."""
    return a is b or (type(a) is type(b) and repr(a) == repr(b))


def built(content: Any, known: Mapping[str, type]) -> Any:
    """The part whose name and values are given, as :func:`changed` writes them.

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
        if parameter not in kind.declared():
            raise ValueError(f"{name} has no parameter {parameter!r}")
    with restoring():  # what a person chose and then put aside is kept
        return kind(**{parameter: _full(value) for parameter, value in values.items()})


def _full(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    name = value.get("schedule")
    if not isinstance(name, str) or name not in schedules.ALL:
        raise ValueError(f"{name!r} is no schedule")
    return schedules.ALL[name](
        **{parameter: v for parameter, v in value.items() if parameter not in ("schedule", "name")}
    )
