"""A person's own formula: right where it is accepted, refused with a reason everywhere else, never run."""

from __future__ import annotations

import ast
import json
import math
import os
import pickle
import subprocess
import sys
import threading
import time
from pathlib import Path

import mpmath
import numpy as np
import pytest
from numba import config

from swarmviz.landscapes import Formula, FormulaError, derive, expression, formula
from swarmviz.landscapes.expression import LONGEST, parse
from swarmviz.landscapes.typeset import latex

ROOT = Path(__file__).parents[1]

# What the words of a formula mean, for an oracle that lets Python read the text (these texts are ours).
MEANING = {
    name: getattr(mpmath, name)
    for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "log10", "sqrt")
} | {"abs": abs, "sign": mpmath.sign, "floor": mpmath.floor, "min": min, "max": max, "pi": mpmath.pi, "e": mpmath.e}


def oracle(text, x):
    variables = {f"x{i}": t for i, t in enumerate(x, 1)} | dict(zip("xyz", x, strict=False))
    return mpmath.mpf(eval(" ".join(text.replace("^", "**").split()), {**MEANING, **variables}))


# ---- what is accepted means what Python would mean ------------------------------------------------------------------

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


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-3^2", -9),
        ("2^3^2", 512),
        ("2^-1", 0.5),
        ("-2^-2", -0.25),
        ("8/4/2", 1),
        ("8-4-2", 2),
        ("--3", 3),
        ("2*-3", -6),
        ("(1+2)*3", 9),
        ("min(3, 1, 2) + max(1, 2)", 3),
        ("1e2 + .5", 100.5),
        ("sin(pi)^2 + cos(pi)^2", 1),
        ("log(e)", 1),
        ("sqrt(16) + abs(-3) + floor(-0.5) + sign(-2)", 5),
    ],
)
def test_constants_are_worked_out_as_in_school(text, value):
    assert parse(text).value == pytest.approx(value, rel=1e-15)


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
    ],
)
def test_the_equation_on_the_screen_is_the_one_that_was_typed(text, expected):
    assert latex(parse(text), {1: "x", 2: "y"}) == expected


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


# ---- what is refused ------------------------------------------------------------------------------------------------

EXPLAINED = [
    ("", 0, "empty"),
    ("   \t\n", 0, "empty"),
    ("x +", 3, "ends too early"),
    ("x + * y", 4, "not expected"),
    ("2x", 1, "operator is missing"),
    ("x y", 2, "operator is missing"),
    ("(x)(y)", 3, "operator is missing"),
    ("x(y)", 1, "operator is missing"),
    ("2 sin(x)", 2, "operator is missing"),
    ("sin(2 x)", 6, "operator is missing"),
    ("sin x", 0, "parentheses"),
    ("sin()", 4, "no argument"),
    ("sin(x, y)", 0, "one argument"),
    ("min(x)", 0, "at least two"),
    ("(x + 1", 0, "not closed"),
    ("sin(x + 1", 3, "not closed"),
    ("x + 1)", 5, "never opened"),
    ("x, y", 1, "comma"),
    ("foo(x)", 0, "unknown name 'foo'"),
    ("x + x0", 4, "unknown name 'x0'"),
    ("x51", 0, "unknown name"),
    ("X", 0, "unknown name"),
    ("y = x", 2, "equals sign"),
    ("x²", 1, r"write \^2"),
    ("2·x", 1, "write \\*"),
    ("x − 1", 2, "write -"),
    ("x + 1e999", 4, "too large"),
    ("10^99 * 10^99 * 10^99 * 10^99", 22, "too large"),
    ("9**9**9", 1, "exponent is too large"),
    ("x^101", 1, "exponent is too large"),
    ("1/0", 1, "division by zero"),
    ("x/(2 - 2)", 1, "division by zero"),
    ("0^-1", 1, "division by zero"),
    ("x + x^(y - y + 1000)", 5, "exponent is too large"),
    ("x + 1/(y - y)", 5, "division by zero"),
    ("1 + 2^(x - x + 99)^2", 5, "exponent is too large"),
    ("((((7*x)^99)^99)^99)^99", 12, "number is too large"),
    ("x + log(-1)", 4, "not a real number"),
    ("x + log(0)", 4, "not a real number"),
    ("sqrt(-2)", 0, "not a real number"),
    ("asin(2)", 0, "not a real number"),
    ("(-8)^(1/3)", 4, "not a real number"),
    ("(-2)^x", 4, "not real"),
    ("exp(1000)", 0, "too large"),
    ("(" * 40 + "x" + ")" * 40, None, "nested too deeply"),
    ("x" + "+x" * 300, LONGEST, "too long"),
]


