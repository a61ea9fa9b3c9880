"""Runs of every kind, which the tests of exports and of replays share."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import presets
from swarmviz.schedules import Exponential, Piecewise


def of_preset(preset, steps=25):
    sim = sv.Simulation(*preset.build())
    sim.advance(steps)
    return sim


def changed_in_mid_run():
    """Schedules, another landscape, a change at the very start, two at once, and one that waits for the next step."""
    sim = sv.Simulation(
        sv.CBO(sigma=Piecewise(((0.0, 1.0), (0.7, 0.1 + 0.2)))), sv.landscapes.Rastrigin(), sv.Swarm(n=20, seed=3)
    )
    sim.dynamics.lam = 0.5
    sim.apply()
    sim.advance(7)
    sim.dynamics.sigma, sim.dynamics.alpha = Exponential(start=0.7, ratio=1 / 3), 50.0
    sim.advance(4)
    wells = [((-3.0, 1.5), 2.0, 0.7), ((0.1, 2.2), 1 / 3, 0.8)]
    sim.landscape = sv.landscapes.GaussianMixture(bowl=0.05, wells=wells)
    sim.dynamics.dt = 0.02
    sim.advance(5)
    sim.landscape = sim.landscape.with_well_changed(1, depth=4.0)
    sim.dynamics.noise = "isotropic"
    sim.apply()
    return sim


def went_back():
    """It stands before its furthest step, beyond which a change is known."""
    sim = sv.Simulation(
        sv.BGK(), sv.landscapes.Ackley(), sv.Swarm(n=15, d=3, seed=5, initial="gaussian", centre=(1, 0, 2))
    )
    sim.advance(300)
    sim.dynamics.sigma = 0.2
    sim.advance(30)
    sim.goto(290)
    return sim


def from_points():
    points = np.random.default_rng(1).uniform(-2, 2, (30, 2))
    swarm = sv.Swarm(n=30, seed=2, initial="points", points=points)
    sim = sv.Simulation(sv.PSO(), sv.landscapes.Formula("x^2 + 3*sin(2*y) + abs(x*y)", box=(-3, 4)), swarm)
    sim.advance(12)
    return sim


def thinned():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.DoubleWell(tilt=0.1), sv.Swarm(n=40, d=1), record_limit=16)
    sim.advance(100)
    assert sim.record.every == 8
    return sim


def thinned_and_back():
    """It stands at a step up to which nothing would have been thinned."""
    sim = thinned()
    sim.goto(5)
    return sim


def with_seed_changed_for_the_next_reset():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=40, seed=4))
    sim.advance(5)
    sim.swarm.seed = 9
    return sim


def on_a_graph_of_ones_own():
    """Weights, a law μ and values of one's own, all of which change."""
    edges = [[0, 1], [1, 2, 0.5], [2, 3], [3, 0]]
    dynamics = sv.FiniteSet(graph="own", edges=edges, measure="own", mu=[1, 2, 0.1 + 0.2, 1.5])
    sim = sv.Simulation(dynamics, sv.landscapes.Tabulated(table=[0.5, -1, 1 / 3, 0]), sv.Swarm(n=20, d=1, seed=3))
    sim.advance(6)
    sim.dynamics.edges = [*edges, [1, 3, 2.0]]
    sim.dynamics.measure = "degree"
    sim.advance(4)
    sim.landscape = sv.landscapes.Tabulated(table=[0.5, -1, 1 / 3, -2])
    sim.advance(4)
    return sim


SPECIAL = [
    changed_in_mid_run,
    went_back,
    from_points,
    thinned,
    thinned_and_back,
    with_seed_changed_for_the_next_reset,
    on_a_graph_of_ones_own,
]
CASES = [pytest.param(lambda p=p: of_preset(p), id=name) for name, p in presets.ALL.items()]
CASES += [pytest.param(make, id=make.__name__) for make in SPECIAL]


def same(sim, other):
    """Whether frames and records are the same bits."""
    fields = [name for name in sim.frame.__slots__ if isinstance(getattr(sim.frame, name), np.ndarray)]
    return (
        list(sim.record) == list(other.record)
        and all(np.array_equal(sim.record[name], other.record[name], equal_nan=True) for name in sim.record)
        and all(np.array_equal(getattr(sim.frame, name), getattr(other.frame, name), equal_nan=True) for name in fields)
    )
