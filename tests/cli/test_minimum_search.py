"""The search for a minimiser: it is held against landscapes whose minimisers are known, and against a dense grid."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.cli import minimum_search
from swarmviz.cli.minimum_search import budget, lowest_places
from swarmviz.landscapes import Function


@pytest.mark.parametrize("name", ["Rastrigin", "Himmelblau", "Rosenbrock", "Eggholder", "CrossInTray"])
def test_all_known_minimisers_are_found_within_the_budget(name):
    landscape = sv.landscapes.ALL[name]()
    found, known = lowest_places(landscape, 2), landscape.minimisers(2)
    assert len(found.places) == len(known)
    low, high = landscape.limits(2)
    away = (np.abs(found.places[:, None] - known) / ((high - low) / 2)).max(axis=2)
    assert away.min(axis=0).max() < 1e-4 and away.min(axis=1).max() < 1e-4, "a success is an error below 0.05"
    assert found.value <= landscape.minimum(2) + 1e-6
    assert found.evaluations <= budget(2)


def test_of_a_function_without_slopes_or_walls_nothing_on_a_dense_grid_is_lower():
    def stepped(X):
        return np.where(
            X[:, 0] > 2.5, np.nan, np.floor(8 * np.abs(X - 0.7)).sum(axis=1) + np.abs(X - 0.7).sum(axis=1) / 9
        )

    landscape = Function(stepped, -3, 3, d=2)
    found = lowest_places(landscape, 2)
    axis = np.linspace(-3, 2.5, 300)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    assert found.value <= stepped(grid).min()
    np.testing.assert_allclose(found.places, [[0.7, 0.7]], atol=1e-6)


def test_the_same_function_has_the_same_minimiser_each_time_and_counts_its_values():
    asked = [0]

    def counted(X):
        asked[0] += len(X)
        return np.square(X - 0.123456789).sum(axis=1) + np.cos(9 * X[:, 0])

    landscape = Function(counted, -3, 3, d=2)
    landscape.require_dimension(2)
    first = lowest_places(landscape, 2)
    asked[0] = 0
    second = lowest_places(landscape, 2)
    assert np.array_equal(first.places, second.places) and first.value == second.value
    assert abs(asked[0] - second.evaluations) <= 4, "but for the value where it is told"


def test_there_is_none_of_a_constant_of_no_number_and_of_too_many_dimensions(monkeypatch):
    assert lowest_places(Function(lambda X: np.ones(len(X)), -3, 3), 2) is None
    assert lowest_places(sv.landscapes.Sphere(), minimum_search.MOST_D + 1) is None
    monkeypatch.setattr(minimum_search, "MOST_S", 1e-9)
    assert lowest_places(sv.landscapes.Sphere(), 2) is None, "too slow"
