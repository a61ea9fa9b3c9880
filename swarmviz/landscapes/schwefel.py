r"""Two of Schwefel's test problems.

    F(x) = Σ_i |x_i|                    (1)  problem 2.20, 003 table 1
    F(x) = −Σ_i x_i sin √|x_i|          (2)  problem 2.26, Schwefel 1981

Where |x_i| of (1) has a kink its slope is taken as 0, which is a sub-gradient. With r = √|t| the slope of t sin r in (2) is
sin r + (r/2) cos r, which goes to 0 with t: nothing has a kink.
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.elementary import cos, sin
from swarmviz.landscapes.base import Landscape, MinimumAtOrigin, block
from swarmviz.landscapes.lanes import sign


@block
def schwefel220(x, p, out):  # (1)
    d, n = x.shape
    out[:] = 0.0
    for i in range(d):
        xi = x[i]
        for j in range(n):
            out[j] += abs(xi[j])


@block
def schwefel220_gradient(x, p, out):
    d, n = x.shape
    for i in range(d):
        xi, oi = x[i], out[i]
        for j in range(n):
            oi[j] = sign(xi[j])


@block
def schwefel226(x, p, out):  # (2)
    d, n = x.shape
    out[:] = 0.0
    for i in range(d):
        xi = x[i]
        for j in range(n):
            out[j] -= xi[j] * sin(np.sqrt(abs(xi[j])))


@block
def schwefel226_gradient(x, p, out):
    d, n = x.shape
    for i in range(d):
        xi, oi = x[i], out[i]
        for j in range(n):
            r = np.sqrt(abs(xi[j]))
            oi[j] = -sin(r) - 0.5 * r * cos(r)


class Schwefel220(MinimumAtOrigin):
    """A pyramid upside down: the slope does not fade towards the minimum."""

    title = "Schwefel 2.20"
    equation = r"F(x) = \sum_i |x_i|"
    reference = "003 table 1"
    remark = "Where a coordinate is 0 its slope is taken as 0, which is a sub-gradient."
    low, high = -100.0, 100.0
    smoothness = 0
    block_values, block_gradient = staticmethod(schwefel220), staticmethod(schwefel220_gradient)


class Schwefel226(Landscape):
    """Deep valleys near the corners of the box; the second best is far from the best."""

    title = "Schwefel 2.26"
    equation = r"F(x) = -\sum_i x_i \sin\sqrt{|x_i|}"
    reference = "Schwefel 1981, problem 2.26; Molga and Smutnicki 2005"
    remark = (
        "The minimum is −418.98289 d. Many sources add 418.9829 d, which brings it to 1.3e-5 d and not to 0; some divide by d. "
        "Lower still outside of the box, so use it with a boundary."
    )
    low, high = -500.0, 500.0
    smoothness = 1
    confining = False
    block_values, block_gradient = staticmethod(schwefel226), staticmethod(schwefel226_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.full((1, d), 420.96874635998202731)
