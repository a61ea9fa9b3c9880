"""What is claimed and what is exact for the kinetic BGK swarm: each as a number known in closed form, and against simulation."""

import numpy as np
import pytest
from scipy import stats

import swarmviz as sv
from swarmviz import theory
from swarmviz.theory import bgk
from swarmviz.theory.lived import LivedRun
from tests.theory.held import claim_of, failures, held_of

SPHERE, ACKLEY = sv.landscapes.Sphere(), sv.landscapes.Ackley()
FOUR_SIGMA = 4.0


def line_of(sim, reference):
    return next(line for line in theory.lines(sim) if line.reference == reference)


def planted(n, x, d=1):
    """A swarm on the sphere with one agent in the minimum, which therefore is the consensus point for ever; the others start at ``x``."""
    return sv.Swarm(n=n, d=d, seed=4, initial="points", points=[[0.0] * d] + [[x] * d] * (n - 1))


def followers(dynamics, n, x, steps, seed=4):
    """Positions, relative to where they started, of n agents that follow a consensus point at rest; (steps + 1, n)."""
    dynamics.alpha, dynamics.boundary = 1e15, "none"
    swarm = planted(n + 1, x)
    swarm.seed = seed
    sim = sv.Simulation(dynamics, SPHERE, swarm)
    return np.array([sim.goto(k).x[1:, 0] / x for k in range(steps + 1)])


# ---- ν_j → ∞ ---------------------------------------------------------------------------------------------------------


def test_the_limit_of_frequent_jumps_follows_its_equation_to_first_order_in_the_time_step():
    """003 eq. 2.16: without noise the error of a step Δt at t = 2 halves with Δt; with noise its variance does."""
    error, variance = [], []
    for dt in (0.04, 0.02, 0.01):
        steps = round(2 / dt)
        quiet = followers(sv.BGK(form="limit", sigma=0.0, lam=0.8, dt=dt), 2, 3.0, steps)
        error.append(abs(quiet[-1, 0] - bgk.fluid_position(3.0, 0.0, 0.8, 2.0) / 3.0))
        loud = followers(sv.BGK(form="limit", sigma=0.5, lam=0.8, dt=dt), 4000, 3.0, steps)
        variance.append(loud[-1].var())
        assert abs(loud[-1].mean() - quiet[-1, 0]) < FOUR_SIGMA * loud[-1].std() / np.sqrt(4000)
    np.testing.assert_allclose(np.divide(error[:-1], error[1:]), 2, rtol=0.05)
    np.testing.assert_allclose(np.divide(variance[:-1], variance[1:]), 2, rtol=0.05 + FOUR_SIGMA * np.sqrt(4 / 4000))


@pytest.mark.parametrize("change, word", [
    ({"sigma": 3.0}, "the noise vanishes"),
    ({"noise": "cauchy"}, "noise of variance 1"),
    ({"boundary": "clip"}, "no boundary"),
    ({"sigma_floor": 0.1}, "σ₀ = 0"),
    ({"dt": 0.1}, "Δt small"),
])  # fmt: skip
def test_the_fluid_limit_says_what_it_lacks(change, word):
    quiet = {"form": "limit", "sigma": 0.1, "dt": 0.01, "boundary": "none", "alpha": 1.0}
    sim = sv.Simulation(sv.BGK(**{**quiet, **change}), SPHERE, sv.Swarm(n=500, seed=1))
    sim.advance(3)
    line = line_of(sim, "003 eq. 2.16")
    assert not line.applies and failures(held_of(sim, "bgk-fluid")).startswith(word)
    assert failures(held_of(sim, "bgk-fluid")).count("fails") == 1
    sim = sv.Simulation(sv.BGK(**quiet), SPHERE, sv.Swarm(n=500, seed=1))
    assert held_of(sim, "bgk-fluid").state == "holds"


def test_the_fluid_limit_is_about_a_swarm_of_which_every_agent_jumps():
    sim = sv.Simulation(sv.BGK(), ACKLEY, sv.Swarm(seed=1))
    assert "003 eq. 2.16" not in {line.reference for line in theory.lines(sim)}


