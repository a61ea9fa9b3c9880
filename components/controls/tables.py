"""The table of a landscape as its rows edit it, whatever its parameters are called: found by the kind of their declarations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from components.controls.strokes import sheet_of
from components.uploads.upload import Table
from swarmviz.landscapes.grid.grid import Heights, Intervals
from swarmviz.parameters import Described

MOST_SHOWN_NUMBERS = 2000  # of a table in its text box; a larger one could not be typed again


def table_of(part: Described) -> str:
    """The parameter of a part that holds values on a grid; "" where there is none."""
    return next((name for name, declared in part.declared().items() if isinstance(declared, Heights)), "")


def with_table(part: Described, given: Table) -> Described:
    """A copy of a part with the values of a file, and the box: as it was typed, else that of the file, else that of the part.

    What follows from the values is computed at once, so not on the page's thread.

    Raises
    ------
    ValueError
        When the declarations refuse them.
    """
    found, low, high = given
    changed = part.copy()
    name = table_of(part)
    span = next((own for own, declared in part.declared().items() if isinstance(declared, Intervals)), "")
    if low is None or high is None:
        low, high = found.box or (None, None)
    axes = found.values.ndim
    if low is not None and high is not None:
        if max(len(low), len(high)) > axes:
            raise ValueError(
                f"low = {low}, high = {high}: must be one number each, or {axes}, as the table has {axes} axes"
            )
        ends = np.stack(np.broadcast_arrays(np.array(low), np.array(high)), axis=1)
        setattr(changed, span, ends)
    setattr(changed, name, found.values)
    changed.separation(axes)  # type: ignore[attr-defined]  # with the minimisers; both are kept by the table
    return changed


def carried_over(now: Described, before: Described, changed: Described) -> Described:
    """What a part has been changed to, with what else was edited of it meanwhile: ``now`` is what it has become, and is not changed.

    Raises
    ------
    ValueError
        When it has become another one.
    """
    if now is before:
        return changed
    if type(now) is not type(before):
        raise ValueError("another landscape was chosen meanwhile")
    known, now = before.values_now(), now.copy()
    for name, value in changed.values_now().items():
        if value != known[name]:
            setattr(now, name, value)
    return now


class Sheets:
    """What the browser draws on, of the tables of some parts; each made anew only where it has changed."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[Any, dict[str, Any]]] = {}
        self._sheets: dict[str, dict[str, Any]] = {}

    def of(self, parts: Mapping[str, Described]) -> dict[str, dict[str, Any]]:
        """Row name → sheet; the same dict as before where nothing has changed."""
        before, self._made = self._made, {}
        for prefix, part in parts.items():
            name = table_of(part)
            if not name:
                continue
            row, table = f"{prefix}.{name}.stroke", getattr(part, name)
            low, high = part.limits(table.array.ndim)  # type: ignore[attr-defined]
            box, old = (low.tolist(), high.tolist()), before.get(row)
            if old is None or old[0][0] is not table or old[0][1] != box:
                old = (table, box), sheet_of(table, low, high, part.param[name].symbol)
            self._made[row] = old
        if before.keys() != self._made.keys() or any(self._made[row] is not before[row] for row in before):
            self._sheets = {row: sheet for row, (_, sheet) in self._made.items()}
        return self._sheets


def shape_of(value: Any) -> str:
    """The shape of a table in words."""
    return f"{' × '.join(map(str, np.shape(value.array)))} values"
