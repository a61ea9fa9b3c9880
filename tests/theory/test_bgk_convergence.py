"""What 003 §3 and §4 claim of the kinetic BGK swarm: each number from its formula, each bound against simulation."""

import numpy as np
import pytest
from scipy import stats

import swarmviz as sv
from swarmviz import theory
from swarmviz.kernels.blocks import from_blocks, to_blocks
from swarmviz.theory import bgk_convergence, conditions
from swarmviz.theory.lived import LivedRun
from tests.theory.held import claim_of, failures, held_of

SPHERE, ACKLEY, RASTRIGIN = sv.landscapes.Sphere(), sv.landscapes.Ackley(), sv.landscapes.Rastrigin()
FOUR_SIGMA = 4.0
PROMISED = {"lam": 1.0, "sigma": 0.01, "sigma_floor": 1e-6, "jump_rate": 10.0, "gamma": 2.5, "dt": 0.05}


# ---- Theorem 4.1 ----------------------------------------------------------------------------------------------------------------


def test_the_constants_are_those_of_proposition_43_with_its_factor_of_two():
    A, B = bgk_convergence.decay_constants(lam=1.0, sigma=0.01, jump_rate=10.0, gamma=2.5, d=4)
    assert A == pytest.approx(min(1 - 1 / 2.5 - 2 * 10 * 0.02 / 2.5, 5 - 2.5 - 1)) and B == pytest.approx(20 * 1.02)
    assert bgk_convergence.decay_constants(1.0, 0.0, 4.0, 10.0, 1)[0] == 4 / 2 - 10 - 1
    assert bgk_convergence.decay_bound(2.0, 0.5, 4.0) == pytest.approx(2.0 / np.e)


def test_the_interval_that_the_paper_prints_for_gamma_does_not_make_the_rate_positive():
    """003 prints γ ≤ ν_j − 2λ, but A₂ = ν_j/2 − γ − λ > 0 takes γ < ν_j/2 − λ; its lower end is sufficient."""
    lam, sigma, rate, d = 1.0, 0.01, 10.0, 1
    low, high = 4 * rate * sigma * np.sqrt(d) / lam + 2 * lam, rate - 2 * lam
    assert low < high and bgk_convergence.decay_constants(lam, sigma, rate, high, d)[0] < 0
    assert bgk_convergence.decay_constants(lam, sigma, rate, low, d)[0] >= lam / 2 - 1e-12


@pytest.mark.parametrize(
    "change, word",
    [
        ({"sigma_floor": 0.0}, "σ₀ > 0 fails (σ₀ = 0)"),
        ({"jump_rate": 1.0}, "A > 0 (frequent jumps with little noise) fails (A = −3)"),
        ({"sigma": 0.75}, "A > 0 (frequent jumps with little noise) fails"),
        ({"dt": 0.5}, "Δt(γ + λ) ≤ 1 fails"),
        ({"dt": 0.2}, "e^(−ν_jΔt) ≤ 1 − ν_jΔt/2 fails"),
        ({"noise": "cauchy"}, "Gaussian noise fails"),
        ({"form": "limit"}, "jump now and then fails"),
        ({"boundary": "reflect"}, "projection onto the box D, which is compact and convex fails"),
        ({"batch": 10}, "all agents form ν fails (M = 10: so many of the N = 100 agents form it"),
        ({"stall_steps": 1, "stall_tolerance": 1.0}, "no stall stop fails since step"),
    ],
)
def test_the_line_of_theorem_41_says_in_words_which_hypothesis_fails(change, word):
    sim = sv.Simulation(sv.BGK(**{**PROMISED, **change}), ACKLEY, sv.Swarm(d=2, seed=1))
    sim.advance(5)
    line = theory.lines(sim)[0]
    assert (line.observable, line.style, line.applies) == ("functional", "dotted", False)
    assert word in failures(held_of(sim, "bgk-decay")) and "fails" in line.reason
    assert line.y.shape == line.k.shape == (6,)


