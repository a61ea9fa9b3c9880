"""All dynamics; adding one is one file and one name in ``ALL``."""

from __future__ import annotations

from swarmviz.dynamics.annealing import SSA
from swarmviz.dynamics.base import Dynamics
from swarmviz.dynamics.cbo import CBO

ALL: dict[str, type[Dynamics]] = {dynamics.__name__: dynamics for dynamics in (CBO, SSA)}

__all__ = ["ALL", "Dynamics", *ALL]
