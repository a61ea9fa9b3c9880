"""The rates of CBO: each as a number known in closed form, and against simulation."""

import itertools

import numpy as np
import pytest
from scipy.special import digamma
from scipy.stats import poisson

import swarmviz as sv
from swarmviz import theory
from swarmviz.schedules import Linear
from swarmviz.theory import cbo
from swarmviz.theory.lived import LivedRun
from tests.theory.held import claim_of, held_of

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


@pytest.mark.parametrize("ratio", [0.0, 1e-9, 0.3, 1.0, 3.7, 11.0, 39.0, 41.0, 60.0])
def test_the_mean_logarithm_is_that_of_a_noncentral_chi_square(ratio):
    """(Z + m)² is a mixture of χ² of 1 + 2K degrees of freedom, K of Poisson's law with mean m²/2; E log χ²_n = ψ(n/2) + log 2."""
    k = np.arange(0, 4000)
    mixture = poisson.pmf(k, ratio**2 / 2) @ (digamma(k + 0.5) + np.log(2)) / 2
    for sign in (1, -1):
        assert cbo.mean_log(2.0 * sign * ratio, 2.0) == pytest.approx(np.log(2) + mixture, rel=1e-10, abs=1e-11)


@pytest.mark.filterwarnings("error")
def test_the_almost_sure_rate_of_the_scheme_is_a_number_at_any_step_and_noise():
    """Where λΔt is about 1 the logarithm is singular at 0, in the middle of the noise."""
    for lam, dt in itertools.product((0.0, 0.1, 1.0, 10.0, 100.0), (1e-6, 0.01, 0.1, 1.0, 10.0, 1000.0)):
        rates = [cbo.euler_almost_sure_rate(lam, sigma, dt) for sigma in np.geomspace(1e-6, 100, 40)]
        assert np.isfinite(rates).all(), (lam, dt)
    assert cbo.euler_almost_sure_rate(10.0, 0.0, 0.1) == np.inf
    assert cbo.euler_almost_sure_rate(1.0, 2.0, 0.0) == cbo.almost_sure_rate(1.0, 2.0)


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
        identity = lines_of(sim)["one-step identity"]
        last[seed] = sim.record["dispersion"][-1] / identity.y[-1]
    assert abs(last.mean() - 1) < 4 * last.std(ddof=1) / np.sqrt(runs)


def lines_of(sim):
    return {line.reference: line for line in theory.lines(sim)}


def test_lines_say_in_words_when_a_hypothesis_fails():
    sim = sv.Simulation(sv.CBO(sigma=2.0), SPHERE, sv.Swarm(seed=1))
    sim.advance(5)
    claimed, identity = lines_of(sim)["001 Thm 3.5"], lines_of(sim)["one-step identity"]
    assert (claimed.style, claimed.applies) == ("dotted", False)
    assert "“2λ > σ²” fails (2λ − σ² = −2)" in claimed.reason
    assert identity.applies and identity.style == "dashed" and claimed.y.shape == claimed.k.shape
    sim.dynamics.scheme = "heun"
    sim.advance(1)
    assert not lines_of(sim)["one-step identity"].applies


# ---- the faults of the lines: each failed before ----------------------------------------------------------------------------


def test_a_line_bends_where_a_slider_moved():
    """(1 − λΔt)² per step with the λ that acted on it: exact at every step, whatever was moved."""
    sim = sv.Simulation(sv.CBO(noise="none"), SPHERE, sv.Swarm(n=50, seed=1))
    sim.advance(40)
    sim.dynamics.lam = 0.1
    sim.advance(20)
    exact = lines_of(sim)["001 eq. 2.27–2.28"]
    assert exact.applies
    np.testing.assert_allclose(sim.record["dispersion"] / exact.y, 1.0, rtol=1e-10)
    claimed = lines_of(sim)["001 Thm 2.9"].y
    slope = -np.diff(np.log(claimed)) / 0.05
    np.testing.assert_allclose(slope[:40], 2.0, rtol=1e-9)
    np.testing.assert_allclose(slope[40:], 0.2, rtol=1e-9)


