"""Presets: a dynamics with a swarm, a landscape, values and a pace that show it at its best, as data.

The first preset of a dynamics is what a person sees who chooses it; a dynamics without one starts from its declared defaults.
Adding a preset is one entry in ``_PRESETS``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from swarmviz.dynamics import ALL as DYNAMICS
from swarmviz.dynamics.base import Dynamics
from swarmviz.landscapes import ALL as LANDSCAPES
from swarmviz.landscapes.base import Landscape
from swarmviz.swarm import Swarm


@dataclass(frozen=True)
class Preset:
    """Everything a run needs, by name and value.

    Attributes
    ----------
    name, title, reference : str
        Key, what a person reads, and the source.
    dynamics, landscape : str
        Names in ``dynamics.ALL`` and ``landscapes.ALL``.
    values, landscape_values, swarm : dict
        Parameters that differ from the declared defaults.
    pace : float
        Steps per picture, thirty pictures a second.
    """

    name: str
    title: str
    dynamics: str
    landscape: str = "Rastrigin"
    reference: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    landscape_values: dict[str, Any] = field(default_factory=dict)
    swarm: dict[str, Any] = field(default_factory=dict)
    pace: float = 1.0

    def build(self) -> tuple[Dynamics, Landscape, Swarm]:
        """The three parts of a :class:`swarmviz.Simulation`, made anew.

        Raises
        ------
        ValueError
            When a value is out of its range; names the parameter.
        """
        return (
            DYNAMICS[self.dynamics](**self.values),
            LANDSCAPES[self.landscape](**self.landscape_values),
            Swarm(**self.swarm),
        )


_PRESETS = (
    Preset(
        "cbo-rastrigin",
        "CBO on Rastrigin",
        "CBO",
        "Rastrigin",
        "001 §4",
        values={"lam": 1.0, "sigma": 1.0, "alpha": 1000.0, "dt": 0.05},
        swarm={"n": 100, "d": 2, "initial": "box", "low": -5.0, "high": 5.0},
        pace=0.5,
    ),
    Preset(
        "ssa-ackley",
        "SSA on Ackley",
        "SSA",
        "Ackley",
        "002 §6",
        values={"lam": 1.0, "cutoff": 1 / 8, "dt": 1e-4},
        swarm={"n": 8, "d": 1, "initial": "away"},
        pace=50.0,
    ),
    Preset(
        "bgk-rastrigin",
        "Kinetic BGK swarm on Rastrigin",
        "BGK",
        "Rastrigin",
        "003 §5",
        values={"lam": 1.0, "sigma": 0.75, "jump_rate": 1.0, "alpha": 1e5, "dt": 0.1},
        swarm={"n": 100, "d": 2},
        pace=0.5,
    ),
    Preset(
        "pso-rastrigin",
        "Particle swarm on Rastrigin",
        "PSO",
        "Rastrigin",
        "003 eq. 5.1",
        swarm={"n": 60, "d": 2},
        pace=0.5,
    ),
    Preset(
        "sbgd-ackley",
        "Swarm-based gradient descent on Ackley",
        "SBGD",
        "Ackley",
        "002 eq. (SBGD); Lu, Tadmor, Zenginoglu",
        swarm={"n": 40, "d": 2, "initial": "away"},
        pace=0.1,
    ),
    Preset(
        "fmc-rastrigin",
        "FractalAI cloning on Rastrigin",
        "FMC",
        "Rastrigin",
        "000",
        values={"tau": 10.0, "sigma": 0.1},
        swarm={"n": 200, "d": 2},
        pace=0.3,
    ),
    Preset(
        "finite-set",
        "Fifty agents on twenty states",
        "FiniteSet",
        "FiniteSetCurve",
        "004 §6",
        values={"beta": 5.0, "rate": 0.1, "dt": 1.0},
        swarm={"n": 50, "d": 1},
        pace=1.0,
    ),
)

ALL: dict[str, Preset] = {preset.name: preset for preset in _PRESETS}


def opening(dynamics: str) -> Preset:
    """The preset with which a dynamics is first seen: the first one declared, else its defaults.

    Raises
    ------
    KeyError
        When there is no dynamics of that name.
    """
    title = DYNAMICS[dynamics].title
    return next((p for p in _PRESETS if p.dynamics == dynamics), Preset(f"default-{dynamics}", title, dynamics))
