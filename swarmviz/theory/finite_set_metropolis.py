r"""Classical annealing as a gradient flow, whatever the entropy (004 appendix A, Proposition A.3).

With η = Gibbs' law, f = ρ/η, M the Metropolis generator, which is reversible with respect to η, and any φ that is convex with φ(1) = 0,

    F_φ(ρ) = Σ_x μ(x) η(x) φ(f(x)),    K_ρ(x, y) = M(x, y) θ(f(x), f(y)) / f(x)                            (1)  004 eq. A.11–A.12

K_ρ is reversible with respect to ρ, and the gradient descent of F_φ in the structure that it makes is

    ρ̇(x) = Σ_y η(x) M(x, y) θ(f(x), f(y)) (φ'(f(y)) − φ'(f(x))) = Σ_y η(x) M(x, y) (f(y) − f(x))              (2)

the law of Metropolis agents, in which φ has dropped out: so every F_φ falls along it, at the rate

    dF_φ/dt = −Σ_{x~y} μ(x) η(x) M(x, y) θ(f(x), f(y)) (φ'(f(y)) − φ'(f(x)))²                              (3)

F of φ_1 is 𝒰_β less its minimum.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.theory.finite_set import conductance, entropy, slope, stationary


def _edges(rho, heights, beta: float, m: float, m2: float, links, volume) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """f (S,), S μ η M θ over each link, with ℓ w = 1, and φ'(f(y)) − φ'(f(x)), (E,) each."""
    x, y = links[:, 0], links[:, 1]
    eta = stationary(heights, beta, None, volume=volume)
    f = rho / eta
    weight = np.minimum(eta[x], eta[y]) * conductance(f[x], f[y], m, m2)  # S μ(x) η(x) M(x, y) = ℓ w min(η(x), η(y))
    return f, weight, slope(f[y], m, m2) - slope(f[x], m, m2)


def relative_entropy(rho, heights, beta: float, m: float = -1.0, m2: float = 2.0, volume: Any = 1.0) -> float:
    """F_φ of a density (S,), with the φ of :func:`swarmviz.theory.finite_set.entropy`; 0 at Gibbs' law only."""
    eta = stationary(heights, beta, None, volume=volume)
    return float(np.mean(volume * eta * entropy(rho / eta, m, m2)))


def descent(
    rho, heights, beta: float, links, rate: Any, m: float = -1.0, m2: float = 2.0, volume: Any = 1.0
) -> np.ndarray:
    """ρ̇ of the gradient descent of F_φ, the middle of (2), (S,)."""
    f, weight, rise = _edges(rho, heights, beta, m, m2, links, volume)
    flow = rate * weight * rise
    return (np.bincount(links[:, 0], flow, len(f)) - np.bincount(links[:, 1], flow, len(f))) / volume


def dissipation(
    rho, heights, beta: float, links, rate: Any, m: float = -1.0, m2: float = 2.0, volume: Any = 1.0
) -> float:
    """−dF_φ/dt along the law of Metropolis agents (3)."""
    f, weight, rise = _edges(rho, heights, beta, m, m2, links, volume)
    return float((rate * weight * rise**2).sum() / len(f))
