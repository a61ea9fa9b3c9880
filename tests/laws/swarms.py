"""A law beside a real swarm: how many times the expected distance of independent draws the swarm is away, at some steps."""

from __future__ import annotations

import numpy as np

import swarmviz as sv
from swarmviz.laws.distance import curve_of, distance, expected_distance


def ratios(scheme, dynamics, landscape, swarm, steps):
    """W₁ of the swarm to the law, over that expected of as many independent draws, at each of ``steps``."""
    assert scheme.refusal(dynamics, landscape, swarm) == ""
    state, run, found = (
        scheme.init(dynamics, landscape, swarm),
        sv.Simulation(dynamics, landscape, swarm, every=10**9),
        [],
    )
    for k in steps:
        state = scheme.advance(state, dynamics, landscape, k - state.k)
        x = run.advance(k - run.k).x.ravel()
        curve = curve_of(lambda q, state=state: scheme.cdf(state, q), x.min(), x.max(), scheme.atoms(state))
        found.append(distance(x, curve) / expected_distance(curve, swarm.n))
    return np.array(found)


def same(one, other):
    """Whether two States are the same bit for bit."""
    for a, b in zip(one, other, strict=True):
        if isinstance(a, np.ndarray):
            if a.dtype != b.dtype or a.tobytes() != b.tobytes():
                return False
        elif isinstance(a, tuple) and not same(a, b):
            return False
        elif not isinstance(a, tuple | np.ndarray) and a is not b and a != b:
            return False
    return True
