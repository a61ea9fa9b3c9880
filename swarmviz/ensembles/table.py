"""The result of a sweep: the cells side by side, each copied into its place as it arrives, so that none is held twice."""

from __future__ import annotations

import math
from collections.abc import Sequence
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
        clocks = [cell.problem.clock for cell in cells_of(problem, axes)]
        self._clocks = list(dict.fromkeys(clocks))  # the different ones
        self._clock_numbers = self._clock_numbers_of(clocks)
        self._values: dict[str, np.ndarray] = {}
        self._come = np.zeros(self.shape, bool)  # the cells that are there
        self._numbers = {name: np.full(self.shape, np.nan) for name in self.largest.judged_by(settings)}

    def allocate(self) -> None:
        """Take the memory before anything runs; a single cell brings its own."""
        if self.cells > 1:
            self._blank()

    def _blank(self) -> None:
        for name, variable in self._layout.variables.items():
            self._values[name] = np.full(self.shape + self._layout.shape(name), variable.blank, variable.dtype)

    def put(self, number: int, cell: xarray.Dataset) -> None:
        """Copy a cell into its place; where its n and d are smaller, the rest is left as it is."""
        self._come.flat[number] = True
        for name, numbers in self._numbers.items():
            numbers.flat[number] = cell[name].item()
        if self.cells == 1:
            self._values = {name: cell[name].values for name in self._layout.variables}
            return
        place = tuple(int(i) for i in np.unravel_index(number, self.shape))
        try:
            for name, values in self._values.items():
                found = cell[name].values
                values[place][tuple(slice(size) for size in found.shape)] = found
        except BaseException:  # a Ctrl-C half way
            for name, values in self._values.items():
                values[place] = self._layout.variables[name].blank
            raise

    @property
    def times(self) -> int:
        """How many different time axes there are."""
        return self._clock_numbers.size

    def _clock_numbers_of(self, clocks: Sequence[Clock]) -> np.ndarray:
        """Which of the different clocks each cell has; of length 1 along the axes on which that does not depend."""
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
            self._blank()
        names = tuple(axis.name for axis in self.axes)
        varying = tuple(name for name, size in zip(names, self._clock_numbers.shape, strict=True) if size > 1)
        steps = self.settings.recorded_steps()
        different = [np.asarray(self._clocks[i].at(steps), dtype=np.float64) for i in self._clock_numbers.flat]
        times = np.stack(different).reshape(*(size for size in self._clock_numbers.shape if size > 1), len(steps))
        coordinates = self._layout.coordinates(
            self.settings,
            self.problem.swarm.seed,
            ((*varying, "step"), times),
            {name: self._where_it_varies(names, numbers) for name, numbers in self._numbers.items()},
        )
        variables = {
            name: (
                (*names, *variable.dims),
                self._values[name].reshape(self.shape + self._layout.shape(name)),
                variable.attributes,
            )
            for name, variable in self._layout.variables.items()
        }
        labels = {axis.name: (axis.name, axis.labels, axis.about(self.largest)) for axis in self.axes}
        return xarray.Dataset(variables, coordinates | labels, self._attributes() | {"interrupted": int(interrupted)})

    def _where_it_varies(self, names: tuple[str, ...], numbers: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
        """A number of each cell along those axes on which it depends; of cells that have not come NaN where it does."""
        come, kept = self._come, list[str]()
        for name in names:
            axis = len(kept)
            first = np.take_along_axis(numbers, come.argmax(axis=axis, keepdims=True), axis)  # of those that have come
            if (~come | (numbers == first) | (np.isnan(numbers) & np.isnan(first))).all():
                numbers, come = first.squeeze(axis), np.asarray(come.any(axis=axis))
            else:
                kept.append(name)
        return tuple(kept), numbers

    def _attributes(self) -> dict[str, Any]:
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
