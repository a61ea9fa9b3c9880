"""Parses the text of a formula into a tree, by recursive descent; the text is never run.

    whole     = sum [ "with" parameter "=" constant "in" "[" constant "," constant "]" { "," parameter … } ]
    sum       = term { ("+" | "−") term }
    term      = factor { ("*" | "/") factor }
    factor    = ("+" | "−") factor | power
    power     = atom [ superscript | ("**" | "^") factor ]             so that −x² = −(x²) and 2^3^2 = 2^(3^2)
    atom      = number | constant | parameter | variable | function "(" sum { "," sum } ")" | "norm(x)" | "√" atom | "|" sum "|"
              | ("sum" | "product") "(" index "," sum ")" | "(" sum [ ("<" | ">" | "<=" | ">=") sum ] ")"
    variable  = "x" | "y" | "z" | "x1" | "x2" | … and, inside of a sum over i, "x_i" | "x_(i+1)" | "x_{i-1}" | …

Words and signs are those of :mod:`swarmviz.landscapes.formula.tokens`; anything else is refused, with its place. Constant parts are
evaluated in floating point and refused unless they are finite and real.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

from swarmviz.landscapes.formula.tokens import (
    ALIASES,
    COMPARISONS,
    CONSTANTS,
    EXAMPLE,
    FUNCTIONS,
    IN,
    INDICES,
    LETTERS,
    LETTERS_OF_PARAMETERS,
    MAX_VARIABLES,
    OPERATIONS,
    OWN_INDEX,
    TOKEN,
    VARIABLE,
    WITH,
    FormulaError,
    Token,
    tokenise,
)

MAX_CHARS = 4000
MAX_LEVELS = 25  # parentheses, signs and powers within one another
MAX_EXPONENT = 100  # that is written as a number
LARGEST_PARAMETER = 1e6
REDUCTIONS = ("sum", "product")


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A part of a formula.

    ``kind`` is "number", "parameter" (its ``letter``), "variable", "own" (x_i, x_(i+1), … of a sum; ``index`` is what is added to i),
    "index" (i itself), "dimension", "sum" or "product" over coordinates, "negative", "norm", one of + - * / ^ < > <= >=, or a function. A
    part without a variable or a parameter is ``constant`` and has a ``value``, whatever its kind; a variable has an ``index``, from 1.
    """

    kind: str
    position: int
    parts: tuple[Node, ...] = ()
    constant: bool = False
    value: float = math.nan
    index: int = 0
    letter: str = ""  # of the index of a sum, of a parameter

    def __iter__(self) -> Iterator[Node]:
        """All parts, this one included; without recursion, because a long sum is as deep as it is long."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(node.parts)


class Coefficient(NamedTuple):
    """A parameter as a formula declares it: the value that it has at first, and the range of its slider."""

    value: float
    low: float
    high: float


class Parsed(NamedTuple):
    """The tree of a formula, and its parameters by their letters, in the order of the alphabet."""

    tree: Node
    parameters: dict[str, Coefficient]


def parse(text: str) -> Node:
    """The tree of a formula; raises ``FormulaError``."""
    return parsed(text).tree


def parsed(text: str) -> Parsed:
    """The tree and the parameters of a formula; raises ``FormulaError``."""
    if not isinstance(text, str):
        raise FormulaError(f"a formula is a text, not {type(text).__name__}", "", 0)
    if len(text) > MAX_CHARS:
        reason = f"the formula is too long: {len(text)} characters, at most {MAX_CHARS}"
        raise FormulaError(reason, text, MAX_CHARS)
    if not text.strip():
        raise FormulaError("the formula is empty", text, 0)
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str):
        self.text, self.tokens, self.next, self.depth, self.letter = text, tokenise(text), 0, 0, ""
        self.parameters: dict[str, Coefficient] = {}
        self.used: set[str] = set()

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

    def shown(self, token: Token) -> str:
        """A token as it was written."""
        match = TOKEN.match(self.text, token.position)
        return match.group() if match else token.text

    def deeper(self, position: int) -> None:
        self.depth += 1
        if self.depth > MAX_LEVELS:
            self.refuse(f"the formula is nested too deeply: at most {MAX_LEVELS} levels", position)

    def whole(self) -> Parsed:
        begin = next((i for i, token in enumerate(self.tokens) if token.kind == "name" and token.text == WITH), None)
        places = {} if begin is None else self.declarations(begin)
        node = self.sum()
        if self.token.kind != "end":
            self.misplaced(self.token)
        for letter, place in places.items():
            if letter not in self.used:
                self.refuse(f"the parameter {letter} does not occur in the formula", place)
        return Parsed(node, dict(sorted(self.parameters.items())))

    # ---- declarations of parameters --------------------------------------------------------------------------------------

    def declarations(self, begin: int) -> dict[str, int]:
        """Read what follows "with", at which the formula then ends; the place of each letter."""
        self.next, places = begin + 1, {}
        while True:
            token = self.token
            self.next += token.kind != "end"
            if token.kind != "name" or token.text not in LETTERS_OF_PARAMETERS:
                letters = ", ".join(LETTERS_OF_PARAMETERS)
                self.refuse(f"a parameter is expected here, one of {letters}: {EXAMPLE}", token.position)
            if token.text in places:
                self.refuse(f"the parameter {token.text} is declared twice", token.position)
            places[token.text] = token.position
            self.parameters[token.text] = self.coefficient(token.text)
            if not self.take(","):
                break
        if self.token.kind != "end":
            self.refuse("a comma is expected before the next parameter", self.token.position)
        self.tokens = [*self.tokens[:begin], Token("end", "", self.tokens[begin].position)]
        self.next = 0
        return places

    def coefficient(self, letter: str) -> Coefficient:
        """Value and range of a parameter, after its letter."""
        self.expect("=", letter)
        place = self.token.position
        value = self.plain_number(letter)
        if self.token.kind != "name" or self.token.text != IN:
            self.refuse(f"the range of its slider is missing: {letter} = {value:g} in [low, high]", self.token.position)
        self.next += 1
        self.expect("[", letter)
        start = self.token.position
        low = self.plain_number(letter)
        self.expect(",", letter)
        high = self.plain_number(letter)
        self.expect("]", letter)
        if not low < high:
            self.refuse(f"the range of {letter} is reversed or empty: its first number must be the smaller one", start)
        if not low <= value <= high:
            self.refuse(f"{letter} = {value:g} is not in its range, {low:g} to {high:g}", place)
        return Coefficient(value, low, high)

    def expect(self, sign: str, letter: str) -> None:
        if not self.take(sign):
            self.refuse(f"{sign!r} is expected here: {letter} = 1 in [0, 3]", self.token.position)

    def plain_number(self, letter: str) -> float:
        """A number with or without a sign, or pi or e."""
        place, sign = self.token.position, self.take("+", "-")
        token = self.token
        value = float(token.text) if token.kind == "number" else CONSTANTS.get(token.text)
        if value is None:
            self.refuse(f"a number is expected here: {letter} = 1 in [0, 3]", token.position)
        if value > LARGEST_PARAMETER:
            self.refuse(f"a parameter lies within ±{LARGEST_PARAMETER:g}", place)
        self.next += 1
        return -value if sign and sign.text == "-" else value

    # ---- the formula -----------------------------------------------------------------------------------------------------

    def misplaced(self, token: Token) -> NoReturn:
        """What is wrong with a token that stands where an operator or the end should stand."""
        self.refuse(
            {
                ")": "this parenthesis was never opened",
                "|": "this bar was never opened (or a * is missing before it)",
                ",": "a comma belongs between the arguments of min or max (decimals take a point)",
            }.get(token.text)
            or (
                "a comparison stands in parentheses of its own, such as (x < 0)"
                if token.text in COMPARISONS
                else f"an operator is missing before {self.shown(token)!r} (write * for a product)"
            ),
            token.position,
        )

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
        self.deeper(self.token.position)
        if sign := self.take("+", "-"):
            node = self.factor()
            node = node if sign.text == "+" else self.build("negative", sign.position, node)
        else:
            node = self.power()
        self.depth -= 1
        return node

    def power(self) -> Node:
        root = self.token.text == "√"
        base = self.atom()
        token = self.token
        if token.kind == "superscript" or token.text == "^":
            if root:
                self.refuse("write √(x^2) or (√x)^2, so that it is clear what the root is of", token.position)
            self.next += 1
            if token.kind != "superscript":
                return self.build("^", token.position, base, self.factor())
            base = self.build("^", token.position, base, self.number(token))
            if self.token.text == "^" or self.token.kind == "superscript":
                self.refuse("put the power before this one in parentheses", self.token.position)
        return base

    def number(self, token: Token) -> Node:
        value = float(token.text)
        if math.isinf(value):
            self.refuse("this number is too large", token.position)
        return Node("number", token.position, constant=True, value=value)

    def atom(self) -> Node:
        token = self.token
        if token.kind == "end":
            self.refuse("the formula ends too early: a number, a variable or a function is missing", token.position)
        self.next += 1
        if token.kind == "number":
            return self.number(token)
        if token.kind == "own":
            return self.own(token)
        if token.kind == "name":
            return self.name(token)
        match token.text:
            case "√":
                self.deeper(token.position)
                node = self.build("sqrt", token.position, self.atom())
                self.depth -= 1
                return node
            case "|":
                node = self.sum()
                self.close(token, "|")
                return self.build("abs", token.position, node)
            case "(":
                return self.group(token)
        what = f"{self.shown(token)!r} is not expected here: a number, a variable or a function is missing"
        self.refuse(what, token.position)

    def group(self, opened: Token) -> Node:
        """What is in parentheses: a sum, or a comparison of two."""
        node = self.sum()
        if sign := self.take(*COMPARISONS):
            node = self.build(sign.text, sign.position, node, self.sum())
            if again := self.take(*COMPARISONS):
                self.refuse("write two comparisons as a product: (0 < x)*(x < 1)", again.position)
        self.close(opened)
        return node

    def close(self, opened: Token, sign: str = ")") -> None:
        if not self.take(sign):
            token = self.token
            if token.kind in ("number", "name", "own") or token.text == "(" or token.text in COMPARISONS:
                self.misplaced(token)
            what = "this parenthesis" if sign == ")" else "this bar"
            self.refuse(f"{what} is not closed", opened.position)

    def own(self, token: Token) -> Node:
        """A coordinate of a sum: x_i, x_(i+1), …"""
        match = OWN_INDEX.search(token.text)
        assert match is not None
        letter, offset = match[1], int(match[2].replace(" ", "").replace("−", "-") if match[2] else 0)
        if not self.letter:
            self.refuse(f"{token.text} stands inside of a sum: sum({letter}, x_{letter}^2)", token.position)
        if letter != self.letter:
            self.refuse(f"this sum runs over {self.letter}, not over {letter}", token.position)
        return Node("own", token.position, index=offset, letter=letter)

    def name(self, token: Token) -> Node:
        name = ALIASES.get(token.text, token.text)
        if name in REDUCTIONS:
            return self.reduction(token)
        if name == "norm":
            return self.norm(token)
        if name in FUNCTIONS:
            return self.call(token, name)
        if name in CONSTANTS:
            return Node("number", token.position, constant=True, value=CONSTANTS[name])
        if name == "d":
            return Node("dimension", token.position)
        if name == self.letter:
            return Node("index", token.position, letter=name)
        if name in self.parameters:
            self.used.add(name)
            return Node("parameter", token.position, letter=name)
        if name in LETTERS_OF_PARAMETERS:
            self.refuse(f"{name} has no value: declare it at the end, … with {name} = 1 in [0, 3]", token.position)
        index = LETTERS.get(name)
        if match := VARIABLE.fullmatch(name):
            index = int(match[1])
        if index is None or index > MAX_VARIABLES:
            words = ", ".join((*FUNCTIONS, *REDUCTIONS, "norm", *CONSTANTS, "d"))
            self.refuse(f"unknown name {name[:30]!r}: variables are x, y, z or x1 to x{MAX_VARIABLES}; known are {words}",
                        token.position)  # fmt: skip
        return Node("variable", token.position, index=index)

    def opened(self, token: Token, example: str) -> Token:
        opened = self.take("(")
        if opened is None:
            self.refuse(f"{token.text} needs its argument in parentheses: {token.text}({example})", token.position)
        if self.token.text == ")":
            self.refuse(f"{token.text} has no argument", self.token.position)
        return opened

    def call(self, token: Token, name: str) -> Node:
        opened = self.opened(token, "x")
        parts = [self.sum()]
        while self.take(","):
            parts.append(self.sum())
        self.close(opened)
        wanted = FUNCTIONS[name][0]
        if wanted is None and len(parts) < 2:
            self.refuse(f"{token.text} needs at least two arguments", token.position)
        if wanted is not None and len(parts) != wanted:
            self.refuse(f"{token.text} has one argument, not {len(parts)} (decimals take a point)", token.position)
        return self.build(name, token.position, *parts)

    def norm(self, token: Token) -> Node:
        opened = self.opened(token, "x")
        if self.token.text != "x" or self.tokens[self.next + 1].text != ")":
            self.refuse("norm has the whole x as its argument: norm(x); else write √(sum(i, …))", self.token.position)
        self.next += 1
        self.close(opened)
        return Node("norm", token.position)

    def reduction(self, token: Token) -> Node:
        """A sum or product over coordinates."""
        if self.letter:
            self.refuse("a sum over coordinates cannot stand inside of another", token.position)
        opened = self.opened(token, "i, x_i^2")
        letter = self.token.text
        if letter not in INDICES or self.tokens[self.next + 1].text != ",":
            self.refuse(f"{token.text} begins with its index, one of {', '.join(INDICES)}: {token.text}(i, x_i^2)",
                        self.token.position)  # fmt: skip
        self.next += 2
        self.letter = letter
        body = self.sum()
        self.letter = ""
        self.close(opened)
        return Node(ALIASES.get(token.text, token.text), token.position, (body,), letter=letter)

    def build(self, kind: str, position: int, *parts: Node) -> Node:
        """A node of given parts; it is evaluated if they are all constant."""
        if kind == "^" and not parts[1].constant and parts[0].constant and parts[0].value < 0:
            if any(part.kind in ("variable", "own", "sum", "product", "norm") for part in parts[1]):
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
    if kind == "^" and a[1] is not None and abs(a[1]) > MAX_EXPONENT:
        raise ValueError(f"the exponent is too large: at most {MAX_EXPONENT}")
    if kind == "/" and a[1] == 0:
        raise ValueError("division by zero")


def evaluate(kind: str, *a: float) -> float:
    """The value of an operation on numbers; raises ``ValueError`` if it is not a finite real number."""
    check(kind, *a)
    return calculated(kind, *a)


def calculated(kind: str, *a: float) -> float:
    """The same without limits of size of what is written."""
    try:
        value = OPERATIONS[kind](*a) if kind in OPERATIONS else FUNCTIONS[kind][1](*a)
    except ZeroDivisionError:
        raise ValueError("division by zero") from None
    except OverflowError:
        raise ValueError("this number is too large") from None
    except ValueError:
        raise ValueError("this is not a real number") from None
    if isinstance(value, complex) or math.isnan(value):
        raise ValueError("this is not a real number")
    if math.isinf(value):
        raise ValueError("this number is too large")
    return float(value)


def dimension(node: Node) -> int:
    """The smallest dimension in which the formula makes sense: the highest index of a variable, 0 if there is none."""
    return max((part.index for part in node if part.kind == "variable"), default=0)


def reach(body: Node) -> tuple[int, int]:
    """How far the coordinates of a sum reach before and after i: (1, 2) for x_(i-1) + x_(i+2). Turns that lack one are left out."""
    offsets = [part.index for part in body if part.kind == "own"]
    return max(0, -min(offsets, default=0)), max(0, max(offsets, default=0))
