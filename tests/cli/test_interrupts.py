"""Ctrl-C and SIGTERM: what is finished is kept, and what is ignored stays ignored."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import subprocess
import sys

import pytest

from swarmviz.cli import main, output
from swarmviz.cli.interrupts import interruptible
from swarmviz.cli.outcome import INTERRUPTED
from swarmviz.ensembles.engine import Ensemble
from tests.cli.commands import ROOT, RUN, SWEEP, call, loaded


def press():
    """Ctrl-C; Python answers a signal to itself before the next line."""
    os.kill(os.getpid(), signal.SIGINT)


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
    monkeypatch.setattr("swarmviz.papers.compute._snapshots", lambda part, turn: press())
    done = call("figure", "001-figure1", "--runs", 2, "--quick", "--out", tmp_path / "x.nc")
    assert done.exit_code == INTERRUPTED, done.output
    assert loaded(tmp_path / "x.nc")["finished"].values.all()
