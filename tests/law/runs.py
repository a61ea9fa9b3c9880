"""Visible runs on a line, and what is drawn of their law, made from the core alone."""

from __future__ import annotations

import threading

import numpy as np

import swarmviz as sv
from components.law.worker import LawWorker
from swarmviz.drawing.law import drawn_law
from swarmviz.laws import LawOfRun
from swarmviz.replay import RunSpec


def visible_run(steps=12, n=50, d=1, seed=4, dynamics=None, **parameters):
    made = dynamics or sv.CBO(**({"sigma": 0.8} | parameters))
    sim = sv.Simulation(made, sv.landscapes.Rastrigin(), sv.Swarm(n=n, d=d, seed=seed))
    sim.advance(steps)
    return sim


def law_at(sim, k=None):
    """The law of a run at step ``k``, computed anew."""
    reached = LawOfRun().at(sim.journal, sim.initial_swarm, sim.k if k is None else k)
    return drawn_law(reached, sim.journal, sim.initial_swarm.n)


def same(one, other):
    return one.k == other.k and np.array_equal(one.cdf, other.cdf) and one.focus == other.focus


def finish(law, sim, parts, seconds=0.004):
    """Work until nothing is left to do; what is drawn then."""
    law.follow(RunSpec.of(sim))
    while law.work(parts, seconds):
        pass
    return law.beside(parts)


class Watched:
    """A visible run under a lock of its own, with its law on a thread; ``told`` counts how often there was something new."""

    def __init__(self, sim, late=0.0):
        self.sim, self.lock, self.late, self.told = sim, threading.Lock(), late, 0
        self.news, self.hidden = threading.Condition(), False
        self.law = LawWorker(self.look, lambda: self.late, self.tell, lambda: self.hidden)

    def look(self):
        with self.lock:
            return RunSpec.of(self.sim)

    def tell(self):
        with self.news:
            self.told += 1
            self.news.notify_all()

    def wait(self, holds):
        with self.news:
            assert self.news.wait_for(lambda: holds(self.law), 20)

    def reaches(self, k):
        self.wait(lambda law: (drawn := law.law(self.sim)) is not None and drawn.k == k)


def law_threads():
    return [thread for thread in threading.enumerate() if thread.name == "swarmviz law"]
