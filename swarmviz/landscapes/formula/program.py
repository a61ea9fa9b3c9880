"""Encodes the tree of a formula as the numbers that :mod:`swarmviz.landscapes.formula.interpreter` interprets.

Every part of the tree becomes one instruction, and equal parts become one. Nothing else is rearranged: what is computed is what is written.
A whole power is a row of multiplications, x⁵ = (x²)² x; in a sum over coordinates, what is the same in all its turns is computed once,
before it begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from swarmviz.landscapes.formula import interpreter as ops
from swarmviz.landscapes.formula.parser import Node, reach
from swarmviz.landscapes.formula.tokens import FormulaError

MAX_OPERATIONS = 1000  # in the formula, numbers and variables included; they also bound its memory on the stack
MAX_OPERATIONS_IN_SUMS = 150  # inside of sums over coordinates, which are d times as expensive
# What counts as several operations, by measurement: a sum or product of two numbers takes 0.1 to 0.3 ns an agent.
WEIGHTS = {ops.POWER: 8, ops.ASIN: 8, ops.ACOS: 8, ops.ATAN: 8, ops.SINH: 4, ops.COSH: 4, ops.TAN: 4}
WEIGHTS |= dict.fromkeys((ops.SIN, ops.COS, ops.TANH, ops.EXP, ops.LOG, ops.LOG10), 2)
COUNTED = "a power counts as 8, an inverse angle as 8, other functions as 1 to 4"

CODES = {
    "+": ops.ADD, "-": ops.SUBTRACT, "*": ops.MULTIPLY, "/": ops.DIVIDE, "negative": ops.NEGATIVE, "sqrt": ops.SQRT,
    "sin": ops.SIN, "cos": ops.COS, "tan": ops.TAN, "asin": ops.ASIN, "acos": ops.ACOS, "atan": ops.ATAN,
    "sinh": ops.SINH, "cosh": ops.COSH, "tanh": ops.TANH, "exp": ops.EXP, "log": ops.LOG, "ln": ops.LOG, "log10": ops.LOG10,
    "abs": ops.ABS, "sign": ops.SIGN, "floor": ops.FLOOR, "min": ops.MIN, "max": ops.MAX,
    "<": ops.LESS, "<=": ops.AT_MOST, ">": ops.LESS, ">=": ops.AT_MOST,
}  # fmt: skip
FLAT = {ops.INDEX, ops.DIMENSION, ops.SIGN, ops.FLOOR, ops.LESS, ops.AT_MOST}  # without a slope
LEFT = ("+", "-", "*", "/")  # read from the left, so that a tree is as deep as such a row is long


class Register(NamedTuple):
    """Where a value is: constant ``number``, or the result of instruction ``number``; ``sloped``: whether it depends on the position."""

    number: int
    constant: bool = False
    sloped: bool = False


class _Builder:
    def __init__(self, text: str, parameters: Iterable[str] = ()):
        self.text = text
        self.constants: dict[float | str, int] = {letter: i for i, letter in enumerate(parameters)}
        self.rows: list[list] = []  # operation, first and second operand (Registers or numbers), slopes
        self.known: dict[tuple, Register] = {}  # what is computed already
        self.position, self.cost, self.cost_in_sums = 0, 0, 0

    # ---- one instruction -----------------------------------------------------------------------------------------------

    def constant(self, value: float | str) -> Register:
        """That of a number, or of a parameter by its letter."""
        return Register(self.constants.setdefault(value, len(self.constants)), constant=True)

    def append(self, op: int, a, b, slopes: int, sloped: bool) -> Register:
        self.cost += WEIGHTS.get(op, 1)
        if self.cost + len(self.constants) > MAX_OPERATIONS:
            reason = f"the formula is too long: at most {MAX_OPERATIONS} operations ({COUNTED})"
            raise FormulaError(reason, self.text, self.position)
        self.rows.append([op, a, b, slopes])
        return Register(len(self.rows) - 1, sloped=sloped)

    def load(self, op: int, index: int = 0) -> Register:
        key = op, index
        if key not in self.known:
            self.known[key] = self.append(op, index, 0, 0, op not in FLAT)
        return self.known[key]

    def apply(self, op: int, a: Register, b: Register | None = None) -> Register:
        key = op, a, b
        if key not in self.known:
            slopes = a.sloped * ops.FIRST + (b is not None and b.sloped) * ops.SECOND
            slopes = 0 if op in FLAT else slopes
            self.known[key] = self.append(op, a, a if b is None else b, slopes, slopes != 0)
        return self.known[key]

    # ---- the tree ------------------------------------------------------------------------------------------------------

    def emit(self, node: Node) -> Register:
        """The register of a part, by a walk to the left end of a row of + − * / and back."""
        row = []
        while node.kind in LEFT and not node.constant:
            row.append(node)
            node = node.parts[0]
        register = self.part(node)
        for node in reversed(row):
            b = self.emit(node.parts[1])
            self.position = node.position
            register = self.apply(CODES[node.kind], register, b)
        return register

    def part(self, node: Node) -> Register:
        self.position = node.position
        if node.constant:
            return self.constant(node.value)
        match node.kind:
            case "parameter":
                return self.constant(node.letter)
            case "variable":
                return self.load(ops.COORDINATE, node.index - 1)
            case "own":
                return self.load(ops.OWN_COORDINATE, node.index)
            case "index":
                return self.load(ops.INDEX)
            case "dimension":
                return self.load(ops.DIMENSION)
            case "sum" | "product":
                return self.reduction(node)
            case "norm":
                own = Node("own", node.position)
                return self.apply(
                    ops.SQRT, self.reduction(Node("sum", node.position, (Node("*", node.position, (own, own)),)))
                )
            case "^":
                return self.power(*node.parts)
        parts = [self.emit(part) for part in node.parts]
        self.position = node.position
        if node.kind in (">", ">="):
            parts.reverse()
        while (
            len(parts) > 2
        ):  # min and max in pairs, then pairs of pairs: where several are equal, they share the slope
            parts = [self.apply(CODES[node.kind], *parts[k : k + 2]) if k + 1 < len(parts) else parts[k]
                     for k in range(0, len(parts), 2)]  # fmt: skip
        return self.apply(CODES[node.kind], *parts)

    def power(self, base: Node, exponent: Node) -> Register:
        position = self.position
        a = self.emit(base)
        self.position = position
        if not exponent.constant:
            return self.apply(ops.POWER, a, self.emit(exponent))
        twice = 2.0 * exponent.value
        if not twice.is_integer():
            return self.apply(ops.POWER, a, self.constant(exponent.value))
        if not exponent.value.is_integer():
            a = self.apply(ops.SQRT, a)
            return self.whole_power(a, int(twice))
        return self.whole_power(a, int(exponent.value))

    def whole_power(self, a: Register, n: int) -> Register:
        one = self.constant(1.0)
        if n == 0:  # 1, and not a number where the base is not
            return self.apply(ops.ADD, self.apply(ops.MULTIPLY, a, self.constant(0.0)), one)
        square, rest = a, abs(n)
        while rest % 2 == 0:
            square, rest = self.apply(ops.SQUARE, square), rest // 2
        result = square
        while rest := rest // 2:
            square = self.apply(ops.SQUARE, square)
            result = self.apply(ops.MULTIPLY, result, square) if rest % 2 else result
        return result if n > 0 else self.apply(ops.DIVIDE, one, result)

    def reduction(self, node: Node) -> Register:
        op = ops.SUM if node.kind == "sum" else ops.PRODUCT
        (body,) = node.parts
        self.invariant(body)
        before, (low, missing) = dict(self.known), reach(body)
        begin, cost = self.append(op, None, low, missing, False).number, self.cost
        result = self.emit(body)
        self.position = node.position
        self.cost_in_sums += self.cost - cost
        if self.cost_in_sums > MAX_OPERATIONS_IN_SUMS:
            reason = f"the sums over coordinates are too long: at most {MAX_OPERATIONS_IN_SUMS} operations ({COUNTED})"
            raise FormulaError(reason, self.text, node.position)
        self.known = before  # what was computed in a turn is of that turn
        end = self.append(ops.END, begin, result, int(result.sloped), result.sloped)
        self.rows[begin][1] = end.number
        if op == ops.PRODUCT:  # registers for what the interpreter keeps of a product
            self.append(ops.KEPT, 0, 0, 0, False)
            self.append(ops.KEPT, 0, 0, 0, False)
        return end

    def invariant(self, body: Node) -> None:
        """Compute what is the same in all turns of a sum, so that it is known when the sum begins."""
        changing = {id(part) for part in body if part.kind in ("own", "index")}
        for part in reversed(list(body)):  # parts after what they are part of, so before it when reversed
            if any(id(inner) in changing for inner in part.parts):
                changing.add(id(part))
        for part in body:
            for inner in part.parts if id(part) in changing else ():
                if id(inner) not in changing and not inner.constant:
                    self.emit(inner)
        if id(body) not in changing:
            self.emit(body)

    def encoded(self, result: Register) -> np.ndarray:
        constants = len(self.constants)

        def number(operand) -> float:
            if not isinstance(operand, Register):
                return operand
            return operand.number if operand.constant else constants + operand.number

        registers = constants + len(self.rows)
        lanes = min(ops.MAX_LANES, ops.STACK_NUMBERS // registers // ops.VECTOR * ops.VECTOR)
        header = [constants, len(self.rows), number(result), lanes, np.inf]
        rows = [[op, number(a), number(b), slopes] for op, a, b, slopes in self.rows]
        numbers = [np.nan if isinstance(constant, str) else constant for constant in self.constants]
        return np.array([*header, *numbers, *np.ravel(rows)], dtype=np.float64)


def encode(tree: Node, text: str, parameters: Iterable[str] = ()) -> np.ndarray:
    """The program of a formula, (1) of the interpreter; raises ``FormulaError`` where it would be too long.

    The values of its ``parameters`` are its first constants, in their order, and not a number as yet; to set them is to encode nothing.
    """
    builder = _Builder(text, parameters)
    return builder.encoded(builder.emit(tree))
