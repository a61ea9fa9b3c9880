"""What 002 claims of SSA: each number against simulation, and each hypothesis that a run can break."""

import numpy as np
import pytest
from scipy.special import ndtr

import swarmviz as sv
from swarmviz import theory
from swarmviz.theory import ssa
from swarmviz.theory.lived import LivedRun
from swarmviz.theory.one_dimension import basin
from tests.theory.held import claim_of, failures, held_of

ACKLEY, SPHERE, WELL, RASTRIGIN = (
    sv.landscapes.Ackley(), sv.landscapes.Sphere(), sv.landscapes.DoubleWell(), sv.landscapes.Rastrigin(),
)  # fmt: skip
FOUR = 4.0  # standard errors


def run(landscape=WELL, n=20, d=1, seed=1, steps=0, every=1, swarm=None, **options):
    start = sv.Swarm(**{"n": n, "d": d, "seed": seed} | (swarm or {}))
    sim = sv.Simulation(sv.SSA(**options), landscape, start, every=every)
    if steps:
        sim.advance(steps)
    return sim


def lived(sim):
    return LivedRun.of(sim)


# ---- without noise -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("landscape", [WELL, SPHERE, RASTRIGIN], ids=lambda landscape: landscape.title)
def test_without_noise_the_provisional_minimum_never_rises(landscape):
    """002 Prop. A.1; it falls by far more than the rounding that the claim allows."""
    held = held_of(run(landscape, profile="none", steps=400), "ssa-descent")
    assert held.state == "holds" and held.measured < -1e3 * held.predicted < 0


def test_too_long_a_step_breaks_the_descent_and_the_claim_says_so():
    sim = run(RASTRIGIN, n=8, profile="none", dt=0.01, steps=400)
    held = held_of(sim, "ssa-descent")
    assert held.measured > 1 and "Δt·L ≤ 2" in failures(held) and "(Δt·L = 3.97)" in failures(held)


@pytest.mark.parametrize("n", [2, 8])
def test_without_noise_success_has_the_probability_of_a_start_in_the_basin(n):
    """002 Thm 4.1; in one dimension the bound is attained. 1500 runs, binomial error."""
    runs, wins, right = 1500, 0, basin(ACKLEY)[1]
    bound = claim_of(sv.SSA, "ssa-no-noise").predict(lived(run(ACKLEY, n=n, profile="none")))
    for seed in range(runs):
        sim = run(ACKLEY, n=n, seed=seed, profile="none", dt=1e-2, every=1000)
        wins += (np.abs(sim.advance(400).x) < right).any()
    error = np.sqrt(bound * (1 - bound) / runs)
    assert abs(wins / runs - bound) < FOUR * error
    control = ssa.no_noise_success_bound(ssa.start_in_basin(lived(sim)), 2 * n)
    assert abs(wins / runs - control) > FOUR * error


def test_success_without_noise_is_judged_from_replicas():
    """The statistic of a run is 1 where F̄ lies below everything outside the basin; here the mean is the bound. 300 runs."""
    claim = claim_of(sv.SSA, "ssa-no-noise")
    swarm = {"initial": "box", "low": 0.0, "high": 2.0}
    runs = [
        lived(run(WELL, n=3, seed=s, profile="none", dt=1e-2, steps=1000, every=1000, swarm=swarm)) for s in range(300)
    ]
    bound = 1 - (1 - basin(WELL)[1] / 2) ** 3
    assert runs[0].dynamics.profile == "none" and claim.predict(runs[0]) == pytest.approx(bound)
    verdict = theory.judge(claim, runs)
    assert verdict.outcome == "agrees" and abs(verdict.measured - bound) < FOUR * np.sqrt(bound * (1 - bound) / 300)
    assert bound < 0.2


def test_started_away_from_the_basin_a_swarm_without_noise_never_succeeds():
    for seed in range(50):
        sim = run(ACKLEY, n=8, seed=seed, profile="none", dt=1e-2, every=1000, swarm={"initial": "away"})
        assert sim.advance(1000).energy.min() > 1.0
    assert ssa.start_in_basin(lived(sim)) == 0.0


def test_a_slope_goes_on_beyond_the_box():
    """Who starts outside on the side of the basin slides into it."""
    wide = {"initial": "gaussian", "centre": 0.0, "spread": 20.0}
    assert ssa.start_in_basin(lived(run(SPHERE, swarm=wide))) == 1.0
    right = basin(WELL)[1]
    low = ssa.start_in_basin(lived(run(WELL, swarm=wide)))
    assert low == pytest.approx(ndtr(right / 20))


