"""One agent's step of CBO; the numbers of the equations are those of :mod:`swarmviz.dynamics.cbo`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from swarmviz.dynamics.explain.terms import (
    Term,
    bounced,
    noise_of,
    number,
    part,
    position,
    standing,
    value_at,
    values_at,
)
from swarmviz.kernels.blocks import from_blocks
from swarmviz.kernels.diagnostics import batch_at, consensus_weights, weights
from swarmviz.kernels.randomness import POSITION_NOISE
from swarmviz.landscapes.base import Landscape


def terms(dynamics: Any, state: Any, landscape: Landscape, agent: int) -> list[Term]:
    """The terms of the step from an evaluated ``state``."""
    (sigma,) = values_at(dynamics, state, "sigma")
    x, f, nu = position(state.x, state, agent), float(state.energy[agent]), state.consensus.copy()
    weight = consensus_weights(state, state.energy)[agent]
    found = [number(r"w_n = \exp(-@alpha F(@x)) / \sum", "its weight in the consensus point", weight)]
    switch = _switch(dynamics, f, value_at(landscape, nu))
    if dynamics.epsilon > 0:
        found.append(number("H_n", "switch of its drift", switch))
    found.append(standing(x))
    if dynamics.scheme == "heun":
        found += _averaged(dynamics, state, landscape, agent, x, nu, switch)
    else:
        found.append(_drift(dynamics, x, nu, switch))
    if dynamics.noise != "none":
        found.append(_noise(dynamics, state, agent, x - nu, sigma))
    return bounced(found, dynamics.boundary, landscape)


def _switch(dynamics: Any, f: float, consensus_value: float) -> float:
    """H_n; 1 where there is no switch."""
    return 0.5 + 0.5 * math.tanh((f - consensus_value) / dynamics.epsilon) if dynamics.epsilon > 0 else 1.0


def _drift(dynamics: Any, x: np.ndarray, nu: np.ndarray, switch: float) -> Term:
    """The drift of (3) or (4)."""
    numbers = {"lam": dynamics.lam, "dt": dynamics.dt, "x": x, "nu": nu, "switch": switch}
    rate, away = dynamics.lam * switch, x - nu
    symbol = r"-@lam @switch @dt \, (@x - @nu)" if dynamics.epsilon > 0 else r"-@lam @dt \, (@x - @nu)"
    if dynamics.scheme == "tamed":
        tame = 1.0 + dynamics.dt * abs(rate) * math.sqrt((away**2).sum())
        return part(rf"\frac{{{symbol}}}{{1 + @dt |b|}}", "drift to the consensus point, tamed",
                    -rate * dynamics.dt / tame * away, **numbers)  # fmt: skip
    return part(symbol, "drift to the consensus point", -rate * dynamics.dt * away, **numbers)


def _averaged(
    dynamics: Any, state: Any, landscape: Landscape, agent: int, x: np.ndarray, nu: np.ndarray, switch: float
) -> list[Term]:
    """The drift of (5): half of it here, half of it at the predicted point.

    α may make a last bit of F a weight, so the predicted points of all agents are the kernel's: they are its step (3) without a boundary.
    """
    (alpha,) = values_at(dynamics, state, "alpha")
    euler = dynamics.copy()
    euler.scheme, euler.boundary = "euler", "none"
    predicted = euler.advance(state, landscape, 1)[0]
    batch = batch_at(state.seed, state.k, state.n, dynamics.batch)
    ahead = weights(predicted.energy, alpha, batch) @ from_blocks(predicted.x, state.n, state.d)
    y, half = position(predicted.x, state, agent), 0.5 * dynamics.lam * dynamics.dt
    there = _switch(dynamics, float(predicted.energy[agent]), value_at(landscape, ahead))
    shared = {"lam": dynamics.lam, "dt": dynamics.dt}
    extra = " @switch" if dynamics.epsilon > 0 else ""
    return [
        part(rf"-\tfrac12 @lam{extra} @dt \, (@x - @nu)", "half the drift here", -half * switch * (x - nu),
             x=x, nu=nu, switch=switch, **shared),
        part(rf"-\tfrac12 @lam{extra} @dt \, (@predicted - @ahead)", "half the drift at the predicted point",
             -half * there * (y - ahead), predicted=y, ahead=ahead, switch=there, **shared),
    ]  # fmt: skip


def _noise(dynamics: Any, state: Any, agent: int, away: np.ndarray, sigma: float) -> Term:
    """The noise of (3)."""
    isotropic = dynamics.noise == "isotropic"
    reach = np.full(len(away), math.sqrt((away**2).sum())) if isotropic else away
    spread, xi = sigma * math.sqrt(dynamics.dt) * reach, noise_of(state, POSITION_NOISE, agent)
    size = r"|@away|" if isotropic else r"@away \odot"
    return part(rf"@sigma \sqrt{{@dt}} \, {size} \, @xi", "noise, in proportion to the distance from the consensus point",
                spread * xi, spread, sigma=sigma, dt=dynamics.dt, away=away, xi=xi)  # fmt: skip
