r"""McCormick's function: a trough with a wave along its floor.

    F(x, y) = sin(x + y) + (x − y)² − 1.5x + 2.5y + 1          (1)

It is lowest along the floor where cos(x + y) = −½. A step (π, π) along it leads from a minimum to the next and adds π.
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.elementary import cos, sin
from swarmviz.landscapes.base import Landscape, block


@block
def mccormick(x, p, out):  # (1)
    X, Y = x[0], x[1]
    for j in range(X.size):
        t = X[j] - Y[j]
        out[j] = sin(X[j] + Y[j]) + t * t - 1.5 * X[j] + 2.5 * Y[j] + 1.0


@block
def mccormick_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        wave, t = cos(X[j] + Y[j]), 2.0 * (X[j] - Y[j])
        dX[j] = wave + t - 1.5
        dY[j] = wave - t + 2.5


class McCormick(Landscape):
    """A trough with a second, higher valley further up its floor."""

    title = "McCormick"
    equation = r"F(x, y) = \sin(x + y) + (x - y)^2 - 1.5x + 2.5y + 1"
    reference = "McCormick 1976; Jamil and Yang 2013"
    remark = (
        "The minimum is −√3/2 − π/3 = −1.91322, at (½ − π/3, −½ − π/3). Some sources end the box at y = 3 instead of 4. "
        "Lower still outside of the box, by π with every step (−π, −π)."
    )
    low, high = (-1.5, -3.0), (4.0, 4.0)
    dims = (2, 2)
    confining = False
    block_values, block_gradient = staticmethod(mccormick), staticmethod(mccormick_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.array([[-0.54719755119659774615, -1.5471975511965977462]])
