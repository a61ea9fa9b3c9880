"""The run of a row, lived again, equals the row bit for bit, for every kind of Dataset that is written; nothing of a file is evaluated."""

import json

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.explore import RunTable, spec_of
from swarmviz.explore.runs import NotOpened
from tests.explore.written import data, table

LIVED = ("run", "sweep", "landscapes", "schedules", "stall", "refine", "001-figure4", "003-table2", "004-transitions")


def lived(found):
    return found.run._replace(k=found.steps).replay()


@pytest.mark.parametrize("kind", LIVED)
def test_a_run_lived_again_equals_its_row_to_the_bit(kind, tmp_path):
    found = table(kind, tmp_path)
    for row in np.random.default_rng(2).choice(found.rows, size=min(5, found.rows), replace=False):
        spec, place = spec_of(found, int(row)), found.place(int(row))
        sim = lived(spec)
        assert spec.doubt == ""
        assert sim.k == found.columns["steps_taken"].values[row]
        assert sim.record["best"][-1] == found.columns["final_best"].values[row], (kind, place)
        if "final_energy" in found.columns and "final_error" in found.columns:
            error = found.columns["final_error"].values[row]
            assert np.isnan(error) or sv.success.error(sim.frame, sim.landscape) == error
        assert sim.initial_swarm.seed == found.columns["seed"].values[row] or "parts" in found.data.attrs


def test_every_row_has_a_seed_of_its_own_and_the_values_of_its_cell(tmp_path):
    found = table("sweep", tmp_path)
    for row in range(found.rows):
        run = spec_of(found, row).run
        assert run.swarm.seed == 5 + found.place(row)["run"]
        assert run.now.dynamics.sigma == found.columns["sigma"].values[row]
        assert run.now.dynamics.lam == found.columns["lam"].values[row]


@pytest.mark.parametrize("cut", [{"run": [1]}, {"sigma": 2}, {"sigma": [1, 2], "alpha": 2, "run": [1]}])
@pytest.mark.parametrize("kind", ["001-figure4"])
def test_a_run_chosen_out_of_a_figure_is_still_that_run(kind, cut):
    found = RunTable(data(kind).isel(cut))
    for row in range(found.rows):
        assert lived(spec_of(found, row)).record["best"][-1] == found.columns["final_best"].values[row]


def test_a_run_of_a_figure_without_its_number_or_its_values_is_not_guessed():
    for missing in (data("001-figure4").drop_vars("run"), data("001-figure4").isel(sigma=0).drop_vars("sigma")):
        with pytest.raises(NotOpened):
            spec_of(RunTable(missing), 0)


@pytest.mark.parametrize("kind", ["statistic", "000-map"])
def test_a_cell_is_no_run_and_says_so(kind, tmp_path):
    with pytest.raises(NotOpened, match="is a cell"):
        spec_of(table(kind, tmp_path), 0)


def test_a_function_of_ones_own_is_code_and_in_no_file():
    own = sv.landscapes.Function(lambda X: (X**2).sum(axis=1), -1, 1, title="mine")
    mine = sv.run_ensemble(sv.CBO(), own, sv.Swarm(n=5, d=1), runs=2, steps=3)
    with pytest.raises(NotOpened, match="is code, which no file holds"):
        spec_of(RunTable(mine), 0)


@pytest.mark.parametrize(
    "name, change, words",
    [
        ("dynamics", lambda c: c | {"name": "__import__('os').system('x')"}, "none of this program's own"),
        ("dynamics", lambda c: c | {"values": c["values"] | {"sigma": "axis nowhere"}}, "sigma"),
        ("dynamics", lambda c: c | {"values": c["values"] | {"sigma": -5}}, "sigma \\(σ\\) = -5: must be"),
        ("dynamics", lambda c: c | {"values": [1, 2]}, "cannot be opened"),
        ("swarm", lambda c: c | {"values": c["values"] | {"n": 1e99}}, "n"),
        ("swarm", lambda c: [1], "another form"),
    ],
)
def test_what_is_wrong_with_a_description_is_said(name, change, words):
    content = change(json.loads(data("sweep").attrs[name]))
    found = RunTable(data("sweep").assign_attrs({name: json.dumps(content)}))
    with pytest.raises(NotOpened, match=words):
        spec_of(found, 0)


def test_no_text_of_a_file_is_evaluated(tmp_path):
    trap = tmp_path / "trap"
    text = f"__import__('pathlib').Path({str(trap)!r}).touch()"
    hostile = data("schedules").assign_coords(sigma=[text, f"Linear(start={text},end=1,duration=1)"])
    for row in range(RunTable(hostile).rows):
        with pytest.raises(NotOpened):
            spec_of(RunTable(hostile), row)
    assert not trap.exists()


def test_a_file_of_other_sources_is_opened_with_a_doubt():
    old = RunTable(data("sweep").assign_attrs(sources="0123456789ab"))
    assert "may differ" in spec_of(old, 0).doubt


def test_seeds_and_steps_that_are_none_are_refused():
    wrong = data("sweep").assign_coords(seed=("run", np.array([1.5, 2, 3, 4])))
    with pytest.raises(NotOpened, match="seed"):
        spec_of(RunTable(wrong), 0)
    with pytest.raises(NotOpened, match="seed"):
        spec_of(RunTable(data("sweep").drop_vars("seed")), 0)
