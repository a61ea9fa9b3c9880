r"""Theory of Fractal Monte Carlo: what 000 claims, and what holds at finite N.

    the swarm's law tends to ρ_R = R / ∫R                                             (1)  000 Thm 1
    KL(ρ_W‖ρ_R) ≤ e^{−2λ₁t} KL_0,   λ₁ the spectral gap of ρ_R on the box             (2)  000 Thm 3
    λ₁ ≥ π² R_min / (diam² R_max)                                                     (3)  000 Thm 3, sketch
    in the end KL = O(1/N)                                                            (4)  000 Prop. 2
    E[KL] = Σ_b E[(n_b/N) ln(n_b/(N q_b))],  n_b binomial (N, q_b),  ≈ (K − 1)/2N       (5)  N independent draws from ρ_R; exact
    KL ≥ −ln (sum of the m largest q_b) for a swarm on m positions                    (6)  exact: Jensen
    share of position j after one step at σ = 0, β = 0:
        E[s_j⁺] = 1/N + Σ_n (p_nj − p_jn) / (N (N−1))                                 (7)  exact
    distinct positions after that step, from N different ones:
        E[m⁺] = N − Σ_j (Σ_i p_ji/(N−1)) Π_n≠j (1 − p_nj/(N−1))                       (8)  exact
    mean square distance of two walkers ∬|x − y|² dρ_W dρ_W = 2V/N                    (9)  exact; 000 §5.3

with p_nj = clip((VR_j − VR_n)/(VR_n + ε), 0, 1). (1) to (4) are claims. Their proof replaces cloning by a drift along −∇ ln(ρ_W/ρ_R), but
cloning copies positions and never makes one. Without jitter the swarm ends in few points, so that by (6) KL ends far from zero. With
jitter it settles where cloning and jitter balance: not at ρ_R, and as far from it for ten thousand walkers as for a hundred
(tests/theory/test_fmc.py).
"""

from __future__ import annotations

import math

import numpy as np
from scipy import linalg, stats

from swarmviz.dynamics.fmc.dynamics import FMC, REWARDS
from swarmviz.dynamics.fmc.histogram import log_target
from swarmviz.landscapes.base import Landscape
from swarmviz.parameters import TimeDependent
from swarmviz.schedules import values_of
from swarmviz.theory.registry import Line, Target, lines_of, target_of

STEEPEST = 60.0  # of ln q between neighbouring bins; beyond, rounding drowns the eigenvalue
NEGLIGIBLE = 1e-30  # a share of ρ_R that cannot change (5)


def rewards(f: np.ndarray, reward: str, tau: float) -> np.ndarray:
    """R at values ``f`` of any shape, up to a factor; a reward that is not positive counts as zero."""
    if reward == "exponential":
        return np.exp(-(f - f.min(initial=np.inf)) / tau)
    return np.maximum(f if reward == "value" else -f, 0.0)


def claim_applies(dynamics: FMC, sigma: float, tau_changes: bool = False) -> tuple[bool, str]:
    """Whether the hypotheses of (1) to (4) hold, and what is to be said in either case."""
    if sigma == 0:
        return False, "cloning alone creates no new position; at σ = 0 the swarm ends in few points"
    if dynamics.boundary == "none":
        return False, "claimed for a bounded domain; with the boundary 'none' walkers may leave the box"
    if any(_never_positive(getattr(dynamics, name)) for name in ("reward_power", "distance_power")):
        return False, "claimed for α > 0 and β > 0"
    if dynamics.motion != "none" or tau_changes:
        return False, "claimed for a reward that stays the same"
    return (
        True,
        "its conditions hold, but its proof does not cover cloning: with jitter the swarm settles where both balance, whatever N",
    )


def _never_positive(value) -> bool:
    return not isinstance(value, TimeDependent) and value == 0


def spectral_gap(log_q: np.ndarray, widths: np.ndarray) -> float:
    """λ₁ of ∂η = ∇·(ρ∇(η/ρ)) with reflecting walls, for ρ in bins: ``log_q`` (K,) or (K, K), ``widths`` (d,) of a bin.

    The generator of the reversible chain that goes to a neighbouring bin b from a at the rate √(q_b/q_a)/width², which tends to the
    diffusion as the bins shrink. NaN where ρ changes by more than e^60 from bin to bin: the grid is then too coarse.
    """
    grid = np.asarray(log_q)
    with np.errstate(invalid="ignore"):  # −∞ − (−∞), where there is no reward
        steps = [np.abs(np.diff(grid, axis=axis)) for axis in range(grid.ndim)]
    if not all((step <= STEEPEST).all() for step in steps):
        return math.nan
    index = np.arange(grid.size).reshape(grid.shape)
    generator = np.zeros((grid.size, grid.size))
    for axis, width in enumerate(widths):
        a, b = (np.take(index, range(i, grid.shape[axis] - 1 + i), axis).ravel() for i in (0, 1))
        for here, there in ((a, b), (b, a)):
            generator[here, here] += np.exp((grid.ravel()[there] - grid.ravel()[here]) / 2) / width**2
            generator[here, there] = -1 / width**2  # made symmetric by √q
    return max(float(linalg.eigvalsh(generator, subset_by_index=[1, 1])[0]), 0.0)


def spectral_gap_bound(diameter: float, r_min: float, r_max: float) -> float:
    """The lower bound (3), for a convex box."""
    return math.pi**2 / diameter**2 * r_min / r_max


