r"""The law of a new velocity, Λ(ν − x) + S(σ₀ + |x − ν|)ξ of :mod:`swarmviz.laws.bgk`, on rows of velocities, for every law of the noise.

The rows v_j = δ_v sinh(jh_v) get the weights

    w_j = E hat_j(m + sξ),   hat_j piecewise linear, 1 at v_j and 0 at all other rows                          (1)

as second differences of Ψ(t) = E(t − ξ)⁺, which a table holds. They are positive, and have mass 1 and mean m exactly. The hats add
about gap²/6 to the variance; where the rows are close enough that is taken back between neighbours (:func:`narrow`), so that the variance
is exact, too, and what is wrong is of the order gap⁴. Tails that have no variance end at the last row.
"""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, stdtr

from swarmviz.kernels.compiled import Reals, inner

NORMAL_REACH = 6.66  # deviations at which the simulated noise ends (swarmviz.kernels.noise)
HEAVY_REACH = 23.0  # asinh of the same for heavy tails
HEAVY = ("cauchy", "student")
LIGHTEST = 0.5  # degrees of freedom down to which the simulated noise follows Student's law
TABLE = 2049
POINT = 1e-12  # of the gap between rows: a law of so little scale is a point, whatever its tails
CUT = 0.04  # where hats would widen a law to more than 1/√CUT of its own deviation it goes to the two nearest rows


class Noise(NamedTuple):
    """The law of ξ by Ψ(t) = E(t − ξ)⁺ in a table over u = t, or u = asinh t where the tails are ``heavy``.

    Attributes
    ----------
    reach, step : float
        The table goes from u = −reach to reach, in steps of this length.
    variance : float
        Of ξ; ∞ where there is none.
    value, slope : (M,)
        Ψ and dΨ/du.
    """

    heavy: bool
    reach: float
    step: float
    variance: float
    value: Reals
    slope: Reals


@functools.lru_cache(maxsize=16)
def noise_table(noise: str, freedom: float) -> Noise:
    """Ψ(t) = E(t − ξ)⁺ of a law of the noise."""
    heavy, variance = noise in HEAVY, 1.0
    if noise == "gaussian":
        u = np.linspace(-NORMAL_REACH, NORMAL_REACH, TABLE)
        slope = ndtr(u)
        value = u * slope + np.exp(-0.5 * u**2) / math.sqrt(2 * math.pi)
    elif noise == "uniform":
        u = np.linspace(-math.sqrt(3), math.sqrt(3), TABLE)
        slope = (u - u[0]) / (2 * u[-1])
        value = (u - u[0]) ** 2 / (4 * u[-1])
    else:
        df = 1.0 if noise == "cauchy" else freedom
        variance = df / (df - 2) if df > 2 else math.inf
        u, slope, value = heavy_table(df)
    return Noise(heavy, float(u[-1]), float(u[1] - u[0]), variance, value, slope)


def heavy_table(freedom: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """u = asinh t, dΨ/du and Ψ of Student's law, by Simpson's rule; Ψ is 0 where the table begins."""
    u = np.linspace(-HEAVY_REACH, HEAVY_REACH, TABLE)
    middle = 0.5 * (u[1:] + u[:-1])
    slope, between = (stdtr(freedom, np.sinh(a)) * np.cosh(a) for a in (u, middle))
    value = np.concatenate([[0.0], np.cumsum((slope[1:] + slope[:-1] + 4 * between) * (u[1] - u[0]) / 6)])
    half = TABLE // 2  # Ψ(t) = Ψ(−t) + t exactly
    value[half + 1 :] = value[:half][::-1] + np.sinh(u[half + 1 :])
    return u, slope, value


@inner(strict=True)
def excess(t, noise):
    """Ψ(t) = E(t − ξ)⁺, by cubic Hermite interpolation."""
    u = math.asinh(t) if noise.heavy else t
    if u <= -noise.reach:
        return 0.0
    if u >= noise.reach:
        return t
    r = (u + noise.reach) / noise.step
    i = min(int(r), noise.value.size - 2)
    r -= i
    a, b, c, d = noise.value[i], noise.value[i + 1], noise.slope[i] * noise.step, noise.slope[i + 1] * noise.step
    return a + r * (c + r * (3.0 * (b - a) - 2.0 * c - d + r * (2.0 * (a - b) + c + d)))


@inner(strict=True)
def hats(mean, scale, noise, v, first, last, w):
    """Weights (1) of the rows first … last for the law of mean + scale ξ. Returns the range of rows that got some."""
    if mean <= v[first] or mean >= v[last]:
        j = first if mean <= v[first] else last
        w[j] = 1.0
        return j, j
    far = scale * (math.sinh(noise.reach) if noise.heavy else noise.reach)
    lo = first + max(np.searchsorted(v[first : last + 1], mean - far) - 1, 0)
    hi = first + min(np.searchsorted(v[first : last + 1], mean + far), last - first)
    here, before = scale * excess((v[lo] - mean) / scale, noise), 0.0
    for k in range(lo, hi):  # w_j is the difference of the slopes of E(v − V)⁺ on both sides of v_j
        there = scale * excess((v[k + 1] - mean) / scale, noise)
        slope = min((there - here) / (v[k + 1] - v[k]), 1.0)
        w[k] = max(slope - before, 0.0)
        here, before = there, max(slope, before)
    w[hi] = 1.0 - before
    return lo, hi


@inner(strict=True)
def narrow(wanted, v, lo, hi, w, taken):
    """Give weights of hats the second moment ``wanted`` instead of one that is larger by about gap²/6, as far as they stay ≥ 0.

    Every row takes a little from both neighbours so that mass and mean stay: second differences of gap²/12 times the density, which also
    makes the third and fourth moments right up to gap⁴.
    """
    have, less = 0.0, 0.0
    for j in range(lo, hi + 1):
        have += w[j] * v[j] * v[j]
        taken[j] = 0.0
        if lo < j < hi:
            left, right = v[j] - v[j - 1], v[j + 1] - v[j]
            taken[j] = min((left + right) * w[j] / 24.0, min(left * w[j - 1], right * w[j + 1]) / 3.0)
            less += taken[j] * (left + right)
    if wanted < np.inf:
        if not (less > 0.0 and have > wanted):
            return
        part = min((have - wanted) / less, 1.5)
    else:
        part = 1.0
    for j in range(lo + 1, hi):
        left, right = part * taken[j] / (v[j] - v[j - 1]), part * taken[j] / (v[j + 1] - v[j])
        w[j] += left + right
        w[j - 1] -= left
        w[j + 1] -= right


@inner(strict=True)
def new_velocities(mean, scale, noise, v, first, last, w, taken):
    """Weights of the rows for the law of mean + scale ξ: mass and mean exact, the variance where the rows are close enough."""
    j = first + min(max(np.searchsorted(v[first : last + 1], mean), 1), last - first)
    gap = v[j] - v[j - 1]
    if scale <= POINT * gap or (noise.variance < np.inf and scale * scale * noise.variance < gap * gap):
        less = scale * scale - gap * gap / (6.0 * noise.variance)
        if scale > POINT * gap and less > CUT * gap * gap:
            return hats(mean, math.sqrt(less), noise, v, first, last, w)
        t = min(max((mean - v[j - 1]) / gap, 0.0), 1.0)
        w[j - 1], w[j] = 1.0 - t, t
        return j - 1, j
    lo, hi = hats(mean, scale, noise, v, first, last, w)
    narrow(mean * mean + scale * scale * noise.variance, v, lo, hi, w, taken)
    return lo, hi
