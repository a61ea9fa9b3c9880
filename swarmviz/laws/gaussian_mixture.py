r"""Laws on the line as cells that carry three moments, and as the mixture of Gaussians that a step makes of them.

A step X⁺ = M(X) + S(X) ξ with ξ standard normal sends a point y to N(M(y), S(y)²). A law is kept as cells [z_j, z_j+1] with their mass,
mean and variance; every cell becomes two narrow sources, the step sends these to a mixture Σ P_i N(m_i, b_i²)           (1)
and :func:`rebin` cuts it with the edges of the next cells. Mass, mean and variance of each cell are exact, so total mass, mean and second
moment obey the exact recursion of the scheme, to rounding, whatever the cells.

With t = (z − m)/b, φ the standard normal density and Φ̄ its upper tail, a source gives the cell (t_a, t_b)

    ∫ φ = Φ̄(t_a) − Φ̄(t_b),    ∫ tφ = φ(t_a) − φ(t_b),    ∫ t²φ = ∫ φ + t_a φ(t_a) − t_b φ(t_b)         (2)

and where the cell is so narrow that these differences cancel, their expansions around its middle                       (3)
Φ̄(t) = φ(t) Q(u)/(t + 3), u = (t − 3)/(t + 3), t ≥ 0: Q is a polynomial that interpolates Mills' ratio at 24 Chebyshev points, with a
relative error of 1.3e-15; so a tail costs an exponential and vectorises.                                               (4)
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from swarmviz.kernels.blocks import slice_view
from swarmviz.kernels.compiled import Reals, inner, kernel
from swarmviz.kernels.elementary import elementary, exp

INV_ROOT_2PI = 1.0 / math.sqrt(2.0 * math.pi)
TINY = 1e-300  # a smaller mass has too few digits to divide by
REACH = 37.6  # standard deviations at which the exponential of elementary.py has become 0
SEEN = 8.5  # standard deviations beyond which a Gaussian holds less than 1e-17 of its mass
NARROW = 0.02  # half width of a cell, in deviations, below which (3) is used (times |t|, where that is more than 1)
WITHIN = 0.2254033307585166  # 1 − √0.6: share of a cell's variance inside its two sources, so that their moments are a uniform law's


class Cells(NamedTuple):
    """A law in cells: mass, mean and variance of what lies in each, arrays (J,)."""

    mass: np.ndarray
    mean: np.ndarray
    variance: np.ndarray

    def moments(self) -> tuple[float, float, float]:
        """Total mass, mean, variance; 0 and no number where there is no mass."""
        total = float(self.mass.sum())
        if total == 0.0:
            return 0.0, math.nan, math.nan
        mean = float(self.mass @ self.mean) / total
        return total, mean, float(self.mass @ (self.variance + (self.mean - mean) ** 2)) / total


class Mixture(NamedTuple):
    """Σ P_i N(m_i, b_i²): masses, means and standard deviations > 0, arrays (S,)."""

    mass: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray

    def shifted(self, by: float) -> Mixture:
        """The law of X + ``by``."""
        return self._replace(mean=self.mean + by)


@elementary
def mills_polynomial(u):
    """Q(u) of (4), |u| ≤ 1."""
    q = -7.1277018281367994e-09
    q = -2.6880155206671866e-08 + u * q
    q = 1.9234435315165255e-08 + u * q
    q = 2.0952730313544815e-07 + u * q
    q = 1.8663720597442052e-07 + u * q
    q = -6.276903552367165e-07 + u * q
    q = -1.5720839591498449e-06 + u * q
    q = -4.474226108991117e-08 + u * q
    q = 5.713609779029568e-06 + u * q
    q = 9.170412294526479e-06 + u * q
    q = -8.842496447166973e-06 + u * q
    q = -5.188131236709351e-05 + u * q
    q = -3.319590634896959e-05 + u * q
    q = 0.0001975604217811883 + u * q
    q = 0.0003870083022161172 + u * q
    q = -0.0006431401955175828 + u * q
    q = -0.0026215034693288335 + u * q
    q = 0.002575791938606917 + u * q
    q = 0.0174777695429595 + u * q
    q = -0.02622651832134655 + u * q
    q = -0.11847083516783596 + u * q
    q = 0.5765689205546475 + u * q
    q = -1.276705947048225 + u * q
    return 1.8275417922606192 + u * q


@inner(strict=True)
def _tails(source_mean, inverse, edges, t, density, tail):
    """t, φ(t) and Φ̄(|t|) (4) at ``edges``."""
    for j in range(edges.size):
        x = (edges[j] - source_mean) * inverse
        x = REACH if x > REACH else x  # also of an infinite edge
        x = -REACH if x < -REACH else x
        t[j] = x
        density[j] = INV_ROOT_2PI * exp(-0.5 * x * x)
    for j in range(edges.size):
        x = abs(t[j])
        y = 1.0 / (x + 3.0)
        tail[j] = density[j] * y * mills_polynomial((x - 3.0) * y)


# Each of the following three is a loop of its own with one array that it writes: LLVM makes vector code of no loop in which more than
# eight pairs of arrays might overlap.


@inner(strict=True, inline=True)
def _is_narrow(a, b):
    """Whether (3) holds in the cell (a, b) of a standard normal law."""
    size = abs(0.5 * (a + b))
    return 0.5 * (b - a) * (1.0 if size < 1.0 else size) < NARROW


@inner(strict=True, inline=True)
def _at_middle(fa, fb, e):
    """φ at the middle of a narrow cell, from φ at its ends: √(φ_a φ_b) e^{e/2}, with e the square of its half width."""
    return math.sqrt(fa) * math.sqrt(fb) * (1.0 + e * (0.5 + e * (0.125 + e / 48.0)))


@inner(strict=True, inline=True)
def _wide_mass(a, b, ga, gb):
    """Mass of a cell as a difference of tails, the smaller ones, which does not cancel far out (2)."""
    one_side = ga - gb if a >= 0.0 else gb - ga
    w = one_side if (a >= 0.0) | (b <= 0.0) else 1.0 - ga - gb
    return w if w > 0.0 else 0.0


@inner(strict=True)
def _add_masses(p, t, density, tail, out):
    n = out.size  # views of their own, because of an index j + 1 numba asks whether it is negative
    t_next, density_next, tail_next = slice_view(t, 1, n), slice_view(density, 1, n), slice_view(tail, 1, n)
    for j in range(n):
        a, b = t[j], t_next[j]
        c, e = 0.25 * (a + b) * (a + b), 0.25 * (b - a) * (b - a)
        narrow = (b - a) * _at_middle(density[j], density_next[j], e)
        narrow *= 1.0 + e * ((c - 1.0) / 6.0 + e * (c * c - 6.0 * c + 3.0) / 120.0)
        wide = _wide_mass(a, b, tail[j], tail_next[j])
        out[j] += p * (narrow if _is_narrow(a, b) else wide)


@inner(strict=True)
def _add_means(p, mean, s, about, t, density, tail, out):
    n = out.size  # views of their own, because of an index j + 1 numba asks whether it is negative
    t_next, density_next, tail_next = slice_view(t, 1, n), slice_view(density, 1, n), slice_view(tail, 1, n)
    inverse, factor = 1.0 / s, p * s
    for j in range(n):
        a, b = t[j], t_next[j]
        c, e = 0.25 * (a + b) * (a + b), 0.25 * (b - a) * (b - a)
        narrow = (
            -(b - a)
            * _at_middle(density[j], density_next[j], e)
            * 0.5
            * (a + b)
            * e
            * (1.0 + e * (c - 3.0) / 10.0)
            / 3.0
        )
        wide = density[j] - density_next[j] - (about[j] - mean) * inverse * _wide_mass(a, b, tail[j], tail_next[j])
        out[j] += factor * (narrow if _is_narrow(a, b) else wide)


@inner(strict=True)
def _add_squares(p, mean, s, about, t, density, tail, out):
    n = out.size  # views of their own, because of an index j + 1 numba asks whether it is negative
    t_next, density_next, tail_next = slice_view(t, 1, n), slice_view(density, 1, n), slice_view(tail, 1, n)
    inverse, factor = 1.0 / s, p * s * s
    for j in range(n):
        a, b, fa, fb = t[j], t_next[j], density[j], density_next[j]
        c, e = 0.25 * (a + b) * (a + b), 0.25 * (b - a) * (b - a)
        narrow = (b - a) * _at_middle(fa, fb, e) * e * (1.0 + e * 0.3 * (c - 1.0)) / 3.0
        w, shift = _wide_mass(a, b, tail[j], tail_next[j]), (about[j] - mean) * inverse
        wide = w + a * fa - b * fb - 2.0 * shift * (fa - fb) + shift * shift * w
        out[j] += factor * (narrow if _is_narrow(a, b) else wide)


@kernel
def cut(mass: Reals, mean: Reals, deviation: Reals, edges: Reals, reach: float,
        cell_mass: Reals, cell_mean: Reals, cell_variance: Reals, edge_density: Reals) -> None:  # fmt: skip
    """Mixture (1) cut with the ``edges`` (J + 1), the outermost of which may be infinite; see :func:`rebin`."""
    cells = cell_mass.size
    all_t, all_density, all_tail, all_about = (
        np.empty(cells + 1),
        np.empty(cells + 1),
        np.empty(cells + 1),
        np.empty(cells),
    )
    for j in range(cells):  # moments are taken about the middles, so that nothing cancels where a cell is far from 0
        low, high = edges[j], edges[j + 1]
        all_about[j] = high if low == -np.inf else low if high == np.inf else 0.5 * (low + high)
    cell_mass[:], cell_mean[:], cell_variance[:], edge_density[:] = 0.0, 0.0, 0.0, 0.0
    for i in range(mass.size):
        p, m, s = mass[i], mean[i], deviation[i]
        if p > 0.0:
            first = max(np.searchsorted(edges, m - reach * s, side="right") - 1, 0)
            count = min(np.searchsorted(edges, m + reach * s, side="left"), cells) - first
            t, density = slice_view(all_t, first, count + 1), slice_view(all_density, first, count + 1)
            tail, about = slice_view(all_tail, first, count + 1), slice_view(all_about, first, count)
            _tails(m, 1.0 / s, slice_view(edges, first, count + 1), t, density, tail)
            height, at_edges = p / s, slice_view(edge_density, first, count + 1)
            for j in range(count + 1):
                at_edges[j] += height * density[j]
            _add_masses(p, t, density, tail, slice_view(cell_mass, first, count))
            _add_means(p, m, s, about, t, density, tail, slice_view(cell_mean, first, count))
            _add_squares(p, m, s, about, t, density, tail, slice_view(cell_variance, first, count))
    for j in range(cells):
        low, high = edges[j], edges[j + 1]
        if cell_mass[j] > TINY:
            off = cell_mean[j] / cell_mass[j]
            variance = max(cell_variance[j] / cell_mass[j] - off * off, 0.0)  # rounding
            cell_mean[j] = min(max(all_about[j] + off, low), high)
            most = (high - cell_mean[j]) * (cell_mean[j] - low)  # no law in a cell with this mean varies more
            cell_variance[j] = most if most < variance else variance
        else:
            cell_mass[j], cell_mean[j], cell_variance[j] = 0.0, all_about[j], 0.0


@kernel
def sum_tails(mass: Reals, mean: Reals, deviation: Reals, x: Reals, out: Reals) -> None:
    """Distribution function of a mixture at increasing ``x``; see :func:`cdf`."""
    t, density, tail = np.empty(x.size), np.empty(x.size), np.empty(x.size)
    out[:] = 0.0
    for i in range(mass.size):
        if mass[i] > 0.0:
            first = np.searchsorted(x, mean[i] - SEEN * deviation[i])
            end = np.searchsorted(x, mean[i] + SEEN * deviation[i])
            _tails(mean[i], 1.0 / deviation[i], slice_view(x, first, end - first), t, density, tail)
            for j in range(end - first):
                out[first + j] += mass[i] * (1.0 - tail[j] if t[j] > 0.0 else tail[j])
            for j in range(end, x.size):
                out[j] += mass[i]


@kernel
def sum_densities(mass: Reals, mean: Reals, deviation: Reals, x: Reals, reach: float, out: Reals) -> None:
    """Density of a mixture at increasing ``x``; see :func:`density`."""
    out[:] = 0.0
    for i in range(mass.size):
        if mass[i] > 0.0:
            first = np.searchsorted(x, mean[i] - reach * deviation[i])
            end = np.searchsorted(x, mean[i] + reach * deviation[i])
            top, inverse = mass[i] * INV_ROOT_2PI / deviation[i], 1.0 / deviation[i]
            for j in range(first, end):
                t = (x[j] - mean[i]) * inverse
                out[j] += top * exp(-0.5 * t * t)


def rebin(mixture: Mixture, edges: np.ndarray, reach: float = REACH) -> tuple[Cells, np.ndarray]:
    """The mixture in cells, and its density at their edges.

    Parameters
    ----------
    edges : (J + 1,)
        Increasing; the outermost may be −∞ and ∞.
    reach : float
        Standard deviations to which a source is followed; 7 is enough where nothing weighs the tails.

    Returns
    -------
    Cells, (J + 1,)
    """
    count = len(edges) - 1
    cells, density = Cells(np.empty(count), np.empty(count), np.empty(count)), np.empty(count + 1)
    cut(*mixture, edges, reach, *cells, density)
    return cells, density


def cdf(mixture: Mixture, x: np.ndarray) -> np.ndarray:
    """Distribution function of a mixture at increasing ``x`` (M,)."""
    out = np.empty(len(x))
    sum_tails(*mixture, x, out)
    return out


def density(mixture: Mixture, x: np.ndarray, reach: float = SEEN) -> np.ndarray:
    """Density of a mixture at increasing ``x`` (M,)."""
    out = np.empty(len(x))
    sum_densities(*mixture, x, reach, out)
    return out


def sources(cells: Cells, within: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two sources for every cell that is not empty, at μ ± √((1 − w) q) with the variance w q: masses, means, variances, arrays (S,).

    They keep mass, mean and variance for every share w = ``within``. With w = 0 they are points; with ``WITHIN`` their fourth moment is
    that of a uniform law, (1 − w)² + 6 w (1 − w) + 3 w² = 9/5, and their sum is nearly smooth.
    """
    mass, mean, variance = (part[cells.mass > 0.0] for part in cells)
    apart = np.sqrt((1.0 - within) * variance)
    places = np.stack((mean - apart, mean + apart), axis=1).ravel()
    return np.repeat(0.5 * mass, 2), places, np.repeat(within * variance, 2)


def uniform_cells(low: float, high: float, mass: float, edges: np.ndarray) -> Cells:
    """``mass`` spread evenly over [``low``, ``high``], in cells: exact."""
    a, b = np.maximum(edges[:-1], low), np.minimum(edges[1:], high)
    width = np.maximum(b - a, 0.0)
    a, b = np.where(width > 0.0, a, 0.0), np.where(width > 0.0, b, 0.0)
    return Cells(mass * width / (high - low), 0.5 * (a + b), width * width / 12.0)


def together(several: list[Cells]) -> Cells:
    """The sum of laws in the same cells."""
    mass = np.sum([cells.mass for cells in several], axis=0)
    whole = np.where(mass > 0.0, mass, 1.0)
    mean = np.sum([cells.mass * cells.mean for cells in several], axis=0) / whole
    square = np.sum([cells.mass * (cells.variance + (cells.mean - mean) ** 2) for cells in several], axis=0)
    return Cells(mass, mean, square / whole)
