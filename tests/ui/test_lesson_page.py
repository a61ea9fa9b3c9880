"""Lessons in a real Chromium, followed step by step as a person does: all of them by hand, one by keyboard."""

from __future__ import annotations

import itertools
import os
import re
from pathlib import Path

import pytest

from swarmviz.lessons import collection
from swarmviz.lessons.inline import pieces
from swarmviz.lessons.lesson import Predict, Text, Until
from swarmviz.lessons.trial import run_through
from tests.ui.conftest import PLAYS, Lab

CARD = "section.lessons"
# A lesson's pace is for reading; it is set anew with the runs of each step, which may come late.
FASTER = "(slider) => { if (slider.value < 160) { slider.value = 160; slider.dispatchEvent(new Event('input')) } }"


def titled(lab, title):
    lab.wait(lambda: lab.text(f"{CARD} article h3") == title, f"the step {title!r} does not come", 30)


def follow(lab, lesson, act):
    """Read a lesson to its end: every answer to a question is given, what is waited for comes at the step at which the check has found it,
    and nothing is complained of.
    """
    reached = {found.step: found.k for found in run_through(lesson).reached}
    for number, step in enumerate(lesson.steps, 1):
        titled(lab, step.title)
        assert lab.text(f"{CARD} .count") == f"Step {number} of {len(lesson.steps)}"
        predict = step.first(Predict)
        if predict:
            begun = 0 if step.runs else lab.step  # or the run of the step before goes on

            def waits(begun=begun):
                return lab.step == begun and not lab.playing

            lab.wait(waits, "the run does not wait for an answer", 30)
            for turn in range(len(predict.choices)):  # the first lets the run go on, the others are read
                place = (number + turn) % len(predict.choices)
                act(lab.page.locator(f"{CARD} .choice").nth(place))
                sign = "✓" if predict.choices[place].right else "✕"
                lab.wait(lambda sign=sign: lab.text(f"{CARD} .reply").startswith(f"{sign} "), "no word to the answer")
                assert len(lab.text(f"{CARD} .reply")) >= len("✓ Right.")
        if step.first(Until):

            def come(n=number):
                lab.page.locator(".speed input").evaluate(FASTER)
                return lab.text(f"{CARD} .until").startswith(f"Step {reached[n]:,}")

            lab.wait(come, f"what step {number} waits for does not come", 60)
            lab.wait(lambda n=number: lab.step == reached[n] and not lab.playing, "it does not pause there")
        check_step(lab, step)
        if number < len(lesson.steps):
            act(lab.page.locator(f"{CARD} .next"))
    assert lab.page.locator(f"{CARD} .remember").is_visible()


def check_step(lab, step):
    """Nothing is complained of, and the text has its sliders and numbers."""
    lab.wait(lambda: lab.page.locator(".sheet[aria-busy=true]").count() == 0, f"{step.title!r} is not built", 60)
    said = lab.page.locator(".message:visible, [role=alert]:visible").all_inner_texts()
    assert not any(word in text for text in said for word in ("cannot", "wrong", "not shown")), (step.title, said)
    texts = [part.text for part in step.parts if isinstance(part, Text)]
    slots = sum(piece.startswith(("{slider", "{number")) for text in texts for piece in pieces(text))
    assert lab.page.locator(f"{CARD} :is(.slider, .now)").count() == slots


