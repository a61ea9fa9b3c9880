r"""Theory of SSA and its relatives (002).

Langevin (constant noise λ) has the stationary law ∝ exp(−F/λ)                                 (1)  002 §1.1, §4.2
no noise: P(success) ≤ 1 − (1 − ∫_Q dρ₀)^N, Q the basin of the global minimiser                (2)  002 Thm 4.1
mean field: F̄ ≤ F* + ε no later than (2/ε) log(1/M_ε) + 1,                                     (3)  002 Thm 2.4, eq. 2.9
    M_ε the largest mass ever near the minimiser during the first unit of time
"""

from __future__ import annotations

import math

import numpy as np
from scipy import optimize

from swarmviz.dynamics.ssa import SSA
from swarmviz.landscapes.base import Landscape
from swarmviz.theory.registry import Line, Target, lines_of, target_of

GRID = 20_001  # points of a line on which maxima are looked for


def gibbs_applies(profile: str, lam: float) -> tuple[bool, str]:
    """Whether (1) is the stationary law: constant noise, and some of it."""
    if profile != "constant":
        return False, "the noise is not constant: Gibbs' law is not stationary"
    return lam > 0, "stationary law of the Langevin dynamics, for Δt → 0" if lam > 0 else "λ = 0: there is no noise"


def gibbs_density(landscape: Landscape, lam: float, X: np.ndarray) -> np.ndarray:
    """exp(−(F − min F)/λ) at the points ``X`` (M, d), not normalised; the minimum is over these points (1)."""
    f = landscape.values(X)
    return np.exp(-(f - f.min()) / lam)


def basin(landscape: Landscape) -> tuple[float, float]:
    """Q of (2) for d = 1: the interval around the global minimiser up to the nearest local maxima (or the edge of the box).

    Raises
    ------
    ValueError
        When the landscape has no known minimiser in one dimension.
    """
    (low,), (high,) = landscape.limits(1)
    known = landscape.minimisers(1)
    if len(known) == 0:
        raise ValueError(f"{landscape.title}: no minimiser is known for d = 1")
    x = np.linspace(low, high, GRID)
    f = landscape.values(x[:, None])
    at = int(np.clip(np.searchsorted(x, known[0, 0]), 1, GRID - 2))
    tops = np.flatnonzero((f[1:-1] >= f[:-2]) & (f[1:-1] >= f[2:])) + 1
    left, right = tops[tops < at], tops[tops > at]
    edges = [
        low if len(left) == 0 else _top(landscape, x, left[-1]),
        high if len(right) == 0 else _top(landscape, x, right[0]),
    ]
    return float(edges[0]), float(edges[1])


def _top(landscape: Landscape, x: np.ndarray, i: int) -> float:
    """The local maximum near grid point ``i``, refined."""
    found = optimize.minimize_scalar(
        lambda y: -landscape.values(np.array([[y]]))[0],
        bounds=(x[i - 1], x[i + 1]),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return float(found.x)


def no_noise_applies(profile: str, d: int) -> tuple[bool, str]:
    """Whether (2) is computed here: no noise, and one dimension, where the basin is an interval."""
    if profile != "none":
        return False, "there is noise: agents may leave their basin"
    return d == 1, "agents never leave their basin" if d == 1 else "the basin is computed in one dimension only"


def no_noise_success_bound(start_in_basin: float, n: int) -> float:
    """Bound (2) on the probability that some agent of ``n`` reaches the global minimum, from ∫_Q dρ₀ = ``start_in_basin``."""
    return 1.0 - (1.0 - start_in_basin) ** n


def arrival_time(epsilon: float, mass_near: float) -> float:
    """Latest time at which the mean-field F̄ has come within ``epsilon`` of the minimum (3); ``mass_near`` is M_ε in (0, 1]."""
    if not 0 < mass_near <= 1 or epsilon <= 0:
        raise ValueError(f"epsilon = {epsilon!r}, mass_near = {mass_near!r}: must be ε > 0 and 0 < M ≤ 1")
    return 2.0 / epsilon * math.log(1.0 / mass_near) + 1.0


@target_of(SSA)
def gibbs_target(simulation) -> Target | None:
    """Gibbs' law (1), while the noise is constant."""
    dynamics, landscape = simulation.dynamics, simulation.landscape
    applies, reason = gibbs_applies(dynamics.profile, dynamics.lam)
    if not applies:
        return None

    def density(X: np.ndarray) -> np.ndarray:
        return gibbs_density(landscape, dynamics.lam, X)

    return Target("Gibbs law exp(−F/λ)", "002 §4.2, eq. 4.3", density, applies, reason)


@lines_of(SSA)
def minimum_line(simulation) -> list[Line]:
    """What the theorems say of F̄: that it tends to min F (Thm 2.4–2.5), or that it does not (Thm 4.1, 4.2)."""
    lowest = simulation.landscape.minimum(simulation.frame.d)
    if lowest is None:
        return []
    reasons = {
        "none": (False, "Without noise agents keep to their basins: F̄ need not reach min F (Thm 4.1)"),
        "constant": (False, "With constant noise F̄ stays above min F (Thm 4.2)"),
        "annealing": (False, "The theorem is about noise that falls with mass, not with time"),
    }
    applies, reason = reasons.get(
        simulation.dynamics.profile, (True, "F̄ tends to min F as N, t → ∞ (Thm 2.5, mean field)")
    )
    k = simulation.record["k"]
    line = Line(
        "provisional_minimum", "limit of F̄", "002 Thm 2.4", "dotted", k, np.full(k.shape, lowest), applies, reason
    )
    return [line]
