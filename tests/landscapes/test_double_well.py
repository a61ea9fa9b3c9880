"""The tilted double well."""

from __future__ import annotations

import numpy as np

from swarmviz.landscapes import ALL


def test_a_tilted_double_well_has_one_minimiser_and_a_level_one_two():
    level = ALL["DoubleWell"](tilt=0.0)
    assert level.minimisers(2).tolist() == [[-1, 0], [1, 0]]
    assert level.minimum(2) == 0
    for tilt in (-2.0, -1e-9, 1e-9, 2.0):
        (at,) = ALL["DoubleWell"](tilt=tilt, barrier=0.01).minimisers(1)
        assert np.sign(at) == -np.sign(tilt)
