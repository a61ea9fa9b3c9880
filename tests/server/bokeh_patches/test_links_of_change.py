"""Links between parts of a page act whichever of both comes later, and are not looked for in a part that has none."""

from __future__ import annotations

import panel as pn
import pytest
from bokeh.document import Document
from bokeh.models import Slider
from panel.links import Callback
from panel.viewable import Viewable

from components.server.bokeh_patches import links_of_change

links_of_change.install()


@pytest.fixture
def looked(monkeypatch):
    """How often Panel's own search was begun."""
    calls = []

    class Theirs:
        @staticmethod
        def __func__(*given):
            calls.append(given)
            links_of_change_theirs(*given)

    links_of_change_theirs = links_of_change._theirs.__func__
    monkeypatch.setattr(links_of_change, "_theirs", Theirs)
    return calls


def handlers(model):
    return sum(map(len, model.js_property_callbacks.values()))


def test_the_search_is_ours_and_there_is_one():
    assert Callback._process_callbacks.__func__ is links_of_change._process_callbacks
    pn.widgets.TextInput().jslink(pn.widgets.TextInput(), value="value")  # Panel has a search from its first link on
    hooks = [hook for hook in Viewable._preprocessing_hooks if getattr(hook, "__name__", "") == "_process_callbacks"]
    assert hooks == [Callback._process_callbacks]
    links_of_change.install()
    assert Viewable._preprocessing_hooks.count(Callback._process_callbacks) == 1


def test_a_part_without_links_lets_nobody_search_the_page(looked):
    page, target = pn.Column(pn.widgets.TextInput()), pn.pane.Markdown("")
    page[0].jslink(target, value="object")
    part = pn.Column()
    page.extend([target, part])
    page.get_root(Document())
    del looked[:]
    part.append(pn.Column(pn.pane.Markdown("news")))
    assert not looked


@pytest.mark.parametrize("last", ["source", "target"])
def test_a_link_acts_whichever_end_is_added_last(last):
    source, target = pn.widgets.FloatSlider(), pn.widgets.FloatSlider()
    source.jslink(target, value="value")
    later = source if last == "source" else target
    part = pn.Column()
    page = pn.Column(target if later is source else source, part)
    root = page.get_root(Document())
    part.append(pn.Row(later))
    assert handlers(source._models[root.ref["id"]][0]), "the browser does something when it is moved"


def test_a_link_of_a_bokeh_model_acts(looked):
    slider, pane = Slider(start=0, end=1, value=0), pn.widgets.FloatSlider()
    pane.jslink(slider, value="value")
    part = pn.Column()
    page = pn.Column(pane, part)
    root = page.get_root(Document())
    del looked[:]
    part.append(pn.pane.Bokeh(slider))
    assert looked and handlers(pane._models[root.ref["id"]][0])
