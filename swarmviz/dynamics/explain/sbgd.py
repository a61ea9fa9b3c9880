"""One agent's step of SBGD; the numbers of the equations are those of :mod:`swarmviz.dynamics.sbgd`."""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.dynamics.backtracking import Agents, Rule, descend, make_found, make_search
from swarmviz.dynamics.explain.terms import Term, bounced, number, part, position, standing
from swarmviz.kernels.boundaries import CODES
from swarmviz.kernels.compiled import Reals, kernel
from swarmviz.kernels.packs import Box, SmoothObjective
from swarmviz.landscapes.base import Landscape


@kernel
def search(
    agent: Agents, one_by_heaviest: Reals, rule: Rule, box: Box, objective: SmoothObjective, result: Reals
) -> None:
    """The line search of one agent by itself: result ← how often it moved, its h, and the lengths tried."""
    found = make_found(1)
    descend(agent, 0, one_by_heaviest, rule, box, objective, make_search(box.low.size, 1), found)
    result[0], result[1], result[2] = found.moved[0], found.lengths[0], found.trials[0]


def terms(dynamics: Any, state: Any, landscape: Landscape, agent: int) -> list[Term]:
    """The terms of the step from an evaluated ``state``.

    Near a minimum a last bit decides whether a step descends enough, so the masses and the search of the length are the kernel's.
    """
    x, mass = position(state.x, state, agent), float(state.mass[agent])
    after = dynamics.advance(state, landscape, 1)[0].mass
    found = [number("m_n", "its mass", mass)]
    if mass > 0.0:
        found += [
            number(r"@eta = (\frac{F(X_n) - F_-}{F_+ - F_-})^{p}", "share of its mass that it gives", _share(dynamics, state, agent)),
            number("m_n^+ - m_n", "mass that it receives; below 0, that it gives", after[agent] - mass),
        ]  # fmt: skip
    found.append(standing(x))
    if not after[agent] > 0.0:
        return found
    relative, slope = float(after[agent] / after.max()), landscape.gradient(x[None])[0]
    moved, h, tried = _length(dynamics, state, landscape, agent, after)
    return bounced([
        number(r"\tilde m_n", "its mass relative to the heaviest: the larger, the more it must descend", relative),
        number(r"c \, \tilde m_n^{q}", "share of the descent along the tangent that it must reach", dynamics.c * relative**dynamics.q),
        number("b_n", "step lengths that it tried", tried),
        number("h_n", "step length that was accepted; 0: none was", h),
        *found,
        part(r"-@h \, ∇F(@x)", "descent along the gradient" if moved else "no step descends enough: it stays",
             -h * slope, h=h, x=x),
    ], dynamics.boundary if moved else "", landscape)  # fmt: skip


def _share(dynamics: Any, state: Any, agent: int) -> float:
    """η_n (1) of an agent that remains."""
    remaining = state.energy[state.mass > 0.0]
    low, high = remaining.min(), remaining.max()
    return float(((state.energy[agent] - low) / (high - low)) ** dynamics.p) if high > low else 0.0


def _length(dynamics: Any, state: Any, landscape: Landscape, agent: int, mass: np.ndarray) -> tuple[bool, float, float]:
    """Whether the agent moves, h of (5), and how many lengths were tried."""
    d, own, found = state.d, slice(agent, agent + 1), np.empty(3)
    alone = Agents(position(state.x, state, agent)[None], mass[None, own].copy(), state.energy[None, own].copy())
    rule = Rule(dynamics.h0, dynamics.gamma, dynamics.backtracks, dynamics.c, dynamics.q)
    objective = SmoothObjective(
        landscape.values_function(), landscape.gradient_function(), landscape.constants(), landscape.minimisers(d)
    )
    box = Box(*landscape.limits(d), CODES[dynamics.boundary])
    search(alone, np.array([1.0 / mass.max()]), rule, box, objective, found)
    return bool(found[0]), float(found[1]), float(found[2])
