"""What the tests of the arena share: runs, bare frames, and the sources of the figure."""

from __future__ import annotations

from types import SimpleNamespace

import swarmviz as sv
from components.views.arena.arena import Arena
from swarmviz import Frame

DYNAMICS = [name for name, cls in sv.dynamics.ALL.items() if "node" not in cls.__name__]


def simulation(dynamics="CBO", landscape="Ackley", n=40, d=2, seed=3, **parameters):
    sim = sv.Simulation(
        sv.dynamics.ALL[dynamics](**parameters), sv.landscapes.ALL[landscape](), sv.Swarm(n=n, d=d, seed=seed)
    )
    sim.advance(3)
    return sim


def attached(view, sim):
    view.attach(sim)
    return view


def bare(x, landscape="Ackley", k=0, **fields):
    """What the arena needs of a simulation, with any fields in its frame."""
    surface = sv.landscapes.ALL[landscape]()
    frame = Frame(k, 0.0, x, surface.values(x), **fields)
    return SimpleNamespace(frame=frame, landscape=surface, dynamics=sv.CBO())


def renderer_of(sim):
    """What paints ``sim`` in an arena."""
    return attached(Arena(), sim).renderer


def paint(arena, sim):
    """Prepare and paint the present frame."""
    arena.paint(arena.prepare(sim.frame, sim))


def points(arena):
    return arena.renderer.points.data
