r"""Alpine functions.

    F(x) = Σ_i |x_i sin x_i + x_i / 10|          (1)  Alpine N.1
    F(x) = −Π_i √|x_i| sin x_i                   (2)  Alpine N.2

Each term of (1) has a kink wherever it is 0, and its slope there is taken as 0, which is a sub-gradient at a minimum.
Those are the zeros of sin x + 1/10, and 0. The slope of the product (2) in coordinate i takes the product of all other
factors, those before i on the way forth and those behind i on the way back, as Griewank's does. At x_i = 0 the factor
√|x_i| sin x_i has the slope 0.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from swarmviz.kernels.elementary import cos, sin
from swarmviz.landscapes.base import Landscape, block
from swarmviz.landscapes.lanes import LANES, lanes, sign

# x = 0 and arcsin(1/10) from every multiple of π in [−10, 10], the best known one first.
ZEROS = (
    0.0, -0.10016742116155979635, -3.0414252324282334421, 3.2417600747513530348,
    6.1830178860180266806, -6.3833527283411462733, -9.3246105396078199190, 9.5249453819309395117,
)  # fmt: skip


@block
def alpine1(x, p, out):  # (1)
    d, n = x.shape
    out[:] = 0.0
    for i in range(d):
        xi = x[i]
        for j in range(n):
            out[j] += abs(xi[j] * (sin(xi[j]) + 0.1))


@block
def alpine1_gradient(x, p, out):
    d, n = x.shape
    for i in range(d):
        xi, oi = x[i], out[i]
        for j in range(n):
            wave = sin(xi[j]) + 0.1
            oi[j] = sign(xi[j] * wave) * (wave + xi[j] * cos(xi[j]))


@block
def alpine2(x, p, out):  # (2)
    d, n = x.shape
    out[:] = -1.0
    for i in range(d):
        xi = x[i]
        for j in range(n):
            out[j] *= np.sqrt(abs(xi[j])) * sin(xi[j])


@block
def _factor_slope(t):
    """d/dt √|t| sin t, 0 at 0."""
    r = np.sqrt(abs(t))
    return r * cos(t) + 0.5 * sign(t) * sin(t) / r if r != 0.0 else 0.0


@block
def alpine2_gradient(x, p, out):
    d, n = x.shape
    before, behind = lanes(), lanes()
    for first in range(0, n, LANES):
        count = min(LANES, n - first)
        before[:count], behind[:count] = -1.0, 1.0
        for i in range(d):
            xi, oi = x[i, first:], out[i, first:]
            for j in range(count):
                oi[j] = before[j]
                before[j] *= np.sqrt(abs(xi[j])) * sin(xi[j])
        for i in range(d - 1, -1, -1):
            xi, oi = x[i, first:], out[i, first:]
            for j in range(count):
                oi[j] *= behind[j] * _factor_slope(xi[j])
                behind[j] *= np.sqrt(abs(xi[j])) * sin(xi[j])


class AlpineN1(Landscape):
    """Jagged ridges; the floor of eight creases in every coordinate is equally low."""

    title = "Alpine N.1"
    equation = r"F(x) = \sum_i \left|x_i \sin x_i + 0.1\,x_i\right|"
    reference = "Rahnamayan et al. 2007; Jamil and Yang 2013"
    remark = (
        "The literature names x = 0 as the minimiser. F is 0 wherever every x_i is 0 or has sin x_i = −1/10, "
        "at 8ᵈ points of the box; that they can all be told is why d ends at 3. "
        "On a crease the slope across is taken as 0, which is a sub-gradient."
    )
    low, high = -10.0, 10.0
    dims = (1, 3)
    smoothness = 0
    confining = False
    block_values, block_gradient = staticmethod(alpine1), staticmethod(alpine1_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.array(list(product(ZEROS, repeat=d)))


class AlpineN2(Landscape):
    """An egg box whose hollows grow deeper away from the origin; each further coordinate makes it deeper by 2.808."""

    title = "Alpine N.2"
    equation = r"F(x) = -\prod_i \sqrt{|x_i|}\,\sin x_i"
    reference = "Clerc 1999; Jamil and Yang 2013"
    remark = (
        "A function to be maximised in the literature, to −F = 2.808ᵈ. It is made for [0, 10], where the minimiser is that of "
        "the box; |x_i| continues it beyond, where other points are as low or lower."
    )
    low, high = 0.0, 10.0
    dims = (1, 600)  # the minimum leaves the floats beyond d = 687
    smoothness = 1
    confining = False
    block_values, block_gradient = staticmethod(alpine2), staticmethod(alpine2_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.full((1, d), 7.9170526846662070770)
