"""Two swarms in lock-step, the scrubber, and the hand in the arena: what the session makes of them, without a browser."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import swarmviz as sv
from components.links import budget, permalink
from components.palette import DARK, LIGHT
from components.playback import pane as pane_module
from components.playback.panes import Panes
from components.session import Session
from components.views.arena.mouse_modes import swarm_at, whole_point, with_agent_at
from components.views.base import View
from tests.visit import edit, press, settle, wait


def compare(session, act, value=None):
    session.compare._handle_msg({"act": act, "value": value})
    settle(session)


def standing(session):
    press(session, "pause")
    settle(session)
    return session


def make(**options):
    return sv.Simulation(sv.CBO(**options), sv.landscapes.Rastrigin(), sv.Swarm(n=30, d=2, seed=3))


def panes_of(*sims):
    return Panes([(sim, {}) for sim in sims], lambda place: View())


# ---- the panes -------------------------------------------------------------------------------------------------------------


def test_two_equal_swarms_stay_equal_and_a_changed_one_is_the_run_it_would_be_alone():
    a = make()
    a.advance(40)
    panes = panes_of(a, a.fork())
    panes.advance(7)
    np.testing.assert_array_equal(panes.sims[0].frame.x, panes.sims[1].frame.x)
    panes.replace(panes.runs, active=1)
    changed = sv.CBO(sigma=0.2)
    panes.edit("dynamics", changed)
    panes.advance(20)
    alone = make()
    alone.advance(47)
    alone.dynamics.sigma = 0.2
    alone.advance(20)
    np.testing.assert_array_equal(panes.sims[1].frame.x, alone.frame.x)
    assert [sim.k for sim in panes.sims] == [67, 67]
    assert not np.array_equal(panes.sims[0].frame.x, panes.sims[1].frame.x)


def test_an_edit_waits_in_the_active_pane_as_it_is_and_acts_before_the_next_step():
    panes, part = panes_of(make(), make()), sv.CBO(sigma=0.2)
    panes.edit("dynamics", part)
    assert panes[0].pending["dynamics"] is part and panes[1].pending == {} and panes.sim.dynamics.sigma == 1
    panes.advance(1)
    assert [pane.pending for pane in panes] == [{}, {}] and [sim.dynamics.sigma for sim in panes.sims] == [0.2, 1]
    assert panes.sim.dynamics is not part, "the page's thread and the worker must not share what one of them changes"
    panes.edit("dynamics", sv.CBO(sigma=0.3))
    panes.replace(panes.runs)
    assert [pane.pending for pane in panes] == [{}, {}], "meant for runs that are no longer shown"


@pytest.mark.parametrize("weak", [0, 1])
def test_when_one_swarm_diverges_both_stand_at_the_last_step_that_both_could_take(weak):
    sims = [make(), make()]
    sims[weak].dynamics.param.update(lam=100, dt=10.0)
    panes = panes_of(*sims)
    with pytest.raises(sv.Diverged, match=f"swarm {'AB'[weak]}: the swarm diverged at step") as caught:
        panes.advance(1000)
    assert [sim.k for sim in panes.sims] == [caught.value.step - 1] * 2
    assert all(np.isfinite(sim.frame.energy).all() for sim in panes.sims)


def test_a_parameter_that_one_swarm_refuses_moves_neither():
    panes = panes_of(make(), make())
    panes.advance(5)
    panes.sims[1].dynamics.sigma = sv.schedules.Linear(start=1.0, end=-50.0, duration=1.0)
    with pytest.raises(ValueError, match="sigma"):
        panes.advance(100)
    assert panes.sims[0].k == panes.sims[1].k


def test_a_long_way_is_gone_in_pieces_between_which_others_get_at_the_swarms(monkeypatch):
    monkeypatch.setattr("swarmviz.simulation.PIECE", 60 * 3)  # three steps of 30 agents in the plane
    monkeypatch.setattr("swarmviz.simulation.SNAPSHOT_COUNT", 4)
    panes = panes_of(make(), make(sigma=0.2))
    panes.advance(500)
    stood, goto = [], sv.Simulation.goto

    def watched(sim, k):
        free = []
        other = threading.Thread(target=lambda: free.append(panes.lock.acquire(blocking=False)))
        other.start()
        other.join()
        assert free == [False], "nobody may look at a swarm on its way"
        stood.append(k)
        return goto(sim, k)

    monkeypatch.setattr(sv.Simulation, "goto", watched)
    panes.request_step(487)
    panes.go_to_requested_step()
    assert panes.k == 487 and max(np.diff(stood[2::2])) == 3 and len(stood) > 20
    for sim in panes.sims:
        alone = make(sigma=sim.dynamics.sigma)
        np.testing.assert_array_equal(alone.advance(487).x, sim.frame.x)
    panes.step_back()
    assert panes.k == 486
    monkeypatch.setattr(sv.Simulation, "goto", lambda sim, k: (panes.replace([(make(), {})]), goto(sim, k)))
    panes.request_step(10)
    panes.go_to_requested_step()
    assert panes.k == 0, "the way ends with the swarms that went it"


def test_of_several_wishes_the_newest_counts_and_none_leads_beyond_what_is_known():
    panes = panes_of(make())
    panes.advance(300)
    there = panes.sim.frame.x.copy()
    for k in (10, 20, 30):
        panes.request_step(k)
    panes.go_to_requested_step()
    assert panes.k == 30 and panes.furthest == 300
    panes.request_step(10**9)
    panes.go_to_requested_step()
    assert panes.k == 300
    np.testing.assert_array_equal(panes.sim.frame.x, there)
    panes.request_step(-5)
    panes.go_to_requested_step()
    assert panes.k == 0


# ---- the session -----------------------------------------------------------------------------------------------------------


def test_the_second_swarm_begins_as_the_first_and_both_take_the_same_steps(running):
    standing(running)
    there = running._sim.frame.x.copy()
    compare(running, "start")
    a, b = running.panes.sims
    assert a.k == b.k and len(running.panes) == 2 and running.compare.panes == 2 and running.compare.active == 1
    np.testing.assert_array_equal(b.frame.x, there)
    edit(running, "dynamics.sigma", "0.1")
    for _ in range(3):
        press(running, "step")
    settle(running)
    assert a.k == b.k and a.dynamics.sigma == 1 and b.dynamics.sigma == 0.1
    assert not np.array_equal(a.frame.x, b.frame.x)


def test_titles_frames_and_the_list_say_what_two_swarms_differ_in_and_whose_controls_are_shown(running):
    standing(running)
    figures = lambda: [pane.arena.figure for pane in running.panes]  # noqa: E731
    alone = figures()[0].title.text
    compare(running, "start")
    kinds = f"{running._sim.dynamics.title} on {running._sim.landscape.title}"
    assert [figure.title.text for figure in figures()] == [f"A · {kinds}", f"B · {kinds} · controls"]
    assert running.compare.differences == []
    edit(running, "dynamics.sigma", "0.1")
    assert [figure.title.text for figure in figures()] == ["A\u2002σ = 1", "B\u2002σ = 0.1 · controls"]
    assert [row[0] for row in running.compare.differences] == ["σ"] and running.compare.differences[0][2]
    curves = [DARK.curves, LIGHT.curves][not running._dark][:2]
    assert tuple(figure.outline_line_color for figure in figures()) == curves == tuple(running.compare.colours[:2])
    assert figures()[0].outline_line_width < figures()[1].outline_line_width, "the marked one is seen without colours"
    assert running._export_options()["arena"]["label"] == "B\u2002σ = 0.1"
    compare(running, "show", 0)
    assert [figure.title.text for figure in figures()] == ["A\u2002σ = 1 · controls", "B\u2002σ = 0.1"]
    running.set_dark(not running._dark)
    curves = [DARK.curves, LIGHT.curves][not running._dark][:2]
    assert tuple(figure.outline_line_color for figure in figures()) == curves == tuple(running.compare.colours[:2])
    compare(running, "end")
    assert "label" not in running._export_options().get("arena", {})
    assert figures()[0].title.text == alone and running.compare.differences == []
    assert figures()[0].outline_line_width == 1


def test_an_edit_is_a_difference_before_it_acts_and_while_nothing_changes_none_is_sought():
    first = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=5, d=2))
    panes = panes_of(first, first.fork())
    for pane in panes:
        pane.parts.update(dynamics=pane.sim.dynamics.copy(), landscape=pane.sim.landscape)
    assert panes.differences() == []
    panes.active = 1
    panes[1].parts["dynamics"] = edited = sv.CBO(sigma=0.3)
    panes.edit("dynamics", edited, final=False)
    (found,) = panes.differences()
    assert (found.values[0], found.now) == ("1", ("1", "0.3")) and panes.sims[1].dynamics.sigma == 1
    assert panes.differences() is panes.differences()


def test_controls_show_the_chosen_pane_and_swap_copy_and_end_do_what_they_say(running):
    standing(running)
    compare(running, "start")
    edit(running, "dynamics.sigma", "0.1")
    compare(running, "show", 0)
    assert running.controls.parts["dynamics"].sigma == 1 and running._sim is running.panes.sims[0]
    compare(running, "swap")
    assert [s.dynamics.sigma for s in running.selections] == [0.1, 1] and running.controls.parts[
        "dynamics"
    ].sigma == 0.1
    compare(running, "copy", 1)
    assert [s.dynamics.sigma for s in running.selections] == [1, 1] and running.controls.parts["dynamics"].sigma == 1
    np.testing.assert_array_equal(*(sim.frame.x for sim in running.panes.sims))
    compare(running, "show", 1)
    edit(running, "dynamics.sigma", "0.7")
    compare(running, "end")
    assert len(running.panes.sims) == 1 and running._sim.dynamics.sigma == 0.7 and running.panes.active == 0


def test_four_swarms_take_the_same_steps_with_titles_a_link_and_an_undo_for_all(running):
    standing(running)
    running.side.show("Density")
    for sigma in ("0.1", "0.2", "0.3"):
        compare(running, "start")
        edit(running, "dynamics.sigma", sigma)
    for _ in range(3):
        press(running, "step")
    settle(running)
    sims = running.panes.sims
    assert len({sim.k for sim in sims}) == 1 and len({sim.frame.x.tobytes() for sim in sims}) == 4
    titles = [pane.arena.figure.title.text for pane in running.panes]
    assert titles == ["A\u2002σ = 1", "B\u2002σ = 0.1", "C\u2002σ = 0.2", "D\u2002σ = 0.3 · controls"]
    assert len({(p.arena.figure.x_range.start, p.arena.figure.x_range.end) for p in running.panes}) == 1
    assert [row[1] for row in running.compare.differences] == [["1", "1 → 0.1", "1 → 0.2", "1 → 0.3"]]
    assert len(running.board[0][1]) == 4 and "of-four" in running.board.css_classes
    state = permalink.read(permalink.write(running.links.state()))
    assert [run.now.dynamics.sigma for run in state.runs] == [1, 0.1, 0.2, 0.3]
    assert running.history.row(*sims, active=3)["beside"] == ["B: σ = 1 → 0.1", "C: σ = 1 → 0.2", "D: σ = 1 → 0.3"]
    compare(running, "show", 1)
    compare(running, "remove")
    assert [s.dynamics.sigma for s in running.selections] == [1, 0.2, 0.3] and running.panes.active == 1
    assert "of-three" in running.board.css_classes and running.history.past
    press(running, "undo")
    assert wait(lambda: len(running.panes) == 4)
    assert [s.dynamics.sigma for s in running.selections] == [1, 0.1, 0.2, 0.3]


def test_another_dynamics_beside_the_first_starts_both_with_the_same_swarm(running):
    compare(running, "start")
    edit(running, "dynamics", "BGK")
    assert wait(lambda: type(running.panes.sims[1].dynamics).__name__ == "BGK", 60)
    standing(running)
    press(running, "reset")
    settle(running)
    a, b = running.panes.sims
    assert type(a.dynamics).__name__ == "CBO" and a.k == b.k
    np.testing.assert_array_equal(a.goto(0).x, b.goto(0).x)


def test_the_swarm_of_two_panes_is_one(running):
    standing(running)
    compare(running, "start")
    edit(running, "swarm.n", "37")
    press(running, "reset")
    assert wait(lambda: [sim.frame.n for sim in running.panes.sims] == [37, 37])
    press(running, "seed")
    settle(running)
    assert [sim.swarm.seed for sim in running.panes.sims] == [1, 1]


def test_acts_of_the_comparison_that_make_no_sense_are_ignored(running):
    standing(running)
    sim = running._sim
    for act, value in (("swap", None), ("copy", None), ("end", None), ("show", 1), ("show", "x"), ("steal", None)):
        compare(running, act, value)
    assert running.panes.sims == [sim] and running.compare.panes == 1


def test_the_scrubber_goes_to_a_step_exactly_and_playing_on_starts_a_branch(running):
    standing(running)
    seen = {}
    for _ in range(5):
        press(running, "step")
        settle(running)
        seen[running._sim.k] = running._sim.frame.x.copy()
    last = running._sim.k
    for k in (last - 3, last - 1, last):
        press(running, "goto", k)
        settle(running)
        np.testing.assert_array_equal(running._sim.frame.x, seen[k])
    for nonsense in ("7", None, True, 1.5):
        press(running, "goto", nonsense)
    settle(running)
    assert running._sim.k == last


def test_pictures_are_drawn_of_the_wanted_steps_only(session):
    painted = []
    inner = session.transport._paint
    session.transport._paint = lambda payloads: (painted.append(session.transport.clock.k), inner(payloads))
    press(session, "draw", 7)
    press(session, "speed", 200)
    session.start()
    assert wait(lambda: len(painted) > 8)
    standing(session)
    assert session._sim.k % 7 == 0 and session._sim.k > 0
    assert {k % 7 for k in painted} == {0}
    for nonsense in (0, -1, "x", 1.5, True, 10**9):
        press(session, "draw", nonsense)
    assert session.transport.draw_every == 7


# ---- the hand --------------------------------------------------------------------------------------------------------------


def hand(session, act, handle, *place):
    session.panes[0].arena.on_event(act, handle, np.array(place, float))
    settle(session)


def test_a_click_means_nothing_until_a_mode_is_chosen(running):
    standing(running)
    sim = running._sim
    hand(running, "clicked", -1, 1.0, 2.0)
    assert running._sim is sim


def test_a_click_places_the_swarm(running):
    running.choices.mouse.buttons.value = "swarm"
    hand(running, "clicked", -1, 3.0, -2.0)
    assert wait(lambda: running._sim.swarm.initial == "gaussian")
    standing(running)
    start = running._sim.goto(0)
    assert np.abs(start.x.mean(axis=0) - [3, -2]).max() < 5 * running._sim.swarm.spread / np.sqrt(start.n)
    assert running.controls.parts["swarm"].centre == (3.0, -2.0)


def test_clicks_place_agents_one_by_one_and_the_run_waits(running):
    running.choices.mouse.buttons.value = "agents"
    places = [(1.0, 2.0), (-3.0, 0.5), (9.0, 0.0)]
    for i, place in enumerate(places):
        hand(running, "clicked", -1, *place)
        assert wait(lambda i=i: len(running._sim.swarm.points or ()) == i + 1)
    settle(running)
    assert running._sim.k == 0 and not running.transport.playing
    np.testing.assert_allclose(running._sim.frame.x, [(1, 2), (-3, 0.5), (5.12, 0)])


def test_a_well_is_dragged_while_the_swarm_runs_and_can_be_added_and_removed(running):
    edit(running, "landscape", "GaussianMixture")
    settle(running)
    assert len(running._sim.landscape.handles(2)) == 4
    k = running._sim.k
    hand(running, "dragged", 2, 0.0, 1.0)
    hand(running, "dropped", 2, 0.5, 1.5)
    assert wait(lambda: tuple(running._sim.landscape.handles(2)[2]) == (0.5, 1.5))
    assert running._sim.k >= k, "a drag does not restart"
    running.choices.mouse.buttons.value = "wells"
    hand(running, "clicked", -1, 4.0, 4.0)
    assert wait(lambda: len(running._sim.landscape.handles(2)) == 5)
    for left in (4, 3, 2, 1):
        hand(running, "clicked", 0, 0.0, 0.0)
        assert wait(lambda left=left: len(running._sim.landscape.handles(2)) == left)
    hand(running, "clicked", 0, 0.0, 0.0)
    assert "between 1 and" in running.bar.message["text"]


def test_a_click_in_a_slice_keeps_the_other_coordinates():
    rosenbrock = sv.landscapes.ALL["Rosenbrock"]()
    swarm = swarm_at(sv.Swarm(n=10, d=5), rosenbrock, np.array([0.5, -0.25]))
    assert swarm.centre == (0.5, -0.25, 1, 1, 1)
    assert whole_point(np.array([1e9]), sv.landscapes.Rastrigin(), 1) == [5.12]
    assert with_agent_at(sv.Swarm(n=50, d=1), sv.landscapes.Rastrigin(), np.array([1.0])).n == 2


def test_an_arena_that_is_kept_for_the_next_comparison_has_the_colours_of_the_theme(running):
    """B's arena was light in a dark page when the theme had changed between two comparisons."""
    compare(running, "start")
    compare(running, "end")
    running.set_dark(True)
    compare(running, "start")
    for pane in running.panes:
        assert pane.arena.figure.title.text_color == DARK.ink, pane.arena.label


