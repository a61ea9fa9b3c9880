"""Curves and states as files, read back as they were."""

import io
import json

import numpy as np
import pandas
import pytest
import xarray

import swarmviz as sv
from swarmviz import exports
from tests.exports.example_runs import CASES, thinned


@pytest.mark.parametrize("make", CASES)
def test_the_netcdf_file_holds_curves_and_states_with_their_meaning(make, tmp_path):
    sim = make()
    path = tmp_path / "run.nc"
    exports.write_netcdf(sim, path)
    with xarray.open_dataset(path) as data:
        for o in sim.dynamics.observables:
            np.testing.assert_array_equal(data[o.name], sim.record[o.name])
            assert (data[o.name].attrs["long_name"], data[o.name].attrs["symbol"]) == (o.meaning, o.symbol)
        np.testing.assert_array_equal(data["t"], sim.record["t"])
        assert data["x"].dims == ("agent", "coordinate")
        for name in sim.frame.__slots__:
            value = getattr(sim.frame, name)
            if isinstance(value, np.ndarray):
                stored = f"agent_{name}" if name in sim.record else name
                np.testing.assert_array_equal(data[stored], value)
        assert json.loads(data.attrs["metadata"]) == exports.metadata(sim)
        assert (data.attrs["version"], data.attrs["seed"], data.attrs["k"]) == (
            sv.__version__,
            sim.initial_swarm.seed,
            sim.k,
        )


def test_metadata_too_long_for_an_attribute_are_a_variable():
    points = np.random.default_rng(0).uniform(-5, 5, (3000, 2))
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=3000, initial="points", points=points))
    with xarray.open_dataset(io.BytesIO(exports.netcdf(sim)), engine="h5netcdf") as data:
        about = json.loads(data["metadata"].item())
    assert np.array_equal(about["swarm"]["parameters"]["points"], points)


@pytest.mark.parametrize("make", CASES)
def test_the_csv_files_are_read_back_bit_for_bit(make, tmp_path):
    sim = make()
    for table in ("curves", "states"):
        path = tmp_path / f"{table}.csv"
        exports.write_csv(sim, path, table)
        comments = [line[2:].split(": ", 1) for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
        assert {name: json.loads(value) for name, value in comments} == exports.metadata(sim)
        columns = pandas.read_csv(path, comment="#", float_precision="round_trip")
        if table == "curves":
            assert list(columns) == list(sim.record)
            for name in sim.record:
                np.testing.assert_array_equal(columns[name], sim.record[name])
            numbers = np.genfromtxt(path, delimiter=",", skip_header=len(comments) + 1)
            np.testing.assert_array_equal(numbers, np.column_stack(list(sim.record.values())))
        else:
            np.testing.assert_array_equal(columns[[f"x{i + 1}" for i in range(sim.frame.d)]], sim.frame.x)
            np.testing.assert_array_equal(columns["energy"], sim.frame.energy)
            if sim.frame.role is not None:
                assert list(columns["role"]) == [sim.frame.roles[i] for i in sim.frame.role]


def test_there_is_no_third_table():
    with pytest.raises(ValueError, match="table = 'agents': must be one of curves, states"):
        exports.csv(thinned(), "agents")


@pytest.mark.parametrize("steps", [0, 60])
def test_events_are_in_the_dataset_and_in_its_file(tmp_path, steps):
    sim = sv.Simulation(sv.CBO(sigma=0.3), sv.landscapes.Sphere(), sv.Swarm(n=20, seed=1))
    sim.advance(steps)
    exports.write_netcdf(sim, tmp_path / "run.nc")
    with xarray.open_dataset(tmp_path / "run.nc") as data:
        kinds = data["event_kind"].attrs["kinds"].split(", ")
        told = [(int(k), kinds[i]) for k, i in zip(data["event_k"].values, data["event_kind"].values, strict=True)]
        values, observables = data["event_value"].values, data["event_value"].attrs["observables"].split(", ")
        looked_at = [observables[i] for i in data["event_kind"].values]
        recorded = [float(data[name].sel(k=k)) for (k, _), name in zip(told, looked_at, strict=True)]
    assert told == [(event.k, event.kind.name) for event in sim.events]
    assert recorded == values.tolist() == [event.value for event in sim.events]
    assert bool(told) == (steps > 0)


def test_the_value_of_an_event_is_there_where_the_record_has_lost_its_step_and_none_of_a_change():
    sim = sv.Simulation(sv.CBO(sigma=1.4), sv.landscapes.Rastrigin(), sv.Swarm(n=40, seed=5), record_limit=9)
    sim.advance(40)
    sim.dynamics.sigma = 0.1
    sim.advance(40)
    data = exports.dataset(sim)
    assert set(data["event_k"].values.tolist()) - set(data["k"].values.tolist())
    for event, value in zip(sim.events, data["event_value"].values, strict=True):
        assert np.isnan(value) if event.kind.name == "changed" else value == event.value
    kinds, looked_at = (
        data["event_kind"].attrs["kinds"].split(", "),
        data["event_value"].attrs["observables"].split(", "),
    )
    assert dict(zip(kinds, looked_at, strict=True))["changed"] == "nothing"


def test_a_map_is_read_back_from_netcdf_and_its_cells_from_csv():
    grid = {"sigma": [0.3, 1.0, 2.0], "lam": [0.5, 1.0]}
    *_, table = sv.refine(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=6, d=2), grid, runs=8, steps=10)
    with xarray.open_dataset(io.BytesIO(exports.table_netcdf(table)), engine="h5netcdf") as read:
        assert read.attrs["runs_planned"] == 48
        for name, values in table.data_vars.items():
            np.testing.assert_array_equal(read[name], values, err_msg=str(name))
    text = exports.cells_csv(table)
    read = pandas.read_csv(io.StringIO(text), comment="#").set_index(["sigma", "lam"])
    cells = [name for name, values in table.data_vars.items() if values.dims == ("sigma", "lam")]
    assert list(read.columns) == cells and len(read) == 6
    for name in cells:
        np.testing.assert_array_equal(read[name].to_numpy().reshape(3, 2), table[name], err_msg=name)
    said = dict(line[2:].split(": ", 1) for line in text.splitlines() if line.startswith("# "))
    assert json.loads(said["program"]) == "swarmviz" and json.loads(said["runs_done"]) == 48
