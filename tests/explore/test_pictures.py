"""The way back from a picture: the rows that a box, a tap or a highlight means are those whose values lie there."""

import numpy as np
import pytest

import swarmviz as sv
from components.explore.look import Look, offers
from components.explore.pictures import draw
from components.palette import theme
from swarmviz.explore import RunTable
from swarmviz.explore.selection import Box
from tests.explore.written import KINDS, data

COLOURS = theme(True)


def drawn(kind, name, **choices):
    table = RunTable(data(kind))
    return table, draw(name, table, Look.first(table)._replace(**choices), np.ones(table.rows, bool), COLOURS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["map", "curves", "ecdf"])
def test_every_dataset_is_drawn_or_says_why_not(kind, name):
    _, picture = drawn(kind, name)
    assert picture.figure is not None or len(picture.said) > 20
    if name == "map":
        assert picture.figure is not None


def test_a_box_on_the_map_means_the_runs_of_its_cells():
    table, picture = drawn("sweep", "map")
    sigma, lam = table.columns["sigma"].values, table.columns["lam"].values
    chosen = picture.picks(Box(0.1, 0.8, 0.4, 1.0))
    np.testing.assert_array_equal(chosen, (sigma <= 0.8) & (lam <= 1.0))
    assert chosen.sum() == 8


def test_a_tap_on_a_cell_means_its_runs_and_the_cell_is_highlighted():
    table, picture = drawn("sweep", "map")
    chosen = picture.taps(0.72, 1.9)
    np.testing.assert_array_equal(chosen, (table.columns["sigma"].values == 0.7) & (table.columns["lam"].values == 2.0))
    (i,) = picture.marks(chosen)
    left, right = (np.asarray(picture.source.data[side])[i] for side in ("left", "right"))
    bottom, top = (np.asarray(picture.source.data[side])[i] for side in ("bottom", "top"))
    assert left < 0.7 < right and bottom < 2.0 < top
    assert picture.taps(99.0, 99.0) is None


def test_an_axis_of_words_has_a_place_for_each():
    table, picture = drawn("landscapes", "map", x="landscape", y="initial")
    names = table.columns["landscape"].values
    i = picture.figure.x_range.factors.index("Rastrigin")
    chosen = picture.picks(Box(i + 0.1, i + 0.9, 0.0, 2.0))
    assert set(names[chosen]) == {"Rastrigin"} and chosen.sum() == 4, "d is where the menu says"
    assert len(picture.marks(chosen)) == 2
    np.testing.assert_array_equal(picture.taps(i + 0.5, 0.5) & chosen, picture.taps(i + 0.5, 0.5))


def test_a_point_is_a_run():
    table, picture = drawn("sweep", "map", x="final_best", y="final_error", colour="sigma")
    best, error = table.columns["final_best"].values, table.columns["final_error"].values
    for row in (0, 11, 23):
        assert picture.taps(best[row], error[row]) == row
    chosen = picture.picks(Box(0.0, np.median(best), 0.0, np.inf))
    np.testing.assert_array_equal(chosen, best <= np.median(best))
    assert sorted(picture.marks(chosen)) == sorted(np.flatnonzero(chosen).tolist())


def test_steps_and_numbers_of_events_are_told_by_their_kind_and_a_step_that_never_came_is_no_point():
    table, picture = drawn("events", "map", x="first_found", y="count_best", colour="first_lost")
    words = dict(offers(table, Look.first(table))["colour"])
    assert words["first_found"].startswith("Found, first step: ") and words["count_best"].startswith(
        "New best, how often: "
    )
    assert [axis.axis_label for axis in picture.figure.axis] == ["first_found (steps)", "count_best"]
    never = int(np.isinf(table.columns["first_found"].values).sum())
    assert 0 < never < 24 and picture.said.startswith(f"{never} of 24 rows have no finite number on both axes. ")
    _, cells = drawn("events", "map", colour="first_found")
    colours = cells.figure.renderers[0].glyph.fill_color.transform
    assert 0 <= colours.low < colours.high <= 60, (
        "the colours of a cell that never found it leave room for those of others"
    )
    infinite = int(np.isinf(cells.source.data["first_found"]).sum())
    assert (
        0 < infinite < 6
        and f"It is ∞ for {infinite} of 6 cells, which have the colour of the highest number." in cells.said
    )
    assert "∞" not in drawn("events", "map", colour="count_found")[1].said
    assert cells.said.startswith(f"Colour: {words['first_found']}") and words["first_found"].endswith("…")


