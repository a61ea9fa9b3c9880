"""A run: exact rewind through changes of parameters, divergence that loses nothing, a record that stays bounded."""

from dataclasses import fields

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import presets
from swarmviz import simulation as module
from swarmviz.replay import RunSpec

RASTRIGIN = sv.landscapes.Rastrigin()


def run(**options):
    return sv.Simulation(sv.CBO(**options), RASTRIGIN, sv.Swarm(n=40, d=2, seed=3))


def test_rewind_replays_every_change_of_parameters_and_landscape():
    sim = run()
    seen = {}
    for k, change in ((0, {}), (100, {"sigma": 2.0}), (300, {"dt": 0.02}), (420, {"alpha": 10.0})):
        for name, value in change.items():
            setattr(sim.dynamics, name, value)
        if k == 300:
            sim.landscape = sv.landscapes.Ackley()
        for _ in range(4):
            frame = sim.advance(30)
            seen[frame.k] = frame
    for k in [480, 30, 450, 270, 120, 90, 330, 480]:
        frame = sim.goto(k)
        np.testing.assert_array_equal(frame.x, seen[k].x)
        np.testing.assert_array_equal(frame.focus, seen[k].focus)
        np.testing.assert_array_equal(frame.energy, seen[k].energy)
        assert frame.t == seen[k].t


def test_an_advance_from_the_past_starts_a_new_branch_and_forgets_the_old_future():
    sim = run()
    sim.advance(200)
    sim.goto(50)
    assert sim.furthest == 200 and len(sim.record["k"]) == 201
    sim.dynamics.sigma = 0.1
    sim.advance(10)
    assert sim.furthest == 60 and sim.record["k"][-1] == 60
    with pytest.raises(KeyError, match="dispersion"):
        sim.record["nothing"]


def test_going_beyond_what_is_known_simulates():
    sim, straight = run(), run()
    sim.advance(20)
    sim.goto(5)
    np.testing.assert_array_equal(sim.goto(90).x, straight.advance(90).x)


def test_reset_with_the_same_seed_is_the_same_run():
    sim = run()
    first = sim.advance(50)
    sim.reset()
    assert sim.k == 0 and len(sim.record["k"]) == 1
    np.testing.assert_array_equal(sim.advance(50).x, first.x)


def test_a_failed_reset_leaves_the_run_as_it_was():
    sim = run()
    frame = sim.advance(10)
    sim.swarm.initial = "box"
    with pytest.raises(ValueError, match="low"):
        sim.reset()
    assert sim.k == 10
    np.testing.assert_array_equal(sim.frame.x, frame.x)


def test_divergence_names_step_and_agent_and_stands_at_the_last_finite_step():
    sim = run(dt=3.0)
    with pytest.raises(sv.Diverged, match=r"diverged at step \d+: F of agent \d+") as caught:
        sim.advance(100_000)
    error = caught.value
    assert sim.k == error.step - 1 == sim.record["k"][-1]
    assert np.isfinite(sim.frame.energy).all()
    again = run(dt=3.0)
    with pytest.raises(sv.Diverged) as caught:
        for _ in range(10_000):
            again.advance(7)
    assert (caught.value.step, caught.value.agent) == (error.step, error.agent)
    sim.dynamics.dt = 0.05
    sim.reset()
    assert sim.advance(10).k == 10


def test_apply_shows_the_present_landscape_without_a_step_and_changes_nothing_that_follows():
    sim, plain = run(), run()
    sim.advance(10), plain.advance(10)
    sim.landscape = plain.landscape = sv.landscapes.Ackley()
    frame = sim.apply()
    np.testing.assert_array_equal(frame.energy, sv.landscapes.Ackley().values(frame.x))
    assert frame.k == 10
    np.testing.assert_array_equal(sim.advance(10).x, plain.advance(10).x)
    assert sim.record["best"][-1] == plain.record["best"][-1]


