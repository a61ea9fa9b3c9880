"""Other runs take the place of those that are shown once they are built; until then the old ones go on under the new choices. No thread."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import swarmviz as sv
from components.controls.heading import parts_of
from components.playback.panes import Panes
from components.playback.replacement import RunReplacement
from components.state import Selection, state_of
from components.views.base import View


class Builder:
    """Keeps what it is asked for, and builds it when it is told to."""

    def start(self, runs, adopt, refuse, stand=None):
        self.runs, self.adopt, self.refuse, self.stand = runs, adopt, refuse, stand

    def build(self):
        self.adopt([run.replay() for run in self.runs])


class Controls:
    """A form that shows parts, and counts how often it was told to forget what was refused."""

    def __init__(self, parts):
        self.parts, self.form, self.settled = parts, SimpleNamespace(busy=False), 0

    def show(self, parts):
        self.parts = parts

    def settle(self):
        self.settled += 1


def selection(sigma=1.0, seed=0, n=9):
    return Selection(sv.CBO(sigma=sigma), sv.landscapes.Rastrigin(), sv.Swarm(n=n, seed=seed), 30.0)


@pytest.fixture
def made():
    """A run of nine agents that stands at step 5, and what was called."""
    sim, parts = sv.Simulation(*selection()[:3]), parts_of(selection())
    sim.advance(5)
    panes, calls = Panes([(sim, parts)], lambda place: View()), []
    controls = Controls(panes.current.parts)
    edits = SimpleNamespace(
        controls=controls,
        apply=lambda prefix, part: calls.append((prefix, part)),
        show_what_waits=lambda: calls.append("waits"),
    )
    player = SimpleNamespace(
        speed=30.0,
        play=lambda on: calls.append(("play", on)),
        set_speed=lambda speed: calls.append(("speed", speed)),
        set_pace=lambda state: calls.append("pace"),
    )
    bar = SimpleNamespace(message={"text": "old"}, say=lambda *said: calls.append(said))
    made = SimpleNamespace(
        panes=panes, controls=controls, calls=calls, builder=Builder(), bar=bar, kept="", complaint="", sim=sim
    )
    made.replacement = RunReplacement(
        panes,
        made.builder,
        player,
        edits,
        bar,
        show_runs=lambda runs, active: panes.replace(runs, active),
        show_views=lambda views: made.complaint,
        remember=lambda: made.kept,
        refused=lambda error: calls.append(error),
        done=lambda: calls.append("done"),
    )
    return made


def test_the_controls_show_a_choice_at_once_and_the_old_run_stays_until_the_new_one_is_there(made):
    made.replacement.choose([selection(sigma=0.3)], playing=False)
    assert made.controls.parts["dynamics"].sigma == 0.3 and made.controls.form.busy
    assert made.replacement.selections[0].dynamics.sigma == 0.3 and made.panes.sim is made.sim and made.calls == []
    made.builder.build()
    assert made.panes.sim.dynamics.sigma == 0.3 and made.panes.sim.k == 0 and made.panes.coming is None
    assert not made.controls.form.busy and made.bar.message == {}
    assert made.calls == [("speed", 30.0), ("play", False), "waits", "done"]


def test_a_restart_keeps_the_speed_and_whether_it_plays_and_forgets_what_was_refused(made):
    made.replacement.restart()
    assert made.controls.settled == 1 and made.controls.form.busy
    made.builder.build()
    assert made.panes.sim.k == 0 and made.calls == ["waits", "done"] and made.controls.settled == 1


def test_a_swarm_that_was_edited_while_its_run_was_built_is_built_once_more(made):
    made.replacement.restart()
    made.controls.parts["swarm"] = sv.Swarm(n=9, seed=8)
    made.builder.build()
    assert made.panes.sim is made.sim and made.calls == [] and made.builder.runs[0].swarm.seed == 8
    made.builder.build()
    assert made.panes.sim.initial_swarm.seed == 8 and made.calls == ["waits", "done"]
    assert made.controls.settled == 1, "what was refused meanwhile is still said"


def test_a_parameter_that_was_edited_meanwhile_acts_on_the_new_run(made):
    made.replacement.choose([selection(sigma=0.3)])
    edited = made.controls.parts["dynamics"] = sv.CBO(sigma=0.7)
    made.builder.build()
    assert made.calls == [("speed", 30.0), ("dynamics", edited), "waits", "done"]


def test_what_cannot_be_built_leaves_the_old_run_under_its_old_choices(made):
    made.replacement.choose([selection(sigma=0.3)])
    error = ValueError("cannot be")
    made.builder.refuse(error)
    assert made.panes.sim is made.sim and made.panes.coming is None and not made.controls.form.busy
    assert made.controls.parts is made.panes.current.parts and made.controls.parts["dynamics"].sigma == 1
    assert made.calls == ["waits", error]


@pytest.mark.parametrize("k", [0, 7])
def test_a_link_stands_at_its_step_and_plays_only_from_the_start(made, k):
    state = state_of(selection(sigma=0.3))
    made.replacement.restore(state._replace(runs=(state.runs[0]._replace(k=k),)))
    assert made.calls == [("play", False), "pace"]
    made.builder.build()
    assert made.panes.sim.k == k and made.calls[2:] == [("speed", 30.0), ("play", k == 0), "waits", "done"]


def test_what_is_kept_of_the_old_run_and_what_a_link_cannot_show_is_said_together(made):
    made.kept, made.complaint = "The run is kept.", "No such option."
    made.replacement.choose([selection()])
    made.builder.build()
    assert ("The run is kept. No such option.", "warning") in made.calls
