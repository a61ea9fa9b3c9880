"""The interpreter of formulas: the values and slopes that Python, mpmath and forward accumulation find, in any dimension."""

from __future__ import annotations

import math
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarmviz.landscapes import Formula, FormulaError
from swarmviz.landscapes.formula.parser import parse

# What the words of a formula mean, for an oracle that lets Python read the text (these texts are ours).
MEANING = {
    name: getattr(mpmath, name)
    for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "log10", "sqrt")
} | {"abs": abs, "sign": mpmath.sign, "floor": mpmath.floor, "min": min, "max": max, "pi": mpmath.pi, "e": mpmath.e}


def oracle(text, x):
    variables = {f"x{i}": t for i, t in enumerate(x, 1)} | dict(zip("xyz", x, strict=False))
    return mpmath.mpf(eval(" ".join(text.replace("^", "**").split()), {**MEANING, **variables}))


GOOD = [
    "x**2 + 10*sin(3*x)*exp(-abs(y))",
    "x^2 - y^2 - z^2",
    "-x^2 + 2^-x * -3 - -y + +z",
    "2^3^2/1000 * x - (x - (y - z)) / 2 / 4",
    "tan(x/4) + asin(x/6) - acos(y/6) * atan(z)",
    "sinh(x/2) + cosh(y/2)*tanh(z) + log(x^2 + 1)*log10(y^2 + 2)",
    "sqrt(x^2 + 1) + (y^2 + 1)^0.5 + (z^2 + 1)^-1.5 + (x^2 + 1)^(1/3)",
    "min(x, y, z^2, 1) * max(x, -y) + floor(3*x) * sign(y)",
    "abs(x)^y + (x^2 + 0.1)^sin(y)",
    "x1*x2^3 + x4/(x3^2 + 1)",
    "1.5e-3*x + .5*y + 2.*z + pi*e",
    "1 / x + x^-3 / y^-2",
    "((x))*(((y)))",
    " x\t+\n y ",
]


@pytest.mark.parametrize("text", GOOD)
def test_values_and_slopes_are_those_that_python_and_mpmath_find(text):
    landscape = Formula(text)
    d = landscape.dims[0]
    X = np.random.default_rng(0).uniform(-5, 5, (8, d))
    with mpmath.workdps(50):
        check_against_the_oracle(landscape, text, X)


def check_against_the_oracle(landscape, text, X):
    for x, value, slopes in zip(X, landscape.values(X), landscape.gradient(X), strict=True):
        at = [mpmath.mpf(float(t)) for t in x]
        expected = oracle(text, at)
        assert value == pytest.approx(float(expected), rel=1e-12, abs=1e-13)
        h = mpmath.mpf(10) ** -15
        for i in range(len(x)):
            up, down = ([t + s * h * (k == i) for k, t in enumerate(at)] for s in (1, -1))
            assert slopes[i] == pytest.approx(
                float((oracle(text, up) - oracle(text, down)) / (2 * h)), rel=1e-10, abs=1e-10
            )


SAME = [
    ("x²", "x^2"),
    ("x⁻¹⁰ + x³", "x^-10 + x^3"),
    ("2·x × y ÷ 3 ⋅ z", "2*x*y/3*z"),
    ("x − 1 – y", "x - 1 - y"),
    ("−x²", "-(x^2)"),
    ("2^x²", "2^(x^2)"),
    ("ln(x + 9)", "log(x + 9)"),
    ("arctan(x) + arcsin(x/9) + arccos(y/9)", "atan(x) + asin(x/9) + acos(y/9)"),
    ("|x|", "abs(x)"),
    ("||x| - |y||·|z|", "abs(abs(x) - abs(y))*abs(z)"),
    ("√(x² + 1)·√2", "sqrt(x^2 + 1)*sqrt(2)"),
    ("√√(x + 9)", "sqrt(sqrt(x + 9))"),
    ("π·x", "pi*x"),
    ("(x ≤ 1) + (y ≥ 2)", "(x <= 1) + (y >= 2)"),
    ("sum(i, x_i)", "sum(k, x_{k})"),
    ("sum(i, x_(i+1) − x_{i − 1})", "sum(i, x_{i+1} - x_(i-1))"),
    ("prod(i, x_i)", "product(i, x_i)"),
]


@pytest.mark.parametrize(("typed", "plain"), SAME)
def test_the_signs_of_print_are_understood(typed, plain):
    first, second = Formula(typed), Formula(plain)
    X = np.random.default_rng(0).uniform(-5, 5, (20, max(3, first.dims[0])))
    assert np.array_equal(first.values(X), second.values(X))
    assert np.array_equal(first.gradient(X), second.gradient(X))


