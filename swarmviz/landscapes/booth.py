r"""Booth: a convex quadratic.

F(x, y) = (x + 2y − 7)² + (2x + y − 5)²          (1)
"""

from __future__ import annotations

import numpy as np

from swarmviz.landscapes.base import Landscape, block


@block
def booth(x, p, out):  # (1)
    X, Y = x[0], x[1]
    for j in range(X.size):
        a, b = X[j] + 2.0 * Y[j] - 7.0, 2.0 * X[j] + Y[j] - 5.0
        out[j] = a * a + b * b


@block
def booth_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        a, b = X[j] + 2.0 * Y[j] - 7.0, 2.0 * X[j] + Y[j] - 5.0
        dX[j] = 2.0 * a + 4.0 * b
        dY[j] = 4.0 * a + 2.0 * b


class Booth(Landscape):
    """A long, tilted bowl."""

    title = "Booth"
    equation = r"F(x, y) = (x + 2y - 7)^2 + (2x + y - 5)^2"
    reference = "Jamil and Yang 2013"
    low, high = -10.0, 10.0
    dims = (2, 2)
    block_values, block_gradient = staticmethod(booth), staticmethod(booth_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.array([[1.0, 3.0]])
