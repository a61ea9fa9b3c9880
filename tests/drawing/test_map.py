"""The picture of a map: colours of what is known, the region that is best, and its robust middle."""

from __future__ import annotations

import math

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.drawing.map import (
    COLOURS,
    LETTER,
    LINE,
    MARK,
    SMALL_MAP,
    Region,
    best_region,
    cell_at,
    cell_words,
    coloured,
    edges_of,
    map_picture,
    name_places,
    outline,
    progress_words,
    region_words,
    robust_middle,
    zero_lines,
)
from swarmviz.ensembles.cell_statistics import wilson

X, Y = np.linspace(1.0, 6.0, 6), np.geomspace(0.1, 10.0, 5)


def statistics(found, runs=20, **more):
    """Statistics (X, Y) of cells of which so many of ``runs`` runs have found the minimum; no runs where it is negative."""
    found = np.asarray(found)
    count = np.where(found < 0, 0, runs)
    ends = np.array(
        [[wilson(int(max(n, 0)), int(N)) for n, N in zip(*row, strict=True)] for row in zip(found, count, strict=True)]
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.where(count > 0, found / count, np.nan)
    blank = np.where(count > 0, 1.0, np.nan)
    usual = {
        "runs": count, "judged": count, "found": np.maximum(found, 0), "hits": np.maximum(found, 0), "success_rate": rate,
        "success_low": ends[..., 0], "success_high": ends[..., 1], "median_gap": blank, "median_rate": blank,
        "low_gap": blank, "high_gap": blank, "median_hit_evaluations": 3 * blank, "low_hit_evaluations": blank,
        "high_hit_evaluations": blank,
        "ert_evaluations": 5 * blank, "median_best": blank, "diverged_runs": 0 * count,
    }  # fmt: skip
    return usual | more


def test_nothing_is_drawn_before_anything_is_known():
    assert map_picture(X, Y, (False, True), {}, "found") is None
    assert map_picture(X, Y, (False, True), statistics(np.full((6, 5), -1)), "found") is None


def test_what_is_not_known_yet_has_the_value_of_the_nearest_cell_that_is():
    found = np.full((6, 5), -1)
    found[1, 1], found[4, 3] = 20, 0
    picture = map_picture(X, Y, (False, True), statistics(found), "found")
    assert picture.known.sum() == 2 and picture.known[1, 1] and picture.known[3, 4]
    for row in range(5):
        for column in range(6):
            near, far = math.hypot(row - 1, column - 1), math.hypot(row - 3, column - 4)
            if near != far:
                assert picture.values[row, column] == (1.0 if near < far else 0.0), (row, column)
    assert (picture.lowest, picture.highest) == (0.0, 1.0)


def test_cells_lie_around_their_values_on_either_scale():
    np.testing.assert_allclose(edges_of(X, False), [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5])
    edges = edges_of(Y, True)
    np.testing.assert_allclose(np.sqrt(edges[1:] * edges[:-1]), Y)
    assert edges_of(np.array([3.0]), False).tolist() == [1.5, 4.5] and edges_of(np.array([0.0]), False).tolist() == [
        -0.5,
        0.5,
    ]
    picture = map_picture(X, Y, (False, True), statistics(np.full((6, 5), 20)), "found")
    for i, x in enumerate(X):
        for j, y in enumerate(Y):
            assert cell_at(picture, x, y) == (i, j)
    assert (
        cell_at(picture, 0.0, 1.0) is None
        and cell_at(picture, 2.0, math.nan) is None
        and cell_at(picture, 7.0, 1.0) is None
    )


def test_the_best_region_is_what_chance_cannot_tell_from_the_best_cell():
    """Of 20 runs: beside 18 found, 13 may be chance (their interval ends above 0.699) and 9 is not."""
    found = np.array([[18, 13, 9, 0]])
    columns = {name: values.T for name, values in statistics(found).items()}
    assert wilson(13, 20)[1] > wilson(18, 20)[0] > wilson(9, 20)[1]
    assert best_region(columns).ravel().tolist() == [True, True, False, False]
    assert not best_region({name: values.T for name, values in statistics(np.zeros((2, 2), int)).items()}).any()


def test_the_robust_middle_is_that_of_the_largest_part_and_not_the_luckiest_cell():
    region = np.zeros((9, 12), bool)
    region[2:7, 2:9] = True
    region[0, 11] = region[8, 11] = region[7, 10] = True  # small parts, touching at corners only
    assert robust_middle(region) == (4, 5)
    assert robust_middle(np.zeros((3, 3), bool)) is None
    whole = robust_middle(np.ones((5, 7), bool))
    assert whole == (2, 3), "the map's own boundary counts: what lies beyond is not known"
    found = np.full((12, 9), 2)
    found[2:9, 2:7] = 19
    found[11, 8] = 20  # the luckiest
    x, y = np.arange(12.0), np.arange(9.0)
    assert map_picture(x, y, (False, False), statistics(found), "found").middle == (5.0, 4.0)


def test_the_outline_has_every_edge_between_the_region_and_the_rest_once():
    rng = np.random.default_rng(2)
    region = rng.random((6, 8)) < 0.5
    xs, ys = outline(region, np.arange(9.0), np.arange(7.0))
    drawn = {((x0, y0), (x1, y1)) for (x0, x1), (y0, y1) in zip(xs.tolist(), ys.tolist(), strict=True)}
    inside = lambda row, column: 0 <= row < 6 and 0 <= column < 8 and bool(region[row, column])  # noqa: E731
    expected = set()
    for row in range(7):
        for column in range(9):
            if row < 6 and inside(row, column) != inside(row, column - 1):
                expected.add(((float(column), float(row)), (float(column), row + 1.0)))
            if column < 8 and inside(row, column) != inside(row - 1, column):
                expected.add(((float(column), float(row)), (column + 1.0, float(row))))
    assert drawn == expected and len(xs) == len(expected)


def test_the_cost_is_the_median_where_every_run_hit_and_else_that_of_restarts():
    found = np.array([[20, 10, 0]])
    ert, median = np.array([[400.0, 5000.0, np.inf]]), np.array([[300.0, 9000.0, np.inf]])
    cost = coloured(statistics(found, ert_evaluations=ert, median_hit_evaluations=median), "cost")
    assert cost.tolist()[0][:2] == [300.0, 5000.0] and np.isnan(cost[0, 2])


@pytest.mark.parametrize("colour", list(COLOURS))
def test_every_colour_is_drawn_of_a_real_map_within_its_scale(colour):
    grid = {"sigma": [0.2, 0.8, 1.4, 2.0], "lam": [0.3, 1.0, 3.0]}
    *_, data = sv.refine(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=10, d=2), grid, runs=10, steps=30)
    known = {name: data[name].values for name in data.data_vars if data[name].dims == ("sigma", "lam")}
    picture = map_picture(data["sigma"].values, data["lam"].values, (False, True), known, colour)
    finite = picture.values[np.isfinite(picture.values)]
    assert picture.values.shape == (3, 4) and finite.size and picture.lowest < picture.highest
    assert finite.min() >= picture.lowest and finite.max() <= picture.highest
    assert (finite > 0).all() or not COLOURS[colour].log


