"""How options are read: by the declarations of what they set; and figures that go on from a store."""

import shlex
from pathlib import Path

import pytest
import xarray

import swarmviz as sv
from swarmviz import papers
from swarmviz.cli import main, options
from swarmviz.cli.outcome import INTERRUPTED
from swarmviz.ensembles import Below, Budget, Spent, Stall
from tests.cli.commands import RUN, SWEEP, call, loaded

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "text, stop",
    [
        ("stall:tolerance=0.01,steps=20", Stall(0.01, 20)),
        ("Stall", Stall()),
        ("stall: steps = 2e3", Stall(steps=2000)),
        ("below:observable=dispersion,value=1e-3", Below("dispersion", 1e-3)),
        ("below:value=-2", Below("best", -2)),
        ("spent:evaluations=2e4", Spent(20_000)),
        ("budget:evaluations=2e4", Budget(20_000)),
    ],
)
def test_a_stop_is_what_its_text_says(text, stop):
    found = options.stop(text)
    assert type(found) is type(stop) and found.values_now() == stop.values_now()


@pytest.mark.parametrize(
    "text, words",
    [
        ("stal", ["--stop stal", "did you mean 'stall'", "below"]),
        ("stall:tolerence=1", ["tolerence", "did you mean 'tolerance'"]),
        ("stall:tolerance=2", ["tolerance (δ_stall) = 2", "0 ≤ δ_stall ≤ 1"]),
        ("stall:steps=1.5", ["steps", "1.5", "whole number"]),
        ("stall:20", ["20", "name=value"]),
        ("stall:steps=1,steps=2", ["steps", "twice"]),
        ("below:value=__import__('os')", ["--stop", "value = __import__", "is no schedule"]),
        ("below:value=low", ["--stop", "value = 'low': must be a number, not str"]),
        ("below:observable=bst", ["'bst'", "is not recorded", "best"]),
        ("spent:evaluations=0.5", ["evaluations", "0.5", "whole number"]),
        ("lambda f: True", ["lambda f", "is no stop"]),
    ],
)
def test_a_stop_that_is_none_is_refused_before_anything_runs(text, words, monkeypatch):
    monkeypatch.setattr("swarmviz.ensembles.run.execute", lambda *_: pytest.fail("something ran"))
    done = call(*RUN, "--stop", text)
    assert done.exit_code == 2 and len(done.output.strip().splitlines()) == 1
    assert all(word in done.output for word in words), done.output


def test_stop_positions_tolerance_and_record_are_those_of_the_library(tmp_path):
    more = [
        "--stop",
        "stall:tolerance=0.05,steps=10",
        "--positions",
        "--tolerance",
        0.1,
        "--every",
        5,
        "--steps",
        60,
        "--n",
        8,
    ]
    how = {"stop": Stall(0.05, 10), "positions": True, "tolerance": 0.1, "every": 5, "steps": 60, "runs": 3}
    parts = sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=8)
    assert call(*RUN, *more, "--record", "best, dispersion", "--out", tmp_path / "run.nc").exit_code == 0
    assert call(*SWEEP, *more, "--record", "all", "--out", tmp_path / "sweep.nc").exit_code == 0
    run = sv.run_ensemble(*parts, record=("best", "dispersion"), **how)
    assert run["stopped"].any()
    xarray.testing.assert_equal(loaded(tmp_path / "run.nc"), run)
    xarray.testing.assert_equal(
        loaded(tmp_path / "sweep.nc"), sv.sweep(*parts, {"sigma": [0.1, 1]}, record=None, **how)
    )


@pytest.mark.parametrize(
    "command, text, names",
    [
        (RUN, None, {"best", "dispersion"}),
        (RUN, "none", set()),
        (RUN, "dispersion", {"dispersion"}),
        (SWEEP, None, set()),
        (SWEEP, "all", {"best", "dispersion"}),
    ],
)
def test_what_is_recorded(command, text, names, tmp_path):
    given = [] if text is None else ["--record", text]
    assert call(*command, *given, "--out", tmp_path / "x.nc").exit_code == 0
    data = loaded(tmp_path / "x.nc")
    assert {name for name in ("best", "dispersion") if name in data} == names


