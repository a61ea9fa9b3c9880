"""What is known of a swarm on a finite set: its share on each state beside the laws of theory. NumPy only; safe on any thread."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from swarmviz import Frame, Simulation
from swarmviz.theory import Target
from swarmviz.theory import law as theory_law
from swarmviz.theory import target as theory_target

NAMES = "target law", "exact law"


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
    claims = theory_target(sim), theory_law(sim)
    target, law = (_probabilities(claim, frame.sites) for claim in claims)
    return Laws(target, law, claims)


def _probabilities(claim: Target | None, sites: np.ndarray) -> np.ndarray:
    if claim is None:
        return np.full(len(sites), np.nan)
    weight = claim.density(sites)
    return weight / weight.sum()
