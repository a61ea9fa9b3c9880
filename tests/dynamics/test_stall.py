"""The stall stop as 003 §5 writes it: the Euclidean norm (§3.1) in [−1, 1]^d, and more than n_stall consecutive steps."""

import numpy as np
import pytest

import swarmviz as sv

STEPS, TOLERANCE = 5, 0.02


def first_of_more(short, steps):
    """The first step at which more than ``steps`` in a row have been ``short``; entry k is the move from k to k + 1."""
    count = 0
    for k, hardly in enumerate(short):
        count = count + 1 if hardly else 0
        if count > steps:
            return k + 1
    return None


@pytest.mark.parametrize("cls", [sv.BGK, sv.PSO])
def test_a_swarm_stops_after_more_than_n_steps_whose_euclidean_length_is_below_the_tolerance(cls):
    """Bukin's box is 10 × 6. Neither the maximum norm nor n steps instead of more give these stops."""
    landscape, ends = sv.landscapes.BukinN6(), {"text": [], "maximum norm": [], "n steps": []}
    for seed in range(6):
        swarm = sv.Swarm(n=20, d=2, seed=seed)
        free = sv.Simulation(cls(alpha=20.0), landscape, swarm)
        focus = np.array([free.goto(k).focus for k in range(400)])
        moves = np.diff(focus, axis=0) / [5.0, 3.0]
        euclidean, largest = np.linalg.norm(moves, axis=1), np.abs(moves).max(axis=1)
        np.testing.assert_allclose(free.record["move"][1:], euclidean, rtol=1e-9, atol=1e-14)
        ends["text"].append(first_of_more(euclidean < TOLERANCE, STEPS))
        ends["maximum norm"].append(first_of_more(largest < TOLERANCE, STEPS))
        ends["n steps"].append(first_of_more(euclidean < TOLERANCE, STEPS - 1))
        stopping = cls(alpha=20.0, stall_steps=STEPS, stall_tolerance=TOLERANCE)
        sim = sv.Simulation(stopping, landscape, swarm)
        frame = sim.advance(399)
        stop = ends["text"][-1]
        assert stop is not None and frame.notes and np.argmax(sim.record["still"] > STEPS) == stop
        np.testing.assert_array_equal(frame.x, free.goto(stop).x)
        assert not np.array_equal(free.goto(stop + 1).x, frame.x)
    assert ends["text"] != ends["maximum norm"] and ends["text"] != ends["n steps"]
