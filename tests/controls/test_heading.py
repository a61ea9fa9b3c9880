"""What a choice in the heading leads to."""

from __future__ import annotations

import pytest

from components.state import first
from swarmviz import Simulation, dynamics


@pytest.mark.parametrize("name", dynamics.ALL)
def test_every_dynamics_opens_with_something_that_runs(name):
    selection = first(name)
    assert type(selection.dynamics).__name__ == name
    Simulation(*selection[:3]).advance(2)
