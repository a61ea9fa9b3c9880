r"""Landscapes made of rings.

    F(x) = −(1 + cos 12r) / (r²/2 + 2)                                   (1)  drop-wave, 002 fig. C.14
    F(x) = 1 − cos 2πr + r / 10                                          (2)  Salomon, 003 table 1
    F(x, y) = ½ + [sin²(x² − y²) − ½] / [1 + (x² + y²) / 1000]²          (3)  Schaffer N.2, 002 fig. C.15

r = |x|. For (1) and (2) ∇F = (F'(r) / r) x: the gradient functions keep the factor in row 0, which they fill last.
"""

from __future__ import annotations

import math

import numpy as np

from swarmviz.kernels.elementary import cos, sin, sin2pi
from swarmviz.landscapes.base import Landscape, block
from swarmviz.landscapes.lanes import half_wave


@block
def _squares(x, out):
    d, n = x.shape
    out[:] = 0.0
    for i in range(d):
        xi = x[i]
        for j in range(n):
            out[j] += xi[j] * xi[j]


@block
def _times_position(x, factor, out):
    """out = factor x; ``factor`` may be row 0 of ``out``."""
    d, n = x.shape
    for i in range(d - 1, -1, -1):
        xi, oi = x[i], out[i]
        for j in range(n):
            oi[j] = factor[j] * xi[j]


@block
def drop_wave(x, p, out):  # (1)
    _squares(x, out)
    for j in range(out.size):
        out[j] = -(1.0 + cos(12.0 * np.sqrt(out[j]))) / (0.5 * out[j] + 2.0)


@block
def drop_wave_gradient(x, p, out):
    factor = out[0]
    _squares(x, factor)
    for j in range(factor.size):
        r, q = np.sqrt(factor[j]), 0.5 * factor[j] + 2.0
        sine_over_r = sin(12.0 * r) / r if r != 0.0 else 12.0
        factor[j] = (12.0 * sine_over_r * q + 1.0 + cos(12.0 * r)) / (q * q)
    _times_position(x, factor, out)


@block
def salomon(x, p, out):  # (2), 1 − cos 2πr = 2 sin² πr
    _squares(x, out)
    for j in range(out.size):
        r = np.sqrt(out[j])
        out[j] = 2.0 * half_wave(r) + 0.1 * r


@block
def salomon_gradient(x, p, out):
    factor = out[0]
    _squares(x, factor)
    for j in range(factor.size):
        r = np.sqrt(factor[j])
        factor[j] = (2.0 * np.pi * sin2pi(r) + 0.1) / r if r != 0.0 else 0.0
    _times_position(x, factor, out)


@block
def schaffer(x, p, out):  # (3), with ½ brought over q²: (q² − 1)/2 = e + e²/2
    X, Y = x[0], x[1]
    for j in range(X.size):
        a, b = X[j] * X[j], Y[j] * Y[j]
        s, e = sin(a - b), 0.001 * (a + b)
        out[j] = (s * s + e + 0.5 * e * e) / ((1.0 + e) * (1.0 + e))


@block
def schaffer_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        a, b = X[j] * X[j], Y[j] * Y[j]
        s, q = sin(a - b), 1.0 + 0.001 * (a + b)
        along = 2.0 * s * cos(a - b) / (q * q)  # ∂F/∂(x² − y²)
        outward = -0.002 * (s * s - 0.5) / (q * q * q)  # ∂F/∂(x² + y²)
        dX[j] = 2.0 * X[j] * (outward + along)
        dY[j] = 2.0 * Y[j] * (outward - along)


class DropWave(Landscape):
    """The rings of a drop on water; the global basin in the middle is very small."""

    title = "Drop-wave"
    equation = r"F(x) = -\frac{1 + \cos 12|x|}{\frac12 |x|^2 + 2}"
    reference = "002 fig. C.14"
    low, high = -5.12, 5.12
    block_values, block_gradient = staticmethod(drop_wave), staticmethod(drop_wave_gradient)
    ring = 0.5202  # radius of the first ring of local minima

    def minimisers(self, d):
        self.require_dimension(d)
        return np.zeros((1, d))

    def separation(self, d):  # to the point of the ring on a diagonal
        self.require_dimension(d)
        return self.ring / (self.high * math.sqrt(d))


class Salomon(DropWave):
    """Rings of equal height on a shallow cone: the way to the centre leads over every one of them."""

    title = "Salomon"
    equation = r"F(x) = 1 - \cos 2\pi|x| + 0.1\,|x|"
    reference = "003 table 1"
    remark = "At the tip, the only point without a gradient, it is taken as 0, which is a sub-gradient."
    low, high = -100.0, 100.0
    ring = 0.9974
    block_values, block_gradient = staticmethod(salomon), staticmethod(salomon_gradient)


class SchafferN2(DropWave):
    """Hyperbolic ripples with a dip of ½ in the middle."""

    title = "Schaffer N.2"
    equation = r"F(x, y) = \frac12 + \frac{\sin^2(x^2 - y^2) - \frac12}{[1 + 0.001\,(x^2 + y^2)]^2}"
    reference = "002 fig. C.15"
    remark = "Often taken on [−100, 100]², where its ripples are finer than any screen shows."
    low, high = -10.0, 10.0
    dims = (2, 2)
    ring = math.inf  # hyperbolas: none is near
    block_values, block_gradient = staticmethod(schaffer), staticmethod(schaffer_gradient)
