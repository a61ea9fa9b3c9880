"""A swarm on a finite set beside the laws of theory: the probabilities of the states, one by one or summed over bars.

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


def summed(values: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Sums over the states of each bar, (B,), from the ``first`` state of each."""
    return np.add.reduceat(values, first)
