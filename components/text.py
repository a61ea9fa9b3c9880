"""What people type and read: numbers, vectors and the formulas of schedules, as text.

How a number is read. Spaces of every width and apostrophes separate thousands, in groups of three; the sign may be U+2212. Of comma and
point, the one that comes once is the decimal mark of a real number (``0,5`` is a half), the one that comes more than once or stands
before the other separates thousands (``1,234,567``, ``1,234.5``, ``1.234,5``); ``1,234`` alone may be either and is refused. A whole
number has no decimals: ``10,000`` and ``10.000`` are ten thousand, ``2.0`` is two, ``1,5`` is refused. What was understood is shown.
"""

from __future__ import annotations

import html
import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

import param

from swarmviz.parameters import Real, Vector, Whole

MAX_NUMBER_CHARS = 100
MAX_WHOLE_DIGITS = 400  # of a whole number; more than any range takes
MAX_TABLE_CHARS = 100_000  # of a vector or table; more than a message of the page holds
MAX_SENTENCE_CHARS = 400  # of a message that repeats what was typed
SPACES = re.compile("[\u00a0\u2007\u2009\u202f]")
AMBIGUOUS = re.compile(r"[+−-]?[1-9]\d{0,2},\d{3}")
GROUPED = re.compile(
    r"(?P<digits>[+-]?[1-9]\d{0,2}(?P<separator>[ ,.'’])\d{3}(?:(?P=separator)\d{3})*)"
    r"(?:(?P<mark>[.,])(?P<tail>\d*))?(?P<power>[eE][+-]?\d+)?"
)


def understood(declared: param.Parameter | None, value: Any) -> Any:
    """What was typed as the kind of value that the declaration takes; what is not understood is handed on as it is, to be refused.

    Raises
    ------
    ValueError
        When it may mean two numbers, or is longer than any table.
    """
    if isinstance(value, str) and isinstance(declared, Real):
        if not value.strip() and declared.allow_None:
            return None
        if not isinstance(declared, Whole) and AMBIGUOUS.fullmatch(value.strip()):
            both = value.strip().replace(",", ""), value.strip().replace(",", ".")
            raise ValueError(f"{declared.name} = {value!r}: may be {both[0]} or {both[1]}; write one of them")
        return number(value, isinstance(declared, Whole))
    if isinstance(value, float) and isinstance(declared, Whole) and value.is_integer():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and isinstance(declared, Real) and abs(value) >= 2**1023:
        return shown_briefly(value)  # no float is so large, and to say so is the declaration's part
    if isinstance(value, str) and (declared is None or isinstance(declared, Vector)):
        if len(value) > MAX_TABLE_CHARS:
            name = declared.name if declared is not None else "points"
            raise ValueError(f"{name}: has {len(value):,} characters; must be at most {MAX_TABLE_CHARS:,}")
        return _vector(value.strip(), table=declared is None or declared.shape == "table")
    return value


def shown_briefly(value: int) -> str:
    """A number of hundreds of digits."""
    return f"a number of {value.bit_length()} bits"


def number(text: str, whole: bool) -> int | float | str:
    """The number that a text is, as the module's first lines say; the text itself when it is none."""
    plain = SPACES.sub(" ", text.strip()).replace("−", "-")
    try:
        if len(plain) > MAX_NUMBER_CHARS:
            return text
        if "/" in plain:
            part = Fraction(plain)
            return part.numerator if whole and part.denominator == 1 else float(part)
        exact = Decimal(_without_separators(plain, whole))
        if whole and exact.is_finite() and exact.adjusted() < MAX_WHOLE_DIGITS and exact == exact.to_integral_value():
            return int(exact)
        return float(exact)
    except (ValueError, ArithmeticError, InvalidOperation):
        return text


def _without_separators(plain: str, whole: bool) -> str:
    """The number with a point before its decimals, and nothing else between its digits."""
    found = GROUPED.fullmatch(plain)
    if found:
        separator, mark = found["separator"], found["mark"]
        several = len(re.findall(re.escape(separator), found["digits"])) > 1
        if separator != mark and (whole or several or mark or separator not in ",."):
            return f"{found['digits'].replace(separator, '')}.{found['tail'] or '0'}{found['power'] or ''}"
    return plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else plain


def _vector(text: str, table: bool) -> Any:
    if not text:
        return None
    lines = [line.strip() for line in re.split(r"[;\r\n]", text) if line.strip()]
    rows = [[_coordinate(part) for part in re.split(r"[,\s]+", line)] for line in lines]
    if table:
        return rows
    if len(rows) > 1 and all(len(row) == 1 for row in rows):  # a column, as a file has it
        return [row[0] for row in rows]
    return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows[0] if len(rows) == 1 else rows


def _coordinate(text: str) -> float | str:
    """A number in a row of numbers, where commas and spaces stand between them."""
    value = number(text, whole=False) if text.count(".") < 2 else text
    return value if isinstance(value, str) else float(value)


def readable(latex: str) -> str:
    """The few signs of a schedule's formula as HTML."""
    text = html.escape(latex)
    for sign, shown in (
        (r"\text{", "{"),
        (r"\cdot", "·"),
        (r"\log", "log"),
        (r"\min", "min"),
        (r"\geq", "≥"),
        (r"\,", " "),
        ("\\ ", " "),
    ):
        text = text.replace(sign, shown)
    text = re.sub(r"\^\{([^{}]*)\}", r"<sup>\1</sup>", text)
    text = re.sub(r"\^(\w)", r"<sup>\1</sup>", text)
    return text.replace("{", "").replace("}", "").replace("-", "−")


def sentence(text: str) -> str:
    """The text as a sentence; a name of a parameter at its beginning stays as it is."""
    begun = text if re.match(r"\w+( \([^()]*\))? = |\w = ", text) else f"{text[:1].upper()}{text[1:]}"
    return begun + ("" if begun.endswith((".", "!", "?")) else ".")


def beside_row(sentence: str, name: str) -> str:
    """What is said beside the row of a parameter, of the sentence that refuses its value.

    The row has said the name, which is that in Python and not its symbol on the page, and shows what was typed: lines that point into it,
    for letters of one width, are left out.
    """
    first, _, pointing = sentence.removeprefix(f"{name}: ").partition("\n")
    return cut_short(
        first.removesuffix(":") if pointing else first.removesuffix(", not str")
    )  # whatever is typed is text


def cut_short(sentence: str) -> str:
    """The beginning and the end of a sentence that is too long to be read: what was typed may be long, and is repeated in it."""
    half = MAX_SENTENCE_CHARS // 2
    return sentence if len(sentence) <= MAX_SENTENCE_CHARS else f"{sentence[:half]} … {sentence[-half:]}"