def test_what_is_said_of_a_cell_has_its_interval_and_quantiles():
    found = np.array([[18, 0, -1]])
    table = statistics(found)
    table |= {
        "low_gap": np.array([[0.001, 1.0, np.nan]]),
        "median_gap": np.array([[0.02, 2.0, np.nan]]), "high_gap": np.array([[0.3, 3.0, np.nan]]),
        "low_hit_evaluations": np.array([[400.0, np.inf, np.nan]]), "median_hit_evaluations": np.array([[1200.0, np.inf, np.nan]]),
        "high_hit_evaluations": np.array([[np.inf, np.inf, np.nan]]), "ert_evaluations": np.array([[1555.0, np.inf, np.nan]]),
    }  # fmt: skip
    said = cell_words(table, 7)
    assert said["found"].ravel().tolist() == ["18 of 20 (95%: 70–97%)", "0 of 20 (95%: 0–16%)", "not known"]
    assert said["gap"].ravel().tolist() == ["0.02 (10–90%: 0.001 to 0.3)", "2 (10–90%: 1 to 3)", "not known"]
    assert said["until"].ravel()[0].replace("\u202f", "") == "1200 (10–90%: 400 to never)"
    assert said["until"].ravel().tolist()[1:] == ["never (10–90%: never to never)", "not known"]
    assert said["ert"].ravel().tolist()[1:] == ["never", "not known"]
    assert said["seeds"].ravel().tolist() == ["7 to 26", "7 to 26", "none"]


def boxes(names, lines, picture, log=(False, False)):
    """Where names are on a map of SMALL_MAP pixels: left, bottom, right, top of each."""
    found = []
    for name, at in zip(names, name_places(names, lines, picture, log), strict=True):
        if at is None:
            found.append(None)
            continue
        place = []
        for value, edges, on_log in zip(at, (picture.x_edges, picture.y_edges), log, strict=True):
            value, ends = (math.log(value), np.log(edges)) if on_log else (value, edges)
            place.append((value - ends[0]) / (ends[-1] - ends[0]))
        left, bottom = np.array(place) * SMALL_MAP
        found.append((left, bottom, left + LETTER * len(name), bottom + LINE))
    return found


def test_a_name_is_not_written_over_the_mark_of_the_robust_middle_unless_there_is_no_other_place():
    log = False, True
    picture = map_picture(X, Y, log, statistics(np.full((6, 5), 20)), "found")
    x, y = picture.middle
    low, high = np.log(picture.y_edges[[0, -1]])
    at = np.array([(x - picture.x_edges[0]) / np.ptp(picture.x_edges), (np.log(y) - low) / (high - low)]) * SMALL_MAP
    across = np.column_stack([np.linspace(picture.x_edges[0], 2 * x - picture.x_edges[0], 50), np.full(50, y)])

    def over_it(length, line, of=picture):
        ((left, bottom, right, top),) = boxes(["m" * length], [[line]], of, log)
        return (
            left < at[0] + MARK / 2
            and right > at[0] - MARK / 2
            and bottom < at[1] + MARK / 2
            and top > at[1] - MARK / 2
        )

    assert over_it(6, across, picture._replace(middle=None)), "the middle of the line is free otherwise"
    assert not over_it(6, across)
    assert over_it(38, across), "it is longer than what is left beside the mark"


