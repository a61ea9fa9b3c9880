r"""The cross-in-tray function: a lattice of hollows, cut by a cross of infinitely thin walls along the zeros of sines.

    F(x, y) = −10⁻⁴ (|sin x sin y| e^{|100 − r/π|} + 1)^{1/10},   r = |(x, y)|          (1)

Where a sine is 0 its absolute value has a kink, and the slope of that term is taken as 0, as if |·| had slope 0 at 0.
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.elementary import cos, exp, power, sin
from swarmviz.landscapes.base import Landscape, block
from swarmviz.landscapes.lanes import sign


@block
def cross(x, p, out):  # (1)
    X, Y = x[0], x[1]
    for j in range(X.size):
        r = np.sqrt(X[j] * X[j] + Y[j] * Y[j])
        out[j] = -1e-4 * power(abs(sin(X[j]) * sin(Y[j])) * exp(abs(100.0 - r / np.pi)) + 1.0, 0.1)


@block
def cross_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        r = np.sqrt(X[j] * X[j] + Y[j] * Y[j])
        a, b, e = sin(X[j]), sin(Y[j]), exp(abs(100.0 - r / np.pi))
        wave = a * b
        outer = -1e-5 * power(abs(wave) * e + 1.0, -0.9) * e
        radial = -abs(wave) * sign(100.0 - r / np.pi) / (np.pi * r) if r != 0.0 else 0.0
        dX[j] = outer * (radial * X[j] + sign(wave) * cos(X[j]) * b)
        dY[j] = outer * (radial * Y[j] + sign(wave) * cos(Y[j]) * a)


class CrossInTray(Landscape):
    """Hollows of nearly the same depth, four of them the deepest, between the bars of a lattice that no agent can see."""

    title = "Cross-in-tray"
    equation = (
        r"F(x, y) = -10^{-4} \left(\left|\sin x \sin y \; e^{\left|100 - \sqrt{x^2 + y^2}/\pi\right|}\right|"
        r" + 1\right)^{0.1}"
    )
    reference = "Mishra 2006; Jamil and Yang 2013"
    remark = (
        "The minimum is −2.06261187, at ±1.34940662; where the literature prints ±1.349406685353340, eight digits are right. "
        "On the kinks, where a sine is 0, the gradient leaves out the term that has a kink; beside them it is enormous."
    )
    low, high = -10.0, 10.0
    dims = (2, 2)
    smoothness = 0
    confining = False
    block_values, block_gradient = staticmethod(cross), staticmethod(cross_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        t = 1.3494066171539107918
        return np.array([[t, t], [t, -t], [-t, t], [-t, -t]])
