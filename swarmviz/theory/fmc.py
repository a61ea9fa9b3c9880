r"""Theory of Fractal Monte Carlo: what 000 claims of the swarm's law, and what holds at finite N, as formulas.

The claims about runs are in :mod:`swarmviz.theory.fmc_convergence` (000 §3, §4) and :mod:`swarmviz.theory.fmc_phases` (§5).

    the swarm's law tends to ρ_R = R / ∫R                                             (1)  000 Thm 1
    E KL(ρ_W‖ρ_R) ≤ e^{−λ₁t} KL_0 + O(N^{−1/2}),   λ₁ the spectral gap of ρ_R           (2)  000 Thm 1, 3, eq. 1.11, 1.15
    KL ≤ e^{−2λ₁t} KL_0, if λ₁ is also the constant of a log-Sobolev inequality       (2')  000 Thm 3, sketch
    λ₁ ≥ π² R_min / (diam² R_max)                                                     (3)  000 Thm 3, sketch
    in the end KL = O(1/N)                                                            (4)  000 Prop. 2
    dKL/dt = −I,  I = ∫ρ |∇ ln(ρ/ρ_R)|²                                               (4')  000 Lemma 1, Prop. 1, eq. 1.7, 1.10, 1.22
    E[KL] = Σ_b E[(n_b/N) ln(n_b/(N q_b))],  n_b binomial (N, q_b),  ≈ (K − 1)/2N       (5)  N independent draws from ρ_R; exact
    KL ≥ −ln (sum of the m largest q_b) for a swarm on m positions                    (6)  exact: Jensen
    share of position j after one step at σ = 0, β = 0:
        E[s_j⁺] = 1/N + Σ_n (p_nj − p_jn) / (N (N−1))                                 (7)  exact
    distinct positions after that step, from N different ones:
        E[m⁺] = N − Σ_j (Σ_i p_ji/(N−1)) Π_n≠j (1 − p_nj/(N−1))                       (8)  exact
    mean square distance of two walkers ∬|x − y|² dρ_W dρ_W = 2V/N                    (9)  exact; 000 §5.3

with p_nj = clip((VR_j − VR_n)/(VR_n + ε), 0, 1). (1) to (4') are claims. Their proof replaces cloning by a drift along −∇ ln(ρ_W/ρ_R), but
cloning copies positions and never makes one. Without jitter, as in 000, the swarm ends in few points, so that by (6) KL ends far from
zero; with jitter, which 000's algorithm does not have, it settles where cloning and jitter balance: not at ρ_R, and as far from it for ten
thousand walkers as for a hundred (tests/theory/test_fmc_convergence.py).
"""

from __future__ import annotations

import math

import numpy as np
from scipy import linalg, stats

STEEPEST = 60.0  # of ln q between neighbouring bins; beyond, rounding drowns the eigenvalue
NEGLIGIBLE = 1e-30  # a share of ρ_R that cannot change (5)


def rewards(f: np.ndarray, reward: str, tau: float) -> np.ndarray:
    """R at values ``f`` of any shape, up to a factor; a reward that is not positive counts as zero."""
    if reward == "exponential":
        return np.exp(-(f - f.min(initial=np.inf)) / tau)
    return np.maximum(f if reward == "value" else -f, 0.0)


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


def fisher_information(p: np.ndarray, log_q: np.ndarray, width: float) -> float:
    """I of (4') from a histogram ``p`` (K,) of one dimension beside ``log_q`` (K,); between neighbouring bins that both have walkers."""
    both = (p[1:] > 0) & (p[:-1] > 0)
    with np.errstate(divide="ignore"):
        height = np.log(p) - log_q
    slope = np.where(both, np.diff(np.where(p > 0, height, 0.0)), 0.0) / width
    return float((slope**2 * (p[1:] + p[:-1]) / 2).sum())
