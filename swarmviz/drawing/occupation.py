"""The occupation of a finite set beside its target law, as numbers: state by state, and the room that chance has.

For the page and for pictures. NumPy only; safe on any thread.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from swarmviz.drawing.finite_set_laws import MOST_BARS, Laws, laws_now, summed
from swarmviz.frame import Frame
from swarmviz.simulation import Simulation
from swarmviz.theory.finite_set_scatter import scatter

ERRORS = 2.0  # standard deviations that the room for chance is wide on each side


class OccupationPicture(NamedTuple):
    """How far B bars, of one state or a few successive ones each, are from their target law.

    ``edges`` (B + 1,) are the states between which they lie; ``share``, ``target`` and ``law`` (B,) their probabilities; ``expected`` what
    infinitely many agents would do by now (the exact law, else the target), and ``error`` the room that chance has around it, ± 2 standard
    deviations of the shares of N agents of this generator (:func:`swarmviz.theory.finite_set_scatter.scatter`): where the bars lie in 95 of
    100 states once many agents are on each. Not a number where it is not known.
    """

    edges: np.ndarray
    share: np.ndarray
    target: np.ndarray
    law: np.ndarray
    expected: np.ndarray
    error: np.ndarray
    laws: Laws

    @property
    def first(self) -> np.ndarray:
        """The first state of each bar, (B,)."""
        return (self.edges[:-1] + 0.5).astype(np.intp)

    @property
    def bars(self) -> np.ndarray:
        """What is drawn of the agents: their share minus the target law, (B,)."""
        return self.share - self.target

    @property
    def middle(self) -> np.ndarray:
        """What is drawn of infinitely many agents: their law minus the target law, (B,)."""
        return self.expected - self.target

    @property
    def most(self) -> float:
        """The largest distance from the target that is drawn."""
        return float(np.nanmax(np.abs([self.bars, np.abs(self.middle) + np.nan_to_num(self.error)]), initial=1e-6))

    @property
    def banded(self) -> bool:
        """Whether the room for chance is known."""
        return not np.isnan(self.error).any()


def occupation_picture(frame: Frame, run: Simulation) -> OccupationPicture:
    """Occupation minus target law of a ``frame`` with states; ``run`` is what theory is asked about."""
    assert frame.occupation is not None
    states, laws = len(frame.occupation), laws_now(run, frame)
    first = np.arange(0, states, -(-states // MOST_BARS))
    share, target, law = (summed(p, first) for p in (frame.occupation, laws.target, laws.law))
    expected = target if np.isnan(law).any() else law
    deviation = scatter(run, frame.heights)  # known for so few states that each has a bar of its own
    error = np.full(len(first), np.nan) if deviation is None else ERRORS * deviation
    return OccupationPicture(np.append(first, states) - 0.5, share, target, law, expected, error, laws)