@pytest.mark.parametrize(
    "args, words",
    [
        ([*RUN, "--runs", 1.5], "runs = 1.5: must be a whole number with 1 ≤ runs ≤ "),
        ([*RUN, "--steps", "many"], "steps = 'many': must be a whole number with 0 ≤ steps ≤ "),
        ([*RUN, "--n", "x"], "n (N) = 'x': must be a whole number with 1 ≤ N ≤ "),
        ([*RUN, "--tolerance", 0], "tolerance = 0: must be a finite number with 0 < tolerance ≤ "),
        ([*RUN, "--tolerance", "Linear(open)"], "write a schedule as Linear("),
        ([*RUN, "--threads", "two"], "threads = 'two': must be a whole number with 1 ≤ threads ≤ 4096"),
        ([*RUN, "--record", "bst"], "did you mean 'best'"),
        ([*RUN, "--landscape", "Formula", "--set", "text=x+"], "text: the formula ends too early"),
        ([*SWEEP, "--store", ""], "--store '': must be the name of a folder"),
        (["figure", "001-figure1", "--store", " "], "--store ' ': must be the name of a folder"),
        (["figure", "001-figure1", "--runs", "few"], "runs = 'few': must be a whole number with 1 ≤ runs ≤ "),
        (["figure", "003-figure1"], "choose one of 003-figure1-gaussian, 003-figure1-cauchy"),
        (["figure", "003-figure9"], "did you mean"),
    ],
)
def test_a_bad_option_is_told_with_what_is_allowed(args, words):
    done = call(*args)
    assert done.exit_code == 2 and words in done.output.splitlines()[-1], done.output
    assert "Traceback" not in done.output


def test_the_stopped_sweep_of_the_readme_can_be_typed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    readme = (ROOT / "README.md").read_text(encoding="utf-8").replace("\\\n", "")
    (parse_value,) = (line for line in readme.splitlines() if line.startswith("swarmviz sweep") and "--stop" in line)
    done = call(*shlex.split(parse_value.replace("--runs 50", "--runs 2"), comments=True)[1:])
    assert done.exit_code == 0, done.output
    assert len(list((tmp_path / "stopped-sweep").glob("*.nc"))) == 6


# ---- figures that go on -----------------------------------------------------------------------------------------------


def test_a_figure_goes_on_from_its_store_and_is_the_same(tmp_path, monkeypatch):
    args = ["figure", "003-figure3", "--runs", 3, "--quick", "--threads", 1, "--store", tmp_path / "store"]
    told = []

    def stop(done, total):
        told.append((done, total))
        if done == 30:
            raise KeyboardInterrupt

    monkeypatch.setattr(main, "progress", lambda: stop)
    assert call(*args).exit_code == INTERRUPTED
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "store").rglob("*.nc")}
    assert 0 < len(kept) < 30
    told.clear()
    monkeypatch.setattr(main, "progress", lambda: lambda *now: told.append(now))
    assert call(*args, "--out", tmp_path / "x.nc").exit_code == 0
    assert {path: path.stat().st_mtime_ns for path in kept} == kept  # none was run again
    assert told[-1][0] == told[-1][1] == len(told)
    whole = papers.ALL["003-figure3"].compute(runs=3, quick=True)
    xarray.testing.assert_equal(loaded(tmp_path / "x.nc"), whole)


def test_figures_may_share_a_store_and_other_runs_may_not(tmp_path):
    for key in ("001-figure2", "001-figure3"):
        papers.ALL[key].compute(runs=2, quick=True, store=tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"001-figure2-0", "001-figure3-0"}
    with pytest.raises(ValueError, match=r"another sweep.*runs"):
        papers.ALL["001-figure2"].compute(runs=3, quick=True, store=tmp_path)
    with pytest.raises(ValueError, match="store = ''"):
        papers.ALL["001-figure2"].compute(runs=2, quick=True, store="")
