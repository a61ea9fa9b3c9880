"""The axes of a sweep: what each of its cells is, checked before any of them is run."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from swarmviz.ensembles.settings import Problem, Settings
from swarmviz.ensembles.suggestions import did_you_mean
from swarmviz.ensembles.units import described_as
from swarmviz.landscapes import ALL as LANDSCAPES
from swarmviz.landscapes.base import Landscape
from swarmviz.parameters import is_used
from swarmviz.serialise import described

OWNERS = Problem._fields
TAKEN = {
    **dict.fromkeys(("seed", "swarm.seed"), "every run has a seed of its own; choose the swarm's seed and runs"),
    **dict.fromkeys(("run", "step", "t", "coordinate", "agent", "tolerance"), "is a coordinate of the result"),
}


class Axis(NamedTuple):
    """A parameter (or the landscape itself, with an empty ``parameter``) and the values it takes."""

    name: str
    owner: str
    parameter: str
    values: tuple[Any, ...]

    def applied(self, problem: Problem, i: int) -> Problem:
        """The problem with the i-th value.

        Raises
        ------
        ValueError
            When the value is out of the parameter's range.
        """
        if not self.parameter:
            return problem._replace(landscape=self.values[i].copy())
        part = getattr(problem, self.owner).copy()
        setattr(part, self.parameter, self.values[i])
        return problem._replace(**{self.owner: part})

    def about(self, problem: Problem) -> dict[str, str]:
        """What the axis is, as attributes of its coordinate, for a cell's ``problem``."""
        if not self.parameter:
            return described_as("Landscape")
        declared = getattr(problem, self.owner).declared()[self.parameter]
        unit, symbol = getattr(declared, "unit", ""), getattr(declared, "symbol", "")
        return described_as((declared.doc or self.name).rstrip("."), unit, symbol)

    @property
    def labels(self) -> np.ndarray:
        """The values as a coordinate: numbers or texts, shape (values,)."""
        if not self.parameter:
            names = [value.label for value in self.values]
            return np.array(names if len(set(names)) == len(names) else [repr(value) for value in self.values])
        kinds = {type(value) for value in self.values}
        plain = kinds <= {int, float} or kinds in ({str}, {bool})
        return np.array(self.values if plain else [str(value) for value in self.values])


class Cell(NamedTuple):
    """One point of the grid."""

    number: int
    place: tuple[int, ...]
    problem: Problem
    label: str


def axes_of(problem: Problem, grid: Any, n: Any = None, d: Any = None, landscapes: Any = None) -> tuple[Axis, ...]:
    """The axes that were asked for: landscapes, N and d first, then the grid in its order.

    Raises
    ------
    TypeError, ValueError
        When a name is no parameter, there are no values, one occurs twice, or one is out of the parameter's range.
    """
    if grid is not None and not isinstance(grid, Mapping):
        raise TypeError(f"grid = {grid!r}: must map names of parameters to lists of values")
    wanted = {name: values for name, values in (("n", n), ("d", d)) if values is not None}
    for name, values in (grid or {}).items():
        if name in wanted:
            raise ValueError(f"grid: {name} is given twice, in the grid and by itself")
        wanted[name] = values
    axes, chosen = [], [problem.landscape]
    if landscapes is not None:
        chosen = [_landscape(value) for value in _listed("landscapes", landscapes)]
        axes.append(Axis("landscape", "landscape", "", tuple(chosen)))
    for name, values in wanted.items():
        owner, parameter = _owner(problem, chosen, name)
        other = next((axis for axis in axes if (axis.owner, axis.parameter) == (owner, parameter)), None)
        if other is not None:
            raise ValueError(f"grid: {name} is given twice: {other.name} is the same parameter of the {owner}")
        axes.append(Axis(name, owner, parameter, _listed(name, values)))
    for axis in axes:
        for i in range(len(axis.values)):
            axis.applied(problem._replace(landscape=chosen[0]), i)
        labels = axis.labels.tolist()
        for label in labels:
            if labels.count(label) > 1:
                raise ValueError(f"{axis.name} = {label!r}: is there twice; every value of an axis must be another")
    return tuple(axes)


def cells_of(problem: Problem, axes: tuple[Axis, ...]) -> Iterator[Cell]:
    """Every point of the grid, the last axis fastest."""
    labels = [axis.labels.tolist() for axis in axes]
    for number, index in enumerate(itertools.product(*(range(len(axis.values)) for axis in axes))):
        words = (f"{axis.name} = {names[i]}" for axis, names, i in zip(axes, labels, index, strict=True))
        yield Cell(number, index, problem_at(problem, axes, index), ", ".join(words))


