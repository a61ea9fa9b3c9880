"""The numbers of charts as tables: what the chart shows, few enough rows, and what is left out told."""

from __future__ import annotations

import numpy as np
import pytest

from swarmviz.drawing.comparison import at_common_steps, common, comparison_picture
from swarmviz.drawing.curves import Overlay, curves_picture
from swarmviz.drawing.density import density_picture, taking_part
from swarmviz.drawing.log_axis import BELOW
from swarmviz.drawing.occupation import occupation_picture
from swarmviz.drawing.tables import (
    CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    Column,
    bounded,
    curves_table,
    density_tables,
    map_table,
    occupation_table,
    plane_table,
    steps_told,
    text_of,
)
from tests.views.finite_set import run as on_states
from tests.views.helpers import simulation


def column(table, label):
    return next(c.values for c in table.columns if c.label == label)


def test_a_row_is_dropped_only_without_a_head_or_without_any_value():
    nan, inf = np.nan, np.inf
    table = bounded(
        "t",
        [
            Column("k", np.array([0, 1, nan, 3, 4.0])),
            Column("never", np.array([nan, nan, nan, nan, nan])),
            Column("y", np.array([5, nan, 7, 8, inf])),
            Column("z", np.array([nan, nan, 9, nan, nan])),
        ],
        "steps",
    )
    assert table.texts == [["0", "–", "5", "–"], ["3", "–", "8", "–"]] and table.told == "2 of 5 steps"


@pytest.mark.parametrize("rows", [0, 1, MAX_ROWS - 1, MAX_ROWS, MAX_ROWS + 1, 10 * MAX_ROWS + 7])
def test_there_are_so_many_rows_at_most_the_first_and_the_last_among_them_and_the_total_is_told(rows):
    k = np.arange(rows, dtype=float)
    table = bounded("t", [Column("k", k, whole=True), Column("y", k)], "steps")
    seen = column(table, "k")
    assert len(seen) == min(rows, MAX_ROWS) and set(seen[:1]) == set(k[:1]) and set(seen[-1:]) == set(k[-1:])
    assert np.ptp(np.diff(seen)) <= 1 if len(seen) > 2 else True
    total = f"{rows:,} steps".replace(",", "\u202f")
    assert table.told == (total if rows <= MAX_ROWS else f"{MAX_ROWS} of {total}")


def test_columns_for_which_there_is_no_room_are_told():
    columns = [Column(str(i), np.ones(2)) for i in range(MAX_COLUMNS + 3)]
    table = bounded("t", columns, "steps", note="a note")
    assert len(table.columns) == MAX_COLUMNS and table.told == "2 steps · 3 more columns are left out · a note"
    assert bounded("t", columns[:MAX_COLUMNS], "steps").told == "2 steps"


def test_numbers_are_read_as_people_write_them():
    assert [text_of(v) for v in (np.nan, BELOW, 0.0, -1234.5678, np.inf)] == ["–", "≤ 0", "0", "−1\u202f234.6", "∞"]
    assert text_of(1234567, whole=True) == "1\u202f234\u202f567" and text_of(1234567) == "1.2346·10⁶"


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("log_steps", [False, True])
def test_curves_say_what_was_recorded_at_each_step_of_a_run_longer_than_a_plot_has_points(log, log_steps):
    sim = simulation("CBO", "Rastrigin", n=10, steps=2500)
    names = [o.name for o in sim.dynamics.observables if o.panel == "value"]
    record = sim.record
    at, total = steps_told(record["k"], [record[name] for name in names], log_steps)
    drawn = curves_picture(sim.frame, sim, "value", log, log_steps=log_steps, at=at)
    table = curves_table(drawn, total)
    assert table.told.startswith(f"{table.size} of 2\u202f501 steps") and 50 < table.size <= MAX_ROWS
    k = column(table, "step").astype(int)
    assert k[-1] == 2500 and k[0] == (1 if log_steps else 0)
    if log_steps:
        assert np.count_nonzero(k < 50) > 20
    zero = float(sim.landscape.minimum(2)) if log else 0.0
    for curve, name in zip(drawn.curves, names, strict=False):
        told, true = column(table, curve.label), record[name][k] - zero
        np.testing.assert_array_equal(np.where(told == BELOW, np.nan, told), np.where(told == BELOW, np.nan, true))
        assert (true[told == BELOW] <= 1e-300).all()


def test_a_curve_that_begins_with_no_number_drops_no_step_and_hidden_ones_are_left_out():
    sim = simulation(n=10, steps=20)
    p = curves_picture(sim.frame, sim, "value", False)
    first, *others = p.curves
    broken = first._replace(y=np.full(len(first.y), np.nan))
    table = curves_table(p._replace(curves=[broken, *others]))
    assert table.size == 21 and set(column(table, broken.label)) != set() and "–" in table.texts[0]
    seen = curves_table(p, hidden={first.key})
    assert [c.label for c in seen.columns[1:]] == [c.label for c in others]


