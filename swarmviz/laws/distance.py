r"""How far N agents are from a law on the line, and how far independent ones would be.

    W₁(ρ_N, ρ) = ∫ |F_N(x) − F(x)| dx                                           (1)
    E W₁ of N independent draws = ∫ E|F_N − F| dx ≈ ∫ √(2F(1−F)/(πN)) dx        (2)

F is kept as a :class:`Curve` of straight pieces and jumps; (1) is then exact. In (2) the mean deviation of a binomial share is that of the
normal law, and no more than 2F(1−F), to which it tends far out in the tails, where less than one agent is expected.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

FARTHEST = 1e-9  # of the mass may lie beyond the ends of a curve
LARGEST = 0.02  # share of the mass on a straight piece
ROUNDS = 50  # at most, of halving the pieces of a curve
SMALLEST = 1e-12  # width of a piece, of the range of the curve, that is not halved any more


class Curve(NamedTuple):
    """A distribution function that is straight between the places ``x`` (M,), in order; one that is there twice is a jump."""

    x: np.ndarray
    value: np.ndarray

    def right(self, x: np.ndarray) -> np.ndarray:
        """F(x) at ``x`` (M,)."""
        return self._on_piece(np.searchsorted(self.x, x, side="right") - 1, x)

    def left(self, x: np.ndarray) -> np.ndarray:
        """The limit of F from the left at ``x`` (M,)."""
        return self._on_piece(np.searchsorted(self.x, x, side="left") - 1, x)

    def _on_piece(self, i: np.ndarray, x: np.ndarray) -> np.ndarray:
        """The straight line of piece ``i``, which begins at its place ``i``; 0 before the first, 1 after the last."""
        j = np.clip(i, 0, len(self.x) - 2)
        width = self.x[j + 1] - self.x[j]
        share = np.clip((x - self.x[j]) / np.where(width > 0.0, width, 1.0), 0.0, 1.0)
        inside = self.value[j] + share * (self.value[j + 1] - self.value[j])
        return np.where(i < 0, 0.0, np.where(i >= len(self.x) - 1, 1.0, inside))


def curve_of(
    cdf: Callable[[np.ndarray], np.ndarray],
    low: float,
    high: float,
    atoms: np.ndarray | None = None,
    tolerance: float = 1e-4,
) -> Curve:
    """A distribution function as straight pieces.

    Parameters
    ----------
    cdf : function
        F at increasing places (M,).
    low, high : float
        Where to begin looking, such as the range of the agents; they are moved outwards until hardly any mass lies beyond.
    atoms : (A, 2), optional
        Rows (place, mass) of the jumps of F.
    tolerance : float
        How far F may be from the middle of a piece, in standard deviations √(F(1−F)) of one agent.
    """
    atoms = np.zeros((0, 2)) if atoms is None else atoms[atoms[:, 1] > 0.0]
    low, high = _ends(cdf, min([low, *atoms[:, 0]]), max([high, *atoms[:, 0]]))
    x = np.unique(np.concatenate((np.linspace(low, high, 65), atoms[:, 0])))
    value, coarse = cdf(x), np.ones(len(x) - 1, bool)
    for _ in range(ROUNDS):
        at = np.flatnonzero(coarse & (np.diff(x) > SMALLEST * (high - low)))
        if not len(at):
            break
        middles = 0.5 * (x[at] + x[at + 1])
        found, end = cdf(middles), value[at + 1] - jumps_at(atoms, x[at + 1])  # of a jump the limit from the left
        off = np.abs(found - 0.5 * (value[at] + end)) > tolerance * np.sqrt(np.maximum(found * (1.0 - found), FARTHEST))
        again = off | (end - value[at] > LARGEST)
        x, value = np.insert(x, at + 1, middles), np.insert(value, at + 1, found)
        coarse = np.zeros(len(x) - 1, bool)
        place = at + np.arange(len(at))  # of the left one of two halves
        coarse[place] = coarse[place + 1] = again
    jump = jumps_at(atoms, x)
    twice = 1 + (jump > 0.0)
    x, values = np.repeat(x, twice), np.repeat(value, twice)
    values[np.cumsum(twice) - twice] = value - jump
    return Curve(x, np.clip(values, 0.0, 1.0))


def _ends(cdf: Callable[[np.ndarray], np.ndarray], low: float, high: float) -> tuple[float, float]:
    """An interval around [low, high] beyond which hardly any mass lies."""
    width = max(high - low, SMALLEST * max(abs(low), abs(high)), 1e-300)
    for _ in range(60):
        below, above = cdf(np.array([low - width / 64, high + width / 64])) * (1.0, -1.0) + (0.0, 1.0)
        if below <= FARTHEST and above <= FARTHEST:
            break
        low, high = low - (width if below > FARTHEST else 0.0), high + (width if above > FARTHEST else 0.0)
        width = high - low
    return low - width / 64, high + width / 64


def jumps_at(atoms: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The mass of the atoms (A, 2) at each of the increasing places ``x`` (M,)."""
    out = np.zeros(len(x))
    if len(atoms):
        at = np.searchsorted(x, atoms[:, 0])
        here = (at < len(x)) & (x[np.minimum(at, len(x) - 1)] == atoms[:, 0])
        np.add.at(out, at[here], atoms[here, 1])
    return out


def distance(agents: np.ndarray, curve: Curve) -> float:
    """W₁ of the agents (N,), in any order, to a law (1)."""
    n, breaks = len(agents), np.concatenate((np.sort(agents), curve.x))
    order = np.argsort(breaks, kind="stable")  # merges two lists that are in order
    breaks, below = breaks[order], np.cumsum(order[:-1] < n) / n
    begins, ends = curve.right(breaks[:-1]) - below, curve.left(breaks[1:]) - below
    # a straight line from a to b, without and with a change of sign
    same = begins * ends >= 0.0
    size = np.abs(begins) + np.abs(ends)
    area = np.where(same, 0.5 * size, 0.5 * (begins**2 + ends**2) / np.where(same, 1.0, size))
    return float(area @ np.diff(breaks))


def expected_distance(curve: Curve, n: int) -> float:
    """E W₁ of ``n`` independent draws from the law (2)."""
    spread = curve.value * (1.0 - curve.value)
    mean = np.minimum(np.sqrt(2.0 * spread / (np.pi * n)), 2.0 * spread)
    return float(0.5 * (mean[1:] + mean[:-1]) @ np.diff(curve.x))