def test_the_dimension_is_the_highest_variable_and_further_coordinates_do_not_matter():
    assert Formula("y^2").dims == (2, None)
    assert Formula("x7").equation.startswith(r"F(x_{1}, x_{2}, x_{3}, x_{4}, x_{5}, x_{6}, x_{7}) = ")
    assert Formula("3").dims == (1, None)
    X = np.random.default_rng(0).uniform(-5, 5, (5, 4))
    landscape = Formula("x^2 + sin(y)")
    assert np.array_equal(landscape.values(X), landscape.values(X[:, :2]))
    assert np.all(landscape.gradient(X)[:, 2:] == 0)
    with pytest.raises(ValueError, match="d = 1"):
        landscape.values(X[:, :1])


@pytest.mark.parametrize(
    ("text", "at", "slope"),
    [
        ("abs(x)", 0, 0),
        ("min(x, 2*x)", 0, 1.5),
        ("max(x, 3)", 3, 0.5),
        ("max(x, 3)", 4, 1),
        ("floor(x)*5", 2, 0),
        ("sign(x)", 0, 0),
        ("sqrt(abs(x))", 0, 0),
        ("sqrt(x^2)", 0, 0),
        ("x^2.5", 0, 0),
    ],
)
def test_on_a_kink_or_a_jump_the_documented_slope_is_returned(text, at, slope):
    assert Formula(text).gradient([[at]])[0, 0] == slope


@pytest.mark.parametrize(
    "text", ["3", "tanh(x)", "exp(-x^2)", "min(x, 1)", "max(x, 1)", "sign(x)", "atan(x)", "1/x", "x^0"]
)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_diverged_agent_stays_visible_even_where_the_formula_would_hide_it(text, bad):
    values = Formula(text).values([[bad], [0.5]])
    assert not np.isfinite(values[0]) and np.isfinite(values[1])


@pytest.mark.parametrize("text", ["log(x)", "x^0.5", "x^y", "min(sqrt(x), 1)", "min(1, sqrt(x))", "max(asin(x), 1)"])
def test_where_the_formula_is_not_real_its_value_is_not_a_number(text):
    assert np.isnan(Formula(text).values([[-2.0, 0.5]])[0])


# Each is undefined at the first point and equal to the number at the second. None may be "simplified" into a number.
UNDEFINED = [
    ("sqrt(x)^2", -1, 4, 4),
    ("√x·√x", -1, 4, 4),
    ("(√x)^4 - x²", -1, 4, 0),
    ("0*log(x)", -1, 4, 0),
    ("0*tan(asin(x)*x)", 1.5, 0.5, 0),
    ("sin(asin(x))", 1.5, 0.5, 0.5),
    ("exp(log(x))", -1, 1, 1),
    ("x/x", 0, 4, 1),
    ("x^0 * log(x)^0", -1, 4, 1),
    ("log(x) - log(x)", -1, 4, 0),
    ("(log(x) < 3)", -1, 4, 1),
    ("(3 >= log(x))", -1, 4, 1),
    ("1^log(x)", -1, 4, 1),
    ("log(x)^(1 - 1)", -1, 4, 1),
    ("max(1e9, log(x))", -1, 4, 1e9),
    ("min(log(x), -1e9)", -1, 4, -1e9),
    ("sign(log(x))", -1, 4, 1),
    ("floor(sqrt(x))", -1, 5, 2),
    ("abs(acos(x))*0", 2, 0.5, 0),
    ("0*sum(i, log(x_i))", -1, 4, 0),
    ("product(i, 0*sqrt(x_i))", -1, 4, 0),
    ("1/(1/x) - x", math.nan, 4, 0),
    ("(x^2)^0.5*0 + x^0.5", -1, 4, 2),
    ("(x - 1)^1.5", 0, 5, 8),
    ("(x - 1)^-0.5", 0, 5, 0.5),
    ("(x - 1)^(1/3)", 0, 9, 2),
    ("x^y", -2, 2, 4),
]


@pytest.mark.parametrize(("text", "bad", "good", "value"), UNDEFINED)
def test_a_formula_is_what_is_written_and_undefined_where_a_part_of_it_is(text, bad, good, value):
    landscape = Formula(text)
    d = landscape.dims[0]
    X = np.array([[bad] + [0.5] * (d - 1), [good] * d])
    at = landscape.values(X)
    assert np.isnan(at[0]) and at[1] == pytest.approx(value, rel=1e-14, abs=1e-14)
    slopes = landscape.gradient(X)
    assert np.isnan(slopes[0]).all() and np.isfinite(slopes[1]).all()


