r"""Landscapes with kinks and cliffs.

    F(x, y) = 100 √|y − x²/100| + |x + 10| / 100                   (1)  Bukin N.6, 002 fig. C.16
    F(x) = −exp(5 Σ_i x_i) if all x_i ≤ ½, else 0                  (2)  discontinuous integrand, 001 eq. 4.6
    F(x, y) = −|sin x cos y| exp|1 − r/π|,  r = |(x, y)|           (3)  Hölder table
    F(x, y) = −(y + 47) sin √|x/2 + y + 47| − x sin √|x − y − 47|  (4)  Eggholder

On a kink the gradient leaves out the part that has none there, as if |·| had slope 0 at 0.
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.elementary import cos, exp, sin
from swarmviz.landscapes.base import Landscape, block
from swarmviz.landscapes.lanes import mark_nonfinite, sign


@block
def bukin(x, p, out):  # (1)
    X, Y = x[0], x[1]
    for j in range(X.size):
        out[j] = 100.0 * np.sqrt(abs(Y[j] - 0.01 * (X[j] * X[j]))) + 0.01 * abs(X[j] + 10.0)


@block
def bukin_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        g = Y[j] - 0.01 * (X[j] * X[j])
        steep = 50.0 * sign(g) / np.sqrt(abs(g)) if g != 0.0 else 0.0
        dX[j] = -0.02 * X[j] * steep + 0.01 * sign(X[j] + 10.0)
        dY[j] = steep


@block
def discontinuous(x, p, out):  # (2); beyond the cliff the exponent is −∞
    d, n = x.shape
    out[:] = 0.0
    for i in range(d):
        xi = x[i]
        for j in range(n):
            out[j] += 5.0 * xi[j] if xi[j] <= 0.5 else -np.inf
    for j in range(n):
        out[j] = -exp(out[j])
    mark_nonfinite(x, out)


@block
def discontinuous_gradient(x, p, out):
    d, n = x.shape
    discontinuous(x, p, out[d - 1])
    for i in range(d):
        xi, factor = x[i], out[d - 1]
        for j in range(n):
            factor[j] = 0.0 if xi[j] >= 0.5 else factor[j]
    for i in range(d):
        oi, factor = out[i], out[d - 1]
        for j in range(n):
            oi[j] = 5.0 * factor[j]


@block
def holder(x, p, out):  # (3)
    X, Y = x[0], x[1]
    for j in range(X.size):
        r = np.sqrt(X[j] * X[j] + Y[j] * Y[j])
        out[j] = -abs(sin(X[j]) * cos(Y[j])) * exp(abs(1.0 - r / np.pi))


@block
def holder_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        r = np.sqrt(X[j] * X[j] + Y[j] * Y[j])
        wave, e = sin(X[j]) * cos(Y[j]), exp(abs(1.0 - r / np.pi))
        radial = abs(wave) * sign(1.0 - r / np.pi) / (np.pi * r) if r != 0.0 else 0.0
        dX[j] = e * (radial * X[j] - sign(wave) * cos(X[j]) * cos(Y[j]))
        dY[j] = e * (radial * Y[j] + sign(wave) * sin(X[j]) * sin(Y[j]))


@block
def eggholder(x, p, out):  # (4)
    X, Y = x[0], x[1]
    for j in range(X.size):
        v = Y[j] + 47.0
        out[j] = -v * sin(np.sqrt(abs(0.5 * X[j] + v))) - X[j] * sin(np.sqrt(abs(X[j] - v)))


@block
def _root_slope(a):
    """d/da sin √|a|, 0 at the kink."""
    r = np.sqrt(abs(a))
    return 0.5 * sign(a) * cos(r) / r if r != 0.0 else 0.0


@block
def eggholder_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        v = Y[j] + 47.0
        a, b = 0.5 * X[j] + v, X[j] - v
        first, second = -v * _root_slope(a), -X[j] * _root_slope(b)
        dX[j] = 0.5 * first + second - sin(np.sqrt(abs(b)))
        dY[j] = first - second - sin(np.sqrt(abs(a)))


class BukinN6(Landscape):
    """A sharp curved ridge whose floor falls very slowly towards its end."""

    title = "Bukin N.6"
    equation = r"F(x, y) = 100 \sqrt{\left|y - 0.01 x^2\right|} + 0.01\,|x + 10|"
    reference = "002 fig. C.16"
    remark = "The slope grows without bound towards the ridge; on the ridge itself only the slope along x + 10 is kept."
    low, high = (-15.0, -3.0), (-5.0, 3.0)
    dims = (2, 2)
    block_values, block_gradient = staticmethod(bukin), staticmethod(bukin_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.array([[-10.0, 1.0]])


class DiscontinuousIntegrand(Landscape):
    """Flat, but for a corner that falls exponentially and ends in a cliff, at whose edge the minimum lies."""

    title = "Discontinuous integrand"
    equation = r"F(x) = -\exp\Bigl(5 \sum_i x_i\Bigr) \text{ if all } x_i \le \tfrac12, \text{ else } 0"
    reference = "001 eq. 4.6; Genz 1984"
    remark = "At the cliff, where the minimum lies, the gradient is taken as 0. Beyond d = 283 the minimum overflows."
    low, high = -5.0, 5.0
    dims = (1, 283)
    block_values, block_gradient = staticmethod(discontinuous), staticmethod(discontinuous_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.full((1, d), 0.5)


class HolderTable(Landscape):
    """A table with four legs: four global minima near the corners of the box."""

    title = "Hölder table"
    equation = r"F(x, y) = -\left|\sin x \cos y \; e^{\left|1 - \sqrt{x^2 + y^2}/\pi\right|}\right|"
    reference = "Mishra 2006"
    remark = "Lower still outside of the box. On the kinks the gradient leaves out the term that has a kink."
    low, high = -10.0, 10.0
    dims = (2, 2)
    block_values, block_gradient = staticmethod(holder), staticmethod(holder_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        x, y = 8.0550234757365634198, 9.6645900192412728900
        return np.array([[x, y], [x, -y], [-x, y], [-x, -y]])


class Eggholder(Landscape):
    """A rugged land of long crooked valleys; the lowest point is on the border of the box."""

    title = "Eggholder"
    equation = (
        r"F(x, y) = -(y + 47) \sin\sqrt{\left|\tfrac{x}{2} + y + 47\right|}"
        r" - x \sin\sqrt{\left|x - (y + 47)\right|}"
    )
    reference = "Whitley et al. 1996"
    remark = "Lower still outside of the box, so use it with a boundary. On the two kinks the slope across is left out."
    low, high = -512.0, 512.0
    dims = (2, 2)
    nearest_minimum = 0.0579
    block_values, block_gradient = staticmethod(eggholder), staticmethod(eggholder_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.array([[512.0, 404.23180511375781093]])
