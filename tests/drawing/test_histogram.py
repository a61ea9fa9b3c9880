"""A histogram holds every agent inside, counts those outside, and its fullest cell is the darkest."""

from __future__ import annotations

import numpy as np
import pytest

from swarmviz.drawing.histogram import histogram, shades


@pytest.mark.parametrize("bins", [2, 37, 200])
def test_the_histogram_holds_every_agent_inside_and_counts_those_outside(bins):
    x = np.concatenate([np.random.default_rng(0).normal(size=999), [2.0, -2.0, 5.0, -7.0, np.nan]])
    top, edges, outside = histogram(x, -2.0, 2.0, bins)
    inside = np.rint(top * np.diff(edges) * len(x)).astype(int)
    assert inside.sum() + outside == len(x) and outside == (~(np.abs(x) <= 2)).sum()
    np.testing.assert_array_equal(inside[1:-1], np.histogram(x[np.abs(x) <= 2], edges)[0][1:-1])


def test_the_fullest_cell_is_the_darkest_whatever_it_holds():
    """139 agents in one cell were drawn as none: rounding led to 256, which is 0 in a byte."""
    wrong = [most for most in range(2, 5000) if shades(np.array([[0, 1, most]])).tolist()[0][2] != 255]
    assert not wrong
