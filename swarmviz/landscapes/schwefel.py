r"""Schwefel's problem 2.26: waves that grow longer and higher outwards; the deepest lies far from the second deepest.

    F(x) = −Σ_i x_i sin √|x_i|          (1)  Schwefel 1981, problem 2.26

With r = √|t| the slope of t sin r is sin r + (r/2) cos r, which goes to 0 with t: nothing has a kink.
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.elementary import cos, sin
from swarmviz.landscapes.base import Landscape, block


@block
def schwefel226(x, p, out):  # (1)
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
    block_values, block_gradient = staticmethod(schwefel226), staticmethod(schwefel226_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.full((1, d), 420.96874635998202731)
