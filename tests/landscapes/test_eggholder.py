"""Eggholder at its kinks."""

from __future__ import annotations

import numpy as np

from swarmviz.landscapes import ALL


def test_the_kinks_of_eggholder_have_a_finite_gradient():
    X = np.array([[100.0, -97.0], [100.0, 53.0]])  # x/2 + y + 47 = 0 and x − y − 47 = 0
    gradient = ALL["Eggholder"]().gradient(X)
    assert np.all(np.isfinite(gradient)) and np.all(np.abs(gradient) < 100)
