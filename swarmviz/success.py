"""Whether a run has found the global minimum: one definition for the page, the presets, the ensembles and the papers' tables.

*Found* means: what the swarm holds for the minimiser lies within a tolerance of a known global minimiser,

    error = max_i |x_i − x*_i| / h_i < tolerance,   h half the width of the landscape's box          (1)  003 §5

The tolerance is 0.05, or less where another local minimum is near: half its distance to the global minimiser at most (2), so that
an answer in a wrong valley is never counted, in no coordinate of any number of them. Papers that count otherwise say so (003: 0.25).
On a finite set there is no distance to allow: the state with most agents must be one of the lowest.
"""

from __future__ import annotations

import math

import numpy as np

from swarmviz.frame import Frame
from swarmviz.landscapes.base import Landscape

TOLERANCE = 0.05  # in half widths of the landscape's box, unless another minimum is near
RULE = f"tolerance = {TOLERANCE:g}, or half the distance to the nearest other local minimum where that is less"
DIGITS = 2  # of a tolerance that is less: what is printed is what is used


def tolerance_for(landscape: Landscape, d: int) -> float:
    """The default tolerance (2): the largest error that counts as found in ``d`` dimensions, in half widths of the box."""
    most = landscape.separation(d) / 2
    if most >= TOLERANCE:
        return TOLERANCE
    if not most > 0:
        raise ValueError(
            f"{landscape.title}: the nearest other minimum is at a distance of {2 * most!r}; must be above 0"
        )
    unit = 10.0 ** (math.floor(math.log10(most)) - DIGITS + 1)
    return float(f"{math.floor(most / unit * (1 + 1e-12)) * unit:.{DIGITS}g}")


def criterion(tolerance: float | None) -> str:
    """What counts as found, in words that follow "found: "; None for a finite set."""
    if tolerance is None:
        return "the state with most agents is one of the lowest"
    return f"nearer than {tolerance:g} half widths of the box to a known minimiser"


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


def miss(frame: Frame, landscape: Landscape) -> float | None:
    """What a tolerance is compared with; None where no minimiser is known.

    The error, ∞ for an answer that is no number. On a finite set 0 when the state with most agents is one of the lowest, else ∞: no
    tolerance changes that.
    """
    if frame.node is not None:
        return 0.0 if np.isin(int(np.bincount(frame.node).argmax()), frame.lowest) else math.inf
    if len(landscape.minimisers(frame.d)) == 0:
        return None
    distance = error(frame, landscape)
    return math.inf if math.isnan(distance) else distance


def succeeded(frame: Frame, landscape: Landscape, tolerance: float | None = None) -> bool | None:
    """Whether the run has found a minimiser; None where none is known.

    Parameters
    ----------
    tolerance : float, optional
        Largest error of a success, in half widths of the box; that of :func:`tolerance_for` when absent. Without effect on a finite
        set, where the state with most agents must be one of the lowest.
    """
    missed = miss(frame, landscape)
    if missed is None:
        return None
    return missed < (tolerance_for(landscape, frame.d) if tolerance is None else tolerance)
