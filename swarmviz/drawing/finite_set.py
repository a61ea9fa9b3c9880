"""The arena of a swarm on a finite set as numbers: what stands still, and what is seen of a frame on it.

Pure functions of their arguments, and two objects that remember what a picture needs of the pictures before it. NumPy only; safe on any
thread.
"""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

import numpy as np

from swarmviz.drawing.axes import nice_above
from swarmviz.drawing.finite_set_laws import (
    Laws,
    summed,
    target_law,
)
from swarmviz.drawing.finite_set_layout import DETAILED_BARS, Layout, layout_of, least
from swarmviz.drawing.landscape import scale_of
from swarmviz.drawing.style import remarks
from swarmviz.frame import Frame
from swarmviz.landscapes.base import Landscape
from swarmviz.simulation import Simulation
from swarmviz.theory import Target

FADING_PICTURES = 4  # that a jump is seen
STRONGEST_JUMP = 0.8  # opacity of the newest
EVEN = 1, 1.5, 2, 3, 4, 6, 8, 10  # times powers of ten: where the bars end
SHORTEST = 2.5  # full bars over the longest one, from which on the bars grow
ROOM, HIGHEST = 1.05, 1.02  # over the highest bar of an axis of shares; where such an axis ends at most


class FiniteSetBackground(NamedTuple):
    """What stands still as long as the states do.

    Attributes
    ----------
    layout : Layout
    d : int
    states : (S,)
        Heights of the states in [0, 1].
    bars : (B,)
        Heights of the bars' states: the lowest of those that share one.
    ticks : dict of float
        Height → text of each tick of U.
    title : str
    links : (L, 4)
        x₀, y₀, x₁, y₁ of those that are drawn.
    minimisers : (M, 2)
        Where the states with the lowest U are marked.
    """

    layout: Layout
    d: int
    states: np.ndarray
    bars: np.ndarray
    ticks: dict[float, str]
    title: str
    links: np.ndarray
    minimisers: np.ndarray


class FiniteSetPicture(NamedTuple):
    """What is seen of a frame.

    Attributes
    ----------
    full : float
        The share that a full bar stands for.
    share, target, law : (B,)
        Of the agents on the states of each bar, and by both laws; NaN where there is no such law.
    outlines : tuple of pair of numpy.ndarray
        The lines of both laws over the bars; none where the occupation is shaded.
    fullest : (2,)
        A place just beyond the longest bar.
    laws : Laws
    note : str
        What the picture leaves out or takes together, and why a law does not apply.
    """

    full: float
    share: np.ndarray
    target: np.ndarray
    law: np.ndarray
    outlines: tuple[tuple[np.ndarray, np.ndarray], ...]
    fullest: np.ndarray
    laws: Laws
    note: str


class Jumps(NamedTuple):
    """Links along which agents jumped: ``segments`` (J, 4), the ``share`` of the agents (J,), and the opacity ``alpha`` (J,)."""

    segments: np.ndarray
    share: np.ndarray
    alpha: np.ndarray


