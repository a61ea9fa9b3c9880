"""The command line: what it computes is what the library computes, and what it refuses it refuses in one line."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray
from click.testing import CliRunner

import swarmviz as sv
from swarmviz import command_line, papers
from swarmviz.ensembles.typed import listed, typed
from swarmviz.schedules import Linear, Piecewise

ROOT = Path(__file__).parents[1]
RUN = ["run", "--dynamics", "CBO"]


def call(*args):
    return CliRunner().invoke(command_line.main, [str(a) for a in args])


def test_a_run_writes_the_ensemble_that_the_library_computes(tmp_path):
    out, csv = tmp_path / "run.nc", tmp_path / "run.csv"
    done = call(
        *RUN, "--set", "sigma=Linear(start=1,end=0.1,duration=5)", "--set", "swarm.initial=away", "--n", 20, "--d", 3,
        "--seed", 5, "--steps", 30, "--runs", 4, "--every", 10, "--out", out, "--csv", csv,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    dynamics = sv.CBO(sigma=Linear(start=1, end=0.1, duration=5))
    swarm = sv.Swarm(n=20, d=3, seed=5, initial="away")
    expected = sv.run_ensemble(dynamics, sv.landscapes.Rastrigin(), swarm, runs=4, steps=30, every=10)
    xarray.testing.assert_equal(xarray.load_dataset(out, engine="h5netcdf"), expected)
    rows = np.genfromtxt(csv, delimiter=",", names=True, dtype=None, encoding="utf-8")
    np.testing.assert_allclose(rows["final_energy"], expected["final_energy"], rtol=1e-12)
    assert not list(tmp_path.glob(".*"))


def test_a_sweep_crosses_its_axes_and_goes_on_from_its_store(tmp_path):
    args = ["sweep", "--dynamics", "bgk", "--grid", "sigma=0.1,0.3", "--grid", "n=10,20", "--grid", "landscape=Ackley,Sphere",
            "--runs", 2, "--steps", 5, "--store", tmp_path / "cells", "--out", tmp_path / "table.nc"]  # fmt: skip
    assert call(*args).exit_code == 0
    data = xarray.load_dataset(tmp_path / "table.nc", engine="h5netcdf")
    assert data["success"].sizes == {"landscape": 2, "sigma": 2, "n": 2, "run": 2}
    assert len(list((tmp_path / "cells").glob("*.nc"))) == 8
    assert call(*args).exit_code == 0


@pytest.mark.parametrize(
    "args, words",
    [
        (["--set", "sigma=-1"], ["sigma", "-1", "0 ≤ σ ≤ 100"]),
        (["--set", "sgma=1"], ["sgma", "did you mean 'sigma'"]),
        (["--set", "sigma"], ["sigma", "name=value"]),
        (["--set", "sigma=1", "--set", "sigma=2"], ["sigma", "twice"]),
        (["--set", "sigma=__import__('os').getcwd()"], ["sigma"]),
        (["--set", "sigma=Linear(start=open('x'))"], ["sigma", "Linear(name=number"]),
        (["--set", "sigma=Linear(begin=1)"], ["sigma", "begin"]),
        (["--set", "sigma=Linear(start=1,end=-5,duration=1)", "--steps", 100], ["sigma", "0 ≤ σ ≤ 100"]),
        (["--set", "dt=Linear(start=1)"], ["dt", "cannot follow a schedule"]),
        (["--set", "noise=loud"], ["noise", "loud", "anisotropic"]),
        (["--landscape", "Rastrgin"], ["Rastrgin", "did you mean 'Rastrigin'"]),
        (["--runs", 0], ["runs = 0", "1 ≤ runs"]),
        (["--n", 1], ["n (N) = 1", "2 ≤ N"]),
        (["--out", "/no/such/folder/x.nc"], ["--out", "no folder"]),
    ],
)
def test_a_bad_input_is_one_line_with_exit_code_2_and_nothing_runs(args, words, monkeypatch):
    monkeypatch.setattr("swarmviz.ensembles.run.execute", lambda *_: pytest.fail("something ran"))
    done = call(*RUN, *args)
    assert done.exit_code == 2
    lines = done.output.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith("Error: ")
    assert all(word in lines[0] for word in words), lines[0]


@pytest.mark.parametrize(
    "text, name, value",
    [
        ("0.5", "sigma", 0.5),
        ("1e4", "batch", 10_000),
        ("isotropic", "noise", "isotropic"),
        ("Linear(start=2)", "sigma", Linear(start=2)),
        ("Piecewise(((0, 1), (2, 3)))", "sigma", Piecewise(((0, 1), (2, 3)))),
    ],
)
def test_a_text_means_a_value_of_its_declaration(text, name, value):
    assert typed(name, text, sv.CBO.declared()[name]) == value


def test_commas_inside_brackets_do_not_separate():
    assert listed("1, Linear(start=1,end=2),[3,4]") == ["1", "Linear(start=1,end=2)", "[3,4]"]


def test_the_help_names_every_parameter_that_can_be_set():
    text = " ".join(call("run", "--help").output.split())
    for cls in (sv.Swarm, *sv.dynamics.ALL.values(), *sv.landscapes.ALL.values()):
        for name, declared in cls.declared().items():
            assert f"{name} ({declared.symbol or name})" in text and " ".join(declared.doc.split()) in text


def test_a_ctrl_c_keeps_what_is_finished_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(command_line, "progress", lambda: _stop_after(2))
    done = call(*RUN, "--runs", 400, "--steps", 5, "--threads", 1, "--out", tmp_path / "x.nc")
    assert done.exit_code == command_line.INTERRUPTED and "Interrupted: " in done.output
    data = xarray.load_dataset(tmp_path / "x.nc", engine="h5netcdf")
    assert 2 <= int(data["finished"].sum()) < 400  # small runs are handed to the kernel by the dozen


def _stop_after(runs):
    def stop(done, total):
        if done >= runs:
            raise KeyboardInterrupt

    return stop


def test_a_figure_is_computed_drawn_and_compared(tmp_path):
    out, plot = tmp_path / "t.nc", tmp_path / "t.png"
    done = call("figure", "003-table3", "--runs", 2, "--quick", "--out", out, "--plot", plot)
    assert done.exit_code == 0, done.output
    assert "printed 0.25" in done.output and plot.read_bytes().startswith(b"\x89PNG")
    assert xarray.load_dataset(out, engine="h5netcdf").attrs["key"] == "003-table3"


@pytest.mark.parametrize(
    "args, words",
    [
        (["003-table9"], "did you mean"),
        (["003-table2", "--plot", "x.gif"], ".png"),
        (["003-table2", "--quick", "--runs", "0"], "runs = 0"),
    ],
)
def test_a_bad_figure_is_refused(args, words):
    done = call("figure", *args)
    assert done.exit_code == 2 and words in done.output


def test_the_page_cannot_be_served_from_an_installed_library(monkeypatch, tmp_path):
    monkeypatch.setattr(sv, "__file__", str(tmp_path / "swarmviz" / "__init__.py"))
    done = call("serve")
    assert done.exit_code == 2 and "checkout" in done.output and "make serve" in done.output


def test_the_page_is_served_from_a_checkout(monkeypatch):
    seen = []
    monkeypatch.setattr(
        command_line.subprocess, "run", lambda *a, **k: seen.append((a, k)) or subprocess.CompletedProcess(a, 0)
    )
    assert call("serve", "--port", 5999).exit_code == 0
    ((command,), options) = seen[0]
    assert "5999" in command and (options["cwd"] / "app.py").is_file()


def test_the_module_is_the_command():
    def module(*args):
        command = [sys.executable, "-m", "swarmviz", *args]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    listing = module("figure", "--list")
    assert listing.returncode == 0 and [line.split()[0] for line in listing.stdout.splitlines()] == list(papers.ALL)
    bad = module(*RUN, "--set", "sigma=-1")
    assert bad.returncode == 2 and "Traceback" not in bad.stderr and len(bad.stderr.strip().splitlines()) == 1
