"""``--target``: what the command says of hitting times is what the library computes."""

from __future__ import annotations

import pytest

import swarmviz as sv
from swarmviz.ensembles.engine import Ensemble
from tests.cli.commands import call, loaded

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
