r"""The law of one walker of Fractal Monte Carlo among infinitely many, from one step to the next, on K equal cells of the box; d = 1.

    L(x, y) = α ln f(R(x)) + β ln g(|x − y|)                                   (1)  ln VR at x of a walker with the companion y
    c(l, l') = clip((e^{l'} − e^l)/(e^l + ε), 0, 1)                            (2)  000 eq. 1.4
    ρ⁺ = ρ(x) (1 − E c(L(x, y), L(x', y')))                                    (3)  those that stay
       + J [ρ(x) E c(L(x', y'), L(x, y))]                                      (4)  those that clone a walker at x

x, y, x', y' are independent draws from ρ; with the companion "same" y = x' in (3) and y' = x in (4), for the cloned walker is the one whose
distance counts. f is the z-score form of :mod:`swarmviz.dynamics.fmc.cloning`, with mean and deviation of R under ρ, of |x − y| under ρ²;
g is f, or e to the minus distance.
J is the Gaussian jitter with the boundary; with the jitter "all" it acts on (3), too.

The law is P (K,), the masses of the cells of width h. R is averaged over :data:`POINTS` places in a cell; two walkers of cells k apart are
kh from each other, in one cell h/3, with mean square k²h² + h²/6 (exact for laws that are flat in a cell). Under "own", E in (3) and (4)
needs the law H of (1) alone: it is laid on B levels in two neighbouring shares, and sums over H, e^l H, H/(e^l + ε) and e^l H/(e^l + ε)
give both for all levels in O(B). Read at L with the same two shares, what leaves and what comes are equal but for rounding.

How many walkers follow this law: a place that holds less than one of N walkers is empty in the swarm, but its share of the law may double
in every step. So a cell remembers

    b = ln of the smallest mass, within σ of the place, through which its walkers' ancestors have come            (5)

a mean over its walkers. And N walkers know the deviation of R only as well as κ = E(R − R̄)⁴/Var² ≪ N is true: where few walkers make it,
all z-scores of the others depend on them. With q such that b < ln q holds for :data:`RARE` of the mass,

    N* = max over the steps of max(3/q, 4κ)                                                                     (6)

a rule made from two landscapes, ten starts and N = 10² … 10⁵, where W₁ leaves its noise when N < N*. It knows nothing of what cloning makes
of early luck: swarms beside the map do (:mod:`swarmviz.laws.fmc`).

Code        formula  shape  meaning
mass        P        (K,)   masses of the cells, sum 1
bottleneck  (5)      (K,)
A           α ln f   (K,)   of the reward, per cell
D           β ln g   (K,)   of the distance of cells k apart
stay, come  (3) (4)  (K,)   before the jitter
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from swarmviz.dynamics.fmc.cloning import EXPONENTIAL, VALUE
from swarmviz.kernels.blocks import borrowed
from swarmviz.kernels.compiled import Reals, Wholes, inner, kernel
from swarmviz.kernels.elementary import exp, finite, log
from swarmviz.kernels.packs import Box, Objective

POINTS = 8  # in a cell, for the mean of R
FLOOR = 1e-18  # mass of a cell below which it neither clones nor is cloned
LEVEL, LEVELS, MOST_LEVELS = 0.005, 512, 65536  # distance of levels that is aimed at; how many at least and at most
DEEPEST = 600.0  # below the highest level; e^600 is a number
REACH = 8.5  # deviations of the jitter that count
EQUAL = 1e-14  # as in swarmviz.dynamics.fmc.cloning
LN_2 = math.log(2.0)
COARSEST = 0.02  # share of the variance of R that may lie within cells
STEEPEST = 0.1  # βh where g = e to the minus distance: within a cell it is taken as constant
NARROWEST = 2.0  # cells in a deviation of the jitter, unless it is 0
RARE, ENTRANTS, CARRIERS = 0.01, 3.0, 4.0  # of (6)
NOTHING, LEAST = 1e-300, -690.0  # a mass that has no logarithm, and one that stands for it
RESOLVED, UNRESOLVED, UNREWARDED, NARROW = range(4)  # how a call ended


class Cloning(NamedTuple):
    """What stays the same during a call: the kind of reward, whether i(n) is another companion than j(n), who is jittered, ε,
    whether g is e to the minus distance, and how many cells a deviation of the distance must have."""

    kind: int
    own: bool
    everyone: bool
    periodic: bool
    epsilon: float
    decaying: bool
    fewest: float


class CloningSchedules(NamedTuple):
    """τ, α, β, σ, c at the steps k, k+1, …"""

    tau: Reals
    alpha: Reals
    beta: Reals
    sigma: Reals
    shift: Reals


class Report(NamedTuple):
    """Where the law stands, arrays of one number: the rate of cloning in the last step, N* (6), and how the call ended."""

    rate: Reals
    needed: Reals
    end: Wholes


class Cells(NamedTuple):
    """Scratch of a kernel, all (K,) unless said."""

    points: np.ndarray  # (1, 8K)
    f: np.ndarray  # (8K,)
    reward: np.ndarray
    apart: np.ndarray  # law of the distance
    A: np.ndarray
    D: np.ndarray
    stay: np.ndarray
    come: np.ndarray
    weights: np.ndarray  # (2K,) the jitter
    around: np.ndarray  # (3K,) masses, mirrored or repeated beyond the walls
    lineage: np.ndarray  # (5) of those that leave a cell
    order: np.ndarray  # ranks of the cells
    level: np.ndarray  # (B,) e^l
    held: np.ndarray  # (B,) H
    below: np.ndarray  # (B + 1,) sum of H below a level
    risen: np.ndarray  # (B + 1,) of e^l H
    over: np.ndarray  # (B + 1,) sum of H/(e^l + ε) from a level on
    share: np.ndarray  # (B + 1,) of e^l H/(e^l + ε) below a level
    leave: np.ndarray  # (B,) E c(l, ·)
    gain: np.ndarray  # (B,) E c(·, l)
    last: np.ndarray  # (B,) the highest level at which c(l, ·) is not yet 1


@inner
def make_cells(K):
    """Scratch for K cells."""
    n, B = POINTS * K, MOST_LEVELS
    return Cells(
        np.empty((1, n)), np.empty(n), np.empty(K), np.empty(K), np.empty(K), np.empty(K), np.empty(K), np.empty(K),
        np.empty(2 * K), np.empty(3 * K), np.empty(K), np.empty(K, np.int64), np.empty(B), np.empty(B), np.empty(B + 1), np.empty(B + 1),
        np.empty(B + 1), np.empty(B + 1), np.empty(B), np.empty(B), np.empty(B, np.int64),
    )  # fmt: skip


@inner
def log_f(z):
    """ln f(z) of the z-score form."""
    return z if z <= 0.0 else log(1.0 + log(1.0 + z))


@inner
def support(mass):
    """The first cell whose mass counts, and the one after the last."""
    first, end = 0, mass.size
    while first < end and mass[first] <= FLOOR:
        first += 1
    while end > first and mass[end - 1] <= FLOOR:
        end -= 1
    return first, end


@inner
def rate_rewards(mass, first, end, kind, tau, alpha, shift, low, h, objective, cells):
    """A ← α ln f(R); returns the share of the variance of R within cells, and κ; (−1, −1) where F is not finite or R negative."""
    points, f, A = cells.points, cells.f, cells.A
    for q in range(points.size):
        points[0, q] = low - shift + h * (q + 0.5) / POINTS
    objective.values(points, objective.p, f)
    lowest, highest = np.inf, -np.inf
    for q in range(POINTS * first, POINTS * end):
        if not finite(f[q]):
            return -1.0, -1.0
        lowest, highest = min(lowest, f[q]), max(highest, f[q])
    if kind != EXPONENTIAL and not (lowest >= 0.0 if kind == VALUE else highest <= 0.0):
        return -1.0, -1.0
    A[:] = 0.0
    if alpha == 0.0:
        return 0.0, 0.0
    for q in range(POINTS * first, POINTS * end):
        f[q] = exp((lowest - f[q]) / tau) if kind == EXPONENTIAL else f[q] if kind == VALUE else -f[q]
    mean, variance, inside, fourth, reward = 0.0, 0.0, 0.0, 0.0, cells.reward
    for i in range(first, end):
        total = 0.0
        for q in range(POINTS * i, POINTS * (i + 1)):
            total += f[q]
        reward[i] = total / POINTS
        mean += mass[i] * reward[i]
    for i in range(first, end):
        square, total = 0.0, 0.0
        for q in range(POINTS * i, POINTS * (i + 1)):
            off = (f[q] - mean) * (f[q] - mean)
            square += off
            total += off * off
        variance += mass[i] * square / POINTS
        fourth += mass[i] * total / POINTS
        inside += mass[i] * max(square / POINTS - (reward[i] - mean) * (reward[i] - mean), 0.0)
    deviation = math.sqrt(variance)
    if not deviation > EQUAL * abs(mean):
        return 0.0, 0.0
    for i in range(first, end):
        A[i] = alpha * log_f((reward[i] - mean) / deviation)
    return inside / variance, fourth / (variance * variance)


@inner
def rate_distances(mass, first, end, beta, decaying, h, cells):
    """D ← β ln g(distance), from the autocorrelation of P; returns the deviation of the distance, in cells."""
    apart, D, mean, square = cells.apart, cells.D, 0.0, 0.0
    D[:] = 0.0
    for k in range(end - first):
        total = 0.0
        for i in range(first, end - k):
            total += mass[i] * mass[i + k]
        apart[k] = total if k == 0 else 2.0 * total
        mean += apart[k] * (k if k > 0 else 1.0 / 3.0)
        square += apart[k] * (k * k + 1.0 / 6.0)
    deviation = math.sqrt(max(square - mean * mean, 0.0))  # in cells: h cancels
    if beta > 0.0:
        for k in range(end - first):
            apart_now = k if k > 0 else 1.0 / 3.0
            D[k] = -beta * h * apart_now if decaying else beta * log_f((apart_now - mean) / deviation)
    return deviation


@inner
def lay_levels(low, high, cells):
    """Levels from ``low``, or 600 below ``high``, to ``high``; returns the lowest, their distance, and how many they are."""
    low = max(low, high - DEEPEST)
    size = min(max(int((high - low) / LEVEL), LEVELS), MOST_LEVELS - 2)
    step = (high - low) / (size - 1) if high > low else 1.0
    for b in range(size + 1):  # one more than is reached, for the second share of the highest
        cells.level[b] = exp(low - high + b * step)
        cells.held[b] = 0.0
    return low, step, size + 1


@inner
def add_up(size, epsilon, cells):
    """leave (B,) ← Σ H(l') c(l, l'), gain (B,) ← Σ H(l') c(l', l), from H = ``held``; ``epsilon`` relative to the highest level."""
    level, held, last = cells.level, cells.held, cells.last
    below, risen, over, share = cells.below, cells.risen, cells.over, cells.share
    below[0] = risen[0] = share[0] = over[size] = 0.0
    for b in range(size):
        part = held[b] / (level[b] + epsilon)
        below[b + 1] = below[b] + held[b]
        risen[b + 1] = risen[b] + held[b] * level[b]
        share[b + 1] = share[b] + level[b] * part
    for b in range(size - 1, -1, -1):  # from above, where the terms are small: so no window loses its digits
        over[b] = over[b + 1] + held[b] / (level[b] + epsilon)
    e = 0
    for b in range(size):
        e = max(e, b)
        while e < size - 1 and level[e + 1] - level[b] <= level[b] + epsilon:
            e += 1
        last[b] = e
        up = (risen[e + 1] - risen[b + 1] - level[b] * (below[e + 1] - below[b + 1])) / (level[b] + epsilon)
        cells.leave[b] = up + below[size] - below[e + 1]
    g = 0
    for b in range(size):
        while last[g] < b:  # g ≤ b, as last[b] ≥ b
            g += 1
        cells.gain[b] = level[b] * (over[g] - over[b]) - (share[b] - share[g]) + below[g]


@inner
def clone_own(mass, first, end, epsilon, cells):
    """(3) and (4) with independent companions; returns the rate of cloning."""
    A, D, held, leave, gain = cells.A, cells.D, cells.held, cells.leave, cells.gain
    nearest, farthest = np.inf, -np.inf
    for k in range(end - first):
        nearest, farthest = min(nearest, D[k]), max(farthest, D[k])
    low, high = A[first:end].min() + nearest, A[first:end].max() + farthest
    low, step, size = lay_levels(low, high, cells)
    for i in range(first, end):
        for j in range(first, end):
            u = max((A[i] + D[abs(i - j)] - low) / step, 0.0)
            b = int(u)
            w, t = mass[i] * mass[j], u - b
            held[b] += w - w * t
            held[b + 1] += w * t
    add_up(size, epsilon * exp(-high), cells)
    rate = 0.0
    for i in range(first, end):
        leaves, gains = 0.0, 0.0
        for j in range(first, end):
            u = max((A[i] + D[abs(i - j)] - low) / step, 0.0)
            b = int(u)
            t = u - b
            leaves += mass[j] * (leave[b] + t * (leave[b + 1] - leave[b]))
            gains += mass[j] * (gain[b] + t * (gain[b + 1] - gain[b]))
        cells.stay[i] = mass[i] * (1.0 - leaves)
        cells.come[i] = mass[i] * gains
        rate += cells.come[i]
    return rate


@inner
def clone_same(mass, first, end, epsilon, cells):
    """(3) and (4) where the companion of the distance is the one that is cloned; returns the rate of cloning.

    For every cloned cell y the law of L(y, ·) lies on levels of D, the same for all y.
    """
    A, D, held, level, below, risen = cells.A, cells.D, cells.held, cells.level, cells.below, cells.risen
    nearest, farthest = np.inf, -np.inf
    for k in range(end - first):
        nearest, farthest = min(nearest, D[k]), max(farthest, D[k])
    low, step, size = lay_levels(nearest, farthest, cells)
    rate = 0.0
    for y in range(first, end):
        held[:size] = 0.0
        for z in range(first, end):
            u = max((D[abs(y - z)] - low) / step, 0.0)
            b = int(u)
            w = mass[z] * (u - b)
            held[b] += mass[z] - w
            held[b + 1] += w
        below[0] = risen[0] = 0.0
        for b in range(size):
            below[b + 1] = below[b] + held[b]
            risen[b + 1] = risen[b] + held[b] * level[b]
        come, tiny = (
            0.0,
            epsilon * exp(-min(max(A[y] + farthest, -DEEPEST), DEEPEST)),
        )  # relative to the highest level of y
        for x in range(first, end):
            own = A[x] - A[y] + D[abs(x - y)]  # L(x, y), relative to y's levels
            part = exp(min(own - farthest, 100.0))
            full = own + LN_2 if tiny < 1e-12 * part else farthest + log(2.0 * part + tiny)
            b = min(max(int(np.floor((own - low) / step)), -1), size - 1)
            e = min(max(int(np.floor((full - low) / step)), -1), size - 1)
            some = (risen[e + 1] - risen[b + 1] - part * (below[e + 1] - below[b + 1])) / (part + tiny)
            w = mass[x] * mass[y] * (some + below[size] - below[e + 1])
            cells.stay[x] -= w
            come += w
        cells.come[y] = come
        rate += come
    return rate


@inner
def make_jitter(sigma, h, period, K, weights):
    """Shares of the neighbours of a cell, at distances from −a on, in ``weights``; returns how many they are, and a.

    Gaussian at the distances of the cells, with sum 1; folded to one period where it reaches further than the box is wide.
    """
    if sigma == 0.0:
        weights[0] = 1.0
        return 1, 0
    if sigma > 2.0 * period * h:  # flat but for e^{−8π²}
        weights[:period] = 1.0 / period
        return period, 0
    reach, total = int(np.ceil(REACH * sigma / h)), 0.0
    folded = reach >= K
    size, centre = (period, 0) if folded else (2 * reach + 1, reach)
    weights[:size] = 0.0
    for n in range(-reach, reach + 1):
        w = exp(-0.5 * (n * h / sigma) ** 2)
        weights[n % period if folded else n + reach] += w
        total += w
    weights[:size] /= total
    return size, centre


@inner
def jitter(p, size, centre, period, weights, around, out):
    """out += J p: mirrored at the walls where a period is two boxes, repeated where it is one."""
    K = p.size
    for t in range(K + size - 1):
        j = (t - centre) % period
        around[t] = p[j] if j < K else p[2 * K - 1 - j]
    for i in range(K):
        total = 0.0
        for m in range(size):
            total += weights[m] * around[i + m]
        out[i] += total


@inner
def trace(mass, reach, bottleneck, lineage):
    """lineage (K,) ← min(b, ln of the mass within ``reach`` cells), as (5) has it for those that leave a cell."""
    K, window = mass.size, 0.0
    for i in range(min(reach, K)):
        window += mass[i]
    for i in range(K):
        window += mass[i + reach] if i + reach < K else 0.0
        window -= mass[i - reach - 1] if i > reach else 0.0
        here = max(window, mass[i])  # a difference of sums, which rounding may make too small
        lineage[i] = min(bottleneck[i], log(here) if here > NOTHING else LEAST)


@inner
def walkers_needed(mass, bottleneck, kurtosis, order):
    """What is within the maximum over the steps in (6)."""
    order[:] = np.argsort(bottleneck)
    total, i = 0.0, 0
    while i < mass.size - 1 and total + mass[order[i]] < RARE:
        total += mass[order[i]]
        i += 1
    return max(ENTRANTS * exp(-bottleneck[order[i]]), CARRIERS * kurtosis)


@inner
def settle(mass, bottleneck, stay):
    """P ← stay (K,), with sum 1; b from its sums over the walkers of a cell."""
    total = 0.0
    for i in range(mass.size):
        stay[i] = max(stay[i], 0.0)  # rounding
        total += stay[i]
        bottleneck[i] = min(max(bottleneck[i] / stay[i], LEAST), 0.0) if stay[i] > NOTHING else LEAST
    for i in range(mass.size):
        mass[i] = stay[i] / total


@kernel
def advance_cells(
    mass: Reals,
    bottleneck: Reals,
    report: Report,
    params: Cloning,
    schedules: CloningSchedules,
    box: Box,
    objective: Objective,
) -> int:
    """Advance P and b in place, as many steps as ``schedules`` have values; returns how many steps were taken.

    Fewer where the cells do not resolve the jitter or the reward (UNRESOLVED) or the law itself (NARROW), or where F is not finite
    or R negative at a place that carries mass (UNREWARDED).
    """
    schedules, objective, report = borrowed(schedules), borrowed(objective), borrowed(report)
    K, low, sigma = mass.size, box.low[0], schedules.sigma
    h, period, known, size, centre = (box.high[0] - low) / K, K if params.periodic else 2 * K, -1.0, 1, 0
    cells = make_cells(K)
    stay, come, lineage = cells.stay, cells.come, cells.lineage
    report.end[0] = RESOLVED
    for s in range(sigma.size):
        first, end = support(mass)
        inside, kurtosis = rate_rewards(
            mass, first, end, params.kind, schedules.tau[s], schedules.alpha[s], schedules.shift[s], low, h, objective, cells
        )  # fmt: skip
        if inside < 0.0:
            report.end[0] = UNREWARDED
            return s
        if rate_distances(mass, first, end, schedules.beta[s], params.decaying, h, cells) < params.fewest:
            report.end[0] = NARROW
            return s
        if (
            (params.decaying and schedules.beta[s] * h > STEEPEST)
            or inside > COARSEST
            or 0.0 < sigma[s] < NARROWEST * h
        ):
            report.end[0] = UNRESOLVED
            return s
        for i in range(K):
            stay[i], come[i] = mass[i], 0.0
        clone = clone_own if params.own else clone_same
        report.rate[0] = clone(mass, first, end, params.epsilon, cells)
        if known != sigma[s]:
            size, centre = make_jitter(sigma[s], h, period, K, cells.weights)
            known = sigma[s]
        if params.everyone:
            for i in range(K):
                come[i] += stay[i]
                stay[i] = 0.0
        trace(mass, int(sigma[s] / h) + 1, bottleneck, lineage)
        for i in range(K):
            bottleneck[i], lineage[i] = stay[i] * lineage[i], come[i] * lineage[i]
        jitter(come, size, centre, period, cells.weights, cells.around, stay)
        jitter(lineage, size, centre, period, cells.weights, cells.around, bottleneck)
        settle(mass, bottleneck, stay)
        report.needed[0] = max(report.needed[0], walkers_needed(mass, bottleneck, kurtosis, cells.order))
    return sigma.size
