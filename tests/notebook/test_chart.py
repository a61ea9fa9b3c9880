"""Small charts: every value has its height, gaps stay gaps, and the axis is logarithmic only where that can be."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from swarmviz.notebook.chart import HEIGHT, MARGIN, WIDTH, chart


def strokes(svg):
    """The lines of a chart, as arrays of points."""
    way = ElementTree.fromstring(svg).findall("{http://www.w3.org/2000/svg}path")
    assert len(way) == 1
    return [
        np.array([list(map(float, pair.split())) for pair in stroke.split("L")])
        for stroke in re.findall(r"M([^M]+)", way[0].get("d"))
    ]


@pytest.mark.parametrize("y, heights", [([0.0, 5.0, 10.0], [0, 0.5, 1]), ([1.0, 10.0, 100.0], [0, 0.5, 1])])
def test_heights_are_linear_or_logarithmic(y, heights):
    (line,) = strokes(chart(np.array([0, 1, 4]), np.array(y)))
    np.testing.assert_allclose(line[:, 0], MARGIN + np.array([0, 0.25, 1]) * (WIDTH - 2 * MARGIN), atol=0.06)
    np.testing.assert_allclose(line[:, 1], HEIGHT - MARGIN - np.array(heights) * (HEIGHT - 2 * MARGIN), atol=0.06)


def test_what_is_not_finite_is_a_gap():
    first, second = strokes(chart(np.arange(6), np.array([1.0, 2.0, np.nan, 3.0, np.inf, np.nan])))
    assert len(first) == 2 and len(second) == 1


def test_what_does_not_change_is_a_line_in_the_middle():
    (line,) = strokes(chart(np.arange(3), np.full(3, 7.0)))
    assert set(line[:, 1]) == {HEIGHT / 2 + MARGIN} or set(line[:, 1]) == {HEIGHT / 2}


@pytest.mark.parametrize("y", [[], [np.nan], [np.inf, np.nan]])
def test_nothing_finite_is_no_line(y):
    assert "<path" not in chart(np.arange(len(y)), np.array(y))


def test_a_long_series_is_thinned_and_keeps_its_peak():
    y = np.zeros(100_000)
    y[31_415] = 1
    (line,) = strokes(chart(np.arange(len(y)), y))
    assert len(line) < 300 and line[:, 1].min() == MARGIN
