r"""A quiet swarm: N agents whose errors cancel, as a law of one agent among infinitely many; d = 1.

Each agent moves as one of the dynamics does, but the N numbers that drive a step are spread evenly (array-RQMC: L'Ecuyer, Lécot and
Tuffin, Operations Research 56, 2008):

    x_i = (i + ½)/N quantile of the initial law at the start, and then in every step, in the order of x,
    ξ_i = Φ⁻¹(frac(g i + D_k)),    g = (√5 − 1)/2,   D_k one uniform number per step                              (1)

Any few neighbours fill the interval (0, 1) of (1) evenly, and neighbours are alike. Each ξ_i has the law N(0, 1), so nothing is
biased; W₁ to the law falls like N^{−0.65} to N^{−0.9} where we have measured it, not N^{−½}. What is drawn is the law of the last step
given the places before it,

    ρ = (1/N) Σ N(m_i, b_i²),   folded, wrapped or cut at the walls                                               (2)

drawn with :data:`SOURCES` Gaussians, each of which has mass, mean and variance of some that are as wide and beside each other. So agents
that are not shaken stand for what lies between them.
"""

from __future__ import annotations

import math

import numpy as np

from swarmviz.kernels.compiled import inner
from swarmviz.kernels.elementary import log
from swarmviz.laws.gaussian_mixture import SEEN, Mixture, cdf
from swarmviz.laws.table import Table
from swarmviz.laws.walls import confined, folded

GOLDEN = 0.5 * (math.sqrt(5.0) - 1.0)
RUN = 16  # numbers that are put in order one by one
TAIL = 0.02425  # share from which on a normal quantile has another formula
EXTREME = 1e-16
NO_ATOMS = np.zeros((0, 2))
SOURCES = 1000  # Gaussians of which the law is drawn
THINNED = 2  # of three places per Gaussian, every second
GAP = 4.0 / SOURCES  # of the width of the box: agents so far apart do not become one Gaussian
CLASS = 4.0  # ratio of deviations that count as the same
NARROWEST = 1e-12  # deviation that is resolved, of the width of the box
FLAT = 4.0  # widths of the box from which on a folded Gaussian is flat, but for e^{−8π²}


@inner
def upper_normal_quantile(p):
    """Φ⁻¹(1 − p) for p ≤ ½, with a relative error of 1e-9 (Acklam 2003)."""
    if p < TAIL:
        q = math.sqrt(-2.0 * log(p))
        a = -7.784894002430293e-03 * q - 3.223964580411365e-01
        a = ((a * q - 2.400758277161838) * q - 2.549732539343734) * q + 4.374664141464968
        b = ((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q + 3.754408661907416
        return -(a * q + 2.938163982698783) / (b * q + 1.0)
    q = 0.5 - p
    r = q * q
    a = ((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r + 1.383577518672690e02
    b = ((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r + 6.680131188771972e01
    return ((a * r - 3.066479806614716e01) * r + 2.506628277459239) * q / ((b * r - 1.328068155288572e01) * r + 1.0)


@inner
def spread_noise(shift, out):
    """out (N,) ← (1), for the agents in their order."""
    for i in range(out.size):
        u = i * GOLDEN + shift
        u -= math.floor(u)
        out[i] = -upper_normal_quantile(max(u, EXTREME)) if u < 0.5 else upper_normal_quantile(max(1.0 - u, EXTREME))


@inner
def put_in_order(x, mass, spare_x, spare_mass):
    """Sort ``x`` (N,), and ``mass`` with it, by merging; what is in order already costs a look."""
    n = x.size
    for first in range(0, n, RUN):
        for i in range(first + 1, min(first + RUN, n)):
            a, m, j = x[i], mass[i], i - 1
            while j >= first and x[j] > a:
                x[j + 1], mass[j + 1] = x[j], mass[j]
                j -= 1
            x[j + 1], mass[j + 1] = a, m
    width = RUN
    while width < n:
        for first in range(0, n - width, 2 * width):
            middle, end = first + width, min(first + 2 * width, n)
            if x[middle - 1] <= x[middle]:
                continue
            for i in range(width):
                spare_x[i], spare_mass[i] = x[first + i], mass[first + i]
            i, j, at = 0, middle, first
            while i < width:
                if j < end and x[j] < spare_x[i]:
                    x[at], mass[at] = x[j], mass[j]
                    j += 1
                else:
                    x[at], mass[at] = spare_x[i], spare_mass[i]
                    i += 1
                at += 1
        width *= 2


def law_of_step(mean: np.ndarray, deviation: np.ndarray, low: float, high: float, boundary: str) -> Table:
    """(2) as a table.

    Parameters
    ----------
    mean, deviation : (N,)
        Of the last step, before the boundary.
    """
    mixture = _coarser(mean, deviation, high - low)
    x = _knots(mixture)
    if boundary == "none":
        return Table(x, cdf(mixture, x), NO_ATOMS)
    inside = np.concatenate(([low], x[(x > low) & (x < high)], [high]))
    if boundary == "clip":
        value = cdf(mixture, inside)
        return Table(inside, value - value[0], np.array([[low, value[0]], [high, 1.0 - value[-1]]]))
    inside = np.union1d(inside, confined(x, low, high, boundary))
    narrow = mixture._replace(deviation=np.minimum(mixture.deviation, FLAT * (high - low)))
    value = cdf(folded(narrow, low, high, boundary), inside)
    return Table(inside, np.clip(value - value[0], 0.0, 1.0), NO_ATOMS)


def _coarser(mean: np.ndarray, deviation: np.ndarray, width: float) -> Mixture:
    """About :data:`SOURCES` Gaussians with the mass, the mean and the variance of neighbours of one class of deviations."""
    least = NARROWEST * width
    kind = np.round(np.log(np.maximum(deviation, least)) / math.log(CLASS)).astype(int)
    order = np.lexsort((mean, kind))
    mean, square, kind = mean[order], deviation[order] ** 2, kind[order]
    apart = (np.diff(kind) != 0) | (np.diff(mean) > GAP * width)
    begins = np.concatenate(([0], np.flatnonzero(apart) + 1))
    rank = np.arange(len(mean)) - np.repeat(begins, np.diff(begins, append=len(mean)))
    first = np.flatnonzero(rank % math.ceil(len(mean) / SOURCES) == 0)
    count = np.diff(first, append=len(mean))
    middle = np.add.reduceat(mean, first) / count
    square = np.add.reduceat(square + (mean - np.repeat(middle, count)) ** 2, first) / count
    return Mixture(count / len(mean), middle, np.maximum(np.sqrt(square), least))


def _knots(mixture: Mixture) -> np.ndarray:
    """Places between which the distribution function is straight enough, and beyond which there is nothing."""
    mean, deviation = mixture.mean, mixture.deviation
    x = (mean[:, None] + deviation[:, None] * np.array([-1.0, 0.0, 1.0])).ravel()
    reach = np.arange(1.25, SEEN, 0.25)
    tails = [
        mean[i] + side * deviation[i] * reach
        for side in (-1.0, 1.0)
        for i in {int(np.argmax(side * mean)), int(np.argmax(deviation))}
    ]
    ends = [(mean - SEEN * deviation).min(), (mean + SEEN * deviation).max()]
    return np.unique(np.concatenate((np.sort(x)[::THINNED], *tails, ends)))