# ---- links and exports of both -----------------------------------------------------------------------------------------------


def test_a_link_holds_both_swarms_and_reopens_them_at_their_step(running):
    standing(running)
    compare(running, "start")
    edit(running, "dynamics.sigma", "0.1")
    for _ in range(3):
        press(running, "step")
    settle(running)
    press(running, "draw", 5)
    press(running, "copy")
    link = running.bar.copied["link"].removeprefix("?s=")
    again = Session(link)
    try:
        again.start()
        settle(again)
        assert wait(lambda: again.panes.k == running.panes.k) and not again.transport.playing
        for new, old in zip(again.panes.sims, running.panes.sims, strict=True):
            np.testing.assert_array_equal(new.frame.x, old.frame.x)
        assert [s.dynamics.sigma for s in again.selections] == [1, 0.1]
        assert again.compare.panes == 2 and len(again.board[0][1]) == 2
        assert again.transport.draw_every == again.bar.draw == 5
    finally:
        again.close()


# ---- pictures ----------------------------------------------------------------------------------------------------------------------


def test_the_pictures_that_are_offered_follow_the_run(running):
    standing(running)
    offered = running.exports
    assert offered.views == ["arena", "density", "curves"]
    for name, more in (("PSO", ["phase"]), ("FiniteSet", ["occupation"]), ("CBO", [])):
        running.controls.form._handle_msg({"name": "dynamics", "value": name, "final": True})
        settle(running)
        assert offered.views == ["arena", "density", "curves", *more]
    compare(running, "start")
    assert offered.views == ["arena", "density", "curves", "comparison"]
    compare(running, "end")
    assert offered.views == ["arena", "density", "curves"]


