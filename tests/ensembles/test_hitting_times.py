"""Hitting times of ensembles and sweeps: held against loops over the single runs."""

from __future__ import annotations

import math

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.ensembles import compare, ert, hitting, runtime_ecdf
from swarmviz.ensembles.runtimes import Runtimes, compared, cumulative, expected

TARGETS = (1.0, 0.05, 1e-30)
SWARM = sv.Swarm(n=12, d=2, seed=3)


def run(dynamics=None, landscape=None, **options):
    dynamics = sv.SBGD(h0=0.3) if dynamics is None else dynamics
    return sv.run_ensemble(dynamics, landscape or sv.landscapes.Ackley(), SWARM, **{"runs": 15, "steps": 40} | options)


def test_a_run_is_taken_to_its_first_recorded_step_within_the_target():
    for every in (1, 3):
        data = run(every=every)
        hits = hitting(data, TARGETS)
        assert hits["spent"].dims == hits["reached"].dims == ("run", "target")
        assert hits["target"].values.tolist() == list(TARGETS)
        for r in range(15):
            sim = sv.Simulation(sv.SBGD(h0=0.3), sv.landscapes.Ackley(), sv.Swarm(n=12, d=2, seed=3 + r), every=every)
            sim.advance(40)
            lowest = sim.landscape.minimum(2)
            for target in TARGETS:
                hit = [i for i, best in enumerate(sim.record["best"]) if best - lowest <= target]
                found = hits.sel(run=r, target=target)
                assert bool(found["reached"]) == bool(hit)
                assert found["spent"] == (sim.record["evaluations"][hit[0]] if hit else data["final_evaluations"][r])
    assert 0 < hits["reached"].sel(target=0.05).sum() < 15 and not hits["reached"].sel(target=1e-30).any()


def test_gradients_count_as_many_values_as_one_says():
    data = run()
    plain, dear = hitting(data, 1.0), hitting(data, 1.0, gradient_cost=2.5)
    both = data["evaluations"] + 2.5 * data["gradients"]
    lowest = sv.landscapes.Ackley().minimum(2)
    for r in range(15):
        if plain["reached"][r, 0]:
            at = int((data["best"].values[r] - lowest <= 1.0).argmax())
            assert dear["spent"][r, 0] == both[r, at] > plain["spent"][r, 0]
        else:
            assert dear["spent"][r, 0] == (data["final_evaluations"] + 2.5 * data["final_gradients"])[r]
    with pytest.raises(ValueError, match=r"gradient_cost = 0\.0 and 2\.5"):
        compare(plain, dear)


def test_the_statistics_are_those_of_the_runs():
    a, b = hitting(run(), TARGETS), hitting(run(sv.SSA(dt=0.01)), TARGETS)
    time, share, versus = ert(a), runtime_ecdf(a), compare(a, b, resamples=100)
    for i, _ in enumerate(TARGETS):
        first, second = (Runtimes(data["spent"].values[:, i], data["reached"].values[:, i]) for data in (a, b))
        assert (
            time["ert"][i] == expected(first)
            and time["reached_runs"][i] == first.reached.sum()
            and time["runs"][i] == 15
        )
        np.testing.assert_array_equal(share["ecdf"].isel(target=i), cumulative(first, share["evaluations"].values)[0])
        found = compared(first, second, resamples=100)
        assert versus["superiority"][i] == found.superiority.value and versus["horizon"][i] == found.horizon
        np.testing.assert_array_equal(versus["ert_ratio_low"][i], found.ratio.low)
        np.testing.assert_array_equal(versus["logrank_p"][i], found.logrank_p)
    np.testing.assert_allclose(share["ecdf_all"], share["ecdf"].values.mean(axis=0))
    assert share["evaluations"].values[-1] == a["spent"].max() and time["ert"].attrs["units"] == "evaluations of F"


def test_a_sweep_is_its_cells_and_each_landscape_has_its_own_minimum():
    landscapes = [sv.landscapes.Ackley(), sv.landscapes.StyblinskiTang()]
    options = {"record": ("best", "evaluations"), "runs": 6, "steps": 60}
    data = sv.sweep(sv.CBO(), sv.landscapes.Ackley(), SWARM, {"sigma": [0.3, 0.7]}, landscapes=landscapes, **options)
    np.testing.assert_allclose(data["lowest_known"], [land.minimum(2) for land in landscapes])
    hits = hitting(data, (1.0, 0.01))
    assert hits["reached"].dims == ("landscape", "sigma", "run", "target")
    for i, landscape in enumerate(landscapes):
        for j, sigma in enumerate((0.3, 0.7)):
            alone = hitting(run(sv.CBO(sigma=sigma), landscape, **options), (1.0, 0.01))
            np.testing.assert_array_equal(hits["spent"][i, j], alone["spent"])
            np.testing.assert_array_equal(ert(hits)["ert"][i, j], ert(alone)["ert"])
    assert hits["reached"].any() and runtime_ecdf(hits)["ecdf"].dims == ("landscape", "sigma", "target", "evaluations")


