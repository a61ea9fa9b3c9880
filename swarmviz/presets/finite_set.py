"""Presets of the swarm on a finite set (004)."""

from __future__ import annotations

import numpy as np

from swarmviz.presets.preset import Claim, Preset
from swarmviz.schedules import Power

FIXED = {"beta": 5.0, "rate": 0.1, "dt": 1.0}  # 004 §6
SWARM = {"n": 50, "d": 1}
FAR = SWARM | {"initial": "box", "low": 12.0, "high": 18.0}  # in the valley opposite the global one


def _beyond_the_barrier(sim):
    """More than four in ten at state 6; Gibbs' law has 0.75."""
    return sim.frame.occupation[6] > 0.4


def _evenly_spread(sim):
    """χ² of the occupation of S = 20 states, with 19 degrees of freedom."""
    expected = sim.initial_swarm.n / 20
    return ((np.bincount(sim.frame.node, minlength=20) - expected) ** 2 / expected).sum() < 52


PRESETS = (
    Preset(
        "finite-set",
        "Fifty agents on twenty states",
        "FiniteSet",
        "FiniteSetCurve",
        "004 §6",
        values=FIXED,
        swarm=SWARM,
        pace=1.0,
        asks="Do agents that jump downhill and away from crowds end where the target law says?",
        topic="limit",
        question="Agents jump downhill and away from crowds. Compare the bars with the target law η: most agents end on the "
        "lowest state.",
        steps=1_000,
        chance=0.94,
    ),
    Preset(
        "finite-far",
        "From the valley opposite",
        "FiniteSet",
        "FiniteSetCurve",
        "004 §6",
        values=FIXED,
        swarm=FAR,
        pace=3.0,
        asks="How do agents that repel each other climb out of the wrong valley?",
        question="All agents start in the wrong valley. They repel each other, so that some climb out, and the law of "
        "the swarm follows.",
        steps=2_000,
        chance=0.965,
    ),
    Preset(
        "finite-annealed",
        "Cooling as in theorem 1.1",
        "FiniteSet",
        "FiniteSetCurve",
        "004 theorem 1.1, §6",
        values={"beta": Power(gamma=0.25, t0=1.1), "rate": 0.005, "dt": 240.0},
        landscape_values={"height": 0.1},
        swarm=SWARM,
        pace=5.0,
        asks="Is the lowest state the fullest when β grows as the theorem asks?",
        topic="noise",
        question="β grows as t to the power ¼, as the theorem asks, on a landscape a tenth as high, with the rate and the "
        "time of the paper's figures. Is the lowest state the fullest?",
        steps=3_000,
        chance=1.0,
    ),
    Preset(
        "finite-second",
        "The second generator",
        "FiniteSet",
        "FiniteSetCurve",
        "004 eq. 4.28",
        values=FIXED | {"generator": "second", "rate": 1.0},
        swarm=SWARM,
        pace=0.5,
        asks="Can quite other jumps have the same law for many agents?",
        topic="limit",
        question="Other jumps with the same law for many agents: here they wander everywhere, downhill more often. "
        "Compare the number of jumps.",
        steps=500,
        chance=0.9,
    ),
    Preset(
        "finite-grid",
        "Two hundred agents on a grid",
        "FiniteSet",
        "Himmelblau",
        "004 §4",
        values=FIXED | {"graph": "grid", "states": 625, "rate": 1.0},
        swarm={"n": 200, "d": 2},
        pace=0.5,
        asks="Which of four equal valleys do two hundred agents on a grid find?",
        question="A grid of 25 × 25 states over four valleys of the same depth, of which the grid meets one at its lowest.",
        steps=200,
        chance=0.995,
    ),
    Preset(
        "finite-quench",
        "Classical annealing from the valley opposite",
        "FiniteSet",
        "FiniteSetCurve",
        "004 appendix A",
        values=FIXED | {"generator": "metropolis"},
        swarm=FAR,
        pace=3.0,
        asks="Does an agent climb out of the wrong valley on its own?",
        question="The same start without interaction: at β = 5 an agent hardly ever climbs out on its own, and the "
        "lowest state is not the fullest.",
        fails=True,
        steps=2_000,
        chance=0.0,
    ),
    Preset(
        "finite-own",
        "A way around the barrier",
        "FiniteSet",
        "Tabulated",
        "004 §1, appendix A",
        values={
            "graph": "own",
            "generator": "metropolis",
            "beta": 3.0,
            "rate": 1.0,
            "dt": 0.2,
        },
        swarm=SWARM | {"initial": "box", "low": 1.6, "high": 2.4},
        pace=0.5,
        asks="What does one link around a barrier change?",
        question="A graph and values of one's own: a barrier of height 3.5 between two valleys, and one link, 1 to 7, that leads around "
        "it with a climb of 0.5. Classical annealing sees the links only: take that one out of E and the agents stay where they are.",
        steps=300,
        chance=1.0,
        claim=Claim("most agents have left their valley for the lower one", _beyond_the_barrier),
    ),
    Preset(
        "finite-hot",
        "β too small",
        "FiniteSet",
        "FiniteSetCurve",
        "004 eq. 3.4",
        values=FIXED | {"beta": 0.01},
        swarm=SWARM,
        pace=1.0,
        asks="What is β for, and where do the agents sit when it is near 0?",
        question="With β near 0 the height no longer matters: the agents spread evenly over all states.",
        fails=True,
        steps=1_000,
        chance=0.025,
        claim=Claim("the agents are spread evenly: χ² below its quantile of 10⁻⁴", _evenly_spread),
    ),
)
