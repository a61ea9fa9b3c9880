"""The claims about Metropolis agents: exact at any N where they say so."""

import numpy as np
import pytest
from scipy import linalg

import swarmviz as sv
from swarmviz import theory
from swarmviz.theory import finite_set_claims_numbers as numbers
from swarmviz.theory.finite_set_metropolis import relative_entropy
from swarmviz.theory.lived import LivedRun
from tests.theory.held import claim_of, failures, held_of

CURVE = sv.landscapes.FiniteSetCurve()


def run(n=5, steps=0, seed=1, **parameters):
    sim = sv.Simulation(sv.FiniteSet(generator="metropolis", **parameters), CURVE, sv.Swarm(n=n, d=1, seed=seed))
    sim.advance(steps)
    return sim


def changed(seed):
    """10 steps at β = 1, then 10 at β = 0.3 and another rate."""
    sim = run(5, 10, seed, states=8, beta=1.0, rate=0.5)
    sim.dynamics.beta, sim.dynamics.rate = 0.3, 0.2
    sim.advance(10)
    return LivedRun.of(sim)


def naive_law(frame):
    """The same by matrix exponentials, written down anew from 004 eq. A.8."""
    p, U = np.full(8, 1 / 8), frame.heights
    for beta, rate in ((1.0, 0.5), (0.3, 0.2)):
        M = np.zeros((8, 8))
        for x, y in frame.links:
            M[x, y], M[y, x] = rate * np.exp(-beta * max(U[y] - U[x], 0)), rate * np.exp(-beta * max(U[x] - U[y], 0))
        p = p @ linalg.expm(10 * (M - np.diag(M.sum(axis=1))))
    return p


@pytest.mark.parametrize("name", ["height", "minimisers", "scatter-height"])
def test_five_agents_are_in_the_mean_as_the_law_says_through_a_change(name):
    """400 runs, within 3 standard errors; the prediction is that of matrix exponentials."""
    lived, claim = [changed(seed) for seed in range(400)], claim_of(sv.FiniteSet, f"finite-metropolis-{name}")
    assert {theory.claim.assess(claim, each, numbers=False).state for each in lived} == {"holds"}
    verdict = theory.judge(claim, lived)
    frame = lived[0].frame()
    p, U = naive_law(frame), frame.heights
    mean = p @ U
    expected = {"height": mean, "minimisers": 2 * (1 - p[U.argmin()]), "scatter-height": p @ (U - mean) ** 2}[name]
    assert verdict.predicted == pytest.approx(expected, rel=1e-4) and verdict.outcome == "agrees", verdict
    error = (verdict.high - verdict.low) / (2 * 1.96)
    other = {"height": U.mean(), "minimisers": 2 * 7 / 8, "scatter-height": 2 * expected}[name]
    assert abs(other - verdict.measured) > 5 * error, "negative control: the uniform law, agents that move in pairs"


def test_every_relative_entropy_falls_since_the_last_change_and_backwards_it_would_rise():
    sim = run(20, 10, states=8)
    sim.dynamics.beta = 0.5
    sim.advance(10)
    held = held_of(sim, "finite-every-entropy")
    assert held.state == "holds" and 0 < held.measured < 1
    lived = LivedRun.of(sim)
    piece = numbers.last_piece(lived)
    for m, m2 in ((-1.0, 2.0), (0.0, 2.0), (1.0, 1.0), (0.5, 1.5), (-2.0, 3.0)):
        first, last = (relative_entropy(piece.rho[i], piece.law.heights, 0.5, m, m2) for i in (0, -1))
        assert last / first <= held.measured * (1 + 1e-12)
    piece.rho[:] = piece.rho[::-1].copy()
    assert claim_of(sv.FiniteSet, "finite-every-entropy").measure(lived) > 1


def test_the_law_comes_to_gibbs_law_at_the_spectral_gap():
    sim = run(1000, 30, states=4, beta=0.3, rate=0.5, dt=0.2)
    held = held_of(sim, "finite-metropolis-gap")
    law = numbers.distance_curve(LivedRun.of(sim))
    t = sim.record["t"]
    assert np.log(law[-6] / law[-1]) / (t[-1] - t[-6]) == pytest.approx(held.predicted, rel=0.05)
    assert numbers.gap_distance_curve(LivedRun.of(sim))[0] == pytest.approx(law[0])


@pytest.mark.parametrize("schedule, word", [
    (sv.schedules.InverseLogarithmic(c=1e3), ""),
    (sv.schedules.InverseLogarithmic(c=1e-3), "c ≥ the critical depth fails"),
    (sv.schedules.Power(gamma=0.2), "β = log(t₀ + t)/c fails (β follows the schedule “Power”)"),
])  # fmt: skip
def test_annealing_needs_its_schedule_and_the_critical_depth(schedule, word):
    held = held_of(run(5, 2, beta=schedule), "finite-classical-annealing")
    assert (held.state == "fails") == bool(word) and word in failures(held)
    assert theory.target(run(5, 2, beta=schedule)).title == "Gibbs' law at β(t)"


def test_agents_on_given_points_do_not_start_independently():
    swarm = sv.Swarm(n=4, d=1, seed=1, initial="points", points=[[2.0], [11.0]])
    sim = sv.Simulation(sv.FiniteSet(generator="metropolis"), CURVE, swarm)
    sim.advance(2)
    assert "agents start independently" in failures(held_of(sim, "finite-metropolis-scatter-height"))
    assert held_of(sim, "finite-metropolis-height").state == "holds"
