"""Tables that a person writes: the edge list of a graph, and a positive number for each state.

Both come from a text field, a link or a file: how many rows there are is looked at before any of them is.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.parameters import Vector

MOST_STATES = 10_000
MOST_LINKS = 10_000
LEAST, MOST = 1e-6, 1e6  # a weight, a number in proportion to μ
TWO_TRIANGLES = ((0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (3, 5), (4, 5))


class EdgeList(Vector):
    """A connected graph as rows (x, y) or (x, y, w): a link between two states, counted from 0, and its weight, 1 where it is absent.

    Kept as rows with x < y, sorted, without weights that are 1. A link may be listed in both directions with one weight.
    """

    def __init__(self, default, **params):
        super().__init__(default=default, shape="table", **params)

    def _tuples(self, val):
        if not _is_sequence(val) or not 1 <= len(val) <= MOST_LINKS:
            self.refuse(
                val, f"must be 1 to {MOST_LINKS:,} links, each with two states and, where it is not 1, a weight"
            )
        rows = val.tolist() if isinstance(val, np.ndarray) else val
        weight: dict[tuple[int, int], float] = {}
        for i, row in enumerate(rows):
            link, w = self._link(i, row)
            if weight.setdefault(link, w) != w:
                self.refuse(
                    val,
                    f"link {link[0]}, {link[1]} has two weights, {weight[link]:g} and {w:g}: a weight holds both ways",
                )
        self._require_connected(val, weight)
        return tuple((*link, w) if w != 1.0 else link for link, w in sorted(weight.items()))

    def _link(self, i: int, row: Any) -> tuple[tuple[int, int], float]:
        """The ends of row ``i``, the smaller first, and its weight."""
        if not isinstance(row, list | tuple) or len(row) not in (2, 3) or not all(map(_is_number, row)):
            self.refuse(row, f"row {i} must be two states and, where it is not 1, a weight, as numbers")
        x, y, *rest = row
        for end in (x, y):
            if not 0 <= end < MOST_STATES or end != int(end):
                self.refuse(row, f"row {i}: a state must be a whole number from 0 to {MOST_STATES - 1}, not {end!r}")
        if x == y:
            self.refuse(row, f"row {i} links state {int(x)} with itself")
        w = float(rest[0]) if rest else 1.0
        if not LEAST <= w <= MOST:
            self.refuse(row, f"row {i}: a weight must be from {LEAST:g} to {MOST:g}, not {w!r}")
        return (int(min(x, y)), int(max(x, y))), w

    def _require_connected(self, val: Any, links: Any) -> None:
        """Refuse a graph in which some state cannot be reached from state 0, states that no row names included."""
        states = 1 + max(y for _, y in links)
        parent = list(range(states))

        def root(x: int) -> int:
            while parent[x] != x:
                parent[x] = parent[parent[x]]
                x = parent[x]
            return x

        for x, y in links:
            parent[root(x)] = root(y)
        apart = next((x for x in range(states) if root(x) != root(0)), None)
        if apart is not None:
            self.refuse(
                val,
                f"must be a connected graph on states 0 to {states - 1}: no way leads from state 0 to state {apart}",
            )


class Positive(Vector):
    """A positive number for each state, or one that stands for all; kept as a tuple of floats, or a float."""

    def _tuples(self, val):
        if not _is_number(val) and not (_is_sequence(val) and 1 <= len(val) <= MOST_STATES):
            self.refuse(val, f"must be a number, or 1 to {MOST_STATES:,} of them")
        numbers = val.tolist() if isinstance(val, np.ndarray) else val
        for number in [numbers] if _is_number(numbers) else numbers:
            if not _is_number(number) or not LEAST <= number <= MOST:
                self.refuse(number, f"must be a number from {LEAST:g} to {MOST:g}")
        return float(numbers) if _is_number(numbers) else tuple(map(float, numbers))


def _is_sequence(value: Any) -> bool:
    return isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim > 0)


def _is_number(value: Any) -> bool:
    """Whether a value is a real number, finite as a float."""
    known = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    return known and bool(-1e300 < value < 1e300)
