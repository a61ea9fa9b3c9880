"""What is claimed and what is exact for the kinetic BGK swarm: each as a number known in closed form, and against simulation."""

import numpy as np
import pytest
from scipy import stats

import swarmviz as sv
from swarmviz import theory
from swarmviz.kernels.blocks import from_blocks, to_blocks
from swarmviz.theory import bgk

SPHERE, ACKLEY = sv.landscapes.Sphere(), sv.landscapes.Ackley()
FOUR_SIGMA = 4.0
PROMISED = {"lam": 1.0, "sigma": 0.01, "sigma_floor": 1e-6, "jump_rate": 10.0, "gamma": 2.5, "dt": 0.05}


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


# ---- Theorem 4.1 -----------------------------------------------------------------------------------------------------


def test_the_constants_are_those_of_proposition_43_with_its_factor_of_two():
    A, B = bgk.decay_constants(lam=1.0, sigma=0.01, jump_rate=10.0, gamma=2.5, d=4)
    assert A == pytest.approx(min(1 - 1 / 2.5 - 2 * 10 * 0.02 / 2.5, 5 - 2.5 - 1)) and B == pytest.approx(20 * 1.02)
    assert bgk.decay_constants(1.0, 0.0, 4.0, 10.0, 1)[0] == 4 / 2 - 10 - 1
    assert bgk.decay_bound(2.0, 0.5, 4.0) == pytest.approx(2.0 / np.e)


def test_the_interval_that_the_paper_prints_for_gamma_does_not_make_the_rate_positive():
    """003 prints γ ≤ ν_j − 2λ, but A₂ = ν_j/2 − γ − λ > 0 takes γ < ν_j/2 − λ; its lower end is sufficient."""
    lam, sigma, rate, d = 1.0, 0.01, 10.0, 1
    low, high = 4 * rate * sigma * np.sqrt(d) / lam + 2 * lam, rate - 2 * lam
    assert low < high and bgk.decay_constants(lam, sigma, rate, high, d)[0] < 0
    assert bgk.decay_constants(lam, sigma, rate, low, d)[0] >= lam / 2 - 1e-12


@pytest.mark.parametrize(
    "change, word",
    [
        ({"sigma_floor": 0.0}, "σ₀ > 0"),
        ({"jump_rate": 1.0}, "no decay is promised"),
        ({"sigma": 0.75}, "no decay is promised"),
        ({"dt": 0.5}, "Δt is too large"),
        ({"noise": "cauchy"}, "Gaussian noise only"),
        ({"form": "limit"}, "jump now and then"),
        ({"boundary": "reflect"}, "projection"),
    ],
)
def test_the_line_of_theorem_41_says_in_words_which_hypothesis_fails(change, word):
    sim = sv.Simulation(sv.BGK(**{**PROMISED, **change}), ACKLEY, sv.Swarm(d=2, seed=1))
    sim.advance(5)
    line = theory.lines(sim)[0]
    assert (line.observable, line.style, line.applies) == ("functional", "dotted", False) and word in line.reason
    assert line.y.shape == line.k.shape == (6,)
    sim = sv.Simulation(sv.BGK(**PROMISED), sv.landscapes.Himmelblau(), sv.Swarm(d=2, seed=1))
    assert not theory.lines(sim)[0].applies and "one known global minimiser" in theory.lines(sim)[0].reason


@pytest.mark.parametrize("landscape", [SPHERE, ACKLEY], ids=lambda landscape: landscape.title)
def test_where_theorem_41_applies_the_functional_stays_below_its_bound(landscape):
    """Down to the accuracy 2Bσ₀/A that σ₀ allows, for N and α large."""
    sim = sv.Simulation(sv.BGK(**PROMISED, alpha=1e6), landscape, sv.Swarm(n=3000, d=2, seed=1))
    sim.advance(400)
    line, H = theory.lines(sim)[0], sim.record["functional"]
    A, B = bgk.decay_constants(1.0, 0.01, 10.0, 2.5, 2)
    reached = np.argmax(H < 2 * B * 1e-6 / A) or len(H)
    assert line.applies and "A = 0.487 > 0 holds" in line.reason
    assert (H[:reached] <= line.y[:reached]).all() and H[-1] < 1e-2 * H[0]
    np.testing.assert_allclose(line.y, bgk.decay_bound(H[0], A, sim.record["t"]))


