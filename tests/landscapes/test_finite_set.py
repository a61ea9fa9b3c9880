"""The curves of 004, whose points are the states of a finite set."""

from __future__ import annotations

import numpy as np
import pytest

from swarmviz.landscapes import ALL


def test_the_states_of_004_are_points_of_its_curves():
    for name, states, lowest, valleys in (("FiniteSetCurve", 20, 7, 4), ("FineFiniteSetCurve", 40, 15, 5)):
        landscape = ALL[name]()
        assert landscape.states == states
        values = landscape.values(np.arange(states)[:, None])
        z = -0.6 + np.arange(states) / (5.5 if states == 20 else 11)
        assert values == pytest.approx(z**2 / 10 + 2 * (np.cos(3 * z) + np.sin(7 * z)), rel=1e-12)
        assert values.argmin() == lowest
        ring = np.concatenate([values[-1:], values, values[:1]])
        assert np.sum((ring[1:-1] < ring[:-2]) & (ring[1:-1] < ring[2:])) == valleys
