"""The changes of a run, small enough for an address: only what differs from the entry before, in columns.

A slider that is dragged leaves dozens of entries that change one number. A *stroke* is a row of entries that change the same places::

    [["d/sigma"], [12, 3, 2], [0.9, 0.85, 0.8]]        places, steps since the entry before, one column of values per place

A place is a path into the parameters: ``d/…`` of the dynamics, ``l/…`` of the landscape, ``n`` its name; a schedule, a point and a well
have paths of their own inside (``l/wells/2/0``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from typing import Any

from components.links.plain import built, same, values_of
from swarmviz import dynamics, landscapes
from swarmviz.simulation import Entry

MOST_WORDS = 8  # different texts of a landscape among the changes: each is read, and looked at in its box
DEEPEST = 5  # parts of a path


def packed(journal: Iterable[Entry]) -> list:
    """The strokes of a journal, without its first entry."""
    entries = [(entry.k, _tree(entry)) for entry in journal]
    changes = [(k - before, _differences(a, b)) for (before, a), (k, b) in pairwise(entries)]
    strokes = []
    for places, group in groupby(changes, key=lambda change: [place for place, _ in change[1]]):
        rows = list(group)
        columns = [[row[i][1] for _, row in rows] for i in range(len(places))]
        strokes.append([places, [waited for waited, _ in rows], *columns])
    return strokes


def unpacked(strokes: Any, birth: Entry, most: int) -> Iterator[Entry]:
    """The entries that follow ``birth``.

    Raises
    ------
    ValueError, TypeError, KeyError, IndexError
        When they are more than ``most``, not in order, change what is not there, or hold a value that a declaration refuses.
    """
    entry, tree, count, texts = birth, _tree(birth), 0, set()
    for places, waits, *columns in strokes:
        if len(places) != len(columns) or any(len(column) != len(waits) for column in columns):
            raise ValueError("its changes are incomplete")
        count += len(waits)
        landscapes_own = (column for place, column in zip(places, columns, strict=True) if str(place).startswith("l"))
        texts |= {value for column in landscapes_own for value in column if isinstance(value, str)}
        if count > most or len(texts) > MOST_WORDS:
            raise ValueError("it holds too many changes")
        for wait, *values in zip(waits, *columns, strict=True):
            if isinstance(wait, bool) or not isinstance(wait, int) or wait < (0 if entry is birth else 1):
                raise ValueError("its changes are not in order")
            before = tree
            for place, value in zip(places, values, strict=True):
                tree = _replaced(tree, _path(place), value)
            entry = _entry(entry, before, tree, entry.k + wait)
            yield entry


def _tree(entry: Entry) -> dict:
    return {"d": values_of(entry.dynamics), "l": values_of(entry.landscape), "n": type(entry.landscape).__name__}


def _entry(last: Entry, before: dict, tree: dict, k: int) -> Entry:
    """The entry of a tree; what did not change is not built again."""
    dynamic, landscape = last.dynamics, last.landscape
    if tree["d"] is not before["d"]:
        dynamic = built([type(dynamic).__name__, tree["d"]], dynamics.ALL)
    if tree["l"] is not before["l"] or tree["n"] is not before["n"]:
        landscape = built([tree["n"], tree["l"]], landscapes.ALL)
    return Entry(k, dynamic, landscape)


def _differences(a: Any, b: Any, path: str = "") -> list[tuple[str, Any]]:
    """The places at which two trees differ, and what the second has there."""
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        return [change for key in a for change in _differences(a[key], b[key], f"{path}/{key}")]
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [change for i in range(len(a)) for change in _differences(a[i], b[i], f"{path}/{i}")]
    return [] if same(a, b) else [(path[1:], b)]


def _path(place: Any) -> list[str]:
    if not isinstance(place, str) or place.count("/") >= DEEPEST:
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