@pytest.mark.parametrize(
    "landscape, word",
    [
        (sv.landscapes.Himmelblau(), "one global minimiser fails (4 known global minimisers)"),
        (sv.landscapes.DiscontinuousIntegrand(), "F continuous fails"),
    ],
)
def test_the_line_of_theorem_41_says_what_is_wrong_with_the_landscape(landscape, word):
    sim = sv.Simulation(sv.BGK(**PROMISED), landscape, sv.Swarm(d=2, seed=1))
    assert not theory.lines(sim)[0].applies and word in failures(held_of(sim, "bgk-decay"))


@pytest.mark.parametrize("landscape", [SPHERE, ACKLEY], ids=lambda landscape: landscape.title)
def test_where_theorem_41_applies_the_functional_stays_below_its_bound(landscape):
    """Down to the accuracy 2Bσ₀/A that σ₀ allows, which is reached before T*."""
    sim = sv.Simulation(sv.BGK(**PROMISED, alpha=1e6), landscape, sv.Swarm(n=3000, d=2, seed=1))
    sim.advance(400)
    line, held, H = theory.lines(sim)[0], held_of(sim, "bgk-decay"), sim.record["functional"]
    A, B = bgk_convergence.decay_constants(1.0, 0.01, 10.0, 2.5, 2)
    assert line.applies and held.state == "open", "no number of agents and no α is known to be large enough"
    assert "not checked: velocities start everywhere in ℝᵈ" in line.reason and "N large, α large" in line.reason
    assert (
        held.measured == 1.0 and (H <= line.y)[: np.argmax(H < 2 * B * 1e-6 / A) or None].all() and H[-1] < 1e-2 * H[0]
    )
    np.testing.assert_allclose(line.y, bgk_convergence.decay_bound(H[0], A, sim.record["t"]))
    arrival, epsilon = held_of(sim, "bgk-time"), 2 * B * 1e-6 / A
    assert arrival.predicted == pytest.approx(2 / A * np.log(2 * H[0] / epsilon))
    assert f"T* = {arrival.predicted:.3g}" in line.title
    if (H <= epsilon).any():
        assert (
            arrival.measured == pytest.approx(sim.record["t"][np.argmax(H <= epsilon)])
            and arrival.measured < arrival.predicted
        )
    else:
        assert np.isnan(arrival.measured), "T* has not passed"


# ---- the faults of the line: each failed before ---------------------------------------------------------------------------------


def test_the_bound_is_not_said_to_hold_for_a_swarm_that_does_not_start_everywhere():
    """W2 of the audit: from [2, 5]² on Rastrigin H exceeds the bound 74-fold, and the line said that it applies."""
    ratio, states = {}, {}
    for start in ({"initial": "uniform"}, {"initial": "box", "low": 2.0, "high": 5.0}):
        sim = sv.Simulation(sv.BGK(**PROMISED, alpha=1e6), RASTRIGIN, sv.Swarm(n=3000, seed=1, **start))
        sim.advance(400)
        held = held_of(sim, "bgk-decay")
        ratio[start["initial"]], states[start["initial"]] = held.measured, held.state
    assert ratio["uniform"] == 1.0 and ratio["box"] > 50
    assert states == {"uniform": "open", "box": "fails"}
    assert (
        "“positions start everywhere in the box D, and only there” fails (uniform on [2, 5], D = [−5.12, 5.12])"
        in held.reason
    )


@pytest.mark.parametrize(
    "start, state",
    [
        ({"initial": "box", "low": -5.12, "high": 5.12}, "holds"),
        ({"initial": "box", "low": [-5.12, -6.0], "high": 5.12}, "fails"),
        ({"initial": "gaussian"}, "fails"),
        ({"initial": "away"}, "fails"),
        ({"initial": "points", "points": [[1.0, 1.0]]}, "fails"),
    ],
)
def test_which_starts_have_the_whole_box_as_their_support(start, state):
    sim = sv.Simulation(sv.BGK(), RASTRIGIN, sv.Swarm(n=10, d=2, **start))
    assert conditions.starts_everywhere().check(LivedRun.of(sim)).state == state


