"""The phase space of a swarm, as numbers: one coordinate of every agent, its velocity over it, and what velocities are drawn from.

For the page and for pictures. NumPy only; safe on any thread.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.agents import count_image
from swarmviz.drawing.style import FEW, MANY
from swarmviz.frame import Frame
from swarmviz.simulation import Simulation
from swarmviz.theory import VelocityLaw, velocity_law

LAW_POINTS = 121  # over the view
SHARE = 0.98  # of the agents whose velocities a view holds; of fewer than 50, all
LEAST = 1e-3  # of the view per unit of time: an axis of velocities is never shorter, so that one at rest does not look like a storm
LONGEST = 1e30  # of a velocity; one beyond it is drawn nowhere


class VelocityBand(NamedTuple):
    """A law of velocities over one coordinate: ``centre``, and ``low`` and ``high`` one spread away from it, at ``x``; (M,) each."""

    x: np.ndarray
    low: np.ndarray
    centre: np.ndarray
    high: np.ndarray


class PhasePicture(NamedTuple):
    """The phase space of coordinate ``i``.

    ``x_ends`` and ``v_ends`` are the view. ``x`` and ``v`` (N,) are the agents, and ``image`` is None; of more than MANY agents ``image``
    is the :func:`swarmviz.drawing.agents.count_image` of those in the view, and ``x`` and ``v`` are empty. ``bests`` (N,) or (0,) are the
    personal bests and ``goals`` (M,) the known minimisers, all at v = 0; ``best`` (2,) is the lowest agent; ``focus`` is the consensus, NaN
    where there is none; ``law`` is what velocities are drawn from and ``band`` that law in the view, None where theory gives none;
    ``note`` says what is not seen.
    """

    i: int
    x_ends: tuple[float, float]
    v_ends: tuple[float, float]
    x: np.ndarray
    v: np.ndarray
    image: np.ndarray | None
    bests: np.ndarray
    best: np.ndarray
    focus: float
    goals: np.ndarray
    law: VelocityLaw | None
    band: VelocityBand | None
    note: str


def phase_picture(
    frame: Frame, run: Simulation, i: int, x_ends: tuple[float, float], v_ends: tuple[float, float]
) -> PhasePicture:
    """What is seen of coordinate ``i`` and its velocity in a view.

    Parameters
    ----------
    frame : Frame
        Of agents with velocities.
    run : Simulation
        For its landscape, and for the law of velocities.
    i : int
        From 0.
    x_ends, v_ends : tuple of float
        The view: a painter that follows a running swarm moves it in steps, one that paints once takes what fits.
    """
    assert frame.v is not None
    x, v = frame.x[:, i], frame.v[:, i]
    seen = (x >= x_ends[0]) & (x <= x_ends[1]) & (v >= v_ends[0]) & (v <= v_ends[1])
    lowest, shift = int(np.argmin(frame.energy)), 0.0 if frame.shift is None else frame.shift[i]
    law, image, empty = velocity_law(run), None, np.zeros(0)
    if frame.n > MANY:
        low, high = np.transpose([x_ends, v_ends])
        image = count_image(np.column_stack([x[seen], v[seen]]), low, high).image
    return PhasePicture(
        i,
        x_ends,
        v_ends,
        x if image is None else empty,
        v if image is None else empty,
        image,
        frame.memory[:, i] if frame.memory is not None and frame.n <= FEW else empty,
        np.array([x[lowest], v[lowest]]),
        np.nan if frame.focus is None else float(frame.focus[i]),
        np.unique(run.landscape.minimisers(frame.d)[:, i]) + shift,
        law,
        None if law is None else band_of(law, frame, i, x_ends),
        style.remarks(frame, int(frame.n - seen.sum())),
    )


def speed_reach(v: np.ndarray, width: float) -> float:
    """A speed that nearly all velocities (N,) do not exceed, but at least LEAST views of ``width`` per unit of time."""
    speed = np.abs(v)
    rank = int(SHARE * (len(v) - 1)) if len(v) >= 50 else len(v) - 1
    reach = min(float(np.partition(speed, rank)[rank]), LONGEST)
    return max(reach, LEAST * width) if reach > 0 else width / 2


def band_of(law: VelocityLaw, frame: Frame, i: int, x_ends: tuple[float, float]) -> VelocityBand:
    """The law over coordinate ``i`` of a view, through the focus in the other coordinates."""
    left, right = x_ends
    middle = np.zeros(frame.d) if frame.focus is None else frame.focus
    grid = np.union1d(np.linspace(left, right, LAW_POINTS), np.clip(middle[i], left, right))
    X = np.tile(middle, (len(grid), 1))
    X[:, i] = grid
    centre, spread = law.centre(X)[:, i], law.spread(X)[:, i]
    return VelocityBand(grid, centre - spread, centre, centre + spread)
