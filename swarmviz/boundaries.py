"""What happens at the edge of the landscape's box.

none      nothing: agents may leave the box
clip      the projection Π_D onto the box (003 eq. 3.2)
reflect   mirrored at the wall, as often as needed
periodic  leaves at one side, comes back at the other
"""

from __future__ import annotations

import math

from swarmviz.compiled import inner

NONE, CLIP, REFLECT, PERIODIC = range(4)
CODES = {"none": NONE, "clip": CLIP, "reflect": REFLECT, "periodic": PERIODIC}
MEANINGS = {
    "none": "Agents may leave the box.",
    "clip": "Agents are projected onto the box.",
    "reflect": "Agents are mirrored at the walls of the box.",
    "periodic": "Agents that leave at one side come back at the other.",
}


@inner
def confine(x, low, high, code):
    """Apply a boundary to a block ``x`` of shape (d, n); ``low`` and ``high`` have shape (d,). A NaN stays a NaN."""
    if code == NONE:
        return
    d, n = x.shape
    for i in range(d):
        row, a, b = x[i], low[i], high[i]
        width = b - a
        for j in range(n):
            y = row[j]
            if code == CLIP:
                row[j] = a if y < a else b if y > b else y
            elif y < a or y > b:
                u = (y - a) / width
                if code == PERIODIC:
                    row[j] = a + width * (u - math.floor(u))
                else:
                    u -= 2.0 * math.floor(0.5 * u)
                    row[j] = a + width * (u if u <= 1.0 else 2.0 - u)
