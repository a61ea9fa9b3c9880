"""Sweeps: each cell is the ensemble with its parameters; what a store holds survives a kill, a full disk and another version."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.ensembles import summary
from tests.ensembles.examples import RASTRIGIN, assert_cell, small_sweep


def test_each_cell_is_the_ensemble_with_its_parameters():
    """Dynamics, noise law, step, landscape, N and d are crossed; where N or d is smaller, the rest is NaN."""
    data = sv.sweep(
        sv.BGK(), RASTRIGIN, sv.Swarm(n=20, d=2, seed=7), {"dt": [0.1, 0.2], "sigma": np.array([0.5, 1.0])},
        n=[10, 15], d=[1, 2], landscapes=["Rastrigin", sv.landscapes.Ackley], runs=3, steps=12, record=["best"], every=5, positions=True,
    )  # fmt: skip
    assert data["best"].dims == ("landscape", "n", "d", "dt", "sigma", "run", "step")
    assert data["landscape"].values.tolist() == ["Rastrigin", "Ackley"] and data["t"].dims == ("dt", "step")
    for name, n, d, dt, sigma in (
        ("Rastrigin", 10, 2, 0.1, 0.5),
        ("Ackley", 15, 1, 0.2, 1.0),
        ("Ackley", 10, 1, 0.1, 1.0),
    ):
        assert_cell(
            data.sel(landscape=name, n=n, d=d, dt=dt, sigma=sigma),
            dynamics=sv.BGK(dt=dt, sigma=sigma), landscape=sv.landscapes.ALL[name](), swarm=sv.Swarm(n=n, d=d, seed=7),
            runs=3, steps=12, record=["best"], every=5, positions=True,
        )  # fmt: skip
    assert summary(data)["success_rate"].dims == ("landscape", "n", "d", "dt", "sigma")


def test_a_sweep_without_axes_is_one_ensemble_and_a_diverging_cell_leaves_the_others_alone():
    assert_cell(
        small_sweep(None),
        dynamics=sv.CBO(),
        landscape=RASTRIGIN,
        swarm=sv.Swarm(n=20, d=2, seed=7),
        runs=4,
        steps=30,
        record=(),
    )
    data = small_sweep({"dt": [0.05, 3.0]}, steps=5000)
    assert (data["diverged_step"].sel(dt=3.0) > 0).all() and (data["diverged_step"].sel(dt=0.05) == -1).all()
    assert (data["steps_taken"].sel(dt=3.0) == data["diverged_step"].sel(dt=3.0) - 1).all()
    assert summary(data)["diverged_runs"].values.tolist() == [0, 4]


def test_calls_whose_seeds_lie_runs_apart_are_one_call_split():
    whole = small_sweep({"sigma": [0.3, 1.0]}, runs=6, swarm=sv.Swarm(n=20, d=2, seed=7), positions=True)
    parts = [
        small_sweep({"sigma": [0.3, 1.0]}, runs=3, swarm=sv.Swarm(n=20, d=2, seed=seed), positions=True)
        for seed in (7, 10)
    ]
    assert whole["seed"].values.tolist() == [*parts[0]["seed"].values, *parts[1]["seed"].values]
    for name, values in whole.data_vars.items():
        both = np.concatenate([part[name].values for part in parts], axis=values.dims.index("run"))
        np.testing.assert_array_equal(both, values, err_msg=name)


@pytest.mark.parametrize(
    "options",
    [
        {"grid": [1]},
        {"grid": {"sigma": 1.0}},
        {"grid": {"noise": "none"}},
        {"grid": {"noise": {"anisotropic", "isotropic"}}},
        {"n": frozenset({5, 6})},
        {"n": 5},
        {"store": 3},
        {"store": b"x"},
        {"store": ["a"]},
        {"landscapes": [3]},
        {"client": 3},
    ],
)
def test_the_wrong_kind_is_refused_by_name(options, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (name,) = options["grid"] if isinstance(options.get("grid"), dict) else options
    with pytest.raises(TypeError, match=rf"{name}.*(must be|must map)"):
        small_sweep(**options)
    assert not list(tmp_path.iterdir())
