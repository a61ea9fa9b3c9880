"""All dynamics; adding one is one file and one name in ``ALL``."""

from __future__ import annotations

from swarmviz.dynamics import teams as teams  # so that they are found for large swarms
from swarmviz.dynamics.base import Dynamics
from swarmviz.dynamics.bgk import BGK
from swarmviz.dynamics.cbo import CBO
from swarmviz.dynamics.finite_set.dynamics import FiniteSet
from swarmviz.dynamics.fmc.dynamics import FMC
from swarmviz.dynamics.pso import PSO
from swarmviz.dynamics.sbgd import SBGD
from swarmviz.dynamics.ssa import SSA

ALL: dict[str, type[Dynamics]] = {
    dynamics.__name__: dynamics for dynamics in (CBO, SSA, BGK, PSO, SBGD, FMC, FiniteSet)
}

__all__ = ["ALL", "Dynamics", *ALL]
