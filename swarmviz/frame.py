"""What a view may see of a running swarm: the :class:`Frame`, its clock, and the error of a run that left the numbers.

The compute core fills a frame; the page draws whatever is in it and knows nothing of equations.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np


class Clock(NamedTuple):
    """Time as a function of the step number, t = t₀ + (k − k₀) Δt, so that it does not depend on how steps were batched."""

    k0: int = 0
    t0: float = 0.0
    dt: float = 1.0

    def at(self, k):
        """Time at step ``k`` (a number or an array)."""
        return self.t0 + (k - self.k0) * self.dt

    def with_step(self, k: int, dt: float) -> Clock:
        """The clock that runs with step ``dt`` from step ``k`` on."""
        return self if dt == self.dt else Clock(k, float(self.at(k)), dt)


class Observable(NamedTuple):
    """One number per step that a dynamics records.

    ``name`` is the key in ``sim.record``; ``symbol`` is LaTeX-free text for axes; ``log`` says that a logarithmic axis suits it;
    ``panel`` groups curves of one unit on one plot ("value", "dispersion", "distance", "count", "rate", …).
    """

    name: str
    symbol: str
    meaning: str
    panel: str = "value"
    log: bool = False


# What several dynamics record, under one name and one meaning.
BEST = Observable("best", "best F", "Lowest value met so far")
MINIMUM = Observable("minimum", "min F", "Lowest value in the swarm")
CONSENSUS_VALUE = Observable("consensus_value", "F(ν)", "Value at the consensus point")
DISPERSION = Observable("dispersion", "V", "Dispersion Σ|X − X̄|²", "dispersion", log=True)
EFFECTIVE_SIZE = Observable("effective_size", "ESS", "Effective number of agents in the consensus, 1/Σw²", "count")

COST = "cost"  # the group of what a run has spent: other curves are drawn over it, and it has no plot of its own
EVALUATIONS = Observable("evaluations", "evaluations", "Evaluations of F so far, as the algorithm makes them", COST)
GRADIENTS = Observable("gradients", "gradients", "Evaluations of ∇F so far, as the algorithm makes them", COST)

OF_EVENTS = "events"  # the group of what is recorded so that events are found in it; it has no plot of its own
WALL_HITS = Observable(
    "wall_hits",
    "wall hits",
    "How often agents met a wall of the box in the last step; in a corner an agent meets two",
    OF_EVENTS,
)
BASIN = Observable(
    "basin",
    "basin",
    "Basin of attraction in which the answer of the swarm lies, 0 that of the lowest minimum; one or two dimensions",
    OF_EVENTS,
)

TIED = 1e-12  # states of a finite set this much (relative to the range of F) above the lowest count as minimisers, too


@dataclass(frozen=True, slots=True)
class Frame:
    """The swarm at one step, as read-only arrays; N agents in d dimensions.

    Attributes
    ----------
    k, t : int, float
        Step and time.
    x : (N, d)
        Positions.
    energy : (N,)
        F at the positions.
    focus : (d,), optional
        The point the swarm is drawn to (the consensus point).
    level : float, optional
        A value of F that the swarm holds for the minimum (the provisional minimum).
    v, memory : (N, d), optional
        Velocities; personal best positions.
    mass, weight : (N,), optional
        Masses, summing to 1; weights in the focus, summing to 1.
    role : (N,) int8, optional
        Index into ``roles``.
    roles : tuple of str
        Names of the roles, for example ("explorer", "leader").
    partner : (N,) int, optional
        The agent each one copied or looked at in this step.
    node : (N,) int, optional
        State of a finite set.
    occupation : (S,), optional
        Share of the agents on each state of a finite set.
    sites : (S, d), optional
        Positions of the states of a finite set.
    heights : (S,), optional
        F at the sites.
    links : (L, 2) int, optional
        Pairs of states between which agents jump; the same array as long as the graph is the same.
    shift : (d,), optional
        Where a moving landscape has got to: the swarm feels F(x − shift), so its minimisers lie at x* + shift.
    notes : tuple of str
        Warnings about this run in plain words, for example that masses had to be clipped.
    """

    k: int
    t: float
    x: np.ndarray
    energy: np.ndarray
    focus: np.ndarray | None = None
    level: float | None = None
    v: np.ndarray | None = None
    memory: np.ndarray | None = None
    mass: np.ndarray | None = None
    weight: np.ndarray | None = None
    role: np.ndarray | None = None
    roles: tuple[str, ...] = ()
    partner: np.ndarray | None = None
    node: np.ndarray | None = None
    occupation: np.ndarray | None = None
    sites: np.ndarray | None = None
    heights: np.ndarray | None = None
    links: np.ndarray | None = None
    shift: np.ndarray | None = None
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self):
        for name in self.__slots__:
            value = getattr(self, name)
            if isinstance(value, np.ndarray):
                view = value.view()
                view.flags.writeable = False
                object.__setattr__(self, name, view)

    @property
    def n(self) -> int:
        """Number of agents N."""
        return self.x.shape[0]

    @property
    def d(self) -> int:
        """Dimension d."""
        return self.x.shape[1]

    @property
    def lowest(self) -> np.ndarray:
        """The states with the lowest F, ties included; empty without a finite set."""
        if self.heights is None:
            return np.zeros(0, np.intp)
        low, high = self.heights.min(), self.heights.max()
        return np.flatnonzero(self.heights <= low + TIED * (high - low))


class Diverged(ArithmeticError):
    """The swarm left the numbers: an energy or position is not finite.

    Attributes
    ----------
    step, agent : int
        The first step at which it happened and the first agent to which it happened.
    """

    def __init__(self, step: int, agent: int, hint: str = "reduce Δt or the noise, then reset"):
        super().__init__(f"the swarm diverged at step {step}: F of agent {agent} is no longer finite; {hint}")
        self.step, self.agent = step, agent
