r"""Bukin N.6: a sharp curved ridge.

    F(x, y) = 100 √|y − x²/100| + |x + 10| / 100          (1)  002 fig. C.16

On a kink the gradient leaves out the part that has none there, as if |·| had slope 0 at 0.
"""

from __future__ import annotations

import numpy as np

from swarmviz.landscapes.base import Landscape, block
from swarmviz.landscapes.lanes import sign


@block
def bukin(x, p, out):  # (1)
    X, Y = x[0], x[1]
    for j in range(X.size):
        out[j] = 100.0 * np.sqrt(abs(Y[j] - 0.01 * (X[j] * X[j]))) + 0.01 * abs(X[j] + 10.0)


@block
def bukin_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        g = Y[j] - 0.01 * (X[j] * X[j])
        steep = 50.0 * sign(g) / np.sqrt(abs(g)) if g != 0.0 else 0.0
        dX[j] = -0.02 * X[j] * steep + 0.01 * sign(X[j] + 10.0)
        dY[j] = steep


class BukinN6(Landscape):
    """A sharp curved ridge whose floor falls very slowly towards its end."""

    title = "Bukin N.6"
    equation = r"F(x, y) = 100 \sqrt{\left|y - 0.01 x^2\right|} + 0.01\,|x + 10|"
    reference = "002 fig. C.16"
    remark = "The slope grows without bound towards the ridge; on the ridge itself only the slope along x + 10 is kept."
    low, high = (-15.0, -3.0), (-5.0, 3.0)
    dims = (2, 2)
    smoothness = 0
    block_values, block_gradient = staticmethod(bukin), staticmethod(bukin_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.array([[-10.0, 1.0]])
