"""Undo and redo: a state comes back to its last bit, a drag is one state, and what is kept is bounded."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import swarmviz as sv
from components.playback import undo as module
from components.playback.undo import MAX_STATES, Stood, Undo
from components.state import VisitState
from swarmviz.replay import RunSpec
from tests.visit import edit, press, settle, wait

# ---- a whole visit ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def standing(running):
    """A visit that stands at a step of at least 20."""
    assert wait(lambda: running._sim.k >= 20)
    press(running, "pause")
    settle(running)
    return running


def state(session):
    sim = session._sim
    return sim.k, sim.furthest, sim.frame.x.copy(), sim.dynamics.copy(), sim.landscape.copy(), sim.initial_swarm


def same(a, b):
    (*steps, x), parts, (*others, y), more = a[:3], a[3:], b[:3], b[3:]
    return (
        steps == others and np.array_equal(x, y) and all(one.same_as(two) for one, two in zip(parts, more, strict=True))
    )


def go(session, act):
    press(session, act)
    settle(session)


def steps(session, count=3):
    for _ in range(count):
        press(session, "step")
    settle(session)


def change_a_parameter(session):
    edit(session, "dynamics.sigma", "0.2")


def choose_another_dynamics(session):
    edit(session, "dynamics", "PSO")
    settle(session)
    press(session, "pause")


def choose_a_preset(session):
    edit(session, "preset", "cbo-no-noise")
    settle(session)
    press(session, "pause")


def choose_another_landscape(session):
    edit(session, "landscape", "Ackley")
    settle(session)
    press(session, "pause")


def reset(session):
    press(session, "reset")


def another_seed(session):
    press(session, "seed")


def place_the_swarm(session):
    session.choices.mouse.buttons._handle_msg("swarm")
    session._use_mouse(0, "clicked", -1, np.array([1.0, 2.0]))


@pytest.mark.parametrize(
    "act",
    [change_a_parameter, choose_another_dynamics, choose_a_preset, choose_another_landscape, reset, another_seed, place_the_swarm],
    ids=lambda act: act.__name__,
)  # fmt: skip
def test_what_was_done_is_undone_and_done_again_to_the_last_bit(standing, act):
    before = state(standing)
    assert not standing.bar.can_undo
    act(standing)
    settle(standing)
    steps(standing)
    after = state(standing)
    assert standing.bar.can_undo and not standing.bar.can_redo
    go(standing, "undo")
    assert same(state(standing), before) and not standing.transport.playing
    assert standing.controls.parts["dynamics"].same_as(before[3])
    assert f"Undone: the run stands at step {before[0]}." in standing.bar.message["text"]
    assert not standing.bar.can_undo and standing.bar.can_redo
    go(standing, "redo")
    assert same(state(standing), after)
    assert standing.bar.can_undo and not standing.bar.can_redo


def test_a_slider_that_is_dragged_while_the_swarm_moves_is_one_state(running):
    for i in range(30):
        running.controls.form._handle_msg({"name": "dynamics.sigma", "value": 0.5 + i / 100, "final": i == 29})
        k = running._sim.k
        assert wait(lambda k=k: running._sim.k > k)
    press(running, "pause")
    settle(running)
    first = running._sim.journal[1].k
    assert len(running._sim.journal) > 5
    go(running, "undo")
    assert (running._sim.k, running._sim.dynamics.sigma, len(running._sim.journal)) == (first, 1.0, 1)
    assert not running.bar.can_undo
    x = running._sim.frame.x.copy()
    again = sv.Simulation(
        running._sim.dynamics.copy(), running._sim.landscape.copy(), running._sim.initial_swarm.copy()
    )
    assert np.array_equal(again.advance(first).x, x)


def test_an_edit_in_the_past_that_is_undone_leaves_the_step_and_all_that_was_known_beyond_it(standing):
    furthest = standing._sim.furthest
    press(standing, "goto", 10)
    settle(standing)
    before = state(standing)
    assert before[:2] == (10, furthest)
    edit(standing, "dynamics.sigma", "0.2")
    settle(standing)
    steps(standing)
    go(standing, "undo")
    assert same(state(standing), before) and standing._sim.retraces


def test_a_slider_that_is_dragged_in_the_past_is_one_state(standing):
    press(standing, "goto", 10)
    settle(standing)
    before = state(standing)
    for value, final in ((0.9, False), (0.5, False), (0.3, True)):
        standing.controls.form._handle_msg({"name": "dynamics.sigma", "value": value, "final": final})
        settle(standing)
    assert standing._sim.dynamics.sigma == 0.3 and standing._sim.furthest == 10
    go(standing, "undo")
    assert same(state(standing), before), "what the slider passed on its way is no state to go back to"
    assert not standing.bar.can_undo


def test_playing_on_going_back_and_looking_at_something_else_are_nothing_to_undo(standing):
    for act, value in (("step", None), ("back", None), ("goto", 5), ("speed", 10.0), ("draw", 2), ("stop", "never")):
        press(standing, act, value)
        settle(standing)
    standing.curves.choose(0, "dispersion")
    assert not standing.bar.can_undo and not standing.bar.can_redo
    k = standing._sim.k
    go(standing, "undo")
    go(standing, "redo")
    assert standing._sim.k == k


def test_several_are_undone_in_turn_while_the_first_is_still_being_replayed(standing):
    before = state(standing)
    for sigma in ("0.2", "0.3", "0.4"):
        edit(standing, "dynamics.sigma", sigma)
        settle(standing)
        steps(standing, 1)
    after = state(standing)
    for _ in range(3):
        press(standing, "undo")
    settle(standing)
    assert same(state(standing), before) and not standing.bar.can_undo
    for _ in range(3):
        press(standing, "redo")
    settle(standing)
    assert same(state(standing), after) and not standing.bar.can_redo


def test_another_edit_after_an_undo_forgets_what_was_undone_but_the_list_of_runs_does_not(standing):
    edit(standing, "dynamics.sigma", "0.2")
    settle(standing)
    steps(standing)
    k = standing._sim.k
    go(standing, "undo")
    assert [row["step"] for row in standing.history.pane.rows] == [k]
    edit(standing, "dynamics.sigma", "0.7")
    settle(standing)
    assert standing.bar.can_undo and not standing.bar.can_redo
    go(standing, "undo")
    assert standing._sim.dynamics.sigma == 1.0


def test_an_edit_that_is_taken_back_is_nothing_to_undo(standing):
    edit(standing, "landscape.formula", "x")  # no such row
    edit(standing, "dynamics.sigma", "-3")
    settle(standing)
    assert not standing.bar.can_undo


def test_a_second_swarm_is_undone(standing):
    standing.choices.compare("start", None)
    edit(standing, "dynamics.sigma", "0.2")
    settle(standing)
    steps(standing)
    go(standing, "undo")
    assert [sim.dynamics.sigma for sim in standing.panes.sims] == [1.0, 1.0]
    go(standing, "undo")
    assert not standing.panes.comparing and not standing.bar.can_undo


# ---- what is kept ----------------------------------------------------------------------------------------------------------


class Visit:
    """Runs that are replaced at once, or refused."""

    def __init__(self):
        self.spec, self.k, self.refuse, self.late = spec(0), 5, False, []
        self.bar = SimpleNamespace(param=SimpleNamespace(update=lambda **news: self.__dict__.update(news)))
        self.undo = Undo(self.bar, self.look, self.restore, lambda: "")
        self.undo.note()

    def look(self):
        return Stood(VisitState((self.spec._replace(k=self.k),), 30.0), self.k)

    def restore(self, state, stand, *, remember):
        if self.refuse:
            self.undo.refused()
            return
        remember()
        self.undo.replacing()
        self.spec, self.k = state.runs[0], stand
        self.undo.note()

    def replace(self, seed):
        self.undo.replacing()
        self.spec, self.k = spec(seed), 0
        self.undo.note()


def spec(seed):
    return RunSpec.at_start(sv.CBO(), sv.landscapes.Ackley(), sv.Swarm(n=5, seed=seed))


def test_no_more_than_so_many_states_are_kept():
    visit = Visit()
    for seed in range(1, MAX_STATES + 20):
        visit.replace(seed)
    count = 0
    while visit.can_undo:
        visit.undo.undo()
        count += 1
    assert count == MAX_STATES == 50 and visit.spec.swarm.seed == 19


def test_states_with_many_changes_are_fewer(monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 3 * 4_000)
    visit = Visit()
    for seed in range(1, 10):
        visit.replace(seed)
    assert len(visit.undo._past) == 3


def test_changes_that_states_share_are_counted_once(monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 11 * 4_000)
    visit = Visit()
    for k in range(6, 16):
        dynamics = sv.CBO(sigma=k / 10)
        visit.spec = visit.spec._replace(
            journal=visit.spec.journal.with_change(k, dynamics, visit.spec.journal[0].landscape)
        )
        visit.k = k + 1
        visit.undo.note()
    assert len(visit.undo._past) == 10, "ten states of eleven changes in all"


def test_a_state_that_cannot_be_shown_stays_where_it_was():
    visit = Visit()
    visit.replace(1)
    visit.replace(2)
    visit.undo.undo()
    assert visit.spec.swarm.seed == 1
    visit.refuse = True
    visit.undo.undo()
    visit.undo.redo()
    assert visit.spec.swarm.seed == 1 and visit.can_undo and visit.can_redo and not visit.undo.going
    visit.refuse = False
    visit.undo.undo()
    assert visit.spec.swarm.seed == 0 and not visit.can_undo


def test_an_edit_and_its_contrary_at_one_step_leave_nothing_to_undo():
    """A landscape that was refused by the running swarm, for example."""
    visit = Visit()
    before = visit.spec
    visit.spec = before._replace(journal=before.journal.with_change(5, sv.CBO(sigma=0.1), before.journal[0].landscape))
    visit.undo.note()
    assert visit.can_undo
    visit.spec = before
    visit.undo.note()
    assert not visit.can_undo
