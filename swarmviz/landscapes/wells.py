r"""Polynomials with a few wells.

    F(x) = h (x_1² − 1)² + s x_1 + Σ_{i≥2} x_i²          (1)  double well, tilted
    F(x, y) = (x² + y − 11)² + (x + y² − 7)²             (2)  Himmelblau
    F(x, y) = (4 − 2.1x² + x⁴/3) x² + xy + 4 (y² − 1) y² (3)  six-hump camel
    F(x) = ½ Σ_i (x_i⁴ − 16x_i² + 5x_i)                  (4)  Styblinski–Tang

All are smooth.
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


@block
def himmelblau(x, p, out):  # (2)
    X, Y = x[0], x[1]
    for j in range(X.size):
        a, b = X[j] * X[j] + Y[j] - 11.0, X[j] + Y[j] * Y[j] - 7.0
        out[j] = a * a + b * b


@block
def himmelblau_gradient(x, p, out):
    X, Y, oX, oY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        a, b = X[j] * X[j] + Y[j] - 11.0, X[j] + Y[j] * Y[j] - 7.0
        oX[j] = 4.0 * X[j] * a + 2.0 * b
        oY[j] = 2.0 * a + 4.0 * Y[j] * b


@block
def camel(x, p, out):  # (3)
    X, Y = x[0], x[1]
    for j in range(X.size):
        a, b = X[j] * X[j], Y[j] * Y[j]
        out[j] = (4.0 + a * (a / 3.0 - 2.1)) * a + X[j] * Y[j] + 4.0 * (b - 1.0) * b


@block
def camel_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        a, b = X[j] * X[j], Y[j] * Y[j]
        dX[j] = X[j] * (8.0 + a * (2.0 * a - 8.4)) + Y[j]
        dY[j] = X[j] + Y[j] * (16.0 * b - 8.0)


@block
def styblinski(x, p, out):  # (4)
    d, n = x.shape
    out[:] = 0.0
    for i in range(d):
        xi = x[i]
        for j in range(n):
            a = xi[j] * xi[j]
            out[j] += 0.5 * (a * (a - 16.0) + 5.0 * xi[j])


@block
def styblinski_gradient(x, p, out):
    d, n = x.shape
    for i in range(d):
        xi, oi = x[i], out[i]
        for j in range(n):
            oi[j] = xi[j] * (2.0 * xi[j] * xi[j] - 16.0) + 2.5


class DoubleWell(Landscape):
    """Two wells in any dimension, the left one deeper while the tilt is positive."""

    title = "Double well"
    equation = r"F(x) = h\,(x_1^2 - 1)^2 + s\,x_1 + \sum_{i \ge 2} x_i^2"
    reference = "Kramers 1940 (as a potential with two wells)"
    remark = "Without tilt both wells are global minimisers."
    low, high = -2.0, 2.0
    block_values, block_gradient = staticmethod(double_well), staticmethod(double_well_gradient)

    barrier = Real(
        1.0, bounds=(0.01, 100), softbounds=(0.1, 5), symbol="h", doc="Height of the barrier between the wells."
    )
    tilt = Real(0.3, bounds=(-2, 2), symbol="s", doc="Slope that makes one well deeper than the other.")

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


class Himmelblau(Landscape):
    """Four wells of the same depth."""

    title = "Himmelblau"
    equation = r"F(x, y) = (x^2 + y - 11)^2 + (x + y^2 - 7)^2"
    reference = "Himmelblau 1972, p. 428"
    low, high = -6.0, 6.0
    dims = (2, 2)
    log_colours = True
    block_values, block_gradient = staticmethod(himmelblau), staticmethod(himmelblau_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.array([
            [3.0, 2.0],
            [-2.8051180869527448531, 3.1313125182505729658],
            [-3.7793102533777468896, -3.2831859912861694124],
            [3.5844283403304917449, -1.8481265269644035525],
        ])  # fmt: skip


class SixHumpCamel(Landscape):
    """Six valleys, of which two opposite ones are the lowest."""

    title = "Six-hump camel"
    equation = r"F(x, y) = \left(4 - 2.1x^2 + \tfrac13 x^4\right) x^2 + xy + 4\,(y^2 - 1)\,y^2"
    reference = "Dixon and Szegő 1978"
    low, high = (-3.0, -2.0), (3.0, 2.0)
    dims = (2, 2)
    block_values, block_gradient = staticmethod(camel), staticmethod(camel_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        x, y = 0.08984201310031806242, -0.71265640302073963340
        return np.array([[x, y], [-x, -y]])


class StyblinskiTang(Landscape):
    """Two wells in every coordinate, hence 2ᵈ of them, of which one is the deepest."""

    title = "Styblinski–Tang"
    equation = r"F(x) = \tfrac12 \sum_i \left(x_i^4 - 16x_i^2 + 5x_i\right)"
    reference = "Styblinski and Tang 1990"
    low, high = -5.0, 5.0
    block_values, block_gradient = staticmethod(styblinski), staticmethod(styblinski_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.full((1, d), -2.9035340277711770951)
