"""The density: its bars, image and smooth lines are the swarm, and its law says where it comes from and why it does not hold."""

from __future__ import annotations

from html import escape

import numpy as np
import pytest

import swarmviz as sv
from components.palette import theme
from components.views.density.density import Density
from components.views.density.joint import contours
from swarmviz import theory
from swarmviz.drawing.claims import FAINT
from swarmviz.drawing.density import joint_target
from swarmviz.drawing.law import LAW_NAME, law_density
from swarmviz.theory import Target
from tests.views.helpers import LawAtOnce, attached, drawn_json, paint, simulation


@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_bars_in_the_figure_add_up_to_the_swarm(d):
    sim = simulation(n=5000, d=d, landscape="Rastrigin", sigma=3.0)
    view = Density(bins=31)
    view.attach(sim)
    low, high = sim.landscape.limits(d)
    for i, bars in enumerate(view.sources):
        mass = float((bars.data["top"].astype(float) * (bars.data["right"] - bars.data["left"])).sum())
        inside = ((sim.frame.x[:, i] >= low[i]) & (sim.frame.x[:, i] <= high[i])).mean()
        assert mass == pytest.approx(inside, rel=1e-5) and len(bars.data["top"]) == 31
    assert len(view.sources) == min(d, 2)


def test_bins_and_smoothing_can_be_changed_on_the_run():
    view = attached(Density(), simulation())
    view.bins, view.kde = 7, False
    assert len(view.sources[0].data["top"]) == 7
    assert not view._plots[0].smooth.visible


@pytest.mark.parametrize("bad", [1, 1001, 2.5, True])
def test_a_number_of_bins_that_makes_no_sense_is_refused(bad):
    view = attached(Density(), simulation())
    with pytest.raises(ValueError, match=f"bins = {bad}: must be a whole number from 2 to 1000"):
        view.bins = bad
    assert view.bins == 40


def test_the_buttons_are_the_options_and_ask_for_a_picture():
    view, asked = attached(Density(), simulation()), []
    view.refresh = lambda: asked.append((view.bins, view.kde, view.plane))
    for press in ("100", "kde", "plane"):
        view.options._handle_msg(press)
    assert asked == [(100, True, False), (100, False, False), (100, False, True)]
    view.bins = 37
    assert view.options.value == "37" and "37" in [name for name, *_ in view.options.choices]
    view.attach(simulation(d=1))
    assert [name for name, *_ in view.options.switches] == ["kde", "law"] and len(view.sources) == 1
    view.attach(simulation(d=2))
    assert view.plane and view.sources == [] and view._panes[2].visible and view._joint.figure.visible


def test_the_figure_of_the_plane_is_made_when_it_is_first_seen_in_the_theme_of_then():
    view = attached(Density(), simulation())
    figures = lambda: [pane.object for pane in view.pane[0]]  # noqa: E731
    assert len(figures()) == 2, "the browser builds what nobody sees"
    view.set_dark(True)
    view.plane = True
    assert len(figures()) == 3 and figures()[2].xaxis.axis_label_text_color == theme(True).ink
    view.plane = False
    view.plane = True
    assert len(figures()) == 3 and [fig.visible for fig in figures()] == [False, False, True]


@pytest.mark.parametrize("n", [2, 5000])
def test_the_image_of_the_plane_holds_every_agent_of_the_box(n):
    sim = simulation(n=n, landscape="Rastrigin", sigma=3.0)
    view = attached(Density(bins=20), sim)
    view.kde, view.plane = False, True
    low, high = sim.landscape.limits(2)
    x = sim.frame.x
    count = np.histogram2d(x[:, 1], x[:, 0], bins=20, range=tuple(zip(low, high, strict=True)))[0]
    image = view._joint.cells.data["image"][0]
    assert ((image > 0) == (count > 0)).mean() > 0.99 and image[
        np.unravel_index(count.argmax(), count.shape)
    ] == image.max()
    inside = ((x >= low) & (x <= high)).all(axis=1)
    assert inside.all() or f"{n - inside.sum():,} outside" == view._joint.note.text
    view.kde = True
    smooth = view._joint.cells.data["image"][0].astype(float)
    rows, columns = np.indices(smooth.shape)
    centre = [low[0] + (columns * smooth).sum() / smooth.sum() * (high - low)[0] / 96,
              low[1] + (rows * smooth).sum() / smooth.sum() * (high - low)[1] / 96]  # fmt: skip
    np.testing.assert_allclose(centre, x[inside].mean(axis=0), atol=0.4)


def test_contours_hold_the_named_shares_of_a_law_in_the_plane():
    law = Target("normal", "", lambda X: np.exp(-(X**2).sum(axis=1) / 2), True, "")
    lines = contours(joint_target(law, np.array([-6.0, -6.0]), np.array([6.0, 6.0])))
    radii = sorted(
        float(np.nanmean(np.hypot(x, y))) for xs, ys in zip(lines["xs"], lines["ys"], strict=True)
        for x, y in [(np.asarray(xs), np.asarray(ys))]
    )  # fmt: skip
    np.testing.assert_allclose(radii, [np.sqrt(-2 * np.log(0.5)), np.sqrt(-2 * np.log(0.1))], rtol=0.02)