WINDOWS = list(itertools.product([(1440, 900), (390, 844), (1024, 768)], ["light", "dark"]))
OTHERS = sorted(set(collection.own()) - {"cbo-1"})
EVERY_WINDOW = (
    "EVERY_WINDOW" in os.environ
)  # about a quarter of an hour, before a release or when the lesson's card has changed
# One lesson in every window and theme; the others in one each, in turn.
FOLLOWED = [("cbo-1", *window) for window in WINDOWS] + (
    [(name, *window) for name in OTHERS for window in WINDOWS]
    if EVERY_WINDOW
    else [(name, *window) for name, window in zip(OTHERS, itertools.cycle(WINDOWS), strict=False)]
)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name, size, theme", FOLLOWED)
def test_a_lesson_is_followed_step_by_step(browser, server, name, size, theme):
    width, height = size
    phone = width < 700
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=phone, is_mobile=phone, color_scheme=theme
    )
    try:
        lab = Lab(context.new_page())
        lab.open(f"{server.page}?lesson={name}")
        lesson = collection.own()[name]
        follow(lab, lesson, lambda button: button.tap() if phone else button.click())
        lab.picture(f"lesson {name} {width}x{height} {theme}")
        arena, card = lab.page.locator(".arenas").first.bounding_box(), lab.page.locator(CARD).bounding_box()
        beside = arena["x"] + arena["width"] <= card["x"] + 1
        assert beside or arena["y"] + 200 < height * 0.54, "the text lies over the arena"
        lab.wait(lambda: f"lesson={name}&step={len(lesson.steps)}" in lab.page.url, "the address does not follow")
        claim = lab.page.locator(f"{CARD} .claim").first
        assert len(lab.text(f"{CARD} .statement")) > len("001 Thm 2.9") + 20, "the statement itself is not there"
        claim.tap() if phone else claim.click()
        lab.wait(lambda: lab.page.locator("section.claims article").first.is_visible(), "the claims are not shown")
        assert not lab.complaints
    finally:
        context.close()


def test_a_lesson_is_followed_by_keyboard_only(lab, server):
    lab.open(f"{server.page}?lesson=cbo-1&step=1")
    titled(lab, "A swarm agrees")

    def press(button):
        button.focus()
        lab.page.keyboard.press("Enter")

    follow(lab, collection.own()["cbo-1"], press)
    lab.page.locator(f"{CARD} .back").focus()
    lab.page.keyboard.press("Enter")
    titled(lab, "Your turn")
    slider = lab.page.locator(f"{CARD} input[type=range]")
    slider.focus()
    lab.wait(lambda: lab.text(f"{CARD} .slider output"), "the slider in the text has no value")
    before = float(lab.text(f"{CARD} .slider output"))
    for _ in range(5):
        lab.page.keyboard.press("ArrowRight")
    lab.wait(
        lambda: float(lab.row("dynamics.sigma").locator("input[type=text]").input_value()) > before,
        "the row does not follow",
    )
    lab.type("dynamics.sigma", 1.5)
    lab.wait(lambda: lab.text(f"{CARD} .slider output") == "1.5", "the slider in the text does not follow its row")
    assert not lab.complaints


AT = """() => {
  let at = document.activeElement
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  return at ? {name: `${at.tagName.toLowerCase()}.${at.className}`, text: at.innerText ?? "", label: at.getAttribute("aria-label") ?? "",
    matches: WANTED.filter((selector) => at.matches(selector))} : null
}"""
MOST_TABS = 150  # from one end of the page to the other


def tab_to(lab, selector, text="", key="Tab"):
    """Press Tab until the focus is on such an element."""
    at = AT.replace("WANTED", repr([selector]))
    for _ in range(MOST_TABS):
        here = lab.page.evaluate(at)
        if here and here["matches"] and text in here["text"]:
            return
        lab.page.keyboard.press(key)
    raise AssertionError(f"{MOST_TABS} × {key} do not lead to {selector} {text!r}")