def finite_set_background(frame: Frame, landscape: Landscape) -> FiniteSetBackground:
    """What stands still of a frame on a finite set."""
    assert frame.heights is not None and frame.links is not None
    layout = layout_of(frame, *landscape.limits(frame.d))
    scale = scale_of(frame.heights, landscape, frame.d)
    states = scale.height(frame.heights)
    bars = least(states, layout.first)
    x, y = layout.nodes(bars)
    lowest = np.unique(frame.lowest // layout.per_bar)
    up = 0.3 * layout.size if layout.kind == "lattice" else np.zeros(2)  # in a corner of the cell
    links = layout.segments(frame.links, bars)
    return FiniteSetBackground(
        layout, frame.d, states, bars, scale.marks(), _title(landscape.title, layout, frame.d),
        links=np.empty((0, 4)) if links is None else np.column_stack(links),
        minimisers=np.column_stack([x[lowest] + up[0], y[lowest] + up[1]]),
    )  # fmt: skip


def _title(landscape: str, layout: Layout, d: int) -> str:
    on = "" if f"{layout.states} states" in landscape else f" on {layout.states:,} states"
    blocks = f", d = {d}: x₁ to the right and x₂ up in each block, the blocks by the other coordinates"
    return f"{landscape}{on}{blocks if d > 2 else ''}"


def same_states(frame: Frame, other: Frame) -> bool:
    """Whether two frames have the same states and links; a graph is the same where its links are the same array."""
    return (
        np.may_share_memory(frame.links, other.links)
        and np.array_equal(frame.heights, other.heights)  # type: ignore[arg-type]
        and np.array_equal(frame.sites, other.sites)  # type: ignore[arg-type]
    )


def finite_set_picture(frame: Frame, laws: Laws, layout: Layout, full: float = 0.0) -> FiniteSetPicture:
    """What is seen of a frame; ``full`` is the share that a full bar stood for in the picture before, 0 in the first."""
    assert frame.occupation is not None
    share, target, law = (summed(p, layout.first) for p in (frame.occupation, laws.target, laws.law))
    drawn = (share,) if layout.shaded else (share, target, law)
    full = full_bar(max(float(np.nanmax(p, initial=0.0)) for p in drawn), full)
    fullest = int(np.argmax(share))
    return FiniteSetPicture(
        full, share, target, law,
        outlines=() if layout.shaded else tuple(layout.outline(p / full) for p in (target, law)),
        fullest=np.array(layout.above(fullest, share[fullest] / full)),
        laws=laws,
        note=_note(frame, layout, laws),
    )  # fmt: skip


def full_bar(most: float, now: float) -> float:
    """What a full bar stands for where the longest stands for ``most``; ``now`` is kept while it suits."""
    return now if most <= now <= SHORTEST * most else even_above(most)


def even_above(share: float) -> float:
    """The smallest of ``EVEN`` × 10ⁿ that is at least ``share`` in (0, 1]."""
    power = 10.0 ** math.floor(math.log10(share))
    return next(step * power for step in EVEN if step * power >= share * (1 - 1e-12))


class StatesPicture(NamedTuple):
    """Every state by itself, as pictures and replays show it.

    Attributes
    ----------
    sites, heights : (S, d), (S,)
        Where the states lie, and F there.
    lowest : (M,) int
        The states with the lowest F.
    share, target : (S,)
        Of the agents, and by the target law; NaN where there is no such law.
    claim : Target, optional
        What theory says of the target law.
    note : str
        The warnings of the run.
    """

    sites: np.ndarray
    heights: np.ndarray
    lowest: np.ndarray
    share: np.ndarray
    target: np.ndarray
    claim: Target | None
    note: str


def states_picture(frame: Frame, run: Simulation) -> StatesPicture:
    """What is seen of a frame on a finite set, state by state."""
    assert frame.sites is not None and frame.heights is not None and frame.occupation is not None
    claim, target = target_law(run, frame.sites)
    return StatesPicture(
        frame.sites, frame.heights, frame.lowest, frame.occupation, target, claim, note=remarks(frame, 0)
    )


def share_axis_end(most: float) -> float:
    """Where an axis of shares ends whose highest bar stands for ``most``."""
    return min(nice_above(ROOM * most), HIGHEST)


def _note(frame: Frame, layout: Layout, laws: Laws) -> str:
    parts = [f"{layout.per_bar} states per bar"] if layout.per_bar > 1 else []
    if layout.shaded:
        parts.append(f"{layout.states:,} states, agents drawn as a density")
    return "\n".join([*parts, *(reason.replace(": ", ":\n") for reason in laws.reasons), *frame.notes])


class RecentJumps:
    """Where agents jumped between the last pictures of a run: the older, the fainter."""

    def __init__(self) -> None:
        self._before: tuple[int, np.ndarray | None] | None = None
        self._past: deque[tuple[np.ndarray, np.ndarray]] = deque(maxlen=FADING_PICTURES)

    def forget_states(self) -> None:
        """Other states are drawn from now on."""
        self._before = None

    def with_frame(self, frame: Frame, background: FiniteSetBackground) -> Jumps:
        """The jumps up to ``frame``, which is remembered; none where there are too many bars."""
        assert frame.links is not None
        layout, (a, b) = background.layout, frame.links.T
        self._count(frame, layout.bars, a, b)
        if not self._past:
            return Jumps(np.zeros((0, 4)), np.zeros(0), np.zeros(0))
        place = np.stack(layout.nodes(background.bars), 1)
        used = np.concatenate([link for link, _ in self._past])
        strength = np.linspace(1, 0, len(self._past), endpoint=False)[::-1] * STRONGEST_JUMP
        segments = np.hstack([place[a[used]], place[b[used]]])
        share = np.concatenate([share for _, share in self._past])
        alpha = np.repeat(strength, [len(link) for link, _ in self._past])
        if layout.kind == "lattice":  # those around a torus would cross the picture
            near = (np.abs(segments[:, 2:] - segments[:, :2]) <= 1.5 * layout.size).all(axis=1)
            segments, share, alpha = segments[near], share[near], alpha[near]
        return Jumps(segments, share, alpha)

    def _count(self, frame: Frame, bars: int, a: np.ndarray, b: np.ndarray) -> None:
        """Remember the links used since the last picture; an agent that went further between two pictures is not shown."""
        here = frame.node if bars <= DETAILED_BARS else None
        before, self._before = self._before, (frame.k, here)
        if here is None or before is None or before[1] is None or frame.k < before[0]:
            self._past.clear()
        elif frame.k > before[0]:
            count = np.bincount(before[1] * bars + here, minlength=bars * bars)
            count = count[a * bars + b] + count[b * bars + a]
            self._past.append((np.flatnonzero(count), count[count > 0] / frame.n))
