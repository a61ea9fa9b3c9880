"""Distances of agents to a law, against sums over quantiles and against many independent swarms."""

import numpy as np
import pytest
from scipy.special import ndtr, ndtri
from scipy.stats import wasserstein_distance

from swarmviz.laws.distance import Curve, curve_of, distance, expected_distance, jumps_at


def normal():
    return curve_of(ndtr, -1.0, 1.0)


def with_walls(x):
    """A normal law that is cut at −1 and 1."""
    return np.where(x >= 1.0, 1.0, np.where(x < -1.0, 0.0, ndtr(x)))


WALLS = np.array([[-1.0, ndtr(-1.0)], [1.0, ndtr(-1.0)]])


def test_a_curve_follows_its_function_and_jumps_at_atoms():
    x = np.linspace(-6, 6, 9973)
    np.testing.assert_allclose(normal().right(x), ndtr(x), atol=5e-5)
    curve = curve_of(with_walls, 0.0, 0.1, WALLS)
    assert curve.right(np.array([-1.0, 1.0])) == pytest.approx([ndtr(-1.0), 1.0], abs=1e-15)
    assert curve.left(np.array([-1.0, 1.0])) == pytest.approx([0.0, ndtr(1.0)], abs=1e-15)
    np.testing.assert_allclose(curve.right(np.array([-1.1, 0.3, 1.1])), [0.0, ndtr(0.3), 1.0], atol=5e-5)


def test_a_curve_finds_a_law_that_is_narrow_and_far_away():
    curve = curve_of(lambda x: ndtr((x - 3.0) / 1e-7), -5.0, 5.0)
    assert expected_distance(curve, 100) == pytest.approx(1e-7 * expected_distance(normal(), 100), rel=1e-3)


def test_the_distance_to_a_uniform_law_is_that_by_hand():
    curve = Curve(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    assert distance(np.array([0.5]), curve) == pytest.approx(0.25, abs=1e-15)
    assert distance(np.array([2.0]), curve) == pytest.approx(1.5, abs=1e-15)
    assert distance(np.array([0.75, 0.25]), curve) == pytest.approx(0.125, abs=1e-15)


def test_the_distance_is_that_of_two_swarms_when_one_is_very_large():
    agents = np.random.default_rng(1).normal(0.3, 1.5, 1000)
    many = ndtri((np.arange(10**6) + 0.5) / 10**6)  # stands for the law, to 1e-5
    assert distance(agents, normal()) == pytest.approx(wasserstein_distance(agents, many), abs=2e-5)
    walled = np.clip(agents, -1.0, 1.0)
    other = wasserstein_distance(walled, np.clip(many, -1.0, 1.0))
    assert distance(walled, curve_of(with_walls, -1.0, 1.0, WALLS)) == pytest.approx(other, abs=2e-5)


def test_agents_on_the_atoms_of_a_law_are_at_no_distance():
    atoms = np.array([[-2.0, 0.25], [0.5, 0.25], [1.0, 0.5]])
    cdf = lambda x: np.concatenate(([0.0], np.cumsum(atoms[:, 1])))[np.searchsorted(atoms[:, 0], x, side="right")]  # noqa: E731
    curve = curve_of(cdf, -2.0, 1.0, atoms)
    assert distance(np.array([1.0, -2.0, 1.0, 0.5]), curve) == pytest.approx(0.0, abs=1e-13)
    assert distance(np.array([1.0, -2.0, 1.0, 1.5]), curve) == pytest.approx(0.25, abs=1e-12)


@pytest.mark.parametrize("n", [3, 30, 300])
def test_the_expected_distance_is_the_mean_of_many_draws(n):
    """4000 draws: the standard error is 0.7% of the mean; the normal law of a binomial share is 4% off at n = 3, 0.5% at 30."""
    r, curve = np.random.default_rng(2), normal()
    mean = np.mean([distance(r.normal(size=n), curve) for _ in range(4000)])
    assert mean == pytest.approx(expected_distance(curve, n), rel=0.02 + 0.1 / n)


def test_jumps_are_found_at_their_places_only():
    np.testing.assert_array_equal(jumps_at(WALLS, np.array([-1.0, 0.0, 2.0])), [ndtr(-1.0), 0.0, 0.0])
    assert not jumps_at(np.zeros((0, 2)), np.zeros(3)).any()
