"""What the figures of all views share."""

from __future__ import annotations

import re

import pytest
from bokeh.models import Grid, Label, Legend, LegendItem, Plot

from components.palette import theme
from components.views.arena.arena import Arena
from components.views.curves.curve_plot import CurvePlot
from components.views.curves.curves import Curves
from components.views.density.density import Density
from components.views.figures import apply_theme, describe, flat_legend, name_in_legend, new_figure, note
from components.views.mass import Mass
from components.views.occupation import Occupation
from components.views.phase_space import PhaseSpace
from tests.views.finite_set import run as finite_set_run
from tests.views.helpers import attached, figures, paint, pictured, simulation, step


def texts(dark):
    """The text under each plot that has one."""
    views = [kind(dark=dark) for kind in (Density, Occupation, PhaseSpace, Mass)]
    return [CurvePlot(theme(dark)).reasons, *(view.note if isinstance(view, Mass) else view.reasons for view in views)]


@pytest.mark.parametrize("dark", [False, True])
def test_text_under_a_plot_leaves_the_plot_its_height_and_has_the_colour_of_the_theme(dark):
    """Of SSA it grew over the menu of the next plot."""
    for text in texts(dark):
        assert not text.visible and text.styles["color"] == theme(dark).soft
        height, line = (int(re.search(r"(\d+)px", text.styles[of])[1]) for of in ("height", "line-height"))
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


def told(view):
    """What a screen reader says of every figure of a view that is seen."""
    return [pane.object.name for pane in figures(view) if pane.visible and hasattr(pane.object, "x_range")]


@pytest.mark.parametrize("kind", [Arena, Density, Curves, PhaseSpace, Mass, Occupation])
def test_every_figure_says_what_it_shows_over_what_and_what_is_drawn(kind):
    sim = {PhaseSpace: lambda: simulation("PSO"), Mass: lambda: simulation("SBGD"), Occupation: finite_set_run}.get(
        kind, simulation
    )()
    texts = told(pictured(kind(), sim))
    assert texts
    for text in texts:
        assert "Horizontal axis: " in text and "Drawn: " in text and text.endswith("."), text


def test_the_density_in_the_plane_says_so_too():
    view, sim = Density(), simulation("SSA")
    view.plane = True
    (text,) = told(pictured(view, sim))
    assert text.startswith("Density of the agents over the plane") and "x₁; vertical axis: x₂" in text


def test_the_arena_tells_dynamics_landscape_agents_dimension_axes_and_marks():
    sim = simulation(n=40, d=3)
    (text,) = told(attached(Arena(), sim))
    for part in (
        sim.dynamics.title,
        sim.landscape.title,
        "40 agents",
        "3 dimensions",
        "x₁; vertical axis: x₂",
        "known minimum",
        "slice",
    ):
        assert part in text
    (text,) = told(attached(Arena(), simulation("SSA", n=1, d=1)))
    assert "1 agent in 1 dimension." in text and "F(x)" in text
    (text,) = told(attached(Arena(), finite_set_run()))
    assert "dimension" not in text and "lowest U" in text


def test_another_run_has_another_description_and_a_picture_writes_none():
    view, sim = Arena(), simulation(n=40)
    attached(view, sim)
    written = []
    view.figure.on_change("name", lambda attr, old, new: written.append(new))
    view.figure.title.on_change("text", lambda attr, old, new: written.append(new))
    step(sim, view, steps=5)
    assert not written
    attached(view, simulation(landscape="Rastrigin", n=50))
    view.name_pane("B", "σ = 2", True)
    assert "Arena B" in view.figure.name and "Rastrigin" in view.figure.name and "50 agents" in view.figure.name
    assert "σ = 2 · the controls belong to it" in view.figure.name
    view.name_pane("", "", True)  # of the only one that is not worth saying
    assert "controls" not in view.figure.name


def test_a_plot_of_curves_names_its_lines_and_leaves_out_those_that_are_hidden():
    view, sim = Curves(), simulation(steps=20)
    pictured(view, sim)
    plot = next(plot for plot in view._plots if plot.lines)
    tip, name, *_ = plot.lines[0]
    assert name in plot.figure.name.split("Drawn: ")[1] and plot.figure.yaxis[0].axis_label in plot.figure.name
    plot.toggle(tip)
    assert name not in plot.figure.name.partition("Drawn: ")[2].rstrip(".").split(", ")
    plot.toggle(tip)
    paint(view, sim)
    assert name in plot.figure.name


def test_a_logarithmic_axis_is_told():
    fig = new_figure("m", "σ(m)", x_axis_type="log")
    describe(fig, "Masses")
    assert fig.name == "Masses. Horizontal axis: m, logarithmic; vertical axis: σ(m)."


def test_a_legend_that_stays_is_not_written_again():
    fig = new_figure()
    legend, line = flat_legend(fig), fig.line([0], [0])
    written = []
    for label, writes in (("a", 1), ("a", 1), ("b", 2)):
        name_in_legend(legend, [LegendItem(label=label, renderers=[line])])
        assert [item.label.value for item in legend.items] == [label]
        written.append(legend.items)
        assert len({id(items) for items in written}) == writes