def test_a_schedule_is_integrated_and_not_frozen_at_its_last_value():
    schedule = Linear(start=2.5, end=0.1, duration=2.5)
    sim = sv.Simulation(sv.CBO(sigma=schedule), SPHERE, sv.Swarm(n=50, seed=1))
    sim.advance(50)
    line = lines_of(sim)["001 Thm 3.5"]
    sigma = schedule.at(sim.record["t"][:-1])
    np.testing.assert_allclose(np.log(line.y / line.y[0])[1:], -np.cumsum(2 - sigma**2) * 0.05, rtol=1e-9)
    assert not line.applies and "“2λ > σ²” fails (2λ − σ² = −4.25)" in line.reason, "it failed from the first step on"


@pytest.mark.parametrize("parameters, words", [
    ({"dt": 2.5, "noise": "none"}, "“λΔt < 1” fails"),
    ({"dt": 1.9, "sigma": 0.5}, "“0 < Δt < (2λ − σ²)/λ²” fails"),
    ({"epsilon": 5.0}, "“no drift switch (ε = 0)” fails"),
    ({"boundary": "clip"}, "“no boundary” fails"),
])  # fmt: skip
def test_claims_check_the_time_step_the_switch_and_the_walls(parameters, words):
    sim = sv.Simulation(sv.CBO(**parameters), SPHERE, sv.Swarm(n=50, seed=1))
    sim.advance(10)
    claimed = theory.lines(sim)[0]
    assert not claimed.applies and words in claimed.reason


def test_after_a_change_of_noise_the_mean_still_follows_the_identity():
    """W1 of the audit: V/line was 8.2 ± 1.0 after σ went from 1 to 0.2; the mean over 600 runs is 1 within 4 standard errors."""
    runs, last = 600, np.empty(600)
    for seed in range(runs):
        sim = sv.Simulation(sv.CBO(alpha=10.0, sigma=0.7), SPHERE, sv.Swarm(n=20, d=2, seed=seed))
        sim.advance(8)
        sim.dynamics.sigma = 0.2
        sim.advance(7)
        last[seed] = sim.record["dispersion"][-1] / lines_of(sim)["one-step identity"].y[-1]
    assert abs(last.mean() - 1) < 4 * last.std(ddof=1) / np.sqrt(runs)


def test_two_agents_decay_at_another_almost_sure_rate_than_is_claimed():
    """N = 2, α → 0: λ + σ²/4 for the equation; of the scheme −E log|1 − λΔ + σ√(Δ/2) Z|/Δ. 400 runs of 400 steps."""
    sigma, dt, steps, runs = 1.0, 0.01, 400, 400
    rate = np.empty(runs)
    for seed in range(runs):
        dynamics = sv.CBO(alpha=1e-12, sigma=sigma, dt=dt)
        sim = sv.Simulation(dynamics, SPHERE, sv.Swarm(n=2, d=1, seed=seed), every=steps)
        sim.advance(steps)
        rate[seed] = next(c for c in theory.claims_of(sv.CBO) if c.name == "cbo-almost-sure").measure(LivedRun.of(sim))
    error = rate.std(ddof=1) / np.sqrt(runs)  # about σ/√(2t · runs) = 0.018
    assert abs(rate.mean() - cbo.euler_almost_sure_rate(1.0, sigma / np.sqrt(2), dt)) < 4 * error
    assert cbo.almost_sure_rate(1.0, sigma) - rate.mean() > 8 * error


