"""One agent's step of SSA; the numbers of the equations are those of :mod:`swarmviz.dynamics.ssa`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from swarmviz.dynamics.explain.terms import Term, bounced, noise_of, number, part, position, standing
from swarmviz.kernels.randomness import POSITION_NOISE
from swarmviz.landscapes.base import Landscape

TINY = 1e-300  # below which no positive mass falls


def terms(dynamics: Any, state: Any, landscape: Landscape, agent: int) -> list[Term]:
    """The terms of the step from an evaluated ``state``."""
    x, mass, dt = position(state.x, state, agent), float(state.mass[agent]), dynamics.dt
    slope, t = landscape.gradient(x[None])[0], float(dynamics._clock(state).at(state.k))
    rate = float(dynamics.noise_strength(state.mass[agent : agent + 1], t)[0])
    found = [
        number("m_n", "its mass", mass),
        number("m_n^+ - m_n", "mass that it receives; below 0, that it gives", _received(dynamics, state, agent)),
        number("@sigma(m_n)", "how strongly it is shaken", rate, sigma=rate),
        standing(x),
        part(r"-@dt \, ∇F(@x)", "descent along the gradient", -dt * slope, dt=dt, x=x),
    ]
    if dynamics.profile != "none":
        xi, scale = noise_of(state, POSITION_NOISE, agent), math.sqrt(2.0 * dt * rate)
        found.append(part(r"\sqrt{2 @dt \, @rate} \, @xi", "noise, the stronger the lighter it is", scale * xi,
                          np.full(state.d, scale), dt=dt, rate=rate, xi=xi))  # fmt: skip
    return bounced(found, dynamics.boundary, landscape)


def _received(dynamics: Any, state: Any, agent: int) -> float:
    """m_n⁺ − m_n: (2), or (9) with what the others lose going to the lowest agent; a mass that would be negative is clipped."""
    fresh = state.mass * (1.0 - dynamics.dt * (state.energy - state.level))
    clipped = bool((fresh < 0.0).any())
    fresh = np.where(fresh < 0.0, 0.0, np.where((fresh > 0.0) & (fresh < TINY), TINY, fresh))
    if dynamics.provisional == "minimum":
        fresh[state.energy.argmin()] += (state.mass - fresh).sum()
    elif clipped:
        fresh = fresh / fresh.sum()
    return float(fresh[agent] - state.mass[agent])
