"""The command line: what it computes is what the library computes, and what it refuses it refuses in one line."""

import contextlib
import errno
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import numpy as np
import pytest
import xarray

import swarmviz as sv
from swarmviz import papers
from swarmviz.cli import main
from swarmviz.cli.outcome import INTERRUPTED
from swarmviz.ensembles.engine import Ensemble
from swarmviz.schedules import Linear
from tests.cli.commands import ROOT, call
from tests.explore.written import written

RUN = ["run", "--dynamics", "CBO"]


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
        (["--n", 0], ["n (N) = 0", "1 ≤ N"]),
        (["--n", 1], ["n (N) = 1", "CBO needs N ≥ 2"]),
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


def test_a_ctrl_c_keeps_what_is_finished_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(main, "progress", lambda: _stop_after(2))
    done = call(*RUN, "--runs", 400, "--steps", 5, "--threads", 1, "--out", tmp_path / "x.nc")
    assert done.exit_code == INTERRUPTED and "Interrupted: " in done.output
    data = xarray.load_dataset(tmp_path / "x.nc", engine="h5netcdf")
    assert 2 <= int(data["finished"].sum()) < 400  # small runs are handed to the kernel by the dozen


def test_what_was_cut_short_does_not_take_the_place_of_what_is_whole(tmp_path, monkeypatch):
    out = tmp_path / "x.nc"
    assert call(*RUN, "--runs", 3, "--steps", 5, "--out", out).exit_code == 0
    whole = out.read_bytes()
    monkeypatch.setattr(main, "progress", lambda: _stop_after(2))
    done = call(*RUN, "--runs", 400, "--steps", 5, "--threads", 1, "--out", out)
    assert done.exit_code == INTERRUPTED and "x-interrupted.nc is written" in done.output
    assert out.read_bytes() == whole
    assert xarray.load_dataset(tmp_path / "x-interrupted.nc", engine="h5netcdf").attrs["interrupted"] == 1


