"""Presets of the kinetic swarm with velocity jumps, BGK (003)."""

from __future__ import annotations

import numpy as np

from swarmviz.presets.preset import Claim, Preset, stays_in_its_box

JUMPS = {"lam": 1.0, "sigma": 0.75, "jump_rate": 1.0, "alpha": 1e5, "dt": 0.1}  # 003 §5
PLANE = {"n": 100, "d": 2}
CORNER = PLANE | {"initial": "box", "low": 2.0, "high": 5.0}  # the minimum lies outside

PRESETS = (
    Preset(
        "bgk-rastrigin",
        "Kinetic BGK swarm on Rastrigin",
        "BGK",
        "Rastrigin",
        "003 §5",
        values=JUMPS,
        swarm=PLANE,
        pace=0.5,
        asks="How do agents agree that fly straight on and now and then jump to another velocity?",
        question="Agents fly straight on and now and then jump to a velocity towards the consensus point. Watch the "
        "pairs (x, v) shrink to a point.",
        steps=500,
        chance=1.0,
    ),
    Preset(
        "bgk-corner",
        "BGK from one corner",
        "BGK",
        "Rastrigin",
        "003 §5",
        values=JUMPS,
        swarm=CORNER,
        pace=0.5,
        asks="Do inertia and noise carry a swarm out of the corner in which it starts?",
        topic="noise",
        question="The minimum lies outside the corner where the swarm starts. Inertia and noise carry it out.",
        steps=500,
        chance=1.0,
    ),
    Preset(
        "bgk-cauchy",
        "BGK with Cauchy noise in ten dimensions",
        "BGK",
        "Rastrigin",
        "003 §5",
        values=JUMPS | {"sigma": 0.25, "noise": "cauchy"},
        swarm={"n": 200, "d": 10},
        pace=2.0,
        asks="What do a few very long jumps find that many short ones do not?",
        topic="noise",
        question="A few very long jumps, most of them short: heavy tails search far and near at once.",
        steps=1_000,
        chance=0.985,
    ),
    Preset(
        "bgk-cbo",
        "BGK near its CBO limit",
        "BGK",
        "Rastrigin",
        "003 eq. 2.13, 5.3",
        values=JUMPS | {"sigma": 1.0, "epsilon": 0.1, "cbo_scaling": True},
        swarm=PLANE,
        pace=0.5,
        asks="Does a swarm that forgets its velocities at once move like consensus-based optimisation?",
        topic="limit",
        question="With ε = 0.1 the velocities are forgotten at once, and the swarm moves like consensus-based "
        "optimisation.",
        steps=500,
        chance=1.0,
    ),
    Preset(
        "bgk-no-noise",
        "BGK, every step a jump, without noise",
        "BGK",
        "Rastrigin",
        "003 eq. 2.17",
        values=JUMPS | {"sigma": 0.0, "form": "limit"},
        swarm=CORNER,
        pace=0.5,
        asks="How far does a swarm of jumps come without noise and without inertia?",
        question="Without noise and inertia the swarm only contracts: no agent ever leaves the box in which the swarm "
        "began.",
        fails=True,
        steps=500,
        chance=0.0,
        claim=Claim("no agent leaves the box in which the swarm began", stays_in_its_box),
    ),
    Preset(
        "bgk-rare",
        "BGK with jumps too rare",
        "BGK",
        "Rastrigin",
        "003 eq. 3.1",
        values=JUMPS | {"jump_rate": 0.01},
        swarm=PLANE,
        pace=0.5,
        asks="What happens when agents hardly ever hear of the consensus?",
        question="With a jump in a hundred units of time, agents fly into the wall before they hear of the consensus "
        "again.",
        fails=True,
        steps=500,
        chance=0.06,
        claim=Claim("many agents are at the wall", lambda sim: (np.abs(sim.frame.x).max(axis=1) > 5.11).mean() > 0.3),
    ),
)
