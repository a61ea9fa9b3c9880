"""Formulas in LaTeX."""

from __future__ import annotations

import pytest

from swarmviz.landscapes import Formula
from swarmviz.landscapes.formula.latex import latex
from swarmviz.landscapes.formula.parser import parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x^2 + 10*sin(3*x)", r"x^{2} + 10 \, \sin\left(3 \, x\right)"),
        ("-(x + y)*3", r"-\left(x + y\right) \cdot 3"),
        ("x/(y + 1)", r"\frac{x}{y + 1}"),
        ("(x*y)^2^x", r"\left(x \, y\right)^{2^{x}}"),
        ("x - (y - 1)", r"x - \left(y - 1\right)"),
        ("x - -y", r"x - \left(-y\right)"),
        ("abs(x) + sqrt(y) + floor(x)", r"\left|x\right| + \sqrt{y} + \left\lfloor x \right\rfloor"),
        ("min(x, pi)*1e-7", r"\min\left(x, \pi\right) \cdot 1 \cdot 10^{-7}"),
        ("x/y/2 − |x|·π", r"\frac{\frac{x}{y}}{2} - \left|x\right| \cdot \pi"),
        ("ln(x) + √y×3 + x⁻²", r"\ln\left(x\right) + \sqrt{y} \cdot 3 + x^{-2}"),
        ("(x <= 0)*y", r"\left[x \le 0\right] \, y"),
        ("sum(i, x_i^2 - 3)", r"\sum_{i=1}^{d} \left(x_{i}^{2} - 3\right)"),
        ("sum(j, x_(j-1)*x_{j+2})", r"\sum_{j=2}^{d-2} x_{j-1} \, x_{j+2}"),
        ("product(i, x_i)*y*sum(i, i)", r"\left(\prod_{i=1}^{d} x_{i}\right) \, y \, \sum_{i=1}^{d} i"),
        ("-x*prod(i, x_i)*y", r"\left(-x \, \prod_{i=1}^{d} x_{i}\right) \, y"),
        ("sum(i, x_i)^2 - d*norm(x)", r"\left(\sum_{i=1}^{d} x_{i}\right)^{2} - d \, \left\|x\right\|"),
    ],
)
def test_the_equation_on_the_screen_is_the_one_that_was_typed(text, expected):
    assert latex(parse(text), {1: "x", 2: "y"}) == expected


def test_an_equation_that_nobody_would_read_ends_with_dots():
    text = " + ".join(f"x{i}^2 - 10*cos(2*pi*x{i})" for i in range(1, 40))
    equation = Formula(text).equation
    assert equation.startswith(r"F(x_{1}, \ldots, x_{39}) = x_{1}^{2} - 10 \, \cos\left(2 \cdot \pi \, x_{1}\right) + ")
    assert equation.endswith(r" + x_{21}^{2} + \cdots")
    assert r"\cdots" not in Formula(text[: text.index(" + x9^2")]).equation
