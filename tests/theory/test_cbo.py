"""The rates of CBO: each as a number known in closed form, and against simulation."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import theory
from swarmviz.theory import cbo

SPHERE = sv.landscapes.Sphere()


def test_rates_and_conditions_are_those_of_the_paper():
    assert cbo.mean_square_rate(1.0, 1.0) == 1.0
    assert cbo.mean_square_rate(1.0, 0.5, d=2, noise="isotropic") == 1.5
    assert cbo.mean_square_rate(1.0, 9.0, noise="none") == 2.0
    assert cbo.euler_mean_square_rate(1.0, 1.0, 0.05) == pytest.approx(0.95)
    assert cbo.almost_sure_rate(1.0, np.sqrt(2.1)) == pytest.approx(2.05)
    assert cbo.mean_square_applies(1.0, 1.0) == (True, "2λ > σ² holds")
    holds, reason = cbo.mean_square_applies(1.0, np.sqrt(2.1))
    assert not holds and reason == "2λ > σ² does not hold: no mean-square decay is promised"
    assert not cbo.mean_square_applies(1.0, 1.0, d=2, noise="isotropic")[0]
    assert cbo.euler_mean_square_applies(1.0, 1.0, 0.5)[0] and not cbo.euler_mean_square_applies(1.0, 1.0, 1.5)[0]


@pytest.mark.parametrize("lam, sigma, dt", [(1.0, 1.0, 0.05), (1.0, np.sqrt(2.1), 0.05), (2.0, 0.3, 0.4)])
def test_the_almost_sure_rate_of_the_scheme_is_the_mean_logarithm(lam, sigma, dt):
    """Against a plain Monte Carlo mean, within 4 standard errors."""
    z = np.random.default_rng(1).standard_normal(2_000_000)
    sample = -np.log(np.abs(1 - lam * dt + sigma * np.sqrt(dt) * z)) / dt
    assert abs(cbo.euler_almost_sure_rate(lam, sigma, dt) - sample.mean()) < 4 * sample.std() / np.sqrt(z.size)


def test_the_almost_sure_rate_tends_to_the_one_of_the_equation():
    assert cbo.euler_almost_sure_rate(1.0, 1.0, 1e-4) == pytest.approx(cbo.almost_sure_rate(1.0, 1.0), rel=1e-3)
    assert cbo.euler_almost_sure_rate(1.0, 0.0, 0.1) == pytest.approx(-np.log(0.9) / 0.1)


def test_the_swarm_that_sits_in_its_consensus_decays_at_the_claimed_mean_square_rate():
    """With a nearly constant weight the consensus is the mean, so the claim of 001 holds up to the factor 1 − 1/N."""
    n, runs, steps, dt, sigma = 400, 200, 20, 0.05, 1.0
    ratio = np.empty(runs)
    for seed in range(runs):
        sim = sv.Simulation(sv.CBO(alpha=1e-12, sigma=sigma, dt=dt), SPHERE, sv.Swarm(n=n, d=2, seed=seed), every=steps)
        sim.advance(steps)
        ratio[seed] = sim.record["dispersion"][-1] / sim.record["dispersion"][0]
    expected = ((1 - dt) ** 2 + sigma**2 * dt * (1 - 1 / n)) ** steps
    assert abs(ratio.mean() - expected) < 4 * ratio.std(ddof=1) / np.sqrt(runs)


def test_over_the_identity_line_the_dispersion_is_a_martingale_with_mean_one():
    """The dashed line of the page: V_k / (V_0 Π E[V⁺|X]/V) has mean 1 over seeds."""
    runs, last = 600, np.empty(600)
    for seed in range(runs):
        sim = sv.Simulation(sv.CBO(alpha=10.0, sigma=0.7), SPHERE, sv.Swarm(n=20, d=2, seed=seed))
        sim.advance(15)
        identity = next(line for line in theory.lines(sim) if line.style == "dashed")
        last[seed] = sim.record["dispersion"][-1] / identity.y[-1]
    assert abs(last.mean() - 1) < 4 * last.std(ddof=1) / np.sqrt(runs)


def test_lines_say_in_words_when_a_hypothesis_fails():
    sim = sv.Simulation(sv.CBO(sigma=2.0), SPHERE, sv.Swarm(seed=1))
    sim.advance(5)
    claimed, identity = theory.lines(sim)
    assert (claimed.style, claimed.applies) == (
        "dotted",
        False,
    ) and "no mean-square decay is promised" in claimed.reason
    assert identity.applies and identity.style == "dashed" and claimed.y.shape == claimed.k.shape
    sim.dynamics.scheme = "heun"
    assert not theory.lines(sim)[1].applies


def test_the_gibbs_law_is_the_target_of_constant_noise_only():
    sim = sv.Simulation(sv.SSA(profile="constant", lam=2.0), SPHERE, sv.Swarm(d=1))
    x = np.array([[0.0], [1.0]])
    density = theory.target(sim).density(x)
    assert density[1] / density[0] == pytest.approx(np.exp(-0.5))
    sim.dynamics.profile = "smooth"
    assert theory.target(sim) is None
