"""Presets of consensus-based optimisation (001)."""

from __future__ import annotations

from swarmviz.presets.preset import Preset

EXPERIMENT = {"lam": 1.0, "sigma": 1.0, "alpha": 1000.0, "dt": 0.05}  # 001 §4
START = {"n": 100, "d": 2, "initial": "box", "low": -5.0, "high": 5.0}

PRESETS = (
    Preset(
        "cbo-rastrigin",
        "CBO on Rastrigin",
        "CBO",
        "Rastrigin",
        "001 §4",
        values=EXPERIMENT,
        swarm=START,
        pace=0.5,
        question="How do a hundred agents find the lowest of a hundred valleys? They are drawn to the consensus point, and the noise "
        "that shakes them dies out with their distance from it.",
        steps=200,
        chance=0.9,
    ),
    Preset(
        "cbo-no-noise",
        "CBO without noise",
        "CBO",
        "Rastrigin",
        "001 eq. 1.3",
        values=EXPERIMENT | {"noise": "none"},
        swarm=START,
        pace=0.5,
        question="What is the noise for? Without it every agent walks straight to the best of the starting points, and no place is "
        "ever visited that the swarm did not surround at the start.",
        fails=True,
        steps=200,
        chance=0.2,
    ),
    Preset(
        "cbo-mean",
        "CBO with α too small",
        "CBO",
        "Rastrigin",
        "001 eq. 1.1",
        values=EXPERIMENT | {"alpha": 0.001},
        swarm=START | {"low": 1.0, "high": 5.0},
        pace=0.5,
        question="What is α for? With α near 0 all agents weigh the same, the consensus point is their mean, and the swarm contracts "
        "there, whatever the landscape.",
        fails=True,
        steps=200,
        chance=0.0,
    ),
    Preset(
        "cbo-off-centre",
        "CBO from one corner",
        "CBO",
        "Rastrigin",
        "001 §4",
        values=EXPERIMENT,
        swarm=START | {"low": 0.3, "high": 5.0},
        pace=0.5,
        question="The minimum lies outside the corner where the swarm starts. Does the noise carry it out?",
        steps=200,
        chance=0.9,
    ),
    Preset(
        "cbo-ackley-10",
        "CBO on Ackley in ten dimensions",
        "CBO",
        "Ackley",
        "001 eq. 1.4",
        values=EXPERIMENT | {"sigma": 1.2},
        swarm={"n": 100, "d": 10},
        pace=1.0,
        question="Noise that shakes each coordinate on its own works in ten dimensions as in two.",
        steps=400,
        chance=0.9,
    ),
    Preset(
        "cbo-isotropic-10",
        "The same with isotropic noise",
        "CBO",
        "Ackley",
        "001 eq. 4.4",
        values=EXPERIMENT | {"sigma": 1.2, "noise": "isotropic"},
        swarm={"n": 100, "d": 10},
        pace=1.0,
        question="Isotropic noise needs 2λ > Dσ², and here Dσ² is 14.4: the swarm does not contract but flies apart.",
        fails=True,
        steps=400,
        chance=0.0,
    ),
)