def test_the_best_value_is_of_the_present_landscape():
    sim = run()
    sim.advance(50)
    sim.landscape = sv.landscapes.Himmelblau()
    sim.advance(1)
    assert sim.record["best"][-1] <= sim.record["minimum"][-1]
    assert sim.record["best"][-1] in (*sim.record["minimum"][-2:], sim.landscape.values(sim.goto(50).x).min())


def test_a_landscape_or_dynamics_that_does_not_fit_is_refused_and_the_run_goes_on():
    sim = sv.Simulation(sv.CBO(), RASTRIGIN, sv.Swarm(n=10, d=3))
    sim.advance(5)
    sim.landscape = sv.landscapes.Himmelblau()
    with pytest.raises(ValueError, match="d = 3"):
        sim.advance(1)
    sim.landscape = RASTRIGIN
    sim.dynamics = sv.SSA()
    with pytest.raises(ValueError, match="needs a new Simulation"):
        sim.advance(1)
    sim.dynamics = sv.CBO()
    assert sim.advance(1).k == 6


def test_the_record_stays_bounded_and_keeps_multiples_of_a_growing_interval():
    sim = sv.Simulation(sv.CBO(), RASTRIGIN, sv.Swarm(n=10, d=2, seed=3), record_limit=100)
    full = sv.Simulation(sv.CBO(), RASTRIGIN, sv.Swarm(n=10, d=2, seed=3))
    sim.advance(1000), full.advance(1000)
    k = sim.record["k"]
    assert len(k) <= 100 and k[0] == 0 and len(set(np.diff(k))) == 1
    np.testing.assert_array_equal(sim.record["dispersion"], full.record["dispersion"][k])


def test_snapshots_are_few_and_rewind_stays_exact_in_a_long_run(monkeypatch):
    monkeypatch.setattr(module, "SNAPSHOT_COUNT", 5)
    sim = run()
    early = sim.advance(300)
    sim.advance(5000)
    assert len(sim._snapshots) <= 5
    np.testing.assert_array_equal(sim.goto(300).x, early.x)


def test_what_is_kept_is_reached_without_simulating(monkeypatch):
    monkeypatch.setattr(module, "SNAPSHOT_COUNT", 4)
    sim = run()
    sim.advance(900)
    sim.goto(650)
    monkeypatch.setattr(type(sim.dynamics), "advance", lambda *given: pytest.fail("a step was simulated"))
    assert sim.kept(655) == 650 and sim.kept(0) == 0
    for k in (10, 649, 700, 900):
        assert 0 <= sim.kept(k) <= k
        assert sim.goto(sim.kept(k)).k == sim.kept(k)
    with pytest.raises(ValueError, match="k = -1: must be a whole number ≥ 0"):
        sim.kept(-1)


def test_time_is_counted_from_the_step_at_which_its_step_changed():
    sim = run(dt=0.1)
    sim.advance(10)
    sim.dynamics.dt = 0.25
    sim.advance(4)
    assert sim.t == pytest.approx(2.0)
    np.testing.assert_allclose(sim.record["t"][[9, 10, 11, 14]], [0.9, 1.0, 1.25, 2.0])


def test_a_schedule_that_is_changed_in_place_acts_from_then_on_and_not_on_the_past():
    sim = run(sigma=sv.schedules.Constant(value=1.0))
    seen = sim.advance(40)
    sim.dynamics.sigma.value = 3.0
    later = sim.advance(20)
    assert [entry.k for entry in sim.journal] == [0, 40]
    np.testing.assert_array_equal(sim.goto(40).x, seen.x)
    np.testing.assert_array_equal(sim.goto(60).x, later.x)


def test_parameters_that_no_step_can_be_made_with_leave_the_journal_and_the_known_future_as_they_were():
    sim = run()
    there = sim.advance(40).x.copy()
    for k in (40, 10, 0):
        sim.goto(k)
        sim.dynamics.alpha = sv.schedules.Constant(value=0.0)
        with pytest.raises(ValueError, match="alpha"):
            sim.advance(3)
        assert (sim.k, sim.furthest, len(sim.journal), len(sim.record["k"])) == (k, 40, 1, 41)
        sim.dynamics.alpha = sim.journal[0].dynamics.alpha
    np.testing.assert_array_equal(sim.goto(40).x, there)
    sim.goto(10)
    sim.dynamics.sigma = 0.5
    sim.advance(3)
    assert (sim.furthest, sim.journal.steps) == (13, (0, 10))


