"""The functions of formulas that :mod:`swarmviz.kernels.elementary` does not have, for
:mod:`swarmviz.landscapes.formula.interpreter`.

Not a number in, not a number out. Jumps and kinks have these slopes: |x| has 0 at 0, min and max have the mean of both sides where the
two are equal, sign, floor and comparisons have 0 everywhere.
"""

from __future__ import annotations

import math

import numpy as np

from swarmviz.kernels.elementary import cos, elementary, exp, log, power, sin

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


@elementary
def real_power(x, y):
    """x to the power y where that is real: for x < 0 only with a whole y."""
    size = power(abs(x), y)
    half = 0.5 * y
    size_or_minus = -size if half != np.floor(half) else size
    below = size_or_minus if y == np.floor(y) else math.nan
    return below if x < 0.0 else size


@elementary
def less(a, b):
    """1 for a < b, else 0; NaN if one is NaN."""
    r = 1.0 if a < b else 0.0
    r = a if a != a else r
    return b if b != b else r


@elementary
def at_most(a, b):
    """1 for a ≤ b, else 0; NaN if one is NaN."""
    r = 1.0 if a <= b else 0.0
    r = a if a != a else r
    return b if b != b else r


@elementary
def share(a, b):
    """How much the smaller of two changes with a: 1 where a is it, ½ where both are."""
    r = 1.0 if a < b else 0.0
    return 0.5 if a == b else r


@elementary
def passed(change, slope):
    """``change · slope``; nothing where nothing comes, however steep the slope."""
    return 0.0 if change == 0.0 else change * slope
