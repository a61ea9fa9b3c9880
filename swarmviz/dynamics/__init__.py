"""All dynamics; adding one is one file and one name in ``ALL``."""

from __future__ import annotations

from swarmviz.dynamics.annealing import SSA
from swarmviz.dynamics.base import Dynamics
from swarmviz.dynamics.cbo import CBO
from swarmviz.dynamics.finite_set import FiniteSet
from swarmviz.dynamics.fractal import FMC
from swarmviz.dynamics.kinetic import BGK
from swarmviz.dynamics.pso import PSO
from swarmviz.dynamics.sbgd import SBGD

ALL: dict[str, type[Dynamics]] = {
    dynamics.__name__: dynamics for dynamics in (CBO, SSA, BGK, PSO, SBGD, FMC, FiniteSet)
}

__all__ = ["ALL", "Dynamics", *ALL]
