"""What is claimed of SBGD, along runs."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import theory
from swarmviz.theory.lived import LivedRun
from tests.theory.held import claim_of, failures, held_of


def run(landscape, n=30, steps=40, d=2, **options):
    sim = sv.Simulation(sv.SBGD(**options), landscape, sv.Swarm(n=n, d=d, seed=1))
    sim.advance(steps)
    return sim


@pytest.mark.parametrize("landscape", [sv.landscapes.Rastrigin(), sv.landscapes.Ackley()], ids=lambda f: f.title)
def test_the_lowest_value_never_rises_and_one_agent_goes_in_each_step(landscape):
    sim = run(landscape)
    for name in ("sbgd-descent", "sbgd-elimination"):
        held = held_of(sim, name)
        assert held.state == "holds" and held.measured <= held.predicted
    (line,) = theory.lines(sim)
    assert (sim.record["remaining"] <= line.y).all() and line.y[5] == 25 and line.y[-1] == 1
    assert sim.record["remaining"][3] < 30


def test_another_landscape_in_mid_run_ends_the_descent():
    sim = run(sv.landscapes.Sphere(), steps=3)
    sim.landscape = sv.landscapes.Rastrigin()
    sim.advance(2)
    assert "the same F throughout fails since step 3" in failures(held_of(sim, "sbgd-descent"))
    assert np.isfinite(held_of(sim, "sbgd-descent").measured)


def test_agents_that_stay_are_counted():
    """A record in which nobody is removed, which no run has."""
    sim = run(sv.landscapes.Sphere(), steps=6)
    record = {name: sim.record[name].copy() for name in sim.record}
    record["remaining"][:] = 30
    assert claim_of(sv.SBGD, "sbgd-elimination").measure(LivedRun(sim.journal, sim.initial_swarm, record)) == 6
