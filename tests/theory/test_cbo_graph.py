"""The graph of CBO's weights: its Laplacian written out entry by entry, and what follows from it for a swarm."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import theory
from swarmviz.theory import cbo_graph
from tests.theory.held import held_of

RUNS = {
    "a plain run": ({"alpha": 3.0}, "Rastrigin", 60, 2),
    "two agents": ({"alpha": 30.0}, "Ackley", 2, 1),
    "batches": ({"alpha": 1.0, "batch": 5}, "Rastrigin", 40, 3),
    "hardly any weight but one": ({"alpha": 1e6}, "Rastrigin", 50, 2),
    "equal weights": ({"alpha": 1e-12, "noise": "none"}, "Ackley", 300, 1),
}


def simulation(settings, landscape, n, d, steps=4):
    sim = sv.Simulation(sv.CBO(**settings), sv.landscapes.ALL[landscape](), sv.Swarm(n=n, d=d, seed=6))
    sim.advance(steps)
    return sim


def naive(sim):
    """The weights of 001 eq. 2.1, the Laplacian of eq. 2.5 and the projection, entry by entry; without batches."""
    frame, n = sim.frame, sim.frame.n
    f = sim.landscape.values(frame.x)
    weight = np.exp(-sim.dynamics.alpha * (f - f.min()))
    weight /= weight.sum()
    L, P = np.empty((n, n)), np.empty((n, n))
    for i in range(n):
        for j in range(n):
            L[i, j] = 1 - weight[i] if i == j else -weight[j]
            P[i, j] = 1 - 1 / n if i == j else -1 / n
    return weight, L, P


@pytest.mark.parametrize("name", [name for name in RUNS if name != "batches"])
def test_the_matrices_of_the_paper_have_the_properties_that_are_claimed(name):
    sim = simulation(*RUNS[name])
    weight, L, P = naive(sim)
    x, focus = sim.frame.x, sim.frame.focus
    np.testing.assert_allclose(cbo_graph.apply_laplacian(sim.frame.weight, x), L @ x, atol=1e-12)
    np.testing.assert_allclose(cbo_graph.project(x), P @ x, atol=1e-12)
    np.testing.assert_allclose(L @ x, x - focus, atol=1e-12)
    np.testing.assert_allclose(L @ np.ones(len(L)), 0, atol=1e-13)
    np.testing.assert_allclose(weight @ L, 0, atol=1e-13)
    np.testing.assert_allclose(P @ L, P, atol=1e-13)


@pytest.mark.parametrize("name", RUNS)
def test_the_claim_holds_for_every_run_within_rounding(name):
    held = held_of(simulation(*RUNS[name]), "cbo-laplacian-projection")
    assert held.measured <= held.predicted == cbo_graph.rounding(RUNS[name][2])


@pytest.mark.parametrize("change", ["weights that do not sum to 1", "another consensus", "weights of other agents"])
def test_what_is_no_laplacian_of_the_swarm_is_far_beyond_rounding(change):
    frame = simulation(*RUNS["a plain run"]).frame
    weight = {"weights that do not sum to 1": frame.weight * 1.0001, "weights of other agents": frame.weight[::-1]}
    focus = frame.focus + 1e-6 if change == "another consensus" else frame.focus
    wrong = dataclasses.replace(frame, weight=weight.get(change, frame.weight), focus=focus)
    assert (
        cbo_graph.laplacian_defect(wrong) > 1e3 * cbo_graph.rounding(frame.n) > 1e3 * cbo_graph.laplacian_defect(frame)
    )


@pytest.mark.parametrize("landscape, alpha", [("Rastrigin", 50.0), ("Ackley", 0.1)])
def test_without_noise_every_deviation_shrinks_by_the_same_factor_whatever_the_weights(landscape, alpha):
    """(3) in a step of Euler: E_k = (1 − λΔt)^k E_0, agent by agent and coordinate by coordinate, not only |E|²."""
    sim = simulation({"alpha": alpha, "noise": "none", "lam": 2.0, "dt": 0.05}, landscape, 30, 3, steps=0)
    start, travelled = cbo_graph.project(sim.frame.x), sim.frame.x.mean(axis=0)
    sim.advance(40)
    np.testing.assert_allclose(cbo_graph.project(sim.frame.x), 0.9**40 * start, atol=1e-12)
    assert np.abs(sim.frame.x.mean(axis=0) - travelled).max() > 0.01, "while the mean moves"


def test_a_replica_without_a_frame_is_not_judged():
    sim = simulation(*RUNS["two agents"])
    claim = next(claim for claim in theory.claims_of(sv.CBO) if claim.name == "cbo-laplacian-projection")
    lived = theory.LivedRun(sim.journal, sim.initial_swarm, sim.record)
    assert np.isnan(claim.statistic(lived))