def test_over_time_and_evaluations_the_head_is_where_a_step_is_on_that_axis():
    sim = simulation(n=10, steps=30)
    for over, name in (("time", "t"), ("evaluations", "evaluations")):
        table = curves_table(curves_picture(sim.frame, sim, "value", False, over=over))
        np.testing.assert_allclose(column(table, over), sim.record[name])
        assert table.told.startswith("31 points")


def test_other_runs_have_columns_of_their_own_which_end_where_they_end():
    sim, other = simulation(n=10, steps=30), simulation(n=10, steps=10, seed=9)
    p = curves_picture(sim.frame, sim, "value", False, overlays=[Overlay.of(other, "run 2")])
    table = curves_table(p)
    behind = [c for c in table.columns if c.label == "run 2"]
    assert len(behind) == len(p.behind) > 0
    name = next(o.name for o in sim.dynamics.observables if o.panel == "value")
    np.testing.assert_array_equal(behind[0].values[:11], other.record[name])
    assert np.isnan(behind[0].values[11:]).all()


def test_what_is_compared_are_the_values_of_each_swarm_and_their_difference():
    runs = [simulation(n=10, steps=2200, seed=seed) for seed in (1, 2)]
    name = common(runs)[0].name
    at, total = steps_told(*at_common_steps(runs, name))
    drawn = comparison_picture(runs, common(runs)[0], False, at=at)
    together, difference = (curves_table(p, total) for p in drawn)
    k = column(together, "step").astype(int)
    a, b = (run.record[name][k] for run in runs)
    np.testing.assert_array_equal(column(together, "A"), a)
    np.testing.assert_array_equal(column(together, "B"), b)
    np.testing.assert_array_equal(column(difference, "A − B"), a - b)
    assert difference.told.startswith(f"{MAX_ROWS} of 2\u202f201 steps")


def test_the_bins_of_a_density_hold_all_agents_inside():
    sim = simulation("CBO", "Ackley", n=200, d=2, steps=5)
    p = density_picture(sim.frame, sim, bins=40)
    tables = density_tables(p)
    assert len(tables) == 2
    for table, m in zip(tables, p.marginals, strict=True):
        low, high, top = (table.columns[i].values for i in range(3))
        assert (top * (high - low)).sum() == pytest.approx(1 - m.outside / 200) and table.told.startswith("40 bins")
    many = density_tables(density_picture(sim.frame, sim, bins=400))[0]
    assert many.size == MAX_ROWS and many.told.startswith(f"{MAX_ROWS} of 400 bins")


def test_the_cells_of_a_plane_hold_each_agent_where_it_is():
    sim = simulation("CBO", "Ackley", n=300, d=2, steps=5)
    p = density_picture(sim.frame, sim, marginals=False, joint=True)
    x = sim.frame.x[taking_part(sim.frame), :2]
    table = plane_table(p, x)
    assert table.size == CELLS and sum(c.values.sum() for c in table.columns[2:]) == 300 - p.joint.outside
    low, high = (c.values for c in table.columns[:2])
    edges = np.linspace(p.joint.low[0], p.joint.high[0], CELLS + 1)
    for row in range(CELLS):
        of_row = x[(x[:, 1] >= low[row]) & (x[:, 1] < high[row]), 0]
        np.testing.assert_array_equal([c.values[row] for c in table.columns[2:]], np.histogram(of_row, edges)[0])


def test_the_bars_of_a_finite_set_stand_beside_their_laws():
    run = on_states()
    p = occupation_picture(run.frame, run)
    table = occupation_table(p)
    assert column(table, "agents").sum() == pytest.approx(1)
    np.testing.assert_allclose(column(table, "agents − target"), p.share - p.target)
    assert "states" in table.told


def test_the_cells_of_a_map_come_best_first_and_only_those_that_have_runs():
    from swarmviz.drawing.map import map_picture

    runs = np.array([[4, 0], [4, 4], [4, 4]])
    rate = np.array([[0.25, np.nan], [1.0, 0.5], [np.nan, 0.75]])
    gap = np.where(runs > 0, 0.1, np.nan)
    statistics = {"runs": runs, "success_rate": rate, "median_gap": gap, "judged": runs,
                  "success_low": rate, "success_high": rate, "hits": runs}  # fmt: skip
    p = map_picture(np.array([1.0, 2.0, 3.0]), np.array([10.0, 20.0]), (False, False), statistics, "found")
    table = map_table(p, ("σ", "N"))
    assert [row[:2] for row in table.texts] == [["2", "10"], ["3", "20"], ["2", "20"], ["1", "10"], ["3", "10"]]
    assert table.told == "5 cells" and column(table, "Runs").tolist() == [4] * 5