def test_velocities_from_zero_are_not_the_start_that_the_theorem_prints():
    sim = sv.Simulation(sv.BGK(**PROMISED), RASTRIGIN, sv.Swarm(n=10, d=2))
    held = held_of(sim, "bgk-decay")
    words = [hypothesis.words for hypothesis in held.claim.hypotheses]
    finding = held.findings[words.index("velocities start everywhere in ℝᵈ (supp f₀ = D × ℝᵈ)")]
    assert finding.state == "open" and finding.detail.startswith("V₀ = 0; the proof takes only")


@pytest.mark.parametrize(
    "start, state",
    [
        ({}, "open"),
        ({"initial_velocity": "gaussian", "velocity_spread": 1.0}, "holds"),
        ({"initial_velocity": "gaussian", "velocity_spread": 0.0}, "open"),
        ({"initial_velocity": "maxwellian"}, "holds"),
        ({"initial_velocity": "maxwellian", "sigma_floor": 0.0}, "fails"),
        ({"initial_velocity": "maxwellian", "sigma": 0.0}, "fails"),
        ({"initial_velocity": "maxwellian", "noise": "uniform"}, "fails"),
    ],
)
def test_which_starts_have_all_velocities_as_their_support(start, state):
    """Of the run as it began: what is chosen later counts from the next start on."""
    sim = sv.Simulation(sv.BGK(**{**PROMISED, **start}), RASTRIGIN, sv.Swarm(n=10, d=2, seed=1))
    sim.advance(1)
    for change in ({}, {"initial_velocity": "gaussian", "velocity_spread": 3.0}, {"initial_velocity": "zero"}):
        for name, value in change.items():
            setattr(sim.dynamics, name, value)
        sim.advance(1)
        held = held_of(sim, "bgk-decay")
        words = [hypothesis.words for hypothesis in held.claim.hypotheses]
        assert held.findings[words.index("velocities start everywhere in ℝᵈ (supp f₀ = D × ℝᵈ)")].state == state
        at_rest = conditions.starts_at_rest().check(LivedRun.of(sim)).state
        assert at_rest == ("holds" if state == "open" else "fails")


def test_the_bound_bends_with_the_journal_and_fails_when_the_functional_becomes_another():
    """W1: it took the present parameters for the whole past."""
    sim = sv.Simulation(sv.BGK(**PROMISED, alpha=1e6), SPHERE, sv.Swarm(n=500, d=2, seed=1))
    sim.advance(40)
    sim.dynamics.jump_rate, sim.dynamics.sigma = 20.0, 0.002
    sim.advance(20)
    line = theory.lines(sim)[0]
    rates = [bgk_convergence.decay_constants(1.0, *pair, 2.5, 2)[0] / 2 for pair in ((0.01, 10.0), (0.002, 20.0))]
    np.testing.assert_allclose(-np.diff(np.log(line.y)) / 0.05, np.repeat(rates, (40, 20)), rtol=1e-9)
    assert line.applies
    sim.dynamics.gamma = 3.0
    sim.advance(1)
    line = theory.lines(sim)[0]
    assert not line.applies and "“H the same functional throughout” fails (γ changed)" in line.reason


def test_a_schedule_of_the_noise_is_integrated():
    schedule = sv.schedules.Linear(start=0.02, end=0.0, duration=1.0)
    sim = sv.Simulation(sv.BGK(**{**PROMISED, "sigma": schedule}), SPHERE, sv.Swarm(n=50, d=2, seed=1))
    sim.advance(15)
    A = [bgk_convergence.decay_constants(1.0, x, 10.0, 2.5, 2)[0] for x in schedule.at(sim.record["t"][:-1])]
    np.testing.assert_allclose(-np.diff(np.log(theory.lines(sim)[0].y)) / 0.05, np.divide(A, 2), rtol=1e-9)


