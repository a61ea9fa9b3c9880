"""A large swarm in the place of a law: where no scheme is known that computes the law itself.

Its agents start at the quantiles (i + ½)/N of the initial law, in a random order, and move as those of any swarm do. So its distribution
function is 1/√N from the law, as independent draws are, and a swarm of n ≪ N agents sees nothing of that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from swarmviz.dynamics.base import Dynamics
from swarmviz.frame import Clock
from swarmviz.kernels.randomness import INITIAL, draw_uniform
from swarmviz.landscapes.base import Landscape
from swarmviz.laws import witnesses
from swarmviz.laws.base import LawScheme
from swarmviz.laws.distance import Curve, curve_of
from swarmviz.laws.initial import initial_law
from swarmviz.laws.table import Table
from swarmviz.laws.witnesses import Witnesses

AGENTS = 100_000
SEED = 0x1A35  # its own: a swarm on the page that had the same would feel the same noise
KNOTS = 2000  # of the distribution function
COARSE = 1e-2  # tolerance of the curve that witnesses are compared with
HEAVY = 1e-3  # share of the agents that makes one place an atom


class PlainState(NamedTuple):
    """The State of a large swarm, and the small ones beside it by which N* is measured; ``needed`` is N* of the steps before both."""

    k: int
    clock: Clock
    agents: Any
    witnesses: Witnesses
    needed: float = 1.0


class Plain(LawScheme):
    """A large swarm of any dynamics.

    Parameters
    ----------
    agents : int
        How many there are.
    """

    title = "Large swarm in the place of a law"

    def __init__(self, agents: int = AGENTS):
        self.agents = agents
        self.approximation = (  # type: ignore[misc]
            f"Not the law itself, of which no tractable equation is known, but a swarm of {agents:,} agents with a seed of its own: "
            "its error is that of so many independent draws."
        )
        self._last: tuple[Any, Table] | None = None

    def refusal(self, dynamics, landscape, swarm):
        return ""

    def init(self, dynamics, landscape, swarm):
        return self.started(dynamics, landscape, initial_law(swarm, landscape).quantiles, 0, None)

    def started(
        self,
        dynamics: Dynamics,
        landscape: Landscape,
        quantiles: Callable[[np.ndarray], np.ndarray],
        k: int,
        clock: Clock | None,
    ) -> PlainState:
        """The State at step ``k`` with agents at the ``quantiles`` of a law, which come into a random order."""
        x = quantiles((np.arange(self.agents) + 0.5) / self.agents)
        order = np.argsort(draw_uniform(np.array([SEED]), INITIAL, 0, len(x), 1)[0, :, 0], kind="stable")
        agents = dynamics.init(np.ascontiguousarray(x[order])[:, None], landscape, SEED)
        agents = agents._replace(k=k, clock=agents.clock if clock is None else clock)
        beside = witnesses.started(dynamics, landscape, quantiles, self.agents, k, clock)
        return PlainState(k, agents.clock, agents, beside)

    def advance(self, state, dynamics, landscape, steps):
        end = state.k + steps
        while True:
            steps = min(witnesses.next_look(state.k), end) - state.k  # the same looks however steps are grouped
            agents, _ = dynamics.advance(state.agents, landscape, steps, every=state.k + steps + 1)
            beside = witnesses.advanced(state.witnesses, dynamics, landscape, steps)
            state = state._replace(k=agents.k, clock=agents.clock, agents=agents, witnesses=beside)
            if steps > 0 and witnesses.looks_at(state.k) and beside.states:
                state = state._replace(witnesses=witnesses.compared(beside, self._curve(state)))
            if state.k == end:
                return state

    def moved_to(self, state, dynamics, landscape):
        beside = witnesses.moved_to(state.witnesses, dynamics, landscape)
        return state._replace(agents=dynamics.moved_to(state.agents, landscape), witnesses=beside)

    def cdf(self, state, x):
        return self._table(state).cdf(x)

    def atoms(self, state):
        return self._table(state).atoms

    def agents_needed(self, state):
        return max(state.needed, state.witnesses.needed)

    def _curve(self, state: PlainState) -> Curve:
        """The law of ``state`` to measure distances to."""
        x, table = self.positions(state), self._table(state)
        return curve_of(table.cdf, float(x[0]), float(x[-1]), table.atoms, tolerance=COARSE)

    def positions(self, state: PlainState) -> np.ndarray:
        """Where the agents are, (N,), in order."""
        return np.sort(np.asarray(state.agents.x))  # in one dimension a block is a row

    def _table(self, state: PlainState) -> Table:
        """The distribution function; asked for again, it costs nothing."""
        last = self._last
        if last is None or last[0] is not state.agents:
            last = self._last = state.agents, table_of(self.positions(state))
        return last[1]


def table_of(x: np.ndarray) -> Table:
    """The distribution function of agents at ``x`` (N,), in order: smooth between them, but for the places where many are."""
    places, counts = np.unique(x, return_counts=True)
    heavy = counts > HEAVY * len(x)
    atoms = np.column_stack((places[heavy], counts[heavy] / len(x)))
    places, counts = places[~heavy], counts[~heavy]
    if len(places) < 2:
        return Table(np.zeros(0), np.zeros(0), atoms)
    value = (np.cumsum(counts) - 0.5 * counts) / len(x)
    some = np.unique(np.linspace(0, len(places) - 1, min(KNOTS, len(places))).astype(int))
    share = counts.sum() / len(x)  # beyond the outermost, half an agent each
    places, value = places[some], value[some]
    ends = places[0] - 0.5 * (places[1] - places[0]), places[-1] + 0.5 * (places[-1] - places[-2])
    return Table(np.concatenate(([ends[0]], places, [ends[1]])), np.concatenate(([0.0], value, [share])), atoms)
