r"""Langermann's function: rings around five points, which fade with the distance and interfere.

    F(x, y) = −Σ_{i ≤ 5} c_i e^{−q_i/π} cos πq_i,   q_i = |(x, y) − a_i|²          (1)

with the points a_i and weights c_i below, those of Molga and Smutnicki 2005.
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.elementary import cos2pi, exp, sin2pi
from swarmviz.landscapes.base import Landscape, block

POINTS = np.array([[3.0, 5.0], [5.0, 2.0], [2.0, 1.0], [1.0, 4.0], [7.0, 9.0]])  # a_i
WEIGHTS = np.array([1.0, 2.0, 5.0, 2.0, 3.0])  # c_i


@block
def langermann(x, p, out):  # (1)
    X, Y = x[0], x[1]
    out[:] = 0.0
    for i in range(WEIGHTS.size):
        a, b, c = POINTS[i, 0], POINTS[i, 1], WEIGHTS[i]
        for j in range(X.size):
            q = (X[j] - a) * (X[j] - a) + (Y[j] - b) * (Y[j] - b)
            out[j] -= c * exp(-q / np.pi) * cos2pi(0.5 * q)


@block
def langermann_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    out[:] = 0.0
    for i in range(WEIGHTS.size):
        a, b, c = POINTS[i, 0], POINTS[i, 1], WEIGHTS[i]
        for j in range(X.size):
            u, v = X[j] - a, Y[j] - b
            q = u * u + v * v
            slope = 2.0 * c * exp(-q / np.pi) * (cos2pi(0.5 * q) / np.pi + np.pi * sin2pi(0.5 * q))  # 2 ∂F/∂q_i
            dX[j] += slope * u
            dY[j] += slope * v


class Langermann(Landscape):
    """Fading rings around five points that interfere: many local minima, unevenly spread over a plain."""

    title = "Langermann"
    equation = r"F(x, y) = -\sum_{i=1}^{5} c_i\, e^{-q_i/\pi} \cos \pi q_i, \quad q_i = |(x, y) - a_i|^2"
    reference = "Molga and Smutnicki 2005"
    remark = (
        "a = (3, 5), (5, 2), (2, 1), (1, 4), (7, 9) and c = 1, 2, 5, 2, 3; the minimum is −5.162126. Sources that leave out "
        "the minus sign turn the land upside down: its minimum is then −4.155809, at (2.793402, 1.597233)."
    )
    low, high = 0.0, 10.0
    dims = (2, 2)
    nearest_minimum = 0.0475  # the next ring around the deepest point
    confining = False
    block_values, block_gradient = staticmethod(langermann), staticmethod(langermann_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.array([[2.0029921199344654440, 1.0060959402921884515]])
