r"""Polynomials in the plane.

    F(x, y) = (1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²                    (1)  Beale
    F(x, y) = (x + 2y − 7)² + (2x + y − 5)²                                               (2)  Booth
    F(x, y) = 2x² − 1.05x⁴ + x⁶/6 + xy + y²                                               (3)  three-hump camel
    F(x, y) = [1 + (x + y + 1)² (19 − 14x + 3x² − 14y + 6xy + 3y²)]
              × [30 + (2x − 3y)² (18 − 32x + 12x² + 48y − 36xy + 27y²)]                   (4)  Goldstein–Price

With s = x + y and t = 2x − 3y the factors of (4) are 1 + (s + 1)² (19 − 14s + 3s²) and 30 + t² (18 − 16t + 3t²): a
function of s times a function of t. All are smooth.
"""

from __future__ import annotations

import numpy as np

from swarmviz.landscapes.base import Landscape, block


@block
def beale(x, p, out):  # (1)
    X, Y = x[0], x[1]
    for j in range(X.size):
        y2 = Y[j] * Y[j]
        a, b, c = 1.5 - X[j] * (1.0 - Y[j]), 2.25 - X[j] * (1.0 - y2), 2.625 - X[j] * (1.0 - y2 * Y[j])
        out[j] = a * a + b * b + c * c


@block
def beale_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        y2 = Y[j] * Y[j]
        u, v, w = 1.0 - Y[j], 1.0 - y2, 1.0 - y2 * Y[j]
        a, b, c = 1.5 - X[j] * u, 2.25 - X[j] * v, 2.625 - X[j] * w
        dX[j] = -2.0 * (a * u + b * v + c * w)
        dY[j] = 2.0 * X[j] * (a + 2.0 * Y[j] * b + 3.0 * y2 * c)


@block
def booth(x, p, out):  # (2)
    X, Y = x[0], x[1]
    for j in range(X.size):
        a, b = X[j] + 2.0 * Y[j] - 7.0, 2.0 * X[j] + Y[j] - 5.0
        out[j] = a * a + b * b


@block
def booth_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        a, b = X[j] + 2.0 * Y[j] - 7.0, 2.0 * X[j] + Y[j] - 5.0
        dX[j] = 2.0 * a + 4.0 * b
        dY[j] = 4.0 * a + 2.0 * b


@block
def three_hump(x, p, out):  # (3)
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


@block
def goldstein(x, p, out):  # (4)
    X, Y = x[0], x[1]
    for j in range(X.size):
        s, t = X[j] + Y[j], 2.0 * X[j] - 3.0 * Y[j]
        first = 1.0 + (s + 1.0) * (s + 1.0) * (19.0 + s * (3.0 * s - 14.0))
        out[j] = first * (30.0 + t * t * (18.0 + t * (3.0 * t - 16.0)))


@block
def goldstein_gradient(x, p, out):
    X, Y, dX, dY = x[0], x[1], out[0], out[1]
    for j in range(X.size):
        s, t = X[j] + Y[j], 2.0 * X[j] - 3.0 * Y[j]
        u, P, Q = s + 1.0, 19.0 + s * (3.0 * s - 14.0), 18.0 + t * (3.0 * t - 16.0)
        first, second = 1.0 + u * u * P, 30.0 + t * t * Q
        along_s = u * (2.0 * P + u * (6.0 * s - 14.0)) * second
        along_t = t * (2.0 * Q + t * (6.0 * t - 16.0)) * first
        dX[j] = along_s + 2.0 * along_t
        dY[j] = along_s - 3.0 * along_t


class Beale(Landscape):
    """A flat curved valley between walls that rise at the corners of the box."""

    title = "Beale"
    equation = r"F(x, y) = (1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2"
    reference = "Beale 1958; Jamil and Yang 2013"
    low, high = -4.5, 4.5
    dims = (2, 2)
    log_colours = True
    block_values, block_gradient = staticmethod(beale), staticmethod(beale_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.array([[3.0, 0.5]])


class Booth(Landscape):
    """A long, tilted bowl."""

    title = "Booth"
    equation = r"F(x, y) = (x + 2y - 7)^2 + (2x + y - 5)^2"
    reference = "Jamil and Yang 2013"
    low, high = -10.0, 10.0
    dims = (2, 2)
    block_values, block_gradient = staticmethod(booth), staticmethod(booth_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.array([[1.0, 3.0]])


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


class GoldsteinPrice(Landscape):
    """Four valleys on a range of six orders of magnitude; the lowest value is 3."""

    title = "Goldstein–Price"
    equation = (
        r"F(x, y) = \left[1 + (x + y + 1)^2 (19 - 14x + 3x^2 - 14y + 6xy + 3y^2)\right]"
        r" \left[30 + (2x - 3y)^2 (18 - 32x + 12x^2 + 48y - 36xy + 27y^2)\right]"
    )
    reference = "Goldstein and Price 1971"
    low, high = -2.0, 2.0
    dims = (2, 2)
    log_colours = True
    block_values, block_gradient = staticmethod(goldstein), staticmethod(goldstein_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.array([[0.0, -1.0]])
