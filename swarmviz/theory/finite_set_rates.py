r"""How fast the law of the swarm on a finite set comes to its target, and its target to the minimisers, as numbers (004).

    I(ρ) = 𝒰_β(ρ) − 𝒰_β(η_β) = Σ μ (φ(ρ) − φ(η) − φ'(η) (ρ − η)) ≥ 0                                       (1)  004 eq. 4.9–4.10
    G(ρ) = Σ_{x~y} μ L θ(ρ(x), ρ(y)) (h(y) − h(x))²,   h = βU + φ'(ρ)                                      (2)
    dI/dt = −G along the law at constant β                                                                 (3)  004 Proposition 4.3

So G/I is the rate of decay of I at each moment, −d log I/dt. With c = inf G/I > 0 (004 Proposition 4.4),

    I(ρ_t) ≤ I(ρ_0) e^(−ct),    ‖ρ_t − η‖² ≤ 2 I(ρ_t)   where φ'' ≥ 1                                      (4)  004 Corollary 4.7

Near η the quotient is at least 2·gap, and tends to it in the end: c ≤ 2·gap (5), 004 Proposition 4.8. For every ρ, with λ the spectral gap
of L and φ'' ≥ 1,

    G(ρ) ≥ 2 λ min(ρ_min, 1)^(2−m) I(ρ)                                                                    (6)

(derived here; 004 Theorem 5.3 is of this form, its constants are lost in the source): θ is at least the smallest 1/φ'', so G is at least
λ min(ρ_min, 1)^(2−m) times the variance of f = φ'(ρ) − φ'(η), and I ≤ Σ μ f (ρ − η) − ‖ρ − η‖²/2 ≤ Var(f)/2.

As β grows, η_β tends to μ conditioned on the set M of minimisers (004 Theorem 3.2, eq. 3.5), and for m < 1

    1 − η_β(M) ~ Σ_{x∉M} μ(x) ((1 − m) β (U(x) − min U))^(−1/(1−m))                                        (7)  from 004 eq. 3.3

Under β = (t₀ + t)^γ − 1 that is t^(−γ/(1−m)); with the largest γ of 004 Theorem 1.1, −m/(2(1−m)), the exponent is −m/(2(1−m)²) (8).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg, optimize

from swarmviz.frame import TIED
from swarmviz.theory.finite_set import (
    SAME,
    ExactLaw,
    conductance,
    energy,
    entropy,
    largest_gamma,
    slope,
    stationary,
)

NEAREST = 1e-3  # relative distance from η below which I and G are differences of nearly equal numbers
STARTS = 8  # of the search for inf G/I


def excess(rho, heights, beta: float, m: float | None = -1.0, m2: float = 2.0, volume: Any = 1.0) -> float:
    """I of a density (S,) (1), without the loss of digits of a difference of two energies."""
    eta = stationary(heights, beta, m, m2, volume)
    return float(np.mean(volume * (entropy(rho, m, m2) - entropy(eta, m, m2) - slope(eta, m, m2) * (rho - eta))))


def dissipation(rho, heights, beta: float, m: float, links, rate: Any, m2: float = 2.0) -> float:
    """G of a density (S,) (2); the swarm's, see :mod:`swarmviz.theory.finite_set_metropolis` for that of Metropolis agents."""
    x, y = links[:, 0], links[:, 1]
    h = beta * np.asarray(heights) + slope(rho, m, m2)
    return float((rate * conductance(rho[x], rho[y], m, m2) * (h[y] - h[x]) ** 2).sum() / len(rho))


def decay_rate(rho, heights, beta: float, m: float, links, rate: Any, m2: float = 2.0, volume: Any = 1.0) -> float:
    """G/I at a density (S,): −d log(𝒰_β − min 𝒰_β)/dt there; not a number at η itself."""
    above = excess(rho, heights, beta, m, m2, volume)
    return dissipation(rho, heights, beta, m, links, rate, m2) / above if above > 0 else np.nan


def decay_rates(law: ExactLaw, times) -> np.ndarray:
    """G/I along an exact law of constant β at ``times``, in their shape; tends to twice the spectral gap.

    Raises
    ------
    ValueError
        When the law is that of Metropolis agents, or its β changes: then the energy decays otherwise.
    ArithmeticError
        When the law cannot be integrated so far.
    """
    beta = law.beta_at(np.asarray(times, float))
    if law.m is None or np.ptp(beta) > 0:
        raise ValueError("law: must be that of the swarm, not of Metropolis agents, at constant β")
    m, links, rate, m2 = float(law.m), law.links, law.rate, law.m2
    found = [
        decay_rate(rho, law.heights, float(b), m, links, rate, m2, law.volume)
        for rho, b in zip(law.at(np.ravel(times)), np.ravel(beta), strict=True)
    ]
    return np.reshape(found, np.shape(times))


def base_gap(links, states: int, rate: Any, volume: Any = 1.0) -> float:
    """λ, the spectral gap of L: the smallest non-zero eigenvalue of −L on a connected graph."""
    L = np.zeros((states, states))
    for a, b in (links.T, links.T[::-1]):
        np.add.at(L, (a, b), -rate)
        np.add.at(L, (a, a), rate)
    root = np.sqrt(np.broadcast_to(volume, states))
    return float(linalg.eigvalsh(L / root[:, None] / root)[1])


