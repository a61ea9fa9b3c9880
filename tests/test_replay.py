"""A run as data: replayed it gives the same bits, and it does not follow the simulation it was taken from."""

import math

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import dynamics, landscapes
from swarmviz.exports import Cancelled, Run
from swarmviz.replay import MIN_STEP_COST, RunSpec, run_of
from swarmviz.swarm import Swarm
from tests.exports.example_runs import CASES, changed_in_mid_run, same, went_back

# ---- the bits --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", CASES)
def test_a_run_is_lived_again_as_by_the_simulation_itself(make):
    sim = make()
    run = Run.of(sim)
    again = run.again()
    there = sv.Simulation.replay(sim.journal, sim.initial_swarm, sim.k, every=sim.every, record_limit=sim.record_limit)
    assert same(again, there) and np.array_equal(again.frame.x, sim.frame.x)
    assert run.t == sim.t


def test_a_run_whose_record_is_thin_by_now_is_looked_at_as_before():
    """What happened early is found again, though its steps are no longer recorded; and the record has the same steps."""
    sim = sv.Simulation(sv.CBO(sigma=1.4), sv.landscapes.Rastrigin(), sv.Swarm(n=40, seed=5), every=2, record_limit=9)
    sim.advance(90)
    again = Run.of(sim).again()
    assert sim.record.every > sim.every and any(event.k not in sim.record["k"] for event in sim.events)
    assert list(again.events) == list(sim.events) and again.every == 2
    assert all(np.array_equal(again.record[name], values) for name, values in sim.record.items())


def test_the_frames_of_a_run_are_those_of_going_back_in_it():
    sim = changed_in_mid_run()
    steps = range(0, sim.k)
    for k, again in zip(steps, Run.of(sim).frames(steps), strict=True):
        assert np.array_equal(again.frame.x, sim.goto(k).x) and again.t == sim.t
        assert np.array_equal(again.frame.energy, sim.frame.energy)


def test_a_run_that_was_cancelled_says_so_and_a_snapshot_does_not_follow_the_simulation():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=10))
    sim.advance(5)
    run = Run.of(sim)
    sim.dynamics.sigma = 0.1
    sim.advance(5)
    assert run.again().k == 5 and len(run.journal) == 1
    with pytest.raises(Cancelled):
        run.again(lambda: True)


@pytest.mark.parametrize(
    ("start", "stop", "every", "said"),
    [
        (0, 200, 1, "stop = 200"),
        (-1, 50, 1, "start = -1"),
        (50, 50, 1, "start = 50"),
        (0, None, 0, "every = 0"),
        (0, None, 1, "every = 1: gives 101 pictures, must be 2 to 50; take at least 3"),
        (0, None, 200, "every = 200: gives 1 picture, must be 2 to 50; take at most 100"),
        (0, "end", 1, "stop = 'end'"),
    ],
)
def test_a_stretch_that_does_not_exist_is_refused_by_name(start, stop, every, said):
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=10))
    sim.advance(100)
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        Run.of(sim).steps(start, stop, every, 50)
    assert list(Run.of(sim).steps(0, None, 3, 50))[-1] == 99


def test_the_frames_of_some_steps_only_are_the_same():
    sim = changed_in_mid_run()
    for steps in ([0], [7], [3, 7, 7, 12], [sim.k]):
        for k, again in zip(steps, RunSpec.of(sim).frames(steps), strict=True):
            assert again.k == k and np.array_equal(again.frame.x, sim.goto(k).x)


# ---- how it ends before its time ---------------------------------------------------------------------------------------


def test_a_replay_nobody_waits_for_ends():
    class Enough(Exception):
        pass

    seen = []

    def check(k):
        seen.append(k)
        if len(seen) == 2:
            raise Enough

    run = RunSpec.at_start(dynamics.CBO(), landscapes.Rastrigin(), Swarm(n=1000, d=20))._replace(k=100_000)
    with pytest.raises(Enough):
        run.replay(check)
    assert seen[0] == 0 < seen[1] < 10_000


