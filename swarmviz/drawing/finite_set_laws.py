"""A swarm on a finite set beside the laws of theory: the probabilities of the states, and how far the occupation is from them.

NumPy only; safe on any thread.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from swarmviz.frame import Frame
from swarmviz.simulation import Simulation
from swarmviz.theory import Target
from swarmviz.theory import law as theory_law
from swarmviz.theory import target as theory_target

NAMES = "target law", "exact law"
MOST_BARS = 500  # of a row of states; of more states, neighbours share one
ERRORS = 2.0  # standard errors that the room for chance is wide on each side


class Laws(NamedTuple):
    """Probabilities of the states, (S,) each, not a number where there is no such law; ``claims`` are what theory says of the two."""

    target: np.ndarray
    law: np.ndarray
    claims: tuple[Target | None, Target | None]

    @property
    def titles(self) -> tuple[str, ...]:
        """The names of both for a legend, empty where there is none."""
        return tuple(claim.title if claim else "" for claim in self.claims)

    @property
    def reasons(self) -> list[str]:
        """Why a claim does not hold here, in plain words."""
        named = zip(NAMES, self.claims, strict=True)
        return [f"{name}: {claim.reason}" for name, claim in named if claim and not claim.applies]


def laws_now(sim: Simulation, frame: Frame) -> Laws:
    """The target law and the exact law at the present step."""
    assert frame.sites is not None
    claims = theory_target(sim), theory_law(sim)
    target, law = (probabilities(claim, frame.sites) for claim in claims)
    return Laws(target, law, claims)


def target_law(run: Simulation, sites: np.ndarray) -> tuple[Target | None, np.ndarray]:
    """What theory says of the target law, and its probabilities of the states at ``sites`` (S, d), (S,); NaN where none is known."""
    claim = theory_target(run)
    return claim, probabilities(claim, sites)


def probabilities(claim: Target | None, sites: np.ndarray) -> np.ndarray:
    """A law on the states at ``sites`` (S, d), shape (S,), summing to 1; not a number where there is none."""
    if claim is None:
        return np.full(len(sites), np.nan)
    weight = np.asarray(claim.density(sites), float)
    return weight / weight.sum()


class Departure(NamedTuple):
    """How far B bars, of one state or a few successive ones each, are from their target law.

    ``edges`` (B + 1,) are the states between which they lie; ``share``, ``target`` and ``law`` (B,) their probabilities; ``expected`` what
    infinitely many agents would do by now (the exact law, else the target), and ``error`` the room that chance has around it,
    ± 2 √(p (1 − p)/N): where the bars of N agents that know nothing of each other lie in 95 of 100 states.
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
    def most(self) -> float:
        """The largest distance from the target that is drawn."""
        reach = np.abs(self.expected - self.target) + self.error
        return float(np.nanmax(np.abs([self.share - self.target, reach]), initial=1e-6))


def departure(sim: Simulation, frame: Frame) -> Departure:
    """Occupation minus target law of a frame on a finite set."""
    assert frame.occupation is not None
    states, laws = len(frame.occupation), laws_now(sim, frame)
    first = np.arange(0, states, -(-states // MOST_BARS))
    share, target, law = (summed(p, first) for p in (frame.occupation, laws.target, laws.law))
    expected = target if np.isnan(law).any() else law
    error = ERRORS * np.sqrt(np.clip(expected * (1 - expected), 0, None) / frame.n)
    return Departure(np.append(first, states) - 0.5, share, target, law, expected, error, laws)


def summed(values: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Sums over the states of each bar, (B,), from the ``first`` state of each."""
    return np.add.reduceat(values, first)
