"""What a preset is: the names and values of a run, what to look at, and how often it finds the minimum."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from swarmviz.dynamics import ALL as DYNAMICS
from swarmviz.dynamics.base import Dynamics
from swarmviz.landscapes import ALL as LANDSCAPES
from swarmviz.landscapes.base import Landscape
from swarmviz.swarm import Swarm

MEASURED = 200  # runs behind each ``chance``


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
    question : str
        What to look at and what happens, in a sentence or two.
    fails : bool
        Whether it fails on purpose, to show why something is needed.
    steps : int
        After so many steps the question is answered.
    tolerance : float
        Largest error (:func:`swarmviz.success.error`, in half widths of the box) with which the minimum counts as found.
    chance : float
        Share of the runs (one seed each) that have then found it, as measured.
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
    question: str = ""
    fails: bool = False
    steps: int = 100
    tolerance: float = 0.05
    chance: float = 1.0

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

    @property
    def text(self) -> str:
        """The question with what was measured."""
        if not self.question:
            return ""
        found = round(MEASURED * self.chance)
        return f"{self.question} Measured: after {self.steps} steps {found} of {MEASURED} runs have found the global minimum."
