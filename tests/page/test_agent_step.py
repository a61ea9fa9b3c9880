"""One agent's step on the page: the numbers are those of the step that comes, and nothing is computed that nobody asked for."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import swarmviz as sv
from components.links import permalink
from components.page import theme
from components.page.agent_step import AgentStep, content_of, words
from components.palette import LIGHT
from components.playback.panes import Panes
from components.playback.slow_step import Mode, SlowStep
from components.session import Session
from components.views.arena.step_arrows import colours_of
from components.views.base import View
from swarmviz.drawing.step import parts_of, step_picture
from tests.views.helpers import paint, simulation
from tests.visit import edit, press, settle, wait


class Arena:
    """Remembers what step it was given."""

    shown = None

    def show_step(self, picture, of_ways=None):
        self.shown = picture


@pytest.fixture
def made():
    """A view with two arenas of which the second is active, and what it has asked for."""
    told = SimpleNamespace(changed=0, looking=True, put=[], arenas=[Arena(), Arena()])

    def changed():
        told.changed += 1

    view = AgentStep(changed, lambda: told.arenas, lambda: 1, lambda: told.looking, told.put.append)
    return SimpleNamespace(view=view, told=told)


@pytest.fixture
def explained(monkeypatch):
    """Every call for an explanation: (step, agent)."""
    calls, explain = [], sv.Simulation.explain

    def counted(sim, agent):
        calls.append((sim.k, agent))
        return explain(sim, agent)

    monkeypatch.setattr(sv.Simulation, "explain", counted)
    return calls


def test_nothing_is_explained_until_an_agent_is_chosen_then_once_with_each_picture(made, explained):
    view, sim = made.view, simulation(steps=5)
    view.attach(sim)
    assert view.prepare(sim.frame, sim) is None and explained == [] and made.told.put == []
    view.choose("next")
    assert made.told.changed == 1 and explained == []
    for _ in range(3):
        view.paint(view.prepare(sim.frame, sim))
        sim.advance(1)
    assert explained == [(5, 0), (6, 0), (7, 0)]
    view.choose(None)
    assert view.prepare(sim.frame, sim) is None and len(explained) == 3
    assert made.told.put == [view.card], "the card is put on the page once"


def test_arrows_and_card_are_those_of_the_step_that_comes(made):
    view, sim = made.view, simulation(steps=20)
    view.attach(sim)
    view.agent = 3
    expected = step_picture(sim.explain(3), float(sim.frame.energy[3]))
    view.paint(view.prepare(sim.frame, sim))
    np.testing.assert_array_equal(made.told.arenas[1].shown.ways, expected.ways)
    assert made.told.arenas[0].shown is None and view.card.visible
    assert (view.card.agent, view.card.step, view.card.trouble) == (3, 20, "")
    assert view.card.ways == expected.ways.tolist()
    assert view.card.goes == words(sim.advance(1).x[3], 4)


def test_while_a_run_plays_arrows_follow_each_picture_and_the_card_a_few_times_a_second(made):
    view, sim = made.view, simulation(steps=5)
    view.attach(sim)
    view.agent = 0
    assert "card" in view.prepare(sim.frame, sim)
    sim.advance(1)
    again = view.prepare(sim.frame, sim)
    assert "card" not in again and again["arrows"] is not None
    view.hurry()
    assert view.prepare(sim.frame, sim)["card"]["step"] == 6


def test_what_was_prepared_for_another_agent_is_not_painted(made):
    view, sim = made.view, simulation(steps=5)
    view.attach(sim)
    view.agent = 0
    late = view.prepare(sim.frame, sim)
    view.agent = 1
    view.paint(late)
    assert made.told.arenas[1].shown is None and not view.card.visible
    view.choose(None)
    view.paint(late)
    assert made.told.arenas[1].shown is None and not view.card.visible


def test_the_keys_go_round_and_a_click_counts_only_where_it_changes_nothing_else(made):
    view, sim = made.view, simulation(steps=1)
    view.choose("next")
    assert view.agent is None, "there is no run yet"
    view.attach(sim)
    n = sim.frame.n
    for choice, agent in (("previous", n - 1), ("next", 0), ("next", 1), ("previous", 0), (None, None), ("next", 0)):
        view.choose(choice)
        assert view.agent == agent
    view.tap(5)
    assert view.agent == 5
    for hostile in (-1, n, 1.0, True, "3", None, [4], {"agent": 4}):
        view.tap(hostile)
        view.choose(hostile) if hostile is not None else None
        assert view.agent == 5
    made.told.looking = False
    view.tap(6)
    assert view.agent == 5


@pytest.mark.parametrize("agent", [-1, 100, 2.0, True, "2", [1]])
def test_an_agent_that_there_is_not_is_refused_by_name_value_and_range(made, agent):
    sim = simulation(steps=1)
    made.view.attach(sim)
    with pytest.raises(ValueError, match=f"agent = .*: must be a whole number from 0 to {sim.frame.n - 1}"):
        made.view.agent = agent
    assert made.view.agent is None


def test_a_run_with_fewer_agents_closes_the_card_of_one_that_it_has_not(made):
    view, sim = made.view, simulation(steps=1)
    view.attach(sim)
    view.agent = sim.frame.n - 1
    paint(view, sim)
    few = sv.Simulation(sv.dynamics.ALL["CBO"](), sim.landscape.copy(), sv.Swarm(n=5, d=2, seed=2))
    view.attach(few)
    assert view.agent is None and not view.card.visible and view.prepare(few.frame, few) is None


def test_a_step_that_cannot_be_taken_has_its_reason_in_the_place_of_numbers(made):
    view, sim = made.view, simulation(steps=1)
    view.attach(sim)
    view.agent = 0
    sim.landscape = sv.landscapes.Formula(text="log(x1 - 100) + x2")
    view.paint(view.prepare(sim.frame, sim))
    assert view.card.trouble.startswith("There is no next step: ") and view.card.terms == []
    assert made.told.arenas[1].shown is None


@pytest.mark.parametrize("name", sv.dynamics.ALL)
def test_of_every_dynamics_each_number_of_a_term_has_its_place(name):
    cls = sv.dynamics.ALL[name]
    sim = sv.Simulation(cls(), sv.landscapes.Rastrigin(), sv.Swarm(n=12, d=1 if cls.on_finite_set else 2, seed=1))
    sim.advance(3)
    terms = sim.explain(5)
    content = content_of(sim.dynamics, sim.frame, terms)
    assert len(content["terms"]) == len(content["numbers"]) == len(terms)
    for term, shown, numbers in zip(terms, content["terms"], content["numbers"], strict=True):
        named = {sign for sign in term.numbers if f"@{sign}" in term.symbol}
        assert all(f'data-value="{sign}"' in shown["html"] for sign in named)
        assert numbers["value"] == words(term.value, 4) and set(numbers["signs"]) == set(term.numbers)
    assert [shown["way"] for shown in content["terms"] if shown["way"] >= 0] == list(range(len(content["ways"])))


def test_a_point_is_written_with_its_first_coordinates():
    assert words(0.123456, 3) == "0.123" and words(np.array([2.0]), 3) == "2"
    assert words(np.array([1.0, -2.5]), 3) == "(1, −2.5)" and words(np.arange(5.0), 3) == "(0, 1, 2, …)"


# ---- beside the step of all agents ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["CBO", "BGK", "PSO"])
def test_of_a_step_that_is_shown_term_by_term_the_chosen_agents_arrows_come_with_the_stages(name):
    sim, told = simulation(name, steps=5), SimpleNamespace(arenas=[Arena()], put=[])
    panes = Panes([(sim, {})], lambda place: View())
    slow = SlowStep(panes)
    view = AgentStep(lambda: None, lambda: told.arenas, lambda: 0, lambda: True, told.put.append, slow)
    view.attach(sim)
    view.agent = 3
    assert slow.agent == 3
    slow.mode = Mode.WALKING
    seen = []
    for _ in range(4):
        slow.advance()
        paint(view, sim)
        (look,), terms = slow.looks(), sim.explain(3)
        parts, shown = parts_of(terms), told.arenas[0].shown
        if look.stage < len(look.picture.stages):
            stages, symbols = [stage.symbol for stage in look.picture.stages], [part.symbol for part in parts]
            assert len(shown.ways) == sum(symbol in stages[: look.stage + 1] for symbol in symbols)
            now, newest = view.card.now, stages[look.stage]
            assert (terms[now].symbol if now >= 0 else None) == (newest if newest in symbols else None)
            drawn = [stages.index(part.symbol) for part in parts]
            assert view.card.colours == [LIGHT.curves[place] for place in drawn]
        else:
            assert shown is None and view.card.now == -1 and view.card.step == sim.k
        seen.append(look.stage)
    assert seen[:2] == [0, 1]
    slow.mode = Mode.OFF
    slow.refresh()
    view.hurry()
    paint(view, sim)
    assert len(told.arenas[0].shown.ways) == len(parts_of(sim.explain(3))) and view.card.now == -1
    assert view.card.colours == list(colours_of(LIGHT))


# ---- on the page -----------------------------------------------------------------------------------------------------------


def card(session):
    """What the card says, once it belongs to the step that is shown."""
    step = session.agent_step
    assert wait(lambda: step.card is not None and step.card.visible and step.card.step == session.panes.k)
    return step.card


def test_after_steps_back_the_card_tells_the_step_that_was_lived(running):
    press(running, "pause")
    settle(running)
    press(running, "goto", 0)
    settle(running)
    for _ in range(4):
        press(running, "step")
        settle(running)
    edit(running, "dynamics.sigma", 3.0)
    settle(running)
    changed = running.panes.k
    for _ in range(3):
        press(running, "step")
        settle(running)
    sim, lived = running.panes.sim, {}
    for k in range(changed + 4):
        lived[k] = sim.goto(k).x[2].copy() if k <= sim.furthest else None
    sim.retrace(sim.furthest)
    press(running, "tap", 2)
    for k in (changed - 2, changed - 1, changed, changed + 1):
        press(running, "goto", k)
        settle(running)
        shown = card(running)
        assert shown.step == k and shown.goes == words(lived[k + 1], 4), k
    assert running.panes.sim.furthest == changed + 3, "looking has left the known future"


def test_the_link_holds_the_agent_and_the_step(running):
    press(running, "pause")
    settle(running)
    assert running._view_options() == {}
    press(running, "tap", 7)
    settle(running)
    shown = card(running)
    press(running, "copy")
    link = running.bar.copied["link"].removeprefix("?s=")
    assert permalink.read(link).views == {"agent": 7}
    theme.extension()
    again = Session(link)
    try:
        again.start()
        again.builder.wait(60)
        assert wait(lambda: again.agent_step.agent == 7)
        other = card(again)
        assert (other.step, other.goes, other.numbers) == (shown.step, shown.goes, shown.numbers)
    finally:
        again.close()
    press(running, "agent", None)
    settle(running)
    assert running._view_options() == {} and not running.agent_step.card.visible


def test_a_click_while_the_swarm_is_being_placed_chooses_no_agent(running):
    press(running, "pause")
    running.choices.mouse.buttons._handle_msg("swarm")
    press(running, "tap", 3)
    assert running.agent_step.agent is None
    running.choices.mouse.buttons._handle_msg("look")
    press(running, "tap", 3)
    assert running.agent_step.agent == 3
