"""What the commands share: every output is tried, Ctrl-C loses nothing, what ended early is told."""

import contextlib
import errno
import itertools
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.cli import main, output
from swarmviz.cli.interrupts import interruptible
from swarmviz.cli.outcome import INTERRUPTED
from swarmviz.ensembles import Below
from swarmviz.ensembles.engine import Ensemble
from tests.cli.commands import RUN, SWEEP, call, loaded

ROOT = Path(__file__).parents[2]


def press():
    """Ctrl-C; Python answers a signal to itself before the next line."""
    os.kill(os.getpid(), signal.SIGINT)


# ---- what goes out ----------------------------------------------------------------------------------------------------


@pytest.fixture
def full_disk(tmp_path, monkeypatch):
    """A folder on a disk without room."""
    folder, write = tmp_path / "full", Path.write_bytes
    folder.mkdir()

    def on_disk(path, content):
        if path.parent == folder:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", on_disk)
    return folder


@pytest.mark.parametrize("command", [RUN, SWEEP], ids=["run", "sweep"])
def test_an_output_that_cannot_be_written_costs_no_other_one(command, full_disk, tmp_path):
    done = call(*command, "--out", full_disk / "x.nc", "--csv", tmp_path / "x.csv")
    assert done.exit_code == 2 and "success with its 95% interval" in done.output
    assert len((tmp_path / "x.csv").read_text().splitlines()) > 3
    assert done.output.splitlines()[-1].startswith(
        f"Error: --out {full_disk / 'x.nc'}: cannot be written (No space left"
    )
    both = call(*command, "--out", full_disk / "x.nc", "--csv", full_disk / "x.csv")
    assert all(f"{option} {full_disk}" in both.output.splitlines()[-1] for option in ("--out", "--csv"))


def test_a_figure_that_cannot_be_written_is_compared_and_drawn(full_disk, tmp_path):
    done = call(
        "figure", "003-table3", "--runs", 2, "--quick", "--out", full_disk / "t.nc", "--plot", tmp_path / "t.png"
    )
    assert done.exit_code == 2 and "printed 0.25" in done.output and "cannot be written" in done.output.splitlines()[-1]
    assert (tmp_path / "t.png").read_bytes().startswith(b"\x89PNG")


def test_a_lack_of_memory_is_one_line(monkeypatch):
    def greedy(*_, **__):
        return np.empty(2**50)

    monkeypatch.setattr(sv, "run_ensemble", greedy)
    done = call(*RUN)
    assert done.exit_code == 2 and done.output.startswith("Error: not enough memory: Unable to allocate")


def test_a_defect_of_ours_is_not_hidden_and_costs_no_output(tmp_path, monkeypatch):
    def broken(_):
        raise AssertionError("a defect")

    monkeypatch.setattr(main, "print_summary", broken)
    done = call(*RUN, "--out", tmp_path / "x.nc")
    assert isinstance(done.exception, AssertionError) and (tmp_path / "x.nc").exists()


def test_runs_that_diverge_are_told():
    args = ["--dynamics", "SSA", "--landscape", "Rosenbrock", "--n", 5, "--runs", 4, "--steps", 50]
    expected = sv.run_ensemble(sv.SSA(), sv.landscapes.Rosenbrock(), sv.Swarm(n=5), runs=4, steps=50)
    steps = expected["diverged_step"].values
    assert (steps > 0).any()
    said = call("run", *args).output
    number = (steps >= 0).sum()
    assert f"4 runs, of which {number} diverged (the first at step {steps[steps >= 0].min()});" in said
    assert re.search(r"\bdiverged\n", said) and said.splitlines()[-1].split()[-1] == str(number)
    nowhere = call(
        "run", "--dynamics", "CBO", "--landscape", "Formula", "--set", "text=log(x)", "--steps", 3, "--runs", 3
    )
    assert "3 diverged (the first at step 0)" in nowhere.output


def test_runs_that_stop_are_told_cell_by_cell():
    stop = ["--steps", 60, "--every", 1, "--stop", "below:observable=dispersion,value=10"]
    said = call(*SWEEP[:-1], "noise=none,anisotropic", *stop).output
    cells = {line.split()[0]: int(line.split()[-1]) for line in said.splitlines()[-2:]}
    grid, below = {"noise": ["none", "anisotropic"]}, Below("dispersion", 10.0)
    data = sv.sweep(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(), grid, runs=3, steps=60, stop=below)
    expected = data["stopped"].sum("run")
    assert cells == dict(zip(expected["noise"].values, expected.values, strict=True))
    assert 0 < cells["anisotropic"] < cells["none"] == 3
    assert f"of which {int(expected.sum())} stopped;" in said


def test_where_every_run_takes_all_its_steps_nothing_is_said_of_it():
    said = call(*RUN).output
    assert said.startswith("3 runs; success") and "diverged" not in said and "stopped" not in said
    assert "\nsuccess: nearer than 0.05 half widths of the box to a known minimiser\n" in said


