"""The link of a row opens exactly its run: what the page would build from it equals the row to the bit."""

import numpy as np
import pytest

import swarmviz as sv
from components.explore.link import way_to
from components.links import permalink
from components.playback.pause_at import PauseAt
from swarmviz.explore import RunTable
from tests.explore.written import data, table


def read(address):
    page, _, link = address.partition(f"?{permalink.KEY}=")
    assert page == "app"
    return permalink.read(link)


@pytest.mark.parametrize(
    "kind", ["run", "sweep", "landscapes", "schedules", "stall", "refine", "001-figure4", "003-table2"]
)
def test_what_a_link_opens_equals_its_row_to_the_bit(kind, tmp_path):
    found = table(kind, tmp_path)
    for row in np.random.default_rng(3).choice(found.rows, size=min(4, found.rows), replace=False):
        (_, start), (_, end) = way_to(found, int(row)).links
        state = read(end)
        sim = state.runs[0].replay()
        assert sim.record["best"][-1] == found.columns["final_best"].values[row]
        assert sim.k == found.columns["steps_taken"].values[row]
        begun = read(start)
        assert begun.runs[0].k == 0 and begun.runs[0].swarm.values_now() == state.runs[0].swarm.values_now()
        sim = sv.Simulation(begun.runs[0].now.dynamics, begun.runs[0].now.landscape, begun.runs[0].swarm)
        stop = PauseAt.of(*begun.stop)
        while not stop.reached(sim):
            sim.advance(stop.allowed(sim, 1000))
        assert sim.record["best"][-1] == found.columns["final_best"].values[row], "it stops where the row ended"


def test_a_row_is_told_by_its_axes_its_number_and_its_seed():
    found = RunTable(data("sweep"))
    way = way_to(found, found.rows - 1)
    assert way.words == "Run 3 · σ = 1.2 · λ = 2 · seed 8"


def test_a_run_chosen_out_of_a_dataset_keeps_its_number():
    found = RunTable(data("sweep").isel(run=[2, 3]))
    assert way_to(found, 0).words == "Run 2 · σ = 0.2 · λ = 0.5 · seed 7"


def test_a_row_that_no_link_holds_says_why():
    own = sv.landscapes.Function(lambda X: (X**2).sum(axis=1), -1, 1, title="mine")
    mine = RunTable(sv.run_ensemble(sv.CBO(), own, sv.Swarm(n=5, d=1), runs=2, steps=3))
    assert way_to(mine, 0).links == [] and "which no file holds" in way_to(mine, 0).told
    cells = RunTable(data("statistic"))
    assert way_to(cells, 0).links == [] and "is a cell" in way_to(cells, 0).told


def test_a_run_too_large_for_the_page_is_not_offered():
    large = RunTable(data("sweep").assign_attrs(swarm=data("sweep").attrs["swarm"].replace('"n": 12', '"n": 5000000')))
    way = way_to(large, 0)
    assert way.links == [] and "n = 5000000" in way.told
