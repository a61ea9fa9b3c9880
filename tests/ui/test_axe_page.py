"""axe-core has nothing to say against the page, in the states that a person meets and in both themes."""

from __future__ import annotations

import pytest

import swarmviz as sv
from tests.ui.axe import findings, wait_for_theme
from tests.ui.conftest import Lab
from tests.ui.test_agent_page import CARD
from tests.ui.test_views_page import link

TABS = {"model": ".card", "claims": "section.claims", "luck": "section.luck", "runs": "section.history",
        "export": "section.exports", "lessons": "section.lessons"}  # fmt: skip


@pytest.fixture(params=["light", "dark"])
def themed(browser, request):
    """A page in one theme, whose colours come to rest at once; what is looked at in a state is kept under the name of that."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, color_scheme=request.param, reduced_motion="reduce"
    )
    lab = Lab(context.new_page())
    lab.found = {}
    yield lab
    context.close()
    assert not lab.complaints


def look(lab, state):
    if told := findings(lab.page):
        lab.found[state] = told


def test_the_page_and_all_that_opens_in_it(themed, server):
    lab, page = themed, themed.page
    lab.open(server.page)
    wait_for_theme(lab)
    lab.pause()
    look(lab, "arrival")
    page.click("[aria-label^='Open panel']")
    page.get_by_role("tab").first.wait_for()
    tabs = {tab.inner_text().lower(): tab for tab in page.get_by_role("tab").all()}
    assert set(tabs) == set(TABS)
    for name, tab in tabs.items():
        tab.click()
        page.locator(TABS[name]).first.wait_for()
        if name == "model":  # its title comes with the next picture
            title = page.locator(".card h2").first
            lab.wait(lambda title=title: (title.text_content() or "").strip(), "the model has no title")
        look(lab, name)
    page.click("[aria-label^='Close panel']")
    page.keyboard.press("a")
    lab.wait(lambda: page.evaluate(CARD), "no card of an agent")
    look(lab, "an agent's step")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Table").nth(1).click()
    page.locator(".numbers:popover-open table").wait_for()
    look(lab, "the numbers of a chart")
    page.keyboard.press("Escape")
    page.keyboard.press("q")
    page.locator("dialog[open] svg").first.wait_for()
    look(lab, "a QR code")
    page.keyboard.press("Escape")
    page.get_by_role("application").nth(1).press("Home")
    look(lab, "a chart read by the keyboard")
    page.get_by_role("button", name="Compare with a second swarm").click()
    lab.wait(lambda: page.locator('button:text-is("A and B")').count() == 1, "there is nothing to compare")
    look(lab, "two swarms")
    page.set_viewport_size({"width": 1024, "height": 768})
    page.locator("button.more").click()
    page.locator("button.ask").wait_for()
    look(lab, "more of the bar")
    page.locator("button.when").click()
    page.locator(".pauses").wait_for()
    look(lab, "pause when")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.locator("dialog[open] kbd").first.wait_for()
    look(lab, "the list of keys")
    assert not lab.found, lab.found


def test_the_editor_of_a_schedule_and_a_value_that_is_refused(themed, server):
    lab = themed
    falling = sv.schedules.Piecewise(((0, 1.0), (4, 0.5), (5, 0.0)))
    lab.open(link(server, "cbo-rastrigin", sigma=falling))
    wait_for_theme(lab)
    lab.pause()
    lab.page.locator(".point").first.wait_for()
    lab.type("dynamics.dt", "much")
    lab.wait(lambda: lab.error("dynamics.dt"), "nothing is refused")
    look(lab, "a schedule")
    assert not lab.found, lab.found


def test_a_lesson_with_a_question_also_on_a_phone(themed, server):
    lab = themed
    lab.open(f"{server.page}?lesson=cbo-1&step=1")
    wait_for_theme(lab)
    lab.page.locator("section.lessons .choice").first.wait_for()
    look(lab, "wide")
    lab.page.set_viewport_size({"width": 390, "height": 844})
    lab.page.locator("section.lessons .choice").first.wait_for()
    look(lab, "phone")
    assert not lab.found, lab.found


def test_the_gallery_and_a_figure_of_it(themed, server):
    lab, page = themed, themed.page
    page.goto(f"{server.url}/gallery")
    page.locator("main li").first.wait_for()
    look(lab, "the wall")
    page.goto(f"{server.url}/gallery/000-alpha-beta")
    page.wait_for_selector("#charts[aria-busy=false]", timeout=60_000)
    look(lab, "a figure")
    assert not lab.found, lab.found


@pytest.mark.parametrize("form", ["arena", "arena%2Bbar"])
def test_the_page_as_another_page_shows_it(themed, server, form):
    themed.page.goto(f"{server.page}?embed={form}&preset=cbo-rastrigin")
    read = themed.page.locator(".readout .k")
    read.wait_for(state="attached")  # of the arena alone it is not in sight
    themed.wait(lambda: read.text_content() not in ("–", ""), "there is no picture")
    wait_for_theme(themed)
    look(themed, form)
    assert not themed.found, themed.found


def test_the_page_on_a_projector(themed, server):
    themed.open(server.page)
    wait_for_theme(themed)
    themed.pause()
    themed.page.keyboard.press("p")
    themed.page.locator("html.projector").wait_for()
    look(themed, "projector")
    assert not themed.found, themed.found
