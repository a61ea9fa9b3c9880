"""A thinned series looks as the whole one does: its extremes, its ends and its gaps are there, and its past stands still."""

from __future__ import annotations

import numpy as np
import pytest

from swarmviz.drawing.thinning import MOST_POINTS, STRETCHES, thin, thin_by_doublings


def test_thinning_keeps_extremes_and_both_ends_and_does_not_shimmer():
    y = np.random.default_rng(2).normal(size=50_000)
    y[31_234], k = 99.0, np.arange(50_000)
    thin_k, thin_y = thin(k, y)
    assert len(thin_k) <= MOST_POINTS and thin_y.max() == 99 and thin_y.min() == y.min()
    assert thin_k[0] == 0 and thin_k[-1] == k[-1] and (np.diff(thin_k) > 0).all()
    np.testing.assert_array_equal(y[thin_k], thin_y)
    later, _ = thin(k[:49_900], y[:49_900])
    assert np.isin(later[:-5], thin_k).all()


@pytest.mark.parametrize("n", [MOST_POINTS + 1, 4_321, 50_000])
@pytest.mark.parametrize("value", [np.inf, -np.inf, 99.0, -99.0])
def test_no_peak_is_lost_beside_values_that_are_no_numbers(n, value):
    """With a NaN in its stretch, neither the lowest nor the highest value of it was drawn."""
    rng = np.random.default_rng(n)
    for place in rng.integers(1, n - 1, 20):
        y = rng.normal(size=n)
        y[place - 1], y[place] = np.nan, value
        k, seen = thin(np.arange(n), y)
        assert place in k and np.isnan(seen).sum() == 1


def test_a_gap_stays_a_gap_and_what_is_never_a_number_is_a_few_points():
    y = np.arange(20_000.0)
    y[5_000:9_000] = np.nan
    k, seen = thin(np.arange(20_000), y)
    assert (
        len(k) <= 1.5 * MOST_POINTS
        and {4_999, 9_000} <= set(k.tolist())
        and np.isnan(seen[(k > 5_000) & (k < 9_000)]).all()
    )
    k, seen = thin(np.arange(20_000), np.full(20_000, np.nan))
    assert 2 < len(k) <= MOST_POINTS and np.isnan(seen).all()


@pytest.mark.parametrize("n", [0, 1, 8, 9, 40])
def test_a_short_series_is_as_it_is(n):
    k, y = np.arange(n), np.random.default_rng(1).normal(size=n)
    kept = thin(k, y, 8)
    assert len(kept[0]) <= max(8, 3) and (n > 8 or (kept[0] is k and kept[1] is y))


@pytest.mark.parametrize("n", [1001, 28_000])
def test_on_a_logarithmic_axis_the_first_steps_stay_and_every_stretch_keeps_its_extremes(n):
    k, rng = np.arange(n), np.random.default_rng(1)
    y = rng.normal(size=n)
    y[n // 3] = np.nan
    thin_k, thin_y = thin_by_doublings(k, y)
    np.testing.assert_array_equal(y[thin_k], thin_y)
    np.testing.assert_array_equal(thin_k[:30], np.arange(30))
    assert thin_k[-1] == n - 1 and np.isnan(thin_y).sum() == 1
    assert len(thin_k) <= 3 * STRETCHES * (np.log2(n) + 1)
    for start in (1, 16, 64, 256):  # powers of two, at which a stretch begins
        here = slice(start, 2 * start)
        shown = thin_y[(thin_k >= start) & (thin_k < 2 * start)]
        assert np.nanmax(shown) == np.nanmax(y[here]) and np.nanmin(shown) == np.nanmin(y[here])
    assert np.max(np.diff(np.log2(thin_k[30:]))) < 4 / STRETCHES, "nowhere a hole that could be seen"
    longer_k, _ = thin_by_doublings(np.arange(2 * n), np.append(y, y))
    assert set(thin_k[: len(thin_k) // 2]) <= set(longer_k), "the drawn past stays while the series grows"
