"""Hypotheses that are made of others, or of a rate."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.theory import conditions
from swarmviz.theory.claim import Finding, Hypothesis
from swarmviz.theory.lived import LivedRun


def lived(steps=0, landscape=None, n=5, d=1, swarm=None, **options):
    start = sv.Swarm(**{"n": n, "d": d, "seed": 1} | (swarm or {}))
    sim = sv.Simulation(sv.SSA(**options), landscape or sv.landscapes.Sphere(), start)
    sim.advance(steps)
    return LivedRun.of(sim)


def found(*findings):
    """What is found when these are said as one."""
    return conditions.together("all", *(Hypothesis("one", lambda _, f=f: f) for f in findings)).check(None)


def test_several_conditions_hold_together_only_where_each_does():
    holds, unknown = Finding("holds", "a"), Finding("open", "b")
    assert found(holds, holds) == Finding("holds", "a; a")
    assert found(holds, unknown) == Finding("open", "b")
    assert found(Finding("fails", "c", 7), unknown, Finding("fails", "d", 3)) == Finding("fails", "c; d", 3)
    assert found(Finding("fails", "c"), holds) == Finding("fails", "c", None)


@pytest.mark.parametrize("t, state", [(1.0, "open"), (3.0, "holds")])
def test_a_limit_is_open_until_five_times_the_relaxation_time(t, state):
    run = lived(round(t / 0.1), dt=0.1)
    assert conditions.long_enough(lambda _: 2.0, "λ₁t").check(run) == Finding(state, f"λ₁t = {2 * t:.3g}")
    assert conditions.long_enough(lambda _: np.nan, "λ₁t").check(run).state == "open"


def test_the_longest_step_so_far_decides_whether_it_is_small():
    """Sphere: L = 2."""
    small = conditions.small_step(0.1)
    assert small.check(lived(dt=0.04)) == Finding("holds", "Δt·L = 0.08")
    sim = sv.Simulation(sv.SSA(dt=0.2), sv.landscapes.Sphere(), sv.Swarm(n=5, d=1))
    sim.advance(3)
    sim.dynamics.dt = 0.01
    sim.advance(3)
    assert small.check(LivedRun.of(sim)) == Finding("fails", "Δt·L = 0.4")
    assert small.check(lived(d=2)).state == "open"


@pytest.mark.parametrize(
    "law, state", [("uniform", "holds"), ("gaussian", "holds"), ("away", "holds"), ("points", "fails")]
)
def test_points_are_no_independent_draws(law, state):
    swarm = {"initial": law} | ({"points": [[1.0], [2.0]]} if law == "points" else {})
    assert conditions.starts_independently().check(lived(swarm=swarm)).state == state
