"""Sweeps: each cell is the ensemble with its parameters; what a store holds survives a kill, a full disk and another version."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.ensembles import Below, Stall, StoreError, dataset, summary, sweeps
from swarmviz.ensembles import store as module
from swarmviz.kernels import compiled
from swarmviz.serialise import as_json

ROOT = Path(__file__).parents[2]
RASTRIGIN = sv.landscapes.Rastrigin()
GRID = {"sigma": [0.3, 1.0], "noise": ["anisotropic", "isotropic"]}


def small(grid=GRID, dynamics=None, landscape=RASTRIGIN, swarm=None, **options):
    """A small sweep of CBO, whose cells take no time."""
    options = {"runs": 4, "steps": 30} | options
    return sv.sweep(dynamics or sv.CBO(), landscape, swarm or sv.Swarm(n=20, d=2, seed=7), grid, **options)


def assert_cell(cell, **parts):
    """A cell equals the ensemble of its parts, whatever N and d the largest cell has."""
    alone = sv.run_ensemble(**parts)
    for name, values in alone.data_vars.items():
        there = cell[name].isel({dim: slice(size) for dim, size in values.sizes.items()})
        np.testing.assert_array_equal(there.transpose(*values.dims), values, err_msg=name)
        rest = (
            cell[name].isel(coordinate=slice(parts["swarm"].d, None)) if "coordinate" in values.dims else cell[name][:0]
        )
        assert np.isnan(rest.values).all()
    np.testing.assert_array_equal(cell["t"], alone["t"])
    np.testing.assert_array_equal(cell["seed"], alone["seed"])


# ---- what a sweep is ----------------------------------------------------------------------------------------------------


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


def test_schedules_initial_laws_and_parameters_of_the_landscape_are_axes_too():
    falling = sv.schedules.Linear(start=2.0, end=0.5, duration=1.0)
    swarm = sv.Swarm(n=10, d=1, seed=1)
    data = sv.sweep(
        sv.CBO(), sv.landscapes.Ackley(), swarm, {"sigma": [1.0, falling], "depth": [5.0, 20.0], "initial": ["uniform", "away"]},
        runs=2, steps=10,
    )  # fmt: skip
    away = sv.Swarm(n=10, d=1, seed=1, initial="away")
    assert_cell(
        data.sel(sigma=str(falling), depth=5.0, initial="away"),
        dynamics=sv.CBO(sigma=falling), landscape=sv.landscapes.Ackley(depth=5.0), swarm=away, runs=2, steps=10, record=(),
    )  # fmt: skip


def test_points_and_landscapes_of_one_class_are_axes_with_their_texts_as_labels(tmp_path):
    points, deep = [np.zeros((1, 2)), np.ones((3, 2))], sv.landscapes.Ackley(depth=30.0)
    data = small(
        {"points": points},
        landscapes=[sv.landscapes.Ackley(), deep],
        swarm=sv.Swarm(n=6, d=2, initial="points"),
        store=tmp_path / "s",
    )
    assert data["landscape"].values.tolist() == ["Ackley()", "Ackley(depth=30.0)"]
    assert_cell(
        data.isel(points=1).sel(landscape="Ackley(depth=30.0)"),
        dynamics=sv.CBO(), landscape=deep, swarm=sv.Swarm(n=6, d=2, initial="points", points=points[1]), runs=4, steps=30, record=(),
    )  # fmt: skip


def test_a_sweep_without_axes_is_one_ensemble_and_a_diverging_cell_leaves_the_others_alone():
    assert_cell(
        small(None),
        dynamics=sv.CBO(),
        landscape=RASTRIGIN,
        swarm=sv.Swarm(n=20, d=2, seed=7),
        runs=4,
        steps=30,
        record=(),
    )
    data = small({"dt": [0.05, 3.0]}, steps=5000)
    assert (data["diverged_step"].sel(dt=3.0) > 0).all() and (data["diverged_step"].sel(dt=0.05) == -1).all()
    assert (data["steps_taken"].sel(dt=3.0) == data["diverged_step"].sel(dt=3.0) - 1).all()
    assert summary(data)["diverged_runs"].values.tolist() == [0, 4]


def test_the_attributes_say_what_varies_and_what_does_not():
    data = small(landscapes=["Rastrigin", "Ackley"])
    dynamics = json.loads(data.attrs["dynamics"])["values"]
    assert dynamics["sigma"] == "axis sigma" and dynamics["lam"] == 1.0
    assert data.attrs["landscape"] == "axis landscape" and data.attrs["axes"] == "landscape, sigma, noise"
    assert small().identical(small(threads=3)) and "landscapes" not in small().attrs


def test_the_attributes_hold_every_parameter_of_each_landscape(tmp_path):
    """Labels may be names alone; in a file, too, it can be seen what they stand for."""
    import xarray

    mixture = sv.landscapes.GaussianMixture(bowl=0.1)
    data = small({"sigma": [0.3]}, landscapes=[mixture, "Himmelblau", sv.landscapes.XinSheYang(draw=3)])
    data.to_netcdf(tmp_path / "s.nc", engine="h5netcdf")
    landscapes = json.loads(xarray.load_dataset(tmp_path / "s.nc", engine="h5netcdf").attrs["landscapes"])
    assert list(landscapes) == sorted(data["landscape"].values.tolist())
    assert landscapes["GaussianMixture"]["values"]["bowl"] == 0.1 and landscapes["XinSheYang"]["values"]["draw"] == 3
    assert len(landscapes["GaussianMixture"]["values"]["wells"]) == len(mixture.wells)
    deep = small({"depth": [5.0]}, landscapes=[sv.landscapes.Ackley(), sv.landscapes.Ackley(steepness=0.3)])
    landscapes = json.loads(deep.attrs["landscapes"])
    assert landscapes["Ackley(steepness=0.3)"]["values"]["depth"] == "axis depth"


def test_the_attributes_describe_the_dynamics_that_the_stop_made_count(tmp_path):
    """The counter in the record is that of the stop, and so are the parameters."""
    stop, options = Stall(1e-2, 20), {"runs": 2, "steps": 60, "record": ["still"]}
    alone = sv.run_ensemble(sv.BGK(), RASTRIGIN, sv.Swarm(n=20, d=2, seed=7), stop=stop, **options)
    table = small({"sigma": [0.5]}, sv.BGK(), stop=stop, store=tmp_path / "s", **options)
    for data in (alone, table, small({"sigma": [0.5]}, sv.BGK(), stop=stop, store=tmp_path / "s", **options)):
        values = json.loads(data.attrs["dynamics"])["values"]
        assert (values["stall_steps"], values["stall_tolerance"]) == (20, 1e-2)
    counting = sv.BGK(stall_steps=20, stall_tolerance=1e-2)
    assert alone.attrs["dynamics"] == as_json(counting) != as_json(sv.BGK())
    sim = sv.Simulation(counting, RASTRIGIN, sv.Swarm(n=20, d=2, seed=int(alone["seed"][1])))
    sim.advance(int(alone["steps_taken"][1]))
    np.testing.assert_array_equal(alone["still"].values[1, : sim.k + 1], sim.record["still"])
    assert sim.record["still"].max() > 0


def test_what_the_stop_sets_cannot_be_an_axis_and_schedules_still_can():
    with pytest.raises(ValueError, match="stall_steps = 5: cannot be an axis, because the stop Stall"):
        small({"stall_steps": [5, 10]}, sv.BGK(), stop=Stall(1e-2, 20))
    falling = sv.schedules.Linear(start=1.0, end=0.5, duration=1.0)
    assert small({"sigma": [0.5, falling]}, sv.BGK(), stop=Stall(1e-2, 20))["finished"].all()


def test_calls_whose_seeds_lie_runs_apart_are_one_call_split():
    whole = small({"sigma": [0.3, 1.0]}, runs=6, swarm=sv.Swarm(n=20, d=2, seed=7), positions=True)
    parts = [
        small({"sigma": [0.3, 1.0]}, runs=3, swarm=sv.Swarm(n=20, d=2, seed=seed), positions=True) for seed in (7, 10)
    ]
    assert whole["seed"].values.tolist() == [*parts[0]["seed"].values, *parts[1]["seed"].values]
    for name, values in whole.data_vars.items():
        both = np.concatenate([part[name].values for part in parts], axis=values.dims.index("run"))
        np.testing.assert_array_equal(both, values, err_msg=name)


# ---- the store ----------------------------------------------------------------------------------------------------------


def test_a_store_goes_on_where_it_ended_and_gives_the_same_dataset(tmp_path):
    seen = []

    def interrupt(done, total):
        seen.append((done, total))
        if done == 9:
            raise KeyboardInterrupt

    whole = small(record=["best"], positions=True, n=[10, 20])
    options = {"store": tmp_path / "s", "record": ["best"], "positions": True, "n": [10, 20]}
    part = small(progress=interrupt, threads=1, **options)
    files = {path: path.stat().st_mtime_ns for path in (tmp_path / "s").glob("*.nc")}
    assert part.attrs["interrupted"] == 1 and int(part["finished"].sum()) == 4 * len(files) == 8
    done = part["finished"].all("run").values
    assert not np.isnan(part["best"].values[done]).all()
    assert np.isnan(part["best"].values[~done]).all() and np.isnan(part["final_positions"].values[~done]).all()
    seen.clear()
    assert small(progress=lambda *numbers: seen.append(numbers), **options).identical(whole)
    assert seen[-1] == (24, 24), "only the six missing cells of four runs are run"
    assert all(path.stat().st_mtime_ns == then for path, then in files.items())
    assert small(progress=lambda *numbers: pytest.fail("something ran again"), **options).identical(whole)
    assert sorted(p.name for p in (tmp_path / "s").iterdir()) == [
        *(f"cell-{i:06}.nc" for i in range(8)),
        "manifest.json",
    ]


SCRIPT = """
import sys, swarmviz as sv
def count(done, total):
    print(done, flush=True)
