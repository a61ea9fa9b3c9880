r"""Agents that a wall has let go of, in the law of :mod:`swarmviz.laws.bgk`.

At a wall that clips, agents keep the velocity with which they hit it. When the wall goes (another boundary, another box) all of them move
at once, from one place, and until it jumps an agent's place is a function of its velocity,

    x ← Π(x + Δt v),    mass ← (1 − p) mass.                                                             (1)

Between walls that reflect, which turn a place but not a velocity, they even come back: of those at a wall after n steps without a jump all
are at that wall again after n + 2, to the last bit, and so are those that
jump while they are there, if outwards. Cells of the grid, in which place and velocity are independent, would smear this; so
these agents are points (x, v) of their own, a few for every row of velocities. What jumps goes to the grid, and so do the rest once they
are few, or held by a wall again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from swarmviz.laws.table import Table
from swarmviz.laws.walls import confined

PER_SIDE = 16  # points between a row and the next one
FEW = 1e-6  # mass of all of them that makes them part of the grid
TOGETHER = 4  # points at one place that are more than two rows happen to share: they are drawn as an atom
AT_WALL = 1e-9  # of the width of the box: so near to a wall a point is at it, but for rounding


class Released(NamedTuple):
    """Points with velocities, (P,) each.

    Attributes
    ----------
    row : array of int
        Of the velocities, counted from that of v = 0, to which a point belongs.
    x, v, mass : array
        In the landscape's coordinates, and those per unit of time.
    """

    row: np.ndarray
    x: np.ndarray
    v: np.ndarray
    mass: np.ndarray

    def among(self, edges: np.ndarray, centre: float) -> tuple[np.ndarray, np.ndarray]:
        """The column of each, and its place relative to ``centre``; at the outermost edges they are in the outer columns."""
        y = self.x - centre
        column = np.searchsorted(edges, y, side="right")
        column[y <= edges[0]] = 0
        column[y >= edges[-1]] = len(edges)
        return column, y

    def sums(self, edges: np.ndarray, centre: float) -> np.ndarray:
        """Σ1, Σy, Σy² by column, (3, X)."""
        out = np.zeros((3, len(edges) + 1))
        if len(self.x):
            column, y = self.among(edges, centre)
            for power in range(3):
                np.add.at(out[power], column, self.mass * y**power)
        return out

    def put_into(self, sums: np.ndarray, edges: np.ndarray, centre: float) -> None:
        """Add them to the cells of a grid, (3, V, X)."""
        column, y = self.among(edges, centre)
        for power in range(3):
            np.add.at(sums[power], (self.row + sums.shape[1] // 2, column), self.mass * y**power)

    def split(self, chosen: np.ndarray) -> tuple[Released, Released]:
        """Those that are ``chosen`` (P,), and the others."""
        return Released(*(part[chosen] for part in self)), Released(*(part[~chosen] for part in self))

    def thinned(self, stay: float) -> Released:
        """The share ``stay`` = 1 − p that does not jump."""
        return self._replace(mass=stay * self.mass)

    def flown(self, dt: float, low: float, high: float, boundary: str) -> Released:
        """The places of (1)."""
        x = self.x + dt * self.v
        if boundary != "none":
            x = confined(x, low, high, boundary)
            near = AT_WALL * (high - low)
            x = np.where(x - low < near, low, np.where(high - x < near, high, x))
        return self._replace(x=x)

    def table(self) -> Table:
        """Their part of the distribution function: straight between them, with a jump where many are."""
        if not len(self.x):
            return Table(np.zeros(0), np.zeros(0), np.zeros((0, 2)))
        x, which, count = np.unique(self.x, return_inverse=True, return_counts=True)
        mass, many = np.bincount(which, self.mass), count > TOGETHER
        atoms, x, mass = np.column_stack((x[many], mass[many])), x[~many], mass[~many]
        if not len(x):
            return Table(np.zeros(0), np.zeros(0), atoms)
        ends = (x[0], x[-1]) if len(x) == 1 else (1.5 * x[0] - 0.5 * x[1], 1.5 * x[-1] - 0.5 * x[-2])
        value = np.cumsum(mass) - 0.5 * mass
        return Table(np.concatenate(([ends[0]], x, [ends[1]])), np.concatenate(([0.0], value, [mass.sum()])), atoms)


NONE_RELEASED = Released(np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros(0))


def released_from(x: float, mass: np.ndarray, v: np.ndarray) -> Released:
    """Agents at ``x`` with masses (V,) in the rows of velocities ``v`` (V,), the middle one of which is 0.

    A row stands for a law whose density is a hat over the rows beside it, of mean ``v``: the densities of all rows together are straight
    in between.
    """
    at = np.flatnonzero(mass > 0.0)
    left, right = v - np.concatenate((v[:1], v[:-1])), np.concatenate((v[1:], v[-1:])) - v
    part = (np.arange(PER_SIDE) + 0.5) / PER_SIDE
    share = (1.0 - part) / (1.0 - part).sum()
    width = (left + right)[at, None]
    masses = (
        np.concatenate(((right[at, None] / width) * share, (left[at, None] / width) * share), axis=1) * mass[at, None]
    )
    speeds = v[at, None] + np.concatenate((-left[at, None] * part, right[at, None] * part), axis=1)
    row = np.repeat(at - len(v) // 2, 2 * PER_SIDE)
    return Released(row, np.full(masses.size, x), speeds.ravel(), masses.ravel())


def together(*some: Released) -> Released:
    """All of them; those with the same place and velocity become one."""
    row, x, v, mass = (np.concatenate(parts) for parts in zip(*some, strict=True))
    order = np.lexsort((row, v, x))
    row, x, v, mass = row[order], x[order], v[order], mass[order]
    first = np.flatnonzero(np.concatenate(([True], (np.diff(row) != 0) | (np.diff(v) != 0.0) | (np.diff(x) != 0.0))))
    return Released(row[first], x[first], v[first], np.add.reduceat(mass, first))