def least_decay_rate(rho, m: float, links, rate: Any, m2: float = 2.0, volume: Any = 1.0) -> float:
    """The lower bound (6) of G/I at a density (S,).

    Raises
    ------
    ValueError
        When φ'' is less than 1 somewhere.
    """
    if m2 < 2:
        raise ValueError(f"m2 (m₂) = {m2:g}: the bound needs φ'' ≥ 1, m₂ ≥ 2")
    # above 1 the mobility 1/φ'' falls when m₂ > 2
    mobility = min(np.min(np.minimum(rho, 1.0)) ** (2 - m), np.max(np.maximum(rho, 1.0)) ** (2 - m2))
    return 2 * base_gap(links, len(rho), rate, volume) * float(mobility)


def inequality_constant(
    heights, beta: float, m: float, links, rate: Any, m2: float = 2.0, seed: int = 0, volume: Any = 1.0
) -> float:
    """The least G/I that a search finds: an upper bound of c in (4), which a local search from several densities has come down to.

    ρ = softmax(a) up to its mass; starts are the uniform density, one that shuns the minimisers, and random ones. The limit 2·gap at
    η is not among what is searched: take the smaller of the two.
    """
    heights, rng = np.asarray(heights, float), np.random.default_rng(seed)
    S = len(heights)
    eta = stationary(heights, beta, m, m2, volume)

    def density(a):
        weight = np.exp(np.clip(a - a.max(), -300, 0))
        return weight / (volume * weight).mean()

    def quotient(a):
        rho = density(a)
        if np.abs(rho - eta).max() < NEAREST * eta.max():
            return np.inf
        return np.log(decay_rate(rho, heights, beta, m, links, rate, m2, volume))

    starts = [np.zeros(S), -np.log(eta), *rng.normal(scale=2.0, size=(STARTS - 2, S))]
    found = [optimize.minimize(quotient, a, method="L-BFGS-B", options={"maxiter": 200}).fun for a in starts]
    return float(np.exp(min(found)))


# ---- the target as β grows -------------------------------------------------------------------------------------------


def minimisers(heights) -> np.ndarray:
    """Whether each state is a global minimiser, (S,)."""
    heights = np.asarray(heights, float)
    return heights <= heights.min() + TIED * np.ptp(heights)


def limit_law(heights, volume: Any = 1.0) -> np.ndarray:
    """The density of the limit of η_β as β → ∞: μ conditioned on the minimisers, (S,) (004 eq. 3.5)."""
    lowest = minimisers(heights)
    return np.where(lowest, lowest.size / (volume * lowest).sum(), 0.0)


def outside(heights, beta, m: float | None = -1.0, m2: float = 2.0, volume: Any = 1.0):
    """1 − η_β(M), the mass of the target outside the minimisers, for β of any shape."""
    share = volume * stationary(heights, beta, m, m2, volume)
    return share[..., ~minimisers(heights)].sum(axis=-1) / np.size(heights)


def outside_for_large_beta(heights, beta, m: float = -1.0, volume: Any = 1.0):
    """What 1 − η_β(M) tends to for large β (7), for β of any shape.

    Raises
    ------
    ValueError
        For m = 1, where the mass falls exponentially.
    """
    if not m < 1 - SAME:
        raise ValueError(f"m (m) = {m:g}: must be below 1; at 1 the mass falls exponentially in β")
    heights = np.asarray(heights, float)
    above = ~minimisers(heights)
    climb = (heights - heights.min())[above]
    power = ((1 - m) * np.expand_dims(beta, -1) * climb) ** (-1 / (1 - m))
    power = power * np.broadcast_to(volume, heights.shape)[above]
    return power.sum(axis=-1) / heights.size


def concentration_exponent(m: float, gamma: float | None = None) -> float:
    """γ/(1 − m): what is outside the minimisers falls as t to minus it; of the largest γ of 004 Theorem 1.1 when absent (8).

    Raises
    ------
    ValueError
        When m is not negative.
    """
    if not m < 0:
        raise ValueError(f"m (m) = {m:g}: must be negative, as in 004 Theorem 1.1")
    return (largest_gamma(m) if gamma is None else gamma) / (1 - m)


def mean_above_minimum(heights, beta, m: float | None = -1.0, m2: float = 2.0, volume: Any = 1.0):
    """⟨U⟩ − min U at the target, for β of any shape; never rises with β (004 Theorem 3.2)."""
    heights = np.asarray(heights, float)
    return (volume * stationary(heights, beta, m, m2, volume) * (heights - heights.min())).mean(axis=-1)


def free_energy_at_target(heights, beta: float, m: float | None = -1.0, m2: float = 2.0, volume: Any = 1.0) -> float:
    """min 𝒰_β."""
    return float(energy(stationary(heights, beta, m, m2, volume), np.asarray(heights, float), beta, m, m2, volume))