def test_one_number_for_all_cells_is_no_axis_and_an_unknown_one_stays_unknown():
    data = sv.sweep(sv.CBO(), sv.landscapes.Ackley(), SWARM, {"sigma": [0.3, 0.7]}, runs=2, steps=2)
    assert data["lowest_known"].dims == () and data["lowest_known"] == sv.landscapes.Ackley().minimum(2)
    unknown = sv.landscapes.Formula("x1^2 + x2^2")
    data = sv.sweep(sv.CBO(), unknown, SWARM, landscapes=[sv.landscapes.Ackley(), unknown], runs=2, steps=2)
    assert data["lowest_known"].dims == ("landscape",) and data["lowest_known"].isnull().values.tolist() == [
        False,
        True,
    ]


def test_a_finite_set_is_measured_from_its_lowest_state():
    dynamics, swarm = sv.FiniteSet(states=30), sv.Swarm(n=5, d=1, seed=1)
    data = sv.run_ensemble(dynamics, sv.landscapes.Rastrigin(), swarm, runs=8, steps=60)
    lowest = sv.Simulation(dynamics, sv.landscapes.Rastrigin(), swarm).frame.heights.min()
    assert data["lowest_known"] == lowest > sv.landscapes.Rastrigin().minimum(1)
    hits = hitting(data, 0.0)
    assert hits["reached"].any()
    r = int(hits["reached"].values[:, 0].argmax())
    assert data["best"][r].min() == lowest


def test_runs_that_end_early_have_spent_what_they_had_spent():
    stop = sv.ensembles.Below("best", 0.5)
    hits = hitting(run(sv.CBO(), stop=stop, steps=200), (0.5, 1e-9))
    reached = hits["reached"].sel(target=0.5)
    assert reached.any()
    np.testing.assert_array_equal(hits["spent"].sel(target=1e-9)[reached], hits["spent"].sel(target=0.5)[reached])
    wild = run(sv.SSA(dt=100.0), sv.landscapes.Rosenbrock(), steps=30)
    assert (wild["diverged_step"] > 0).any()
    hits, gone = hitting(wild, 1e-3), wild["diverged_step"].values > 0
    np.testing.assert_array_equal(hits["spent"].values[gone, 0], 12 * wild["diverged_step"].values[gone])


def test_runs_that_were_cut_short_are_in_no_statistics():
    data = run(runs=4)
    part = data.assign(finished=data["finished"] & (data["run"] != 2))
    hits = hitting(part, 1.0)
    assert np.isnan(hits["spent"][2, 0]) and not hits["reached"][2, 0]
    assert ert(hits)["runs"] == 3 and ert(hits)["ert"] == ert(hits.isel(run=[0, 1, 3]))["ert"]


def test_what_is_refused():
    with pytest.raises(ValueError, match="best and evaluations are not recorded"):
        hitting(run(record=(), steps=1, runs=1))
    data = run(runs=2, steps=2)
    with pytest.raises(ValueError, match="target"):
        hitting(data, -1.0)
    with pytest.raises(ValueError, match="targets"):
        hitting(data, [])
    with pytest.raises(ValueError, match="gradient_cost"):
        hitting(data, gradient_cost=math.nan)
    unknown = run(sv.CBO(), sv.landscapes.Formula("x1^2 + x2^2"), runs=2, steps=2)
    with pytest.raises(ValueError, match="minimum = None: must be F"):
        hitting(unknown)
    assert hitting(unknown, 1e9, minimum=0.0)["reached"].all()
    with pytest.raises(ValueError, match="must be the same"):
        compare(hitting(data, 1.0), hitting(data, 2.0))
    with pytest.raises(ValueError, match="confidence"):
        ert(hitting(data), confidence=1.0)
    with pytest.raises(ValueError, match="evaluations"):
        runtime_ecdf(hitting(data), [])


def test_the_axes_of_a_sweep_say_what_they_are_in_all_that_is_made_of_hitting_times():
    table = sv.sweep(
        sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=5, d=1), {"sigma": [0.5, 1.0]}, runs=3, steps=10, record=None
    )
    hits = hitting(table, [1e-1])
    for found in (hits, ert(hits), runtime_ecdf(hits), compare(hits, hits)):
        assert found["sigma"].attrs == table["sigma"].attrs and "σ" in found["sigma"].attrs["symbol"]
        assert "long_name" in found["target"].attrs
