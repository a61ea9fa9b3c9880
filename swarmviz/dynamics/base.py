"""What a dynamics is: parameters, states of many runs, many compiled steps at once, and a frame to look at.

A dynamics is one file and one name in ``ALL``. It declares its parameters in one line each, its observables, and three methods::

    init_many(x, landscape, seeds)                   -> StateBatch     from initial positions (runs, N, d)
    advance_many(states, landscape, steps, …)        -> BatchResult    the states after some steps, and what was recorded
    frame(state)                                     -> Frame          what a view may see of one run

The runs of a batch differ in nothing but their seeds and positions, and each gives the bits that it gives alone: ``init`` and ``advance``
are batches of one. A State is a NamedTuple that is replaced, never modified; its first fields are ``k, clock, seed, n, d``. Everything
random is a function of (seed, purpose, step, agent, coordinate), so a state holds no generator and ``advance(10)`` equals ten times
``advance(1)``, bit for bit.

``answers``, ``positions``, ``moved_to``, ``noise_strength``, ``terms`` and what a step costs have defaults. :class:`OneByOne` is for a
dynamics that takes its runs one after the other, such as a first draft in NumPy.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from swarmviz import success
from swarmviz.dynamics.batch import BatchResult, RecordRows, StateBatch
from swarmviz.dynamics.cost import Cost
from swarmviz.dynamics.equations.lines import Equations
from swarmviz.dynamics.explain.terms import Term, part, standing
from swarmviz.dynamics.large import LARGE, Advance
from swarmviz.dynamics.map_axes import MapAxis
from swarmviz.events import Kind
from swarmviz.frame import Clock, Diverged, Frame, Observable
from swarmviz.kernels.blocks import from_blocks
from swarmviz.kernels.packs import ANSWER_ROWS, Box, Objective, Output, SmoothObjective, Steps
from swarmviz.kernels.team import chunks_of
from swarmviz.landscapes import basins
from swarmviz.landscapes.base import Landscape
from swarmviz.parameters import Described
from swarmviz.schedules import values_of


class Dynamics(Described):
    """Base of all dynamics.

    Attributes
    ----------
    title, equation, reference : str
        Name, LaTeX of the equations, source (paper and equations).
    equations : Equations
        Every line of them, with its number, its symbols and when it holds (:mod:`swarmviz.dynamics.equations`).
    observables : tuple of Observable
        What is recorded each step, in the order of the record's rows (:func:`rows_of`); last ``evaluations``, and ``gradients`` where
        there are any. The kernel does not write these, unless it counts them (see :meth:`cost_of_step`), nor ``basin``: that is found
        from the answer that it notes (:func:`swarmviz.kernels.diagnostics.note_answer`).
    events : tuple of Kind
        What can happen in a run, as rules over what is recorded (:mod:`swarmviz.events`).
    map_axes : tuple of MapAxis
        The two parameters that span a map of it, with their ranges, as long as no others are chosen.
    on_finite_set : bool
        Whether agents sit on states, so that what the swarm holds for the minimiser is a state and not a point.
    fewest, why_fewest : int, str
        The smallest number of agents that makes sense, and why fewer do not.
    counts_costs : bool
        Whether the kernel counts what a run spends, because no two runs need spend the same: a step takes :meth:`cost_of_step` at most.
    """

    title: ClassVar[str] = "Dynamics"
    equation: ClassVar[str] = ""
    reference: ClassVar[str] = ""
    equations: ClassVar[Equations] = Equations()
    observables: ClassVar[tuple[Observable, ...]] = ()
    events: ClassVar[tuple[Kind, ...]] = ()
    map_axes: ClassVar[tuple[MapAxis, ...]] = ()
    on_finite_set: ClassVar[bool] = False
    fewest: ClassVar[int] = 1
    why_fewest: ClassVar[str] = ""
    counts_costs: ClassVar[bool] = False

    def require_agents(self, n: int) -> None:
        """Raise ``ValueError`` when ``n`` agents are too few; says why."""
        if n < self.fewest:
            raise ValueError(f"n (N) = {n}: {self.title} needs N ≥ {self.fewest}: {self.why_fewest}")

    # ---- what a dynamics defines ---------------------------------------------------------------------------------------

    def init_many(self, x: np.ndarray, landscape: Landscape, seeds: np.ndarray) -> Sequence[Any]:
        """The states at step 0 of runs with initial positions ``x`` (runs, N, d) and seeds (runs,); a :class:`StateBatch`."""
        raise NotImplementedError

    def advance_many(
        self, states: Sequence[Any], landscape: Landscape, steps: int, every: int = 1, start: bool = False
    ) -> Sequence[tuple[Any, RecordRows] | Diverged]:
        """``steps`` steps of runs that differ in nothing but their seeds and positions, in one compiled loop.

        Parameters
        ----------
        states : StateBatch, or sequence of State
            They stay as they are.
        every : int
            Record the steps that are multiples of it.
        start : bool
            Record the step that ``states`` are at, too.

        Returns
        -------
        BatchResult
            Of each run (State, record), or the :class:`Diverged` that says where an energy is no longer finite. A record maps "k", "t" and
            the observables' names to arrays of one value per recorded step.
        """
        raise NotImplementedError

    def frame(self, state: Any) -> Frame:
        """What a view may see of the State of one run: a function of the state and the parameters alone.

        A :class:`swarmviz.Simulation` makes it once per state, and gives the same frame to all who ask.
        """
        raise NotImplementedError

    def noise_strength(self, mass: np.ndarray, t: float) -> np.ndarray | None:
        """σ(m): how strong the noise of agents with masses (N,) is at time ``t``, as the kernel has it; None without agents of mass."""
        return None

    def runs_side_by_side(self, n: int, d: int) -> int:
        """How many runs of ``n`` agents in ``d`` dimensions :meth:`advance_many` likes to have at once; 1 where it is no matter."""
        return 1

    @property
    def noise_cutoff(self) -> float | None:
        """The mass from which on an agent is not shaken; None where mass does not decide on noise."""
        return None

    def cost_of_start(self, n: int) -> Cost:
        """What a swarm of ``n`` agents has spent at step 0: F at every agent."""
        return Cost(n)

    def cost_of_step(self, n: int) -> Cost:
        """What a step of ``n`` agents takes at most with the present parameters: F at every agent.

        Every step takes as much, unless ``counts_costs``: ``evaluations`` is then among the ``changed`` fields of :meth:`_result`, and the
        kernel writes its row.
        """
        return Cost(n)

    def terms(self, state: Any, landscape: Landscape, agent: int) -> Sequence[Term]:
        """The terms of one agent's step from a State that the present parameters have been evaluated at; see :meth:`explain`.

        Here the whole step as one term; a dynamics knows more (:mod:`swarmviz.dynamics.explain`).
        """
        before, after = (self.positions([at])[0][agent] for at in (state, self.advance(state, landscape, 1)[0]))
        return [standing(before), part("X_n^+ - X_n", "step", after - before)]

    # ---- what follows from it ------------------------------------------------------------------------------------------

    def explain(self, state: Any, landscape: Landscape, agent: Any) -> tuple[Term, ...]:
        """The next step of one agent, term by term.

        Parameters
        ----------
        state : State
            Of one run; it stays as it is.
        agent : int
            Its number, from 0 to N − 1.

        Returns
        -------
        tuple of Term
            Numbers, and vectors that add up to the position after the step, the present position first. So no randomness is left: the draws
            are those that the step will make.

        Raises
        ------
        ValueError
            When there is no such agent.
        Diverged
            When an energy is not finite.
        """
        if isinstance(agent, bool) or not isinstance(agent, int | np.integer) or not 0 <= agent < state.n:
            raise ValueError(f"agent = {agent!r}: must be a whole number from 0 to {state.n - 1}")
        evaluated, _ = self.advance(state, landscape, 0, start=True)
        return tuple(self.terms(evaluated, landscape, int(agent)))

    def init(self, x: np.ndarray, landscape: Landscape, seed: int) -> Any:
        """The state at step 0 of one run with initial positions ``x`` (N, d)."""
        return self.init_many(x[None], landscape, np.array([seed]))[0]

    def advance(
        self, state: Any, landscape: Landscape, steps: int, every: int = 1, start: bool = False
    ) -> tuple[Any, RecordRows]:
        """``steps`` steps of one run; see :meth:`advance_many`.

        Raises
        ------
        Diverged
            When an energy is no longer finite; ``state`` is untouched.
        """
        outcome = self.advance_many([state], landscape, steps, every, start)[0]
        if isinstance(outcome, Diverged):
            raise outcome
        return outcome

    @property
    def time_step(self) -> float:
        """Δt: the time that one step takes."""
        return float(getattr(self, "dt", 1.0))

    def answers(self, states: Sequence[Any]) -> np.ndarray:
        """What each swarm holds for the minimiser, (runs, d), as :func:`swarmviz.success.answer` says of its frame."""
        return np.array([success.answer(self.frame(state)) for state in states])

    def positions(self, states: Sequence[Any]) -> np.ndarray:
        """Where the agents of each swarm are, (runs, N, d), from States that have them as ``x`` in blocks."""
        every = StateBatch.of(states).all
        return from_blocks(every.x, every.n, every.d)

    def moved_to(self, state: Any, landscape: Landscape) -> Any:
        """The state carried over to another landscape (or the same with other wells): the best value so far is forgotten."""
        return state._replace(best=np.inf) if hasattr(state, "best") else state

    @classmethod
    def by_team(cls, n: int, d: int, landscape: Landscape) -> Advance | None:
        """What advances a run that is so large that it is cut into chunks, for a team of threads (:mod:`swarmviz.kernels.team`).

        None for smaller ones. How many threads there are is no matter: its sums are taken chunk by chunk.
        """
        if not landscape.side_by_side or not chunks_of(n, d):
            return None
        return next((LARGE[kind] for kind in cls.__mro__ if kind in LARGE), None)

    # ---- what advance_many is made of ----------------------------------------------------------------------------------

    def _clock(self, state: Any) -> Clock:
        """The state's clock, running with the present Δt from the present step on."""
        return state.clock.with_step(state.k, self.time_step)

    def _schedules(self, state: Any, steps: int, *names: str) -> list[np.ndarray]:
        """Values of schedulable parameters at the steps k, k+1, …, k+steps, one array of shape (steps + 1,) each."""
        times = self._clock(state).at(np.arange(state.k, state.k + steps + 1))
        return [values_of(self, name, times) for name in names]

    def _output(self, runs: int, steps: Steps) -> Output:
        """Empty tables for a kernel to fill."""
        shape = (runs, len(self.observables) + ANSWER_ROWS, len(recorded_steps(steps)))
        return Output(np.empty(shape), np.empty((runs, 2), int))

    def _result(
        self,
        state: Any,
        steps: Steps,
        output: Output,
        landscape: Landscape,
        why: Mapping[tuple[int, int], Diverged] | None = None,
        values_per_gradient: int = 0,
        **changed: Any,
    ) -> BatchResult:
        """What became of the State of a batch in some steps.

        Parameters
        ----------
        output : Output
            What the kernel has written.
        landscape : Landscape
            On which the steps were taken.
        why : mapping, optional
            By seed and step the reason of a failure, where it is another than an energy that is not finite.
        values_per_gradient : int
            That of the landscape, from a dynamics that follows ∇F.
        **changed : arrays
            The fields of the State that are other than before.
        """
        recorded, end = recorded_steps(steps), steps.k + steps.steps
        k = np.arange(recorded.start, recorded.stop, recorded.step)
        if "evaluations" not in changed:
            for name, counts in self._spent(state, changed, output, np.append(k, end)).items():
                output.records[:, [o.name for o in self.observables].index(name)] = counts[:, :-1]
                changed[name] = counts[:, -1].copy()
        if values_per_gradient:
            self._count_differences(state, changed, output, values_per_gradient)
        self._name_basins(landscape, state.d, output)
        after = state._replace(k=end, clock=self._clock(state), **changed)
        tables = output.records[:, : len(self.observables)]
        return BatchResult(StateBatch(after), output.failures, k, tables, self.observables, why)

    def knows_basins(self, landscape: Landscape, d: int) -> bool:
        """Whether the basin can be told in which the answer of a swarm lies."""
        return any(observable.name == "basin" for observable in self.observables) and basins.known(landscape, d)

    def _name_basins(self, landscape: Landscape, d: int, output: Output) -> None:
        """Write the row ``basin``, where there is one, from the answers that the kernel has noted."""
        names = [observable.name for observable in self.observables]
        if "basin" not in names:
            return
        row = names.index("basin")
        if self.knows_basins(landscape, d):
            basins.basins_of(landscape, d).number(output.records, len(names), row)
        else:
            output.records[:, row] = np.nan

    def _spent(self, state: Any, changed: Mapping[str, Any], output: Output, k: np.ndarray) -> dict[str, np.ndarray]:
        """``evaluations``, and ``gradients`` where there are any, at the steps ``k`` (K,) of a call: whole numbers (runs, K)."""
        start, step = self.cost_of_start(state.n), self.cost_of_step(state.n)
        taken = np.minimum(k, np.reshape(self._last_step(state, changed, k[-1]), (-1, 1))) - state.k
        counts = {}
        for name in (name for name in Cost._fields if name in state._fields):
            before = getattr(state, name) if state.k > 0 else np.full(len(state.seed), getattr(start, name))
            counts[name] = before[:, None] + getattr(step, name) * taken
        return counts

    def _count_differences(self, state: Any, changed: dict[str, Any], output: Output, values: int) -> None:
        """Count the gradients of a call as the values of F that stand for them (:mod:`swarmviz.dynamics.cost`)."""
        of_f, of_slopes = ([o.name for o in self.observables].index(name) for name in Cost._fields)
        before, records = state.gradients, output.records
        records[:, of_f] += values * (records[:, of_slopes] - before[:, None])
        records[:, of_slopes] = before[:, None]
        changed["evaluations"] = changed["evaluations"] + values * (changed["gradients"] - before)
        changed["gradients"] = before

    def _last_step(self, state: Any, changed: Mapping[str, Any], end: int) -> Any:
        """The step of a call up to which the runs have moved: ``end``, or an array (runs,) where some came to a standstill before."""
        return end