@pytest.mark.parametrize(("text", "position", "reason"), EXPLAINED)
def test_a_refusal_says_what_is_wrong_and_points_at_the_character(text, position, reason):
    with pytest.raises(FormulaError, match=reason) as caught:
        Formula(text)
    error = caught.value
    assert isinstance(error, ValueError) and error.text == text
    if position is not None:
        assert error.position == position
        _, shown, caret = str(error).split("\n")
        if position < len(text):
            assert shown[caret.index("^")] == (text[position] if text[position].isprintable() else " ")
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error) and copy.position == error.position


HOSTILE = [
    # names, attributes, calls
    *("__import__('os').system('touch hacked')", "__import__", "os", "os.system('id')", "eval('1')", "exec('x=1')", "x.real"),
    *("x.__class__", "(1).__class__.__bases__[0].__subclasses__()", "x.__dict__", "().__class__", "''.__class__", "abs.x"),
    *("open('/etc/passwd').read()", "open", "globals()", "locals()", "vars()", "dir()", "getattr(x, 'y')", "compile('1','','eval')"),
    *("print(x)", "input()", "exit()", "quit()", "help()", "breakpoint()", "type(x)", "object()", "super()", "id(x)", "hash(x)"),
    *("sin.__call__(x)", "sin(x).real", "sin(*[x])", "sin(**{})", "sin(x=1)", "sin(x)(y)", "sin(sin)", "sin+1", "(sin)(x)", "pi()"),
    *("pi(x)", "e(1)", "x()", "numpy.sin(x)", "np.sin(x)", "math.sin(x)", "sympy.sin(x)", "Symbol('x')", "S(1)", "I", "oo", "zoo"),
    *("nan", "inf", "-inf", "infinity", "NaN", "None", "True", "False", "Ellipsis", "NotImplemented", "__name__", "__file__"),
    # syntax of Python
    *("lambda: 1", "lambda x: x", "(lambda: x)()", "[x for x in y]", "{x for x in y}", "(x for x in y)", "{x: 1 for x in y}"),
    *("x if y else z", "x and y", "x or y", "not x", "x in y", "x is y", "x == y", "x != y", "x < y", "x > y", "x <= y", "x >= y"),
    *("x := 1", "(x := 1)", "x = 1", "x += 1", "x; y", "x\\\ny", "x: int", "def f(): pass", "class A: pass", "import os", "return x"),
    *("from os import *", "yield x", "await x", "async", "raise x", "assert x", "del x", "pass", "break", "global x", "with x: y"),
    *("while 1: pass", "for x in y: z", "try: x", "x[0]", "x[0:1]", "x[...]", "[x]", "{x}", "{}", "[]", "()", "(,)", "(x,)", "x,", ",x"),
    *("*x", "**x", "*", "**", "x***y", "x**", "x^^y", "x//y", "x%y", "x@y", "x|y", "x&y", "~x", "x<<y", "x>>y", "x!", "!x", "x?", "$x"),
    *("'x'", '"x"', "'''x'''", "f'{x}'", 'f"{__import__(1)}"', "b'x'", "r'x'", "u'x'", "`x`", "#x", "x # comment", "@x", "x;", "x'"),
    # numbers
    *("1e999", "-1e999", "1e99999999999", "9" * 400, "1_000", "0x10", "0b1", "0o7", "1j", "2.5j", "1e", "1e+", "1.2.3", "1..2", ".", "1.e"),
    *("5 5", "5x", "x5y", "x00", "x01", "x-1x", "x100", "x_1", "_", "__", "x__", "1x", "3(x)", "(x)3", "3pi", "2e", "e2", "pie", "ee"),
    *("9**9**9**9", "9^9^9^9^9", "(9^99)^99", "99^99^2", "2^1e300", "x^1e300", "x^-1000", "x^(10*11)", "10^400", "0/0", "1/(x-x)"),
    *("((x-x+9)^99)^99", "((((x+x)/x)^99)^99)^99", "((((2*x)^99)^99)^99)^99", "9^(9^(9^(x-x+9)))", "exp(exp(exp(exp(x-x+9))))"),
    *("floor(exp(exp(exp(x/x*9))))", "0^x", "log(0*x)", "sqrt(x-x-1)", "asin(x/x*2)"),
    # shape
    *("(" * 100, ")" * 100, "(" * 250 + "x" + ")" * 250, "-" * 300 + "x", "x" + "^x" * 200, "sin(" * 100 + "x" + ")" * 100),
    *("+" * 499, "x" * 499, "x" * 501, "x+" * 5000, " " * 10_000, "(" * 1_000_000, "1" * 1_000_000, "abs(" * 200_000),
    # characters
    *("x\x00", "\x00", "x\x00+1", "x\u200b+1", "\ufeffx", "x\u00a0+1", "x\u2028y", "\u202ex", "x\x1b[31m", "x\x07", "\ud800"),
    *("ｘ", "х", "ｓｉｎ(x)", "ѕin(x)", "x＋1", "x∗y", "x⁄y", "１+x", "٣", "x²", "½", "√x", "π", "∞", "x→y", "e̅", "𝑥", "😀", "«x»", "x′"),
]  # fmt: skip


