"""The view of masses: what is drawn are the agents of the frame on σ(m), or over a coordinate, and it follows every change."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from bokeh.models import LinearScale, LogScale

import swarmviz as sv
from components.links import view_options
from components.palette import DARK, LIGHT
from components.views.mass import Mass
from swarmviz.drawing.mass import STRENGTH
from tests.views.helpers import LawAtOnce, attached, drawn_json, paint, prepared, simulation, step
from tests.views.worker import prepare_on_a_worker
from tests.visit import edit, press, settle, wait

PROFILES = list(sv.SSA.declared()["profile"].objects)


def named(view):
    return [item.label.value for item in view.legend.items]


@pytest.mark.parametrize("profile", PROFILES)
def test_the_points_are_the_agents_on_the_curve_of_every_profile(profile):
    sim = simulation("SSA", n=12, steps=200, profile=profile)
    view, frame = attached(Mass(), sim), sim.frame
    np.testing.assert_array_equal(view.points.data["x"], frame.mass.astype("f4"))
    strength = sim.dynamics.noise_strength(frame.mass, frame.t)
    np.testing.assert_array_equal(view.points.data["y"], strength.astype("f4"))
    np.testing.assert_array_equal(view.points.data["tone"], np.zeros(12) if frame.role is None else frame.role)
    assert (frame.role is None) == (profile == "annealing")  # one temperature shakes all
    m, drawn = view.strengths.data["m"], view.strengths.data["strength"]
    of_rounded = sim.dynamics.noise_strength(m.astype(float), frame.t)  # |σ′| ≤ 500, masses up to 1 are rounded by 6e-8
    np.testing.assert_allclose(drawn, of_rounded, rtol=0, atol=3e-5)
    falls = profile in ("smooth", "step")
    assert view.masses["cutoff"].data["at"].tolist() == ([0.125] if falls else [])
    assert ("cutoff 0.125" in named(view)) == falls == view.note.visible == view.note.text.startswith("Free to roam, ")
    assert view.masses["share"].data["at"][0] == np.float32(1 / 12) and "σ(m)" in named(view)
    assert isinstance(view.figure.x_scale, LogScale) and isinstance(view.figure.y_scale, LinearScale)
    assert drawn_json(view)


@pytest.mark.parametrize("dynamics", ["SSA", "SBGD"])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_points_are_the_masses_over_the_chosen_coordinate(dynamics, d):
    sim = simulation(dynamics, "Rastrigin", n=30, d=d)
    view, frame = attached(Mass(), sim), sim.frame
    for i in range(d):
        view.mass_over = i
        np.testing.assert_array_equal(view.points.data["x"], frame.x[:, i].astype("f4"))
        heavy = frame.mass > 1e-5
        np.testing.assert_array_equal(view.points.data["y"][heavy], frame.mass[heavy].astype("f4"))
        assert view.goals.data["x"].tolist() == [0.0] and "known minimum" in named(view) and "σ(m)" not in named(view)
        assert (view.figure.xaxis.axis_label, view.figure.yaxis.axis_label) == ("x" if d == 1 else f"x{'₁₂₃'[i]}", "m")
        assert isinstance(view.figure.y_scale, LogScale) and isinstance(view.figure.x_scale, LinearScale)
        assert view.across["share"][1].visible and not view.across["share"][0].visible
        best = np.argmin(frame.energy)
        assert view.lowest.data["x"][0] == np.float32(frame.x[best, i])


def test_it_fits_a_frame_with_masses_and_refuses_another():
    assert Mass().fits(simulation("SBGD").frame) and not Mass().fits(simulation("CBO").frame)
    with pytest.raises(ValueError, match="have no masses"):
        Mass().attach(simulation("CBO"))


def test_noise_is_offered_where_there_is_some_and_the_choice_is_kept_where_it_exists():
    view = attached(Mass(), simulation("SSA", d=2))
    assert [label for _, label, _ in view.options.choices] == [
        "σ(m)",
        "x₁, m",
        "x₂, m",
    ] and view.options.value == STRENGTH
    assert view_options.chosen(view) == {}
    view.mass_over = 1
    assert view_options.chosen(view) == {"mass_over": 1} and view.export_options(simulation("SSA").frame) == {"over": 1}
    view.attach(simulation("SBGD", d=2))
    assert view.mass_over == 1 and [name for name, *_ in view.options.choices] == ["0", "1"]
    view.attach(simulation("SBGD", d=1))
    assert view.mass_over == 0 and view_options.chosen(view) == {}
    view.attach(simulation("SSA", d=2))
    assert view.mass_over == 1 and view.options.value == "1"
    view.mass_over = STRENGTH
    view.attach(simulation("SBGD", d=2))
    assert view.mass_over == 0
    view.attach(simulation("SSA", d=2))
    assert view.mass_over == STRENGTH and view.options.value == STRENGTH


def test_the_picture_is_asked_for_what_its_run_has_even_while_the_view_is_not_seen():
    """The export asks every view, attached to the run or not."""
    view, plane, line = Mass(), simulation("SSA", d=2).frame, simulation("SBGD", d=1).frame
    assert view.export_options(plane) == view.export_options(line) == {}
    view.attach(simulation("SSA", d=2))
    view.mass_over = 1
    assert view.export_options(plane) == {"over": 1} and view.export_options(line) == {}


@pytest.mark.parametrize("wrong", [2, -1, True, "0", "noise", None, 0.5, []])
def test_another_choice_is_refused_and_the_usual_stands_in_for_it(wrong):
    view = attached(Mass(), simulation("SSA", d=2))
    view.mass_over = 1
    with pytest.raises(ValueError, match=r"mass_over = .*: must be one of strength, 0, 1"):
        view.mass_over = wrong
    assert view.mass_over == 1
    view.mass_over = STRENGTH
    assert "mass_over" in view_options.restore({"mass_over": wrong}, view) and view.mass_over == STRENGTH


def test_a_link_may_choose_before_there_is_a_run_and_the_run_limits_it():
    view = Mass()
    assert view_options.restore({"mass_over": 1}, view) == "" and view_options.chosen(view) == {"mass_over": 1}
    assert attached(view, simulation("SSA", d=2)).mass_over == 1
    with pytest.raises(ValueError, match="must be one of strength, 0, 1, 2, 3, 4"):
        Mass().mass_over = 5
    view.attach(simulation("SSA", d=1))
    assert view.mass_over == STRENGTH


def test_a_press_of_a_button_changes_the_choice_and_asks_for_a_picture():
    view, asked = attached(Mass(), simulation("SSA")), []
    view.refresh = lambda: asked.append(view.mass_over)
    view.options._handle_msg("1")
    view.options._handle_msg(STRENGTH)
    assert asked == [1, STRENGTH]


def test_what_was_prepared_for_another_choice_is_not_painted():
    sim = simulation("SSA")
    view = attached(Mass(), sim)
    stale = prepared(view, sim)
    view.mass_over = 1
    before = view.points.data["x"].copy()
    view.paint(stale)
    np.testing.assert_array_equal(view.points.data["x"], before)


def test_the_curve_the_cutoff_and_the_axis_follow_live_changes():
    sim = simulation("SSA", n=12, steps=100)
    view = attached(Mass(), sim)
    sim.dynamics.lam, sim.dynamics.cutoff = 4.0, 0.05
    paint(view, sim)
    assert view.masses["cutoff"].data["at"].tolist() == [np.float32(0.05)] and "cutoff 0.05" in named(view)
    light = view.figure.x_range.start
    assert view.strengths.data["strength"].max() == pytest.approx(4.0 * np.exp(light / (light - 0.05)), rel=1e-6)
    assert 4.0 < view.figure.y_range.end < 5.0
    assert view.note.text.startswith(f"Free to roam, below the cutoff: {(sim.frame.mass < 0.05).sum()} of 12 agents")
    sim.dynamics.profile = "none"
    step(sim, view)
    assert not view.points.data["y"].any() and not view.note.visible and "cutoff 0.05" not in named(view)
    sim.dynamics.param.update(profile="annealing", temperature=0.7)
    step(sim, view)
    assert set(view.points.data["y"].tolist()) == {np.float32(0.7)}


def test_a_cutoff_that_is_moved_while_the_run_stands_still_moves_on_the_page(running):
    edit(running, "dynamics", "SSA")
    settle(running)
    press(running, "pause")
    running.side.buttons._handle_msg("Mass")
    settle(running)
    view, k = running.side.views["Mass"], running._sim.k
    edit(running, "dynamics.cutoff", 0.03)
    settle(running)
    assert wait(lambda: view.masses["cutoff"].data["at"].tolist() == [np.float32(0.03)])
    assert running._sim.k == k and "cutoff 0.03" in named(view)


def test_axes_and_ticks_hold_what_is_drawn_and_move_seldom():
    sim = simulation("SSA", n=60, steps=0)
    view, ends = attached(Mass(), sim), []
    for _ in range(150):
        step(sim, view, steps=10)
        x, y = view.figure.x_range, view.figure.y_range
        points = view.points.data
        assert x.start <= points["x"].min() and points["x"].max() <= x.end
        assert y.start <= points["y"].min() and points["y"].max() <= y.end
        assert 2 <= len(view.tickers[0].ticks) <= 6 and all(x.start < tick < x.end for tick in view.tickers[0].ticks)
        ends.append((x.start, x.end, y.start, y.end))
    assert sum(a != b for a, b in pairwise(ends)) <= 8


@pytest.mark.parametrize("over", [STRENGTH, 0])
def test_a_large_swarm_is_an_image_that_says_so(over):
    sim = simulation("SSA", n=5000, steps=50)
    view = attached(Mass(), sim)
    view.mass_over = over
    assert not view.points.data["x"].size and view.cloud.visible and view.hover.renderers == []
    assert view.density.data["image"][0].any() and "5,000 agents, drawn as a density" in view.note.text
    assert view.density.data["x"][0] == view.figure.x_range.start
    view.attach(simulation("SSA", n=40))
    assert view.points.data["x"].size == 40 and not view.cloud.visible and view.hover.renderers == [view.dots]


@pytest.mark.parametrize("over", [STRENGTH, 1])
def test_preparing_touches_no_figure(over, monkeypatch):
    sim = simulation("SSA", n=60)
    view = attached(Mass(), sim)
    view.mass_over = over
    sim.advance(5)
    prepare_on_a_worker(view, sim, monkeypatch)


def test_the_theme_changes_what_is_already_drawn():
    view = attached(Mass(), simulation("SSA"))
    for dark, colours in ((True, DARK), (False, LIGHT)):
        view.set_dark(dark)
        assert view.curve.glyph.line_color == colours.curves[0] and view.note.styles["color"] == colours.soft
        assert {axis.major_label_text_color for axis in view.figure.axis} == {colours.ink}


def test_the_law_of_places_and_masses_is_an_image_behind_the_agents_over_a_coordinate():
    sim, laws = simulation("SSA", d=1, n=300, steps=8), LawAtOnce(late=2, needed=301.0)
    view = attached(Mass(law=laws), sim)
    assert view.options.switches == [] and not view.law.visible and view.export_options(sim.frame) == {}
    view.mass_law = True
    assert view.law_parts == frozenset() and laws.asked == 0, "under σ(m) there is none"
    view.options._handle_msg("0")
    assert [name for name, *_ in view.options.switches] == view.options.active == ["law"]
    assert (
        view.law.visible and view.law_parts == {"masses"} and view.export_options(sim.frame) == {"over": 0, "law": True}
    )
    payload = prepared(view, sim)
    cells, expected = view.law_cells.data, laws.plane(sim, "masses", payload.picture.x_ends, payload.m_ends)
    np.testing.assert_array_equal(cells["image"][0], expected.image)
    figure = view.figure
    assert (cells["x"][0], cells["y"][0]) == (figure.x_range.start, figure.y_range.start)
    assert cells["dh"][0] == figure.y_range.end - figure.y_range.start
    assert "law at step 6" in view.note.text and "N* = 301" in view.note.text and view.law.glyph.global_alpha < 1
    assert figure.renderers.index(view.law) < figure.renderers.index(view.dots)
    assert "law, N → ∞" in named(view) and drawn_json(view)
    view.options._handle_msg("law")
    assert not view.mass_law and not view.law.visible and "law" not in view.note.text
    with pytest.raises(ValueError, match="mass_law = 1: must be true or false"):
        view.mass_law = 1


def test_where_noise_does_not_depend_on_masses_a_sentence_says_that_the_law_has_none():
    sim = simulation("SSA", d=1, profile="constant")
    view = attached(Mass(law=LawAtOnce()), sim)
    view.mass_over, view.mass_law = 0, True
    assert not view.law.visible and "places alone" in view.note.text


@pytest.mark.parametrize(("dynamics", "d"), [("SSA", 2), ("SBGD", 1)])
def test_where_no_law_of_masses_is_known_none_is_offered(dynamics, d):
    view = attached(Mass(law=LawAtOnce()), simulation(dynamics, d=d))
    view.mass_over, view.mass_law = 0, True
    assert view.options.switches == [] and view.law_parts == frozenset() and not view.law.visible
