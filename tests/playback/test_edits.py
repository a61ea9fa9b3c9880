"""An edit is checked against the other parts, waits in the active pane, and is taken back where it cannot act."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import swarmviz as sv
from components.playback.edits import Edits
from components.playback.panes import Panes
from components.views.base import View


class Transport:
    """Carries everything out at once, and keeps whether the next step was hurried."""

    playing = True

    def __init__(self):
        self.hurried = 0

    def hurry(self):
        self.hurried += 1

    def do(self, command):
        command()

    on_page = do


@pytest.fixture
def made():
    """Edits of two panes, the second of which is active."""
    sims = [sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=9)) for _ in range(2)]
    runs = [
        (s, {"dynamics": s.dynamics.copy(), "landscape": s.landscape.copy(), "swarm": s.swarm.copy()}) for s in sims
    ]
    panes = Panes(runs, lambda place: View(), edit_failed=lambda *given: edits.failed(*given))
    panes.active = 1
    bar, calls = SimpleNamespace(pending=False), []

    def check_size(n, d):
        if n > 1000:
            raise ValueError("n is too large for the page")

    edits = Edits(
        panes,
        Transport(),
        bar,
        heading=lambda parts: [],
        chosen=lambda name, value: None,
        check_size=check_size,
        attach=lambda: calls.append("attach"),
        done=lambda: calls.append("done"),
    )
    edits.controls.show(panes.current.parts)
    return SimpleNamespace(panes=panes, bar=bar, calls=calls, edits=edits, transport=edits._transport)


def edit(made, name, value, final=True):
    made.edits.controls.form._handle_msg({"name": name, "value": value, "final": final})


def test_a_parameter_waits_in_the_active_pane_only_and_the_next_step_is_hurried(made):
    edit(made, "dynamics.sigma", 0.5, final=False)
    assert made.panes[0].pending == {} and made.panes[1].pending["dynamics"].sigma == 0.5
    assert made.panes[1].pending["dynamics"] is made.panes[1].parts["dynamics"] and made.transport.hurried == 1
    assert made.calls == [], "a slider that is still dragged is not done"
    edit(made, "dynamics.sigma", 0.6)
    assert made.calls == ["done"]


def test_a_landscape_is_attached_anew_once_it_has_acted(made):
    made.edits.move_handle(sv.landscapes.Ackley(), final=False)
    assert type(made.panes.sim.landscape) is sv.landscapes.Rastrigin and made.calls == []
    made.edits.move_handle(sv.landscapes.Ackley(), final=True)
    assert type(made.panes.sim.landscape) is sv.landscapes.Ackley and made.calls == ["attach", "done"]
    assert type(made.panes[0].sim.landscape) is sv.landscapes.Rastrigin


def test_two_swarms_start_as_one_and_wait_for_a_reset(made):
    edit(made, "swarm.n", 12)
    assert [pane.parts["swarm"].n for pane in made.panes] == [12, 12] and made.bar.pending
    assert all(pane.pending == {} for pane in made.panes)
    edit(made, "swarm.n", 9)
    assert not made.bar.pending
    edit(made, "swarm.n", 2000)
    assert made.panes[0].parts["swarm"].n == 9
    assert made.edits.controls.form.shown["swarm.n"]["error"] == "n is too large for the page"


def test_while_runs_are_built_an_edit_is_theirs_and_does_not_reach_those_that_are_shown(made):
    made.panes.coming = [dict(pane.parts) for pane in made.panes]
    made.edits.controls.show(made.panes.coming[1])
    edit(made, "dynamics.sigma", 0.5)
    edit(made, "swarm.n", 12)
    assert (
        made.panes[1].pending == {}
        and made.panes[1].parts["dynamics"].sigma == 1
        and made.panes[1].parts["swarm"].n == 9
    )
    assert made.panes.coming[1]["dynamics"].sigma == 0.5 and [parts["swarm"].n for parts in made.panes.coming] == [
        12,
        12,
    ]
    assert not made.bar.pending


def test_an_edit_that_cannot_act_is_taken_back_with_its_reason_unless_there_is_a_newer_one(made):
    edit(made, "dynamics.sigma", 0.5, final=False)
    refused, before = made.panes[1].parts["dynamics"], made.panes.sim.dynamics
    made.edits.failed("dynamics", refused, ValueError("too much noise"))
    row = made.edits.controls.form.shown["dynamics.sigma"]
    assert row["error"] == "sigma = '0.5': too much noise" and row["text"] == "0.5", (
        "what was typed stays, to be mended"
    )
    assert made.panes[1].parts["dynamics"].same_as(before) and made.calls == ["done"]
    edit(made, "dynamics.sigma", 0.7)
    made.edits.failed("dynamics", refused, ValueError("too late"))
    assert made.panes[1].parts["dynamics"].sigma == 0.7
    assert "error" not in made.edits.controls.form.shown["dynamics.sigma"]


def test_what_waits_for_a_reset_starts_nothing_again_nor_does_a_well_that_is_moved_in_the_arena(made, monkeypatch):
    begun = []
    made.edits._again = lambda: begun.append(True)
    monkeypatch.setattr(Panes, "drawn_together", True)
    monkeypatch.setattr(Panes, "edit", lambda *given: None)  # of a run of another dynamics than that of the form here
    made.panes.current.parts["dynamics"] = sv.SSA()
    made.edits.controls.show(made.panes.current.parts)
    edit(made, "dynamics.initial_mass", "uniform")
    made.edits.move_handle(sv.landscapes.Ackley(), final=True)
    edit(made, "swarm.n", 12)
    assert not begun
    edit(made, "dynamics.lam", 2.0)
    edit(made, "landscape.depth", 10.0)
    assert begun == [True, True]
    made.edits.start_again = False
    edit(made, "dynamics.lam", 3.0)
    assert len(begun) == 2
    for value in (1, "yes", None):
        with pytest.raises(ValueError, match="start_again"):
            made.edits.start_again = value
