"""Every variable and every axis of every Dataset says what it is, in what it is measured and, where it has one, its symbol."""

import ast
import dataclasses
from pathlib import Path

import pytest

import swarmviz as sv
from swarmviz import ensembles, papers
from swarmviz.ensembles.law_error import law_error
from swarmviz.ensembles.statistics import judged
from swarmviz.ensembles.units import is_shown
from swarmviz.exports.data import dataset
from tests.described import HALF_WIDTHS, OF_F, require_described
from tests.ensembles.examples import EVERY, parts

WALKED = {
    *("run_ensemble", "sweep", "refine", "law_error"),
    *("quantiles", "judged", "success_rate", "medians", "summary", "event_table"),
    *("hitting", "ert", "runtime_ecdf", "compare"),
    *("dataset", "compute"),  # of exports, and of the papers' figures
}
PASSED_ON = {  # what is one of those above, whole or in part, with what it says of itself
    *("as_dataset", "located", "known", "with_units", "run_cell", "to_the_law"),
    *("get", "read", "reference", "unpacked", "thinned"),  # of stores and files
}


def statistics_of(data):
    yield from (
        made(data) for made in (ensembles.quantiles, ensembles.success_rate, ensembles.medians, ensembles.summary)
    )
    yield judged(data, 0.1)
    if "best" in data and not data["lowest_known"].isnull().any():
        hits = ensembles.hitting(data, [10.0, 1.0])
        yield from (hits, ensembles.ert(hits), ensembles.runtime_ecdf(hits), ensembles.compare(hits, hits))


@EVERY
def test_of_runs_and_of_a_single_run_with_each_dynamics(name):
    dynamics, landscape, swarm = parts(name)
    data = sv.run_ensemble(dynamics, landscape, swarm, runs=3, steps=5, events=None, positions=True)
    symbols = {o.name: o.symbol for o in dynamics.observables}
    assert {key: data[key].attrs["symbol"] for key in symbols if key in data.data_vars} == {
        key: symbol for key, symbol in symbols.items() if key in data.data_vars
    }
    for table in (data, ensembles.event_table(data), *statistics_of(data)):
        require_described(table)
    sim = sv.Simulation(dynamics, landscape, swarm)
    sim.advance(5)
    require_described(dataset(sim))


def test_of_sweeps_over_all_kinds_of_axes_and_of_maps():
    swarm, land = sv.Swarm(n=5, seed=1), sv.landscapes.Rastrigin()
    grid = {"sigma": [0.5, 1.0], "noise": ["none", "isotropic"]}
    cells = sv.sweep(
        sv.CBO(), land, swarm, grid, n=[5, 6], d=[2, 3], landscapes=["Salomon", "Rastrigin"], runs=2, steps=4, events=["found"]
    )  # fmt: skip
    *_, refined = sv.refine(sv.CBO(), land, swarm, {"sigma": [0.5, 1.0], "lam": [0.5, 1.0]}, runs=2, steps=4)
    for table in (cells, ensembles.event_table(cells), *statistics_of(cells), refined):
        require_described(table)


def test_of_means_and_quantiles_over_the_runs_of_a_figure():
    figure = papers.ALL["003-figure1-gaussian"]
    part = dataclasses.replace(figure.parts[0], record=("error", "evaluations"))
    data = dataclasses.replace(figure, parts=(part,)).compute(2, 2, quick=True)
    require_described(data)
    assert (
        data["error_quantile"].attrs["units"] == HALF_WIDTHS
        and data["evaluations_standard_error"].attrs["units"] == OF_F
    )


def test_of_the_distance_to_a_law():
    data = law_error(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(d=1), 2, (10, 20), 2, threads=1)
    require_described(data)
    assert data["distance"].attrs["symbol"] == "W₁"


@pytest.mark.parametrize(
    "key", ["003-figure1-gaussian", "001-theorem3.4-small-step", "002-theorem2.2", "004-transitions", "004-scatter"]
)
def test_of_figures(key):
    require_described(papers.ALL[key].compute(2, 2, quick=True))


def test_no_function_that_returns_a_dataset_is_forgotten():
    found = set()
    for file in Path(sv.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.returns is not None and not node.name.startswith("_"):
                if ast.unparse(node.returns) in ("xarray.Dataset", "Iterator[xarray.Dataset]"):
                    found.add(node.name)
    assert found <= WALKED | PASSED_ON, found - WALKED - PASSED_ON
    assert WALKED <= found, WALKED - found


def test_a_pure_number_shows_no_unit():
    assert is_shown("steps") and is_shown(OF_F)
    assert not is_shown("1") and not is_shown("")
