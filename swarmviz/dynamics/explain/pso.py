"""One agent's step of PSO; the numbers of the equations are those of :mod:`swarmviz.dynamics.pso`."""

from __future__ import annotations

from typing import Any

from swarmviz.dynamics.explain.terms import (
    Term,
    bounced,
    noise_of,
    number,
    part,
    position,
    standing,
    total,
    value_at,
    values_at,
)
from swarmviz.kernels.randomness import POSITION_NOISE, SECOND_NOISE
from swarmviz.landscapes.base import Landscape


def terms(dynamics: Any, state: Any, landscape: Landscape, agent: int) -> list[Term]:
    """The terms of the step from an evaluated ``state``; one that has stalled stands still."""
    x, v, y = (position(flat, state, agent) for flat in (state.x, state.v, state.memory))
    if dynamics.stalled(state):
        return [standing(x)]
    keep, pull_own, pull_common, shake_own, shake_common = dynamics.coefficients(
        *values_at(dynamics, state, "sigma_own", "sigma_common")
    )
    dt, own, common = dynamics.dt, y - x, state.consensus - x
    xi_own, xi_common = (
        noise_of(state, purpose, agent, dynamics.noise, dynamics.freedom) for purpose in (POSITION_NOISE, SECOND_NOISE)
    )
    found = bounced([
        standing(x),
        part(r"@dt \, @keep @v", "inertia", dt * keep * v, dt=dt, keep=keep, v=v),
        part(r"@dt \, @pull_own (@memory - @x)", "pull to its own best place", dt * pull_own * own,
             dt=dt, pull_own=pull_own, memory=y, x=x),
        part(r"@dt \, @pull_common (@nu - @x)", "pull to the common best place", dt * pull_common * common,
             dt=dt, pull_common=pull_common, nu=state.consensus.copy(), x=x),
        part(r"@dt \, @shake_own (@memory - @x) \odot @xi_own", "noise of its own best place", dt * shake_own * own * xi_own,
             dt * shake_own * own, dt=dt, shake_own=shake_own, memory=y, x=x, xi_own=xi_own),
        part(r"@dt \, @shake_common (@nu - @x) \odot @xi_common", "noise of the common best place", dt * shake_common * common * xi_common,
             dt * shake_common * common, dt=dt, shake_common=shake_common, nu=state.consensus.copy(), x=x, xi_common=xi_common),
    ], dynamics.boundary, landscape)  # fmt: skip
    before, after = value_at(landscape, y), value_at(landscape, total(found))
    return [
        *found,
        number(r"F(@memory)", "value at its own best place", before, memory=y),
        number(r"F(X_n^+)", "value where it goes; below the former it is its new best place", after),
    ]
