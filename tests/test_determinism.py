"""A run is a pure function of its parameters and seed, wherever its arrays happen to lie in memory."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.presets import opening

REPETITIONS = 12


@pytest.mark.parametrize("n", [3, 8, 10, 15, 17, 33])
@pytest.mark.parametrize("name", list(sv.dynamics.ALL))
def test_runs_do_not_depend_on_where_memory_was_free(name, n):
    """Loops that the compiler vectorises only where two arrays are far enough apart would round otherwise: CBO once did for 8 ≤ N ≤ 15."""
    lengths = np.random.default_rng(n).integers(1, 4000, REPETITIONS)
    held, first = [], None
    for length in lengths:
        held.append(np.empty(int(length)))  # shifts what is allocated next
        dynamics, landscape, swarm = opening(name).build()
        swarm.n = n
        sim = sv.Simulation(dynamics, landscape, swarm)
        sim.advance(60)
        seen = (
            sim.frame.x.tobytes(),
            sim.record["best"].tobytes(),
            sim.record["minimum"].tobytes() if "minimum" in sim.record else b"",
        )
        first = first or seen
        assert seen == first