def test_where_nothing_is_promised_the_same_bound_is_broken():
    """Negative control: the parameters of 003 §5 with the rate of the promised case."""
    sim = sv.Simulation(sv.BGK(alpha=1e6, gamma=2.5), ACKLEY, sv.Swarm(n=3000, d=2, seed=1))
    sim.advance(100)
    A, _ = bgk.decay_constants(1.0, 0.01, 10.0, 2.5, 2)
    H = sim.record["functional"]
    assert (H > bgk.decay_bound(H[0], A, sim.record["t"])).any()


def one_step(v_scale, runs=300, **options):
    """𝒳, 𝒱 and |ν − x*| of a swarm of 50 in the midst of a run, and H after one more step under many seeds."""
    dynamics = sv.BGK(rescaled=False, alpha=5.0, gamma=0.7, lam=1.0, dt=0.2, **options)
    sim = sv.Simulation(dynamics, SPHERE, sv.Swarm(n=50, d=3, seed=1))
    sim.advance(12)
    state = sim._state._replace(v=sim._state.v + v_scale * to_blocks(np.ones((50, 3))))
    x, v, nu = from_blocks(state.x, 50, 3), from_blocks(state.v, 50, 3), state.consensus
    X, V, offset = np.linalg.norm(x, axis=1).mean(), np.linalg.norm(v + x, axis=1).mean(), np.linalg.norm(nu)
    after = [dynamics.advance(state._replace(seed=s), SPHERE, 1)[1]["functional"][0] for s in range(runs)]
    return X, V, offset, np.array(after)


@pytest.mark.parametrize("v_scale", [0.0, 3.0])
@pytest.mark.parametrize(
    "options", [{"sigma": 0.5}, {"sigma": 0.3, "sigma_floor": 0.5, "noise": "uniform", "jump_rate": 4.0}]
)
def test_one_step_of_any_swarm_keeps_the_mean_functional_below_the_one_step_bound(v_scale, options):
    X, V, offset, after = one_step(v_scale, **options)
    p = 1 - np.exp(-options.get("jump_rate", 1.0) * 0.2)
    bound = bgk.expected_functional_bound(
        X, V, offset, 1.0, options["sigma"], options.get("sigma_floor", 0.0), p, 0.7, 3, 0.2
    )
    error = after.std(ddof=1) / np.sqrt(len(after))
    assert after.mean() < bound + FOUR_SIGMA * error
    assert bound < 2.5 * after.mean()  # it says something


def test_the_one_step_bound_knows_that_the_consensus_may_be_away_from_the_minimiser():
    """A swarm that rests in one point y stays there, with H = (γ + λ)|y|."""
    dynamics = sv.BGK(rescaled=False, jump_rate=10.0, dt=0.2, sigma=0.3, gamma=0.7)
    state = dynamics.init(np.full((10, 1), 3.0), SPHERE, 1)
    H = dynamics.advance(state, SPHERE, 1)[1]["functional"][0]
    told = (1.0, 0.3, 0.0, 1 - np.exp(-2.0), 0.7, 1, 0.2)
    assert H == pytest.approx(1.7 * 3.0)
    assert H < bgk.expected_functional_bound(3.0, 3.0, 3.0, *told)
    assert H > bgk.expected_functional_bound(3.0, 3.0, 0.0, *told)  # negative control


def test_with_the_two_probabilities_swapped_as_in_the_papers_proof_the_bound_fails():
    """Negative control: fast agents that hardly ever jump stay fast."""
    X, V, offset, after = one_step(3.0, sigma=0.5, jump_rate=0.2)
    p = 1 - np.exp(-0.2 * 0.2)
    told = (1.0, 0.5, 0.0, p, 0.7, 3, 0.2)
    swapped = (1.0, 0.5, 0.0, 1 - p, 0.7, 3, 0.2)
    assert (
        bgk.expected_functional_bound(X, V, offset, *swapped)
        < after.mean()
        < bgk.expected_functional_bound(X, V, offset, *told)
    )


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


