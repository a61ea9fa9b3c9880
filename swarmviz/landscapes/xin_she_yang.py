r"""Xin-She Yang's function with random coefficients.

    F(x) = Σ_i η_i |x_i|^i,  η_i uniform in (0, 1)          (1)  003 table 1, Yang 2010

Where |x_i| has a kink its slope is taken as 0, which is a sub-gradient.
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.elementary import power
from swarmviz.kernels.randomness import purpose_key, row_key, unit
from swarmviz.landscapes.base import MinimumAtOrigin, block
from swarmviz.landscapes.lanes import sign
from swarmviz.parameters import Whole

COEFFICIENTS = 100  # a purpose of randomness.py: those of landscapes count from here


@block
def coefficient(draw, i):
    """η of coordinate i = 0, 1, …: a function of the draw's number and i."""
    return unit(row_key(purpose_key(np.uint64(draw), np.uint64(COEFFICIENTS)), np.uint64(i)))


@block
def yang(x, p, out):  # (1)
    d, n = x.shape
    out[:] = 0.0
    for i in range(d):
        xi, eta = x[i], coefficient(p[0], i)
        for j in range(n):
            out[j] += eta * power(abs(xi[j]), i + 1.0)


@block
def yang_gradient(x, p, out):
    d, n = x.shape
    for i in range(d):
        xi, oi, eta = x[i], out[i], coefficient(p[0], i)
        for j in range(n):
            oi[j] = eta * (i + 1.0) * sign(xi[j]) * power(abs(xi[j]), float(i))


class XinSheYang(MinimumAtOrigin):
    """A bowl with random coefficients, flatter with every further coordinate."""

    title = "Xin-She Yang, random"
    equation = r"F(x) = \sum_i \eta_i\,|x_i|^i, \quad \eta_i \sim \mathcal U(0, 1)"
    reference = "003 table 1; Yang 2010"
    remark = (
        "The η belong to the number of the draw, so that F is one function, with a gradient, and a run can be "
        "repeated. To redraw them, change the number; the minimiser stays. Where a coordinate is 0 its slope is "
        "taken as 0."
    )
    low, high = -5.0, 5.0
    smoothness = 0
    block_values, block_gradient = staticmethod(yang), staticmethod(yang_gradient)

    draw = Whole(
        0,
        bounds=(0, 2**31 - 1),
        softbounds=(0, 100),
        symbol="η",
        label="Draw",
        doc="Number of the draw of the coefficients.",
    )
