"""Runs, ensembles and sweeps as HoloViews elements, which link, overlay and save like any others (extra ``plots``).

HoloViews takes longer to import than all of swarmviz; so it is imported when an element is made, not before. Elements are styled for the
back ends that are loaded at that time: call ``holoviews.extension("bokeh")`` or ``("matplotlib")`` before.

>>> import holoviews as hv
>>> import swarmviz as sv
>>> hv.extension("bokeh")
>>> sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=50, d=2, seed=1))
>>> _ = sim.advance(100)
>>> hv.save(sv.plot.arena(sim) + sv.plot.curves(sim), "run.html")  # doctest: +SKIP
"""

from __future__ import annotations

from swarmviz.plot.arena import arena
from swarmviz.plot.curves import curves
from swarmviz.plot.density import density
from swarmviz.plot.ecdf import ecdf
from swarmviz.plot.map import map
from swarmviz.plot.parallel import parallel

__all__ = ["arena", "curves", "density", "ecdf", "map", "parallel"]