def test_the_fluid_limit_bends_with_the_journal():
    """W1: without noise V falls by (1 − λΔt)² per step, with the λ that acted on it; the line lies λ²Δt t above."""
    sim = sv.Simulation(sv.BGK(form="limit", sigma=0.0, dt=0.01, boundary="none"), ACKLEY, sv.Swarm(seed=1))
    sim.advance(50)
    sim.dynamics.lam = 0.2
    sim.advance(50)
    fluid, exact = line_of(sim, "003 eq. 2.16"), line_of(sim, "one-step identity")
    assert fluid.applies and exact.applies and (exact.style, fluid.style) == ("dashed", "dotted")
    np.testing.assert_allclose(sim.record["dispersion"], exact.y, rtol=1e-9)
    np.testing.assert_allclose(-np.diff(np.log(fluid.y)) / 0.01, np.repeat([2.0, 0.4], 50), rtol=1e-9)
    np.testing.assert_allclose(sim.record["dispersion"], fluid.y, rtol=0.01)


def test_where_every_agent_jumps_the_dispersion_over_its_identity_has_mean_one():
    """400 runs of 15 steps, σ moved after 8: within 4 standard errors; without the offset of the consensus it would not be."""
    claim, lived = claim_of(sv.BGK, "bgk-limit-step"), []
    for seed in range(400):
        dynamics = sv.BGK(form="limit", sigma=2.0, alpha=10.0, boundary="none")
        sim = sv.Simulation(dynamics, SPHERE, sv.Swarm(n=20, d=2, seed=seed, initial="box", low=1.0, high=5.0))
        sim.advance(8)
        sim.dynamics.sigma = 0.8
        sim.advance(7)
        lived.append(LivedRun.of(sim))
    assert {theory.claim.assess(claim, run, numbers=False).state for run in lived} == {"holds"}
    ratio = np.array([claim.measure(run) for run in lived])
    error = ratio.std(ddof=1) / np.sqrt(400)
    assert abs(ratio.mean() - 1) < FOUR_SIGMA * error
    plain = np.repeat([0.9**2 + 2.0**2 * 0.1**2, 0.9**2 + 0.8**2 * 0.1**2], (8, 7)).prod()
    growth = np.array([run.record["dispersion"][-1] / run.record["dispersion"][0] for run in lived]) / plain
    assert growth.mean() - 1 > 8 * growth.std(ddof=1) / np.sqrt(400)


# ---- ε → 0 -----------------------------------------------------------------------------------------------------------


