"""Where the states of a finite set are drawn: in a row, on a ring or on a lattice, with a bar for each. NumPy only; safe on any thread.

A row and a ring are measured alike: along them one unit per bar, and across them the bars from 0 to 1 and the heights of the states in a
band of their own. A ring winds the row around a circle, clockwise from the top, the bars outwards and the heights inside. A lattice has a
cell for each state, with a bar in it; of more than two coordinates the first, third, … run to the right, the others up, block by block.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swarmviz.drawing.finite_set_laws import MOST_BARS
from swarmviz.frame import Frame

DETAILED_BARS = 120  # bars up to which they are drawn with all details
MAX_BAR_CELLS = 1600  # of a lattice that have a bar; of more the occupation is shaded
MAX_LINKS = 3000  # that are drawn
STRIP = -0.09, -0.02  # where a row shows the heights as colours
BAND = 1.14, 2.04  # where a row shows them as heights
TOP = 2.14
BASE, BARS = 1.02, 0.74  # radius at which the bars of a ring begin, and their room
RIM = 0.9, 1.0  # radii between which a ring shows the heights as colours
INSIDE = 0.24, 0.84  # radii between which it shows them as heights
RING_HALF_WIDTH = 1.84  # half the width of the picture of a ring
CELL_WIDTH, CELL_FLOOR, CELL_ROOM = 0.66, 0.07, 0.78  # of a bar in a cell, in shares of the cell
SHORTEST_DASH = 0.01  # of a full bar: a law that is lower on a cell of a lattice has no dash there
ARC = 360  # points of the outline of a whole ring, at least


@dataclass(frozen=True)
class Layout:
    """Places of B bars for S states.

    Attributes
    ----------
    kind : str
        "row", "ring" or "lattice".
    per_bar : int
        Successive states that share a bar; B = S / per_bar, rounded up.
    ends : (2,) or (2, 2)
        Ends of the picture; of a row along it, of a lattice in both directions.
    cells : (S, 2) int
        Column and row of each state on a lattice.
    size : (2,)
        Width and height of a cell.
    blocks : bool
        Whether a lattice has more than two coordinates.
    """

    kind: str
    states: int
    per_bar: int
    ends: np.ndarray
    cells: np.ndarray
    size: np.ndarray
    blocks: bool = False

    @property
    def bars(self) -> int:
        """Number of bars B."""
        return -(-self.states // self.per_bar)

    @property
    def shaded(self) -> bool:
        """Whether the cells are too small for bars."""
        return self.kind == "lattice" and self.states > MAX_BAR_CELLS

    @property
    def first(self) -> np.ndarray:
        """The first state of each bar, (B,)."""
        return np.arange(0, self.states, self.per_bar)

    # ---- from bars to the picture --------------------------------------------------------------------------------------

    def _along(self, u: np.ndarray) -> np.ndarray:
        """Coordinates of a row, or angles of a ring, at ``u`` in [0, S]."""
        if self.kind == "row":
            return self.ends[0] + u * ((self.ends[1] - self.ends[0]) / self.states)
        return np.pi / 2 - 2 * np.pi * u / self.states

    def _edges(self) -> np.ndarray:
        """Where bars begin and end, in states, (B + 1,)."""
        return np.minimum(np.arange(self.bars + 1) * self.per_bar, self.states).astype(float)

    def _corners(self) -> tuple[np.ndarray, np.ndarray]:
        """Lower left corners of the cells, (S,) each."""
        low = self.ends[0] + self.cells * self.size
        return low[:, 0], low[:, 1]

    def boxes(self, v: np.ndarray, gap: float = 0.0) -> dict[str, np.ndarray]:
        """Bars of relative lengths ``v`` (B,): columns of quads, or of annular wedges for a ring; ``gap`` in shares of a bar."""
        if self.kind == "lattice":
            left, bottom = self._corners()
            left, floor = left + self.size[0] * (1 - CELL_WIDTH) / 2, bottom + self.size[1] * CELL_FLOOR
            return {
                "a": left,
                "b": left + CELL_WIDTH * self.size[0],
                "base": floor,
                "end": np.where(v > 0, floor + CELL_ROOM * self.size[1] * v, np.nan),  # no agent, no dash
            }
        edges = self._edges()
        trim = gap / 2 * np.diff(edges)
        a, b = self._along(edges[:-1] + trim), self._along(edges[1:] - trim)
        base, room = (0.0, 1.0) if self.kind == "row" else (BASE, BARS)
        a, b = (a, b) if self.kind == "row" else (b, a)  # angles grow the other way round
        return {"a": a, "b": b, "base": np.full(self.bars, base), "end": base + room * v}

    def colours(self) -> dict[str, np.ndarray]:
        """Where the heights of the bars' states are shown as colours, as in :meth:`boxes`."""
        low, high = STRIP if self.kind == "row" else RIM
        out = self.boxes(np.zeros(self.bars), 0.06 if self.bars <= DETAILED_BARS else 0.0)
        return out | {"base": np.full(self.bars, low), "end": np.full(self.bars, high)}

    def outline(self, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """A line at relative length ``v`` (B,) over every bar; on a lattice with gaps (not a number) between cells.

        Up to ``DETAILED_BARS`` bars it has their steps; of more it joins their middles, because steps would tear its dashes.
        """
        box = self.boxes(v)
        if self.kind == "lattice":
            gap, end = np.full(self.states, np.nan), np.where(v >= SHORTEST_DASH, box["end"], np.nan)
            return np.stack([box["a"], box["b"], gap], 1).ravel(), np.stack([end, end, gap], 1).ravel()
        if self.bars > DETAILED_BARS:
            points, along = 1, (box["a"] + box["b"]) / 2
        else:
            points = 2 if self.kind == "row" else max(2, -(-ARC // self.bars))
            a, b = ("a", "b") if self.kind == "row" else ("b", "a")
            along = np.linspace(box[a], box[b], points, axis=1).ravel()
        if self.kind == "row":
            return along, np.repeat(box["end"], points)
        radius, angle = np.repeat(box["end"], points), np.append(along, along[0])
        radius = np.append(radius, radius[0])
        return radius * np.cos(angle), radius * np.sin(angle)

    def above(self, bar: int, v: float) -> tuple[float, float]:
        """A place just beyond the end of a bar of relative length ``v``."""
        box = self.boxes(np.full(self.bars, v))
        middle, end = (box["a"][bar] + box["b"][bar]) / 2, box["end"][bar]
        if self.kind == "ring":
            return (end + 0.05) * np.cos(middle), (end + 0.05) * np.sin(middle)
        return middle, end + (0.04 if self.kind == "row" else 0.06 * self.size[1])

    def nodes(self, h: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Places of the bars' states at relative heights ``h`` (B,); on a lattice the middles of the cells."""
        if self.kind == "lattice":
            left, bottom = self._corners()
            return left + self.size[0] / 2, bottom + self.size[1] / 2
        edges = self._edges()
        middle = self._along((edges[:-1] + edges[1:]) / 2)
        low, high = BAND if self.kind == "row" else INSIDE
        across = low + (high - low) * h
        return (middle, across) if self.kind == "row" else (across * np.cos(middle), across * np.sin(middle))

    def labels(self, radius: float = sum(RIM) / 2) -> tuple[np.ndarray, np.ndarray]:
        """Places on the rim of a ring for the numbers of the bars."""
        edges = self._edges()
        angle = self._along((edges[:-1] + edges[1:]) / 2)
        return radius * np.cos(angle), radius * np.sin(angle)

    def segments(self, links: np.ndarray, h: np.ndarray) -> tuple[np.ndarray, ...] | None:
        """Ends x₀, y₀, x₁, y₁ of the links between nodes; None where there are too many, or blocks.

        Where all links of a lattice join neighbours or opposite edges, the latter are drawn as stubs that leave the picture.
        """
        pairs = np.unique(np.sort(links // self.per_bar, axis=1), axis=0) if self.per_bar > 1 else links
        pairs = pairs[pairs[:, 0] != pairs[:, 1]]
        if len(pairs) > MAX_LINKS or self.shaded or self.blocks:
            return None
        x, y = self.nodes(h)
        begin, end = np.stack([x, y], 1)[pairs[:, 0]], np.stack([x, y], 1)[pairs[:, 1]]
        if self.kind == "lattice":
            step = self.cells[pairs[:, 1]] - self.cells[pairs[:, 0]]
            wraps = np.abs(step) == self.cells.max(axis=0)
            around = (wraps.sum(axis=1) == 1) & ((step != 0).sum(axis=1) == 1) & (np.abs(step).sum(axis=1) > 1)
            if (around | (np.abs(step).sum(axis=1) == 1)).all():
                out = -0.6 * np.sign(step[around]) * self.size
                begin, end = (
                    np.concatenate([begin[~around], begin[around], end[around]]),
                    np.concatenate([end[~around], begin[around] + out, end[around] - out]),
                )
        return begin[:, 0], begin[:, 1], end[:, 0], end[:, 1]

    def image(self, values: np.ndarray) -> np.ndarray:
        """``values`` (S,) as float32 pixels of the lattice, (rows, columns); not a number between blocks."""
        columns, rows = self.cells.max(axis=0) + 1
        out = np.full((rows, columns), np.nan, "f4")
        out[self.cells[:, 1], self.cells[:, 0]] = values
        return out


def least(values: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The least over the states of each bar, (B,)."""
    return np.minimum.reduceat(values, first)


def layout_of(frame: Frame, low: np.ndarray, high: np.ndarray) -> Layout:
    """The layout for the states of a frame in the box from ``low`` to ``high``, (d,) each."""
    assert frame.sites is not None and frame.links is not None
    S, d = frame.sites.shape
    if d > 1:
        cells, sides = _stacked(frame.sites)
        ends = np.array([low, high]) if d == 2 else np.array([[0.0, 0.0], sides])
        return Layout("lattice", S, 1, ends, cells, (ends[1] - ends[0]) / sides, d > 2)
    successive = bool((np.abs(frame.links[:, 1] - frame.links[:, 0]) == 1).all())
    per_bar = -(-S // MOST_BARS)
    none = np.zeros((0, 2), np.int64)
    return Layout("row" if successive else "ring", S, per_bar, np.array([low[0], high[0]]), none, np.ones(2))


def _stacked(sites: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Column and row of each state, (S, 2), and how many there are of them, (2,)."""
    place, size = np.zeros((len(sites), 2), np.int64), np.ones(2, np.int64)
    for i, coordinate in enumerate(sites.T):
        axis, (known, at) = i % 2, np.unique(coordinate, return_inverse=True)
        stride = size[axis] + (size[axis] > 1 and len(known) > 1)  # a gap between blocks
        place[:, axis] += at * stride
        size[axis] = stride * (len(known) - 1) + size[axis]
    return place, size
