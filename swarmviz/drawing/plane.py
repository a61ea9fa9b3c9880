"""The arena of a swarm in two or more dimensions as numbers: what is seen of a frame in the plane of x₁ and x₂.

The landscape behind it is a :class:`swarmviz.drawing.landscape_image.LandscapeImage`, which changes seldom. Pure functions of their
arguments; NumPy only, safe on any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from swarmviz.drawing.agents import CountImage, Points, count_image, lowest_agent, points_of
from swarmviz.drawing.arrows import Key, key_of, strokes, width_of
from swarmviz.drawing.density import taking_part
from swarmviz.drawing.layers import ALL, Layers
from swarmviz.drawing.region import Region, View
from swarmviz.drawing.style import FEW, MANY, remarks
from swarmviz.drawing.zoom import in_view
from swarmviz.frame import Frame
from swarmviz.landscapes.base import Landscape

TRAIL_PICTURES = 8  # that a trail lasts, at most
ARROWED_TRAIL_PICTURES = 2  # of a swarm with velocities: its arrows say the rest
TRAIL_SEGMENTS = 1600  # of all trails together
FAINTEST, STRONGEST = 0.06, 0.5  # opacity of the oldest and of the newest segment of a trail

Recent = Sequence[tuple[int, np.ndarray]]


class Trails(NamedTuple):
    """The ways between successive pictures: x₀, y₀, x₁, y₁ of ``segments`` (S, 4), and their opacity ``alpha`` (S,)."""

    segments: np.ndarray
    alpha: np.ndarray


class PlanePicture(NamedTuple):
    """What is seen of a frame.

    Attributes
    ----------
    low, high : (2,)
        Ends of the view.
    shift : (2,)
        Where a moving landscape has got to.
    agents : Points or CountImage
    trails : Trails
    arrows : (S, 4)
        Strokes of the velocities, see :mod:`swarmviz.drawing.arrows`.
    key : Key, optional
        The legend of the arrows; None where no velocities are drawn.
    links : (L, 4)
        From an agent to the one that it copied.
    memory : (M, 2)
        Personal best positions.
    focus : (2,)
        The consensus point; NaN where there is none.
    lowest : (2,)
        The agent with the lowest energy.
    minimisers, handles : (M, 2), (H, 2)
        Known minimisers, and what of the landscape can be dragged.
    note : str
        What the picture does not show.
    """

    low: np.ndarray
    high: np.ndarray
    shift: np.ndarray
    agents: Points | CountImage
    trails: Trails
    arrows: np.ndarray
    key: Key | None
    links: np.ndarray
    memory: np.ndarray
    focus: np.ndarray
    lowest: np.ndarray
    minimisers: np.ndarray
    handles: np.ndarray
    note: str


def plane_picture(
    frame: Frame,
    landscape: Landscape,
    view: View,
    recent: Recent = (),
    background: str = "",
    layers: Layers = ALL,
    common: Callable[[float], float] = float,
    frame_ends: View | None = None,
) -> PlanePicture:
    """What a view shows of a frame.

    Parameters
    ----------
    frame : Frame
        In two or more dimensions.
    landscape : Landscape
    view : pair of numpy.ndarray, shape (2,)
        Its ends. Where it is a :class:`swarmviz.drawing.region.Region`, arrows are measured by it, else by the box.
    recent : sequence of (step, positions (N, 2))
        The last pictures up to this one, see :class:`RecentPositions`; none where nothing is known of the past.
    background : str
        What the image of the landscape cannot show, in words.
    layers : Layers
    common : function (float) → float
        Makes of the largest count of agents in a cell that of all pictures beside each other.
    frame_ends : pair of numpy.ndarray, shape (2,), optional
        The ends of the frame, where that shows more than the view: agents that are points are seen there, too; a density ends
        with the view.
    """
    (low, high), x = view, np.ascontiguousarray(frame.x[:, :2])
    few, none, shift, seen = frame.n <= FEW, np.empty((0, 4)), shift_of(frame), in_view(x, low, high)
    visible = in_view(x, *frame_ends) if frame_ends is not None and frame.n <= MANY else seen
    arrows, key = none, None
    if few and frame.v is not None and layers.arrows:
        width = width_of(*(view if isinstance(view, Region) else landscape.limits(frame.d)))
        arrows, key = strokes(x, frame.v[:, :2], width), key_of(width)
    return PlanePicture(
        low, high, shift,
        agents=count_image(x[seen & taking_part(frame)], low, high, common) if frame.n > MANY else points_of(frame, x),
        trails=trails_of(frame, recent) if few and layers.trails else Trails(none, np.empty(0)),
        arrows=arrows,
        key=key,
        links=links_of(frame, recent) if few and layers.links else none,
        memory=frame.memory[:, :2] if few and frame.memory is not None else np.empty((0, 2)),
        focus=frame.focus[:2] if frame.focus is not None else np.full(2, np.nan),
        lowest=x[lowest_agent(frame)],
        minimisers=landscape.minimisers(frame.d)[:, :2] + shift,
        handles=landscape.handles(frame.d)[:, :2] + shift,
        note=remarks(frame, frame.n - int(visible.sum()), background),
    )  # fmt: skip


def shift_of(frame: Frame) -> np.ndarray:
    """Where a moving landscape has got to in the plane, (2,)."""
    return frame.shift[:2] if frame.shift is not None else np.zeros(2)


def trails_of(frame: Frame, recent: Recent) -> Trails:
    """The ways of the agents between the last pictures, older ones fainter; none where links say more."""
    pictures = trail_pictures(frame)
    past = [at for _, at in recent][-pictures - 1 :]
    if len(past) < 2:
        return Trails(np.empty((0, 4)), np.empty(0))
    at = np.stack(past)  # (pictures, N, 2)
    alpha = np.linspace(FAINTEST, STRONGEST, len(past) - 1)
    return Trails(np.concatenate([at[:-1], at[1:]], axis=2).reshape(-1, 4), np.repeat(alpha, at.shape[1]))


def trail_pictures(frame: Frame) -> int:
    """Of how many pictures before this one a trail is made."""
    if frame.partner is not None or frame.n > FEW:
        return 0
    longest = ARROWED_TRAIL_PICTURES if frame.v is not None else TRAIL_PICTURES
    return min(longest, max(1, TRAIL_SEGMENTS // frame.n))


def links_of(frame: Frame, recent: Recent) -> np.ndarray:
    """From each agent to the one that it copied, (L, 4): where both were when it looked, as far as that is known."""
    if frame.partner is None:
        return np.empty((0, 4))
    known = len(recent) > 1 and recent[-2][0] == frame.k - 1
    x = recent[-2][1] if known else frame.x[:, :2]
    copied = np.flatnonzero((frame.partner != np.arange(frame.n)) & (frame.partner >= 0))
    return np.hstack([x[copied], x[frame.partner[copied]]])


class RecentPositions:
    """The positions in the last few pictures of a run, which trails and links are drawn from."""

    def __init__(self) -> None:
        self._kept: list[tuple[int, np.ndarray]] = []

    def with_frame(self, frame: Frame) -> Recent:
        """Those up to ``frame``, which is kept, too; a frame of an earlier step than the last begins anew."""
        if frame.n > FEW:
            return ()
        if self._kept and frame.k < self._kept[-1][0]:
            self._kept.clear()
        if not self._kept or frame.k > self._kept[-1][0]:
            self._kept.append((frame.k, np.ascontiguousarray(frame.x[:, :2])))
        most = max(2, min(TRAIL_PICTURES, TRAIL_SEGMENTS // frame.n) + 1)
        del self._kept[:-most]
        return tuple(self._kept)