def test_flights_diffuse_as_the_cbo_that_the_formula_names():
    """Without drift, while nobody has gone far: the variance of a position grows by σ_c² t, whatever the jump probability."""
    n, steps = 4000, 2000
    for rate, epsilon in ((1.0, 1.0), (1.0, 0.25), (1.0, 0.1)):
        dynamics = sv.BGK(lam=0.0, sigma=1e-3 * epsilon, jump_rate=rate, epsilon=epsilon)
        p, _, _, shake = dynamics.coefficients(dynamics.sigma)
        moved = followers(dynamics, n, 1.0, steps)[[steps // 2, -1]].var(axis=1)
        growth = (moved[1] - moved[0]) / (0.1 * steps / 2)  # the start from rest drops out
        claimed = bgk.diffusion_sigma(shake, p, dynamics.dt) ** 2
        assert abs(growth / claimed - 1) < FOUR_SIGMA * np.sqrt(6 / n)  # s.e. of a difference of correlated variances
        if epsilon == 1.0:
            assert claimed == pytest.approx(2 * 1e-3**2, rel=0.01)  # Δt → 0: σ√(2/ν_j), not σ as in 003 eq. 2.13
            assert abs(growth / 1e-3**2 - 1) > 0.5


def test_with_the_scaling_of_the_paper_the_mean_square_tends_to_that_of_cbo():
    """003 eq. 5.3: σ_c → σ̃ and M's growth → (1 − λΔt)² + σ̃²Δt, the factor of a CBO step."""
    rates = []
    for epsilon in (1.0, 0.5, 0.25, 0.1, 0.05):
        coefficients = sv.BGK(sigma=0.9, epsilon=epsilon, cbo_scaling=True).coefficients(0.9)
        rates.append(bgk.mean_square_rate(coefficients, 0.1))
    cbo = -np.log((1 - 0.1) ** 2 + 0.9**2 * 0.1) / 0.1
    gap = np.abs(np.subtract(rates, cbo))
    assert (np.diff(gap) < 0).all() and gap[-1] < 1e-8
    p, _, _, shake = coefficients
    assert bgk.diffusion_sigma(shake, p, 0.1) == pytest.approx(0.9)


FROM_AFAR = {"n": 50, "d": 2, "initial": "box", "low": 1.0, "high": 5.0}
NEAR_THE_LIMIT = {"epsilon": 0.02, "cbo_scaling": True, "sigma": 0.7, "dt": 0.01, "alpha": 10.0, "boundary": "none"}


@pytest.mark.parametrize("change, word", [
    ({"epsilon": 1.0}, "ε small"),
    ({"noise": "cauchy"}, "Gaussian noise"),
    ({"noise": "uniform"}, "Gaussian noise"),
    ({"boundary": "clip"}, "no boundary"),
    ({"sigma_floor": 0.1}, "σ₀ = 0"),
    ({"dt": 0.5}, "N large, Δt small"),
])  # fmt: skip
def test_the_cbo_limit_says_what_it_lacks(change, word):
    sim = sv.Simulation(sv.BGK(**{**NEAR_THE_LIMIT, **change}), SPHERE, sv.Swarm(seed=1, **FROM_AFAR))
    sim.advance(3)
    line = line_of(sim, "003 eq. 2.13")
    assert not line.applies and word in failures(held_of(sim, "bgk-cbo-limit"))
    sim = sv.Simulation(sv.BGK(**NEAR_THE_LIMIT), SPHERE, sv.Swarm(seed=1, **FROM_AFAR))
    sim.advance(3)
    assert line_of(sim, "003 eq. 2.13").applies and held_of(sim, "bgk-cbo-limit").state == "holds"


def test_without_their_scaling_the_flights_are_not_the_cbo_that_is_printed():
    """003 takes half the variance for its Maxwellian: σ_c = σ√2 at ν_j = 1, so that the exponents differ."""
    options = {**NEAR_THE_LIMIT, "epsilon": 0.2, "cbo_scaling": False, "dt": 4e-4}
    sim = sv.Simulation(sv.BGK(**options), SPHERE, sv.Swarm(seed=1, **FROM_AFAR))
    sim.advance(500)
    held = held_of(sim, "bgk-cbo-limit")
    assert "the noise of the flights that of the equation fails (the exponents differ by" in failures(held)
    assert "σ√(2/ν_j)" in held.claim.remark


def test_the_cbo_limit_is_about_a_consensus_that_is_not_the_mean():
    """W9 of the audit: from [1, 5]² the line with the rate 2λ − σ² was exceeded; with N|X̄ − ν|² the mean over 400 runs is 1."""
    lived = []
    for seed in range(400):
        sim = sv.Simulation(sv.BGK(**NEAR_THE_LIMIT), SPHERE, sv.Swarm(seed=seed, **FROM_AFAR))
        sim.advance(15)
        lived.append(LivedRun.of(sim))
    claim = claim_of(sv.BGK, "bgk-cbo-limit")
    verdict = theory.judge(claim, lived)
    assert {theory.claim.assess(claim, run, numbers=False).state for run in lived} == {"holds"}
    assert verdict.outcome == "agrees", verdict
    assert theory.judge(claim_of(sv.BGK, "bgk-flights"), lived).outcome == "agrees"
    before = np.array([run.record["dispersion"][-1] / run.record["dispersion"][0] for run in lived])
    before /= np.exp(-(2 - 0.7**2) * 0.15)
    assert before.mean() - 1 > 8 * before.std(ddof=1) / np.sqrt(400)


# ---- second moments --------------------------------------------------------------------------------------------------


def second_moments(coefficients, dt, steps):
    """E x² after 0, 1, … steps per E x² at the first, from rest."""
    M, moments = bgk.moment_matrix(coefficients, dt), [np.array([1.0, 0, 0])]
    for _ in range(steps):
        moments.append(M @ moments[-1])
    return np.array(moments)[:, 0]


@pytest.mark.parametrize(
    "options",
    [
        {"sigma": 0.5},
        {"sigma": 0.4, "jump_rate": 5.0, "noise": "uniform", "lam": 2.0},
        {"sigma": 1.0, "epsilon": 0.3, "cbo_scaling": True},
        {"sigma": 0.7, "form": "limit"},
        {"sigma": 0.5, "form": "inertial", "lam": 3.0},
    ],
    ids=lambda options: "-".join(options),
)
def test_the_mean_square_about_a_resting_consensus_is_the_one_of_the_matrix(options):
    dynamics, n, steps = sv.BGK(**options), 40_000, 15
    x = followers(dynamics, n, 3.0, steps)
    expected = second_moments(dynamics.coefficients(dynamics.sigma), dynamics.dt, steps)
    error = (x**2).std(axis=1, ddof=1) / np.sqrt(n)
    z = np.abs((x**2).mean(axis=1) - expected)[2:] / error[2:]
    assert (z < stats.norm.isf(stats.norm.sf(FOUR_SIGMA) / steps)).all(), z
    wrong = second_moments(dynamics.coefficients(1.3 * dynamics.sigma), dynamics.dt, steps)
    assert (np.abs((x**2).mean(axis=1) - wrong)[2:] / error[2:]).max() > FOUR_SIGMA  # negative control


def test_at_the_parameters_of_the_paper_the_mean_square_grows_although_the_swarm_gathers():
    """003 §5 without walls: E x² grows at 0.305 per unit of time, while almost every agent comes nearer."""
    dynamics = sv.BGK()
    assert bgk.mean_square_rate(dynamics.coefficients(0.75), 0.1) == pytest.approx(-0.305, abs=5e-4)
    x = followers(dynamics, 2000, 3.0, 400)
    assert np.median(np.abs(x[-1])) < 1e-2


def test_around_a_resting_consensus_the_dispersion_is_in_mean_the_dashed_line():
    """What is drawn is V about the mean, not about ν: 400 runs of 30 agents; σ, λ and the form are moved on the way."""
    claim, lived = claim_of(sv.BGK, "bgk-second-moments"), []
    for seed in range(400):
        swarm = sv.Swarm(n=30, d=2, seed=seed, initial="points", points=[[0, 0], [3, 3], [2, 4], [3, 1]])
        sim = sv.Simulation(sv.BGK(sigma=0.4, alpha=1e15, boundary="none", jump_rate=5.0), SPHERE, swarm)
        sim.advance(5)
        sim.dynamics.sigma, sim.dynamics.lam = 0.8, 2.0
        sim.advance(4)
        sim.dynamics.form = "inertial"
        sim.advance(3)
        lived.append(LivedRun.of(sim))
    assert {theory.claim.assess(claim, run, numbers=False).state for run in lived} == {"holds"}
    verdict = theory.judge(claim, lived)
    assert verdict.outcome == "agrees", verdict
    run = lived[0]
    square = bgk.moments_along(run, lambda s: bgk._matrices(s, bgk.moment_matrix), np.array([1.0, 0, 0]))[-1, 0]
    error = (verdict.high - verdict.low) / (2 * 1.96)
    assert abs(verdict.measured - square) > 8 * error, (
        "the mean square about ν, which was drawn before, is another number"
    )


@pytest.mark.parametrize("form", ["jumps", "inertial"])
def test_a_start_in_motion_is_in_the_dashed_line(form):
    """Maxwellian velocities, of which the agent that is ν has none: V/V₀ of 400 runs after 8 steps agrees, and not from rest."""
    claim, lived = claim_of(sv.BGK, "bgk-second-moments"), []
    options = {"sigma": 0.8, "alpha": 1e15, "boundary": "none", "form": form, "initial_velocity": "maxwellian"}
    for seed in range(400):
        swarm = sv.Swarm(n=30, d=2, seed=seed, initial="points", points=[[0, 0], [3, 3], [2, 4], [3, 1]])
        sim = sv.Simulation(sv.BGK(**options), SPHERE, swarm)
        sim.advance(8)
        lived.append(LivedRun.of(sim))
    assert {theory.claim.assess(claim, run, numbers=False).state for run in lived} == {"holds"}
    verdict = theory.judge(claim, lived)
    assert verdict.outcome == "agrees", verdict
    resting = sv.Simulation(sv.BGK(**options | {"initial_velocity": "zero"}), SPHERE, swarm)
    resting.advance(8)
    error = (verdict.high - verdict.low) / (2 * 1.96)
    assert abs(claim.predict(LivedRun.of(resting)) - verdict.measured) > 8 * error


@pytest.mark.parametrize("options", [
    {"initial_velocity": "gaussian"},
    {"initial_velocity": "maxwellian", "noise": "student"},
    {"initial_velocity": "maxwellian", "sigma_floor": 0.1},
])  # fmt: skip
def test_a_start_of_other_moments_is_not_in_the_dashed_line(options):
    sim = sv.Simulation(sv.BGK(boundary="none", **options), SPHERE, sv.Swarm(seed=1))
    assert "velocities start from 0, or as after a jump" in failures(held_of(sim, "bgk-second-moments"))


def test_the_dashed_line_is_the_matrix_applied_step_by_step():
    sim = sv.Simulation(sv.BGK(sigma=0.4), ACKLEY, sv.Swarm(seed=1, n=40), every=3)
    sim.advance(12)
    sim.dynamics.sigma = 0.9
    sim.advance(18)
    line = line_of(sim, "second moments")
    V, offset = sim.record["dispersion"][0], sim.record["consensus_offset"][0]
    assert line.style == "dashed" and line.y[0] == pytest.approx(V)
    moments, mean = np.array([1.0, 0, 0]), np.array([1.0, 0])
    for k in range(30):
        told = sim.dynamics.coefficients(0.4 if k < 12 else 0.9)
        moments, mean = bgk.moment_matrix(told, 0.1) @ moments, bgk.mean_matrix(told, 0.1) @ mean
        if k % 3 == 2:
            S = V + 40 * offset
            expected = moments[0] * S * (1 - 1 / 40) + mean[0] ** 2 * (S / 40 - 40 * offset)
            assert line.y[(k + 1) // 3] == pytest.approx(expected, rel=1e-9)


def test_the_dashed_line_says_what_it_lacks():
    for options, word in (
        ({"sigma_floor": 0.1}, "σ₀ = 0"),
        ({"noise": "student"}, "noise of variance 1"),
        ({}, "ν rests"),
    ):
        sim = sv.Simulation(sv.BGK(boundary="none", **options), ACKLEY, sv.Swarm(seed=1))
        sim.advance(5)
        line = line_of(sim, "second moments")
        assert not line.applies and f"{word} fails" in failures(held_of(sim, "bgk-second-moments"))


def test_the_lines_of_every_form_can_be_drawn():
    for form in ("jumps", "limit", "inertial"):
        sim = sv.Simulation(sv.BGK(form=form, sigma=5.0), ACKLEY, sv.Swarm(seed=1))
        sim.advance(2000)
        for line in theory.lines(sim):
            assert line.k.shape == line.y.shape and line.reason and line.observable in sim.record


# ---- the law of a jump -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        {"form": "jumps", "sigma_floor": 0.1},
        {"form": "jumps", "epsilon": 0.5, "rescaled": False, "sigma_floor": 0.1},
        {"form": "limit", "noise": "uniform", "sigma_floor": 0.1},
        {"form": "jumps", "sigma_floor": 0.1, "sigma": sv.schedules.Linear(start=0.2, end=2.0, duration=1.0)},
    ],
)
def test_velocities_of_agents_that_jump_follow_the_maxwellian_of_the_step_before(settings):
    n, d = 4000, 2
    sim = sv.Simulation(sv.BGK(**settings), sv.landscapes.Rastrigin(), sv.Swarm(n=n, d=d, seed=8))
    sim.advance(4)
    law, x = theory.velocity_law(sim), sim.frame.x.copy()
    frame = sim.advance(1)
    jumped = frame.role == 1
    xi = ((frame.v - law.centre(x)) / law.spread(x))[jumped].ravel()
    known = stats.norm if settings.get("noise") != "uniform" else stats.uniform(-np.sqrt(3), 2 * np.sqrt(3))
    assert law.applies and jumped.sum() > 300
    assert stats.kstest(xi, known.cdf).pvalue > 1e-4


def test_a_velocity_that_only_changes_has_no_law_and_a_noise_without_variance_no_deviation():
    swarm = sv.Swarm(n=10, d=1)
    assert theory.velocity_law(sv.Simulation(sv.BGK(form="inertial"), SPHERE, swarm)) is None
    assert theory.velocity_law(sv.Simulation(sv.PSO(), SPHERE, swarm)) is None
    law = theory.velocity_law(sv.Simulation(sv.BGK(noise="cauchy"), SPHERE, swarm))
    assert not law.applies and "no variance" in law.reason and "scale" in law.title
