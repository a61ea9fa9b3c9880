r"""The consensus of infinitely many agents where F has sharp minima and the law is narrow, and how far that of N agents scatters.

    ν  = ∫ x e^{−αF} ρ(dx) / ∫ e^{−αF} ρ(dx)                                    (1)  001 eq. 1.1 as N → ∞
    τ² = ∫ e^{−2αF} (x − ν)² ρ(dx) / (∫ e^{−αF} ρ(dx))²                         (2)  ν_N scatters around ν by τ/√N
    s  = (∫ e^{−αF} ρ(dx))² / ∫ e^{−2αF} ρ(dx)                                  (3)  share of the agents that count

Both by the trapezoidal rule in logarithms, on nodes that are dense around the minima of F (:func:`nodes_of`) and, where the law is narrow,
on others that move with it. ln ρ at the nodes is interpolated (:func:`log_interpolated`). Atoms of ρ are added. The error of the rule is
0.6% in τ; in ν it cancels around a minimum to less than 1e-4 τ. Where F jumps, and where a plateau of F ends, there is a node on either
side, neighbours among the numbers that there are. Between these, and beyond the ends of ρ, lies nothing, however small F is there: a law
that starts at x > ½ does not see F(½).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from swarmviz.kernels.compiled import Reals, inner, kernel
from swarmviz.landscapes.base import Landscape

UNIFORM = 1001  # nodes
MOST_VALUES = 1000  # of a table; all places of so many are nodes
RATIO, FINEST = (
    1.3,
    1e-9,
)  # of geometric nodes: from FINEST of the range of the nodes on, each RATIO times as far as the one before
GOLDEN = 0.5 * (math.sqrt(5.0) - 1.0)
SECTIONS = (
    60  # golden ones, after which a minimum is known to rounding, and halvings, after which two places are neighbours
)
FEW_LOW = 0.1  # share of those near ν; when no more are lower than those elsewhere, being near is not enough
JUMP = 0.25  # of the difference of F at the ends of an interval, which is left after so many halvings where F jumps
BESIDE = 4e-16  # relative distance of neighbours among the numbers
CLIFF = -300.0  # a cubic overshoots where ln ρ falls below this
NOWHERE = -1e4  # ln ρ where there is nothing
BINS, ZERO_BIN = 80, 64  # distances to ν in powers of 2, from 2^−64 on


class Nodes(NamedTuple):
    """Increasing places ``x`` (M,) at which e^{−αF} is integrated, and ``f``, F there (∞ where it is no number)."""

    x: np.ndarray
    f: np.ndarray


class Consensus(NamedTuple):
    """ν of (1), τ of (2), the share s of (3), and, by the distance to ν in powers of 2, the mass and its part of τ², arrays (BINS,).

    ``x``, ``f`` and ``masses`` are the nodes, F there, and the mass for which each of them stands.
    """

    nu: float
    tau: float
    share: float
    mass: np.ndarray
    square: np.ndarray
    x: np.ndarray
    f: np.ndarray
    masses: np.ndarray

    def leaders(self, size: float) -> float:
        """Share of the agents of which one is enough to hold ν_N within ``size`` of ν.

        It is that of all who are so near, but where F has a narrow gorge there, which most of them miss: of those who are lower than
        as many elsewhere.
        """
        order = np.argsort(self.f, kind="stable")
        f, near = self.f[order], np.abs(self.x[order] - self.nu) < size
        inside, outside = (np.cumsum(np.where(which, self.masses[order], 0.0)) for which in (near, ~near))
        rivals = outside[np.searchsorted(f, f, side="right") - 1]  # those that are as low included
        lower = float(inside[rivals <= inside].max(initial=0.0))
        return float(inside[-1]) if lower > FEW_LOW * inside[-1] else lower

    def agents_within(self, size: float) -> float:
        """So many agents have a ν_N within ``size`` of ν, as far as (2) says: the smallest N with τ_N ≤ √N ``size``.

        Of τ_N² that part counts that lies where one of N agents is to be expected; the variance of a law with heavy tails is made of
        agents that no swarm has.
        """
        needed = np.cumsum(self.square) / size**2
        beyond = np.maximum(1.0 - np.cumsum(self.mass) / self.mass.sum(), 0.0)  # farther away than a bin
        too_few = np.flatnonzero(needed * beyond > 1.0)  # of 1/beyond agents, of which one lies as far away
        return float(max(needed[min(too_few[-1] + 1, BINS - 1)], 1.0)) if len(too_few) else 1.0


def values_at(landscape: Landscape, x: np.ndarray) -> np.ndarray:
    """F at places ``x`` (M,) on the line; ∞ where it is no number."""
    f = landscape.values(np.reshape(x, (-1, 1)))
    return np.where(np.isnan(f), np.inf, f)


def nodes_of(landscape: Landscape, low: float, high: float, marks: Iterable[float] = ()) -> Nodes:
    """Nodes between ``low`` and ``high``: uniform ones, and geometric ones around all local minima, jumps and ends of plateaus of F and
    around the ``marks``."""
    x = np.linspace(low, high, UNIFORM)
    if 0 < landscape.tabulated <= MOST_VALUES:  # between which F is straight
        x = np.union1d(x, np.arange(landscape.tabulated))
    f, spacing = values_at(landscape, x), (high - low) / (UNIFORM - 1)
    even = np.concatenate(([False], _even(landscape, x, f), [False]))  # on the left of each place, and of the end
    lowest = (f[1:-1] <= f[:-2]) & (f[1:-1] <= f[2:]) & np.isfinite(f[1:-1]) & ~even[1:-2] & ~even[2:-1]
    minima = _minima(landscape, x, np.flatnonzero(lowest) + 1)
    around = np.concatenate((minima, _edges(landscape, x, f, even), np.asarray(list(marks), dtype=float)))
    finest = FINEST * (high - low)
    steps = finest * RATIO ** np.arange(int(math.log(4.0 * spacing / finest) / math.log(RATIO)) + 1)
    near = around[:, None] + np.concatenate((-steps[::-1], [0.0], steps))
    x = np.unique(np.concatenate((x, near.ravel())))
    x = x[(x >= low) & (x <= high)]
    return Nodes(x, values_at(landscape, x))


def _minima(landscape: Landscape, x: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The local minima of F near the grid points ``at``, by golden sections, all at once."""
    a, b = x[at - 1], x[at + 1]
    for _ in range(SECTIONS if len(at) else 0):
        c, d = b - GOLDEN * (b - a), a + GOLDEN * (b - a)
        left = values_at(landscape, c) < values_at(landscape, d)
        a, b = np.where(left, a, c), np.where(left, d, b)
    return 0.5 * (a + b)