# ---- Ctrl-C -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def pressed_twice(monkeypatch):
    """Ctrl-C after the fourth run, and again while the threads come to their end: they wait for that with what is not among the first."""
    run, told, waiting = Ensemble.run, [], itertools.count()

    def last(self, group, cancelled, *more):
        if self.number > 1 or group.start > 1:
            assert cancelled.wait(30)
            if next(waiting) == 0:
                press()
        return run(self, group, cancelled, *more)

    def stop(done, total):
        told.append(done)
        if len(told) == 4:
            press()

    monkeypatch.setattr(main, "progress", lambda: stop)
    monkeypatch.setattr(Ensemble, "run", last)


@pytest.mark.usefixtures("pressed_twice")
@pytest.mark.parametrize(
    "command", [[*RUN, "--runs", 2000], [*SWEEP, "--runs", 2, "--grid", "n=5,6,7"]], ids=["run", "sweep"]
)
def test_a_second_ctrl_c_while_runs_come_to_their_end_is_answered_with_a_word(command, tmp_path, capfd):
    done = call(*command, "--threads", 2, "--out", tmp_path / "x.nc")
    assert done.exit_code == INTERRUPTED and "and are kept" in done.output, done.output
    assert capfd.readouterr().err.count("Ctrl-C once more gives it up") == 1
    data = loaded(tmp_path / "x.nc")
    assert data.attrs["interrupted"] == 1 and 2 <= int(data["finished"].sum()) < data["finished"].size
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("presses, kept", [(1, True), (2, False)])
def test_results_that_are_being_written_are_given_up_by_the_second_ctrl_c_only(presses, kept, tmp_path, monkeypatch):
    netcdf = output.netcdf

    def interrupted(data):
        for _ in range(presses):
            press()
        return netcdf(data)

    monkeypatch.setattr(output, "netcdf", interrupted)
    done = call(*SWEEP, "--out", tmp_path / "x.nc")
    assert done.exit_code == (0 if kept else INTERRUPTED)
    assert [path.name for path in tmp_path.iterdir()] == ["x.nc"] * kept
    assert kept or "Interrupted before it was done." in done.output


def test_ctrl_c_is_left_alone_where_it_is_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interruptible():
            press()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


LONG = """
import sys
from swarmviz.cli import main
from swarmviz.ensembles.engine import Ensemble

finish, finished = Ensemble._end, []

def told(*args):
    finish(*args)
    finished.append(args)
    if len(finished) == 2:
        print("two", flush=True)

Ensemble._end = told
main.main(sys.argv[1:])
"""
ENDLESS = [
    "run",
    "--dynamics",
    "CBO",
    "--set",
    "lam=0.01",
    "--runs",
    "100000",
    "--steps",
    "2000",
    "--n",
    "10",
    "--threads",
    "1",
]


@pytest.mark.parametrize("ignored", [False, True], ids=["", "Ctrl-C ignored"])
def test_sigterm_keeps_what_is_finished_as_ctrl_c_does(ignored, tmp_path):
    """Python's default ends the process at once; a queue whose time is up, and a script's background, know no other signal."""
    handler = "signal.SIG_IGN" if ignored else "signal.default_int_handler"
    script = f"import signal; signal.signal(signal.SIGINT, {handler})\n{LONG}"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(
        [sys.executable, "-c", script, *ENDLESS, "--out", str(tmp_path / "x.nc")],
        env=environment,
        cwd=tmp_path,
        **pipes,
    ) as process:
        try:
            assert process.stdout.readline() == "two\n"
            if ignored:
                process.send_signal(signal.SIGINT)
            process.terminate()
            said, errors = process.communicate(timeout=100)
        finally:
            process.kill()
    assert process.returncode == INTERRUPTED and "success with its 95% interval" in said, errors
    assert ("Ctrl-C is ignored here" in errors and f"kill {process.pid}" in errors) == ignored
    assert 2 <= int(loaded(tmp_path / "x.nc")["finished"].sum()) < 100_000


def test_the_tests_hear_ctrl_c_wherever_they_are_started():
    """A script's background ignores it, and what is ignored is inherited: six tests failed there."""
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_third_ctrl_c_ends_everything():
    heard = 0
    with interruptible():
        for _ in range(3):
            try:
                press()
            except KeyboardInterrupt:
                heard += 1
        with contextlib.suppress(KeyboardInterrupt):
            press()
            heard = -1
    assert heard == 2


def test_a_ctrl_c_while_the_agents_of_a_figure_are_computed_costs_no_run(monkeypatch, tmp_path):
    monkeypatch.setattr("swarmviz.papers.compute._snapshots", lambda part: press())
    done = call("figure", "001-figure1", "--runs", 2, "--quick", "--out", tmp_path / "x.nc")
    assert done.exit_code == INTERRUPTED, done.output
    assert loaded(tmp_path / "x.nc")["finished"].values.all()
