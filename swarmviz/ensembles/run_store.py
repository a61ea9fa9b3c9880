"""Where a refinement keeps its finished runs: a folder of NetCDF files, each a table of runs, one row a run.

A run is a function of its cell and its number. So the folder is not that of one plan of runs: what is asked for later with more runs, or
with another order of them, goes on with what is there.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from swarmviz.ensembles.dataset import provenance
from swarmviz.ensembles.refinement import Portion, Refinement
from swarmviz.ensembles.store import Store
from swarmviz.ensembles.sweeps import manifest

FORMAT_OF_RUNS = "runs 1"  # of the store
PLAN = ("runs", "first", "width")  # settings on which no run depends


class RunStore(Store):
    """Runs of the cells of a refinement in a folder.

    Parameters
    ----------
    folder : path
    refinement : Refinement
        Whose runs they are; a folder of other cells, or of other settings than the number of runs, is refused.

    Raises
    ------
    TypeError, ValueError
        When ``folder`` is no path.
    """

    prefix = "runs"

    def __init__(self, folder: str | os.PathLike[str], refinement: Refinement):
        whole = manifest(refinement.problem, refinement.axes, refinement.settings)
        settings = {name: value for name, value in whole["settings"].items() if name not in PLAN}
        super().__init__(folder, whole | {"format": FORMAT_OF_RUNS, "settings": settings})
        self._refinement = refinement
        about = provenance(refinement.problem, refinement.settings)
        self._expected = {name: about[name] for name in ("swarmviz", "sources", "dynamics", "landscape", "swarm")}
        self._rows: dict[int, dict[int, tuple[int, int]]] = {}  # cell → run → (file, row)
        self._files: list[dict[str, np.ndarray]] = []
        self._next = 0

    def counts(self) -> np.ndarray:
        """Of how many runs, from run 0 on, each cell's results are there; reads every file.

        Raises
        ------
        StoreError
            When a file is damaged or is that of another refinement.
        """
        self._next = 0
        while self._next in self:
            table = self.get(self._next, self._expected)
            self._files.append({str(name): values.values for name, values in table.data_vars.items()})
            for row, (cell, run) in enumerate(
                zip(table["cell"].values.tolist(), table["run"].values.tolist(), strict=True)
            ):
                self._rows.setdefault(cell, {})[run] = len(self._files) - 1, row
            self._next += 1
        counts = np.zeros(self._refinement.shape, int)
        for cell, runs in self._rows.items():
            while int(counts.flat[cell]) in runs:
                counts.flat[cell] += 1
        return counts

    def runs_of(self, portion: Portion) -> tuple[dict[str, np.ndarray], dict[str, float]]:
        """The results of some runs, which are there, and the numbers by which they are judged."""
        places = [self._rows[portion.number][run] for run in range(portion.first, portion.first + portion.runs)]
        layout = self._refinement.table.layout
        d = self._refinement.problem_of(portion.number).swarm.d
        found = {}
        for name in layout.variables:
            values = np.array([self._files[file][name][row] for file, row in places])
            found[name] = values[:, :d] if values.ndim > 1 else values
        file, row = places[0]
        return found, {name: float(self._files[file][name][row]) for name in self._refinement.table.judging}

    def put(self, found: Any) -> None:  # type: ignore[override]  # many portions at once
        """Write the results of some portions, each (Portion, name → array, by what they are judged), into a new file.

        Raises
        ------
        StoreError
            When the disk is full or read-only; what was written before is kept.
        """
        import xarray

        layout = self._refinement.table.layout
        rows = sum(portion.runs for portion, _, _ in found)
        columns = {
            name: np.full((rows, *layout.shape(name)[1:]), variable.blank, variable.dtype)
            for name, variable in layout.variables.items()
        }
        cell, run = np.empty(rows, int), np.empty(rows, int)
        numbers = {name: np.empty(rows) for name in self._refinement.table.judging}
        at = 0
        for portion, values, judged_by in found:
            here = slice(at, at + portion.runs)
            cell[here], run[here] = portion.number, np.arange(portion.first, portion.first + portion.runs)
            for name, column in numbers.items():
                column[here] = judged_by[name]
            for name, column in columns.items():
                column[(here, *(slice(size) for size in values[name].shape[1:]))] = values[name]
            at += portion.runs
        dims = {name: ("row", *variable.dims[1:]) for name, variable in layout.variables.items()}
        table = xarray.Dataset(
            {name: (dims[name], column) for name, column in columns.items()}
            | {name: ("row", column) for name, column in ({"cell": cell, "run": run} | numbers).items()},
            attrs=self._expected,
        )
        super().put(self._next, table)
        self._next += 1
