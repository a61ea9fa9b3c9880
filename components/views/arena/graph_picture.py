"""The picture of a finite set as arrays: what :mod:`components.views.arena.graph` paints. NumPy only; safe on the worker's thread."""

from __future__ import annotations

import math
import weakref
from collections import deque
from typing import Any

import numpy as np

from components.views.arena.graph_layout import FEW, Layout, layout_of, least
from components.views.arena.relief import scaled
from swarmviz import Frame, Simulation
from swarmviz.drawing.finite_set import Laws, laws_now, summed
from swarmviz.landscapes import Landscape

FADING = 4  # pictures that a jump is seen
EVEN = 1, 1.5, 2, 3, 4, 6, 8, 10  # times powers of ten: where the bars end


def even_above(share: float) -> float:
    """The smallest of ``EVEN`` × 10ⁿ that is at least ``share`` in (0, 1]."""
    power = 10.0 ** math.floor(math.log10(share))
    return next(step * power for step in EVEN if step * power >= share * (1 - 1e-12))


class Picture:
    """Turns the frames of one run into arrays; remembers the layout and the scale of the bars.

    Parameters
    ----------
    sim : Simulation
        The run; held weakly, it is asked for the laws of theory only.
    """

    def __init__(self, sim: Simulation):
        self._sim = weakref.ref(sim)
        self._scale = 0.0
        self._layout: Layout | None = None
        self._frame: Frame | None = None
        self._before: tuple[int, np.ndarray | None] | None = None
        self._past: deque[tuple[np.ndarray, np.ndarray]] = deque(maxlen=FADING)

    def prepare(self, frame: Frame, landscape: Landscape) -> dict[str, Any]:
        """Arrays for the next picture; touches no figure."""
        out: dict[str, Any] = {}
        if self._is_new(frame):
            self._frame, self._before = frame, None
            self._layout = layout_of(frame, *landscape.limits(frame.d))
            heights, ticks, _ = scaled(frame.heights, frame.heights, landscape, frame.d)
            self._h = least(heights, self._layout.first)
            out["ground"] = self._ground(frame, heights, ticks, landscape.title)
            self._scale = 0.0  # its ticks belong to the layout
        layout = self._layout
        laws = laws_now(self._sim(), frame)
        shares = [summed(p, layout.first) for p in (frame.occupation, laws.target, laws.law)]
        most = max(float(np.nanmax(p, initial=0.0)) for p in shares[: 3 if not layout.shaded else 1])
        if not most <= self._scale <= 2.5 * most:
            self._scale = even_above(most)
            out["scale"], out["kind"] = self._scale, layout.kind
        out["laws"] = None if layout.shaded else [layout.outline(p / self._scale) for p in shares[1:]]
        full = f" (full: {100 * self._scale:g}%)" if layout.kind == "lattice" else ""
        out["legend"] = (
            f"{frame.n:,} agents{full}",
            layout.per_bar,
            laws.titles,
            [bool(claim and claim.applies) for claim in laws.claims],
        )
        fullest = int(np.argmax(shares[0]))
        place = layout.above(fullest, shares[0][fullest] / self._scale)
        out["marks"] = dict(zip("xy", (np.array([c], "f4") for c in place), strict=True))
        out["note"] = self._note(frame, layout, laws)
        out["moves"] = self._moves(frame, layout)
        if layout.shaded:
            count = layout.image(np.log1p(frame.occupation * frame.n))
            out["density"] = np.nan_to_num(np.ceil(count * (255 / np.nanmax(count)))).astype("u1")
        else:
            out["points"] = self._columns(frame, layout, shares)
        return out

    def _is_new(self, frame: Frame) -> bool:
        """Whether other states are to be drawn; a graph is the same where its links are the same array."""
        return (
            self._frame is None
            or not np.may_share_memory(frame.links, self._frame.links)
            or not np.array_equal(frame.heights, self._frame.heights)
            or not np.array_equal(frame.sites, self._frame.sites)
        )

    def _columns(self, frame: Frame, layout: Layout, shares: list[np.ndarray]) -> dict[str, np.ndarray]:
        """The bars, the agents on the nodes, and what hovering tells."""
        x, y = layout.nodes(self._h)
        share, target, law = shares
        gap = 0.25 if layout.bars <= 60 else 0.0
        size = np.where((share > 0) & (layout.bars <= FEW), 9 + 26 * np.sqrt(share), 0.0)
        out = layout.boxes(share / self._scale, gap) | {"x": x, "y": y, "size": size, "h": self._h}
        out |= {"state": layout.first, "height": least(frame.heights, layout.first)}
        out |= {"count": np.round(share * frame.n), "share": share, "target": target, "law": law}
        return {name: column.astype("f4") for name, column in out.items()}

    def _ground(self, frame: Frame, heights: np.ndarray, ticks: dict[float, str], title: str) -> dict[str, Any]:
        """All that does not move: colours, links, known minimisers, ends and ticks."""
        layout, h = self._layout, self._h
        out: dict[str, Any] = {"layout": layout, "d": frame.d, "h": h}
        out["ticks"] = {place: text.replace("F=", "U=") for place, text in ticks.items()}
        on = "" if f"{layout.states} states" in title else f" on {layout.states:,} states"
        blocks = (
            ""
            if frame.d <= 2
            else f", d = {frame.d}: x₁ to the right and x₂ up in each block, the blocks by the other coordinates"
        )
        out["title"] = f"{title}{on}{blocks}"
        ways = layout.segments(frame.links, h)
        out["ways"] = dict(zip(("x0", "y0", "x1", "y1"), ways or [np.zeros(0)] * 4, strict=True))
        x, y = layout.nodes(h)
        lowest = np.unique(frame.lowest // layout.per_bar)
        up = 0.3 * layout.size if layout.kind == "lattice" else np.zeros(2)  # in a corner of the cell
        out["goals"] = {"x": x[lowest] + up[0], "y": y[lowest] + up[1]}
        if layout.kind == "lattice":
            out["image"] = layout.image(heights)
        else:
            out["tints"] = layout.colours() | {"h": h}
        return out

    def _moves(self, frame: Frame, layout: Layout) -> dict[str, np.ndarray]:
        """Where agents jumped between the last pictures: the wider the more of them, the fainter the longer ago."""
        past, B = self._past, layout.bars
        here, (a, b) = (frame.node if B <= FEW else None), frame.links.T
        before, self._before = self._before, (frame.k, here)
        if here is None or before is None or before[1] is None or frame.k < before[0]:
            past.clear()
        elif frame.k > before[0]:  # who went further between two pictures is not shown: nobody saw the way
            count = np.bincount(before[1] * B + here, minlength=B * B)
            count = count[a * B + b] + count[b * B + a]
            past.append((np.flatnonzero(count), count[count > 0] / frame.n))
        ends, alpha = np.zeros((0, 4)), np.zeros(0)
        share = np.concatenate([np.zeros(0), *(share for _, share in past)])
        if past:
            place = np.stack(layout.nodes(self._h), 1)
            used = np.concatenate([link for link, _ in past])
            ends = np.hstack([place[a[used]], place[b[used]]])
            alpha = np.repeat(np.linspace(1, 0, len(past), endpoint=False)[::-1] * 0.8, [len(link) for link, _ in past])
        if layout.kind == "lattice":  # those around a torus would cross the picture
            near = (np.abs(ends[:, 2:] - ends[:, :2]) <= 1.5 * layout.size).all(axis=1)
            ends, alpha, share = ends[near], alpha[near], share[near]
        columns = (*ends.T, 1.5 + 12 * np.sqrt(share), alpha)
        return {
            name: c.astype("f4") for name, c in zip(("x0", "y0", "x1", "y1", "width", "alpha"), columns, strict=True)
        }

    def _note(self, frame: Frame, layout: Layout, laws: Laws) -> str:
        """What the picture leaves out or takes together, and why a law does not apply."""
        parts = [f"{layout.per_bar} states per bar"] if layout.per_bar > 1 else []
        if layout.shaded:
            parts.append(f"{layout.states:,} states, agents drawn as a density")
        return "\n".join([*parts, *(reason.replace(": ", ":\n") for reason in laws.reasons), *frame.notes])
