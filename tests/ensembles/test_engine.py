"""The engine: groups of runs, threads and calls of any length leave no trace in the results; diverged runs are taken apart."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import success
from swarmviz.ensembles import engine, quantiles
from swarmviz.ensembles.settings import Problem, Settings
from tests.ensembles.examples import RASTRIGIN, assert_is, single, small_ensemble


def test_any_number_of_threads_and_any_length_of_the_kernels_calls_gives_the_same_bits(monkeypatch):
    one = small_ensemble(threads=1, positions=True)
    assert one.identical(small_ensemble(threads=3, positions=True))
    monkeypatch.setattr(engine, "CALL_STEPS", 7)
    assert one.identical(small_ensemble(threads=2, positions=True))
    monkeypatch.setattr(engine, "CALL_WORK", 1)
    assert one.identical(small_ensemble(threads=2, positions=True))


def test_runs_that_diverge_are_recorded_as_diverged_and_the_others_are_untouched():
    """With too large a time step every seed diverges, some of them sooner; between the times some have and some have not."""
    dynamics, swarm = sv.CBO(dt=3.0), sv.Swarm(n=20, d=2, seed=0)
    when = sv.run_ensemble(dynamics, RASTRIGIN, swarm, runs=8, steps=20_000, record=())["diverged_step"].values
    assert when.min() > 0 and when.min() < when.max()
    steps = int(np.sort(when)[4])
    data = sv.run_ensemble(dynamics, RASTRIGIN, swarm, runs=8, steps=steps, positions=True)
    diverged = data["diverged_step"].values >= 0
    assert diverged.any() and not diverged.all()
    for r in range(8):
        one = swarm.copy()
        one.seed = r
        sim = sv.Simulation(dynamics, RASTRIGIN, one)
        if diverged[r]:
            with pytest.raises(sv.Diverged) as caught:
                sim.advance(steps)
            assert (caught.value.step, caught.value.agent) == (data["diverged_step"][r], data["diverged_agent"][r])
            assert data["success"][r] == 0.0 and data["finished"][r]
        else:
            sim.advance(steps)
            assert data["diverged_agent"][r] == -1
        assert_is(data, r, sim, RASTRIGIN)


def test_a_swarm_without_numbers_from_the_start_has_no_results():
    swarm = sv.Swarm(n=4, d=1, initial="points", points=[[1e200], [0.0], [1.0], [2.0]])
    data = sv.run_ensemble(sv.CBO(), sv.landscapes.Sphere(), swarm, runs=2, steps=5)
    assert data["diverged_step"].values.tolist() == [0, 0] and data["diverged_agent"].values.tolist() == [0, 0]
    assert np.isnan(data["best"].values).all() and np.isnan(data["final_best"].values).all()
    assert data["success"].values.tolist() == [0.0, 0.0] and int(quantiles(data)["going"].max()) == 0


def test_an_interrupt_inside_a_run_leaves_no_trace_of_that_run():
    def stop(frame):
        if frame.k == 20:
            raise KeyboardInterrupt
        return False

    data = small_ensemble(stop=stop, every=5, positions=True, threads=1)
    assert data.attrs["interrupted"] == 1 and not data["finished"].values.any()
    assert np.isnan(data["best"].values).all() and not data["stopped"].values.any()
    assert data["diverged_step"].values.tolist() == [-1] * 6


def test_an_error_inside_a_run_is_raised_with_the_runs_seed():
    def stop(frame):
        raise ZeroDivisionError("no")

    with pytest.raises(ZeroDivisionError) as caught:
        small_ensemble(stop=stop, threads=1)
    assert "in run 0 (seed 3)" in caught.value.__notes__[0]


TOGETHER = {
    "CBO": sv.CBO(),
    "SSA": sv.SSA(),
    "SBGD": sv.SBGD(),
    "BGK": sv.BGK(),
    "BGK, stalled": sv.BGK(stall_steps=6, stall_tolerance=0.5, batch=5, boundary="reflect", noise="student"),
    "PSO": sv.PSO(),
    "PSO, stalled": sv.PSO(stall_steps=6, stall_tolerance=0.5, batch=5, boundary="reflect"),
    "FMC": sv.FMC(),
    "FMC, groups": sv.FMC(groups=3, migration=0.3, boundary="dead", sigma=3.0),
    "FMC, moving": sv.FMC(motion="rotation", jitter="all", relativisation="min-max"),
}


@pytest.mark.parametrize("dynamics", TOGETHER.values(), ids=TOGETHER)
def test_runs_taken_together_equal_simulations_and_diverge_alone(dynamics):
    """Some start where F is no number: their group goes on without them, whoever takes them together."""
    landscape = sv.landscapes.Rastrigin()
    states = [dynamics.init(sv.Swarm(n=13, d=3, seed=s).positions(landscape), landscape, s) for s in range(5)]
    states = [dynamics.advance(state, landscape, 4)[0] for state in states]
    states[2].x[4] = np.nan
    together = dynamics.advance_many(states, landscape, 30, every=3, start=True)
    assert isinstance(together[2], sv.Diverged) and together[2].step == 4
    for r in (0, 1, 3, 4):
        alone, rows = dynamics.advance(states[r], landscape, 30, every=3, start=True)
        assert together[r][0].x.tobytes() == alone.x.tobytes() and together[r][0].seed == r
        for name, value in together[r][0]._asdict().items():
            np.testing.assert_array_equal(
                value, getattr(alone, name), strict=isinstance(value, np.ndarray), err_msg=name
            )
        assert all(together[r][1][key].tobytes() == rows[key].tobytes() for key in rows)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", ["CBO", "SSA", "SBGD", "BGK", "PSO", "FMC"])
def test_an_ensemble_of_groups_equals_its_simulations(name, threads):
    dynamics, landscape, swarm = sv.dynamics.ALL[name](), sv.landscapes.Rastrigin(), sv.Swarm(n=9, d=2, seed=5)
    data = sv.run_ensemble(dynamics, landscape, swarm, runs=50, steps=20, every=5, positions=True, threads=threads)
    assert data["finished"].all() and (data["final_best"] == data["best"].isel(step=-1)).all()
    for r in (0, 1, 7, 48, 49):
        sim = single(dynamics, landscape, swarm, 5 + r, 20, every=5)
        assert_is(data, r, sim, landscape)
        assert data["success"].values[r] == success.succeeded(sim.frame, landscape)
        energy = landscape.values(success.answer(sim.frame)[None])[0]
        assert data["final_energy"].values[r].tobytes() == energy.tobytes()


def test_one_of_many_ensembles_is_not_split_for_the_threads():
    """A portion of a map: in calls of five runs it cost half as much again as the same runs together."""
    problem = Problem.of(sv.CBO(), RASTRIGIN, sv.Swarm(n=100, d=2))
    settings = Settings.checked(sv.CBO, ("distance",), None, runs=68, steps=200, every=4)
    ensemble = engine.Ensemble(problem, settings)
    assert [len(group) for group in ensemble.groups(threads=2, ensembles=64)] == [68]
    alone = [len(group) for group in ensemble.groups(threads=2)]
    assert len(alone) >= 12 and sum(alone) == 68, "by itself it keeps both threads busy to its end"
    few = [len(group) for group in ensemble.groups(threads=2, ensembles=4)]
    assert len(few) == 4, "and so do four together"


@pytest.mark.parametrize("landscape", [RASTRIGIN, sv.landscapes.Formula("x^2 + y^2")])
def test_groups_know_where_no_minimiser_is_known_and_what_nobody_records(landscape):
    data = sv.run_ensemble(sv.CBO(), landscape, sv.Swarm(n=9, d=2), runs=40, steps=10, record=(), threads=1)
    known = len(landscape.minimisers(2)) > 0
    assert np.isfinite(data["success"]).all() if known else np.isnan(data["success"]).all()
    assert np.isfinite(data["final_error"]).all() if known else np.isnan(data["final_error"]).all()
    full = sv.run_ensemble(sv.CBO(), landscape, sv.Swarm(n=9, d=2), runs=40, steps=10, threads=1)
    for name in ("final_answer", "final_best", "final_energy"):
        np.testing.assert_array_equal(data[name], full[name])


def test_a_group_in_which_a_run_diverges_is_taken_apart():
    """So much noise drives some runs out of the numbers by then: they say so, and the others have their ends."""
    dynamics, swarm = sv.CBO(lam=1.0, sigma=13.0, dt=1.0, alpha=1.0), sv.Swarm(n=5, d=1, seed=1)
    data = sv.run_ensemble(dynamics, RASTRIGIN, swarm, runs=60, steps=170, every=10, threads=1)
    gone = (data["diverged_step"] >= 0).values
    assert 0 < gone.sum() < 60 and data["finished"].all()
    for r in (int(gone.argmax()), int((~gone).argmax())):
        sim = sv.Simulation(dynamics, RASTRIGIN, sv.Swarm(n=5, d=1, seed=1 + r), every=10)
        try:
            sim.advance(170)
        except sv.Diverged as error:
            assert (error.step, error.agent) == (data["diverged_step"].values[r], data["diverged_agent"].values[r])
        assert (sim.k < 170) == gone[r]
        assert_is_course(data, r, sim)


def assert_is_course(data, r, sim):
    """What a run recorded, NaN after its end."""
    course, recorded = data["best"].values[r], sim.record["best"]
    np.testing.assert_array_equal(course[: len(recorded)], recorded)
    assert np.isnan(course[len(recorded) :]).all()


def test_a_run_that_comes_to_a_walker_without_a_reward_ends_there_and_the_others_go_on():
    parts = sv.FMC(reward="value", sigma=0.3), sv.landscapes.DoubleWell()
    data = sv.run_ensemble(*parts, sv.Swarm(n=3, d=2, seed=0), runs=20, steps=60, every=10, record=("minimum",))
    ended = data["diverged_step"].values
    assert data["finished"].all() and {-1, 0} < set(ended)
    for r in range(20):
        with pytest.raises(ValueError, match=f"step {ended[r]};") if ended[r] >= 0 else contextlib.nullcontext():
            sim = sv.Simulation(*parts, sv.Swarm(n=3, d=2, seed=r), every=10)
            sim.advance(60)
            np.testing.assert_array_equal(data["minimum"].values[r], sim.record["minimum"])
