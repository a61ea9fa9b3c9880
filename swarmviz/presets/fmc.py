"""Presets of Fractal Monte Carlo (000)."""

from __future__ import annotations

import numpy as np

from swarmviz import success
from swarmviz.presets.preset import Claim, Preset, started

VALLEYS = {"tau": 4.0, "sigma": 0.3, "distance_power": 0.5}
ROUND = {"tau": 1.0, "motion": "rotation", "radius": 2.0}
PLANE = {"n": 200, "d": 2}


def _few_of_the_first(sim):
    """Walkers that only take each other's places."""
    here = {tuple(x) for x in sim.frame.x}
    return here <= {tuple(x) for x in started(sim)} and len(here) < 15


PRESETS = (
    Preset(
        "fmc-rastrigin",
        "FractalAI cloning on Rastrigin",
        "FMC",
        "Rastrigin",
        "000",
        values=VALLEYS,
        swarm=PLANE,
        pace=0.3,
        asks="How does a cloud of walkers that clone one another move from the hills into the valleys?",
        question="Walkers in poor or crowded places clone others and are moved a little. The cloud thins out on the "
        "hills and spreads over the valleys.",
        steps=200,
        chance=0.94,
    ),
    Preset(
        "fmc-ackley",
        "Cloning on Ackley",
        "FMC",
        "Ackley",
        "000",
        values={"tau": 2.0, "sigma": 0.2},
        swarm=PLANE,
        pace=0.3,
        asks="How fast does cloning carry a cloud down one deep funnel?",
        question="One deep funnel with dents: cloning carries the cloud down within a few dozen steps.",
        steps=200,
        chance=1.0,
    ),
    Preset(
        "fmc-two-wells",
        "Two wells and the law of the reward",
        "FMC",
        "DoubleWell",
        "000 theorem 1",
        values={"tau": 0.5, "sigma": 0.1},
        swarm={"n": 500, "d": 1},
        pace=0.3,
        asks="Does the law of the swarm tend to that of the reward?",
        topic="limit",
        question="Does the swarm's law tend to that of the reward, ρ_R? Compare the histogram with the line: the "
        "reward gives the right well about a quarter of the walkers, and cloning leaves it none.",
        steps=200,
        chance=1.0,
        claim=Claim("the right well is empty", lambda sim: bool((sim.frame.x < 0).all())),
    ),
    Preset(
        "fmc-follow",
        "A landscape that goes round",
        "FMC",
        "Sphere",
        "000 §5.4",
        values=ROUND | {"sigma": 0.1, "speed": 0.02},
        swarm={"n": 100, "d": 2},
        pace=0.3,
        asks="Can a swarm follow a minimum that goes round in a circle?",
        question="The minimum moves in a circle. Does the swarm keep up? With enough jitter it does.",
        steps=300,
        chance=1.0,
    ),
    Preset(
        "fmc-no-jitter",
        "Cloning without jitter",
        "FMC",
        "Rastrigin",
        "000",
        values=VALLEYS | {"sigma": 0.0},
        swarm={"n": 50, "d": 2},
        pace=0.3,
        asks="Can cloning alone invent a new position?",
        question="Cloning alone never makes a new position. Watch the number of distinct positions: it can only fall, "
        "and the swarm ends on the few starting points that were left.",
        fails=True,
        steps=200,
        chance=0.07,
        claim=Claim("no position is new, and few are left", _few_of_the_first),
    ),
    Preset(
        "fmc-spread",
        "Too much weight on distance",
        "FMC",
        "Rastrigin",
        "000 §5",
        values=VALLEYS | {"distance_power": 2.0},
        swarm=PLANE,
        pace=0.3,
        asks="Where do walkers go for whom being alone counts for more than being low?",
        question="With β = 2 and α = 1 being far from the others counts for more than being low: the walkers crowd at "
        "the edge of the box.",
        fails=True,
        steps=200,
        chance=0.005,
        claim=Claim("the walkers are at the edge of the box", lambda sim: np.abs(sim.frame.x).max(axis=1).mean() > 4),
    ),
    Preset(
        "fmc-too-fast",
        "A landscape that moves too fast",
        "FMC",
        "Sphere",
        "000 §5.4",
        values=ROUND | {"sigma": 0.02, "speed": 0.1},
        swarm={"n": 100, "d": 2},
        pace=0.3,
        asks="How fast may a landscape move before the swarm lags behind?",
        question="Five times as fast, with a fifth of the jitter: new positions are made too near the old ones, and "
        "the swarm lags behind.",
        fails=True,
        steps=300,
        chance=0.0,
        claim=Claim(
            "the swarm lags behind by more than a tenth of the half width",
            lambda sim: success.error(sim.frame, sim.landscape) > 0.1,
        ),
    ),
)