def _even(landscape: Landscape, x: np.ndarray, f: np.ndarray) -> np.ndarray:
    """Whether F is the same from one of the grid points to the next, as far as a third place between them tells."""
    return (f[1:] == f[:-1]) & (values_at(landscape, x[:-1] + GOLDEN * np.diff(x)) == f[1:])


def _edges(landscape: Landscape, x: np.ndarray, f: np.ndarray, even: np.ndarray) -> np.ndarray:
    """Two neighbouring places at each jump and at each end of a plateau of F, of which one is to be found between two grid points."""
    with np.errstate(invalid="ignore"):
        step = np.abs(np.diff(f))  # no number between two places at which F is infinite
    left, right = even[:-2] & (step > 0.0), even[2:] & (step > 0.0)  # a plateau ends, one begins
    a, b, fa, fb = x[:-1].copy(), x[1:].copy(), f[:-1].copy(), f[1:].copy()
    for _ in range(SECTIONS):
        c = 0.5 * (a + b)
        fc = values_at(landscape, c)
        with np.errstate(invalid="ignore"):
            farther = np.abs(fb - fc) > np.abs(fc - fa)
        farther = np.where(left, fc == fa, np.where(right, fc != fb, farther))
        a, fa = np.where(farther, c, a), np.where(farther, fc, fa)
        b, fb = np.where(farther, b, c), np.where(farther, fb, fc)
    with np.errstate(invalid="ignore"):
        found = left | right | ((step > 0.0) & ~(np.abs(fb - fa) <= JUMP * step))
    return np.concatenate((a[found], b[found]))


@kernel
def interpolate(values: Reals, first: float, spacing: float, at: Reals, out: Reals) -> None:
    """Lagrange's cubic through four neighbours of ``values`` at first, first + spacing, …; −∞ outside. See :func:`log_interpolated`."""
    n = values.size
    for q in range(at.size):
        u = (at[q] - first) / spacing
        if not 0.0 <= u <= n - 1:
            out[q] = -np.inf
            continue
        i = min(max(int(u) - 1, 0), n - 4)
        if min(min(values[i], values[i + 1]), min(values[i + 2], values[i + 3])) < CLIFF:
            i = min(int(u), n - 2)
            t = u - i
            out[q] = (1.0 - t) * values[i] + t * values[i + 1]
        else:
            a = u - i
            b, c, d = a - 1.0, a - 2.0, a - 3.0
            out[q] = (
                a * b * (c * values[i + 3] - 3.0 * d * values[i + 2]) / 6.0
                + c * d * (3.0 * a * values[i + 1] - b * values[i]) / 6.0
            )


