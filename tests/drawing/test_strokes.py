"""Strokes: whatever lies on another curve leaves a rim of it, and no two lines of theory have the same dashes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from swarmviz.drawing.curves import Curve
from swarmviz.drawing.strokes import RIM, strokes


def curves(*styles):
    return [Curve(str(i), str(i), np.zeros(2), np.zeros(2), style) for i, style in enumerate(styles)]


@pytest.mark.parametrize("measured", [1, 2, 4])
@pytest.mark.parametrize("theory", [(), ("dotted",), ("dotted", "dashed", "dotted", "dashed")])
def test_of_curves_on_each_other_all_are_seen(measured, theory):
    drawn = strokes(curves(*["solid"] * measured, *theory))
    solid, dashed = drawn[:measured], drawn[measured:]
    assert all(not one.dash for one in solid) and all(one.dash for one in dashed)
    assert all(a.width - b.width >= 2 * RIM - 1e-9 for a, b in itertools.pairwise(solid))
    assert all(solid[-1].width - one.width >= 0.5 for one in dashed), "a rim of what was measured under theory"
    assert len({one.dash for one in dashed}) == len(dashed)
    assert max(one.width for one in drawn) < 9
