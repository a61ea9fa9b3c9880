"""A drag of a schedule's curve: a message is checked for type, size and range, and a bad one changes nothing."""

from __future__ import annotations

import math

import pytest

import swarmviz as sv
from components.controls.schedule_drag import MAX_POINTS, dragged
from swarmviz.schedules import Exponential, Linear, Piecewise
from tests.controls.controls_of import controls

SIGMA = sv.CBO.param.sigma
CORNERS = Piecewise(((0, 2.0), (4, 1.0)), since=3.0)


def drag(schedule, points, moved=0):
    return dragged(SIGMA, schedule, {"moved": moved, "points": points})


def test_all_points_of_a_piecewise_linear_schedule_come_at_once_so_that_they_can_be_added_and_removed():
    assert drag(CORNERS, [[0, 2.0], [1.5, 0.25], [4, 1.0]], 1) == Piecewise(((0, 2), (1.5, 0.25), (4, 1)), since=3.0)
    assert drag(CORNERS, [[1, 0.5]]) == Piecewise(((1, 0.5),), since=3.0)
    assert len(drag(CORNERS, [[i, 1.0] for i in range(MAX_POINTS)]).points) == MAX_POINTS


def test_of_a_formula_only_the_point_that_was_moved_counts():
    line = Linear(start=2.0, end=0.5, duration=4.0, since=3.0)
    assert drag(line, [[0, 1.5], [9, 9.0]]) == Linear(start=1.5, end=0.5, duration=4.0, since=3.0)
    assert drag(line, [[0, 99.0], [6, 0.0]], 1) == Linear(start=2.0, end=0.0, duration=6.0, since=3.0)


BAD = [
    (None, "must be 1 to 64 pairs"),
    ([], "must be 1 to 64 pairs"),
    ("0, 1; 2, 3", "must be 1 to 64 pairs"),
    ({"points": []}, "must be 1 to 64 pairs"),
    ([[i, 1.0] for i in range(MAX_POINTS + 1)], "must be 1 to 64 pairs"),
    ([[0, 1.0], [1]], "pairs of finite numbers"),
    ([[0, 1.0], [1, "2"]], "pairs of finite numbers"),
    ([[0, 1.0], [True, 2.0]], "pairs of finite numbers"),
    ([[0, math.nan], [1, 2.0]], "pairs of finite numbers"),
    ([[0, 1.0], [math.inf, 2.0]], "pairs of finite numbers"),
    ([[0, 1.0], [10**400, 2.0]], "pairs of finite numbers"),
    ([[0, 1.0], {"t": 1, "v": 2}], "pairs of finite numbers"),
    ([[-0.5, 1.0], [1, 2.0]], "time -0.5 must be from 0"),
    ([[0, 1.0], [1e13, 2.0]], "must be from 0 to 1e\\+12"),
    ([[0, 1.0], [1, 100.5]], "sigma.*100.5.*0 ≤ σ ≤ 100"),
    ([[0, -0.1], [1, 1.0]], "sigma.*-0.1.*0 ≤ σ ≤ 100"),
]


@pytest.mark.parametrize(("points", "said"), BAD)
@pytest.mark.parametrize("schedule", [CORNERS, Linear(start=2.0)], ids=["piecewise", "linear"])
def test_what_is_no_list_of_points_in_range_is_refused_in_words(schedule, points, said):
    with pytest.raises(ValueError, match=said):
        drag(schedule, points)


@pytest.mark.parametrize("place", [-1, 2, True, 0.0, "0", None, 10**30])
def test_a_place_that_no_point_has_is_refused(place):
    with pytest.raises(ValueError, match=r"moved = .*must be the place of one of 2 points of sigma"):
        drag(Exponential(start=2.0), [[0, 1.0], [5, 0.5]], place)
    with pytest.raises(ValueError, match="one of 2 points"):
        drag(Exponential(start=2.0), [[0, 1.0], [5, 0.5], [6, 0.4]], 2)


def test_times_that_do_not_increase_are_refused_and_so_is_a_drag_of_a_number():
    with pytest.raises(ValueError, match="the times must increase"):
        drag(CORNERS, [[0, 1.0], [2, 1.0], [2, 0.5]])
    with pytest.raises(ValueError, match=r"sigma = 1.0: follows no schedule"):
        drag(1.0, [[0, 1.0]])
    with pytest.raises(ValueError, match="must be 1 to 64 pairs"):
        dragged(SIGMA, CORNERS, [[0, 1.0]])


def test_a_drag_is_an_edit_like_that_of_a_slider_and_a_refused_one_leaves_all_as_it_was():
    form, calls = controls(sv.CBO(sigma=CORNERS))
    row = "dynamics.sigma.curve"
    form._edit(row, {"moved": 1, "points": [[0, 2.0], [5, 1.0]]}, False, 7)
    assert calls == [("dynamics", form.parts["dynamics"], False)] and form.edited_row == row
    assert form.parts["dynamics"].sigma == Piecewise(((0, 2), (5, 1)), since=3.0)
    assert form.form.shown[row]["stamp"] == 7 and form.form.shown["dynamics.sigma.points"]["value"] == "0, 2; 5, 1"
    assert [h["s"] for h in form.form.curves[row]["handles"]] == [0, 5]
    before = form.parts["dynamics"]
    form._edit(row, {"moved": 1, "points": [[0, 2.0], [5, 101.0]]}, True, 8)
    assert form.parts["dynamics"] is before and len(calls) == 1
    assert "sigma" in form.form.shown[row]["error"] and "σ ≤ 100" in form.form.shown[row]["error"]
    form._edit("dynamics.sigma.points", "0, 3; 1, 2; 2, 1", True)
    assert [h["value"] for h in form.form.curves[row]["handles"]] == [3, 2, 1], "what is typed is drawn"


def test_a_curve_comes_before_the_word_that_it_answers_the_last_message():
    """Else the browser takes the curve of the message before for the answer: a second press of a key undid the first."""
    form, _ = controls(sv.CBO(sigma=CORNERS))
    told = []
    form.form.param.watch(lambda event: told.append(event.name), ["curves", "shown"])
    form._edit("dynamics.sigma.curve", {"moved": 1, "points": [[0, 2.0], [5, 1.0]]}, True, 1)
    assert told == ["curves", "shown"]
