"""Stops: a group of runs that is watched at once ends where each of its runs would by itself, step by step, in plain Python."""

from __future__ import annotations

import functools
import json
import pickle
import threading
from typing import NamedTuple

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import success
from swarmviz.dynamics.base import OneByOne
from swarmviz.ensembles import Below, Budget, Spent, Stall, When, engine
from swarmviz.ensembles.settings import Problem, Settings
from swarmviz.frame import Diverged
from tests.ensembles.examples import RASTRIGIN, parts, single, small_ensemble

RUNS, STEPS, SEED = 9, 125, 4
TOLERANCE, STILL = 1e-2, 25


class Apart(sv.CBO):
    """CBO that takes its runs one by one, as a dynamics does that knows nothing of groups."""

    init_many, advance_many = OneByOne.init_many, OneByOne.advance_many
    answers, positions = OneByOne.answers, OneByOne.positions

    def init(self, x, landscape, seed):
        return sv.CBO.init_many(self, x[None], landscape, np.array([seed]))[0]

    def advance(self, state, landscape, steps, every=1, start=False):
        (outcome,) = sv.CBO.advance_many(self, [state], landscape, steps, every, start)
        if isinstance(outcome, Diverged):
            raise outcome
        return outcome


WILD = {"sigma": 29.5, "dt": 1.0, "alpha": 1.0}  # a part of the runs is out of the numbers before the last step
DYNAMICS = {
    "CBO": sv.CBO(sigma=0.7),
    "CBO, wild": sv.CBO(**WILD),
    "one by one": Apart(sigma=0.7),
    "one by one, wild": Apart(**WILD),
    "SSA": sv.SSA(),
    "SBGD": sv.SBGD(),
    "BGK": sv.BGK(stall_tolerance=TOLERANCE),
    "PSO": sv.PSO(stall_tolerance=TOLERANCE),
    "FMC": sv.FMC(motion="drift", speed=0.1),
    "FiniteSet": sv.FiniteSet(),
}


def low(frame):
    return frame.energy.min() < 0.6


def never(frame):
    return False


STOPS = {
    "stall": Stall(TOLERANCE, STILL),
    "long stall": Stall(TOLERANCE, 110),
    "below": Below("best", 0.6),
    "near": Below("distance", 1.5),
    "at once": Below("best", 1e3),
    "spent": Spent(200),
    "budget": Budget(200),
    "budget of no step": Budget(7),
    "no budget": Budget(1),
    "function": low,
    "never": never,
    "none": None,
}


def swarm(seed=SEED):
    return sv.Swarm(n=6, d=1, seed=seed)


class Life(NamedTuple):
    """A run that nothing stops: the frame of each step, what it recorded, and how it diverged."""

    frames: list
    record: dict
    error: Diverged | None


@functools.cache
def life(name, seed):
    sim, error = sv.Simulation(DYNAMICS[name], RASTRIGIN, swarm(seed)), None
    frames = [sim.frame]
    try:
        while sim.k < STEPS:
            frames.append(sim.advance(1))
    except Diverged as caught:
        error = caught
    return Life(frames, {key: sim.record[key] for key in sim.record}, error)


def end_of(life, stop, every):
    """The step at which ``stop`` ends a life, or None: its rule, one step after the other."""
    last = len(life.frames) - 1
    recorded = range(0, last + 1, every)
    if isinstance(stop, Below):
        ends = (k for k in recorded if life.record[stop.observable][k] < stop.value)
    elif isinstance(stop, Spent):
        ends = (k for k in recorded if life.record["evaluations"][k] >= stop.evaluations)
    elif isinstance(stop, Budget):
        ends = (k for k in range(last) if life.record["evaluations"][k + 1] > stop.evaluations)
    elif isinstance(stop, Stall) and "still" in life.record:
        ends = (k for k in range(last + 1) if life.record["still"][k] > stop.steps)
    elif isinstance(stop, Stall):
        ends = still_since(life, stop, last)
    else:
        ends = (k for k in recorded if k > 0 and stop is not None and stop(life.frames[k]))
    return next(ends, None)


