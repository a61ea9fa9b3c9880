r"""Basins of attraction of a landscape in one or two dimensions, on a grid over its box.

Of two dimensions NODES[2]² nodes are looked at, of one as many. From each node the way goes to that of its neighbours (up to eight) to
which F falls most steeply,

    i → argmax_j (F_i − F_j) / |x_i − x_j|,                                                     (1)

and so on to a node that has no lower neighbour, a dip. What ends there is a basin, if the grid can tell it from its neighbours: in a curved
valley that runs askew through the grid, and where F oscillates within a few nodes, the nodes have dips that F has not. The lowest way
from one dip into another leads over a pass of height P; the higher dip belongs to the basin of the other one if

    P − F_i ≤ max(Δ_i, FLAT (max F − min F)),                                                   (2)

with Δ_i the largest second difference of F at the two dips, along the axes and diagonals: how much F can change between nodes. For a wave
this asks for some five nodes from crest to crest. Dips are joined in the order of their passes, as in a watershed. Basins are numbered
from the lowest minimum on, 0 first. The minimum of a basin is estimated by the parabolas through its lowest node and its neighbours,
unless it holds a known minimiser.

Where the dips are, (1) says well, but its ways go in eight directions only, and down a long slope they end elsewhere than those of the
gradient. So in the plane the basin of a node is found anew. Of the eight triangles that it makes with two neighbours in a row, with F
linear in each, F falls most steeply in one, in a direction between the two; the node belongs to their basins in shares, by the angles:

    s_i = (1 − r) s_axis + r s_diagonal                                                         (3)  Tarboton 1997

The two largest shares are kept, and the node counts to the basin of the larger.
"""

from __future__ import annotations

import math
import threading
from typing import Annotated, Any, NamedTuple

import numpy as np

from swarmviz.kernels.compiled import Reals, Tables, Wholes, inner, kernel, types
from swarmviz.landscapes.base import Landscape

NODES = {1: 65_537, 2: 257}  # along an axis, by dimension
FLAT = 1e-8  # of the range of F: a dip that is less deep is none
ALIKE = 1e-9  # of the range of the minima: those that are less apart count as equally low, and are numbered by places
KEPT = 8  # landscapes whose basins are kept, 0.3 MB each
NO_SHARE = 1e-3  # a smaller share is none
NOWHERE = -1  # where F is no finite number

Labels = Annotated[np.ndarray, types.int32[::1]]

_lock = threading.Lock()
Question = tuple[Any, ...]  # what basins depend on: values, d, bounds, constants
_kept: list[tuple[Question, Any]] = []


class Grid(NamedTuple):
    """The nodes row by row: their numbers and distances along the axes; one row in one dimension."""

    rows: int
    columns: int
    down: float
    right: float


@kernel
def find_dips(f: Reals, order: Wholes, grid: Grid, dip: Wholes) -> None:
    """dip ← the node at which (1) ends, of each node, NOWHERE where F is not finite; ``order`` are the nodes from low to high."""
    per_length = np.empty((3, 3))
    for a in range(3):
        for b in range(3):
            length = np.hypot((a - 1) * grid.down, (b - 1) * grid.right)
            per_length[a, b] = 1.0 / length if length > 0.0 else 0.0
    for at in order:
        i, j, steepest, to = at // grid.columns, at % grid.columns, 0.0, at
        dip[at] = NOWHERE
        if not np.isfinite(f[at]):
            continue
        for a in range(max(i - 1, 0), min(i + 2, grid.rows)):
            for b in range(max(j - 1, 0), min(j + 2, grid.columns)):
                slope = (f[at] - f[a * grid.columns + b]) * per_length[a - i + 1, b - j + 1]
                if slope > steepest:
                    steepest, to = slope, a * grid.columns + b
        dip[at] = at if to == at else dip[to]


@kernel
def find_roughness(f: Reals, grid: Grid, dip: Wholes, out: Reals) -> None:
    """out ← Δ of (2) of each dip."""
    for at in range(f.size):
        if dip[at] != at:
            continue
        i, j, out[at] = at // grid.columns, at % grid.columns, 0.0
        for a, b in ((0, 1), (1, 0), (1, 1), (1, -1)):
            if 0 <= i - a and i + a < grid.rows and 0 <= j - abs(b) and j + abs(b) < grid.columns:
                step = a * grid.columns + b
                second = f[at + step] + f[at - step] - 2.0 * f[at]
                if np.isfinite(second):
                    out[at] = max(out[at], second)


