"""The table of a sweep: its attributes say what varies; a cell that is half copied leaves no trace."""

from __future__ import annotations

import json

import numpy as np

import swarmviz as sv
from swarmviz.ensembles import Stall, sweeps
from swarmviz.serialise import as_json
from tests.ensembles.examples import RASTRIGIN, small_sweep


def test_the_attributes_say_what_varies_and_what_does_not():
    data = small_sweep(landscapes=["Rastrigin", "Ackley"])
    dynamics = json.loads(data.attrs["dynamics"])["values"]
    assert dynamics["sigma"] == "axis sigma" and dynamics["lam"] == 1.0
    assert data.attrs["landscape"] == "axis landscape" and data.attrs["axes"] == "landscape, sigma, noise"
    assert small_sweep().identical(small_sweep(threads=3)) and "landscapes" not in small_sweep().attrs


def test_the_attributes_hold_every_parameter_of_each_landscape(tmp_path):
    """Labels may be names alone; in a file, too, it can be seen what they stand for."""
    import xarray

    mixture = sv.landscapes.GaussianMixture(bowl=0.1)
    data = small_sweep({"sigma": [0.3]}, landscapes=[mixture, "Himmelblau", sv.landscapes.XinSheYang(draw=3)])
    data.to_netcdf(tmp_path / "s.nc", engine="h5netcdf")
    landscapes = json.loads(xarray.load_dataset(tmp_path / "s.nc", engine="h5netcdf").attrs["landscapes"])
    assert list(landscapes) == sorted(data["landscape"].values.tolist())
    assert landscapes["GaussianMixture"]["values"]["bowl"] == 0.1 and landscapes["XinSheYang"]["values"]["draw"] == 3
    assert len(landscapes["GaussianMixture"]["values"]["wells"]) == len(mixture.wells)
    deep = small_sweep({"depth": [5.0]}, landscapes=[sv.landscapes.Ackley(), sv.landscapes.Ackley(steepness=0.3)])
    landscapes = json.loads(deep.attrs["landscapes"])
    assert landscapes["Ackley(steepness=0.3)"]["values"]["depth"] == "axis depth"


def test_the_attributes_describe_the_dynamics_that_the_stop_made_count(tmp_path):
    """The counter in the record is that of the stop, and so are the parameters."""
    stop, options = Stall(1e-2, 20), {"runs": 2, "steps": 60, "record": ["still"]}
    alone = sv.run_ensemble(sv.BGK(), RASTRIGIN, sv.Swarm(n=20, d=2, seed=7), stop=stop, **options)
    table = small_sweep({"sigma": [0.5]}, sv.BGK(), stop=stop, store=tmp_path / "s", **options)
    for data in (alone, table, small_sweep({"sigma": [0.5]}, sv.BGK(), stop=stop, store=tmp_path / "s", **options)):
        values = json.loads(data.attrs["dynamics"])["values"]
        assert (values["stall_steps"], values["stall_tolerance"]) == (20, 1e-2)
    counting = sv.BGK(stall_steps=20, stall_tolerance=1e-2)
    assert alone.attrs["dynamics"] == as_json(counting) != as_json(sv.BGK())
    sim = sv.Simulation(counting, RASTRIGIN, sv.Swarm(n=20, d=2, seed=int(alone["seed"][1])))
    sim.advance(int(alone["steps_taken"][1]))
    np.testing.assert_array_equal(alone["still"].values[1, : sim.k + 1], sim.record["still"])
    assert sim.record["still"].max() > 0


def test_a_cell_that_is_being_copied_when_an_interrupt_comes_leaves_no_trace(monkeypatch):
    class Interrupted(dict):
        def __getitem__(self, name):
            if name == "diverged_step":
                raise KeyboardInterrupt
            return cells[0][1][name]

    cells = []

    def work(missing, settings, threads, finished_run):
        cells.extend(sweeps.locally(missing, settings, threads, finished_run))
        yield cells[1]
        yield cells[0][0], Interrupted()

    with monkeypatch.context() as patch:
        patch.setattr(sweeps, "_on", lambda client: work)
        part = small_sweep({"sigma": [0.3, 1.0]}, record=["best"], positions=True, client=True, threads=1)
    whole = small_sweep({"sigma": [0.3, 1.0]}, record=["best"], positions=True)
    assert part.attrs["interrupted"] == 1 and part["finished"].all("run").values.tolist() == [False, True]
    assert np.isnan(part["best"][0]).all() and np.isnan(part["final_positions"][0]).all()
    np.testing.assert_array_equal(part["final_positions"][1], whole["final_positions"][1])
