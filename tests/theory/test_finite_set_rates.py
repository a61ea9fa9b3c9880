"""The rates of 004 as numbers: against derivatives along the law, against each other, and in their limits."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.dynamics.finite_set.space import space_of
from swarmviz.theory import finite_set as finite
from swarmviz.theory import finite_set_rates as rates

CURVE = sv.landscapes.FiniteSetCurve()
RING = space_of("cycle", 20, 1)
U = CURVE.values(RING.positions(*CURVE.limits(1)))
LINKS = RING.links
PHIS = [(-1.0, 2.0), (-3.0, 2.0), (0.0, 2.0), (1.0, 2.0), (-1.0, 3.0)]


def densities(count, spread=1.0, seed=0):
    rho = np.exp(np.random.default_rng(seed).normal(scale=spread, size=(count, 20)))
    return rho / rho.mean(axis=1, keepdims=True)


@pytest.mark.parametrize("m, m2", [*PHIS, (1.0, 1.0)])
def test_the_excess_is_the_energy_above_its_minimum(m, m2):
    least = rates.free_energy_at_target(U, 2.0, m, m2)
    for rho in densities(10):
        above = finite.energy(rho, U, 2.0, m, m2) - least
        assert rates.excess(rho, U, 2.0, m, m2) == pytest.approx(above, rel=1e-8)
    assert rates.excess(finite.stationary(U, 2.0, m, m2), U, 2.0, m, m2) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("m, m2", PHIS)
def test_the_energy_falls_at_the_dissipation(m, m2):
    """dI/dt = −G, by central differences along the exact law; ℓ 10 % larger does not pass."""
    h = 1e-3
    for factor, holds in ((1.0, True), (1.1, False)):
        law = finite.ExactLaw(LINKS, U, 2.0, m, 0.1 * factor, densities(1)[0], m2=m2)
        before, now, after = law.at([0.5 - h, 0.5, 0.5 + h])
        fall = (rates.excess(before, U, 2.0, m, m2) - rates.excess(after, U, 2.0, m, m2)) / (2 * h)
        assert (fall == pytest.approx(rates.dissipation(now, U, 2.0, m, LINKS, 0.1, m2), rel=1e-3)) == holds


def test_in_the_end_the_decay_rate_along_the_law_is_twice_the_spectral_gap():
    """At β = 1 the second mode has died out after ten relaxation times; what is left of the non-linearity is as small as ρ − η."""
    gap = finite.relaxation_rate(U, 1.0, -1.0, LINKS, 0.1)
    law = finite.ExactLaw(LINKS, U, 1.0, -1.0, 0.1, np.ones(20), tolerance=1e-12)
    early, late = rates.decay_rates(law, np.array([0.1, 7.0]) / gap)
    assert late == pytest.approx(2 * gap, rel=5e-3) and early > 2 * gap
    t = np.array([6.9, 7.1]) / gap
    a, b = (rates.excess(rho, U, 1.0) for rho in law.at(t))
    assert np.log(a / b) / (t[1] - t[0]) == pytest.approx(late, rel=1e-3)


def test_a_law_whose_beta_changes_or_of_metropolis_agents_has_no_such_rate():
    for m, beta in ((None, 1.0), (-1.0, sv.schedules.Linear(start=0, end=1, duration=5))):
        with pytest.raises(ValueError, match="constant β"):
            rates.decay_rates(finite.ExactLaw(LINKS, U, beta, m, 0.1, np.ones(20)), [1.0, 2.0])


@pytest.mark.parametrize("graph", ["cycle", "path", "complete"])
def test_the_gap_of_the_base_generator_is_the_known_one(graph):
    known = {"cycle": 2 - 2 * np.cos(2 * np.pi / 20), "path": 2 - 2 * np.cos(np.pi / 20), "complete": 20.0}
    links = space_of(graph, 20, 1).links
    assert rates.base_gap(links, 20, 0.3) == pytest.approx(0.3 * known[graph], rel=1e-10)


@pytest.mark.parametrize("m, m2", [(m, m2) for m, m2 in PHIS if m2 >= 2])
def test_the_decay_rate_is_never_below_its_bound_and_at_equal_densities_without_heights_it_is_attained(m, m2):
    for spread in (0.1, 1.0, 3.0):
        for rho in densities(100, spread):
            least = rates.least_decay_rate(rho, m, LINKS, 0.1, m2)
            assert 0 < least <= rates.decay_rate(rho, U, 2.0, m, LINKS, 0.1, m2) * (1 + 1e-9)
    slowest = 1 + 1e-4 * np.cos(2 * np.pi * np.arange(20) / 20)
    bound = rates.least_decay_rate(slowest, m, LINKS, 0.1, m2)
    assert rates.decay_rate(slowest, np.zeros(20), 0.0, m, LINKS, 0.1, m2) == pytest.approx(bound, rel=2e-3)
    with pytest.raises(ValueError, match="m₂ ≥ 2"):
        rates.least_decay_rate(slowest, m, LINKS, 0.1, 1.5)


def test_near_the_target_the_quotient_is_at_least_twice_the_gap_and_the_search_finds_no_more():
    heights, links = U[5:11], space_of("cycle", 6, 1).links
    gap = finite.relaxation_rate(heights, 1.0, -1.0, links, 1.0)
    eta, rng = finite.stationary(heights, 1.0), np.random.default_rng(1)
    for _ in range(50):
        step = rng.normal(size=6)
        near = eta + 1e-5 * (step - step.mean())
        assert rates.decay_rate(near, heights, 1.0, -1.0, links, 1.0) > 2 * gap * (1 - 1e-3)
    found = rates.inequality_constant(heights, 1.0, -1.0, links, 1.0)
    some = [rates.decay_rate(rho, heights, 1.0, -1.0, links, 1.0) for rho in rng.dirichlet(np.ones(6), 300) * 6]
    assert 0 < found <= min(some) and found <= 2 * gap * 1.05


def test_the_energy_bounds_the_distance_and_decays_no_slower_than_the_constant_says():
    """004 Corollary 4.7."""
    heights, links = U[5:11], space_of("cycle", 6, 1).links
    c = min(
        rates.inequality_constant(heights, 1.0, -1.0, links, 1.0),
        2 * finite.relaxation_rate(heights, 1.0, -1.0, links, 1.0),
    )
    law, eta = finite.ExactLaw(links, heights, 1.0, -1.0, 1.0, np.ones(6)), finite.stationary(heights, 1.0)
    t = np.linspace(0, 5, 26)
    rho = law.at(t)
    above = np.array([rates.excess(p, heights, 1.0) for p in rho])
    assert (((rho - eta) ** 2).mean(axis=1) <= 2 * above * (1 + 1e-9)).all()
    assert (above <= above[0] * np.exp(-c * t) * (1 + 1e-6)).all()


# ---- the target as β grows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("m", [-1.0, -3.0, 0.0, 0.5])
def test_what_the_target_leaves_outside_the_minimisers_falls_as_the_asymptote(m):
    """The relative deviation falls, too: the next term is smaller by a power of β."""
    heights = np.array([0.0, 1.0, 0.0, 2.0, 0.5])
    np.testing.assert_allclose(rates.limit_law(heights), [2.5, 0, 2.5, 0, 0])
    beta = np.array([1e2, 1e4, 1e6])
    exact, asymptote = rates.outside(heights, beta, m), rates.outside_for_large_beta(heights, beta, m)
    off = np.abs(exact / asymptote - 1)
    assert (np.diff(off) < 0).all() and off[-1] < 1e-4
    assert rates.outside(heights, 1e6, m) == pytest.approx(
        np.abs(finite.stationary(heights, 1e6, m) - rates.limit_law(heights)).mean() / 2, rel=1e-6
    )


def test_with_boltzmanns_entropy_the_mass_outside_has_no_such_asymptote():
    with pytest.raises(ValueError, match=r"m \(m\) = 1: must be below 1"):
        rates.outside_for_large_beta(U, 1.0, 1.0)


@pytest.mark.parametrize("m, m2", [*PHIS, (None, 2.0)])
def test_the_mean_of_u_at_the_target_never_rises_with_beta(m, m2):
    above = rates.mean_above_minimum(U, np.linspace(0, 20, 101), m, m2)
    assert (np.diff(above) < 0).all() and above[0] == pytest.approx(U.mean() - U.min(), rel=1e-9)


def test_the_largest_gamma_gives_the_fastest_promised_concentration():
    assert rates.concentration_exponent(-1.0) == pytest.approx(1 / 8)
    for m in (-0.2, -1.0, -5.0):
        assert rates.concentration_exponent(m) == pytest.approx(-m / (2 * (1 - m) ** 2), rel=1e-12)
        assert rates.concentration_exponent(m, 0.5 * finite.largest_gamma(m)) < rates.concentration_exponent(m)
    with pytest.raises(ValueError, match="must be negative"):
        rates.concentration_exponent(0.0)


def test_under_the_theorems_schedule_the_target_falls_at_the_exponent_of_concentration():
    schedule, t = sv.schedules.Power(gamma=0.25, t0=1.1), np.array([1e12, 1e14])
    left = rates.outside(U, schedule.at(t))
    assert -np.diff(np.log(left))[0] / np.log(100) == pytest.approx(rates.concentration_exponent(-1.0), rel=0.02)


# ---- another law μ, and weights of the links -------------------------------------------------------------------------


def weighted():
    """A graph of five states whose μ is not uniform, U on it, and densities with respect to that μ."""
    edges, mu = ((0, 1, 2.0), (0, 2, 0.5), (1, 2), (2, 3, 4.0), (3, 4)), (1.0, 3.0, 0.5, 2.0, 0.2)
    space = space_of("own", 0, 1, edges=edges, measure="own", mu=mu)
    return space, np.array([0.8, 0.1, 1.0, -0.4, 0.5]), np.random.default_rng(4).dirichlet(np.ones(5), 30) / space.mu


@pytest.mark.parametrize("m, m2", [(-1.0, 2.0), (0.5, 2.0), (-2.0, 3.0)])
def test_excess_dissipation_and_bound_are_those_of_any_reversible_law(m, m2):
    space, heights, rhos = weighted()
    rate, volume = space.rates(0.3), space.volume
    L = np.zeros((5, 5))
    for (x, y), w in zip(space.links, space.weights, strict=True):
        L[x, y], L[y, x] = 0.3 * w / (5 * space.mu[x]), 0.3 * w / (5 * space.mu[y])
    gap = np.sort(np.linalg.eigvals(np.diag(L.sum(axis=1)) - L).real)[1]
    assert rates.base_gap(space.links, 5, rate, volume) == pytest.approx(gap, rel=1e-10)
    least = rates.free_energy_at_target(heights, 2.0, m, m2, volume)
    for rho in rhos:
        above = rates.excess(rho, heights, 2.0, m, m2, volume)
        assert above == pytest.approx(finite.energy(rho, heights, 2.0, m, m2, volume) - least, rel=1e-8)
        change = finite.velocity(rho, heights, 2.0, m, space.links, rate, m2, volume)
        assert space.mu @ change == pytest.approx(0, abs=1e-14), "mass is conserved"
        h = 1e-7 * rho.min() / np.abs(change).max()
        fall = np.subtract(*(finite.energy(rho + s * h * change, heights, 2.0, m, m2, volume) for s in (-1, 1)))
        assert fall / (2 * h) == pytest.approx(rates.dissipation(rho, heights, 2.0, m, space.links, rate, m2), rel=1e-3)
        bound = rates.least_decay_rate(rho, m, space.links, rate, m2, volume)
        assert rates.decay_rate(rho, heights, 2.0, m, space.links, rate, m2, volume) >= bound * (1 - 1e-9)


def test_in_the_end_the_law_of_any_reversible_generator_decays_at_twice_the_gap():
    space, heights, rhos = weighted()
    law = finite.ExactLaw(space.links, heights, 2.0, -1.0, space.rates(0.3), rhos[0], volume=space.volume)
    gap = finite.relaxation_rate(heights, 2.0, -1.0, space.links, space.rates(0.3), volume=space.volume)
    assert rates.decay_rates(law, [6 / gap])[0] == pytest.approx(2 * gap, rel=0.02)
    uniform = finite.relaxation_rate(heights, 2.0, -1.0, space.links, space.rates(0.3))
    assert uniform != pytest.approx(gap, rel=0.1), "negative control"


def test_the_target_of_any_mu_tends_to_mu_on_the_minimisers():
    space, heights, _ = weighted()
    heights[1] = heights[3]  # two minimisers, with μ in proportion 3 : 2
    share = space.mu * rates.limit_law(heights, space.volume)
    np.testing.assert_allclose(share, [0, 0.6, 0, 0.4, 0], atol=1e-15)
    beta = 1e6
    np.testing.assert_allclose(space.mu * finite.stationary(heights, beta, -1.0, 2.0, space.volume), share, atol=1e-3)
    out = rates.outside(heights, beta, -1.0, 2.0, space.volume)
    assert out == pytest.approx(rates.outside_for_large_beta(heights, beta, -1.0, space.volume), rel=1e-2)
    above = rates.mean_above_minimum(heights, 2.0, -1.0, 2.0, space.volume)
    assert above == pytest.approx(
        space.mu @ (finite.stationary(heights, 2.0, -1.0, 2.0, space.volume) * (heights - heights.min())), rel=1e-12
    )
