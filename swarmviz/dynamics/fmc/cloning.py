r"""Virtual rewards and cloning of Fractal Monte Carlo, as passes over arrays of walkers.

    f(y) = e^z if z ≤ 0 else 1 + ln(1 + z),  z = (y − mean y)/std y          (1)  z-score form; 1 if all y are equal
    f(y) = (y − min y)/(max y − min y + ε) + δ                               (2)  min–max form, 000 §2.3
    L_n  = ln VR_n = α ln f(R_n) + β ln g(|X_n − X_j|),  g = f or e^−y       (3)  000 eq. 1.3
    n clones j with probability clip((VR_j − VR_n)/(VR_n + ε), 0, 1)         (4)  000 eq. 1.4

Mean, standard deviation, minimum and maximum are those of the living walkers of one group. Everything is made to survive any α, τ and F:
a reward exp(−F/τ) is taken relative to the group's best, exp(−(F_n − min F)/τ), a common factor that (1) does not feel and that makes the
ε of (2) relative; z is formed from (y − min)/(max − min), so that equal values give no spurious spread; virtual rewards are kept as
logarithms, and (4) is decided without a division, as U (r + ε/VR_j) < 1 − r with r = VR_n/VR_j.

Walkers are listed in ``members`` (N,), the groups one after the other: group g of G at the places ⌊gN/G⌋ ≤ i < ⌊(g+1)N/G⌋. ``pool`` is the
same with the living of each group first. A walker that finds no companion has itself as one.
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.blocks import flat, slice_view
from swarmviz.kernels.compiled import inner
from swarmviz.kernels.diagnostics import extremes, smallest
from swarmviz.kernels.elementary import exp, log
from swarmviz.kernels.randomness import JUMP, U32, key, uniform

EXPONENTIAL, VALUE, NEGATIVE, AS_IT_IS, DECAYING = range(5)
Z_SCORE, MIN_MAX = range(2)
CLONE, MIGRATE = range(2)  # rows of the purpose JUMP: whether a walker clones, whether a place migrates
EQUAL, NO_SPREAD = 1e-14, 1e-300  # values count as equal when they differ by rounding, or by less than has a reciprocal


@inner
def log_one_plus(y):
    """ln(1 + y) in place of what is positive. Twice in a row it makes ln f(z) (1) of z, faster than ln(1 + ln(1 + z)) in one loop."""
    for j in range(y.size):
        positive = y[j] if y[j] > 0.0 else 0.0
        rest = 0.0 if y[j] > 0.0 else y[j]
        y[j] = log(1.0 + positive) + rest  # a sum: a choice becomes a masked store, which takes longer


@inner
def to_rewards(f, lowest, kind, tau):
    """Rewards in place of values: exp(−(F − min F)/τ) with the ``lowest`` F of all, F or −F."""
    for j in range(f.size):
        f[j] = relative_reward(f[j], lowest, kind, tau)


@inner
def log_mean_reward(f, kind, tau):
    """ln of the mean reward at values ``f`` (n,), −∞ when no reward is positive; negative rewards count as zero."""
    lowest, total = smallest(f), 0.0
    for j in range(f.size):
        if kind == EXPONENTIAL:
            total += exp((lowest - f[j]) / tau)
        else:
            total += max(f[j] if kind == VALUE else -f[j], 0.0)
    return log(total / f.size) - (lowest / tau if kind == EXPONENTIAL else 0.0)


@inner
def variances_of_reward(f, kind, tau):
    """Var R and Var ln R at values ``f`` (n,) whose rewards are positive."""
    n, lowest, scale = f.size, smallest(f), 1.0
    mean, log_mean, variance, log_variance = 0.0, 0.0, 0.0, 0.0
    for j in range(n):
        mean += relative_reward(f[j], lowest, kind, tau)
        log_mean += _log_reward(f[j], lowest, kind, tau)
    mean, log_mean = mean / n, log_mean / n
    for j in range(n):
        off, log_off = relative_reward(f[j], lowest, kind, tau) - mean, _log_reward(f[j], lowest, kind, tau) - log_mean
        variance += off * off
        log_variance += log_off * log_off
    if kind == EXPONENTIAL and variance > 0.0:  # equal rewards have no variance, however large they are
        scale = exp(-2.0 * lowest / tau)
    return variance / n * scale, log_variance / n


@inner(inline=True)
def relative_reward(f, lowest, kind, tau):
    """R, of an exponential reward relative to the highest one."""
    return exp((lowest - f) / tau) if kind == EXPONENTIAL else f if kind == VALUE else -f


@inner(inline=True)
def _log_reward(f, lowest, kind, tau):
    """ln R, of an exponential reward relative to the highest one."""
    return (lowest - f) / tau if kind == EXPONENTIAL else log(f if kind == VALUE else -f)


@inner
def log_relative(y, form, delta, epsilon):
    """ln f(y) in place, (1) or (2)."""
    n, (low, high) = y.size, extremes(y)
    if form == MIN_MAX:
        for j in range(n):
            y[j] = log((y[j] - low) / (high - low + epsilon) + delta)
    elif high - low <= max(EQUAL * max(abs(low), abs(high)), NO_SPREAD):
        y[:] = 0.0
    else:
        mean, variance = 0.0, 0.0
        for j in range(n):
            y[j] = (y[j] - low) / (high - low)
            mean += y[j]
        mean /= n
        for j in range(n):
            variance += (y[j] - mean) * (y[j] - mean)
        deviation = np.sqrt(variance / n)
        for j in range(n):
            y[j] = (y[j] - mean) / deviation
        log_one_plus(y)
        log_one_plus(y)


@inner
def group_range(g, groups, n_agents):
    """First place of group ``g`` and the one after its last."""
    return g * n_agents // groups, (g + 1) * n_agents // groups


@inner
def living_first(members, living, groups, pool, counts):
    """pool ← members with the living of each group first; counts (G,) ← how many they are."""
    for g in range(groups):
        first, end = group_range(g, groups, members.size)
        at = first
        for i in range(first, end):
            if living[members[i]]:
                pool[at] = members[i]
                at += 1
        counts[g] = at - first
        for i in range(first, end):
            if not living[members[i]]:
                pool[at] = members[i]
                at += 1


@inner(inline=True)
def all_in_one(pool, counts, groups):
    """Whether there is one group and all its walkers live: they then count in their own order, without the detour over ``pool``."""
    return groups == 1 and counts[0] == pool.size


@inner(inline=True)
def companions_of_some(words, first, n_agents, out):
    """out (n,) ← a companion for each of n walkers from the ``first`` on, uniform among the others of all, from one random word each."""
    others = np.uint64(n_agents - 1)
    for j in range(out.size):
        pick = np.int64(((words[j] >> U32) * others) >> U32)
        out[j] = pick + 1 if pick >= first + j else pick


@inner
def choose_companions(words, pool, counts, groups, out):
    """out (N,) ← a companion for each walker, uniform among the other living ones of its group, from one random word each."""
    if all_in_one(pool, counts, groups):
        companions_of_some(words, 0, pool.size, out)
        return
    for g in range(groups):
        first, end = group_range(g, groups, pool.size)
        count = counts[g]
        for i in range(first, end):
            n, rank = pool[i], i - first
            others = np.uint64(max(count - 1 if rank < count else count, 0))
            pick = np.int64(((words[n] >> U32) * others) >> U32)
            pick += rank < count and pick >= rank
            out[n] = pool[first + pick] if others > 0 else n


@inner
def logrelative_reward(y, kind, tau, params):
    """ln f(R) in place of values; with form, δ and ε of ``params``."""
    if kind != AS_IT_IS:
        to_rewards(y, smallest(y), kind, tau)
    log_relative(y, params.form, params.delta, params.epsilon)


@inner(inline=True)
def add_relative(y, power, kind, tau, params, workspace, log_virtual):
    """Add power · ln f(y) to L (3) of the living, group by group."""
    pool, groups = workspace.pool, params.groups
    if power == 0.0:
        return
    if all_in_one(pool, workspace.counts, groups):
        for n in range(y.size):
            workspace.spare[n] = y[n]
        logrelative_reward(workspace.spare, kind, tau, params)
        for n in range(y.size):
            log_virtual[n] += power * workspace.spare[n]
        return
    for g in range(groups):
        first, living = group_range(g, groups, pool.size)[0], slice_view(workspace.spare, 0, workspace.counts[g])
        for i in range(living.size):
            living[i] = y[pool[first + i]]
        logrelative_reward(living, kind, tau, params)
        for i in range(living.size):
            log_virtual[pool[first + i]] += power * living[i]


@inner(inline=True)
def decide(log_virtual, first, n, epsilon, workspace):
    """(4): source ← whom each of ``n`` walkers from the ``first`` on copies, itself when it stays; the dead copy their companions."""
    rival, source = slice_view(workspace.rival, first, n), slice_view(workspace.source, first, n)
    chance, living = slice_view(flat(workspace.chance), first, n), slice_view(workspace.living, first, n)
    mine, cloned = slice_view(log_virtual, first, n), slice_view(workspace.cloned, first, n)
    ratio, over = slice_view(workspace.spare, first, n), slice_view(workspace.apart, first, n)
    for j in range(n):
        over[j] = -log_virtual[np.uint64(rival[j])]
    for j in range(n):
        ratio[j] = exp(mine[j] + over[j])
    for j in range(n):
        over[j] = exp(over[j])
    for j in range(n):
        clones = (ratio[j] < 1.0) & (chance[j] * (ratio[j] + epsilon * over[j]) < 1.0 - ratio[j]) | (living[j] == 0)
        source[j] = rival[j] if clones else first + j
    for j in range(n):
        cloned[j] = source[j] != first + j


@inner
def migrate(members, groups, seed, step, rate):
    """With probability ``rate``, for each place in a group, its walkers move on to the next group, from the last to the first."""
    n_agents = members.size
    places = 0
    for g in range(groups):
        first, end = group_range(g, groups, n_agents)
        places = max(places, end - first)
    row = key(np.uint64(seed), np.uint64(JUMP), np.uint64(step))
    for i in range(places):
        if uniform(row, i, MIGRATE) < rate:
            start, carried = -1, -1
            for g in range(groups):
                first, end = group_range(g, groups, n_agents)
                if i < end - first:
                    start = first + i if start < 0 else start
                    carried, members[first + i] = members[first + i], carried
            members[start] = carried
