r"""The functions of 004, for kernels, with r a density with respect to μ, and the Metropolis case beside them.

    φ_m(r) = (r^m − 1 − m(r − 1)) / (m(m − 1)),  φ_0(r) = r − 1 − log r,  φ_1(r) = r log r − r + 1     (1)  004 eq. 1.4
    φ(r)   = φ_m(r) on (0, 1],  φ_m₂(r) above                                                         (2)  004 §1, eq. 3.2
    φ'(r)  = (r^(m−1) − 1) / (m − 1),  log r for m = 1;  m₂ in the place of m above 1                 (3)
    g(y)   = (1 + (m − 1) y)^(1/(m−1)),  e^y for m = 1, for y ≤ 0;  m₂ above;  g = (φ')⁻¹             (4)  004 §3.1
    θ(s,t) = (s − t) / (φ'(s) − φ'(t)),  θ(s,s) = 1/φ''(s),  θ(0,·) = 0                               (5)  004 eq. 4.1
    η_β(x) = g(c_β − β U(x)),  c_β such that Σ μ η_β = 1                                              (6)  004 eq. 3.3–3.4
    𝒰_β(ρ) = Σ_x μ(x) (β U(x) ρ(x) + φ(ρ(x)))                                                         (7)  004 §3.2

φ''(r) = r^(m−2) on (0, 1], r^(m₂−2) above. 004 has m₂ = 2 from its eq. 3.2 on and proves its theorems for m < 0. With m ≤ 1 the slope φ'(0)
is −∞, so that η_β is nowhere zero; with m₂ ≥ 1 the slope has no upper bound. (The authors' code returns φ'' on the diagonal of θ and leaves
out the 1 + of both branches of g; the formulas here are those of the text.) The Metropolis case is Gibbs' law, which is (6) for m = m₂ = 1,
and φ_1, 004 remark 3.3 and appendix A:

    η_β(x) = exp(−β U(x)) / Σ μ exp(−β U)                                                             (8)

c_β in (6): with y measured from β min U, h(c) = Σ μ g(c − β(U − min U)) − 1 increases, h ≤ 0 at c = 0, h ≥ 0 at c = φ'(1/μ) of a
minimiser and at c = β(max U − min U). Newton's method from the smaller of them comes down to the root monotonically where g is convex
(m₂ ≤ 2); where a step leaves what is known to hold the root, that is halved instead. It always starts afresh, so that what is recorded does
not depend on how the steps were batched. Below, ``volume`` is S μ (S,), or None where μ is uniform: numba compiles that apart.
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.compiled import inner
from swarmviz.kernels.elementary import elementary, exp, log, power

ROUNDS = 200  # of Newton's method; ten are usual
ENOUGH = 1e-15  # a relative step that no longer counts
NEAR = 1e-8  # of two densities, relative: the quotient of (5) has lost half its digits, and its limit is as exact
SAME = 1e-8  # as near to 0 or 1 an exponent counts as that: quotient and limit are then equally exact


@elementary
def usual_entropy(r, m):
    """φ (2) of 004's theorems, with m < 0 and m₂ = 2: without a branch, so that a loop over states is vectorised."""
    return 0.5 * (r - 1.0) * (r - 1.0) if r > 1.0 else (power(r, m) - 1.0 - m * (r - 1.0)) / (m * (m - 1.0))


@elementary
def entropy(r, m, m2):
    """φ (2) for any exponents."""
    k = m2 if r > 1.0 else m
    if abs(k - 1.0) < SAME:
        return r * log(r) - r + 1.0 if r > 0.0 else 1.0
    if abs(k) < SAME:
        return r - 1.0 - log(r)
    return (power(r, k) - 1.0 - k * (r - 1.0)) / (k * (k - 1.0))


@elementary
def slope_and_mobility(r, m, m2):
    """φ' (3) and 1/φ'' from one power; −∞ and 0 at r = 0."""
    if r > 1.0 and m2 == 2.0:
        return r - 1.0, 1.0
    k = m2 if r > 1.0 else m
    p = power(r, k - 1.0) if r > 0.0 else np.inf
    return (log(r) if abs(k - 1.0) < SAME else (p - 1.0) / (k - 1.0)), r / p


@elementary
def inverse_slope(y, m, m2):
    """g (4)."""
    if y > 0.0 and m2 == 2.0:
        return 1.0 + y
    k = m2 if y > 0.0 else m
    return exp(y) if abs(k - 1.0) < SAME else power(1.0 + (k - 1.0) * y, 1.0 / (k - 1.0))


@elementary
def conductance(s, t, slope_s, slope_t, mobility_s):
    """θ (5), given φ' at both and 1/φ'' at s; an empty state makes it zero by itself, as (s − t)/∞."""
    return mobility_s if abs(s - t) <= NEAR * s else (s - t) / (slope_s - slope_t)


@inner
def balance(heights, volume, lowest, beta, m, m2):
    """c_β − β min U of (6)."""
    S = heights.size
    most, _ = slope_and_mobility(float(S) if volume is None else S / volume[heights.argmin()], m, m2)
    low, high = 0.0, min(beta * (heights.max() - lowest), most)
    c = high
    for _ in range(ROUNDS):
        total, steepness = -float(S), 0.0
        for x in range(S):
            v = 1.0 if volume is None else volume[x]
            y = c - beta * (heights[x] - lowest)
            g = inverse_slope(y, m, m2)
            total += v * g
            steepness += v * (1.0 if y > 0.0 and m2 == 2.0 else power(g, 2.0 - (m2 if y > 0.0 else m)))
        low, high = (low, c) if total > 0.0 else (c, high)
        step = total / steepness
        if m2 > 2.0 and not low <= c - step <= high:
            step = c - 0.5 * (low + high)
        c -= step
        if (abs(step) if m2 > 2.0 else step) <= ENOUGH * (1.0 + abs(c)):  # from above, a step back is rounding
            break
    return c


@inner
def target(heights, volume, beta, m, m2, metropolis, eta):
    """η_β into ``eta`` (S,): (6), or (8)."""
    lowest, S, total = heights.min(), heights.size, 0.0
    if metropolis:
        for x in range(S):
            eta[x] = exp(-beta * (heights[x] - lowest))
        if volume is None:
            eta *= S / eta.sum()
        else:
            for x in range(S):
                total += volume[x] * eta[x]
            eta *= S / total
        return
    c = balance(heights, volume, lowest, beta, m, m2)
    for x in range(S):
        eta[x] = inverse_slope(c - beta * (heights[x] - lowest), m, m2)


@elementary
def usual_cost(r, height, beta, m, metropolis):
    """One state's part of 𝒰_β(ρ), without μ (7), for m < 0 and m₂ = 2."""
    if metropolis:
        return beta * height * r + (r * log(r) - r + 1.0 if r > 0.0 else 1.0)
    return beta * height * r + (usual_entropy(r, m) if r > 0.0 else np.inf)
