"""The HTML of summaries: pictures as data, tables, and no style sheet, because notebooks that are not trusted lose theirs."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

LONGEST = 90  # characters of a cell


def picture(svg: str, width: int, height: int, alt: str) -> str:
    """An SVG as an image: no notebook takes it apart, and nothing in it can act."""
    data = base64.b64encode(svg.encode()).decode("ascii")
    return f'<img alt="{escape(alt)}" width="{width}" height="{height}" src="data:image/svg+xml;base64,{data}">'


def table(rows: Iterable[Sequence[str]], heads: Sequence[str] = ()) -> str:
    """Cells are HTML; the first of a row names it."""
    left = 'style="text-align:left;padding:1px 12px 1px 0"'
    top = "".join(f'<th scope="col" {left}>{head}</th>' for head in heads)
    body = "".join(
        f'<tr><th scope="row" {left}>{first}</th>{"".join(f"<td {left}>{cell}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    head = f"<thead><tr>{top}</tr></thead>" if heads else ""
    return f'<table style="border-collapse:collapse;margin:0">{head}<tbody>{body}</tbody></table>'


def cell(text: str) -> str:
    """A text as the content of a cell, cut where it is long."""
    return escape(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")


def beside(*parts: str) -> str:
    """Parts beside each other, below each other where there is no space."""
    inner = "".join(f"<div>{part}</div>" for part in parts)
    return f'<div style="display:flex;flex-wrap:wrap;gap:12px 24px;align-items:flex-start">{inner}</div>'
