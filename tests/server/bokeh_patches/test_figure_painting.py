"""What the script of the figures changes in BokehJS is there."""

from __future__ import annotations

import re

import pytest
from bokeh.models import CustomJS, LinearColorMapper

from components.server.bokeh_patches.figure_painting import CIRCLES
from components.server.bokeh_patches.figure_painting import CODE as SCRIPT
from components.views import figures
from components.views.arena.agents import add_agents
from tests.server.bokeh_patches.bokehjs import BOKEHJS, bodies, modules, without_comments

CODE = without_comments(SCRIPT + CIRCLES)


@pytest.mark.parametrize("module", modules(CODE))
def test_bokehjs_has_the_modules_that_are_patched(module):
    assert f"/* {module}.js */" in BOKEHJS


EACH = {"kind": ("TextScalar", "TextVector")}  # what the script patches in a loop
PATCHED = {
    (name, method)
    for said, method in re.findall(r"(\w+)\??\.prototype\.(\w+)", CODE)
    for name in EACH.get(said, (said,))
}


@pytest.mark.parametrize(("name", "method"), sorted(PATCHED))
def test_bokehjs_has_the_methods_that_are_patched(name, method):
    inherited = {
        ("LegendView", "request_layout"): "RendererView",
        ("GlyphRendererView", "update_position"): "RendererView",
    }
    assert re.search(rf"^\s+(?:get )?{method}\(", bodies(inherited.get((name, method), name)), re.M)


@pytest.mark.parametrize("field", sorted(set(re.findall(r"this\.(_\w+|entries|plot_view|layout)\b", CODE))))
def test_bokehjs_has_the_fields_that_are_read(field):
    assert re.search(rf"this\.{field}\b", BOKEHJS)


def test_every_figure_brings_the_script_before_it_is_painted():
    callbacks = figures.new_figure().js_property_callbacks["change:inner_width"]
    assert [SCRIPT] == [callback.code for callback in callbacks if isinstance(callback, CustomJS)]


def test_a_figure_of_a_swarm_brings_the_script_of_circles_too():
    fig = figures.new_figure()
    add_agents(fig, "x", "y", LinearColorMapper(palette=["#000000"], low=0, high=1))
    callbacks = fig.js_property_callbacks["change:inner_width"]
    assert [SCRIPT, CIRCLES] == [callback.code for callback in callbacks if isinstance(callback, CustomJS)]
