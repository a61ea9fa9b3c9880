r"""Goldstein–Price.

    F(x, y) = [1 + (x + y + 1)² (19 − 14x + 3x² − 14y + 6xy + 3y²)]
              × [30 + (2x − 3y)² (18 − 32x + 12x² + 48y − 36xy + 27y²)]          (1)

With s = x + y and t = 2x − 3y the factors of (1) are 1 + (s + 1)² (19 − 14s + 3s²) and 30 + t² (18 − 16t + 3t²): a
function of s times a function of t.
"""

from __future__ import annotations

import numpy as np

from swarmviz.landscapes.base import Landscape, block


@block
def goldstein(x, p, out):  # (1)
    X, Y = x[0], x[1]
    for j in range(X.size):
        s, t = X[j] + Y[j], 2.0 * X[j] - 3.0 * Y[j]
        first = 1.0 + (s + 1.0) * (s + 1.0) * (19.0 + s * (3.0 * s - 14.0))
        out[j] = first * (30.0 + t * t * (18.0 + t * (3.0 * t - 16.0)))


@block
def goldstein_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        s, t = X[j] + Y[j], 2.0 * X[j] - 3.0 * Y[j]
        u, P, Q = s + 1.0, 19.0 + s * (3.0 * s - 14.0), 18.0 + t * (3.0 * t - 16.0)
        first, second = 1.0 + u * u * P, 30.0 + t * t * Q
        along_s = u * (2.0 * P + u * (6.0 * s - 14.0)) * second
        along_t = t * (2.0 * Q + t * (6.0 * t - 16.0)) * first
        dX[j] = along_s + 2.0 * along_t
        dY[j] = along_s - 3.0 * along_t


class GoldsteinPrice(Landscape):
    """Four valleys on a range of six orders of magnitude; the lowest value is 3."""

    title = "Goldstein–Price"
    equation = (
        r"F(x, y) = \left[1 + (x + y + 1)^2 (19 - 14x + 3x^2 - 14y + 6xy + 3y^2)\right]"
        r" \left[30 + (2x - 3y)^2 (18 - 32x + 12x^2 + 48y - 36xy + 27y^2)\right]"
    )
    reference = "Goldstein and Price 1971"
    low, high = -2.0, 2.0
    dims = (2, 2)
    log_colours = True
    block_values, block_gradient = staticmethod(goldstein), staticmethod(goldstein_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.array([[0.0, -1.0]])