def test_a_person_without_a_pointer_finds_a_lesson_reads_it_and_leaves(lab, server):
    """Nothing but keys: neither a click nor a focus that is set from outside."""
    lesson = collection.own()["cbo-1"]
    lab.open(server.page)
    keys = lab.page.keyboard
    keys.press("Space")
    lab.wait(lambda: not lab.page.evaluate(PLAYS), "Space does not pause")
    k = lab.stand()
    tab_to(lab, "[aria-label^='Open panel']")
    keys.press("Enter")
    tab_to(lab, "[role=tab]")
    for _ in range(len(lab.page.get_by_role("tab").all())):
        if lab.page.evaluate(AT.replace("WANTED", "[]"))["text"].strip().lower() == "lessons":
            break
        keys.press("ArrowRight")
    keys.press("Enter")
    lab.wait(lambda: lab.page.locator(f"{CARD} button.lesson").count() == len(collection.own()), "no list of lessons")
    assert lab.stand() == k, "the arrows that go from tab to tab move the swarm"
    tab_to(lab, "button.lesson", lesson.title)
    keys.press("Enter")
    slid = False
    for number, step in enumerate(lesson.steps, 1):
        titled(lab, step.title)
        if step.first(Predict):
            tab_to(lab, "button.choice")
            keys.press("Enter")
            lab.wait(lambda: len(lab.text(f"{CARD} .reply")) > 10, "nothing is said to the answer")
        if lab.page.locator(f"{CARD} input[type=range]").count() and not slid:
            lab.wait(lambda: lab.text(f"{CARD} .slider output"), "the slider in the text has no value")
            before = lab.text(f"{CARD} .slider output")
            tab_to(lab, ".slider input")
            keys.press("ArrowRight")
            lab.wait(lambda before=before: lab.text(f"{CARD} .slider output") != before, "the slider does not move")
            slid = True
        if number == 1:
            tab_to(lab, ".speed input", key="Shift+Tab")
            before = lab.text(".speed")
            keys.press("ArrowRight")
            lab.wait(lambda before=before: lab.text(".speed") != before, "the speed does not change")
        if number < len(lesson.steps):
            tab_to(lab, "button.next")
            keys.press("Enter")
    assert slid
    tab_to(lab, "button.leave", key="Shift+Tab")
    keys.press("Enter")
    lab.wait(lambda: lab.page.locator(f"{CARD} button.lesson").count() == len(collection.own()), "it is not left")
    assert not lab.complaints


def test_the_list_has_every_lesson_and_one_is_opened_and_left(lab, server):
    lab.open(server.page)
    lab.page.locator("button[aria-expanded]").first.click()
    lab.page.get_by_role("tab", name="Lessons").click()
    lab.wait(
        lambda: lab.page.locator(f"{CARD} button.lesson").count() == len(collection.own()), "the list does not come"
    )
    lesson = collection.own()["pso-1"]
    lab.page.locator(f"{CARD} button.lesson", has_text=lesson.title).first.click()
    titled(lab, lesson.steps[0].title)
    lab.page.locator(f"{CARD} .leave").click()
    lab.wait(
        lambda: lab.page.locator(f"{CARD} button.lesson").count() == len(collection.own()), "the list does not return"
    )
    assert not lab.complaints


@pytest.mark.parametrize(
    "query",
    ["lesson=%3Cscript%3Ealert(1)%3C/script%3E", "lesson=cbo-1&step=99999999999", f"lesson={'x' * 5000}&step=-1"],
)
def test_an_address_that_means_nothing_opens_the_page_all_the_same(lab, server, query):
    lab.open(f"{server.page}?{query}")
    wanted = "from 1 to 5" if "cbo-1" in query else "There is no lesson"
    lab.wait(lambda: lab.page.get_by_text(wanted).first.is_visible(), "nothing is said")
    assert not lab.complaints


def test_a_lesson_is_taken_away_while_it_is_read(lab, server):
    """As one file, from the lesson itself; the tab of the exports stays closed."""
    lab.open(f"{server.page}?lesson=cbo-1&step=1")
    button = lab.page.locator(f"{CARD} button.take")
    lab.wait(button.is_visible, "there is no button")
    with lab.page.expect_download(timeout=90_000) as waiting:
        button.click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert waiting.value.suggested_filename == "cbo-1.html"
    assert "A swarm agrees" in text and "default-src 'none'" in text and len(text) < 6_000_000
    lab.wait(
        lambda: re.fullmatch(r"cbo-1\.html, \d+ kB", lab.text(f"{CARD} .told")), "it is not said what became of it"
    )
    assert button.inner_text() == "Take away" and not lab.complaints
