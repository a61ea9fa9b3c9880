r"""Eggholder: long crooked valleys, the lowest point on the border of the box.

    F(x, y) = −(y + 47) sin √|x/2 + y + 47| − x sin √|x − y − 47|          (1)  Whitley et al. 1996

On a kink the gradient leaves out the part that has none there, as if |·| had slope 0 at 0.
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.elementary import cos, sin
from swarmviz.landscapes.base import Landscape, block
from swarmviz.landscapes.lanes import sign


@block
def eggholder(x, p, out):  # (1)
    X, Y = x[0], x[1]
    for j in range(X.size):
        v = Y[j] + 47.0
        out[j] = -v * sin(np.sqrt(abs(0.5 * X[j] + v))) - X[j] * sin(np.sqrt(abs(X[j] - v)))


@block
def _root_slope(a):
    """d/da sin √|a|, 0 at the kink."""
    r = np.sqrt(abs(a))
    return 0.5 * sign(a) * cos(r) / r if r != 0.0 else 0.0


@block
def eggholder_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        v = Y[j] + 47.0
        a, b = 0.5 * X[j] + v, X[j] - v
        first, second = -v * _root_slope(a), -X[j] * _root_slope(b)
        dX[j] = 0.5 * first + second - sin(np.sqrt(abs(b)))
        dY[j] = first - second - sin(np.sqrt(abs(a)))


class Eggholder(Landscape):
    """A rugged land of long crooked valleys; the lowest point is on the border of the box."""

    title = "Eggholder"
    equation = (
        r"F(x, y) = -(y + 47) \sin\sqrt{\left|\tfrac{x}{2} + y + 47\right|}"
        r" - x \sin\sqrt{\left|x - (y + 47)\right|}"
    )
    reference = "Whitley et al. 1996"
    remark = "Lower still outside of the box, so use it with a boundary. On the two kinks the slope across is left out."
    low, high = -512.0, 512.0
    dims = (2, 2)
    nearest_minimum = 0.0579
    smoothness = 0
    confining = False
    block_values, block_gradient = staticmethod(eggholder), staticmethod(eggholder_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.array([[512.0, 404.23180511375781093]])
