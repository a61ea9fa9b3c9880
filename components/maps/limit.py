"""By when a run of a map must have succeeded, from the evaluations of F that it may spend.

Where every step of every cell takes the same, evaluations are steps. Else each run is given its budget
(:class:`swarmviz.ensembles.Budget`), and a last step that few come to.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from swarmviz.ensembles import measures

MAX_STEPS = 100_000
IDLE = 50  # a run that spends less than a fiftieth of a value of F per agent and step comes to its last step first
MAX_ROWS = 2500  # recorded steps of a run


class Limit(NamedTuple):
    """The last step of every run; the evaluations that each may spend, 0 where the step says it; steps between two recorded ones."""

    steps: int
    evaluations: int
    every: int

    @classmethod
    def of_steps(cls, steps: int) -> Limit:
        """The same step for all."""
        return cls(steps, 0, measures.every_for(steps))


class _Cost(NamedTuple):
    """Evaluations of F that a cell takes to start, and for a step at most; how many agents it has."""

    start: int
    step: int
    n: int


def limit_within(
    evaluations: int, parts: Mapping[str, Any], axes: Sequence[tuple[str, str]], values: Sequence[Sequence[float]]
) -> Limit:
    """That no run of any cell has spent more, as :mod:`swarmviz.dynamics.cost` counts it.

    Raises
    ------
    ValueError
        When it is not enough for the start of every cell, and a step.
    """
    even, costs = not parts["dynamics"].counts_costs, _costs(parts, axes, values)
    start, step = max(cost.start for cost in costs), max(cost.step for cost in costs)
    least = max(cost.start + (cost.step if even else 1) for cost in costs)
    if evaluations < least:
        takes = f"the start takes {start:,}" + (f" and a step up to {step:,}" if even else "")
        raise ValueError(
            f"map_evaluations = {evaluations:,}: {takes}, so it must be at least {least:,}; or choose K instead"
        )
    if even:
        steps = [(evaluations - cost.start) // cost.step for cost in costs]
        if min(steps) == max(steps):
            return Limit.of_steps(min(steps[0], MAX_STEPS))
        most = max(steps)
    else:
        steps = [evaluations // cost.n for cost in costs]
        most = IDLE * max(steps)
    last = min(most, MAX_STEPS)
    return Limit(last, evaluations, max(measures.every_for(max(1, min(*steps, last))), -(-last // MAX_ROWS)))


def _costs(parts: Mapping[str, Any], axes: Sequence[tuple[str, str]], values: Sequence[Sequence[float]]) -> set[_Cost]:
    """The costs of the cells. It is asked while a slider moves: those along the edges come first, and only where they differ all others.

    One copy of each part takes all values, for a copy is what takes time.
    """
    parts = {owner: part.copy() for owner, part in parts.items()}
    xs, ys = values
    edges = [*((x, y) for y in (ys[0], ys[-1]) for x in xs), *((x, y) for x in (xs[0], xs[-1]) for y in ys)]
    found = set(_costs_at(edges, parts, axes))
    return found if len(found) == 1 else set(_costs_at(itertools.product(xs, ys), parts, axes))


def _costs_at(
    cells: Iterable[tuple[float, float]], parts: Mapping[str, Any], axes: Sequence[tuple[str, str]]
) -> Iterator[_Cost]:
    (x_owner, x), (y_owner, y) = axes
    before: tuple[float | None, float | None] = (None, None)
    for cell in cells:
        if cell[0] != before[0]:
            setattr(parts[x_owner], x, cell[0])
        if cell[1] != before[1]:
            setattr(parts[y_owner], y, cell[1])
        before = cell
        yield _cost(parts)


def _cost(parts: Mapping[str, Any]) -> _Cost:
    dynamics, swarm = parts["dynamics"], parts["swarm"]
    by_differences = parts["landscape"].values_per_gradient(swarm.d)
    costs = dynamics.cost_of_start(swarm.n), dynamics.cost_of_step(swarm.n)
    start, step = (cost.by_differences(by_differences).evaluations for cost in costs)
    return _Cost(start, step, swarm.n)
