r"""Drop-wave: the rings of a drop on water.

F(x) = −(1 + cos 12r) / (r²/2 + 2),  r = |x|          (1)  002 fig. C.14
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.elementary import cos, sin
from swarmviz.landscapes.base import block
from swarmviz.landscapes.radial import Rings, squares, times_position


@block
def drop_wave(x, p, out):  # (1)
    squares(x, out)
    for j in range(out.size):
        out[j] = -(1.0 + cos(12.0 * np.sqrt(out[j]))) / (0.5 * out[j] + 2.0)


@block
def drop_wave_gradient(x, p, out):
    factor = out[0]
    squares(x, factor)
    for j in range(factor.size):
        r, q = np.sqrt(factor[j]), 0.5 * factor[j] + 2.0
        sine_over_r = sin(12.0 * r) / r if r != 0.0 else 12.0
        factor[j] = (12.0 * sine_over_r * q + 1.0 + cos(12.0 * r)) / (q * q)
    times_position(x, factor, out)


class DropWave(Rings):
    """The rings of a drop on water; the global basin in the middle is very small."""

    title = "Drop-wave"
    equation = r"F(x) = -\frac{1 + \cos 12|x|}{\frac12 |x|^2 + 2}"
    reference = "002 fig. C.14"
    low, high = -5.12, 5.12
    confining = False
    block_values, block_gradient = staticmethod(drop_wave), staticmethod(drop_wave_gradient)
    ring = 0.5202
