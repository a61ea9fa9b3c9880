"""No dynamics allocates per step: what Python holds does not grow with the number of steps."""

import tracemalloc

import pytest

import swarmviz as sv


@pytest.mark.parametrize("cls", sv.dynamics.ALL.values(), ids=sv.dynamics.ALL)
def test_ten_thousand_steps_more_need_no_more_memory(cls):
    """Recorded is nothing (every = 10⁹). A list of one float per step would be 320 kB; what may grow are a few snapshots."""
    d = 1 if cls.on_finite_set else 2
    sim = sv.Simulation(cls(), sv.landscapes.Ackley(), sv.Swarm(n=20, d=d, seed=1), every=10**9)
    sim.advance(5_000)  # compiled, caches filled, the longest call of a kernel made
    few, many = peak_of(sim, 5_000), peak_of(sim, 15_000)
    snapshots = 10_000 // 256 * 8 * (20 * 4 * d + 200)  # at most every 256 steps, a handful of arrays each
    assert many - few < snapshots + 60_000 < 200_000  # a byte or two per step may come and go with the collector


def peak_of(sim, steps):
    tracemalloc.start()
    sim.advance(steps)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