LIVE = {"SBGD": "p", "FMC": "sigma"}  # a number to change in mid-run where there is no dt


@pytest.mark.parametrize("name", list(sv.dynamics.ALL))
def test_a_run_that_was_changed_at_birth_and_in_its_course_is_lived_again_bit_for_bit(name):
    """Positions are drawn on the landscape of the birth, even when another one is chosen before the first step."""
    preset = presets.opening(name)
    sim = sv.Simulation(*preset.build())
    live = LIVE.get(name, "dt")
    setattr(sim.dynamics, live, 0.5 * getattr(sim.dynamics, live))
    if sim.frame.node is None:
        sim.landscape = sv.landscapes.Ackley()
    for steps in (0, 7, 20):
        sim.advance(steps)
        setattr(sim.dynamics, live, 1.25 * getattr(sim.dynamics, live))
        sim.apply()
    sim.swarm.seed += 1  # for the next reset: not this run's
    again = sv.Simulation.replay(sim.journal, sim.initial_swarm, sim.k)
    np.testing.assert_array_equal(again.frame.x, sim.frame.x)
    np.testing.assert_array_equal(again.frame.energy, sim.frame.energy)
    for observable in sim.record:
        np.testing.assert_array_equal(again.record[observable], sim.record[observable])
    assert [e.k for e in again.journal] == [e.k for e in sim.journal]
    assert again.t == sim.t
    for k in (5, 0, 26):
        np.testing.assert_array_equal(again.goto(k).x, sim.goto(k).x)


LANDSCAPES = [sv.landscapes.Ackley(), sv.landscapes.StyblinskiTang(), sv.landscapes.Salomon()]
MOVING = [name for name in sv.dynamics.ALL if name != "FiniteSet"]


def moved_at_step_10(name, landscapes, apply):
    """A run that finds other landscapes at step 10, and goes on to step 20 on the last of them."""
    sim = sv.Simulation(sv.dynamics.ALL[name](), RASTRIGIN, sv.Swarm(n=20, d=2, seed=3))
    sim.advance(10)
    for landscape in landscapes:
        sim.landscape = landscape
        if apply:
            sim.apply()
    sim.advance(10)
    return sim


def assert_same_states(one, other):
    for field, mine, its in zip(one._state._fields, one._state, other._state, strict=True):
        if isinstance(mine, np.ndarray | int | float):
            np.testing.assert_array_equal(mine, its, err_msg=field)


@pytest.mark.parametrize("name", MOVING)
def test_landscapes_that_a_paused_run_only_passed_through_leave_no_trace(name):
    """The best value and what agents remember are valued anew on the landscape that stays, as a replay of the journal does it."""
    sim = moved_at_step_10(name, LANDSCAPES, apply=True)
    assert_same_states(sim, moved_at_step_10(name, LANDSCAPES[-1:], apply=False))
    assert_same_states(sim, sv.Simulation.replay(sim.journal, sim.initial_swarm, 20))


@pytest.mark.parametrize("back", ["goto", "retrace"])
@pytest.mark.parametrize("name", MOVING)
def test_a_new_branch_from_the_step_at_which_the_landscape_was_replaced_begins_on_the_new_one(name, back):
    sim = moved_at_step_10(name, LANDSCAPES[-1:], apply=False)
    again = sim.fork()
    getattr(again, back)(10)
    again.landscape = LANDSCAPES[-1].copy()
    again.advance(10)
    assert_same_states(again, sim)
    again.goto(10)
    again.landscape = RASTRIGIN.copy()  # as if nothing had been replaced
    again.advance(10)
    assert_same_states(again, moved_at_step_10(name, [], apply=False))


