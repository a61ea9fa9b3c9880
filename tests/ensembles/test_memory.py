"""Memory: what an ensemble or a sweep will need is known before anything runs, and no more than that is taken."""

from __future__ import annotations

import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.ensembles import medians, memory
from swarmviz.ensembles.dataset import Layout, as_dataset
from swarmviz.ensembles.engine import Ensemble
from swarmviz.ensembles.settings import Problem, Settings

ROOT = Path(__file__).parents[2]
RASTRIGIN = sv.landscapes.Rastrigin()
MIB, GIB = 2**20, 2**30


def fail(*numbers):
    pytest.fail("something ran")


# ---- what there is ------------------------------------------------------------------------------------------------------


def machine(root, files):
    """A folder with some of the files in which Linux says how much memory there is."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


class Machine(NamedTuple):
    """What psutil says of the machine."""

    available: int


V2, V1 = "sys/fs/cgroup/", "sys/fs/cgroup/memory/"
NO_LIMIT = "9223372036854771712\n"


@pytest.mark.parametrize(
    ("files", "free"),
    [
        ({}, 2_000_000 * 1024),
        ({"proc/self/cgroup": "0::/\n"}, 2_000_000 * 1024),
        ({"proc/self/cgroup": "0::/a/b\n", V2 + "a/b/memory.max": "max\n", V2 + "a/b/memory.current": "5\n"}, 2_000_000 * 1024),
        ({"proc/self/cgroup": "0::/a/b\n", V2 + "a/b/memory.max": "9000\n", V2 + "a/b/memory.current": "5000\n"}, 4000),
        (
            {
                "proc/self/cgroup": "0::/a/b\n", V2 + "a/b/memory.max": "9000\n", V2 + "a/b/memory.current": "5000\n",
                V2 + "a/memory.max": "8000\n", V2 + "a/memory.current": "7000\n", V2 + "a/memory.stat": "anon 1\ninactive_file 500\n",
            },
            1500,
        ),
        ({"proc/self/cgroup": "0::/in/no/mount\n", V2 + "memory.max": "70\n", V2 + "memory.current": "90\n"}, 0),
        (
            {
                "proc/self/cgroup": "5:cpu:/x\n4:memory,hugetlb:/d/c\n0::/\n",
                V1 + "d/c/memory.limit_in_bytes": "9000\n", V1 + "d/c/memory.usage_in_bytes": "4000\n",
                V1 + "d/c/memory.stat": "inactive_file 7\ntotal_inactive_file 100\n",
                V1 + "memory.limit_in_bytes": NO_LIMIT, V1 + "memory.usage_in_bytes": "1\n",
            },
            5100,
        ),
    ],
    ids=["machine", "root group", "no limit", "group", "group around it", "container", "version 1"],
)  # fmt: skip
def test_what_is_free_is_what_the_machine_and_every_group_around_the_process_leave(tmp_path, monkeypatch, files, free):
    monkeypatch.setattr(memory.psutil, "virtual_memory", lambda: Machine(available=2_000_000 * 1024))
    assert memory.available(machine(tmp_path, files)) == free


def test_where_the_system_says_nothing_what_is_free_is_not_known(tmp_path, monkeypatch):
    def silent():
        raise FileNotFoundError("/proc/meminfo")

    monkeypatch.setattr(memory.psutil, "virtual_memory", lambda: Machine(available=40_960))
    assert memory.available(tmp_path) == 40_960
    monkeypatch.setattr(memory.psutil, "virtual_memory", silent)
    assert memory.available(tmp_path) is None


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_psutil_finds_what_the_kernel_says_is_available():
    said = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemAvailable:"))
    assert memory.psutil.virtual_memory().available == pytest.approx(int(said.split()[1]) * 1024, rel=0.2)


def test_here_some_memory_is_free():
    assert MIB < memory.available() < 2**50


# ---- what is needed -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(sv.dynamics.ALL))
def test_the_size_of_a_result_is_known_to_the_byte(name):
    dynamics, swarm = sv.dynamics.ALL[name](), sv.Swarm(n=7, d=1)
    options = {"runs": 3, "steps": 10, "every": 4, "positions": True}
    data = sv.run_ensemble(dynamics, RASTRIGIN, swarm, **options)
    problem = Problem.of(dynamics, RASTRIGIN, swarm)
    layout = Layout.of(problem, Settings.checked(type(dynamics), None, None, **options))
    assert layout.nbytes(2) == 2 * sum(values.nbytes for values in data.data_vars.values())
    assert layout.largest == max(values.nbytes for values in data.data_vars.values())


SWEEP = {"grid": None, "runs": 1000, "steps": 0}
TOO_LARGE = {
    "positions of the largest cell": (sv.sweep, {"n": 2, "d": 1000}, {"n": [2, 10_000_000], "positions": True} | SWEEP),
    "answers": (sv.run_ensemble, {"n": 2, "d": 1000}, {"runs": 1_000_000, "steps": 0}),
    "answers of the largest cell": (sv.sweep, {"n": 2, "d": 1}, {"d": [1, 1000]} | SWEEP | {"runs": 1_000_000}),
    "a state": (sv.run_ensemble, {"n": 10_000_000, "d": 1000}, {"runs": 1, "steps": 0}),
    "a state of the largest cell": (sv.sweep, {"n": 2, "d": 1000}, {"n": [2, 10_000_000]} | SWEEP),
    "courses": (sv.run_ensemble, {"n": 2, "d": 1}, {"runs": 1000, "steps": 200_000, "record": ["best", "minimum"]}),
    "courses of many cells": (sv.sweep, {"n": 2}, {"grid": {"sigma": list(range(100))}, "runs": 100, "steps": 30_000, "record": ["best"]}),
    "times": (sv.sweep, {"n": 2}, {"grid": {"dt": [0.1, 0.2, 0.3]}, "runs": 1, "steps": 10**8}),
}  # fmt: skip


@pytest.mark.parametrize(("call", "swarm", "options"), TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_does_not_fit_is_refused_before_anything_runs_and_says_why(monkeypatch, tmp_path, call, swarm, options):
    monkeypatch.setattr(memory, "available", lambda: 2 * GIB)
    monkeypatch.setattr(Problem, "check", lambda self, settings: None)  # a schedule at 10⁸ steps takes a while
    more = {"store": tmp_path / "s"} if call is sv.sweep else {}
    with pytest.raises(ValueError) as caught:
        call(sv.CBO(), RASTRIGIN, sv.Swarm(**swarm), **options, **more, progress=fail)
    says = str(caught.value)
    for name in ("runs", "steps", "every", "record", "positions", "n", "d"):
        assert f"{name} = " in says
    assert f"runs = {options['runs']}" in says and "of 2 GiB of memory that are free" in says
    assert not (tmp_path / "s").exists()


def test_the_positions_of_a_cell_that_is_not_the_first_are_counted_in_words(monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 2 * GIB)
    with pytest.raises(ValueError, match=r"n = 10000000, d = 1000, 2 cells: need 2\d\d TiB for the results"):
        sv.sweep(sv.CBO(), RASTRIGIN, sv.Swarm(n=2, d=1000), n=[2, 10_000_000], runs=1000, steps=0, positions=True)


def test_what_fits_is_run(monkeypatch):
    parts = sv.CBO(), RASTRIGIN, sv.Swarm(n=10, d=2)
    monkeypatch.setattr(memory, "available", lambda: 4 * MIB)
    data = sv.sweep(*parts, {"sigma": [0.1, 0.2, 0.3]}, runs=10, steps=1000, record=["best"], threads=1)
    assert data["finished"].all() and MIB / 8 < data.nbytes < MIB
    monkeypatch.setattr(memory, "available", lambda: None)
    assert sv.run_ensemble(*parts, runs=1, steps=1)["finished"].all()


LIMITED = """
import resource, swarmviz as sv
resource.setrlimit(resource.RLIMIT_AS, (6_000_000 * 1024, resource.RLIM_INFINITY))
try:
    sv.run_ensemble(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=2, d=1000), runs=1_000_000, steps=0)