@pytest.mark.parametrize(
    ("text", "x", "value"),
    [
        ("x^y", (-2, 3), -8),
        ("x^y", (-2, -2), 0.25),
        ("x^3", (-2,), -8),
        ("x^-3", (-2,), -0.125),
        ("x^(2*y)", (-2, 0.5), -2),
        ("0^x", (2,), 0),
        ("x^y", (0, 0), 1),
        ("sum(i, (-1)^i * x_i)", (1, 2, 3), -2),
        ("-x^2", (3,), -9),
        ("2^3^x", (2,), 512),
        ("(x < y) + 2*(x > y) + 4*(x <= y) + 8*(x >= y)", (1, 1), 12),
        ("(x < y) + 2*(x > y) + 4*(x <= y) + 8*(x >= y)", (1, 2), 5),
        ("x*1e307*0.1", (5,), 5e306),
        ("1e17 + x - 1e17", (16,), 16),
    ],
)
def test_powers_comparisons_and_large_numbers_are_those_of_the_textbook(text, x, value):
    assert Formula(text).values([x])[0] == pytest.approx(value, rel=1e-14)


SUMS = [
    ("10*d + sum(i, x_i^2 - 10*cos(2*pi*x_i))", lambda x: 10 * len(x) + sum(t**2 - 10 * mpmath.cos(2 * mpmath.pi * t) for t in x)),
    (
        "sum(i, 100*(x_(i+1) - x_i²)² + (1 - x_i)²)",
        lambda x: sum(100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in pairwise(x)),
    ),
    (
        "1 + sum(i, x_i^2)/4000 - product(i, cos(x_i/√i))",
        lambda x: 1 + sum(t**2 for t in x) / 4000 - mpmath.fprod(mpmath.cos(t / mpmath.sqrt(i)) for i, t in enumerate(x, 1)),
    ),
    (
        "-20*exp(-0.2*norm(x)/√d) - exp(sum(i, cos(2π·x_i))/d)".replace("2π", "2*π"),
        lambda x: -20 * mpmath.exp(-0.2 * mpmath.sqrt(sum(t**2 for t in x) / len(x)))
        - mpmath.exp(sum(mpmath.cos(2 * mpmath.pi * t) for t in x) / len(x)),
    ),
    (
        "sum(i, i*x_i*exp(x1/9)) * sum(j, |x_j|) + x1*product(k, x_k - x1*y/7)",
        lambda x: sum(i * t * mpmath.exp(x[0] / 9) for i, t in enumerate(x, 1)) * sum(abs(t) for t in x)
        + x[0] * mpmath.fprod(t - x[0] * x[1] / 7 for t in x),
    ),
    ("sum(i, x1*y + d)", lambda x: len(x) * (x[0] * x[1] + len(x))),
    ("sum(i, x_(i-1)*x_(i+2))", lambda x: sum(a * b for a, b in zip(x, x[3:], strict=False))),
]  # fmt: skip


@pytest.mark.parametrize("d", [1, 2, 3, 4, 5, 30])
@pytest.mark.parametrize(("text", "expected"), SUMS)
def test_a_sum_over_coordinates_is_the_sum_in_every_dimension(text, expected, d):
    landscape = Formula(text)
    if not landscape.supports(d):
        with pytest.raises(ValueError, match=f"d = {d}"):
            landscape.values(np.zeros((1, d)))
        return
    X = np.random.default_rng(d).uniform(-2, 2, (70, d))
    values, slopes = landscape.values(X), landscape.gradient(X)
    with mpmath.workdps(40):
        for n in (0, 69):
            at = [mpmath.mpf(float(t)) for t in X[n]]
            assert values[n] == pytest.approx(float(expected(at)), rel=1e-12, abs=1e-12)
            h = mpmath.mpf(10) ** -15
            for i in range(d):
                up, down = ([t + s * h * (k == i) for k, t in enumerate(at)] for s in (1, -1))
                slope = float((expected(up) - expected(down)) / (2 * h))
                assert slopes[n, i] == pytest.approx(slope, rel=1e-9, abs=1e-9)


def test_a_product_has_slopes_where_factors_are_zero():
    landscape = Formula("product(i, x_i)")
    assert landscape.gradient([[0, 2, 3], [0, 0, 3], [1, 2, 3]]).tolist() == [[6, 0, 0], [0, 0, 0], [6, 3, 2]]


