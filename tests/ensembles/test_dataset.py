"""The Dataset of an ensemble says what it holds and where that comes from, and survives a file."""

from __future__ import annotations

import json

import xarray

import swarmviz as sv
from swarmviz.ensembles import Stall, medians, quantiles, success_rate, summary
from swarmviz.ensembles.dataset import variable
from tests.ensembles.examples import EVERY, small_ensemble


def test_the_dataset_says_where_it_comes_from_and_survives_a_file(tmp_path):
    import xarray

    data = small_ensemble(stop=Stall(1e-3, 20), positions=True)
    assert json.loads(data.attrs["dynamics"])["values"]["sigma"] == 0.7
    assert json.loads(data.attrs["swarm"])["values"]["n"] == 20
    assert json.loads(data.attrs["settings"])["stop"] == {"name": "Stall", "values": {"tolerance": 1e-3, "steps": 20}}
    assert data.attrs["swarmviz"] == sv.__version__ and "001" in data.attrs["reference"]
    assert data["dispersion"].attrs["symbol"] == "V"
    data.to_netcdf(tmp_path / "e.nc", engine="h5netcdf")
    assert xarray.load_dataset(tmp_path / "e.nc", engine="h5netcdf").identical(data)


def tables():
    """Every table that the functions of ensembles return: of runs, of a sweep over all kinds of axes, on a finite set."""
    runs = small_ensemble(runs=4, steps=10, positions=True)
    cells = sv.sweep(
        sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=5), {"sigma": [0.5, 1.0], "noise": ["none", "isotropic"]}, n=[5, 6], d=[2, 3],
        landscapes=["Salomon", "Rastrigin"], runs=2, steps=4, record=None,
    )  # fmt: skip
    states = sv.run_ensemble(sv.FiniteSet(), sv.landscapes.FiniteSetCurve(), sv.Swarm(n=20, d=1), runs=3, steps=5)
    for name, data in (("runs", runs), ("sweep", cells), ("finite set", states)):
        yield name, data, data
        for made in (quantiles, success_rate, medians, summary):
            yield f"{made.__name__} of {name}", made(data), data


def test_every_variable_of_every_table_says_what_it_is_and_no_other_says_the_same():
    for name, table, _ in tables():
        for group in (table.data_vars, table.coords):
            said = {str(column): values.attrs.get("long_name") for column, values in group.items()}
            assert all(said.values()), (name, said)
            assert len(set(said.values())) == len(said), (name, said)


def test_every_table_keeps_the_provenance_and_the_criterion():
    for name, table, data in tables():
        assert table.attrs == data.attrs and table.attrs["sources"], name
        xarray.testing.assert_identical(table["tolerance"], data["tolerance"])
        rate = table.data_vars.get("success_rate", table.data_vars.get("success"))
        assert rate is None or rate.attrs["criterion"] == data["success"].attrs["criterion"], name


def test_a_table_comes_back_from_its_file_as_it_was(tmp_path):
    for name, table, _ in tables():
        table.to_netcdf(tmp_path / "table.nc", engine="h5netcdf")
        back = xarray.load_dataset(tmp_path / "table.nc", engine="h5netcdf")
        assert {n: v.attrs.get("long_name") for n, v in back.variables.items()} == {
            n: v.attrs.get("long_name") for n, v in table.variables.items()
        }, name


@EVERY
def test_no_observable_and_no_parameter_has_the_name_of_something_else_in_the_dataset(name):
    cls = sv.dynamics.ALL[name]
    observables, parameters = {o.name for o in cls.observables}, {*cls.declared(), *sv.Swarm.declared()}
    data = small_ensemble(runs=1, steps=1, record=(), positions=True)
    assert not {variable(o) for o in observables} & {*data.variables, *data.dims}
    assert not observables & parameters
    assert not {*cls.declared()} & {*data.variables, *data.dims}
