"""Where landscapes are tried out."""

from __future__ import annotations

import numpy as np


def dimensions(landscape, wanted=(1, 2, 3, 7)):
    """Those of the wanted dimensions that there are; where there is none, the smallest: nothing is passed over."""
    return [d for d in wanted if landscape.supports(d)] or [landscape.dims[0]]


def points(landscape, d, n, seed=0):
    low, high = landscape.limits(d)
    return np.random.default_rng(seed).uniform(low, high, (n, d))
