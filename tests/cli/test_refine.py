"""``swarmviz sweep --refine`` computes what the library computes, and refuses what has no effect."""

from __future__ import annotations

import re

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.cli import values
from tests.cli.commands import call, loaded

REFINE = ["sweep", "--refine", "--dynamics", "CBO", "--n", 10, "--d", 2, "--runs", 10, "--steps", 20]


def test_a_refined_sweep_writes_the_last_dataset_and_counts_on_the_way(tmp_path):
    done = call(*REFINE, "--grid", "sigma=0.1:3:4", "--grid", "lam=0.5,1", "--first", 4, "--out", tmp_path / "map.nc")
    assert done.exit_code == 0, done.output
    *_, data = sv.refine(
        sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=10, d=2),
        {"sigma": [0.1, 1.067, 2.033, 3.0], "lam": [0.5, 1.0]}, runs=10, steps=20, first=4,
    )  # fmt: skip
    written = loaded(tmp_path / "map.nc")
    for name, expected in data.data_vars.items():
        np.testing.assert_array_equal(written[name], expected, err_msg=str(name))
    assert "8 of 8 cells, 32 of 80 runs" in done.output and "8 of 8 cells, 80 of 80 runs" in done.output


def test_without_a_grid_it_is_the_one_that_the_dynamics_proposes(monkeypatch):
    seen = {}

    def refine(**given):
        seen.update(given)
        raise ValueError("enough")

    monkeypatch.setattr(sv, "refine", refine)
    call(*REFINE, "--width", 0.2)
    assert seen["grid"] == sv.ensembles.proposed_grid(sv.CBO(), sv.Swarm(n=10, d=2))
    assert seen["width"] == 0.2 and seen["every"] is None and seen["runs"] == 10
    call(*REFINE, "--every", 5, "--grid", "sigma=1,2")
    assert seen["every"] == 5 and seen["grid"] == {"sigma": [1, 2]}


def test_events_are_told_as_by_a_sweep_that_is_not_refined():
    def told(*more):
        done = call(
            *(arg for arg in REFINE if arg != "--refine"),
            *more,
            "--grid",
            "sigma=0.3,1",
            "--events",
            "found,lost",
            "--every",
            2,
        )
        assert done.exit_code == 0, done.output
        return [line for line in done.output.splitlines() if re.search(r"\b(found|lost)\b", line)]

    assert told() == told("--refine") and len(told()) >= 2


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["sweep", "--dynamics", "CBO", "--grid", "sigma=1", "--first", 4], "--first: needs --refine"),
        ([*REFINE, "--record", "best"], "--record: has no effect with --refine"),
        ([*REFINE, "--events", "fuond"], "did you mean 'found'"),
        ([*REFINE, "--positions"], "--positions: has no effect with --refine"),
        ([*REFINE, "--target", "1e-3"], "--target: has no effect with --refine"),
        ([*REFINE, "--first", 0], "first"),
        ([*REFINE, "--grid", "sigma=3:1"], "sigma = 3.0 to 1.0"),
        ([*REFINE, "--grid", "sigma=a:1"], "write a range as low:high"),
        ([*REFINE, "--grid", "sigma=0:1:2.5"], "write a range as low:high"),
        ([*REFINE, "--grid", "sigma=-1:1"], "0 ≤ σ ≤ 100"),
    ],
)
def test_what_has_no_effect_or_no_meaning_is_refused_in_one_line(args, words):
    done = call(*args)
    assert done.exit_code == 2 and words in done.output and "Traceback" not in done.output


def test_a_schedule_and_names_are_no_ranges():
    declared = sv.CBO.declared()
    (found,) = values.axis_values("sigma", "Linear(start=1,end=0.1,duration=5)", declared["sigma"])
    assert found.same_as(sv.schedules.Linear(start=1, end=0.1, duration=5))
    assert values.axis_values("noise", "none,isotropic", declared["noise"]) == ["none", "isotropic"]