if __name__ == "__main__":
    sv.sweep(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=2, seed=7), {"sigma": [0.1 * i for i in range(1, 21)]},
             runs=2, steps=2000, record=["best"], store=sys.argv[1], progress=count)
"""


def killed_after(script, folder, runs):
    """Start a sweep in a process of its own and kill it when it has said that so many runs are done."""
    process = subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        for line in process.stdout:
            if int(line) >= runs:
                break
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    return process.returncode


def test_a_killed_sweep_loses_and_repeats_no_finished_cell(tmp_path):
    folder = tmp_path / "killed"
    assert killed_after(SCRIPT, folder, 9) == -signal.SIGKILL
    (folder / ".draft-left").write_text("half a cell")
    files = {path: path.read_bytes() for path in folder.glob("*.nc")}
    assert 1 <= len(files) < 20
    ran = []
    values = [0.1 * i for i in range(1, 21)]
    options = {"runs": 2, "steps": 2000, "record": ["best"]}
    data = small({"sigma": values}, store=folder, progress=lambda done, total: ran.append(total), **options)
    assert len(ran) == 2 * (20 - len(files)) == ran[-1]
    assert all(path.read_bytes() == content for path, content in files.items())
    assert data.identical(small({"sigma": values}, **options))
    assert not list(folder.glob(".draft*"))


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"steps": 31}, "settings"),
        ({"grid": {"sigma": [0.3, 1.1]}}, "axes"),
        ({"swarm": sv.Swarm(n=20, d=2, seed=8)}, "swarm"),
        ({"dynamics": sv.CBO(lam=2.0)}, "dynamics"),
        ({"landscape": sv.landscapes.Ackley()}, "landscape"),
        ({"stop": Below("best", 0.1)}, "settings"),
    ],
)
def test_a_store_of_another_sweep_is_refused_and_left_as_it_is(tmp_path, changed, names):
    grid = {"sigma": [0.3, 1.0]}
    small(grid, store=tmp_path / "s")
    before = {path: path.read_bytes() for path in (tmp_path / "s").iterdir()}
    with pytest.raises(ValueError, match=f"store = .*another sweep.*{names}: there .*, here "):
        small(**({"grid": grid, "store": tmp_path / "s"} | changed))
    assert {path: path.read_bytes() for path in (tmp_path / "s").iterdir()} == before


def test_a_store_of_another_version_is_refused_and_left_as_it_is(tmp_path, monkeypatch):
    small(store=tmp_path / "s")
    monkeypatch.setattr(sv, "__version__", "99.0")
    with pytest.raises(
        ValueError,
        match=rf'was written by version "{module.json.loads((tmp_path / "s" / "manifest.json").read_text())["swarmviz"]}"',
    ):
        small(store=tmp_path / "s")


def test_a_store_of_other_sources_is_refused_and_says_how_to_start_afresh(tmp_path, monkeypatch):
    """Of the same version; and one from before sources were named."""
    folder = tmp_path / "s"
    here = small(store=folder).attrs["sources"]
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with monkeypatch.context() as patch:
        patch.setattr(dataset, "sources_digest", lambda parts: "0123456789ab")
        with pytest.raises(ValueError) as caught:
            small(store=folder)
    assert f"was written by version {json.dumps(sv.__version__)} of swarmviz (sources {here})" in str(caught.value)
    assert "(sources 0123456789ab)" in str(caught.value) and "To start afresh, choose another folder" in str(
        caught.value
    )
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["sources"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ValueError, match=r"swarmviz \(whose sources it does not name\) and is left as it is"):
        small(store=folder)


@pytest.mark.parametrize(
    ("changed", "kernels", "numbers"),
    [
        ("dynamics/cbo.py", True, True),
        ("ensembles/engine.py", False, True),
        ("success.py", False, True),
        ("simulation.py", False, True),
        ("exports/data.py", False, False),
        ("cli/main.py", False, False),
    ],
)
def test_the_digest_of_the_sources_sees_what_results_depend_on(tmp_path, monkeypatch, changed, kernels, numbers):
    package = tmp_path / "swarmviz"
    shutil.copytree(ROOT / "swarmviz", package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(compiled, "__file__", str(package / "kernels" / "compiled.py"))
    digest = compiled.sources_digest.__wrapped__
    before = digest(), digest(dataset.NUMBERS)
    assert before == (compiled.sources_digest(), compiled.sources_digest(dataset.NUMBERS))
    with (package / changed).open("a") as file:
        file.write("# changed\n")
    assert (digest() != before[0], digest(dataset.NUMBERS) != before[1]) == (kernels, numbers)


def test_folders_that_are_no_stores_are_refused_by_name(tmp_path):
    (tmp_path / "file").write_text("text")
    with pytest.raises(StoreError, match=r"store = .*file'"):
        small(store=tmp_path / "file")
    with pytest.raises(StoreError, match=r"store = .*file/below'"):
        small(store=tmp_path / "file" / "below")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("text")
    with pytest.raises(ValueError, match=r"store = .*other'.*'letter.txt' but no manifest"):
        small(store=tmp_path / "other")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "manifest.json").write_text("{")
    with pytest.raises(ValueError, match=r"store = .*bad'.*damaged"):
        small(store=tmp_path / "bad")
    assert (tmp_path / "file").read_text() == "text" and (tmp_path / "bad" / "manifest.json").read_text() == "{"


def test_a_store_in_use_is_refused(tmp_path):
    def meanwhile(done, total):
        with pytest.raises(StoreError, match="another sweep is writing"):
            small(store=tmp_path / "s")

    small(store=tmp_path / "s", progress=meanwhile, threads=1)


def test_a_damaged_or_foreign_cell_is_named_and_not_used(tmp_path):
    small(store=tmp_path / "s")
    small({"sigma": [0.4, 0.5]}, store=tmp_path / "other")
    first, second = (tmp_path / "s" / f"cell-00000{i}.nc" for i in (0, 1))
    whole = first.read_bytes()
    first.write_bytes(whole[: len(whole) // 2])
    (tmp_path / "s" / "cell-000003.nc").unlink()
    with pytest.raises(StoreError, match=r"cell-000000.nc' is damaged"):
        small(store=tmp_path / "s", progress=lambda *numbers: pytest.fail("something ran before it was found"))
    first.write_bytes(whole)
    second.write_bytes((tmp_path / "other" / "cell-000001.nc").read_bytes())
    with pytest.raises(StoreError, match=r"cell-000001.nc' is not cell 1 of this sweep"):
        small(store=tmp_path / "s", progress=lambda *numbers: pytest.fail("something ran before it was found"))
    second.unlink()
    assert small(store=tmp_path / "s").identical(small())


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_fills_or_turns_read_only_keeps_the_finished_cells(tmp_path, monkeypatch, number):
    real, calls = os.fsync, []

    def failing(handle):
        calls.append(handle)
        if len(calls) == 3:  # the manifest and one cell are there
            raise OSError(number, os.strerror(number))
        return real(handle)

    monkeypatch.setattr(module.os, "fsync", failing)
    with pytest.raises(
        StoreError, match=rf"store = .*cell-\d+.nc cannot be written \({os.strerror(number)}\); what it holds is kept"
    ):
        small(store=tmp_path / "s")
    assert len(list((tmp_path / "s").iterdir())) == 2
    monkeypatch.undo()
    assert small(store=tmp_path / "s").identical(small())


FULL = """
import resource, signal, sys, swarmviz as sv
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
sigma = [0.1, 0.2, 0.3]
make = lambda: sv.sweep(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20), {"sigma": sigma}, n=[10, 3000], runs=4, steps=2,
                        positions=True, store=sys.argv[1], threads=1)
