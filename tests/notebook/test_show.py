"""A run that plays in a notebook is the replay of it, in a frame that can do nothing else."""

import importlib
import re
from html import unescape

import pytest

import swarmviz as sv
from swarmviz import exports
from tests.exports.kinds import opened

show = importlib.import_module("swarmviz.notebook.show")  # the module, not the function


@pytest.fixture(scope="module")
def sim():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=2, seed=3))
    sim.advance(1000)
    return sim


def test_the_frame_holds_the_replay_and_cannot_reach_the_notebook(sim):
    shown = sv.show(sim, every=10, label="A", live=False)
    assert shown.html == exports.replay(sim, every=10, label="A")
    (frame,) = re.findall(r"<iframe [^>]*></iframe>", shown._repr_html_())
    assert unescape(re.search(r'srcdoc="([^"]*)"', frame)[1]) == shown.html
    assert 'sandbox="allow-scripts"' in frame
    assert repr(shown) == f"Shown({len(shown.html):,} characters of HTML)"


@pytest.mark.parametrize("options, first, last", [({}, 0, 1000), ({"start": 900}, 900, 1000), ({"stop": 30}, 0, 30)])
def test_a_long_run_is_played_in_at_most_400_pictures(sim, options, first, last):
    k = opened(sv.show(sim, **options).html)[0]["k"]
    assert k[0] == first and last - (k[1] - k[0]) < k[-1] <= last and len(k) <= 400
    assert len(k) > 200 or k == list(range(first, last + 1))


@pytest.mark.parametrize("height_px", [199, 4001, True, "700", 700.0])
def test_a_height_that_makes_no_sense_is_refused(sim, height_px):
    with pytest.raises(ValueError, match=r"height_px = .*: must be a whole number from 200 to 4000"):
        sv.show(sim, height_px=height_px)


def test_a_run_without_a_step_has_nothing_to_play_but_can_go_on(monkeypatch):
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=2, seed=3))
    assert sv.show(sim)._repr_html_() == sim._repr_html_(), "what is seen without a kernel"
    for options in ({"live": False}, {"start": 0}):
        with pytest.raises(ValueError, match=r"sim\.k = 0: .*call advance first"):
            sv.show(sim, **options)
    monkeypatch.setattr(show, "_has_widgets", lambda: False)
    with pytest.raises(ValueError, match=r"sim\.k = 0: .*call advance first"):
        sv.show(sim)


def test_a_notebook_with_a_kernel_gets_the_run_itself_and_what_is_seen_without_one(sim):
    shown = sv.show(sim, trails=False)
    bundle = shown._repr_mimebundle_()
    assert bundle["text/html"] == shown._repr_html_() and bundle["text/plain"] == repr(shown)
    (model,) = [value["model_id"] for kind, value in bundle.items() if "widget-view" in kind]
    assert model == shown.widget.model_id and shown.widget.page.startswith("<!DOCTYPE html>")
    assert not [kind for kind in sv.show(sim, live=False)._repr_mimebundle_() if "widget" in kind]
    with pytest.raises(ValueError, match="live = False"):
        _ = sv.show(sim, live=False).widget


def test_marimo_is_given_the_run_itself_or_the_replay_as_html(sim):
    shown, replay = sv.show(sim), sv.show(sim, live=False)
    assert shown._display_() is shown.widget
    still = replay._display_()
    assert still._repr_html_() == replay._repr_html_() and not hasattr(still, "_display_")


def test_panel_is_given_the_run_itself_where_it_can_show_a_widget_and_the_replay_elsewhere(sim, monkeypatch):
    pn = pytest.importorskip("panel")
    shown, replay = sv.show(sim), sv.show(sim, live=False)
    found = importlib.util.find_spec
    for there in (False, True):
        monkeypatch.setattr(
            show.importlib.util,
            "find_spec",
            lambda name, there=there: there or None if name == "ipywidgets_bokeh" else found(name),
        )
        pane = pn.panel(shown)
        if there:
            assert isinstance(pane, pn.pane.IPyWidget) and pane.object is shown.widget
        else:
            assert isinstance(pane, pn.pane.HTML) and pane.object._repr_html_() == shown._repr_html_()
        assert pn.panel(replay).object._repr_html_() == replay._repr_html_()


def test_what_vs_code_looks_for_is_in_the_output(sim):
    """Its renderer of widgets takes the view and the state of the model by this kind, and every other notebook the HTML beside it."""
    bundle = sv.show(sim)._repr_mimebundle_()
    view = bundle["application/vnd.jupyter.widget-view+json"]
    assert view["version_major"] == 2 and re.fullmatch(r"[0-9a-f]{32}", view["model_id"])
    state = sv.show(sim).widget.get_state()
    assert (state["_model_module"], state["_model_name"]) == ("anywidget", "AnyModel")
    assert "export default" in state["_esm"] and "import " not in state["_esm"], "it needs nothing but what it brings"


def test_the_widget_answers_who_asks_and_nobody_else(sim, monkeypatch):
    widget, sent = sv.show(sim).widget, []
    monkeypatch.setattr(type(widget), "send", lambda self, message, buffers: sent.append((message, buffers)))
    for message in (
        {"id": "a 1", "do": "goto", "k": 5},
        {"do": "more"},
        {"id": 5, "do": "more"},
        {"id": "a" * 65, "do": "more"},
        "more",
    ):
        widget._asked(widget, message, [])
    ((message, (block,)),) = sent
    assert (
        message["id"] == "a 1"
        and list(widget._live._behind) == ["a"]
        and message["header"]["k"] == [5]
        and len(block) > 100
    )
    sim.goto(1000)


def test_a_run_that_would_take_long_to_play_shows_its_summary_without_a_kernel(monkeypatch, sim):
    monkeypatch.setattr(show, "MAX_COORDINATE_STEPS", 1000 * 50 - 1)
    assert sv.show(sim)._repr_html_() == sim._repr_html_()
    monkeypatch.setattr(show, "MAX_COORDINATE_STEPS", 1000 * 50)
    assert sv.show(sim)._repr_html_().startswith("<iframe")


def test_what_the_replay_refuses_is_refused_by_name(sim):
    with pytest.raises(ValueError, match="start = 2000, stop = 1000"):
        sv.show(sim, start=2000)
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        sv.show(sim, colour="red")
