"""The edge list of a graph of one's own.

It comes from a text field, a link or a file: how many rows there are is looked at before any of them is.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np

from swarmviz.parameters import Vector, floats, is_listed

MOST_LINKS = 2000  # a link with a thousand changes may hold as many lists
LIGHTEST, HEAVIEST = 1e-6, 1e6
ROW_WITH_A_WAY_AROUND = ((0, 1), (1, 2), (1, 7), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (7, 8))


class EdgeList(Vector):
    """A connected graph as rows (x, y) or (x, y, w): a link between two states, counted from 0, and its weight, 1 where it is absent.

    Kept as rows with x < y, sorted, without weights that are 1. A link may be listed in both directions with one weight.
    """

    def __init__(self, default, **params):
        super().__init__(default=default, shape="table", **params)

    def _tuples(self, val):
        if not is_listed(val) or not 1 <= len(val) <= MOST_LINKS:
            self.refuse(
                val, f"must be 1 to {MOST_LINKS:,} links, each with two states and, where it is not 1, a weight"
            )
        rows = val.tolist() if isinstance(val, np.ndarray) else val
        for i, row in enumerate(rows):
            if not isinstance(row, list | tuple) or len(row) not in (2, 3):
                self.refuse(row, f"row {i} must be two states and, where it is not 1, a weight")
        if floats(list(chain.from_iterable(rows))) is None:
            i = next(i for i, row in enumerate(rows) if floats(row) is None)
            self.refuse(rows[i], f"row {i} must be two states and, where it is not 1, a weight, as numbers")
        links, fault = graph_of(tuple(map(tuple, rows)))
        if fault:
            self.refuse(val, fault)
        return links


@lru_cache(maxsize=64)
def graph_of(rows: tuple) -> tuple[tuple, str]:
    """The links of an edge list as they are kept, and what is wrong with it, "" where nothing is."""
    weight: dict[tuple[int, int], float] = {}
    for i, row in enumerate(rows):
        fault = _fault(row)
        if fault:
            return (), f"row {i} {fault}"
        x, y, w = int(min(row[:2])), int(max(row[:2])), float(row[2]) if len(row) > 2 else 1.0
        if weight.setdefault((x, y), w) != w:
            return (), f"link {x}, {y} has two weights, {weight[x, y]:g} and {w:g}: a weight holds both ways"
    states = 1 + max(y for _, y in weight)
    apart = _unreached(weight, states)
    if apart < states:
        way = f"no way leads from state 0 to state {apart}"
        return (), f"must be a connected graph on states 0 to {states - 1}: {way}"
    return tuple((*link, w) if w != 1.0 else link for link, w in sorted(weight.items())), ""


def _fault(row: tuple) -> str:
    """What is wrong with a row of numbers, in words that continue "row 3"."""
    for end in row[:2]:
        if not 0 <= end <= MOST_LINKS or end != int(end):
            return (
                f"names state {end!r}: must be a whole number from 0 to {MOST_LINKS}, as many as so many links can join"
            )
    if row[0] == row[1]:
        return f"links state {row[0]:g} with itself"
    if len(row) > 2 and not LIGHTEST <= row[2] <= HEAVIEST:
        return f"has the weight {row[2]!r}: must be from {LIGHTEST:g} to {HEAVIEST:g}"
    return ""


def _unreached(links: Any, states: int) -> int:
    """The first state to which no way leads from state 0, ``states`` where there is none."""
    parent = list(range(states))

    def root(x: int) -> int:
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for x, y in links:
        parent[root(x)] = root(y)
    return next((x for x in range(states) if root(x) != root(0)), states)
