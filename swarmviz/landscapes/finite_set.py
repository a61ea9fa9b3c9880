r"""The function that 004 minimises on a finite set, as a curve through its states i = 0, 1, …, S − 1.

    U(i) = z² / 10 + 2 (cos 3z + sin 7z)          (1)
    z = −0.6 + i / 5.5  for S = 20,   z = −0.6 + i / 11  for S = 40

The states lie on a cycle, and U(S − 1) is close to U(0).
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.elementary import cos, sin
from swarmviz.landscapes.base import Landscape, block
from swarmviz.parameters import Real


@block
def _curve(x, height, per_unit, out):
    xi = x[0]
    for j in range(xi.size):
        z = xi[j] / per_unit - 0.6
        out[j] = height * (0.1 * z * z + 2.0 * (cos(3.0 * z) + sin(7.0 * z)))


@block
def _slope(x, height, per_unit, out):
    xi, oi = x[0], out[0]
    for j in range(xi.size):
        z = xi[j] / per_unit - 0.6
        oi[j] = height / per_unit * (0.2 * z - 6.0 * sin(3.0 * z) + 14.0 * cos(7.0 * z))


@block
def coarse(x, p, out):
    _curve(x, p[0], 5.5, out)


@block
def coarse_gradient(x, p, out):
    _slope(x, p[0], 5.5, out)


@block
def fine(x, p, out):
    _curve(x, p[0], 11.0, out)


@block
def fine_gradient(x, p, out):
    _slope(x, p[0], 11.0, out)


class FiniteSetCurve(Landscape):
    """Four valleys of different depth, through the 20 states of 004."""

    title = "004's four valleys"
    equation = r"U(x) = s \left[\tfrac{z^2}{10} + 2\,(\cos 3z + \sin 7z)\right], \quad z = -0.6 + \tfrac{x}{5.5}"
    reference = "004 §6"
    remark = "004's states are x = 0, 1, …, 19, the lowest of them x = 7; between states the curve goes a little lower."
    low, high = -0.5, 19.5
    dims = (1, 1)
    states = 20
    lowest = 7.2781752190186815884
    block_values, block_gradient = staticmethod(coarse), staticmethod(coarse_gradient)

    height = Real(1.0, bounds=(0.001, 1000), softbounds=(0.1, 10), scale="log", symbol="s", label="Height",
                  doc="Factor before the function; 004's run with a changing temperature uses 0.1.")  # fmt: skip

    def minimisers(self, d):
        self.require_dimension(d)
        return np.array([[self.lowest]])


class FineFiniteSetCurve(FiniteSetCurve):
    """The same four valleys, through 40 states; on their cycle the last state is a fifth, shallow one."""

    title = "004's four valleys, finer"
    equation = r"U(x) = s \left[\tfrac{z^2}{10} + 2\,(\cos 3z + \sin 7z)\right], \quad z = -0.6 + \tfrac{x}{11}"
    remark = (
        "004's states are x = 0, 1, …, 39, the lowest of them x = 15; between states the curve goes a little lower."
    )
    low, high = -0.5, 39.5
    states = 40
    lowest = 14.556350438037363177
    block_values, block_gradient = staticmethod(fine), staticmethod(fine_gradient)
