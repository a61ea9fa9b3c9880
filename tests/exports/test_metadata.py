"""Every file says where it comes from."""

import json

import swarmviz as sv
from swarmviz import exports
from tests.exports.example_runs import changed_in_mid_run, with_seed_changed_for_the_next_reset


def test_the_metadata_hold_every_declared_parameter_and_every_change():
    sim = changed_in_mid_run()
    about = json.loads(json.dumps(exports.metadata(sim)))
    assert (about["version"], about["seed"], about["k"], about["t"]) == (sv.__version__, 3, sim.k, sim.t)
    assert set(about["dynamics"]["parameters"]) == set(sim.dynamics.declared())
    assert set(about["swarm"]["parameters"]) == set(sv.Swarm.declared())
    assert about["dynamics"]["parameters"]["sigma"] == {"schedule": "Exponential", "start": 0.7, "ratio": 1 / 3}
    assert [entry["k"] for entry in about["journal"]] == [0, 0, 7, 11, 16]
    assert about["journal"][0]["dynamics"]["parameters"]["sigma"]["schedule"] == "Piecewise"
    assert about["journal"][1]["dynamics"]["parameters"] == {"lam": 0.5}
    assert about["journal"][4]["dynamics"]["parameters"] == {"noise": "isotropic"}
    assert about["journal"][4]["landscape"]["parameters"]["wells"][1][-2:] == [4.0, 0.8]


def test_a_file_is_called_by_what_is_in_it():
    assert exports.file_name(with_seed_changed_for_the_next_reset(), ".png") == "swarmviz-CBO-Sphere-seed4-k5.png"
