r"""What a term of one agent's step is, and what the steps of several dynamics are made of.

    X_n⁺ = Σ of the terms that add up                                                     (1)
    Π(y) − y, the last of them, brings y, the sum of the others, back into the box        (2)

The terms are made in Python from the state in which the step begins, with the draws at the addresses at which the kernel finds them; the
kernel is asked for nothing but what a last bit could turn over. So they are a second computation of the step: tests hold the sum to 1e-12
of the simulated position, and decisions to the kernel's.

A symbol is LaTeX in which names follow an at sign, as in the lines of equations (:mod:`swarmviz.dynamics.equations.lines`); ``numbers`` has
this agent's number, or point, for each. Names that are not those of the lines have their symbols in ``SYMBOLS``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from swarmviz.kernels import boundaries
from swarmviz.kernels.blocks import agent_of
from swarmviz.kernels.noise import LAWS, fill
from swarmviz.kernels.randomness import key, scratch, uniform
from swarmviz.landscapes.base import Landscape

WRITTEN = 3  # coordinates of a point that are written out
Number = float | np.ndarray

# The symbols of the names in terms that are neither parameters nor quantities of the equations.
SYMBOLS = {
    "ahead": r"\tilde ν",
    "away": "(X_n - ν)",
    "clone": "X_{i(n)}",
    "eta": "η_n",
    "h": "h_n",
    "memory": "Y_n",
    "predicted": r"\tilde X_n",
    "pull": "Λ",
    "rate": "σ(m_n)",
    "reach": "A(X_n)",
    "sigma": "σ",
    "switch": "H_n",
    "x": "X_n",
    "xi": "ξ_n",
    "xi_common": "ξ_n^2",
    "xi_own": "ξ_n^1",
}


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A term of one agent's step.

    Attributes
    ----------
    symbol : str
        LaTeX with names in the place of symbols.
    meaning : str
        What it is, in a few words.
    value : float or (d,) array
        Its number, or its vector.
    adds : bool
        Whether it is a vector of (1): those that add up are, in their order and head to tail, the way to the next position. The first one
        is the present position.
    numbers : mapping of str to float or (d,) array
        What stands for the names in ``symbol`` in this step.
    spread : (d,) array, optional
        Of a random vector the half axes of its law: its value is one draw times this, coordinate by coordinate.
    """

    symbol: str
    meaning: str
    value: Number
    adds: bool = False
    numbers: Mapping[str, Number] = field(default_factory=lambda: MappingProxyType({}))
    spread: np.ndarray | None = None


def part(symbol: str, meaning: str, value: Any, spread: Any = None, **numbers: Number) -> Term:
    """A term that adds up."""
    return Term(symbol, meaning, np.array(value, float), True, numbers, None if spread is None else np.abs(spread))


def number(symbol: str, meaning: str, value: Any, **numbers: Number) -> Term:
    """A term that is a number, on which others depend."""
    return Term(symbol, meaning, float(value), False, numbers)


def total(terms: Sequence[Term]) -> np.ndarray:
    """The sum (1) of the terms that add up, shape (d,)."""
    return np.sum([np.asarray(term.value) for term in terms if term.adds], axis=0)


def position(flat: np.ndarray, state: Any, agent: int) -> np.ndarray:
    """The row of an agent, (d,), in what a state keeps in blocks: its positions, velocities or memories."""
    return agent_of(flat[None], state.n, state.d, np.array([agent]))[0]


def standing(x: np.ndarray) -> Term:
    """Where the agent is: the first of the terms that add up."""
    return part("@x", "where it is", x, x=x)


def bounced(terms: Sequence[Term], boundary: str, landscape: Landscape) -> list[Term]:
    """The terms, and (2) where the sum of those that add up is not in the box."""
    end = total(terms)
    if boundary not in boundaries.CODES:
        return list(terms)
    inside, (low, high) = end[:, None].copy(), landscape.limits(len(end))
    boundaries.confine(inside, low, high, boundaries.CODES[boundary])
    if (inside[:, 0] == end).all():
        return list(terms)
    return [*terms, part("Π(y) - y", f"back into the box: {boundary}", inside[:, 0] - end)]


def noise_of(state: Any, purpose: int, agent: int, law: str = "gaussian", freedom: float = 3.0) -> np.ndarray:
    """The draws of an agent for the step that comes, (d,), at the address at which the kernel finds them."""
    z = np.empty((state.d, 1), np.float32)
    step = np.uint64(key(state.seed, purpose, state.k))
    fill(z, *scratch(1, state.d), LAWS[law].code, freedom, step, agent)
    return z[:, 0].astype(float)


def chance_of(state: Any, purpose: int, agent: int, coordinate: int = 0) -> float:
    """The uniform number of an agent for the step that comes."""
    return float(uniform(np.uint64(key(state.seed, purpose, state.k)), agent, coordinate))


def values_at(dynamics: Any, state: Any, *names: str) -> list[float]:
    """Schedulable parameters as they act on the step that comes."""
    return [float(values[0]) for values in dynamics._schedules(state, 0, *names)]


def value_at(landscape: Landscape, x: np.ndarray) -> float:
    """F at a point (d,)."""
    return float(landscape.values(x[None])[0])
