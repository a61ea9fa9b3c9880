"""Visible runs, the same runs made without any code of the replicas, and how both are compared."""

from __future__ import annotations

import math
import threading

import numpy as np

import swarmviz as sv
from components.replicas.replica import VisibleRun
from components.replicas.worker import ReplicaWorker
from swarmviz.success import miss, succeeded, tolerance_for

RUNS = 5


def visible_run(sigma=1.2, steps=60, landscape=None, **options):
    """A swarm that is small enough to fail now and then."""
    swarm = sv.Swarm(**({"n": 6, "d": 2, "seed": 11} | options))
    sim = sv.Simulation(sv.CBO(sigma=sigma, dt=0.05), landscape or sv.landscapes.Rastrigin(), swarm)
    sim.advance(steps)
    return sim


def independent(sim, seed, k=None):
    """The same run with another seed, made without any of the code that is tested here."""
    swarm = sim.initial_swarm.copy()
    swarm.seed = seed
    k = sim.k if k is None else k
    first, *changes = sim.journal
    run = sv.Simulation(first.dynamics.copy(), first.landscape.copy(), swarm)
    for entry in changes:
        if entry.k <= k:
            run.advance(entry.k - run.k)
            run.dynamics, run.landscape = entry.dynamics.copy(), entry.landscape.copy()
            run.apply()
    run.advance(k - run.k)
    return run


def finish(flock, sim=None, runs=RUNS, seconds=0.001):
    """Work until nothing is left to do."""
    if sim is not None:
        flock.follow(VisibleRun.of(sim), runs)
    while flock.work(seconds):
        pass
    return flock


def assert_exact(flock, sim, k=None):
    """Records, successes, count and bands are those of independent runs."""
    k = sim.k if k is None else k
    runs = [independent(sim, sim.initial_swarm.seed + 1 + r, sim.furthest) for r in range(len(flock.replicas))]
    judged = [succeeded(run.goto(k), independent(sim, 0, k).landscape) for run in runs]
    there = [independent(sim, sim.initial_swarm.seed + 1 + r, k) for r in range(len(flock.replicas))]
    assert judged == [succeeded(run.frame, run.landscape) for run in there]
    finite = sim.dynamics.on_finite_set
    within = math.inf if finite else tolerance_for(independent(sim, 0, k).landscape, sim.initial_swarm.d)
    assert [r.misses[k] < within for r in flock.replicas] == judged
    assert [r.misses[k] for r in flock.replicas] == [miss(run.frame, run.landscape) for run in there]
    tally = flock.tally(k)
    assert (tally.k, tally.runs, tally.found) == (k, len(runs), sum(judged))
    bands = flock.bands()
    assert set(bands) == set(sim.record) - {"k", "t"}
    for name, band in bands.items():
        steps = np.arange(0, sim.furthest + 1)
        np.testing.assert_array_equal(band.k, steps)
        table = np.array([run.record[name] for run in runs])
        for replica, row in zip(flock.replicas, table, strict=True):
            np.testing.assert_array_equal(replica.record[name], row)
        nowhere = np.isnan(table).all(
            axis=0
        )  # else over those runs that have a value, as of the basin of an answer in the box
        expected = np.nanquantile(np.where(nowhere, 0.0, table), [0.1, 0.5, 0.9], axis=0)
        expected[:, nowhere] = np.nan
        np.testing.assert_array_equal([band.low, band.middle, band.high], expected)


def last_finite(sim, seed, k):
    run = independent(sim, seed, 0)
    try:
        run.advance(k)
    except sv.Diverged as error:
        return run, error.step
    return run, None


class Watched:
    """A visible run under a lock of its own, with replicas; ``told`` holds what they said."""

    def __init__(self, sim, late=0.0):
        self.sim, self.lock, self.late = sim, threading.Lock(), late
        self.told, self.news = [], threading.Condition()
        self.luck = ReplicaWorker(self.look, lambda: self.late, self.tell)

    def look(self):
        with self.lock:
            return VisibleRun.of(self.sim)

    def tell(self, standing):
        with self.news:
            self.told.append(standing)
            self.news.notify_all()

    def wait(self, holds):
        with self.news:
            assert self.news.wait_for(lambda: self.told and holds(self.told[-1]), 20), self.told[-1:]
            return self.told[-1]


def at(k, runs=20):
    return lambda standing: standing.tally is not None and (standing.tally.k, standing.tally.runs) == (k, runs)


def judged_by_hand(sim, tolerance, runs=RUNS):
    """Success of the replicas, from independent runs."""
    those = [independent(sim, sim.initial_swarm.seed + 1 + r) for r in range(runs)]
    return [succeeded(run.frame, run.landscape, tolerance) for run in those]
