r"""Salomon: rings of equal height on a shallow cone.

F(x) = 1 − cos 2πr + r / 10,  r = |x|          (1)  003 table 1
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.elementary import sin2pi
from swarmviz.landscapes.base import block
from swarmviz.landscapes.lanes import half_wave
from swarmviz.landscapes.radial import Rings, squares, times_position


@block
def salomon(x, p, out):  # (1), 1 − cos 2πr = 2 sin² πr
    squares(x, out)
    for j in range(out.size):
        r = np.sqrt(out[j])
        out[j] = 2.0 * half_wave(r) + 0.1 * r


@block
def salomon_gradient(x, p, out):
    factor = out[0]
    squares(x, factor)
    for j in range(factor.size):
        r = np.sqrt(factor[j])
        factor[j] = (2.0 * np.pi * sin2pi(r) + 0.1) / r if r != 0.0 else 0.0
    times_position(x, factor, out)


class Salomon(Rings):
    """Rings of equal height on a shallow cone: the way to the centre leads over every one of them."""

    title = "Salomon"
    equation = r"F(x) = 1 - \cos 2\pi|x| + 0.1\,|x|"
    reference = "003 table 1"
    remark = "At the tip, the only point without a gradient, it is taken as 0, which is a sub-gradient."
    low, high = -100.0, 100.0
    ring = 0.9974
    smoothness = 0
    block_values, block_gradient = staticmethod(salomon), staticmethod(salomon_gradient)
