"""Presets of swarm-based gradient descent, which has masses but no noise."""

from __future__ import annotations

import numpy as np

from swarmviz.presets.preset import Claim, Preset, started

SOURCE = "Lu, Tadmor, Zenginoglu, arXiv:2211.17157"

PRESETS = (
    Preset(
        "sbgd-ackley",
        "Swarm-based gradient descent on Ackley",
        "SBGD",
        "Ackley",
        f"{SOURCE}; 002 eq. SBGD",
        swarm={"n": 40, "d": 2, "initial": "away"},
        pace=0.1,
        asks="How can a swarm without any noise stride over valleys?",
        question="No noise at all: light agents take long steps and stride over valleys, the heaviest goes carefully, "
        "and the worst give up their mass.",
        steps=100,
        chance=0.99,
    ),
    Preset(
        "sbgd-rastrigin",
        "SBGD on Rastrigin",
        "SBGD",
        "Rastrigin",
        SOURCE,
        swarm={"n": 200, "d": 2, "initial": "away"},
        pace=0.1,
        asks="How many of two hundred agents remain once the lowest has taken their mass?",
        question="Two hundred agents on a hundred valleys; most are removed within a few steps. How many remain?",
        steps=100,
        chance=0.99,
        claim=Claim("most agents are removed", lambda sim: sim.record["remaining"][20] < sim.initial_swarm.n / 2),
    ),
    Preset(
        "sbgd-styblinski",
        "SBGD among four valleys",
        "SBGD",
        "StyblinskiTang",
        SOURCE,
        swarm={"n": 20, "d": 2},
        pace=0.1,
        asks="Does the mass of a swarm gather in the deepest of four valleys?",
        question="Four smooth valleys of different depth: the mass gathers in the lowest.",
        steps=100,
        chance=0.995,
    ),
    Preset(
        "sbgd-ackley-1",
        "SBGD in one dimension",
        "SBGD",
        "Ackley",
        SOURCE,
        swarm={"n": 10, "d": 1, "initial": "away"},
        pace=0.1,
        asks="Who strides, who is careful and who vanishes among ten agents on a line?",
        question="Ten agents on a line, so that each step can be followed: who strides, who is careful, who vanishes?",
        steps=100,
        chance=1.0,
    ),
    Preset(
        "sbgd-few",
        "SBGD with two agents",
        "SBGD",
        "Ackley",
        SOURCE,
        swarm={"n": 2, "d": 2, "initial": "away"},
        pace=0.1,
        asks="Why are two agents too few for gradient descent in a swarm?",
        question="Two agents explore too little: once the lighter is removed, the other descends into the valley where "
        "it happens to be.",
        fails=True,
        steps=100,
        chance=0.195,
    ),
    Preset(
        "sbgd-small-steps",
        "SBGD with steps too short",
        "SBGD",
        "Ackley",
        SOURCE,
        values={"h0": 0.01},
        swarm={"n": 40, "d": 2, "initial": "away"},
        pace=0.3,
        asks="What is left of the swarm when every step is short?",
        question="With h₀ = 0.01 nobody can stride over a hill. Forty agents descend like forty separate gradient "
        "descents, each into its own valley.",
        fails=True,
        steps=300,
        chance=0.0,
        claim=Claim(
            "nobody gets farther than the bottom of a valley",
            lambda sim: np.linalg.norm(sim.frame.x - started(sim), axis=1).max() < 1.5,
        ),
    ),
)
