r"""Beale.

F(x, y) = (1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²          (1)
"""

from __future__ import annotations

import numpy as np

from swarmviz.landscapes.base import Landscape, block


@block
def beale(x, p, out):  # (1)
    X, Y = x[0], x[1]
    for j in range(X.size):
        y2 = Y[j] * Y[j]
        a, b, c = 1.5 - X[j] * (1.0 - Y[j]), 2.25 - X[j] * (1.0 - y2), 2.625 - X[j] * (1.0 - y2 * Y[j])
        out[j] = a * a + b * b + c * c


@block
def beale_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        y2 = Y[j] * Y[j]
        u, v, w = 1.0 - Y[j], 1.0 - y2, 1.0 - y2 * Y[j]
        a, b, c = 1.5 - X[j] * u, 2.25 - X[j] * v, 2.625 - X[j] * w
        dX[j] = -2.0 * (a * u + b * v + c * w)
        dY[j] = 2.0 * X[j] * (a + 2.0 * Y[j] * b + 3.0 * y2 * c)


class Beale(Landscape):
    """A flat curved valley between walls that rise at the corners of the box."""

    title = "Beale"
    equation = r"F(x, y) = (1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2"
    reference = "Beale 1958; Jamil and Yang 2013"
    low, high = -4.5, 4.5
    dims = (2, 2)
    log_colours = True
    confining = False
    block_values, block_gradient = staticmethod(beale), staticmethod(beale_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.array([[3.0, 0.5]])
