"""The initial laws on the line, against the swarm that is drawn from them."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.laws.distance import curve_of, distance, expected_distance
from swarmviz.laws.initial import initial_law

ACKLEY, WELL = sv.landscapes.Ackley(), sv.landscapes.DoubleWell(tilt=0.0)
STARTS = {
    "uniform": (ACKLEY, {}),
    "box": (ACKLEY, {"low": -1.0, "high": 3.0}),
    "gaussian": (ACKLEY, {"centre": 0.5, "spread": 2.0}),
    "away": (WELL, {"radius": 0.2}),
    "points": (ACKLEY, {"points": [[1.0], [-2.0], [1.0], [0.5]]}),
}


def started(initial, n=100_000):
    landscape, options = STARTS[initial]
    return landscape, sv.Swarm(n=n, d=1, seed=5, initial=initial, **options)


@pytest.mark.parametrize("initial", STARTS)
def test_a_large_swarm_lies_as_near_as_independent_draws(initial):
    """W₁ of one swarm of 1e5; its deviation is below 0.4 of its mean (Brownian bridge), so that 2.5 means are beyond 3.7 deviations."""
    landscape, swarm = started(initial)
    law, x = initial_law(swarm, landscape), swarm.positions(landscape).ravel()
    curve = curve_of(law.cdf, x.min(), x.max(), law.atoms)
    assert distance(x, curve) <= 2.5 * expected_distance(curve, swarm.n) * (initial != "points") + 1e-12


@pytest.mark.parametrize("initial", STARTS)
def test_quantiles_are_the_inverse_of_the_distribution_function(initial):
    law = initial_law(*reversed(started(initial)))
    u = (np.arange(1000) + 0.5) / 1000
    x = law.quantiles(u)
    assert (np.diff(x) >= 0).all()
    if initial == "points":
        assert (law.cdf(x) >= u).all() and (law.cdf(x - 1e-9) < u).all()
    else:
        np.testing.assert_allclose(law.cdf(x), u, atol=1e-14)


@pytest.mark.parametrize("initial", sorted(set(STARTS) - {"points"}))
def test_cells_and_density_agree_with_the_distribution_function(initial):
    law = initial_law(*reversed(started(initial)))
    edges = np.linspace(-20, 20, 8001)
    cells = law.cells(edges, centre=0.25)
    np.testing.assert_allclose(cells.mass, np.diff(law.cdf(edges + 0.25)), atol=1e-15)
    middles = 0.5 * (edges[1:] + edges[:-1]) + 0.25
    away = ~np.isin(np.arange(8000), np.searchsorted(edges + 0.25, law.breaks) - 1)
    np.testing.assert_allclose(cells.mass[away] / 0.005, np.exp(law.log_density(middles))[away], atol=1e-5)
    x = law.quantiles((np.arange(10**6) + 0.5) / 10**6) - 0.25
    total, mean, variance = cells.moments()
    assert abs(total - 1) < 1e-14 and abs(mean - x.mean()) < 1e-9
    assert abs(variance / x.var() - 1) < 1e-5


def test_points_are_atoms_and_the_swarm_lies_on_them():
    law = initial_law(*reversed(started("points")))
    np.testing.assert_array_equal(law.atoms, [[-2.0, 0.25], [0.5, 0.25], [1.0, 0.5]])


def test_a_start_that_cannot_be_drawn_is_refused_as_by_the_swarm():
    with pytest.raises(ValueError, match="radius"):
        initial_law(sv.Swarm(d=1, initial="away", radius=9.0), ACKLEY)
    with pytest.raises(ValueError, match="d = 2"):
        initial_law(sv.Swarm(d=2), ACKLEY)
