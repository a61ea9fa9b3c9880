"""The page and a picture show the same numbers: what Bokeh's sources hold is what Matplotlib has drawn, and both are the drawing's."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.patches import StepPatch

import swarmviz as sv
from components.views.comparison import Comparison
from components.views.curves.curves import Curves
from components.views.density.density import Density
from components.views.mass import Mass
from components.views.occupation import Occupation
from components.views.phase_space import PhaseSpace
from swarmviz.drawing.agents import CELLS
from swarmviz.drawing.claims import opacity
from swarmviz.drawing.comparison import common, comparison_picture
from swarmviz.drawing.curves import curves_picture, groups_of, suits_log
from swarmviz.drawing.density import density_picture
from swarmviz.drawing.log_axis import BELOW
from swarmviz.drawing.mass import STRENGTH, mass_ends, mass_picture, strength_ends
from swarmviz.drawing.occupation import occupation_picture
from swarmviz.exports.mpl.comparison import comparison_figure
from swarmviz.exports.mpl.curves import curves_figure
from swarmviz.exports.mpl.density import density_figure
from swarmviz.exports.mpl.mass import mass_figure
from swarmviz.exports.mpl.occupation import occupation_figure
from swarmviz.exports.mpl.phase_space import phase_figure
from tests.views.finite_set import run as on_states
from tests.views.helpers import attached, paint, simulation

LONG = 2500  # steps, more than a curve has points


def test_a_long_record_is_thinned_alike_and_keeps_its_peaks():
    sim = simulation("CBO", "Rastrigin", n=10, steps=LONG)
    view, figure = attached(Curves(), sim), curves_figure(sim)
    for group, axes in zip(groups_of(sim.dynamics.observables), figure.axes, strict=False):
        log = suits_log(sim.dynamics.observables, group)
        view.choose(0, group, log)
        drawn = curves_picture(sim.frame, sim, group, log)
        for curve, line, (source, renderer) in zip(drawn.curves, axes.lines, view.plots[0].slots, strict=False):
            np.testing.assert_array_equal(source.data["k"], curve.k)
            np.testing.assert_array_equal(source.data["y"], curve.y)
            np.testing.assert_array_equal(line.get_xdata(), curve.k)
            np.testing.assert_array_equal(line.get_ydata(), np.where(curve.y == BELOW, np.nan, curve.y))
            assert (
                line.get_label() == curve.label
                and (line.get_alpha() or 1.0) == opacity(curve) == renderer.glyph.line_alpha
            )
        assert len(axes.lines) == len(drawn.curves) == sum(renderer.visible for _, renderer in view.plots[0].slots)
        for o, curve in zip((o for o in sim.dynamics.observables if o.panel == group), drawn.curves, strict=False):
            y = sim.record[o.name]
            assert len(curve.k) < len(y) and curve.y[-1] == max(y[-1], BELOW if log else y[-1])
            assert np.nanmax(curve.y) == np.nanmax(y) and (log or np.nanmin(curve.y) == np.nanmin(y))


def test_two_runs_are_compared_in_the_same_points():
    a, b = (simulation("CBO", "Rastrigin", n=10, seed=seed, steps=LONG) for seed in (1, 2))
    view, figure = attached(Comparison(runs=lambda: [a, b]), a), comparison_figure(a, other=b)
    rows = np.reshape(figure.axes, (-1, 2))
    for observable, (left, right) in zip(common([a, b]), rows, strict=True):
        view.compared = [observable.name, observable.log]
        drawn = comparison_picture([a, b], observable, observable.log)
        lines = [*left.lines, right.lines[-1]]
        sources = [source for plot, count in zip(view.plots, (2, 1), strict=True) for source, _ in plot.slots[:count]]
        for curve, line, source in zip([*drawn.together.curves, *drawn.difference.curves], lines, sources, strict=True):
            np.testing.assert_array_equal(source.data["y"], curve.y)
            np.testing.assert_array_equal(
                line.get_xydata(), np.column_stack([curve.k, np.where(curve.y == BELOW, np.nan, curve.y)])
            )


@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize(("dynamics", "d"), [("CBO", 1), ("FMC", 2), ("CBO", 3)])
def test_a_density_has_the_same_bars_lines_image_and_contours(dynamics, d, smooth):
    sim = simulation(dynamics, "Rastrigin", n=200, d=d)
    view, figure = attached(Density(bins=25), sim), density_figure(sim, bins=25, smooth=smooth)
    view.kde = smooth
    drawn = density_picture(sim.frame, sim, bins=25, smooth=smooth, joint=True)
    for m, axes, plot in zip(drawn.marginals, figure.axes, view._plots, strict=False):
        bars = axes.patches[0].get_data()
        np.testing.assert_array_equal(bars.values, m.top)
        np.testing.assert_array_equal(plot.bars.data["top"], bars.values.astype("f4"))
        np.testing.assert_array_equal(plot.bars.data["left"], bars.edges[:-1].astype("f4"))
        lines = [line.get_ydata().astype("f4") for line in axes.lines]
        shown = [plot.lines.data["smooth"]] * smooth + [plot.lines.data["target"]] * (drawn.target is not None)
        assert len(lines) == len(shown) and all(map(np.array_equal, lines, shown))
    if d > 1:
        view.plane = True
        (image,) = figure.axes[-1].images
        np.testing.assert_array_equal(view._joint.cells.data["image"][0], np.asarray(image.get_array()))
        levels = [c.levels.tolist() for c in figure.axes[-1].collections if hasattr(c, "levels")]
        assert levels == ([drawn.joint.target.levels.tolist()] if drawn.target else [])
        assert len(view._joint.lines.data["xs"]) == sum(map(len, levels))


@pytest.mark.parametrize("settings", [{}, {"noise": "cauchy"}])
@pytest.mark.parametrize("n", [40, 3000])
def test_a_phase_space_has_the_same_agents_marks_and_law_as_faint(n, settings):
    sim = simulation("BGK", "Rastrigin", n=n, **settings)
    view, frame = PhaseSpace(), sim.frame
    view.attach(sim)
    view.coordinate = 1
    (axes,) = phase_figure(sim, coordinates=[1]).axes
    (band,) = (c for c in axes.collections if not isinstance(c, PathCollection))
    (centre,) = (line for line in axes.lines if line.get_linestyle() == ":")
    law = view.prepare(frame, sim).picture.law
    assert view.centre.glyph.line_alpha == centre.get_alpha() == opacity(law)
    assert view.spread.glyph.fill_alpha == pytest.approx(band.get_alpha())
    if n > 2000:
        assert view.density.data["image"][0].shape == np.asarray(axes.images[0].get_array()).shape == (CELLS[2],) * 2
        return
    dots = next(c for c in axes.collections if isinstance(c, PathCollection)).get_offsets()
    np.testing.assert_array_equal(np.column_stack([view.points.data["x"], view.points.data["v"]]), dots.astype("f4"))
    marks = {line.get_marker(): line.get_xydata().astype("f4") for line in axes.lines if line.get_linestyle() == "None"}
    assert marks["o"].tolist() == [[view.marks.data["best_x"][0], view.marks.data["best_v"][0]]]
    assert marks["P"].tolist() == [[view.marks.data["focus"][0], 0.0]]
    np.testing.assert_array_equal(marks["*"][:, 0], view.goals.data["x"])


@pytest.mark.parametrize("over", [STRENGTH, 1])
@pytest.mark.parametrize("n", [40, 3000])
def test_masses_have_the_same_agents_curve_marks_and_axes(n, over):
    sim = simulation("SSA", "Rastrigin", n=n, steps=60, cutoff=2 / n)
    view, (axes,) = attached(Mass(), sim), mass_figure(sim, over=over).axes
    view.mass_over = over
    ends = strength_ends(sim, sim.t) if over == STRENGTH else axes.get_xlim()
    drawn = mass_picture(sim.frame, sim, over, mass_ends(sim.frame, 2 / n), ends)
    lines = {line.get_linestyle(): line.get_xydata() for line in axes.lines if line.get_linestyle() != "None"}
    along = 0 if over == STRENGTH else 1
    for dash, mark in (("--", "cutoff"), (":", "share")):
        assert view.masses[mark].data["at"].tolist() == [np.float32(lines[dash][0, along])]
    if over == STRENGTH:
        np.testing.assert_array_equal(lines["-"].T, drawn.curve)
        np.testing.assert_array_equal(list(view.strengths.data.values()), drawn.curve.astype("f4"))
    else:
        assert [lines["-"][0, 0]] == drawn.goals.tolist() == view.goals.data["x"].tolist()
    (best,) = (line.get_xydata() for line in axes.lines if line.get_marker() == "o")
    assert best[0].astype("f4").tolist() == [view.lowest.data["x"][0], view.lowest.data["y"][0]]
    assert axes.get_xlim() == pytest.approx((view.figure.x_range.start, view.figure.x_range.end))
    assert axes.get_ylim() == pytest.approx((view.figure.y_range.start, view.figure.y_range.end))
    if n > 2000:
        np.testing.assert_array_equal(view.density.data["image"][0], drawn.image)
        np.testing.assert_array_equal(
            np.asarray(axes.collections[0].get_array()).reshape(drawn.image.shape), drawn.image
        )
        return
    dots = next(c for c in axes.collections if isinstance(c, PathCollection)).get_offsets()
    np.testing.assert_array_equal(np.column_stack([view.points.data["x"], view.points.data["y"]]), dots.astype("f4"))


def test_an_occupation_has_the_same_bars_band_and_law():
    sim = on_states("cycle", n=80, states=20, steps=9)
    view, drawn = attached(Occupation(), sim), occupation_picture(sim.frame, sim)
    paint(view, sim)
    patches = [patch.get_data() for patch in occupation_figure(sim).axes[0].patches if isinstance(patch, StepPatch)]
    band, bars, line = patches
    np.testing.assert_array_equal(bars.values, drawn.bars)
    np.testing.assert_array_equal(view.points.data["top"], bars.values.astype("f4"))
    np.testing.assert_array_equal(view.band.data["low"][::2], band.baseline.astype("f4"))
    np.testing.assert_array_equal(view.band.data["high"][1::2], band.values.astype("f4"))
    np.testing.assert_array_equal(view.line.data["y"][::2], line.values.astype("f4"))


def test_a_view_takes_the_frame_that_it_is_given_and_builds_none(monkeypatch):
    a, b = simulation("CBO"), simulation("CBO", seed=4)
    views = [(Density(), a), (Curves(), a), (PhaseSpace(), simulation("BGK")), (Comparison(runs=lambda: [a, b]), a)]
    views += [(Occupation(), on_states()), (Mass(), simulation("SSA"))]
    frames = [sim.frame for _, sim in views]
    for view, sim in views:
        view.attach(sim)
        if isinstance(view, Curves):
            view.choose(0, "value", log=True)
    for place in (  # theory may look at the run as it likes
        "swarmviz.drawing.density.theory_target",
        "swarmviz.drawing.phase_space.velocity_law",
        "swarmviz.drawing.finite_set_laws.theory_target",
        "swarmviz.drawing.finite_set_laws.theory_law",
    ):
        monkeypatch.setattr(place, lambda run: None)
    monkeypatch.setattr("components.views.curves.curves.theory_lines", lambda run, toggled: [])
    built = []
    monkeypatch.setattr(sv.Simulation, "frame", property(lambda sim: built.append(sim)))
    for (view, sim), frame in zip(views, frames, strict=True):
        assert view.prepare(frame, sim) is not None
    assert not built
