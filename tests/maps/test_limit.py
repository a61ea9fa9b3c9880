"""By when a run of a map must have succeeded, where it may spend so many evaluations of F."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from components.maps.limit import IDLE, MAX_ROWS, MAX_STEPS, Limit, limit_within
from swarmviz.dynamics import ALL
from swarmviz.ensembles import measures


def limit(evaluations, dynamics, n=10, axes=(("dynamics", "dt"), ("swarm", "d")), values=((0.01, 0.02), (1, 2))):
    parts = {"dynamics": dynamics, "landscape": sv.landscapes.Sphere(), "swarm": sv.Swarm(n=n, d=2)}
    return limit_within(evaluations, parts, list(axes), values)


@pytest.mark.parametrize("name", ALL)
def test_a_dynamics_spends_evenly_where_every_step_takes_its_cost_and_else_at_most(name):
    dynamics = ALL[name]()
    landscape = sv.landscapes.FiniteSetCurve() if dynamics.on_finite_set else sv.landscapes.Rastrigin()
    sim = sv.Simulation(dynamics, landscape, sv.Swarm(n=12, d=1))
    sim.advance(40)
    spent, cost = np.diff(sim.record["evaluations"]), dynamics.cost_of_step(12)
    assert sim.record["evaluations"][0] == dynamics.cost_of_start(12).evaluations and (spent <= cost.evaluations).all()
    assert dynamics.counts_costs != (spent == cost.evaluations).all()


def test_even_costs_are_steps():
    assert limit(20_000, sv.CBO()) == Limit.of_steps(1999) == Limit(1999, 0, measures.every_for(1999))
    assert limit(10**9, sv.CBO()) == Limit.of_steps(MAX_STEPS)


N_AND_BATCH = (("swarm", "n"), ("dynamics", "batch"))


def test_cells_that_cost_differently_have_a_budget_and_the_steps_of_the_cheapest():
    found = limit(2000, sv.CBO(), axes=N_AND_BATCH, values=((10, 40), (0, 4, 20)))
    assert found.evaluations == 2000 and found.steps == (2000 - 4) // 4, "a batch of 4"
    assert found.every == measures.every_for((2000 - 40) // 40), "often enough for the dearest"


def test_what_the_kernel_counts_has_a_budget_and_a_last_step_for_those_that_spend_nothing():
    found = limit(2000, sv.FMC(), n=20)
    assert found == Limit(100 * IDLE, 2000, 2)
    assert limit(10**9, sv.FMC(), n=20).steps == MAX_STEPS


@pytest.mark.parametrize("evaluations", [1000, 10**6, 10**9])
@pytest.mark.parametrize("dynamics", [sv.CBO(), sv.FMC(), sv.FiniteSet()], ids=lambda dynamics: dynamics.title)
def test_recorded_steps_are_bounded(dynamics, evaluations):
    axes, values = (("swarm", "n"), ("swarm", "d")), (tuple(range(2, 201, 9)), (1, 2))
    found = limit(evaluations, dynamics, axes=axes, values=values)
    assert found.steps // found.every <= MAX_ROWS and 1 <= found.every <= found.steps


def test_what_leaves_no_step_is_refused_by_name():
    with pytest.raises(
        ValueError, match=r"map_evaluations = 19: the start takes 10 and a step up to 10, so .* at least 20"
    ):
        limit(19, sv.CBO())
    assert limit(20, sv.CBO()).steps == 1
    with pytest.raises(ValueError, match=r"map_evaluations = 10: the start takes 10, so it must be at least 11"):
        limit(10, sv.FMC())
    assert limit(11, sv.FMC()).evaluations == 11


def test_what_cells_cost_is_asked_along_the_edges_of_the_map_and_everywhere_only_where_that_differs(monkeypatch):
    """Every value that is set takes time while a slider moves; on no edge of a map of batches a cell may cost what another does."""
    asked, cost = [], sv.CBO.cost_of_step
    monkeypatch.setattr(sv.CBO, "cost_of_step", lambda self, n: asked.append((n, self.batch)) or cost(self, n))
    limit(2000, sv.CBO(), values=([0.001 * k for k in range(1, 25)], (1, 2, 3)))
    assert len(asked) == 2 * 24 + 2 * 3
    asked.clear()
    assert limit(2000, sv.CBO(), axes=N_AND_BATCH, values=((10, 20, 30), (5, 15, 25))).evaluations == 2000
    assert {(20, 15), (30, 25), (10, 5)} <= set(asked)
