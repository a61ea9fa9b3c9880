"""The step of all agents as Bokeh paints it: the newest term strong, those before it faint, nothing of it afterwards."""

from __future__ import annotations

import numpy as np
import pytest

from components.palette import DARK, LIGHT
from components.views.arena.arena import Arena
from components.views.arena.slow_arrows import FAINT, TAKEN
from swarmviz.drawing.steps import steps_picture
from tests.views.arena.runs import attached, simulation

ENDS = ("x0", "y0", "x1", "y1")


def shown(arena):
    """The glyphs that were made for the present renderer."""
    return arena._stages[type(arena.renderer)]


def made(name, n=20, d=2, agents=None, **parameters):
    """An arena, and the picture of the step of its swarm."""
    sim = simulation(name, "Rastrigin", n=n, d=d, **parameters)
    agents = range(n) if agents is None else agents
    picture = steps_picture(dict(zip(agents, sim.explain_each(agents), strict=True)), sim.frame)
    return attached(Arena(), sim), sim, picture


def ways(source):
    return np.column_stack([source.data[name] for name in ENDS])


def test_no_glyph_is_made_until_a_step_is_shown():
    arena, _, _ = made("CBO")
    count = len(arena.figure.renderers)
    arena.show_stage(None, 0, 1)
    assert len(arena.figure.renderers) == count and not arena._stages and not arena.renderer.stage_text.visible


def test_each_stage_adds_its_arrows_in_its_colour_and_those_before_become_faint():
    arena, _, picture = made("CBO")
    first, second = picture.stages
    arena.show_stage(picture, 0, 1)
    arrows, text = shown(arena).arrows, arena.renderer.stage_text
    np.testing.assert_array_equal(ways(arrows), first.ways)
    assert set(arrows.data["colour"]) == {LIGHT.curves[0]} and (arrows.data["alpha"] == 1).all()
    assert text.visible and text.text.startswith("1 of 2: drift to the") and text.border_line_color == LIGHT.curves[0]
    arena.show_stage(picture, 1, 2)
    np.testing.assert_array_equal(ways(arrows), np.vstack([first.ways, second.ways]))
    count = len(first.ways)
    assert (arrows.data["alpha"][:count] == FAINT).all() and (arrows.data["alpha"][count:] == 1).all()
    assert set(arrows.data["colour"][count:]) == {LIGHT.curves[1]} and text.text.startswith("2 of 2: noise")
    assert max(map(len, text.text.split("\n"))) <= 34, "on a phone it would cover the swarm"
    arena.show_stage(picture, 2, 3)
    assert (arrows.data["alpha"] == FAINT).all() and (arrows.data["halo"] == 0).all() and text.text == TAKEN
    arena.show_stage(None, 0, 4)
    assert all(len(column) == 0 for column in arrows.data.values()) and not text.visible


def test_the_heads_point_along_the_arrows():
    arena, _, picture = made("SSA")
    arena.show_stage(picture, 0, 1)
    along = picture.stages[0].ways[:, 2:] - picture.stages[0].ways[:, :2]
    heads = shown(arena).arrows.data["angle"] + np.pi / 2  # a triangle points upwards
    expected = along / np.hypot(*along.T)[:, None]
    np.testing.assert_allclose(np.column_stack([np.cos(heads), np.sin(heads)]), expected, atol=1e-12)


def test_the_browser_is_told_when_the_step_is_taken_once_for_each_turn():
    arena, _, picture = made("CBO")
    for turn, (stage, taken) in enumerate([(0, False), (1, False), (2, True), (0, False)]):
        arena.show_stage(picture, stage, turn)
        assert arena.renderer.stage_text.tags == [turn, taken]
    arena.show_stage(None, 0, 5)
    assert arena.renderer.stage_text.tags == []
    (callback,) = arena.renderer.stage_text.js_property_callbacks["change:tags"]
    assert callback.args["points"] is arena.renderer.points and (callback.args["across"], callback.args["up"]) == (
        "x",
        "y",
    )


def test_links_to_companions_are_seen_while_they_are_the_newest_and_join_agents():
    arena, _, picture = made("FMC")
    arena.show_stage(picture, 0, 1)
    lines = shown(arena).links
    np.testing.assert_array_equal(ways(lines), picture.stages[0].ways)
    assert len(shown(arena).arrows.data["x0"]) == 0
    place = next(i for i, stage in enumerate(picture.stages) if stage.pairs is None)
    arena.show_stage(picture, place, 2)
    assert len(lines.data["x0"]) == 0 and len(shown(arena).arrows.data["x0"]) == len(picture.stages[place].ways)


@pytest.mark.parametrize("name", ["CBO", "FMC"])
def test_in_one_dimension_arrows_lie_along_the_agents_values_each_a_little_further(name):
    arena, sim, picture = made(name, d=1)
    last = len(picture.stages) - 1
    arena.show_stage(picture, last, 1)
    data, energy, axis = shown(arena).arrows.data, sim.frame.energy, arena.figure.y_range
    np.testing.assert_array_equal(data["y0"], data["y1"])
    drawn = [(agent, place) for place, s in enumerate(picture.stages) if s.pairs is None for agent in s.agents.tolist()]
    size = (axis.end - axis.start) * 0.02
    expected = [
        abs(y - energy[agent]) / size - (place + 1) for y, (agent, place) in zip(data["y0"], drawn, strict=True)
    ]
    np.testing.assert_allclose(expected, 0, atol=1e-6)
    callback = arena.renderer.stage_text.js_property_callbacks["change:tags"][0]
    assert callback.args["up"] == "energy"
    if name == "FMC":
        arena.show_stage(picture, 0, 2)
        drawn, pairs = shown(arena).links.data, picture.stages[0].pairs
        np.testing.assert_array_equal(drawn["y0"], energy[pairs[:, 0]])
        np.testing.assert_array_equal(drawn["y1"], energy[pairs[:, 1]])


@pytest.mark.parametrize("parameters, d", [({}, 1), ({"graph": "complete"}, 1), ({"graph": "grid"}, 2)])
def test_on_a_finite_set_the_jumps_lead_from_node_to_node_as_they_are_laid_out(parameters, d):
    arena, _, picture = made("FiniteSet", d=d, rate=5.0, **parameters)
    arena.show_stage(picture, 0, 1)
    drawn, background = ways(shown(arena).arrows), arena.renderer.background
    nodes = np.column_stack(background.layout.nodes(background.bars))
    pairs = np.unique(picture.stages[0].pairs, axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    assert len(drawn) == len(pairs) > 0
    np.testing.assert_allclose(drawn, np.hstack([nodes[pairs[:, 0]], nodes[pairs[:, 1]]]))
    assert not arena.renderer.stage_text.js_property_callbacks, "there are bars, which do not glide"
    assert "agents jump" in arena.renderer.stage_text.text


def test_it_says_that_not_all_are_shown():
    arena, _, picture = made("CBO", n=300, agents=[4, 5])
    arena.show_stage(picture, 0, 1)
    assert arena.renderer.stage_text.text.endswith("\n2 of 300 agents")


def test_the_next_stage_has_the_colours_of_the_theme():
    arena, _, picture = made("CBO")
    arena.show_stage(picture, 0, 1)
    arena.set_dark(True)
    arena.show_stage(picture, 1, 2)
    assert set(shown(arena).arrows.data["colour"]) == set(DARK.curves[:2])
    assert arena.renderer.stage_text.text_color == DARK.ink
