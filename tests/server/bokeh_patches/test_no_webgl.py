"""The page loads no script for WebGL."""

from __future__ import annotations

from bokeh.resources import Resources

from components.server import bokeh_patches
from components.server.bokeh_patches import no_webgl

bokeh_patches.install()


def test_bokeh_lists_its_scripts_where_one_is_taken_out():
    assert "bokeh" in Resources._component_defs["js"]
    assert no_webgl.COMPONENT not in Resources._component_defs["js"]
    assert not [name for name in Resources(mode="server").js_files if no_webgl.COMPONENT in name]


def test_a_bokeh_that_has_the_script_loses_it_and_one_that_lists_nothing_is_left_as_it_is(monkeypatch):
    monkeypatch.setattr(Resources, "_component_defs", {"js": ["bokeh", no_webgl.COMPONENT]})
    no_webgl.install()
    no_webgl.install()
    assert Resources._component_defs == {"js": ["bokeh"]}
    monkeypatch.setattr(Resources, "_component_defs", {})
    no_webgl.install()
    monkeypatch.delattr(Resources, "_component_defs")
    no_webgl.install()
