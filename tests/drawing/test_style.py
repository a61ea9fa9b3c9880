"""Colours and sizes: those of the page are those of pictures and replays."""

import numpy as np

from components import palette
from swarmviz.drawing import style


def test_the_colours_are_those_of_the_page():
    for ours, theirs in ((style.LIGHT, palette.LIGHT), (style.DARK, palette.DARK)):
        for name in set(ours._fields) - {"landscape"}:
            assert getattr(ours, name) == getattr(theirs, name), name
        ends = [[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in theirs.landscape]
        np.testing.assert_allclose(style.ramp(ours.landscape, len(ends)), ends, atol=0.03)
