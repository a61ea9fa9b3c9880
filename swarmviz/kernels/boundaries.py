"""What happens at the edge of the landscape's box.

none      nothing: agents may leave the box
clip      the projection Π_D onto the box (003 eq. 3.2)
reflect   mirrored at the wall, as often as needed
periodic  leaves at one side, comes back at the other
"""

from __future__ import annotations

import math

import numpy as np

from swarmviz.kernels.blocks import slice_view
from swarmviz.kernels.compiled import inner

NONE, CLIP, REFLECT, PERIODIC = range(4)
CODES = {"none": NONE, "clip": CLIP, "reflect": REFLECT, "periodic": PERIODIC}
WITH_WALLS = ("clip", "reflect")  # those at which agents meet a wall
MEANINGS = {
    "none": "Agents may leave the box.",
    "clip": "Agents are projected onto the box.",
    "reflect": "Agents are mirrored at the walls of the box.",
    "periodic": "Agents that leave at one side come back at the other.",
}


@inner(inline=True)
def clip(y, a, b):
    """The projection of a number onto [a, b]; a NaN stays a NaN."""
    y = a if y < a else y  # one after the other: each is an instruction of its own
    return b if y > b else y


@inner(inline=True)
def walls(a, b, code):
    """Between what a step may clip at once, while the number is at hand: [a, b], or everything where the boundary does otherwise."""
    return (a, b) if code == CLIP else (-np.inf, np.inf)


@inner(inline=True)
def is_cube(low, high):
    """Whether the bounds are the same in every coordinate."""
    same = True
    for i in range(low.size):
        same &= (low[i] == low[0]) & (high[i] == high[0])
    return same


@inner(inline=True)
def has_walls(code):
    """Whether agents can meet a wall."""
    return code == CLIP or code == REFLECT


@inner
def count_hits(x, low, high, code):
    """How often agents of a block, about to be confined, meet a wall: in each coordinate in which they are outside. A NaN is nowhere."""
    hits = 0
    if not has_walls(code):
        return hits
    (count, n), flat = x.shape, x.reshape(x.size)
    if is_cube(low, high):
        count, n = 1, flat.size
    for i in range(count):
        row, a, b = slice_view(flat, i * n, n), low[i], high[i]
        for j in range(n):
            hits += (row[j] < a) | (row[j] > b)
    return hits


@inner
def confine(x, low, high, code):
    """Apply a boundary to a block ``x`` of shape (d, n); ``low`` and ``high`` have shape (d,). A NaN stays a NaN."""
    if code == NONE:
        return
    (count, n), flat = x.shape, x.reshape(x.size)
    if is_cube(low, high):  # one long row is faster than many short ones
        count, n = 1, flat.size
    for i in range(count):
        row, a, b = slice_view(flat, i * n, n), low[i], high[i]
        if code == CLIP:
            for j in range(n):
                row[j] = clip(row[j], a, b)
        elif code == PERIODIC or mirror(row, a, b):
            fold(row, a, b, code)


@inner
def mirror(row, a, b):
    """Mirror numbers at the wall that they have crossed; returns whether some may have crossed the other one, too."""
    beyond = 0.0
    for j in range(row.size):
        y = row[j]
        wall = clip(y, a, b)  # y itself, where it has crossed none
        beyond += abs(wall - y)
        row[j] = wall + (wall - y)
    return not beyond < 0.5 * (b - a)


@inner
def fold(row, a, b, code):
    """Bring numbers back to [a, b] from however far away, in at the other side or mirrored as often as needed."""
    width = b - a
    for j in range(row.size):
        y = row[j]
        if y < a or y > b:
            u = (y - a) / width
            if code == PERIODIC:
                u -= math.floor(u)
            else:
                u -= 2.0 * math.floor(0.5 * u)
                u = u if u <= 1.0 else 2.0 - u
            row[j] = clip(a + width * u, a, b)  # rounding must not leave it outside, or it would be moved once more
