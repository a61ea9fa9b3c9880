r"""Zakharov: a bowl with a plate-like floor.

F(x) = |x|² + s² + s⁴,  s = Σ_i i x_i / 2          (1)  Rahnamayan et al. 2007
"""

from __future__ import annotations

from swarmviz.landscapes.base import MinimumAtOrigin, block
from swarmviz.landscapes.lanes import LANES, lanes


@block
def zakharov(x, p, out):  # (1)
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


class Zakharov(MinimumAtOrigin):
    """A bowl with a plate-like floor, tilted across all coordinates."""

    title = "Zakharov"
    equation = r"F(x) = \sum_i x_i^2 + s^2 + s^4, \quad s = \tfrac12 \sum_i i\,x_i"
    reference = "Rahnamayan et al. 2007"
    low, high = -5.0, 10.0
    log_colours = True
    block_values, block_gradient = staticmethod(zakharov), staticmethod(zakharov_gradient)
