"""What the bar asks for: carried out by name, kept until the page is there, and refused where it is no action."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest

import swarmviz as sv
from components.page.bar_actions import MAX_LOGGED, BarActions
from components.playback.transport import Transport


class Seen(SimpleNamespace):
    """What stands for a transport; whether it is seen follows from the rest, as there."""

    unseen = Transport.unseen


@pytest.fixture
def made():
    """Actions of which each notes what it did."""
    calls = []
    note = lambda name: lambda *given: calls.append((name, *given))  # noqa: E731
    controls = SimpleNamespace(parts={"swarm": sv.Swarm(seed=4)}, restart_schedules=note("schedules"))
    panes = SimpleNamespace(parts=[{"swarm": controls.parts["swarm"]} for _ in range(2)])
    transport = Seen(started=True, hidden=False, alone=False, on_page=lambda function: function())
    player = SimpleNamespace(actions={"play": note("play")}, pause=note("pause"))
    replicas = SimpleNamespace(worker=SimpleNamespace(hidden=False), other=SimpleNamespace(hidden=False))
    bar = SimpleNamespace(say=note("say"))
    edits, replacement = SimpleNamespace(controls=controls), SimpleNamespace(restart=note("restart"))
    actions = BarActions(
        panes,
        transport,
        player,
        edits,
        replacement,
        replicas,
        bar,
        note("link"),
        close_choices=note("close"),
        set_dark=note("dark"),
        leave_alone=note("alone"),
    )
    return SimpleNamespace(
        actions=actions, calls=calls, panes=panes, transport=transport, replicas=replicas, controls=controls
    )


def test_an_action_is_carried_out_with_its_value_those_of_the_player_too(made):
    made.actions.act("play", True)
    made.actions.act("copy", None)
    made.actions.act("narrow", True)
    made.actions.act("reset", None)
    assert made.calls == [("play", True), ("link",), ("close",), ("schedules",), ("restart", None)]


def test_what_is_asked_before_the_page_is_there_is_done_once_it_is_and_only_once(made):
    made.transport.started = False
    made.actions.act("play", True)
    made.actions.act("nonsense", None)
    assert made.calls == []
    made.transport.started = True
    made.actions.act_on_what_came_early()
    made.actions.act_on_what_came_early()
    assert made.calls == [("play", True)]


def test_what_is_no_action_is_logged_a_few_times_a_visit(made, caplog):
    with caplog.at_level(logging.WARNING):
        for i in range(3 * MAX_LOGGED):
            made.actions.act(f"__init__{i}" + "x" * 10_000, None)
    assert len(caplog.records) == MAX_LOGGED and made.calls == []
    assert all(len(record.getMessage()) < 100 for record in caplog.records)


def test_the_next_seed_is_that_of_every_pane_and_after_the_largest_comes_the_first(made):
    made.actions.act("seed", None)
    assert [parts["swarm"].seed for parts in made.panes.parts] == [5, 5] and made.calls[-1] == ("restart", None)
    made.controls.parts["swarm"].seed = sv.Swarm.declared()["seed"].bounds[1]
    made.actions.act("seed", None)
    assert [parts["swarm"].seed for parts in made.panes.parts] == [0, 0]


@pytest.mark.parametrize(("hidden", "connected"), [(False, True), (False, False), (True, True), (True, False)])
def test_replicas_rest_while_nobody_sees_the_page(made, hidden, connected):
    made.actions.set_connected(connected)
    made.actions.act("hidden", hidden)
    assert (made.transport.hidden, made.transport.alone) == (hidden, not connected)
    assert made.replicas.worker.hidden == made.replicas.other.hidden == (hidden or not connected)
    made.actions.set_connected(True)
    assert made.replicas.worker.hidden == hidden


def test_a_system_that_asks_for_less_motion_has_the_swarm_stand_and_is_told(made):
    made.actions.act("calm", None)
    (paused,), (said, text) = made.calls
    assert (paused, said) == ("pause", "say") and "less motion" in text