def test_the_frames_of_a_run_end_as_soon_as_they_are_cancelled():
    sim, asked = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), Swarm(n=10)), []
    sim.advance(20)

    def check(k):
        asked.append(k)
        if k == 8:
            raise Cancelled

    seen = []
    with pytest.raises(Cancelled):
        seen.extend(again.k for again in RunSpec.of(sim).frames([0, 4, 8, 12], check))
    assert asked[0] == 0 and asked[-1] == 8 and {0, 4, 8} <= set(asked)


# ---- what it says of a simulation ----------------------------------------------------------------------------------------


def steps_of(run):
    return [change.k for change in run.journal]


def test_a_simulation_that_went_back_is_known_to_its_end_and_goes_on_from_where_it_stands():
    sim = went_back()
    assert steps_of(RunSpec.of(sim)) == [0, 300] and RunSpec.of(sim).k == 290
    assert RunSpec.of(sim).now.dynamics.sigma == sim.journal[0].dynamics.sigma
    going_on = RunSpec.of(sim, {})
    assert steps_of(going_on) == [0, 290] and going_on.now.dynamics.sigma == 0.2, (
        "the present parameters act from now on"
    )
    ahead = sim.fork()
    assert np.array_equal(sv.Simulation.replay(going_on.journal, going_on.swarm, 295).frame.x, ahead.advance(5).x)


def test_a_pending_edit_stands_in_for_what_the_simulation_has():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), Swarm(n=10))
    sim.advance(5)
    assert steps_of(RunSpec.of(sim, {})) == [0] == steps_of(RunSpec.of(sim, {"dynamics": sv.CBO()}))
    edited = RunSpec.of(sim, {"dynamics": sv.CBO(sigma=0.3)})
    assert (
        steps_of(edited) == [0, 5] and edited.now.dynamics.sigma == 0.3 and edited.now.landscape.same_as(sim.landscape)
    )
    moved = RunSpec.of(sim, {"landscape": sv.landscapes.Ackley()})
    assert type(moved.now.landscape) is sv.landscapes.Ackley and moved.now.dynamics.same_as(sim.dynamics)
    assert steps_of(RunSpec.of(sim)) == [0] and sim.dynamics.sigma == 1.0, "the simulation is not touched"


def test_a_run_with_another_seed_or_fewer_steps_is_cut_to_them():
    sim = changed_in_mid_run()
    run = RunSpec.of(sim)
    assert steps_of(run) == [0, 0, 7, 11, 16] and run.k == 16
    assert (run.until(9).k, steps_of(run.until(9))) == (9, [0, 0, 7])
    other = run.with_seed(99, 12)
    assert (other.k, other.swarm.seed, steps_of(other)) == (12, 99, [0, 0, 7, 11]) and run.swarm.seed == 3
    assert run.with_seed(99, 1000).k == 16
    again = run.restarted()
    assert (again.k, steps_of(again)) == (0, [0]) and again.journal[0].dynamics.same_as(sim.dynamics)


def test_two_runs_agree_only_with_the_same_swarm():
    sim = changed_in_mid_run()
    run = RunSpec.of(sim)
    sim.goto(13)
    sim.advance(1)
    assert run.agrees_until(RunSpec.of(sim)) == 13, "it went on with the parameters of the end"
    assert run.agrees_until(RunSpec.of(changed_in_mid_run())) == math.inf
    assert run.agrees_until(run.with_seed(4, 16)) == -1


def test_a_small_swarm_costs_as_much_as_a_somewhat_larger_one():
    run = RunSpec.at_start(sv.CBO(), sv.landscapes.Sphere(), Swarm(n=3, d=2))
    assert run.work == 0 and run._replace(k=7).work == 7 * MIN_STEP_COST
    assert run._replace(swarm=Swarm(n=100, d=3), k=7).work == 2100


def test_what_exports_call_a_run_is_one_and_a_simulation_stands_for_its_own():
    sim = changed_in_mid_run()
    run = run_of(sim)
    assert Run is RunSpec and run_of(run) is run and run.journal == sim.journal and run.initial_swarm is run.swarm
