"""What is chosen to pause at: offered as the runs have it, told where it means nothing, kept in the link and by lessons."""

from __future__ import annotations

import pytest

from components.links import permalink
from components.page import theme
from components.playback.pause_when import MOST_CONDITIONS
from components.session import Session
from components.state import first, state_of
from swarmviz import dynamics
from tests.visit import edit, press, settle, wait


def test_a_run_pauses_where_it_was_told_to_says_why_and_goes_on_with_play(running):
    session = running
    press(session, "pause")
    press(session, "goto", 0)
    settle(session)
    for text in ("best", "dispersion < 100"):
        press(session, "pause_when", [text, True])
    assert session.bar.pause_when == session.pause_choice.pause_when == ["best", "dispersion < 100"]
    steps = []
    for _ in range(3):
        press(session, "play")
        assert wait(lambda: session.bar.message.get("text", "").startswith("Paused at step"))
        settle(session)
        steps.append(session._sim.k)
        assert session.bar.message["text"].startswith(f"Paused at step {steps[-1]}: ") and not session.bar.playing
    sim = session._sim.fork()
    below = [k for k in range(1, steps[-1] + 1) if sim.record["dispersion"][k] < 100 <= sim.record["dispersion"][k - 1]]
    assert steps == sorted({*sim.events.steps("best"), *below})[:3]


def test_what_is_offered_is_what_can_happen_in_the_runs_that_are_shown(running):
    offered = {kind["name"]: kind["title"] for kind in running.bar.pause_kinds}
    assert {"found", "lost", "best", "collapse", "basin", "leader", "changed", "schedule"} == set(offered)
    assert {one["name"] for one in running.bar.pause_observables} == {o.name for o in dynamics.CBO.observables}
    running.choices.choose("dynamics", "FMC")
    assert wait(lambda: {"burst", "wall"} <= {kind["name"] for kind in running.bar.pause_kinds})


def test_an_edit_of_the_boundary_offers_what_happens_at_walls_and_a_step_before_it_does_not(running):
    def offers():
        return "wall" in {kind["name"] for kind in running.bar.pause_kinds}

    assert not offers()
    edit(running, "dynamics.boundary", "reflect")
    assert wait(offers)
    press(running, "pause")
    press(running, "goto", 0)
    assert wait(lambda: not offers())


@pytest.mark.parametrize(
    "sent, said",
    [
        (["burst", True], "is no event of this swarm"),
        (["dispersion < much", True], "no finite number"),
        (["dispersion << 1", True], "must be an observable"),
        ("bets", "did you mean 'best'"),
        ([None, True], "must be a text"),
        ([["best"], True], "must be a text"),
        ([["best"], True, 1], "must be a text"),
        (["x" * 100_000, True], "must be a text of 80"),
    ],
)
def test_what_means_nothing_is_told_and_what_was_chosen_stays(running, sent, said):
    press(running, "pause_when", ["found", True])
    press(running, "pause_when", sent)
    assert said in running.bar.pause_refused and running.pause_choice.pause_when == ["found"]
    press(running, "pause_when", ["found", False])
    assert not running.bar.pause_refused and running.pause_choice.pause_when == []


def test_no_more_can_be_chosen_than_are_looked_at(running):
    for i in range(MOST_CONDITIONS + 3):
        press(running, "pause_when", [f"k > {i + 10**6}", True])
    assert len(running.pause_choice.pause_when) == MOST_CONDITIONS and "list of 16" in running.bar.pause_refused


def test_a_link_holds_it_also_what_its_dynamics_has_not_and_a_bad_one_is_told():
    theme.extension()
    state = state_of(first("CBO"))
    opened = Session(permalink.write(state._replace(views={"pause_when": ["burst", "dispersion < 1e-3"]})))
    assert opened.pause_choice.pause_when == opened.bar.pause_when == ["burst", "dispersion < 0.001"]
    again = permalink.read(permalink.write(opened.links.state(opened._view_options())))
    assert again.views["pause_when"] == ["burst", "dispersion < 0.001"]
    for bad in (["bets"], {"best": 1}, "best", ["best"] * 17, ["dispersion < 1e999"], [1.5]):
        opened = Session(permalink.write(state._replace(views={"pause_when": bad})))
        said = opened.bar.message["text"]
        assert opened.pause_choice.pause_when == [] and ("pause_when" in said or "no finite number" in said)
