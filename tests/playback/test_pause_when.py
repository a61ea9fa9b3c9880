"""Runs pause exactly where an event happens or a condition begins to hold, in whichever pane, and go on to the next."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from components.playback.panes import Panes
from components.playback.pause_at import PauseAt
from components.playback.pause_when import MOST_CONDITIONS, PauseWhen
from components.playback.watch import Watch
from components.views.base import View
from swarmviz.events import MOST_EVENTS
from swarmviz.lessons.conditions import condition
from tests.test_events import RUNS, STEPS, run_of


def panes_of(*sims, when=()):
    panes = Panes([(sim, {}) for sim in sims], lambda place: View())
    panes.pause_when = PauseWhen(when)
    return panes


def pauses(panes, batch, end):
    """The steps at which the runs pause on the way to step ``end``, and why."""
    found = []
    while panes.k < end:
        if why := panes.advance(min(batch, end - panes.k)):
            found.append((panes.k, why))
    return found


def kinds(name):
    return [kind.name for kind in RUNS[name][0].events]


@pytest.mark.parametrize("batch", [1, 7, 1000])
@pytest.mark.parametrize("name", RUNS)
def test_a_run_pauses_at_every_step_with_an_event_and_stands_there_as_it_was_lived(name, batch):
    straight = run_of(name)
    straight.advance(STEPS)
    steps = sorted({event.k for event in straight.events if event.k})
    panes = panes_of(run_of(name), when=kinds(name))
    found = pauses(panes, batch, STEPS)
    assert [k for k, _ in found] == steps != []
    for k, why in found:
        titles = [event.kind.title for event in straight.events if event.k == k]
        assert why.startswith(f"Paused at step {k}: ") and all(title in why for title in titles)
    sim, k = panes[0].sim, steps[len(steps) // 2]
    panes.request_step(0)
    panes.go_to_requested_step()
    while panes.k < k:
        panes.advance(batch)
    assert panes.k == k and panes.sims == [sim]
    alone = run_of(name)
    alone.advance(k)
    np.testing.assert_array_equal(sim.frame.x, alone.frame.x)
    np.testing.assert_array_equal(sim.frame.energy, alone.frame.energy)


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_a_condition_pauses_where_it_begins_to_hold_and_at_no_other_step(batch):
    sim = run_of("PSO")
    sim.advance(STEPS)
    values = sim.record["minimum"]
    threshold = float(np.median(values))
    wanted = [k for k in range(1, len(values)) if values[k] < threshold <= values[k - 1]]
    panes = panes_of(run_of("PSO"), when=[f"minimum < {threshold!r}"])
    text = panes.pause_when.texts[0]
    assert [k for k, _ in pauses(panes, batch, STEPS)] == wanted and len(wanted) > 1
    assert text in pauses(panes_of(run_of("PSO"), when=[text]), batch, STEPS)[0][1]


def test_beside_each_other_the_runs_pause_together_where_it_happens_in_one_of_them_which_is_named():
    one, two = run_of("CBO", seed=1), run_of("CBO", seed=2)
    for sim in (one, two):
        sim.advance(STEPS)
    steps = sorted({*one.events.steps("best"), *two.events.steps("best")})
    panes = panes_of(run_of("CBO", seed=1), run_of("CBO", seed=2), when=["best"])
    found = pauses(panes, 50, STEPS)
    assert [k for k, _ in found] == steps and len({sim.k for sim in panes.sims}) == 1
    for k, why in found:
        whose = [name for name, sim in zip("AB", (one, two), strict=True) if k in sim.events.steps("best")]
        assert why == f"Paused at step {k}: new best ({', '.join(whose)})."


def test_events_beyond_those_that_are_kept_pause_a_run_too_also_when_it_is_lived_again():
    sim = sv.Simulation(sv.CBO(sigma=0.0, dt=0.01), sv.landscapes.Sphere(), sv.Swarm(n=50, seed=2))
    sim.advance(700)
    steps = (np.flatnonzero(np.diff(sim.record["best"]) < 0) + 1).tolist()
    assert len(sim.events.steps("best")) == MOST_EVENTS < len(steps)
    sim.retrace(0)
    panes = panes_of(sim, when=["best"])
    assert [k for k, _ in pauses(panes, 500, 700)] == steps


def test_a_change_in_mid_run_pauses_it_once_and_so_does_a_point_of_a_schedule():
    panes = panes_of(run_of("CBO"), when=["changed"])
    assert pauses(panes, 10, 20) == []
    panes.edit("dynamics", sv.CBO(sigma=0.2, alpha=30.0))
    assert panes.advance(10) == "Paused at step 20: parameter changed." and panes.k == 20
    assert pauses(panes, 10, 60) == []
    panes.request_step(0)
    panes.go_to_requested_step()
    assert [k for k, _ in pauses(panes, 50, 60)] == [20], "it is lived again"
    falling = sv.CBO(sigma=sv.schedules.Linear(start=1.0, end=0.1, duration=1.0), dt=0.05)
    panes = panes_of(sv.Simulation(falling, sv.landscapes.Sphere(), sv.Swarm(n=20)), when=["schedule"])
    assert [k for k, _ in pauses(panes, 100, 50)] == [20]


@pytest.mark.parametrize("batch", [1, 100])
def test_what_a_lesson_waits_for_and_a_step_at_which_to_pause_come_in_their_order(batch):
    sim = run_of("CBO")
    sim.advance(STEPS)
    best = [k for k in sim.events.steps("best") if k <= 30]
    panes = panes_of(run_of("CBO"), when=["best"])
    panes.watch, panes.pause_at = Watch([condition("k >= 11", [])], within=300), PauseAt.of("k", 13)
    found = pauses(panes, batch, 30)
    assert [k for k, _ in found] == sorted({*best, 11, 13}) and panes.watch.met == 11


@pytest.mark.parametrize("batch", [1, 7, 256])
def test_an_event_pauses_before_a_divergence_that_comes_in_the_same_batch(batch):
    def diverging():
        return sv.Simulation(sv.CBO(sigma=50.0), sv.landscapes.Rastrigin(), sv.Swarm(n=30, seed=3))

    panes, found = panes_of(diverging(), when=["dispersion > 1e20"]), []
    with pytest.raises(sv.Diverged):
        while True:
            if panes.advance(batch):
                found.append(panes.k)
    values = panes[0].sim.record["dispersion"]
    assert found == [k for k in range(1, len(values)) if values[k] > 1e20 >= values[k - 1]] != []


@pytest.mark.parametrize("batch", [1, 7, 64])
def test_in_a_record_that_is_thinned_the_steps_do_not_depend_on_the_batches(batch):
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=5), record_limit=32)
    panes = panes_of(sim, when=["k >= 17", "k >= 45", "k > 70"])
    assert [k for k, _ in pauses(panes, batch, 100)] == [17, 46, 72]


@pytest.mark.parametrize(
    "wanted, said",
    [
        ("best", "must be a list"),
        (["best"] * (MOST_CONDITIONS + 1), "list of 16"),
        ([7], "must be a text"),
        (["x" * 81], "80 characters"),
        (["bets"], "did you mean 'best'"),
        (["dispersion < nan"], "no finite number"),
        (["__import__('os') < 1"], "must be an observable"),
        (["colour < 1"], "no observable"),
        ([["best"]], "must be a text"),
    ],
)
def test_what_means_nothing_is_refused(wanted, said):
    with pytest.raises(ValueError, match=said):
        PauseWhen(wanted)


def test_a_text_is_kept_once_and_as_it_is_usually_written():
    assert PauseWhen(["k>=5", "best", "k >= 5.0", "best"]).texts == ("best", "k ≥ 5")