def problem_at(problem: Problem, axes: tuple[Axis, ...], index: tuple[int, ...]) -> Problem:
    """The problem at one point of the grid; each part is copied once, however many of its parameters are axes."""
    parts = problem._asdict()
    own = set()
    for axis, i in zip(axes, index, strict=True):
        if not axis.parameter:
            parts["landscape"] = axis.values[i].copy()
        else:
            if axis.owner not in own:
                parts[axis.owner] = parts[axis.owner].copy()
            setattr(parts[axis.owner], axis.parameter, axis.values[i])
        own.add(axis.owner)
    return Problem(**parts)


def check(problem: Problem, axes: tuple[Axis, ...], settings: Settings) -> None:
    """Try every cell out, without a step.

    Raises
    ------
    ValueError
        When parts of a cell do not fit together, or the stop sets what is an axis; a note names the cell.
    """
    check_cells(cells_of(problem, axes), axes, settings)


def check_cells(cells: Iterable[Cell], axes: tuple[Axis, ...], settings: Settings) -> None:
    """Try some cells out, without a step; see :func:`check`."""
    for _ in checking_cells(cells, axes, settings):
        pass


def checking_cells(cells: Iterable[Cell], axes: tuple[Axis, ...], settings: Settings) -> Iterator[Cell]:
    """The same, a cell at a time, for one who does other things in between; yields each one when it has been tried out."""
    idle = list(axes)
    for cell in cells:
        try:
            _require_kept(axes, cell, settings)
            cell.problem.check(settings)
            idle = [axis for axis in idle if not _matters(cell.problem, axis)]
        except (TypeError, ValueError) as error:
            error.add_note(f"in the cell {cell.label}; nothing was run")
            raise
        yield cell
    for axis in idle:
        needs = getattr(cell.problem, axis.owner).param[axis.parameter].used_when
        means = " and ".join(f"{name} = {' or '.join(map(repr, values))}" for name, values in needs.items())
        raise ValueError(f"grid: {axis.name} has no effect in any cell; it needs {means}")


def _matters(problem: Problem, axis: Axis) -> bool:
    owner = getattr(problem, axis.owner)
    return not axis.parameter or is_used(owner, owner.param[axis.parameter])


def _require_kept(axes: tuple[Axis, ...], cell: Cell, settings: Settings) -> None:
    """Raise ``ValueError`` when the stop would replace the value of an axis."""
    wanted, run = (described(problem.dynamics)["values"] for problem in (cell.problem, settings.prepared(cell.problem)))
    for axis in axes:
        if axis.owner == "dynamics" and run[axis.parameter] != wanted[axis.parameter]:
            raise ValueError(
                f"grid: {axis.name} = {wanted[axis.parameter]!r}: cannot be an axis, because the stop {settings.stop!r} sets it"
            )


def _owner(problem: Problem, landscapes: list[Landscape], name: Any) -> tuple[str, str]:
    """Whose parameter a name is: "sigma", or "swarm.radius" where more than one part has it."""
    if name in TAKEN:
        raise ValueError(f"grid: {name} cannot be an axis: {TAKEN[name]}")
    names = {owner: list(getattr(problem, owner).declared()) for owner in OWNERS}
    names["landscape"] = [p for p in landscapes[0].declared() if all(p in other.declared() for other in landscapes)]
    owner, dot, parameter = str(name).rpartition(".")
    having = [o for o in OWNERS if parameter in names[o] and (not dot or o == owner)]
    if len(having) > 1:
        choices = " or ".join(repr(f"{o}.{parameter}") for o in having)
        raise ValueError(f"grid: {name} belongs to more than one part of the run: choose {choices}")
    if not having:
        parts = ", ".join(dict.fromkeys([problem.dynamics.title, *(land.title for land in landscapes)]))
        known = dict.fromkeys(itertools.chain.from_iterable(names.values()))
        raise ValueError(f"grid: {name!r} is no parameter of {parts} or the swarm{did_you_mean(name, known)}")
    return having[0], parameter


def _listed(name: str, values: Any) -> tuple[Any, ...]:
    """The values of an axis as Python's own numbers."""
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise TypeError(f"{name} = {values!r}: must be a list of values")
    if isinstance(values, (set, frozenset)):  # which is another one in the process that takes up a store
        raise TypeError(f"{name} = {values!r}: must be a list of values; a set has no order")
    listed = tuple(v.item() if isinstance(v, np.generic) else v for v in values)
    if not listed:
        raise ValueError(f"{name} = {values!r}: must hold at least one value")
    return listed


def _landscape(value: Any) -> Landscape:
    """A landscape, also from its class or its name."""
    if isinstance(value, str):
        if value not in LANDSCAPES:
            raise ValueError(f"landscapes: {value!r} is no landscape{did_you_mean(value, LANDSCAPES)}")
        value = LANDSCAPES[value]
    value = value() if isinstance(value, type) and issubclass(value, Landscape) else value
    if not isinstance(value, Landscape):
        raise TypeError(f"landscapes: {value!r}: must be a Landscape or the name of one, not {type(value).__name__}")
    return value
