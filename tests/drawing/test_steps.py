"""The step of many agents in stages: every agent's ways lead head to tail to where the step takes it, in an order that all share."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.drawing.step import parts_of
from swarmviz.drawing.steps import JUMPS, in_order, stages_of, steps_picture

TOLERANCE = 1e-12

VARIANTS = [
    ("CBO", {}),
    ("CBO", {"scheme": "heun", "noise": "isotropic", "batch": 7}),
    ("CBO", {"boundary": "reflect", "sigma": 8.0, "scheme": "tamed"}),
    ("SSA", {}),
    ("SSA", {"profile": "none"}),
    ("SBGD", {"h0": 50.0, "boundary": "clip"}),
    ("BGK", {"jump_rate": 6.0}),
    ("BGK", {"form": "inertial", "boundary": "reflect", "sigma": 9.0}),
    ("PSO", {"boundary": "periodic", "sigma_own": 9.0}),
    ("FMC", {}),
    ("FMC", {"companion": "same", "jitter": "all", "sigma": 0.5}),
]


def simulation(name, values=None, n=25, d=2, steps=5):
    """A small swarm in some steps' distance from its start."""
    sim = sv.Simulation(sv.dynamics.ALL[name](**(values or {})), sv.landscapes.Rastrigin(), sv.Swarm(n=n, d=d, seed=3))
    sim.advance(steps)
    return sim


def explained(sim, agents=None):
    """The terms of the next step of these agents; of all, where none are named."""
    agents = range(sim.frame.n) if agents is None else agents
    return dict(zip(agents, sim.explain_each(agents), strict=True))


@pytest.mark.parametrize("name, values", VARIANTS)
@pytest.mark.parametrize("d", [1, 2, 4])
def test_the_ways_of_every_agent_lead_head_to_tail_through_the_stages_to_where_the_step_takes_it(name, values, d):
    sim = simulation(name, values, d=d)
    frame, seen = sim.frame, min(d, 2)
    picture, after = steps_picture(explained(sim), frame), sim.advance(1).x
    at, drawn, length = np.zeros((frame.n, 2)), 0, np.abs(frame.x[:, :seen]).max(axis=1)
    at[:, :seen] = frame.x[:, :seen]
    for stage in picture.stages:
        assert len(set(stage.agents.tolist())) == len(stage.agents) == len(stage.ways) > 0
        if stage.pairs is None:
            np.testing.assert_array_equal(stage.ways[:, :2], at[stage.agents])
            at[stage.agents] = stage.ways[:, 2:]
            length[stage.agents] += np.abs(stage.ways[:, 2:] - stage.ways[:, :2]).max(axis=1)
            drawn += len(stage.ways)
    assert drawn > 0 and (picture.shown, picture.n, picture.note) == (frame.n, frame.n, "")
    assert (np.abs(at[:, :seen] - after[:, :seen]).max(axis=1) <= TOLERANCE * np.maximum(length, 1.0)).all()


def test_the_stages_are_the_terms_of_the_equations_in_their_order():
    for name, meanings in (
        ("CBO", ["drift", "noise"]),
        ("SSA", ["descent", "noise"]),
        ("PSO", ["inertia", "pull to its own", "pull to the common", "noise of its own", "noise of the common"]),
        ("FMC", ["companion that it looks at", "companion with which", "to the walker that it clones", "jitter"]),
    ):
        sim = simulation(name)
        told = [stage.meaning for stage in steps_picture(explained(sim), sim.frame).stages]
        inside = told[: len(meanings)]  # what follows brings agents back into the box
        assert all(a.startswith(b) for a, b in zip(inside, meanings, strict=True)), told
        assert all(more.startswith("back into the box") for more in told[len(meanings) :])


def test_agents_that_jump_and_agents_that_glide_have_stages_of_their_own():
    sim = simulation("BGK", {"jump_rate": 6.0})
    picture = steps_picture(explained(sim), sim.frame)
    by = {stage.meaning.split()[0].rstrip(":"): set(stage.agents.tolist()) for stage in picture.stages}
    assert by["glide"] and by["pull"] and not by["glide"] & by["pull"] and by["noise"] == by["pull"]


