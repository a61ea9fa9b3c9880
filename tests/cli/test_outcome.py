"""What the commands report: every output is tried, and what ended early is told."""

import errno
import os
import re
from pathlib import Path

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.cli import main
from swarmviz.ensembles import Below
from swarmviz.ensembles.engine import Ensemble
from tests.cli.commands import RUN, SWEEP, call, loaded


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


# ---- --target ---------------------------------------------------------------------------------------------------------

SMALL = ["--landscape", "Ackley", "--n", 12, "--d", 2, "--seed", 3, "--runs", 10, "--steps", 60]


def rows(output):
    """The numbers of each line of the table of costs, by the text of its target."""
    lines = output.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("reached:"))
    return [line.split() for line in lines[start + 3 :]]


def test_a_run_says_what_it_costs_to_reach_each_target():
    done = call("run", "--dynamics", "CBO", *SMALL, "--every", 1, "--target", "1,1e-2,1e-30")
    assert done.exit_code == 0, done.output
    data = sv.run_ensemble(sv.CBO(), sv.landscapes.Ackley(), sv.Swarm(n=12, d=2, seed=3), runs=10, steps=60)
    expected = sv.ensembles.ert(sv.ensembles.hitting(data, (1, 1e-2, 1e-30)))
    found = rows(done.output)
    assert [row[0] for row in found] == ["1", "0.01", "1e-30"]
    for i, row in enumerate(found):
        assert int(row[1]) == expected["reached_runs"][i] and int(row[2]) == 10
        wanted = (f"{float(expected[name][i]):.4g}".replace("nan", "NaN") for name in ("ert", "ert_low", "ert_high"))
        assert row[3:] == list(wanted)
    assert found[2][3:] == ["inf", "NaN", "NaN"]


def test_a_sweep_records_what_it_needs_and_says_it_for_each_cell(tmp_path):
    out = tmp_path / "table.nc"
    done = call("sweep", "--dynamics", "CBO", *SMALL, "--grid", "sigma=0.2,0.8", "--target", "0.5", "--out", out)
    assert done.exit_code == 0, done.output
    data = loaded(out)
    assert {"best", "evaluations"} <= set(data) and "dispersion" not in data
    expected = sv.ensembles.ert(sv.ensembles.hitting(data, 0.5))["ert"].values[:, 0]
    assert [row[4] for row in rows(done.output)] == [f"{value:.4g}" for value in expected]


@pytest.mark.parametrize(
    "args, words",
    [
        (["--target", "-1"], "--target -1: target = -1: must be"),
        (["--target", "near"], "--target near"),
        (["--target", "1", "--landscape", "Formula"], "F* of Formula"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused_before_anything_runs(args, words, monkeypatch):
    monkeypatch.setattr(Ensemble, "run", lambda *given: pytest.fail("ran"))
    for command in (["run"], ["sweep", "--grid", "sigma=0.1,1"]):
        done = call(*command, "--dynamics", "CBO", *args)
        assert done.exit_code == 2 and words in done.output, done.output


# ---- --events ---------------------------------------------------------------------------------------------------------


def test_a_run_says_in_how_many_runs_each_event_happened_and_when(tmp_path):
    out = tmp_path / "runs.nc"
    done = call("run", "--dynamics", "CBO", *SMALL, "--every", 2, "--events", "found, lost", "--out", out)
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("happened:"))
    table = sv.ensembles.event_table(loaded(out))
    assert table["happened"].sel(event="found") > 0 and lines[start + 3].split()[0] == "found"
    for line, name in zip(lines[start + 3 :], ("found", "lost"), strict=True):
        row = table.sel(event=name)
        wanted = [f"{float(row[key]):.4g}".replace("nan", "NaN") for key in ("first_low", "first_median", "first_high")]
        assert line.split() == [name, str(int(row["happened"])), "10", *wanted]


def test_a_sweep_says_it_for_each_cell_and_nothing_unless_it_is_asked(tmp_path):
    done = call("sweep", "--dynamics", "CBO", *SMALL, "--grid", "sigma=0.2,0.8", "--events", "all")
    assert done.exit_code == 0 and all(done.output.count(kind.name) >= 1 for kind in sv.CBO.events), done.output
    for asked in ([], ["--events", "none"]):
        assert "happened" not in call("run", "--dynamics", "CBO", *SMALL, *asked).output
    refused = call("run", "--dynamics", "CBO", *SMALL, "--events", "fund")
    assert refused.exit_code == 2 and "events = 'fund': CBO has no such event" in refused.output