def test_where_nothing_is_promised_the_same_bound_is_broken():
    """Negative control: the parameters of 003 §5 with the rate of the promised case."""
    sim = sv.Simulation(sv.BGK(alpha=1e6, gamma=2.5), ACKLEY, sv.Swarm(n=3000, d=2, seed=1))
    sim.advance(100)
    A, _ = bgk_convergence.decay_constants(1.0, 0.01, 10.0, 2.5, 2)
    H = sim.record["functional"]
    assert (H > bgk_convergence.decay_bound(H[0], A, sim.record["t"])).any()


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
    bound = bgk_convergence.expected_functional_bound(
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
    assert H < bgk_convergence.expected_functional_bound(3.0, 3.0, 3.0, *told)
    assert H > bgk_convergence.expected_functional_bound(3.0, 3.0, 0.0, *told)  # negative control


def test_with_the_two_probabilities_swapped_as_in_the_papers_proof_the_bound_fails():
    """Negative control: fast agents that hardly ever jump stay fast."""
    X, V, offset, after = one_step(3.0, sigma=0.5, jump_rate=0.2)
    p = 1 - np.exp(-0.2 * 0.2)
    told = (1.0, 0.5, 0.0, p, 0.7, 3, 0.2)
    swapped = (1.0, 0.5, 0.0, 1 - p, 0.7, 3, 0.2)
    assert (
        bgk_convergence.expected_functional_bound(X, V, offset, *swapped)
        < after.mean()
        < bgk_convergence.expected_functional_bound(X, V, offset, *told)
    )


# ---- Proposition 4.3 along a run ------------------------------------------------------------------------------------------------

WITHIN = {**PROMISED, "sigma": 0.005}  # γ = 2.5 lies in [2.2, 8] for d = 1, and below ν_j/2 − λ = 4


def lived_from_afar(runs=100, **options):
    """Few agents, a small α and a start far off: nothing of it is what Theorem 4.1 asks for."""
    for seed in range(runs):
        swarm = sv.Swarm(n=20, d=1, seed=seed, initial="box", low=2.0, high=5.0)
        sim = sv.Simulation(sv.BGK(**WITHIN, alpha=10.0), RASTRIGIN, swarm)
        sim.advance(40)
        yield LivedRun.of(sim)


def test_every_step_obeys_proposition_43_at_any_number_of_agents():
    claim, lived = claim_of(sv.BGK, "bgk-step"), list(lived_from_afar())
    assert {theory.claim.assess(claim, run).state for run in lived} == {"holds"}
    verdict = theory.judge(claim, lived)
    assert verdict.outcome == "agrees", verdict
    A, B = bgk_convergence.decay_constants(1.0, 0.005, 10.0, 2.5, 1)
    run = lived[0]
    H = [run.record["functional"][0]]
    for error in run.record["error"][:-1]:
        H.append((1 - A * 0.05) * H[-1] + B * 0.05 * (1e-6 + error))
    np.testing.assert_allclose(claim.curve(run), H, rtol=1e-10)


def test_without_the_distance_of_the_consensus_the_bound_of_proposition_43_would_be_broken():
    """Negative control: A alone promises too much of these runs."""
    A, _ = bgk_convergence.decay_constants(1.0, 0.005, 10.0, 2.5, 1)
    H = np.array([run.record["functional"][[0, -1]] for run in lived_from_afar(20)])
    assert (H[:, 1] / H[:, 0] > (1 - A * 0.05) ** 40).all()


# ---- Proposition 4.1 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "landscape", [SPHERE, RASTRIGIN, sv.landscapes.WideRastrigin()], ids=lambda landscape: landscape.title
)
@pytest.mark.parametrize("alpha", [0.1, 10.0, 1e5])
def test_the_quantitative_laplace_principle_holds_for_the_swarm_itself(landscape, alpha):
    for d in (1, 3):
        sim = sv.Simulation(sv.BGK(alpha=alpha, sigma=0.3), landscape, sv.Swarm(n=200, d=d, seed=d))
        for _ in range(5):
            held = held_of(sim, "bgk-laplace")
            assert held.state == "holds" and held.measured <= held.predicted
            sim.advance(3)


