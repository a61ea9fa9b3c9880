"""Noise that does not depend on the mass: Gibbs' law, the exact gap of Theorem 4.2, annealing; against simulation."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import theory
from swarmviz.theory import one_dimension, ssa_langevin
from swarmviz.theory.lived import LivedRun
from tests.theory.held import claim_of, failures, held_of
from tests.theory.test_ssa import ACKLEY, FOUR, RASTRIGIN, SPHERE, WELL, lived, run

CONSTANT = {"profile": "constant", "lam": 0.5, "dt": 2e-3}


# ---- Gibbs' law ----------------------------------------------------------------------------------------------------------------


def test_langevin_on_a_tilted_double_well_spends_its_time_as_gibbs_says():
    """The share of agents in the deeper well, against the integral of exp(−F/λ), binomial error."""
    n = 20_000
    sim = run(WELL, n=n, seed=4, every=10_000, steps=20_000, **CONSTANT)
    held, x = held_of(sim, "ssa-gibbs"), sim.frame.x[:, 0]
    grid = np.linspace(-4, 4, 8001)
    density = theory.target(sim).density(grid[:, None])
    share = density[grid < 0].sum() / density.sum()
    assert held.state == "holds" and theory.target(sim).applies
    assert (
        abs((x < 0).mean() - share) < FOUR * np.sqrt(share * (1 - share) / n) + 0.003
    )  # 0.003: bias of the step, O(Δt)
    assert share > 0.55


def test_the_variance_of_many_runs_is_that_of_gibbs_law():
    """V/(N − 1) is unbiased for independent agents; sphere: λ/2, and Euler's bias is 1/(1 − Δt). 400 runs of 20 agents: 1.6%."""
    claim = claim_of(sv.SSA, "ssa-gibbs")
    options = {"profile": "constant", "lam": 0.8, "dt": 5e-3}
    runs = [lived(run(SPHERE, n=20, seed=s, every=1000, steps=1000, **options)) for s in range(400)]
    verdict = theory.judge(claim, runs)
    assert verdict.outcome == "agrees" and verdict.predicted == pytest.approx(0.4, rel=1e-4)
    assert (verdict.high - verdict.low) < 0.1 * verdict.predicted


@pytest.mark.parametrize(
    "landscape, change, word",
    [
        (ACKLEY, {"lam": 10.0}, "finite integral where the run lives fails (Ackley does not grow enough far outside; no boundary)"),
        (sv.landscapes.Easom(), {"d": 2}, "finite integral where the run lives fails"),
        (sv.landscapes.DropWave(), {"d": 2}, "finite integral where the run lives fails"),
        (WELL, {"boundary": "clip"}, "keeps exp(−F/T) stationary fails (agents are held on the walls)"),
        (WELL, {"boundary": "periodic"}, "keeps exp(−F/T) stationary fails (F differs by"),
        (sv.landscapes.Schwefel220(), {}, "F ∈ C¹ fails"),
        (WELL, {"dt": 0.01}, "Δt·L ≤ 0.1, L the Lipschitz constant of ∇F fails (Δt·L = 0.44)"),
    ],
)  # fmt: skip
def test_gibbs_law_does_not_apply_where_none_exists_or_where_it_is_not_stationary(landscape, change, word):
    """W4: the profile and λ alone were looked at."""
    sim = run(landscape, n=10, d=change.pop("d", 1), **CONSTANT | change)
    assert not theory.target(sim).applies and word in failures(held_of(sim, "ssa-gibbs"))


def test_without_walls_a_hot_swarm_on_ackley_spreads_for_ever():
    """Why the hypothesis is there: the variance of 1000 agents grows threefold from t = 2 to t = 8 (≈ 2λt; 4 standard errors: 18%)."""
    sim = run(ACKLEY, n=1000, every=1000, profile="constant", lam=10.0)
    early = np.var(sim.advance(2000).x)
    assert np.var(sim.advance(6000).x) > 2 * early
    held = held_of(sim, "ssa-gibbs")
    assert np.isnan(held.predicted) and held.state == "fails"


@pytest.mark.parametrize(
    "landscape, boundary", [(WELL, "none"), (WELL, "reflect"), (RASTRIGIN, "reflect"), (SPHERE, "periodic")]
)
def test_elsewhere_no_hypothesis_of_gibbs_law_fails(landscape, boundary):
    """The sphere has the same value on both sides of the box, so that a periodic boundary keeps its law, too."""
    sim = run(landscape, n=10, **CONSTANT | {"boundary": boundary, "dt": 2e-4})
    assert theory.target(sim).applies


def test_a_new_temperature_is_a_new_limit_whose_time_begins_anew():
    """Lines follow the journal: λ is moved at t = 3."""
    sim = run(SPHERE, n=20, steps=1500, **CONSTANT)
    assert held_of(sim, "ssa-gibbs").state == "holds"
    sim.dynamics.lam = 2.0
    sim.advance(5)
    held = held_of(sim, "ssa-gibbs")
    assert held.state == "open" and held.predicted == pytest.approx(1.0, rel=1e-4)
    density = theory.target(sim).density(np.array([[0.0], [1.0]]))
    assert density[1] / density[0] == pytest.approx(np.exp(-1 / 2.0))
    assert "the same λ throughout fails since step 1500" in failures(held_of(sim, "ssa-eigenvalue"))


@pytest.mark.parametrize("profile", ["smooth", "step", "none"])
def test_noise_that_depends_on_the_mass_has_no_target(profile):
    assert theory.target(run(profile=profile)) is None


def test_constant_noise_of_strength_zero_has_no_target():
    assert theory.target(run(profile="constant", lam=0.0)) is None


