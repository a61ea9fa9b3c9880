"""What the edge of the box does to a law on the line (:mod:`swarmviz.kernels.boundaries` does it to agents), and atoms.

Walls that reflect, and ends that are joined, are images: with the width W of the box a source at m is also at m + jW (periodic), or at
m + 2jW and 2 low − m + 2jW (reflect), and the law in the box is the sum of all of them. A wall that clips holds an atom.
"""

from __future__ import annotations

import math

import numpy as np

from swarmviz.kernels import boundaries
from swarmviz.laws.gaussian_mixture import SEEN, Mixture

MARGIN = 1.0  # widths of the box beyond its walls in which the images are right, too, so that ln ρ can be interpolated up to the walls


def folded(mixture: Mixture, low: float, high: float, boundary: str) -> Mixture:
    """A mixture whose part in [``low``, ``high``] is the law that ``boundary`` ("reflect" or "periodic") leaves there."""
    width, middle = high - low, 0.5 * (high + low)
    farthest = (np.abs(mixture.mean - middle) + SEEN * mixture.deviation).max(initial=0.0)
    count = math.ceil((farthest + (0.5 + MARGIN) * width) / width) + 1
    pieces = []
    for j in range(-count, count + 1):
        mean = mixture.mean + j * width
        if boundary == "reflect" and j % 2:  # 2 low − m + 2iW = 2 middle − m + (2i − 1) W
            mean = 2.0 * middle - mixture.mean + j * width
        here = np.abs(mean - middle) <= (0.5 + MARGIN) * width + SEEN * mixture.deviation
        pieces.append((mixture.mass[here], mean[here], mixture.deviation[here]))
    return Mixture(*(np.concatenate(part) for part in zip(*pieces, strict=True)))


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


def mass_below(atoms: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Mass of the atoms (A, 2), in order, at places ≤ x, for ``x`` (M,)."""
    return np.concatenate(([0.0], np.cumsum(atoms[:, 1])))[np.searchsorted(atoms[:, 0], x, side="right")]
