"""What a preset is: the names and values of a run, what to look at, what it claims, and how often it finds the minimum.

A preset opens with a seed that shows what it claims, and what it claims is a field: that the run as it opens has found the minimum after
so many steps, or on purpose has not (``fails``), by the one criterion of :mod:`swarmviz.success`; and a :class:`Claim` where there is
more to see than that. ``tests/presets/test_presets.py`` runs every preset as it opens and holds it to both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from swarmviz import success
from swarmviz.dynamics import ALL as DYNAMICS
from swarmviz.dynamics.base import Dynamics
from swarmviz.landscapes import ALL as LANDSCAPES
from swarmviz.landscapes.base import Landscape
from swarmviz.presets.measured import SPENT
from swarmviz.swarm import Swarm

if TYPE_CHECKING:
    from swarmviz.simulation import Simulation

MEASURED = 200  # runs from which each ``chance`` was measured
TOPICS = {  # name → what presets and the papers' figures of it ask together
    "find": "How does a swarm find the lowest place?",
    "agree": "How fast do the agents agree?",
    "noise": "What are noise and temperature for?",
    "choose": "Which parameters and which algorithm are better?",
    "limit": "What do infinitely many agents do?",
    "fails": "When does it fail, and why?",
}


@dataclass(frozen=True)
class Claim:
    """What a preset says of its run besides whether the minimum is found.

    Attributes
    ----------
    text : str
        In words.
    holds : function (Simulation) → bool
        Whether it is so in a run that has taken the preset's ``steps`` with every step recorded.
    """

    text: str
    holds: Callable[[Simulation], bool]


def started(sim: Simulation) -> np.ndarray:
    """The positions with which a run began, shape (N, d)."""
    return sim.initial_swarm.positions(sim.landscape)


def stays_in_its_box(sim: Simulation) -> bool:
    """Whether no agent is outside the box that the swarm filled at the start."""
    first, x = started(sim), sim.frame.x
    return bool((x >= first.min(axis=0) - 1e-12).all() and (x <= first.max(axis=0) + 1e-12).all())


@dataclass(frozen=True)
class Preset:
    """Everything a run needs, by name and value.

    Attributes
    ----------
    name, title, reference : str
        Key, title on the page, and source.
    dynamics, landscape : str
        Names in ``dynamics.ALL`` and ``landscapes.ALL``.
    values, landscape_values, swarm : dict
        Parameters that differ from the declared defaults.
    pace : float
        Steps per picture, thirty pictures a second.
    asks : str
        The question in one sentence.
    question : str
        What to look at and what happens, in a sentence or two.
    fails : bool
        Whether it fails on purpose, to show why something is needed: the run as it opens has not found the minimum after ``steps``.
        Any other preset's has.
    steps : int
        After so many steps the question is answered.
    chance : float
        Share of ``MEASURED`` runs that have then found it, as measured: those with the seeds after the one with which it opens, which
        are the replicas of the page.
    claim : Claim, optional
        What else is to be seen.
    topic : str
        Which of ``TOPICS`` it belongs to, unless it fails on purpose.
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
    asks: str = ""
    question: str = ""
    fails: bool = False
    steps: int = 100
    chance: float = 1.0
    claim: Claim | None = None
    topic: str = "find"

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
        """The question with what was measured, and what that has cost."""
        if not self.question:
            return ""
        found = round(MEASURED * self.chance)
        measured = f"after {self.steps} steps {found} of {MEASURED} runs have found the global minimum"
        if self.name in SPENT:
            evaluations, gradients = SPENT[self.name]
            slopes = f" and {gradients:,} of ∇F" if gradients else ""
            measured = f"for {evaluations:,} evaluations of F{slopes} a run (median), {measured}"
        return f"{self.question} Measured: {measured} ({success.criterion(self.tolerance)})."

    @property
    def tolerance(self) -> float | None:
        """The largest error that counts as found, in half widths of the box; None on a finite set, which has another criterion."""
        if DYNAMICS[self.dynamics].on_finite_set:
            return None
        landscape = LANDSCAPES[self.landscape](**self.landscape_values)
        return success.tolerance_for(landscape, self.swarm.get("d", Swarm.declared()["d"].default))

    def shows(self, sim: Simulation) -> bool:
        """Whether a run of it, advanced to its ``steps``, shows what the preset says."""
        found = bool(success.succeeded(sim.frame, sim.landscape))
        return found is not self.fails and (self.claim is None or self.claim.holds(sim))