@kernel
def join_dips(f: Reals, order: Wholes, grid: Grid, dip: Wholes, roughness: Reals, least: float, parent: Wholes) -> None:
    """(2): parent ← for each dip the one that it belongs to, itself where it is a basin; from the lowest pass to the highest."""
    for at in range(f.size):
        parent[at] = at
    for at in order:
        if dip[at] == NOWHERE:
            continue
        i, j = at // grid.columns, at % grid.columns
        for a in range(max(i - 1, 0), min(i + 2, grid.rows)):
            for b in range(max(j - 1, 0), min(j + 2, grid.columns)):
                beside = a * grid.columns + b
                if dip[beside] == NOWHERE or dip[beside] == dip[at] or f[beside] > f[at]:
                    continue
                one, other = dip[at], dip[beside]
                while parent[one] != one:
                    one = parent[one]
                while parent[other] != other:
                    other = parent[other]
                if one == other:
                    continue
                if f[one] < f[other] or (f[one] == f[other] and one < other):
                    one, other = other, one
                if f[at] - f[one] <= max(roughness[one], roughness[other], least):
                    parent[one] = other
    for at in range(f.size):
        if dip[at] != NOWHERE:
            root = dip[at]
            while parent[root] != root:
                root = parent[root]
            dip[at] = root


@inner
def steepest_triangle(f, grid, i, j):
    """The two neighbours of a node between which F falls most steeply, and the share r of the second (3); (−1, −1, 0) at a dip."""
    axis, diagonal, share, steepest, at = -1, -1, 0.0, 0.0, f[i * grid.columns + j]
    for quarter in range(4):
        a, b = (0, 1 - quarter) if quarter % 2 == 0 else (2 - quarter, 0)  # right, down, left, up
        for side in (-1, 1):
            c, e = (side, b) if a == 0 else (a, side)
            if not (
                0 <= i + a < grid.rows
                and 0 <= i + c < grid.rows
                and 0 <= j + b < grid.columns
                and 0 <= j + e < grid.columns
            ):
                continue
            along, across = (grid.right, grid.down) if a == 0 else (grid.down, grid.right)
            one, two = (i + a) * grid.columns + j + b, (i + c) * grid.columns + j + e
            if not (np.isfinite(f[one]) and np.isfinite(f[two])):
                continue
            ahead, aside = (at - f[one]) / along, (f[one] - f[two]) / across
            if aside <= 0.0:
                slope, turn = ahead, 0.0
            elif aside * along >= ahead * across:
                slope, turn = (at - f[two]) / math.sqrt(along * along + across * across), 1.0
            else:
                slope, turn = math.sqrt(ahead * ahead + aside * aside), 0.5
            if slope > steepest:
                axis, diagonal, steepest = one, two, slope
                share = math.atan2(aside, ahead) / math.atan2(across, along) if turn == 0.5 else turn
    return axis, diagonal, share


@inner
def add_share(labels, shares, label, share):
    """Add a share to those of the basins that a node belongs to; up to four."""
    for q in range(labels.size):
        if labels[q] == label or labels[q] == NOWHERE:
            labels[q] = label
            shares[q] += share
            return


@inner
def only_way(f, grid, at, first, shares):
    """The basin to which all lower neighbours of a node belong, with no share in another; NOWHERE where there is none."""
    i, j, label = at // grid.columns, at % grid.columns, NOWHERE
    for a in range(max(i - 1, 0), min(i + 2, grid.rows)):
        for b in range(max(j - 1, 0), min(j + 2, grid.columns)):
            beside = a * grid.columns + b
            if f[beside] < f[at]:
                if shares[beside] < 1.0 or (label != NOWHERE and first[beside] != label):
                    return NOWHERE
                label = first[beside]
    return label


