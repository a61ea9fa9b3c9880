"""How much of the surroundings of a box is shown: in steps, the same on the page, in pictures and in replays."""

from __future__ import annotations

import numpy as np

from swarmviz.drawing.zoom import CALM_PICTURES, ZOOMS, Zoom


def test_the_view_grows_at_once_and_shrinks_only_after_a_while():
    zoom, far, near = Zoom(), np.full(30, 1.5), np.full(30, 0.2)
    assert zoom.step(far) and ZOOMS[zoom.place] >= 1.5
    assert not any(zoom.step(near) for _ in range(CALM_PICTURES))
    assert zoom.step(near)
