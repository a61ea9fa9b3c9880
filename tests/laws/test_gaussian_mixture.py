"""Gaussians cut into cells, against SciPy's normal law and against the exact moments."""

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import norm

from swarmviz.laws.gaussian_mixture import WITHIN, Cells, Mixture, cdf, density, rebin, sources, together, uniform_cells

SINH = 1e-9 * np.sinh(0.2 * np.arange(-110, 111))
OPEN = np.concatenate(([-np.inf], SINH[1:-1], [np.inf]))


def mixture(n=200):
    """Far and near, wide and narrow: deviations over six decades."""
    r = np.random.default_rng(0)
    mass = r.uniform(size=n)
    return Mixture(mass / mass.sum(), r.normal(size=n), np.exp(r.uniform(-14, 0, n)))


def test_a_tail_is_exact_as_far_as_there_are_numbers():
    """SciPy's own tail has a relative error of some 1e-15; far out that of t²/2 counts 1e-16 · 700."""
    edges = np.linspace(0.0, 36.0, 1001)
    one = Mixture(np.ones(1), np.zeros(1), np.ones(1))
    np.testing.assert_allclose(
        rebin(one, np.append(edges, np.inf))[0].mass[::-1].cumsum()[::-1], ndtr(-edges), rtol=1e-12
    )
    x = np.linspace(-8, 8, 999)
    np.testing.assert_allclose(cdf(one, x), ndtr(x), rtol=2e-14)
    np.testing.assert_allclose(density(one, x), norm.pdf(x), rtol=2e-14)


@pytest.mark.parametrize(
    "edges", [OPEN, np.concatenate(([-np.inf], np.linspace(-3, 3, 40), [np.inf]))], ids=["sinh", "uniform"]
)
def test_mass_mean_and_second_moment_are_kept_whatever_the_cells(edges):
    whole = mixture()
    cells, _ = rebin(whole, edges)
    assert abs(cells.mass.sum() - 1) < 1e-14
    assert abs(cells.mass @ cells.mean - whole.mass @ whole.mean) < 1e-14
    second = whole.mass @ (whole.mean**2 + whole.deviation**2)
    assert abs(cells.mass @ (cells.mean**2 + cells.variance) - second) < 1e-13
    assert (cells.mass >= 0).all() and (cells.variance >= 0).all()
    assert (cells.mean >= edges[:-1]).all() and (cells.mean <= edges[1:]).all()


def test_every_cell_has_the_moments_of_the_mixture_in_it():
    """By sums over 20001 points of each cell; and cells far narrower than the Gaussians, where differences of tails cancel."""
    whole = mixture(50)
    for edges in (np.linspace(-2, 2, 9), np.array([0.1, 0.1 + 1e-7, 0.1 + 1e-3, 0.13])):
        cells, at_edges = rebin(whole, edges)
        np.testing.assert_allclose(
            at_edges, norm.pdf(edges[:, None], whole.mean, whole.deviation) @ whole.mass, rtol=1e-12
        )
        for low, high, mass, mean, variance in zip(edges, edges[1:], *cells, strict=False):
            # Gaussians of deviation 1e-6 need points of their own
            x = np.unique(
                np.concatenate(
                    [np.linspace(low, high, 20001)]
                    + [m + s * np.linspace(-9, 9, 1801) for m, s in zip(whole.mean, whole.deviation, strict=True)]
                )
            )
            x = x[(x >= low) & (x <= high)]
            p = norm.pdf(x[:, None], whole.mean, whole.deviation) @ whole.mass
            total = np.trapezoid(p, x)
            by_hand = np.trapezoid(p * (x - low), x) / total + low
            assert mass == pytest.approx(total, rel=2e-5)
            assert mean == pytest.approx(by_hand, abs=2e-5 * (high - low))
            assert variance == pytest.approx(np.trapezoid(p * (x - by_hand) ** 2, x) / total, rel=2e-4)


def test_sources_keep_five_moments_of_a_uniform_cell():
    mass, mean, variance = sources(Cells(np.array([0.3, 0.0]), np.array([2.0, 5.0]), np.array([1 / 12, 1.0])), WITHIN)
    assert mass.sum() == pytest.approx(0.3) and len(mass) == 2
    y = mean - 2.0
    assert mass @ y == pytest.approx(0.0, abs=1e-16)
    assert mass @ (y**2 + variance) / 0.3 == pytest.approx(1 / 12, rel=1e-14)
    assert mass @ (y**4 + 6 * y**2 * variance + 3 * variance**2) / 0.3 == pytest.approx(1 / 80, rel=1e-14)


def test_uniform_cells_are_exact_and_laws_in_the_same_cells_add():
    edges = np.array([-np.inf, -1.0, 0.0, 2.0, np.inf])
    both = together([uniform_cells(-2.0, 1.0, 0.75, edges), uniform_cells(0.5, 1.5, 0.25, edges)])
    np.testing.assert_allclose(both.mass, [0.25, 0.25, 0.5, 0.0])
    np.testing.assert_allclose(both.mean[:3], [-1.5, -0.5, 0.75])
    np.testing.assert_allclose(both.variance[:3], [1 / 12, 1 / 12, 1 / 12 + 0.25**2])
    assert both.moments() == pytest.approx(
        (1.0, 0.75 * -0.5 + 0.25, 0.75 * (9 / 12 + (-0.5 - -0.125) ** 2) + 0.25 * (1 / 12 + 1.125**2))
    )


def test_a_shifted_mixture_is_the_mixture_shifted():
    x = np.linspace(-3, 3, 50)
    np.testing.assert_allclose(cdf(mixture().shifted(0.5), x + 0.5), cdf(mixture(), x), atol=1e-9)
