"""What a dynamics is: parameters, an initial state, many compiled steps at once, and a frame to look at.

A dynamics is one file and one name in ``ALL``. It declares its parameters in one line each and three methods::

    init(x, landscape, seed)                         -> State    from starting positions (N, d)
    advance(state, landscape, steps, …)              -> State, record
    frame(state)                                     -> Frame

A State is a NamedTuple that is replaced, never modified; its first fields are ``k, clock, seed, n, d``. Everything random is a function
of (seed, purpose, step, agent, coordinate), so a state holds no generator and ``advance(10)`` equals ten times ``advance(1)``, bit for bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from swarmviz import success
from swarmviz.frame import Diverged, Frame, Observable
from swarmviz.landscapes.base import Landscape
from swarmviz.parameters import Described
from swarmviz.schedules import values_of

Record = dict[str, np.ndarray]
FINE = -1  # what a kernel returns when every energy stayed finite


class Dynamics(Described):
    """Base of all dynamics.

    Attributes
    ----------
    title, equation, reference : str
        Name, LaTeX of the equations, source (paper and equations).
    observables : tuple of Observable
        What is recorded each step, in the order of the record's rows.
    on_finite_set : bool
        Whether agents sit on states, so that what the swarm holds for the minimiser is a state and not a point.
    fewest, why_fewest : int, str
        The smallest number of agents that makes sense, and why fewer do not.
    """

    title: ClassVar[str] = "Dynamics"
    equation: ClassVar[str] = ""
    reference: ClassVar[str] = ""
    observables: ClassVar[tuple[Observable, ...]] = ()
    on_finite_set: ClassVar[bool] = False
    fewest: ClassVar[int] = 1
    why_fewest: ClassVar[str] = ""

    def require_agents(self, n: int) -> None:
        """Raise ``ValueError`` when ``n`` agents are too few; says why."""
        if n < self.fewest:
            raise ValueError(f"n (N) = {n}: {self.title} needs N ≥ {self.fewest}: {self.why_fewest}")

    def init(self, x: np.ndarray, landscape: Landscape, seed: int) -> Any:
        """The state at step 0 from positions ``x`` (N, d)."""
        raise NotImplementedError

    def init_many(self, x: np.ndarray, landscape: Landscape, seeds: np.ndarray) -> Sequence[Any]:
        """``init`` for runs that differ in nothing but their positions ``x`` (runs, N, d) and seeds (runs,)."""
        return [self.init(positions, landscape, seed) for positions, seed in zip(x, seeds.tolist(), strict=True)]

    def advance(
        self, state: Any, landscape: Landscape, steps: int, every: int = 1, start: bool = False
    ) -> tuple[Any, Record]:
        """``steps`` steps in one compiled loop.

        Parameters
        ----------
        every : int
            Record the steps that are multiples of it.
        start : bool
            Record the step that ``state`` is at, too.

        Returns
        -------
        state, record : State, dict
            The record maps "k", "t" and the observables' names to arrays of one value per recorded step.

        Raises
        ------
        Diverged
            When an energy is no longer finite; ``state`` is untouched.
        """
        raise NotImplementedError

    def advance_many(
        self, states: Sequence[Any], landscape: Landscape, steps: int, every: int = 1, start: bool = False
    ) -> Sequence[tuple[Any, Record] | Diverged]:
        """``advance`` for runs that differ in nothing but their seeds and positions; what becomes of each, a divergence included.

        The same bits as one at a time. A dynamics of small swarms takes them all in one call of its kernel, and keeps their states in a
        :class:`swarmviz.dynamics.batch.StateBatch`.
        """
        outcomes: list[tuple[Any, Record] | Diverged] = []
        for state in states:
            try:
                outcomes.append(self.advance(state, landscape, steps, every, start))
            except Diverged as error:
                outcomes.append(error)
        return outcomes

    def frame(self, state: Any) -> Frame:
        """What a view may see of ``state``."""
        raise NotImplementedError

    def answers(self, states: Sequence[Any]) -> np.ndarray:
        """What each swarm holds for the minimiser, (runs, d), as :func:`swarmviz.success.answer` says of its frame."""
        return np.array([success.answer(self.frame(state)) for state in states])

    def positions(self, states: Sequence[Any]) -> np.ndarray:
        """Where the agents of each swarm are, (runs, N, d)."""
        return np.array([self.frame(state).x for state in states])

    def moved_to(self, state: Any, landscape: Landscape) -> Any:
        """The state carried over to another landscape (or the same with other wells): the best value so far is forgotten."""
        return state._replace(best=np.inf) if hasattr(state, "best") else state

    # ---- what most dynamics share --------------------------------------------------------------------------------------

    def _clock(self, state: Any) -> Any:
        """The state's clock, running with the present Δt from the present step on."""
        return state.clock.with_step(state.k, float(getattr(self, "dt", 1.0)))

    def _schedules(self, state: Any, steps: int, *names: str) -> list[np.ndarray]:
        """Values of schedulable parameters at the steps k, k+1, …, k+steps, one array of shape (steps + 1,) each."""
        times = self._clock(state).at(np.arange(state.k, state.k + steps + 1))
        return [values_of(self, name, times) for name in names]

    def _blank_record(self, state: Any, steps: int, every: int, start: bool) -> tuple[np.ndarray, np.ndarray]:
        """The recorded steps and an empty table with one row per observable for the kernel to fill."""
        first = state.k + (not start)
        k = np.arange(first + -first % every, state.k + steps + 1, every)
        return k, np.empty((len(self.observables), len(k)))

    def _blank_records(
        self, runs: int, state: Any, steps: int, every: int, start: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """The same with a table for each run."""
        recorded, table = self._blank_record(state, steps, every, start)
        return recorded, np.empty((runs, *table.shape))

    def _record(self, k: np.ndarray, clock: Any, table: np.ndarray) -> Record:
        return named(k, clock, self.observables, table)

    @staticmethod
    def _check(step: int, agent: int) -> None:
        if step != FINE:
            raise Diverged(step, agent)


def named(k: np.ndarray, clock: Any, observables: Sequence[Observable], table: np.ndarray) -> Record:
    """The rows of a table under the names of the observables, with step and time."""
    return {"k": k, "t": clock.at(k)} | {o.name: row for o, row in zip(observables, table, strict=True)}
