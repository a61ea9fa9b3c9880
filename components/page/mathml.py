"""LaTeX formulae as MathML that fits a narrow card: long lines are broken before an operator, and what cannot be broken is set smaller.

In a line of equations (:mod:`swarmviz.dynamics.equations.lines`) symbols are named, ``@lam``. Each becomes an element that can be pointed
at and reached by keyboard, ``data-sign="lam"``, described by the element of the page with the id ``about-lam``; who shows it writes what
it is called, of which a value is a part (``assets/equation.js``). Under the first of a name there is room for its present value,
``data-value="lam"``.

Every current browser draws MathML itself and a screen reader speaks it; nothing is loaded. KaTeX as Panel bundles it lacks its fonts, and
Bokeh's MathJax would add 1.8 MB to a page that should weigh less than 5.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from xml.etree import ElementTree as ET

from latex2mathml.converter import convert

from swarmviz.dynamics.equations.lines import SIGN

SPACE = "http://www.w3.org/1998/Math/MathML"
FITS = 30.0  # letters that fit in a line at full size
SMALLEST = 0.5
VALUE = 1.6  # letters that a number under a symbol takes at least
BREAKS = {"=", "+", "−", "-"}
SCRIPTS = {"msup", "msub", "msubsup"}
UNDER = {"munder", "mover", "munderover"}
FIRST_SIGN = 0xE000  # of the characters that are nobody's: they stand for the symbols while a formula is converted
ET.register_namespace("", SPACE)

OwnWidth = Callable[[ET.Element], float | None]  # the width in letters of what is not what it seems; None: as it seems


def formula(latex: str) -> str:
    """HTML of a formula: one line per part that ``\\qquad`` or ``\\quad`` separates, broken further where it is too long."""
    parts = (part.strip().rstrip(",") for part in re.split(r"\\qquad|\\quad", latex))
    return f'<div class="formula">{"".join(line for part in parts if part for line in _lines(part))}</div>'


@lru_cache(512)
def signed_formula(latex: str, symbols: tuple[tuple[str, str, bool], ...]) -> str:
    """HTML of a line of equations.

    Parameters
    ----------
    latex : str
        With names in the place of symbols.
    symbols : tuple of (str, str, bool)
        Of each name in it the LaTeX of its symbol, and whether a value stands under it.
    """
    signs = _Signs(symbols)
    root = _converted(SIGN.sub(lambda found: f"{signs.character[found[1]]} ", latex))
    signs.read(root)
    rows = [[signs.put(part) for part in row] for row in _broken(root, signs.width)]
    lines = "".join(_line(parts, i > 0) for i, parts in enumerate(rows))
    return f'<div class="formula">{lines}</div>'


class _Signs:
    """The symbols of a line: characters that stand for them while the line is converted and broken, and what takes their place."""

    def __init__(self, symbols: tuple[tuple[str, str, bool], ...]):
        self.character = {name: chr(FIRST_SIGN + place) for place, (name, _, _) in enumerate(symbols)}
        self._named = {self.character[name]: (name, latex) for name, latex, _ in symbols}
        self._awaited = {name for name, _, valued in symbols if valued}  # those whose value has no place yet
        self._met: set[str] = set()
        self._plain: set[str] = set()  # those that stand somewhere else than in a script, where a number can be read

    def read(self, element: ET.Element) -> None:
        """Look where the symbols stand."""
        parts = list(element)
        if named := self._named.get(element.text or ""):
            self._plain.add(named[0])
        for part in parts[:1] if _tag(element) in SCRIPTS else parts:
            self.read(part)

    def width(self, element: ET.Element) -> float | None:
        """The width of a symbol in letters; None of anything else."""
        named = self._named.get(element.text or "")
        return None if named is None else max(_width(_converted(named[1])), VALUE * (named[0] in self._awaited))

    def put(self, element: ET.Element, script: bool = False) -> ET.Element:
        """The element with symbols in it; ``script``: it is an index, an exponent, or has one."""
        scripted = _tag(element) in SCRIPTS
        named = self._named.get((element[0] if scripted else element).text or "")
        if named is None:
            element[:] = [self.put(part, script or (scripted and i > 0)) for i, part in enumerate(element)]
            return element
        if scripted:  # the value stands under the whole: its width would part the symbol from its script
            element[:] = [self._sign(*named), *(self.put(part, True) for part in element[1:])]
        else:
            element = self._sign(*named)
        placed = named[0] in self._awaited and not (script and named[0] in self._plain)
        return self._valued(element, named[0], script) if placed else element

    def _sign(self, name: str, latex: str) -> ET.Element:
        row = ET.Element(f"{{{SPACE}}}mrow", {"class": "sign", "data-sign": name})
        if name not in self._met:  # the keyboard comes to each symbol once in a line
            row.attrib |= {
                "tabindex": "0",
                "aria-describedby": f"about-{name}",
            }  # a role would need another than "math" around it
            self._met.add(name)
        row.extend(_row_of(_converted(latex)))
        return row

    def _valued(self, element: ET.Element, name: str, script: bool) -> ET.Element:
        self._awaited.discard(name)
        under = ET.Element(f"{{{SPACE}}}munder", {"class": "small" if script else ""})
        under.append(element)
        value = ET.SubElement(under, f"{{{SPACE}}}mtext", {"class": "value", "data-value": name})
        value.text = "\u2007"
        return under


def _converted(latex: str) -> ET.Element:
    """MathML of LaTeX, mended."""
    root = ET.fromstring(convert(latex, display="block"))
    for element in list(root.iter()):
        _mend(element)
    return root


def _row_of(root: ET.Element) -> ET.Element:
    """What holds the parts of a formula."""
    return root[0] if len(root) == 1 and _tag(root[0]) == "mrow" else root


def _lines(latex: str) -> list[str]:
    """The lines of one part, as HTML."""
    return [_line(children, continued=i > 0) for i, children in enumerate(_broken(_converted(latex)))]


def _broken(root: ET.Element, own_width: OwnWidth = lambda element: None) -> list[list[ET.Element]]:
    """The parts of each line of a formula, which is broken before operators where it is too long, within brackets if need be."""
    row = _row_of(root)
    if _width(row, own_width) <= FITS:
        return [list(row)]
    outside = _broken_at(row, 0, own_width)
    return outside if len(outside) > 1 else _broken_at(row, 1, own_width)


def _broken_at(row: ET.Element, brackets: int, own_width: OwnWidth) -> list[list[ET.Element]]:
    """The parts of each line, broken within as many pairs of brackets."""
    rows: list[list[ET.Element]] = [[]]
    width, depth = 0.0, 0
    for child in row:
        text = (child.text or "").strip() if _tag(child) == "mo" else ""
        base = child[0] if _tag(child) in SCRIPTS else child  # a bracket may carry an exponent
        depth += (base.text in ("(", "[")) - (base.text in (")", "]"))
        if text in BREAKS and depth <= brackets and width > 0.5 * FITS:
            rows.append([])
            width = 2.0
        rows[-1].append(child)
        width += _width(child, own_width)
    return rows


def _line(children: list[ET.Element], continued: bool) -> str:
    math = ET.Element(f"{{{SPACE}}}math", {"display": "block"})
    row = ET.SubElement(math, f"{{{SPACE}}}mrow")
    if continued:
        ET.SubElement(row, f"{{{SPACE}}}mspace", {"width": "1.5em"})
    row.extend(children)
    scale = min(1.0, max(SMALLEST, FITS / max(_width(row, _value_width), 1.0)))
    return f'<div style="font-size:{scale:.2f}em">{ET.tostring(math, encoding="unicode")}</div>'


def _value_width(element: ET.Element) -> float | None:
    """The width of the place for a value."""
    return VALUE if "data-value" in element.attrib else None


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


def _width(element: ET.Element, own: OwnWidth = lambda element: None) -> float:
    """The width of a formula in letters, roughly."""
    children, tag = list(element), _tag(element)
    if (known := own(element)) is not None:
        return known
    if not children:
        text = (element.text or "").strip()
        return (
            2.2
            if tag == "mo" and text in BREAKS | {"≤", "≥", "<", "∼"}
            else 1.6
            if text in "∑∏" and text
            else float(len(text))
        )
    widths = [_width(child, own) for child in children]
    if tag == "mfrac" or tag in UNDER:
        return max(widths)
    if tag in SCRIPTS:
        return widths[0] + 0.7 * max(widths[1:])
    if tag == "mtable":
        cells = [[_width(cell, own) for cell in row] for row in children]
        return sum(max(row[i] if i < len(row) else 0.0 for row in cells) + 1.0 for i in range(max(map(len, cells))))
    return sum(widths)
