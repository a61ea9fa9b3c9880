"""Refined sweeps: the runs are those of the sweep, their order is that of the results alone, and nothing is lost."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import success
from swarmviz.ensembles import StoreError, cell_statistics, measures, success_rate
from swarmviz.ensembles.axes import axes_of
from swarmviz.ensembles.refinement import GROWTH, Refinement
from swarmviz.ensembles.settings import Problem, Settings
from tests.ensembles.examples import EVERY, RASTRIGIN, parts
from tests.ensembles.test_store import killed_after

GRID = {"sigma": np.linspace(0.2, 2.4, 12), "lam": np.geomspace(0.1, 4.0, 7)}
SWARM = sv.Swarm(n=10, d=2, seed=7)


def small(grid=GRID, swarm=SWARM, **options):
    """A small refinement of CBO, in which some cells succeed and some do not; all Datasets."""
    return list(sv.refine(sv.CBO(), RASTRIGIN, swarm, grid, **{"runs": 20, "steps": 40} | options))


def planned(grid=GRID, runs=100, first=8, width=0.0):
    """A refinement of which nothing is run."""
    problem = Problem.of(sv.CBO(), RASTRIGIN, SWARM)
    settings = Settings.checked(sv.CBO, (), None, runs=runs, steps=40, every=1, tolerance=None, positions=False)
    refinement = Refinement(problem, axes_of(problem, grid), settings, first, width)
    refinement.table.blank()
    return refinement


def pretend(refinement, share):
    """Close the next round as if the runs of each cell had succeeded with ``share(index)``; its portions."""
    portions = refinement.next_round()
    for portion in portions:
        run = np.arange(portion.first, portion.first + portion.runs)
        index = np.unravel_index(portion.number, refinement.shape)
        found = {
            name: np.full((portion.runs, *refinement.table.layout.shape(name)[1:]), 0, variable.dtype)
            for name, variable in refinement.table.layout.variables.items()
        }
        found["success"] = (np.floor((run + 1) * share(index)) > np.floor(run * share(index))).astype(float)
        found["finished"][:], found["diverged_step"][:] = True, -1
        refinement.put(portion, found, {"tolerance": 0.05, "lowest_known": 0.0})
    refinement.close_round(portions)
    return portions


# ---- the runs -----------------------------------------------------------------------------------------------------------------


def assert_same_runs(refined, swept):
    for name, values in swept.data_vars.items():
        np.testing.assert_array_equal(refined[name].transpose(*values.dims), values, err_msg=name)
    for name in ("seed", "tolerance", "lowest_known", *(str(dim) for dim in swept.dims if dim != "step")):
        if name in swept.coords:
            np.testing.assert_array_equal(refined[name], swept[name], err_msg=name)


def test_the_runs_are_those_of_the_sweep_bit_for_bit_whenever_they_were_made():
    """A cell that got 8 runs, then 12 more, has the 20 of the sweep; what has not been run yet is empty."""
    swept = sv.sweep(sv.CBO(), RASTRIGIN, SWARM, GRID, runs=20, steps=40)
    every = small(threads=2)
    assert_same_runs(every[-1], swept)
    assert every[-1]["finished"].values.all() and not every[0]["finished"].values.all()
    for data in every:
        done = data["finished"].values
        np.testing.assert_array_equal(data["final_answer"].values[done], swept["final_answer"].values[done])
        assert np.isnan(data["final_best"].values[~done]).all() and np.isnan(data["hit_step"].values[~done]).all()
        np.testing.assert_array_equal(data["runs"], done.sum(axis=-1))
        assert (np.diff(done.astype(int), axis=-1) <= 0).all(), "runs of a cell are made in their order"
    assert all((b["finished"] >= a["finished"]).all() for a, b in itertools.pairwise(every)), "nothing is forgotten"


def test_agents_dimensions_landscapes_and_names_are_axes_as_well():
    options = {"n": [5, 10], "d": [1, 2], "landscapes": ["Rastrigin", "Ackley"], "runs": 10, "steps": 12}
    grid = {"noise": ["anisotropic", "isotropic"]}
    *_, data = sv.refine(sv.CBO(), RASTRIGIN, SWARM, grid, **options)
    assert_same_runs(data, sv.sweep(sv.CBO(), RASTRIGIN, SWARM, grid, **options))


def test_no_axis_is_one_ensemble():
    *_, data = sv.refine(sv.CBO(), RASTRIGIN, SWARM, runs=10, steps=12)
    assert_same_runs(data, sv.sweep(sv.CBO(), RASTRIGIN, SWARM, runs=10, steps=12))
    assert int(data["runs"]) == 10 and data["success_rate"].dims == ()


@EVERY
def test_every_dynamics_has_its_runs_and_measures(name):
    dynamics, landscape, swarm = parts(name)
    *_, data = sv.refine(dynamics, landscape, swarm, {"n": [6, 12]}, runs=10, steps=30, threads=1)
    assert_same_runs(data, sv.sweep(dynamics, landscape, swarm, {"n": [6, 12]}, runs=10, steps=30))
    assert ("dispersion_rate" in data) == (not dynamics.on_finite_set)
    assert not np.isnan(data["hit_step"].values).any() and not np.isnan(data["median_gap"].values).any()


def test_every_dataset_is_the_same_for_any_number_of_threads():
    for one, three in zip(small(threads=1), small(threads=3), strict=True):
        assert one.identical(three)


def test_a_stop_ends_runs_as_in_a_sweep():
    stop = sv.ensembles.Below("best", 1.0)
    *_, data = sv.refine(sv.CBO(), RASTRIGIN, SWARM, {"sigma": [0.3, 1.0]}, runs=10, steps=60, stop=stop, every=5)
    swept = sv.sweep(sv.CBO(), RASTRIGIN, SWARM, {"sigma": [0.3, 1.0]}, runs=10, steps=60, stop=stop, every=5)
    assert_same_runs(data, swept)
    assert swept["stopped"].values.any() and not swept["stopped"].values.all()


# ---- the order ----------------------------------------------------------------------------------------------------------------


def test_six_by_six_is_part_of_twelve_by_twelve_and_that_of_the_whole_grid():
    refinement = planned({"sigma": np.linspace(0.1, 3, 24), "lam": np.linspace(0.1, 3, 24)})
    assert refinement.levels == 3
    done = []
    while refinement.level < refinement.levels:
        level = refinement.level
        for portion in pretend(refinement, lambda index: 0.5):
            assert portion.first == 0 and portion.runs == 8
        if refinement.level > level:
            sides = [np.unique(numbers) for numbers in np.nonzero(refinement.runs_done)]
            done.append([side.tolist() for side in sides])
            assert int((refinement.runs_done > 0).sum()) == math.prod(len(side) for side in sides)
    assert [[len(side) for side in sides] for sides in done] == [[6, 6], [12, 12], [24, 24]]
    assert set(done[0][0]) < set(done[1][0]) < set(done[2][0])
    assert all(i // 4 == j for j, i in enumerate(done[0][0])), "each stands for four values around it"


def test_a_short_axis_is_whole_from_the_start():
    refinement = planned({"sigma": np.linspace(0.1, 3, 24), "noise": ["anisotropic", "isotropic", "none"]})
    pretend(refinement, lambda index: 0.5)
    assert (refinement.runs_done > 0).sum() == 6 * 3


@pytest.mark.parametrize("size", [1, 2, 5, 6, 11, 12, 13, 23, 25, 47, 48, 49, 100])
def test_levels_of_any_number_of_values_are_nested_and_end_with_all(size):
    refinement = planned({"sigma": np.linspace(0.1, 3, size)})
    seen = 0
    for level in range(refinement.levels):
        now = refinement._level <= level
        assert now.sum() > seen and now.sum() >= min(size, 6)
        seen = now.sum()
        far = np.abs(np.subtract.outer(np.arange(size), np.flatnonzero(now))).min(axis=1)
        assert far.max() <= refinement.strides(level)[0], "no value is far from one that is known"
    assert seen == size


def test_beside_a_boundary_cells_come_first_and_get_more_runs_first():
    """Success for σ below its middle only: of a level the cells beside the boundary come first, and afterwards the undecided ones."""
    refinement = planned({"sigma": np.linspace(0.1, 3, 24), "lam": np.linspace(0.1, 3, 24)})
    share = lambda index: float(index[0] < 12)  # noqa: E731
    pretend(refinement, share)
    first = pretend(refinement, share)
    rows = np.array([portion.number // 24 for portion in first])
    beside = (rows >= 10) & (rows <= 14)  # less than the coarsest step from either side
    assert 0 < beside.sum() < len(rows) and not (np.diff(beside.astype(int)) > 0).any()
    assert set(rows[beside]) == {10, 12, 14}
    while refinement.level < refinement.levels:
        pretend(refinement, share)
    more = pretend(refinement, share)
    assert all((p.first, p.runs) == (8, (GROWTH - 1) * 8) for p in more)
    nearest = [p.number // 24 for p in more[:48]]
    assert set(nearest) == {11, 12}, "one cell to either side"


def test_in_the_end_every_cell_has_all_its_runs_or_is_known_well_enough():
    share = lambda index: (index[0] + 0.5) / 12  # noqa: E731
    refinement = planned(runs=100)
    while refinement.next_round():
        pretend(refinement, share)
    assert (refinement.runs_done == 100).all() and refinement.total == refinement.runs_done.sum() == 8400
    enough = planned(runs=1000, width=0.25)
    while enough.next_round():
        pretend(enough, share)
    width = enough.statistics["success_high"] - enough.statistics["success_low"]
    assert width.max() <= 0.25 and enough.runs_done.max() < 1000 and len(np.unique(enough.runs_done)) > 1


def test_where_no_minimiser_is_known_cells_get_their_runs_in_turn():
    unknown = sv.landscapes.Formula("x^2 + 3*sin(2*y)^2")
    every = list(sv.refine(sv.CBO(), unknown, sv.Swarm(n=5, d=2), {"sigma": [0.3, 1.0]}, runs=40, steps=10))
    data = every[-1]
    assert data["runs"].values.tolist() == [40, 40] and data["judged"].values.tolist() == [0, 0]
    for name in ("success_rate", "success_low", "median_gap", "median_hit_step", "ert_evaluations"):
        assert np.isnan(data[name].values).all(), name
    assert np.isfinite(data["median_best"].values).all()
    assert all(len(set(d["runs"].values.tolist())) == 1 for d in every)


# ---- the measures ---------------------------------------------------------------------------------------------------------------


@EVERY
def test_a_hit_is_the_first_recorded_step_at_which_the_single_simulation_has_succeeded(name):
    dynamics, landscape, swarm = parts(name)
    steps, every = 60, 4
    *_, data = sv.refine(dynamics, landscape, swarm, runs=4, steps=steps, every=every)
    tolerance = None if dynamics.on_finite_set else success.tolerance_for(landscape, swarm.d)
    for run in range(4):
        one = swarm.copy()
        one.seed = swarm.seed + run
        sim = sv.Simulation(dynamics, landscape, one)
        hit, cost, V, times = math.inf, math.inf, [sim.frame.x], [0.0]
        for k in range(0, steps + 1, every):
            if k:
                sim.advance(every)
            if dynamics.on_finite_set:
                found = sim.record["best"].min() <= sim.frame.heights.min()
            else:
                found = success.succeeded(sim.frame, landscape, tolerance)
            if found and hit == math.inf:
                hit, cost = k, sim.record["evaluations"][-1]
            V.append(sim.frame.x)
            times.append(sim.frame.t)
        assert (float(data["hit_step"][run]), float(data["hit_evaluations"][run])) == (hit, cost), run
        if dynamics.on_finite_set:
            continue
        spread = np.array([((x - x.mean(axis=0)) ** 2).sum() for x in V[1:]])
        if (spread > 1e-20).all() and len(V[1]) == len(V[-1]) and name != "SBGD":  # of which agents are taken away
            rate = math.log(spread[0] / spread[-1]) / (times[-1] - times[1])
            assert float(data["dispersion_rate"][run]) == pytest.approx(rate, rel=1e-6), run


def test_a_run_that_has_succeeded_has_hit_by_then():
    data = small()[-1]
    assert not (np.isinf(data["hit_step"].values) & (data["success"].values == 1)).any()
    assert (data["success"].values == 1).any() and np.isinf(data["hit_step"].values).any()


def test_rates_stop_at_the_last_dispersion_that_is_no_zero():
    V = np.array([[4.0, 1.0, 0.25, 0.0], [4.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [1.0, np.e, np.nan, np.nan]])
    found = measures._rates(V, np.array([0.0, 1.0, 2.0, 3.0]))
    np.testing.assert_allclose(found, [math.log(16) / 2, np.nan, np.nan, -1.0])


@pytest.mark.parametrize(("steps", "every"), [(0, 1), (1, 1), (49, 1), (200, 4), (333, 3), (1000, 20), (99_991, 1999)])
def test_it_is_looked_about_fifty_times_with_the_last_step_where_that_can_be(steps, every):
    found = measures.every_for(steps)
    assert found == every
    assert steps // found <= 4 * measures.LOOKS + 2


def test_statistics_are_those_of_a_plain_loop():
    rng = np.random.default_rng(5)
    cells, runs = 60, 9
    finished = rng.random((cells, runs)) < rng.random((cells, 1))
    values = {
        "finished": finished,
        "success": np.where(finished, rng.random((cells, runs)) < 0.4, np.nan),
        "final_best": np.where(finished, rng.normal(size=(cells, runs)), np.nan),
        "diverged_step": np.where(finished & (rng.random((cells, runs)) < 0.2), 3, -1),
        "dispersion_rate": np.where(finished, rng.normal(size=(cells, runs)), np.nan),
        "hit_step": np.where(finished, np.where(rng.random((cells, runs)) < 0.5, rng.integers(0, 99, (cells, runs)), np.inf), np.nan),
        "steps_taken": np.where(finished, 100, 0),
        "final_evaluations": np.where(finished, 5000.0, np.nan),
    }  # fmt: skip
    values["hit_evaluations"] = 50 * (values["hit_step"] + 1)
    found = cell_statistics.statistics(values, np.full(cells, -2.0))
    for c in range(cells):
        done = [r for r in range(runs) if finished[c, r]]
        assert found["runs"][c] == len(done)
        assert found["found"][c] == sum(values["success"][c, r] == 1 for r in done)
        assert found["diverged_runs"][c] == sum(values["diverged_step"][c, r] >= 0 for r in done)
        if not done:
            assert all(np.isnan(found[name][c]) for name in found if name not in cell_statistics.COUNTS)
            continue
        hits = sorted(values["hit_step"][c, r] for r in done)
        middle = (hits[(len(hits) - 1) // 2] + hits[len(hits) // 2]) / 2
        assert (found["median_hit_step"][c], found["median_hit_evaluations"][c]) == (middle, 50 * (middle + 1))
        number = sum(h < math.inf for h in hits)
        assert found["hits"][c] == number
        spent = sum(50 * (h + 1) if h < math.inf else 5000 for h in hits)
        assert found["ert_evaluations"][c] == (spent / number if number else math.inf)
        for q, end in ((0.1, "low"), (0.9, "high")):
            best = np.quantile([values["final_best"][c, r] for r in done], q, method="inverted_cdf")
            assert found[f"{end}_gap"][c] == pytest.approx(best + 2)
            place = math.ceil(q * len(hits)) - 1
            assert found[f"{end}_hit_evaluations"][c] == 50 * (hits[place] + 1)
        assert found["median_gap"][c] == pytest.approx(np.median([values["final_best"][c, r] for r in done]) + 2)
        assert found["median_rate"][c] == pytest.approx(np.median([values["dispersion_rate"][c, r] for r in done]))


def test_the_intervals_are_those_of_the_success_rate_of_a_sweep():
    data = small()[-1]
    other = success_rate(sv.sweep(sv.CBO(), RASTRIGIN, SWARM, GRID, runs=20, steps=40))
    for name in ("success_rate", "success_low", "success_high"):
        np.testing.assert_array_equal(data[name], other[name])


def test_the_cost_of_a_cell_is_that_of_the_hitting_times_where_both_criteria_are_one():
    """On a line, to be nearer to the minimiser of the sphere than r is F < r²: evaluations and ERT are then those of `hitting`."""
    sphere, swarm = sv.landscapes.Sphere(), sv.Swarm(n=5, d=1, seed=3)
    dynamics, options = sv.CBO(sigma=2.5, lam=0.3), {"runs": 40, "steps": 30, "tolerance": 1e-4}
    *_, data = sv.refine(dynamics, sphere, swarm, every=3, **options)
    high = sphere.limits(1)[1][0]
    whole = sv.run_ensemble(dynamics, sphere, swarm, record=("distance", "evaluations"), every=3, **options)
    near = whole.assign(
        best=whole["distance"] ** 2 + sphere.minimum(1)
    )  # F of the answer, that of which the map speaks
    hits = sv.ensembles.hitting(near, np.nextafter((1e-4 * high) ** 2, 0))
    reached = hits["reached"].values[:, 0]
    assert 0 < reached.sum() < 40
    np.testing.assert_array_equal(data["hit_evaluations"], np.where(reached, hits["spent"].values[:, 0], np.inf))
    assert float(data["ert_evaluations"]) == float(sv.ensembles.ert(hits)["ert"][0])


def test_a_run_that_diverged_at_its_first_energies_has_spent_nothing_that_is_known():
    hit, ended = np.array([[40.0, np.inf, np.inf, np.nan]]), np.array([[90.0, 200.0, np.nan, np.nan]])
    assert cell_statistics.expected_running_times(hit, ended).tolist() == [240.0]


def test_events_are_counted_as_in_a_sweep_and_told_over_the_runs_that_were_made(tmp_path):
    grid, how = {"sigma": [0.3, 1.0, 2.0]}, {"every": 2, "events": ["found", "lost"]}
    *_, data = small(grid, **how, store=tmp_path / "s")
    swept = sv.sweep(sv.CBO(), RASTRIGIN, SWARM, grid, runs=20, steps=40, **how)
    assert {"first_found", "count_found", "first_lost", "count_lost"} <= set(swept)
    assert_same_runs(data, swept)
    assert 0 < int((data["count_found"] > 0).sum()) < 60
    table, expected = (sv.ensembles.event_table(runs) for runs in (data, swept))
    for name, values in expected.data_vars.items():
        np.testing.assert_array_equal(table[name].transpose(*values.dims), values, err_msg=name)
    (again,) = small(grid, **how, store=tmp_path / "s", progress=lambda *_: pytest.fail("something ran again"))
    assert again.identical(data)
    part = small(grid, **how, progress=interrupt_after(30), threads=1)[-1]
    assert 0 < int(part["runs"].sum()) < 60
    np.testing.assert_array_equal(sv.ensembles.event_table(part).sel(event="found")["runs"], part["runs"])
    with pytest.raises(ValueError, match="was written by another sweep"):
        small(grid, every=2, store=tmp_path / "s")


# ---- interrupts and the store ---------------------------------------------------------------------------------------------------


def interrupt_after(runs):
    def progress(done, total):
        if done >= runs:
            raise KeyboardInterrupt

    return progress


def test_after_an_interrupt_one_more_dataset_has_what_was_finished():
    every = small(progress=interrupt_after(700), threads=2)
    assert [data.attrs["interrupted"] for data in every] == [0] * (len(every) - 1) + [1]
    last = every[-1]
    assert 0 < last.attrs["runs_done"] == int(last["finished"].sum()) == int(last["runs"].sum()) < 84 * 20
    np.testing.assert_array_equal(last["runs"], last["finished"].sum("run"))


def test_a_store_goes_on_where_it_ended_and_the_datasets_are_the_same(tmp_path):
    whole, seen = small(), []
    part = small(store=tmp_path / "s", progress=interrupt_after(700), threads=2)
    done = part[-1].attrs["runs_done"]
    files = {path: path.stat().st_mtime_ns for path in (tmp_path / "s").glob("runs-*.nc")}
    rest = small(store=tmp_path / "s", progress=lambda *numbers: seen.append(numbers))
    assert rest[-1].identical(whole[-1]) and all(any(r.identical(w) for w in whole) for r in rest)
    assert seen[-1] == (84 * 20 - done,) * 2, "what is there is not run again"
    assert all(path.stat().st_mtime_ns == then for path, then in files.items())
    (again,) = small(store=tmp_path / "s", progress=lambda *_: pytest.fail("something ran again"))
    assert again.identical(whole[-1])


def test_a_store_goes_on_with_more_runs_and_another_plan(tmp_path):
    small(store=tmp_path / "s", runs=10)
    seen = []
    more = small(store=tmp_path / "s", runs=25, first=5, progress=lambda *numbers: seen.append(numbers))
    assert seen[-1] == (84 * 15, 84 * 15)
    assert more[-1].identical(small(runs=25, first=5)[-1])
    fewer = small(store=tmp_path / "s", runs=9, progress=lambda *_: pytest.fail("something ran"))
    assert fewer[-1].identical(small(runs=9)[-1])


SCRIPT = """
import sys, swarmviz as sv
def count(done, total):
    print(done, flush=True)
