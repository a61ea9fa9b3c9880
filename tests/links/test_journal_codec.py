"""The changes of a run in columns."""

from __future__ import annotations

from components.links import journal_codec
from tests.links.dragged import dragged


def test_a_stroke_is_one_row_of_columns():
    state = dragged(3, lambda i: 0.5 + i)
    assert journal_codec.packed(state.runs[0].journal) == [[["d/sigma"], [1, 3, 1], [0.5, 1.5, 2.5]]]
