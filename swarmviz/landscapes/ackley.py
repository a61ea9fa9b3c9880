r"""Ackley's function: a funnel with a lattice of shallow dents.

    F(x) = A (1 − e^{−C r}) + e − e^{c},   r = |x| / √d,   c = (1/d) Σ_i cos 2πx_i          (1)

003 table 1 and 002 §6, with A = 20 and C = 0.2. The code writes c = 1 − (2/d) Σ_i sin² πx_i, so that F(0) is exactly 0.
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.elementary import exp, sin2pi
from swarmviz.landscapes.base import MinimumAtOrigin, block
from swarmviz.landscapes.lanes import LANES, half_wave, lanes
from swarmviz.parameters import Real


@block
def _sums(x, first, count, squares, waves):
    """squares = Σ_i x_i² / d and waves = (2/d) Σ_i sin² πx_i = 1 − c for ``count`` agents from ``first`` on."""
    d = x.shape[0]
    share = 1.0 / d
    squares[:count] = 0.0
    waves[:count] = 0.0
    for i in range(d):
        xi = x[i, first:]
        for j in range(count):
            squares[j] += share * xi[j] * xi[j]
            waves[j] += 2.0 * share * half_wave(xi[j])


@block
def ackley(x, p, out):
    A, C, n = p[0], p[1], x.shape[1]
    squares, waves = lanes(), lanes()
    for first in range(0, n, LANES):
        count = min(LANES, n - first)
        _sums(x, first, count, squares, waves)
        o = out[first:]
        for j in range(count):  # (1)
            o[j] = A * (1.0 - exp(-C * np.sqrt(squares[j]))) + np.e * (1.0 - exp(-waves[j]))


@block
def ackley_gradient(x, p, out):
    A, C, (d, n) = p[0], p[1], x.shape
    cone, dent = lanes(), lanes()
    for first in range(0, n, LANES):
        count = min(LANES, n - first)
        _sums(x, first, count, cone, dent)
        for j in range(count):
            r = np.sqrt(cone[j])
            cone[j] = A * C * exp(-C * r) / (r * d) if r != 0.0 else 0.0
            dent[j] = 2.0 * np.pi * np.e / d * exp(-dent[j])
        for i in range(d):
            xi, oi = x[i, first:], out[i, first:]
            for j in range(count):
                oi[j] = cone[j] * xi[j] + dent[j] * sin2pi(xi[j])


class Ackley(MinimumAtOrigin):
    """A funnel with a lattice of shallow dents; the global minimum at the origin is a sharp tip."""

    title = "Ackley"
    equation = r"F(x) = A\left(1 - e^{-C\,|x|/\sqrt d}\right) + e - \exp\!\left(\tfrac1d \sum_i \cos 2\pi x_i\right)"
    reference = "002 §6; 003 table 1"
    remark = "At the tip, the only point without a gradient, it is taken as 0, which is a sub-gradient."
    low, high = -5.0, 5.0
    smoothness = 0
    confining = False
    block_values, block_gradient = staticmethod(ackley), staticmethod(ackley_gradient)

    depth = Real(20.0, bounds=(0.1, 100), softbounds=(1, 40), symbol="A", label="Depth", doc="Depth of the funnel.")
    steepness = Real(
        0.2, bounds=(0.01, 10), softbounds=(0.05, 1), symbol="C", label="Steepness", doc="How steep the funnel is."
    )