def still_since(life, stop, last):
    """Looks ten times in the steps of a stall, and at the last step that there is."""
    low, high = RASTRIGIN.limits(1)
    place, since, look = None, 0, stop.steps // 10
    for k in [*range(look, last, look), last]:
        now = success.answer(life.frames[k])
        if place is None or (np.abs(now - place) / ((high - low) / 2)).max() >= stop.tolerance:
            place, since = now, k
        if k - since >= stop.steps:
            yield k


def ensemble(name, stop, every):
    dynamics = DYNAMICS[name]
    options = {"runs": RUNS, "steps": STEPS, "every": every, "tolerance": 0.25, "positions": True}
    problem, settings = (
        Problem.of(dynamics, RASTRIGIN, swarm()),
        Settings.checked(type(dynamics), None, stop, **options),
    )
    return engine.Ensemble(problem, settings)


def results(name, stop, every, groups):
    """Name → values of all runs, which go through the engine in these groups."""
    one = ensemble(name, stop, every)
    for group in groups:
        assert one.run(group, threading.Event())
    return kept(one)


def kept(one):
    return one.results.series | one.results.finals.by_name()


def assert_same(some, others):
    assert some.keys() == others.keys()
    for key, values in some.items():
        np.testing.assert_array_equal(values, others[key], err_msg=key)


# ---- where runs end -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("every", [1, 4])
@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS)
@pytest.mark.parametrize("name", DYNAMICS)
def test_a_group_ends_run_by_run_where_the_rule_says(name, stop, every):
    found = results(name, stop, every, [range(RUNS)])
    for r in range(RUNS):
        alone = life(name, SEED + r)
        end = end_of(alone, stop, every)
        last = len(alone.frames) - 1 if end is None else end
        frame = alone.frames[last]
        gone = end is None and alone.error is not None
        assert found["steps_taken"][r] == last and found["stopped"][r] == (end is not None) and found["finished"][r]
        assert found["diverged_step"][r] == (alone.error.step if gone else -1)
        assert found["diverged_agent"][r] == (alone.error.agent if gone else -1)
        assert found["success"][r] == (
            0.0 if gone else success.succeeded(frame, RASTRIGIN, 0.25)
        )  # what results() asks for
        np.testing.assert_array_equal(found["final_positions"][r], frame.x)
        np.testing.assert_array_equal(found["final_answer"][r], success.answer(frame))
        assert found["final_error"][r] == success.error(frame, RASTRIGIN)
        for observable in DYNAMICS[name].observables:
            recorded, course = alone.record[observable.name][: last + 1 : every], found[observable.name][r]
            np.testing.assert_array_equal(course[: len(recorded)], recorded, err_msg=observable.name)
            assert np.isnan(course[len(recorded) :]).all()


def test_the_cases_above_are_not_empty():
    """Some stop at steps of their own, some diverge before their stop and some after it, some go on to the end."""
    lives = {name: [life(name, SEED + r) for r in range(RUNS)] for name in DYNAMICS}
    for name, stop in [
        ("CBO", "stall"),
        ("BGK", "stall"),
        ("CBO", "below"),
        ("FiniteSet", "near"),
        ("PSO", "function"),
    ]:
        assert len({end_of(one, STOPS[stop], 4) for one in lives[name]} - {None}) > 2, (name, stop)
    for name, stop in [("BGK", "stall"), ("CBO", "below"), ("FiniteSet", "stall"), ("CBO", "function")]:
        assert None in [end_of(one, STOPS[stop], 4) for one in lives[name]], (name, stop)
    spent = {end_of(one, STOPS["spent"], 1) for one in lives["FiniteSet"]}
    assert len(spent) > 3 and None in spent and all(end_of(one, STOPS["spent"], 1) == 33 for one in lives["SSA"])
    gone = [one.error is not None for one in lives["CBO, wild"]]
    assert any(gone) and not all(gone)
    for stop in ("long stall", "function"):
        stopped = [end_of(one, STOPS[stop], 4) is not None for one in lives["CBO, wild"]]
        assert {(True, True), (True, False)} <= set(zip(gone, stopped, strict=True)), stop


