"""From what was typed in a row to the value of a parameter; the declaration itself decides what it takes."""

from __future__ import annotations

from typing import Any

from components.controls.rows import FIXED
from components.controls.schedule_drag import dragged
from components.controls.strokes import drawn
from components.text import understood
from swarmviz import schedules
from swarmviz.landscapes.grid.grid import Heights
from swarmviz.parameters import Described, Real, TimeDependent


def assign(owner: Described, path: str, value: Any, t: float = 0.0) -> None:
    """Set ``parameter``, ``parameter.kind`` or ``parameter.x`` (of its schedule) of ``owner``; a schedule begins at time ``t``.

    ``parameter.curve`` is a drag of a point of its curve, ``parameter.stroke`` a stroke over a table.

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
    elif part == "curve":
        setattr(owner, name, dragged(declared, old, value))
    elif part == "stroke":
        setattr(
            owner,
            name,
            drawn(name, old, value) if isinstance(declared, Heights) else declared.refuse(value, "is no table"),
        )
    elif part == "points":
        setattr(owner, name, type(old)(understood(None, value) or (), since=old.since))
    else:
        setattr(owner, name, type(old)(**old.values_now() | {part: understood(old.param[part], value)}))


def _schedule(kind: str, declared: Real, old: Any, t: float) -> Any:
    """A schedule of this kind, or a number, that begins at time ``t`` where the old one stands then, so that nothing jumps."""
    now = float(old.at(t)) if isinstance(old, TimeDependent) else float(old)
    if kind in (FIXED, schedules.Constant.__name__):
        return now if declared.contains(now) else declared.bounds[0]
    return schedules.ALL[kind].beginning(now, float(f"{t:.12g}"))  # 48 steps of 0.05 are 2.4 to a reader