def test_there_are_at_least_200_hostile_texts():
    assert len(set(HOSTILE)) >= 200


def test_hostile_texts_are_refused_soon_and_nothing_of_them_runs(tmp_path):
    """In a process of its own, where an audit hook reports whatever is compiled, run, imported, opened or started."""
    program = """
import json, sys, time
from swarmviz.landscapes import Formula, FormulaError
texts, seen, accepted, slowest = json.load(sys.stdin), [], [], 0.0
watching = False
BAD = ("import", "exec", "compile", "os.", "subprocess.", "socket.", "ctypes.", "shutil.", "tempfile.")

def hook(event, arguments):
    if watching and (event.startswith(BAD) or (event == "open" and "formula" not in str(arguments[0]))):
        seen.append((event, str(arguments)[:200]))

sys.addaudithook(hook)
for watching in (False, True):  # at first sympy imports parts of itself
    for text in texts:
        start = time.perf_counter()
        try:
            Formula(text)
            accepted.append(text)
        except FormulaError as error:
            if not error.reason or len(str(error)) > 800:
                accepted.append("no short reason: " + text[:100])
        slowest = max(slowest, time.perf_counter() - start)
watching = False
print(json.dumps({"accepted": accepted, "seen": seen, "slowest": slowest}))
"""
    result = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(HOSTILE),
        capture_output=True,
        text=True,
        timeout=100,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["accepted"] == []
    assert report["seen"] == []
    assert report["slowest"] < 10  # a hang, not a speed: the usual time is below a millisecond
    assert list(tmp_path.iterdir()) == []


# Long or twisted, but well formed: these may be accepted or refused, and must come to an end.
TWISTED = [
    "^".join(["x", "y"] * 12),
    "*".join(f"sin(x{i})" for i in range(1, 46)),
    "min(" + ",".join(f"x{i}^2" for i in range(1, 46)) + ")",
    "exp(x+y/" * 20 + "z" + ")" * 20,
    "cos(tan(x^2))^-cosh((x+3)^99)",
    "-log10(sqrt(-log(log(3)+sign(max(pi,3)^sinh(z^-99)))-abs(-x4^e)))/(y-99)",
    "((((x+y)^99)^99)^99)^99",
    "abs(x-" * 22 + "y" + ")" * 22,
    "+".join(f"(x+y)^{i}" for i in range(2, 55)),
]


def test_deriving_a_twisted_formula_comes_to_an_end():
    for text in TWISTED:
        start = time.perf_counter()
        try:
            derive.source(parse(text))
        except (FormulaError, derive.Refused):
            pass
        assert time.perf_counter() - start < 20


def test_no_part_of_the_reader_can_run_a_text():
    """The whole way of a text holds no eval, no exec and no sympy function that reads strings."""
    for module in (expression, derive, formula):
        tree = list(ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))))
        assert not {getattr(node, "id", "") for node in tree} & {"eval", "exec", "compile", "__import__"}
        assert not {getattr(node, "attr", "") for node in tree} & {
            "sympify",
            "S",
            "parse_expr",
            "lambdify",
            "literal_eval",
        }


def test_the_generated_file_holds_no_word_of_the_text():
    landscape = Formula("x + 0*y + 3*max(x, y) + sin(1)")
    module = formula._module(landscape.text)
    source = Path(module.__file__).read_text(encoding="utf-8")
    assert landscape.text not in source and "max(" not in source and "sin(1" not in source
    ours = {"values", "gradient", "x", "p", "out", "block", "mark_nonfinite", "settle", "range", "shape", "j", "i"}
    body = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    names = {node.id for function in body for node in ast.walk(function) if isinstance(node, ast.Name)}
    allowed = ours | set(derive._functions().__dict__) | {"sqrt"}
    assert all(name in allowed or (name[0] in "xrot" and name[1:].isdigit()) for name in names)


# ---- parameters -----------------------------------------------------------------------------------------------------


