"""One agent's step as a picture: the vectors that it is made of, head to tail, from where the agent is to where it goes.

NumPy only; safe on any thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from swarmviz.dynamics.explain.terms import Term


class StepPicture(NamedTuple):
    """The step of one agent in the first two coordinates.

    Attributes
    ----------
    ways : numpy.ndarray, shape (T, 4)
        x₀, y₀, x₁, y₁ of each of the T vectors that add up, in their order; in one dimension y is 0. A vector of no length stays in its
        place, so that the i-th way belongs to the i-th such term.
    start, end : numpy.ndarray, shape (2,)
        Where the agent is, and where it goes.
    level : float
        F where the agent is: in one dimension it is drawn at that height.
    """

    ways: np.ndarray
    start: np.ndarray
    end: np.ndarray
    level: float


def parts_of(terms: Sequence[Term]) -> list[Term]:
    """The terms that are ways: those that add up, but for the present position, which is the first of them."""
    return [term for term in terms if term.adds][1:]


def step_picture(terms: Sequence[Term], level: float) -> StepPicture:
    """The picture of the step that ``terms`` explain, of an agent at which F is ``level``."""
    values = np.array([np.asarray(term.value, float) for term in terms if term.adds])
    points = np.zeros((len(values), 2))
    points[:, : values.shape[1]] = np.cumsum(values, axis=0)[:, :2]
    return StepPicture(np.hstack([points[:-1], points[1:]]), points[0], points[-1], float(level))