@kernel
def share_out(f: Reals, order: Wholes, grid: Grid, dip: Wholes, out: Wholes) -> None:
    """out ← the dip to which the largest share (3) of each node leads; ``dip`` are those that (1) leads to, joined."""
    first, second, shares = np.empty_like(dip), np.empty_like(dip), np.empty(f.size)
    labels, parts = np.empty(4, np.int64), np.empty(4)
    for at in order:
        first[at], second[at], shares[at] = dip[at], NOWHERE, 1.0
        if dip[at] == NOWHERE:
            continue
        label = only_way(f, grid, at, first, shares)
        if label != NOWHERE:  # as a rule; the rest is for the neighbourhood of ridges
            first[at] = label
            continue
        axis, diagonal, share = steepest_triangle(f, grid, at // grid.columns, at % grid.columns)
        if axis < 0:
            continue
        labels[:], parts[:] = NOWHERE, 0.0
        for to, weight in ((axis, 1.0 - share), (diagonal, share)):
            if weight > 0.0:
                add_share(labels, parts, first[to], weight * shares[to])
                if second[to] != NOWHERE:
                    add_share(labels, parts, second[to], weight * (1.0 - shares[to]))
        one = np.argmax(parts)
        most, first[at] = parts[one], labels[one]
        parts[one] = 0.0
        other = np.argmax(parts)
        if parts[other] > NO_SHARE:
            second[at], shares[at] = labels[other], most / (most + parts[other])
    out[:] = first


@kernel
def number_answers(
    records: Tables, first: int, basin: int, labels: Labels, low: Reals, high: Reals, columns: int
) -> None:
    """Row ``basin`` of each record ← the label of the node nearest to the point whose coordinates are its rows from ``first`` on."""
    d, per_length = low.size, np.empty(low.size)
    for i in range(d):
        per_length[i] = ((labels.size // columns if i < d - 1 else columns) - 1) / (high[i] - low[i])
    for r in range(records.shape[0]):
        for q in range(records.shape[2]):
            at, inside = 0, True
            for i in range(d):
                y = records[r, first + i, q]
                inside = inside and low[i] <= y <= high[i]
                if inside:
                    at = at * columns + int(np.rint((y - low[i]) * per_length[i]))
            records[r, basin, q] = labels[at] if inside and labels[at] != NOWHERE else np.nan


class Basins:
    """The basins of attraction of a landscape.

    Parameters
    ----------
    landscape : Landscape
        One of which they can be :func:`known`.
    d : int
        1 or 2.

    Attributes
    ----------
    low, high : (d,)
        The box.
    labels : (NODES, …) int32
        The number of the basin in which each node lies, an axis for each coordinate; NOWHERE where F is no finite number.
    minima : (basins,)
        F at their lowest points, rising.
    lowest : (basins, d)
        The nodes next to these.
    """

    def __init__(self, landscape: Landscape, d: int):
        self.low, self.high = landscape.limits(d)
        nodes = NODES[d]
        axes = [np.linspace(a, b, nodes) for a, b in zip(self.low, self.high, strict=True)]
        x = np.ascontiguousarray(np.stack(np.meshgrid(*axes, indexing="ij")).reshape(d, -1))
        f = _values(landscape, x)
        spacing = (self.high - self.low) / (nodes - 1)
        grid = Grid(nodes if d == 2 else 1, nodes, float(spacing[0]) if d == 2 else 1.0, float(spacing[-1]))
        dip = self._joined(f, grid)
        roots = np.flatnonzero(dip == np.arange(f.size))
        heights, told = self._heights(landscape, d, f, grid, dip, roots)
        order = np.lexsort((roots, ~told, _levels(heights)))
        number = np.full(f.size, NOWHERE, np.int32)
        number[roots[order]] = np.arange(len(roots))
        self._flat = np.where(dip == NOWHERE, NOWHERE, number[dip]).astype(np.int32)
        self.labels = self._flat.reshape((nodes,) * d)
        self.minima, self.lowest = heights[order], x[:, roots[order]].T
        self._columns = nodes

    @staticmethod
    def _joined(f: np.ndarray, grid: Grid) -> np.ndarray:
        """The lowest node of the basin of each node."""
        order = np.argsort(f, kind="stable")
        finite = f[np.isfinite(f)]
        with np.errstate(over="ignore"):
            least = FLAT * float(np.ptp(finite)) if len(finite) else 0.0
        dip, parent, roughness = np.empty(f.size, np.int64), np.empty(f.size, np.int64), np.empty(f.size)
        find_dips(f, order, grid, dip)
        find_roughness(f, grid, dip, roughness)
        join_dips(f, order, grid, dip, roughness, least if np.isfinite(least) else 0.0, parent)
        if grid.rows > 1:
            share_out(f, order, grid, dip.copy(), dip)
        return dip

    def _heights(
        self, landscape: Landscape, d: int, f: np.ndarray, grid: Grid, dip: np.ndarray, roots: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The minimum of F in each basin, by the parabolas through its lowest node; and whether a known minimiser lies there."""
        heights, holds_known = f[roots], np.zeros(len(roots), bool)
        for step, place, length in (
            (1, roots % grid.columns, grid.columns),
            (grid.columns, roots // grid.columns, grid.rows),
        ):
            inner = (place > 0) & (place < length - 1)
            with np.errstate(all="ignore"):
                behind, ahead = f[np.where(inner, roots - step, roots)], f[np.where(inner, roots + step, roots)]
                bend = ahead + behind - 2 * f[roots]
                drop = (ahead - behind) ** 2 / (8 * bend)
                heights -= np.where(inner & (bend > 0) & np.isfinite(drop), drop, 0.0)
        known = landscape.minimisers(d)
        known = known[((known >= self.low) & (known <= self.high)).all(axis=1)]
        node = np.rint((known - self.low) / (self.high - self.low) * (grid.columns - 1)).astype(int)
        there = dip[node @ grid.columns ** np.arange(d)[::-1]]
        if (there != NOWHERE).any():
            lowest = _values(
                landscape, np.ascontiguousarray(known[there != NOWHERE].T)
            ).min()  # no parabola may go below
            holds_known = np.isin(roots, there)
            heights = np.where(holds_known, lowest, np.maximum(heights, lowest))
        return heights, holds_known

    def number(self, records: np.ndarray, first: int, basin: int) -> None:
        """Row ``basin`` of tables (runs, rows, steps) ← the basin in which the point lies whose coordinates begin in row ``first``.

        NaN outside the box, and where F is no finite number.
        """
        number_answers(records, first, basin, self._flat, self.low, self.high, self._columns)

    def of(self, X: np.ndarray) -> np.ndarray:
        """The basins in which the rows of ``X`` (N, d) lie, (N,); NaN outside the box."""
        table = np.vstack([np.asarray(X, float).T, np.empty(len(X))])[None].copy()
        self.number(table, 0, table.shape[1] - 1)
        return table[0, -1]


def _levels(heights: np.ndarray) -> np.ndarray:
    """Numbers in the order of ``heights``, the same for those that differ by rounding."""
    span = float(np.ptp(heights)) if len(heights) else 0.0
    return np.round((heights - heights.min()) / (ALIKE * span)) if 0 < span < np.inf else heights


def _values(landscape: Landscape, x: np.ndarray) -> np.ndarray:
    """F at the columns of ``x`` (d, n); may be not finite. What counts calls in its constants does not count these."""
    f = np.empty(x.shape[1])
    landscape.values_function()(x, landscape.constants().copy(), f)
    return f


def known(landscape: Landscape, d: int) -> bool:
    """Whether the basins of a landscape can be found: in one or two dimensions, and without asking a person's own function so often."""
    return d in NODES and landscape.side_by_side


def basins_of(landscape: Landscape, d: int) -> Basins:
    """The basins of a landscape; those of the last ones that were asked for are kept.

    Parameters
    ----------
    landscape : Landscape
        One of which they are :func:`known` in ``d`` dimensions.
    """
    low, high = landscape.limits(d)
    question = (landscape.values_function(), d, low.tobytes(), high.tobytes(), landscape.constants().copy())
    with _lock:
        found = _recalled(question)
    if found is None:
        made = Basins(landscape, d)  # without the lock: nobody waits for the landscape of another
        with _lock:
            found = _recalled(question)
            if found is None:
                _kept.insert(0, (question, found := made))
                del _kept[KEPT:]
    return found


def _recalled(question: Question) -> Basins | None:
    """The basins that are kept for a question, which becomes the newest one; called with the lock."""
    for place, (asked, found) in enumerate(_kept):
        if asked[:4] == question[:4] and np.array_equal(asked[4], question[4], equal_nan=True):
            _kept.insert(0, _kept.pop(place))
            return found
    return None
