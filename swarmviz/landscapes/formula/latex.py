"""A formula in LaTeX, in the order in which it was written."""

from __future__ import annotations

import math

from swarmviz.landscapes.formula.parser import Node, reach

# How tightly a part holds together; what holds less tightly than its place needs is put in parentheses.
SUM, SIGN, PRODUCT, POWER, ATOM = range(5)
HOLDS = {"+": SUM, "-": SUM, "negative": SIGN, "*": PRODUCT, "^": POWER, "sum": PRODUCT, "product": PRODUCT}
WORDS = {
    "asin": r"\arcsin",
    "acos": r"\arccos",
    "atan": r"\arctan",
    "log10": r"\log_{10}",
    "sign": r"\operatorname{sign}",
}
MAX_FRACTIONS = 4  # above one another
COMPARED = {"<": "<", ">": ">", "<=": r"\le", ">=": r"\ge"}


def latex(node: Node, names: dict[int, str], most: float = math.inf) -> str:
    """LaTeX of a formula.

    Parameters
    ----------
    names : dict
        The name of each variable, by its index.
    most : float
        About so many characters: a longer formula ends with dots.
    """
    row = []
    while node.kind in ("+", "-", "*", "/"):  # as deep as the formula is long: no recursion
        row.append(node)
        node = node.parts[0]
    text, left, fractions = _part(node, names), node, 0
    for node in reversed(row):
        b = node.parts[1]
        right = latex(b, names)
        before = text
        if node.kind == "/":
            fractions = fractions + 1 if left.kind == "/" else 1
            text = (
                rf"\frac{{{text}}}{{{right}}}" if fractions <= MAX_FRACTIONS else f"{text} / {_within(right, b, ATOM)}"
            )
        elif node.kind == "*":
            between = r" \cdot " if _begins_with_digit(b) else r" \, "
            text = _bracketed(text) if _ends_with_sum(left) else _within(text, left, SIGN)
            text += between + _within(right, b, PRODUCT)
        else:
            text = f"{_within(text, left, SUM)} {node.kind} {_within(right, b, PRODUCT)}"
            if len(text) > most >= len(before):
                return rf"{before} + \cdots"
        left = node
    return text if len(text) <= most else r"\cdots"


def _ends_with_sum(node: Node) -> bool:
    """Whether what is written after it would belong to a sum or product over coordinates."""
    while node.kind in ("negative", "*"):
        node = node.parts[-1]
        if HOLDS.get(node.kind, ATOM) < PRODUCT:  # in parentheses
            return False
    return node.kind in ("sum", "product")


def _within(text: str, part: Node, at_least: int) -> str:
    return text if HOLDS.get(part.kind, ATOM) >= at_least else rf"\left({text}\right)"


def _part(node: Node, names: dict[int, str]) -> str:
    match node.kind, node.parts:
        case "number", _:
            return _number(node.value)
        case "variable", _:
            return names[node.index]
        case "own", _:
            return f"x_{{{node.letter}{f'{node.index:+d}' if node.index else ''}}}"
        case (("index" | "parameter"), _):
            return node.letter
        case "dimension", _:
            return "d"
        case "norm", _:
            return r"\left\|x\right\|"
        case (("sum" | "product"), (a,)):
            return _over_coordinates(node, a, names)
        case "negative", (a,):
            return "-" + _within(latex(a, names), a, PRODUCT)
        case "^", (a, b):
            base = latex(a, names)
            plain = a.kind in ("number", "parameter", "variable", "own", "index", "dimension")
            return f"{base if plain else _bracketed(base)}^{{{latex(b, names)}}}"
        case "sqrt", (a,):
            return rf"\sqrt{{{latex(a, names)}}}"
        case "abs", (a,):
            return rf"\left|{latex(a, names)}\right|"
        case "floor", (a,):
            return rf"\left\lfloor {latex(a, names)} \right\rfloor"
        case ("<" | ">" | "<=" | ">=") as sign, (a, b):
            return rf"\left[{latex(a, names)} {COMPARED[sign]} {latex(b, names)}\right]"
    word = WORDS.get(node.kind, "\\" + node.kind)
    return word + _bracketed(", ".join(latex(part, names) for part in node.parts))


def _over_coordinates(node: Node, body: Node, names: dict[int, str]) -> str:
    """A sum or product with its range: from the first i to the last for which all its coordinates are there."""
    before, after = reach(body)
    sign, last = (r"\sum" if node.kind == "sum" else r"\prod"), f"d-{after}" if after else "d"
    return rf"{sign}_{{{node.letter}={before + 1}}}^{{{last}}} {_within(latex(body, names), body, PRODUCT)}"


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