# ---- nothing depends on the company that a run is in ----------------------------------------------------------------------


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS)
@pytest.mark.parametrize("name", DYNAMICS)
def test_groups_of_any_size_are_groups_of_one_bit_for_bit(monkeypatch, name, stop):
    alone = results(name, stop, 4, [range(r, r + 1) for r in range(RUNS)])
    assert_same(results(name, stop, 4, [range(RUNS)]), alone)
    assert_same(results(name, stop, 4, [range(5, RUNS), range(5)]), alone)
    monkeypatch.setattr(engine, "CALL_STEPS", 7)  # more calls than looks
    if not isinstance(stop, Stall):  # whose looks are where the calls end
        assert_same(results(name, stop, 4, [range(RUNS)]), alone)


@pytest.mark.parametrize("name", ["CBO, wild", "BGK", "FiniteSet"])
@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS)
def test_the_number_of_threads_leaves_no_trace(name, stop):
    options = {"runs": 40, "steps": 60, "every": 4, "stop": stop, "positions": True}
    one, two, many = (
        sv.run_ensemble(DYNAMICS[name], RASTRIGIN, swarm(), threads=threads, **options) for threads in (1, 2, 40)
    )
    assert one.identical(two) and one.identical(many)


def test_a_dynamics_that_takes_runs_one_by_one_may_lose_all_of_them():
    lost = [sv.run_ensemble(kind(dt=3.0, lam=9.0), RASTRIGIN, swarm(), runs=20, steps=3000) for kind in (sv.CBO, Apart)]
    assert (lost[0]["diverged_step"] > 0).all()
    for name, values in lost[0].data_vars.items():
        np.testing.assert_array_equal(values, lost[1][name], err_msg=name)


# ---- what has ended costs nothing -------------------------------------------------------------------------------------------


class Counted(sv.CBO):
    """Tells of the calls of its kernel: the step, how many runs, how many steps."""

    calls: list = []  # noqa: RUF012 (one for all copies)

    def advance_many(self, states, landscape, steps, every=1, start=False):
        self.calls.append((states.all.k, len(states), steps))
        return super().advance_many(states, landscape, steps, every, start)


def test_runs_that_have_ended_drop_out_of_their_group(monkeypatch):
    monkeypatch.setitem(DYNAMICS, "counted", Counted(sigma=0.7))
    Counted.calls.clear()
    ends = results("counted", STOPS["stall"], 1, [range(RUNS)])["steps_taken"]
    look = STILL // 10
    expected = [(k, int((ends > k).sum()), min(look, STEPS - k)) for k in range(0, ends.max(), look)]
    assert Counted.calls == expected and len(set(ends.tolist())) > 2


def test_only_runs_that_end_before_the_last_step_of_a_look_are_taken_again(monkeypatch):
    monkeypatch.setitem(DYNAMICS, "counted", Counted(sigma=0.7))
    Counted.calls.clear()
    found = results("counted", STOPS["below"], 4, [range(RUNS)])
    early, runs = np.unique(found["steps_taken"][found["stopped"]], return_counts=True)
    assert Counted.calls[0] == (0, RUNS, STEPS)
    assert sorted(Counted.calls[1:]) == sorted((0, n, k) for k, n in zip(early.tolist(), runs.tolist(), strict=True))


def test_runs_are_reported_when_they_end_and_once_each_even_if_a_stop_fails_on_the_way():
    failures = [True]

    def fails_once(frame):
        if frame.k == 20 and failures:
            failures.clear()
            raise OSError("once")
        return low(frame)

    for stop, pieces in ((low, 3), (fails_once, 5)):
        one, told = ensemble("CBO", stop, 4), []
        assert one.run(range(RUNS), threading.Event(), told.append)
        assert sum(runs for _, runs in told) == RUNS and len(told) >= pieces and {who for who, _ in told} == {one}
        assert_same(kept(one), results("CBO", low, 4, [range(RUNS)]))
    assert not failures


def test_a_swarm_that_diverges_finds_nothing_below_the_minimum():
    """Agents at 1e20 had cosines of 1e38, so that F went to −∞ and a stop below the minimum 0 reported success."""
    wild, swarm = sv.CBO(noise="isotropic", sigma=2.0), sv.Swarm(n=20, d=10, seed=1)
    data = sv.run_ensemble(wild, sv.landscapes.Griewank(), swarm, runs=5, steps=400, stop=Below("best", 0.0))
    assert (data["diverged_step"] > 0).all() and not data["stopped"].any()
    for name in ("best", "minimum", "consensus_value", "final_best", "final_energy"):
        assert not (data[name] < 0).any()


