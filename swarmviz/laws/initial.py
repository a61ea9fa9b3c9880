"""The law of one agent at step 0, for d = 1: every initial law of :class:`swarmviz.swarm.Swarm`, exactly.

uniform, box   one interval
away           the box without what lies nearer than the radius to a minimiser: intervals
gaussian       one Gaussian, not cut at the box
points         an atom at each point, all of the same mass
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from swarmviz.landscapes.base import Landscape
from swarmviz.laws.gaussian_mixture import SEEN, Cells, Mixture, rebin, together, uniform_cells
from swarmviz.swarm import Swarm


class InitialLaw(NamedTuple):
    """A law on the line that is spread evenly over intervals, or Gaussian, or made of atoms; the other parts are empty.

    Attributes
    ----------
    intervals : (I, 3)
        Rows (low, high, mass), in order, without overlap.
    gaussian : (mean, deviation) or None
        With a deviation > 0.
    atoms : (A, 2)
        Rows (place, mass), in order, without repetition.
    """

    intervals: np.ndarray
    gaussian: tuple[float, float] | None
    atoms: np.ndarray

    def cdf(self, x: np.ndarray) -> np.ndarray:
        """P(X ≤ x) at ``x`` (M,)."""
        x = np.asarray(x, dtype=float)
        if self.gaussian is not None:
            mean, deviation = self.gaussian
            return ndtr((x - mean) / deviation)
        if len(self.atoms):
            below = np.concatenate(([0.0], np.cumsum(self.atoms[:, 1])))
            return below[np.searchsorted(self.atoms[:, 0], x, side="right")]
        low, high, mass = self.intervals.T
        return (mass * np.clip((x[:, None] - low) / (high - low), 0.0, 1.0)).sum(axis=1)

    def quantiles(self, u: np.ndarray) -> np.ndarray:
        """The places below which the shares ``u`` (M,) of the law lie, 0 < u < 1."""
        u = np.asarray(u, dtype=float)
        if self.gaussian is not None:
            mean, deviation = self.gaussian
            return mean + deviation * ndtri(u)
        if len(self.atoms):
            place = np.searchsorted(np.cumsum(self.atoms[:, 1]), u, side="left")
            return self.atoms[np.minimum(place, len(self.atoms) - 1), 0]
        low, high, mass = self.intervals.T
        before = np.concatenate(([0.0], np.cumsum(mass)))
        i = np.clip(np.searchsorted(before, u, side="right") - 1, 0, len(mass) - 1)
        return low[i] + (high - low)[i] * np.clip((u - before[i]) / mass[i], 0.0, 1.0)

    def log_density(self, x: np.ndarray) -> np.ndarray:
        """Logarithm of the density at ``x`` (M,), −∞ where there is none; of atoms there is none anywhere."""
        if self.gaussian is not None:
            mean, deviation = self.gaussian
            return -0.5 * ((x - mean) / deviation) ** 2 - math.log(deviation * math.sqrt(2.0 * math.pi))
        out = np.full(np.shape(x), -np.inf)
        for low, high, mass in self.intervals:
            out[(x >= low) & (x <= high)] = math.log(mass / (high - low))
        return out

    def cells(self, edges: np.ndarray, centre: float = 0.0) -> Cells:
        """Exact moments of X − ``centre`` in the cells between ``edges`` (J + 1,), without the atoms."""
        if self.gaussian is not None:
            mean, deviation = self.gaussian
            return rebin(Mixture(np.ones(1), np.array([mean - centre]), np.array([deviation])), edges)[0]
        if not len(self.intervals):
            empty = np.zeros(len(edges) - 1)
            return Cells(empty, empty, empty)
        return together([uniform_cells(low - centre, high - centre, mass, edges) for low, high, mass in self.intervals])

    @property
    def breaks(self) -> np.ndarray:
        """Where the distribution function has a kink or a jump, in order."""
        return np.unique(np.concatenate((self.intervals[:, :2].ravel(), self.atoms[:, 0])))

    @property
    def span(self) -> tuple[float, float]:
        """Between which places it lies, but for 1e-17 of a Gaussian."""
        if self.gaussian is not None:
            mean, deviation = self.gaussian
            return mean - SEEN * deviation, mean + SEEN * deviation
        return float(self.breaks[0]), float(self.breaks[-1])


def initial_law(swarm: Swarm, landscape: Landscape) -> InitialLaw:
    """The law from which each agent of ``swarm`` starts, whatever its number and its seed.

    Raises
    ------
    ValueError
        When it cannot be drawn, as :meth:`swarmviz.swarm.Swarm.positions` says, or d is not 1.
    """
    if swarm.d != 1:
        raise ValueError(f"d = {swarm.d}: the law of infinitely many agents is computed for d = 1 only")
    few = swarm.copy()
    few.n = 1
    few.positions(landscape)  # raises what is wrong with it
    if swarm.initial == "points":
        places, counts = np.unique(np.asarray(swarm.points, dtype=float).ravel(), return_counts=True)
        return _atoms(places, counts / counts.sum())
    (low,), (high,) = landscape.limits(1)
    if swarm.initial == "gaussian":
        mean = 0.5 * (low + high) if swarm.centre is None else _number(swarm.centre)
        if swarm.spread == 0.0:
            return _atoms(np.array([mean]), np.ones(1))
        return InitialLaw(np.zeros((0, 3)), (mean, float(swarm.spread)), np.zeros((0, 2)))
    if swarm.initial == "box":
        low, high = _number(swarm.low), _number(swarm.high)
    pieces = [(low, high)]
    if swarm.initial == "away":
        for (at,) in landscape.minimisers(1):
            pieces = _without(pieces, at, swarm.radius * (high - low) / 2)
    lows, highs = np.array([piece for piece in pieces if piece[0] < piece[1]]).T
    return InitialLaw(np.column_stack((lows, highs, (highs - lows) / (highs - lows).sum())), None, np.zeros((0, 2)))


def _atoms(places: np.ndarray, masses: np.ndarray) -> InitialLaw:
    return InitialLaw(np.zeros((0, 3)), None, np.column_stack((places, masses)))


def _number(value) -> float:
    """A vector of one number."""
    return float(np.ravel(value)[0])


def _without(pieces: list[tuple[float, float]], at: float, radius: float) -> list[tuple[float, float]]:
    """The intervals without what lies nearer than ``radius`` to a point."""
    cut = [part for a, b in pieces for part in ((a, min(b, at - radius)), (max(a, at + radius), b))]
    return [(a, b) for a, b in cut if a < b]
