r"""Ackley's function: a funnel with a lattice of shallow dents.

    F(x) = A (1 − e^{−C r}) + e − e^{c},   r = |x| / √d,   c = (1/d) Σ_i cos 2πx_i          (1)

003 table 1 and 002 §6, A = 20 and C = 0.2. The cone's tip at the origin is the only point without a gradient.
"""

from __future__ import annotations

import numpy as np

from swarmviz.elementary import cos2pi, exp, sin2pi
from swarmviz.landscapes.base import Landscape, block
from swarmviz.parameters import Real


@block
def ackley(x, p, out):  # (1), written as e (1 − e^{c−1}) so that F(0) is 0 and not the rounding error of e − e
    d, n = x.shape
    for j in range(n):
        squares, waves = 0.0, 0.0
        for i in range(d):
            squares += x[i, j] * x[i, j]
            waves += cos2pi(x[i, j])
        out[j] = p[0] * (1.0 - exp(-p[1] * np.sqrt(squares / d))) + np.e * (1.0 - exp(waves / d - 1.0))


@block
def ackley_gradient(x, p, out):
    d, n = x.shape
    for j in range(n):
        squares, waves = 0.0, 0.0
        for i in range(d):
            squares += x[i, j] * x[i, j]
            waves += cos2pi(x[i, j])
        r = np.sqrt(squares / d)
        cone = p[0] * p[1] * exp(-p[1] * r) / (r * d) if r != 0.0 else 0.0  # the tip: 0 is a sub-gradient
        dent = 2.0 * np.pi / d * exp(waves / d)
        for i in range(d):
            out[i, j] = cone * x[i, j] + dent * sin2pi(x[i, j])


class Ackley(Landscape):
    """A funnel with a lattice of shallow dents; the global minimum at the origin is a sharp tip."""

    title = "Ackley"
    equation = r"F(x) = A\left(1 - e^{-C\,|x|/\sqrt d}\right) + e - \exp\!\left(\tfrac1d \sum_i \cos 2\pi x_i\right)"
    reference = "002 §6; 003 table 1"
    remark = "At the tip the gradient is taken as 0, which is a sub-gradient."
    low, high = -5.0, 5.0
    block_values, block_gradient = staticmethod(ackley), staticmethod(ackley_gradient)

    depth = Real(20.0, bounds=(0.1, 100), slider=(1, 40), symbol="A", doc="Depth of the funnel.")
    steepness = Real(0.2, bounds=(0.01, 10), slider=(0.05, 1), symbol="C", doc="How steep the funnel is.")

    def minimisers(self, d):
        self.require_dimension(d)
        return np.zeros((1, d))
