"""Parts that several block functions share.

``lanes()`` is a small array on the stack, for block functions that need a second number per agent while they sum over
coordinates. A block function may not allocate, and a loop over agents with the loop over coordinates inside it does not
become vector code (five times slower). So such a function takes the agents ``LANES`` at a time::

    squares = lanes()
    for first in range(0, n, LANES):
        count = min(LANES, n - first)
        squares[:count] = 0.0
        for i in range(d):
            xi = x[i, first:]
            for j in range(count):
                squares[j] += xi[j] * xi[j]
        …
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array

from swarmviz.kernels.elementary import _sin_half_turn, elementary
from swarmviz.landscapes.base import block

LANES = 128  # 1 kB, so that it stays in the first-level cache beside the rows of x


def on_the_stack(count):
    """An intrinsic: ``count`` floats on the stack of the caller, undefined at first; they must not outlive the call."""

    @intrinsic
    def room(typing_context):
        floats = types.float64[::1]

        def generate(context, builder, signature, arguments):
            array = context.make_array(floats)(context, builder)
            data = cgutils.alloca_once(builder, ir.DoubleType(), size=count)
            length, size = (context.get_constant(types.intp, number) for number in (count, 8))
            populate_array(array, data=data, shape=[length], strides=[size], itemsize=size, meminfo=None)
            return array._getvalue()

        return floats(), generate

    return room


lanes = on_the_stack(LANES)


@elementary
def half_wave(x):
    """sin² πx = ½ (1 − cos 2πx), without cancellation near whole x."""
    s = _sin_half_turn(0.5 * (x - np.rint(x)))
    return s * s


@elementary
def sign(x):
    """−1, 0 or 1; NaN for NaN."""
    return 1.0 if x > 0.0 else -1.0 if x < 0.0 else 0.0 * x


@block
def mark_nonfinite(x, out):
    """Make the values at non-finite positions NaN where the formula itself would not: 0 · inf is NaN."""
    d, n = x.shape
    for i in range(d):
        xi = x[i]
        for j in range(n):
            out[j] += 0.0 * xi[j]
