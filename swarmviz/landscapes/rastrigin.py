r"""Rastrigin's function and its two relatives of 002.

    F(x) = Σ_i (x_i² − 10 cos 2πx_i) + 10 d        (1)  003 table 1; 002 §6
    F(x) = Σ_i (2x_i² − 10 cos 2πx_i) + 10 d       (2)  002 eq. 6.3: "wide"
    F(x) = 20 + 2x² + 2y² − cos 2πx − cos 2πy      (3)  002 fig. C.17, as printed

All three are sums of one curve, a x² − b cos 2πx + c per coordinate. The code writes −b cos 2πx as 2b sin² πx − b, so
that nothing cancels near the minimum and F(0) is exact.
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.elementary import sin2pi
from swarmviz.landscapes.base import MinimumAtOrigin, block
from swarmviz.landscapes.lanes import half_wave


@block
def _waves(x, a, b, c, out):
    """out = Σ_i (a x_i² − b cos 2πx_i + c)."""
    d, n = x.shape
    for i in range(d):
        xi = x[i]
        if i == 0:
            for j in range(n):
                out[j] = (c - b) * d + (a * xi[j] * xi[j] + 2.0 * b * half_wave(xi[j]))
        else:
            for j in range(n):
                out[j] += a * xi[j] * xi[j] + 2.0 * b * half_wave(xi[j])


@block
def _slopes(x, a, b, out):
    d, n = x.shape
    for i in range(d):
        xi, oi = x[i], out[i]
        for j in range(n):
            oi[j] = 2.0 * a * xi[j] + 2.0 * np.pi * b * sin2pi(xi[j])


@block
def rastrigin(x, p, out):  # (1)
    _waves(x, 1.0, 10.0, 10.0, out)


@block
def rastrigin_gradient(x, p, out):
    _slopes(x, 1.0, 10.0, out)


@block
def wide(x, p, out):  # (2)
    _waves(x, 2.0, 10.0, 10.0, out)


@block
def wide_gradient(x, p, out):
    _slopes(x, 2.0, 10.0, out)


@block
def printed(x, p, out):  # (3)
    _waves(x, 2.0, 1.0, 10.0, out)


@block
def printed_gradient(x, p, out):
    _slopes(x, 2.0, 1.0, out)


class Rastrigin(MinimumAtOrigin):
    """A bowl with a regular lattice of local minima; the global one at the origin."""

    title = "Rastrigin"
    equation = r"F(x) = 10\,d + \sum_i \left(x_i^2 - 10\cos 2\pi x_i\right)"
    reference = "002 §6; 003 table 1"
    remark = "003 prints a factor 1/d before the sum, but the values in its tables belong to the sum without it."
    low, high = -5.12, 5.12
    block_values, block_gradient = staticmethod(rastrigin), staticmethod(rastrigin_gradient)


class WideRastrigin(Rastrigin):
    """Rastrigin with a steeper bowl, for the long run of 002 §6.3."""

    title = "Rastrigin, wide"
    equation = r"F(x) = 10\,d + \sum_i \left(2x_i^2 - 10\cos 2\pi x_i\right)"
    reference = "002 eq. 6.3"
    remark = ""
    block_values, block_gradient = staticmethod(wide), staticmethod(wide_gradient)


class PrintedRastrigin(Rastrigin):
    """The two-dimensional Rastrigin of 002's appendix, with the gentle waves that are printed there."""

    title = "Rastrigin of 002 C.17"
    equation = r"F(x, y) = 20 + 2x^2 + 2y^2 - \cos 2\pi x - \cos 2\pi y"
    reference = "002 fig. C.17, as printed"
    remark = "002 says min F = 0, but the formula that it prints has F(0, 0) = 18: the factors 10 of (6.3) are missing."
    dims = (2, 2)
    block_values, block_gradient = staticmethod(printed), staticmethod(printed_gradient)
