"""A law beside real swarms: how many times the expected distance of independent draws they are away, at some steps."""

from __future__ import annotations

import numpy as np

import swarmviz as sv
from swarmviz.laws.distance import curve_of, distance, expected_distance


def ratios(scheme, dynamics, landscape, swarm, steps, seeds=None):
    """W₁ of swarms to the law, over that expected of independent draws: (seeds, steps); of one seed, that of ``swarm``, (steps,)."""
    assert scheme.refusal(dynamics, landscape, swarm) == ""
    state, found = scheme.init(dynamics, landscape, swarm), []
    swarms = [sv.Swarm(**swarm.values_now() | {"seed": seed}) for seed in ([swarm.seed] if seeds is None else seeds)]
    runs = [sv.Simulation(dynamics, landscape, one, every=10**9) for one in swarms]
    for k in steps:
        state = scheme.advance(state, dynamics, landscape, k - state.k)
        places = [run.advance(k - run.k).x.ravel() for run in runs]
        low, high = min(x.min() for x in places), max(x.max() for x in places)
        curve = curve_of(lambda q, state=state: scheme.cdf(state, q), low, high, scheme.atoms(state))
        found.append([distance(x, curve) / expected_distance(curve, swarm.n) for x in places])
    return np.array(found).T if seeds is not None else np.array(found)[:, 0]


def pooled(dynamics, landscape, swarm, seeds):
    """A function of k that takes several swarms to step k and gives all their agents, (S·N,); the parameters may change in between."""
    runs = [
        sv.Simulation(dynamics, landscape, sv.Swarm(**swarm.values_now() | {"seed": seed}), every=10**9)
        for seed in range(seeds)
    ]
    return lambda k: np.concatenate([run.advance(k - run.k).x.ravel() for run in runs])


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
