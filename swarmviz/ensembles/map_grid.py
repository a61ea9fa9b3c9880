"""The values on the axes of a map: those that a dynamics proposes, or a range of any of its numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.dynamics.base import Dynamics
from swarmviz.parameters import Real, Whole
from swarmviz.swarm import Swarm

SIDE = 24  # values of an axis, unless another number is asked for
MAX_SIDE = 1000
DIGITS = 4  # of a value: what is printed is what is used


def proposed_grid(dynamics: Dynamics, swarm: Swarm, side: int = SIDE) -> dict[str, list[float]]:
    """The grid of the map that a dynamics proposes: its two parameters, ``side`` values of each; empty where it proposes none.

    Parameters
    ----------
    dynamics : Dynamics
    swarm : Swarm
        Its number of agents scales what is given per agent, such as β of SSA.
    side : int
        Values of each axis, 2 ≤ side ≤ 1000.

    Raises
    ------
    ValueError
        When ``side`` is out of its range.

    Examples
    --------
    >>> import swarmviz as sv
    >>> sv.ensembles.proposed_grid(sv.CBO(), sv.Swarm(), side=3)
    {'sigma': [0.1, 1.55, 3.0], 'lam': [0.1, 1.55, 3.0]}
    """
    ranges = proposed_ranges(dynamics, swarm)
    return {name: values_between(dynamics.declared()[name], *ends, side) for name, ends in ranges.items()}


def proposed_ranges(dynamics: Dynamics, swarm: Swarm) -> dict[str, tuple[float, float]]:
    """Name → first and last value of the parameters that a dynamics proposes."""
    found = {}
    for axis in dynamics.map_axes:
        declared = dynamics.declared()[axis.name]
        ends = (end / swarm.n if axis.per_agent else end for end in (axis.low, axis.high))
        low, high = declared.bounds
        found[axis.name] = tuple(min(max(end, low), high) for end in ends)
    return found


def values_between(declared: Any, low: float, high: float, side: int = SIDE) -> list[float]:
    """``side`` values of a parameter from ``low`` to ``high``, spaced as its ``scale`` says, in four digits.

    A whole number has each value once, so that there may be fewer. Where a logarithmic scale begins at 0 or below, it is a linear one.

    Raises
    ------
    ValueError
        When the parameter is no number, the range is empty, or ``side`` is out of its range; whether the parameter allows the values is its
        own affair.
    """
    if not isinstance(declared, Real):
        raise ValueError(f"{declared.name}: has no range of numbers; list its values")
    if isinstance(side, bool) or not isinstance(side, int | np.integer) or not 2 <= side <= MAX_SIDE:
        raise ValueError(f"{declared.name}: {side!r} values: must be a whole number from 2 to {MAX_SIDE}")
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ValueError(f"{declared.name} = {low!r} to {high!r}: must be two finite numbers, the smaller one first")
    spaced = np.geomspace if declared.scale == "log" and low > 0 else np.linspace
    values = spaced(low, high, side).tolist()
    if isinstance(declared, Whole):
        return list(dict.fromkeys(round(value) for value in values))
    inner = [float(f"{value:.{DIGITS}g}") for value in values[1:-1]]
    return list(dict.fromkeys([float(low), *inner, float(high)]))
