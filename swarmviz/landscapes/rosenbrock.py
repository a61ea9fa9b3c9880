r"""Rosenbrock: a long, flat, curved valley.

F(x) = Σ_{i<d} [(1 − x_i)² + 100 (x_{i+1} − x_i²)²]          (1)  001 eq. 4.5, 003 table 1
"""

from __future__ import annotations

import numpy as np

from swarmviz.landscapes.base import Landscape, block


@block
def rosenbrock(x, p, out):  # (1)
    d, n = x.shape
    out[:] = 0.0
    for i in range(d - 1):
        xi, xn = x[i], x[i + 1]
        for j in range(n):
            a, b = 1.0 - xi[j], xn[j] - xi[j] * xi[j]
            out[j] += a * a + 100.0 * b * b


@block
def rosenbrock_gradient(x, p, out):
    d, n = x.shape
    out[:] = 0.0
    for i in range(d - 1):
        xi, xn, oi, on = x[i], x[i + 1], out[i], out[i + 1]
        for j in range(n):
            a, b = 1.0 - xi[j], xn[j] - xi[j] * xi[j]
            oi[j] += -2.0 * a - 400.0 * xi[j] * b
            on[j] = 200.0 * b


class Rosenbrock(Landscape):
    """A long, flat, curved valley."""

    title = "Rosenbrock"
    equation = r"F(x) = \sum_{i<d} \left[(1 - x_i)^2 + 100\,(x_{i+1} - x_i^2)^2\right]"
    reference = "001 eq. 4.5"
    low, high = -5.0, 5.0
    dims = (2, None)
    log_colours = True
    block_values, block_gradient = staticmethod(rosenbrock), staticmethod(rosenbrock_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.ones((1, d))


class WideRosenbrock(Rosenbrock):
    """Rosenbrock on the large box of 003, where F spans twelve orders of magnitude."""

    title = "Rosenbrock, wide box"
    reference = "003 table 1"
    low, high = -100.0, 100.0
    nearest_minimum = 0.0177  # near (−1, 1, …, 1), from d = 4 on
