"""Which runs of a grid of cells come next: from a coarse grid to the finest, and then where the answer is open.

The *levels* of an axis of m values are every 2^p-th of them, …, every second, all: the coarsest has at least ``COARSEST`` of them. A
level's values are values of the next one, so that no run is made in vain; the coarsest one's begin in the middle of their 2^p, so that each
stands for the values around it until these have come. All cells of a level get ``first`` runs before the next level begins; afterwards a
cell that gets more has ``GROWTH`` times as many, until each has all its runs or is known well enough.

Within that, the cells of a *round* are those with the largest *openness*,

    w + (max s − min s)                                                                           (1)

w the width of Wilson's interval (none for a cell without a run), s the success rates of the cells around it that have runs, as far away as
the cells of the level before: a cell is open where little is known of it, or beside a boundary. A round is chosen from what all rounds
before it have given. So the order depends on nothing but the results: on no clock, and on no number of threads.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import ndimage

from swarmviz.ensembles import measures
from swarmviz.ensembles.axes import Axis, problem_at
from swarmviz.ensembles.cell_statistics import COUNTS, about, statistics
from swarmviz.ensembles.dataset import Layout
from swarmviz.ensembles.engine import Ensemble
from swarmviz.ensembles.settings import Options, Problem, Settings
from swarmviz.ensembles.table import Table

if TYPE_CHECKING:
    import xarray

COARSEST = 6  # values of an axis on its coarsest level, at least
ROUND_CELLS = 64  # in a round, at least, where there are as many
ROUNDS_PER_LEVEL = 9  # about so many rounds go once through all cells, where there are many
GROWTH = 4  # so many times the runs that it has, when a cell gets more
KEPT_PROBLEMS = 4096  # of the cells that were run last


class Portion(NamedTuple):
    """Some runs of a cell, one after the other: its number in the grid, the first run, how many."""

    number: int
    first: int
    runs: int


class Refinement:
    """A grid of cells of which ever more is known; it runs nothing itself.

    Ask for a round, run its portions in any order, put what each gave into its place, and ask for the next one.

    Parameters
    ----------
    problem, axes, settings
        As of a sweep; ``settings.options.runs`` are the most runs of a cell. Its record is empty.
    first : int
        Runs that a cell gets at first.
    width : float
        A cell whose interval is not wider gets no more runs.

    Attributes
    ----------
    shape : tuple of int
        Values of each axis.
    runs_done : ndarray, shape ``shape``
        Runs of each cell that have been put into their places.
    statistics : dict of ndarray, shape ``shape``
        See :mod:`swarmviz.ensembles.cell_statistics`; of the rounds that were closed.
    """

    def __init__(self, problem: Problem, axes: tuple[Axis, ...], settings: Settings, first: int, width: float):
        self.problem, self.axes, self.settings = problem, axes, settings
        self.first, self.width = min(first, int(settings.options.runs)), width
        self.table = RefinedTable(problem, axes, settings)
        self.shape = self.table.shape
        self.runs_done = np.zeros(self.shape, int)
        self.statistics: dict[str, np.ndarray] = {}
        self._names = tuple(axis.labels.tolist() for axis in axes)
        self._most = [max(0, int(math.log2(size / COARSEST))) if size > COARSEST else 0 for size in self.shape]
        self._level = _levels(self.shape, self._most)
        self._spatial = tuple(axis.labels.dtype.kind in "if" for axis in axes)
        self._recorded = measures.observed(type(problem.dynamics))
        self._problems: dict[int, Problem] = {}
        self._counts: dict[int, Settings] = {}

    # ---- what comes next -------------------------------------------------------------------------------------------------

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return self.table.cells

    @property
    def levels(self) -> int:
        """How many levels there are."""
        return max(self._most, default=0) + 1

    @property
    def level(self) -> int:
        """The coarsest level of which a cell has no run yet, from 0; ``levels`` when every cell has some."""
        waiting = self._level[self.runs_done == 0]
        return int(waiting.min()) if waiting.size else self.levels

    @property
    def total(self) -> int:
        """Runs of all cells, if each gets all of them."""
        return self.cells * int(self.settings.options.runs)

    def strides(self, level: int) -> tuple[int, ...]:
        """Of how many values of each axis one is on a level."""
        return tuple(2 ** max(0, most - level) for most in self._most)

    def next_round(self) -> list[Portion]:
        """The portions that come next, the most open cells first; none when everything is done."""
        level, done = self.level, self.runs_done
        size = max(ROUND_CELLS, self.cells // ROUNDS_PER_LEVEL)
        if level < self.levels:
            wanted = (self._level == level) & (done == 0)
            size = self.cells if level == 0 else size
            openness = self._contrast(self.strides(max(level - 1, 0)))
        else:
            wide = self._width()
            wanted = (done < self.settings.options.runs) & ((wide > self.width) | np.isnan(wide))
            openness = np.where(np.isnan(wide), 1 / np.sqrt(np.maximum(done, 1)), wide) + self._contrast(
                self.strides(level)
            )
        numbers = np.flatnonzero(wanted)
        order = np.lexsort((numbers, done.flat[numbers], -np.round(openness.flat[numbers], 12)))
        return [self._portion(int(number)) for number in numbers[order][:size]]

    def _portion(self, number: int) -> Portion:
        done = int(self.runs_done.flat[number])
        more = self.first if done == 0 else (GROWTH - 1) * done
        return Portion(number, done, min(more, int(self.settings.options.runs) - done))

    def _width(self) -> np.ndarray:
        """The width of each cell's interval, NaN where nothing could be judged."""
        if not self.statistics:
            return np.full(self.shape, np.nan)
        return self.statistics["success_high"] - self.statistics["success_low"]

    def _contrast(self, reach: tuple[int, ...]) -> np.ndarray:
        """By how much the success rates around each cell differ, as far as ``reach`` values along each axis of numbers."""
        if not self.statistics or not self.shape:
            return np.zeros(self.shape)
        rate = self.statistics["success_rate"]
        size = tuple(2 * r + 1 if spatial else 1 for r, spatial in zip(reach, self._spatial, strict=True))
        highest = ndimage.maximum_filter(np.where(np.isnan(rate), -np.inf, rate), size, mode="nearest")
        lowest = ndimage.minimum_filter(np.where(np.isnan(rate), np.inf, rate), size, mode="nearest")
        return np.where(highest > -np.inf, highest - np.where(highest > -np.inf, lowest, 0), 0.0)

    # ---- what is run -----------------------------------------------------------------------------------------------------

    def problem_of(self, number: int) -> Problem:
        """What a cell is."""
        if number not in self._problems:
            if len(self._problems) >= KEPT_PROBLEMS:
                self._problems.clear()
            self._problems[number] = problem_at(self.problem, self.axes, self.index(number))
        return self._problems[number]

    def label(self, number: int) -> str:
        """What a cell is, in words."""
        pairs = zip(self.axes, self._names, self.index(number), strict=True)
        return ", ".join(f"{axis.name} = {names[i]}" for axis, names, i in pairs)

    def ensemble(self, portion: Portion, tag: int = 0, piece_work: int | None = None) -> Ensemble:
        """The runs of a portion, ready to be run; ``tag`` is its number, ``piece_work`` as in an Ensemble."""
        problem, settings = self.problem_of(portion.number), self.settings_of(portion.runs)
        return Ensemble(problem, settings, self.label(portion.number), tag, portion.first, piece_work)

    def settings_of(self, runs: int) -> Settings:
        """How so many runs of a cell are run; the options are the same but for their number and what is recorded."""
        if runs not in self._counts:
            options = Options(**self.settings.options.values_now() | {"runs": runs})
            self._counts[runs] = self.settings._replace(options=options, record=self._recorded)
        return self._counts[runs]

    # ---- what came of it ---------------------------------------------------------------------------------------------------

    def put(self, portion: Portion, found: Mapping[str, np.ndarray], judged_by: Mapping[str, float]) -> None:
        """Copy what the runs of a portion ended with, their measures, and the numbers by which they are judged, into their places."""
        self.table.put_runs(portion.number, portion.first, found, judged_by)
        self.runs_done.flat[portion.number] = portion.first + portion.runs

    def close_round(self, portions: list[Portion]) -> None:
        """Take the statistics of the cells of some portions anew."""
        numbers = np.array(sorted({portion.number for portion in portions}), int)
        if not len(numbers):
            return
        values = {name: found[numbers] for name, found in self.table.along_runs().items()}
        for name, found in statistics(values, self.table.lowest_known[numbers]).items():
            if name not in self.statistics:
                self.statistics[name] = np.full(self.shape, 0 if name in COUNTS else np.nan)
            self.statistics[name].ravel()[numbers] = found

    def dataset(self, interrupted: bool = False) -> xarray.Dataset:
        """All that is known, as values of its own."""
        return self.table.known(self.statistics, self._attributes() | {"interrupted": int(interrupted)})

    def _attributes(self) -> dict[str, Any]:
        return {
            "first": self.first,
            "width": self.width,
            "level": min(self.level, self.levels - 1),
            "levels": self.levels,
            "runs_done": int(self.runs_done.sum()),
            "runs_planned": self.total,
        }

    def index(self, number: int) -> tuple[int, ...]:
        """The place of a cell in the grid."""
        return tuple(int(i) for i in np.unravel_index(number, self.shape)) if self.shape else ()


