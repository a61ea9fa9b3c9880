"""The gallery in a real Chromium: it opens, finds, groups and leads to the arena, with keys alone, on a phone and in both themes."""

from __future__ import annotations

from pathlib import Path

import pytest

from swarmviz import papers, presets
from swarmviz.gallery.cards import CARDS

CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(30, 30, 30)"}
SEEN = "(cards) => cards.filter((card) => card.checkVisibility()).map((card) => card.id)"


@pytest.fixture
def wall(lab, server):
    """The gallery, with the cards that are seen."""
    lab.page.goto(f"{server.url}/gallery")
    lab.cards = lambda: lab.page.locator("main li").evaluate_all(SEEN)
    yield lab
    assert not lab.complaints
    assert all(address.startswith(server.url) for address in lab.addresses if not address.startswith("data:"))


def test_the_gallery_shows_every_card_and_finds_by_words(wall):
    assert set(wall.cards()) == set(CARDS)
    assert wall.page.locator("#count").inner_text() == f"{len(CARDS)} cards"
    wall.page.keyboard.press("/")
    wall.page.keyboard.type("rastrigin BGK table")
    expected = ["003-table2", "003-table3"]
    wall.wait(lambda: wall.cards() == expected, f"found {wall.cards()}")
    assert wall.page.locator("#count").inner_text() == f"2 of {len(CARDS)} cards"
    assert wall.page.locator("main h2:visible").count() == 1
    wall.page.reload()
    assert wall.cards() == expected, "the address keeps what is looked for"
    wall.page.fill("#find", "no such words")
    wall.page.get_by_role("button", name="Show all").click()
    assert len(wall.cards()) == len(CARDS)


def test_the_cards_are_grouped_by_question_and_back(wall):
    heads = lambda: wall.page.locator("main h2:visible").all_inner_texts()  # noqa: E731
    by_paper = heads()
    wall.page.get_by_label("by question").check()
    assert set(heads()) == set(presets.preset.TOPICS.values()) and set(wall.cards()) == set(CARDS)
    fails = wall.page.locator("section:has(#topic-fails) li").evaluate_all(SEEN)
    assert set(fails) == {preset.name for preset in presets.ALL.values() if preset.fails}
    wall.page.get_by_label("by paper").check()
    assert heads() == by_paper and wall.cards() == list(
        wall.page.locator("main li").evaluate_all("(c) => c.map((x) => x.id)")
    )


def test_pictures_of_the_theme_that_is_seen_are_loaded_when_they_come_into_sight(wall, server):
    loaded = lambda: {a.rpartition("/")[2] for a in wall.addresses if ".webp" in a}  # noqa: E731
    wall.wait(lambda: len(loaded()) >= 5, "no pictures")
    assert len(loaded()) < 60 and not any("-dark." in name for name in loaded())
    wall.wait(
        lambda: wall.page.evaluate("document.querySelector('img.light').naturalWidth") == 320, "the picture is not seen"
    )
    wall.page.click("#theme")
    assert wall.page.evaluate("getComputedStyle(document.body).backgroundColor") == PAPER["dark"]
    wall.wait(lambda: any("-dark." in name for name in loaded()), "the pictures stay light")
    wall.page.reload()
    assert wall.page.evaluate("getComputedStyle(document.body).backgroundColor") == PAPER["dark"], (
        "the choice is remembered"
    )
    assert wall.page.evaluate("localStorage.getItem('swarmviz theme')") == "dark"
    wall.page.click("#theme")
    assert wall.page.evaluate("localStorage.getItem('swarmviz theme')") is None


@pytest.mark.parametrize("key", ["002-figure6.5", "pso-himmelblau"])
def test_live_opens_the_arena_with_the_run_of_the_card(wall, key):
    _, landscape, swarm = (papers.ALL[key].preset() if key in papers.ALL else presets.ALL[key]).build()
    link = wall.page.locator(f"[id='{key}']").get_by_role("link", name=f"Live: {CARDS[key].title}")
    link.focus()
    wall.page.keyboard.press("Enter")
    wall.page.wait_for_selector(".readout .k")
    wall.wait(lambda: wall.step is not None, "no picture was painted")
    assert wall.row("swarm.n").locator("input[type=text]").input_value() == str(swarm.n)
    assert landscape.title in wall.page.locator("body").inner_text()


def test_the_head_of_the_page_leads_to_the_gallery_and_back(lab, server):
    lab.open(server.page)
    lab.page.get_by_role("link", name="Gallery").click()
    lab.page.wait_for_selector("#find")
    lab.page.get_by_role("link", name="swarmviz").click()
    lab.page.wait_for_selector(".readout .k")
    assert not lab.complaints


@pytest.mark.parametrize("width, height", [(1440, 900), (1024, 768), (390, 844), (844, 390)])
def test_nothing_is_wider_than_the_window_and_every_text_is_told_from_its_ground(wall, width, height):
    wall.page.set_viewport_size({"width": width, "height": height})
    for theme in ("light", "dark"):
        wall.page.emulate_media(color_scheme=theme)
        wall.page.wait_for_timeout(200)
        assert wall.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        told = wall.page.evaluate(CONTRAST)
        assert told["seen"] > 50 and not told["low"], told["low"]
        wall.picture(f"gallery-{width}-{theme}")