@pytest.mark.parametrize("seed", range(20))
def test_names_of_lines_are_inside_the_map_and_apart_or_set_aside(seed):
    rng = np.random.default_rng(seed)
    log = (bool(seed % 2), True)
    x = np.geomspace(1.0, 6.0, 6) if log[0] else X
    picture = map_picture(x, Y, log, statistics(np.full((6, 5), 20)), "found")
    names, lines = [], []
    for _ in range(5):
        names.append("m" * int(rng.integers(5, 30)))
        points = np.stack([np.sort(rng.uniform(x[0], x[-1], 9)), rng.uniform(Y[0], Y[-1], 9)], axis=1)
        lines.append([points, points[:2]])
    found = boxes(names, lines, picture, log)
    there = [box for box in found if box is not None]
    assert there
    for i, (left, bottom, right, top) in enumerate(there):
        assert min(left, bottom) >= 0 and right <= SMALL_MAP[0] and top <= SMALL_MAP[1]
        for other in there[:i]:
            assert (
                left >= other[2] - 1e-9
                or other[0] >= right - 1e-9
                or bottom >= other[3] - 1e-9
                or other[1] >= top - 1e-9
            )


def test_of_lines_that_lie_on_each_other_the_name_that_has_no_room_is_set_aside():
    picture = map_picture(X, Y, (False, False), statistics(np.full((6, 5), 20)), "found")
    short = np.array([[3.0, 4.0], [3.1, 4.1]])
    first, second = boxes(["2λ = σ²", "another"], [[short], [short]], picture)
    assert first is not None and second is None
    assert boxes(["m" * 60], [[short]], picture) == [None], "wider than the map"
    assert boxes(["nowhere"], [[]], picture) == [None]


def test_a_threshold_is_where_its_margin_is_zero():
    x, y = np.linspace(0, 2, 21), np.linspace(0, 2, 31)
    margin = x[None] ** 2 - 2 * y[:, None]
    (line,) = zero_lines(x, y, margin)
    assert np.abs(line[:, 0] ** 2 - 2 * line[:, 1]).max() < 0.01
    assert zero_lines(x, y, np.ones((31, 21))) == [] and zero_lines(x, y, np.full((31, 21), np.nan)) == []


def test_how_far_it_has_come_is_said_in_a_line():
    assert (
        progress_words(36, 576, 288, 57_600, 0.25, 49.75)
        == "36 of 576 cells · 288 of 57,600 runs · 0.2 s of one core · about 50 s left"
    )
    assert progress_words(4, 4, 400, 400, 240, 0.0) == "4 of 4 cells · 400 of 400 runs · 4 min of one core"


def test_a_place_where_nothing_was_run_is_no_robust_middle():
    region, known = np.ones((9, 9), bool), np.zeros((9, 9), bool)
    known[1, 1] = known[6, 5] = True
    assert robust_middle(region) == (4, 4) and robust_middle(region, known) == (6, 5)
    assert robust_middle(region, np.zeros((9, 9), bool)) is None
    found = np.where(known.T, 20, -1)
    picture = map_picture(np.arange(9.0), np.arange(9.0), (False, False), statistics(found), "found")
    assert picture.middle == (5.0, 6.0) and picture.known.sum() == 2, "x of column 5, y of row 6"


def test_the_best_region_is_told_by_its_ends_its_cells_and_its_worst_one():
    found = np.full((12, 9), 2)
    found[2:9, 2:7] = 20
    found[4, 3] = 18
    found[11, 8] = 20  # no part of it
    x, y = np.arange(12.0) / 10, np.arange(9.0)
    picture = map_picture(x, y, (False, False), statistics(found), "found")
    assert picture.region == Region((0.2, 0.8), (2.0, 6.0), 35, 108, 0.9)
    said = region_words(picture, ("σ", "λ"))
    assert said.startswith(
        "σ from 0.2 to 0.8, λ from 2 to 6: 35 of 108 cells, each with at least 90% of its runs · robust middle σ = "
    )
    wanted = map_picture(x, y, (False, False), statistics(found), "found", goal=0.95)
    assert (wanted.region.cells, wanted.region.least) == (34, 1.0), "the cell with 18 of 20 is not good enough"
    none = map_picture(x, y, (False, False), statistics(np.full((12, 9), 10)), "found", goal=0.95)
    assert none.region is None and none.middle is None and region_words(none, ("σ", "λ")) == ""
    found[0, 0] = -1
    unfinished = map_picture(x, y, (False, False), statistics(found), "found")
    assert unfinished.region is None and region_words(unfinished, ("σ", "λ")).startswith("Robust middle"), (
        "how wide it is, is not known"
    )
