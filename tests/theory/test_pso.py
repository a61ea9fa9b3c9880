"""What holds for particle swarm optimisation about resting bests: each number against an independent one, and against simulation."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import theory
from swarmviz.theory import pso
from swarmviz.theory.lived import LivedRun
from tests.theory.held import claim_of, failures, held_of

WELLS, RASTRIGIN = sv.landscapes.Himmelblau(), sv.landscapes.Rastrigin()
QUIET = {
    "inertia": 0.5,
    "lam_own": 1.5,
    "lam_common": 0.7,
    "sigma_own": 0.4,
    "sigma_common": 0.6,
    "alpha": 1.0,
    "boundary": "none",
}


def in_the_wells(seed=1, n=50, dynamics=None):
    """Agents that start in the four minimisers: nothing better is ever found, so that all bests rest, and ν with them."""
    swarm = sv.Swarm(n=n, d=2, seed=seed, initial="points", points=WELLS.minimisers(2))
    return sv.Simulation(dynamics or sv.PSO(**QUIET), WELLS, swarm)


def random_coefficients(count):
    rng = np.random.default_rng(5)
    for _ in range(count):
        dynamics = sv.PSO(
            inertia=rng.uniform(0, 1),
            lam_own=rng.uniform(0, 40),
            lam_common=rng.uniform(0, 40),
            dt=rng.uniform(0.01, 1),
        )
        yield dynamics.coefficients(rng.uniform(0, 2), rng.uniform(0, 2)), dynamics.dt


def test_the_conditions_of_contraction_are_those_of_the_spectral_radii():
    """2000 random parameters; both outcomes are frequent."""
    outcomes = []
    for coefficients, dt in random_coefficients(2000):
        keep, own, common, *shakes = coefficients
        mean = pso.mean_margin(keep, own + common, dt) > 0
        square = mean and pso.square_margin(keep, own + common, np.hypot(*shakes), dt) > 0
        assert mean == (pso.mean_rate(coefficients, dt) > 0)
        assert square == (pso.mean_square_rate(coefficients, dt) > 0)
        outcomes.append((mean, square))
    counts = np.array(outcomes).mean(axis=0)
    assert 0.2 < counts[1] < counts[0] < 0.95


def test_the_mean_square_of_one_agent_follows_its_matrix():
    """40 000 agents with their own resting bests, from a naive NumPy step of 003 eq. 5.1; 10 steps, within 4 standard errors."""
    rng, n, dt = np.random.default_rng(2), 40_000, 0.3
    dynamics = sv.PSO(**{**QUIET, "dt": dt})
    mass, nu, Y = 0.5 + 0.5 * dt, 0.0, 2.0
    x, v, told = np.full(n, Y), np.zeros(n), np.array([1.0, 0, 0, 1, 0, 1])
    for _ in range(10):
        xi = rng.standard_normal((2, n))
        v = (
            0.5 * v
            + 1.5 * dt * (Y - x)
            + 0.7 * dt * (nu - x)
            + np.sqrt(dt) * (0.4 * (Y - x) * xi[0] + 0.6 * (nu - x) * xi[1])
        ) / mass
        x = x + dt * v
        told = pso.moment_matrix(dynamics.coefficients(0.4, 0.6), dt) @ told
        for naive, expected in (
            (x * x, told[0]),
            (x * v, told[1]),
            (v * v, told[2]),
            (x * Y, told[3]),
            (v * Y, told[4]),
        ):
            assert abs(naive.mean() / Y**2 - expected) < 4.5 * naive.std() / np.sqrt(n) / Y**2


def test_at_the_parameters_of_the_paper_the_mean_contracts_and_the_mean_square_does_not():
    sim = in_the_wells(dynamics=sv.PSO(boundary="none", alpha=1.0))
    mean, square = held_of(sim, "pso-mean"), held_of(sim, "pso-mean-square")
    assert mean.state == "holds" and mean.predicted == pytest.approx(3.21, abs=0.01)
    assert square.state == "fails" and square.predicted == pytest.approx(-1.44, abs=0.01)
    assert (
        "fails (the right side minus η² = −0.0638)" in failures(square)
        and "003 makes no such claim" in square.claim.remark
    )
    theta, keep = 0.2 * 0.1 / 0.19, 0.1 / 0.19
    assert 2 * 1.7**2 * 0.1**3 / 0.19**2 == pytest.approx(0.160, abs=5e-4)
    assert theta * (1 - keep) * (2 * (1 + keep) - theta) / (1 + keep) == pytest.approx(0.0963, abs=5e-4)


def test_about_resting_bests_the_dispersion_is_in_mean_that_of_the_matrix():
    """400 runs of 50 agents, 12 steps, with σ₁ and λ₂ moved after 6; the mean within 3 standard errors, as `judge` has it."""
    claim, lived = claim_of(sv.PSO, "pso-second-moments"), []
    for seed in range(400):
        sim = in_the_wells(seed)
        sim.advance(6)
        sim.dynamics.sigma_own, sim.dynamics.lam_common = 1.5, 3.0
        sim.advance(6)
        lived.append(LivedRun.of(sim))
    assert {theory.claim.assess(claim, run, numbers=False).state for run in lived} == {"holds"}
    verdict = theory.judge(claim, lived)
    assert verdict.outcome == "agrees", verdict
    error = (verdict.high - verdict.low) / (2 * 1.96)
    moments = np.linalg.matrix_power(pso.moment_matrix(sv.PSO(**QUIET).coefficients(0.4, 0.6), 0.1), 12) @ [
        1.0,
        0,
        0,
        1,
        0,
        1,
    ]
    frozen = pso.expected_dispersion(lived[0], moments[3:4], moments[:1])[0] / lived[0].record["dispersion"][0]
    assert abs(verdict.measured - frozen) > 8 * error, "negative control: the first parameters for the whole run"


@pytest.mark.parametrize("change, word", [
    ({"boundary": "clip"}, "no boundary"),
    ({"noise": "cauchy"}, "noise of variance 1"),
    ({"inertia": 1.0}, "κ < 1"),
    ({"lam_own": 0.0, "lam_common": 0.0}, "0 < θ"),
    ({"sigma_own": 9.0}, "η² <"),
    ({"stall_steps": 1, "stall_tolerance": 1.0}, "no stall stop"),
])  # fmt: skip
def test_the_mean_square_says_what_it_lacks(change, word):
    sim = in_the_wells(dynamics=sv.PSO(**{**QUIET, **change}))
    sim.advance(3)
    held = held_of(sim, "pso-mean-square")
    assert held.state == "fails" and word in failures(held)
    sim = in_the_wells()
    sim.advance(3)
    assert held_of(sim, "pso-mean-square").state == "holds"


def test_bests_that_improve_do_not_rest():
    sim = sv.Simulation(sv.PSO(**QUIET), RASTRIGIN, sv.Swarm(n=50, seed=1))
    sim.advance(3)
    held = held_of(sim, "pso-mean")
    assert held.state == "fails" and "the personal bests and ν rest fails" in failures(held)


def test_personal_bests_never_rise_unless_the_landscape_is_replaced():
    sim = sv.Simulation(sv.PSO(), RASTRIGIN, sv.Swarm(n=50, seed=1))
    sim.advance(30)
    held = held_of(sim, "pso-memory")
    assert held.state == "holds" and held.measured == held.predicted == 0
    sim.landscape = WELLS
    sim.advance(3)
    held = held_of(sim, "pso-memory")
    assert held.state == "fails" and held.measured > 0


@pytest.mark.parametrize("alpha", [1.0, 100.0, 1e5])
def test_the_weighted_best_is_as_near_to_the_best_memory_as_the_weights_say(alpha):
    sim = sv.Simulation(sv.PSO(alpha=alpha), RASTRIGIN, sv.Swarm(n=50, seed=1))
    for _ in range(5):
        sim.advance(3)
        held = held_of(sim, "pso-best")
        memory = sim.frame.memory
        best = memory[np.argmin(RASTRIGIN.values(memory))]
        assert (
            held.measured == pytest.approx(np.linalg.norm(sim.frame.focus - best)) and held.measured <= held.predicted
        )
    assert alpha < 1e5 or held.predicted < 1e-3
    sim.dynamics.batch = 5
    sim.advance(1)
    assert held_of(sim, "pso-best").state == "fails"


def test_bests_that_were_replaced_are_said_to_have_moved_and_not_how_far():
    sim = sv.Simulation(sv.PSO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=2, seed=1))
    sim.advance(20)
    details = [f.detail for held in theory.assessments(sim) for f in held.findings]
    assert "they moved, how far is not recorded" in details and not any("inf" in detail for detail in details)
