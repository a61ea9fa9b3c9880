"""The agents of a frame as numbers: points with sizes and tones, or, of a large swarm, how many there are in each cell of a view.

NumPy only; safe on any thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.histogram import cells_of, counts, shades
from swarmviz.frame import Frame

CELLS = {1: 240, 2: 144}  # of a count image along each of its sides, by their number


class Points(NamedTuple):
    """Every agent by itself.

    Attributes
    ----------
    x : (N, 2)
        Where it is drawn.
    diameter : (N,)
        In pixels of the page.
    tone : (N,)
        What colours it, see :func:`swarmviz.drawing.style.tone_colours`.
    """

    x: np.ndarray
    diameter: np.ndarray
    tone: np.ndarray


class CountImage(NamedTuple):
    """How many agents there are in each cell of [low, high] on a logarithmic scale, (rows, columns) uint8; 0 is an empty cell."""

    image: np.ndarray
    low: np.ndarray
    high: np.ndarray


def points_of(frame: Frame, x: np.ndarray) -> Points:
    """The agents of a frame, drawn at ``x`` (N, 2)."""
    return Points(x, style.diameters(frame), style.agent_tones(frame))


def count_image(
    x: np.ndarray, low: np.ndarray, high: np.ndarray, common: Callable[[float], float] = float
) -> CountImage:
    """Agents ``x`` (N, 1) or (N, 2), all of them in [low, high].

    ``common`` makes of the largest count that of all images beside each other, which has the deepest shade.
    """
    cells = CELLS[len(low)]
    count = counts(x[:, 0], low[0], high[0], cells)[None] if len(low) == 1 else cells_of(x, low, high, cells)[1]
    return CountImage(shades(count, common(float(count.max()))), low, high)


def lowest_agent(frame: Frame) -> int:
    """The agent with the lowest energy."""
    return int(np.argmin(frame.energy))
