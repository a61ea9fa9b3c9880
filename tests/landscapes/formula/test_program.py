"""Programs of formulas: what is long is taken within limits of cost, and refused beyond them."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.landscapes import Formula
from swarmviz.landscapes.formula import interpreter, program

WORST = [
    "+".join(f"x{i}^{99 - i}" for i in range(1, 40)),
    "+".join(f"tan(x*{k})" for k in range(120)),
    "sum(i, " + "+".join(f"acos(tanh(x_i*{k}))" for k in range(11)) + ")",
    "x" + "/x" * 490,
    "x" + "^1.01" * 20,
    "(" * 20 + "x" + "+y)" * 20,
]


@pytest.mark.parametrize("text", WORST)
def test_the_longest_formulas_are_taken_and_their_cost_is_bounded(text):
    """A formula within the limits has at most STACK_NUMBERS / 500 operations a lane; beyond them it is refused before it runs."""
    landscape = Formula(text)
    header = landscape.constants()
    assert header[0] + header[1] <= program.MAX_OPERATIONS
    assert header[3] >= interpreter.VECTOR and (header[0] + header[1]) * header[3] <= interpreter.STACK_NUMBERS
    X = np.random.default_rng(0).uniform(1, 2, (100, landscape.dims[0]))
    assert landscape.values(X).shape == (100,) and landscape.gradient(X).shape == X.shape
    assert landscape.equation.startswith("F(") and len(landscape.equation) < 2000
    deepest, level = 0, 0  # whoever sets it in type does so by recursion
    for sign in landscape.equation:
        level += (sign == "{") - (sign == "}")
        deepest = max(deepest, level)
    assert level == 0 and deepest < 60


@pytest.mark.parametrize(
    "text",
    [
        "+".join(f"x{i % 50 + 1}^{99 - i // 9}" for i in range(71)),
        "+".join(f"x{i % 50 + 1}^-.{i + 3}" for i in range(55)),
        "+".join(f"asin(x{i % 50 + 1}/{i + 7})" for i in range(36)),
        "-".join(f"tan(x{i % 50 + 1})" for i in range(55)),
    ],
)
def test_what_was_short_enough_for_an_old_link_is_so_still(text):
    assert len(text) <= 500 and Formula(text).dims[0] >= 36


def test_thirty_dimensions_written_out_are_not_too_long():
    text = " + ".join(f"x{i}^2 - 10*cos(2*pi*x{i})" for i in range(1, 31)) + " + 300"
    X = np.random.default_rng(0).uniform(-5, 5, (5, 30))
    assert Formula(text).values(X) == pytest.approx(sv.landscapes.Rastrigin().values(X), rel=1e-12)