def test_where_nothing_was_finished_nothing_is_written(tmp_path, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(Ensemble, "run", stop)
    done = call(*RUN, "--runs", 4, "--out", tmp_path / "x.nc", "--csv", tmp_path / "x.csv")
    assert done.exit_code == INTERRUPTED and "0 of 4 runs were finished; nothing is written" in done.output
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_one_line_and_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(path, content):
        path.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    done = call(*RUN, "--runs", 3, "--steps", 5, "--out", tmp_path / "x.nc")
    assert done.exit_code == 2 and f"--out {tmp_path / 'x.nc'}: cannot be written (No space left" in done.output
    assert not list(tmp_path.iterdir())


def _stop_after(runs):
    def stop(done, total):
        if done >= runs:
            raise KeyboardInterrupt

    return stop


def test_a_figure_of_errors_against_the_number_of_agents_counts_the_runs_of_its_means():
    """Its data have no steps at which runs diverged; the command ended with a KeyError."""
    done = call("figure", "003-theorem3.1", "--runs", 2, "--quick")
    assert done.exit_code == 0, done.output
    assert re.search(r"^\d+ runs$", done.output, re.MULTILINE)


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


def test_without_its_files_the_page_is_not_served(monkeypatch, tmp_path):
    monkeypatch.setattr(sv, "__file__", str(tmp_path / "swarmviz" / "__init__.py"))
    done = call("serve")
    assert done.exit_code == 2 and f"missing from {tmp_path}" in done.output and "install swarmviz again" in done.output


def test_the_options_of_the_server_are_listed():
    done = subprocess.run(
        [sys.executable, "-m", "swarmviz", "serve", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    options = set(re.findall(r"^  (?:-\w, )?--(\w+)", done.stdout, re.M))
    assert {"port", "address", "origin", "prefix", "sessions", "help"} <= options


@pytest.mark.parametrize("port", [0, 65536, "x"])
def test_a_port_that_is_none_is_refused(port):
    done = call("serve", "--port", port)
    assert done.exit_code == 2 and f"port = {port!r}: must be" in done.output and "1 ≤ port ≤ 65535" in done.output


def test_a_port_in_use_is_refused_at_once():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = call("serve", "--port", other.getsockname()[1])
    assert done.exit_code == 2 and "cannot be had (Address already in use)" in done.output


@pytest.mark.timeout(300)
def test_the_page_is_served_answers_and_ends_with_ctrl_c():
    """As a person does it: in a session of its own, whose processes are all counted in the end."""
    port = free_port()
    command = [sys.executable, "-m", "swarmviz", "serve", "--port", str(port)]
    options = {"cwd": ROOT, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "start_new_session": True}
    with subprocess.Popen(command, text=True, **options) as server, ended(server.pid):
        said = []
        for line in server.stdout:  # ends when the process does
            said.append(line)
            if "app running at" in line:
                break
        assert server.poll() is None, "".join(said)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/app") as page:
            assert page.status == 200 and b"<html" in page.read()
        assert members(server.pid) == {server.pid}  # nobody else who might be left behind
        os.killpg(server.pid, signal.SIGINT)  # what a terminal does
        rest = server.communicate()[0]
        assert server.returncode == 0 and "Traceback" not in rest, rest
    assert not members(server.pid)
    free_port(port)


@contextlib.contextmanager
def ended(session):
    """Whatever a test that fails leaves behind is killed."""
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(session, signal.SIGKILL)


def free_port(port=0):
    """A port that nobody has; one that is asked for must be free, however lately it was used."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return probe.getsockname()[1]


def members(session):
    """The processes of a session that are alive."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, _, of = path.read_text().rpartition(")")[2].split()[:4]
            if int(of) == session and state != "Z":
                found.add(int(path.parent.name))
    return found


def test_the_module_is_the_command():
    def module(*args):
        command = [sys.executable, "-m", "swarmviz", *args]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    listing = module("figure", "--list")
    assert listing.returncode == 0 and [line.split()[0] for line in listing.stdout.splitlines()] == list(papers.ALL)
    bad = module(*RUN, "--set", "sigma=-1")
    assert bad.returncode == 2 and "Traceback" not in bad.stderr and len(bad.stderr.strip().splitlines()) == 1


def test_a_grid_of_formulas_is_divided_between_them(tmp_path):
    out = tmp_path / "x.nc"
    done = call("sweep", "--dynamics", "CBO", "--landscape", "Formula", "--runs", 2, "--steps", 3, "--out", out,
                "--grid", "text=max(x, y^2),x^2+y^2")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert xarray.load_dataset(out, engine="h5netcdf")["text"].values.tolist() == ["max(x, y^2)", "x^2+y^2"]


@pytest.mark.parametrize(
    ("given", "axis"),
    [
        (("--n", 9), "n=5,7"),
        (("--set", "sigma=2"), "sigma=1,3"),
        (("--landscape", "Ackley"), "landscape=Ackley,Sphere"),
    ],
)
def test_what_is_given_by_itself_and_in_the_grid_is_refused(given, axis):
    done = call("sweep", "--dynamics", "CBO", "--runs", 2, "--steps", 3, *given, "--grid", axis)
    assert done.exit_code == 2 and "given twice" in done.output


def test_an_axis_without_effect_is_refused():
    done = call("sweep", "--dynamics", "SSA", "--runs", 2, "--steps", 3, "--grid", "temperature=1,2")
    assert done.exit_code == 2 and "grid: temperature has no effect in any cell" in done.output


# ---- explore ------------------------------------------------------------------------------------------------------------


def explore_refused(*args):
    done = call("explore", *args)
    assert done.exit_code == 2 and "Traceback" not in done.output and len(done.output.strip().splitlines()) == 1, (
        done.output
    )
    return done.output


def test_a_file_that_is_none_is_refused_in_one_line(tmp_path):
    assert "is no file" in explore_refused(tmp_path / "none.nc")
    xarray.Dataset({"sst": ("time", [1.0])}).to_netcdf(tmp_path / "foreign.nc", engine="h5netcdf")
    assert "'swarmviz' is missing" in explore_refused(tmp_path / "foreign.nc")


def test_a_good_file_is_read_and_the_options_are_those_of_serve(tmp_path):
    path = written("sweep", tmp_path)
    assert call("explore", path, "--port", 5999, "--check").exit_code == 0
    assert call("explore", "--port", 5999, path, "--check").exit_code == 0
    assert "port" in explore_refused(path, "--port", "0")
    assert "first" in explore_refused("--prefix", "/x", path)


@pytest.mark.parametrize("words", ["FILE", "--port", "--address", "arena"])
def test_the_help_says_what_it_opens(words):
    assert words in call("explore", "--help").output
