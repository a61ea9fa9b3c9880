"""Messages of Bokeh's protocol as they come from a browser, measured before they are read.

A message is three texts: header, metadata, content. Buffers, which no part of the page sends, are refused with everything else that is not
expected, so that what is built in memory is never much larger than what has come.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, NamedTuple

from components.server.limits import MAX_JSON_ELEMENTS, MAX_JSON_LEVELS, MAX_MESSAGE_BYTES

KINDS = ("PATCH-DOC", "PULL-DOC-REQ", "SERVER-INFO-REQ")  # PUSH-DOC would replace the document
MAX_HEADER_CHARS = 256  # characters of header or metadata
MAX_WHOLE_NUMBER = 1e21  # above which a browser writes a number with an exponent
STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
BRACKETS = re.compile(r"[\[\]{},]")


class Unexpected(Exception):
    """The page never sends this; the sentence quotes nothing of it."""


class Received(NamedTuple):
    """A complete message."""

    kind: str
    id: str
    content: dict[str, Any]
    size: int


def parsed_json(text: str, max_chars: int = MAX_MESSAGE_BYTES) -> Any:
    """The value of a JSON text of limited size, depth and number of elements.

    Raises
    ------
    Unexpected
        When it is none, or exceeds a limit; nothing of it is built then.
    """
    if len(text) > max_chars:
        raise Unexpected(f"a text of more than {max_chars} characters")
    depth, elements = 0, 0
    for bracket in BRACKETS.findall(STRING.sub("", text)):
        if bracket in "[{":
            depth += 1
        elif bracket in "]}":
            depth -= 1
        else:
            elements += 1
        if depth > MAX_JSON_LEVELS or elements > MAX_JSON_ELEMENTS:
            raise Unexpected(f"more than {MAX_JSON_LEVELS} levels or {MAX_JSON_ELEMENTS} elements")
    try:
        return json.loads(text, parse_constant=_no_constant, parse_float=_finite, parse_int=_whole)
    except (ValueError, RecursionError):
        raise Unexpected("no JSON") from None


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _finite(digits: str) -> float:
    if not math.isfinite(value := float(digits)):
        raise ValueError("infinite")
    return value


def _whole(digits: str) -> int:
    if len(digits) > 22 or abs(value := int(digits)) > MAX_WHOLE_NUMBER:
        raise ValueError("a whole number with too many digits")
    return value


class Assembly:
    """Puts the three texts of a message together."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def add(self, fragment: str | bytes) -> Received | None:
        """The message of which this was the last text, None before.

        Raises
        ------
        Unexpected
            What comes after it cannot be understood any more.
        """
        if not isinstance(fragment, str):
            raise Unexpected("a binary message")
        if len(self._parts) < 2 and len(fragment) > MAX_HEADER_CHARS:
            raise Unexpected(f"a header of more than {MAX_HEADER_CHARS} characters")
        if len(fragment) > MAX_MESSAGE_BYTES or len(fragment.encode("utf-8", "replace")) > MAX_MESSAGE_BYTES:
            raise Unexpected(f"more than {MAX_MESSAGE_BYTES} bytes")
        self._parts.append(fragment)
        if len(self._parts) < 3:
            return None
        (head, meta, body), self._parts = self._parts, []
        header, content = parsed_json(head, MAX_HEADER_CHARS), parsed_json(body)
        if parsed_json(meta, MAX_HEADER_CHARS) != {} or not isinstance(content, dict) or not isinstance(header, dict):
            raise Unexpected("no message")
        kind, number = header.get("msgtype"), header.get("msgid")
        if set(header) != {"msgid", "msgtype"} or kind not in KINDS or not isinstance(number, str):
            raise Unexpected("a message of another kind")
        return Received(kind, number, content, len(head) + len(meta) + len(body))