except ValueError as error:
    print(error)
"""


def test_the_limit_of_a_process_counts():
    done = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, text=True, cwd=ROOT, timeout=100)
    assert done.stdout.startswith("runs = 1000000, steps = 0"), done.stderr


# ---- what is taken ------------------------------------------------------------------------------------------------------


def peak_of(function):
    """Bytes at the peak, and the result."""
    tracemalloc.start()
    try:
        result = function()
        return tracemalloc.get_traced_memory()[1], result
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("stored", [False, True], ids=["memory", "store"])
@pytest.mark.parametrize(("cells", "most"), [(1, 1.2), (6, 1.6)])
def test_a_sweep_takes_little_more_than_its_result(tmp_path, cells, most, stored):
    """One thread, one cell in flight and one being copied; a store makes the file of one cell beside it."""

    def swept(name, runs):
        store = {"store": tmp_path / name} if stored else {}
        grid = {"sigma": [0.1 * i for i in range(1, cells + 1)]}
        return sv.sweep(
            sv.CBO(), RASTRIGIN, sv.Swarm(n=4, d=2), grid, runs=runs, steps=1000, record=None, threads=1, **store
        )

    swept("first", 2)  # libraries are imported, kernels loaded
    peak, data = peak_of(lambda: swept("second", 480 // cells))
    assert data["finished"].all() and data.nbytes > 20 * MIB
    assert peak < (most + (1.1 / cells if stored else 0)) * data.nbytes
    if stored:
        peak, again = peak_of(lambda: swept("second", 480 // cells))
        assert again.identical(data) and peak < (1.1 + 1.2 / cells) * data.nbytes


def test_the_errors_of_medians_take_no_more_memory_for_more_runs():
    """Two thousand resamples of all runs at once would take 320 megabytes for their values alone."""
    import xarray

    values = np.random.default_rng(1).normal(size=20_000)
    data = xarray.Dataset({"final_error": ("run", values), "finished": ("run", np.ones(len(values), bool))})
    medians(data.isel(run=slice(10)), ["final_error"])
    peak, table = peak_of(lambda: medians(data, ["final_error"]))
    assert peak < 200 * MIB
    expected = np.sqrt(np.pi / 2 / len(values))  # of the median of normal numbers, in the limit of many
    assert float(table["final_error_standard_error"]) == pytest.approx(expected, rel=0.15)


# ---- an interrupt -------------------------------------------------------------------------------------------------------


def test_what_a_thread_writes_too_late_does_not_reach_the_dataset_of_an_interrupted_ensemble():
    swarm, options = sv.Swarm(n=5, d=2, seed=3), {"runs": 6, "steps": 20, "positions": True}
    problem = Problem.of(sv.CBO(), RASTRIGIN, swarm)
    ensemble = Ensemble(problem, Settings.checked(sv.CBO, None, None, **options))
    ensemble.run(range(3), threading.Event())
    data = as_dataset(ensemble, interrupted=True)
    then = data.copy(deep=True)
    ensemble.run(range(3, 6), threading.Event())
    assert data.identical(then) and data["finished"].values.tolist() == [True] * 3 + [False] * 3
    whole = sv.run_ensemble(sv.CBO(), RASTRIGIN, swarm, **options)
    for name, values in whole.data_vars.items():
        np.testing.assert_array_equal(data[name][:3], values[:3], err_msg=name)
        assert data[name].dtype == values.dtype
    assert np.isnan(data["best"][3:]).all() and (data["diverged_step"][3:] == -1).all()


def test_the_copy_of_an_interrupted_ensemble_takes_one_variable_more(monkeypatch):
    problem = Problem.of(sv.CBO(), RASTRIGIN, sv.Swarm(n=4, d=2))

    def interrupted():
        ensemble = Ensemble(problem, Settings.checked(sv.CBO, None, None, runs=500, steps=1000))
        ensemble.run(range(1), threading.Event())
        return as_dataset(ensemble, interrupted=True)

    interrupted()
    peak, data = peak_of(interrupted)
    largest = max(values.nbytes for values in data.data_vars.values())
    assert data.nbytes > 6 * largest and peak < data.nbytes + 2.2 * largest
