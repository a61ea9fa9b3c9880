"""The law of agents on a finite set beside the error against N: what independent agents have, and where there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.linalg import expm

import swarmviz as sv
from components.replicas.occupation_limit import occupation_limit, occupation_refusal, occupation_remark
from swarmviz.ensembles.occupation_error import scaled_independent
from swarmviz.ensembles.settings import Problem

CURVE = sv.landscapes.FiniteSetCurve()


def problem(n=50, d=1, start="uniform", **parameters):
    given = {"states": 12, "graph": "cycle", "beta": 2.0} | parameters
    return Problem.of(
        sv.FiniteSet(**given), CURVE if d == 1 else sv.landscapes.Ackley(), sv.Swarm(n=n, d=d, initial=start)
    )


def test_metropolis_agents_have_the_law_of_their_chain_and_scatter_as_independent_draws():
    one = problem(generator="metropolis")
    dynamics, space = one.dynamics, one.dynamics.space(1)
    u = CURVE.values(space.positions(*CURVE.limits(1)))
    M = np.zeros((12, 12))
    for x, y in [*space.links, *space.links[:, ::-1]]:
        M[x, y] = dynamics.rate * math.exp(-dynamics.beta * max(u[y] - u[x], 0.0))
    M -= np.diag(M.sum(axis=1))
    limit = occupation_limit(one, 30)
    np.testing.assert_allclose(limit.shares, np.full(12, 1 / 12) @ expm(30 * dynamics.dt * M), atol=1e-5)
    assert math.sqrt(limit.scatter) == pytest.approx(scaled_independent(limit.shares), rel=1e-3)
    assert (limit.needed, limit.draws) == (1.0, math.inf)


def test_interacting_agents_need_ten_for_each_state_and_a_start_that_is_drawn_has_as_many_draws():
    assert occupation_limit(problem(generator="second"), 5).needed == 120
    assert occupation_limit(problem(generator="second", start="gaussian"), 5).draws == 1 << 16


def test_where_the_law_is_not_integrated_the_reason_is_said():
    assert "here 900 and" in occupation_refusal(problem(d=2, graph="grid", states=900))
    assert "given points" in occupation_refusal(
        Problem.of(sv.FiniteSet(), CURVE, sv.Swarm(n=2, d=1, initial="points", points=[[0.1], [0.2]]))
    )
    assert occupation_refusal(problem()) == ""
    assert "leap" in occupation_remark(problem(method="tau_leap")) and occupation_remark(problem()) == ""
    with pytest.raises(ValueError, match="here 900 and"):
        occupation_limit(problem(d=2, graph="grid", states=900), 5)
