"""What a visit asks for by its address and its browser, and what it begins with."""

from __future__ import annotations

import pytest

from components.links import permalink
from components.links.beginning import Wanted
from components.server.pages import PHONE
from components.state import first, state_of
from swarmviz import dynamics, presets

FIRST = type(next(iter(presets.ALL.values())).build()[0])


def test_an_address_without_arguments_asks_for_nothing():
    assert Wanted.of({}, {}) == Wanted()
    begun = Wanted().opening
    assert [type(sim.dynamics) for sim in begun.sims] == [FIRST]
    assert begun.awaited is None and not begun.complaint


def test_a_link_comes_before_a_lesson_and_a_lesson_before_names():
    link = permalink.write(state_of(first("PSO"))).encode()
    given = {"s": [link], "lesson": [b"cbo-1"], "dynamics": [b"FMC"]}
    assert type(Wanted.of(given, {}).opening.sims[0].dynamics) is dynamics.ALL["PSO"]
    del given["s"]
    wanted = Wanted.of(given, {})
    assert wanted.place.lesson.name == "cbo-1" and wanted.asked.state is None
    assert type(wanted.opening.sims[0].dynamics) is dynamics.ALL["CBO"]
    del given["lesson"]
    assert type(Wanted.of(given, {}).opening.sims[0].dynamics) is dynamics.ALL["FMC"]


@pytest.mark.parametrize(("name", "narrow"), [(f"a browser ({PHONE}le)", True), ("a browser", False), (["x"], False)])
def test_a_phone_tells_itself_by_its_browser(name, narrow):
    assert Wanted.of({}, {"User-Agent": name}).narrow is narrow


def test_what_is_none_is_told_and_the_first_preset_shown():
    wanted = Wanted.of({"s": [b"\xff\x00"], "lesson": [b"none"]}, {})
    assert "There is no lesson 'none'" in wanted.complaint
    begun = wanted.opening
    assert begun.complaint and type(begun.sims[0].dynamics) is FIRST
