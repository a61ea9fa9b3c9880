"""Strokes over a table: what a hand drew, by a naive reference; and messages of a browser that are none."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from components.controls.strokes import MAX_POINTS, NEW, drawn, sampled, sheet_of
from components.controls.tables import Sheets
from swarmviz.landscapes import Grid, Sphere
from tests.controls.controls_of import controls
from tests.visit import edit, press, settle, wait

RNG = np.random.default_rng(4)
STROKE = "landscape.table.stroke"


def table(values):
    return Grid(values, -1, 1).table


def naive_line(values, points):
    """Every value whose place one of the pieces passes, in their order."""
    out = list(values)
    for (a, fa), (b, fb) in pairwise(points):
        for i in range(len(out)):
            u = i / (len(out) - 1)
            if min(a, b) <= u <= max(a, b):
                out[i] = fb if a == b else fa + (fb - fa) * (u - a) / (b - a)
    return out


@pytest.mark.parametrize("trial", range(8))
def test_a_line_gives_every_value_that_it_passes_its_own_height(trial):
    rng = np.random.default_rng(trial)
    values = rng.normal(size=rng.integers(2, 64))
    points = rng.uniform(0, 1, (rng.integers(3, 30), 2)).tolist()  # to and fro
    got = drawn("table", table(values), {"line": points})
    assert np.allclose(got, naive_line(values, points), rtol=0, atol=1e-12)
    assert (got != values).any()


def test_a_dot_between_two_places_moves_the_nearest_value_and_nothing_else():
    values = RNG.normal(size=11)
    got = drawn("table", table(values), {"line": [[0.33, 7.0]]})
    assert got[3] == 7 and np.array_equal(np.delete(got, 3), np.delete(values, 3))
    assert drawn("table", table(values), {"line": [[-5.0, 7.0]]})[0] == 7, "what is drawn beyond the edge is at it"


@pytest.mark.parametrize("trial", range(4))
def test_a_brush_lifts_by_its_distance_to_the_nearest_place_of_the_stroke(trial):
    rng = np.random.default_rng(trial)
    values, reach, height = rng.normal(size=(8, 11)), rng.uniform(0.1, 0.5), rng.normal()
    spots = rng.uniform(0, 1, (9, 2)).tolist()
    want = values.copy()
    for i in range(8):
        for j in range(11):
            r = min(math.hypot(i / 7 - x, j / 10 - y) for x, y in spots)
            want[i, j] += height * (1 - (r / reach) ** 2) ** 2 if r < reach else 0
    got = drawn("table", table(values), {"brush": spots, "reach": reach, "height": height})
    assert np.allclose(got, want, rtol=0, atol=1e-12)
    again = drawn("table", table(values), {"brush": spots + spots, "reach": reach, "height": height})
    assert np.array_equal(got, again), "a stroke that comes back over itself lifts nothing twice"


def test_a_brush_that_is_narrower_than_the_places_are_apart_lifts_the_nearest_value():
    got = drawn("table", table(np.zeros((4, 4))), {"brush": [[0.4, 0.6]], "reach": 0.02, "height": -2.0})
    assert got[1, 2] == -2 and np.count_nonzero(got) == 1


def test_a_knot_a_new_table_and_a_coarser_one():
    values = RNG.normal(size=(3, 4))
    got = drawn("table", table(values), {"knot": [2, 1], "value": 5})
    assert got[2, 1] == 5 and np.count_nonzero(got != values) == 1
    for axes, shape in NEW.items():
        new = Grid(drawn("table", table(values), {"new": axes}), -1, 1)
        assert new.table.array.shape == shape and not new.unlinkable
        assert np.allclose(new.minimisers(axes), 0, atol=1e-6), "a bowl with its minimum in the middle"
    fine = Grid(RNG.normal(size=(40, 30)), -1, 1)
    coarse = Grid(drawn("table", fine.table, {"coarse": True}), -1, 1)
    at = np.stack(np.meshgrid(*[np.linspace(-1, 1, 8)] * 2, indexing="ij"), axis=-1).reshape(-1, 2)
    assert not coarse.unlinkable and np.allclose(coarse.values(at), fine.values(at), rtol=0, atol=1e-9)


@pytest.mark.parametrize("shape", [(2,), (3,), (17,), (2, 3), (20, 30)])
def test_what_is_drawn_on_is_the_spline_of_the_landscape(shape):
    grid = Grid(RNG.normal(size=shape), -1, 1)
    places = (9,) * len(shape)
    at = np.stack(np.meshgrid(*[np.linspace(-1, 1, 9)] * len(shape), indexing="ij"), axis=-1).reshape(-1, len(shape))
    assert np.allclose(sampled(grid.table, places).ravel(), grid.values(at), rtol=0, atol=1e-11)
    sheet = sheet_of(grid.table, *grid.limits(len(shape)), "U")
    assert len(sheet["knots"]) == (grid.table.array.size if grid.table.array.size <= 64 else 0)
    assert bool(sheet["note"]) == (grid.table.array.size > 64)


@pytest.mark.parametrize("values", [np.zeros(5), np.full((4, 4), 1e12), np.array([0.0, 1e-300, 0.0])])
def test_a_flat_table_has_a_sheet_with_room(values):
    grid = Grid(values, -1, 1)
    sheet = sheet_of(grid.table, *grid.limits(values.ndim), "U")
    assert all(map(math.isfinite, [sheet["bottom"], sheet["top"], *sheet["heights"]]))
    assert sheet["top"] > sheet["bottom"] or values.ndim == 2
    assert np.ptp(values) or values.ndim == 2 or sheet["top"] - sheet["bottom"] >= 1, "there is room to draw in"


BAD = [
    None,
    [],
    "line",
    {},
    {"line": []},
    {"line": [[0.1, 1.0]] * (MAX_POINTS["line"] + 1)},
    {"line": [[0.1]]},
    {"line": [[0.1, "1"]]},
    {"line": [[0.1, float("nan")]]},
    {"line": [[0.1, float("inf")]]},
    {"line": [[0.1, 1e13]]},
    {"line": [[0.1, 10**400]]},
    {"line": [[True, 1.0]]},
    {"line": {"0": 1}},
    {"brush": [[0.1, 0.1]], "reach": 0.2, "height": 1.0},  # of a plane
    {"knot": [5], "value": 1.0},
    {"knot": [-1], "value": 1.0},
    {"knot": [True], "value": 1.0},
    {"knot": [0, 0], "value": 1.0},
    {"knot": 0, "value": 1.0},
    {"knot": [0], "value": None},
    {"knot": [0]},
    {"new": 3},
    {"new": True},
    {"new": [1]},
]
BAD_ON_A_PLANE = [
    {"line": [[0.1, 1.0]]},
    {"brush": [[0.1, 0.1]], "reach": 0.2},
    {"brush": [[0.1, 0.1]], "reach": 0.001, "height": 1.0},
    {"brush": [[0.1, 0.1]], "reach": float("nan"), "height": 1.0},
    {"brush": [[0.1, 0.1]], "reach": 0.2, "height": 1e300},
    {"brush": [[0.1, 0.1]] * (MAX_POINTS["brush"] + 1), "reach": 0.2, "height": 1.0},
]


@pytest.mark.parametrize("message", BAD, ids=lambda m: f"{m!r:.40}")
def test_a_message_that_is_no_stroke_is_refused_with_the_parameters_name(message):
    with pytest.raises(ValueError, match=r"^table: "):
        drawn("table", table(np.arange(5.0)), message)


@pytest.mark.parametrize("message", BAD_ON_A_PLANE, ids=lambda m: f"{m!r:.60}")
def test_nor_is_one_that_is_not_for_a_plane(message):
    with pytest.raises(ValueError, match=r"table: |reach = "):
        drawn("table", table(np.zeros((5, 5))), message)


def test_a_brush_that_would_lift_a_value_out_of_its_range_changes_nothing():
    made, calls = controls(Grid(np.full((4, 4), 9e11), -1, 1))
    made._edit("dynamics.table.stroke", {"brush": [[0.5, 0.5]], "reach": 1.0, "height": 5e11}, True)
    assert "must be a number from -1e+12 to 1e+12" in made.form.shown["dynamics.table.stroke"]["error"] and not calls


def test_a_sheet_is_made_anew_only_where_its_table_or_box_has_changed():
    sheets, part = Sheets(), Grid(np.zeros((4, 4)), -1, 1)
    first = sheets.of({"landscape": part})
    assert sheets.of({"landscape": part.copy()}) is first
    moved = part.copy()
    moved.span = (-2.0, 2.0)
    assert sheets.of({"landscape": moved}) is not first
    assert sheets.of({"landscape": Sphere()}) == {}


@pytest.fixture
def drawing(running):
    edit(running, "landscape", "Grid")
    settle(running)
    assert wait(lambda: running._sim.landscape.title == Grid.title and running._sim.k > 3)
    return running


def test_a_stroke_acts_on_the_running_swarm_and_undo_takes_one_stroke_back(drawing):
    visit, sim, before = drawing, drawing._sim, drawing._sim.landscape
    edit(visit, STROKE, {"brush": [[0.5, 0.5], [0.6, 0.5]], "reach": 0.3, "height": -4.0})
    assert wait(lambda: len(sim.journal) == 2)  # it is written with the next step
    assert visit._sim is sim and sim.journal[1].k > 0
    assert sim.landscape.table.array.min() < before.table.array.min()
    press(visit, "pause")
    settle(visit)
    press(visit, "undo")
    assert wait(lambda: visit._sim.landscape.same_as(before))
    settle(visit)
    press(visit, "redo")
    assert wait(lambda: not visit._sim.landscape.same_as(before))


def test_a_new_curve_begins_a_run_in_one_dimension(drawing):
    edit(drawing, STROKE, {"new": 1})
    settle(drawing)
    assert wait(lambda: drawing._sim.swarm.d == 1)
    edit(drawing, STROKE, {"line": [[0.0, 3.0], [0.5, -1.0], [1.0, 2.0]]})
    assert wait(lambda: np.isclose(drawing._sim.landscape.table.array[0], 3.0))
    assert drawing.controls.form.curves[STROKE]["axes"] == 1 and not drawing.exports.lost
