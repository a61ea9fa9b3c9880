r"""Landscapes with a single valley.

    F(x) = Σ_i x_i²                                                    (1)  sphere
    F(x) = Σ_{i<d} [(1 − x_i)² + 100 (x_{i+1} − x_i²)²]                (2)  Rosenbrock, 001 eq. 4.5, 003 table 1
    F(x) = Σ_i |x_i|                                                   (3)  Schwefel 2.20, 003 table 1
    F(x) = |x|² + s² + s⁴,  s = Σ_i i x_i / 2                          (4)  Zakharov
    F(x) = Σ_i η_i |x_i|^i,  η_i uniform in (0, 1)                     (5)  Xin-She Yang, random, 003 table 1

Where |x_i| has a kink its slope is taken as 0, which is a sub-gradient.
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.elementary import power
from swarmviz.kernels.randomness import purpose_key, row_key, unit
from swarmviz.landscapes.base import Landscape, block
from swarmviz.landscapes.lanes import LANES, lanes, sign
from swarmviz.parameters import Whole

COEFFICIENTS = 100  # a purpose of randomness.py: those of landscapes count from here


@block
def sphere(x, p, out):  # (1)
    d, n = x.shape
    out[:] = 0.0
    for i in range(d):
        xi = x[i]
        for j in range(n):
            out[j] += xi[j] * xi[j]


@block
def sphere_gradient(x, p, out):
    d, n = x.shape
    for i in range(d):
        xi, oi = x[i], out[i]
        for j in range(n):
            oi[j] = 2.0 * xi[j]


@block
def rosenbrock(x, p, out):  # (2)
    d, n = x.shape
    out[:] = 0.0
    for i in range(d - 1):
        xi, xn = x[i], x[i + 1]
        for j in range(n):
            a, b = 1.0 - xi[j], xn[j] - xi[j] * xi[j]
            out[j] += a * a + 100.0 * b * b


@block
def rosenbrock_gradient(x, p, out):
    d, n = x.shape
    out[:] = 0.0
    for i in range(d - 1):
        xi, xn, oi, on = x[i], x[i + 1], out[i], out[i + 1]
        for j in range(n):
            a, b = 1.0 - xi[j], xn[j] - xi[j] * xi[j]
            oi[j] += -2.0 * a - 400.0 * xi[j] * b
            on[j] = 200.0 * b


@block
def schwefel(x, p, out):  # (3)
    d, n = x.shape
    out[:] = 0.0
    for i in range(d):
        xi = x[i]
        for j in range(n):
            out[j] += abs(xi[j])


@block
def schwefel_gradient(x, p, out):
    d, n = x.shape
    for i in range(d):
        xi, oi = x[i], out[i]
        for j in range(n):
            oi[j] = sign(xi[j])


@block
def zakharov(x, p, out):  # (4)
    d, n = x.shape
    s = lanes()
    for first in range(0, n, LANES):
        count, o = min(LANES, n - first), out[first:]
        s[:count], o[:count] = 0.0, 0.0
        for i in range(d):
            xi = x[i, first:]
            for j in range(count):
                s[j] += 0.5 * (i + 1) * xi[j]
                o[j] += xi[j] * xi[j]
        for j in range(count):
            q = s[j] * s[j]
            o[j] += q + q * q


@block
def zakharov_gradient(x, p, out):
    d, n = x.shape
    s = lanes()
    for first in range(0, n, LANES):
        count = min(LANES, n - first)
        s[:count] = 0.0
        for i in range(d):
            xi = x[i, first:]
            for j in range(count):
                s[j] += 0.5 * (i + 1) * xi[j]
        for i in range(d):
            xi, oi = x[i, first:], out[i, first:]
            for j in range(count):
                oi[j] = 2.0 * xi[j] + 0.5 * (i + 1) * (2.0 * s[j] + 4.0 * s[j] * s[j] * s[j])


@block
def coefficient(draw, i):
    """η of coordinate i = 0, 1, …: a function of the draw's number and i."""
    return unit(row_key(purpose_key(np.uint64(draw), np.uint64(COEFFICIENTS)), np.uint64(i)))


@block
def yang(x, p, out):  # (5)
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


class Sphere(Landscape):
    """The plainest bowl: every method should manage it."""

    title = "Sphere"
    equation = r"F(x) = \sum_i x_i^2"
    reference = "De Jong 1975, F1"
    low, high = -5.0, 5.0
    block_values, block_gradient = staticmethod(sphere), staticmethod(sphere_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.zeros((1, d))


class Schwefel220(Sphere):
    """A pyramid upside down: the slope does not fade towards the minimum."""

    title = "Schwefel 2.20"
    equation = r"F(x) = \sum_i |x_i|"
    reference = "003 table 1"
    remark = "Where a coordinate is 0 its slope is taken as 0, which is a sub-gradient."
    low, high = -100.0, 100.0
    block_values, block_gradient = staticmethod(schwefel), staticmethod(schwefel_gradient)


class Zakharov(Sphere):
    """A bowl with a plate-like floor, tilted across all coordinates."""

    title = "Zakharov"
    equation = r"F(x) = \sum_i x_i^2 + s^2 + s^4, \quad s = \tfrac12 \sum_i i\,x_i"
    reference = "Rahnamayan et al. 2007"
    low, high = -5.0, 10.0
    log_colours = True
    block_values, block_gradient = staticmethod(zakharov), staticmethod(zakharov_gradient)


class XinSheYang(Sphere):
    """A bowl with random coefficients, flatter with every further coordinate."""

    title = "Xin-She Yang, random"
    equation = r"F(x) = \sum_i \eta_i\,|x_i|^i, \quad \eta_i \sim \mathcal U(0, 1)"
    reference = "003 table 1; Yang 2010"
    remark = (
        "The η belong to the number of the draw, so that F is one function, with a gradient, and a run can be "
        "repeated. To redraw them, change the number; the minimiser stays. Where a coordinate is 0 its slope is "
        "taken as 0."
    )
    block_values, block_gradient = staticmethod(yang), staticmethod(yang_gradient)

    draw = Whole(
        0, bounds=(0, 2**31 - 1), softbounds=(0, 100), symbol="η", doc="Number of the draw of the coefficients."
    )


class Rosenbrock(Landscape):
    """A long, flat, curved valley."""

    title = "Rosenbrock"
    equation = r"F(x) = \sum_{i<d} \left[(1 - x_i)^2 + 100\,(x_{i+1} - x_i^2)^2\right]"
    reference = "001 eq. 4.5"
    low, high = -5.0, 5.0
    dims = (2, None)
    log_colours = True
    block_values, block_gradient = staticmethod(rosenbrock), staticmethod(rosenbrock_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.ones((1, d))


class WideRosenbrock(Rosenbrock):
    """Rosenbrock on the large box of 003, where F spans twelve orders of magnitude."""

    title = "Rosenbrock, wide box"
    reference = "003 table 1"
    low, high = -100.0, 100.0
    nearest_minimum = 0.0177  # near (−1, 1, …, 1), from d = 4 on
