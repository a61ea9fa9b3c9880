"""The picture of the landscape behind the plane: it fills the browser's frame and is deepest at a minimiser."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from components.views.arena.background import MARGIN, MAX_MARGIN, background, margins
from components.views.arena.ranges import EDGE_PX
from swarmviz.drawing.landscape_image import SHADES
from swarmviz.drawing.style import LEVELS


@pytest.mark.parametrize("shape", [(591, 268), (305, 237), (530, 603), (300, 900), (1900, 400), (220, 206)])
@pytest.mark.parametrize("view", [(10.0, 10.0), (2.0, 0.5), (1.0, 30.0)])
def test_the_picture_of_a_landscape_fills_every_frame(shape, view):
    """As the browser sees it: equal units on both axes, the whole view, and more of the landscape on the longer side."""
    view = np.array(view)
    for drift, edge in ((0.0, 0), (0.1, 0), (0.0, 8), (0.1, 8)):
        seen = max(view[0] / (shape[0] - 2 * edge), view[1] / (shape[1] - 2 * edge)) * np.array(shape)
        margin = margins(view, shape, drift, edge)
        assert (margin * view >= seen + 2 * drift * view).all() or max(margin) == MAX_MARGIN
        assert (margin <= 1.25 * np.maximum(seen / view + 2 * drift, 1.0) + 1e-9).all(), "pixels that nobody sees"
    assert margins(view, None) == margins(view, (0, 10)) == MARGIN


@pytest.mark.parametrize("frame", [(538, 626), (580, 269), (305, 236), (395, 180), (324, 294), (822, 806)])
def test_the_picture_before_the_frame_is_known_fills_that_of_every_usual_window(frame):
    """At 1440×900, 1024×768, 390×844, 844×390, 768×1024 and 1920×1080 pixels; white was left and right of it on a phone on its side."""
    assert (np.array(margins(np.array([10.0, 10.0]), frame, edge=EDGE_PX)) <= MARGIN).all()


def test_the_picture_of_a_landscape_is_deepest_at_its_minimiser():
    for name in ("Himmelblau", "Ackley"):
        surface = sv.landscapes.ALL[name]()
        low, high = surface.limits(2)
        picture = background(surface, 2, low, high)
        level = picture.image % LEVELS
        row, column = np.unravel_index(np.argmin(level), level.shape)
        at = picture.low + (picture.high - picture.low) * (np.array([column, row]) + 0.5) / level.shape[::-1]
        nearest = np.abs(surface.minimisers(2) - at).max(axis=1).min()
        assert nearest < 0.1
        assert picture.image.max() < SHADES and picture.log == (name == "Himmelblau")
        assert all(0 <= place <= 1 for place in picture.ticks)
