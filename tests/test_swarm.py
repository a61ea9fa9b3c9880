"""The swarm before it moves."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from tests.ensembles.examples import RASTRIGIN


@pytest.mark.parametrize(
    "initial, values",
    [
        ("uniform", {}),
        ("box", {"low": -1.0, "high": 2.0}),
        ("gaussian", {}),
        ("away", {"radius": 0.5}),
        ("points", {"points": [[0.0, 1.0], [2.0, 3.0]]}),
    ],
)
def test_many_starts_are_those_of_each_seed(initial, values):
    swarm = sv.Swarm(n=6, d=2, initial=initial, **values)
    seeds = np.array([4, 0, 9])
    together = swarm.positions_of(RASTRIGIN, seeds)
    assert together.shape == (3, 6, 2)
    for r, seed in enumerate(seeds.tolist()):
        swarm.seed = seed
        np.testing.assert_array_equal(together[r], swarm.positions(RASTRIGIN))
    low, high = RASTRIGIN.limits(2)
    if initial == "away":
        assert (np.abs(together) / ((high - low) / 2)).max(axis=2).min() >= 0.5