def test_a_run_stops_at_the_first_recorded_step_below_a_value():
    free, stopped = (
        small_ensemble(steps=200, every=3),
        small_ensemble(steps=200, every=3, stop=Below("dispersion", 1.0), threads=2),
    )
    for r in range(6):
        below = free["dispersion"].values[r] < 1.0
        end = int(free["step"].values[below.argmax()])
        assert stopped["steps_taken"][r] == end and stopped["stopped"][r] and below.any()
        row = stopped["dispersion"].values[r]
        np.testing.assert_array_equal(row[: end // 3 + 1], free["dispersion"].values[r, : end // 3 + 1])
        assert np.isnan(row[end // 3 + 1 :]).all()


@pytest.mark.parametrize("every", [1, 7])
@pytest.mark.parametrize("name", ["BGK", "PSO"])
def test_the_stall_stop_ends_where_the_counter_of_003_does(name, every):
    dynamics, landscape, swarm = parts(name)
    dynamics.alpha = 1e5
    data = sv.run_ensemble(
        dynamics, landscape, swarm, runs=4, steps=3000, every=every, stop=Stall(1e-2, 30), positions=True
    )
    assert data["stopped"].values.any()
    counted = dynamics.copy()
    counted.stall_steps, counted.stall_tolerance = 30, 1e-2
    for r in range(4):
        sim = single(counted, landscape, swarm, data["seed"].values[r], 3000)
        still = sim.record["still"] > 30
        if not data["stopped"].values[r]:
            assert not still.any()
            continue
        end = int(still.argmax())
        assert data["steps_taken"].values[r] == end
        np.testing.assert_array_equal(data["final_positions"].values[r], sim.goto(end).x)


def test_a_dynamics_that_does_not_count_stalls_when_its_answer_has_stayed_in_place():
    dynamics, swarm = sv.CBO(sigma=0.3), sv.Swarm(n=20, d=2, seed=3)
    data = sv.run_ensemble(dynamics, RASTRIGIN, swarm, runs=3, steps=3000, stop=Stall(1e-3, 100), positions=True)
    assert data["stopped"].values.all()
    for r in range(3):
        sim = single(dynamics, RASTRIGIN, swarm, data["seed"].values[r], 0)
        end, places = int(data["steps_taken"].values[r]), {}
        for k in range(10, end + 1, 10):
            places[k] = success.answer(sim.advance(10)) / 5.12
        moved = [np.abs(places[k] - places[end - 100]).max() for k in range(end - 100, end + 1, 10)]
        assert max(moved) < 1e-3
        assert end % 10 == 0 and end < 3000
        np.testing.assert_array_equal(data["final_positions"].values[r], sim.frame.x)


def test_a_function_of_the_frame_can_stop_a_run():
    seen = []

    def close(frame):
        seen.append(frame.k)
        return frame.energy.max() < 20.0

    data = small_ensemble(steps=100, every=5, stop=close, threads=1)
    for r, seed in enumerate(data["seed"].values):
        sim = single(sv.CBO(sigma=0.7), RASTRIGIN, sv.Swarm(n=20, d=2), seed, 0)
        while sim.k < 100 and (sim.k == 0 or not close(sim.frame)):
            sim.advance(5)
        assert data["steps_taken"].values[r] == sim.k
    assert all(k % 5 == 0 and k > 0 for k in seen)


@pytest.mark.parametrize("name", ["BGK", "PSO"])
def test_a_swarm_that_its_own_stall_stop_brings_to_a_standstill_counts_as_stopped(name):
    """Its steps go on, as in a Simulation, and so does what it records."""
    dynamics, swarm = sv.dynamics.ALL[name](stall_steps=6, stall_tolerance=0.003), sv.Swarm(n=15, d=2, seed=3)
    data = sv.run_ensemble(dynamics, RASTRIGIN, swarm, runs=20, steps=15, every=5, record=("still",))
    still = data["still"].values[:, -1]
    assert 0 < data["stopped"].sum() < 20 and (data["steps_taken"] == 15).all()
    np.testing.assert_array_equal(data["stopped"], still > 6)


def swept(stop, store=None, **options):
    parts = sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=2, seed=7)
    return sv.sweep(*parts, {"sigma": [0.3, 1.0]}, runs=4, steps=30, stop=stop, store=store, **options)


def nothing_runs(*numbers):
    pytest.fail("something ran")


def under(value):
    return When(lambda frame: frame.energy.min() < value, name=f"under {value:g}")


def test_a_store_is_taken_up_with_the_same_name_and_with_no_other(tmp_path):
    first = swept(under(1.0), tmp_path / "s")
    assert first["stopped"].any()
    again = swept(under(1.0), tmp_path / "s", progress=nothing_runs)
    assert again.identical(first)
    files = {path: path.read_bytes() for path in (tmp_path / "s").iterdir()}
    with pytest.raises(ValueError, match=r"another sweep.*settings: there .*under 1\".*, here .*under 100"):
        swept(under(100.0), tmp_path / "s")
    assert {path: path.read_bytes() for path in (tmp_path / "s").iterdir()} == files
    assert not swept(under(100.0))["steps_taken"].equals(first["steps_taken"])


def test_what_a_function_gathers_while_it_runs_does_not_make_it_another_one(tmp_path):
    seen = []

    def stop(frame):
        seen.append(frame.k)
        return len(seen) < 0

    data = swept(When(stop, "gathers"), tmp_path / "s", threads=1)
    assert seen and data["finished"].all()
    assert data.identical(swept(When(stop, "gathers"), tmp_path / "s", progress=nothing_runs))


def test_a_function_without_a_name_is_refused_with_a_store_only_and_the_error_says_how_to_name_it(tmp_path):
    over = threading.Event()

    def stop(frame):
        return over.is_set()

    for unnamed in (stop, When(stop)):
        with pytest.raises(TypeError, match=r'stop = .*a store needs a name.*When\(function, name="…"\)'):
            swept(unnamed, tmp_path / "s", progress=nothing_runs)
        assert not (tmp_path / "s").exists()
        assert swept(unnamed)["finished"].all()
    assert swept(When(stop, name="over"), tmp_path / "s")["finished"].all()


def test_a_name_changes_nothing_else():
    def stop(frame):
        return frame.energy.min() < 1.0

    plain, named = swept(stop), swept(When(stop, name="below 1"))
    assert named.assign_attrs(settings="").identical(plain.assign_attrs(settings=""))
    assert json.loads(plain.attrs["settings"])["stop"]["values"]["function"].endswith("stop")
    assert json.loads(named.attrs["settings"])["stop"] == {"name": "When", "values": {"name": "below 1"}}


def test_a_store_that_knows_its_stop_by_bytecode_is_refused_in_one_sentence_and_left_as_it_is(tmp_path):
    swept(under(1.0), tmp_path / "s")
    manifest = tmp_path / "s" / "manifest.json"
    old = json.loads(manifest.read_text(encoding="utf-8"))
    old["settings"]["stop"]["values"] = {"function": "under.<locals>.<lambda>", "code": "0123456789ab"}
    manifest.write_text(json.dumps(old), encoding="utf-8")
    files = {path: path.read_bytes() for path in (tmp_path / "s").iterdir()}
    with pytest.raises(
        ValueError, match=r"store = .*bytecode of a function.*choose another folder.*When\(function, name=\"…\"\)"
    ):
        swept(under(1.0), tmp_path / "s", progress=nothing_runs)
    assert {path: path.read_bytes() for path in (tmp_path / "s").iterdir()} == files


@pytest.mark.parametrize(
    ("function", "name", "error", "says"),
    [
        (1, "one", TypeError, "function = 1: must be a function"),
        (len, 5, TypeError, "name = 5: must be a text"),
        (len, "", ValueError, "name = '': must not be empty"),
        (len, " ", ValueError, "must not be empty"),
    ],
)
def test_what_is_no_function_or_no_name_is_refused(function, name, error, says):
    with pytest.raises(error, match=says):
        When(function, name)


def test_a_named_stop_is_its_name():
    stop = When(len, name="length")
    assert repr(stop) == "When('length')" and repr(When(len)) == "When(<built-in function len>)"
    assert stop.same_as(stop.copy()) and stop.same_as(pickle.loads(pickle.dumps(stop)))
    assert not stop.same_as(When(len, name="other"))
