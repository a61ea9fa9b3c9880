"""LaTeX formulae as MathML that fits a narrow card: long lines are broken before an operator, and what cannot be broken is set smaller.

Every current browser draws MathML itself and a screen reader speaks it; nothing is loaded. KaTeX as Panel bundles it lacks its fonts, and
Bokeh's MathJax would add 1.8 MB to a page that should weigh less than 5.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from latex2mathml.converter import convert

SPACE = "http://www.w3.org/1998/Math/MathML"
FITS = 34.0  # letters that fit in a line at full size
SMALLEST = 0.5
BREAKS = {"=", "+", "−", "-"}
SCRIPTS = {"msup", "msub", "msubsup"}
UNDER = {"munder", "mover", "munderover"}
ET.register_namespace("", SPACE)


def formula(latex: str) -> str:
    """HTML of a formula: one line per part that ``\\qquad`` or ``\\quad`` separates, broken further where it is too long."""
    parts = (part.strip().rstrip(",") for part in re.split(r"\\qquad|\\quad", latex))
    return f'<div class="formula">{"".join(line for part in parts if part for line in _lines(part))}</div>'


def _lines(latex: str) -> list[str]:
    """The lines of one part, as HTML."""
    root = ET.fromstring(convert(latex, display="block"))
    for element in list(root.iter()):
        _mend(element)
    row = root[0] if len(root) == 1 and _tag(root[0]) == "mrow" else root
    rows: list[list[ET.Element]] = [[]]
    width, depth = 0.0, 0
    for child in row:
        text = (child.text or "").strip() if _tag(child) == "mo" else ""
        base = child[0] if _tag(child) in SCRIPTS else child  # a bracket may carry an exponent
        depth += (base.text in ("(", "[")) - (base.text in (")", "]"))
        if text in BREAKS and depth == 0 and width > 0.5 * FITS and _width(row) > FITS:
            rows.append([])
            width = 2.0
        rows[-1].append(child)
        width += _width(child)
    return [_line(children, continued=i > 0) for i, children in enumerate(rows)]


def _line(children: list[ET.Element], continued: bool) -> str:
    math = ET.Element(f"{{{SPACE}}}math", {"display": "block"})
    row = ET.SubElement(math, f"{{{SPACE}}}mrow")
    if continued:
        ET.SubElement(row, f"{{{SPACE}}}mspace", {"width": "1.5em"})
    row.extend(children)
    scale = min(1.0, max(SMALLEST, FITS / max(_width(row), 1.0)))
    return f'<div style="font-size:{scale:.2f}em">{ET.tostring(math, encoding="unicode")}</div>'


def _mend(element: ET.Element) -> None:
    """Spacing that the converter leaves out: none around bars, a thin one around the names of functions."""
    text = (element.text or "").strip()
    if _tag(element) == "mo" and text in ("|", "∥", "‖"):
        element.set("lspace", "0")
        element.set("rspace", "0")
    for place, child in enumerate(list(element)):
        name = (child.text or "").strip()
        if _tag(child) == "mi" and len(name) > 1 and name.isalpha() and name.isascii():
            spaced = ET.Element(f"{{{SPACE}}}mrow")
            ET.SubElement(spaced, f"{{{SPACE}}}mspace", {"width": "0.17em"})
            spaced.append(child)
            following = element[place + 1] if place + 1 < len(element) else None
            if following is not None and _tag(following) != "mo" and _tag(element) not in SCRIPTS:
                ET.SubElement(spaced, f"{{{SPACE}}}mspace", {"width": "0.17em"})
            element.remove(child)
            element.insert(place, spaced)


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _width(element: ET.Element) -> float:
    """The width of a formula in letters, roughly."""
    children, tag = list(element), _tag(element)
    if not children:
        text = (element.text or "").strip()
        return (
            2.2
            if tag == "mo" and text in BREAKS | {"≤", "≥", "<", "∼"}
            else 1.6
            if text in "∑∏" and text
            else float(len(text))
        )
    widths = [_width(child) for child in children]
    if tag == "mfrac" or tag in UNDER:
        return max(widths)
    if tag in SCRIPTS:
        return widths[0] + 0.7 * max(widths[1:])
    if tag == "mtable":
        cells = [[_width(cell) for cell in row] for row in children]
        return sum(max(row[i] if i < len(row) else 0.0 for row in cells) + 1.0 for i in range(max(map(len, cells))))
    return sum(widths)
