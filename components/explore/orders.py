"""In which order the rows of a table stand when they are sorted by columns; NumPy, which lets other threads go on while it sorts.

The words of a column are replaced by their places among its different words first: a sort of objects would hold up all threads.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas

MOST_KEPT = 8  # orders of a table, of four bytes for each row
CHUNK = 20_000  # words that are copied in some milliseconds
LONGEST_WORD = (
    64  # characters by which words are told apart; a longer one is rare, and its ends alone are then not in order
)

Key = tuple[tuple[str, bool], ...]  # columns from the first to the last by which is sorted, and whether upwards


def key_of(sorters: Sequence[dict[str, Any]], columns: Sequence[str]) -> Key:
    """What a browser asks for: the columns that there are, each once."""
    wanted = {str(one.get("field")): one.get("dir") == "asc" for one in sorters}
    return tuple((name, upwards) for name, upwards in wanted.items() if name in columns)


class Orders:
    """The last orders of one table, for all its visitors; on any thread.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its rows are numbered from 0. It is only read.
    """

    def __init__(self, frame: pandas.DataFrame):
        self._frame, self._lock = frame, threading.Lock()
        self._kept: dict[Key, np.ndarray] = {}

    def kept(self, key: Key) -> np.ndarray | None:
        """The order for a key if it was made before, (rows,): the numbers of the rows, the first one first."""
        with self._lock:
            return self._kept.get(key)

    def make(self, key: Key) -> np.ndarray:
        """The order for a key, kept for later; rows that are the same in all its columns stay as they were."""
        if (found := self.kept(key)) is not None:
            return found
        order = np.arange(len(self._frame), dtype=np.int32)
        for name, upwards in reversed(key):  # the sort is stable: the last one decides
            order = order[_sorted(_comparable(self._frame[name].to_numpy())[order], upwards)]
        with self._lock:
            while len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = order
        return order


def _sorted(values: np.ndarray, upwards: bool) -> np.ndarray:
    """Places of values in their order; what is no number comes last in both directions."""
    if upwards:
        return np.argsort(values, kind="stable")
    down = len(values) - 1 - np.argsort(values[::-1], kind="stable")[::-1]  # equal ones stay as they were
    unknown = np.isnan(values[down]) if values.dtype.kind == "f" else np.zeros(len(down), bool)
    return np.concatenate([down[~unknown], down[unknown]])


def _comparable(values: np.ndarray) -> np.ndarray:
    """Numbers as they are; words as their places among the column's words, in which small and capital letters are the same."""
    if values.dtype.kind in "biufmM":
        return values
    numbers: dict[Any, int] = {}
    codes = np.fromiter((numbers.setdefault(word, len(numbers)) for word in values), np.int32, len(values))
    lower = [_lower(word) for word in numbers]
    words = np.empty(len(lower), f"U{max(map(len, lower), default=1) or 1}")
    for begin in range(0, len(lower), CHUNK):  # one call for all would keep every other thread waiting
        words[begin : begin + CHUNK] = lower[begin : begin + CHUNK]
    _, places = np.unique(words, return_inverse=True)
    return places.astype(np.int32)[codes]


def _lower(word: Any) -> str:
    """A word as it is compared; one that is missing is empty, and comes first."""
    return "" if word is None or word != word else str(word)[:LONGEST_WORD].lower()