def test_the_fluid_limit_is_drawn_as_a_claim_where_every_agent_jumps_and_the_noise_is_small():
    assert bgk.fluid_applies("limit", 1.0, 0.3, 0.1, "gaussian")[0]
    for arguments, word in (
        (("limit", 1.0, 3.0, 0.1, "gaussian"), "not small"),
        (("jumps", 0.1, 0.3, 0.1, "gaussian"), "0.1 jumps"),
        (("inertial", 1.0, 0.3, 0.1, "gaussian"), "limit of ever more frequent jumps"),
        (("limit", 1.0, 0.3, 0.1, "cauchy"), "variance"),
    ):
        holds, reason = bgk.fluid_applies(*arguments)
        assert not holds and word in reason
    sim = sv.Simulation(sv.BGK(form="limit", sigma=0.0, dt=0.01, boundary="none"), ACKLEY, sv.Swarm(seed=1))
    sim.advance(50)
    fluid = theory.lines(sim)[1]
    assert fluid.applies and fluid.reference == "003 eq. 2.16"
    np.testing.assert_allclose(sim.record["dispersion"], fluid.y, rtol=0.01)  # λ²Δt t = 0.005


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


def test_the_cbo_limit_is_drawn_as_a_claim_where_velocities_are_soon_forgotten():
    swarm = sv.Swarm(n=50, d=2, seed=1)
    for options, holds, word in (
        ({"epsilon": 0.1, "cbo_scaling": True, "sigma": 1.0}, True, "2λ > σ_c² holds"),
        ({"epsilon": 0.1, "cbo_scaling": True, "sigma": 2.0}, False, "does not hold"),
        ({"epsilon": 1.0, "cbo_scaling": True, "sigma": 1.0}, False, "ε is not small"),
        ({"epsilon": 0.1, "noise": "cauchy"}, False, "variance"),
        ({"jump_rate": 0.0}, False, "ε is not small"),
    ):
        sim = sv.Simulation(sv.BGK(**options), ACKLEY, swarm)
        sim.advance(3)
        line = theory.lines(sim)[1]
        assert line.reference == "003 eq. 2.13" and line.applies is holds and word in line.reason, options


# ---- second moments --------------------------------------------------------------------------------------------------


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
    expected = bgk._second_moments(dynamics.coefficients(dynamics.sigma), dynamics.dt, np.arange(steps + 1))
    error = (x**2).std(axis=1, ddof=1) / np.sqrt(n)
    z = np.abs((x**2).mean(axis=1) - expected)[2:] / error[2:]
    assert (z < stats.norm.isf(stats.norm.sf(FOUR_SIGMA) / steps)).all(), z
    wrong = bgk._second_moments(dynamics.coefficients(1.3 * dynamics.sigma), dynamics.dt, np.arange(steps + 1))
    assert (np.abs((x**2).mean(axis=1) - wrong)[2:] / error[2:]).max() > FOUR_SIGMA  # negative control


def test_at_the_parameters_of_the_paper_the_mean_square_grows_although_the_swarm_gathers():
    """003 §5 without walls: E x² grows at 0.305 per unit of time, while almost every agent comes nearer."""
    dynamics = sv.BGK()
    assert bgk.mean_square_rate(dynamics.coefficients(0.75), 0.1) == pytest.approx(-0.305, abs=5e-4)
    x = followers(dynamics, 2000, 3.0, 400)
    assert np.median(np.abs(x[-1])) < 1e-2


def test_the_dashed_line_is_the_matrix_applied_step_by_step():
    sim = sv.Simulation(sv.BGK(sigma=0.4), ACKLEY, sv.Swarm(seed=1), every=3)
    sim.advance(30)
    line = theory.lines(sim)[-1]
    assert line.style == "dashed" and line.applies and line.y[0] == sim.record["dispersion"][0]
    M, moments = bgk.moment_matrix(sim.dynamics.coefficients(0.4), 0.1), np.array([1.0, 0, 0])
    for i in range(1, 11):
        moments = M @ M @ M @ moments
        assert line.y[i] == pytest.approx(line.y[0] * moments[0], rel=1e-10)
    sim.dynamics.sigma_floor = 0.1
    assert not theory.lines(sim)[-1].applies


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
