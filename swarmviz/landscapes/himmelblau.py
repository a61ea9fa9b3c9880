r"""Himmelblau: four equal minima.

F(x, y) = (x² + y − 11)² + (x + y² − 7)²          (1)
"""

from __future__ import annotations

import numpy as np

from swarmviz.landscapes.base import Landscape, block


@block
def himmelblau(x, p, out):  # (1)
    X, Y = x[0], x[1]
    for j in range(X.size):
        a, b = X[j] * X[j] + Y[j] - 11.0, X[j] + Y[j] * Y[j] - 7.0
        out[j] = a * a + b * b


@block
def himmelblau_gradient(x, p, out):
    X, Y, oX, oY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        a, b = X[j] * X[j] + Y[j] - 11.0, X[j] + Y[j] * Y[j] - 7.0
        oX[j] = 4.0 * X[j] * a + 2.0 * b
        oY[j] = 2.0 * a + 4.0 * Y[j] * b


class Himmelblau(Landscape):
    """Four wells of the same depth."""

    title = "Himmelblau"
    equation = r"F(x, y) = (x^2 + y - 11)^2 + (x + y^2 - 7)^2"
    reference = "Himmelblau 1972, p. 428"
    low, high = -6.0, 6.0
    dims = (2, 2)
    log_colours = True
    block_values, block_gradient = staticmethod(himmelblau), staticmethod(himmelblau_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.array([
            [3.0, 2.0],
            [-2.8051180869527448531, 3.1313125182505729658],
            [-3.7793102533777468896, -3.2831859912861694124],
            [3.5844283403304917449, -1.8481265269644035525],
        ])  # fmt: skip