if __name__ == "__main__":
    list(sv.refine(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=2, seed=7), {"sigma": [0.1 * i for i in range(1, 21)]},
                   runs=16, steps=2000, store=sys.argv[1], progress=count))
"""


def test_a_killed_process_loses_the_round_that_it_was_at_and_nothing_else(tmp_path):
    killed_after(SCRIPT, tmp_path / "s", 200)
    assert list((tmp_path / "s").glob("runs-*.nc"))
    grid = {"sigma": [0.1 * i for i in range(1, 21)]}
    problem = (sv.CBO(), RASTRIGIN, sv.Swarm(n=20, d=2, seed=7))
    ran = []
    *_, data = sv.refine(*problem, grid, runs=16, steps=2000, store=tmp_path / "s", progress=lambda *n: ran.append(n))
    *_, afresh = sv.refine(*problem, grid, runs=16, steps=2000)
    assert data.identical(afresh) and ran[-1][1] < 320


def test_another_problem_and_the_store_of_a_sweep_are_refused_and_left_alone(tmp_path):
    small({"sigma": [0.3, 1.0]}, store=tmp_path / "s")
    for options in ({"steps": 41}, {"grid": {"sigma": [0.3, 1.1]}}, {"swarm": sv.Swarm(n=10, d=2, seed=8)}):
        with pytest.raises(ValueError, match="was written by another sweep and is left as it is"):
            small(**{"grid": {"sigma": [0.3, 1.0]}, "store": tmp_path / "s"} | options)
    sv.sweep(sv.CBO(), RASTRIGIN, SWARM, {"sigma": [0.3, 1.0]}, runs=20, steps=40, store=tmp_path / "t")
    with pytest.raises(ValueError, match="format"):
        small({"sigma": [0.3, 1.0]}, store=tmp_path / "t")


def test_a_damaged_file_is_named(tmp_path):
    small({"sigma": [0.3, 1.0]}, store=tmp_path / "s")
    (tmp_path / "s" / "runs-000000.nc").write_bytes(b"no table")
    with pytest.raises(StoreError, match=r"runs-000000\.nc' is damaged"):
        small({"sigma": [0.3, 1.0]}, store=tmp_path / "s")


def test_a_cluster_gives_the_same(tmp_path):
    from distributed import Client, LocalCluster

    here = small(GRID | {"sigma": [0.3, 1.0, 2.0]}, runs=12)
    with LocalCluster(n_workers=1, processes=False, dashboard_address=None) as cluster, Client(cluster) as client:
        there = small(GRID | {"sigma": [0.3, 1.0, 2.0]}, runs=12, client=client, store=tmp_path / "s")
        assert not client.futures
    assert len(there) == len(here) and all(a.identical(b) for a, b in zip(here, there, strict=True))


# ---- what is refused --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"first": 0}, "first = 0"),
        ({"first": 2.5}, "first = 2.5"),
        ({"width": 1.5}, "width = 1.5"),
        ({"width": True}, "width = True"),
        ({"runs": 0}, "runs = 0"),
        ({"steps": -1}, "steps = -1"),
        ({"every": 0}, "every = 0"),
        ({"grid": {"sigmaa": [1.0]}}, "'sigmaa' is no parameter"),
        ({"grid": {"sigma": [0.1, -1.0]}}, "sigma (σ) = -1.0"),
        ({"threads": 0}, "threads = 0"),
        ({"runs": 10_000_000, "grid": {"sigma": np.linspace(0.1, 1, 10_000)}}, "runs = 10000000"),
        ({"stop": lambda frame: False, "store": "x"}, "a store needs a name"),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_iterated(options, named):
    with pytest.raises((TypeError, ValueError)) as caught:
        sv.refine(sv.CBO(), RASTRIGIN, SWARM, **{"grid": {"sigma": [0.3]}, "runs": 4, "steps": 4} | options)
    assert named in str(caught.value)


def test_a_bad_corner_of_the_grid_is_refused_at_once_and_named():
    with pytest.raises(ValueError) as caught:
        sv.refine(sv.CBO(), RASTRIGIN, sv.Swarm(n=5, d=2, initial="points", points=[[0.0, 0.0]]), {"d": [1, 2]})
    assert "in the cell d = 1" in "".join(caught.value.__notes__)
