"""The formulas about Fractal Monte Carlo: what is exact at finite N against swarms, what 000 claims against closed forms."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.dynamics.fmc.dynamics import REWARDS
from swarmviz.dynamics.fmc.histogram import log_target
from swarmviz.theory import fmc as claims
from tests.references.fmc import relative

SPHERE, RASTRIGIN = sv.landscapes.Sphere(), sv.landscapes.Rastrigin()
FOUR = 4.0  # standard errors


def run(landscape=SPHERE, n=100, d=1, seed=1, **options):
    return sv.Simulation(sv.FMC(**options), landscape, sv.Swarm(n=n, d=d, seed=seed))


def shares(landscape=SPHERE, d=1, tau=10.0):
    return log_target(landscape, d, np.zeros(d), REWARDS["exponential"], tau)


def draws(q, n, rng):
    """n independent draws from ρ_R, as positions in the middle of the bins of one dimension."""
    bins = rng.choice(len(q), n, p=q)
    return -5 + 10 * (bins[:, None] + 0.5) / len(q)


@pytest.mark.parametrize("n", [20, 500])
def test_even_independent_draws_from_the_target_show_the_divergence_that_is_drawn(n):
    """(5) against the recorded divergence of swarms that are drawn from ρ_R, within four standard errors."""
    log_q, rng = shares(), np.random.default_rng(1)
    seen = []
    for _ in range(300):
        swarm = sv.Swarm(n=n, d=1, initial="points", points=draws(np.exp(log_q), n, rng))
        seen.append(sv.Simulation(sv.FMC(tau=10.0), SPHERE, swarm).record["kl"][0])
    expected = claims.kl_of_independent_sample(log_q, n)
    error = np.std(seen, ddof=1) / np.sqrt(len(seen))
    assert abs(np.mean(seen) - expected) < FOUR * error
    assert abs(np.mean(seen) - 1.3 * expected) > FOUR * error  # negative control


def test_the_bias_of_the_histogram_tends_to_half_a_bin_per_walker():
    log_q = shares()
    for n in (10_000, 1_000_000):
        assert claims.kl_of_independent_sample(log_q, n) == pytest.approx(49 / (2 * n), rel=200 / n + 1e-3)


def test_no_swarm_comes_nearer_to_the_target_than_its_number_of_positions_allows():
    """(6), along runs that collapse and for laws of all kinds; equality when p ∝ q on the most probable bins."""
    rng = np.random.default_rng(2)
    for landscape, d, tau in ((SPHERE, 1, 2.0), (RASTRIGIN, 2, 8.0)):
        log_q = shares(landscape, d, tau)
        sim = run(landscape, n=60, d=d, sigma=0.0, tau=tau)
        sim.advance(100)
        floor = claims.kl_floor(log_q, sim.record["distinct"])
        assert (sim.record["kl"] >= floor - 1e-12).all() and floor[-1] > 1
        for m in (1, 3, 20):
            occupied = rng.choice(log_q.size, m, replace=False)
            p = rng.dirichlet(np.ones(m))
            assert (p * (np.log(p) - log_q[occupied])).sum() >= claims.kl_floor(log_q, [m])[0] - 1e-12
            best = np.argsort(log_q)[-m:]
            p = np.exp(log_q[best]) / np.exp(log_q[best]).sum()
            assert (p * (np.log(p) - log_q[best])).sum() == pytest.approx(claims.kl_floor(log_q, [m])[0], abs=1e-12)


@pytest.mark.parametrize("length", [1.0, 3.0])
def test_the_spectral_gap_of_the_uniform_law_is_that_of_an_interval(length):
    """π²/L², to the second order of the bins; in a rectangle the longer side decides."""
    assert claims.spectral_gap(np.full(50, -np.log(50)), [length / 50]) == pytest.approx(np.pi**2 / length**2, rel=1e-3)
    flat = np.full((20, 20), -np.log(400))
    assert claims.spectral_gap(flat, [length / 20, 0.5 * length / 20]) == pytest.approx(np.pi**2 / length**2, rel=3e-3)


@pytest.mark.parametrize("s", [0.5, 0.8])
def test_the_spectral_gap_of_a_gaussian_is_one_over_its_variance(s):
    """Ornstein–Uhlenbeck: 1/s². Sphere at temperature τ is the Gaussian with s² = τ/2."""
    assert claims.spectral_gap(shares(tau=2 * s**2), [10 / 50]) == pytest.approx(1 / s**2, rel=0.05)


def test_the_spectral_gap_obeys_the_bound_of_the_paper():
    for landscape, tau in ((SPHERE, 10.0), (RASTRIGIN, 40.0), (sv.landscapes.Ackley(), 5.0)):
        low, high = landscape.limits(1)
        R = np.exp(-landscape.values(np.linspace(low, high, 5000)) / tau)
        gap = claims.spectral_gap(shares(landscape, 1, tau), (high - low) / 50)
        assert gap >= claims.spectral_gap_bound(float(high[0] - low[0]), R.min(), R.max()) > 0


def test_a_target_too_sharp_for_the_grid_has_no_gap_rather_than_a_wrong_one():
    assert np.isnan(claims.spectral_gap(shares(tau=1e-3), [10 / 50]))


def one_step_of_many(points, groups=20_000):
    """Of as many groups that all start at the same points: whom each walker is a copy of after one step at σ = 0, β = 0."""
    n, d = points.shape
    swarm = sv.Swarm(n=n * groups, d=d, seed=2, initial="points", points=points)
    dynamics = sv.FMC(sigma=0.0, distance_power=0.0, tau=20.0, groups=groups, migration=0.0)
    partner = dynamics.advance(dynamics.init(swarm.positions(RASTRIGIN), RASTRIGIN, 2), RASTRIGIN, 1)[0].partner
    return np.where(partner >= 0, partner, np.arange(n * groups)).reshape(groups, n) % n


def test_shares_and_distinct_positions_after_a_step_have_the_exact_means():
    """(7) and (8), which hold at any N, within four standard errors over 20,000 groups of seven."""
    points = sv.Swarm(n=7, d=2, seed=4).positions(RASTRIGIN)
    virtual = relative(np.exp(-RASTRIGIN.values(points) / 20.0), "z-score", 0, 0)
    copies = one_step_of_many(points)
    share = (copies[:, :, None] == np.arange(7)).mean(axis=1)
    error = share.std(axis=0, ddof=1) / np.sqrt(len(copies))
    expected = claims.expected_shares(virtual, 1e-8)
    assert expected.sum() == pytest.approx(1.0) and (np.abs(share.mean(axis=0) - expected) <= FOUR * error).all()
    assert (np.abs(share.mean(axis=0) - 1 / 7) > FOUR * error).all()  # negative control: cloning without selection
    distinct = np.array([len(set(row)) for row in copies])
    error = distinct.std(ddof=1) / np.sqrt(len(copies))
    assert abs(distinct.mean() - claims.expected_distinct(virtual, 1e-8)) < FOUR * error
    assert claims.expected_distinct(virtual, 1e-8) < 6


def test_a_step_raises_the_mean_virtual_reward_in_expectation():
    """000 Lemma 3.2, which (7) makes exact: copies are only made of what is better."""
    rng = np.random.default_rng(3)
    for _ in range(50):
        virtual = rng.exponential(size=rng.integers(2, 30))
        s = claims.expected_shares(virtual, 1e-8)
        assert (s > -1e-15).all() and s @ virtual >= virtual.mean() - 1e-15


def test_the_mean_square_distance_of_two_walkers_is_twice_the_dispersion_per_walker():
    sim = run(n=40, d=3)
    x = sim.advance(5).x
    pairs = ((x[:, None] - x[None]) ** 2).sum(axis=2).mean()
    assert claims.pair_distance(sim.record["dispersion"][-1], 40) == pytest.approx(pairs, rel=1e-12)


def test_the_fisher_information_of_a_histogram_is_that_of_the_law():
    """A Gaussian N(m, 1) beside N(0, 1): I = m²; bins of width 0.01."""
    x = np.arange(-6, 7, 0.01)
    for m in (0.3, 1.0):
        p = np.exp(-((x - m) ** 2) / 2)
        log_q = -(x**2) / 2 - np.log(np.exp(-(x**2) / 2).sum())
        assert claims.fisher_information(p / p.sum(), log_q, 0.01) == pytest.approx(m**2, rel=1e-3)
