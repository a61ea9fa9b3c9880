"""The functions of a person's formula that :mod:`swarmviz.elementary` does not have, compiled.

The generated modules of :mod:`swarmviz.landscapes.formula` import them. Jumps and kinks have these slopes: |x| has 0 at 0,
min and max have the mean of both sides where the two are equal, sign and floor have 0 everywhere.
"""

from __future__ import annotations

import math

import numpy as np

from swarmviz.elementary import cos, elementary, exp, finite, log, sin
from swarmviz.landscapes.base import block

ONE_OVER_LOG_10 = 1.0 / math.log(10.0)


@elementary
def tan(x):
    """Tangent."""
    return sin(x) / cos(x)


@elementary
def sinh(x):
    """Hyperbolic sine; the series near 0, where the exponentials cancel."""
    a, q = abs(x), x * x
    near = 1.0 + q / 42.0 * (1.0 + q / 72.0 * (1.0 + q / 110.0 * (1.0 + q / 156.0)))
    near = x * (1.0 + q / 6.0 * (1.0 + q / 20.0 * near))
    far = 0.5 * (exp(x) - exp(-x))
    return near if a < 0.5 else far


@elementary
def cosh(x):
    """Hyperbolic cosine."""
    return 0.5 * (exp(x) + exp(-x))


@elementary
def log10(x):
    """Logarithm to base 10."""
    return ONE_OVER_LOG_10 * log(x)


@elementary
def step(x):
    """0 for x < 0, ½ for x = 0, 1 for x > 0."""
    above = 1.0 if x > 0.0 else 0.0
    above = 0.5 if x == 0.0 else above
    return x if x != x else above


@elementary
def lesser(a, b):
    """The smaller of two numbers; NaN if one is NaN."""
    least = a if a < b else b
    return a if a != a else least


@elementary
def greater(a, b):
    """The larger of two numbers; NaN if one is NaN."""
    most = a if a > b else b
    return a if a != a else most


@elementary
def floor(x):
    """The largest whole number that is not above x."""
    return np.floor(x)


@elementary
def asin(x):
    """Arc sine; NaN outside of [−1, 1]."""
    return np.arcsin(x)


@elementary
def acos(x):
    """Arc cosine; NaN outside of [−1, 1]."""
    return np.arccos(x)


@elementary
def atan(x):
    """Arc tangent."""
    return np.arctan(x)


@block
def settle(x, out):
    """Slopes that are not finite become 0, so that a kink such as that of √x at 0 throws nobody out."""
    d, n = x.shape
    for i in range(d):
        xi, oi = x[i], out[i]
        for j in range(n):
            oi[j] = oi[j] if finite(oi[j]) else 0.0 * xi[j]
