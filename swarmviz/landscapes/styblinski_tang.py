r"""Styblinski–Tang: in each coordinate two wells of different depth.

F(x) = ½ Σ_i (x_i⁴ − 16x_i² + 5x_i)          (1)
"""

from __future__ import annotations

import numpy as np

from swarmviz.landscapes.base import Landscape, block


@block
def styblinski(x, p, out):  # (1)
    d, n = x.shape
    out[:] = 0.0
    for i in range(d):
        xi = x[i]
        for j in range(n):
            a = xi[j] * xi[j]
            out[j] += 0.5 * (a * (a - 16.0) + 5.0 * xi[j])


@block
def styblinski_gradient(x, p, out):
    d, n = x.shape
    for i in range(d):
        xi, oi = x[i], out[i]
        for j in range(n):
            oi[j] = xi[j] * (2.0 * xi[j] * xi[j] - 16.0) + 2.5


class StyblinskiTang(Landscape):
    """Two wells in every coordinate, hence 2ᵈ of them, of which one is the deepest."""

    title = "Styblinski–Tang"
    equation = r"F(x) = \tfrac12 \sum_i \left(x_i^4 - 16x_i^2 + 5x_i\right)"
    reference = "Styblinski and Tang 1990"
    low, high = -5.0, 5.0
    block_values, block_gradient = staticmethod(styblinski), staticmethod(styblinski_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.full((1, d), -2.9035340277711770951)