def test_a_picture_of_a_comparison_is_asked_of_both_at_the_same_step_and_of_the_view_as_it_is_seen(running):
    standing(running)
    compare(running, "start")
    edit(running, "dynamics.sigma", "0.25")
    a, b = running.exports._pair()
    assert (a.now.dynamics.sigma, b.now.dynamics.sigma) == (1, 0.25) and a.k == b.k
    assert running.exports._run().now.dynamics.sigma == 0.25, "the active pane's"
    running.side.views["Density"].bins, running.side.views["Density"].kde = 60, False
    label = {"label": "B\u2002σ = 0.25"}
    assert running.exports._look() == {"arena": label, "density": {"bins": 60, "smooth": False}}


# ---- a journal that stays bounded ------------------------------------------------------------------------------------------


def dragged(panes, steps, values=lambda i: 0.5 + (i % 997) / 1000):
    """A slider that is moved with every step, and let go in the end."""
    for i in range(steps):
        panes.edit("dynamics", sv.CBO(sigma=values(i)), final=i == steps - 1)
        panes.advance(1)


def test_a_short_drag_acts_with_every_step():
    panes = panes_of(make())
    dragged(panes, 60)
    assert panes.sim.journal.steps == (0, *range(60)), "the values at the start, and those of every step"


def test_a_drag_of_an_hour_is_a_journal_that_a_link_may_have_and_the_run_is_what_it_says(monkeypatch):
    monkeypatch.setattr(pane_module, "DOUBLES_EVERY", 10)  # as a hundred, in a hundredth of the time
    panes = panes_of(make())
    dragged(panes, 1080)
    sim = panes.sim
    assert 50 < len(sim.journal) <= 100, "an hour of 30 steps a second is 108 000 steps, ten doublings as well"
    assert sim.journal[-1].k == 1079 and sim.dynamics.sigma == 0.5 + (1079 % 997) / 1000, "where it is let go counts"
    again = sv.Simulation.replay(sim.journal, sim.initial_swarm, sim.k)
    np.testing.assert_array_equal(again.frame.x, sim.frame.x)