def test_the_bound_of_the_laplace_principle_is_the_printed_one_at_its_best_radius_and_margin():
    """A naive search of a fine grid finds a bound that is at most 10% lower, and none that is higher than it should be."""
    x = np.random.default_rng(1).uniform(-2, 2, (300, 2))
    best, far = np.inf, np.abs(x).max(axis=1)
    for r in np.linspace(far.min(), 2.0, 300):
        highest = 2 * r**2  # of |x|² in the cube
        for q in np.geomspace(1e-3, 3.0, 100):
            tail = np.exp(-20.0 * q) / (far <= r).mean() * np.linalg.norm(x, axis=1).mean()
            best = min(best, np.sqrt(2) * (np.sqrt(q + highest) + tail))
    assert 0.98 * best < bgk_convergence.laplace_bound(SPHERE, x, 20.0) < 1.1 * best
    assert np.isnan(bgk_convergence.laplace_bound(ACKLEY, x, 20.0))


@pytest.mark.parametrize(
    "landscape", [SPHERE, RASTRIGIN, sv.landscapes.WideRastrigin()], ids=lambda landscape: landscape.title
)
def test_the_growth_of_a_landscape_is_what_it_is_said_to_be(landscape):
    known, rng = bgk_convergence.growth(landscape), np.random.default_rng(2)
    x = rng.uniform(-6, 6, (20_000, 2)) * rng.uniform(0, 1, (20_000, 1)) ** 3
    height = landscape.values(x) - landscape.minimum(2)
    assert (height >= known.a * (x**2).sum(axis=1) * (1 - 1e-12)).all()
    assert (height <= known.highest(np.abs(x).max(axis=1), 2) * (1 + 1e-12)).all()
    assert (height < 1.05 * known.a * (x**2).sum(axis=1)).any(), "a cannot be larger"


# ---- Lemma 4.1 and Proposition 4.2 ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("r", [0.05, 0.25])
def test_a_fresh_velocity_hits_from_every_place_with_the_probability_that_is_promised(r):
    """The bound leaves out the mean of cosh(xc₁/c₂²), sinh(u)/u, and that of e^((R² − x²)/2c₂²); no more. 003 leaves out 2R, too."""
    lam, sigma, floor, side = 0.8, 0.7, 0.5, 2.0
    R, c = lam * r, sigma * floor
    promised = np.exp(bgk_convergence.log_hit(r, lam, sigma, floor, side))
    c1, c2 = np.meshgrid(np.linspace(-lam * side, lam * side, 81), np.linspace(c, sigma * (floor + side), 81))
    hit = (stats.norm.cdf((R - c1) / c2) - stats.norm.cdf((-R - c1) / c2)).min()
    u = R * lam * side / c**2
    assert promised <= hit <= promised * np.sinh(u) / u * np.exp(R**2 / (2 * c**2))
    assert r > 0.1 or promised / (2 * R) > hit, "as it is printed, it is too large"
    assert bgk_convergence.log_hit(r, lam, sigma, 0.0, side) == -np.inf, "without σ₀ nothing is promised"


def test_the_mass_near_the_minimiser_is_at_least_what_is_promised():
    """20 000 agents, one to three steps with loud noise: promised is the rest of the mass that was there, and it is exceeded."""
    sim = sv.Simulation(sv.BGK(sigma=1.0, sigma_floor=0.5, jump_rate=5.0), SPHERE, sv.Swarm(n=20_000, d=1, seed=3))
    for k in (1, 2, 3):
        sim.advance(1)
        held = held_of(sim, "bgk-mass")
        assert held.claim.relation == "≥" and held.predicted < held.measured < 0
        p = 1 - np.exp(-0.5)
        hit = np.exp(bgk_convergence.log_hit(0.25, 1.0, 1.0, 0.5, 2.0))
        assert held.predicted == pytest.approx(k * np.log10(p * hit) + np.log10(0.25))
        assert k > 1 or held.predicted > -5, "it says something here"


def test_at_a_small_floor_the_promised_mass_is_empty_and_said_so():
    sim = sv.Simulation(sv.BGK(**PROMISED), SPHERE, sv.Swarm(n=100, d=2, seed=3))
    sim.advance(1)
    assert held_of(sim, "bgk-mass").predicted < -1e16


