"""From the tree of a formula to the source of compiled functions of it and its gradient, by way of sympy.

sympy is imported at the first call. It does the algebra of sums, products and constant powers; all functions are our own,
known to it by name and slope only, because what it knows about cosh((x + 3)^99) takes it half a minute to think through.
Nothing is ever written but numbers and the names of variables and of these functions.
"""

from __future__ import annotations

import math
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from swarmviz.landscapes.expression import Node, check, dimension, evaluate

LARGEST = 20_000  # operations in F or one of its derivatives
MOST_BITS = 4000  # length of whole numbers, of which sympy keeps every digit

HEADER = """\
from numpy import sqrt

from swarmviz.elementary import cos, exp, log, power, sin, tanh
from swarmviz.landscapes.base import block
from swarmviz.landscapes.functions import (
    acos, asin, atan, cosh, floor, greater, lesser, log10, settle, sinh, step, tan,
)
from swarmviz.landscapes.parts import mark_nonfinite, sign
"""


class Refused(ValueError):
    """The formula or its derivative cannot be compiled: ``reason`` and ``position``."""

    def __init__(self, reason: str, position: int = 0):
        self.reason, self.position = reason, position
        super().__init__(reason)


def source(tree: Node) -> str:
    """Python source of the block functions ``values`` and ``gradient``."""
    import sympy

    names = [f"x{i}" for i in range(1, max(1, dimension(tree)) + 1)]
    symbols = [sympy.Symbol(name) for name in names]
    formula = _expression(tree, symbols)
    slopes = [sympy.diff(formula, symbol) for symbol in symbols]
    for expression in (formula, *slopes):
        if expression.count_ops() > LARGEST:
            raise Refused("the formula is too complicated: its derivatives fill pages")
    used = [i for i, symbol in enumerate(symbols) if formula.has(symbol)]
    values = _loop(used, [formula], ["out"])
    gradient = _loop(used, slopes, [f"out[{i}]" for i in range(len(slopes))])
    return f"""{HEADER}

@block
def values(x, p, out):
{values}
    mark_nonfinite(x, out)


@block
def gradient(x, p, out):
{gradient}
    for i in range({len(slopes)}, x.shape[0]):
        out[i] = 0.0
    settle(x, out)
"""


def _loop(used: list[int], expressions: list[Any], targets: list[str]) -> str:
    """A loop over agents that writes each expression to its target."""
    import sympy

    shared, results = sympy.cse(expressions, symbols=sympy.numbered_symbols("t"))
    lines = [f"    r{i} = x[{i}]" for i in used]
    lines += [f"    o{k} = {target}" for k, target in enumerate(targets)]
    lines += ["    for j in range(x.shape[1]):"]
    lines += [f"        x{i + 1} = r{i}[j]" for i in used]
    lines += [f"        {name} = {_code(expression)}" for name, expression in shared]
    lines += [f"        o{k}[j] = {_code(result)}" for k, result in enumerate(results)]
    return "\n".join(lines)


# ---- tree → sympy -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _functions() -> SimpleNamespace:
    """The functions of a formula for sympy: a name, the slopes in each argument, and nothing else that it could use."""
    import sympy

    f, half, zero = SimpleNamespace(), sympy.Rational(1, 2), sympy.Integer(0)
    slopes: dict[str, list[Any]] = {
        "sin": [lambda a: f.cos(a)],
        "cos": [lambda a: -f.sin(a)],
        "tan": [lambda a: 1 + f.tan(a) ** 2],
        "asin": [lambda a: (1 - a**2) ** -half],
        "acos": [lambda a: -((1 - a**2) ** -half)],
        "atan": [lambda a: 1 / (1 + a**2)],
        "sinh": [lambda a: f.cosh(a)],
        "cosh": [lambda a: f.sinh(a)],
        "tanh": [lambda a: 1 - f.tanh(a) ** 2],
        "exp": [lambda a: f.exp(a)],
        "log": [lambda a: 1 / a],
        "log10": [lambda a: 1 / (a * sympy.Float(math.log(10.0)))],
        "power": [lambda a, b: b * f.power(a, b - 1), lambda a, b: f.power(a, b) * f.log(a)],
        "abs": [lambda a: f.sign(a)],
        "sign": [lambda a: zero],
        "floor": [lambda a: zero],
        "step": [lambda a: zero],
        "lesser": [lambda a, b: f.step(b - a), lambda a, b: f.step(a - b)],
        "greater": [lambda a, b: f.step(a - b), lambda a, b: f.step(b - a)],
    }

    def function(name):
        def fdiff(self, argindex=1):
            return slopes[name][argindex - 1](*self.args)

        return type(name, (sympy.Function,), {"nargs": (len(slopes[name]),), "fdiff": fdiff})

    f.__dict__.update({name: function(name) for name in slopes})
    return f


