"""What the edge of the box does to a law on the line (:mod:`swarmviz.kernels.boundaries` does it to agents), and atoms.

Walls that reflect, and ends that are joined, are images: with the width W of the box a source at m is also at m + jW (periodic), or at
m + 2jW and 2 low − m + 2jW (reflect), and the law in the box is the sum of all of them. A wall that clips holds an atom.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from swarmviz.kernels import boundaries
from swarmviz.laws.gaussian_mixture import SEEN, Cells, Mixture, cdf, rebin


def folded(mixture: Mixture, low: float, high: float, boundary: str, margin: float = 0.0) -> Mixture:
    """A mixture whose part in [``low``, ``high``] is the law that ``boundary`` ("reflect" or "periodic") leaves there.

    It is continued as an image ``margin`` widths of the box beyond the walls, for who interpolates ln ρ up to them.
    """
    width, middle = high - low, 0.5 * (high + low)
    farthest = (np.abs(mixture.mean - middle) + SEEN * mixture.deviation).max(initial=0.0)
    count = math.ceil((farthest + (0.5 + margin) * width) / width) + 1
    pieces = []
    for j in range(-count, count + 1):
        mean = mixture.mean + j * width
        if boundary == "reflect" and j % 2:  # 2 low − m + 2iW = 2 middle − m + (2i − 1) W
            mean = 2.0 * middle - mixture.mean + j * width
        here = np.abs(mean - middle) <= (0.5 + margin) * width + SEEN * mixture.deviation
        pieces.append((mixture.mass[here], mean[here], mixture.deviation[here]))
    return Mixture(*(np.concatenate(part) for part in zip(*pieces, strict=True)))


class Confined(NamedTuple):
    """A law as a mixture of which only the part in the ``support`` (low, high) counts, and atoms (A, 2), rows (place, mass)."""

    mixture: Mixture
    atoms: np.ndarray
    support: tuple[float, float]

    def cdf(self, x: np.ndarray, origin: float = 0.0) -> np.ndarray:
        """P(X ≤ x) at increasing ``x`` (M,); the mixture is relative to ``origin``."""
        low, high = self.support
        if low == -np.inf:
            body = cdf(self.mixture, x - origin)
        else:
            inside = cdf(self.mixture, np.clip(np.append(low, x), low, high) - origin)
            body = inside[1:] - inside[0]
        below = np.concatenate(([0.0], np.cumsum(self.atoms[:, 1])))
        return np.clip(body + below[np.searchsorted(self.atoms[:, 0], x, side="right")], 0.0, 1.0)

    def cells(self, edges: np.ndarray, origin: float = 0.0, reach: float = SEEN) -> tuple[Cells, np.ndarray]:
        """The mixture in cells, those beyond the support empty, and its density at the ``edges`` (J + 1,), relative to ``origin``."""
        if self.support[0] == -np.inf:
            return rebin(self.mixture, edges, reach)
        walls = np.array(self.support) - origin
        before = np.searchsorted(edges, walls)
        cells, density = rebin(self.mixture, np.insert(edges, before, walls), reach)
        left, right = before[0], before[1] + 1  # where the walls are now
        cells.mass[:left], cells.mass[right:] = 0.0, 0.0
        return cells, np.delete(density, [left, right])


def confine(mixture: Mixture, atoms: np.ndarray, low: float, high: float, boundary: str, origin: float = 0.0,
            margin: float = 0.0) -> Confined:  # fmt: skip
    """A mixture, relative to ``origin``, and atoms after a boundary of the box [``low``, ``high``]; ``margin`` as in :func:`folded`."""
    if boundary == "none":
        return Confined(mixture, merged(atoms), (-np.inf, np.inf))
    atoms = np.column_stack((confined(atoms[:, 0], low, high, boundary), atoms[:, 1]))
    if boundary == "clip":
        left, right = cdf(mixture, np.array([low, high]) - origin) * (1.0, -1.0) + (0.0, mixture.mass.sum())
        atoms = np.vstack((atoms, [[low, left], [high, right]]))
    else:
        mixture = folded(mixture, low - origin, high - origin, boundary, margin)
    return Confined(mixture, merged(atoms), (float(low), float(high)))


def confined(x: np.ndarray, low: float, high: float, boundary: str) -> np.ndarray:
    """Points (M,) after a boundary, by the kernel of the swarm."""
    row = np.array(x, dtype=float)[None]
    boundaries.confine(row, np.array([low], dtype=float), np.array([high], dtype=float), boundaries.CODES[boundary])
    return row[0]


def merged(atoms: np.ndarray) -> np.ndarray:
    """Atoms (A, 2), rows (place, mass), in order, those at one place as one, without empty ones."""
    atoms = atoms[atoms[:, 1] > 0.0]
    places, which = np.unique(atoms[:, 0], return_inverse=True)
    return np.column_stack((places, np.bincount(which, atoms[:, 1], len(places))))
