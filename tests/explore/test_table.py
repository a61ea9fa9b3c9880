"""A row for each run of each cell, and each value where it belongs; compared with xarray's own selection."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.explore.table import MOST_NUMBERS, RunTable, thinned
from tests.explore.written import KINDS, data


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_holds_the_value_of_its_row(kind):
    found = RunTable(data(kind))
    generator = np.random.default_rng(1)
    assert found.columns and found.rows == np.prod(found.shape)
    for row in generator.integers(found.rows, size=8):
        place = found.place(int(row))
        for name, column in found.columns.items():
            if name not in found.data.variables:
                continue
            values = found.data[name]
            expected = values.isel({dim: i for dim, i in place.items() if dim in values.dims}).item()
            got = column.values[row]
            assert got == expected or (got != got and expected != expected), name


def test_targets_are_columns_of_their_own():
    found, hits = RunTable(data("hitting")), data("hitting")
    names = [name for name in found.columns if name.startswith("reached ")]
    assert len(names) == 2
    np.testing.assert_array_equal(
        found.columns[names[1]].values,
        hits["reached"].transpose("sigma", "lam", "run", "target").values[..., 1].ravel(),
    )


def test_rows_are_refused_that_are_none():
    found = RunTable(data("sweep"))
    for row in (-1, found.rows, 0.5, True, "0"):
        with pytest.raises(ValueError, match="row"):
            found.place(row)


def test_flat_series_are_those_of_their_rows_and_are_bounded(monkeypatch):
    found, rows = RunTable(data("sweep")), np.array([0, 7, 23])
    flat = found.flat(["best"], rows)
    for i, row in enumerate(rows):
        expected = data("sweep")["best"].isel(found.place(int(row))).values
        np.testing.assert_array_equal(flat.data["best"].isel(run=i).values, expected)
    assert flat.shown == flat.of == 3
    monkeypatch.setattr("swarmviz.explore.table.MOST_NUMBERS", 8)
    few = found.flat(["best"], np.arange(found.rows))
    assert few.of == 24 and few.data["best"].size <= 8
    assert MOST_NUMBERS >= 1_000_000


def test_a_flat_dataset_is_one_that_the_plots_and_hitting_times_take():
    found = RunTable(data("sweep"))
    flat = found.flat(["best", "evaluations"], np.arange(found.rows))
    hits = sv.ensembles.hitting(flat.data, [10.0, 1.0])
    expected = data("hitting")["spent"].transpose("sigma", "lam", "run", "target").values.reshape(-1, 2)
    np.testing.assert_array_equal(hits["spent"].transpose("run", "target").values, expected)


def test_thinning_keeps_the_ends_and_the_order():
    rows = np.arange(1000)
    few = thinned(rows, 7)
    assert len(few) == 7 and few[0] == 0 and few[-1] == 999 and (np.diff(few) > 0).all()
    assert thinned(rows, 1000) is rows


@pytest.mark.parametrize("kind", [*KINDS, "001-figure1", "002-figure6.10", "003-table3"])
def test_every_variable_and_every_axis_says_what_it_means(kind):
    """In every Dataset that is written; a parameter on an axis has its symbol, too."""
    of = data(kind)
    assert not [name for name, values in of.variables.items() if not values.attrs.get("long_name")]
    for name in {"sigma", "lam", "alpha", "cutoff", "n", "d"} & set(of.dims):
        assert of[name].attrs.get("symbol") or "finished" not in of or "run" not in of.dims, name
    recorded = {"best", "evaluations", "dispersion"} & set(of.data_vars)
    assert all(of[name].attrs.get("symbol") for name in recorded if "run" in of[name].dims)
