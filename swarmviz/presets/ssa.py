"""Presets of swarm-based simulated annealing (002)."""

from __future__ import annotations

import numpy as np

from swarmviz.presets.preset import Claim, Preset
from swarmviz.schedules import Logarithmic

ACKLEY = {"lam": 1.0, "cutoff": 1 / 8, "dt": 1e-4}  # 002 §6
COARSE = ACKLEY | {"dt": 1e-3}  # ten times as fast, for what takes longer
AWAY = {"n": 8, "d": 1, "initial": "away"}


def _dips(sim):
    """In the second half, at every recorded step."""
    after = sim.record["provisional_minimum"][len(sim.record["k"]) // 2 :]
    return after.min() < 0.1 and np.median(after) > 5


PRESETS = (
    Preset(
        "ssa-ackley",
        "SSA on Ackley",
        "SSA",
        "Ackley",
        "002 §6",
        values=ACKLEY,
        swarm=AWAY,
        pace=50.0,
        asks="How do eight agents that trade mass for temperature find a valley in which none of them starts?",
        question="Eight agents start away from the global valley. Heavy ones lead downhill, light ones are shaken, and "
        "mass flows to whoever is lower: the provisional minimum F̄ falls to the true one.",
        steps=50_000,
        chance=1.0,
    ),
    Preset(
        "ssa-ackley-2",
        "SSA on Ackley in the plane",
        "SSA",
        "Ackley",
        "002 §6",
        values=COARSE | {"cutoff": 1 / 16},
        swarm=AWAY | {"n": 16, "d": 2},
        pace=10.0,
        asks="Which of sixteen agents in the plane explore, and which of them lead?",
        question="Sixteen agents in the plane, with the cutoff at 1/16: an agent with less than its share of the mass "
        "explores.",
        steps=5_000,
        chance=1.0,
    ),
    Preset(
        "ssa-annealing",
        "Classical annealing, slow",
        "SSA",
        "Ackley",
        "002 §1.3",
        values=COARSE | {"profile": "annealing", "temperature": Logarithmic(c=1.0, t0=2.0)},
        swarm=AWAY,
        pace=20.0,
        asks="What does a swarm without masses lose to one whose light agents alone are shaken?",
        topic="noise",
        question="One temperature for all, lowered as 1/log t, and no masses that matter. It finds the valley, too, "
        "but all agents stay warm: compare F̄ with that of SSA.",
        steps=10_000,
        chance=1.0,
    ),
    Preset(
        "ssa-quench",
        "Classical annealing, too cold",
        "SSA",
        "Ackley",
        "002 §1.3",
        values=COARSE | {"profile": "annealing", "temperature": Logarithmic(c=0.2, t0=2.0)},
        swarm=AWAY,
        pace=20.0,
        asks="What happens when annealing begins too cold?",
        question="The same with a fifth of the temperature: the walls between the valleys are too high, and most "
        "agents freeze where they are.",
        fails=True,
        steps=20_000,
        chance=0.085,
    ),
    Preset(
        "ssa-no-noise",
        "SSA without noise",
        "SSA",
        "Ackley",
        "002 eq. 4.1, theorem 4.1",
        values=COARSE | {"profile": "none"},
        swarm=AWAY,
        pace=20.0,
        asks="Can agents that only roll downhill find a valley in which nobody starts?",
        question="Without noise each agent rolls to the bottom of the valley in which it starts. Nobody starts in the "
        "right one, so nobody finds it.",
        fails=True,
        steps=20_000,
        chance=0.0,
    ),
    Preset(
        "ssa-constant",
        "SSA with constant noise",
        "SSA",
        "Ackley",
        "002 eq. 4.3, theorem 4.2",
        values=COARSE | {"profile": "constant", "lam": 10.0},
        swarm=AWAY | {"n": 4},
        pace=20.0,
        asks="Can agents stay at the minimum when the noise never dies out?",
        question="Noise that never dies out: the agents pass through the global valley again and again, but none can "
        "stay. F̄ dips each time and jumps up again. Far out Ackley is nearly flat and there is no wall: the agents spread "
        "without end, and their law never settles.",
        fails=True,
        steps=20_000,
        chance=0.195,
        claim=Claim("the provisional minimum dips to the global one and does not stay there", _dips),
    ),
)