def _levels(shape: tuple[int, ...], most: list[int]) -> np.ndarray:
    """The level with which each cell comes, shape ``shape``."""
    found = np.zeros(shape, int)
    for axis, (size, p) in enumerate(zip(shape, most, strict=True)):
        i = np.arange(size)
        level = np.full(size, p)
        for earlier in range(p - 1, -1, -1):
            stride = 2 ** (p - earlier)
            level[i % stride == (stride // 2 if earlier == 0 else 0)] = earlier
        found = np.maximum(found, level.reshape(-1, *[1] * (len(shape) - axis - 1)))
    return found


class RefinedTable(Table):
    """The runs of all cells, with their measures; what has not come is NaN, with ``finished`` False."""

    def __init__(self, problem: Problem, axes: tuple[Axis, ...], settings: Settings):
        super().__init__(problem, axes, settings)
        more = measures.variables(type(problem.dynamics))
        self._layout = Layout(self._layout.variables | more, self._layout.sizes)

    @property
    def layout(self) -> Layout:
        """The variables along run."""
        return self._layout

    def along_runs(self) -> dict[str, np.ndarray]:
        """Views of the variables whose only dimension beside the axes is run, each (cells, runs)."""
        return {
            name: self._values[name].reshape(self.cells, -1)
            for name, variable in self._layout.variables.items()
            if variable.dims == ("run",)
        }

    @property
    def lowest_known(self) -> np.ndarray:
        """F* of the cells that have come, (cells,)."""
        return self._numbers["lowest_known"].ravel()

    def known(self, cells: Mapping[str, np.ndarray], attributes: Mapping[str, Any]) -> xarray.Dataset:
        """A Dataset of copies: the runs, the statistics of the ``cells`` (name → array of the grid's shape), and what they are."""
        import xarray

        variables = {name: (dims, values.copy(), said) for name, (dims, values, said) in self.variables().items()}
        for name, values in cells.items():
            values = values.astype(int) if name in COUNTS else values.copy()
            variables[name] = (self.names, values, about(name))
        coordinates = self._layout.coordinates(self.settings, self.problem.swarm.seed, ((), 0.0), self.judged_by())
        coordinates = {name: of for name, of in coordinates.items() if name not in ("t", "step")}
        return xarray.Dataset(variables, coordinates | self.labels(), self.attributes() | dict(attributes))
