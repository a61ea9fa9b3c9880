"""The random coefficients of Xin-She Yang's function."""

from __future__ import annotations

import numpy as np
import pytest

from swarmviz.landscapes import ALL
from tests.landscapes.points import points


def test_another_draw_of_the_coefficients_is_another_function_and_the_same_draw_the_same():
    X = points(ALL["XinSheYang"](), 4, 10)
    zero, one, again = (ALL["XinSheYang"](draw=k).values(X) for k in (0, 1, 0))
    assert np.array_equal(zero, again) and np.all(zero != one)
    # At e_i the value is η_i: uniform in (0, 1).
    etas = np.concatenate([ALL["XinSheYang"](draw=k).values(np.eye(20)) for k in range(200)])
    assert 0 < etas.min() < 0.01 and 0.99 < etas.max() < 1
    assert etas.mean() == pytest.approx(0.5, abs=5 / np.sqrt(12 * etas.size))


def test_its_box_is_that_of_the_literature():
    assert ALL["XinSheYang"]().box == (-5.0, 5.0)