@pytest.mark.parametrize("companion", ["own", "same"])
def test_walkers_are_joined_to_their_companions_and_to_the_same_ones_only_once(companion):
    sim = simulation("FMC", {"companion": companion})
    terms = explained(sim)
    links = [stage for stage in steps_picture(terms, sim.frame).stages if stage.pairs is not None]
    assert len(links) == (2 if companion == "own" else 1)
    for stage in links:
        for way, (agent, other) in zip(stage.ways, stage.pairs.tolist(), strict=True):
            assert other == next(term.value for term in terms[agent] if term.symbol == stage.symbol)
            np.testing.assert_array_equal(way, [*sim.frame.x[agent], *sim.frame.x[other]])


@pytest.mark.parametrize("values", [{"rate": 5.0}, {"rate": 40.0}, {"method": "tau_leap", "rate": 5.0}])
def test_on_a_finite_set_the_jumps_of_an_agent_lead_from_its_state_to_that_after_the_step(values):
    sim = simulation("FiniteSet", values, d=1)
    frame = sim.frame
    picture, after = steps_picture(explained(sim), frame), sim.advance(1).node
    (stage,) = picture.stages
    at = frame.node.copy()
    for agent, (start, end) in zip(stage.agents.tolist(), stage.pairs.tolist(), strict=True):
        assert at[agent] == start
        at[agent] = end
    np.testing.assert_array_equal(at, after)
    jumped = len(set(stage.agents.tolist()))
    assert stage.symbol == JUMPS and stage.meaning == f"{jumped} of 25 agents jump"


def test_where_nothing_moves_there_are_no_stages():
    sim = simulation("FiniteSet", {"rate": 0.0}, d=1)
    assert steps_picture(explained(sim), sim.frame).stages == ()
    sim = simulation("CBO", {"lam": 0.0, "sigma": 0.0})
    assert steps_picture(explained(sim), sim.frame).stages == ()
    assert steps_picture({}, sim.frame).stages == ()


def test_it_says_how_many_of_the_agents_are_shown():
    sim = simulation("CBO", n=1500)
    picture = steps_picture(explained(sim, [7, 0, 1]), sim.frame)
    assert picture.note == "3 of 1,500 agents" and set(picture.stages[0].agents.tolist()) == {7, 0, 1}


@pytest.mark.parametrize("name", ["CBO", "BGK", "FMC"])
def test_each_way_of_one_agent_has_the_stage_with_its_symbol(name):
    sim = simulation(name)
    terms = explained(sim)
    picture = steps_picture(terms, sim.frame)
    for agent in range(25):
        parts = {id(part) for part in parts_of(terms[agent])}
        for term, place in zip(terms[agent], stages_of(terms[agent], picture), strict=True):
            if place >= 0:
                assert picture.stages[place].symbol == term.symbol
            elif id(term) in parts:
                assert not any(stage.symbol == term.symbol for stage in picture.stages)


def test_on_a_finite_set_every_jump_of_an_agent_belongs_to_the_one_stage():
    sim = simulation("FiniteSet", {"rate": 40.0}, d=1)
    terms = explained(sim)
    picture = steps_picture(terms, sim.frame)
    for each in terms.values():
        assert stages_of(each, picture).count(0) == len(parts_of(each))


def test_an_order_has_each_symbol_before_those_that_follow_it_anywhere():
    sequences = [["glide"], ["pull", "box"], ["pull", "noise", "box"], ["glide", "box"], ["pull", "noise"]]
    order = in_order(sequences)
    assert sorted(order) == ["box", "glide", "noise", "pull"]
    for sequence in sequences:
        assert sorted(sequence, key=order.index) == sequence
    assert in_order([["a", "b"], ["b", "a"]]) == ["a", "b"] and in_order([]) == []
