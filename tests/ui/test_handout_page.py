"""Handouts in a real Chromium: a lesson is read to its end from a file without any network, by hand, by keyboard and on a phone."""

from __future__ import annotations

import re

import pytest

from swarmviz.handout import handout
from swarmviz.lessons.collection import own
from swarmviz.lessons.lesson import Predict, Until
from swarmviz.lessons.trial import run_through
from tests.ui.test_export_page import TOO_EARLY, Player


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("handout") / "cbo-1.html"
    path.write_text(handout(own()["cbo-1"]), encoding="utf-8")
    return path


@pytest.fixture
def reader(browser, written):
    contexts = []

    def opened(**options):
        contexts.append(browser.new_context(offline=True, **options))
        return Player(contexts[-1].new_page(), written)

    yield opened
    for context in contexts:
        context.close()


def test_who_is_too_early_finds_a_lesson_at_its_beginning(browser, written):
    with browser.new_context(offline=True, reduced_motion="reduce", color_scheme="light") as context:
        page = context.new_page()
        page.add_init_script(TOO_EARLY)
        player = Player(page, written)
        assert page.evaluate("window.wasEarly") and not player.complaints
        assert page.inner_text("#count") == "Step 1 of 5" and player.now() == 0
        page.click("#theme")
        assert not player.complaints


def clock(player):
    return int(player.page.inner_text("#clock").split()[2].replace(",", ""))


def follow(player, act):
    """Read to the end: every question is answered, and what is waited for comes at the step at which the check has found it."""
    page, lesson = player.page, own()["cbo-1"]
    reached = {found.step: found.k for found in run_through(lesson).reached}
    page.locator("#speed").select_option("60")
    for number, step in enumerate(lesson.steps, 1):
        assert page.inner_text("#heading") == step.title and page.inner_text("#count") == f"Step {number} of 5"
        if step.first(Predict):
            assert page.evaluate("swarmviz.frame") == 0 and not player.playing(), "the run does not wait for an answer"
            texts = page.locator("#body .text:visible").count()
            act(page.locator("#play"))
            act(page.locator("#on"))
            assert page.evaluate("swarmviz.frame") == 0, "it goes on without an answer"
            act(page.locator(".choice").nth(number % 2))
            player.wait("document.querySelector('.reply').textContent.length > 10")
            assert page.locator("#body .text:visible").count() == texts or step.first(Until) is None
        if step.first(Until):
            player.wait(f"document.querySelector('.until').textContent.startsWith('Step {reached[number]}: ')")
            player.wait("!swarmviz.playing")
            assert clock(player) == reached[number]
            assert page.locator("#body .text:visible").count() > texts, "what stands after the condition is not shown"
        if number < len(lesson.steps):
            act(page.locator("#next"))
            player.wait(f"swarmviz.step === {number}")
    assert page.locator(".remember").is_visible() and "001 Thm 2.9" in page.inner_text(".remember")
    assert page.url.endswith("#step=5")
    assert not player.complaints and all(address.startswith(("file:", "data:")) for address in player.asked)


@pytest.mark.parametrize("width, height, theme", [(1440, 900, "light"), (390, 844, "dark"), (844, 390, "light")])
def test_a_lesson_is_read_to_its_end_without_a_network(reader, width, height, theme):
    phone = width < 900
    player = reader(
        viewport={"width": width, "height": height}, color_scheme=theme, has_touch=phone, is_mobile=width < 700
    )
    assert player.page.evaluate("document.documentElement.dataset.theme") == theme
    follow(player, lambda button: button.tap() if phone else button.click())
    assert player.page.evaluate("document.documentElement.scrollWidth") <= width
    arena = player.page.locator("#arenas canvas").first.bounding_box()
    play, following = (player.page.locator(name).bounding_box() for name in ("#play", "#before"))
    assert arena["height"] > 100 and play["y"] + play["height"] <= height and following["y"] < height


def test_a_lesson_is_read_by_keyboard_only(reader):
    player = reader(viewport={"width": 1024, "height": 768})

    def press(button):
        button.focus()
        player.page.keyboard.press("Enter")

    follow(player, press)
    assert player.page.evaluate("document.activeElement.id") == "heading"


def test_a_slider_plays_another_run_and_says_how_many_find_the_minimum(reader):
    player = reader(viewport={"width": 1024, "height": 768}, reduced_motion="reduce")
    page = player.page
    page.evaluate("swarmviz.openStep(3)")
    slider = page.locator(".slider input")
    slider.focus()
    assert page.inner_text(".slider output") == "2" and " of 100 runs have found the minimum" in page.inner_text(
        ".found"
    )
    page.keyboard.press("Home")
    player.wait("document.querySelector('.slider output').textContent === '0'")
    assert page.inner_text(".found").startswith("With other seeds, 0 of 100 runs")
    assert re.search(r"sigma = 0\b(?!\.)", page.evaluate("document.querySelector('table').textContent"))
    assert not player.playing(), "less motion was asked for"
    before = page.inner_text(".now >> nth=1")
    page.locator("#play").click()
    player.wait("swarmviz.frame > 5")
    assert page.inner_text(".now >> nth=1") != before
    page.locator("#reset").click()
    player.wait("document.querySelector('.slider output').textContent === '2'")
    assert not player.complaints


def test_an_address_opens_a_step_and_the_theme_has_a_key(reader, written):
    player = reader(color_scheme="light")
    player.page.goto(written.as_uri() + "#step=3")
    player.page.reload()
    player.wait("typeof swarmviz === 'object' && swarmviz.step === 2")
    assert player.page.locator("#arenas figure:visible").count() == 2
    player.page.keyboard.press("d")
    player.wait("document.documentElement.dataset.theme === 'dark'")
    assert not player.complaints
