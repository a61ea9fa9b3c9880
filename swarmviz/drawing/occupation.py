"""The occupation of a finite set beside its target law, as numbers: state by state, and the room that chance has.

For the page and for pictures. NumPy only; safe on any thread.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from swarmviz.drawing.finite_set_laws import MOST_BARS, Laws, laws_now, summed
from swarmviz.frame import Frame
from swarmviz.simulation import Simulation

ERRORS = 2.0  # standard errors that the room for chance is wide on each side


class OccupationPicture(NamedTuple):
    """How far B bars, of one state or a few successive ones each, are from their target law.

    ``edges`` (B + 1,) are the states between which they lie; ``share``, ``target`` and ``law`` (B,) their probabilities; ``expected`` what
    infinitely many agents would do by now (the exact law, else the target), and ``error`` the room that chance has around it,
    ± 2 √(p (1 − p)/N): where the bars of N independent agents lie in 95 of 100 states.
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
        return float(np.nanmax(np.abs([self.bars, np.abs(self.middle) + self.error]), initial=1e-6))


def occupation_picture(frame: Frame, run: Simulation) -> OccupationPicture:
    """Occupation minus target law of a ``frame`` with states; ``run`` is what theory is asked about."""
    assert frame.occupation is not None
    states, laws = len(frame.occupation), laws_now(run, frame)
    first = np.arange(0, states, -(-states // MOST_BARS))
    share, target, law = (summed(p, first) for p in (frame.occupation, laws.target, laws.law))
    expected = target if np.isnan(law).any() else law
    error = ERRORS * np.sqrt(np.clip(expected * (1 - expected), 0, None) / frame.n)
    return OccupationPicture(np.append(first, states) - 0.5, share, target, law, expected, error, laws)
