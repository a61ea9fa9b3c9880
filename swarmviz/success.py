"""Whether a run has found the global minimum: one definition for the page, the ensembles and the papers' tables (003 §5)."""

from __future__ import annotations

import numpy as np

from swarmviz.frame import Frame
from swarmviz.landscapes.base import Landscape

TOLERANCE = 0.25  # in half widths of the landscape's box (003 §5)


def answer(frame: Frame) -> np.ndarray:
    """What the swarm holds for the minimiser, shape (d,).

    The consensus point where there is one; on a finite set the state with most agents; else the position of the lowest agent, or
    of the lowest personal best.
    """
    if frame.focus is not None:
        return frame.focus
    if frame.node is not None:
        fullest = int(np.bincount(frame.node).argmax())
        return frame.x[int(np.argmax(frame.node == fullest))]
    return frame.x[int(np.argmin(frame.energy))]


def error(frame: Frame, landscape: Landscape) -> float:
    """Distance of the answer to the nearest known global minimiser, max_i |x_i − x*_i| / h_i, with h half the width of the box.

    NaN where no minimiser is known.
    """
    return float(errors(answer(frame)[None], landscape, frame.shift)[0])


def errors(answers: np.ndarray, landscape: Landscape, shift: np.ndarray | None = None) -> np.ndarray:
    """The same for many answers at once, (runs, d) → (runs,); a moving landscape has got to ``shift`` (d,)."""
    runs, d = answers.shape
    goals = landscape.minimisers(d)
    if len(goals) == 0:
        return np.full(runs, np.nan)
    if shift is not None:
        goals = goals + shift
    low, high = landscape.limits(d)
    return (np.abs(goals - answers[:, None]) / ((high - low) / 2)).max(axis=2).min(axis=1)


def succeeded(frame: Frame, landscape: Landscape, tolerance: float = TOLERANCE) -> bool | None:
    """Whether the error is below ``tolerance``; None where no minimiser is known.

    On a finite set, whether the state with most agents is one of the lowest.
    """
    if frame.node is not None:
        return bool(np.isin(int(np.bincount(frame.node).argmax()), frame.lowest))
    distance = error(frame, landscape)
    if np.isnan(distance):
        return None if len(landscape.minimisers(frame.d)) == 0 else False
    return distance < tolerance
