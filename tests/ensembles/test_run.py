"""Ensembles: each run is the single simulation with its seed, for any number of threads, stop, record and interruption."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import success
from swarmviz.ensembles import Below, Stall, summary
from tests.ensembles.examples import EVERY, RASTRIGIN, assert_is, parts, single, small_ensemble


@EVERY
def test_each_run_is_the_single_simulation_with_its_seed_bit_for_bit(name):
    dynamics, landscape, swarm = parts(name)
    swarm.seed = 11
    data = sv.run_ensemble(dynamics, landscape, swarm, runs=3, steps=57, every=4, positions=True, threads=2)
    for r, seed in enumerate(data["seed"].values):
        sim = single(dynamics, landscape, swarm, seed, 57, every=4)
        assert_is(data, r, sim, landscape)
        found = success.succeeded(sim.frame, landscape)
        assert data["success"].values[r] == found and data["finished"].values[r]
    assert data["seed"].values.tolist() == [11, 12, 13]


def test_schedules_formulas_placed_wells_and_moving_landscapes_are_the_same_runs_too():
    Well = sv.landscapes.Well
    wells = sv.landscapes.GaussianMixture(wells=[Well((1.0, 1.0), 2.0, 0.5), Well((-1.0, 0.0), 1.0, 0.5)])
    cases = [
        (sv.CBO(sigma=sv.schedules.Linear(start=2.0, end=0.1, duration=1.0)), RASTRIGIN),
        (sv.CBO(), sv.landscapes.Formula("x^2 + 3*sin(2*y)^2")),
        (sv.CBO(), wells),
        (sv.FMC(motion="drift", speed=0.1), RASTRIGIN),
    ]
    swarm = sv.Swarm(n=20, d=2, seed=5)
    for dynamics, landscape in cases:
        data = sv.run_ensemble(dynamics, landscape, swarm, runs=2, steps=30, positions=True)
        sim = single(dynamics, landscape, swarm, 6, 30)
        assert_is(data, 1, sim, landscape)
        shift = 0.0 if sim.frame.shift is None else sim.frame.shift
        at = (success.answer(sim.frame) - shift)[None]
        assert data["final_energy"].values[1] == landscape.values(at)[0]


def test_what_is_recorded_is_what_was_asked_for():
    data = small_ensemble(record=["best", "dispersion"], every=15)
    assert {name for name, values in data.data_vars.items() if "step" in values.dims} == {"best", "dispersion"}
    assert data["step"].values.tolist() == [0, 15, 30] and "final_positions" not in data
    assert "step" not in {dim for values in small_ensemble(record=()).data_vars.values() for dim in values.dims}
    assert small_ensemble(steps=0)["best"].shape == (6, 1)


def test_progress_counts_the_runs_and_a_bar_goes_to_the_console(capfd):
    seen = []
    small_ensemble(progress=lambda done, total: seen.append((done, total)), threads=2)
    assert seen == [(i, 6) for i in range(1, 7)]
    small_ensemble(progress=True)
    assert "6/6" in capfd.readouterr().err


def test_an_interrupt_keeps_what_is_finished():
    runs = 1000  # more groups than reports that wait for the caller
    whole = small_ensemble(runs=runs, positions=True)

    def interrupt(done, total):
        if done == 5:
            raise KeyboardInterrupt

    before = threading.active_count()
    data = small_ensemble(runs=runs, positions=True, progress=interrupt, threads=2)
    finished = data["finished"].values
    assert 5 <= finished.sum() < runs and data.attrs["interrupted"] == 1
    assert threading.active_count() == before
    here = data.isel(run=finished)
    for name, values in whole.isel(run=finished).data_vars.items():
        np.testing.assert_array_equal(here[name], values, err_msg=name)
    rest = data.isel(run=~finished)
    assert np.isnan(rest["best"].values).all() and np.isnan(rest["final_positions"].values).all()
    assert np.isnan(rest["success"].values).all()
    assert int(summary(data)["finished_runs"]) == finished.sum()


def test_a_signal_from_the_keyboard_ends_an_ensemble_that_would_take_for_ever(tmp_path):
    """In a process of its own, in the middle of long calls of a kernel."""
    code = (
        "import os, signal, threading, swarmviz as sv\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever the shell said to ignore\n"
        "asked = threading.Event()\n"
        "def stop(frame):\n"
        "    if frame.k == 500 and not asked.is_set():\n"
        "        asked.set(); os.kill(os.getpid(), signal.SIGINT)\n"
        "    return False\n"
        "data = sv.run_ensemble(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20), runs=10**5, steps=10**6, every=500,"
        " record=(), stop=stop, threads=2)\n"
        "print(data.attrs['interrupted'], int(data['finished'].sum()) < 10**5)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100)
    assert done.stdout.split() == ["1", "True"], done.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"runs": 0}, "runs = 0: must be a whole number with 1 ≤ runs"),
        ({"runs": 2.5}, "runs = 2.5: must be a whole number"),
        ({"steps": -1}, "steps = -1: must be a whole number with 0 ≤ steps"),
        ({"every": 0}, "every = 0: must be a whole number with 1 ≤ every"),
        ({"tolerance": 0.0}, "tolerance = 0.0: must be a finite number with 0 < tolerance"),
        ({"threads": 0}, "threads = 0: must be a whole number with 1 ≤ threads"),
        ({"record": ["bets"]}, "record = 'bets': CBO has no such observable; did you mean 'best'"),
        ({"stop": Below("bets")}, "observable = 'bets'.*did you mean 'best'"),
        ({"runs": 10**6, "steps": 10**9}, "runs = 1000000, steps = 1000000000, every = 1.*GiB"),
    ],
)
def test_bad_values_are_refused_by_name_value_and_range_before_anything_runs(options, says):
    with pytest.raises(ValueError, match=says):
        small_ensemble(**options, progress=lambda done, total: pytest.fail("something ran"))


@pytest.mark.parametrize("options", [{"record": "best"}, {"record": 3}, {"stop": 5}, {"stop": Stall}, {"progress": 7}])
def test_the_wrong_kind_is_refused_by_name(options):
    with pytest.raises(TypeError, match=next(iter(options))):
        small_ensemble(**options)


def test_parts_of_the_wrong_kind_or_that_do_not_fit_are_refused():
    swarm = sv.Swarm(n=10, d=3)
    with pytest.raises(TypeError, match="landscape = 'Rastrigin'"):
        sv.run_ensemble(sv.CBO(), "Rastrigin", swarm)
    with pytest.raises(ValueError, match="d = 3"):
        sv.run_ensemble(sv.CBO(), sv.landscapes.Himmelblau(), swarm)
    with pytest.raises(ValueError, match="low is missing"):
        sv.run_ensemble(sv.CBO(), RASTRIGIN, sv.Swarm(initial="box"))
    falling = sv.schedules.Linear(start=1.0, end=-1.0, duration=1.0)
    with pytest.raises(ValueError, match=r"sigma .* at t ="):
        sv.run_ensemble(sv.CBO(sigma=falling), RASTRIGIN, swarm)
    with pytest.raises(ValueError, match="seed"):
        sv.run_ensemble(sv.CBO(), RASTRIGIN, sv.Swarm(seed=2**53), runs=2)


def test_importing_swarmviz_does_not_import_xarray_or_dask():
    code = "import sys, swarmviz as sv\nsv.run_ensemble, sv.sweep, sv.ensembles.summary\nprint(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"xarray", "pandas", "distributed", "dask", "tqdm"} & {name.split(".")[0] for name in loaded}


def test_a_parameter_with_which_no_run_can_begin_is_refused_at_once():
    with pytest.raises(ValueError, match=r"reward \(R\) = 'negative': must be positive"):
        sv.run_ensemble(sv.FMC(reward="negative"), sv.landscapes.Sphere(), sv.Swarm(n=20, d=2), runs=3, steps=5)
