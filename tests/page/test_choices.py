"""What leads to other runs: a menu, a button of the comparison, a click in an arena. No thread, and nothing is built."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import swarmviz as sv
from components.controls.heading import parts_of
from components.links import budget
from components.page.choices import Choices
from components.page.compare import with_beside
from components.playback.panes import Panes
from components.state import Selection
from components.views.base import View


class Edits:
    """The edits as far as the mouse needs them."""

    def __init__(self, controls):
        self.controls = controls

    def move_handle(self, landscape, final):
        raise AssertionError("no handle is moved in these tests")


def selection(**swarm):
    return Selection(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=9, **swarm), 30.0)


@pytest.fixture
def made():
    """One pane, and what its choices did."""
    calls, said = [], []
    note = lambda name: lambda *given, **named: calls.append((name, *given, *named.values()))  # noqa: E731
    panes = Panes([(sv.Simulation(*selection()[:3]), parts_of(selection()))], lambda place: View())
    controls = SimpleNamespace(parts=panes.current.parts, show=lambda parts: setattr(controls, "parts", parts))
    edits = Edits(controls)
    replacement = SimpleNamespace(selections=[selection()], choose=note("choose"))
    take_back = lambda text: said.remove(text) if text in said else None  # noqa: E731
    messages = SimpleNamespace(
        say=lambda text, holds=None: said.append(text), warn=said.append, refused=said.append, take_back=take_back
    )
    choices = Choices(
        panes,
        SimpleNamespace(playing=True),
        edits,
        replacement,
        messages,
        keep=lambda: note("kept"),
        show_runs=lambda runs, active: panes.replace(runs, active),
        show_comparison=note("comparison"),
        done=note("done"),
        check_size=budget.check_swarm_size,
    )
    return SimpleNamespace(
        choices=choices, panes=panes, calls=calls, said=said, controls=controls, replacement=replacement
    )


def names(calls):
    return [name for name, *_ in calls]


def test_a_choice_of_a_menu_is_built_and_one_that_is_none_is_ignored(made):
    made.choices.choose("landscape", "Ackley")
    ((name, (wanted,)),) = made.calls
    assert name == "choose" and wanted.landscape.title == "Ackley" and wanted.swarm.n == 9
    made.choices.choose("landscape", "Nowhere")
    made.choices.choose("colour", "red")
    assert len(made.calls) == 1 and not made.said


def test_of_two_the_active_one_gets_another_dynamics_and_both_the_swarm(made):
    made.choices.compare("start", None)
    made.replacement.selections = [selection(seed=3), selection(seed=3)]
    made.calls.clear()
    made.choices.choose("dynamics", "PSO")
    ((_, (a, b)),) = made.calls
    assert [type(s.dynamics).__name__ for s in (a, b)] == ["CBO", "PSO"] and a.swarm is b.swarm and a.swarm.seed == 3


def test_a_comparison_begins_with_a_fork_is_shown_and_its_end_keeps_what_is_lost(made):
    made.choices.compare("start", None)
    assert len(made.panes) == 2 and made.panes.active == 1 and names(made.calls) == ["comparison", "done"]
    assert made.controls.parts is made.panes.current.parts
    made.choices.compare("show", 0)
    assert made.panes.active == 0 and made.controls.parts is made.panes[0].parts
    made.choices.compare("end", None)
    assert len(made.panes) == 1 and names(made.calls) == ["comparison", "done", "done", "kept", "done"]


def test_more_are_added_up_to_four_each_a_copy_of_the_active_one_which_each_can_be_removed_swapped_and_made_like_another(
    made,
):
    def start(sigma):
        made.choices.compare("start", None)
        made.panes.sim.dynamics.sigma = sigma

    def sigmas():
        return [sim.dynamics.sigma for sim in made.panes.sims]

    for sigma in (0.1, 0.2, 0.3):
        start(sigma)
    assert sigmas() == [1, 0.1, 0.2, 0.3] and made.panes.active == 3
    assert names(made.calls) == ["comparison", "done", "done", "done"], "the view is only chosen for the first two"
    made.choices.compare("start", None)
    assert len(made.panes) == 4 and len(made.calls) == 4, "there are four already"
    made.choices.compare("show", 1)
    made.choices.compare("swap", 3)
    assert sigmas() == [1, 0.3, 0.2, 0.1] and made.panes.active == 1
    made.choices.compare("copy", 2)
    assert sigmas() == [1, 0.2, 0.2, 0.1] and made.panes.sims[1] is not made.panes.sims[2]
    for nonsense in (1, 4, -1, None):
        made.choices.compare("swap", nonsense)
        made.choices.compare("copy", nonsense)
    assert sigmas() == [1, 0.2, 0.2, 0.1]
    made.calls.clear()
    made.choices.compare("remove", None)
    assert sigmas() == [1, 0.2, 0.1] and made.panes.active == 1 and names(made.calls) == ["kept", "done"]
    made.choices.compare("show", 2)
    made.choices.compare("remove", None)
    assert sigmas() == [1, 0.2] and made.panes.active == 1


def test_a_third_swarm_is_refused_where_all_together_would_be_more_than_two_may_be(made, monkeypatch):
    monkeypatch.setattr(budget, "MAX_COORDINATES", 20)
    made.choices.compare("start", None)
    n = made.panes.sim.initial_swarm.n * made.panes.sim.initial_swarm.d
    assert 2 * n <= 40 < 3 * n
    made.choices.compare("start", None)
    assert len(made.panes) == 2 and "too many for 3 swarms beside each other, where N d ≤ 13" in made.said[0]


def test_another_run_takes_a_place_of_its_own_where_there_is_room_and_else_one_that_is_not_active():
    assert with_beside("a", 0, "n", 2) == ("a", "n") and with_beside("ab", 1, "n", 2) == ("n", "b")
    assert with_beside("ab", 1, "n", 4) == ("a", "b", "n") and with_beside("abcd", 3, "n", 4) == ("a", "b", "n", "d")
    assert with_beside("abcd", 0, "n", 2) == ("a", "b", "c", "n")


def test_an_edit_that_waits_is_not_lost_with_the_panes(made):
    made.panes.edit("dynamics", sv.CBO(sigma=0.25))
    made.choices.compare("start", None)
    assert [sim.dynamics.sigma for sim in made.panes.sims] == [0.25, 0.25]


def test_nothing_is_rearranged_and_no_click_counts_while_a_run_is_built(made):
    made.panes.coming = made.panes.parts
    made.choices.compare("start", None)
    made.choices.use_mouse(0, "clicked", -1, np.zeros(2))
    assert len(made.panes) == 1 and made.calls == [] and made.said == ["Wait until the new run is there."] * 2


def test_a_click_places_the_swarm_which_plays_on(made):
    made.choices.mouse.buttons.value = "swarm"
    made.choices.use_mouse(0, "clicked", -1, np.array([1.0, 2.0]))
    ((name, (wanted,), playing),) = made.calls
    assert name == "choose" and playing is True and wanted.swarm.initial != "uniform"


def test_a_click_in_the_other_arena_makes_it_the_active_one(made):
    made.choices.compare("start", None)
    made.choices.use_mouse(0, "clicked", -1, np.zeros(2))
    assert made.panes.active == 0 and made.controls.parts is made.panes[0].parts


def test_a_click_in_a_landscape_that_moved_counts_where_the_swarm_feels_it(made, monkeypatch):
    given = []
    monkeypatch.setattr(made.choices.mouse, "handle_event", lambda parts, act, handle, at: given.append(at))
    frame = SimpleNamespace(shift=np.array([0.5, -1.0]))
    monkeypatch.setattr(type(made.panes.sim), "frame", property(lambda sim: frame))
    made.choices.use_mouse(0, "clicked", -1, np.array([1.0, 2.0]))
    np.testing.assert_array_equal(given, [[0.5, 3.0]])


def test_what_a_landscape_refuses_is_said_as_a_sentence(made, monkeypatch):
    def refuses(*given):
        raise ValueError("the last well stays")

    monkeypatch.setattr(made.choices.mouse, "handle_event", refuses)
    made.choices.use_mouse(0, "clicked", 0, np.zeros(2))
    assert made.said == ["The last well stays."]
    monkeypatch.setattr(made.choices.mouse, "handle_event", lambda *given: None)
    made.choices.use_mouse(0, "clicked", 0, np.zeros(2))
    assert made.said == [], "what is accepted takes back what was said of the last"
