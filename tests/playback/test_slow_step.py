"""The slow step: what is shown is the step that is taken, stage by stage, and the run knows nothing of it."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import swarmviz as sv
from components.playback import slow_step
from components.playback.panes import Panes
from components.playback.slow_step import Mode, SlowStep
from components.views.base import View
from swarmviz.drawing.step import step_picture
from tests.visit import edit, press, settle, wait


@pytest.fixture(autouse=True)
def _patience(monkeypatch):
    """On a busy machine fewer agents would be shown."""
    monkeypatch.setattr(slow_step, "MOST_S", 1e6)


def make(name="CBO", n=30, d=2, **options):
    return sv.Simulation(sv.dynamics.ALL[name](**options), sv.landscapes.Rastrigin(), sv.Swarm(n=n, d=d, seed=3))


def walking(*sims):
    """Panes of these runs, and the slow step of them, before its first stage."""
    panes = Panes([(sim, {}) for sim in sims], lambda place: View())
    slow = SlowStep(panes)
    slow.mode = Mode.WALKING
    return panes, slow


def shown(slow):
    """What is shown of every run: the stages and the place of the newest."""
    return [(len(look.picture.stages), look.stage) for look in slow.looks()]


# ---- stage by stage --------------------------------------------------------------------------------------------------------


def test_the_terms_come_one_after_the_other_then_the_step_is_taken_and_the_run_is_what_it_would_have_been():
    panes, slow = walking(make())
    seen = []
    for _ in range(7):
        turn = slow.turn
        assert slow.advance() == "" and slow.turn > turn
        slow.refresh()
        seen.append((panes.k, *shown(slow)[0]))
    assert seen == [(0, 2, 0), (0, 2, 1), (1, 2, 2), (1, 2, 0), (1, 2, 1), (2, 2, 2), (2, 2, 0)]
    alone = make()
    np.testing.assert_array_equal(panes.sim.frame.x, alone.advance(2).x)
    assert [len(sim.record["dispersion"]) for sim in (panes.sim, alone)] == [3, 3]
    assert len(panes.sim.journal) == 1 and panes.sim.evaluations == alone.evaluations
    panes.step_back()
    np.testing.assert_array_equal(panes.sim.frame.x, alone.goto(1).x)


def test_what_is_shown_is_the_step_that_is_taken():
    panes, slow = walking(make("PSO"))
    for _ in range(30):
        slow.advance()
        (look,), before = slow.looks(), panes.k
        if look.stage == 0:
            terms = list(panes.sim.explain_each(range(30)))
            for stage in look.picture.stages:
                for agent, way in zip(stage.agents.tolist(), stage.ways, strict=True):
                    assert any((way == own).all() for own in step_picture(terms[agent], 0.0).ways)
        assert panes.k == before
    assert panes.k >= 4


def test_swarms_with_other_terms_are_shown_at_one_pace_and_step_together():
    panes, slow = walking(make("CBO"), make("PSO"))
    panes.advance(3)
    slow.advance()
    (cbo, first), (pso, _) = shown(slow)
    assert (cbo, first) == (2, 0) and pso > cbo
    for stage in range(1, pso):
        slow.advance()
        assert [at for _, at in shown(slow)] == [stage] * 2 and panes.k == 3
    slow.advance()
    assert [sim.k for sim in panes.sims] == [4, 4]


@pytest.mark.parametrize("options, stages", [({"lam": 0.0, "sigma": 0.0}, 0), ({"sigma": 0.0}, 1), ({}, 2)])
def test_a_swarm_of_which_little_or_nothing_is_to_be_seen_steps_at_the_same_pace(options, stages):
    panes, slow = walking(make(**options))
    steps = []
    for _ in range(7):
        slow.advance()
        steps.append(panes.k)
        assert shown(slow)[0][0] == stages
    assert steps == [0, 0, 1, 1, 1, 2, 2]


def test_on_known_steps_what_was_lived_is_shown_and_the_future_stays():
    sim = make()
    sim.advance(3)
    sim.dynamics.sigma = 0.2
    sim.advance(3)
    lived = [sim.goto(k).x.copy() for k in range(7)]
    sim.retrace(2)
    panes, slow = walking(sim)
    for k in (2, 3, 4):
        slow.advance()
        (look,) = slow.looks()
        ends = lived[k].copy()
        for stage in look.picture.stages:
            ends[stage.agents] = stage.ways[:, 2:]
        np.testing.assert_allclose(ends, lived[k + 1], rtol=0, atol=1e-12)
        slow.advance()
        slow.advance()
    assert panes.k == 5 and sim.furthest == 6


# ---- what is edited, held, replaced ----------------------------------------------------------------------------------------


def test_an_edit_acts_on_the_step_that_is_shown_which_is_explained_anew_at_its_stage():
    panes, slow = walking(make())
    slow.advance()
    slow.advance()
    (before,) = slow.looks()
    panes.edit("dynamics", sv.CBO(sigma=0.5))
    slow.advance()
    (after,) = slow.looks()
    assert panes.k == 0 and after.stage == before.stage == 1
    lengths = [look.picture.stages[1].ways[:, 2:] - look.picture.stages[1].ways[:, :2] for look in (before, after)]
    np.testing.assert_allclose(lengths[1], 0.5 * lengths[0], atol=1e-12)
    slow.advance()
    alone = make(sigma=0.5)
    assert panes.k == 1
    np.testing.assert_array_equal(panes.sim.frame.x, alone.advance(1).x)


def test_an_edit_while_it_is_held_is_shown():
    panes, slow = walking(make())
    slow.advance()
    slow.mode = Mode.HELD
    turn = slow.turn
    slow.refresh()
    assert slow.turn == turn and shown(slow) == [(2, 0)]
    panes.edit("dynamics", sv.CBO(lam=3.0))
    panes.apply_edits()
    slow.refresh()
    (look,) = slow.looks()
    assert look.stage == 0
    drift = look.picture.stages[0].ways
    np.testing.assert_allclose(drift[:, 2:] - drift[:, :2], 3 * _drift(make()), atol=1e-12)


def _drift(sim):
    """The drift of every agent that has one."""
    return np.array([terms[2].value for terms in sim.explain_each(range(30)) if (terms[2].value != 0).any()])


def test_what_is_held_goes_when_the_run_moves_or_another_is_shown():
    panes, slow = walking(make())
    slow.advance()
    slow.mode = Mode.HELD
    panes.advance(1)
    slow.refresh()
    assert slow.looks() == []
    slow.mode = Mode.WALKING
    slow.advance()
    panes.replace([(make(), {})])
    slow.refresh()
    assert slow.looks() == []
    slow.advance()
    assert shown(slow) == [(2, 0)] and panes.k == 0
    slow.mode = Mode.OFF
    slow.refresh()
    assert slow.looks() == []


def test_a_step_that_cannot_be_taken_shows_nothing_and_says_why():
    panes, slow = walking(make())
    panes.sim.dynamics.sigma = sv.schedules.Linear(start=-1.0, end=-1.0, duration=1.0)
    slow.advance()
    assert shown(slow) == [(0, 0)] and slow.advance() == ""
    with pytest.raises(ValueError, match="sigma"):
        slow.advance()
    assert panes.k == 0


# ---- what it costs -----------------------------------------------------------------------------------------------------------


def test_of_a_large_swarm_so_many_agents_are_explained_the_chosen_one_among_them():
    _, slow = walking(make(n=1000))
    slow.agent = 777
    slow.advance()
    (look,) = slow.looks()
    agents = set(look.picture.stages[0].agents.tolist())
    assert look.picture.note == "200 of 1,000 agents" and len(agents) <= 200 and 777 in agents


def test_where_explaining_takes_long_fewer_are_shown_and_one_at_least(monkeypatch):
    monkeypatch.setattr(slow_step, "MOST_S", 0.0)
    _, slow = walking(make())
    slow.agent = 5
    slow.advance()
    (look,) = slow.looks()
    assert look.picture.note == "1 of 30 agents" and look.picture.stages[0].agents.tolist() == [5]


def test_nobody_waits_for_the_swarms_while_their_step_is_explained(monkeypatch):
    panes, slow = walking(make())
    free, explain = [], sv.Simulation.explain_each

    def watched(sim, agents):
        other = threading.Thread(target=lambda: free.append(panes.lock.acquire(blocking=False)))
        other.start()
        other.join()
        return explain(sim, agents)

    monkeypatch.setattr(sv.Simulation, "explain_each", watched)
    slow.advance()
    assert free == [True]


# ---- on the page -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def standing(running, monkeypatch):
    """A visit whose swarm stands at step 2, with stages that are soon over."""
    monkeypatch.setattr("components.playback.player.STAGE_S", 0.02)
    press(running, "pause")
    settle(running)
    press(running, "reset")
    settle(running)
    for _ in range(2):
        press(running, "step")
        settle(running)
    assert running.panes.k == 2
    return running


def text(session):
    """What the arena says of the stage, "" where it says nothing."""
    (arrows,) = session.panes.arenas[0]._stages.values()
    return arrows.text.text if arrows.text.visible else ""


def test_the_button_begins_with_the_first_term_and_pause_leaves_the_terms_in_sight(standing):
    press(standing, "slow")
    assert standing.bar.slow == "walking" and standing.bar.playing and standing.transport.playing
    assert wait(lambda: standing.panes.k >= 4)
    press(standing, "pause")
    settle(standing)
    k = standing.panes.k
    assert standing.bar.slow == "held" and not standing.bar.playing and not standing.transport.playing
    alone = sv.Simulation.replay(standing.panes.sim.journal, standing.panes.sim.initial_swarm, k)
    np.testing.assert_array_equal(standing.panes.sim.frame.x, alone.frame.x)
    press(standing, "back")
    settle(standing)
    assert standing.panes.k == k - 1 and standing.bar.slow == "" and standing.slow.looks() == []
    np.testing.assert_array_equal(standing.panes.sim.frame.x, alone.goto(k - 1).x)
    assert wait(lambda: text(standing) == "")


def test_the_speed_that_was_chosen_stays_and_comes_back_with_play(standing):
    press(standing, "speed", 12)
    press(standing, "draw", 3)
    press(standing, "slow")
    settle(standing)
    assert (standing.transport.speed, standing.transport.draw_every, standing.bar.speed) == (12, 3, 12)
    assert standing.links.state().speed == 12
    press(standing, "play")
    assert standing.transport.stages is None and standing.bar.slow == "" and standing.transport.playing
    press(standing, "slow")
    press(standing, "speed", 9)
    assert standing.bar.slow == "" and standing.transport.playing and standing.transport.speed == 9


@pytest.mark.parametrize("act, value", [("step", None), ("back", None), ("goto", 0), ("play", None)])
def test_what_moves_the_swarm_otherwise_ends_it(standing, act, value):
    press(standing, "slow")
    assert wait(lambda: standing.slow.looks())
    press(standing, act, value)
    settle(standing)
    assert standing.bar.slow == "" and standing.slow.mode is Mode.OFF and standing.transport.stages is None
    assert wait(lambda: text(standing) == "")


def test_escape_lets_go_of_what_is_held_and_of_nothing_else(standing):
    press(standing, "slow", False)
    assert standing.bar.slow == "" and not standing.bar.playing
    press(standing, "slow")
    assert wait(lambda: standing.slow.looks())
    press(standing, "slow", False)
    assert standing.bar.slow == "walking"
    while standing.panes.k == 2 or text(standing).startswith("where"):
        settle(standing)
    press(standing, "slow")
    settle(standing)
    assert standing.bar.slow == "held"
    press(standing, "slow", False)
    settle(standing)
    assert standing.bar.slow == "" and wait(lambda: text(standing) == "")


def test_a_slider_acts_on_the_step_that_is_shown(standing):
    press(standing, "slow")
    assert wait(lambda: standing.panes.k >= 3)
    edit(standing, "dynamics.sigma", 0.25)
    assert wait(lambda: standing.panes.sim.journal[-1].dynamics.sigma == 0.25)
    changed = standing.panes.sim.journal[-1].k
    assert wait(lambda: standing.panes.k >= changed + 2) and standing.bar.slow == "walking"
    press(standing, "pause")
    settle(standing)
    sim = standing.panes.sim
    np.testing.assert_array_equal(sim.frame.x, sv.Simulation.replay(sim.journal, sim.initial_swarm, sim.k).frame.x)


def test_a_run_that_pauses_by_itself_ends_it(standing):
    press(standing, "stop", ["k", "4"])
    press(standing, "slow")
    assert wait(lambda: not standing.transport.playing)
    settle(standing)
    assert standing.panes.k == 4 and wait(lambda: standing.bar.slow == "") and not standing.bar.playing


def test_another_run_is_shown_from_its_first_step_in_the_same_way(standing):
    press(standing, "slow")
    assert wait(lambda: standing.panes.k >= 3)
    press(standing, "reset")
    settle(standing)
    assert standing.bar.slow == "walking"
    assert wait(lambda: standing.slow.looks() and standing.slow._explained[0].run is standing.panes.sim)
