"""The changes of a run, small enough for an address: only what differs from the change before, in columns.

A slider that is dragged leaves dozens of changes to one number. A *stroke* is a row of changes at the same places::

    [["d/sigma"], [12, 3, 2], [0.9, 0.85, 0.8]]        places, steps since the change before, one column of values per place

A place is a path into the parameters: ``d/…`` of the dynamics, ``l/…`` of the landscape, ``n`` its name; a schedule, a point and a well
have paths of their own inside (``l/wells/2/0``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from typing import Any

from components.links.budget import check_tables, numbers_in
from swarmviz import dynamics, landscapes
from swarmviz.journal import Change
from swarmviz.serialise import built, identical, plain_values

MAX_TEXTS = 8  # different texts of a landscape among the changes: each is parsed, and evaluated in its box
MAX_PATH_PARTS = 5


def packed(journal: Iterable[Change]) -> list:
    """The strokes of a journal, without its first change."""
    trees = [(change.k, _tree(change)) for change in journal]
    changes = [(k - before, _differences(a, b)) for (before, a), (k, b) in pairwise(trees)]
    strokes = []
    for places, group in groupby(changes, key=lambda change: [place for place, _ in change[1]]):
        rows = list(group)
        columns = [[row[i][1] for _, row in rows] for i in range(len(places))]
        strokes.append([places, [waited for waited, _ in rows], *columns])
    return strokes


def unpacked(strokes: Any, first: Change, most: int) -> Iterator[Change]:
    """The changes that follow the ``first``.

    Raises
    ------
    ValueError, TypeError, KeyError, IndexError
        When they are more than ``most``, hold too large tables, are not in order, change what is not there, or hold a value that a
        declaration refuses.
    """
    change, tree, count, texts, numbers = first, _tree(first), 0, set(), numbers_in(first)
    for places, waits, *columns in strokes:
        if len(places) != len(columns) or any(len(column) != len(waits) for column in columns):
            raise ValueError("its changes are incomplete")
        count += len(waits)
        landscapes_own = (column for place, column in zip(places, columns, strict=True) if str(place).startswith("l"))
        texts |= {value for column in landscapes_own for value in column if isinstance(value, str)}
        if count > most or len(texts) > MAX_TEXTS:
            raise ValueError("it holds too many changes")
        for wait, *values in zip(waits, *columns, strict=True):
            if isinstance(wait, bool) or not isinstance(wait, int) or wait < (0 if change is first else 1):
                raise ValueError("its changes are not in order")
            before = tree
            for place, value in zip(places, values, strict=True):
                tree = _replaced(tree, _path(place), value)
            change = _change(change, before, tree, change.k + wait)
            numbers += numbers_in(change)
            check_tables(numbers)
            yield change


def _tree(change: Change) -> dict:
    return {
        "d": plain_values(change.dynamics),
        "l": plain_values(change.landscape),
        "n": type(change.landscape).__name__,
    }


def _change(last: Change, before: dict, tree: dict, k: int) -> Change:
    """The change of a tree; what did not change is not built again."""
    dynamic, landscape = last.dynamics, last.landscape
    if tree["d"] is not before["d"]:
        dynamic = built([type(dynamic).__name__, tree["d"]], dynamics.ALL)
    if tree["l"] is not before["l"] or tree["n"] is not before["n"]:
        landscape = built([tree["n"], tree["l"]], landscapes.ALL)
    return Change(k, dynamic, landscape)


def _differences(a: Any, b: Any, path: str = "") -> list[tuple[str, Any]]:
    """The places at which two trees differ, and what the second has there."""
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        return [change for key in a for change in _differences(a[key], b[key], f"{path}/{key}")]
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [change for i in range(len(a)) for change in _differences(a[i], b[i], f"{path}/{i}")]
    return [] if identical(a, b) else [(path[1:], b)]


def _path(place: Any) -> list[str]:
    if not isinstance(place, str) or place.count("/") >= MAX_PATH_PARTS:
        raise ValueError(f"{place!r} is no place of a parameter")
    return place.split("/")


def _replaced(tree: Any, path: list[str], value: Any) -> Any:
    """A copy of the tree with another value at a place that is there already; the original is not touched."""
    if not path:
        return value
    here, *rest = path
    if isinstance(tree, dict) and here in tree:
        return tree | {here: _replaced(tree[here], rest, value)}
    if isinstance(tree, list) and here.isdecimal() and int(here) < len(tree):
        i = int(here)
        return [*tree[:i], _replaced(tree[i], rest, value), *tree[i + 1 :]]
    raise ValueError(f"there is no {here!r} to change")
