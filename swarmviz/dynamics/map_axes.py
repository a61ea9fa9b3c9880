"""Which two parameters of a dynamics span its map, as long as nobody chooses others."""

from __future__ import annotations

from typing import NamedTuple


class MapAxis(NamedTuple):
    """A parameter of the dynamics with the range in which it decides something.

    ``name`` is that of the parameter, whose ``scale`` says how its values are spaced; ``low`` and ``high`` are the first and the last of
    them, over the number of agents where they are ``per_agent``.
    """

    name: str
    low: float
    high: float
    per_agent: bool = False
