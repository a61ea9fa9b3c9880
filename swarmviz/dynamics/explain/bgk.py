"""One agent's step of the BGK swarm; the numbers of the equations are those of :mod:`swarmviz.dynamics.bgk`."""

from __future__ import annotations

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
from swarmviz.kernels.randomness import JUMP, POSITION_NOISE
from swarmviz.landscapes.base import Landscape


def terms(dynamics: Any, state: Any, landscape: Landscape, agent: int) -> list[Term]:
    """The terms of the step from an evaluated ``state``; one that has stalled stands still."""
    x, v = position(state.x, state, agent), position(state.v, state, agent)
    if dynamics.stalled(state):
        return [standing(x)]
    p, keep, pull, shake = dynamics.coefficients(*values_at(dynamics, state, "sigma"))
    found, jumps = [number("p", "probability that it jumps", p)], True
    if p < 1.0:
        chance = chance_of(state, JUMP, agent)
        jumps = chance < p
        found.append(number("U_n", "its draw: it jumps below p", chance))
    found += [number(r"1[U_n < p]", "whether it jumps", jumps), standing(x)]
    dt, away = dynamics.dt, x - state.consensus
    if not jumps:
        return bounced([*found, part(r"@dt @v", "glide: it keeps its velocity", dt * v, dt=dt, v=v)],
                       dynamics.boundary, landscape)  # fmt: skip
    if keep:
        found.append(part(r"@dt @v", "glide: it keeps its velocity", dt * keep * v, dt=dt, v=v))
    floor = dynamics.unit(landscape, state.d) * dynamics.sigma_floor
    reach = away + np.where(away >= 0.0, floor, -floor)  # (3)
    xi, spread = noise_of(state, POSITION_NOISE, agent, dynamics.noise, dynamics.freedom), dt * shake * reach
    found += [
        part(r"@dt \, @pull (@nu - @x)", "pull to the consensus point", -dt * pull * away,
             dt=dt, pull=pull, nu=state.consensus.copy(), x=x),
        part(r"@dt \, @shake \, @reach \odot @xi", "noise of the jump", spread * xi, spread, dt=dt, shake=shake, reach=reach, xi=xi),
    ]  # fmt: skip
    return bounced(found, dynamics.boundary, landscape)