def test_so_many_changes_as_a_link_may_hold_are_an_hour_of_dragging():
    steps, count = 0, 1
    while count < budget.MAX_CHANGES:
        steps += pane_module.drag_spacing(count)
        count += 1
    assert steps > 3600 * 25


def test_a_drag_of_a_swarm_that_stands_acts_at_once_and_is_one_change(monkeypatch):
    monkeypatch.setattr(pane_module, "DOUBLES_EVERY", 1)
    panes = panes_of(make())
    dragged(panes, 5)
    panes.advance(1)  # too soon for a drag that goes on
    count = len(panes.sim.journal)
    for sigma in (0.1, 0.2, 0.3):
        panes.edit("dynamics", sv.CBO(sigma=sigma), final=False)
        panes.apply_edits()
        assert panes.sim.journal[-1].dynamics.sigma == sigma and len(panes.sim.journal) == count + 1


def test_a_drag_that_waits_leaves_the_known_future_alone(monkeypatch):
    monkeypatch.setattr(pane_module, "DOUBLES_EVERY", 1)
    panes = panes_of(make())
    dragged(panes, 5)
    panes.advance(30)
    panes.sims[0].goto(6)
    panes.edit("dynamics", sv.CBO(sigma=3.0), final=False)
    panes.advance(1)
    assert (panes.k, panes.furthest) == (7, 35) and panes.current.pending


@pytest.mark.parametrize("part", [sv.CBO(sigma=0.1), sv.landscapes.Ackley()], ids=["dynamics", "landscape"])
def test_a_change_too_many_is_refused_and_the_run_goes_on_as_it_was(part):
    refused = []

    def check(count, part):
        if count >= 4:
            raise ValueError("no more")

    sim = make()
    panes = Panes([(sim, {})], lambda place: View(), edit_failed=lambda *said: refused.append(said), check_change=check)
    dragged(panes, 3)
    values, landscape = sim.dynamics.values_now(), sim.landscape
    prefix = "dynamics" if isinstance(part, sv.CBO) else "landscape"
    panes.edit(prefix, part)
    panes.advance(5)
    assert [(name, what, str(error)) for name, what, error in refused] == [(prefix, part, "no more")]
    assert len(sim.journal) == 4 and sim.k == 8 and sim.dynamics.values_now() == values and sim.landscape is landscape
    panes.edit(prefix, part)
    panes.apply_edits()
    assert len(refused) == 2 and len(sim.journal) == 4