UNARY = (
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "exp",
    "log",
    "log10",
    "sqrt",
    "abs",
    "sign",
    "floor",
)
LEAVES = st.sampled_from(["x", "y", "z", "x4", "2", "0.3", "-1.5", "pi", "7"])
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["+", "-", "*", "/"]), inner, inner).map(lambda t: f"({t[1]} {t[0]} {t[2]})"),
        st.tuples(st.sampled_from(UNARY), inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(inner, st.sampled_from(["2", "3", "-1", "-2", "5", "0.5", "1.5", "0.3"])).map(lambda t: f"({t[0]})^({t[1]})"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
        inner.map(lambda t: f"-({t})"),
    ),
    max_leaves=12,
)  # fmt: skip


class Dual:
    """A number of 60 digits with its slope along one coordinate: an oracle that shares nothing with the interpreter."""

    def __init__(self, value, slope=0):
        self.value, self.slope = mpmath.mpf(value), mpmath.mpf(slope)


def dual(node, x, i):
    """The tree by forward accumulation at ``x``, with the slope along coordinate i; raises where something is not real."""
    if node.kind == "number":
        return Dual(node.value)
    if node.kind == "variable":
        return Dual(x[node.index - 1], node.index - 1 == i)
    parts = [dual(part, x, i) for part in node.parts]
    a, (u, du) = parts[0], (parts[0].value, parts[0].slope)
    b = parts[-1]
    match node.kind:
        case "+":
            return Dual(u + b.value, du + b.slope)
        case "-":
            return Dual(u - b.value, du - b.slope)
        case "*":
            return Dual(u * b.value, du * b.value + u * b.slope)
        case "/":
            return Dual(u / b.value, (du * b.value - u * b.slope) / b.value**2)
        case "^":
            n = b.value
            if u < 0 and n != mpmath.floor(n):
                raise ValueError
            return Dual(u**n, n * u ** (n - 1) * du)
        case "negative":
            return Dual(-u, -du)
        case "min":
            return a if a.value < b.value else b
        case "max":
            return a if a.value > b.value else b
        case "abs":
            return Dual(abs(u), mpmath.sign(u) * du)
        case "sign" | "floor":
            return Dual(getattr(mpmath, node.kind)(u))
    value, slope = getattr(mpmath, node.kind)(u), mpmath.diff(getattr(mpmath, node.kind), u)
    if isinstance(value, mpmath.mpc) or isinstance(slope, mpmath.mpc):
        raise ValueError
    return Dual(value, slope * du)


@settings(max_examples=150, deadline=None)
@given(TREES, st.integers(0, 2**32 - 1))
def test_any_formula_has_the_values_and_slopes_that_another_way_of_reckoning_finds(text, seed):
    try:
        landscape, tree = Formula(text), parse(text)
    except FormulaError:
        return
    d = landscape.dims[0]
    X = np.random.default_rng(seed).uniform(-5, 5, (3, d))
    values, slopes = landscape.values(X), landscape.gradient(X)
    for x, value, slope in zip(X, values, slopes, strict=True):
        # Rounding alone moves a value by about what moving the point a little does: so much may the two differ.
        shaken = landscape.values(x + np.random.default_rng(1).uniform(-1e-12, 1e-12, (8, d)))
        tilted = landscape.gradient(x + np.random.default_rng(1).uniform(-1e-12, 1e-12, (8, d)))
        room = 100 * np.ptp(shaken) + 1e-11 * abs(value)
        with mpmath.workdps(60):
            for i in range(d):
                try:
                    expected = dual(tree, [mpmath.mpf(float(t)) for t in x], i)
                except (ValueError, ZeroDivisionError, OverflowError, TypeError):
                    continue
                known = mpmath.isfinite(expected.value) and mpmath.isfinite(expected.slope)
                if not known or not np.isfinite(shaken).all() or max(abs(expected.value), abs(expected.slope)) > 1e200:
                    continue
                assert abs(value - float(expected.value)) <= room + 1e-11
                allowed = 100 * np.ptp(tilted[:, i]) + 1e-9 * (1 + abs(slope[i]))
                assert abs(slope[i] - float(expected.slope)) <= allowed


@settings(max_examples=60, deadline=None)
@given(TREES, st.integers(1, 200), st.integers(0, 199))
def test_an_agent_s_value_has_the_same_bits_whoever_stands_beside_it(text, n, j):
    try:
        landscape = Formula(text + " + sum(i, sin(3*x_i)/i)")
    except FormulaError:
        return
    X = np.random.default_rng(n).uniform(-5, 5, (n, max(2, landscape.dims[0])))
    j = j % n
    for function in (landscape.values, landscape.gradient):
        assert np.array_equal(function(X)[j], function(X[j : j + 1])[0], equal_nan=True)
        assert np.array_equal(function(X)[j], function(X[::-1])[n - 1 - j], equal_nan=True)