def test_a_box_in_the_curves_means_the_runs_that_pass_it():
    table, picture = drawn("sweep", "curves")
    best = data("sweep")["best"].transpose("sigma", "lam", "run", "step").values.reshape(table.rows, -1)
    low, high = np.quantile(best[:, 2], [0.2, 0.6])
    np.testing.assert_array_equal(picture.picks(Box(15, 25, low, high)), (best[:, 2] >= low) & (best[:, 2] <= high))
    assert picture.taps(20.0, best[5, 2]) == 5


def test_runs_of_other_time_steps_are_not_drawn_over_the_time_of_one_of_them():
    table = RunTable(steps_of_other_lengths())
    look = Look.first(table)._replace(over="time")
    whole = draw("curves", table, look, np.ones(table.rows, bool), COLOURS)
    assert whole.figure.xaxis[0].axis_label == "step k" and "not at the same times" in whole.said
    slow = table.columns["dt"].values == 0.1
    one = draw("curves", table, look, slow, COLOURS)
    assert one.figure.xaxis[0].axis_label == "time t" and "not at the same times" not in one.said
    np.testing.assert_array_equal(one.picks(Box(1.5, 99, -np.inf, np.inf)), slow)


def steps_of_other_lengths():
    grid = {"dt": [0.01, 0.1]}
    return sv.sweep(
        sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=12, d=2), grid, runs=3, steps=20, every=10, record=("best",)
    )


def test_where_a_map_lies_is_written_as_numbers_are():
    _, picture = drawn("landscapes", "map", x="landscape", y="initial")
    assert picture.said.startswith("d = 1. ")
    table = RunTable(
        data("sweep")
        .assign_coords(lam=("lam", [0.1 + 0.2, 2.0], {"symbol": "λ"}))
        .expand_dims(q=[1.0, 2.0])
        .assign_attrs(axes="sigma, q, lam")
    )
    said = draw("map", table, Look.first(table)._replace(x="sigma", y="q"), np.ones(table.rows, bool), COLOURS).said
    assert said.startswith("λ = 0.3. ")


def test_a_mean_over_the_runs_of_a_figure_stands_for_its_cell():
    _, picture = drawn("001-figure4", "curves")
    chosen = picture.picks(Box(-1, 1e9, -1, 1e9))
    assert chosen.all() and picture.taps(0.0, 1.0) is None
    assert "9 cells" in picture.said


def test_a_range_of_the_shares_means_the_runs_that_reached_a_target_then():
    table, picture = drawn("sweep", "ecdf", targets="10, 1")
    hits = sv.ensembles.hitting(data("sweep"), [10.0, 1.0]).transpose("sigma", "lam", "run", "target")
    spent, there = (hits[name].values.reshape(table.rows, 2) for name in ("spent", "reached"))
    inside = there & (spent <= 200)
    np.testing.assert_array_equal(picture.picks(Box(0, 200, 0, 1)), inside.any(axis=1))
    assert 0 < inside.any(axis=1).sum() < table.rows


def test_both_themes_have_their_own_colours():
    look = Look.first(RunTable(data("sweep")))
    seen = []
    for dark in (False, True):
        table = RunTable(data("sweep"))
        figure = draw("curves", table, look, np.ones(table.rows, bool), theme(dark)).figure
        seen.append({r.glyph.line_color for r in figure.renderers if isinstance(r.glyph.line_color, str)})
        assert theme(dark).curves[0] in seen[-1]
    assert theme(False).curves[0] not in seen[1]
