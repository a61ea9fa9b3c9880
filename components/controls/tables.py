"""The table of a landscape as its rows edit it, whatever its parameters are called: found by the kind of their declarations."""

from __future__ import annotations

from typing import Any

import numpy as np

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
    changed.minimisers(axes)  # type: ignore[attr-defined]  # kept by the table
    return changed


def shape_of(value: Any) -> str:
    """The shape of a table in words."""
    return f"{' × '.join(map(str, np.shape(value.array)))} values"
