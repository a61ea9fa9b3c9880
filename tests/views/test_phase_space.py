"""The phase space: what is drawn are the positions and velocities of the frame and the law that velocities are drawn from."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import swarmviz as sv
from components.palette import DARK
from components.views.phase_space import PhaseSpace, speed_range
from swarmviz import theory
from swarmviz.drawing.coordinates import names_of
from swarmviz.drawing.phase_space import LONGEST, SHARE
from tests.views.helpers import LawAtOnce, drawn_json, paint, prepared

RASTRIGIN = sv.landscapes.Rastrigin()


def simulation(dynamics="BGK", n=40, d=2, steps=6, **parameters):
    sim = sv.Simulation(sv.dynamics.ALL[dynamics](**parameters), RASTRIGIN, sv.Swarm(n=n, d=d, seed=2))
    sim.advance(steps)
    return sim


def attached(sim, **options):
    view = PhaseSpace(**options)
    view.attach(sim)
    return view


@pytest.mark.parametrize("dynamics", ["BGK", "PSO"])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_points_are_the_agents_in_the_chosen_coordinate(dynamics, d):
    sim = simulation(dynamics, d=d)
    view, frame = attached(sim), sim.frame
    for i in range(d):
        view.coordinate = i
        np.testing.assert_array_equal(view.points.data["x"], frame.x[:, i].astype("f4"))
        np.testing.assert_array_equal(view.points.data["v"], frame.v[:, i].astype("f4"))
        np.testing.assert_array_equal(view.points.data["tone"], frame.role)
        assert (view.figure.xaxis.axis_label, view.figure.yaxis.axis_label) == names_of(i, d)
        assert view.marks.data["focus"][0] == np.float32(frame.focus[i]) and view.marks.data["zero"][0] == 0
        best = np.argmin(frame.energy)
        assert (view.marks.data["best_x"][0], view.marks.data["best_v"][0]) == (
            np.float32(frame.x[best, i]),
            np.float32(frame.v[best, i]),
        )
        if frame.memory is not None:
            np.testing.assert_array_equal(view.bests.data["x"], frame.memory[:, i].astype("f4"))
            assert not view.bests.data["v"].any()


def test_it_fits_a_frame_with_velocities_and_refuses_another():
    assert PhaseSpace().fits(simulation("PSO").frame) and not PhaseSpace().fits(simulation("CBO").frame)
    with pytest.raises(ValueError, match="needs velocities"):
        PhaseSpace().attach(simulation("CBO"))


def test_only_the_first_coordinates_are_offered_and_the_choice_is_kept_where_it_exists():
    view = attached(simulation(d=8))
    assert [pair for _, pair, _ in view.options.choices] == ["x₁, v₁", "x₂, v₂", "x₃, v₃", "x₄, v₄", "x₅, v₅"]
    view.coordinate = 4
    view.attach(simulation(d=6))
    assert view.coordinate == 4 and view.options.value == "4"
    view.attach(simulation(d=2))
    assert view.coordinate == 1
    with pytest.raises(ValueError, match="coordinate = 2: must be from 0 to 1"):
        view.coordinate = 2


def test_a_press_of_a_button_changes_the_coordinate_and_asks_for_a_picture():
    view, asked = attached(simulation()), []
    view.refresh = lambda: asked.append(view.coordinate)
    view.options._handle_msg("1")
    assert asked == [1]


def test_what_was_prepared_for_another_coordinate_is_not_painted():
    """That of another run is left out by the session, for every view: tests/views/test_base.py."""
    sim = simulation()
    view = attached(sim)
    stale = prepared(view, sim)
    view.coordinate = 1
    before = view.points.data["x"].copy()
    view.paint(stale)
    np.testing.assert_array_equal(view.points.data["x"], before)


@pytest.mark.parametrize(
    ("settings", "applies"), [({}, True), ({"noise": "cauchy"}, False), ({"sigma_floor": 0.3}, True)]
)
def test_the_law_of_velocities_is_drawn_through_the_consensus(settings, applies):
    sim = simulation(d=2, **settings)
    view = attached(sim)
    view.coordinate = 1
    law, band, frame = theory.velocity_law(sim), view.band.data, sim.frame
    X = np.column_stack([np.full(len(band["x"]), frame.focus[0]), band["x"].astype(float)])
    np.testing.assert_allclose(band["centre"], law.centre(X)[:, 1], atol=1e-5)
    np.testing.assert_allclose(band["high"] - band["low"], 2 * law.spread(X)[:, 1], rtol=1e-5, atol=1e-5)
    assert np.float32(frame.focus[1]) in band["x"], "the band has its waist at the consensus"
    assert view.spread.visible and law.applies == applies
    named = [item.label.value for item in view.legend.items]
    assert any(law.title in label and law.reference in label for label in named)


@pytest.mark.parametrize("name, settings", [("PSO", {}), ("BGK", {"form": "inertial"})], ids=["PSO", "inertial"])
def test_no_law_is_drawn_where_theory_gives_none(name, settings):
    sim = simulation(name, **settings)
    view = attached(sim)
    assert not view.spread.visible and not view.centre.visible and len(view.band.data["x"]) == 0


@pytest.mark.parametrize("n", [5_000, 100_000])
def test_a_large_swarm_is_an_image_that_says_so_and_holds_everybody_in_view(n):
    sim = simulation(n=n, d=1, steps=3)
    view = attached(sim)
    picture = prepared(view, sim).picture
    (left, right), (bottom, top), frame = picture.x_ends, picture.v_ends, sim.frame
    x, v = frame.x[:, 0], frame.v[:, 0]
    seen = (x >= left) & (x <= right) & (np.abs(v) <= top)
    cells = np.histogram2d(v[seen], x[seen], bins=len(picture.image), range=((bottom, top), (left, right)))[0]
    mismatched = ((picture.image > 0) != (cells > 0)).mean()
    assert mismatched < 2e-3, "cells differ by rounding at their edges at most"
    assert len(view.points.data["x"]) == 0 and view.cloud.visible
    assert f"{n:,} agents, drawn as a density" in view.note.text
    assert seen.all() or f"{n - seen.sum():,} agent" in view.note.text


def test_the_range_of_velocities_moves_in_steps_and_holds_nearly_all():
    rng, now, moves = np.random.default_rng(5), None, 0
    for k in range(200):
        v = rng.normal(size=400) * np.exp(-0.01 * k)
        low, high = speed_range(v, 10.0, now)
        assert low == -high and (np.abs(v) <= high).mean() >= SHARE - 1 / 400
        moves += now is not None and (low, high) != now
        now = low, high
    assert moves <= 8 and now[1] < 2.0, "it follows a swarm that calms down"
    assert speed_range(np.zeros(9), 10.0, None)[1] >= 5.0, "a swarm at rest still has an axis"
    assert speed_range(np.array([1e200, 0.0]), 10.0, None)[1] <= 10 * LONGEST


@pytest.mark.filterwarnings("error")
def test_a_diverging_swarm_is_drawn_until_it_leaves_the_numbers():
    sim = sv.Simulation(
        sv.PSO(sigma_own=60.0, sigma_common=60.0, boundary="none"), sv.landscapes.Sphere(), sv.Swarm(n=30, d=2)
    )
    view = attached(sim)
    with pytest.raises(sv.Diverged):
        for _ in range(5000):
            sim.advance(1)
            paint(view, sim)
    assert np.abs(sim.frame.x).max() > 1e60
    for column in (*view.points.data.values(), *view.marks.data.values()):
        assert np.isfinite(column).all()


def test_two_agents_and_both_themes_are_drawn():
    view = attached(simulation("PSO", n=2))
    view.set_dark(True)
    assert view.figure.xaxis.axis_line_color == DARK.soft and view.focus.glyph.fill_color == DARK.focus
    fresh = attached(simulation("PSO", n=2), dark=True)
    for one, other in zip(view.figure.renderers, fresh.figure.renderers, strict=True):
        assert getattr(one.glyph, "line_color", None) == getattr(other.glyph, "line_color", None)


def test_ranges_contain_what_is_drawn_while_the_swarm_moves():
    sim, ends = simulation(n=30), []
    view = attached(sim)
    for _ in range(150):
        sim.advance(1)
        paint(view, sim)
        ends.append((view.figure.y_range.start, view.figure.y_range.end))
        assert np.abs(view.points.data["v"]).max() <= view.figure.y_range.end * (1 + 1e-6)
    assert sum(a != b for a, b in pairwise(ends)) <= 25


def test_the_law_of_positions_and_velocities_is_an_image_behind_the_agents():
    sim, laws = simulation(d=1, n=300, steps=8), LawAtOnce(late=2, needed=301.0)
    view = attached(sim, law=laws)
    assert not view.law.visible and view.law_parts == frozenset() and laws.asked == 0
    view.options._handle_msg("law")
    assert view.phase_law and view.law.visible and view.law_parts == {"phase"}
    cells, expected = view.law_cells.data, laws.plane(sim, "phase", *prepared(view, sim).picture[1:3])
    np.testing.assert_array_equal(cells["image"][0], expected.image)
    assert (cells["x"][0], cells["y"][0]) == (view.figure.x_range.start, view.figure.y_range.start)
    assert cells["dw"][0] == view.figure.x_range.end - view.figure.x_range.start
    assert "law at step 6" in view.note.text and "N* = 301" in view.reasons.text
    assert view.figure.renderers.index(view.law) < view.figure.renderers.index(view.dots)
    assert "law, N → ∞" in [item.label.value for item in view.legend.items] and drawn_json(view)
    view.phase_law = False
    assert not view.law.visible and not view.reasons.visible and "law" not in view.note.text
    with pytest.raises(ValueError, match="phase_law = 'on': must be true or false"):
        view.phase_law = "on"


@pytest.mark.parametrize(("dynamics", "d"), [("BGK", 2), ("PSO", 1)])
def test_where_no_law_of_velocities_is_known_none_is_offered(dynamics, d):
    view = attached(simulation(dynamics, d=d), law=LawAtOnce())
    view.phase_law = True
    assert view.options.switches == [] and view.law_parts == frozenset() and not view.law.visible
