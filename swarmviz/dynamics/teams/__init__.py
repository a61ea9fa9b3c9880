"""The kernels of large swarms, a file per dynamics: a step cut into chunks that several threads work on (:mod:`swarmviz.kernels.team`).

The equations, and what a step does with a block, are those of the dynamics' own file.
"""

from swarmviz.dynamics.teams import bgk, cbo, fmc, pso, ssa

__all__ = ["bgk", "cbo", "fmc", "pso", "ssa"]
