r"""Michalewicz: narrow furrows, a further one in every further coordinate.

F(x) = −Σ_i sin x_i sin^{2m}(i x_i² / π)          (1)  Michalewicz 1992
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from swarmviz.kernels.elementary import cos, power, sin
from swarmviz.landscapes.base import Landscape, block
from swarmviz.parameters import Whole


@block
def michalewicz(x, p, out):  # (1)
    d, n = x.shape
    out[:] = 0.0
    for i in range(d):
        xi = x[i]
        for j in range(n):
            s = sin((i + 1.0) / np.pi * xi[j] * xi[j])
            out[j] -= sin(xi[j]) * power(s * s, p[0])


@block
def michalewicz_gradient(x, p, out):
    d, n = x.shape
    m = p[0]
    for i in range(d):
        xi, oi, f = x[i], out[i], (i + 1.0) / np.pi
        for j in range(n):
            t = f * xi[j] * xi[j]
            s = sin(t)
            almost = power(s * s, m - 1.0)
            oi[j] = -almost * (cos(xi[j]) * s * s + 4.0 * m * f * xi[j] * sin(xi[j]) * s * cos(t))


class Michalewicz(Landscape):
    """Narrow furrows, a further one in every further coordinate; the steeper, the less the plain says about them."""

    title = "Michalewicz"
    equation = r"F(x) = -\sum_i \sin x_i \, \sin^{2m}\!\frac{i\,x_i^2}{\pi}"
    reference = "Michalewicz 1992"
    remark = "The minimiser is that in the box [0, π]; outside of it other points are as low or lower."
    low, high = 0.0, np.pi
    confining = False
    block_values, block_gradient = staticmethod(michalewicz), staticmethod(michalewicz_gradient)

    steepness = Whole(
        10, bounds=(1, 50), softbounds=(1, 20), symbol="m", label="Steepness", doc="Steepness of the furrows."
    )

    def minimisers(self, d):
        self.require_dimension(d)
        return np.array([[_furrows(i, self.steepness)[0] for i in range(1, d + 1)]])

    def separation(self, d):  # from a furrow to the next one of the same coordinate
        self.require_dimension(d)
        return min(_gap(i, self.steepness) for i in range(1, d + 1)) / (math.pi / 2)


@lru_cache(maxsize=4096)
def _furrows(i: int, m: int) -> tuple[float, ...]:
    """The x in [0, π] where sin x sin^{2m}(i x²/π) is largest, by Newton's method for its logarithm, then the furrows beside it."""
    # Furrows are near i x²/π = (k + ½) π, and the deepest is one of those about x = π/2, where sin x is largest.
    middle = int(i / 4)
    bottoms = []
    for k in range(max(0, middle - 2), min(i, middle + 3)):
        x = math.pi * math.sqrt((k + 0.5) / i)
        for _ in range(20):
            t, f = i * x * x / math.pi, 2 * i / math.pi
            slope = 1 / math.tan(x) + 2 * m * f * x / math.tan(t)
            bend = -1 / math.sin(x) ** 2 + 2 * m * (f / math.tan(t) - (f * x / math.sin(t)) ** 2)
            x -= slope / bend
        bottoms.append(x)
    depth = lambda x: math.log(math.sin(x)) + 2 * m * math.log(abs(math.sin(i * x * x / math.pi)))  # noqa: E731
    return tuple(sorted(bottoms, key=depth, reverse=True))


def _gap(i: int, m: int) -> float:
    """The distance from the deepest furrow of coordinate ``i`` to the nearest other one; ∞ where it is the only one."""
    deepest, *others = _furrows(i, m)
    return min((abs(x - deepest) for x in others), default=math.inf)
