"""Naive observables: each from the frames of a run, in NumPy, without a look at the kernels.

``past`` has ``frames`` (of steps 0 … k), ``now`` and ``before`` (the last two; None at step 0), ``dynamics`` and ``landscape``.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq

from tests.references.sbgd import sbgd


def half_widths(past):
    low, high = past.landscape.limits(past.now.d)
    return (high - low) / 2


def value(past, point):
    return past.landscape.values(np.asarray(point)[None])[0]


def best(past):
    return min(frame.energy.min() for frame in past.frames)


def minimum(past):
    return past.now.energy.min()


def dispersion(past):
    return ((past.now.x - past.now.x.mean(axis=0)) ** 2).sum()


def consensus_value(past):
    return value(past, past.now.focus)


def distance_of(past, point):
    targets = past.landscape.minimisers(past.now.d)
    if past.now.shift is not None:
        targets = targets + past.now.shift
    return min(np.abs(point - target).max() for target in targets)


def focus_distance(past):
    return distance_of(past, past.now.focus)


def focus_error(past):
    return min(
        np.abs((past.now.focus - target) / half_widths(past)).max() for target in past.landscape.minimisers(past.now.d)
    )


def effective_size(past):
    return 1 / (past.now.weight**2).sum()


def lowest_distance(past):
    return distance_of(past, past.now.x[past.now.energy.argmin()])


def share_of_role_one(past):
    return (past.now.role == 1).mean()


def move(past):
    return np.nan if past.before is None else np.linalg.norm((past.now.focus - past.before.focus) / half_widths(past))


def still(past):
    """How many of the last steps in a row moved the focus by less than the tolerance."""
    half, count = half_widths(past), 0
    for before, after in zip(past.frames[:-1], past.frames[1:], strict=True):
        count = count + 1 if np.linalg.norm((after.focus - before.focus) / half) < past.dynamics.stall_tolerance else 0
    return count


def entropy(shares):
    shares = shares[shares > 0]
    return -(shares * np.log(shares)).sum()


# ---- what events are found in ----------------------------------------------------------------------------------------


def lowest_agent(past):
    return past.now.energy.argmin()


def lowest_memory(past):
    return past.landscape.values(past.now.memory).argmin()


def heaviest(past):
    mass = past.now.mass
    return mass.argmax() if (mass != mass[0]).any() else np.nan


def remaining_lowest(past):
    return np.where(past.now.mass > 0, past.now.energy, np.inf).argmin()


def living_lowest(past):
    return np.where(living(past), past.now.energy, np.inf).argmin()


def fullest_state(past):
    return past.now.occupation.argmax()


def no_walls(past):
    return 0


def walls_on_the_way(past):
    """Where a free flight from the step before would have ended, with the velocities of now."""
    if past.before is None:
        return 0
    low, high = past.landscape.limits(past.now.d)
    free = past.before.x + past.dynamics.dt * past.now.v
    return (free < low).sum() + (free > high).sum()


def basin_of_rastrigin(point):
    """Between neighbouring maxima in each coordinate; numbered by the value at the minimum, then by the place."""

    def slope(x):
        return 2 * x + 20 * np.pi * np.sin(2 * np.pi * x)

    maxima = [brentq(slope, k + 0.4, k + 0.6) for k in range(5)]
    minima = np.array([0.0, *(brentq(slope, k - 0.1, k) for k in range(1, 6))])
    edges, values = np.array([-edge for edge in maxima[::-1]] + maxima), minima**2 - 10 * np.cos(2 * np.pi * minima)
    wells = range(len(edges) + 1)
    heights = {(i, j): round(values[abs(i - 5)] + values[abs(j - 5)], 6) for i in wells for j in wells}
    return sorted(heights, key=lambda at: (heights[at], at)).index(tuple(np.searchsorted(edges, point)))


def focus_basin(past):
    return basin_of_rastrigin(past.now.focus)


def lowest_basin(past):
    return basin_of_rastrigin(past.now.x[past.now.energy.argmin()])


def remaining_basin(past):
    return basin_of_rastrigin(past.now.x[remaining_lowest(past)])


def no_basin(past):
    """The landscape moves."""
    return np.nan


# ---- CBO, BGK, PSO ----------------------------------------------------------------------------------------------------


def consensus_offset(past):
    return ((past.now.x.mean(axis=0) - past.now.focus) ** 2).sum()


def functional(past):
    """003 eq. 4.1 in [−1, 1]^d, with the minimiser nearest to the consensus."""
    half, dynamics, now = half_widths(past), past.dynamics, past.now
    targets = past.landscape.minimisers(now.d)
    target = min(targets, key=lambda at: np.abs((now.focus - at) / half).max())
    off, v = (now.x - target) / half, now.v / half
    lengths = np.linalg.norm(off, axis=1), np.linalg.norm(v + dynamics.lam * off, axis=1)
    return (dynamics.gamma * lengths[0] + lengths[1]).mean()


def memory_mean(past):
    return past.landscape.values(past.now.memory).mean()


# ---- SSA, SBGD --------------------------------------------------------------------------------------------------------


def mass_mean(past):
    return (past.now.mass * past.now.energy).sum() / past.now.mass.sum()


def leaders(past):
    return 0 if past.now.role is None else (past.now.role == 1).sum()


def mass_entropy(past):
    return entropy(past.now.mass) / math.log(past.now.n)


def largest_mass(past):
    return past.now.mass.max()


def clips(past):
    """Masses that an explicit step would have made negative."""
    count = 0
    for frame in past.frames[:-1]:
        level = (frame.mass * frame.energy).sum() / frame.mass.sum()
        count += (frame.mass * (1 - past.dynamics.dt * (frame.energy - level)) < 0).sum()
    return count


def lowest_remaining(past):
    return min(e for e, m in zip(past.now.energy, past.now.mass, strict=True) if m > 0)


def best_remaining(past):
    return min(frame.energy[frame.mass > 0].min() for frame in past.frames)


def weighted_dispersion(past):
    m, x = past.now.mass, past.now.x
    mean = (m[:, None] * x).sum(axis=0)
    return past.now.n * (m[:, None] * (x - mean) ** 2).sum()


def remaining_distance(past):
    energy = np.where(past.now.mass > 0, past.now.energy, np.inf)
    return distance_of(past, past.now.x[energy.argmin()])


def remaining(past):
    return (past.now.mass > 0).sum()


def last_descent(past):
    """The lengths of the last step and the trials per agent."""
    if past.before is None:
        return [], np.nan
    dynamics, landscape = past.dynamics, past.landscape
    names = ("h0", "p", "q", "c", "gamma", "tol", "backtracks")
    values = {name: getattr(dynamics, name) for name in names}
    *_, lengths, trials = sbgd(past.before.x, past.before.mass, landscape.values, landscape.gradient, **values)
    return lengths, trials


def mean_step(past):
    return np.nan if past.before is None else np.mean(last_descent(past)[0])


def trials(past):
    return last_descent(past)[1]


# ---- FMC --------------------------------------------------------------------------------------------------------------


def living(past):
    return past.now.role != 2


def lowest_living(past):
    return past.now.energy[living(past)].min()


def best_living(past):
    return min(frame.energy[frame.role != 2].min() for frame in past.frames)


def log_mean_reward(past):
    return math.log(np.exp(-past.now.energy[living(past)] / past.dynamics.tau).mean())


def rewards(past):
    return np.exp(-past.now.energy[living(past)] / past.dynamics.tau)


def reward_variance(past):
    return np.var(rewards(past))


def log_reward_variance(past):
    return np.var(np.log(rewards(past)))


def counts(past):
    low, high = past.landscape.limits(past.now.d)
    edges = [np.linspace(a, b, 21) for a, b in zip(low, high, strict=True)]
    inside = ((past.now.x >= low) & (past.now.x <= high)).all(axis=1)
    return np.histogramdd(past.now.x[inside], bins=edges)[0].ravel()


def kl(past):
    """Between the histograms; q from 8 × 8 midpoints in each bin."""
    low, high = past.landscape.limits(past.now.d)
    axes = [a + (b - a) * (np.arange(160) + 0.5) / 160 for a, b in zip(low, high, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    reward = np.exp(-past.landscape.values(points - past.now.shift) / past.dynamics.tau)
    q = reward.reshape(20, 8, 20, 8).sum(axis=(1, 3)).ravel()
    p, q = counts(past) / counts(past).sum(), q / q.sum()
    return (p[p > 0] * np.log(p[p > 0] / q[p > 0])).sum()


def bin_entropy(past):
    return entropy(counts(past) / counts(past).sum())


def distinct(past):
    return len(np.unique(past.now.x, axis=0))


def clone_rate(past):
    return (past.now.partner >= 0).mean()


def dead(past):
    return (~living(past)).sum()


def living_distance(past):
    energy = np.where(living(past), past.now.energy, np.inf)
    return distance_of(past, past.now.x[energy.argmin()])


def lag(past):
    return distance_of(past, past.now.x.mean(axis=0))


# ---- finite set -------------------------------------------------------------------------------------------------------


def eta(past):
    """η_β of 004 eq. 3.3–3.4, its constant by bisection."""
    U, beta, m = past.now.heights, past.dynamics.beta, past.dynamics.m

    def density(c):
        y = c - beta * (U - U.min())
        return np.where(y > 0, 1 + y, np.power(np.maximum(1 + (m - 1) * np.minimum(y, 0), 0), 1 / (m - 1)))

    low, high = -1e3, len(U) + beta * np.ptp(U)
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if density(middle).mean() < 1 else (low, middle)
    return density(low)


def density(past):
    return past.now.occupation * len(past.now.heights)


def heights_mean(past):
    return past.now.heights[past.now.node].mean()


def target_distance(past):
    return np.abs(density(past) - eta(past)).mean()


def target_distance_l2(past):
    return math.sqrt(((density(past) - eta(past)) ** 2).mean())


def set_distance_l2(past):
    """To the projection of the shares onto the laws on the minimisers: what is missing there, shared equally among them."""
    p, U = past.now.occupation, past.now.heights
    low = U <= U.min() + 1e-12 * (U.max() - U.min())
    nearest = np.zeros(len(p))
    nearest[low] = p[low] + (1 - p[low].sum()) / low.sum()
    return np.sqrt(len(p)) * np.linalg.norm(p - nearest)


def set_distance(past):
    return 2 * (1 - (past.now.heights[past.now.node] == past.now.heights.min()).mean())


def cost(past):
    """𝒰_β with half an agent added to every state."""
    U, m, n, S = past.now.heights, past.dynamics.m, past.now.n, len(past.now.heights)
    rho = (past.now.occupation * n + 0.5) * S / (n + 0.5 * S)
    phi = np.where(rho > 1, (rho - 1) ** 2 / 2, (rho**m - 1 - m * (rho - 1)) / (m * (m - 1)))
    return (past.dynamics.beta * U * rho + phi).mean()


def excess(past):
    """𝒰_β above its minimum, that of η_β."""
    r, m = eta(past), past.dynamics.m
    phi = np.where(r > 1, (r - 1) ** 2 / 2, (r**m - 1 - m * (r - 1)) / (m * (m - 1)))
    return cost(past) - (past.dynamics.beta * past.now.heights * r + phi).mean()


def transitions(past):
    """In a leap every agent jumps at most once, and to another state."""
    return sum((a.node != b.node).sum() for a, b in zip(past.frames[:-1], past.frames[1:], strict=True))


# ---- what was spent ---------------------------------------------------------------------------------------------------


def n_per_step(past):
    return past.now.n * len(past.frames)


def n_gradients_per_step(past):
    return past.now.n * (len(past.frames) - 1)


def sbgd_spent(past):
    """Values and gradients, step by step from the frames, by the naive line search."""
    values, gradients, names = past.now.n, 0, ("h0", "p", "q", "c", "gamma", "tol", "backtracks")
    settings = {name: getattr(past.dynamics, name) for name in names}
    for frame in past.frames[:-1]:
        _, mass, _, trials = sbgd(frame.x, frame.mass, past.landscape.values, past.landscape.gradient, **settings)
        values, gradients = values + round(trials * (mass > 0).sum()), gradients + (mass > 0).sum()
    return values, gradients


def jumps_and_starts(past):
    return past.now.n + transitions(past)


COMMON = {"best": best, "minimum": minimum, "dispersion": dispersion}
CONSENSUS = COMMON | {
    "consensus_value": consensus_value,
    "distance": focus_distance,
    "effective_size": effective_size,
    "evaluations": n_per_step,
    "leader": lowest_agent,
    "basin": focus_basin,
    "wall_hits": walls_on_the_way,
}
STALLING = CONSENSUS | {"consensus_offset": consensus_offset, "error": focus_error, "move": move, "still": still}
OBSERVABLES_OF = {
    "CBO": CONSENSUS | {"consensus_offset": consensus_offset, "wall_hits": no_walls},
    "BGK": STALLING | {"functional": functional, "jump_fraction": share_of_role_one},
    "PSO": STALLING | {"memory_mean": memory_mean, "improved": share_of_role_one, "leader": lowest_memory},
    "SSA": COMMON
    | {
        "provisional_minimum": mass_mean,
        "distance": lowest_distance,
        "leaders": leaders,
        "mass_entropy": mass_entropy,
        "largest_mass": largest_mass,
        "clips": clips,
        "leader": heaviest,
        "wall_hits": no_walls,
        "basin": lowest_basin,
        "evaluations": n_per_step,
        "gradients": n_gradients_per_step,
    },
    "SBGD": {
        "provisional_minimum": lowest_remaining,
        "best": best_remaining,
        "mean_value": mass_mean,
        "dispersion": weighted_dispersion,
        "distance": remaining_distance,
        "remaining": remaining,
        "mass_entropy": mass_entropy,
        "largest_mass": largest_mass,
        "step": mean_step,
        "trials": trials,
        "leader": remaining_lowest,
        "wall_hits": no_walls,
        "basin": remaining_basin,
        "evaluations": lambda past: sbgd_spent(past)[0],
        "gradients": lambda past: sbgd_spent(past)[1],
    },
    "FMC": {
        "best": best_living,
        "minimum": lowest_living,
        "log_mean_reward": log_mean_reward,
        "reward_variance": reward_variance,
        "log_reward_variance": log_reward_variance,
        "kl": kl,
        "distinct": distinct,
        "clone_rate": clone_rate,
        "dead": dead,
        "entropy": bin_entropy,
        "dispersion": dispersion,
        "distance": living_distance,
        "lag": lag,
        "leader": living_lowest,
        "wall_hits": no_walls,
        "basin": no_basin,
        "evaluations": n_per_step,  # of a moving landscape
    },
    "FiniteSet": {
        "provisional_minimum": heights_mean,
        "best": best,
        "minimum": minimum,
        "target_distance": target_distance,
        "target_distance_l2": target_distance_l2,
        "distance": set_distance,
        "distance_l2": set_distance_l2,
        "energy": cost,
        "excess": excess,
        "transitions": transitions,
        "leader": fullest_state,
        "evaluations": jumps_and_starts,
    },
}
