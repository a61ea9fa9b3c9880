"""What the figures of all views share."""

from __future__ import annotations

import pytest

from components.palette import theme
from components.views.curves.curve_plot import CurvePlot
from components.views.density.density import Density
from components.views.mass import Mass
from components.views.occupation import Occupation
from components.views.phase_space import PhaseSpace


def texts(dark):
    """The text under each plot that has one."""
    views = [kind(dark=dark) for kind in (Density, Occupation, PhaseSpace, Mass)]
    return [CurvePlot(theme(dark)).reasons, *(view.note if isinstance(view, Mass) else view.reasons for view in views)]


@pytest.mark.parametrize("dark", [False, True])
def test_text_under_a_plot_leaves_the_plot_its_height_and_has_the_colour_of_the_theme(dark):
    """Of SSA it grew over the menu of the next plot."""
    for text in texts(dark):
        assert not text.visible and text.styles["color"] == theme(dark).soft
        height, line = (int(text.styles[of].removesuffix("px")) for of in ("height", "line-height"))
        assert height == 2 * line, "whole lines, and as high with one as with two: nothing moves"
        assert text.styles["overflow-y"] == "auto", "the rest is scrolled to"
