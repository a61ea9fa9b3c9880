r"""The camels.

F(x, y) = (4 − 2.1x² + x⁴/3) x² + xy + 4 (y² − 1) y²          (1)  six humps
F(x, y) = 2x² − 1.05x⁴ + x⁶/6 + xy + y²                       (2)  three humps
"""

from __future__ import annotations

import numpy as np

from swarmviz.landscapes.base import Landscape, block


@block
def camel(x, p, out):  # (1)
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
def three_hump(x, p, out):  # (2)
    X, Y = x[0], x[1]
    for j in range(X.size):
        a = X[j] * X[j]
        out[j] = a * (2.0 + a * (a / 6.0 - 1.05)) + X[j] * Y[j] + Y[j] * Y[j]


@block
def three_hump_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        a = X[j] * X[j]
        dX[j] = X[j] * (4.0 + a * (a - 4.2)) + Y[j]
        dY[j] = X[j] + 2.0 * Y[j]


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


class ThreeHumpCamel(Landscape):
    """Three valleys in a row, of which the middle one is the lowest."""

    title = "Three-hump camel"
    equation = r"F(x, y) = 2x^2 - 1.05x^4 + \tfrac16 x^6 + xy + y^2"
    reference = "Dixon and Szegő 1975; Jamil and Yang 2013"
    low, high = -5.0, 5.0
    dims = (2, 2)
    log_colours = True
    block_values, block_gradient = staticmethod(three_hump), staticmethod(three_hump_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.zeros((1, d))
