"""What the figures of all views share."""

from __future__ import annotations

import pytest
from bokeh.models import Grid, Label, Legend, Plot

from components.palette import theme
from components.views.curves.curve_plot import CurvePlot
from components.views.density.density import Density
from components.views.figures import apply_theme, flat_legend, new_figure, note
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


@pytest.mark.parametrize("dark", [False, True])
def test_a_theme_reaches_grids_legends_and_labels_without_a_walk_through_all_models(dark, monkeypatch):
    """Walks took a third of the time in which a session is made."""
    fig, colours = new_figure("x", "y"), theme(dark)
    legend, label = flat_legend(fig), note(fig)
    monkeypatch.setattr(Plot, "select", None)
    apply_theme(fig, colours)
    grids = [part for part in fig.center if isinstance(part, Grid)]
    assert len(grids) == 2 and {grid.grid_line_color for grid in grids} == {colours.grid}
    assert (
        isinstance(legend, Legend)
        and legend.label_text_color == colours.ink
        and legend.inactive_fill_color == colours.paper
    )
    assert isinstance(label, Label) and label.text_color == colours.ink and label.background_fill_color == colours.paper
    assert {axis.axis_label_text_color for axis in (*fig.below, *fig.left)} == {colours.ink}
