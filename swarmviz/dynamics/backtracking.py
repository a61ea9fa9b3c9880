r"""Backtracking line search for many agents at once, of one run or of several: the step of SBGD.

    X_n⁺ = Π(X_n − h ∇F(X_n)),   h the first of h₀, γh₀, γ²h₀, … with
           F(X_n⁺) ≤ F(X_n) − c m̃_n^q h |∇F(X_n)|²                                  (1)  Armijo; Lu, Tadmor, Zenginoglu 2024

All agents try the same h at the same time; those that have found theirs drop out, and the others close up, so that the work is the sum
of the agents' trials and not their number times the longest search. How many trials an agent needs depends on what it meets, and agents
are removed from a run step by step, so that lanes of runs (:mod:`swarmviz.kernels.tiles`) would soon be empty. But the lengths h are the
same for all agents of all runs: those of several runs that go together make one list, which stays long enough to fill vectors when each
run has but one agent left. Nothing here is a sum over agents, except of numbers of one run in the order in which it has them alone; so no
bit of a run depends on the others.

Code     source          shape    meaning
y        X               (d, m)   the m agents of block b, of all runs, that have mass and have found no h yet
slope    ∇F              (d, m)
demand   c m̃^q           (m,)     share of the descent along the tangent that is asked for
steep    |∇F|²           (m,)
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from swarmviz.kernels import boundaries
from swarmviz.kernels.blocks import block_range, block_view, run_of, scratch, slice_view
from swarmviz.kernels.compiled import RunRows, inner
from swarmviz.kernels.elementary import power


class Rule(NamedTuple):
    """h₀ and γ of (1), the most lengths that are tried, c and q."""

    longest: float
    factor: float
    most: int
    share: float
    exponent: float


class Agents(NamedTuple):
    """The swarms of some runs, a row for each: positions in blocks, masses, F; other packs that have these fields do as well."""

    x: RunRows
    mass: RunRows
    energy: RunRows


class Search(NamedTuple):
    """The agents that seek, side by side, and scratch; made once per kernel call, so that no step allocates."""

    run: np.ndarray  # which run each belongs to
    who: np.ndarray  # its column in the block
    y: np.ndarray
    slope: np.ndarray
    demand: np.ndarray
    steep: np.ndarray
    height: np.ndarray  # F(X_n)
    trial: np.ndarray  # trial points
    value: np.ndarray  # F there
    descent: np.ndarray  # what c m̃^q is a share of
    met: np.ndarray  # how many walls it meets on the way to its trial point
    lower: np.ndarray  # 1 where (1) holds, else 0
    left: np.ndarray  # columns that go on seeking


class Found(NamedTuple):
    """Of each run, what its agents have found in a block."""

    moved: np.ndarray  # how many found a length
    lengths: np.ndarray  # their sum
    trials: np.ndarray  # lengths that were tried
    just: np.ndarray  # how many have just found theirs
    hits: np.ndarray  # how often those that moved met a wall


@inner
def make_search(d, wide):
    """Room for ``wide`` agents."""
    real, whole = np.float64, np.int64
    return Search(
        scratch(wide, whole), scratch(wide, whole), scratch(d * wide, real), scratch(d * wide, real), scratch(wide, real),
        scratch(wide, real), scratch(wide, real), scratch(d * wide, real), scratch(wide, real), scratch(wide, real),
        scratch(wide, whole), scratch(wide, np.uint8), scratch(wide, whole),
    )  # fmt: skip


@inner
def make_found(runs):
    """Room for so many runs."""
    whole, real = np.int64, np.float64
    return Found(
        scratch(runs, whole), scratch(runs, real), scratch(runs, whole), scratch(runs, whole), scratch(runs, whole)
    )


@inner(inline=True)
def gather(runs, b, d, search):
    """The agents of block ``b`` of each run that have mass, side by side; returns their number."""
    (first, n), m = block_range(d, runs.mass.shape[1], b), 0
    for r in range(runs.mass.shape[0]):
        run = run_of(runs, r)
        mass, f = slice_view(run.mass, first, n), slice_view(run.energy, first, n)
        for j in range(n):
            if mass[j] > 0.0:
                search.run[m], search.who[m], search.demand[m], search.height[m] = r, j, mass[j], f[j]
                m += 1
    y = block_view(search.y, 0, d, m)
    for i in range(d):
        yi, start = y[i], first * d + i * n
        for j in range(m):
            yi[j] = runs.x[search.run[j], start + search.who[j]]
    return m


@inner(inline=True)
def prepare(slope, one_by_heaviest, rule, search):
    """What (1) asks of each agent, whose mass is still in the place of its demand."""
    d, m = slope.shape
    steep, demand = slice_view(search.steep, 0, m), slice_view(search.demand, 0, m)
    steep[:] = 0.0
    for i in range(d):
        gi = slope[i]
        for j in range(m):
            steep[j] += gi[j] * gi[j]
    for j in range(m):
        demand[j] = rule.share * power(demand[j] * one_by_heaviest[search.run[j]], rule.exponent)


@inner(inline=True)
def go(y, slope, h, trial):
    """trial ← y − h ∇F."""
    d, m = trial.shape
    for i in range(d):
        yi, gi, ti = y[i], slope[i], trial[i]
        for j in range(m):
            ti[j] = yi[j] - h * gi[j]


@inner(inline=True)
def meet_walls(trial, low, high, met):
    """met ← how many walls each agent meets on the way to its trial point, which is not confined yet."""
    met[:] = 0
    for i in range(low.size):
        ti, a, b = trial[i], low[i], high[i]
        for j in range(met.size):
            met[j] += ti[j] < a
            met[j] += ti[j] > b


@inner(inline=True)
def way(y, trial, h, steep, projected, descent):
    """What c m̃^q is a share of: h |∇F|², or |X⁺ − X|²/h where the way was ``projected``."""
    d, m = trial.shape
    if not projected:
        for j in range(m):
            descent[j] = h * steep[j]
        return
    descent[:] = 0.0
    for i in range(d):
        yi, ti = y[i], trial[i]
        for j in range(m):
            descent[j] += (ti[j] - yi[j]) * (ti[j] - yi[j]) / h


@inner(inline=True)
def mark_lower(value, height, demand, descent, lower):
    """Mark the agents whose trial point satisfies (1); returns how many."""
    count = 0
    for j in range(value.size):
        lower[j] = value[j] <= height[j] - demand[j] * descent[j]
        count += lower[j]
    return count


@inner(inline=True)
def settle(runs, b, trial, projected, search, found):
    """Move the agents that have been marked, count them run by run, and list the others; returns how many go on seeking."""
    d, m = trial.shape
    first, n = block_range(d, runs.mass.shape[1], b)
    still = 0
    for j in range(m):
        if search.lower[j]:
            r, agent = search.run[j], search.who[j]
            for i in range(d):
                runs.x[r, first * d + i * n + agent] = trial[i, j]
            runs.energy[r, first + agent] = search.value[j]
            found.just[r] += 1
            found.hits[r] += search.met[j] if projected else 0
        else:
            search.left[still] = j
            still += 1
    return still


@inner(inline=True)
def close_up(d, m, still, search):
    """Of ``m`` agents side by side keep those that are listed."""
    left = search.left
    for i in range(d):
        for j in range(still):
            search.y[i * still + j] = search.y[i * m + left[j]]
            search.slope[i * still + j] = search.slope[i * m + left[j]]
    for j in range(still):
        column = left[j]
        search.run[j], search.who[j] = search.run[column], search.who[column]
        search.demand[j], search.steep[j] = search.demand[column], search.steep[column]
        search.height[j] = search.height[column]


@inner(inline=True)
def add_found(h, tried, found):
    """Add up what the agents have found that have just moved, with the length ``h`` after so many were ``tried``."""
    for r in range(found.just.size):
        found.moved[r] += found.just[r]
        found.lengths[r] += h * found.just[r]
        found.trials[r] += tried * found.just[r]
        found.just[r] = 0


@inner
def descend(runs, b, one_by_heaviest, rule, box, objective, search, found):
    """(1) for block ``b`` of some runs; only agents that still seek are evaluated. ``found`` says what it took each run."""
    found.moved[:], found.lengths[:], found.trials[:], found.just[:], found.hits[:] = 0, 0.0, 0, 0, 0
    d = box.low.size
    seeking = gather(runs, b, d, search)
    if seeking == 0:
        return
    slope = block_view(search.slope, 0, d, seeking)
    objective.gradient(block_view(search.y, 0, d, seeking), objective.p, slope)
    prepare(slope, one_by_heaviest, rule, search)
    projected = boundaries.has_walls(box.boundary)
    h = rule.longest
    for tried in range(1, rule.most + 1):
        y, slope = block_view(search.y, 0, d, seeking), block_view(search.slope, 0, d, seeking)
        trial, value = block_view(search.trial, 0, d, seeking), slice_view(search.value, 0, seeking)
        go(y, slope, h, trial)
        if projected:
            meet_walls(trial, box.low, box.high, slice_view(search.met, 0, seeking))
        boundaries.confine(trial, box.low, box.high, box.boundary)
        objective.values(trial, objective.p, value)
        way(y, trial, h, search.steep, projected, slice_view(search.descent, 0, seeking))
        if mark_lower(value, search.height, search.demand, search.descent, search.lower) > 0:
            still = settle(runs, b, trial, projected, search, found)
            add_found(h, tried, found)
            if still == 0:
                return
            close_up(d, seeking, still, search)
            seeking = still
        h *= rule.factor
    for j in range(seeking):
        found.trials[search.run[j]] += rule.most
