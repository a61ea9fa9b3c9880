r"""The double well, tilted.

F(x) = h (x_1² − 1)² + s x_1 + Σ_{i≥2} x_i²          (1)
"""

from __future__ import annotations

import numpy as np

from swarmviz.landscapes.base import Landscape, block
from swarmviz.parameters import Real


@block
def double_well(x, p, out):  # (1)
    d, n = x.shape
    h, s, x1 = p[0], p[1], x[0]
    for j in range(n):
        w = x1[j] * x1[j] - 1.0
        out[j] = h * w * w + s * x1[j]
    for i in range(1, d):
        xi = x[i]
        for j in range(n):
            out[j] += xi[j] * xi[j]


@block
def double_well_gradient(x, p, out):
    d, n = x.shape
    h, s, x1, o1 = p[0], p[1], x[0], out[0]
    for j in range(n):
        o1[j] = 4.0 * h * x1[j] * (x1[j] * x1[j] - 1.0) + s
    for i in range(1, d):
        xi, oi = x[i], out[i]
        for j in range(n):
            oi[j] = 2.0 * xi[j]


class DoubleWell(Landscape):
    """Two wells in any dimension, the left one deeper while the tilt is positive."""

    title = "Double well"
    equation = r"F(x) = h\,(x_1^2 - 1)^2 + s\,x_1 + \sum_{i \ge 2} x_i^2"
    reference = "Kramers 1940 (as a potential with two wells)"
    remark = "Without tilt both wells are global minimisers."
    low, high = -2.0, 2.0
    block_values, block_gradient = staticmethod(double_well), staticmethod(double_well_gradient)

    barrier = Real(
        1.0,
        bounds=(0.01, 100),
        softbounds=(0.1, 5),
        symbol="h",
        label="Barrier",
        doc="Height of the barrier between the wells.",
    )
    tilt = Real(0.3, bounds=(-2, 2), symbol="s", label="Tilt", doc="Slope that makes one well deeper than the other.")

    def minimisers(self, d):
        self.require_dimension(d)
        # Newton's method for x³ − x = q from the right of its largest root, where the cubic is convex: it only falls.
        q = abs(self.tilt) / (4.0 * self.barrier)
        root, previous = 1.0 + q / 2.0, np.inf
        while root < previous:
            root, previous = root - (root**3 - root - q) / (3.0 * root**2 - 1.0), root
        first = [-previous, previous] if self.tilt == 0.0 else [-np.sign(self.tilt) * previous]
        at = np.zeros((len(first), d))
        at[:, 0] = first
        return at