def _expression(node: Node, symbols: list[Any]) -> Any:
    if node.kind == "variable":
        return symbols[node.index - 1]
    if node.constant:
        return _number(node.value)
    parts = [_expression(part, symbols) for part in node.parts]
    try:
        # What became constant by cancellation, as in (x − x + 9)^99, is worked out as numbers are while reading:
        # sympy would do it in exact integers of any length.
        if all(part.is_Number for part in parts):
            return _number(evaluate(node.kind, *map(float, parts)))
        check(node.kind, *(float(part) if part.is_Number else None for part in parts))
        if node.kind == "^" and parts[1].is_Number and _bits(parts[0]) * abs(parts[1]) > MOST_BITS:
            raise ValueError("this number is too large")
    except ValueError as error:
        raise Refused(str(error), node.position) from None
    result = _operation(node.kind, parts)
    return _number(_real(result, node.position)) if result.is_number else result


def _number(value: float) -> Any:
    import sympy

    return sympy.Integer(int(value)) if value.is_integer() and abs(value) < 2**53 else sympy.Float(value)


def _bits(e: Any) -> int:
    """Length of the longest whole number in an expression."""
    import sympy

    return max((max(abs(n.p).bit_length(), n.q.bit_length()) for n in e.atoms(sympy.Rational)), default=0)


def _operation(kind: str, parts: list[Any]) -> Any:
    import sympy

    match kind, parts:
        case "+", (a, b):
            return a + b
        case "-", (a, b):
            return a - b
        case "*", (a, b):
            return a * b
        case "/", (a, b):
            return a / b
        case "negative", (a,):
            return -a
        case "^", (a, b):
            number = sympy.Rational(1, 2) if b == 0.5 else b
            return a**number if b.is_Number else _functions().power(a, b)
        case "sqrt", (a,):
            return a ** sympy.Rational(1, 2)
        case "min" | "max", _:  # in pairs, then pairs of pairs: a chain would have slopes of quadratic length
            choose = _functions().lesser if kind == "min" else _functions().greater
            while len(parts) > 1:
                parts = [choose(*parts[k : k + 2]) if k + 1 < len(parts) else parts[k] for k in range(0, len(parts), 2)]
            return parts[0]
    return getattr(_functions(), kind)(*parts)


# ---- sympy → source ---------------------------------------------------------------------------------------------------


def _code(e: Any) -> str:
    """Source of a sympy expression, in parentheses where it is a sum, a product or a quotient."""
    if e.is_Symbol:
        return e.name
    if e.is_number:
        value = _real(e)
        return f"({value!r})" if value < 0 else repr(value)
    if e.is_Add:
        return "(" + " + ".join(map(_code, e.args)) + ")"
    if e.is_Mul:
        above = [f for f in e.args if not _divides(f)]
        below = [1 / f for f in e.args if _divides(f)]
        product = " * ".join(map(_code, above)) or "1.0"
        return f"({product} / ({' * '.join(map(_code, below))}))" if below else f"({product})"
    if e.is_Pow:
        return _power(*e.args)
    name = type(e).__name__
    if e.is_Function and name in _functions().__dict__:
        return f"{name}({', '.join(map(_code, e.args))})"
    raise Refused(f"the derivative of the formula contains {e}, which cannot be computed")


def _real(e: Any, position: int = 0) -> float:
    """A sympy number as a float."""
    try:
        value = complex(e.evalf(17))
    except (TypeError, ArithmeticError):  # sympy's infinities and NaN
        value = complex(math.inf)
    if value.imag != 0 or not math.isfinite(value.real):
        raise Refused("the formula or its slope contains a number that is infinite or not real", position)
    return value.real


def _divides(e: Any) -> bool:
    return e.is_Pow and e.exp.is_Number and e.exp.is_negative


def _power(base: Any, exponent: Any) -> str:
    if exponent.is_Number and exponent.is_negative:
        return f"(1.0 / {_power(base, -exponent)})"
    if exponent == 1:
        return _code(base)
    if exponent.is_Rational and exponent.q == 2:
        return f"sqrt({_code(base)})" if exponent.p == 1 else f"(sqrt({_code(base)}) ** {exponent.p})"
    if exponent.is_Integer:
        return f"({_code(base)} ** {int(exponent)})"
    return f"power({_code(base)}, {_code(exponent)})"
