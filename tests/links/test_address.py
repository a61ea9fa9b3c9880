"""The link of this moment: what is said where there is none goes once there is one; and with what a visit begins."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from components import session
from components import state as visit
from components.compiling import COMPILING, NotReady
from components.lessons.place import Place
from components.links import address, permalink
from components.playback.bar import Bar
from swarmviz.lessons import collection
from swarmviz.presets import ALL as PRESETS


def test_that_there_is_no_link_is_said_until_there_is_one(monkeypatch):
    bar = Bar(lambda act, value: None)
    links = address.Links(None, None, bar, None, dict)
    monkeypatch.setattr(links, "state", lambda views: None)

    def too_long(state):
        raise address.Unlinkable("it would be too long")

    monkeypatch.setattr(address.permalink, "fitting", too_long)
    links.copy()
    assert bar.message["text"] == "There is no link to this run, because it would be too long."
    monkeypatch.setattr(address.permalink, "fitting", lambda state: SimpleNamespace(code="abc", lost=""))
    links.copy()
    assert bar.message == {} and bar.link.endswith("=abc")


@pytest.fixture
def uncompiled(monkeypatch):
    """The first swarm that is asked for needs what is not compiled yet."""
    asked = []

    def wait_for(landscape):
        asked.append(landscape)
        if len(asked) == 1:
            raise NotReady

    monkeypatch.setattr(COMPILING, "wait_for", wait_for)


def selected(state):
    return [type(run.now.dynamics).__name__ for run in state.runs]


def test_a_link_whose_kernel_is_not_compiled_is_left_to_the_builder(uncompiled):
    """It was waited for by the thread that all visitors share."""
    preset = next(preset for preset in PRESETS.values() if type(preset.build()[0]).__name__ == "BGK")
    link = permalink.fitting(visit.state_of(visit.of_preset(preset))).code
    found = address.opening(link)
    assert selected(found.awaited) == ["BGK"] and selected(found.state) == ["CBO"] and found.complaint == ""
    assert len(found.sims) == 1
    found = address.opening(link)  # it is compiled by now
    assert found.awaited is None and selected(found.state) == ["BGK"]


def test_a_lesson_whose_kernel_is_not_compiled_is_left_to_the_builder(uncompiled):
    place = Place(collection.own()["bgk-1"], 0)
    found = session.beginning(None, place)
    assert found.awaited is not None and selected(found.state) == ["CBO"]
    assert session.beginning(None, place).awaited is None
