"""What a visit shows, as data."""

from __future__ import annotations

from components.state import Selection, first
from swarmviz import serialise


def test_a_selection_is_four_things():
    selection = Selection(*first("CBO"))
    assert selection.speed == 15.0 and serialise.shortened(selection.dynamics)[0] == "CBO"
