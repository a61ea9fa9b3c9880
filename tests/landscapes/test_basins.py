"""Basins of attraction: held against intervals between maxima, and against the way that the gradient leads."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

import swarmviz as sv
from swarmviz.landscapes import basins
from swarmviz.landscapes.basins import KEPT, NODES, Basins, basins_of, known
from tests.dynamics.test_cost import Counting

WAVES = [
    "Rastrigin",
    "WideRastrigin",
    "Ackley",
    "DropWave",
    "Levy",
    "Griewank",
    "Salomon",
    "Schwefel226",
    "StyblinskiTang",
]


def maxima(landscape, low, high):
    """Where F turns from rising to falling, on ten times as many places as the grid has."""
    x = np.linspace(low, high, 10 * NODES[1])
    f = landscape.values(x[:, None])
    top = (f[1:-1] > f[:-2]) & (f[1:-1] >= f[2:])
    return x[1:-1][top]


@pytest.mark.parametrize("name", WAVES)
def test_in_one_dimension_basins_are_the_intervals_between_neighbouring_maxima(name):
    landscape = getattr(sv.landscapes, name)()
    (low,), (high,) = landscape.limits(1)
    edges, spacing = maxima(landscape, low, high), (high - low) / (NODES[1] - 1)
    x = np.random.default_rng(1).uniform(low, high, 20_000)
    x = x[np.abs(x[:, None] - edges).min(axis=1) > spacing] if len(edges) else x
    interval, label = np.searchsorted(edges, x), Basins(landscape, 1).of(x[:, None])
    pairs = set(zip(interval.tolist(), label.tolist(), strict=True))
    assert len(pairs) == len(set(interval.tolist())) == len(set(label.tolist())) == len(Basins(landscape, 1).minima) > 1
    lows = {
        i: landscape.values(np.linspace(*bounds, 4001)[:, None]).min()
        for i, bounds in enumerate(intervals(edges, low, high))
    }
    by_label = [lows[i] for i, _ in sorted(pairs, key=lambda pair: pair[1])]
    assert (np.diff(by_label) > -1e-6 * np.ptp(by_label)).all(), "0 is the lowest, and so on"


def intervals(edges, low, high):
    return list(zip([low, *edges], [*edges, high], strict=True))


def test_basins_of_rastrigin_end_where_its_derivative_says():
    basin = Basins(sv.landscapes.Rastrigin(), 1)
    edge = brentq(lambda x: 2 * x + 20 * np.pi * np.sin(2 * np.pi * x), 0.4, 0.52)
    spacing = 10.24 / (NODES[1] - 1)
    assert basin.of(np.array([[0.0], [edge - spacing], [edge + spacing], [-edge + spacing]])).tolist() == [0, 0, 2, 0]
    assert len(basin.minima) == 11 and basin.minima[:3] == pytest.approx([0.0, 0.994959, 0.994959], abs=1e-6)


FLOWS = {
    "Rastrigin": (sv.landscapes.Rastrigin(), 121),
    "DoubleWell": (sv.landscapes.DoubleWell(), 2),
    "Himmelblau": (sv.landscapes.Himmelblau(), 4),
    "StyblinskiTang": (sv.landscapes.StyblinskiTang(), 4),
    "ThreeHumpCamel": (sv.landscapes.ThreeHumpCamel(), 3),
    "GaussianMixture": (sv.landscapes.GaussianMixture(), 4),
    "SixHumpCamel": (sv.landscapes.SixHumpCamel(), 6),
}


@pytest.mark.parametrize("name", FLOWS)
def test_in_two_dimensions_the_gradient_leads_to_the_bottom_of_the_basin(name):
    """Down from random points with short steps. Who begins next to a ridge may go the other way: 3 % at most."""
    landscape, count = FLOWS[name]
    basin, (low, high) = Basins(landscape, 2), landscape.limits(2)
    assert len(basin.minima) == count
    x = np.random.default_rng(3).uniform(low, high, (1500, 2))
    at, step = x.copy(), (high - low).min() / 2500
    for k in range(3000):
        slope = landscape.gradient(at)
        length = np.maximum(np.linalg.norm(slope, axis=1, keepdims=True), 1e-300)
        at = np.clip(at - slope / length * step * (1.0 if k < 2800 else 0.1), low, high)
    begun, ended = basin.of(x), basin.of(at)
    assert (begun != ended).mean() <= 0.03 and len(set(begun.tolist())) > 1
    near = np.linalg.norm((basin.lowest[ended.astype(int)] - at) / (high - low), axis=1)
    assert (near < 0.02).mean() > 0.97, "that is where they are"


@pytest.mark.parametrize(
    "name", ["Rosenbrock", "WideRosenbrock", "Zakharov", "Booth", "BukinN6", "Sphere", "Schwefel220"]
)
def test_a_valley_askew_through_the_grid_is_one_basin(name):
    assert len(Basins(getattr(sv.landscapes, name)(), 2).minima) == 1


def test_waves_that_the_grid_cannot_show_are_no_basins():
    """Griewank's are 1.3 nodes wide: as a bowl it has one."""
    assert (
        len(Basins(sv.landscapes.Griewank(), 2).minima) == 1 and len(Basins(sv.landscapes.Griewank(), 1).minima) == 191
    )


