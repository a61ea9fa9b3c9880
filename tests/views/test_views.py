"""The figures: what is written to their sources is the swarm, nothing moves without need, and nothing is left out silently. No browser."""

from __future__ import annotations

import json

import numpy as np
import panel as pn
import pytest
from bokeh.core.serialization import Serializer

import swarmviz as sv
from components.page.equation import EquationCard
from components.palette import DARK, LIGHT
from components.views.arena.arena import Arena
from components.views.curves.curves import Curves
from components.views.density.density import Density

VIEWS = {"arena": Arena, "density": Density, "curves": Curves, "equation": EquationCard}
DYNAMICS = [name for name, cls in sv.dynamics.ALL.items() if "node" not in cls.__name__]
FLAT = {"Ackley": 1, "Himmelblau": 2, "Rastrigin": 3}


def simulation(dynamics="CBO", landscape="Ackley", n=40, d=2, seed=3, **parameters):
    sim = sv.Simulation(
        sv.dynamics.ALL[dynamics](**parameters), sv.landscapes.ALL[landscape](), sv.Swarm(n=n, d=d, seed=seed)
    )
    sim.advance(3)
    return sim


def attached(view, sim):
    view.attach(sim)
    return view


def figures(view):
    return list(view.pane.select(pn.pane.Bokeh))


def sources(view):
    return (
        {s for pane in figures(view) for s in pane.object.select({"type": "ColumnDataSource"})} if view.pane else set()
    )


def points(arena):
    return arena.renderer.points.data


def prepared(view, sim):
    """What ``view`` paints next, whichever of the two signatures it has."""
    return view.prepare(sim.frame, sim) if isinstance(view, Arena) else view.prepare(sim)


def drawn_json(view):
    """What the browser would get, as strict JSON."""
    roots = [pane.object for pane in figures(view)]
    return json.dumps(Serializer().encode(roots), allow_nan=False, default=lambda b: len(getattr(b, "data", b)))


# ---- everything with everything ------------------------------------------------------------------------------------------


# ---- what is written is the swarm ------------------------------------------------------------------------------------------


# ---- nobody is lost ----------------------------------------------------------------------------------------------------------


# ---- curves ------------------------------------------------------------------------------------------------------------------


def slots(plot):
    return {renderer.name: (data.data, renderer) for data, renderer in plot.slots if renderer.visible}


# ---- nothing moves without need ------------------------------------------------------------------------------------------------


def step(sim, views):
    sim.advance(1)
    for view in views:
        view.paint(prepared(view, sim))


# ---- threads, NaN, looks ---------------------------------------------------------------------------------------------------------


def luminance(colour):
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return float(np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722])


def contrast(a, b):
    one, two = sorted((luminance(a), luminance(b)))
    return (two + 0.05) / (one + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda t: t.name)
def test_everything_can_be_told_from_its_background(colours):
    assert contrast(colours.ink, colours.paper) >= 7
    assert contrast(colours.soft, colours.paper) >= 4.5
    for line in (*colours.curves, colours.target, colours.focus):
        assert contrast(line, colours.paper) >= 3
    for ground in colours.landscape:
        for fill in (colours.agent, colours.quiet_agent, *colours.roles):
            assert max(contrast(fill, ground), contrast(colours.outline, ground)) >= 3, (fill, ground)
        assert contrast(colours.outline, colours.agent) >= 3


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda t: t.name)
def test_the_landscape_gets_steadily_lighter_or_darker(colours):
    steps = np.diff([luminance(c) for c in colours.landscape])
    assert (steps > -1e-3).all() or (steps < 1e-3).all()


# ---- the card ----------------------------------------------------------------------------------------------------------------------
