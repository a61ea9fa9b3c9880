"""A person's formula in LaTeX, in the order in which it was written."""

from __future__ import annotations

import math

from swarmviz.landscapes.expression import Node

# How tightly a part holds together; what holds less tightly than its place needs is put in parentheses.
SUM, SIGN, PRODUCT, POWER, ATOM = range(5)
HOLDS = {"+": SUM, "-": SUM, "negative": SIGN, "*": PRODUCT, "^": POWER}
WORDS = {
    "asin": r"\arcsin",
    "acos": r"\arccos",
    "atan": r"\arctan",
    "log10": r"\log_{10}",
    "sign": r"\operatorname{sign}",
}


def latex(node: Node, names: dict[int, str]) -> str:
    """LaTeX of a formula; ``names`` maps the index of a variable to its name."""

    def within(part: Node, at_least: int) -> str:
        text = latex(part, names)
        return text if HOLDS.get(part.kind, ATOM) >= at_least else rf"\left({text}\right)"

    match node.kind, node.parts:
        case "number", _:
            return _number(node.value)
        case "variable", _:
            return names[node.index]
        case "negative", (a,):
            return "-" + within(a, PRODUCT)
        case "+" | "-", (a, b):
            return f"{within(a, SUM)} {node.kind} {within(b, PRODUCT)}"
        case "*", (a, b):
            between = r" \cdot " if _begins_with_digit(b) else r" \, "
            return within(a, SIGN) + between + within(b, PRODUCT)
        case "/", (a, b):
            return rf"\frac{{{latex(a, names)}}}{{{latex(b, names)}}}"
        case "^", (a, b):
            base = latex(a, names)
            return f"{base if a.kind in ('number', 'variable') else _bracketed(base)}^{{{latex(b, names)}}}"
        case "sqrt", (a,):
            return rf"\sqrt{{{latex(a, names)}}}"
        case "abs", (a,):
            return rf"\left|{latex(a, names)}\right|"
        case "floor", (a,):
            return rf"\left\lfloor {latex(a, names)} \right\rfloor"
    word = WORDS.get(node.kind, "\\" + node.kind)
    return word + _bracketed(", ".join(latex(part, names) for part in node.parts))


def _bracketed(text: str) -> str:
    return rf"\left({text}\right)"


def _number(value: float) -> str:
    for name, constant in ((r"\pi", math.pi), ("e", math.e)):
        if value == constant:
            return name
    mantissa, _, exponent = f"{value:.15g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def _begins_with_digit(node: Node) -> bool:
    while node.kind in ("*", "^"):
        node = node.parts[0]
    return node.kind == "number"
