"""The step of one agent as a picture: ways head to tail, from where it is to where it goes."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.drawing.step import parts_of, step_picture


def simulation(name, d):
    """A small swarm in some steps' distance from its start."""
    sim = sv.Simulation(sv.dynamics.ALL[name](), sv.landscapes.Rastrigin(), sv.Swarm(n=12, d=d, seed=3))
    sim.advance(4)
    return sim


@pytest.mark.parametrize("name", ["CBO", "SSA", "PSO", "FMC"])
@pytest.mark.parametrize("d", [1, 2, 5])
def test_the_ways_lead_head_to_tail_to_where_the_agent_is_after_the_step(name, d):
    sim = simulation(name, d)
    before, level = sim.frame.x[7].copy(), sim.frame.energy[7]
    terms = sim.explain(7)
    picture, after = step_picture(terms, level), sim.advance(1).x[7]
    seen = min(d, 2)
    assert len(picture.ways) == len(parts_of(terms)) and picture.level == level
    np.testing.assert_array_equal(picture.ways[1:, :2], picture.ways[:-1, 2:])
    np.testing.assert_array_equal(picture.start[:seen], before[:seen])
    if len(picture.ways):  # a walker that does not clone stays
        np.testing.assert_array_equal([picture.ways[0, :2], picture.ways[-1, 2:]], [picture.start, picture.end])
    np.testing.assert_allclose(picture.end[:seen], after[:seen], rtol=1e-12, atol=1e-12)
    assert name == "FMC" or len(picture.ways) >= 2
    assert d > 1 or (picture.ways[:, [1, 3]] == 0).all()


def test_each_way_is_that_of_its_term_and_one_of_no_length_keeps_its_place():
    sim = sv.Simulation(sv.dynamics.ALL["PSO"](), sv.landscapes.Sphere(), sv.Swarm(n=12, d=2, seed=3))
    terms = sim.explain(2)  # at step 0 its own best place is where it is
    ways, parts = step_picture(terms, 0.0).ways, parts_of(terms)
    lengths = ways[:, 2:] - ways[:, :2]
    assert any((part.value == 0).all() for part in parts)
    np.testing.assert_allclose(lengths, [part.value for part in parts], rtol=0, atol=1e-12)