def test_a_refused_text_leaves_the_old_formula_in_place():
    landscape = Formula("x^2")
    for bad in ("x^", "exp(exp(exp(exp(x-x+9))))", 5, None):
        with pytest.raises(FormulaError):
            landscape.text = bad
    assert landscape.text == "x^2" and landscape.values([[3.0]])[0] == 9
    landscape.text = "y^3"
    assert (
        landscape.dims == (2, None)
        and landscape.equation == "F(x, y) = y^{3}"
        and landscape.values([[0.0, 2.0]])[0] == 8
    )


def test_the_box_is_any_interval_and_nothing_else():
    assert Formula("x", box=(-1, 2)).box == (-1.0, 2.0)
    assert Formula("x", box=[0, 1]).limits(2)[1].tolist() == [1, 1]
    assert Formula("x", box=(-3, 4)).low == -3
    for bad in (
        (1, 1),
        (2, 1),
        (0,),
        (0, 1, 2),
        5,
        "ab",
        (0, math.inf),
        (math.nan, 1),
        (0, 1e9),
        (None, 1),
        (False, True),
    ):
        with pytest.raises(ValueError, match="two numbers"):
            Formula("x", box=bad)


def test_equal_formulas_share_one_module_and_a_landscape_is_its_text():
    assert formula._module("x^2 + 1") is formula._module("  (x)**2+(3-2) ")
    assert formula._module("x^2 + 1") is not formula._module("x^2 + 2")
    landscape = Formula("x*y", box=(0, 1))
    assert repr(landscape) == "Formula(text='x*y', box=(0.0, 1.0))"
    copy = pickle.loads(pickle.dumps(landscape))
    assert copy.values([[2.0, 3.0]])[0] == 6 and copy.dims == (2, None) and copy.box == (0, 1)


# ---- the cache ------------------------------------------------------------------------------------------------------


@pytest.fixture
def fresh_cache(tmp_path, monkeypatch):
    """An empty cache folder, and nothing loaded yet."""
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(formula, "_loaded", {})
    return tmp_path


def test_a_second_process_finds_the_compiled_formula_and_needs_no_sympy(tmp_path):
    program = """
import sys
from swarmviz.landscapes import Formula
f = Formula("x^2 + cos(y)")
print(f.values([[3.0, 0.0]])[0], f.gradient([[3.0, 0.0]])[0, 0])
print("sympy" in sys.modules, sum(f.values_function().stats.cache_hits.values()))
"""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    outputs = [
        subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert outputs[0].split() == ["10.0", "6.0", "True", "0"]
    assert outputs[1].split() == ["10.0", "6.0", "False", "1"]
    assert len(list((tmp_path / "formulas").glob("*.py"))) == 1
    assert not list((tmp_path / "formulas").glob("*.draft"))


def test_a_damaged_file_in_the_cache_is_never_run_but_written_anew(fresh_cache):
    path = Path(formula._module("x^3").__file__)
    assert path.parent == fresh_cache / "formulas"
    good = path.read_text()
    for damage in ("", good[:100], good.replace("x1", "x2"), "raise SystemExit\n" + good, "\x00\xff"):
        path.write_bytes(damage.encode("latin-1"))
        formula._loaded.clear()
        assert Path(formula._module("x^3").__file__) == path and path.read_text() == good


def test_an_intact_file_is_not_touched_because_numba_watches_its_time(fresh_cache):
    path = Path(formula._module("x^4").__file__)
    before = path.stat().st_mtime_ns
    formula._loaded.clear()
    formula._module("x^4")
    formula._write(path, "anything")  # a process that was slower
    assert path.stat().st_mtime_ns == before


def test_a_cache_folder_that_cannot_be_written_is_no_obstacle(fresh_cache):
    (fresh_cache / "formulas").write_text("a file where the folder should be")
    landscape = Formula("x^2 + 5*y")
    assert landscape.values([[1.0, 1.0]])[0] == 6
    assert fresh_cache not in Path(formula._module(landscape.text).__file__).parents


def test_many_formulas_do_not_pile_up_in_memory(fresh_cache, monkeypatch):
    monkeypatch.setattr(formula, "MOST_LOADED", 3)
    first = Formula("x + 0.001")
    first.values([[1.0]])
    for k in range(2, 7):
        formula._module(f"x + 0.00{k}")
    assert len(formula._loaded) == 3
    assert all(name in sys.modules for name in formula._loaded)
    assert formula._name(first.text) not in sys.modules
    assert first.values([[1.0]])[0] == 1.001


def test_threads_that_ask_for_the_same_new_formula_get_the_same_one(fresh_cache):
    results, barrier = [], threading.Barrier(6)

    def ask():
        barrier.wait()
        results.append(Formula("x*sin(x)/7").values([[2.0]])[0])

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [pytest.approx(2 * math.sin(2) / 7, rel=1e-15)] * 6
