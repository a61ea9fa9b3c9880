"""What a law of infinitely many agents is: the law of the scheme that is simulated, in one dimension, advanced step by step.

A :class:`LawScheme` is to a law what a dynamics is to a swarm: ``init`` gives the State at step 0, ``advance`` that after some steps with
the parameters that act on them, and the rest looks at a State. A State is a NamedTuple that is replaced, never modified; its first fields
are ``k`` and ``clock``. So a law is a pure function of the journal and of the initial law, whatever the batching, and going back is exact.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from swarmviz.dynamics.base import Dynamics
from swarmviz.landscapes.base import Landscape
from swarmviz.swarm import Swarm


class NoLaw(ArithmeticError):
    """A law that goes no further, with the reason in one sentence for the page."""


class LawScheme:
    """Base of all schemes.

    Attributes
    ----------
    title, reference : str
        The equation whose law it is, and its source.
    approximation : str
        How it is computed and how far that is from the law, in one sentence for the page.
    """

    title: ClassVar[str] = "Law of infinitely many agents"
    reference: ClassVar[str] = ""
    approximation: ClassVar[str] = ""

    def refusal(self, dynamics: Dynamics, landscape: Landscape, swarm: Swarm) -> str:
        """Why there is no law for these parts, in one sentence; "" where there is one. ``swarm`` has any number of agents, d = 1."""
        raise NotImplementedError

    def init(self, dynamics: Dynamics, landscape: Landscape, swarm: Swarm) -> Any:
        """The State at step 0, of the initial law of ``swarm`` (its N and seed do not matter)."""
        raise NotImplementedError

    def advance(self, state: Any, dynamics: Dynamics, landscape: Landscape, steps: int) -> Any:
        """The State ``steps`` ≥ 0 steps later; schedules take the values that the swarm's steps take.

        Raises
        ------
        NoLaw
            When the law cannot be followed from this State with these parameters.
        """
        raise NotImplementedError

    def moved_to(self, state: Any, dynamics: Dynamics, landscape: Landscape) -> Any:
        """The State carried over to another landscape; what is derived from F is made anew."""
        return state

    def cdf(self, state: Any, x: np.ndarray) -> np.ndarray:
        """P(X ≤ x) at increasing ``x`` (M,)."""
        raise NotImplementedError

    def atoms(self, state: Any) -> np.ndarray:
        """Points that carry mass, such as walls: rows (place, mass), shape (A, 2); they are part of :meth:`cdf`, too."""
        return np.zeros((0, 2))

    def focus(self, state: Any) -> float | None:
        """The consensus point of the law, None where there is none."""
        return None

    def agents_needed(self, state: Any) -> float:
        """N*: from how many agents on a swarm has followed this law so far; 1: any number, ∞: none that is known.

        To follow is to be as near as independent draws are, or nearer than a tenth of the law's own width. Where N* is measured by swarms
        beside the law it is that of their last look.
        """
        return 1.0

    def unknown_of_needed(self, state: Any, dynamics: Dynamics, landscape: Landscape) -> str:
        """What N* does not know that may part a swarm from this law now, in one sentence; "" where nothing is known of that kind."""
        return ""


NARROW = 1e-3  # of the box


def carried_scatter(scheme: LawScheme, state: Any, landscape: Landscape) -> str:
    """The sentence for an N* that looks at every step by itself, where half of the law is within :data:`NARROW` of its consensus point.

    What ν of N agents scattered at an earlier, wider step has moved all of them, and stays where the law contracts to a point.
    """
    nu, (low, high) = scheme.focus(state), (float(bound[0]) for bound in landscape.limits(1))
    if nu is None:
        return ""
    a, b = scheme.cdf(state, nu + np.array([-NARROW, NARROW]) * (high - low))
    if b - a < 0.5:
        return ""
    return "N* looks at every step by itself: how far ν of a swarm was off before the law became so narrow is in none of them."
