"""Presets of particle swarm optimisation (003)."""

from __future__ import annotations

import numpy as np

from swarmviz.presets.preset import Claim, Preset, started

SWARM = {"n": 60, "d": 2}

PRESETS = (
    Preset(
        "pso-rastrigin",
        "PSO on Rastrigin",
        "PSO",
        "Rastrigin",
        "003 eq. 5.1",
        swarm=SWARM,
        pace=0.5,
        asks="How do the memories of the agents gather at the lowest place?",
        question="Each agent is drawn to the best place it has seen and to the best that all have seen. Watch the "
        "memories gather.",
        steps=500,
        chance=1.0,
    ),
    Preset(
        "pso-corner",
        "PSO from one corner",
        "PSO",
        "Rastrigin",
        "003 eq. 5.1",
        swarm=SWARM | {"initial": "box", "low": 1.0, "high": 5.0},
        pace=0.5,
        asks="Does the noise carry a particle swarm out of the corner in which it starts?",
        topic="noise",
        question="The minimum lies outside the corner where the swarm starts. The noise carries it out.",
        steps=500,
        chance=1.0,
    ),
    Preset(
        "pso-himmelblau",
        "PSO among four equal minima",
        "PSO",
        "Himmelblau",
        "003 eq. 5.1",
        swarm=SWARM,
        pace=0.5,
        asks="Which of four equally deep minima does a swarm choose?",
        question="Four minima are equally deep, and the swarm must choose one. Press New seed: does it always choose "
        "the same?",
        steps=500,
        chance=1.0,
    ),
    Preset(
        "pso-ackley-10",
        "PSO on Ackley in ten dimensions",
        "PSO",
        "Ackley",
        "003 eq. 5.1",
        swarm={"n": 100, "d": 10},
        pace=2.0,
        asks="Does a particle swarm find the minimum in ten dimensions?",
        question="A hundred particles in ten dimensions, of which two are drawn.",
        steps=1_000,
        chance=1.0,
    ),
    Preset(
        "pso-no-noise",
        "PSO without noise",
        "PSO",
        "Rastrigin",
        "003 eq. 5.1",
        values={"sigma_own": 0.0, "sigma_common": 0.0},
        swarm=SWARM | {"initial": "box", "low": 1.0, "high": 5.0},
        pace=0.5,
        asks="Where does a particle swarm end that nothing shakes?",
        question="Without noise the swarm goes to a good valley in the corner where it starts and stays there.",
        fails=True,
        steps=500,
        chance=0.0,
    ),
    Preset(
        "pso-alone",
        "PSO, each for itself",
        "PSO",
        "Rastrigin",
        "003 eq. 5.1",
        values={"lam_common": 0.0, "sigma_common": 0.0},
        swarm=SWARM,
        pace=0.5,
        asks="What is the common best for?",
        question="What is the common best for? Without it nothing draws or shakes an agent: each stands on the best "
        "place that it has seen, which is where it started, and nobody ever moves.",
        fails=True,
        steps=500,
        chance=0.065,
        claim=Claim("nobody ever moves", lambda sim: np.array_equal(sim.frame.x, started(sim))),
    ),
)
