"""What tests of pictures share: runs, and what a Matplotlib figure holds."""

from __future__ import annotations

import pytest
from matplotlib.collections import PathCollection

import swarmviz as sv

RASTRIGIN = sv.landscapes.Rastrigin()
EVERY_THEME = pytest.mark.parametrize("dark", [False, True])


def simulation(dynamics="BGK", n=40, d=2, steps=6, **parameters):
    sim = sv.Simulation(sv.dynamics.ALL[dynamics](**parameters), RASTRIGIN, sv.Swarm(n=n, d=d, seed=2))
    sim.advance(steps)
    return sim


def on_states(n=80, steps=6, **parameters):
    dynamics = sv.FiniteSet(**{"graph": "cycle", "states": 20} | parameters)
    sim = sv.Simulation(dynamics, sv.landscapes.FiniteSetCurve(), sv.Swarm(n=n, d=1, seed=3))
    sim.advance(steps)
    return sim


def dots(axes):
    return next(artist for artist in axes.collections if isinstance(artist, PathCollection))


def named(figure):
    (legend,) = figure.legends
    return [text.get_text() for text in legend.get_texts()]


def reasons_in(figure):
    return " ".join(figure.legends[0].get_title().get_text().split())
