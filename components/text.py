"""What people type and read: numbers, vectors and the formulas of schedules, as text."""

from __future__ import annotations

import html
import math
import re
from fractions import Fraction
from typing import Any

import param

from swarmviz.parameters import Real, Vector, Whole


def written(value: Any) -> str:
    """A vector or table as a person types it."""
    if value is None:
        return ""
    if not isinstance(value, tuple):
        return f"{value:g}"
    if not any(isinstance(row, tuple) for row in value):
        return ", ".join(f"{v:g}" for v in value)
    return "; ".join(written(row) for row in value)


def understood(declared: param.Parameter | None, value: Any) -> Any:
    """What was typed as the kind of value that the declaration takes; what is not understood is handed on as it is, to be refused."""
    if isinstance(value, str) and isinstance(declared, Real):
        return _number(value.strip(), isinstance(declared, Whole), declared.allow_None)
    if isinstance(value, float) and isinstance(declared, Whole) and value.is_integer():
        return int(value)
    if isinstance(value, str) and (declared is None or isinstance(declared, Vector)):
        return _vector(value.strip(), table=declared is None or declared.shape == "table")
    return value


def _number(text: str, whole: bool, optional: bool) -> Any:
    if not text and optional:
        return None
    text = text.replace("−", "-").replace("\u202f", "").replace(",", ".")
    try:
        number = float(Fraction(text)) if "/" in text else float(text)
    except (ValueError, ZeroDivisionError, OverflowError):
        return text
    return int(number) if whole and math.isfinite(number) and number.is_integer() else number


def _vector(text: str, table: bool) -> Any:
    if not text:
        return None
    lines = [line.strip() for line in text.split(";") if line.strip()]
    rows = [[_number(part, False, False) for part in re.split(r"[,\s]+", line)] for line in lines]
    if table:
        return rows
    return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows[0] if len(rows) == 1 else rows


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