@pytest.mark.parametrize(
    "change, word",
    [
        (
            {"initial_mass": "uniform"},
            "equal masses at the start fails (m₀ = uniform: uniform draws, divided by their sum)",
        ),
        (
            {"provisional": "minimum"},
            "F̄ the mean of F weighted by mass fails (F̄ = minimum: lowest value in the swarm, as in SBGD)",
        ),
        ({"boundary": "periodic"}, "periodic boundary fails"),
    ],
)
def test_the_bound_on_success_says_which_hypothesis_fails(change, word):
    assert word in failures(held_of(run(profile="none", **change), "ssa-no-noise"))


# ---- the mean field ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "landscape, n, change, word",
    [
        (WELL, 10_000, {"cutoff": 1 / 8}, "N m > m_c = Nβ (Assumption 2.3) fails (Nβ = 1.25·10³, N m up to 1 at the start)"),
        (ACKLEY, 8, {"cutoff": 1 / 8}, "N m > m_c = Nβ (Assumption 2.3) fails (Nβ = 1, N m up to 1 at the start)"),
        (WELL, 4, {"profile": "step"}, "σ(m) = 0 above some m_c (Assumption 2.3) fails (tanh is 0 nowhere)"),
        (ACKLEY, 4, {}, "F and ∇F bounded and Lipschitz (Assumption 2.1) fails (∇F of Ackley is not continuous)"),
        (WELL, 4, {"provisional": "minimum"}, "F̄ the mean of F weighted by mass fails"),
        (WELL, 4, {"initial_mass": "exponential"}, "masses bounded at the start (Assumption 2.1) fails"),
        (WELL, 4, {"boundary": "clip"}, "no boundary fails"),
        (sv.landscapes.Himmelblau(), 4, {"d": 2}, "one global minimiser fails"),
    ],
)  # fmt: skip
def test_the_line_of_the_minimum_says_why_no_theorem_promises_it(landscape, n, change, word):
    """Before, it was said to apply to every noise that falls with the mass, also at a fixed β and any N."""
    sim = run(landscape, n=n, d=change.pop("d", 1), **change)
    line = next(line for line in theory.lines(sim) if line.reference == "002 Thm 2.4–2.5")
    assert not line.applies and line.y[0] == landscape.minimum(sim.frame.d)
    assert word in failures(held_of(sim, "ssa-limit"))


def test_where_nothing_fails_the_limit_is_open_and_never_holds():
    """N → ∞ and t → ∞ are no property of a run."""
    held = held_of(run(n=4), "ssa-limit")
    assert held.state == "open" and held.applies and "N large, at one Nβ" in held.reason


@pytest.mark.parametrize("profile", ["none", "constant", "annealing"])
def test_theorems_about_noise_that_falls_with_the_mass_say_nothing_of_other_noise(profile):
    names = {held.claim.name for held in theory.assessments(run(profile=profile))}
    assert not names & {"ssa-limit", "ssa-arrival", "ssa-arrival-run", "ssa-mean-field"}


def test_a_cutoff_that_is_raised_in_mid_run_takes_the_promise_back():
    sim = run(n=10, cutoff=0.05, steps=5)
    assert held_of(sim, "ssa-arrival-run").state == "holds"
    sim.dynamics.cutoff = 0.5
    sim.advance(3)
    assert "Nβ ≤ 1 at every step fails since step 5 (1 − Nβ = −4)" in failures(held_of(sim, "ssa-arrival-run"))


@pytest.mark.parametrize("places", [(sv.landscapes.Formula(), SPHERE), (SPHERE, sv.landscapes.Formula())])
def test_a_run_that_met_a_landscape_whose_minimum_is_not_known_is_promised_nothing(places):
    """ε is of the landscape on which the agents started, F* of the one they are on."""
    sim = run(places[0], d=2, steps=3, profile="smooth", lam=0.0)
    sim.landscape = places[1]
    sim.advance(3)
    names = {"ssa-arrival", "ssa-arrival-run"}
    for held in (held_of(sim, name) for name in sorted(names)):
        assert held.state == "fails" and "F was changed" in failures(held) and np.isnan(held.predicted + held.measured)
    drawn = [line for line in theory.lines(sim, names) if line.observable == "provisional_minimum"]
    unknown = [line for line in drawn if np.isnan(line.y).all()]
    assert len(unknown) == len(names)


