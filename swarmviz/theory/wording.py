"""A parameter in plain words, for the details of claims: its symbol, its value and what that means, all from its declaration."""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.parameters import Choice, Described, TimeDependent
from swarmviz.schedules import Schedule

NAMES = (
    "Euler",
    "Heun",
    "Gauss",
    "Brownian",
    "Cauchy",
    "Student",
    "Metropolis",
    "F ",
    "R ",
    "F,",
)  # that stay as they are in mid-sentence


def parameter_words(owner: Described, name: str, n: int = 0) -> str:
    """What it is set to and what that means: "∂ = clip: agents are projected onto the box", "ε = 0: no switch, every agent drifts".

    ``n`` is the number of agents; what a value that switches something off means is that of the equations (``Equations.absent``).
    """
    declared, value = owner.param[name], getattr(owner, name)
    if isinstance(declared, Choice):
        return f"{symbol_of(owner, name)} = {value}: {inside(declared.meanings[value].rstrip('.'))}"
    if isinstance(value, TimeDependent):
        return f"{symbol_of(owner, name)} changes with time"
    said = f"{symbol_of(owner, name)} = {number_words(value)}"
    equations = getattr(owner, "equations", None)  # a swarm has none
    absent = equations.absent.get(name) if equations is not None else None
    if absent is None or not absent.when(owner, n):
        return said
    return f"{said}: {absent.reason.split(': ', 1)[-1]}"


def schedule_words(symbol: str, value: Any) -> str:
    """Whether a number is constant, and after which schedule it changes else."""
    return f"{symbol} follows the schedule “{value.title}”" if isinstance(value, Schedule) else f"{symbol} is constant"


def symbol_of(owner: Described, name: str) -> str:
    """How a parameter is written in formulas."""
    return getattr(owner.param[name], "symbol", "") or name


def number_words(value: Any) -> str:
    """Three digits, with a minus sign."""
    return f"{value:.3g}".replace("-", "−") if isinstance(value, int | float | np.floating) else str(value)


def inside(text: str) -> str:
    """A sentence as it is written after a colon: with a small letter, unless it begins with a name."""
    return text if text.startswith(NAMES) else text[:1].lower() + text[1:]
