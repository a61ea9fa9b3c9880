"""Which dynamics spend as much in every step, so that a number of evaluations of F is a number of steps."""

from __future__ import annotations

from swarmviz.dynamics import FMC, SBGD, FiniteSet
from swarmviz.dynamics.base import Dynamics

COUNTING: tuple[type[Dynamics], ...] = (
    SBGD,
    FMC,
    FiniteSet,
)  # whose kernels count, for no two runs need spend the same


def spends_evenly(dynamics: Dynamics) -> bool:
    """Whether every step takes ``dynamics.cost_of_step``, and not only at most: then a :class:`swarmviz.ensembles.Budget` is a step."""
    return not isinstance(dynamics, COUNTING)