@pytest.mark.parametrize("name", sv.landscapes.ALL)
def test_of_every_landscape_the_lowest_basin_holds_a_known_minimiser(name):
    landscape = sv.landscapes.ALL[name]()
    for d in filter(landscape.supports, NODES):
        basin, at = Basins(landscape, d), landscape.minimisers(d)
        assert (np.diff(basin.minima) >= -1e-9 * np.ptp(basin.minima)).all()
        assert set(np.unique(basin.labels)) == set(range(len(basin.minima)))
        assert len(at) == 0 or (basin.of(at) == 0).any()
        if len(at):
            height = landscape.minimum(d)
            assert set(np.flatnonzero(basin.minima <= height + 1e-12)) >= set(basin.of(at).astype(int))
        assert basin.of(basin.lowest).tolist() == list(range(len(basin.minima)))


def test_outside_the_box_and_where_f_is_no_number_there_is_none():
    basin = Basins(sv.landscapes.Rastrigin(), 2)
    beyond = np.array([[5.2, 0.0], [0.0, -5.2], [np.nan, 0.0], [0.0, np.inf], [5.12, -5.12]])
    assert np.isnan(basin.of(beyond)).tolist() == [True, True, True, True, False]
    rooted = Basins(sv.landscapes.Formula("sqrt(x1) + x2**2", box=(-1.0, 1.0)), 2)
    assert np.isnan(rooted.of(np.array([[-0.5, 0.0]]))).all() and rooted.of(np.array([[0.5, 0.0]])) == [0]


@pytest.mark.parametrize("formula", ["sqrt(x1 - 0.999)", "1e308*x1 + 1e308*x1*x1*2", "0*x1", "1/x1"])
def test_landscapes_that_are_hardly_any_do_no_harm(formula):
    for d in (1, 2):
        text = formula + (" + 0*x2" if d == 2 else "")
        basin = Basins(sv.landscapes.Formula(text, box=(-1.0, 1.0)), d)
        found = basin.of(np.random.default_rng(0).uniform(-1, 1, (50, d)))
        assert ((found >= 0) | np.isnan(found)).all() and len(basin.minima) == len(set(basin.labels[basin.labels >= 0]))


def test_a_flat_landscape_is_one_basin():
    for d in (1, 2):
        assert (
            len(Basins(sv.landscapes.Formula("0*x1" + (" + 0*x2" if d == 2 else ""), box=(-1.0, 1.0)), d).minima) == 1
        )


def test_symmetric_wells_are_numbered_by_their_places():
    """By rounding they might be numbered otherwise on another processor."""
    lowest = Basins(sv.landscapes.Rastrigin(), 2).lowest
    places = np.round(lowest).astype(int).tolist()
    assert places[1:5] == [[-1, 0], [0, -1], [0, 1], [1, 0]]


def test_what_is_known_is_kept_and_a_parameter_makes_another(monkeypatch):
    monkeypatch.setattr(basins, "_kept", [])
    landscape = sv.landscapes.GaussianMixture()
    first = basins_of(landscape, 2)
    assert basins_of(landscape.copy(), 2) is first and basins_of(landscape, 1) is not first
    moved = landscape.with_handle_moved(0, landscape.handles(2)[0] + 0.5)
    assert basins_of(moved, 2) is not first and basins_of(landscape, 2) is first
    for place in range(KEPT):
        basins_of(landscape.with_handle_moved(0, landscape.handles(2)[0] + 0.1 * (place + 1)), 2)
    assert len(basins._kept) == KEPT and basins_of(landscape, 2) is not first


def test_nobodys_own_function_is_asked_and_nobody_counts_the_grid(monkeypatch):
    monkeypatch.setattr(basins, "_kept", [])
    own = sv.landscapes.Function(lambda X: np.square(X).sum(axis=1), -3, 3)
    assert not known(own, 2) and not known(sv.landscapes.Sphere(), 3) and known(sv.landscapes.Sphere(), 2)
    landscape = Counting()
    basins_of(landscape, 2)
    assert landscape.calls.tolist() == [0, 0]
