"""Which coordinates of a swarm are drawn, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def names_of(i: int, d: int) -> tuple[str, str]:
    """What coordinate ``i`` of ``d`` and its velocity are called."""
    index = "" if d == 1 else str(i + 1).translate(SUBSCRIPTS)
    return f"x{index}", f"v{index}"


def chosen(coordinates: Sequence[int] | None, d: int) -> tuple[int, ...]:
    """One or two coordinates, checked; the first one or two by default.

    Raises
    ------
    ValueError
        When they are not one or two different whole numbers from 0 to d − 1.
    """
    if coordinates is None:
        return tuple(range(min(d, 2)))
    wanted: list[Any] = list(coordinates) if isinstance(coordinates, Iterable) else [coordinates]
    known = {i for i in wanted if isinstance(i, int | np.integer) and not isinstance(i, bool) and 0 <= int(i) < d}
    if not 1 <= len(wanted) <= 2 or len(known) != len(wanted):
        raise ValueError(f"coordinates = {coordinates!r}: must be one or two different whole numbers from 0 to {d - 1}")
    return tuple(int(i) for i in wanted)
