"""Block functions of what depends on r = |x| only, and the base of landscapes whose minimiser is the origin, amid rings.

∇F = (F'(r) / r) x: a gradient function keeps the factor in row 0 of its result, which is filled last.
"""

from __future__ import annotations

import math
from typing import ClassVar

from swarmviz.landscapes.base import MinimumAtOrigin, block


@block
def squares(x, out):
    """out = r²."""
    d, n = x.shape
    out[:] = 0.0
    for i in range(d):
        xi = x[i]
        for j in range(n):
            out[j] += xi[j] * xi[j]


@block
def times_position(x, factor, out):
    """out = factor x; ``factor`` may be row 0 of ``out``."""
    d, n = x.shape
    for i in range(d - 1, -1, -1):
        xi, oi = x[i], out[i]
        for j in range(n):
            oi[j] = factor[j] * xi[j]


class Rings(MinimumAtOrigin):
    """Base of a landscape with rings of local minima around the origin.

    Attributes
    ----------
    ring : float
        Radius of the first of them.
    """

    ring: ClassVar[float]

    def separation(self, d):  # to the point of the ring on a diagonal
        self.require_dimension(d)
        return self.ring / (self.high * math.sqrt(d))
