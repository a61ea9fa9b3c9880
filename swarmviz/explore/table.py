"""A Dataset as one table: a row for each run of each cell (or for each cell where no run was kept), a column for each number of it."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from swarmviz.explore.reading import NUMBERS, axes_of, text_of, texts_of

if TYPE_CHECKING:
    import pandas
    import xarray

MOST_ACROSS = 8  # columns of a variable that has another short dimension: targets, coordinates
ACROSS = ("target", "coordinate")
MOST_NUMBERS = 4_000_000  # of the series from which one picture is made
ENDS = ("finished", "diverged_step", "steps_taken", "final_evaluations", "final_gradients", "lowest_known")


class Column(NamedTuple):
    """A column: what it is called, what it means, and a value for each row."""

    name: str
    label: str
    meaning: str
    units: str
    values: np.ndarray

    @property
    def is_number(self) -> bool:
        """Whether it may be an axis of a picture."""
        return self.values.dtype.kind in NUMBERS


class Flat(NamedTuple):
    """Some rows as a Dataset over ``run`` alone, and of how many rows they are."""

    data: xarray.Dataset
    shown: int
    of: int


class RunTable:
    """The table of a Dataset that :func:`swarmviz.explore.read` has read.

    Parameters
    ----------
    data : Dataset
        It is not changed.

    Attributes
    ----------
    axes : list of str
        The dimensions that tell one cell from another.
    dims : tuple of str
        The dimensions of a row: the axes, and ``run`` where runs were kept.
    shape : tuple of int
        Their sizes.
    """

    def __init__(self, data: xarray.Dataset):
        self.data = data
        self.axes = axes_of(data)
        self.dims = (*self.axes, *(("run",) if "run" in data.dims else ()))
        self.shape = tuple(data.sizes[dim] for dim in self.dims)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return math.prod(self.shape)

    @property
    def of_runs(self) -> bool:
        """Whether a row is a run; else it is a cell."""
        return "run" in self.dims

    @property
    def title(self) -> str:
        """What was run."""
        return text_of(self.data.attrs.get("title")) or "Runs of swarmviz"

    def place(self, row: int) -> dict[str, int]:
        """Dimension → where along it a row is.

        Raises
        ------
        ValueError
            When there is no such row.
        """
        if isinstance(row, bool) or not isinstance(row, int | np.integer) or not 0 <= row < self.rows:
            raise ValueError(f"row = {row!r}: must be a whole number, 0 ≤ row < {self.rows}")
        return dict(zip(self.dims, (int(i) for i in np.unravel_index(row, self.shape)), strict=True))

    # ---- columns -----------------------------------------------------------------------------------------------------------

    @cached_property
    def columns(self) -> dict[str, Column]:
        """Name → column: the axes first, then the number and the seed of the run, then everything else that has a value in each row,
        what has several of them last."""
        first = [name for name in (*self.axes, "run", "seed") if name in self.data.variables]
        rest = [str(name) for name in self.data.data_vars if name not in first]
        found: dict[str, Column] = {}
        for name in (*first, *sorted(rest, key=lambda name: bool(set(self.data[name].dims) - set(self.dims)))):
            for column in self._columns_of(name):
                found[column.name] = column
        return found

    def _columns_of(self, name: str) -> list[Column]:
        values = self.data[name]
        if values.dtype.kind not in NUMBERS + "OUS":
            return []
        across = [dim for dim in values.dims if dim not in self.dims]
        if not across:
            return [self._column(name, values)]
        (dim, *more) = across
        if more or dim not in ACROSS or values.sizes[dim] > MOST_ACROSS:
            return []
        labels = self.data[dim].values if dim in self.data.coords else np.arange(values.sizes[dim])
        return [
            self._column(f"{name} {dim}={label:g}", values.isel({dim: i}, drop=True), f", {dim} {label:g}")
            for i, label in enumerate(np.asarray(labels, float))
        ]

    def _column(self, name: str, values: xarray.DataArray, more: str = "") -> Column:
        meaning = (text_of(values.attrs.get("long_name")) or str(values.name)) + more
        label = (text_of(values.attrs.get("symbol")) or str(values.name)) + more
        return Column(name, label, meaning, text_of(values.attrs.get("units")), self._along(values))

    def _along(self, values: xarray.DataArray) -> np.ndarray:
        """The values of a variable in each row, (rows,)."""
        own = [dim for dim in self.dims if dim in values.dims]
        found = values.transpose(*own).values
        if found.dtype.kind not in NUMBERS:
            found = texts_of(found).reshape(found.shape)
        shape = [size if dim in own else 1 for dim, size in zip(self.dims, self.shape, strict=True)]
        return np.broadcast_to(found.reshape(shape), self.shape).reshape(-1)

    @property
    def numbers(self) -> list[str]:
        """The names of the columns that may be axes of a picture."""
        return [name for name, column in self.columns.items() if column.is_number]

    def frame(self) -> pandas.DataFrame:
        """All columns as a table of pandas, whose index is the row."""
        import pandas

        return pandas.DataFrame({name: column.values for name, column in self.columns.items()})

    # ---- series --------------------------------------------------------------------------------------------------------------

    @cached_property
    def series(self) -> list[str]:
        """The variables that have a value for each row and step."""
        return [
            str(name)
            for name, values in self.data.data_vars.items()
            if "step" in values.dims and set(values.dims) <= {"step", *self.dims} and values.dtype.kind in "fiu"
        ]

    def flat(self, names: list[str], rows: np.ndarray) -> Flat:
        """Variables of some rows as a Dataset over ``run`` and what else they have, for :mod:`swarmviz.plot`.

        Of so many rows that they would hold more than 4 million numbers every second, third … is taken. The time ``t`` is there where all
        of them have the same.
        """
        import xarray

        per_row = sum(
            max(1, math.prod(s for d, s in self.data[name].sizes.items() if d not in self.dims)) for name in names
        )
        taken = thinned(rows, max(1, MOST_NUMBERS // max(1, per_row)))
        wanted = dict.fromkeys([*names, *(name for name in ENDS if name in self.data.variables)])
        variables = {name: self._picked(self.data[name], taken) for name in wanted}
        if "finished" not in variables:
            variables["finished"] = xarray.Variable("run", np.ones(len(taken), bool))
        for name, blank in (("diverged_step", -1), ("steps_taken", 0)):
            if name not in variables:
                variables[name] = xarray.Variable("run", np.full(len(taken), blank))
        coordinates: dict[str, Any] = {"run": np.arange(len(taken))}
        for name in ("step", "target"):
            if name in self.data.coords and any(name in values.dims for values in variables.values()):
                coordinates[name] = self.data[name].variable
        if "step" in coordinates and "t" in self.data.variables and len(taken):
            times = self._picked(self.data["t"], taken)
            if times.dims == ("run", "step") and _all_rows_equal(times.values):  # not where Δt is an axis
                coordinates["t"] = times[0]
        attributes = {name: value for name, value in self.data.attrs.items() if name != "axes"}
        return Flat(xarray.Dataset(variables, coordinates, attributes), len(taken), len(rows))

    def _picked(self, values: xarray.DataArray, rows: np.ndarray) -> Any:
        """A variable at some rows, over run and the dimensions that are none of a row."""
        import xarray

        own = [dim for dim in self.dims if dim in values.dims]
        rest = [dim for dim in values.dims if dim not in self.dims]
        places = dict(zip(self.dims, np.unravel_index(rows, self.shape), strict=True)) if self.dims else {}
        found = values.transpose(*own, *rest).values[tuple(places[dim] for dim in own)]
        if not own:
            found = np.broadcast_to(found, (len(rows), *found.shape))
        return xarray.Variable(("run", *rest), found, values.attrs)


def _all_rows_equal(values: np.ndarray) -> bool:
    return bool(((values == values[0]) | (np.isnan(values) & np.isnan(values[0]))).all())


def thinned(rows: np.ndarray, most: int) -> np.ndarray:
    """At most so many of the rows, evenly spread over them."""
    return rows if len(rows) <= most else rows[np.linspace(0, len(rows) - 1, most).round().astype(int)]
