"""The arena of a swarm in one dimension as numbers: the curve F, and what is seen of a frame on it.

Pure functions of their arguments; NumPy only, safe on any thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from swarmviz.drawing.agents import CountImage, Points, count_image, lowest_agent, points_of
from swarmviz.drawing.arrows import SHAPE, Key, key_of, strokes, width_of
from swarmviz.drawing.axes import FURTHEST
from swarmviz.drawing.density import taking_part
from swarmviz.drawing.landscape import UNDEFINED, Scale, indistinct, undefined
from swarmviz.drawing.layers import ALL, Layers
from swarmviz.drawing.region import Region, View
from swarmviz.drawing.style import FEW, MANY, remarks
from swarmviz.drawing.zoom import in_view
from swarmviz.frame import Frame
from swarmviz.landscapes.base import Landscape

POINTS = 1200  # of the curve
PAD = 0.06  # of the curve's height, above and below it


class Curve(NamedTuple):
    """F(x − shift) over a view, and what lies on it.

    Attributes
    ----------
    x, f : (M,)
        Points; F is NaN where it is no finite number.
    bottom, top : float
        Ends of an axis for them.
    gaps : (G, 2)
        The stretches on which F is no finite number.
    minimisers, handles : (K, 2), (H, 2)
        Known minimisers, and what of the landscape can be dragged: x and F.
    note : str
        What the curve cannot show, in words; "" where it shows all.
    """

    x: np.ndarray
    f: np.ndarray
    bottom: float
    top: float
    gaps: np.ndarray
    minimisers: np.ndarray
    handles: np.ndarray
    note: str

    @property
    def unit(self) -> float:
        """What a length along x is multiplied by to look as long along F."""
        return SHAPE * (self.top - self.bottom) / float(self.x[-1] - self.x[0])


def curve_of(landscape: Landscape, low: float, high: float, shift: float = 0.0) -> Curve:
    """The curve over [low, high]."""
    x = np.linspace(low, high, POINTS)
    with np.errstate(all="ignore"):
        f = landscape.values(x[:, None] - shift)
    f = np.where(undefined(f), np.nan, f)
    known = f[~np.isnan(f)]
    ends = np.clip(known, -FURTHEST, FURTHEST)
    bottom, top = (float(ends.min()), float(ends.max())) if known.size else (0.0, 1.0)
    pad = PAD * (max(abs(bottom), 1.0) if indistinct(bottom, top) else top - bottom)
    flat = known.size > 0 and indistinct(float(known.min()), float(known.max()))
    said = Scale(float(known[0]), float(known[0]), 0.0).said if flat else "", UNDEFINED * bool(len(known) < len(f))
    return Curve(
        x, f, bottom - pad, top + pad, gaps_of(x, f),
        minimisers=_on_curve(landscape, landscape.minimisers(1), shift),
        handles=_on_curve(landscape, landscape.handles(1), shift),
        note=" · ".join(filter(None, said)),
    )  # fmt: skip


def _on_curve(landscape: Landscape, at: np.ndarray, shift: float) -> np.ndarray:
    return np.column_stack([at[:, 0] + shift, landscape.values(at) if len(at) else np.zeros(0)])


def gaps_of(x: np.ndarray, f: np.ndarray) -> np.ndarray:
    """The stretches of ``x`` (M,) on which ``f`` is NaN, (G, 2)."""
    half = (x[1] - x[0]) / 2
    edges = np.diff(np.concatenate([[0], np.isnan(f).astype(int), [0]]))
    return np.column_stack([x[np.flatnonzero(edges == 1)] - half, x[np.flatnonzero(edges == -1) - 1] + half])


class LinePicture(NamedTuple):
    """What is seen of a frame over its curve; places have the coordinates x and F.

    Attributes
    ----------
    low, high : (1,)
        Ends of the view along x.
    agents : Points or CountImage
    arrows : (S, 4)
        Strokes of the velocities, level; see :mod:`swarmviz.drawing.arrows`.
    key : Key, optional
        The legend of the arrows; None where no velocities are drawn.
    focus, level : float
        The consensus point and the provisional minimum; NaN where there is none.
    lowest : (2,)
        The agent with the lowest energy.
    note : str
        What the picture does not show.
    """

    low: np.ndarray
    high: np.ndarray
    agents: Points | CountImage
    arrows: np.ndarray
    key: Key | None
    focus: float
    level: float
    lowest: np.ndarray
    note: str


def line_picture(
    frame: Frame,
    landscape: Landscape,
    view: View,
    unit: float = 1.0,
    background: str = "",
    layers: Layers = ALL,
    common: Callable[[float], float] = float,
) -> LinePicture:
    """What a view shows of a frame in one dimension.

    Parameters
    ----------
    frame : Frame
    landscape : Landscape
    view : pair of numpy.ndarray, shape (1,)
        Its ends. Where it is a :class:`swarmviz.drawing.region.Region`, arrows are measured by it, else by the box.
    unit, background : float, str
        Of the curve behind it: :attr:`Curve.unit`, for the heads of arrows, and :attr:`Curve.note`.
    layers : Layers
    common : function (float) → float
        Makes of the largest count of agents in a cell that of all pictures beside each other.
    """
    (low, high), places = view, np.column_stack([frame.x[:, 0], frame.energy])
    seen, arrows, key = in_view(frame.x, low, high), np.empty((0, 4)), None
    if frame.v is not None and frame.n <= FEW and layers.arrows:
        width = width_of(*(view if isinstance(view, Region) else landscape.limits(1)))
        level_v = np.column_stack([frame.v[:, 0], np.zeros(frame.n)])
        arrows, key = strokes(places, level_v, width, unit), key_of(width)
    return LinePicture(
        low, high,
        agents=count_image(frame.x[seen & taking_part(frame)], low, high, common) if frame.n > MANY else points_of(frame, places),
        arrows=arrows,
        key=key,
        focus=float(frame.focus[0]) if frame.focus is not None else np.nan,
        level=float(frame.level) if frame.level is not None else np.nan,
        lowest=places[lowest_agent(frame)],
        note=remarks(frame, frame.n - int(seen.sum()), background),
    )  # fmt: skip


def shift_of(frame: Frame) -> float:
    """Where a moving landscape has got to."""
    return float(frame.shift[0]) if frame.shift is not None else 0.0
