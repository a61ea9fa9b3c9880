r"""Hölder table: four global minima near the corners of the box.

    F(x, y) = −|sin x cos y| exp|1 − r/π|,  r = |(x, y)|          (1)  Mishra 2006

On a kink the gradient leaves out the part that has none there, as if |·| had slope 0 at 0.
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.elementary import cos, exp, sin
from swarmviz.landscapes.base import Landscape, block
from swarmviz.landscapes.lanes import sign


@block
def holder(x, p, out):  # (1)
    X, Y = x[0], x[1]
    for j in range(X.size):
        r = np.sqrt(X[j] * X[j] + Y[j] * Y[j])
        out[j] = -abs(sin(X[j]) * cos(Y[j])) * exp(abs(1.0 - r / np.pi))


@block
def holder_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        r = np.sqrt(X[j] * X[j] + Y[j] * Y[j])
        wave, e = sin(X[j]) * cos(Y[j]), exp(abs(1.0 - r / np.pi))
        radial = abs(wave) * sign(1.0 - r / np.pi) / (np.pi * r) if r != 0.0 else 0.0
        dX[j] = e * (radial * X[j] - sign(wave) * cos(X[j]) * cos(Y[j]))
        dY[j] = e * (radial * Y[j] + sign(wave) * sin(X[j]) * sin(Y[j]))


class HolderTable(Landscape):
    """A table with four legs: four global minima near the corners of the box."""

    title = "Hölder table"
    equation = r"F(x, y) = -\left|\sin x \cos y \; e^{\left|1 - \sqrt{x^2 + y^2}/\pi\right|}\right|"
    reference = "Mishra 2006"
    remark = "Lower still outside of the box. On the kinks the gradient leaves out the term that has a kink."
    low, high = -10.0, 10.0
    dims = (2, 2)
    smoothness = 0
    confining = False
    block_values, block_gradient = staticmethod(holder), staticmethod(holder_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        x, y = 8.0550234757365634198, 9.6645900192412728900
        return np.array([[x, y], [x, -y], [-x, y], [-x, -y]])
