r"""The functions of 004, for kernels, with r a density with respect to μ, m < 0, and the Metropolis case beside them.

    φ(r)   = (r^m − 1 − m(r − 1)) / (m(m − 1)) on (0, 1],  (r − 1)²/2 above        (1)  004 eq. 3.2
    φ'(r)  = (r^(m−1) − 1) / (m − 1) on (0, 1],  r − 1 above                       (2)
    g(y)   = (1 + (m − 1) y)^(1/(m−1)) for y ≤ 0,  1 + y above;  g = (φ')⁻¹        (3)  004 §3.1
    θ(s,t) = (s − t) / (φ'(s) − φ'(t)),  θ(s,s) = 1/φ''(s),  θ(0,·) = 0            (4)  004 eq. 4.1
    η_β(x) = g(c_β − β U(x)),  c_β such that Σ μ η_β = 1                           (5)  004 eq. 3.3–3.4
    𝒰_β(ρ) = Σ_x μ(x) (β U(x) ρ(x) + φ(ρ(x)))                                      (6)  004 §3.2

φ''(r) = r^(m−2) on (0, 1] and 1 above. (The authors' code returns φ'' on the diagonal of θ and leaves out the 1 + of both branches of
g; the formulas here are those of the text.) The Metropolis case is Gibbs' law and φ_1(r) = r log r − r + 1, 004 eq. 1.4 and appendix A:

    η_β(x) = exp(−β U(x)) / Σ μ exp(−β U)                                          (7)

c_β in (5): with y measured from β min U, h(c) = Σ μ g(c − β(U − min U)) − 1 is convex and increasing, h ≥ 0 at c = S − 1 and at
c = β(max U − min U); Newton's method from the smaller of them comes down to the root monotonically. It always starts afresh, so that what
is recorded does not depend on how the steps were batched.
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.compiled import inner
from swarmviz.kernels.elementary import elementary, exp, log, power

ROUNDS = 200  # of Newton's method; ten are usual
ENOUGH = 1e-15  # a relative step that no longer counts


@elementary
def entropy(r, m):
    """φ (1)."""
    return 0.5 * (r - 1.0) * (r - 1.0) if r > 1.0 else (power(r, m) - 1.0 - m * (r - 1.0)) / (m * (m - 1.0))


@elementary
def slope_and_mobility(r, m):
    """φ' (2) and 1/φ'' from one power; −∞ and 0 at r = 0."""
    p = power(r, m - 1.0) if r > 0.0 else np.inf
    return (r - 1.0, 1.0) if r > 1.0 else ((p - 1.0) / (m - 1.0), r / p)


@elementary
def conductance(s, t, slope_s, slope_t, mobility_s):
    """θ (4), given φ' at both and 1/φ'' at s; an empty state makes it zero by itself, as (s − t)/∞."""
    return mobility_s if s == t else (s - t) / (slope_s - slope_t)


@inner
def balance(heights, lowest, beta, m):
    """c_β − β min U of (5)."""
    S = heights.size
    c = min(beta * (heights.max() - lowest), S - 1.0)
    for _ in range(ROUNDS):
        total, steepness = -float(S), 0.0
        for x in range(S):
            y = c - beta * (heights[x] - lowest)
            g = 1.0 + y if y > 0.0 else power(1.0 + (m - 1.0) * y, 1.0 / (m - 1.0))
            total += g
            steepness += 1.0 if y > 0.0 else power(g, 2.0 - m)
        step = total / steepness
        c -= step
        if step <= ENOUGH * (1.0 + abs(c)):
            break
    return c


@inner
def target(heights, beta, m, metropolis, eta):
    """η_β into ``eta`` (S,): (5), or (7)."""
    lowest, S = heights.min(), heights.size
    if metropolis:
        for x in range(S):
            eta[x] = exp(-beta * (heights[x] - lowest))
        eta *= S / eta.sum()
        return
    c = balance(heights, lowest, beta, m)
    for x in range(S):
        y = c - beta * (heights[x] - lowest)
        eta[x] = 1.0 + y if y > 0.0 else power(1.0 + (m - 1.0) * y, 1.0 / (m - 1.0))


@elementary
def cost(r, height, beta, m, metropolis):
    """One state's part of 𝒰_β(ρ), without μ (6)."""
    if metropolis:
        return beta * height * r + (r * log(r) - r + 1.0 if r > 0.0 else 1.0)
    return beta * height * r + (entropy(r, m) if r > 0.0 else np.inf)
