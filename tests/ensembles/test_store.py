"""A store: what it holds survives a kill, a full disk and another version; what does not belong to it is refused."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.ensembles import Below, StoreError, dataset
from swarmviz.ensembles import store as module
from swarmviz.kernels import sources
from tests.ensembles.examples import ROOT, small_sweep


def test_a_store_goes_on_where_it_ended_and_gives_the_same_dataset(tmp_path):
    seen = []

    def interrupt(done, total):
        seen.append((done, total))
        if done == 9:
            raise KeyboardInterrupt

    whole = small_sweep(record=["best"], positions=True, n=[10, 20])
    options = {"store": tmp_path / "s", "record": ["best"], "positions": True, "n": [10, 20]}
    part = small_sweep(progress=interrupt, threads=1, **options)
    files = {path: path.stat().st_mtime_ns for path in (tmp_path / "s").glob("*.nc")}
    assert part.attrs["interrupted"] == 1 and int(part["finished"].sum()) == 4 * len(files) == 8
    done = part["finished"].all("run").values
    assert not np.isnan(part["best"].values[done]).all()
    assert np.isnan(part["best"].values[~done]).all() and np.isnan(part["final_positions"].values[~done]).all()
    seen.clear()
    assert small_sweep(progress=lambda *numbers: seen.append(numbers), **options).identical(whole)
    assert seen[-1] == (24, 24), "only the six missing cells of four runs are run"
    assert all(path.stat().st_mtime_ns == then for path, then in files.items())
    assert small_sweep(progress=lambda *numbers: pytest.fail("something ran again"), **options).identical(whole)
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
    data = small_sweep({"sigma": values}, store=folder, progress=lambda done, total: ran.append(total), **options)
    assert len(ran) == 2 * (20 - len(files)) == ran[-1]
    assert all(path.read_bytes() == content for path, content in files.items())
    assert data.identical(small_sweep({"sigma": values}, **options))
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
    small_sweep(grid, store=tmp_path / "s")
    before = {path: path.read_bytes() for path in (tmp_path / "s").iterdir()}
    with pytest.raises(ValueError, match=f"store = .*another sweep.*{names}: there .*, here "):
        small_sweep(**({"grid": grid, "store": tmp_path / "s"} | changed))
    assert {path: path.read_bytes() for path in (tmp_path / "s").iterdir()} == before


def test_a_store_of_another_version_is_refused_and_left_as_it_is(tmp_path, monkeypatch):
    small_sweep(store=tmp_path / "s")
    monkeypatch.setattr(dataset, "__version__", "99.0")
    with pytest.raises(ValueError) as caught:
        small_sweep(store=tmp_path / "s")
    assert f"was written by version {json.dumps(sv.__version__)}" in str(caught.value)


@pytest.mark.parametrize(
    ("one", "other", "goes_on"),
    [
        ("0.2.0.dev5+g0123abc", "0.2.0.dev7+g4567def", True),
        ("0.2.0.dev5+g0123abc", "0.2.0", True),
        ("0.2.0", "0.2.1.dev1+g0123abc", False),
        ("0.2.0", "", False),
    ],
)
def test_a_store_goes_on_with_another_commit_of_the_same_release_and_sources(
    tmp_path, monkeypatch, one, other, goes_on
):
    monkeypatch.setattr(dataset, "__version__", one)
    small_sweep(store=tmp_path / "s")
    monkeypatch.setattr(dataset, "__version__", other)
    with nullcontext() if goes_on else pytest.raises(ValueError, match="was written by version"):
        assert small_sweep(store=tmp_path / "s").identical(small_sweep())


def test_a_store_of_other_sources_is_refused_and_says_how_to_start_afresh(tmp_path, monkeypatch):
    """Of the same version; and one from before sources were named."""
    folder = tmp_path / "s"
    here = small_sweep(store=folder).attrs["sources"]
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with monkeypatch.context() as patch:
        patch.setattr(dataset, "sources_digest", lambda parts: "0123456789ab")
        with pytest.raises(ValueError) as caught:
            small_sweep(store=folder)
    assert f"was written by version {json.dumps(sv.__version__)} of swarmviz (sources {here})" in str(caught.value)
    assert "(sources 0123456789ab)" in str(caught.value) and "To start afresh, choose another folder" in str(
        caught.value
    )
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["sources"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ValueError, match=r"swarmviz \(whose sources it does not name\) and is left as it is"):
        small_sweep(store=folder)


@pytest.mark.parametrize(
    ("changed", "kernels", "numbers"),
    [
        ("dynamics/cbo.py", True, True),
        ("frame.py", True, True),  # its observables name the rows that kernels write
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
    monkeypatch.setattr(sources, "PACKAGE", package)
    digest = sources.sources_digest.__wrapped__
    before = digest(), digest(dataset.NUMBERS)
    assert before == (sources.sources_digest(), sources.sources_digest(dataset.NUMBERS))
    with (package / changed).open("a") as file:
        file.write("# changed\n")
    assert (digest() != before[0], digest(dataset.NUMBERS) != before[1]) == (kernels, numbers)


def test_folders_that_are_no_stores_are_refused_by_name(tmp_path):
    (tmp_path / "file").write_text("text")
    with pytest.raises(StoreError, match=r"store = .*file'"):
        small_sweep(store=tmp_path / "file")
    with pytest.raises(StoreError, match=r"store = .*file/below'"):
        small_sweep(store=tmp_path / "file" / "below")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("text")
    with pytest.raises(ValueError, match=r"store = .*other'.*'letter.txt' but no manifest"):
        small_sweep(store=tmp_path / "other")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "manifest.json").write_text("{")
    with pytest.raises(ValueError, match=r"store = .*bad'.*damaged"):
        small_sweep(store=tmp_path / "bad")
    assert (tmp_path / "file").read_text() == "text" and (tmp_path / "bad" / "manifest.json").read_text() == "{"


def test_a_store_in_use_is_refused(tmp_path):
    def meanwhile(done, total):
        with pytest.raises(StoreError, match="another sweep is writing"):
            small_sweep(store=tmp_path / "s")

    small_sweep(store=tmp_path / "s", progress=meanwhile, threads=1)


def test_a_damaged_or_foreign_cell_is_named_and_not_used(tmp_path):
    small_sweep(store=tmp_path / "s")
    small_sweep({"sigma": [0.4, 0.5]}, store=tmp_path / "other")
    first, second = (tmp_path / "s" / f"cell-00000{i}.nc" for i in (0, 1))
    whole = first.read_bytes()
    first.write_bytes(whole[: len(whole) // 2])
    (tmp_path / "s" / "cell-000003.nc").unlink()
    with pytest.raises(StoreError, match=r"cell-000000.nc' is damaged"):
        small_sweep(store=tmp_path / "s", progress=lambda *numbers: pytest.fail("something ran before it was found"))
    first.write_bytes(whole)
    second.write_bytes((tmp_path / "other" / "cell-000001.nc").read_bytes())
    with pytest.raises(StoreError, match=r"cell-000001.nc' is not cell 1 of this sweep"):
        small_sweep(store=tmp_path / "s", progress=lambda *numbers: pytest.fail("something ran before it was found"))
    second.unlink()
    assert small_sweep(store=tmp_path / "s").identical(small_sweep())


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
        small_sweep(store=tmp_path / "s")
    assert len(list((tmp_path / "s").iterdir())) == 2
    monkeypatch.undo()
    assert small_sweep(store=tmp_path / "s").identical(small_sweep())


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
        small_sweep(store=folder)


@pytest.mark.parametrize("folder", ["", "  ", "a\0b", "~nobody-of-this-name/s"])
def test_what_is_no_path_of_a_store_is_refused_by_name_and_writes_nothing(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"^store = "):
        small_sweep(store=folder)
    assert not list(tmp_path.iterdir())