def kl_of_independent_sample(log_q: np.ndarray, n: int) -> float:
    """(5), from ``log_q`` (K,): what even a perfect sampler of ρ_R would show."""
    q = np.exp(np.ravel(log_q))
    total = 0.0
    for share in q[q > NEGLIGIBLE]:
        spread = 12 * math.sqrt(n * share) + 40
        counts = np.arange(max(1, math.floor(n * share - spread)), min(n, math.ceil(n * share + spread)) + 1)
        total += (stats.binom.pmf(counts, n, share) * counts / n * np.log(counts / (n * share))).sum()
    return float(total)


def kl_floor(log_q: np.ndarray, positions) -> np.ndarray:
    """(6) for each number of distinct positions."""
    largest = np.cumsum(np.sort(np.exp(np.ravel(log_q)))[::-1])
    at = np.clip(np.asarray(positions, dtype=int), 1, largest.size) - 1
    return np.maximum(-np.log(largest[at]), 0.0)


def clone_probability(virtual: np.ndarray, other: np.ndarray, epsilon: float) -> np.ndarray:
    """p of a walker with virtual reward ``virtual`` for a companion with ``other``, with the clip that 000 eq. 1.4 lacks."""
    return np.clip((other - virtual) / (virtual + epsilon), 0.0, 1.0)


def expected_shares(virtual: np.ndarray, epsilon: float) -> np.ndarray:
    """(7), shape (N,), from virtual rewards (N,) that do not depend on companions (β = 0)."""
    n, p = len(virtual), clone_probability(virtual[:, None], virtual[None, :], epsilon)
    return 1 / n + (p.sum(axis=0) - p.sum(axis=1)) / (n * (n - 1))


def expected_distinct(virtual: np.ndarray, epsilon: float) -> float:
    """(8), from virtual rewards (N,) that do not depend on companions (β = 0)."""
    n, p = len(virtual), clone_probability(virtual[:, None], virtual[None, :], epsilon)
    leaves, ignored = p.sum(axis=1) / (n - 1), np.prod(1 - p / (n - 1), axis=0)
    return float(n - (leaves * ignored).sum())


def pair_distance(dispersion, n: int):
    """(9): ∬|x − y|² over the swarm's law, from V = Σ|X − X̄|²."""
    return 2 * dispersion / n


@target_of(FMC)
def reward_target(simulation) -> Target:
    """(1): R on the box, where the landscape is now."""
    dynamics, frame = simulation.dynamics, simulation.frame
    landscape, (low, high) = simulation.landscape, simulation.landscape.limits(frame.d)
    tau, sigma = (values_of(dynamics, name, np.array([frame.t]))[0] for name in ("tau", "sigma"))
    shift = np.zeros(frame.d) if frame.shift is None else frame.shift
    reward = dynamics.reward

    def density(X: np.ndarray) -> np.ndarray:
        inside, R = ((low <= X) & (high >= X)).all(axis=1), np.zeros(len(X))
        R[inside] = rewards(landscape.values(X[inside] - shift), reward, tau)
        return R

    return Target(
        "ρ_R ∝ R", "000 Thm 1", density, *claim_applies(dynamics, sigma, isinstance(dynamics.tau, TimeDependent))
    )


@lines_of(FMC)
def divergence_lines(simulation) -> list[Line]:
    """The claimed decay and plateau of KL (dotted), and what so few distinct positions allow at best (dashed); none for d > 2."""
    dynamics, record, d = simulation.dynamics, simulation.record, simulation.frame.d
    k, kl = record["k"], record["kl"]
    changes = isinstance(dynamics.tau, TimeDependent)
    if d > 2 or dynamics.motion != "none" or changes:
        return []
    applies, reason = claim_applies(dynamics, float(values_of(dynamics, "sigma", record["t"][-1:])[0]))
    log_q, gap, independent = _numbers(
        simulation.landscape, dynamics.reward, float(dynamics.tau), d, simulation.frame.n
    )
    decay = kl[0] * np.exp(-2 * gap * (record["t"] - record["t"][0]))
    few = "no swarm on so few points can come nearer to ρ_R"
    claimed = Line("kl", f"claimed rate {2 * gap:.3g}", "000 Thm 3", "dotted", k, decay, applies, reason)
    return [claimed] * math.isfinite(gap) + [
        Line("kl", "claimed plateau O(1/N)", "000 Prop. 2", "dotted", k, np.full(len(k), independent), applies,
             f"drawn where N independent draws from ρ_R would lie; {reason}"),
        Line("kl", "least for so few positions", "Jensen's inequality", "dashed", k, kl_floor(log_q, record["distinct"]), True, few),
    ]  # fmt: skip


_KNOWN: dict[tuple, tuple[np.ndarray, float, float]] = {}  # the page asks for the lines with every picture


def _numbers(landscape: Landscape, reward: str, tau: float, d: int, n: int) -> tuple[np.ndarray, float, float]:
    """ln q, λ₁ and (5) for a reward that stands still."""
    key = (type(landscape), repr(landscape), reward, tau, d, n)
    if key not in _KNOWN:
        if len(_KNOWN) > 64:
            _KNOWN.clear()
        log_q = log_target(landscape, d, np.zeros(d), REWARDS[reward], tau)
        low, high = landscape.limits(d)
        bins = round(log_q.size ** (1 / d))
        gap = spectral_gap(log_q.reshape((bins,) * d), (high - low) / bins)
        _KNOWN[key] = log_q, gap, kl_of_independent_sample(log_q, n)
    return _KNOWN[key]
