"""Which rows a hand means: functions of arrays."""

import numpy as np

from swarmviz.explore.selection import Box, between, inside, nearest, passing


def test_a_box_holds_its_edges_and_no_nan_whichever_corner_came_first():
    box = Box.of(2.0, 1.0, 5.0, 3.0)
    x, y = np.array([1.0, 2.0, 1.5, 0.9, np.nan, 1.5]), np.array([3.0, 5.0, 4.0, 4.0, 4.0, np.nan])
    np.testing.assert_array_equal(inside(box, x, y), [True, True, True, False, False, False])


def test_a_curve_passes_a_box_when_a_point_of_it_lies_there():
    steps, curves = np.array([0.0, 1.0, 2.0]), np.array([[5.0, 4.0, 3.0], [5.0, 1.0, 1.0], [np.nan, np.nan, 4.0]])
    np.testing.assert_array_equal(passing(Box(0.5, 2.5, 3.5, 4.5), steps, curves), [True, False, True])
    own = np.array([[0.0, 1.0, 2.0], [0.0, 10.0, 20.0], [0.0, 1.0, 9.0]])
    np.testing.assert_array_equal(passing(Box(0.5, 2.5, 3.5, 4.5), own, curves), [True, False, False])


def test_a_range_holds_only_what_was_reached():
    spent, there = np.array([1.0, 2.0, 3.0, 2.0]), np.array([True, True, True, False])
    np.testing.assert_array_equal(between(3.0, 1.5, spent, there), [False, True, True, False])


def test_a_tap_means_the_nearest_point_in_pixels_if_it_is_near():
    xs, ys = np.array([0.0, 1.0, np.nan]), np.array([0.0, 100.0, 0.0])
    assert nearest(0.9, 60.0, xs, ys, (100.0, 0.1), 14.0) == 1
    assert nearest(0.5, 50.0, xs, ys, (100.0, 0.1), 14.0) is None
    assert nearest(0.0, 0.0, np.zeros(0), np.zeros(0), (1.0, 1.0), 1.0) is None
