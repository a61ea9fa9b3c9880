"""One walker's step of Fractal Monte Carlo; the numbers of the equations are those of :mod:`swarmviz.dynamics.fmc.dynamics`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from swarmviz.dynamics.explain.terms import (
    Term,
    bounced,
    chance_of,
    noise_of,
    number,
    part,
    position,
    standing,
    values_at,
)
from swarmviz.dynamics.fmc.cloning import group_range
from swarmviz.kernels.randomness import COMPANION, JUMP, POSITION_NOISE, index, key
from swarmviz.landscapes.base import Landscape

FIRST, SECOND = range(2)  # rows of the purpose COMPANION


def terms(dynamics: Any, state: Any, landscape: Landscape, agent: int) -> list[Term]:
    """The terms of the step from an evaluated ``state``."""
    (sigma,), x = values_at(dynamics, state, "sigma"), position(state.x, state, agent)
    others = _others(dynamics, state, agent)
    seen = _companion(state, agent, others, FIRST)
    rival = _companion(state, agent, others, SECOND) if dynamics.companion == "own" else seen
    lives, there = bool(state.living[agent]), position(state.x, state, rival)
    found = [
        number("j(n)", "companion that it looks at", seen),
        number(r"|X_n - X_{j(n)}|", "distance from it", np.linalg.norm(x - position(state.x, state, seen))),
        number("i(n)", "companion with which it compares itself", rival),
    ]
    clones = rival != agent
    if lives:
        own, other, chance = state.log_virtual[agent], state.log_virtual[rival], chance_of(state, JUMP, agent)
        ratio, little = math.exp(min(own - other, 700.0)), dynamics.epsilon * math.exp(min(-other, 700.0))
        clones = clones and ratio < 1.0 and chance * (ratio + little) < 1.0 - ratio
        found += [
            number(r"\ln VR_n", "logarithm of its virtual reward", own),
            number(r"\ln VR_{i(n)}", "logarithm of the other's", other),
            number("p_n", "probability that it clones", min(max((1.0 - ratio) / (ratio + little), 0.0), 1.0)),
            number("U_n", "its draw: it clones below p", chance),
        ]
    why = "whether it clones" if lives else "a dead walker clones in any case"
    found += [number("1[U_n < p_n]", why, clones), standing(x)]
    if clones:
        found.append(part(r"@clone - @x", "to the walker that it clones", there - x, clone=there, x=x))
    if dynamics.jitter == "all" or clones:
        xi = noise_of(state, POSITION_NOISE, agent)
        found.append(part(r"@sigma @xi", "jitter", sigma * xi, np.full(state.d, sigma), sigma=sigma, xi=xi))
    return bounced(found, dynamics.boundary, landscape)


def _others(dynamics: Any, state: Any, agent: int) -> np.ndarray:
    """The other living walkers of its group, in their order."""
    place, groups = int(np.flatnonzero(state.members == agent)[0]), dynamics._groups(state.n)
    ranges = (group_range(g, groups, state.n) for g in range(groups))
    team = next(state.members[first:end] for first, end in ranges if first <= place < end)
    return team[(state.living[team] != 0) & (team != agent)]


def _companion(state: Any, agent: int, others: np.ndarray, row: int) -> int:
    """One of them, uniformly drawn; the walker itself where there is none."""
    if not len(others):
        return agent
    return int(others[index(np.uint64(key(state.seed, COMPANION, state.k)), agent, row, len(others))])
