r"""Easom: a plain with one small hole.

F(x, y) = −cos x cos y exp(−(x − π)² − (y − π)²)          (1)  Easom 1990
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.elementary import cos, exp, sin
from swarmviz.landscapes.base import Landscape, block


@block
def easom(x, p, out):  # (1)
    X, Y = x[0], x[1]
    for j in range(X.size):
        u, v = X[j] - np.pi, Y[j] - np.pi
        out[j] = -cos(X[j]) * cos(Y[j]) * exp(-u * u - v * v)


@block
def easom_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        u, v = X[j] - np.pi, Y[j] - np.pi
        e, a, b = exp(-u * u - v * v), cos(X[j]), cos(Y[j])
        dX[j] = e * b * (sin(X[j]) + 2.0 * u * a)
        dY[j] = e * a * (sin(Y[j]) + 2.0 * v * b)


class Easom(Landscape):
    """A needle hole in a plain: without a slope to follow, somebody has to step on it."""

    title = "Easom"
    equation = r"F(x, y) = -\cos x \cos y \; e^{-(x - \pi)^2 - (y - \pi)^2}"
    reference = "Easom 1990"
    remark = "Often taken on [−100, 100]², where the hole is smaller than a dot on the screen."
    low, high = -10.0, 10.0
    dims = (2, 2)
    confining = False
    block_values, block_gradient = staticmethod(easom), staticmethod(easom_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.full((1, d), np.pi)
