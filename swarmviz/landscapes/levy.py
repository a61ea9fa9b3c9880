r"""Levy's functions: a parabola with waves whose height grows with the distance from (1, …, 1).

    F(x) = sin² πw_1 + Σ_{i<d} (w_i − 1)² [1 + 10 sin²(πw_i + 1)] + (w_d − 1)² [1 + sin² 2πw_d],
           w_i = 1 + (x_i − 1) / 4                                                            (1)  002 fig. C.12
    F(x, y) = sin² 3πx + (x − 1)² [1 + sin² 3πy] + (y − 1)² [1 + sin² 2πy]                    (2)  002 fig. C.13

002 has (1) for d = 2; this is the usual form for any d. In the code u = w − 1; the squares of the sines don't see the
half turn between u and w.
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.elementary import sin2pi
from swarmviz.landscapes.base import Landscape, block
from swarmviz.landscapes.lanes import half_wave

RADIAN = 0.5 / np.pi  # in turns


@block
def levy(x, p, out):  # (1)
    d, n = x.shape
    first, last = x[0], x[d - 1]
    for j in range(n):
        u, v = 0.25 * (first[j] - 1.0), 0.25 * (last[j] - 1.0)
        out[j] = half_wave(u) + v * v * (1.0 + half_wave(2.0 * v))
    for i in range(d - 1):
        xi = x[i]
        for j in range(n):
            u = 0.25 * (xi[j] - 1.0)
            out[j] += u * u * (1.0 + 10.0 * half_wave(u + 2.0 * RADIAN))


@block
def levy_gradient(x, p, out):
    d, n = x.shape
    for i in range(d - 1):
        xi, oi = x[i], out[i]
        for j in range(n):
            u = 0.25 * (xi[j] - 1.0)
            wave = 2.0 * (1.0 + 10.0 * half_wave(u + 2.0 * RADIAN)) + 10.0 * np.pi * u * sin2pi(u + 2.0 * RADIAN)
            oi[j] = 0.25 * u * wave
    last, o_last = x[d - 1], out[d - 1]
    for j in range(n):
        u = 0.25 * (last[j] - 1.0)
        o_last[j] = 0.25 * u * (2.0 * (1.0 + half_wave(2.0 * u)) + 2.0 * np.pi * u * sin2pi(2.0 * u))
    first, o_first = x[0], out[0]
    for j in range(n):
        o_first[j] += 0.25 * np.pi * sin2pi(0.25 * (first[j] - 1.0))


@block
def levy13(x, p, out):  # (2)
    X, Y = x[0], x[1]
    for j in range(X.size):
        u, v = X[j] - 1.0, Y[j] - 1.0
        out[j] = half_wave(3.0 * X[j]) + u * u * (1.0 + half_wave(3.0 * Y[j])) + v * v * (1.0 + half_wave(2.0 * Y[j]))


@block
def levy13_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        u, v = X[j] - 1.0, Y[j] - 1.0
        dX[j] = 3.0 * np.pi * sin2pi(3.0 * X[j]) + 2.0 * u * (1.0 + half_wave(3.0 * Y[j]))
        bowl = 2.0 * v * (1.0 + half_wave(2.0 * Y[j])) + 2.0 * np.pi * v * v * sin2pi(2.0 * Y[j])
        dY[j] = 3.0 * np.pi * u * u * sin2pi(3.0 * Y[j]) + bowl


class Levy(Landscape):
    """Ridges along one axis, ripples along the others."""

    title = "Levy"
    equation = (
        r"F(x) = \sin^2 \pi w_1 + \sum_{i<d} (w_i - 1)^2 \left[1 + 10 \sin^2(\pi w_i + 1)\right]"
        r" + (w_d - 1)^2 \left[1 + \sin^2 2\pi w_d\right], \quad w_i = 1 + \tfrac{x_i - 1}{4}"
    )
    reference = "002 fig. C.12; Laguna and Martí 2005 for any d"
    low, high = -10.0, 10.0
    block_values, block_gradient = staticmethod(levy), staticmethod(levy_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.ones((1, d))


class LevyN13(Levy):
    """Many local minima in a square lattice, inside a bowl."""

    title = "Levy N.13"
    equation = r"F(x, y) = \sin^2 3\pi x + (x-1)^2 [1 + \sin^2 3\pi y] + (y-1)^2 [1 + \sin^2 2\pi y]"
    reference = "002 fig. C.13"
    dims = (2, 2)
    log_colours = True
    nearest_minimum = 0.0328  # a third of a unit away along x
    block_values, block_gradient = staticmethod(levy13), staticmethod(levy13_gradient)
