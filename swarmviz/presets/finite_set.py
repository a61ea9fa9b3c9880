"""Presets of the swarm on a finite set (004)."""

from __future__ import annotations

from swarmviz.presets.preset import Preset
from swarmviz.schedules import Power

SWARM = {"n": 50, "d": 1}
FIXED = {"beta": 5.0, "rate": 0.1, "dt": 1.0}

PRESETS = (
    Preset(
        "finite-set",
        "Fifty agents on twenty states",
        "FiniteSet",
        "FiniteSetCurve",
        "004 §6",
        values=FIXED,
        swarm=SWARM,
        question="x",
        steps=200,
        chance=0.9,
    ),
    Preset(
        "finite-annealed",
        "Cooling as in theorem 1.1",
        "FiniteSet",
        "FiniteSetCurve",
        "004 theorem 1.1, §6",
        values={"beta": Power(gamma=0.25, t0=1.1), "rate": 1.0, "dt": 1.0},
        landscape_values={"height": 0.1},
        swarm=SWARM,
        pace=10,
        question="x",
        steps=10000,
        chance=0.9,
    ),
    Preset(
        "finite-second",
        "The second generator",
        "FiniteSet",
        "FiniteSetCurve",
        "004 eq. 4.28",
        values=FIXED | {"generator": "second"},
        swarm=SWARM,
        question="x",
        steps=200,
        chance=0.9,
    ),
    Preset(
        "finite-quench",
        "Classical annealing, quenched",
        "FiniteSet",
        "FiniteSetCurve",
        "004 appendix A",
        values=FIXED | {"generator": "metropolis"},
        swarm=SWARM,
        question="x",
        fails=True,
        steps=200,
        chance=0.2,
    ),
    Preset(
        "finite-hot",
        "β too small",
        "FiniteSet",
        "FiniteSetCurve",
        "004 eq. 3.4",
        values=FIXED | {"beta": 0.01},
        swarm=SWARM,
        question="x",
        fails=True,
        steps=200,
        chance=0.1,
    ),
    Preset(
        "finite-grid",
        "Two hundred agents on a grid",
        "FiniteSet",
        "Himmelblau",
        "004 §4",
        values=FIXED | {"graph": "grid", "states": 441, "rate": 1.0},
        swarm={"n": 200, "d": 2},
        question="x",
        steps=200,
        chance=0.9,
    ),
)
