r"""Backtracking line search for many agents at once: the step of SBGD.

    X_n⁺ = Π(X_n − h ∇F(X_n)),   h the first of h₀, γh₀, γ²h₀, … with
           F(X_n⁺) ≤ F(X_n) − c m̃_n^q h |∇F(X_n)|²                                  (1)  Armijo; Lu, Tadmor, Zenginoglu 2024

All agents of a block try the same h at the same time; those that have found theirs drop out, so that the work is the sum of the
agents' trials and not their number times the longest search.

Code     source          shape    meaning
y        X               (d, m)   the m agents of a block that have mass, side by side
slope    ∇F              (d, m)
demand   c m̃^q           (m,)     share of the descent along the tangent that is asked for
seeking                  (≤ m,)   columns of y that have found no h yet
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from swarmviz.kernels import boundaries
from swarmviz.kernels.blocks import block_range, block_view, scratch
from swarmviz.kernels.compiled import inner
from swarmviz.kernels.elementary import power


class Rule(NamedTuple):
    """h₀ and γ of (1), the most lengths that are tried, c and q."""

    longest: float
    factor: float
    most: int
    share: float
    exponent: float


class Workspace(NamedTuple):
    """Scratch for one block: made once per kernel call, so that no step allocates."""

    who: np.ndarray  # agents that remain, by their column in the block
    y: np.ndarray  # their positions
    slope: np.ndarray  # ∇F there
    demand: np.ndarray  # c m̃^q
    steep: np.ndarray  # |∇F|²
    seeking: np.ndarray  # those that have found no h yet, by their column in y
    trial: np.ndarray  # their trial points
    value: np.ndarray  # F there


@inner
def make_workspace(d, n_agents):
    """Scratch for blocks of this swarm."""
    n, real, whole = block_range(d, n_agents, 0)[1], np.float64, np.int64
    return Workspace(
        scratch(n, whole), scratch(d * n, real), scratch(d * n, real), scratch(n, real), scratch(n, real),
        scratch(n, whole), scratch(d * n, real), scratch(n, real),
    )  # fmt: skip


@inner
def gather_remaining(x, mass, workspace):
    """The agents of a block that have mass, side by side in ``workspace.y``; returns their number."""
    d, n = x.shape
    m = 0
    for j in range(n):
        if mass[j] > 0.0:
            workspace.who[m] = j
            m += 1
    y = block_view(workspace.y, 0, d, m)
    for i in range(d):
        xi, yi = x[i], y[i]
        for j in range(m):
            yi[j] = xi[workspace.who[j]]
    return m


@inner
def prepare(mass, heaviest, slope, share, exponent, workspace):
    """What (1) asks of each remaining agent of a block, and all of them as seeking."""
    d, m = slope.shape
    workspace.steep[:m] = 0.0
    for i in range(d):
        gi = slope[i]
        for j in range(m):
            workspace.steep[j] += gi[j] * gi[j]
    for j in range(m):
        workspace.demand[j] = share * power(mass[workspace.who[j]] / heaviest, exponent)
        workspace.seeking[j] = j


@inner
def go(y, slope, h, seeking, trial):
    """trial ← y − h ∇F for the agents that seek."""
    d, m = trial.shape
    for i in range(d):
        yi, gi, ti = y[i], slope[i], trial[i]
        for j in range(m):
            ti[j] = yi[seeking[j]] - h * gi[seeking[j]]


@inner
def accept(x, f, y, h, walls, trial, workspace):
    """Move the agents whose trial point satisfies (1); keep the others seeking and return their number."""
    d, m = trial.shape
    still = 0
    for j in range(m):
        column = workspace.seeking[j]
        at, descent = workspace.who[column], h * workspace.steep[column]
        if walls:
            descent = 0.0
            for i in range(d):
                descent += (trial[i, j] - y[i, column]) * (trial[i, j] - y[i, column]) / h
        if workspace.value[j] <= f[at] - workspace.demand[column] * descent:
            for i in range(d):
                x[i, at] = trial[i, j]
            f[at] = workspace.value[j]
        else:
            workspace.seeking[still] = column
            still += 1
    return still


@inner
def descend(x, f, mass, heaviest, rule, box, objective, workspace):
    """(1) on a block; only agents that still seek are evaluated. Returns how many moved, their summed h, and the values taken."""
    d, m = x.shape[0], gather_remaining(x, mass, workspace)
    if m == 0:
        return 0, 0.0, 0
    y, slope = block_view(workspace.y, 0, d, m), block_view(workspace.slope, 0, d, m)
    objective.gradient(y, objective.p, slope)
    prepare(mass, heaviest, slope, rule.share, rule.exponent, workspace)
    walls = box.boundary == boundaries.CLIP or box.boundary == boundaries.REFLECT
    h, seeking, lengths, trials = rule.longest, m, 0.0, 0
    for _ in range(rule.most):
        trial = block_view(workspace.trial, 0, d, seeking)
        go(y, slope, h, workspace.seeking, trial)
        boundaries.confine(trial, box.low, box.high, box.boundary)
        objective.values(trial, objective.p, workspace.value[:seeking])
        trials += seeking
        still = accept(x, f, y, h, walls, trial, workspace)
        lengths += h * (seeking - still)
        seeking = still
        if seeking == 0:
            break
        h *= rule.factor
    return m - seeking, lengths, trials