@inner(strict=True)
def _widths(x, f, logs, out):
    """Weights of the nodes in the trapezoidal rule, of the panels that hold anything."""
    out[:] = 0.0
    for i in range(out.size - 1):
        width = x[i + 1] - x[i]
        there = logs[i] > NOWHERE and logs[i + 1] > NOWHERE and f[i] < np.inf and f[i + 1] < np.inf
        if there and width > BESIDE * (abs(x[i]) + abs(x[i + 1])):
            out[i] += 0.5 * width
            out[i + 1] += 0.5 * width


@kernel
def weigh(
    x: Reals, f: Reals, logs: Reals, atoms: int, alpha: float, out: Reals, mass: Reals, square: Reals, masses: Reals
) -> None:
    """(1) to (3); the last ``atoms`` of the nodes are atoms, of which ``logs`` has the mass; see :func:`consensus`."""
    _weigh(x, f, logs, atoms, alpha, out, mass, square, masses)


# Strict: of a sum that may be regrouped, two versions are compiled, and where the arrays lie decides which of them runs.
@inner(strict=True)
def _weigh(x, f, logs, atoms, alpha, out, mass, square, masses):
    n, top = x.size - atoms, -np.inf
    widths = np.ones(x.size)
    _widths(x, f, logs, widths[:n])
    for i in range(x.size):
        if widths[i] > 0.0 and logs[i] > NOWHERE and f[i] < np.inf:
            top = max(top, logs[i] - alpha * f[i])
    total, first = 0.0, 0.0
    for i in range(x.size):
        if widths[i] > 0.0 and logs[i] > NOWHERE and f[i] < np.inf:
            w = math.exp(logs[i] - alpha * f[i] - top) * widths[i]
            total += w
            first += w * x[i]
    nu = first / total
    # e^{−2αF} ρ has its own maximum
    twice = -np.inf
    for i in range(x.size):
        if widths[i] > 0.0 and logs[i] > NOWHERE and f[i] < np.inf:
            twice = max(twice, logs[i] - 2.0 * alpha * f[i])
    second = 0.0
    mass[:], square[:], masses[:] = 0.0, 0.0, 0.0
    scale = math.exp(min(twice - 2.0 * top, 700.0)) / (total * total)  # of e^{−2αF − twice} to w²/(E w)²
    for i in range(x.size):
        if widths[i] > 0.0 and logs[i] > NOWHERE and f[i] < np.inf:
            width = widths[i]
            w2 = width * math.exp(logs[i] - 2.0 * alpha * f[i] - twice) * scale
            second += w2
            away = abs(x[i] - nu)
            bin = min(max(int(math.log2(away)) + ZERO_BIN, 0), BINS - 1) if away > 0.0 else 0
            masses[i] = width * math.exp(logs[i])
            mass[bin] += masses[i]
            square[bin] += w2 * away * away
    out[0], out[1], out[2] = nu, math.sqrt(square.sum()), 1.0 / second


def log_interpolated(logs: np.ndarray, first: float, spacing: float, at: np.ndarray) -> np.ndarray:
    """ln ρ at ``at`` (M,) from its values (J,) at first, first + spacing, …: cubic, but straight beside a cliff; −∞ outside."""
    out = np.empty(len(at))
    interpolate(np.maximum(logs, NOWHERE), first, spacing, at, out)
    return out


def consensus(
    x: np.ndarray, f: np.ndarray, logs: np.ndarray, alpha: float, atoms: np.ndarray, atom_values: np.ndarray
) -> Consensus:
    """ν of a law with density e^{logs} at increasing nodes ``x`` (M,), where F is ``f``, and with atoms; and its scatter.

    Parameters
    ----------
    atoms : (A, 2)
        Rows (place, mass).
    atom_values : (A,)
        F there.
    """
    out, mass, square = np.empty(3), np.empty(BINS), np.empty(BINS)
    with np.errstate(divide="ignore"):
        parts = zip((x, f, logs), (atoms[:, 0], atom_values, np.log(atoms[:, 1])), strict=True)
    x, f, logs = (np.concatenate(part) for part in parts)
    masses = np.empty(len(x))
    weigh(x, f, logs, len(atoms), alpha, out, mass, square, masses)
    return Consensus(float(out[0]), float(out[1]), float(out[2]), mass, square, x, f, masses)
