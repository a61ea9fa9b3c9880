r"""Griewank's function: a wide bowl with a fine lattice of dents.

    F(x) = 1 + |x|² / 4000 − Π_i cos(x_i / √i)          (1)  Griewank 1981
    F(x) = 1 + |x|² / 4000 − Π_i cos(x_i / i)           (2)  003 table 1, as printed

The slope of the product in coordinate i takes the product of all other cosines: those before i are collected in ``out``
on the way forth, those behind i in ``behind`` on the way back, so that nothing is divided by a cosine that may be 0.
"""

from __future__ import annotations

from swarmviz.kernels.elementary import cos, sin
from swarmviz.landscapes.base import MinimumAtOrigin, block
from swarmviz.landscapes.lanes import LANES, lanes


@block
def _frequency(i, exponent):
    return (i + 1.0) ** -exponent


@block
def _griewank(x, exponent, out):
    d, n = x.shape
    product = lanes()
    for first in range(0, n, LANES):
        count, o = min(LANES, n - first), out[first:]
        product[:count], o[:count] = 1.0, 1.0
        for i in range(d):
            xi, f = x[i, first:], _frequency(i, exponent)
            for j in range(count):
                product[j] *= cos(f * xi[j])
                o[j] += xi[j] * xi[j] / 4000.0
        for j in range(count):
            o[j] -= product[j]


@block
def _griewank_gradient(x, exponent, out):
    d, n = x.shape
    before, behind = lanes(), lanes()
    for first in range(0, n, LANES):
        count = min(LANES, n - first)
        before[:count], behind[:count] = 1.0, 1.0
        for i in range(d):
            xi, oi, f = x[i, first:], out[i, first:], _frequency(i, exponent)
            for j in range(count):
                oi[j] = before[j]
                before[j] *= cos(f * xi[j])
        for i in range(d - 1, -1, -1):
            xi, oi, f = x[i, first:], out[i, first:], _frequency(i, exponent)
            for j in range(count):
                oi[j] = xi[j] / 2000.0 + f * sin(f * xi[j]) * oi[j] * behind[j]
                behind[j] *= cos(f * xi[j])


@block
def griewank(x, p, out):  # (1)
    _griewank(x, 0.5, out)


@block
def griewank_gradient(x, p, out):
    _griewank_gradient(x, 0.5, out)


@block
def printed(x, p, out):  # (2)
    _griewank(x, 1.0, out)


@block
def printed_gradient(x, p, out):
    _griewank_gradient(x, 1.0, out)


class Griewank(MinimumAtOrigin):
    """From afar a smooth bowl, from near a lattice of dents."""

    title = "Griewank"
    equation = r"F(x) = 1 + \frac{|x|^2}{4000} - \prod_i \cos\frac{x_i}{\sqrt i}"
    reference = "Griewank 1981"
    low, high = -600.0, 600.0
    nearest_minimum = 0.0073  # (±π, ±√2 π, 0, …), where two cosines are −1; in one dimension 2π
    block_values, block_gradient = staticmethod(griewank), staticmethod(griewank_gradient)


class PrintedGriewank(Griewank):
    """Griewank with wider dents in the later coordinates, as printed in 003."""

    title = "Griewank of 003"
    equation = r"F(x) = 1 + \frac{|x|^2}{4000} - \prod_i \cos\frac{x_i}{i}"
    reference = "003 table 1, as printed"
    remark = "003 prints cos(x_i/i) in place of cos(x_i/√i), and lets the sum begin at i = d, read here as i = 1."
    nearest_minimum = 0.0104  # (±π, ±2π, 0, …)
    block_values, block_gradient = staticmethod(printed), staticmethod(printed_gradient)
