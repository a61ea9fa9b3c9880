"""Reading a person's formula: from text to a tree, without ever running the text.

    sum      = term { ("+" | "−") term }
    term     = factor { ("*" | "/") factor }
    factor   = ("+" | "−") factor | power
    power    = atom [ ("**" | "^") factor ]                       so that −x² = −(x²) and 2^3^2 = 2^(3^2)
    atom     = number | constant | variable | function "(" sum { "," sum } ")" | "(" sum ")"

The reader knows these words and no others; what it does not know it refuses, with the place. Constant parts are worked out
in floating point while reading, so nothing huge is ever built.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

LONGEST = 500  # characters
DEEPEST = 25  # parentheses, signs and powers within one another
LARGEST_EXPONENT = 100
MOST_VARIABLES = 50

CONSTANTS = {"pi": math.pi, "e": math.e}
LETTERS = {"x": 1, "y": 2, "z": 3}


def _sign(a: float) -> float:
    return float((a > 0) - (a < 0))


# name → number of arguments (None: two or more) and the function for constants
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
    "log10": (1, math.log10),
    "sqrt": (1, math.sqrt),
    "abs": (1, abs),
    "sign": (1, _sign),
    "floor": (1, math.floor),
    "min": (None, min),
    "max": (None, max),
}

OPERATIONS: dict[str, Callable[..., float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
    "negative": operator.neg,
}

HINTS = {
    "=": "write only what stands to the right of the equals sign",
    "[": "use round parentheses",
    "{": "use round parentheses",
    "]": "use round parentheses",
    "}": "use round parentheses",
    "·": "write * for a product",
    "×": "write * for a product",
    "÷": "write / for a quotient",
    "−": "write - for minus",
    "–": "write - for minus",
    "π": "write pi",
    "²": "write ^2",
    "³": "write ^3",
    "√": "write sqrt( )",
}

TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<sign>\*\*|[-+*/^(),])"
    r"|(?P<space>[ \t\r\n]+)"
)
VARIABLE = re.compile(r"x([1-9][0-9]?)")


class FormulaError(ValueError):
    """A formula that is refused: ``reason``, ``text``, ``position`` (index of the character, from 0) and whose value it was to be."""

    def __init__(self, reason: str, text: str, position: int, parameter: str = ""):
        self.reason, self.text, self.position, self.parameter = reason, text, position, parameter
        start = max(0, position - 60)
        shown = "".join(c if c.isprintable() else " " for c in text[start : start + 100])
        of = f"{parameter}: " if parameter else ""
        super().__init__(f"{of}{reason}, at character {position + 1}:\n  {shown}\n  {' ' * (position - start)}^")

    def __reduce__(self):
        return FormulaError, (self.reason, self.text, self.position, self.parameter)

    def of(self, parameter: str) -> FormulaError:
        """The same refusal of a parameter's value."""
        return FormulaError(self.reason, self.text, self.position, parameter)


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a formula.

    ``kind`` is "number", "variable", "negative", one of + - * / ^, or a function. A part without a variable is
    ``constant`` and has a ``value``, whatever its kind; a variable has an ``index``, from 1.
    """

    kind: str
    position: int
    parts: tuple[Node, ...] = ()
    constant: bool = False
    value: float = math.nan
    index: int = 0


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # number, name, sign, end
    text: str
    position: int


def parse(text: str) -> Node:
    """The tree of a formula; raises ``FormulaError``."""
    if not isinstance(text, str):
        raise FormulaError(f"a formula is a text, not {type(text).__name__}", "", 0)
    if len(text) > LONGEST:
        raise FormulaError(f"the formula is too long: {len(text)} characters, at most {LONGEST}", text, LONGEST)
    if not text.strip():
        raise FormulaError("the formula is empty", text, 0)
    return _Reader(text).whole()


def _tokens(text: str) -> list[Token]:
    tokens, position = [], 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            character = text[position]
            name = repr(character) if character.isprintable() else f"the character U+{ord(character):04X}"
            hint = f" ({HINTS[character]})" if character in HINTS else ""
            raise FormulaError(f"{name} is not part of a formula{hint}", text, position)
        if match.lastgroup != "space":
            tokens.append(Token(match.lastgroup or "", match.group(), position))
        position = match.end()
    return [*tokens, Token("end", "", len(text))]


class _Reader:
    def __init__(self, text: str):
        self.text, self.tokens, self.next, self.depth = text, _tokens(text), 0, 0

    def refuse(self, reason: str, position: int) -> NoReturn:
        raise FormulaError(reason, self.text, position)

    @property
    def token(self) -> Token:
        return self.tokens[self.next]

    def take(self, *signs: str) -> Token | None:
        """The next token if it is one of these signs, which is then used up."""
        if self.token.kind == "sign" and self.token.text in signs:
            self.next += 1
            return self.tokens[self.next - 1]
        return None

    def whole(self) -> Node:
        node = self.sum()
        token = self.token
        if token.text == ")":
            self.refuse("this parenthesis was never opened", token.position)
        if token.text == ",":
            self.refuse("a comma belongs between the arguments of min or max (decimals take a point)", token.position)
        if token.kind != "end":
            self.refuse(f"an operator is missing before {token.text!r} (write * for a product)", token.position)
        return node

    def sum(self) -> Node:
        node = self.term()
        while sign := self.take("+", "-"):
            node = self.build(sign.text, sign.position, node, self.term())
        return node

    def term(self) -> Node:
        node = self.factor()
        while sign := self.take("*", "/"):
            node = self.build(sign.text, sign.position, node, self.factor())
        return node

    def factor(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            self.refuse(f"the formula is nested too deeply: at most {DEEPEST} levels", self.token.position)
        if sign := self.take("+", "-"):
            node = self.factor()
            node = node if sign.text == "+" else self.build("negative", sign.position, node)
        else:
            node = self.power()
        self.depth -= 1
        return node

    def power(self) -> Node:
        base = self.atom()
        if sign := self.take("**", "^"):
            return self.build("^", sign.position, base, self.factor())
        return base

    def atom(self) -> Node:
        token = self.token
        if token.kind == "end":
            self.refuse("the formula ends too early: a number, a variable or a function is missing", token.position)
        self.next += 1
        if token.kind == "number":
            if math.isinf(float(token.text)):
                self.refuse("this number is too large", token.position)
            return Node("number", token.position, constant=True, value=float(token.text))
        if token.kind == "name":
            return self.name(token)
        if token.text != "(":
            self.refuse(
                f"{token.text!r} is not expected here: a number, a variable or a function is missing", token.position
            )
        node = self.sum()
        self.close(token)
        return node

    def close(self, opened: Token) -> None:
        if not self.take(")"):
            token = self.token
            if token.kind in ("number", "name") or token.text == "(":
                self.refuse(f"an operator is missing before {token.text!r} (write * for a product)", token.position)
            self.refuse("this parenthesis is not closed", opened.position)

    def name(self, token: Token) -> Node:
        name = token.text
        if name in FUNCTIONS:
            return self.call(token)
        if name in CONSTANTS:
            return Node("number", token.position, constant=True, value=CONSTANTS[name])
        index = LETTERS.get(name)
        if match := VARIABLE.fullmatch(name):
            index = int(match[1])
        if index is None or index > MOST_VARIABLES:
            words = ", ".join((*FUNCTIONS, *CONSTANTS))
            self.refuse(f"unknown name {name[:30]!r}: variables are x, y, z or x1 to x{MOST_VARIABLES}; known are {words}",
                        token.position)  # fmt: skip
        return Node("variable", token.position, index=index)

    def call(self, token: Token) -> Node:
        opened = self.take("(")
        if opened is None:
            self.refuse(f"{token.text} needs its argument in parentheses: {token.text}(x)", token.position)
        if self.token.text == ")":
            self.refuse(f"{token.text} has no argument", self.token.position)
        parts = [self.sum()]
        while self.take(","):
            parts.append(self.sum())
        self.close(opened)
        wanted = FUNCTIONS[token.text][0]
        if wanted is None and len(parts) < 2:
            self.refuse(f"{token.text} needs at least two arguments", token.position)
        if wanted is not None and len(parts) != wanted:
            self.refuse(f"{token.text} has one argument, not {len(parts)} (decimals take a point)", token.position)
        return self.build(token.text, token.position, *parts)

    def build(self, kind: str, position: int, *parts: Node) -> Node:
        """A node of given parts; its value is worked out if they are all constant."""
        if kind == "^" and not parts[1].constant and parts[0].constant and parts[0].value < 0:
            self.refuse("a negative number to a variable power is not real", position)
        try:
            check(kind, *(part.value if part.constant else None for part in parts))
            if not all(part.constant for part in parts):
                return Node(kind, position, parts)
            return Node(kind, position, parts, constant=True, value=evaluate(kind, *(part.value for part in parts)))
        except ValueError as error:
            self.refuse(str(error), position)


def check(kind: str, *a: float | None) -> None:
    """Raise ``ValueError`` where a constant operand (None: not constant) is not allowed."""
    if kind == "^" and a[1] is not None and abs(a[1]) > LARGEST_EXPONENT:
        raise ValueError(f"the exponent is too large: at most {LARGEST_EXPONENT}")
    if kind == "/" and a[1] == 0:
        raise ValueError("division by zero")


def evaluate(kind: str, *a: float) -> float:
    """The value of an operation on constants; raises ``ValueError`` if it is not a finite real number."""
    check(kind, *a)
    try:
        value = OPERATIONS[kind](*a) if kind in OPERATIONS else FUNCTIONS[kind][1](*a)
    except ZeroDivisionError:
        raise ValueError("division by zero") from None
    except OverflowError:
        raise ValueError("this number is too large") from None
    except ValueError:
        raise ValueError("this is not a real number") from None
    if isinstance(value, complex):
        raise ValueError("this is not a real number")
    if not math.isfinite(value):
        raise ValueError("this number is too large")
    return float(value)


def dimension(node: Node) -> int:
    """The highest index of a variable, 0 if there is none."""
    return max((dimension(part) for part in node.parts), default=node.index)