def test_a_fork_has_the_same_past_and_a_future_of_its_own():
    sim = run()
    sim.advance(300)
    there, record = sim.frame.x.copy(), sim.record["dispersion"].copy()
    other = sim.fork()
    other.dynamics.sigma = 0.3
    other.advance(50)
    np.testing.assert_array_equal(sim.frame.x, there)
    np.testing.assert_array_equal(sim.record["dispersion"], record)
    assert sim.dynamics.sigma == 1 and len(sim.journal) == 1 and len(other.journal) == 2
    sim.advance(50)
    np.testing.assert_array_equal(other.record["dispersion"][:301], record)
    np.testing.assert_array_equal(other.goto(120).x, sim.goto(120).x)
    assert not np.array_equal(other.goto(350).x, sim.goto(350).x)


def test_a_replay_that_takes_no_step_waits_for_nothing():
    sim, asked = run(), []
    again = sv.Simulation.replay(sim.journal, sim.initial_swarm, 0, check=asked.append)
    assert again.k == 0 and not asked


def test_the_swarm_at_the_start_is_also_found_under_its_former_name():
    sim = run()
    assert sim.born is sim.initial_swarm and RunSpec.of(sim).born is RunSpec.of(sim).initial_swarm


def same_frames(one, other):
    """Whether two frames are equal in every field."""
    for field in fields(one):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name), err_msg=field.name)
    return True


@pytest.mark.parametrize("name", list(sv.dynamics.ALL))
def test_a_frame_is_made_once_and_is_that_of_the_state_and_of_the_parameters_that_led_to_it(name):
    sim = sv.Simulation(*presets.opening(name).build())
    live = LIVE.get(name, "dt")

    def checked(sim):
        made = sim._journal.shown_at(sim.k).dynamics.frame(sim._state)
        assert sim.frame is sim.frame and sim.frame is not made and same_frames(sim.frame, made)

    checked(sim)
    sim.advance(20)
    checked(sim)
    sim.goto(7)
    checked(sim)
    setattr(sim.dynamics, live, 0.5 * getattr(sim.dynamics, live))
    checked(sim)
    sim.apply()
    checked(sim)
    if sim.frame.node is None:
        sim.landscape = sv.landscapes.Ackley()
        checked(sim)
        sim.apply()
        checked(sim)
    sim.advance(1)
    checked(sim)
    other = sim.fork()
    checked(other)
    other.advance(3)
    checked(other), checked(sim)
    sim.reset()
    checked(sim)


@pytest.mark.parametrize("name", ["CBO", "SSA", "FiniteSet"])
@pytest.mark.parametrize("steps", [0, 4])
def test_a_run_that_went_back_is_seen_at_step_0_and_at_its_last_as_it_was(name, steps):
    """A change at step 0 counts at once, and one that was applied to the last step is seen there, after going back as before it."""
    sim = sv.Simulation(sv.dynamics.ALL[name](), sv.landscapes.DropWave(), sv.Swarm(n=20, d=1, seed=360))
    sim.advance(steps)
    sim.landscape = sv.landscapes.FiniteSetCurve()
    seen = sim.apply()
    sim.goto(0)
    again = sim.goto(steps)
    for one, other in ((seen, again), (again, RunSpec.of(sim).replay().frame)):
        np.testing.assert_array_equal(one.x, other.x)
        np.testing.assert_array_equal(one.energy, other.energy)
    sim.advance(3)
    if steps == 0:
        np.testing.assert_array_equal(sim.goto(0).energy, seen.energy)


def test_a_change_that_cannot_act_at_the_present_step_is_not_noted():
    """Else the run's own replay would be refused."""
    sim = sv.Simulation(sv.FMC(), sv.landscapes.DiscontinuousIntegrand(), sv.Swarm(n=50, d=1, seed=54))
    sim.advance(5)
    sim.goto(3)
    sim.dynamics.reward = "value"  # which needs F > 0
    with pytest.raises(ValueError, match="must be positive"):
        sim.advance(2)
    assert (sim.k, sim.furthest, len(sim.journal)) == (3, 5, 1), "nor is the future forgotten"
    RunSpec.of(sim).replay()
