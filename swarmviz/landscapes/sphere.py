r"""Sphere.

F(x) = Σ_i x_i²          (1)  De Jong 1975, F1
"""

from __future__ import annotations

from swarmviz.landscapes.base import MinimumAtOrigin, block


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


class Sphere(MinimumAtOrigin):
    """The plainest bowl: every method should manage it."""

    title = "Sphere"
    equation = r"F(x) = \sum_i x_i^2"
    reference = "De Jong 1975, F1"
    low, high = -5.0, 5.0
    block_values, block_gradient = staticmethod(sphere), staticmethod(sphere_gradient)