def test_the_alpha_of_the_proof_makes_both_terms_of_the_laplace_principle_small():
    """d = 1, Sphere: with ε, q, r, δ and T* written out, at α of the proof the last term is A/4B to rounding."""
    parameters = {**PROMISED, "sigma_floor": 0.1}
    sim = sv.Simulation(sv.BGK(**parameters, rescaled=False), SPHERE, sv.Swarm(n=100, d=1, seed=3))
    lived = LivedRun.of(sim)
    A, B = bgk_convergence.decay_constants(1.0, 0.01, 10.0, 2.5, 1)
    epsilon = 2 * B * 0.1 / A
    T = 2 / A * np.log(2 * sim.record["functional"][0] / epsilon)
    q = 0.5 * (epsilon * A / (4 * B)) ** 2
    low, high = SPHERE.limits(1)
    log_delta = np.log(1 - np.exp(-0.5)) + bgk_convergence.log_hit(np.sqrt(q), 1.0, 0.01, 0.1, float(high[0] - low[0]))
    if T < 0:
        T = 0.0
    alpha_q = np.log(4 * B / (A * 2.5)) - T / 0.05 * log_delta
    assert bgk_convergence.proof_alpha(lived) == pytest.approx(np.log10(alpha_q / q))
    assert np.isnan(bgk_convergence.proof_alpha(LivedRun.of(sv.Simulation(sv.BGK(**PROMISED), ACKLEY, sv.Swarm(n=9)))))


# ---- Theorem 3.1 ----------------------------------------------------------------------------------------------------------------


def consensus_after(n, seed, steps=5):
    dynamics = sv.BGK(sigma=0.5, alpha=1.0, dt=0.1)
    return sv.Simulation(dynamics, RASTRIGIN, sv.Swarm(n=n, d=1, seed=seed)).goto(steps).focus[0]


def test_the_error_of_the_consensus_falls_as_the_root_of_the_number_of_agents():
    """200 runs each of N = 50 and 800 against N = 400 000; the slope, measured −0.58 ± 0.03, within 4 of its standard errors."""
    limit = consensus_after(400_000, 1)
    errors = np.abs([[consensus_after(n, seed) - limit for seed in range(200)] for n in (50, 800)])
    mean, relative = errors.mean(axis=1), errors.std(axis=1, ddof=1) / errors.mean(axis=1) / np.sqrt(200)
    slope, error = np.log(mean[1] / mean[0]) / np.log(16), np.hypot(*relative) / np.log(16)
    claim = claim_of(sv.BGK, "bgk-chaos")
    sim = sv.Simulation(sv.BGK(), RASTRIGIN, sv.Swarm(n=50, d=1))
    assert np.isnan(claim.measure(LivedRun.of(sim))), "one run has no slope"
    assert abs(slope - claim.predict(LivedRun.of(sim))) < FOUR_SIGMA * error and error < 0.05


def test_propagation_of_chaos_names_what_a_run_lacks():
    for parts, word in (
        (({"boundary": "none"}, RASTRIGIN, {}), "projection"),
        (({"noise": "cauchy"}, RASTRIGIN, {}), "Gaussian noise"),
        (({"dt": 2.0}, RASTRIGIN, {}), "Δt ≤ 1"),
        (({}, ACKLEY, {}), "F grows as |x|² far out"),
        (({}, RASTRIGIN, {"initial": "points", "points": [[1.0]]}), "independently"),
        (({"batch": 5}, RASTRIGIN, {}), "all agents form ν"),
    ):
        options, landscape, start = parts
        held = held_of(sv.Simulation(sv.BGK(**options), landscape, sv.Swarm(n=20, d=1, **start)), "bgk-chaos")
        assert held.state == "fails" and word in failures(held)
    held = held_of(sv.Simulation(sv.BGK(), RASTRIGIN, sv.Swarm(n=20, d=3)), "bgk-chaos-law")
    assert held.state == "holds" and held.predicted == pytest.approx(-1 / 6)
