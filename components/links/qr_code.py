"""The QR code of a link: its modules as one path of SVG, for the browser to draw (``assets/bar_code.js``).

The mask is fixed: a code says which one it has, so that every reader undoes it, and the letters of a link are as good as random, so that
none of the eight is better than another. To try them all would take four times as long, on the thread that all visitors share.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import segno

MAX_CODE_BYTES = 1000  # of an address: 109 modules a side, which a telephone still reads off a projector; 13 ms of work
MAX_BASE_CHARS = 300
BASE = re.compile(r"https?://[^\s?#\"'<>\\]+")  # of an address: all that stands before its query
MASK = 3
QUIET_MODULES = 4  # white around it


class QrCode(NamedTuple):
    """A code as the browser draws it.

    Attributes
    ----------
    text : str
        What it holds.
    size : int
        Modules of a side, with the white around them.
    path : str
        The dark modules, each one unit wide, as the outline of an SVG path.
    """

    text: str
    size: int
    path: str


def require_base(value: Any) -> str:
    """The address of the page as its browser knows it, without a query; only it knows what stands before the server.

    Raises
    ------
    ValueError
        When it is none.
    """
    if not (isinstance(value, str) and len(value) <= MAX_BASE_CHARS and BASE.fullmatch(value)):
        raise ValueError("its address is none of a page")
    return value


def qr_code(text: str) -> QrCode:
    """The code of an address.

    Raises
    ------
    ValueError
        When it is too long; in words that continue "because".
    """
    count = len(text.encode())
    if count > MAX_CODE_BYTES:
        raise ValueError(
            f"its link has {count:,} characters, more than the {MAX_CODE_BYTES:,} that a code on a screen can hold"
        )
    code = segno.make(text, error="l", micro=False, boost_error=False, mask=MASK)
    rows = [[bool(module) for module in row] for row in code.matrix]
    path = "".join(_row(y + QUIET_MODULES, row) for y, row in enumerate(rows))
    return QrCode(text, len(rows) + 2 * QUIET_MODULES, path)


def _row(y: int, row: list[bool]) -> str:
    """The outlines of the dark modules of a row, those side by side as one."""
    parts, x = [], 0
    while x < len(row):
        end = x
        while end < len(row) and row[end]:
            end += 1
        if end > x:
            parts.append(f"M{x + QUIET_MODULES} {y}h{end - x}v1h{x - end}z")
        x = max(end, x + 1)
    return "".join(parts)