def test_at_a_fixed_cutoff_a_large_swarm_ends_where_constant_noise_does():
    """W1: F̄ − F* is 0.31 at β = 1/8 and N = 10⁴, and less than 0.02 at the same N and β = 2/N. One run each at t = 10."""
    height = {}
    for cutoff in (1 / 8, 2e-4):
        sim = run(n=10_000, seed=3, lam=0.5, cutoff=cutoff, dt=5e-3, every=2000, steps=2000)
        height[cutoff] = held_of(sim, "ssa-limit").measured
    assert height[1 / 8] == pytest.approx(0.31, abs=0.03) and height[2e-4] < 0.02


def test_arrival_time_is_that_of_the_paper_and_refuses_nonsense():
    assert ssa.arrival_time(0.5, np.exp(-1)) == pytest.approx(5.0)
    with pytest.raises(ValueError, match="mass_near"):
        ssa.arrival_time(0.5, 0.0)


@pytest.mark.parametrize("landscape, lam", [(WELL, 0.5), (SPHERE, 1.0), (RASTRIGIN, 2.0)], ids=str)
def test_every_swarm_arrives_when_its_own_start_promises(landscape, lam):
    """Each of 40 runs, at every step: the least F̄ so far lies below the curve; and the curve is no more than ten times too high."""
    nearest = np.inf
    for seed in range(40):
        sim = run(landscape, n=20, seed=seed, lam=lam, cutoff=1 / 20, dt=1e-3, steps=1500)
        held = held_of(sim, "ssa-arrival-run")
        assert held.state == "holds"
        curve = held.claim.curve(lived(sim)) - landscape.minimum(1)
        least = np.minimum.accumulate(sim.record["provisional_minimum"]) - landscape.minimum(1)
        known = np.isfinite(curve)
        assert known[-1] and (least[known] <= curve[known]).all()
        nearest = min(nearest, np.min(curve[known] / least[known]))
    assert nearest < 10


def test_the_promise_of_a_start_is_the_least_epsilon_whose_time_is_over():
    """Against a search over ε: the share M of the start with F ≤ F* + ε/2, and log(1/M)/log(1 + Δtε/2) steps."""
    sim = run(n=7, cutoff=1 / 7, dt=0.01, steps=300)
    height = np.sort(WELL.values(sim.initial_swarm.positions(WELL)) - WELL.minimum(1))
    for k in (0, 20, 150, 300):
        good = [
            2 * h
            for j, h in enumerate(height)
            if np.log(7 / (j + 1)) / np.log1p(0.01 * h) <= k + 1e-9
        ]  # fmt: skip
        promised = ssa._smallest_epsilon(lived(sim), exact=True)[k]
        assert promised == pytest.approx(min(good))


def test_the_mean_field_arrives_before_the_paper_promises():
    """N = 400, Nβ = ½, means of 20 runs at t = 2, 5: far below ε of t_ε = t, whose mass is that of the initial law."""
    claim = claim_of(sv.SSA, "ssa-arrival")
    for t in (2.0, 5.0):
        runs = [
            lived(run(n=400, seed=s, lam=0.5, cutoff=0.5 / 400, dt=5e-3, steps=round(t / 5e-3), every=10))
            for s in range(20)
        ]
        verdict = theory.judge(claim, runs)
        assert verdict.outcome == "agrees" and 0 < verdict.measured < verdict.predicted
        epsilon = verdict.predicted
        x = np.linspace(-2, 2, 400_001)
        share = (WELL.values(x[:, None]) - WELL.minimum(1) <= epsilon / 2).mean()
        assert ssa.arrival_time(epsilon, share) == pytest.approx(t, rel=0.02)


def test_the_error_in_n_falls_as_the_law_of_large_numbers_says_at_one_product_of_n_and_the_cutoff():
    """002 Thm 2.2: √N·sd(F̄) at N = 32, 128, 512, Nβ = 1, t = 0.5, 300 runs each; slope −½ within 4 standard errors (0.05)."""
    sizes, spread = np.array([32, 128, 512]), []
    for n in sizes:
        ends = [
            run(SPHERE, n=int(n), seed=s, cutoff=1 / n, dt=5e-3, every=100, steps=100).record["provisional_minimum"][-1]
            for s in range(300)
        ]
        spread.append(np.std(ends, ddof=1))
    slope = np.polyfit(np.log(sizes), np.log(spread), 1)[0]
    error = 1 / np.sqrt(2 * 300) / np.log(4) / np.sqrt(2)  # of a log sd, through three points
    predicted = claim_of(sv.SSA, "ssa-mean-field").predict(lived(run(SPHERE)))
    assert predicted == -0.5 and abs(slope - predicted) < FOUR * error + 0.02  # 0.02: next order in 1/N
    assert abs(slope - 2 * predicted) > FOUR * error + 0.02
