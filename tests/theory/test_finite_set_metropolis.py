"""Classical annealing descends every generalised entropy relative to Gibbs' law (004 Proposition A.3)."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.dynamics.finite_set.space import space_of
from swarmviz.theory import finite_set as finite
from swarmviz.theory import finite_set_metropolis as metropolis

CURVE = sv.landscapes.FiniteSetCurve()
PHIS = [(-1.0, 2.0), (0.0, 2.0), (1.0, 1.0), (0.5, 1.5), (-2.0, 3.0)]


def example(seed=1):
    space = space_of("random", 20, 1, 4.0, 3)
    rho = np.exp(np.random.default_rng(seed).normal(size=20))
    return space.links, CURVE.values(space.positions(*CURVE.limits(1))), rho / rho.mean()


@pytest.mark.parametrize("m, m2", PHIS)
def test_the_gradient_descent_of_every_entropy_is_the_metropolis_flow(m, m2):
    for seed in range(5):
        links, U, rho = example(seed)
        expected = finite.velocity(rho, U, 0.7, None, links, 0.3)
        np.testing.assert_allclose(metropolis.descent(rho, U, 0.7, links, 0.3, m, m2), expected, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("m, m2", PHIS)
def test_every_entropy_falls_along_the_metropolis_law_at_the_rate_of_its_dissipation(m, m2):
    links, U, rho = example()
    law, t, h = finite.ExactLaw(links, U, 0.7, None, 0.3, rho), 1.5, 1e-3
    before, now, after = law.at([t - h, t, t + h])
    fall = metropolis.relative_entropy(before, U, 0.7, m, m2) - metropolis.relative_entropy(after, U, 0.7, m, m2)
    rate = metropolis.dissipation(now, U, 0.7, links, 0.3, m, m2)
    assert rate > 0 and fall / (2 * h) == pytest.approx(rate, rel=1e-3)
    wrong = finite.ExactLaw(links, U, 0.7, None, 0.33, rho).at([t - h, t + h])  # negative control: 10 % faster
    fall = np.subtract(*(metropolis.relative_entropy(p, U, 0.7, m, m2) for p in wrong))
    assert fall / (2 * h) != pytest.approx(rate, rel=1e-2)


def test_the_entropy_of_boltzmann_is_the_energy_less_its_minimum():
    _, U, rho = example()
    eta = finite.stationary(U, 0.7, None)
    above = finite.energy(rho, U, 0.7, None) - finite.energy(eta, U, 0.7, None)
    assert metropolis.relative_entropy(rho, U, 0.7, 1.0, 1.0) == pytest.approx(above, rel=1e-10)
    assert metropolis.relative_entropy(eta, U, 0.7) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("m, m2", PHIS)
def test_so_it_is_for_every_reversible_law_and_weights_of_the_links(m, m2):
    """Against the generator as a matrix: M = L exp(−β (U(y) − U(x))₊), ṗ = p M."""
    edges, mu = ((0, 1, 2.0), (0, 2, 0.5), (1, 2), (2, 3, 4.0), (3, 4)), (1.0, 3.0, 0.5, 2.0, 0.2)
    space = space_of("own", 0, 1, edges=edges, measure="own", mu=mu)
    U, beta = np.array([0.8, 0.1, 1.0, -0.4, 0.5]), 0.7
    L = np.zeros((5, 5))
    for x, y, *w in edges:
        L[x, y], L[y, x] = 0.3 * (w or [1.0])[0] / (5 * space.mu[x]), 0.3 * (w or [1.0])[0] / (5 * space.mu[y])
    M = L * np.exp(-beta * np.maximum(U[None, :] - U[:, None], 0))
    M -= np.diag(M.sum(axis=1))
    rho = np.random.default_rng(4).dirichlet(np.ones(5)) / space.mu
    expected = (space.mu * rho) @ M / space.mu
    given = {"rate": space.rates(0.3), "volume": space.volume}
    np.testing.assert_allclose(finite.velocity(rho, U, beta, None, space.links, **given), expected, rtol=1e-12)
    np.testing.assert_allclose(
        metropolis.descent(rho, U, beta, space.links, m=m, m2=m2, **given), expected, rtol=1e-8, atol=1e-12
    )
    h = 1e-6
    entropy = [metropolis.relative_entropy(rho + s * h * expected, U, beta, m, m2, space.volume) for s in (-1, 1)]
    fall = metropolis.dissipation(rho, U, beta, space.links, m=m, m2=m2, **given)
    assert fall > 0 and (entropy[0] - entropy[1]) / (2 * h) == pytest.approx(fall, rel=1e-5)
