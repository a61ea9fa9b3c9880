"""How curves are stroked so that those which lie on each other are told apart: in dashes that take turns; theory in dashes of its own.

For the page and for pictures; widths and lengths are in pixels of the page. NumPy only; safe on any thread.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from swarmviz.drawing.curves import CurvesPicture

WIDTH = 2.0
TURN = 6  # length for which one of several curves that lie on each other is seen
THEORY_WIDTH = {"dotted": 2.4, "dashed": 1.8}
DASHES = {
    "dotted": ((2, 4), (8, 3, 2, 3), (2, 8)),
    "dashed": ((7, 5), (14, 4), (4, 8)),
}  # on, off, …: of the first, second, third


class Stroke(NamedTuple):
    """The width of a line, the lengths of its dashes and gaps, none for a solid one, and where in them it begins."""

    width: float
    dash: tuple[int, ...] = ()
    offset: int = 0


def strokes(drawn: CurvesPicture, hidden: Collection[str] = ()) -> list[Stroke]:
    """The stroke of each curve of a plot, of which those with the keys ``hidden`` are not seen; they are drawn in this order.

    Of n measured curves that lie on each other the lowest is solid, and each of the others is seen for one n-th of its length, where
    none of the rest is. No two lines of theory of one style, up to three, have the same dashes.
    """
    found: list[Stroke] = []
    seen = dict.fromkeys(DASHES, 0)
    roots = drawn.lies_on or range(len(drawn.curves))
    below = [
        -1 - place if curve.key in hidden else root  # a hidden one lies on none, and none on it
        for place, (curve, root) in enumerate(zip(drawn.curves, roots, strict=True))
    ]
    for place, curve in enumerate(drawn.curves):
        if not curve.measured:
            found.append(Stroke(THEORY_WIDTH[curve.style], DASHES[curve.style][seen[curve.style] % 3]))
            seen[curve.style] += 1
        else:
            together, turn = below.count(below[place]), below[:place].count(below[place])
            found.append(Stroke(WIDTH, (TURN, TURN * (together - 1)), -TURN * turn) if turn else Stroke(WIDTH))
    return found
