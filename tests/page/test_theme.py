"""What the page looks like: its colours, and the cards that come into its drawer."""

from __future__ import annotations

import re

import panel as pn
import pytest
from panel_material_ui import Tabs

from components import palette
from components.page import theme


@pytest.fixture
def page():
    """A page with two cards, and the themes that it has told."""
    theme.extension()
    told = []
    cards = {"Model": pn.Column(), "Runs": pn.Column()}
    return theme.page(pn.Column(), pn.Column(), cards, True, False, told.append), cards, told


def test_cards_come_into_the_drawer_when_it_is_opened_and_have_the_theme_of_the_page(page):
    view, cards, told = page
    (drawer,) = view.contextbar
    assert not view.contextbar_open and not drawer.objects
    theme.show_card(view, cards, "Runs")
    (tabs,) = drawer
    assert view.contextbar_open and view.header[0].open
    assert isinstance(tabs, Tabs) and list(tabs) == list(cards.values())
    assert tabs.active == 1 and tabs.dark_theme
    view.dark_theme = False
    assert told == [False] and not tabs.dark_theme
    view.contextbar_open = False
    view.contextbar_open = True
    assert list(drawer) == [tabs]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_sheet_has_the_colours_of_both_themes(mode):
    rules = dict(re.findall(r"^(:root\S*) \{ (.+) \}$", theme._sheet(), re.MULTILINE))
    found = dict(
        pair.split(": ") for pair in rules[":root" if mode == "light" else ":root.in-the-dark"].rstrip(";").split("; ")
    )
    colours = palette.theme(mode == "dark")
    assert found["--panel-surface-color"] == colours.paper and found["--panel-on-surface-color"] == colours.ink
    assert found["color-scheme"] == mode


def test_every_colour_that_the_sheet_of_the_page_takes_from_panel_is_given():
    named = set(re.findall(r"var\((--(?:panel|divider|danger|info|success|border)[\w-]*)\)", theme.style("page")))
    assert named and all(f"{name}:" in theme._variables(mode) for name in named for mode in ("light", "dark"))