@pytest.mark.parametrize("sigma, state", [(0.3, "fails"), (1.0, "holds")])
def test_the_almost_sure_claim_needs_a_positive_rate_and_not_a_positive_lambda(sigma, state):
    """λ = −0.1: σ²/2 = 0.045 and 0.5. Fails before: λ > 0 was asked for. The claim about the steps needs the rate of the steps."""
    sim = sv.Simulation(sv.CBO(lam=-0.1, sigma=sigma, dt=0.05), SPHERE, sv.Swarm(n=20, d=2, seed=1))
    sim.advance(3)
    for name, words in (("cbo-almost-sure", "λ + σ²/2 > 0"), ("cbo-almost-sure-step", "E log|1 − λΔt + σ√Δt Z| < 0")):
        held = held_of(sim, name)
        assert held.state == state, held.reason
        assert state == "holds" or f"“{words}” fails" in held.reason
    assert held_of(sim, "cbo-mean-square").state == "fails"


def test_little_noise_makes_a_repelled_swarm_grow_faster_and_more_does_not_yet_stop_it():
    """001 Thm 3.4 at λ = −0.1: the rate of |X − X̄| from step 100 to 300, 300 runs, N = 100, d = 2, Rastrigin, Δt = 0.05, α = 1000. At
    σ = 0.5 it lies more than 8 standard errors below λ, where λ + σ²/2 = 0.025 is claimed; at σ = 1 as many below 0.4."""
    landscape, runs = sv.landscapes.Rastrigin(), 300
    x = sv.Swarm(n=100, d=2).positions_of(landscape, np.arange(runs))
    for sigma, bound in ((0.5, -0.1), (1.0, 0.4)):
        dynamics, logs = sv.CBO(lam=-0.1, sigma=sigma, alpha=1000.0, dt=0.05), []
        states = dynamics.init_many(x, landscape, np.arange(runs))
        for steps in (100, 200):
            states = [state for state, _ in dynamics.advance_many(states, landscape, steps, every=steps)]
            places = dynamics.positions(states)
            logs.append(np.log(((places - places.mean(axis=1, keepdims=True)) ** 2).sum(axis=(1, 2))))
        rate = -(logs[1] - logs[0]) / (2 * 200 * 0.05)
        assert bound - rate.mean() > 8 * rate.std(ddof=1) / np.sqrt(runs), (rate.mean(), bound)


def test_the_laplacian_of_real_weights_has_the_eigenvalues_of_lemma_2_8():
    sim = sv.Simulation(sv.CBO(alpha=3.0), sv.landscapes.Rastrigin(), sv.Swarm(n=60, d=2, seed=1))
    sim.advance(3)
    L = cbo.laplacian(sim.frame.weight)
    np.testing.assert_allclose(L @ sim.frame.x, sim.frame.x - sim.frame.focus, atol=1e-12)
    held = next(a for a in theory.assessments(sim) if a.claim.name == "cbo-laplacian")
    assert held.measured < held.predicted
    broken = np.linalg.eigvals(L + 1e-3 * np.eye(60))
    assert np.abs(np.sort_complex(broken) - np.r_[0.0, np.ones(59)]).max() > held.predicted


def test_the_spectrum_is_taken_of_as_many_agents_as_the_evidence_says():
    claim = claim_of(sv.CBO, "cbo-laplacian")
    assert f"N up to {cbo.SPECTRUM_AGENTS} " in claim.evidence
    for n, seed in ((cbo.SPECTRUM_AGENTS, 1), (cbo.SPECTRUM_AGENTS, 2), (cbo.SPECTRUM_AGENTS + 1, 1)):
        sim = sv.Simulation(sv.CBO(alpha=3.0), sv.landscapes.Rastrigin(), sv.Swarm(n=n, d=2, seed=seed))
        measured = held_of(sim, "cbo-laplacian").measured
        assert measured < 1e-10 if n <= cbo.SPECTRUM_AGENTS else np.isnan(measured)


def test_the_gibbs_law_is_the_target_of_constant_noise_only():
    sim = sv.Simulation(sv.SSA(profile="constant", lam=2.0), SPHERE, sv.Swarm(d=1))
    x = np.array([[0.0], [1.0]])
    density = theory.target(sim).density(x)
    assert density[1] / density[0] == pytest.approx(np.exp(-0.5))
    sim.dynamics.profile = "smooth"
    assert theory.target(sim) is None
