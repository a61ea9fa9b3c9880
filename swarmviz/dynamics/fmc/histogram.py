r"""How far a swarm is from the law ρ_R ∝ R, and how spread it is, on a fixed grid over the box; one or two dimensions.

    q_b   = ∫_b R dx / ∫_box R dx                                 (1)  share of ρ_R in bin b
    p_b   = (agents in bin b) / (agents in the box)               (2)
    KL    = Σ_b p_b ln(p_b / q_b)                                 (3)  000 eq. 1.5, between the histograms
    S     = −Σ_b p_b ln p_b                                       (4)

(3) is biased both ways. A histogram sees nothing within a bin, which makes it smaller than the divergence of the laws; N agents fill K
bins unevenly even when they are independent draws from ρ_R, which makes it larger, by about (K − 1)/2N (exactly:
``kl_of_independent_sample`` of swarmviz.theory.fmc). There are K = 50 bins in one dimension and 20 × 20 in two. q comes from
midpoints, 64 in each bin, and misses what R does on a finer scale; its logarithm is kept, so that no temperature makes it vanish. Agents
outside the box are not counted.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from swarmviz.dynamics.base import box_of, objective_of
from swarmviz.dynamics.fmc.cloning import log_mean_reward
from swarmviz.kernels import boundaries
from swarmviz.kernels.blocks import scratch
from swarmviz.kernels.compiled import Reals, inner, kernel
from swarmviz.kernels.elementary import bits_of_float, exp
from swarmviz.kernels.packs import Box, Objective
from swarmviz.kernels.randomness import GAMMA, mix

BINS_1, BINS_2 = 50, 20  # along each axis
POINTS, POINTS_2 = 64, 8  # midpoints in a bin; along each axis of it in two dimensions


@inner
def bins_along(d):
    """Bins along an axis, 0 where there is no histogram."""
    return BINS_1 if d == 1 else BINS_2 if d == 2 else 0


@inner
def bin_count(d):
    """K."""
    return BINS_1 if d == 1 else BINS_2 * BINS_2 if d == 2 else 0


@inner
def log_shares(objective, shift, box, kind, tau, grid):
    """ln q (1) into ``grid.log_q`` for the landscape moved by ``shift``."""
    low, high, points, f, out = box.low, box.high, grid.points, grid.f, grid.log_q
    d, per_bin = points.shape
    bins, fine = bins_along(d), POINTS if d == 1 else POINTS_2
    for b in range(out.size):
        for i in range(d):
            width = (high[i] - low[i]) / bins
            edge = low[i] - shift[i] + width * (b if d == 1 else b // bins if i == 0 else b % bins)
            row = points[i]
            for j in range(per_bin):
                place = j if d == 1 else j // fine if i == 0 else j % fine
                row[j] = edge + width * (place + 0.5) / fine
        objective.values(points, objective.p, f)
        out[b] = log_mean_reward(f, kind, tau)
    highest, total = out.max(), 0.0
    for b in range(out.size):
        total += exp(out[b] - highest)
    out -= highest + math.log(total)


@inner
def count_bins(rows, low, high, counts):
    """counts (K,) ← agents in each bin, from positions ``rows`` (N, d); returns how many are in the box."""
    d = rows.shape[1]
    bins, inside = bins_along(d), 0
    counts[:] = 0
    for n in range(rows.shape[0]):
        b = 0
        for i in range(d):
            u = (rows[n, i] - low[i]) / (high[i] - low[i])
            if not 0.0 <= u <= 1.0:
                b = -1
                break
            b = b * bins + min(int(u * bins), bins - 1)
        if b >= 0:
            counts[b] += 1
            inside += 1
    return inside


@inner
def divergence(counts, inside, log_q):
    """(3), NaN when no agent is in the box."""
    total = 0.0
    for b in range(counts.size):
        if counts[b] > 0:
            total += counts[b] * (math.log(counts[b] / inside) - log_q[b])
    return total / inside if inside > 0 else np.nan


@inner
def entropy(counts, inside):
    """(4), NaN when no agent is in the box."""
    total = 0.0
    for b in range(counts.size):
        if counts[b] > 0:
            total -= counts[b] * math.log(counts[b] / inside)
    return total / inside if inside > 0 else np.nan


@inner
def slots_for(n_agents):
    """Size of the table of ``count_distinct``: a power of two, at least 2N."""
    size = 4
    while size < 2 * n_agents:
        size *= 2
    return size


@inner
def count_distinct(rows, slots):
    """Number of different positions, exactly, by a hash table ``slots``."""
    n_agents, d = rows.shape
    slots[:] = -1
    last, found = slots.size - 1, 0
    for n in range(n_agents):
        word = GAMMA
        for i in range(d):
            word = mix(word ^ bits_of_float(rows[n, i]))
        at = np.int64(word >> np.uint64(1)) & last
        while slots[at] >= 0 and not _same(rows[n], rows[slots[at]]):
            at = (at + 1) & last
        if slots[at] < 0:
            slots[at] = n
            found += 1
    return found


@inner
def _same(a, b):
    for i in range(a.size):
        if a[i] != b[i]:
            return False
    return True


class Grid(NamedTuple):
    """Scratch of a kernel for all of the above."""

    log_q: np.ndarray  # (K,)
    counts: np.ndarray  # (K,) agents in each bin
    points: np.ndarray  # (d, 64) midpoints in a bin
    f: np.ndarray  # (64,) F there
    slots: np.ndarray  # the table of ``count_distinct``


@inner
def make_grid(d, n_agents, recorded):
    """Scratch for the histogram, empty when nothing is recorded or there is none in d dimensions."""
    bins = bin_count(d) if recorded > 0 else 0
    slots = slots_for(n_agents) if recorded > 0 else 0
    count, real = POINTS if bins > 0 else 0, np.float64
    points, f = scratch(d * count, real).reshape((d, count)), scratch(count, real)
    return Grid(scratch(bins, real), np.empty(bins, np.int64), points, f, np.empty(slots, np.int64))


@kernel
def log_shares_of(objective: Objective, shift: Reals, box: Box, kind: int, tau: float, out: Reals) -> None:
    """out (K,) ← ln q (1)."""
    d = box.low.size
    grid = Grid(out, np.empty(0, np.int64), np.empty((d, POINTS)), np.empty(POINTS), np.empty(0, np.int64))
    log_shares(objective, shift, box, kind, tau, grid)


def log_target(landscape, d: int, shift: np.ndarray, kind: int, tau: float) -> np.ndarray:
    """ln q (1), shape (K,), for rewards of a landscape; the call that the recorded divergence is made of."""
    out = np.empty(BINS_1 if d == 1 else BINS_2**2)
    box = box_of(landscape, d, boundaries.NONE)
    log_shares_of(objective_of(landscape, d), np.array(shift, dtype=float), box, kind, tau, out)
    return out
