"""How curves are stroked so that those which lie on each other are told apart: wide ones under narrow ones, dashes of different lengths.

For the page and for pictures; widths and lengths are in pixels of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from swarmviz.drawing.curves import Curve

NARROW, RIM = 1.6, 0.6  # the width of the curve on top, and what of each one below is seen at either side of the next
THEORY_WIDTH = {"dotted": 2.2, "dashed": 1.8}
DASHES = {
    "dotted": ((2, 4), (8, 3, 2, 3), (2, 8)),
    "dashed": ((7, 5), (14, 4), (4, 8)),
}  # on, off, …: of the first, second, third


class Stroke(NamedTuple):
    """The width of a line, and the lengths of its dashes and gaps, none for a solid one."""

    width: float
    dash: tuple[int, ...] = ()


def strokes(curves: Sequence[Curve]) -> list[Stroke]:
    """The stroke of each curve of a plot; they are drawn in this order.

    What was measured is the narrower the later it is drawn, so that of curves that lie on each other each is seen as a rim of the next;
    theory has no solid line, and no dashes that another line of the same style has, up to three.
    """
    measured = [curve for curve in curves if curve.measured]
    least = NARROW + 2 * RIM * (len(measured) < len(curves))  # a rim of what was measured under theory, too
    found: list[Stroke] = []
    seen = dict.fromkeys(DASHES, 0)
    for place, curve in enumerate(curves):
        if curve.measured:
            found.append(Stroke(least + 2 * RIM * (len(measured) - 1 - place)))
        else:
            found.append(Stroke(THEORY_WIDTH[curve.style], DASHES[curve.style][seen[curve.style] % 3]))
            seen[curve.style] += 1
    return found
