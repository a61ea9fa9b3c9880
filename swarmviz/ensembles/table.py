"""The result of a sweep: the cells side by side, each copied into its place as it arrives, so that none is held twice."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from swarmviz.ensembles.axes import Axis, cells_of
from swarmviz.ensembles.dataset import Layout, provenance
from swarmviz.ensembles.settings import Problem, Settings
from swarmviz.frame import Clock
from swarmviz.serialise import as_json, described

if TYPE_CHECKING:
    import xarray


class Table:
    """Arrays that hold every cell; what has not arrived is NaN.

    Attributes
    ----------
    largest : Problem
        A cell's, with the largest n and d of all.
    """

    def __init__(self, problem: Problem, axes: tuple[Axis, ...], settings: Settings):
        self.problem, self.axes, self.settings = problem, axes, settings
        self.shape = tuple(len(axis.values) for axis in axes)
        self.cells = math.prod(self.shape)
        self.largest = _largest(next(cells_of(problem, axes)).problem, axes)
        self._layout = Layout.of(self.largest, settings)
        self._values: dict[str, np.ndarray] = {}
        self._come = np.zeros(self.shape, bool)  # the cells that are there
        self._numbers = {name: np.full(self.shape, np.nan) for name in self.largest.judged_by(settings)}

    def allocate(self) -> None:
        """Take the memory before anything runs; a single cell brings its own."""
        if self.cells > 1:
            self.blank()

    def blank(self) -> None:
        """Take the memory for all cells, none of which has come."""
        for name, variable in self._layout.variables.items():
            self._values[name] = np.full(self.shape + self._layout.shape(name), variable.blank, variable.dtype)

    def put(self, number: int, cell: xarray.Dataset) -> None:
        """Copy a cell into its place; where its n and d are smaller, the rest is left as it is."""
        judged_by = {name: cell[name].item() for name in self._numbers}
        if not self._values:
            self._values = {name: cell[name].values for name in self._layout.variables}
            self._judged(number, judged_by)
        else:
            self.put_runs(number, 0, cell, judged_by)

    def put_runs(self, number: int, first: int, found: Mapping[Any, Any], judged_by: Mapping[str, float]) -> None:
        """Copy some runs of a cell, from run ``first`` on, into their places; each variable has the run as its first axis."""
        self._judged(number, judged_by)
        place = tuple(int(i) for i in np.unravel_index(number, self.shape))
        try:
            for name, values in self._values.items():
                now = np.asarray(found[name])  # of a file one after the other
                runs, *rest = now.shape
                values[place][(slice(first, first + runs), *(slice(size) for size in rest))] = now
        except BaseException:  # a Ctrl-C half way
            for name, values in self._values.items():
                values[place][first:] = self._layout.variables[name].blank
            raise

    @property
    def times(self) -> int:
        """How many different time axes there are."""
        return self._clock_numbers.size

    @cached_property
    def _every_clock(self) -> list[Clock]:
        """The clock of each cell."""
        return [cell.problem.clock for cell in cells_of(self.problem, self.axes)]

    @cached_property
    def _clocks(self) -> list[Clock]:
        """The different ones."""
        return list(dict.fromkeys(self._every_clock))

    @cached_property
    def _clock_numbers(self) -> np.ndarray:
        """Which of the different clocks each cell has; of length 1 along the axes on which that does not depend."""
        clocks = self._every_clock
        numbers = {clock: i for i, clock in enumerate(self._clocks)}
        found = np.array([numbers[clock] for clock in clocks]).reshape(self.shape)
        for i in range(found.ndim):
            first = found.take([0], axis=i)
            found = first if (found == first).all() else found
        return found

    def dataset(self, interrupted: bool) -> xarray.Dataset:
        """All cells that have come."""
        import xarray

        if not self._values:
            self.blank()
        varying = tuple(name for name, size in zip(self.names, self._clock_numbers.shape, strict=True) if size > 1)
        steps = self.settings.recorded_steps()
        different = [np.asarray(self._clocks[i].at(steps), dtype=np.float64) for i in self._clock_numbers.flat]
        times = np.stack(different).reshape(*(size for size in self._clock_numbers.shape if size > 1), len(steps))
        coordinates = self._layout.coordinates(
            self.settings, self.problem.swarm.seed, ((*varying, "step"), times), self.judged_by()
        )
        return xarray.Dataset(
            self.variables(), coordinates | self.labels(), self.attributes() | {"interrupted": int(interrupted)}
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the axes."""
        return tuple(axis.name for axis in self.axes)

    def variables(self) -> dict[str, tuple[tuple[str, ...], np.ndarray, dict[str, str]]]:
        """Name → dimensions, values and attributes of every variable."""
        return {
            name: (
                (*self.names, *variable.dims),
                self._values[name].reshape(self.shape + self._layout.shape(name)),
                variable.attributes,
            )
            for name, variable in self._layout.variables.items()
        }

    def labels(self) -> dict[str, tuple[str, np.ndarray, dict[str, str]]]:
        """Name → dimension, values and attributes of the coordinate of every axis."""
        return {axis.name: (axis.name, axis.labels, axis.about(self.largest)) for axis in self.axes}

    def judged_by(self) -> dict[str, tuple[tuple[str, ...], np.ndarray]]:
        """The numbers by which the runs are judged, by name, as dimensions and values."""
        return {name: self._where_it_varies(numbers) for name, numbers in self._numbers.items()}

    @property
    def judging(self) -> tuple[str, ...]:
        """The names of these numbers."""
        return tuple(self._numbers)

    def _judged(self, number: int, judged_by: Mapping[str, float]) -> None:
        """A cell has come, or some of its runs; these are the numbers by which they are judged."""
        self._come.flat[number] = True
        for name, value in judged_by.items():
            self._numbers[name].flat[number] = value

    def _where_it_varies(self, numbers: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
        """A number of each cell along those axes on which it depends; of cells that have not come NaN where it does."""
        come, kept = self._come, list[str]()
        for name in self.names:
            axis = len(kept)
            first = np.take_along_axis(numbers, come.argmax(axis=axis, keepdims=True), axis)  # of those that have come
            if (~come | (numbers == first) | (np.isnan(numbers) & np.isnan(first))).all():
                numbers, come = first.squeeze(axis), np.asarray(come.any(axis=axis))
            else:
                kept.append(name)
        return tuple(kept), numbers

    def attributes(self) -> dict[str, Any]:
        """The provenance of all cells: what varies is said to vary."""
        attributes = provenance(self.problem, self.settings) | {"axes": ", ".join(axis.name for axis in self.axes)}
        prepared = self.settings.prepared(self.problem)
        for part in Problem._fields:
            attributes[part] = as_json(self._described(part, getattr(prepared, part)))
        chosen = next((axis for axis in self.axes if not axis.parameter), None)
        if chosen is not None:
            varying = dict.fromkeys(("landscape", "landscape_reference", "landscape_equation"), f"axis {chosen.name}")
            every = zip(chosen.labels.tolist(), chosen.values, strict=True)
            landscapes = {label: self._described("landscape", value) for label, value in every}
            attributes |= varying | {"title": prepared.dynamics.title, "landscapes": as_json(landscapes)}
        return attributes

    def _described(self, owner: str, part: Any) -> Any:
        """A part as plain data, with the names of the axes in the place of what they vary."""
        plain = described(part)
        for axis in self.axes:
            if axis.owner == owner and axis.parameter:
                plain["values"][axis.parameter] = f"axis {axis.name}"
        return plain


def _largest(problem: Problem, axes: tuple[Axis, ...]) -> Problem:
    """The problem with the largest n and d of any cell."""
    swarm = problem.swarm.copy()
    for axis in axes:
        if axis.owner == "swarm" and axis.parameter in ("n", "d"):
            setattr(swarm, axis.parameter, max(axis.values))
    return problem._replace(swarm=swarm)
