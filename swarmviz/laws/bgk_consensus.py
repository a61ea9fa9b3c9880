"""ρ of :mod:`swarmviz.laws.bgk` at the nodes where e^{−αF} is integrated, and how many agents are needed to follow it."""

from __future__ import annotations

import math

import numpy as np

from swarmviz.landscapes.base import Landscape
from swarmviz.laws.bgk_cells import NOTHING
from swarmviz.laws.bgk_grid import State
from swarmviz.laws.weights import Consensus, values_at

NEAR = 0.1  # of the mean or median of |x − ν|: "near ν"
MANY = 10  # agents that count


def log_density(
    state: State, total: np.ndarray, landscape: Landscape, delta: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places, ln ρ and F at the nodes of the state and in the middle of each column.

    ln ρ is straight in asinh((x − c)/δ) between the middles, and beside an empty column constant up to the edge; agents at rest,
    where the initial law has edges, are spread evenly over what they take of their column.
    """
    wide = np.diff(state.edges) > 0.0
    middles = 0.5 * (state.edges[1:] + state.edges[:-1])[wide]
    x = np.concatenate((state.nodes.x, state.centre + middles))
    order = np.argsort(x, kind="stable")
    x, f = x[order], np.concatenate((state.nodes.f, values_at(landscape, state.centre + middles)))[order]
    y, (low, high) = x - state.centre, state.edges[[0, -1]]
    column = np.clip(np.searchsorted(state.edges, y, side="right"), 1, len(total) - 2)
    rest, first, second = state.sharp
    moving = (total - rest)[1:-1]
    full = (moving > NOTHING)[wide]
    logs = np.full(len(x), -np.inf)
    if full.any():
        own = np.log(np.where(full, moving[wide], 1.0) / np.diff(state.edges)[wide])
        logs = np.interp(np.arcsinh(y / delta), np.arcsinh(middles / delta), own[nearest(full)])
        logs[moving[column - 1] <= NOTHING] = -np.inf
    if rest.any():
        mass = np.where(rest > 0.0, rest, 1.0)
        r = np.sqrt(3.0 * np.maximum(second / mass - (first / mass) ** 2, 0.0))
        inside = (rest * r)[column] > 0.0
        inside &= np.abs(y - (first / mass)[column]) <= r[column] * (1.0 + 1e-9)
        logs[inside] = np.logaddexp(logs[inside], np.log((mass / np.where(r > 0.0, 2.0 * r, 1.0))[column[inside]]))
    logs[(y < low) | (y > high)] = -np.inf
    return x, logs, f


def nearest(full: np.ndarray) -> np.ndarray:
    """For each place the place itself where it is ``full``, else a full one beside it, else any full one."""
    places = np.arange(len(full))
    before = np.maximum.accumulate(np.where(full, places, -1))
    after = np.minimum.accumulate(np.where(full, places, len(full))[::-1])[::-1]
    return np.where((before < 0) | (after - places == 1), np.minimum(after, len(full) - 1), before)


def needed_now(state: State, total: np.ndarray, mean: np.ndarray, found: Consensus, delta: float) -> float:
    """N* of this step alone, from the columns' ``total`` masses and ``mean`` places (X,); 1 where the law is but a point.

    ν of N agents scatters by τ/√N, which must be a tenth of the mean of |x − ν|; that is a linear estimate, which holds where many agents
    count, and where fewer do, one of the N must lie within a tenth of the median of |x − ν|, and lower than those elsewhere. Found by
    experiment, as for CBO.
    """
    nu, ends = found.nu - state.centre, (state.edges[0], state.edges[-1])
    places = np.concatenate(([min(mean[0], ends[0])], state.edges, [max(mean[-1], ends[1])]))
    below = np.concatenate((total[:1], np.cumsum(total)))

    def around(r):
        """P(|x − ν| < r)."""
        right = np.interp(nu + r, places, below, left=0.0)
        return right - np.interp(nu - r, places, below, left=0.0)

    size = np.geomspace(1e-3 * delta, max(nu - places[0], places[-1] - nu, delta) * 1.001, 400)
    median = float(size[min(int(np.searchsorted(around(size), 0.5)), len(size) - 1)])
    if median <= delta:
        return 1.0
    leaders = found.leaders(NEAR * median)
    by_luck = min(1.0 / leaders if leaders > 0.0 else math.inf, MANY / found.share)
    return max(found.agents_within(NEAR * float(total @ np.abs(mean - nu))), by_luck)
