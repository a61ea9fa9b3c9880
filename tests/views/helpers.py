"""What tests of views share: a run, a view that shows it, and what the browser would get."""

from __future__ import annotations

import json

import panel as pn
from bokeh.core.serialization import Serializer

import swarmviz as sv
from swarmviz.drawing.law import NO_DISTANCES, drawn_law
from swarmviz.drawing.law_beside import PLANES
from swarmviz.laws import LawOfRun

DYNAMICS = [name for name, cls in sv.dynamics.ALL.items() if "node" not in cls.__name__]


def simulation(dynamics="CBO", landscape="Ackley", n=40, d=2, seed=3, steps=3, **parameters):
    sim = sv.Simulation(
        sv.dynamics.ALL[dynamics](**parameters), sv.landscapes.ALL[landscape](), sv.Swarm(n=n, d=d, seed=seed)
    )
    sim.advance(steps)
    return sim


def attached(view, sim):
    view.attach(sim)
    return view


def pictured(view, sim):
    """Attached and painted once, as the page does it: a picture is asked for after each attachment."""
    paint(attached(view, sim), sim)
    return view


def prepared(view, sim):
    """What a view prepares of the present frame."""
    return view.prepare(sim.frame, sim)


def paint(view, sim):
    """Paint the present frame, as far as the view has anything to paint."""
    if (payload := prepared(view, sim)) is not None:
        view.paint(payload)


def step(sim, *views, steps=1):
    sim.advance(steps)
    for view in views:
        paint(view, sim)


def figures(view):
    return list(view.pane.select(pn.pane.Bokeh))


def drawn_json(view):
    """What the browser would get, as strict JSON."""
    roots = [pane.object for pane in figures(view)]
    return json.dumps(Serializer().encode(roots), allow_nan=False, default=lambda b: len(getattr(b, "data", b)))


class LawAtOnce:
    """Stands in for the thread of the law (:class:`components.law.worker.LawWorker`): computes when it is asked, by ``late`` steps less."""

    def __init__(self, late=0, distances=NO_DISTANCES, **changed):
        self.late, self.known, self.changed, self.asked = late, distances, changed, 0

    def _reached(self, run):
        self.asked += 1
        return LawOfRun().at(run.journal, run.initial_swarm, max(run.k - self.late, 0))

    def law(self, run):
        return drawn_law(self._reached(run), run.journal, run.initial_swarm.n)._replace(**self.changed)

    def plane(self, run, part, x_ends, y_ends):
        return PLANES[part](self._reached(run), x_ends, y_ends)

    def distances(self, run):
        return self.known
