r"""The landscape through a table of values on a line or a plane: a cubic spline (:mod:`swarmviz.landscapes.grid.spline`).

    F(x) = S(u),  u_i = (x_i − low_i) / h_i  clamped to 0 … S_i − 1                             (1)

The table travels to the compiled functions as numbers, so a table that is edited never compiles anything:

    p = axes, S_1, S_2, low_1, 1/h_1, low_2, 1/h_2, then the coefficients, row by row            (2)
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from param.parameterized import Undefined

from swarmviz.kernels.elementary import elementary
from swarmviz.landscapes.base import Landscape, block
from swarmviz.landscapes.grid import files, spline
from swarmviz.landscapes.separation import sought
from swarmviz.parameters import Vector

MOST_NUMBERS = files.MOST_NUMBERS
MOST_IN_A_LINK = 64
LARGEST = 1e12  # of a value
FAR = 1e6  # the box lies within it
HEADER = 7  # numbers of (2) before the coefficients
TWO_BASINS = (
    (6.0, 5.0, 4.5, 5.0, 5.5, 6.0),
    (5.0, 2.0, 1.5, 3.5, 4.0, 5.0),
    (4.5, 1.0, 0.5, 3.0, 2.5, 4.0),
    (5.0, 3.0, 3.5, 3.5, 1.0, 3.5),
    (5.5, 4.0, 3.0, 1.5, 0.0, 4.0),
    (6.0, 5.5, 5.0, 4.5, 4.0, 6.0),
)


@elementary
def weight(a, t):
    """B_a(t) of (2) of the spline."""
    s = 1.0 - t
    first, last = s * s * s, t * t * t
    second, third = (3.0 * t - 6.0) * t * t + 4.0, ((3.0 - 3.0 * t) * t + 3.0) * t + 1.0
    return (first if a == 0 else second if a == 1 else third if a == 2 else last) / 6.0


@elementary
def slope(a, t):
    """B_a′(t)."""
    s = 1.0 - t
    first, last = -s * s, t * t
    second, third = (3.0 * t - 4.0) * t, (2.0 - 3.0 * t) * t + 1.0
    return 0.5 * (first if a == 0 else second if a == 1 else third if a == 2 else last)


@elementary
def clamped(u, last):
    """u within 0 … last; 0 where it is not a number."""
    return last if u >= last else u if u > 0.0 else 0.0


@block
def grid_values(x, p, out):  # (1)
    n, last = x.shape[1], p[1] - 1.0
    columns = int(p[2]) + 2
    for j in range(n):
        u = clamped((x[0, j] - p[3]) * p[4], last)
        i = min(int(u), int(last) - 1)
        t, total = u - i, 0.0
        if p[0] == 1.0:
            for a in range(4):
                total += weight(a, t) * p[HEADER + i + a]
            out[j] = total + 0.0 * x[0, j]
        else:
            v = clamped((x[1, j] - p[5]) * p[6], p[2] - 1.0)
            k = min(int(v), int(p[2]) - 2)
            s = v - k
            for a in range(4):
                row, at = 0.0, HEADER + (i + a) * columns + k
                for b in range(4):
                    row += weight(b, s) * p[at + b]
                total += weight(a, t) * row
            out[j] = total + 0.0 * x[0, j] + 0.0 * x[1, j]


@block
def grid_gradient(x, p, out):
    n, last = x.shape[1], p[1] - 1.0
    columns = int(p[2]) + 2
    for j in range(n):
        far = (x[0, j] - p[3]) * p[4]
        u = clamped(far, last)
        i = min(int(u), int(last) - 1)
        t, along, across = u - i, 0.0, 0.0
        if p[0] == 1.0:
            for a in range(4):
                along += slope(a, t) * p[HEADER + i + a]
        else:
            far_2 = (x[1, j] - p[5]) * p[6]
            v = clamped(far_2, p[2] - 1.0)
            k = min(int(v), int(p[2]) - 2)
            s = v - k
            for a in range(4):
                row, steep, at = 0.0, 0.0, HEADER + (i + a) * columns + k
                for b in range(4):
                    row += weight(b, s) * p[at + b]
                    steep += slope(b, s) * p[at + b]
                along += slope(a, t) * row
                across += weight(a, t) * steep
            out[1, j] = (across * p[6] if v == far_2 else 0.0) + 0.0 * x[0, j] + 0.0 * x[1, j]
        out[0, j] = (along * p[4] if u == far else 0.0) + 0.0 * x[0, j] + (0.0 * x[1, j] if p[0] == 2.0 else 0.0)


class Table(tuple):
    """Values on a grid that have been checked: numbers, or rows of numbers; what follows from them is computed once."""

    @cached_property
    def array(self) -> np.ndarray:
        """(S,) or (S, T)."""
        return np.array(self, dtype=np.float64)

    @cached_property
    def coefficients(self) -> np.ndarray:
        """Those of the spline."""
        return spline.coefficients(self.array)

    @cached_property
    def minima(self) -> np.ndarray:
        """The lowest minima of the spline in cells, (m, axes)."""
        return spline.minima(self.array, self.coefficients)

    def __reduce__(self):
        return Table, (tuple(self),)


class Heights(Vector):
    """A parameter that holds values on a grid: a row of two or more numbers, or two or more such rows of the same length."""

    def __init__(self, default, **params):
        super().__init__(default=self._tuples(default), shape="table", **params)

    def _tuples(self, val):
        if isinstance(val, Table):
            return val
        try:
            array = np.asarray(val)
        except ValueError:
            self.refuse(val, "must be rows of the same length")
        if array.dtype.kind not in "fiu":
            self.refuse(val, "must be real numbers, a row of them or rows of the same length")
        if array.ndim not in (1, 2) or min(array.shape) < 2 or array.size > MOST_NUMBERS:
            self.refuse(
                val,
                f"has shape {array.shape}: must be a row, or rows, of at least 2 numbers each and at most {MOST_NUMBERS:,} together",
            )
        array = array.astype(np.float64)
        if not (np.abs(array) <= LARGEST).all():  # also where it is not a number
            at = np.argwhere(~(np.abs(array) <= LARGEST))[0]
            self.refuse(
                float(array[tuple(at)]), f"value {tuple(at.tolist())} must be a number from {-LARGEST:g} to {LARGEST:g}"
            )
        rows = array.tolist()
        return Table(rows if array.ndim == 1 else [tuple(row) for row in rows])


class Intervals(Vector):
    """A parameter that holds one interval (low, high) for all coordinates, or a row (low, high) for each."""

    def __init__(self, default, **params):
        super().__init__(default=default, shape="table", **params)

    def _tuples(self, val):
        val = super()._tuples(val)
        rows = val if isinstance(val, tuple) and val and isinstance(val[0], tuple) else (val,)
        right = all(isinstance(row, tuple) and len(row) == 2 and -FAR <= row[0] < row[1] <= FAR for row in rows)
        if not right or len(rows) > 2:
            self.refuse(
                val,
                f"must be (low, high) within ±{FAR:g}, the first smaller than the second, or a row of such for each coordinate",
            )
        return rows[0] if len(rows) == 1 else rows


class Grid(Landscape):
    """A landscape through values on a regular grid, in one or two dimensions: a cubic spline with its exact gradient.

    Parameters
    ----------
    values : array_like of shape (S,) or (S, T)
        F at S places of the first coordinate, from ``low`` to ``high``, and T of the second; at most 65,536.
    low, high : float or sequence of float
        Where the first and the last values lie; a sequence has one number for each coordinate.

    Examples
    --------
    >>> import numpy as np
    >>> import swarmviz as sv
    >>> x = np.linspace(-2, 2, 21)
    >>> grid = sv.landscapes.Grid(np.square(x), -2, 2)
    >>> bool(abs(grid.values([[0.3]])[0] - 0.09) < 1e-12), grid.minimisers(1).round(9).tolist()
    (True, [[0.0]])
    """

    title = "Table of one's own"
    equation = r"F(x) = \sum_{a,b} c_{i+a,\,k+b}\, B_a(t)\, B_b(s)"
    reference = "a cubic spline through the values (de Boor 2001)"
    remark = (
        "Twice continuously differentiable within the box; outside F is that of the nearest point of the box. Its minimisers are "
        "found numerically, on the spline and not in the table."
    )
    nearest_minimum = None
    smoothness = 0  # over the whole space: on the edge of the box there is a kink
    confining = False
    block_values, block_gradient = staticmethod(grid_values), staticmethod(grid_gradient)

    table = Heights(TWO_BASINS, symbol="U", label="Values",
                    doc="Values of F on a regular grid: a row for the line; rows for the plane, one for each place of the first "
                    "coordinate.")  # fmt: skip
    span = Intervals((-3.0, 3.0), symbol="D", label="Box",
                     doc="Where the first and the last values lie: low, high; a row for each coordinate where they differ.")  # fmt: skip

    def __init__(self, table: Any = Undefined, low: Any = None, high: Any = None, **values: Any):
        if (low is None) != (high is None):
            raise ValueError(f"low = {low!r}, high = {high!r}: give both or neither")
        if low is not None:
            if "span" in values:
                raise TypeError("span is given twice, by low and high as well")
            values["span"] = np.stack(np.broadcast_arrays(*np.atleast_1d(low, high)), axis=1)
        super().__init__(**values, **({} if table is Undefined else {"table": table}))

    @classmethod
    def read(cls, path: Any, low: Any = None, high: Any = None, variable: str | None = None) -> Grid:
        """The landscape of a file: CSV (numbers between commas, a line for each place of the first coordinate), a NetCDF variable
        with its coordinates as box, or a picture (PNG, JPEG) whose brightness from 0 to 1 is F, as it is seen.

        Parameters
        ----------
        path : path
            Its ending says what it is; a picture of more than 256 pixels a side is made smaller.
        low, high : float or sequence of float, optional
            The box; when absent that of the coordinates, else (−3, 3).
        variable : str, optional
            Of a NetCDF file with more than one.

        Raises
        ------
        ValueError, OSError, ImportError
            When the file cannot be read, or holds something else; says what.
        """
        values, found = files.read(path, variable)
        if low is None and high is None and found is not None:
            low, high = found
        return cls(values, low, high)

    def _ends(self, which: int) -> Any:
        rows = self.span if isinstance(self.span[0], tuple) else (self.span,)
        ends = tuple(row[which] for row in rows[: self.axes])
        return ends[0] if len(ends) == 1 else ends

    @property
    def axes(self) -> int:
        """1 on a line, 2 on a plane."""
        return self.table.array.ndim

    @property
    def dims(self) -> tuple[int, int | None]:  # type: ignore[override]  # it depends on a parameter
        """The dimension of the table."""
        return self.axes, self.axes

    @property
    def low(self) -> Any:
        """Where the first values lie."""
        return self._ends(0)

    @property
    def high(self) -> Any:
        """Where the last values lie."""
        return self._ends(1)

    @property
    def unlinkable(self) -> str:
        """Why a link cannot hold it."""
        size = self.table.array.size
        return (
            f"a link holds a table of at most {MOST_IN_A_LINK} values, and this has {size:,}"
            if size > MOST_IN_A_LINK
            else ""
        )

    def constants(self):  # (2)
        shape = np.ones(2)
        shape[: self.axes] = self.table.array.shape
        low, high = (
            np.broadcast_to(end, (2,)) if np.ndim(end) == 0 else np.array(end) for end in (self.low, self.high)
        )
        per_cell = np.maximum(shape - 1, 1) / (high - low)
        head = [self.axes, *shape, low[0], per_cell[0], low[1], per_cell[1]]
        return np.concatenate([head, np.ravel(self.table.coefficients)])

    def minimisers(self, d):
        self.require_dimension(d)
        low, high = self.limits(d)
        return low + self.table.minima * (high - low) / (np.array(self.table.array.shape) - 1)

    def separation(self, d):
        """As in the base class; kept by the table, because it is the same for every box, and a large table is seldom compared."""
        self.require_dimension(d)
        known = self.table.__dict__
        if "separation" not in known:
            known["separation"] = sought(self, d)
        return known["separation"]
