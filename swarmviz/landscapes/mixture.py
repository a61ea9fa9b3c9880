r"""A landscape of wells that can be placed, dragged, deepened and removed.

    F(x) = κ |x|² − Σ_k D_k exp(−|x − c_k|² / (2 w_k²))          (1)

The wells travel to the compiled functions as numbers, so editing them never compiles anything:

    p = κ, number of wells, coordinates per centre, then D, 1 / (2w²), c_1, c_2, … for each well       (2)

A centre with fewer coordinates than the landscape lies at 0 in the others; with more, the last ones don't count.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from numbers import Real as AnyReal
from typing import Any

import numpy as np

from swarmviz.kernels.elementary import exp
from swarmviz.landscapes.base import Landscape, block
from swarmviz.landscapes.lanes import LANES, lanes, mark_nonfinite
from swarmviz.parameters import Real, Vector

REACH = 5.0  # centres lie in [−REACH, REACH]^d, which is the box
MOST_WELLS, MOST_COORDINATES = 64, 50
SAME = 1e-3  # minima that are nearer to each other are one that was not found to the last digits
MOST_STARTS = 64  # the lowest places from which minimisers are sought: a drag of the mouse waits for them
HEADER = 3  # numbers of (2) before the first well


class Well(tuple):
    """A Gaussian well: the numbers c_1, c_2, …, D, w in a row."""

    __slots__ = ()

    def __new__(cls, centre: float | Sequence[float], depth: float = 1.0, width: float = 0.7) -> Well:
        return super().__new__(cls, (*np.atleast_1d(centre).tolist(), depth, width))

    def __getnewargs__(self):
        return self.centre, self.depth, self.width

    def __repr__(self) -> str:
        return f"Well({self.centre}, {self.depth}, {self.width})"

    @property
    def centre(self) -> tuple[float, ...]:
        """Position of the lowest point."""
        return tuple(self[:-2])

    @property
    def depth(self) -> float:
        """How much lower than its surroundings it is."""
        return self[-2]

    @property
    def width(self) -> float:
        """Standard deviation."""
        return self[-1]


@block
def _distance(x, first, count, p, at, squares):
    """squares = |x − c|² for the well whose numbers begin at p[at]."""
    squares[:count] = 0.0
    for i in range(x.shape[0]):
        xi = x[i, first:]
        c = p[at + 2 + i] if i < p[2] else 0.0
        for j in range(count):
            squares[j] += (xi[j] - c) * (xi[j] - c)


@block
def mixture(x, p, out):  # (1)
    d, n = x.shape
    squares = lanes()
    for first in range(0, n, LANES):
        count, o = min(LANES, n - first), out[first:]
        o[:count] = 0.0
        for i in range(d):
            xi = x[i, first:]
            for j in range(count):
                o[j] += p[0] * xi[j] * xi[j]
        for k in range(int(p[1])):
            at = HEADER + k * (2 + int(p[2]))
            _distance(x, first, count, p, at, squares)
            for j in range(count):
                o[j] -= p[at] * exp(-p[at + 1] * squares[j])
    mark_nonfinite(x, out)


@block
def mixture_gradient(x, p, out):
    d, n = x.shape
    pull = lanes()
    for first in range(0, n, LANES):
        count = min(LANES, n - first)
        for i in range(d):
            xi, oi = x[i, first:], out[i, first:]
            for j in range(count):
                oi[j] = 2.0 * p[0] * xi[j]
        for k in range(int(p[1])):
            at = HEADER + k * (2 + int(p[2]))
            _distance(x, first, count, p, at, pull)
            for j in range(count):
                pull[j] = 2.0 * p[at] * p[at + 1] * exp(-p[at + 1] * pull[j])
            for i in range(d):
                xi, oi = x[i, first:], out[i, first:]
                c = p[at + 2 + i] if i < p[2] else 0.0
                for j in range(count):
                    oi[j] += pull[j] * (xi[j] - c)


class Wells(Vector):
    """A parameter that holds one to ``MOST_WELLS`` wells.

    Accepts rows of numbers c_1, …, D, w and triples (centre, D, w); keeps a tuple of ``Well``.
    """

    def __init__(self, default, **params):
        super().__init__(default=self._tuples(default), shape="table", **params)

    def _tuples(self, val):
        try:
            rows = [list(row) for row in val]
            flat = [[*np.atleast_1d(row[0]).tolist(), *row[1:]] if len(row) == 3 else row for row in rows]
        except (TypeError, ValueError):
            self.refuse(val, "must be a list of wells, each a centre, a depth and a width")
        if not 1 <= len(flat) <= MOST_WELLS:
            self.refuse(val, f"must be between 1 and {MOST_WELLS} wells, not {len(flat)}")
        return tuple(self._well(k, row) for k, row in enumerate(flat))

    def _well(self, k: int, row: list[Any]) -> Well:
        if not 3 <= len(row) <= MOST_COORDINATES + 2:
            self.refuse(row, f"well {k} must have 1 to {MOST_COORDINATES} coordinates, a depth and a width")
        *centre, depth, width = row
        for what, number, low, high in (
            *((f"coordinate {i + 1}", c, -REACH, REACH) for i, c in enumerate(centre)),
            ("the depth", depth, 1e-3, 1e6),
            ("the width", width, 1e-2, 1e2),
        ):
            if isinstance(number, bool) or not isinstance(number, AnyReal) or not low <= float(number) <= high:
                self.refuse(row, f"{what} of well {k} must be a number from {low:g} to {high:g}, not {number!r}")
        return Well([float(c) for c in centre], float(depth), float(width))


def _inside(x: Sequence[float]) -> list[float]:
    """The nearest place where a centre may lie: a hand at the mouse goes beyond the box."""
    return np.clip(np.asarray(x, dtype=float), -REACH, REACH).round(4).tolist()


class GaussianMixture(Landscape):
    """Wells that one can place, drag, deepen and remove while the swarm runs.

    Each method that edits returns a new landscape; assign to ``wells`` to change this one.
    """

    title = "Wells of one's own"
    equation = r"F(x) = \kappa\,|x|^2 - \sum_k D_k \exp\!\left(-\frac{|x - c_k|^2}{2 w_k^2}\right)"
    reference = "a mixture of Gaussians"
    remark = "A centre with fewer coordinates than the landscape lies at 0 in the others."
    low, high = -REACH, REACH
    block_values, block_gradient = staticmethod(mixture), staticmethod(mixture_gradient)

    bowl = Real(
        0.02,
        bounds=(0, 10),
        softbounds=(0, 0.2),
        symbol="κ",
        label="Bowl",
        doc="A bowl around the wells, so that no place is flat.",
    )
    wells = Wells(
        [((-3.0, 1.5), 2.0, 0.7), ((-0.8, -2.5), 1.5, 1.0), ((1.2, 2.2), 1.0, 0.8), ((3.2, -1.0), 3.0, 0.5)],
        symbol="c, D, w",
        label="Wells",
        doc="The wells, each with centre c, depth D and width w.",
    )

    @property
    def confining(self) -> bool:  # type: ignore[override]  # it depends on a parameter
        """Only the bowl holds agents that are far from the wells."""
        return self.bowl > 0

    def with_well(self, centre: Sequence[float], depth: float = 1.0, width: float = 0.7) -> GaussianMixture:
        """A landscape with one more well."""
        return self._with([*self.wells, (centre, depth, width)])

    def with_well_changed(self, k: int, **changes: Any) -> GaussianMixture:
        """A landscape in which well ``k`` has another ``centre``, ``depth`` or ``width``."""
        wells, old = list(self.wells), self.wells[k]
        wells[k] = Well(**{"centre": old.centre, "depth": old.depth, "width": old.width, **changes})
        return self._with(wells)

    def without_well(self, k: int) -> GaussianMixture:
        """A landscape without well ``k``; the last one stays."""
        wells = list(self.wells)
        del wells[k]
        return self._with(wells)

    def nearest_well(self, x: Sequence[float]) -> int:
        """Index of the well whose centre is nearest to the point ``x``."""
        point = np.asarray(x, dtype=float)
        return int(np.square(self._centres(point.size) - point).sum(axis=1).argmin())

    def handles(self, d):
        return self._centres(d)

    def with_handle(self, x):
        return self.with_well(_inside(x))

    def with_handle_moved(self, k, x):
        return self.with_well_changed(k, centre=_inside(x))

    def without_handle(self, k):
        return self.without_well(k)

    def _with(self, wells: Iterable[Any]) -> GaussianMixture:
        return type(self)(**{**self.values_now(), "wells": wells})

    def _centres(self, d: int) -> np.ndarray:
        at = np.zeros((len(self.wells), d))
        for row, well in zip(at, self.wells, strict=True):
            row[: len(well.centre)] = well.centre[:d]
        return at

    def constants(self):  # (2)
        coordinates = max(len(well.centre) for well in self.wells)
        centres = self._centres(coordinates)
        packed = [[w.depth, 0.5 / w.width**2, *c] for w, c in zip(self.wells, centres, strict=True)]
        return np.concatenate([[self.bowl, len(self.wells), coordinates], np.ravel(packed)])

    def minimisers(self, d):
        self.require_dimension(d)
        return self._found(d)[0].copy()

    def separation(self, d):
        self.require_dimension(d)
        return self._found(d)[1]

    _sought: tuple[Any, tuple[np.ndarray, float]] = (None, (np.empty((0, 0)), math.inf))

    def _found(self, d: int) -> tuple[np.ndarray, float]:
        question = (self.wells, self.bowl, d)
        if self._sought[0] != question:  # a running swarm asks again and again
            self._sought = question, self._seek(d)
        return self._sought[1]

    def _seek(self, d: int) -> tuple[np.ndarray, float]:
        """The lowest minima, shape (m, d), and the distance from them to the next that is higher, in half widths of the box."""
        centres = self._centres(d)
        width = np.array([well.width for well in self.wells])
        # Wells that overlap may share a minimum that lies between them.
        apart = np.linalg.norm(centres[:, None] - centres, axis=-1)
        near = (apart < 3.0 * np.maximum(width[:, None], width)).astype(float)
        first, second = np.nonzero(np.triu(near, 1))
        starts = np.concatenate(
            [centres, (near @ centres) / near.sum(axis=1, keepdims=True), 0.5 * (centres[first] + centres[second])]
        )
        found = self._descend(starts[self.values(starts).argsort()[:MOST_STARTS]], centres)
        values = self.values(found)
        lowest = values.min()
        kept: list[np.ndarray] = []
        for x in found[values <= lowest + 1e-13 * (1.0 + abs(lowest))]:
            if all(np.abs(x - y).max() > 1e-6 for y in kept):
                kept.append(x)
        lowest_ones = np.array(kept)
        return lowest_ones, self._separation(found, lowest_ones)

    def _separation(self, found: np.ndarray, lowest: np.ndarray) -> float:
        """How near another of the minima ``found`` is to one of the ``lowest``, maximum norm in half widths of the box."""
        away = np.abs(found[:, None] - lowest).max(axis=2)  # (found, lowest)
        towards = lowest[away.argmin(axis=1)] - found
        rises = self.values(found + 1e-3 * towards) > self.values(found)  # else it is a saddle between two wells
        return float(away.min(axis=1).min(initial=math.inf, where=rises & (away.min(axis=1) > SAME))) / REACH

    def _descend(self, x: np.ndarray, centres: np.ndarray) -> np.ndarray:
        """The minima downhill from the rows of ``x``, shape (m, d)."""
        depth, width = (np.array([getattr(well, name) for well in self.wells]) for name in ("depth", "width"))
        identity = np.eye(x.shape[1])
        for _ in range(300):
            away = x[:, None] - centres  # (m, wells, d)
            pull = depth / width**2 * np.exp(-0.5 * np.square(away).sum(axis=-1) / width**2)
            total = np.maximum(pull.sum(axis=1) + 2.0 * self.bowl, 1e-300)[:, None]
            slope = 2.0 * self.bowl * x + np.einsum("mk,mki->mi", pull, away)
            bend = total[..., None] * identity - np.einsum("mk,mki,mkj->mij", pull / width**2, away, away)
            # Near a minimum Newton's step, elsewhere that of the mean-shift method, which never leads up.
            convex = np.linalg.eigvalsh(bend)[:, :1] > 0.1 * total
            newton = np.linalg.solve(np.where(convex[..., None], bend, identity), slope[..., None])[..., 0]
            step = np.where(convex, newton, slope / total)
            x = x - step
            if np.all(np.abs(step) <= 1e-15 * (1.0 + np.abs(x))):
                break
        return x