# ---- Theorem 4.2 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "landscape, lam, n, dt, steps", [(SPHERE, 1.0, 1000, 2e-3, 2000), (WELL, 0.5, 2000, 2e-3, 4000)]
)
def test_with_constant_noise_the_provisional_minimum_ends_at_the_eigenvalue(landscape, lam, n, dt, steps):
    """20 runs, three standard errors (0.005, 0.0025 expected), and not at F*."""
    claim = claim_of(sv.SSA, "ssa-eigenvalue")
    runs = [
        lived(run(landscape, n=n, seed=s, every=steps, steps=steps, profile="constant", lam=lam, dt=dt))
        for s in range(20)
    ]
    verdict = theory.judge(claim, runs)
    error = (verdict.high - verdict.low) / 2 / 1.96
    assert verdict.outcome == "agrees" and error < 0.01
    assert verdict.measured - landscape.minimum(1) > 20 * error
    floor = claim_of(sv.SSA, "ssa-accuracy")
    assert theory.judge(floor, runs).outcome == "agrees"


def test_the_gap_of_the_proof_is_the_formula_and_smaller_than_the_exact_one():
    """Sphere on [−5, 5]: ξ = L = 2, D = 25, and the ball of radius R has ε̄ = R²; the largest R is best."""
    for lam in (0.2, 1.0):
        R = np.linspace(0.1, 5, 500)
        naive = (lam * 2 / (4 + 25 + lam * 4 / R**2)).max()
        assert ssa_langevin.accuracy_gap(SPHERE, lam) == pytest.approx(naive, rel=1e-3)
    for landscape in (SPHERE, WELL, RASTRIGIN):
        exact = one_dimension.weighted_eigenvalues(landscape, 0.5, False)[0] - landscape.minimum(1)
        assert 0 < ssa_langevin.accuracy_gap(landscape, 0.5) < exact


def test_the_gap_takes_the_ball_that_is_best():
    """Double well, by loops over a coarse grid: F″ ≥ ξ in the ball, F ≥ F* + ε̄ outside it."""
    x = np.linspace(-2, 2, 2001)
    f = WELL.values(x[:, None])
    second = np.gradient(np.gradient(f, x), x)
    at, L, D, lam, best = np.argmin(f), np.abs(second).max(), np.ptp(f), 0.5, 0.0
    for r in range(2, at):
        inside = slice(at - r, at + r + 1)
        outside = np.r_[f[: at - r], f[at + r + 1 :]]
        xi, edge = second[inside].min(), outside.min() - f[at]
        if xi > 0:
            best = max(best, lam * xi / (2 * L + D + lam * (xi + L) / edge))
    assert ssa_langevin.accuracy_gap(WELL, lam) == pytest.approx(best, rel=0.02)


# ---- annealing -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "temperature, word",
    [
        (sv.schedules.Logarithmic(c=0.5), "c ≥ critical depth fails (c = 0.5, depth 0.717 in the box)"),
        (sv.schedules.Linear(start=1.0, end=0.1), "T = c/log(t₀ + t) fails (T follows the schedule “Linear”)"),
        (0.7, "T = c/log(t₀ + t) fails (T is constant)"),
        (sv.schedules.Logarithmic(c=0.8), ""),
    ],
)
def test_the_depth_criterion_wants_a_logarithm_with_a_constant_above_the_depth(temperature, word):
    sim = run(WELL, profile="annealing", temperature=temperature)
    held = held_of(sim, "ssa-annealing")
    assert (word in failures(held) and held.state == "fails") if word else held.state == "open"
    assert held.predicted == pytest.approx(0.7171, abs=1e-3)


def test_the_target_of_annealing_is_gibbs_law_at_the_temperature_that_acts():
    sim = run(
        WELL, profile="annealing", temperature=sv.schedules.Linear(start=2.0, end=1.0, duration=1.0), dt=2e-3, steps=250
    )
    target = theory.target(sim)
    density = target.density(np.array([[0.0], [1.0]]))
    F = WELL.values(np.array([[0.0], [1.0]]))
    assert target.title == "Gibbs law at T = 1.5" and np.log(density[0] / density[1]) == pytest.approx(
        (F[1] - F[0]) / 1.5
    )
    assert not target.applies and "T falls slowly" in target.reason  # |Ṫ|/T = 0.67


def test_under_slow_cooling_the_law_follows_and_under_fast_cooling_it_stays_behind():
    """Sphere from T = 2 to 0.2: the variance of 4000 agents beside T/2, in 40 and in 0.5 units of time (λ₁ = 2); 4 standard errors: 9%."""
    for duration, follows in ((40.0, True), (0.5, False)):
        cooling = sv.schedules.Linear(start=2.0, end=0.2, duration=duration)
        sim = run(
            SPHERE,
            n=4000,
            every=5000,
            profile="annealing",
            temperature=cooling,
            dt=5e-3,
            swarm={"initial": "gaussian", "spread": 1.0},
        )
        sim.advance(round(0.9 * duration / 5e-3))
        T = 2.0 - 0.9 * 1.8
        assert bool(abs(np.var(sim.frame.x) / (T / 2) - 1) < 0.2) is follows
        assert theory.target(sim).applies is follows


def test_a_lived_run_of_a_replica_has_no_frame_and_every_claim_bears_it():
    """Replicas hand over their record only."""
    for profile in ("smooth", "none", "constant", "annealing"):
        sim = run(WELL, profile=profile, steps=10)
        replica = LivedRun(sim.journal, sim.initial_swarm, sim.record)
        for claim in theory.claims_of(sv.SSA):
            if claim.fits(replica):
                claim.measure(replica), claim.predict(replica)