class OneByOne(Dynamics):
    """A dynamics that takes its runs one after the other: it defines ``init`` and ``advance`` for one run."""

    def init(self, x: np.ndarray, landscape: Landscape, seed: int) -> Any:
        raise NotImplementedError

    def init_many(self, x, landscape, seeds):
        return [self.init(positions, landscape, seed) for positions, seed in zip(x, seeds.tolist(), strict=True)]

    def advance(
        self, state: Any, landscape: Landscape, steps: int, every: int = 1, start: bool = False
    ) -> tuple[Any, RecordRows]:
        raise NotImplementedError

    def advance_many(self, states, landscape, steps, every=1, start=False):
        outcomes: list[tuple[Any, RecordRows] | Diverged] = []
        for state in states:
            try:
                outcomes.append(self.advance(state, landscape, steps, every, start))
            except Diverged as error:
                outcomes.append(error)
        return outcomes

    def positions(self, states):
        return np.array([self.frame(state).x for state in states])


def rows_of(observables: Sequence[Observable]) -> Any:
    """The row of each observable in a record, by name: with ``ROW = rows_of(OBSERVABLES)`` a kernel writes ``record[ROW.best, column]``."""
    names = [observable.name for observable in observables]
    return namedtuple("Rows", names)(*range(len(names)))


def recorded_steps(steps: Steps) -> range:
    """The steps of a call that are recorded."""
    first = steps.k + (not steps.start)
    return range(first + -first % steps.every, steps.k + steps.steps + 1, steps.every)


def box_of(landscape: Landscape, d: int, boundary: int) -> Box:
    """The landscape's box for a kernel, with a code of :mod:`swarmviz.kernels.boundaries`."""
    low, high = landscape.limits(d)
    return Box(low, high, boundary)


def objective_of(landscape: Landscape, d: int) -> Objective:
    """F for a kernel."""
    return Objective(landscape.values_function(), landscape.constants(), landscape.minimisers(d))


def smooth_objective_of(landscape: Landscape, d: int) -> SmoothObjective:
    """F and ∇F for a kernel."""
    return SmoothObjective(
        landscape.values_function(), landscape.gradient_function(), landscape.constants(), landscape.minimisers(d)
    )
