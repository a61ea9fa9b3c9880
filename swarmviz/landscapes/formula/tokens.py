"""The words and signs of a formula, and the tokeniser."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

MAX_VARIABLES = 50

CONSTANTS = {"pi": math.pi, "π": math.pi, "e": math.e}
LETTERS = {"x": 1, "y": 2, "z": 3}
INDICES = ("i", "j", "k", "l", "m", "n")  # letters that a sum may run over
# Letters that may be parameters. No dynamics and no swarm has a parameter of one of these names, so that --set a=2 says which is meant.
LETTERS_OF_PARAMETERS = ("a", "b", "g", "h", "r", "s", "u", "v")
WITH, IN = "with", "in"  # the words of a declaration
EXAMPLE = "a*x^2 with a = 1 in [0, 3]"


def _sign(a: float) -> float:
    return float((a > 0) - (a < 0))


# name → number of arguments (None: two or more) and the function for numbers
FUNCTIONS: dict[str, tuple[int | None, Callable[..., float]]] = {
    "sin": (1, math.sin),
    "cos": (1, math.cos),
    "tan": (1, math.tan),
    "asin": (1, math.asin),
    "acos": (1, math.acos),
    "atan": (1, math.atan),
    "sinh": (1, math.sinh),
    "cosh": (1, math.cosh),
    "tanh": (1, math.tanh),
    "exp": (1, math.exp),
    "log": (1, math.log),
    "ln": (1, math.log),
    "log10": (1, math.log10),
    "sqrt": (1, math.sqrt),
    "abs": (1, abs),
    "sign": (1, _sign),
    "floor": (1, math.floor),
    "min": (None, min),
    "max": (None, max),
}
ALIASES = {"arcsin": "asin", "arccos": "acos", "arctan": "atan", "prod": "product"}

OPERATIONS: dict[str, Callable[..., float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
    "negative": operator.neg,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
COMPARISONS = ("<", ">", "<=", ">=")

SAME = {"**": "^", "−": "-", "–": "-", "·": "*", "⋅": "*", "×": "*", "÷": "/", "≤": "<=", "≥": ">="}
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")

HINTS = {
    "=": f"write only what stands to the right of the equals sign; a parameter is declared at the end: {EXAMPLE}",
    "[": "use round parentheses",
    "{": "use round parentheses",
    "]": "use round parentheses",
    "}": "use round parentheses",
    "Σ": "write sum(i, x_i^2)",
    "∑": "write sum(i, x_i^2)",
    "∏": "write product(i, x_i)",
    "‖": "write norm(x)",
    "≠": "write 1 - (x <= y)*(x >= y)",
}

TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<own>x_(?:[i-n](?![A-Za-z_0-9])|\( *[i-n] *(?:[-+−] *[0-9] *)?\)|\{ *[i-n] *(?:[-+−] *[0-9] *)?\}))"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*|π)"
    r"|(?P<superscript>⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<sign>\*\*|<=|>=|[-+*/^(),|<>√−–·⋅×÷≤≥])"
    r"|(?P<space>[ \t\r\n]+)"
)
DECLARATION = re.compile(  # after "with"
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*|π)"
    r"|(?P<sign>[-+−–,=\[\]])"
    r"|(?P<space>[ \t\r\n]+)"
)
VARIABLE = re.compile(r"x([1-9][0-9]?)")
OWN_INDEX = re.compile(r"([i-n]) *([-+−] *[0-9])?")


class FormulaError(ValueError):
    """A formula that is refused: ``reason``, ``text``, ``position`` (of the character, from 0), ``parameter`` (whose value it was)."""

    def __init__(self, reason: str, text: str, position: int, parameter: str = ""):
        self.reason, self.text, self.position, self.parameter = reason, text, position, parameter
        start = max(0, position - 60)
        shown = "".join(c if c.isprintable() else " " for c in text[start : start + 100])
        of = f"{parameter}: " if parameter else ""
        super().__init__(f"{of}{reason}, at character {position + 1}:\n  {shown}\n  {' ' * (position - start)}^")

    def __reduce__(self):
        return FormulaError, (self.reason, self.text, self.position, self.parameter)

    def of(self, parameter: str) -> FormulaError:
        """The same error with the name of the parameter."""
        return FormulaError(self.reason, self.text, self.position, parameter)


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign; ``kind`` is number, own, name, superscript, sign or end."""

    kind: str
    text: str
    position: int


def tokenise(text: str) -> list[Token]:
    """The tokens of a text, and one that marks its end; after the word "with" those of declarations."""
    found, position, pattern = [], 0, TOKEN
    while position < len(text):
        match = pattern.match(text, position)
        if match is None:
            character = text[position]
            name = repr(character) if character.isprintable() else f"the character U+{ord(character):04X}"
            hint = f" ({HINTS[character]})" if character in HINTS and pattern is TOKEN else ""
            whole = f"a formula{hint}" if pattern is TOKEN else f"a declaration of a parameter, such as {EXAMPLE}"
            raise FormulaError(f"{name} is not part of {whole}", text, position)
        kind, word = match.lastgroup or "", match.group()
        if kind == "superscript":
            word = word.translate(SUPERSCRIPTS)
        if kind != "space":
            found.append(Token(kind, SAME.get(word, word), position))
        position = match.end()
        pattern = DECLARATION if word == WITH else pattern
    return [*found, Token("end", "", len(text))]
