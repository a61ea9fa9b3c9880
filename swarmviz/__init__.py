"""swarmviz: swarm-based optimisation, computed fast and shown live.

>>> import swarmviz as sv
>>> sim = sv.Simulation(sv.CBO(lam=1.0, sigma=1.0), sv.landscapes.Rastrigin(), sv.Swarm(n=100, d=2, seed=7))
>>> frame = sim.advance(100)
"""

from swarmviz.kernels.compiled import choose_cache
from swarmviz.version import __version__, release_of

choose_cache(release_of(__version__))  # commits of the same kernels share them

from swarmviz import dynamics, ensembles, landscapes, plot, schedules, threads
from swarmviz.dynamics import *
from swarmviz.ensembles import refine, run_ensemble, sweep
from swarmviz.frame import Diverged, Frame
from swarmviz.notebook import show
from swarmviz.simulation import Simulation
from swarmviz.swarm import Swarm
from swarmviz.threads import set_threads

__all__ = [
    "Diverged",
    "Frame",
    "Simulation",
    "Swarm",
    "dynamics",
    "ensembles",
    "landscapes",
    "plot",
    "refine",
    "run_ensemble",
    "schedules",
    "set_threads",
    "show",
    "sweep",
    "threads",
    *dynamics.ALL,
]
