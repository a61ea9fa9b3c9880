"""The discontinuous integrand at its cliff."""

from __future__ import annotations

import numpy as np
import pytest

from swarmviz.landscapes import ALL


def test_the_cliff_of_the_discontinuous_integrand_belongs_to_the_low_side():
    landscape = ALL["DiscontinuousIntegrand"]()
    above = np.nextafter(0.5, 1)
    assert landscape.values([[0.5, 0.5], [0.5, above], [above, 0.0]]) == pytest.approx([-np.exp(5), 0, 0], rel=1e-14)
    assert np.all(landscape.gradient([[0.5, 0.5], [0.5, 0.0], [above, 0.0], [3.0, 3.0]]) == 0)
    assert np.all(landscape.gradient([[0.4, np.nextafter(0.5, 0)]]) < 0)