make_small = sv.run_ensemble(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20), runs=1, steps=2)  # compiles before the limit
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
try:
    make()
except sv.ensembles.StoreError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(int(make()["finished"].sum()))
"""


def test_a_cell_too_large_for_what_the_system_allows_is_an_error_and_the_small_ones_are_kept(tmp_path):
    """The system itself refuses to write: no mock-up of a disk."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "s")], capture_output=True, text=True, cwd=ROOT, timeout=100
    )
    said, finished = done.stdout.strip().splitlines()
    assert "cell-000003.nc cannot be written (File too large)" in said, done.stderr
    assert int(finished) == 24


def test_a_folder_that_may_not_be_written_is_refused_by_name(tmp_path):
    if os.geteuid() == 0:  # whom permissions do not stop; nobody makes a folder in /proc
        folder = Path("/proc/sweep")
    else:
        tmp_path.chmod(0o500)
        folder = tmp_path / "s"
    with pytest.raises(StoreError, match=f"store = '{folder}': cannot be opened"):
        small(store=folder)


# ---- bad input ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"grid": {"sgima": [1.0]}}, "'sgima' is no parameter of CBO, Rastrigin or the swarm; did you mean 'sigma'"),
        ({"grid": {"swarm.sigma": [1.0]}}, r"'swarm.sigma' is no parameter"),
        ({"grid": {"sigma": []}}, r"sigma = \[\]: must hold at least one value"),
        ({"grid": {"sigma": [1.0, -1.0]}}, r"sigma \(σ\) = -1.0: must be a finite number with 0 ≤ σ ≤ 100"),
        ({"grid": {"sigma": [1.0, float("nan")]}}, r"sigma \(σ\) = nan"),
        ({"grid": {"sigma": [1.0, 1.0]}}, "sigma = 1.0: is there twice"),
        ({"grid": {"noise": ["loud"]}}, r"noise \(D\) = 'loud': must be one of anisotropic"),
        ({"grid": {"seed": [1, 2]}}, "seed cannot be an axis"),
        ({"grid": {"n": [5]}, "n": [6]}, "n is given twice"),
        ({"grid": {"sigma": [0.1, 0.5], "dynamics.sigma": [0.2]}}, "dynamics.sigma is given twice: sigma is the same"),
        ({"grid": {"swarm.n": [7, 9]}, "n": [5, 6]}, "swarm.n is given twice: n is the same parameter of the swarm"),
        ({"grid": {"swarm.seed": [1, 2]}}, "swarm.seed cannot be an axis: every run has a seed of its own"),
        ({"n": [0]}, r"n \(N\) = 0: must be a whole number with 1 ≤ N"),
        ({"n": [1]}, r"n \(N\) = 1: CBO needs N ≥ 2"),
        ({"d": [2, 0]}, r"d \(d\) = 0: must be a whole number with 1 ≤ d"),
        ({"landscapes": ["Rastigrin"]}, "'Rastigrin' is no landscape; did you mean 'Rastrigin'"),
        ({"landscapes": []}, r"landscapes = \[\]"),
        ({"landscapes": ["Himmelblau"], "d": [2, 3]}, "d = 3"),
        ({"grid": {"initial": ["uniform", "box"]}}, "low is missing"),
        ({"runs": 0}, "runs = 0: must be a whole number with 1 ≤ runs"),
        ({"steps": 10**9, "record": None}, "GiB"),
    ],
)
def test_bad_axes_are_refused_before_anything_runs_or_is_written(tmp_path, options, says):
    with pytest.raises(ValueError, match=says):
        small(**options, store=tmp_path / "s", progress=lambda *numbers: pytest.fail("something ran"))
    assert not (tmp_path / "s").exists()


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
        small(**options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("folder", ["", "  ", "a\0b", "~nobody-of-this-name/s"])
def test_what_is_no_path_of_a_store_is_refused_by_name_and_writes_nothing(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"^store = "):
        small(store=folder)
    assert not list(tmp_path.iterdir())


def test_a_name_that_two_parts_have_is_asked_for_in_full():
    swarm = sv.Swarm(n=10, d=2, initial="away")
    with pytest.raises(ValueError, match=r"choose 'dynamics.radius' or 'swarm.radius'"):
        small({"radius": [0.1]}, sv.FMC(), swarm=swarm)
    data = small({"swarm.radius": [0.1, 0.5]}, sv.FMC(), swarm=swarm, steps=0)
    assert data["final_answer"].dims[0] == "swarm.radius"
    assert not np.array_equal(*data["final_answer"].values)


def test_a_cell_that_does_not_fit_is_named():
    with pytest.raises(ValueError) as caught:
        small({"initial": ["uniform", "box"]}, n=[10])
    assert "in the cell n = 10, initial = box; nothing was run" in caught.value.__notes__


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
        part = small({"sigma": [0.3, 1.0]}, record=["best"], positions=True, client=True, threads=1)
    whole = small({"sigma": [0.3, 1.0]}, record=["best"], positions=True)
    assert part.attrs["interrupted"] == 1 and part["finished"].all("run").values.tolist() == [False, True]
    assert np.isnan(part["best"][0]).all() and np.isnan(part["final_positions"][0]).all()
    np.testing.assert_array_equal(part["final_positions"][1], whole["final_positions"][1])
