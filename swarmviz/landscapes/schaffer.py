r"""Schaffer N.2: hyperbolic ripples.

F(x, y) = ½ + [sin²(x² − y²) − ½] / [1 + (x² + y²) / 1000]²          (1)  002 fig. C.15
"""

from __future__ import annotations

from swarmviz.kernels.elementary import cos, sin
from swarmviz.landscapes.base import MinimumAtOrigin, block


@block
def schaffer(x, p, out):  # (1), with ½ brought over q²: (q² − 1)/2 = e + e²/2
    X, Y = x[0], x[1]
    for j in range(X.size):
        a, b = X[j] * X[j], Y[j] * Y[j]
        s, e = sin(a - b), 0.001 * (a + b)
        out[j] = (s * s + e + 0.5 * e * e) / ((1.0 + e) * (1.0 + e))


@block
def schaffer_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        a, b = X[j] * X[j], Y[j] * Y[j]
        s, q = sin(a - b), 1.0 + 0.001 * (a + b)
        along = 2.0 * s * cos(a - b) / (q * q)  # ∂F/∂(x² − y²)
        outward = -0.002 * (s * s - 0.5) / (q * q * q)  # ∂F/∂(x² + y²)
        dX[j] = 2.0 * X[j] * (outward + along)
        dY[j] = 2.0 * Y[j] * (outward - along)


class SchafferN2(MinimumAtOrigin):
    """Hyperbolic ripples with a dip of ½ in the middle."""

    title = "Schaffer N.2"
    equation = r"F(x, y) = \frac12 + \frac{\sin^2(x^2 - y^2) - \frac12}{[1 + 0.001\,(x^2 + y^2)]^2}"
    reference = "002 fig. C.15"
    remark = "Often taken on [−100, 100]², where its ripples are finer than any screen shows."
    low, high = -10.0, 10.0
    dims = (2, 2)
    confining = False
    block_values, block_gradient = staticmethod(schaffer), staticmethod(schaffer_gradient)