def test_a_collapsed_swarm_is_a_bar_with_a_smooth_line_in_the_frame():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=50, d=2, initial="points", points=[[1.0, 2.0]]))
    view = attached(Density(), sim)
    for plot in view._plots:
        assert plot.lines.data["smooth"].max() == pytest.approx(plot.bars.data["top"].max(), rel=0.05)
        assert plot.bars.data["top"].max() <= plot.figure.y_range.end
        grid = plot.lines.data["x"].astype(float)
        assert np.trapezoid(plot.lines.data["smooth"], grid) == pytest.approx(1, abs=1e-3)
    view.plane = True
    assert view._joint.cells.data["image"][0].max() == 255


def test_the_target_law_is_drawn_where_theory_has_one():
    view = attached(Density(), simulation("SSA", d=1, profile="constant"))
    data = view._plots[0].lines.data
    assert np.trapezoid(data["target"], data["x"]) == pytest.approx(1, abs=1e-3) and view._plots[0].target.visible
    assert not attached(Density(), simulation("CBO", d=1))._plots[0].target.visible


def test_a_law_says_its_name_and_source_on_hover_and_below_why_it_does_not_hold():
    printed = {"companion": "same", "relativisation": "min-max"}  # the algorithm of 000 has no jitter
    for sigma, holds in ((0.0, True), (0.1, False)):
        sim = simulation("FMC", "Rastrigin", n=60, sigma=sigma, **printed)
        law, view = theory.target(sim), attached(Density(), sim)
        assert law.applies == holds
        for plane in (False, True):
            view.plane = plane
            plot = view._joint if plane else view._plots[1]
            assert plot.target.name.startswith("law ∝ R (000 Thm 1) — ") and plot.target in plot.hover.renderers
            assert any("law ∝ R" in item.label.value for item in plot.legend.items)
            assert view.reasons.visible != holds and (holds or escape(law.reason) in view.reasons.text)


def test_the_law_of_infinitely_many_agents_is_drawn_when_it_is_chosen_with_the_step_that_it_has_reached():
    sim, laws = simulation("BGK", "Rastrigin", n=500, d=1, steps=12, sigma=1.5), LawAtOnce(late=4)
    view = attached(Density(law=laws), sim)
    plot = view._plots[0]
    assert not view.law and view.law_parts == frozenset() and laws.asked == 0 and not plot.law.visible
    view.options._handle_msg("law")
    assert view.law and view.law_parts == {"density"} and all(part.visible for part in plot.law_parts)
    law, x = laws.law(sim), plot.law_line.data["x"].astype(float)
    np.testing.assert_allclose(plot.law_line.data["law"], law_density(law, x, 10.24 / 40), rtol=1e-3, atol=1e-5)
    assert plot.note.text == "law at step 8" and plot.note.visible
    np.testing.assert_allclose(plot.atoms.data["x"], [-5.12, 5.12], rtol=1e-6)
    assert plot.atoms.data["mass"] == [f"{mass:.2g}" for mass in law.atoms[:, 1]]
    assert plot.atoms.data["align"] == ["left", "right"], "inside the frame"
    assert LAW_NAME in [item.label.value for item in plot.legend.items] and law.approximation in plot.law.name
    assert max(plot.law_line.data["law"].max(), plot.atoms.data["top"].max()) <= plot.figure.y_range.end
    assert drawn_json(view)
    view.law = False
    assert not plot.law.visible and plot.note.text == "" and view.law_parts == frozenset()


def test_a_law_that_so_few_agents_do_not_follow_is_faint_and_says_so():
    sim = simulation("CBO", "Rastrigin", n=30, d=1)
    laws = LawAtOnce(needed=1.0)
    view = attached(Density(law=laws), sim)
    view.law = True
    for needed, faint in ((31.0, True), (30.0, False)):
        laws.changed["needed"] = needed
        paint(view, sim)
        assert view._plots[0].law.glyph.line_alpha == (FAINT if faint else 1.0)
        assert ("only from about N* = 31 agents on; here N = 30" in view.reasons.text) == faint == view.reasons.visible


def test_where_there_is_no_law_its_reason_stands_there():
    view = attached(Density(law=LawAtOnce()), simulation("SBGD", "Rastrigin", d=1))
    view.law = True
    assert "no law of infinitely many agents" in view.reasons.text and not view._plots[0].law.visible
    view = attached(Density(law=LawAtOnce()), simulation(d=2))
    view.law = True
    assert view.law_parts == frozenset() and "law" not in [name for name, *_ in view.options.switches]


def test_the_law_moves_with_the_swarm():
    sim = simulation("CBO", "Rastrigin", n=300, d=1)
    view = attached(Density(law=LawAtOnce()), sim)
    view.law = True
    before = view._plots[0].law_line.data["law"]
    sim.advance(10)
    paint(view, sim)
    assert view._plots[0].note.text.endswith("law at step 13") and (view._plots[0].law_line.data["law"] != before).any()
    with pytest.raises(ValueError, match="law = 1: must be true or false"):
        view.law = 1
