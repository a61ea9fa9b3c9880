"""Where a formula is not a number, and which part of it is to blame.

The tree is evaluated by NumPy at a few points, so that a formula can be judged before the interpreter is compiled.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from swarmviz.landscapes.formula.parser import Node, calculated, reach
from swarmviz.landscapes.formula.tokens import FUNCTIONS

PROBES = 64  # points of the box at which a formula is tried
TOO_LARGE = "too large a number"
NONE: Mapping[str, float] = MappingProxyType({})
DEEP_INSIDE = 1e-9  # how far the corners that are tried lie inside of the box, as a part of its width


class Fault(NamedTuple):
    """The part of a formula that is not a number at a point, and what it was given."""

    node: Node
    operands: tuple[float, ...]

    @property
    def why(self) -> str:
        """What is wrong with the result, for example ``not a real number``."""
        try:
            calculated(self.node.kind, *self.operands)
        except ValueError as error:
            return {"division by zero": "a division by zero", "this number is too large": TOO_LARGE}.get(
                str(error), "not a real number"
            )
        except (KeyError, TypeError):  # not an operation that one works out alone
            pass
        return "not a finite number"

    @property
    def overflow(self) -> bool:
        """Whether the result is only too large to be held."""
        return self.why == TOO_LARGE

    def __str__(self) -> str:
        """For example ``log(−2) is not a real number``."""
        kind, values = self.node.kind, [f"{value:.6g}" for value in self.operands]
        part = f"{kind}({', '.join(values)})" if kind in FUNCTIONS else f" {kind} ".join(values)
        return f"{part if values and kind != 'negative' else 'this'} is {self.why}"


def probes(low: np.ndarray, high: np.ndarray, count: int = PROBES) -> np.ndarray:
    """Points (count + 2, d) spread over a box, the same every time: none of them at a round number, and two corners."""
    d = low.size
    # Powers of the root of r^(d+1) = r + 1 fill a cube more evenly than random numbers do (Roberts 2018).
    root = 2.0
    for _ in range(60):
        root = (1.0 + root) ** (1.0 / (d + 1))
    steps = np.power(root, -np.arange(1.0, d + 1.0))
    inside = np.mod(0.5 + np.outer(np.arange(1.0, count + 1.0), steps), 1.0)
    corners = np.repeat([[DEEP_INSIDE], [1.0 - DEEP_INSIDE]], d, axis=1)
    return low + (high - low) * np.concatenate([inside, corners])


def values_at(tree: Node, X: np.ndarray, parameters: Mapping[str, float] = NONE) -> np.ndarray:
    """The formula with these parameters at the rows of ``X`` (M, d), by NumPy: (M,)."""
    with np.errstate(all="ignore"):
        return np.broadcast_to(_Walk(X, parameters).value(tree), len(X))


def fault_at(tree: Node, x: np.ndarray, parameters: Mapping[str, float] = NONE) -> Fault | None:
    """What is not a number at the point ``x`` (d,), None where the formula is."""
    walk = _Walk(x[None], parameters)
    with np.errstate(all="ignore"):
        value = walk.value(tree)
    if np.isfinite(value).all():
        return None
    found = walk.not_numbers if np.isnan(value).any() else walk.infinite
    return (found or walk.infinite or [Fault(tree, ())])[0]


PLAIN = ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "log10", "sqrt", "abs", "sign", "floor")
ARRAYS = {name: getattr(np, name) for name in PLAIN} | {
    "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "ln": np.log, "+": np.add, "-": np.subtract, "*": np.multiply,
    "/": np.divide, "^": np.power, "negative": np.negative,
}  # fmt: skip
COMPARED = {"<": np.less, ">": np.greater, "<=": np.less_equal, ">=": np.greater_equal}


class _Walk:
    """One evaluation of a tree at some points, and what it met; inside of a sum arrays have its turns as their first axis."""

    def __init__(self, X: np.ndarray, parameters: Mapping[str, float]):
        self.parameters = parameters
        self.columns, (self.count, self.d) = X.T, X.shape
        self.turns = np.zeros(0, int)
        self.not_numbers: list[Fault] = []
        self.infinite: list[Fault] = []

    def value(self, node: Node) -> np.ndarray:
        row = []
        while node.kind in ("+", "-", "*", "/") and not node.constant:  # as deep as the formula is long: no recursion
            row.append(node)
            node = node.parts[0]
        result = self.part(node)
        for node in reversed(row):
            result = self.applied(node, [result, self.value(node.parts[1])])
        return result

    def part(self, node: Node) -> np.ndarray:
        if node.constant:
            return np.array(node.value)
        match node.kind:
            case "parameter":
                return np.array(self.parameters[node.letter])
            case "variable":
                return self.columns[node.index - 1]
            case "own":
                return self.columns[self.turns + node.index]
            case "index":
                return self.turns[:, None] + 1.0
            case "dimension":
                return np.array(float(self.d))
            case "norm":
                return np.sqrt(np.square(self.columns).sum(axis=0))
            case "sum" | "product":
                return self.reduction(node)
        return self.applied(node, [self.value(part) for part in node.parts])

    def applied(self, node: Node, a: list[np.ndarray]) -> np.ndarray:
        if node.kind in ("min", "max"):
            result = (np.minimum if node.kind == "min" else np.maximum).reduce(np.broadcast_arrays(*a))
        elif node.kind in COMPARED:
            result = np.where(np.isnan(a[0]) | np.isnan(a[1]), np.nan, COMPARED[node.kind](*a))
        else:
            result = ARRAYS[node.kind](*a)
        if self.count == 1:
            self.note(node, result, a)
        return result

    def note(self, node: Node, result: np.ndarray, a: list[np.ndarray]) -> None:
        """Keep the operation if it made no finite number of finite ones."""
        bad = ~np.isfinite(result)
        for b in a:
            bad &= np.isfinite(b)
        if bad.any():
            first = np.argmax(bad)
            operands = tuple(float(np.broadcast_to(b, bad.shape).flat[first]) for b in a)
            (self.not_numbers if np.isnan(np.ravel(result)[first]) else self.infinite).append(Fault(node, operands))

    def reduction(self, node: Node) -> np.ndarray:
        (body,) = node.parts
        before, after = reach(body)
        self.turns = np.arange(before, max(before, self.d - after))
        terms = np.broadcast_to(self.value(body), (len(self.turns), self.count))
        return terms.sum(axis=0) if node.kind == "sum" else terms.prod(axis=0)
