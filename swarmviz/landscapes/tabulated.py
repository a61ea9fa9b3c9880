r"""The landscape that a table of values defines, as a curve through them: F(i) = U_i at i = 0, 1, …, S − 1.

    F(x) = (1 − t) U_i + t U_{i+1},  i = ⌊x⌋, t = x − i,  for 0 ≤ x ≤ S − 1;  U_0 before, U_{S−1} after          (1)

The box from −½ to S − ½ is cut into as many cells as there are values, so that a finite set of S states meets each value exactly.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.kernels.elementary import elementary
from swarmviz.landscapes.base import Landscape, block
from swarmviz.parameters import Numbers

TWO_VALLEYS = (2.0, 1.0, 0.5, 2.0, 4.0, 2.0, 0.0, 1.0, 2.0)


@elementary
def step_after(p, i):
    """U_{i+1} − U_i; 0 before the first value and after the last."""
    return p[i + 1] - p[i] if 0 <= i < p.size - 1 else 0.0


@block
def tabulated_values(x, p, out):  # (1)
    xi, last = x[0], p.size - 1
    for j in range(xi.size):
        at = 0.0 if xi[j] < 0.0 else xi[j] if xi[j] < last else float(last)
        i = min(int(at), last - 1)
        t = at - i
        out[j] = (1.0 - t) * p[i] + t * p[i + 1] + (xi[j] - xi[j])  # the last is not a number where x is none


@block
def tabulated_gradient(x, p, out):
    xi, oi, last = x[0], out[0], p.size - 1
    for j in range(xi.size):
        at = -1.0 if xi[j] < 0.0 else xi[j] if xi[j] <= last else last + 0.5
        i = int(np.floor(at))
        here = step_after(p, i)
        oi[j] = (0.5 * (step_after(p, i - 1) + here) if at == i else here) + (xi[j] - xi[j])


class Tabulated(Landscape):
    """A landscape from a table of one's own: its values at 0, 1, 2, … on a line, joined by straight pieces."""

    title = "Values of one's own"
    equation = r"F(x) = (1 - t)\,U_i + t\,U_{i+1}, \quad i = \lfloor x \rfloor, \quad t = x - i"
    reference = "written by hand"
    remark = (
        "A finite set with as many states as values has the values as U. At a value the slope is the mean of both sides; before the "
        "first and after the last F is constant."
    )
    dims = (1, 1)
    nearest_minimum = None
    smoothness = 0
    confining = False
    block_values, block_gradient = staticmethod(tabulated_values), staticmethod(tabulated_gradient)

    table = Numbers(TWO_VALLEYS, bounds=(-1e12, 1e12), lengths=(2, 10_000), symbol="U", label="Values",
                    doc="Values of F, at 0, 1, 2, …: those of the states of a finite set with as many.")  # fmt: skip

    @property
    def tabulated(self) -> int:  # type: ignore[override]  # it depends on a parameter
        """How many values there are."""
        return len(self.table)

    @property
    def low(self) -> Any:
        """Half a cell before the first value."""
        return -0.5

    @property
    def high(self) -> Any:
        """Half a cell after the last value."""
        return len(self.table) - 0.5

    def constants(self):
        return np.array(self.table)

    def minimisers(self, d):
        self.require_dimension(d)
        U = np.array(self.table)
        return np.flatnonzero(U == U.min()).astype(float)[:, None]
